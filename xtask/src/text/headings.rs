//! The headings of a method's file: `//! # Answers` and what stands under it.

/// The seven headings, in their order.
pub const HEADINGS: [&str; 7] = ["Answers", "Source", "Assumes", "Shapes and units", "Cost", "Does not", "Checked by"];

/// The head of a file, `//!` and one space taken off, line by line.
fn head(source: &str) -> Vec<&str> {
    let said = |line: &'_ str| line.trim_start().starts_with("//!");
    source.lines().skip_while(|l| l.trim().is_empty()).take_while(|l| said(l)).map(bare).collect()
}

fn bare(line: &str) -> &str {
    let line = line.trim_start().trim_start_matches("//!");
    line.strip_prefix(' ').unwrap_or(line)
}

/// The headings a file has, as they stand, each with its line.
pub fn headings(source: &str) -> Vec<(usize, &str)> {
    let lines = head(source);
    lines.iter().enumerate().filter_map(|(at, line)| Some((at + 1, line.strip_prefix("# ")?.trim()))).collect()
}

/// What the head of a file says, as Markdown: the first line is a title, headings go one deeper.
pub fn page(source: &str) -> String {
    let mut out = String::new();
    for (at, line) in head(source).iter().enumerate() {
        out += &match (at, line.strip_prefix('#')) {
            (0, _) => format!("{}\n", line.trim_end_matches('.')),
            (_, Some(_)) => format!("#{line}\n"),
            _ => format!("{line}\n"),
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_text_come_from_the_head_alone() {
        let source = "//! Two groups.\n//!\n//! # Answers\n//! How far?\n//!\n//! # Source\n//! A paper.\n\n/// # Errors\npub fn f() {}\n";
        assert_eq!(headings(source), [(3, "Answers"), (6, "Source")]);
        assert_eq!(page(source), "Two groups\n\n## Answers\nHow far?\n\n## Source\nA paper.\n");
    }
}
