//! Where an indicator of a compact stands: from its baseline to the newest value of its one series.

use atalaya_kernel::{Both, Decimal, Label, Problem, both};
use serde::{Deserialize, Serialize};

use super::cause::{Cause, Changed, Trial, causes};
use super::compact::Indicator;
use crate::Observatory;
use crate::answer::SourceLine;
use crate::evaluate::design::Better;
use crate::verbs::{KeySeries, key_series};

/// Where an indicator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The target is reached.
    Reached,
    /// It moved towards the target.
    Towards,
    /// It is where it was.
    Unchanged,
    /// It moved away from the target.
    Away,
    /// Nothing measured says.
    CannotTell,
}

/// A value with its figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Point {
    /// The period.
    pub period: String,
    /// The value.
    pub value: Decimal,
    /// The figure, for `verify`.
    pub figure: String,
}

/// An indicator as it is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measured {
    /// What is measured.
    pub title: Both,
    /// Where.
    pub place: Both,
    /// In what.
    pub unit: Both,
    /// Where it began.
    pub baseline: Option<Point>,
    /// Where it is.
    pub newest: Option<Point>,
    /// Where it should come.
    pub target: Decimal,
    /// Where it stands.
    pub standing: Standing,
    /// Why nothing can be said, where that is so.
    pub why: Option<Both>,
    /// Where it comes from.
    pub source: Option<SourceLine>,
    /// Who may see it.
    pub label: Option<Label>,
}

/// Measures an indicator, as the store stood after an intake, with periods up to one.
///
/// # Errors
/// Those of a question.
pub(crate) fn measure(
    observatory: &mut Observatory,
    indicator: &Indicator,
    as_of: Option<i64>,
    until: Option<&str>,
) -> Result<Measured, Problem> {
    let series = key_series(observatory, &indicator.series, indicator.definition.as_deref(), as_of)?;
    let Some(series) = series else {
        let none = Both::new("nobody has measured it", "nadie lo ha medido");
        return Ok(bare(indicator, none));
    };
    let mut measured = Measured {
        title: series.title.clone(),
        place: series.place.clone(),
        unit: series.unit.clone(),
        baseline: point(&series, |p| p == indicator.baseline.to_string()),
        newest: point(&series, |p| until.is_none_or(|u| p <= u)),
        source: series.source.clone(),
        label: series.label.clone(),
        ..bare(indicator, Both::default())
    };
    let rivals = series.rivals;
    measured.why = if rivals > 0 {
        Some(both!(
            "rival figures answer it: {rivals} more lines; the compact must name one source and definition",
            "hay cifras rivales: {rivals} líneas más; el acuerdo debe nombrar una fuente y una definición"
        ))
    } else {
        None
    };
    stand(&mut measured, indicator);
    Ok(measured)
}

fn bare(indicator: &Indicator, why: Both) -> Measured {
    Measured {
        title: Both::same(indicator.series.clone()),
        place: Both::default(),
        unit: Both::default(),
        baseline: None,
        newest: None,
        target: indicator.target,
        standing: Standing::CannotTell,
        why: Some(why),
        source: None,
        label: None,
    }
}

/// The last point whose period fits and that has a value.
fn point(series: &KeySeries, fits: impl Fn(&str) -> bool) -> Option<Point> {
    let known = series.points.iter().rev().filter(|p| fits(&p.period));
    known
        .filter_map(|p| {
            Some(Point { period: p.period.clone(), value: Decimal::parse(p.value.as_deref()?).ok()?, figure: p.figure.clone() })
        })
        .next()
}

/// Where it stands, by its baseline, its newest value and its target.
fn stand(measured: &mut Measured, indicator: &Indicator) {
    let year = indicator.baseline;
    let (standing, why) = match (&measured.why, &measured.baseline, &measured.newest) {
        (Some(_), ..) => return,
        (_, None, _) => {
            (Standing::CannotTell, Some(both!("there is no value for the baseline, {year}", "no hay valor de línea de base, {year}")))
        }
        (_, Some(from), Some(to)) if to.period > from.period => (moved(indicator, from.value, to.value), None),
        _ => (Standing::CannotTell, Some(both!("nothing measured since {year}", "no hay mediciones después de {year}"))),
    };
    (measured.standing, measured.why) = (standing, why);
}

fn moved(indicator: &Indicator, from: Decimal, to: Decimal) -> Standing {
    let better = |a: Decimal, b: Decimal| if indicator.better == Better::Lower { a.0 < b.0 } else { a.0 > b.0 };
    match () {
        () if !better(indicator.target, to) => Standing::Reached,
        () if better(to, from) => Standing::Towards,
        () if better(from, to) => Standing::Away,
        () => Standing::Unchanged,
    }
}

/// Why an indicator stands elsewhere than `before`, which stood as of an intake: tried on the store as it was.
///
/// # Errors
/// Those of a question.
pub(crate) fn why(
    observatory: &mut Observatory,
    indicator: &Indicator,
    before: (Standing, &str, i64, bool),
    now: &Measured,
) -> Result<Vec<Cause>, Problem> {
    let (from, until, as_of, retold) = before;
    let then = measure(observatory, indicator, Some(as_of), None)?;
    let alone = measure(observatory, indicator, None, Some(until))?;
    let mut mixed = Measured { baseline: then.baseline.clone(), why: None, ..now.clone() };
    stand(&mut mixed, indicator);
    let value = |p: &Option<Point>| p.as_ref().map(|p| (p.period.clone(), p.value));
    let changed = Changed {
        code: false,
        design: retold,
        periods: now.newest.as_ref().is_some_and(|p| p.period.as_str() > until),
        cells: value(&alone.newest) != value(&then.newest) || value(&now.baseline) != value(&then.baseline),
    };
    let mut run = |trial| match trial {
        Trial::AsBefore => None,
        Trial::DesignOfNow => Some(then.standing),
        Trial::OldPeriodsNewData => Some(alone.standing),
        Trial::NewPeriodsOldData => Some(mixed.standing),
    };
    Ok(causes(from, now.standing, changed, &mut run).0)
}

/// A standing in words.
pub fn standing_word(standing: Standing) -> Both {
    match standing {
        Standing::Reached => Both::new("target reached", "meta alcanzada"),
        Standing::Towards => Both::new("moved towards the target", "se acercó a la meta"),
        Standing::Unchanged => Both::new("where it was", "está donde estaba"),
        Standing::Away => Both::new("moved away from the target", "se alejó de la meta"),
        Standing::CannotTell => Both::new("cannot tell", "no se puede saber"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_is_by_baseline_newest_and_target() {
        let lower =
            Indicator { series: String::new(), definition: None, baseline: 2019, target: Decimal::whole(50), better: Better::Lower };
        let higher = Indicator { better: Better::Higher, target: Decimal::whole(80), ..lower.clone() };
        let at = |i: &Indicator, from, to| moved(i, Decimal::whole(from), Decimal::whole(to));
        assert_eq!(
            [at(&lower, 60, 50), at(&lower, 60, 55), at(&lower, 60, 60), at(&lower, 60, 61)],
            [Standing::Reached, Standing::Towards, Standing::Unchanged, Standing::Away]
        );
        assert_eq!([at(&higher, 60, 90), at(&higher, 60, 70), at(&higher, 60, 50)], [Standing::Reached, Standing::Towards, Standing::Away]);
    }
}
