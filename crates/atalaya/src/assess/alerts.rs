//! What somebody should look at: turns, promises past their day, reviews, designs that cannot be run.

use atalaya_kernel::{Both, Date, Problem, both};
use serde::Serialize;

use super::compact::{Written, compacts};
use super::indicator::{Standing, measure};
use super::promises::measurements;
use super::standing::standings;
use crate::Observatory;

/// Days before a review on which it is announced.
const AHEAD: i32 = 30;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// The day it is of.
    pub day: String,
    /// `flip`, `indicator`, `overdue`, `review`, `problem`.
    pub kind: &'static str,
    /// `design` or `compact`.
    pub of: &'static str,
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Both,
    /// What there is to know.
    pub says: Both,
}

/// Alerts, the newest first.
///
/// # Errors
/// Those of reading logs.
pub(crate) fn alerts(observatory: &mut Observatory, today: &str) -> Result<Vec<Alert>, Problem> {
    let mut out = Vec::new();
    for design in standings(observatory)? {
        let alert = |day: &str, kind, says| Alert {
            day: day.get(..10).unwrap_or(day).into(),
            kind,
            of: "design",
            id: design.id.clone(),
            title: design.title.clone(),
            says,
        };
        out.extend(design.flips.iter().map(|t| alert(&t.when, "flip", t.flip.says.clone())));
        if let Some((last, problem)) = design.last.as_ref().and_then(|l| Some((l, l.problem.as_ref()?))) {
            out.push(alert(&last.when, "problem", problem.found.clone()));
        }
    }
    for (id, of) in compacts(observatory) {
        match of {
            Ok(of) => out.extend(of_compact(observatory, &of, today)?),
            Err(problem) => out.push(Alert {
                day: today.into(),
                kind: "problem",
                of: "compact",
                title: Both::same(id.clone()),
                id,
                says: problem.found.clone(),
            }),
        }
    }
    out.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| (a.of, &a.id, a.kind).cmp(&(b.of, &b.id, b.kind))));
    Ok(out)
}

/// Turns of a compact's indicators, promises past their day, and reviews that are due.
fn of_compact(observatory: &mut Observatory, of: &Written, today: &str) -> Result<Vec<Alert>, Problem> {
    let (compact, mut out) = (&of.compact, Vec::new());
    let alert = |day: &str, kind, says| Alert {
        day: day.get(..10).unwrap_or(day).into(),
        kind,
        of: "compact",
        id: of.id.clone(),
        title: compact.title.clone(),
        says,
    };
    let runs = measurements(observatory, &of.id)?;
    for run in &runs {
        for (stood, turn) in run.promises.iter().filter_map(|p| Some((p, p.turn.as_ref()?))) {
            let what =
                compact.promises.iter().find(|p| p.id == stood.promise).map_or_else(|| Both::same(&stood.promise), |p| p.what.clone());
            let says = Both::new(format!("{}: {}", what.en, turn.says.en), format!("{}: {}", what.es, turn.says.es));
            out.push(alert(&run.when, "indicator", says));
        }
    }
    for promise in compact.promises.iter().filter(|p| p.due.as_str() < today) {
        let stands = match &promise.indicator {
            Some(indicator) => Some(measure(observatory, indicator, None, None)?.standing),
            None => None,
        };
        let delivered = promise.output.as_ref().is_some_and(|o| o.done.is_some_and(|d| d.0 >= o.planned.0));
        if stands != Some(Standing::Reached) && !delivered {
            let (en, es, due) = (&promise.what.en, &promise.what.es, &promise.due);
            out.push(alert(due, "overdue", both!("{en}: due {due}, not kept so far", "{es}: vencía el {due}, aún sin cumplirse")));
        }
    }
    for day in compact.reviews.iter().filter(|d| soon(d, today)) {
        out.push(alert(day, "review", both!("review on {day}", "revisión el {day}")));
    }
    Ok(out)
}

/// Whether a day lies within the month to come.
fn soon(day: &str, today: &str) -> bool {
    let both = Date::parse_iso(day).zip(Date::parse_iso(today));
    both.is_some_and(|(day, today)| (0..=AHEAD).contains(&(day.0 - today.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_is_announced_a_month_ahead_and_not_after() {
        assert!(soon("2026-12-31", "2026-12-01") && soon("2026-12-31", "2026-12-31"));
        assert!(!soon("2026-12-31", "2026-11-30") && !soon("2026-12-31", "2027-01-01") && !soon("never", "2026-12-01"));
    }
}
