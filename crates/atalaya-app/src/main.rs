//! The program `atalaya`: command line and HTTP server. It parses, calls and prints; it decides
//! nothing.

mod account;
mod args;
mod clock;
mod help;
mod progress;
mod run;
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    run::main()
}
