//! Why a verdict turned: tried, not guessed. The parts that changed are put back one at a time and
//! the design is run again.

use atalaya_kernel::Both;
use serde::{Deserialize, Serialize};

use crate::evaluate::finding::Verdict;
use crate::evaluate::verdict_word;

/// What a turn comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Periods that were not there before.
    NewPeriods,
    /// Cells of earlier periods that have other values now.
    RevisedData,
    /// New periods and revised cells, neither enough alone.
    Together,
    /// The design's text.
    ChangedDesign,
    /// The program.
    ChangedCode,
    /// The state before cannot be run again.
    Unknown,
}

/// One run with a part put back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tried {
    /// What was run.
    pub what: Trial,
    /// What it said; none where it could not be run.
    pub verdict: Option<Verdict>,
}

/// What can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trial {
    /// The state before, by the program as it is now.
    AsBefore,
    /// The design of now on the data of before.
    DesignOfNow,
    /// The periods of before with their values of now.
    OldPeriodsNewData,
    /// All periods of now, those of before with their values of then.
    NewPeriodsOldData,
}

/// A verdict that is not that of the run before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Flip {
    /// What it was.
    pub from: Verdict,
    /// What it is.
    pub to: Verdict,
    /// What did it.
    pub causes: Vec<Cause>,
    /// What was run to know.
    pub tried: Vec<Tried>,
    /// The same in a sentence.
    pub says: Both,
}

/// What is not as it was at the run before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Changed {
    /// The program's version.
    pub code: bool,
    /// The design's text.
    pub design: bool,
    /// There are periods that were not there.
    pub periods: bool,
    /// Cells of earlier periods have other values.
    pub cells: bool,
}

/// The turn of a design's verdict. `run` runs a trial; `None` where that state cannot be had any more.
pub(crate) fn flip(from: Verdict, to: Verdict, changed: Changed, run: &mut dyn FnMut(Trial) -> Option<Verdict>) -> Flip {
    let (causes, tried) = causes(from, to, changed, run);
    let tried = tried.into_iter().map(|(what, verdict)| Tried { what, verdict }).collect();
    let (a, b, why) = (verdict_word(from), verdict_word(to), causes_said(&causes));
    let says =
        Both::new(format!("from “{}” to “{}”. Cause: {}", a.en, b.en, why.en), format!("de «{}» a «{}». Causa: {}", a.es, b.es, why.es));
    Flip { from, to, causes, tried, says }
}

/// What was run, and what it said.
type Trials<T> = Vec<(Trial, Option<T>)>;

/// The causes of a turn, and what was run to know them.
pub(crate) fn causes<T: Copy + PartialEq>(
    from: T,
    to: T,
    changed: Changed,
    run: &mut dyn FnMut(Trial) -> Option<T>,
) -> (Vec<Cause>, Trials<T>) {
    let mut tried = Vec::new();
    let mut attempt = |what| {
        let says = run(what);
        tried.push((what, says));
        says
    };
    let (mut causes, mut base, mut lost) = (Vec::new(), from, false);
    for (is, trial, cause) in
        [(changed.code, Trial::AsBefore, Cause::ChangedCode), (changed.design, Trial::DesignOfNow, Cause::ChangedDesign)]
    {
        match is.then(|| attempt(trial)) {
            Some(Some(says)) if says != base => {
                causes.push(cause);
                base = says;
            }
            Some(None) => lost = true,
            _ => {}
        }
    }
    if base != to {
        let reaches = |says: Option<T>| says.map(|v| v == to);
        let of_data = match (changed.periods, changed.cells) {
            (true, false) => vec![Cause::NewPeriods],
            (false, true) => vec![Cause::RevisedData],
            (false, false) => vec![Cause::Unknown],
            (true, true) => match (reaches(attempt(Trial::OldPeriodsNewData)), reaches(attempt(Trial::NewPeriodsOldData))) {
                (Some(true), Some(true)) => vec![Cause::NewPeriods, Cause::RevisedData],
                (Some(true), _) => vec![Cause::RevisedData],
                (_, Some(true)) => vec![Cause::NewPeriods],
                (Some(false), Some(false)) => vec![Cause::Together],
                _ => vec![Cause::Unknown],
            },
        };
        causes.extend(of_data);
    }
    if lost && !causes.contains(&Cause::Unknown) {
        causes.push(Cause::Unknown);
    }
    (causes, tried)
}

/// Causes in words, one after the other.
pub(crate) fn causes_said(causes: &[Cause]) -> Both {
    let words: Vec<Both> = causes.iter().map(|c| cause_word(*c)).collect();
    let list = |pick: fn(&Both) -> &str| words.iter().map(pick).collect::<Vec<_>>().join("; ");
    Both::new(list(|b| &b.en), list(|b| &b.es))
}

/// A cause in words.
pub fn cause_word(cause: Cause) -> Both {
    match cause {
        Cause::NewPeriods => Both::new("new periods: without them it stays as it was", "periodos nuevos: sin ellos queda como estaba"),
        Cause::RevisedData => Both::new(
            "revised data: the earlier periods alone, as they are given now, turn it",
            "datos revisados: los periodos anteriores por sí solos, como se dan ahora, lo cambian",
        ),
        Cause::Together => Both::new(
            "new periods and revised data together: neither turns it alone",
            "periodos nuevos y datos revisados a la vez: ninguno lo cambia por sí solo",
        ),
        Cause::ChangedDesign => Both::new("the design was changed", "se cambió el diseño"),
        Cause::ChangedCode => Both::new("the program was changed", "cambió el programa"),
        Cause::Unknown => {
            Both::new("unknown: the state before cannot be run again", "desconocida: el estado anterior ya no se puede ejecutar")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{CannotTell, Improved, Worse};

    fn causes(changed: Changed, says: &[(Trial, Option<Verdict>)]) -> Vec<Cause> {
        let mut run = |trial| says.iter().find(|(t, _)| *t == trial).unwrap_or_else(|| panic!("{trial:?} was not needed")).1;
        let flip = flip(CannotTell, Improved, changed, &mut run);
        assert_ne!(flip.says.en, flip.says.es);
        flip.causes
    }

    #[test]
    fn a_cause_is_what_turns_it_alone() {
        let data = Changed { periods: true, cells: true, ..Changed::default() };
        let both = |old, new| [(Trial::OldPeriodsNewData, old), (Trial::NewPeriodsOldData, new)];
        assert_eq!(causes(data, &both(Some(Improved), Some(CannotTell))), [Cause::RevisedData]);
        assert_eq!(causes(data, &both(Some(CannotTell), Some(Improved))), [Cause::NewPeriods]);
        assert_eq!(causes(data, &both(Some(Improved), Some(Improved))), [Cause::NewPeriods, Cause::RevisedData]);
        assert_eq!(causes(data, &both(Some(Worse), Some(CannotTell))), [Cause::Together]);
        assert_eq!(causes(data, &both(None, Some(CannotTell))), [Cause::Unknown]);
        assert_eq!(causes(Changed { periods: true, ..Changed::default() }, &[]), [Cause::NewPeriods], "nothing else changed");
        assert_eq!(causes(Changed { cells: true, ..Changed::default() }, &[]), [Cause::RevisedData]);
    }

    #[test]
    fn program_and_design_are_put_back_first() {
        let changed = Changed { code: true, design: true, periods: true, cells: false };
        let says = |before, now| [(Trial::AsBefore, before), (Trial::DesignOfNow, now)];
        assert_eq!(causes(changed, &says(Some(Improved), Some(Improved))), [Cause::ChangedCode]);
        assert_eq!(causes(changed, &says(Some(CannotTell), Some(Improved))), [Cause::ChangedDesign]);
        assert_eq!(causes(changed, &says(Some(CannotTell), Some(CannotTell))), [Cause::NewPeriods]);
        assert_eq!(causes(changed, &says(Some(CannotTell), Some(Worse))), [Cause::ChangedDesign, Cause::NewPeriods]);
        assert_eq!(causes(Changed { code: true, ..Changed::default() }, &[(Trial::AsBefore, None)]), [Cause::Unknown]);
    }
}
