//! What `atalaya recipe explain` prints.

use std::fmt::Write;

use atalaya_kernel::Lang;

use super::keys::{KEYS, TABLES};
use crate::recipe::FIELDS;

/// Every key of a recipe with what it holds and what it is for, in one language.
pub fn explain(lang: Lang) -> String {
    let at = usize::from(lang == Lang::Es);
    let mut out = String::new();
    for (table, heading, says) in TABLES {
        let _ = writeln!(out, "{heading}\n  # {}", says[at]);
        if *table == "field" {
            let word = ["fields", "campos"][at];
            let _ = writeln!(out, "  # {word}: {}", FIELDS.join(", "));
        }
        for key in KEYS.iter().filter(|k| k.table == *table) {
            let mark = if key.holds.is_empty() { "" } else { " = " };
            let _ = writeln!(out, "  {}{mark}{}\n      {}", key.name, key.holds, key.says[at]);
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_tell_every_key() {
        let (en, es) = (explain(Lang::En), explain(Lang::Es));
        assert_ne!(en, es);
        assert_eq!(en.lines().count(), es.lines().count());
        assert!(KEYS.iter().all(|k| en.contains(k.name) && es.contains(k.says[1])));
    }
}
