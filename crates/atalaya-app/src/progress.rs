//! Progress on standard error, and only where a person watches.

use std::io::IsTerminal;

use atalaya::observatory::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A line that shows what is being read and how far it has come.
#[derive(Default)]
pub struct Watcher {
    bar: Option<ProgressBar>,
    quiet: bool,
}

impl Watcher {
    /// A watcher; quiet where standard error is not a terminal or `--quiet` was given.
    pub fn new(quiet: bool) -> Watcher {
        Watcher { bar: None, quiet: quiet || !std::io::stderr().is_terminal() }
    }
}

impl Progress for Watcher {
    fn at(&mut self, what: &str, rows: u64) {
        if self.quiet {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_style(
                ProgressStyle::with_template("{spinner} {msg} {human_pos} ({per_sec})")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            bar
        });
        bar.set_message(what.to_string());
        bar.set_position(rows);
    }

    fn done(&mut self, _what: &str) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
