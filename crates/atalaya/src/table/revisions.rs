//! What each vintage changed: every cell whose value a newer vintage gave anew.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Date, Decimal, Problem};
use atalaya_store::{CellKey, Intake, Observations, ObservedCell};

use super::frame::{Frame, Kind, texts};
use super::observations::{missing, period_of};
use super::records::titles;
use super::{Name, history as known};
use crate::events::Events;
use crate::observatory::{Eye, Observatory};
use crate::query::label_of;
use crate::verbs::{Difference, before, same, shown_value};
use crate::vintages::SourceHistory;

/// A cell before and after a newer vintage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Revision {
    pub source: String,
    pub area: String,
    pub place: String,
    pub period: String,
    pub year: String,
    pub measure: String,
    pub substance: String,
    pub definition: String,
    pub breakdown: String,
    pub unit: String,
    /// Value before; the kind of missing if there was none.
    pub before: String,
    /// Value now.
    pub now: String,
    /// The newer one less the older one.
    pub change: Option<Decimal>,
    /// In per cent of the one before, one decimal.
    pub percent: Option<Decimal>,
    /// The change against the largest value revised of its source and measure, in per cent.
    pub weight: Option<Decimal>,
    pub vintage_before: String,
    pub vintage: String,
    pub intake: i64,
    /// Whether the newer vintage is in force.
    pub stands: bool,
}

/// What the vintages of all sources changed.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// By intake, against what stood before.
    pub changed: BTreeMap<i64, Difference>,
    /// The cells, newest intake first.
    pub revisions: Vec<Revision>,
}

/// Compares every vintage of series with what stood before it. O(cells of all vintages).
///
/// # Errors
/// Those of the store.
pub(super) fn history(observatory: &Observatory, eye: &Eye) -> Result<History, Problem> {
    let mut history = History::default();
    let sources: BTreeSet<&str> = eye.intakes.iter().filter(|i| i.kind == "observations").map(|i| i.source.as_str()).collect();
    for source in sources {
        let all: Vec<Intake> = observatory.intakes_of(source)?.into_iter().filter(|i| i.id <= eye.as_of).collect();
        if all.len() > 1 {
            let own = compared(observatory, &all)?;
            history.changed.extend(&own.changed);
            history.revisions.extend(own.revisions.iter().cloned());
        }
    }
    let in_force: BTreeSet<i64> = eye.intakes.iter().map(|i| i.id).collect();
    history.revisions.iter_mut().for_each(|r| r.stands = in_force.contains(&r.intake));
    history.revisions.sort_by(|a, b| {
        let key = |r: &Revision| (-r.intake, r.area.clone(), r.place.clone(), r.period.clone(), r.substance.clone(), r.breakdown.clone());
        key(a).cmp(&key(b))
    });
    Ok(history)
}

/// What the vintages of one source changed, compared once for all who see the same ones.
fn compared(observatory: &Observatory, all: &[Intake]) -> Result<Arc<SourceHistory>, Problem> {
    let place = observatory.shelf().compared(all);
    if let Some(history) = place.history.get() {
        return Ok(Arc::clone(history));
    }
    let mut history = SourceHistory::default();
    of_source(&*observatory.vintages(all)?, all, &mut history);
    weigh(&mut history.revisions);
    Ok(Arc::clone(place.history.get_or_init(|| Arc::new(history))))
}

/// A change from 1 to 3 is large in per cent and small in what it says: each is weighed against the
/// largest value of its kind.
fn weigh(revisions: &mut [Revision]) {
    let number = |text: &str| Decimal::parse(text).map_or(0.0, |d| d.to_f64().abs());
    let kind = |r: &Revision| (r.source.clone(), r.measure.clone(), r.substance.clone(), r.unit.clone());
    let mut largest: BTreeMap<(String, String, String, String), f64> = BTreeMap::new();
    for r in revisions.iter() {
        let top = largest.entry(kind(r)).or_default();
        *top = top.max(number(&r.before)).max(number(&r.now));
    }
    for r in revisions.iter_mut() {
        let top = largest.get(&kind(r)).copied().unwrap_or(0.0);
        r.weight = r.change.filter(|_| top > 0.0).and_then(|c| Decimal::parse(&format!("{:.2}", c.to_f64().abs() / top * 100.0)).ok());
    }
}

fn of_source(observations: &Observations, all: &[Intake], history: &mut SourceHistory) {
    let mut by_intake: HashMap<i64, Vec<ObservedCell<'_>>> = HashMap::new();
    for cell in observations.all() {
        by_intake.entry(cell.intake.id).or_default().push(cell);
    }
    let cells = |id: i64| by_intake.get(&id).map_or(&[][..], Vec::as_slice);
    // Where vintages extend the account, what stood before grows with each.
    let mut standing: HashMap<CellKey, ObservedCell<'_>> = HashMap::new();
    for (at, newer) in all.iter().enumerate() {
        let carried = newer.keeps == "extend";
        if at > 0 {
            if !carried {
                standing = before(&all[..at], newer).iter().flat_map(|i| cells(i.id)).map(|c| (c.key(), *c)).collect();
            }
            let mut difference = Difference::default();
            let mut met = 0u64;
            for cell in cells(newer.id) {
                match standing.get(&cell.key()) {
                    None => difference.added += 1,
                    Some(old) if same(old, cell) => (difference.same, met) = (difference.same + 1, met + 1),
                    Some(old) => {
                        (difference.revised, met) = (difference.revised + 1, met + 1);
                        history.revisions.push(revision(old, cell));
                    }
                }
            }
            difference.removed = if carried { 0 } else { (standing.len() as u64).saturating_sub(met) };
            history.changed.insert(newer.id, difference);
        }
        standing.extend(cells(newer.id).iter().map(|c| (c.key(), *c)));
    }
}

fn revision(old: &ObservedCell<'_>, new: &ObservedCell<'_>) -> Revision {
    let text = |field: &str| new.text(field).to_string();
    let number = |cell: &ObservedCell<'_>| Decimal::parse(cell.text("value")).ok();
    let change = number(old).zip(number(new)).map(|(a, b)| b - a);
    // Per cent is for reading, not for adding: one decimal of a float is exact enough.
    let percent = change.zip(number(old)).filter(|(_, a)| a.0 != 0).and_then(|(change, a)| {
        let percent = change.to_f64() / a.to_f64() * 100.0;
        Decimal::parse(&format!("{percent:.1}")).ok()
    });
    Revision {
        source: new.intake.source.clone(),
        area: text("area"),
        place: text("place"),
        period: period_of(new),
        year: Date(new.row.day).ymd().0.to_string(),
        measure: text("measure"),
        substance: text("substance"),
        definition: text("definition"),
        breakdown: text("breakdown"),
        unit: text("unit"),
        before: shown_value(old),
        now: shown_value(new),
        change,
        percent,
        weight: None,
        vintage_before: old.intake.vintage.clone(),
        vintage: new.intake.vintage.clone(),
        intake: new.intake.id,
        stands: false,
    }
}

/// The table of the revisions of what `eye` sees.
///
/// # Errors
/// Those of the store.
pub(super) fn frame(observatory: &Observatory, eye: &Eye) -> Result<Frame, Problem> {
    let history = known(observatory, eye)?;
    let titles = titles(observatory, eye);
    // Definitions are said as in the table of observations.
    let said = super::frame(observatory, eye, &Events::default(), Name::Observations)?;
    let words = |column: &str, text: &str| {
        let column = said.column(column)?;
        let at = column.values.iter().position(|v| v == text)?;
        column.names.get(at).cloned().flatten()
    };
    let all = &history.revisions;
    let number = |n: Option<Decimal>| n.map(|n| n.to_string()).unwrap_or_default();
    let columns = vec![
        texts("area", Kind::Code, ("Area", "Área"), all.iter().map(|r| &r.area)).named(|c| label_of("area", c)).usual(),
        texts("place", Kind::Text, ("Place", "Lugar"), all.iter().map(|r| &r.place)),
        texts("period", Kind::Date, ("Period", "Periodo"), all.iter().map(|r| &r.period)).usual(),
        texts("year", Kind::Count, ("Year", "Año"), all.iter().map(|r| &r.year)),
        texts("measure", Kind::Code, ("Measure", "Medida"), all.iter().map(|r| &r.measure))
            .named(|m| measures().get(m).map(|m| m.both()))
            .usual(),
        texts("substance", Kind::Code, ("Substance", "Sustancia"), all.iter().map(|r| &r.substance))
            .named(|c| label_of("substance", c))
            .usual(),
        texts("definition", Kind::Text, ("Definition", "Definición"), all.iter().map(|r| &r.definition)).named(|t| words("definition", t)),
        texts("breakdown", Kind::Text, ("Breakdown", "Desglose"), all.iter().map(|r| &r.breakdown)).named(|t| words("breakdown", t)),
        texts("before", Kind::Decimal, ("Before", "Antes"), all.iter().map(|r| &r.before)).named(missing).usual(),
        texts("now", Kind::Decimal, ("Now", "Ahora"), all.iter().map(|r| &r.now)).named(missing).usual(),
        texts("change", Kind::Decimal, ("Change", "Cambio"), all.iter().map(|r| number(r.change))).usual(),
        texts("percent", Kind::Decimal, ("Per cent", "Por ciento"), all.iter().map(|r| number(r.percent))).in_unit("%").usual(),
        texts(
            "weight",
            Kind::Decimal,
            ("Against the largest of its kind", "Frente al mayor de su clase"),
            all.iter().map(|r| number(r.weight)),
        )
        .in_unit("%"),
        texts("unit", Kind::Code, ("Unit", "Unidad"), all.iter().map(|r| &r.unit)).named(|c| label_of("unit", c)).usual(),
        texts("source", Kind::Code, ("Source", "Fuente"), all.iter().map(|r| &r.source)).named(|id| titles.get(id).cloned()).usual(),
        texts("vintage_before", Kind::Text, ("Vintage before", "Edición anterior"), all.iter().map(|r| &r.vintage_before)).usual(),
        texts("vintage", Kind::Text, ("Vintage", "Edición"), all.iter().map(|r| &r.vintage)).usual(),
        texts("intake", Kind::Count, ("Intake", "Lectura"), all.iter().map(|r| r.intake.to_string())),
        texts("stands", Kind::Code, ("In force", "Vigente"), all.iter().map(|r| if r.stands { "yes" } else { "no" })).named(yes_or_no),
    ];
    Ok(Frame { len: all.len(), columns, order: "-weight" })
}

fn yes_or_no(code: &str) -> Option<Both> {
    Some(if code == "yes" { Both::new("yes", "sí") } else { Both::new("no", "no") })
}
