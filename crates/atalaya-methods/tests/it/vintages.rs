//! The same question asked at forty successive vintages of worlds in which nothing happened: how often
//! anything is ever called an effect, by re-testing as if each look were the only one, and by intervals that
//! pay for looking. `ATALAYA_WORLDS=4000 cargo test --release -p atalaya-methods --test it vintages -- --nocapture`
//! prints the table of docs/assessing.md.

use atalaya_kernel::Seed;
use atalaya_kernel::seed::Stream;
use atalaya_methods::assess::confidence_sequence::{Sequence, information_ahead};
use atalaya_methods::assess::group_sequential::{Planned, Shape, boundaries};
use atalaya_methods::assess::look::Look;
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::covariance::Small;
use atalaya_methods::evaluate::covariance::few_clusters::cr2;
use atalaya_methods::evaluate::fixed_effects::Regression;
use atalaya_methods::evaluate::synthetic_control::{Options, Pool, space_placebos};
use atalaya_methods::evaluate::{Refusal, covariance::Leverage, covariance::clustered::clustered};
use atalaya_methods::num::chance::normal;

/// Vintages after the first that has a treated period.
const VINTAGES: usize = 40;

/// What a world is made of.
#[derive(Clone, Copy)]
struct World {
    name: &'static str,
    units: usize,
    treated: usize,
    before: usize,
    /// How much of a unit's error stays from one period to the next.
    stays: f64,
    /// Common movements that units follow more or less.
    factors: bool,
    /// Whether vintages revise cells of earlier ones.
    revised: bool,
    /// The effect from the start on.
    effect: f64,
    estimate: fn(&Seen) -> Look,
}

/// A panel as one vintage has it.
struct Seen {
    world: World,
    /// One row a unit.
    cells: Vec<Vec<f64>>,
}

/// The panel that vintages add to and revise.
struct Growing {
    seen: Seen,
    error: Vec<f64>,
    loads: Vec<[f64; 2]>,
    factors: [f64; 2],
    /// What is still wrong with a cell, and comes right by halves.
    preliminary: Vec<Vec<f64>>,
    stream: Stream,
}

impl Growing {
    fn new(world: World, seed: u64) -> Growing {
        let mut stream = Seed(20_261).stream(seed);
        let loads = (0..world.units).map(|_| [0.5 + stream.unit(), 0.5 + stream.unit()]).collect();
        let error = (0..world.units).map(|_| normal(&mut stream)).collect();
        let empty = vec![Vec::new(); world.units];
        let seen = Seen { world, cells: empty.clone() };
        let mut growing = Growing { seen, error, loads, factors: [0.0; 2], preliminary: empty, stream };
        (0..world.before).for_each(|_| growing.period());
        growing
    }

    /// A period is added; earlier cells are revised where the world does that.
    fn period(&mut self) {
        let world = self.seen.world;
        let period = self.seen.cells[0].len();
        let common = 2.0 * normal(&mut self.stream);
        let fresh = (1.0 - world.stays * world.stays).sqrt();
        self.factors.iter_mut().for_each(|f| *f = 0.8 * *f + 0.6 * normal(&mut self.stream));
        for i in 0..world.units {
            self.error[i] = world.stays * self.error[i] + fresh * normal(&mut self.stream);
            let follows: f64 = if world.factors { (0..2).map(|k| self.loads[i][k] * self.factors[k]).sum::<f64>() } else { common };
            let effect = if i < world.treated && period >= world.before { world.effect } else { 0.0 };
            let first = if world.revised { 0.7 * normal(&mut self.stream) } else { 0.0 };
            self.seen.cells[i].push(f64::from(i as u32 % 7) + follows + effect + self.error[i] + first);
            self.preliminary[i].push(first);
        }
        if world.revised {
            self.revise(period);
        }
    }

    /// What was preliminary comes right by halves, and now and then one unit's past is counted anew.
    fn revise(&mut self, newest: usize) {
        for i in 0..self.seen.world.units {
            for t in 0..newest {
                let half = 0.5 * self.preliminary[i][t];
                self.preliminary[i][t] -= half;
                self.seen.cells[i][t] -= half;
            }
        }
        if self.stream.unit() < 0.2 {
            let unit = self.stream.below(self.seen.world.units as u64) as usize;
            for t in 0..newest {
                self.seen.cells[unit][t] += 0.3 * normal(&mut self.stream);
            }
        }
    }
}

/// A two-way regression; errors cluster on units, `few` says how.
fn two_way(seen: &Seen, few: bool) -> Result<Look, Refusal> {
    let (n, periods) = (seen.world.units, seen.cells[0].len());
    let y: Vec<f64> = seen.cells.iter().flatten().copied().collect();
    let unit: Vec<u32> = (0..n as u32).flat_map(|i| std::iter::repeat_n(i, periods)).collect();
    let time: Vec<u32> = (0..n).flat_map(|_| 0..periods as u32).collect();
    let on = |i: usize, t: usize| f64::from(u8::from(i < seen.world.treated && t >= seen.world.before));
    let x: Vec<f64> = (0..n).flat_map(|i| (0..periods).map(move |t| on(i, t))).collect();
    let (names, x, effects) = (["treated".to_string()], [x.as_slice()], [unit.as_slice(), time.as_slice()]);
    let fit = Regression { y: &y, names: &names, x: &x, effects: &effects, weights: None, set_aside: false }.fit()?;
    let cov = if few { cr2(&fit, &unit)? } else { clustered(&fit, &[&unit], Leverage::Ignored, Small::default())? };
    Ok(Look::new(fit.coef[0], cov.se(0), cov.freedom[0]).unwrap())
}

fn clusters(seen: &Seen) -> Look {
    two_way(seen, false).unwrap()
}

fn few_clusters(seen: &Seen) -> Look {
    two_way(seen, true).unwrap()
}

/// One treated unit against its synthetic control; the error is how far donors stray from theirs.
fn synthetic(seen: &Seen) -> Look {
    let cells = seen.cells.iter().flatten().copied().collect();
    let block = Block::new(cells, seen.world.units, &[0], seen.world.before).unwrap();
    let tried = space_placebos(&block, &Options { intercept: true, ..Options::default() }, Pool::Untreated).unwrap();
    let donors = &tried.att[1..];
    let square = donors.iter().map(|a| a * a).sum::<f64>() / donors.len() as f64;
    Look::new(tried.att[0], square.sqrt(), (donors.len() - 1) as f64).unwrap()
}

/// Whether each way ever called an effect: re-testing, the confidence sequence, spending.
fn ever(world: World, seed: u64) -> [bool; 3] {
    let mut growing = Growing::new(world, seed);
    let mut sequence: Option<Sequence> = None;
    let (mut out, mut plan) = ([false; 3], Vec::new());
    let mut looks = Vec::new();
    for vintage in 1..=VINTAGES {
        growing.period();
        let look = (world.estimate)(&growing.seen);
        let ahead = || information_ahead(look.information(), world.before, 1, world.before);
        let sequence = sequence.get_or_insert_with(|| Sequence::planned(95.0, ahead()).unwrap());
        plan.push(Planned { information: look.information(), share: vintage as f64 / VINTAGES as f64 });
        let zero = |interval: [f64; 2]| interval[0] > 0.0 || interval[1] < 0.0;
        out[0] |= zero(look.interval(1.959_963_985));
        out[1] |= zero(sequence.interval(&look).unwrap());
        looks.push(look);
    }
    // Boundaries of earlier looks do not depend on later ones.
    let bounds = boundaries(Shape::OBrienFleming, 95.0, &plan).unwrap();
    out[2] = looks.iter().zip(bounds).any(|(look, bound)| {
        let interval = look.interval(bound);
        interval[0] > 0.0 || interval[1] < 0.0
    });
    out
}

fn shares(world: World, worlds: u64) -> [f64; 3] {
    let mut sums = [0.0; 3];
    for seed in 0..worlds {
        ever(world, seed).iter().zip(&mut sums).for_each(|(hit, sum)| *sum += f64::from(u8::from(*hit)));
    }
    sums.map(|s| s / worlds as f64)
}

const TWO_WAY: World = World {
    name: "two-way, 10 of 40 units treated, clustered",
    units: 40,
    treated: 10,
    before: 10,
    stays: 0.0,
    factors: false,
    revised: false,
    effect: 0.0,
    estimate: clusters,
};

/// Worlds without effect.
const NULLS: &[World] = &[
    TWO_WAY,
    World { name: "the same, errors that persist (0.6)", stays: 0.6, ..TWO_WAY },
    World { name: "the same, cells revised", stays: 0.6, revised: true, ..TWO_WAY },
    World { name: "two-way, 4 of 20 treated, CR2", units: 20, treated: 4, stays: 0.6, estimate: few_clusters, ..TWO_WAY },
    World { name: "the same, cells revised", units: 20, treated: 4, stays: 0.6, revised: true, estimate: few_clusters, ..TWO_WAY },
    SYNTHETIC,
    World { name: "the same, errors that persist (0.5)", stays: 0.5, ..SYNTHETIC },
    World { name: "the same, cells revised", stays: 0.5, revised: true, ..SYNTHETIC },
];

const SYNTHETIC: World = World {
    name: "synthetic control, 1 of 30 treated",
    units: 30,
    treated: 1,
    before: 20,
    stays: 0.0,
    factors: true,
    revised: false,
    effect: 0.0,
    estimate: synthetic,
};

fn worlds(usual: u64) -> u64 {
    std::env::var("ATALAYA_WORLDS").ok().and_then(|n| n.parse().ok()).unwrap_or(usual)
}

#[test]
fn forty_vintages_without_effect_give_no_more_false_alarms_than_stated() {
    let n = worlds(40);
    println!("| world | re-tested | confidence sequence | spending, 40 looks |\n|---|---|---|---|");
    let mut pooled = [0.0; 3];
    for world in NULLS {
        let found = shares(*world, n);
        let [naive, sequence, spending] = found.map(|f| 100.0 * f);
        println!("| {} | {naive:.1} % | {sequence:.1} % | {spending:.1} % |", world.name);
        // In each world by chance a little more; in all together not at all.
        let most = 0.05 + 3.0 * (0.05 * 0.95 / n as f64).sqrt();
        assert!(found[1] <= most && found[2] <= most, "{}: {found:?}", world.name);
        found.iter().zip(&mut pooled).for_each(|(f, sum)| *sum += f / NULLS.len() as f64);
    }
    assert!(pooled[1] <= 0.05 && pooled[2] <= 0.05, "{pooled:?}");
    assert!(pooled[0] > 3.0 * 0.05, "re-testing errs several times as often: {pooled:?}");
}

#[test]
fn an_effect_that_is_there_is_found() {
    for world in [World { effect: 1.2, stays: 0.6, revised: true, ..TWO_WAY }, World { effect: 2.0, revised: true, ..SYNTHETIC }] {
        let [_, sequence, spending] = shares(world, worlds(20));
        println!("{}: found by the sequence {sequence:.2}, by spending {spending:.2}", world.name);
        assert!(sequence > 0.8 && spending > 0.8, "{}: {sequence} {spending}", world.name);
    }
}
