//! Rust source with comments and the insides of literals blanked, every offset and line kept.

/// Blanks comments and literals, so that a word found in the answer is code.
pub fn mask(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => blank(&mut out, at, line_end(bytes, at)),
            b'/' if bytes.get(at + 1) == Some(&b'*') => blank(&mut out, at, comment_end(bytes, at)),
            b'"' => inside(&mut out, at, string_end(bytes, at)),
            b'\'' => match char_end(source, at) {
                Some(end) => inside(&mut out, at, end),
                None => at + 1,
            },
            b'r' if !in_word(bytes, at) => match raw_end(bytes, at) {
                Some(end) => inside(&mut out, at, end),
                None => at + 1,
            },
            _ => at + 1,
        };
        at = end;
    }
    // Only whole literals and comments were blanked, byte by byte with ASCII spaces.
    String::from_utf8_lossy(&out).into_owned()
}

fn blank(out: &mut [u8], from: usize, to: usize) -> usize {
    for byte in &mut out[from..to] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
    to
}

/// Blanks a literal but keeps its first and last byte, so that `("` stays visible.
fn inside(out: &mut [u8], from: usize, to: usize) -> usize {
    if to > from + 2 {
        blank(out, from + 1, to - 1);
    }
    to
}

fn in_word(bytes: &[u8], at: usize) -> bool {
    // `br"` is a literal too: its `b` is not part of a longer word.
    let before = |n: usize| at.checked_sub(n).map(|i| bytes[i]);
    let word = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    match before(1) {
        Some(b'b' | b'c') => word(before(2)),
        other => word(other),
    }
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n)
}

fn comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0usize, start);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The end of a character literal, or `None` for a lifetime.
fn char_end(source: &str, start: usize) -> Option<usize> {
    let rest = &source[start + 1..];
    let first = rest.chars().next()?;
    if first == '\\' {
        let close = rest.get(2..)?.find('\'')?;
        return Some(start + 1 + 2 + close + 1);
    }
    let after = first.len_utf8();
    rest[after..].starts_with('\'').then_some(start + 1 + after + 1)
}

/// The end of `r"..."` or `r#"..."#`, or `None` when this is no raw string.
fn raw_end(bytes: &[u8], start: usize) -> Option<usize> {
    let hashes = bytes[start + 1..].iter().take_while(|b| **b == b'#').count();
    let open = start + 1 + hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = [b'"'].into_iter().chain(std::iter::repeat_n(b'#', hashes)).collect();
    let found = bytes[open + 1..].windows(close.len()).position(|w| w == close);
    Some(found.map_or(bytes.len(), |n| open + 1 + n + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blank_and_code_stays() {
        let source = "let a = \"x.unwrap()\"; // y.unwrap()\n/* z /* n */ unwrap */ b.unwrap();";
        let masked = mask(source);
        assert_eq!(masked.len(), source.len());
        assert_eq!(masked.matches("unwrap").count(), 1);
        assert_eq!(masked.find("unwrap"), source.rfind("unwrap"));
        assert_eq!(masked.lines().count(), 2);
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        let masked = mask("r#\"a \" { b\"#; br\"{\"; keep; r\"\\\"; fn r#if() {}");
        assert!(masked.contains("keep") && masked.contains("fn r#if() {}"), "{masked}");
        assert_eq!(masked.matches('{').count(), 1, "{masked}");
    }

    #[test]
    fn lifetimes_are_not_characters() {
        let masked = mask("fn f<'a>(x: &'a str) { '{'; '\\''; '\\u{7b}'; b'{'; 'é'; x }");
        assert!(masked.contains("<'a>") && masked.contains("&'a str"), "{masked}");
        assert_eq!(masked.matches('{').count(), 1, "{masked}");
    }

    #[test]
    fn a_literal_that_never_ends_is_no_panic() {
        for source in ["\"abc", "/* abc", "r#\"abc", "'", "'\\", "\"abc\\"] {
            assert_eq!(mask(source).len(), source.len(), "{source}");
        }
    }
}
