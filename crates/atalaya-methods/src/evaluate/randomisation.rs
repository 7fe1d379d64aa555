//! Randomisation: what the estimate would have been, had others been treated.
//!
//! # Answers
//! How often would an assignment of the programme that changed nothing show as much, and which effects does that leave
//! standing?
//!
//! # Source
//! Fisher (1935), The Design of Experiments, chapter II; Imbens and Rubin (2015), Causal Inference for Statistics,
//! chapter 5, for the p-value and its inversion; Conley and Taber (2011), REStat 93(1), 113-125, for few treated units
//! of many; MacKinnon and Webb (2020), J. Econometrics 218(2), 435-450, for when that fails.
//!
//! # Assumes
//! - Every unit might as well have been treated as those that were: exact if they were drawn, a description otherwise.
//! - The effect is the same for all treated cells (for the interval).
//!
//! # Shapes and units
//! A panel with the start of each unit; starts are dealt out anew, as many of each as there were. Gaps are allowed.
//!
//! # Cost
//! One elimination of unit and period effects an assignment; closed form in a complete panel.
//!
//! # Does not
//! Hold its level where the treated vary more or less than the others. Deal within strata.
//!
//! # Checked by
//! `fisher_by_hand`, `staggered_starts_are_all_dealt`, `size_and_interval_in_its_world`, `draws_agree_with_enumeration`,
//! `each_refusal_is_provoked`.

use std::collections::BTreeMap;

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::effects::Effects;
use super::power::Trial;
use super::refusal::Refusal;
use super::subsets::{choices, in_order, subsets};
use crate::card::Card;
use crate::num::dot;

/// What the method is.
pub const CARD: Card = Card {
    id: "randomisation",
    verb: "evaluate",
    name: ["Randomisation test", "Prueba de aleatorización"],
    answers: [
        "How often would an assignment that changed nothing show as much?",
        "¿Cuántas veces mostraría tanto una asignación que no cambió nada?",
    ],
    source: "Fisher (1935); Imbens and Rubin (2015), chapter 5; Conley and Taber (2011), REStat 93(1)",
};

/// How assignments are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// At most so many are enumerated; of more, so many are drawn.
    pub draws: usize,
    /// Where draws come from.
    pub seed: Seed,
    /// The coverage of the interval.
    pub level: f64,
}

impl Default for Options {
    fn default() -> Options {
        Options { draws: 9_999, seed: Seed(1), level: 0.95 }
    }
}

/// The estimate among those of other assignments.
#[derive(Debug, Clone, PartialEq)]
pub struct Randomised {
    /// The two-way estimate.
    pub estimate: f64,
    /// The share of assignments, the true one among them, with an estimate at least as far from 0.
    pub p: f64,
    /// The effects that the test does not reject; an end is infinite where no effect is large enough to be rejected.
    pub interval: [f64; 2],
    /// Assignments tried, the true one among them.
    pub assignments: usize,
    /// Whether they are all there are.
    pub enumerated: bool,
}

/// Two sizes are the same if they differ by rounding.
const SAME: f64 = 1e-9;

/// The test of the two-way estimate, and its interval.
///
/// # Errors
/// [`Refusal::NoTreated`], [`Refusal::NoNeverTreated`] where nobody else could be dealt a start,
/// [`Refusal::OutOfRange`], and those of the effects.
pub fn randomisation(panel: &Trial, options: &Options) -> Result<Randomised, Refusal> {
    if !(options.level > 0.0 && options.level < 1.0) || options.draws == 0 {
        return Err(Refusal::OutOfRange { what: "the level", found: options.level, wanted: "between 0 and 1, with 1 draw or more" });
    }
    let bench = Bench::new(panel)?;
    let (deals, enumerated) = deals(&panel.starts, options)?;
    let own = bench.treated(&panel.starts)?;
    let estimate = dot(&own, &bench.left) / dot(&own, &own);
    // With an effect of e taken from the treated, an assignment finds a - e b.
    let one = |starts: &Vec<Option<usize>>| -> Result<Option<[f64; 2]>, Refusal> {
        let d = bench.treated(starts)?;
        let size = dot(&d, &d);
        Ok((size > 1e-12).then(|| [dot(&d, &bench.left) / size, dot(&d, &own) / size]))
    };
    let found: Vec<Option<[f64; 2]>> = deals.par_iter().map(one).collect::<Result<_, _>>()?;
    let mut found: Vec<[f64; 2]> = found.into_iter().flatten().collect();
    if !enumerated {
        found.push([estimate, 1.0]);
    }
    let p = share(&found, estimate, 0.0);
    let interval = interval(&found, estimate, 1.0 - options.level);
    Ok(Randomised { estimate, p, interval, assignments: found.len(), enumerated })
}

/// The share of assignments at least as far from 0 as the true one under an effect.
fn share(found: &[[f64; 2]], estimate: f64, effect: f64) -> f64 {
    let seen = (estimate - effect).abs();
    found.iter().filter(|[a, b]| (a - effect * b).abs() >= seen - SAME * (seen + 1e-300)).count() as f64 / found.len() as f64
}

/// The effects about the estimate that are not rejected: ends are where an assignment comes as far as the true one.
fn interval(found: &[[f64; 2]], estimate: f64, alpha: f64) -> [f64; 2] {
    let end = |side: f64| {
        // Each assignment is as far for effects up to its own crossing: |a - e b| = |estimate - e|.
        let crossing = |[a, b]: &[f64; 2]| {
            if (1.0 - b).abs() < 1e-12 {
                return if (a - estimate).abs() < SAME { f64::INFINITY } else { 0.5 * (a - estimate).abs() };
            }
            let roots = [(estimate - a) / (1.0 - b), (estimate + a) / (1.0 + b)];
            let away = roots.iter().filter(|r| r.is_finite()).map(|r| side * (r - estimate)).filter(|r| *r > 0.0);
            // Past its last crossing an assignment with |b| < 1 stays behind.
            if b.abs() >= 1.0 - 1e-12 { f64::INFINITY } else { away.fold(0.0, f64::max) }
        };
        let mut reach: Vec<f64> = found.iter().map(crossing).collect();
        reach.sort_by(|x, y| y.total_cmp(x));
        // Rejected where the share falls to the level or below.
        let allowed = (alpha * found.len() as f64 + 1e-9).floor() as usize;
        estimate + side * reach.get(allowed).copied().unwrap_or(0.0)
    };
    [end(-1.0), end(1.0)]
}

/// The panel without unit and period effects.
struct Bench<'a> {
    panel: &'a Trial,
    seen: Vec<usize>,
    effects: Effects,
    left: Vec<f64>,
}

impl<'a> Bench<'a> {
    fn new(panel: &'a Trial) -> Result<Bench<'a>, Refusal> {
        let seen: Vec<usize> = (0..panel.outcome.len()).filter(|c| panel.outcome[*c].is_finite()).collect();
        let unit: Vec<u32> = seen.iter().map(|&c| (c / panel.periods) as u32).collect();
        let time: Vec<u32> = seen.iter().map(|&c| (c % panel.periods) as u32).collect();
        let effects = Effects::new(&[&unit, &time], None)?;
        let mut left: Vec<f64> = seen.iter().map(|&c| panel.outcome[c]).collect();
        effects.take_out(&mut left)?;
        Ok(Bench { panel, seen, effects, left })
    }

    /// The treatment of an assignment without unit and period effects.
    fn treated(&self, starts: &[Option<usize>]) -> Result<Vec<f64>, Refusal> {
        let on = |c: usize| starts[c / self.panel.periods].is_some_and(|s| c % self.panel.periods >= s);
        let mut d: Vec<f64> = self.seen.iter().map(|&c| f64::from(u8::from(on(c)))).collect();
        self.effects.take_out(&mut d)?;
        Ok(d)
    }
}

/// A start for each unit, dealt anew.
type Deal = Vec<Option<usize>>;

fn deals(starts: &[Option<usize>], options: &Options) -> Result<(Vec<Deal>, bool), Refusal> {
    let mut groups: BTreeMap<usize, usize> = BTreeMap::new();
    starts.iter().flatten().for_each(|s| *groups.entry(*s).or_default() += 1);
    let n = starts.len();
    let treated: usize = groups.values().sum();
    if treated == 0 {
        return Err(Refusal::NoTreated);
    }
    if treated == n && groups.len() == 1 {
        return Err(Refusal::NoNeverTreated);
    }
    let mut left = n;
    let all = groups.values().fold(1usize, |all, k| {
        let sets = choices(left, *k);
        left -= k;
        all.saturating_mul(sets)
    });
    if all <= options.draws {
        let mut out = vec![vec![None; n]];
        for (start, k) in &groups {
            out = out.iter().flat_map(|deal| dealt(deal, *start, *k)).collect();
        }
        return Ok((out, true));
    }
    let order: Vec<usize> = starts.iter().flatten().copied().collect();
    let draw = |d: usize| {
        let mut deal = vec![None; n];
        let chosen = in_order(n, order.len(), &mut options.seed.stream(d as u64));
        chosen.iter().zip(&order).for_each(|(i, s)| deal[*i] = Some(*s));
        deal
    };
    Ok(((0..options.draws).map(draw).collect(), false))
}

/// Every way to deal a start to `k` of the units that have none.
fn dealt(deal: &Deal, start: usize, k: usize) -> Vec<Deal> {
    let free: Vec<usize> = (0..deal.len()).filter(|i| deal[*i].is_none()).collect();
    let with = |set: &Vec<usize>| {
        let mut out = deal.clone();
        set.iter().for_each(|&at| out[free[at]] = Some(start));
        out
    };
    subsets(free.len(), k).iter().map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::chance::Normals;

    fn panel(changes: &[f64], treated: usize) -> Trial {
        let outcome = changes.iter().enumerate().flat_map(|(i, c)| [i as f64, i as f64 + c]).collect();
        Trial { outcome, units: changes.len(), periods: 2, starts: (0..changes.len()).map(|i| (i < treated).then_some(1)).collect() }
    }

    /// Changes 5, 4 treated; 1, 2, 3 not. Of ten pairs only the true one is as far up, (4, 5) against (1, 2, 3): 2.5; and none
    /// as far down: (1, 2) against (3, 4, 5) gives -2.5, which is as far. p = 2/10.
    #[test]
    fn fisher_by_hand() {
        let made = randomisation(&panel(&[5.0, 4.0, 1.0, 2.0, 3.0], 2), &Options { level: 0.75, ..Options::default() }).unwrap();
        assert!((made.estimate - 2.5).abs() < 1e-12);
        assert_eq!((made.p, made.assignments, made.enumerated), (0.2, 10, true));
        let inside = |e: f64| made.interval[0] < e && e < made.interval[1];
        assert!(!inside(0.0) && inside(2.5), "{made:?}");
        // With one of four assignments the true one, nothing can be rejected at 5 %.
        let few = randomisation(&panel(&[5.0, 1.0, 2.0, 3.0], 1), &Options::default()).unwrap();
        assert_eq!((few.p, few.interval), (0.25, [f64::NEG_INFINITY, f64::INFINITY]));
    }

    #[test]
    fn staggered_starts_are_all_dealt() {
        let starts = [Some(1), Some(2), Some(2), None, None];
        let (all, enumerated) = deals(&starts, &Options::default()).unwrap();
        // 5! / (1! 2! 2!) ways.
        assert_eq!((all.len(), enumerated), (30, true));
        let distinct: std::collections::BTreeSet<&Deal> = all.iter().collect();
        assert!(distinct.len() == 30 && distinct.contains(&starts.to_vec()));
        assert_eq!(deals(&starts, &Options { draws: 29, ..Options::default() }).unwrap().0.len(), 29);
    }

    fn world(seed: u64, effect: f64) -> Trial {
        let mut stream = Seed(seed).stream(0);
        let mut chance = Normals::new(move || stream.unit());
        let starts: Vec<Option<usize>> = (0..12).map(|i| (i < 3).then_some(4 + i % 2)).collect();
        let cell = |c: usize| (c / 8) as f64 + chance.normal() + if starts[c / 8].is_some_and(|s| c % 8 >= s) { effect } else { 0.0 };
        let mut outcome: Vec<f64> = (0..96).map(cell).collect();
        outcome[seed as usize % 96] = f64::NAN;
        Trial { outcome, units: 12, periods: 8, starts }
    }

    #[test]
    fn size_and_interval_in_its_world() {
        let options = Options { level: 0.9, ..Options::default() };
        let runs: Vec<Randomised> = (0..300).map(|s| randomisation(&world(s, 1.0), &options).unwrap()).collect();
        let held = runs.iter().filter(|r| r.interval[0] <= 1.0 && 1.0 <= r.interval[1]).count();
        assert!((254..=288).contains(&held), "{held} of 300 at 90 %");
        let size = (300..600).filter(|s| randomisation(&world(*s, 0.0), &options).unwrap().p <= 0.1).count();
        assert!((14..=46).contains(&size), "{size} of 300 at 10 %");
        // The interval leaves out 0 where the test rejects it.
        assert!(runs.iter().all(|r| (r.p > 0.1) == (r.interval[0] < 0.0 && r.interval[1] > 0.0)));
        assert_eq!((runs[0].assignments, runs[0].enumerated), (660, true));
    }

    #[test]
    fn draws_agree_with_enumeration() {
        let all = randomisation(&world(3, 0.6), &Options::default()).unwrap();
        let run = || randomisation(&world(3, 0.6), &Options { draws: 500, ..Options::default() }).unwrap();
        let some = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(run);
        assert_eq!(some, run());
        assert!(!some.enumerated && some.assignments == 501 && (some.p - all.p).abs() < 0.07, "{} {}", some.p, all.p);
    }

    #[test]
    fn each_refusal_is_provoked() {
        let usual = Options::default();
        let nobody = Trial { starts: vec![None; 4], ..panel(&[1.0, 2.0, 3.0, 4.0], 1) };
        assert_eq!(randomisation(&nobody, &usual), Err(Refusal::NoTreated));
        assert_eq!(randomisation(&panel(&[1.0, 2.0], 2), &usual), Err(Refusal::NoNeverTreated));
        assert!(matches!(randomisation(&world(1, 0.0), &Options { level: 1.0, ..usual }), Err(Refusal::OutOfRange { .. })));
    }
}
