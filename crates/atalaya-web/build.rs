//! Builds the browser app when its bundle is missing or older than its sources.
//!
//! `ATALAYA_UI=auto` (the default) builds when stale, `build` always, `skip` never: then a page
//! that says so takes the app's place, and neither Node.js nor npm is needed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{env, fs, io};

/// What the bundle is made from, relative to `ui/`.
const SOURCES: &[&str] =
    &["src", "public", "index.html", "package.json", "package-lock.json", "vite.config.ts", "svelte.config.js", "tsconfig.json"];

const NO_NODE: &str = "install Node.js 20.19 or newer with npm 11 (https://nodejs.org) and build again, \
     or set ATALAYA_UI=skip to build the program without its pages";

fn main() {
    println!("cargo::rustc-check-cfg=cfg(ui_skipped)");
    println!("cargo::rerun-if-env-changed=ATALAYA_UI");
    println!("cargo::rerun-if-changed=build.rs");
    let mode = env::var("ATALAYA_UI").unwrap_or_else(|_| "auto".into());
    let outcome = match mode.as_str() {
        "skip" => {
            println!("cargo::rustc-cfg=ui_skipped");
            Ok(())
        }
        "auto" | "build" => bundle(mode == "build"),
        other => Err(format!("ATALAYA_UI is `{other}`: set it to auto, build or skip")),
    };
    if let Err(problem) = outcome {
        println!("cargo::error={problem}");
    }
}

/// Brings `ui/dist` up to date.
fn bundle(always: bool) -> Result<(), String> {
    let ui = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|e| e.to_string())?).join("ui");
    let page = ui.join("dist/index.html");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", ui.join(source).display());
    }
    println!("cargo::rerun-if-changed={}", page.display());
    if !always && !stale(&ui, &page)? {
        return Ok(());
    }
    if !installed(&ui) {
        npm(&ui, &["ci", "--no-audit", "--no-fund"])?;
    }
    npm(&ui, &["run", "build"])
}

/// Whether the page is missing or older than any source.
fn stale(ui: &Path, page: &Path) -> Result<bool, String> {
    let Ok(built) = changed(page) else { return Ok(true) };
    for source in SOURCES {
        let path = ui.join(source);
        if path.exists() && newest(&path).map_err(|e| format!("{}: {e}", path.display()))? > built {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the packages of the lock file are in place.
fn installed(ui: &Path) -> bool {
    match (changed(&ui.join("node_modules/.package-lock.json")), changed(&ui.join("package-lock.json"))) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}

/// The latest change in a file or a folder.
fn newest(path: &Path) -> io::Result<SystemTime> {
    let mut latest = changed(path)?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            latest = latest.max(newest(&entry?.path())?);
        }
    }
    Ok(latest)
}

fn changed(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

/// Runs npm in `ui/`; what it said goes into the error.
fn npm(ui: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let said = Command::new(program).args(arguments).current_dir(ui).output();
    let output = match said {
        Ok(output) => output,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(format!("the pages need npm, which was not found: {NO_NODE}")),
        Err(e) => return Err(format!("npm could not be started ({e}): {NO_NODE}")),
    };
    if output.status.success() {
        return Ok(());
    }
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    for line in text.lines().rev().take(30).collect::<Vec<_>>().into_iter().rev() {
        println!("cargo::warning={line}");
    }
    Err(format!("`npm {}` failed in {} (its last lines are above): {NO_NODE}", arguments.join(" "), ui.display()))
}
