//! Seizures as indicators: count beside mass, purity beside bulk, effort and events beside both.

use std::collections::BTreeMap;

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Lang, Problem, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::said::number;
use crate::observatory::Caller;
use crate::query::area_named;
use crate::routes::RoutesBasis;
use crate::verbs::{Ask, Say, Verb, aligned, decimal};
use crate::{Answer, Observatory};

/// Measures of what is spent and done to seize and to eradicate.
const EFFORT: [&str; 3] = ["eradicated-area", "laboratories", "spending"];
/// Rows of a table on a terminal.
const SHOWN: usize = 40;

/// Seizures of a substance by area and year: count beside mass, purity-adjusted beside bulk, events
/// beside records, and the series of effort the store holds beside them.
///
/// What is not known is said, never filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesSeizures {
    /// Substance seized, with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "cocaine", value_name = "ID"))]
    pub substance: String,
    /// Areas by code or name: `PE`, `PER`, `Perú`, `CO-ANT`, `divipola:05031`
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "AREA"))]
    pub area: Vec<String>,
    /// From this period on: 2014, 2014-Q2, 2014-03
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub from: Option<String>,
    /// Up to and with this period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub to: Option<String>,
    /// Sources
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
}

/// Seizures of one area and year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeizedRow {
    /// The area.
    pub area: String,
    /// The year.
    pub year: String,
    /// The substance; those of different classes are not added.
    pub substance: String,
    /// Records.
    pub records: String,
    /// Events: records of one event counted once, as linked.
    pub events: String,
    /// Bulk kilograms, each record.
    pub kg: String,
    /// Bulk kilograms, each event once.
    pub kg_unique: String,
    /// Records without a mass.
    pub without_kg: String,
    /// Lowest and highest kilograms of pure substance, by the lowest and highest purity published for
    /// the area and year; `null` where none is.
    pub pure_kg: Option<[f64; 2]>,
    /// The figure of this row.
    pub figure: String,
}

/// One value of a series of effort.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffortSeries {
    /// The measure.
    pub measure: String,
    /// What it is.
    pub name: Both,
    /// Its unit.
    pub unit: String,
    /// The area.
    pub area: String,
    /// Whose.
    pub source: String,
    /// Year and value as published.
    pub values: Vec<(String, String)>,
}

/// Seizures and what stands beside them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeizuresFound {
    /// What was looked at.
    pub title: Both,
    /// By area and year.
    pub rows: Vec<SeizedRow>,
    /// Series of effort; none is said in `notes`.
    pub effort: Vec<EffortSeries>,
    /// What a reader must know.
    pub notes: Vec<Both>,
    /// What it rests on.
    pub basis: RoutesBasis,
}

impl RoutesSeizures {
    fn ask(&self, what: &str) -> Ask {
        Ask {
            what: what.into(),
            area: self.area.clone(),
            by: vec!["year".into(), "area".into()],
            from: self.from.clone(),
            to: self.to.clone(),
            ..Ask::default()
        }
    }
}

impl Verb for RoutesSeizures {
    const NAME: &'static str = "routes";
    type Outcome = SeizuresFound;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<SeizuresFound, Problem> {
        self.area.iter().try_for_each(|a| area_named(a, "--area").map(|_| ()))?;
        let substance = if self.substance.is_empty() { "cocaine" } else { &self.substance };
        let seized =
            Ask { substance: vec![substance.into()], source: self.source.clone(), ..self.ask("seizures") }.run(observatory, caller)?;
        let purity = Ask { substance: vec![substance.into()], ..self.ask("purity") }.run(observatory, caller)?;
        let known = purities(&purity);
        let rows: Vec<SeizedRow> = seized.rows.iter().map(|row| seized_row(row, &known)).collect();
        let mut answers = vec![seized];
        let mut effort = Vec::new();
        for measure in EFFORT {
            let found = self.ask(measure).run(observatory, caller)?;
            effort.extend(series(measure, &found));
            answers.extend((!found.rows.is_empty()).then_some(found));
        }
        let notes = notes(&rows, &effort);
        answers.extend((!known.is_empty()).then_some(purity));
        Ok(SeizuresFound { title: answers[0].title.clone(), rows, effort, notes, basis: RoutesBasis::of(&answers) })
    }
}

/// Lowest and highest purity published for an area and year, as shares.
fn purities(found: &Answer) -> BTreeMap<(String, String), (f64, f64)> {
    let mut out: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
    for row in &found.rows {
        let of = |column: &str| Answer::text(row, column).parse::<f64>().ok().map(|percent| percent / 100.0);
        let Some(value) = of("value").filter(|v| (0.0..=1.0).contains(v)) else { continue };
        let (low, high) = (of("low").unwrap_or(value), of("high").unwrap_or(value));
        let known = out.entry((Answer::text(row, "area"), Answer::text(row, "year"))).or_insert((low, high));
        *known = (known.0.min(low), known.1.max(high));
    }
    out
}

fn seized_row(row: &BTreeMap<String, Value>, known: &BTreeMap<(String, String), (f64, f64)>) -> SeizedRow {
    let text = |column: &str| Answer::text(row, column);
    let kg = text("kg");
    let purity = known.get(&(text("area"), text("year")));
    SeizedRow {
        area: text("area"),
        year: text("year"),
        substance: text("substance"),
        records: text("records"),
        events: text("events"),
        pure_kg: purity.zip(kg.parse::<f64>().ok()).map(|((low, high), kg)| [low * kg, high * kg]),
        kg,
        kg_unique: text("kg_unique"),
        without_kg: text("without_kg"),
        figure: text("figure"),
    }
}

fn series(measure: &str, found: &Answer) -> Vec<EffortSeries> {
    let Some(of) = measures().get(measure) else { return Vec::new() };
    let mut out: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
    for row in found.rows.iter().filter(|row| !Answer::text(row, "value").is_empty()) {
        let source =
            ["source", "definition"].map(|c| Answer::text(row, c)).into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        out.entry((Answer::text(row, "area"), source)).or_default().push((Answer::text(row, "year"), Answer::text(row, "value")));
    }
    let one = |((area, source), values)| EffortSeries {
        measure: measure.into(),
        name: Both::new(of.label_en, of.label_es),
        unit: of.unit.to_string(),
        area,
        source,
        values,
    };
    out.into_iter().map(one).collect()
}

fn notes(rows: &[SeizedRow], effort: &[EffortSeries]) -> Vec<Both> {
    let mut out = vec![Both::new(
        "seizures show what was looked for and found as much as what flows: more of them may mean more effort, more flow or both",
        "las incautaciones muestran tanto lo que se buscó y halló como lo que fluye: más de ellas pueden ser más esfuerzo, más flujo o ambos",
    )];
    let without = rows.iter().filter(|r| r.pure_kg.is_none()).count();
    let all = rows.len();
    if without > 0 {
        out.push(both!(
            "purity is not known for {without} of {all} rows: their kilograms are bulk only",
            "no se conoce la pureza de {without} de {all} filas: sus kilogramos son solo brutos"
        ));
    }
    if without < all {
        out.push(Both::new(
            "pure kilograms are bulk ones times the lowest and the highest purity published for the area and year, which may be of other seizures",
            "los kilogramos puros son los brutos por la menor y la mayor pureza publicadas para el área y el año, que pueden ser de otras incautaciones",
        ));
    }
    if effort.is_empty() {
        out.push(Both::new(
            "the store holds no series of effort here (eradication, laboratories, spending): nothing says whether more was looked for",
            "el almacén no guarda aquí ninguna serie de esfuerzo (erradicación, laboratorios, gasto): nada dice si se buscó más",
        ));
    }
    if rows.iter().all(|r| r.records == r.events) && all > 0 {
        out.push(Both::new(
            "no two of these records are ruled to be one event: records that report the same seizure count as often as they were reported",
            "de ningún par de estos registros se decidió que sea un solo hecho: los que informan la misma incautación cuentan tantas veces como se informaron",
        ));
    }
    out
}

impl Say for SeizuresFound {
    fn say(&self, lang: Lang) -> String {
        let es = lang == Lang::Es;
        let unknown = if es { "no se sabe" } else { "not known" };
        let mut out = format!("{}\n\n", self.title.in_lang(lang));
        let head = if es {
            ["Área", "Año", "Sustancia", "Registros", "Hechos", "kg brutos", "kg, cada hecho una vez", "Sin kg", "kg puros"]
        } else {
            ["Area", "Year", "Substance", "Records", "Events", "Bulk kg", "kg, each event once", "Without kg", "Pure kg"]
        };
        let row = |r: &SeizedRow| {
            let pure = r
                .pure_kg
                .map_or_else(|| unknown.to_string(), |[low, high]| format!("{} – {}", number(low, 0, lang), number(high, 0, lang)));
            let shown = |text: &str| decimal(text, lang);
            let counts = [&r.records, &r.events, &r.kg, &r.kg_unique, &r.without_kg].map(|t| shown(t));
            [r.area.clone(), r.year.clone(), r.substance.clone()].into_iter().chain(counts).chain([pure]).collect()
        };
        out += &aligned(&head, &self.rows.iter().take(SHOWN).map(row).collect::<Vec<_>>());
        let all = self.rows.len();
        if all > SHOWN {
            out += both!("{SHOWN} of {all}; all of them with --json\n", "{SHOWN} de {all}; todas con --json\n").in_lang(lang);
        }
        for series in &self.effort {
            let values: Vec<String> = series.values.iter().map(|(year, value)| format!("{year} {}", decimal(value, lang))).collect();
            let (name, unit, area, source) = (series.name.in_lang(lang), &series.unit, &series.area, &series.source);
            out += &format!("\n{area}: {name} ({unit}) [{source}]: {}\n", values.join(", "));
        }
        out.push('\n');
        self.notes.iter().for_each(|note| out += &format!("* {}\n", note.in_lang(lang)));
        out + &self.basis.say(lang)
    }
}
