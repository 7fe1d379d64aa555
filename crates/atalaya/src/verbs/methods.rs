//! The methods: what computes here, the question each answers, and the paper it comes from.

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_methods::{Card, METHODS};
use serde::Serialize;

use super::Say;

/// A method, for a reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Its id, which is the name of its file and page.
    pub id: String,
    /// The verb it serves.
    pub verb: String,
    /// Its name.
    pub name: Both,
    /// The question it answers.
    pub answers: Both,
    /// The paper it comes from.
    pub source: String,
}

/// Methods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MethodList {
    /// Each of them, in the order of the table.
    pub methods: Vec<Method>,
}

/// Every method, or those whose id or verb is `of`.
///
/// # Errors
/// `unknown-method`.
pub fn methods(of: Option<&str>) -> Result<MethodList, Problem> {
    let fits = |card: &&&Card| of.is_none_or(|of| card.id == of || card.verb == of);
    let methods: Vec<Method> = METHODS.iter().filter(fits).map(|card| method(card)).collect();
    if methods.is_empty() {
        return Err(Problem::new(
            "unknown-method",
            atalaya_kernel::both::shown(of.unwrap_or_default()),
            Both::new("no method and no verb with methods has this name", "ningún método ni verbo con métodos tiene este nombre"),
            Both::new("`atalaya methods` lists them", "`atalaya methods` los enumera"),
        ));
    }
    Ok(MethodList { methods })
}

fn method(card: &Card) -> Method {
    let both = |[en, es]: [&str; 2]| Both::new(en, es);
    Method { id: card.id.into(), verb: card.verb.into(), name: both(card.name), answers: both(card.answers), source: card.source.into() }
}

impl Say for MethodList {
    fn say(&self, lang: Lang) -> String {
        let mut out = String::new();
        for (at, one) in self.methods.iter().enumerate() {
            if at == 0 || self.methods[at - 1].verb != one.verb {
                out += &format!("{}{}\n", if at == 0 { "" } else { "\n" }, one.verb);
            }
            let (id, name, answers, source) = (&one.id, one.name.in_lang(lang), one.answers.in_lang(lang), &one.source);
            out += &format!("  {id}: {name}\n      {answers}\n");
            out += both!("      Source: {source}\n", "      Fuente: {source}\n").in_lang(lang);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_names_its_methods_and_a_wrong_name_is_an_error() {
        for card in METHODS {
            assert_eq!(methods(Some(card.id)).unwrap().methods[0].verb, card.verb);
            assert!(methods(Some(card.verb)).unwrap().methods.iter().any(|m| m.id == card.id));
        }
        assert_eq!(methods(Some("astrology")).unwrap_err().id, "unknown-method");
        let list = methods(None).map(|l| l.methods.len()).unwrap_or(0);
        assert_eq!(list, METHODS.len());
    }
}
