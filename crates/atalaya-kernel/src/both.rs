//! Every sentence a person reads exists twice: in English and in Spanish.

use serde::{Deserialize, Serialize};

/// The language a sentence is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl Lang {
    /// Reads `es`, `es_PE.UTF-8`, `en-US` ...; anything that is not Spanish is English.
    pub fn from_tag(tag: &str) -> Lang {
        if tag.to_ascii_lowercase().starts_with("es") { Lang::Es } else { Lang::En }
    }
}

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Both {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

impl Both {
    /// A sentence from its two versions.
    pub fn new(en: impl Into<String>, es: impl Into<String>) -> Both {
        Both { en: en.into(), es: es.into() }
    }

    /// A text that is the same in both languages: a code, a name, a path.
    pub fn same(text: impl Into<String>) -> Both {
        let text = text.into();
        Both { en: text.clone(), es: text }
    }

    /// The sentence in one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Es => &self.es,
        }
    }
}

/// `both!("{n} rows", "{n} filas")`: a [`Both`] with `format!` arguments captured in each.
#[macro_export]
macro_rules! both {
    ($en:literal, $es:literal $(,)?) => {
        $crate::Both::new(format!($en), format!($es))
    };
}

/// A text from outside as it may be shown: control and direction characters are escaped, so a
/// name cannot pretend to be another one.
pub fn shown(text: &str) -> String {
    let hidden =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    if !text.chars().any(hidden) {
        return text.to_string();
    }
    text.chars().flat_map(|c| if hidden(c) { c.escape_unicode().collect::<Vec<_>>() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_overrides_are_shown_escaped() {
        assert_eq!(shown("Lima\u{202e}gnp.exe"), "Lima\\u{202e}gnp.exe");
        assert_eq!(shown("Ancón; 3 kg"), "Ancón; 3 kg");
    }
}
