//! Fenced blocks of a Markdown page that the build reads.

/// The lines of the first block fenced as ```` ```name ````, each with its line number from 1.
pub fn fenced<'a>(page: &'a str, name: &str) -> Option<Vec<(usize, &'a str)>> {
    let mut lines = page.lines().enumerate().map(|(n, line)| (n + 1, line));
    lines.find(|(_, line)| line.trim().strip_prefix("```") == Some(name))?;
    Some(lines.take_while(|(_, line)| line.trim() != "```").filter(|(_, line)| !line.trim().is_empty()).collect())
}

/// The page with fenced blocks and `inline code` blanked, every line kept.
pub fn prose(page: &str) -> String {
    let (mut out, mut code) = (String::with_capacity(page.len()), false);
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            code = !code;
        } else if !code {
            // Odd pieces stand between two back-ticks.
            out.extend(line.split('`').step_by(2));
        }
        out.push('\n');
    }
    out
}

/// The pieces of a page that are code, each with its line: fenced lines and `inline code`.
pub fn code(page: &str) -> Vec<(usize, &str)> {
    let (mut out, mut inside) = (Vec::new(), false);
    for (n, line) in page.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            out.push((n + 1, line));
        } else {
            out.extend(line.split('`').skip(1).step_by(2).map(|piece| (n + 1, piece)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "see [a](b) and `c d`\n```edges\n\na -> b\n```\nend `e`";

    #[test]
    fn a_block_is_found_by_name_with_its_lines() {
        assert_eq!(fenced(PAGE, "edges"), Some(vec![(4, "a -> b")]));
        assert_eq!(fenced(PAGE, "edge"), None);
    }

    #[test]
    fn prose_and_code_are_told_apart() {
        let text = prose(PAGE);
        assert!(text.contains("[a](b)") && !text.contains("c d") && !text.contains("->"), "{text}");
        assert_eq!(code(PAGE), [(1, "c d"), (3, ""), (4, "a -> b"), (6, "e")]);
    }
}
