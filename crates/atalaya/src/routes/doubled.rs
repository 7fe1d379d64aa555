//! Records that report one event: those ruled the same count once, those that may be weigh less.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::routes::RouteRecord;

use super::read::Read;
use crate::Observatory;
use crate::events::Events;
use crate::link::{self, Relation};
use crate::observatory::Progress;

/// Leaves one record of each event that is ruled to be one; what it leaves open the others tell.
pub(super) fn once(read: &mut Read, events: &Events) -> Option<Both> {
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    for event in &events.linked {
        // The first one stands for the event, as everywhere; of those that fit the question.
        let mut here = event.rows.iter().filter_map(|row| read.rows.binary_search(row).ok());
        let Some(first) = here.next() else { continue };
        for other in here {
            fill(&mut read.records, first, other);
            gone.insert(other);
        }
    }
    if gone.is_empty() {
        return None;
    }
    let mut at = 0..;
    read.records.retain(|_| at.next().is_some_and(|at| !gone.contains(&at)));
    let mut at = 0..;
    read.rows.retain(|_| at.next().is_some_and(|at| !gone.contains(&at)));
    let n = gone.len();
    Some(both!(
        "{n} records are ruled to report an event that another one reports: each event counts once",
        "se resolvió que {n} registros reportan un hecho que otro ya reporta: cada hecho cuenta una vez"
    ))
}

fn fill(records: &mut [RouteRecord], first: usize, other: usize) {
    let from = records[other].clone();
    let into = &mut records[first];
    into.producing = into.producing.or(from.producing);
    into.departure = into.departure.or(from.departure);
    into.destination = into.destination.or(from.destination);
    into.kg = into.kg.or(from.kg);
    into.bulk_kg = into.bulk_kg.or(from.bulk_kg);
    into.some |= from.some;
}

/// Gives records that carry a link the probability that another such record reports the same event.
///
/// # Errors
/// Those of linking.
pub(super) fn doubtful(
    observatory: &Observatory,
    read: &mut Read,
    events: &Events,
    linked: &BTreeSet<usize>,
    progress: &mut dyn Progress,
) -> Result<Option<Both>, Problem> {
    let proposals = link::propose(observatory, &read.eye, &link::Options::default(), progress)?;
    let mut doubled: BTreeMap<usize, f64> = BTreeMap::new();
    for pair in proposals.pairs.iter().filter(|p| p.relation != Relation::Parcels) {
        let at = pair.rows.map(|row| read.rows.binary_search(&row).ok().filter(|at| linked.contains(at)));
        let [Some(a), Some(b)] = at else { continue };
        if events.rulings().of(&pair.records[0], &pair.records[1]).is_some() {
            continue;
        }
        for at in [a, b] {
            let p = doubled.entry(at).or_default();
            *p = p.max(pair.probability);
        }
    }
    for (at, p) in &doubled {
        read.records[*at].doubled = *p;
    }
    // Of each pair either may be the one that stays.
    let (n, expected) = (doubled.len(), format!("{:.0}", doubled.values().sum::<f64>() / 2.0));
    Ok((n > 0).then(|| {
        both!(
            "{n} records with a link may report what another one reports (about {expected} repeats): draws leave either out by that probability",
            "{n} registros con enlace pueden reportar lo que otro reporta (unas {expected} repeticiones): las simulaciones dejan fuera uno u otro con esa probabilidad"
        )
    }))
}

/// What the proposals behind draws depend on: part of a figure's id, as whose rows may be compared
/// differs between readers.
pub(super) fn rests_on(observatory: &Observatory, read: &Read) -> String {
    format!("{} {:?}", link::Options::default().engine(), link::intakes(observatory, &read.eye))
}
