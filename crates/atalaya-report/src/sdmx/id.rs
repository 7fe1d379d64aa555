//! Ids: SDMX allows letters, digits, `_`, `-`, `@` and `$`; codes of the store hold more.

/// The code of an absent value of a dimension.
pub const ABSENT: &str = "_X";

/// A code as an SDMX id; [`code_of_id`] takes it back.
///
/// `PE-AYA` and `cocaine-hcl` stay. The name of a list goes in capitals before `_`:
/// `ubigeo:080910` is `UBIGEO_080910`. Any other sign is `$` and its UTF-8 in hexadecimals:
/// `Ancón` is `Anc$C3$B3n`. An empty code is `_X`. Nothing begins with `-`, so that no
/// spreadsheet takes it for a formula.
pub fn id_of_code(code: &str) -> String {
    if code.is_empty() {
        return ABSENT.into();
    }
    let listed = code.split_once(':').filter(|(list, rest)| is_list(list, u8::is_ascii_lowercase) && !rest.is_empty());
    if let Some((list, rest)) = listed {
        return format!("{}_{}", list.to_ascii_uppercase(), escaped(rest, false));
    }
    let reads_as_list = code.split_once('_').is_some_and(|(head, _)| head.is_empty() || is_list(head, u8::is_ascii_uppercase));
    escaped(code, reads_as_list)
}

/// The code an id was made from.
pub fn code_of_id(id: &str) -> String {
    if id == ABSENT {
        return String::new();
    }
    match id.split_once('_') {
        Some((list, rest)) if is_list(list, u8::is_ascii_uppercase) => format!("{}:{}", list.to_ascii_lowercase(), unescaped(rest)),
        _ => unescaped(id),
    }
}

/// A name such as `ubigeo`: a letter, then letters and digits, letters of one case.
fn is_list(name: &str, letter: fn(&u8) -> bool) -> bool {
    name.bytes().next().is_some_and(|b| letter(&b)) && name.bytes().all(|b| letter(&b) || b.is_ascii_digit())
}

/// Signs that ids do not allow, as hexadecimals; also the first `_`, if it would be misread.
fn escaped(text: &str, first_underscore: bool) -> String {
    let (mut out, mut misread) = (String::new(), first_underscore);
    for (at, byte) in text.bytes().enumerate() {
        let stays = byte.is_ascii_alphanumeric() || byte == b'-' && at > 0 || byte == b'_' && !misread;
        misread &= byte != b'_';
        if stays { out.push(char::from(byte)) } else { out.push_str(&format!("${byte:02X}")) }
    }
    out
}

fn unescaped(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'$');
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A column's name as a component's: `fiscal-year` is `FISCAL_YEAR`.
pub fn component(column: &str) -> String {
    let upper = column.to_ascii_uppercase().replace('-', "_");
    // Component ids begin with a letter.
    if upper.starts_with(|c: char| c.is_ascii_alphabetic()) { upper } else { format!("X_{upper}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_store_stay_readable() {
        for (code, id) in [
            ("ubigeo:080910", "UBIGEO_080910"),
            ("divipola:05001", "DIVIPOLA_05001"),
            ("PE-AYA", "PE-AYA"),
            ("cocaine-hcl", "cocaine-hcl"),
            ("Ancón", "Anc$C3$B3n"),
            ("usd/g", "usd$2Fg"),
            ("-2+3", "$2D2$2B3"),
            ("@SUM", "$40SUM"),
            ("", "_X"),
        ] {
            assert_eq!(id_of_code(code), id);
            assert_eq!(code_of_id(id), code);
        }
    }

    #[test]
    fn no_two_codes_share_an_id() {
        let codes = [
            "_X",
            "UBIGEO_1",
            "ubigeo:1",
            "UBIGEO$5F1",
            "a_b",
            "A_b",
            "a:b",
            "A:b",
            "a:",
            ":a",
            "$",
            "$5F",
            "_",
            "a:b:c",
            "a:_b",
            "x1_y",
            "X1_y",
            "x1:y",
        ];
        let mut ids: Vec<String> = codes.iter().map(|c| id_of_code(c)).collect();
        for (code, id) in codes.iter().zip(&ids) {
            assert_eq!(code_of_id(id), **code, "{id}");
            assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-@$".contains(&b)), "{id}");
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), codes.len());
    }
}
