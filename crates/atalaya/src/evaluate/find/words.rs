//! Numbers and names in sentences of both languages.

use atalaya_kernel::{Both, Lang};

use crate::verbs::decimal;

/// What can stand in a sentence.
pub(crate) trait Spoken {
    /// How it is written in a language.
    fn spoken(&self, lang: Lang) -> String;
}

impl Spoken for f64 {
    fn spoken(&self, lang: Lang) -> String {
        let size = self.abs();
        if !self.is_finite() {
            return "-".into();
        }
        if size > 0.0 && size < 0.0005 {
            return decimal(&format!("{self:.1e}"), lang);
        }
        let digits = if size >= 100.0 {
            0
        } else if size >= 10.0 {
            1
        } else if size >= 1.0 || size == 0.0 {
            2
        } else {
            3
        };
        let text = format!("{self:.digits$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text };
        decimal(&text, lang)
    }
}

impl Spoken for usize {
    fn spoken(&self, lang: Lang) -> String {
        decimal(&self.to_string(), lang)
    }
}

impl Spoken for i64 {
    fn spoken(&self, _lang: Lang) -> String {
        self.to_string()
    }
}

impl Spoken for Both {
    fn spoken(&self, lang: Lang) -> String {
        self.in_lang(lang).to_string()
    }
}

impl Spoken for &str {
    fn spoken(&self, _lang: Lang) -> String {
        (*self).to_string()
    }
}

impl Spoken for String {
    fn spoken(&self, _lang: Lang) -> String {
        self.clone()
    }
}

impl<T: Spoken> Spoken for &T {
    fn spoken(&self, lang: Lang) -> String {
        (*self).spoken(lang)
    }
}

/// A sentence in both languages with values in it: `said!("{n} rows", "{n} filas", n = rows)`.
macro_rules! said {
    ($en:literal, $es:literal $(, $name:ident = $value:expr)* $(,)?) => {
        atalaya_kernel::Both::new(
            { $(let $name = $crate::evaluate::find::words::Spoken::spoken(&$value, atalaya_kernel::Lang::En); let _ = &$name;)* format!($en) },
            { $(let $name = $crate::evaluate::find::words::Spoken::spoken(&$value, atalaya_kernel::Lang::Es); let _ = &$name;)* format!($es) },
        )
    };
}
pub(crate) use said;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_its_reader_writes_it() {
        assert_eq!(
            said!("{v} of {n}", "{v} de {n}", v = -1234.56, n = 12_345usize),
            Both::new("-1235 of 12,345", "-1235 de 12\u{202f}345")
        );
        assert_eq!(said!("{v}", "{v}", v = 0.0812), Both::new("0.081", "0,081"));
        assert_eq!(said!("{v}", "{v}", v = 2.50), Both::new("2.5", "2,5"));
    }
}
