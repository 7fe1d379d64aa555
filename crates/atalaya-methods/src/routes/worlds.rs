//! Worlds of flows whose truth is known, reported by reporters who differ in zeal.
//!
//! Consumers lie scattered over a plane with producers in one corner. Each buys upstream, near
//! and far, in shares that wander from year to year; each end of a flow reports some of it.

use std::collections::BTreeSet;

use atalaya_kernel::seed::Stream;
use atalaya_kernel::{Decimal, Seed};

use super::gravity::{GravityError, SUPPLIERS, from_links, gravity};
use super::joint::{Model, Place, Production};
use super::network::Link;
use super::published::Weight;
use super::record::{LinkKind, RouteRecord};
use crate::num::chance::{gamma, lognormal, normal, poisson};

/// What kind of world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Places, producers included.
    pub places: usize,
    /// Producers: the first places.
    pub producers: usize,
    /// Years.
    pub years: usize,
    /// Records expected a year.
    pub records: f64,
    /// Standard deviation of the logarithm of reporters' rates: 0 is no bias.
    pub bias: f64,
    /// Standard deviation of a share's yearly step, in logarithms.
    pub drift: f64,
    /// Coefficient of variation of a record's mass within a link.
    pub scatter: f64,
    /// Coefficient of variation of the typical mass of links: some send grams, some tonnes.
    pub apart: f64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { places: 20, producers: 3, years: 4, records: 400.0, bias: 1.0, drift: 0.2, scatter: 1.0, apart: 0.0 }
    }
}

/// A world, what is reported of it, and the truth.
#[derive(Debug, Clone)]
pub struct World {
    /// What is believed of each place.
    pub places: Vec<Place>,
    /// Years.
    pub years: Vec<i32>,
    /// Reports.
    pub records: Vec<RouteRecord>,
    /// Their links.
    pub links: Vec<Link>,
    /// Prior shares, from reports and distances alone.
    pub prior: Vec<Weight>,
    /// Kilometres east and north.
    pub at: Vec<(f64, f64)>,
    /// `(from, to)` and the true flow of each year, kilograms.
    pub truth: Vec<((usize, usize), Vec<f64>)>,
}

impl World {
    /// The same as a model to draw from.
    pub fn model(&self) -> Model<'_> {
        Model { places: &self.places, years: &self.years, records: &self.records, links: &self.links, prior: &self.prior }
    }

    /// Kilometres between two places.
    pub fn km(&self, a: usize, b: usize) -> f64 {
        km(&self.at, a, b)
    }
}

fn km(at: &[(f64, f64)], a: usize, b: usize) -> f64 {
    (at[a].0 - at[b].0).hypot(at[a].1 - at[b].1)
}

/// Plants a world.
///
/// # Errors
/// [`GravityError`], where there is no producer.
pub fn plant(settings: Settings, seed: Seed) -> Result<World, GravityError> {
    let mut stream = seed.stream(0);
    let n = settings.places;
    let producers: BTreeSet<usize> = (0..settings.producers.min(n)).collect();
    let at: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            if producers.contains(&i) { (800.0 * stream.unit(), 800.0 * stream.unit()) } else { (9e3 * stream.unit(), 9e3 * stream.unit()) }
        })
        .collect();
    let rank: Vec<f64> = at.iter().enumerate().map(|(i, p)| if producers.contains(&i) { 0.0 } else { 1.0 + p.0.hypot(p.1) }).collect();
    let reach: Vec<f64> = (0..n).map(|_| 0.2 + stream.unit()).collect();
    let pull = gravity(&rank, &reach, &producers, |a, b| km(&at, a, b), 0.0, 10)?;
    let mut shares: Vec<Weight> = pull.iter().map(|(a, b, g)| (*a, *b, gamma(&mut stream, 4.0 * g).max(1e-12))).collect();
    let eaten: Vec<f64> = (0..n).map(|i| if producers.contains(&i) { 0.0 } else { lognormal(&mut stream, 2e4, 0.8) }).collect();
    let mut flows: Vec<Vec<f64>> = Vec::new();
    for _ in 0..settings.years {
        shares.iter_mut().for_each(|s| s.2 *= (settings.drift * normal(&mut stream)).exp());
        flows.push(flow(&super::published::shares(&shares), &eaten, &rank));
    }
    let years: Vec<i32> = (0..settings.years as i32).map(|y| 2011 + y).collect();
    let zeal: Vec<f64> = (0..n).map(|_| (settings.bias * normal(&mut stream)).exp()).collect();
    let mut sizes = seed.stream(1);
    let typical: Vec<f64> = shares.iter().map(|_| lognormal(&mut sizes, 1.0, settings.apart)).collect();
    let (records, links) = reports(settings, &shares, &flows, &zeal, &typical, &mut stream);
    let masses: Vec<Weight> = links.iter().map(|l| (l.from, l.to, records[l.record].kg.unwrap_or_default().to_f64())).collect();
    let prior = from_links(n, &masses, &producers, |a, b| km(&at, a, b), SUPPLIERS)?;
    let places = (0..n).map(|i| place(i, settings, &shares, &flows, &eaten, &mut stream)).collect();
    let truth = shares.iter().enumerate().map(|(e, s)| ((s.0, s.1), flows.iter().map(|f| f[e]).collect())).collect();
    Ok(World { places, years, records, links, prior, at, truth })
}

/// Flows that meet what is eaten: from the last place to the first, as nothing flows upstream.
fn flow(shares: &[Weight], eaten: &[f64], rank: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..eaten.len()).collect();
    order.sort_by(|a, b| rank[*b].total_cmp(&rank[*a]));
    let (mut imports, mut out) = (eaten.to_vec(), vec![0.0; shares.len()]);
    for to in order {
        for (at, (from, _, share)) in shares.iter().enumerate().filter(|(_, s)| s.1 == to) {
            out[at] = share * imports[to];
            imports[*from] += out[at];
        }
    }
    out
}

/// What both ends report of every flow: of two equal ones, fewer records of the one in larger lots.
fn reports(
    settings: Settings,
    edges: &[Weight],
    flows: &[Vec<f64>],
    zeal: &[f64],
    typical: &[f64],
    stream: &mut Stream,
) -> (Vec<RouteRecord>, Vec<Link>) {
    let (mut records, mut links) = (Vec::new(), Vec::new());
    for (year, flows) in flows.iter().enumerate() {
        let lots: Vec<f64> = flows.iter().zip(typical).map(|(flow, kg)| flow / kg).collect();
        let all: f64 = edges.iter().zip(&lots).map(|((from, to, _), lots)| lots * (zeal[*from] + zeal[*to])).sum();
        for (((from, to, _), lots), kg) in edges.iter().zip(&lots).zip(typical) {
            for (reporter, kind) in [(*to, LinkKind::DepartedSeized), (*from, LinkKind::SeizedDestined)] {
                for _ in 0..poisson(stream, settings.records * lots * zeal[reporter] / all) {
                    let grams = (1e3 * lognormal(stream, *kg, settings.scatter)).round().max(1.0);
                    links.push(Link { record: records.len(), kind, from: *from, to: *to });
                    records.push(RouteRecord {
                        seized: Some(reporter),
                        departure: (kind == LinkKind::DepartedSeized).then_some(*from),
                        destination: (kind == LinkKind::SeizedDestined).then_some(*to),
                        year: 2011 + year as i32,
                        kg: Some(Decimal(grams as i128 * 1_000_000)),
                        ..RouteRecord::default()
                    });
                }
            }
        }
    }
    (records, links)
}

/// What is believed of a place: the truth, missed by as much as is said.
fn place(i: usize, settings: Settings, edges: &[Weight], flows: &[Vec<f64>], eaten: &[f64], stream: &mut Stream) -> Place {
    let producer = i < settings.producers;
    let missed = lognormal(stream, 1.0, 0.4);
    let production = flows.iter().enumerate().map(|(year, flows)| {
        let made: f64 = edges.iter().zip(flows).filter(|(e, _)| e.0 == i).map(|(_, flow)| flow).sum();
        let year = 2011 + year as i32;
        Production { year, vintage: year + 1, kg: lognormal(stream, made.max(1.0), 0.15), cv: 0.15 }
    });
    let production: Vec<Production> = production.collect();
    Place {
        consumption_kg: vec![eaten[i] * missed; settings.years],
        consumption_cv: 0.4,
        purity: None,
        producer,
        production: if producer { production } else { Vec::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_balances_and_repeats() {
        let world = plant(Settings::default(), Seed(1)).unwrap();
        for year in 0..4 {
            let (made, eaten): (f64, f64) = world.truth.iter().fold((0.0, 0.0), |(made, eaten), ((from, to), flow)| {
                let out = if *from < 3 { flow[year] } else { 0.0 };
                let _ = to;
                (made + out, eaten + flow[year])
            });
            assert!(made > 0.0 && eaten >= made);
        }
        let per_year = world.records.len() as f64 / 4.0;
        assert!((per_year - 400.0).abs() < 60.0, "{per_year}");
        assert_eq!(world.records, plant(Settings::default(), Seed(1)).unwrap().records);
        assert!(plant(Settings { producers: 0, ..Settings::default() }, Seed(1)).is_err());
    }
}
