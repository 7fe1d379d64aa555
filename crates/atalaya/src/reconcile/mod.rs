//! Several figures for one thing, side by side: what agrees, what does not, and what may explain it.
//!
//! Findings are a function of the rows one may see; they accuse nobody and change nothing. What an
//! analyst makes of one is a decision, kept apart (see [`rulings`]). No figure is averaged.

use std::collections::BTreeMap;
use std::sync::Arc;

use atalaya_kernel::{Both, Decimal, Problem};
use atalaya_store::{Intake, sha256_text};
use serde::{Deserialize, Serialize};

use crate::observatory::{Eye, Observatory};

pub(crate) mod account;
pub(crate) mod checks;
pub(crate) mod estimate;
pub(crate) mod explain;
pub(crate) mod figures;
pub(crate) mod rulings;
pub(crate) mod sides;
mod words;

pub(crate) use checks::CHECKS;

/// How much a finding asks for somebody's attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Numbers that cannot all be right as they stand, or lie a tenth apart or more.
    Serious,
    /// A difference a reader would ask about.
    Notable,
    /// Below one per cent, or within what the source states.
    Minor,
}

/// A figure that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// Its source.
    pub source: String,
    /// What it counts, in the source's words.
    pub definition: Both,
    /// The vintage that gave it.
    pub vintage: String,
    /// Its period.
    pub period: String,
    /// Its value as published, or the sum.
    pub value: String,
    /// Its unit.
    pub unit: Both,
    /// How it came about: reported, or the sum of so many areas.
    pub basis: Both,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The same whenever the same figures of the same sources meet: `f-` and ten characters.
    pub id: String,
    /// The check that found it.
    pub check: String,
    /// How serious it is.
    pub severity: Severity,
    /// The measure.
    pub measure: String,
    /// The area.
    pub area: String,
    /// The substance, empty if it is about none.
    pub substance: String,
    /// The period.
    pub period: String,
    /// Its first day, days from 1970-01-01.
    #[serde(skip)]
    pub day: i32,
    /// What it is about: "Coca bush under cultivation, Peru, 2020".
    pub about: Both,
    /// What was found, with its numbers.
    pub says: Both,
    /// The figures it rests on.
    pub sides: Vec<Side>,
    /// Digest of those figures' numbers: a ruling holds while it stays.
    pub numbers: String,
    /// The difference against the largest value of its kind, in per cent: what is put first.
    pub weight: f64,
}

/// Two series, or two vintages of one, where they meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// The check that compared them.
    pub check: String,
    /// The measure.
    pub measure: String,
    /// What was compared: measure, substance, breakdown.
    pub what: Both,
    /// One side.
    pub one: Both,
    /// The other.
    pub other: Both,
    /// Figures both give.
    pub shared: u64,
    /// ... the same.
    pub same: u64,
    /// ... the same but for rounding.
    pub rounded: u64,
    /// ... different.
    pub differ: u64,
}

/// Everything found in what somebody may see.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// Most serious first.
    pub findings: Vec<Finding>,
    /// What was compared, and how often it agreed.
    pub meetings: Vec<Meeting>,
}

/// What makes a finding the same one again, and what it says.
pub(crate) struct Draft<'a> {
    pub check: &'static str,
    pub severity: Severity,
    pub thing: &'a figures::Thing<'a>,
    pub substance: &'a str,
    pub about: Both,
    pub says: Both,
    pub sides: Vec<Side>,
    /// How far apart, in the unit of the measure.
    pub apart: Decimal,
}

/// The id of a finding: the check, what it is about and whose figures meet. Its numbers are left
/// out, so that it is the same finding when a vintage revises one.
fn id_of(check: &str, about: &[&str], sides: &[Side]) -> String {
    // Two vintages of one source are told apart by their names, which stay.
    let vintage = |s: &Side| if check == "vintages" { s.vintage.clone() } else { String::new() };
    let sides: Vec<String> = sides.iter().map(|s| format!("{}|{}|{}|{}", s.source, s.definition.en, s.period, vintage(s))).collect();
    let digest = sha256_text(&format!("{check}\n{}\n{}", about.join("\n"), sides.join("\n")));
    format!("f-{}", digest.get(..10).unwrap_or_default())
}

/// The digest of a finding's numbers.
fn numbers_of(sides: &[Side]) -> String {
    let all: Vec<&str> = sides.iter().map(|s| s.value.as_str()).collect();
    sha256_text(&all.join("|")).get(..10).unwrap_or_default().to_string()
}

/// All findings in what `eye` sees, worked out once.
///
/// # Errors
/// Those of the store.
pub(crate) fn book(observatory: &Observatory, eye: &Eye) -> Result<Arc<Book>, Problem> {
    eye.tables.book(|| {
        let ground = figures::Ground::of(observatory, eye);
        let mut book = Book::default();
        for check in CHECKS {
            (check.run)(&ground, &mut book)?;
        }
        weigh(&ground, &mut book.findings);
        Ok(book)
    })
}

/// That some of these data are made up, if they are.
pub(crate) fn simulated<'i>(observatory: &Observatory, intakes: impl Iterator<Item = &'i Intake>) -> Vec<Both> {
    let mut intakes = intakes;
    let made_up = intakes.any(|i| observatory.recipe_of(i).is_some_and(|r| r.simulated));
    let said = || {
        Both::new(
            "SIMULATED: some of these data are made up for the demo",
            "SIMULADO: parte de estos datos son inventados para la demostración",
        )
    };
    made_up.then(said).into_iter().collect()
}

/// Sets weights and puts the most serious first.
fn weigh(ground: &figures::Ground<'_>, findings: &mut [Finding]) {
    let largest: BTreeMap<(&str, &str), f64> = ground.largest();
    for finding in findings.iter_mut() {
        let top = largest.get(&(finding.measure.as_str(), finding.substance.as_str())).copied().unwrap_or(0.0);
        finding.weight = if top > 0.0 { finding.weight / top * 100.0 } else { 0.0 };
    }
    tell_apart(findings);
    findings.sort_by(|a, b| a.severity.cmp(&b.severity).then(b.weight.total_cmp(&a.weight)).then_with(|| a.id.cmp(&b.id)));
}

/// Findings that are about the same by all an id is made of are numbered in the order they came.
fn tell_apart(findings: &mut [Finding]) {
    let mut met: BTreeMap<String, u32> = BTreeMap::new();
    for finding in findings {
        let times = met.entry(finding.id.clone()).or_default();
        *times += 1;
        if *times > 1 {
            finding.id += &format!("-{times}");
        }
    }
}

impl Book {
    /// Writes a finding down.
    pub(crate) fn push(&mut self, ground: &figures::Ground<'_>, draft: Draft<'_>) {
        let (measure, place) = (ground.text(draft.thing.measure), ground.text(draft.thing.place));
        let (breakdown, period) = (ground.text(draft.thing.breakdown), draft.thing.period());
        let about = [measure, draft.thing.area, place, draft.substance, breakdown, &period];
        self.findings.push(Finding {
            id: id_of(draft.check, &about, &draft.sides),
            check: draft.check.into(),
            severity: draft.severity,
            measure: measure.into(),
            area: draft.thing.area.into(),
            substance: draft.substance.into(),
            period,
            day: draft.thing.day,
            about: draft.about,
            says: draft.says,
            numbers: numbers_of(&draft.sides),
            sides: draft.sides,
            weight: draft.apart.to_f64().abs(),
        });
    }
}
