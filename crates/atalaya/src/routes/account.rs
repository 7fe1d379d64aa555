//! The account of each place: what is made, comes in, goes out, is seized and used.

use std::collections::BTreeMap;

use atalaya_kernel::{Decimal, Seed};
use atalaya_methods::num::chance::lognormal;
use atalaya_methods::num::quantile::Interval;
use atalaya_methods::routes::joint::{Joint, production_of};
use atalaya_methods::routes::published::Flows;

use super::atlas::{Balance, Band};
use super::fill::band;
use super::stage::Stage;

/// Streams of chance for what producers make and use, apart from those of the flows.
const OWN_STREAMS: u64 = 1 << 40;

/// Accounts by the published method: what comes in and goes out is all it says.
pub(super) fn by_shares(stage: &Stage, flows: &Flows) -> Vec<Balance> {
    let mut sums = vec![[0.0; 2]; stage.names.len()];
    for (from, to, flow) in &flows.flows {
        sums[*to][0] += flow;
        sums[*from][1] += flow;
    }
    let counts = counts(stage);
    let one = |(at, [into, out]): (usize, &[f64; 2])| Balance {
        place: stage.names[at].clone(),
        produced: None,
        produced_kg: None,
        into: [*into; 3],
        out: [*out; 3],
        seized: seized(stage, at),
        consumed: None,
        unexplained: None,
        records: counts[at],
    };
    sums.iter().enumerate().map(one).collect()
}

/// Accounts of joint draws.
///
/// A place that makes nothing has a closed account in every draw: what comes in and does not go on
/// is seized or used there, so nothing is left over that the method could tell. What producers
/// make is published, and may differ from what leaves them.
pub(super) fn by_draws(stage: &Stage, drawn: &Joint, seed: u64) -> Vec<Balance> {
    let through = draws_through(drawn, stage.names.len());
    let counts = counts(stage);
    let one = |at: usize| {
        let [into, out] = &through[at];
        let seized = seized(stage, at);
        let taken = seized.map_or(0.0, |s| s[1]);
        let mut stream = Seed(seed).stream(OWN_STREAMS + at as u64);
        let producer = stage.producers.contains(&at);
        let (wanted, cv) = stage.wants(at);
        let used: Vec<f64> = if producer {
            (0..drawn.draws()).map(|_| lognormal(&mut stream, wanted, cv)).collect()
        } else {
            into.iter().zip(out).map(|(into, out)| (into - out - taken).max(0.0)).collect()
        };
        let years: Vec<(f64, f64)> = match stage.stock.production.get(&stage.names[at]).filter(|_| producer) {
            Some(figures) => stage.years.iter().filter_map(|year| production_of(figures, *year)).collect(),
            None => Vec::new(),
        };
        // An error of how production is measured lasts from year to year.
        let made: Option<Vec<f64>> = (!years.is_empty()).then(|| {
            let cv = years.iter().map(|y| y.1).sum::<f64>() / years.len() as f64;
            let mean = years.iter().map(|y| y.0).sum::<f64>() / years.len() as f64;
            (0..drawn.draws()).map(|_| lognormal(&mut stream, mean, cv)).collect()
        });
        let left = made
            .as_ref()
            .filter(|_| stage.in_kg())
            .map(|made| band(Interval::of(made.iter().enumerate().map(|(d, made)| made + into[d] - out[d] - taken - used[d]))));
        let made_kg = made.map(|made| band(Interval::of(made)));
        Balance {
            place: stage.names[at].clone(),
            produced: made_kg.filter(|_| stage.in_kg()),
            produced_kg: made_kg,
            into: band(Interval::of(into.iter().copied())),
            out: band(Interval::of(out.iter().copied())),
            seized,
            consumed: (wanted > 0.0).then(|| band(Interval::of(used.iter().copied()))),
            unexplained: left,
            records: counts[at],
        }
    };
    (0..stage.names.len()).map(one).collect()
}

/// What comes into and goes out of each place in each draw, a year on average.
fn draws_through(drawn: &Joint, places: usize) -> Vec<[Vec<f64>; 2]> {
    let mut sums = vec![[vec![0.0; drawn.draws()], vec![0.0; drawn.draws()]]; places];
    for (at, (from, to)) in drawn.edges.iter().enumerate() {
        let flows: Vec<f64> = (0..drawn.draws()).map(|draw| drawn.flow(draw, at, None)).collect();
        sums[*to][0].iter_mut().zip(&flows).for_each(|(sum, flow)| *sum += flow);
        sums[*from][1].iter_mut().zip(&flows).for_each(|(sum, flow)| *sum += flow);
    }
    sums
}

/// Kilograms seized at a place, a year on average, at its mean purity; where amounts are kilograms.
fn seized(stage: &Stage, at: usize) -> Option<Band> {
    let years = stage.years.len();
    if !stage.in_kg() || years == 0 {
        return None;
    }
    let all: Decimal = stage.records.iter().filter(|r| r.seized == Some(at)).filter_map(|r| r.kg).sum();
    let purity = stage.stock.purity.get(&stage.names[at]).map_or(1.0, |p| p.0);
    Some([all.to_f64() * purity / years as f64; 3])
}

/// Records that say something came in, and that something went out.
fn counts(stage: &Stage) -> Vec<[u64; 2]> {
    let mut seen: BTreeMap<(usize, usize), ()> = BTreeMap::new();
    let mut out = vec![[0; 2]; stage.names.len()];
    for link in &stage.links {
        for (place, side) in [(link.to, 0), (link.from, 1)] {
            if seen.insert((link.record * 2 + side, place), ()).is_none() {
                out[place][side] += 1;
            }
        }
    }
    out
}
