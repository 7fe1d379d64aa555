//! Whole words and literals in source text.

fn part(byte: Option<&u8>) -> bool {
    byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// The byte offsets at which `word` stands alone; ends that are no letters need no boundary.
pub fn whole<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let (bytes, sought) = (text.as_bytes(), word.as_bytes());
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).and_then(|i| bytes.get(i));
        let after = bytes.get(at + word.len());
        let grows = part(before) && part(sought.first()) || part(after) && part(sought.last());
        !grows
    })
}

/// The plain string literals of a piece of Rust, without their quotes.
pub fn literals(source: &str) -> Vec<&str> {
    let masked = super::mask::mask(source);
    let quotes: Vec<usize> = masked.match_indices('"').map(|(at, _)| at).collect();
    quotes.chunks_exact(2).map(|pair| &source[pair[0] + 1..pair[1]]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_inside_a_word_is_not_found() {
        assert_eq!(whole("async asyncs _async async", "async").collect::<Vec<_>>(), [0, 20]);
        assert_eq!(whole("a.unwrap() b.unwrap_or(1)", ".unwrap()").count(), 1);
    }

    #[test]
    fn literals_come_without_quotes() {
        assert_eq!(literals("(\"a-b\", '\"', \"c\") // \"d\""), ["a-b", "c"]);
    }
}
