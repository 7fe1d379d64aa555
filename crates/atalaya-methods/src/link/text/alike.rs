//! How alike two texts are: Jaro, Jaro-Winkler, Levenshtein and Damerau-Levenshtein.
//!
//! Texts of up to 64 letters, nearly all there are, take one word of bits per row (Myers 1999,
//! Journal of the ACM 46(3); Hyyrö 2003, Nordic Journal of Computing 10(1)); longer ones the plain
//! table. Letters are Unicode scalar values.

use std::cell::RefCell;

/// A pair as bytes that are equal where the letters are; the first text's letters number below
/// 255, or the pair is too long for one word anyway.
fn with_bytes<T>(a: &str, b: &str, f: impl FnOnce(&[u8], &[u8]) -> T, long: impl FnOnce(&[char], &[char]) -> T) -> T {
    if a.is_ascii() && b.is_ascii() && a.len() <= 64 && b.len() <= 64 {
        return f(a.as_bytes(), b.as_bytes());
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return long(&a, &b);
    }
    let mut alphabet: Vec<char> = a.iter().chain(&b).copied().collect();
    alphabet.sort_unstable();
    alphabet.dedup();
    let code = |letters: &[char]| letters.iter().map(|l| alphabet.partition_point(|x| x < l) as u8).collect::<Vec<u8>>();
    f(&code(&a), &code(&b))
}

thread_local! {
    /// For each of 128 letters the places where it stands in a text of at most 64; empty between
    /// uses, because clearing what was set costs less than a new table.
    static PLACES: RefCell<[u64; 128]> = const { RefCell::new([0; 128]) };
}

/// Calls `f` with the places of a text's letters.
fn with_places<T>(text: &[u8], f: impl FnOnce(&[u64; 128]) -> T) -> T {
    PLACES.with(|places| {
        let mut places = places.borrow_mut();
        for (i, &letter) in text.iter().enumerate() {
            places[usize::from(letter) & 127] |= 1 << i;
        }
        let out = f(&places);
        for &letter in text {
            places[usize::from(letter) & 127] = 0;
        }
        out
    })
}

/// A word whose lowest `n` bits are set, `n <= 64`.
fn low(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1 << n) - 1 }
}

/// Jaro similarity, 0 to 1; two empty texts are equal.
pub fn jaro(a: &str, b: &str) -> f64 {
    with_bytes(a, b, jaro_bits, jaro_long)
}

/// Jaro-Winkler similarity: Jaro, raised for up to 4 equal letters in front, a tenth of what is
/// missing for each (Winkler 1990). As in Winkler's code, only a Jaro above 0.7 is raised.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    let jaro = jaro(a, b);
    if jaro <= 0.7 {
        return jaro;
    }
    let front = a.chars().zip(b.chars()).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * front as f64 * (1.0 - jaro)
}

fn jaro_of(matches: usize, transposed: usize, a: usize, b: usize) -> f64 {
    if matches == 0 {
        return 0.0;
    }
    let m = matches as f64;
    (m / a as f64 + m / b as f64 + (m - (transposed / 2) as f64) / m) / 3.0
}

fn jaro_bits(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    with_places(a, |places| jaro_placed(a, b, places))
}

fn jaro_placed(a: &[u8], b: &[u8], places: &[u64; 128]) -> f64 {
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (0u64, 0u64);
    for (j, &letter) in b.iter().enumerate() {
        let near = low(j + window + 1) & !low(j.saturating_sub(window));
        let free = places[usize::from(letter) & 127] & near & !in_a & low(a.len());
        if free != 0 {
            in_a |= free & free.wrapping_neg();
            in_b |= 1 << j;
        }
    }
    let matches = in_a.count_ones() as usize;
    let mut transposed = 0;
    let (mut left, mut right) = (in_a, in_b);
    while left != 0 {
        transposed += usize::from(a[left.trailing_zeros() as usize] != b[right.trailing_zeros() as usize]);
        left &= left - 1;
        right &= right - 1;
    }
    jaro_of(matches, transposed, a.len(), b.len())
}

fn jaro_long(a: &[char], b: &[char]) -> f64 {
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut in_a = vec![false; a.len()];
    let mut matched = Vec::new();
    for (j, letter) in b.iter().enumerate() {
        let near = j.saturating_sub(window)..(j + window + 1).min(a.len());
        if let Some(i) = near.into_iter().find(|&i| !in_a[i] && a[i] == *letter) {
            in_a[i] = true;
            matched.push(*letter);
        }
    }
    let ordered = a.iter().zip(&in_a).filter(|(_, used)| **used).map(|(l, _)| l);
    let transposed = ordered.zip(&matched).filter(|(x, y)| x != y).count();
    jaro_of(matched.len(), transposed, a.len(), b.len())
}

/// Fewest letters to insert, delete or replace.
pub fn levenshtein(a: &str, b: &str) -> usize {
    with_bytes(a, b, |a, b| edits_bits(a, b, false), |a, b| edits_long(a, b, false))
}

/// Fewest letters to insert, delete, replace or swap with the next, no place touched twice
/// (optimal string alignment).
pub fn damerau_levenshtein(a: &str, b: &str) -> usize {
    with_bytes(a, b, |a, b| edits_bits(a, b, true), |a, b| edits_long(a, b, true))
}

fn edits_bits(a: &[u8], b: &[u8], swaps: bool) -> usize {
    if a.is_empty() {
        return b.len();
    }
    with_places(a, |places| edits_placed(a, b, places, swaps))
}

fn edits_placed(a: &[u8], b: &[u8], places: &[u64; 128], swaps: bool) -> usize {
    let last = 1u64 << (a.len() - 1);
    let (mut plus, mut minus, mut zero, mut before) = (u64::MAX, 0u64, 0u64, 0u64);
    let mut distance = a.len();
    for &letter in b {
        let equal = places[usize::from(letter) & 127];
        let swapped = if swaps { ((!zero & equal) << 1) & before } else { 0 };
        zero = ((equal & plus).wrapping_add(plus) ^ plus) | equal | minus | swapped;
        let up = minus | !(zero | plus);
        let down = zero & plus;
        distance += usize::from(up & last != 0);
        distance -= usize::from(down & last != 0);
        let up = (up << 1) | 1;
        plus = (down << 1) | !(zero | up);
        minus = up & zero;
        before = equal;
    }
    distance
}

fn edits_long(a: &[char], b: &[char], swaps: bool) -> usize {
    let (mut two, mut one): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replace = one[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replace.min(one[j] + 1).min(row[j - 1] + 1);
            if swaps && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(two[j - 2] + 1);
            }
        }
        two = std::mem::replace(&mut one, row);
    }
    one[b.len()]
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::seed::Seed;

    use super::*;

    /// Winkler (1990), "String comparator metrics and enhanced decision rules in the
    /// Fellegi-Sunter model of record linkage", table 1, to its three decimals.
    #[test]
    fn jaro_and_winkler_give_the_values_of_his_table() {
        for (a, b, jaro_printed, winkler) in [
            ("SHACKLEFORD", "SHACKELFORD", 0.970, 0.982),
            ("DUNNINGHAM", "CUNNIGHAM", 0.896, 0.896),
            ("NICHLESON", "NICHULSON", 0.926, 0.956),
            ("JONES", "JOHNSON", 0.790, 0.832),
            ("MASSEY", "MASSIE", 0.889, 0.933),
            ("ABROMS", "ABRAMS", 0.889, 0.922),
            ("MARHTA", "MARTHA", 0.944, 0.961),
            ("JERALDINE", "GERALDINE", 0.926, 0.926),
        ] {
            assert!((jaro(a, b) - jaro_printed).abs() <= 0.0006, "{a} {b} {}", jaro(a, b));
            assert!((jaro_winkler(a, b) - winkler).abs() <= 0.0006, "{a} {b} {}", jaro_winkler(a, b));
        }
        assert_eq!((jaro("", ""), jaro("", "a"), jaro("a", "b")), (1.0, 0.0, 0.0));
    }

    #[test]
    fn edits_of_words_counted_by_hand() {
        for (a, b, edits, with_swaps) in [
            ("kitten", "sitting", 3, 3),
            ("ab", "ba", 2, 1),
            ("ca", "abc", 3, 3),
            ("", "abc", 3, 3),
            ("año", "ano", 1, 1),
            ("1953", "1935", 2, 1),
        ] {
            assert_eq!((levenshtein(a, b), damerau_levenshtein(a, b)), (edits, with_swaps), "{a} {b}");
        }
    }

    /// Bits and table are two ways to one number.
    #[test]
    fn one_word_of_bits_agrees_with_the_plain_table() {
        for draw in 0..4000 {
            let mut stream = Seed(11).stream(draw);
            let mut word = |most: u64| {
                let n = stream.below(most + 1);
                (0..n).map(|_| (b'a' + stream.below(3) as u8) as char).collect::<String>()
            };
            let most = if draw % 8 == 0 { 64 } else { 9 };
            let (a, b) = (word(most), word(most));
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            assert_eq!(levenshtein(&a, &b), edits_long(&x, &y, false), "{a} {b}");
            assert_eq!(damerau_levenshtein(&a, &b), edits_long(&x, &y, true), "{a} {b}");
            if !(a.is_empty() && b.is_empty()) {
                assert_eq!(jaro(&a, &b), jaro_long(&x, &y), "{a} {b}");
            }
            assert_eq!(levenshtein(&a, &b), levenshtein(&b, &a));
        }
    }

    #[test]
    fn long_texts_and_other_scripts_are_compared_too() {
        let long = "x".repeat(100);
        assert_eq!(levenshtein(&long, &format!("{long}y")), 1);
        assert!(jaro_winkler(&long, &format!("{long}y")) > 0.99);
        assert_eq!(levenshtein("北京市", "北京"), 1);
    }
}
