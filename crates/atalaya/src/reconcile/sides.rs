//! One thing, every figure for it: source, definition, dates, vintage, value, interval, status.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Decimal, Period, Problem};
use atalaya_methods::reconcile::Printed;
use atalaya_methods::reconcile::agreement::{compare, percent_of};
use atalaya_store::{CellKey, Dim, ObservedCell, Query};
use serde::{Deserialize, Serialize};

use super::figures::{Figure, Ground, Thing, period_of};
use crate::answer::Answer;
use crate::observatory::Observatory;
use crate::query::{after_a_number, answer_and_keep, label_of};

/// A figure in the side-by-side table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The period.
    pub period: String,
    /// Its first day, to put lines in order.
    #[serde(skip)]
    pub day: i32,
    /// The substance, empty if it is about none.
    pub substance: String,
    /// ... and its name.
    pub substance_name: Both,
    /// Place within the area, and breakdown; empty if it has none.
    pub detail: Both,
    /// The source.
    pub source: String,
    /// What it is.
    pub title: Both,
    /// What it counts.
    pub definition: Both,
    /// The vintage that says it.
    pub vintage: String,
    /// Whether a later vintage of the source says otherwise.
    pub superseded: bool,
    /// Up to when the data count.
    pub cut_off: Option<String>,
    /// When they were prepared.
    pub prepared: Option<String>,
    /// The value as published, or the sum; empty where there is none.
    pub value: String,
    /// Low end of the stated interval.
    pub low: String,
    /// High end.
    pub high: String,
    /// The kind of missing, where there is no value.
    pub missing: String,
    /// `A`, or `P` where provisional.
    pub status: String,
    /// The unit.
    pub unit: Both,
    /// How it came about.
    pub basis: Both,
    /// The figure's id, which `verify` computes again.
    pub figure: Option<String>,
    /// Whether others are held against it.
    pub base: bool,
    /// The value less that of the base.
    pub difference: Option<Decimal>,
    /// The same in per cent of the base, one decimal.
    pub percent: Option<Decimal>,
    /// `same`, `rounded`, `differ`, against the base.
    pub agrees: Option<String>,
}

/// What a table is about.
pub(crate) struct Asked<'q> {
    pub measure: &'q str,
    pub area: &'q str,
    pub substance: Option<&'q str>,
    pub from: Option<i32>,
    pub to: Option<i32>,
    /// A source, or `source|definition`.
    pub base: Option<&'q str>,
}

impl Asked<'_> {
    fn wants(&self, substance: &str, day: i32) -> bool {
        let drug = self.substance.is_none_or(|s| atalaya_kernel::substance::substances().is_within(substance, s));
        drug && self.from.is_none_or(|from| day >= from) && self.to.is_none_or(|to| day <= to)
    }
}

/// The things a table is about, in the order of their time.
pub(crate) fn things<'g, 'a>(ground: &'g Ground<'a>, asked: &Asked<'_>) -> Vec<&'g Thing<'a>> {
    let about = ground.about(asked.measure).map(|(thing, _)| thing);
    about.filter(|t| t.area == asked.area && asked.wants(ground.text(t.substance), t.day)).collect()
}

/// Every figure for what is asked, those of superseded vintages and those absent included.
pub(crate) fn lines<'a>(ground: &Ground<'a>, asked: &Asked<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for thing in things(ground, asked) {
        let figures = ground.figures(thing);
        let base = figures.iter().find(|f| asked.base.is_some_and(|b| is_base(f, b)));
        for figure in figures {
            let mut line = line(ground, &figure.cell);
            line.value = figure.value.value.to_string();
            line.basis = figure.basis();
            line.unit = after_a_number(thing.unit);
            (line.low, line.high) = match figure.interval() {
                Some((low, high)) => (low.to_string(), high.to_string()),
                None => (String::new(), String::new()),
            };
            against(&mut line, figure.value, base, base.is_some_and(|b| std::ptr::eq(b, figure)));
            lines.push(line);
        }
    }
    lines.extend(superseded(ground, asked));
    let absent = ground.eye.observations.current_of(asked.measure).filter(|c| {
        c.text("area") == asked.area && !matches!(c.text("missing"), "" | "not-applicable") && asked.wants(c.text("substance"), c.row.day)
    });
    lines.extend(absent.map(|cell| line(ground, &cell)));
    lines.sort_by(|a, b| {
        let key = |l: &Line| {
            (l.substance.clone(), l.detail.en.clone(), l.day, l.source.clone(), l.definition.en.clone(), l.superseded, l.vintage.clone())
        };
        key(a).cmp(&key(b))
    });
    lines
}

/// Whether a figure is of the base named.
fn is_base(figure: &Figure<'_>, base: &str) -> bool {
    match base.split_once('|') {
        Some((source, definition)) => figure.source() == source && figure.cell.text("definition") == definition,
        None => figure.source() == base,
    }
}

fn against(line: &mut Line, value: Printed, base: Option<&Figure<'_>>, is_base: bool) {
    use atalaya_methods::reconcile::agreement::Agreement;
    let Some(base) = base else { return };
    line.base = is_base;
    if is_base {
        return;
    }
    let gap = compare(base.value, value);
    line.difference = Some(gap.difference);
    // Per cent is for reading: one decimal of a float is exact enough.
    line.percent = percent_of(base.value.value, gap.difference).and_then(|p| Decimal::parse(&format!("{p:.1}")).ok());
    line.agrees = Some(
        match gap.agreement {
            Agreement::Same => "same",
            Agreement::Rounded { .. } => "rounded",
            Agreement::Differ => "differ",
        }
        .into(),
    );
}

/// What earlier vintages said, where a later one of the same source says otherwise.
fn superseded<'a>(ground: &Ground<'a>, asked: &Asked<'_>) -> Vec<Line> {
    let mut standing: BTreeMap<(&str, CellKey), (&Figure<'a>, Option<&Figure<'a>>)> = BTreeMap::new();
    for thing in things(ground, asked) {
        let figures = ground.figures(thing);
        let base = figures.iter().find(|f| asked.base.is_some_and(|b| is_base(f, b)));
        standing.extend(figures.iter().filter(|f| f.parts == 1).map(|f| ((f.source(), f.cell.key()), (f, base))));
    }
    let mut lines = Vec::new();
    for cell in ground.eye.observations.all_of(asked.measure).filter(|c| c.text("area") == asked.area) {
        let Some((now, base)) = standing.get(&(cell.intake.source.as_str(), cell.key())) else { continue };
        let Some(value) = Printed::parse(cell.text("value")).filter(|v| v.value != now.value.value) else { continue };
        let mut line = line(ground, &cell);
        line.superseded = true;
        against(&mut line, value, *base, false);
        lines.push(line);
    }
    lines
}

fn line<'a>(ground: &Ground<'a>, cell: &ObservedCell<'a>) -> Line {
    let recipe = ground.observatory.recipe_of(cell.intake);
    let substance = cell.text("substance");
    let detail: Vec<&str> = [cell.text("place"), cell.text("breakdown")].into_iter().filter(|t| !t.is_empty()).collect();
    let detail = detail.join(", ");
    Line {
        period: period_of(cell.row.day, cell.row.precision).to_string(),
        day: cell.row.day,
        substance: substance.into(),
        substance_name: label_of("substance", substance).unwrap_or_default(),
        detail: recipe.as_ref().map_or_else(|| Both::same(detail.clone()), |r| r.in_both(&detail)),
        source: cell.intake.source.clone(),
        title: recipe.as_ref().map_or_else(|| Both::same(cell.intake.source.clone()), |r| r.title.clone()),
        definition: ground.definition(cell),
        vintage: cell.intake.vintage.clone(),
        superseded: false,
        cut_off: cell.intake.cut_off.clone(),
        prepared: cell.intake.prepared.clone(),
        value: cell.text("value").into(),
        low: cell.text("low").into(),
        high: cell.text("high").into(),
        missing: cell.text("missing").into(),
        status: if cell.text("status") == "P" { "P".into() } else { "A".into() },
        unit: after_a_number(cell.text("unit")),
        basis: Both::new("reported", "informado"),
        figure: None,
        base: false,
        difference: None,
        percent: None,
        agrees: None,
    }
}

/// Gives the lines of whole years their figure ids: those of the same question asked by `query`.
///
/// # Errors
/// Those of the store.
pub(crate) fn cite(observatory: &mut Observatory, asked: &Asked<'_>, lines: &mut [Line]) -> Result<(), Problem> {
    let day = |day: Option<i32>| day.map(|d| atalaya_kernel::Date(d).to_string());
    let query = Query {
        what: asked.measure.into(),
        area: vec![asked.area.into()],
        substance: asked.substance.iter().map(|s| (*s).to_string()).collect(),
        from: day(asked.from),
        to: day(asked.to),
        by: vec![Dim::Year, Dim::Breakdown],
        ..Query::default()
    };
    let answer = answer_and_keep(observatory, &query)?;
    let mut figures: BTreeMap<(String, String, String, String, String), String> = BTreeMap::new();
    for row in &answer.rows {
        let of = |column: &str| Answer::text(row, column);
        let detail: Vec<String> = [of("place"), of("breakdown")].into_iter().filter(|t| !t.is_empty()).collect();
        let value = Decimal::parse(&of("value")).map(|d| d.to_string()).unwrap_or_default();
        figures.insert((of("year"), of("source"), of("substance"), detail.join(", ") + "|" + &of("definition"), value), of("figure"));
    }
    for line in lines
        .iter_mut()
        .filter(|l| !l.superseded && Period::parse(&l.period).is_some_and(|p| p.precision == atalaya_kernel::Precision::Year))
    {
        let value = Decimal::parse(&line.value).map(|d| d.to_string()).unwrap_or_default();
        let detail = format!("{}|{}", line.detail.en, line.definition.en);
        line.figure = figures.get(&(line.period.clone(), line.source.clone(), line.substance.clone(), detail, value)).cloned();
    }
    Ok(())
}
