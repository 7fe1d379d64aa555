//! The account of a country and year, as a verb.

use atalaya_kernel::area::areas;
use atalaya_kernel::{Both, Label, Lang, Problem, both};
use atalaya_methods::reconcile::purity::Interval;
use atalaya_store::{Dim, Query};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::say::{decimal, table};
use super::super::{Say, Verb};
use crate::Observatory;
use crate::answer::Answer;
use crate::observatory::Caller;
use crate::query::{SEIZURES, answer_and_keep, label_of, understood};
use crate::reconcile::account::{Entry, Rule, SECTIONS, entries, measures, rules};
use crate::reconcile::figures::Ground;
use crate::reconcile::simulated;

/// The account of a country and year: what is on the table, and what may not be added, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// Country by code or name
    #[cfg_attr(feature = "cli", arg(long, value_name = "AREA"))]
    pub area: String,
    /// Year
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEAR"))]
    pub year: i32,
    /// Purity you state for what was seized, as a share: 0.6-0.85
    #[cfg_attr(feature = "cli", arg(long, value_name = "LOW-HIGH"))]
    pub purity: Option<String>,
}

/// Single seizures as reported, of one drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// The source.
    pub source: String,
    /// The drug.
    pub substance: String,
    /// ... and its name.
    pub name: Both,
    /// Records.
    pub records: String,
    /// Kilograms, best estimate; empty if none is known.
    pub kg: String,
    /// The figure's id.
    pub figure: String,
}

/// A part of the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Both,
    /// What is known.
    pub entries: Vec<Entry>,
    /// What may not be combined, and what comes out where it may.
    pub rules: Vec<Rule>,
}

/// What is on the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountPage {
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// The country.
    pub area: String,
    /// ... and its name.
    pub name: Both,
    /// The year.
    pub year: i32,
    /// The parts, in the order of the trade.
    pub sections: Vec<Section>,
    /// Single seizures as reported, by source and drug.
    pub records: Vec<Reported>,
    /// What it is not.
    pub never: Both,
    /// What a reader should know.
    pub notes: Vec<Both>,
}

impl Account {
    /// The purity stated, as an interval.
    fn purity(&self) -> Result<Option<Interval>, Problem> {
        let Some(text) = self.purity.as_deref().map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let number = |t: &str| t.trim().parse::<f64>().ok();
        match number(low).zip(number(high)) {
            Some((low, high)) if low > 0.0 && low <= high && high <= 1.0 => Ok(Some(Interval { low, high })),
            _ => Err(Problem::new(
                "purity",
                format!("--purity {text}"),
                Both::new("is no interval within 0 and 1", "no es un intervalo entre 0 y 1"),
                Both::new("write for example 0.6-0.85", "escriba por ejemplo 0.6-0.85"),
            )),
        }
    }
}

impl Verb for Account {
    const NAME: &'static str = "reconcile";
    type Outcome = AccountPage;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<AccountPage, Problem> {
        let purity = self.purity()?;
        let year = self.year.to_string();
        let query = understood(&Query {
            what: SEIZURES.into(),
            area: vec![self.area.clone()],
            from: Some(year.clone()),
            to: Some(year),
            by: vec![Dim::Source, Dim::Substance],
            ..Query::default()
        })?;
        let area = query.area.first().cloned().unwrap_or_default();
        let answer = answer_and_keep(observatory, &query)?;
        let records: Vec<Reported> = answer.rows.iter().map(reported).collect();
        let eye = observatory.eye(None)?;
        let ground = Ground::of_measures(observatory, &eye, &measures());
        let entries = entries(&ground, &area, self.year);
        let rules = rules(&ground, &area, self.year, &entries, records.len(), purity);
        let used = |source: &str| entries.iter().any(|e| e.source == source) || records.iter().any(|r| r.source == source);
        let behind = || eye.intakes.iter().filter(|i| used(&i.source));
        let label = behind().map(|i| i.label.clone()).reduce(|a, b| a.combine(&b));
        let notes = simulated(observatory, behind());
        let section = |(id, [en, es]): (&str, [&str; 2])| Section {
            id: id.into(),
            name: Both::new(en, es),
            entries: entries.iter().filter(|e| e.section == id).cloned().collect(),
            rules: rules.iter().filter(|r| r.section == id).cloned().collect(),
        };
        Ok(AccountPage {
            snapshot: eye.snapshot.to_string(),
            label,
            name: areas().get(&area).map_or_else(|| Both::same(&area), |a| a.both()),
            year: self.year,
            sections: SECTIONS.into_iter().map(section).collect(),
            records,
            never: Both::new(
                "What is known of a country and year, side by side. This is no balance: the lines are measured in other things, at other purities, by other people.",
                "Lo que se sabe de un país y un año, lado a lado. No es un balance: las líneas miden otras cosas, con otras purezas y por otras manos.",
            ),
            notes,
            area,
        })
    }
}

fn reported(row: &std::collections::BTreeMap<String, serde_json::Value>) -> Reported {
    let of = |column: &str| Answer::text(row, column);
    let substance = of("substance");
    Reported {
        source: of("source"),
        name: label_of("substance", &substance).unwrap_or_else(|| Both::same(&substance)),
        substance,
        records: of("records"),
        kg: of("kg"),
        figure: of("figure"),
    }
}

impl Say for AccountPage {
    fn say(&self, lang: Lang) -> String {
        let mut out = format!("{}, {}\n{}\n", self.name.in_lang(lang), self.year, self.never.in_lang(lang));
        for note in &self.notes {
            out += &format!("{}\n", note.in_lang(lang));
        }
        let heads: [&str; 6] = match lang {
            Lang::En => ["what", "value", "unit", "source", "definition", "vintage"],
            Lang::Es => ["qué", "valor", "unidad", "fuente", "definición", "edición"],
        };
        for section in &self.sections {
            out += &format!("\n## {}\n", section.name.in_lang(lang));
            let rows: Vec<Vec<String>> = section.entries.iter().map(|e| row(e, lang)).collect();
            if rows.is_empty() && section.rules.is_empty() {
                out += both!("nothing held for this year\n", "nada recogido para este año\n").in_lang(lang);
            }
            if !rows.is_empty() {
                out += &table(&heads, &rows);
            }
            for rule in &section.rules {
                out += &format!("{} {}\n", if rule.refused { "✗" } else { "≈" }, rule.says.in_lang(lang));
            }
            if section.id == "seizures" && !self.records.is_empty() {
                out += &self.say_records(lang);
            }
        }
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out + &format!("\n{label}  snapshot {}\n", self.snapshot.get(..16).unwrap_or(""))
    }
}

impl AccountPage {
    fn say_records(&self, lang: Lang) -> String {
        let heads: [&str; 4] = match lang {
            Lang::En => ["records of", "drug", "records", "kg"],
            Lang::Es => ["registros de", "droga", "registros", "kg"],
        };
        let each = |r: &Reported| vec![r.source.clone(), r.name.in_lang(lang).into(), decimal(&r.records, lang), decimal(&r.kg, lang)];
        format!("\n{}", table(&heads, &self.records.iter().map(each).collect::<Vec<_>>()))
    }
}

fn row(e: &Entry, lang: Lang) -> Vec<String> {
    let value = if e.low.is_empty() {
        decimal(&e.value, lang)
    } else {
        format!("{} ({}–{})", decimal(&e.value, lang), decimal(&e.low, lang), decimal(&e.high, lang))
    };
    let basis = if e.basis.en == "reported" { String::new() } else { format!(" [{}]", e.basis.in_lang(lang)) };
    vec![
        e.what.in_lang(lang).into(),
        value,
        e.unit.in_lang(lang).into(),
        e.source.clone(),
        format!("{}{basis}", e.definition.in_lang(lang)),
        e.vintage.clone(),
    ]
}
