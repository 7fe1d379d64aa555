//! The account of a country and year: what is on the table, and what may not be added, and why.
//!
//! No balance is drawn: production, seizures and consumption are measured in other things, at other
//! purities, by other people. What may be combined is said with what it takes.

use std::collections::BTreeMap;

use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Decimal, Lang};
use atalaya_methods::reconcile::purity::{Interval, naive, share};
use serde::{Deserialize, Serialize};

use super::figures::{Figure, Ground, Thing};
use super::words;
use crate::query::{after_a_number, label_of};
use crate::verbs::decimal;

/// Parts of the account, in the order of the trade.
pub const SECTIONS: [(&str, [&str; 2]); 5] = [
    ("cultivation", ["Cultivation and production", "Cultivo y producción"]),
    ("eradication", ["Eradication", "Erradicación"]),
    ("seizures", ["Seizures and laboratories", "Incautaciones y laboratorios"]),
    ("consumption", ["Consumption", "Consumo"]),
    ("harm", ["Harm", "Daños"]),
];

/// Which part a measure belongs to.
const OF: [(&str, &str); 13] = [
    ("coca-area", "cultivation"),
    ("coca-area-change", "cultivation"),
    ("poppy-area", "cultivation"),
    ("potential-production", "cultivation"),
    ("eradicated-area", "eradication"),
    ("seized-mass", "seizures"),
    ("seizure-count", "seizures"),
    ("laboratories", "seizures"),
    ("purity", "seizures"),
    ("prevalence", "consumption"),
    ("wastewater-load", "consumption"),
    ("overdose-deaths", "harm"),
    ("homicides", "harm"),
];

/// The measures an account is made of.
pub(crate) fn measures() -> [&'static str; 13] {
    OF.map(|(measure, _)| measure)
}

/// A line of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its part.
    pub section: String,
    /// The measure.
    pub measure: String,
    /// ... and its name, with substance, breakdown and place.
    pub what: Both,
    /// The value.
    pub value: String,
    /// Low end, where stated.
    pub low: String,
    /// High end.
    pub high: String,
    /// The unit.
    pub unit: Both,
    /// The source, its id.
    pub source: String,
    /// What it is.
    pub title: Both,
    /// What it counts.
    pub definition: Both,
    /// The vintage.
    pub vintage: String,
    /// How it came about.
    pub basis: Both,
}

/// Something that may not be combined, or what comes out where it may.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// `rival-areas`, `bulk-and-pure` ...
    pub id: String,
    /// The part it stands under.
    pub section: String,
    /// Whether it is refused.
    pub refused: bool,
    /// What and why.
    pub says: Both,
}

/// The figures of a country and year, in parts.
pub(crate) fn entries<'a>(ground: &Ground<'a>, area: &str, year: i32) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (measure, section) in OF {
        for (thing, figures) in of_year(ground, measure, area, year) {
            entries.extend(figures.iter().map(|figure| entry(ground, section, thing, figure)));
        }
    }
    entries
}

/// The things of a measure that are about an area (or, for loads, a place in it) and a year.
fn of_year<'g, 'a>(
    ground: &'g Ground<'a>,
    measure: &'g str,
    area: &'g str,
    year: i32,
) -> impl Iterator<Item = (&'g Thing<'a>, &'g Vec<Figure<'a>>)> {
    ground.about(measure).filter(move |(t, _)| t.area == area && t.year() == Some(year))
}

fn entry<'a>(ground: &Ground<'a>, section: &str, thing: &Thing<'a>, figure: &Figure<'a>) -> Entry {
    let side = ground.side(figure);
    let (low, high) = figure.interval().map(|(l, h)| (l.to_string(), h.to_string())).unwrap_or_default();
    let recipe = ground.observatory.recipe_of(figure.cell.intake);
    Entry {
        section: section.into(),
        measure: ground.text(thing.measure).into(),
        what: words::about(
            ground.text(thing.measure),
            ground.text(thing.substance),
            ground.text(thing.breakdown),
            "",
            ground.text(thing.place),
            "",
        ),
        value: side.value,
        low,
        high,
        unit: side.unit,
        source: side.source,
        title: recipe.map_or_else(|| Both::same(figure.source()), |r| r.title.clone()),
        definition: side.definition,
        vintage: side.vintage,
        basis: side.basis,
    }
}

/// What is refused wherever it is on the table: id, part, English, Spanish.
const REFUSALS: [(&str, &str, [&str; 2]); 6] = [
    (
        "eradicated-from-standing",
        "eradication",
        [
            "Eradicated hectares are not subtracted from standing ones: they add up work done in a year, the other is land at one date, and fields are planted again in between.",
            "Lo erradicado no se resta de lo que está en pie: uno suma trabajo hecho en el año, lo otro es terreno en una fecha, y entretanto se resiembra.",
        ],
    ),
    (
        "area-to-cocaine",
        "cultivation",
        [
            "Hectares are not turned into cocaine: yield of leaf and efficiency of laboratories are not stated in what is held here.",
            "Las hectáreas no se convierten en cocaína: aquí no constan el rendimiento de la hoja ni la eficiencia de los laboratorios.",
        ],
    ),
    (
        "forms",
        "seizures",
        [
            "Leaf, paste, base and hydrochloride are not added: a kilogram of each holds another amount of cocaine.",
            "Hoja, pasta, base y clorhidrato no se suman: un kilogramo de cada uno contiene otra cantidad de cocaína.",
        ],
    ),
    (
        "records-and-totals",
        "seizures",
        [
            "Single records and published totals are not added: they are the same seizures told twice. Records reported by two agencies may be one event.",
            "Los registros individuales y los totales publicados no se suman: son las mismas incautaciones contadas dos veces. Registros de dos agencias pueden ser un solo hecho.",
        ],
    ),
    (
        "prevalence-to-mass",
        "consumption",
        [
            "Prevalence is not turned into kilograms: how much each person uses and how pure it is are not stated.",
            "La prevalencia no se convierte en kilogramos: no constan cuánto consume cada persona ni la pureza.",
        ],
    ),
    (
        "cities-to-country",
        "consumption",
        [
            "Loads of cities are not the country's: a week a year in the places that take part.",
            "Las cargas de unas ciudades no son las del país: una semana al año en los lugares que participan.",
        ],
    ),
];

/// What may not be combined among the figures of a country and year.
pub(crate) fn rules<'a>(
    ground: &Ground<'a>,
    area: &str,
    year: i32,
    entries: &[Entry],
    records: usize,
    purity: Option<Interval>,
) -> Vec<Rule> {
    let mut rules = Vec::new();
    rivals(entries, &mut rules);
    let has = |measure: &str| entries.iter().any(|e| e.measure == measure);
    for (id, section, [en, es]) in REFUSALS {
        let there = match id {
            "eradicated-from-standing" => has("eradicated-area") && has("coca-area"),
            "area-to-cocaine" => has("coca-area") && !has("potential-production"),
            "forms" => forms(entries) > 1,
            "records-and-totals" => records > 0 && has("seized-mass"),
            "prevalence-to-mass" => has("prevalence"),
            _ => has("wastewater-load"),
        };
        if there {
            rules.push(Rule { id: id.into(), section: section.into(), refused: true, says: Both::new(en, es) });
        }
    }
    bulk_and_pure(ground, area, year, purity, &mut rules);
    rules
}

/// How many forms of one drug are on the table.
fn forms(entries: &[Entry]) -> usize {
    entries.iter().filter(|e| e.measure == "seized-mass").map(|e| &e.what.en).collect::<std::collections::BTreeSet<_>>().len()
}

/// Rival figures stand side by side.
fn rivals(entries: &[Entry], rules: &mut Vec<Rule>) {
    let mut alike: BTreeMap<(&str, &str, &str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        alike.entry((&entry.section, &entry.measure, &entry.what.en, &entry.what.es)).or_default().push(entry);
    }
    for ((section, measure, en, es), group) in alike {
        let values: std::collections::BTreeSet<Decimal> = group.iter().filter_map(|e| Decimal::parse(&e.value).ok()).collect();
        if values.len() < 2 {
            continue;
        }
        let list = |lang: Lang| values.iter().map(|v| decimal(&v.to_string(), lang)).collect::<Vec<_>>().join(" · ");
        rules.push(Rule {
            id: format!("rivals-{measure}"),
            section: section.into(),
            refused: true,
            says: Both::new(
                format!("{en}: {} stand side by side and are not averaged; choose one source and say which.", list(Lang::En)),
                format!("{es}: {} están lado a lado y no se promedian; elija una fuente y diga cuál.", list(Lang::Es)),
            ),
        });
    }
}

/// Seizures over production: refused without purity, an interval with it.
fn bulk_and_pure<'a>(ground: &Ground<'a>, area: &str, year: i32, purity: Option<Interval>, rules: &mut Vec<Rule>) {
    for (production, made) in of_year(ground, "potential-production", area, year) {
        let within = |t: &Thing<'_>| {
            substances().is_within(ground.text(t.substance), ground.text(production.substance)) && t.unit == production.unit
        };
        for (thing, seized) in of_year(ground, "seized-mass", area, year).filter(|(t, _)| within(t)) {
            for (seizure, potential) in seized.iter().flat_map(|s| made.iter().map(move |m| (s, m))) {
                let of = super::checks::interval;
                if let Some(rule) = ratio(ground, thing, [seizure, potential], [of(seizure), of(potential)], purity) {
                    rules.push(rule);
                }
            }
        }
    }
}

fn ratio(
    ground: &Ground<'_>,
    thing: &Thing<'_>,
    sides: [&Figure<'_>; 2],
    [seized, made]: [Interval; 2],
    purity: Option<Interval>,
) -> Option<Rule> {
    let naive = naive(seized, made)?;
    let unit = after_a_number(thing.unit);
    let amount = |figure: &Figure<'_>| match figure.interval() {
        None => words::amount(figure.value.value, &unit),
        Some((low, high)) => {
            let (low, high) = (words::amount(low, &Both::default()), words::amount(high, &unit));
            Both::new(format!("{}–{}", low.en, high.en), format!("{}–{}", low.es, high.es))
        }
    };
    let (one, other) = (amount(sides[0]), amount(sides[1]));
    let drug = label_of("substance", ground.text(thing.substance)).unwrap_or_default();
    let percent = |i: Interval| {
        let (low, high) = (format!("{:.0}", i.low * 100.0), format!("{:.0}", i.high * 100.0));
        if low == high { format!("{low} %") } else { format!("{low}–{high} %") }
    };
    let (source, maker) = (sides[0].source(), sides[1].source());
    let head = Both::new(
        format!("{}: {} seized ({source}) against {} that could be made ({maker})", drug.en, one.en, other.en),
        format!("{}: {} incautados ({source}) frente a {} que podrían producirse ({maker})", drug.es, one.es, other.es),
    );
    let says = match share(seized, made, purity) {
        Ok(interval) => {
            let (stated, found) = (purity.map(percent).unwrap_or_default(), percent(interval));
            Both::new(
                format!(
                    "{}. At a purity of {stated}, as you state, {found} of it: if nothing was counted twice, and what was seized was made here in the year.",
                    head.en
                ),
                format!(
                    "{}. Con una pureza de {stated}, declarada por usted, {found} de ello: si nada se contó dos veces y lo incautado se produjo aquí en el año.",
                    head.es
                ),
            )
        }
        Err(_) => Both::new(
            format!(
                "{}. No share is given: bulk weight over pure weight is none ({} if one divides all the same). State the purity, for example 0.6-0.85.",
                head.en,
                percent(naive)
            ),
            format!(
                "{}. No se da proporción: peso bruto sobre peso puro no lo es ({} si de todos modos se divide). Declare la pureza, por ejemplo 0.6-0.85.",
                head.es,
                percent(naive)
            ),
        ),
    };
    Some(Rule { id: "bulk-and-pure".into(), section: "seizures".into(), refused: purity.is_none(), says })
}
