//! The program as a person or a script meets it.

mod commands;
mod kill;
mod program;
mod writers;
