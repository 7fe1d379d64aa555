//! Placebos in time: the same programme, said to have begun earlier, on periods when nothing had.
//!
//! # Answers
//! Does the method find an effect where there was no programme yet?
//!
//! # Source
//! Heckman and Hotz (1989), JASA 84(408), 862-874 (the pre-programme test); Abadie, Diamond and Hainmueller (2015),
//! American Journal of Political Science 59(2), 495-510, section on in-time placebos.
//!
//! # Assumes
//! - Nobody reacts before the start.
//!
//! # Shapes and units
//! A panel with the start of each unit; periods from the first start on are not looked at. Effects in its units.
//!
//! # Cost
//! One fit an earlier start.
//!
//! # Does not
//! Count as independent tests: starts next to each other share most of their periods.
//!
//! # Checked by
//! `a_break_before_the_start_is_found`, `nothing_after_the_start_is_read`, `a_short_past_is_refused`.

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::power::{Estimator, PowerError, Trial, TrialError};
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "placebo_time",
    verb: "evaluate",
    name: ["Placebos in time", "Placebos en el tiempo"],
    answers: [
        "Does the method find an effect where there was no programme yet?",
        "¿El método encuentra un efecto cuando todavía no había programa?",
    ],
    source: "Heckman and Hotz (1989), JASA 84(408); Abadie, Diamond and Hainmueller (2015), AJPS 59(2)",
};

/// What was found at an earlier start.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// Periods by which the start was moved back.
    pub back: usize,
    /// The position of the first start after the move.
    pub start: usize,
    /// The estimate and its interval, or why there is none.
    pub found: Result<Found, TrialError>,
}

/// An estimate where no effect can be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The estimate.
    pub estimate: f64,
    /// The effects its test would not reject.
    pub interval: [f64; 2],
}

impl Found {
    /// Whether the test says that there is an effect.
    pub fn alarm(&self) -> bool {
        self.interval[0] > 0.0 || self.interval[1] < 0.0
    }
}

/// Every start moved back by 1, 2, ... periods, as far as `before` periods are left before the first of them.
///
/// # Errors
/// [`PowerError::NoTreated`]; [`PowerError::ShortPast`] where it cannot be moved at all.
pub fn placebo_time(panel: &Trial, estimator: &Estimator<'_>, before: usize, alpha: f64, seed: Seed) -> Result<Vec<Earlier>, PowerError> {
    let first = panel.starts.iter().flatten().copied().min().ok_or(PowerError::NoTreated)?;
    let before = before.max(1);
    if first < before + 1 {
        return Err(PowerError::ShortPast { periods: first, needed: before + 1 });
    }
    let one = |back: usize| {
        let mut past = panel.until(first);
        // A unit that would still start after the last period seen is untreated in this placebo.
        past.starts.iter_mut().for_each(|s| *s = s.map(|s| s - back).filter(|s| *s < first));
        let found = estimator.read(&past, alpha, seed).map(|r| Found { estimate: r.estimate, interval: [-r.silent[1], -r.silent[0]] });
        Earlier { back, start: first - back, found }
    };
    Ok((1..=first - before).into_par_iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six units, the first two treated from 8 on; something happens to them at 4.
    fn panel(shift: f64, after: f64) -> Trial {
        let noise = |i: usize, t: usize| ((i * 7_919 + t * 10_007 + i * t * 13) % 97) as f64 / 970.0;
        let cell =
            |i: usize, t: usize| i as f64 + noise(i, t) + if i < 2 && t >= 4 { shift } else { 0.0 } + if t >= 8 { after } else { 0.0 };
        let starts = (0..6).map(|i| (i < 2).then_some(8 + i)).collect();
        Trial { outcome: (0..60).map(|c| cell(c / 10, c % 10)).collect(), units: 6, periods: 10, starts }
    }

    #[test]
    fn a_break_before_the_start_is_found() {
        let run = |shift| placebo_time(&panel(shift, 0.0), &Estimator::Imputation, 3, 0.05, Seed(1)).unwrap();
        let moved = run(1.0);
        assert_eq!(moved.iter().map(|e| (e.back, e.start)).collect::<Vec<_>>(), [(1, 7), (2, 6), (3, 5), (4, 4), (5, 3)]);
        let at = |e: &Earlier| e.found.clone().unwrap();
        assert!(at(&moved[3]).alarm() && (at(&moved[3]).estimate - 1.0).abs() < 0.25, "{moved:?}");
        assert!(run(0.0).iter().all(|e| at(e).estimate.abs() < 0.15));
    }

    #[test]
    fn nothing_after_the_start_is_read() {
        let run = |after| placebo_time(&panel(0.3, after), &Estimator::Did, 2, 0.05, Seed(1)).unwrap();
        assert_eq!(run(0.0), run(1e6));
    }

    #[test]
    fn a_short_past_is_refused() {
        let refused = placebo_time(&panel(0.0, 0.0), &Estimator::Twfe, 8, 0.05, Seed(1)).unwrap_err();
        assert_eq!(refused, PowerError::ShortPast { periods: 8, needed: 9 });
        let nobody = Trial { starts: vec![None; 6], ..panel(0.0, 0.0) };
        assert_eq!(placebo_time(&nobody, &Estimator::Twfe, 2, 0.05, Seed(1)), Err(PowerError::NoTreated));
    }
}
