//! One thing a check found: where, what, and what to do about it.

use std::fmt;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The check fails.
    Failure,
    /// An alarm: shown, not failing.
    Warning,
    /// The check could not look; it says so instead of passing in silence.
    Skipped,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub weight: Weight,
    /// The file, from the root of the checkout.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What was found.
    pub found: String,
    /// What to do.
    pub todo: String,
}

impl Finding {
    /// A failure at a line.
    pub fn failure(path: &str, line: usize, found: impl Into<String>, todo: impl Into<String>) -> Finding {
        Finding { weight: Weight::Failure, path: path.into(), line, found: found.into(), todo: todo.into() }
    }

    /// The same finding with another weight.
    #[must_use]
    pub fn weighs(mut self, weight: Weight) -> Finding {
        self.weight = weight;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.weight {
            Weight::Failure => "",
            Weight::Warning => "warning: ",
            Weight::Skipped => "SKIPPED: ",
        };
        write!(f, "{mark}{}:{}: {}; {}", self.path, self.line, self.found, self.todo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line_that_editors_can_jump_to() {
        let finding = Finding::failure("a/b.rs", 7, "a tab", "use spaces");
        assert_eq!(finding.to_string(), "a/b.rs:7: a tab; use spaces");
        assert_eq!(finding.weighs(Weight::Warning).to_string(), "warning: a/b.rs:7: a tab; use spaces");
    }
}
