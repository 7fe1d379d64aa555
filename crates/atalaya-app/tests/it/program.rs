//! Runs the program in a temporary folder.

use std::path::PathBuf;
use std::process::{Command, Output};

use atalaya_kernel::Seed;
use atalaya_testkit::incidents;
use tempfile::TempDir;

/// A recipe for the made-up world of the testkit.
pub const RECIPE: &str = include_str!("../../../atalaya/src/demo/incidents.toml");

/// A folder with an observatory in it.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    /// An empty observatory.
    pub fn bare() -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        assert!(place.run_in("", &["init", "o"]).status.success());
        place
    }

    /// An empty observatory with the made-up source's recipe.
    pub fn new() -> Place {
        let place = Place::bare();
        let source = place.root().join("sources/demo-incidents");
        std::fs::create_dir_all(&source).unwrap();
        std::fs::write(source.join("recipe.toml"), RECIPE).unwrap();
        place
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().join("o")
    }

    /// A file of `rows` made-up seizures.
    pub fn world(&self, name: &str, rows: u64, seed: u64) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, incidents::csv(rows, Seed(seed)).0).unwrap();
        path
    }

    pub fn command(&self, inner: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_atalaya"));
        command.current_dir(self.folder.path().join(inner)).env_remove("ATALAYA_DIR").env("ATALAYA_LANG", "en").args(args);
        command
    }

    fn run_in(&self, inner: &str, args: &[&str]) -> Output {
        self.command(inner, args).output().unwrap()
    }

    /// Runs the program inside the observatory.
    pub fn run(&self, args: &[&str]) -> Output {
        self.run_in("o", args)
    }

    /// Runs it with `--json` and reads what it prints.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let output = self.run(&[args, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", text(&output.stdout), text(&output.stderr)))
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
