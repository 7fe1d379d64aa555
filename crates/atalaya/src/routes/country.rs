//! A country in one minute: what is produced, what is recorded leaving and coming and where, how
//! sure that is, what is not known. Every sentence is made from the numbers of an atlas.

use atalaya_kernel::{Both, Decimal, Label, Lang};
use atalaya_report::chart::flows::{percent, plain};
use atalaya_report::chart::number;
use serde::{Deserialize, Serialize};

use super::atlas::{Atlas, AtlasEdge, AtlasPlace, Balance, Band, Trust};
use super::draw::{balance, group_name, observed, place, span, unit};
use crate::answer::SourceLine;

/// Several sentences' words in one: `both!` takes each language's own.
macro_rules! said {
    ($en:literal, $es:literal, $($name:ident),*) => {{
        let en = { $(let $name = &$name.en;)* format!($en) };
        let es = { $(let $name = &$name.es;)* format!($es) };
        ::atalaya_kernel::Both::new(en, es)
    }};
}

mod sentences;
mod sure;

/// Partners named in a sentence.
const NAMED: usize = 3;

/// What is said of one country.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Country {
    /// Its code.
    pub area: String,
    /// Its name.
    pub name: Both,
    /// The group of substances.
    pub group: String,
    /// What the group is called.
    pub group_name: Both,
    /// How flows come about: `joint`, `published`, `observed`.
    pub method: String,
    /// The unit of flows.
    pub unit: Both,
    /// The years with records.
    pub years: Vec<i32>,
    /// What is said, in the order in which it is read.
    pub parts: Vec<Said>,
    /// Those who send to it, the largest first.
    pub comes_from: Vec<AtlasEdge>,
    /// Those it sends to, the largest first.
    pub goes_to: Vec<AtlasEdge>,
    /// The names of these partners, by code.
    pub names: std::collections::BTreeMap<String, Both>,
    /// Its account.
    pub balance: Option<Balance>,
    /// The atlas's id.
    pub figure: String,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// What a reader must know.
    pub notes: Vec<Both>,
}

/// Sentences under a heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// `produced`, `leaves`, `comes`, `sure`, `unknown`.
    pub id: String,
    /// The heading.
    pub head: Both,
    /// The sentences.
    pub text: Vec<Both>,
}

/// What an atlas says of a country.
///
/// # Errors
/// `no-such-place`.
pub fn country(atlas: &Atlas, area: &str) -> Result<Country, atalaya_kernel::Problem> {
    let place = place(atlas, area)?;
    let facts = Facts::of(atlas, place);
    let said = |id: &str, en: &str, es: &str, text: Vec<Both>| Said { id: id.into(), head: Both::new(en, es), text };
    let parts = vec![
        said("produced", "What is produced", "Qué se produce", facts.produced()),
        said("leaves", "What leaves, and where to", "Qué sale y hacia dónde", facts.partners(true)),
        said("comes", "What comes in, and where from", "Qué entra y desde dónde", facts.partners(false)),
        said("sure", "How sure this is", "Qué tan seguro es", facts.sure()),
        said("unknown", "What is not known", "Qué no se sabe", facts.unknown()),
    ];
    let partners = facts.out.iter().chain(&facts.into).flat_map(|e| [&e.from, &e.to]);
    let names = partners.map(|code| (code.clone(), name_of(atlas, code))).collect();
    let owned = |edges: &[&AtlasEdge]| edges.iter().map(|e| (*e).clone()).collect();
    Ok(Country {
        area: area.into(),
        name: place.name.clone(),
        group: atlas.group.clone(),
        group_name: group_name(atlas),
        method: atlas.method.clone(),
        unit: unit(atlas, !observed(atlas)),
        years: atlas.years.clone(),
        parts,
        comes_from: owned(&facts.into),
        goes_to: owned(&facts.out),
        names,
        balance: facts.balance.cloned(),
        figure: atlas.figure.clone(),
        snapshot: atlas.snapshot.clone(),
        label: atlas.label.clone(),
        sources: atlas.sources.clone(),
        notes: atlas.notes.clone(),
    })
}

/// What the sentences are made from.
struct Facts<'a> {
    atlas: &'a Atlas,
    name: &'a Both,
    group: Both,
    years: String,
    unit: Both,
    balance: Option<&'a Balance>,
    trust: Option<&'a Trust>,
    /// Its links out and in, the largest first.
    out: Vec<&'a AtlasEdge>,
    into: Vec<&'a AtlasEdge>,
    area: String,
    producer: bool,
}

impl<'a> Facts<'a> {
    fn of(atlas: &'a Atlas, place: &'a AtlasPlace) -> Facts<'a> {
        let area = place.code.as_str();
        let size = |e: &AtlasEdge| if observed(atlas) { e.recorded_kg.to_f64() } else { e.flow.map_or(-1.0, |f| f[1]) };
        let sorted = |wanted: &dyn Fn(&AtlasEdge) -> bool| {
            let mut edges: Vec<&AtlasEdge> = atlas.edges.iter().filter(|e| wanted(e)).collect();
            edges.sort_by(|a, b| size(b).total_cmp(&size(a)).then((&a.from, &a.to).cmp(&(&b.from, &b.to))));
            edges
        };
        Facts {
            atlas,
            name: &place.name,
            group: group_name(atlas),
            years: span(atlas),
            unit: unit(atlas, !observed(atlas)),
            balance: balance(atlas, area),
            trust: atlas.trust.as_ref(),
            out: sorted(&|e| e.from == area),
            into: sorted(&|e| e.to == area),
            area: area.into(),
            producer: place.producer,
        }
    }

    /// Those of some links that a record shows, the most kilograms first.
    fn recorded(&self, edges: &[&'a AtlasEdge]) -> Vec<&'a AtlasEdge> {
        let mut shown: Vec<&AtlasEdge> = edges.iter().copied().filter(|e| e.records > 0).collect();
        shown.sort_by(|a, b| b.recorded_kg.cmp(&a.recorded_kg).then(b.records.cmp(&a.records)));
        shown
    }

    /// The code at the other end.
    fn other(&self, edge: &'a AtlasEdge) -> &'a str {
        if edge.from == self.area { &edge.to } else { &edge.from }
    }
}

fn name_of(atlas: &Atlas, code: &str) -> Both {
    atlas.places.iter().find(|p| p.code == code).map_or_else(|| Both::same(code), |p| p.name.clone())
}

/// A number in three digits, as each language writes it.
fn num(value: f64) -> Both {
    let text = plain(value);
    Both::new(number::beside(&text, Lang::En), number::beside(&text, Lang::Es))
}

/// A count in full.
fn count(value: u64) -> Both {
    let text = value.to_string();
    Both::new(number::full(&text, Lang::En), number::full(&text, Lang::Es))
}

/// Kilograms recorded, as one reads them.
fn kilograms(value: Decimal) -> Both {
    num(value.to_f64())
}

/// A share as percent.
fn share(value: f64) -> Both {
    Both::new(percent(value, Lang::En), percent(value, Lang::Es))
}

/// `380,000 (300,000–470,000)`.
fn band([low, middle, high]: Band) -> Both {
    if low == high {
        return num(middle);
    }
    let [l, m, h] = [low, middle, high].map(num);
    Both::new(format!("{} ({}–{})", m.en, l.en, h.en), format!("{} ({}–{})", m.es, l.es, h.es))
}

/// `Brazil, Bolivia and Spain`.
fn list(names: &[Both]) -> Both {
    let Some((last, front)) = names.split_last() else { return Both::default() };
    if front.is_empty() {
        return last.clone();
    }
    let join = |pick: fn(&Both) -> &str| front.iter().map(pick).collect::<Vec<_>>().join(", ");
    let and = if last.es.to_lowercase().starts_with(['i', 'í']) { "e" } else { "y" };
    Both::new(format!("{} and {}", join(|b| &b.en), last.en), format!("{} {and} {}", join(|b| &b.es), last.es))
}

/// `1 record`, `14 records`.
fn many(value: u64, one: (&str, &str), more: (&str, &str)) -> Both {
    let (en, es) = if value == 1 { one } else { more };
    let n = count(value);
    Both::new(format!("{} {en}", n.en), format!("{} {es}", n.es))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::made::atlas;

    fn text(country: &Country, lang: Lang) -> String {
        country.parts.iter().flat_map(|p| &p.text).map(|t| format!("{}\n", t.in_lang(lang))).collect()
    }

    #[test]
    fn peru_is_said_in_the_numbers_of_the_atlas() {
        let peru = country(&atlas("joint"), "PE").unwrap();
        let en = text(&peru, Lang::En);
        for said in [
            "Estimated production of coca and cocaine in Peru: 380,000 (300,000–470,000) kg of pure substance a year.",
            "Seizure records of 2015–2016 show it leaving Peru for 2 countries, 3,300 kg in all. To Spain (2,400 kg, 3 records) and Brazil (900 kg, 12 records).",
            "Estimated to leave Peru: 62,000 (30,000–140,000) kg of pure substance a year; the largest parts to Brazil 50,000 (20,000–90,000) and Spain 12,000 (0–60,000).",
            "No record of 2015–2016 shows anything coming into Peru from another country.",
            "Of 2 recorded links of Peru, 1 rests on fewer than five effective records",
            "the high end is 4.5 times the low one",
            "When 37 countries' own reports were hidden",
            "0.77 off on average",
            "Of what was seized in Peru, 30 records with 5,000 kg are on no link",
            "Without a figure for Peru: what is seized, as pure substance. Not known is not zero.",
            "The account does not close.",
            "4 links were seen; at least 9 exist.",
        ] {
            assert!(en.contains(said), "{said}\n---\n{en}");
        }
        let es = text(&peru, Lang::Es);
        for said in [
            "Producción estimada de coca y cocaína en Perú: 380\u{202f}000 (300\u{202f}000–470\u{202f}000) kg de sustancia pura al año.",
            "muestran su salida de Perú hacia 2 países, 3300 kg en total. Hacia España (2400 kg, 3 registros) y Brasil (900 kg, 12 registros).",
            "Sin cifra para Perú: lo que se incauta, como sustancia pura. No saber no es cero.",
        ] {
            assert!(es.contains(said), "{said}\n---\n{es}");
        }
    }

    #[test]
    fn other_numbers_give_other_sentences() {
        let mut other = atlas("joint");
        (other.balances[0].produced, other.balances[0].produced_kg) = (None, None);
        other.unknown.by_place.clear();
        other.edges.clear();
        let en = text(&country(&other, "PE").unwrap(), Lang::En);
        assert!(
            en.contains("is in no figure this observatory holds") && en.contains("No record of 2015–2016 shows anything leaving Peru"),
            "{en}"
        );
        let brazil = text(&country(&atlas("observed"), "BR").unwrap(), Lang::En);
        assert!(
            brazil.contains("No figure here says that coca and cocaine is made in Brazil") && brazil.contains("These are records alone"),
            "{brazil}"
        );
        let published = text(&country(&atlas("published"), "PE").unwrap(), Lang::Es);
        assert!(published.contains("ningún intervalo: no dice qué tan seguro es"), "{published}");
        assert_eq!(country(&atlas("joint"), "AQ").unwrap_err().id, "no-such-place");
    }

    #[test]
    fn and_is_spanish_before_every_sound() {
        let names = |last: &str| list(&[Both::same("Brasil"), Both::same(last)]).es;
        assert_eq!([names("Italia"), names("España")], ["Brasil e Italia", "Brasil y España"]);
    }
}
