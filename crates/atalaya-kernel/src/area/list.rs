//! What the code lists share: reading an embedded CSV and folding a name for look-up.

/// Splits an embedded list into rows of exactly `N` fields, without its header.
///
/// Fields may be quoted; a quoted field may hold commas and doubled quotes, not line breaks.
/// A row of another width is left out and named in `defects`.
pub(crate) fn rows<const N: usize>(list: &str, text: &'static str, defects: &mut Vec<String>) -> Vec<[&'static str; N]> {
    let mut out = Vec::with_capacity(text.len() / 40);
    for (at, line) in text.lines().enumerate().skip(1) {
        if line.is_empty() {
            continue;
        }
        let mut row = [""; N];
        let mut seen = 0;
        let mut rest = Some(line);
        while let Some(line) = rest {
            let (field, after) = field(line);
            if let Some(slot) = row.get_mut(seen) {
                *slot = field;
            }
            seen += 1;
            rest = after;
        }
        if seen == N {
            out.push(row);
        } else {
            defects.push(format!("{list} line {}: {seen} fields, not {N}", at + 1));
        }
    }
    out
}

/// The first field of a line, and what follows its comma.
fn field(line: &'static str) -> (&'static str, Option<&'static str>) {
    let Some(quoted) = line.strip_prefix('"') else {
        return match line.split_once(',') {
            Some((field, rest)) => (field, Some(rest)),
            None => (line, None),
        };
    };
    let mut from = 0;
    while let Some(at) = quoted[from..].find('"').map(|at| at + from) {
        if quoted[at + 1..].starts_with('"') {
            from = at + 2;
            continue;
        }
        let inner = &quoted[..at];
        // Once per list and process, for the few fields that hold a doubled quote.
        let inner = if inner.contains("\"\"") { String::leak(inner.replace("\"\"", "\"")) } else { inner };
        return (inner, quoted[at + 1..].strip_prefix(','));
    }
    (quoted, None)
}

/// `None` for an empty field.
pub(crate) fn some(field: &'static str) -> Option<&'static str> {
    if field.is_empty() { None } else { Some(field) }
}

/// Folds a name: lower case, no accents, no double quotes, one kind of apostrophe and hyphen,
/// single spaces. Two spellings with the same fold are the same name.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            put(&mut out, &mut gap, c.to_ascii_lowercase());
            continue;
        }
        match c {
            '"' | '“' | '”' | '„' | '«' | '»' | '\u{feff}' | '\u{ad}' => {}
            '\u{300}'..='\u{36f}' => {}
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' => put(&mut out, &mut gap, '\''),
            '-' | '‐' | '‑' | '–' | '—' | '−' => put(&mut out, &mut gap, '-'),
            c if c.is_whitespace() => gap = true,
            c if c.is_ascii() => put(&mut out, &mut gap, c),
            c => {
                for low in c.to_lowercase() {
                    match plain(low) {
                        "" if ('\u{300}'..='\u{36f}').contains(&low) => {}
                        "" => put(&mut out, &mut gap, low),
                        letters => letters.chars().for_each(|c| put(&mut out, &mut gap, c)),
                    }
                }
            }
        }
    }
    out
}

fn put(out: &mut String, gap: &mut bool, c: char) {
    if *gap && !out.is_empty() {
        out.push(' ');
    }
    *gap = false;
    out.push(c);
}

/// A lower-case Latin letter without its mark; empty for what has none.
fn plain(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        _ => "",
    }
}

/// Edits (insert, delete, replace) between two folded names, or `None` past `limit`.
pub(crate) fn edits(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = (0..=b.len()).collect();
    for (row, x) in a.iter().enumerate() {
        let mut now = Vec::with_capacity(before.len());
        now.push(row + 1);
        for (col, y) in b.iter().enumerate() {
            let step = before[col] + usize::from(x != y);
            now.push(step.min(before[col + 1] + 1).min(now[col] + 1));
        }
        if now.iter().min().is_some_and(|&least| least > limit) {
            return None;
        }
        before = now;
    }
    before.last().copied().filter(|&found| found <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_another_width_is_a_defect_and_quotes_are_read() {
        let mut defects = Vec::new();
        let got = rows::<3>("x.csv", "a,b,c\n1,\"two, 2\",\"say \"\"hi\"\"\"\n1,2\n,,\n", &mut defects);
        assert_eq!(got, [["1", "two, 2", "say \"hi\""], ["", "", ""]]);
        assert_eq!(defects, ["x.csv line 3: 2 fields, not 3"]);
    }

    #[test]
    fn folding_removes_marks_quotes_and_extra_space() {
        assert_eq!(fold("  Côte\u{a0} d’Ivoire "), "cote d'ivoire");
        assert_eq!(fold("Cote\u{301} D'IVOIRE"), "cote d'ivoire");
        assert_eq!(fold("“Ecstasy”–type"), "ecstasy-type");
        assert_eq!(fold("Türkiye İzmir"), "turkiye izmir");
        assert_eq!(fold("β-Keto 4-CI-α-PVP"), "β-keto 4-ci-α-pvp");
    }

    #[test]
    fn edits_count_and_stop() {
        assert_eq!(edits("colombia", "columbia", 2), Some(1));
        assert_eq!(edits("peru", "poland", 2), None);
    }
}
