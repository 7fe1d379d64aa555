//! The project's own tasks: `cargo xtask check | gen | new source ID | load`.
//!
//! `check` reads the tree once, runs every check of [`checks::CHECKS`] on it and prints what it
//! found as `path:line: what was found; what to do`. Each check is a function from a tree to
//! findings, so each can be tried on three lines of text.

mod checks;
mod finding;
mod generate;
mod licence;
mod load;
mod skeleton;
#[cfg(test)]
mod testing;
mod text;
mod tree;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask check            run every check; exit 1 when one fails
cargo xtask check NAME ...   run only these
cargo xtask gen              write the generated pages again
cargo xtask new source ID    start a built-in source
cargo xtask load ADDRESS QUESTIONS READERS ROUNDS
                             ask a running server as many readers would (bench/api.sh)";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let root = root();
    let done = match words.as_slice() {
        ["check", names @ ..] => checks::run(&root, names),
        ["gen"] => generate::write(&root),
        ["load", address, questions, readers, rounds] => match (readers.parse(), rounds.parse()) {
            (Ok(readers), Ok(rounds)) => load::run(address, Path::new(questions), readers, rounds),
            _ => Err(USAGE.into()),
        },
        ["new", "source", id] => skeleton::source(&root, id),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(said) => {
            say(&said.text);
            if said.good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            say(&why);
            ExitCode::from(2)
        }
    }
}

/// What a task says at its end, and whether all is well.
struct Said {
    text: String,
    good: bool,
}

/// The checkout: `cargo run` says where the manifest is; else where this was compiled.
fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}

#[allow(clippy::print_stdout, reason = "a task talks to a person at a terminal")]
fn say(text: &str) {
    println!("{}", text.trim_end());
}
