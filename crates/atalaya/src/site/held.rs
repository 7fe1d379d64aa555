//! What is held and what changed, source by source.

use atalaya_kernel::area::areas;
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Problem, both};
use atalaya_report::SourceNote;
use atalaya_report::site::{Changed, Source};

use crate::Observatory;
use crate::observatory::Caller;
use crate::verbs::{Change, Diff, SourceStatus, Status, Verb};

/// Revisions named on the first page, of each source.
const NAMED: usize = 5;

/// What the pages say about sources.
pub(super) struct Held {
    pub numbers: Vec<(Both, String)>,
    pub changes: Vec<Changed>,
    pub sources: Vec<Source>,
}

pub(super) fn held(observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Held, Problem> {
    let status = Status { quick: true }.run(observatory, caller)?;
    // A source of which this audience may see no vintage does not exist for it.
    let seen: Vec<&SourceStatus> = status.sources.iter().filter(|s| !s.vintages.is_empty()).collect();
    let sum = |of: &dyn Fn(&SourceStatus) -> u64| seen.iter().map(|s| of(s)).sum::<u64>().to_string();
    let records = sum(&|s| if s.table == "observations" { 0 } else { s.items });
    let mut numbers = vec![
        (Both::new("Sources", "Fuentes"), seen.len().to_string()),
        (Both::new("Published values", "Valores publicados"), sum(&|s| if s.table == "observations" { s.items } else { 0 })),
    ];
    if records != "0" {
        numbers.push((Both::new("Records", "Registros"), records));
    }
    numbers.push((Both::new("Rows waiting for a decision", "Filas a la espera de decisión"), sum(&|s| s.held)));
    let mut changes = Vec::new();
    for source in &seen {
        changes.extend(changed(observatory, caller, source)?);
    }
    changes.sort_by(|a, b| b.collected.cmp(&a.collected).then_with(|| a.source.cmp(&b.source)));
    let mut sources = Vec::new();
    for status in seen {
        sources.push(source(observatory, status)?);
    }
    Ok(Held { numbers, changes, sources })
}

fn source(observatory: &Observatory, status: &SourceStatus) -> Result<Source, Problem> {
    let newest = status.vintages.last();
    Ok(Source {
        note: SourceNote {
            id: status.id.clone(),
            title: status.title.clone(),
            producer: status.producer.clone(),
            licence: status.licence.clone(),
            vintages: status.vintages.iter().filter(|v| v.current).map(|v| v.vintage.clone()).collect(),
            cut_off: newest.and_then(|v| v.cut_off.clone()),
            prepared: newest.and_then(|v| v.prepared.clone()),
            simulated: status.simulated,
        },
        url: status.url.clone(),
        label: status.label.clone(),
        account: [status.read, status.accepted, status.held, status.rejected],
        covers: [status.first_period.clone(), status.last_period.clone()],
        areas: status.areas,
        notes: observatory.source(&status.id)?.recipe.notes,
    })
}

/// What the newest vintage of a source changed, if it has two and anything did.
fn changed(observatory: &mut Observatory, caller: &mut Caller<'_>, source: &SourceStatus) -> Result<Option<Changed>, Problem> {
    let [.., before, newest] = source.vintages.as_slice() else { return Ok(None) };
    let Some(counts) = newest.changed.filter(|c| c.revised + c.added + c.removed > 0) else { return Ok(None) };
    let mut revisions: Vec<Change> = Vec::new();
    if counts.revised > 0 {
        let all = Diff { source: source.id.clone(), limit: usize::MAX, ..Diff::default() }.run(observatory, caller)?;
        revisions = all.changes.into_iter().filter(|c| c.kind == "revised" && c.percent.is_some()).collect();
    }
    let size = |c: &Change| c.percent.as_deref().and_then(|p| p.parse::<f64>().ok()).map_or(0.0, f64::abs);
    revisions.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| (&a.area, &a.period).cmp(&(&b.area, &b.period))));
    revisions.truncate(NAMED);
    Ok(Some(Changed {
        source: source.title.clone(),
        vintages: [before.vintage.clone(), newest.vintage.clone()],
        collected: newest.collected_at.get(..10).unwrap_or("").into(),
        counts: [counts.revised, counts.added, counts.removed],
        revisions: revisions.into_iter().map(named).collect(),
    }))
}

fn named(change: Change) -> (Both, String, String, String) {
    let area = areas().get(&change.area).map_or_else(|| Both::same(change.area.clone()), |a| a.both());
    let drug = substances().get(&change.substance).map_or_else(Both::default, |s| s.both());
    let period = change.period;
    let (en, es) = (&area.en, &area.es);
    let place = both!("{en}, {period}", "{es}, {period}");
    let what =
        if drug.en.is_empty() { place } else { Both::new(format!("{}, {}", place.en, drug.en), format!("{}, {}", place.es, drug.es)) };
    (what, change.before, change.now, change.percent.unwrap_or_default())
}
