//! Checks of the model by itself: what it says of reporters and years it has not seen, and how
//! often its intervals hold the truth of planted worlds.
//!
//! # Answers
//! If a country, or a year, had not reported, how far off would its supplier shares be? Do nine
//! intervals of ten hold what they should?
//!
//! # Source
//! Cross-validation: Stone (1974), Journal of the Royal Statistical Society B 36(2), 111-147;
//! calibration by simulation: Cook, Gelman and Rubin (2006), JCGS 15(3), 675-692.
//!
//! # Assumes
//! - What a country reports of itself is the better account of its suppliers than what others say.
//! - Of a year held out its records are foretold, as both ends would record them; of a reporter held
//!   out what flows, as a reader would want it.
//! - Planted worlds err as the model assumes, with reporting bias or without; real ones may not.
//!
//! # Shapes and units
//! Distance between two sets of shares: half the sum of absolute differences, 0 to 1. A method
//! that can say nothing is 1 away.
//!
//! # Cost
//! One fit of rates a reporter held out; one run of `joint` a world.
//!
//! # Does not
//! Validate tonnes against the world: nobody knows them.
//!
//! # Checked by
//! `tests` here: coverage 85 to 95 % of all flows with and without bias, of seen ones where masses
//! scatter; held-out reporters nearer than by the published method; the real file in `tests/it/routes/validation.rs`.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::Seed;

use super::dirichlet::{Evidence, posterior};
use super::gravity::{GravityError, SUPPLIERS, from_links};
use super::joint::{Joint, JointError, Options, joint};
use super::network::Link;
use super::published::{Weight, shares};
use super::rates::{Comparison, Walk, rates};
use super::record::{LinkKind, RouteRecord};
use super::severity::severity;
use super::weight::{Foretold, prior_weight};
use super::worlds::{Settings, plant};
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "validate",
    verb: "routes",
    name: ["Checks by what was held out", "Comprobación con lo que se apartó"],
    answers: [
        "If a country had not reported, how far off would its supplier shares be?",
        "Si un país no hubiera reportado, ¿cuánto fallaría la estimación de sus proveedores?",
    ],
    source: "Stone (1974), JRSS B 36(2), 111-147; Cook, Gelman and Rubin (2006), JCGS 15(3), 675-692",
};

/// How far off two methods are, on average over what was held out.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HeldOut {
    /// How many were held out in turn.
    pub cases: usize,
    /// Distance of ours.
    pub ours: f64,
    /// Distance of the published method, 1 where it can say nothing.
    pub published: f64,
    /// Where the published method can say something.
    pub spoken: usize,
    /// Distance of ours there.
    pub ours_spoken: f64,
    /// Distance of the published method there.
    pub published_spoken: f64,
}

/// What is held out from, beside the records.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// Records.
    pub records: &'a [RouteRecord],
    /// Their links.
    pub links: &'a [Link],
    /// How many places.
    pub places: usize,
    /// Producers.
    pub producers: &'a BTreeSet<usize>,
    /// Weight of the prior; `None` finds the one that foretells the records kept best.
    pub a0: Option<f64>,
    /// How rates wander; `None` takes every reporter to report alike.
    pub walk: Option<Walk>,
    /// A case counts from so many links on.
    pub least: usize,
}

type Shares = BTreeMap<usize, f64>;

/// Every reporter held out in turn: its suppliers by what the others say of it.
///
/// # Errors
/// [`GravityError`].
pub fn leave_one_reporter_out(of: &Setting<'_>, km: impl Fn(usize, usize) -> f64) -> Result<HeldOut, GravityError> {
    let reporters: BTreeSet<usize> = of.links.iter().filter_map(|l| of.records[l.record].seized).collect();
    let mut out = HeldOut::default();
    for reporter in reporters.into_iter().filter(|r| !of.producers.contains(r)) {
        let (own, others): (Vec<Link>, Vec<Link>) = of.links.iter().partition(|l| of.records[l.record].seized == Some(reporter));
        let own: Vec<Link> = own.into_iter().filter(|l| l.to == reporter).collect();
        if own.len() >= of.least {
            out.add(&masses(of, &own), &Fit::new(of, &others, None, &km)?, reporter);
        }
    }
    Ok(out.averaged())
}

/// Every year held out in turn: each importer's suppliers by the other years.
///
/// # Errors
/// [`GravityError`].
pub fn leave_one_year_out(of: &Setting<'_>, km: impl Fn(usize, usize) -> f64) -> Result<HeldOut, GravityError> {
    let years: BTreeSet<i32> = of.links.iter().map(|l| of.records[l.record].year).collect();
    let mut out = HeldOut::default();
    for year in years {
        let (held, others): (Vec<Link>, Vec<Link>) = of.links.iter().partition(|l| of.records[l.record].year == year);
        let fit = Fit::new(of, &others, Some(year), &km)?;
        let importers: BTreeSet<usize> = held.iter().map(|l| l.to).filter(|to| !of.producers.contains(to)).collect();
        for importer in importers {
            let own: Vec<Link> = held.iter().filter(|l| l.to == importer).copied().collect();
            if own.len() >= of.least {
                out.add(&masses(of, &own), &fit, importer);
            }
        }
    }
    Ok(out.averaged())
}

impl HeldOut {
    fn add(&mut self, own: &[Weight], fit: &Fit, importer: usize) {
        let truth = into(&shares(own), importer);
        let published = into(&shares(&fit.weights), importer);
        let (near, far) = (distance(&truth, &fit.shares(importer)), distance(&truth, &published));
        self.cases += 1;
        self.ours += near;
        self.published += far;
        if !published.is_empty() {
            self.spoken += 1;
            self.ours_spoken += near;
            self.published_spoken += far;
        }
    }

    fn averaged(self) -> HeldOut {
        let (all, some) = (self.cases.max(1) as f64, self.spoken.max(1) as f64);
        HeldOut {
            ours: self.ours / all,
            published: self.published / all,
            ours_spoken: self.ours_spoken / some,
            published_spoken: self.published_spoken / some,
            ..self
        }
    }
}

fn masses(of: &Setting<'_>, links: &[Link]) -> Vec<Weight> {
    links.iter().map(|l| (l.from, l.to, of.records[l.record].kg.unwrap_or_default().to_f64())).collect()
}

fn into(shares: &[Weight], importer: usize) -> Shares {
    shares.iter().filter(|s| s.1 == importer).map(|s| (s.0, s.2)).collect()
}

/// Half the sum of absolute differences; 1 where one of them says nothing.
fn distance(a: &Shares, b: &Shares) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 1.0;
    }
    let keys: BTreeSet<&usize> = a.keys().chain(b.keys()).collect();
    let of = |s: &Shares, key| s.get(key).copied().unwrap_or(0.0);
    keys.into_iter().map(|key| (of(a, key) - of(b, key)).abs()).sum::<f64>() / 2.0
}

/// Rates, masses and prior fitted to some links alone.
struct Fit {
    /// Links as the published method weighs them: by mass.
    weights: Vec<Weight>,
    prior: Vec<Weight>,
    /// Evidence of each link: sum and sum of squares of what its records stand for.
    evidence: Vec<Evidence>,
    a0: f64,
}

impl Fit {
    /// * `year`: the year held out. What is foretold of it is what both ends would record, so records
    ///   stand as they are, nearer years count more, and the prior is put as it would be recorded.
    fn new(of: &Setting<'_>, links: &[Link], year: Option<i32>, km: &impl Fn(usize, usize) -> f64) -> Result<Fit, GravityError> {
        let weights = masses(of, links);
        let severity = severity(&weights);
        let shown = exposure(of, links);
        let kg = |from, to| severity.mean_kg(from, to).unwrap_or(1.0);
        let gravity = from_links(of.places, &weights, of.producers, km, SUPPLIERS)?;
        let mut evidence: BTreeMap<(usize, usize), (f64, Evidence)> = BTreeMap::new();
        for (link, (from, to, _)) in links.iter().zip(&weights).filter(|(_, w)| w.2 > 0.0) {
            let counts = year.map_or(1.0, |y| Options::default().discount.powi(y.abs_diff(of.records[link.record].year) as i32 - 1));
            let weight = kg(*from, *to) / if year.is_some() { 1.0 } else { shown(*from, *to) };
            let (records, e) = evidence.entry((*from, *to)).or_insert((0.0, Evidence { from: *from, to: *to, sum: 0.0, squares: 0.0 }));
            *records += 1.0;
            e.sum += counts * weight;
            e.squares += counts * weight * weight;
        }
        let records = |from, to| evidence.get(&(from, to)).map_or(0.0, |e| e.0);
        let mut foretold: BTreeMap<usize, Vec<Foretold>> = BTreeMap::new();
        for (from, to, share) in &gravity {
            foretold.entry(*to).or_default().push((share * shown(*from, *to), records(*from, *to)));
        }
        let a0 = of.a0.unwrap_or_else(|| prior_weight(&foretold.into_values().collect::<Vec<_>>()));
        let shown = |from, to| if year.is_some() { shown(from, to) } else { 1.0 };
        let in_mass = |(from, to, share): &Weight| (*from, *to, share * kg(*from, *to) * shown(*from, *to));
        let prior = shares(&gravity.iter().map(in_mass).collect::<Vec<_>>());
        Ok(Fit { weights, prior, evidence: evidence.into_values().map(|e| e.1).collect(), a0 })
    }

    /// Our mean shares of one importer.
    fn shares(&self, importer: usize) -> Shares {
        let prior: Vec<Weight> = self.prior.iter().filter(|w| w.1 == importer).copied().collect();
        let evidence: Vec<Evidence> = self.evidence.iter().filter(|e| e.to == importer).copied().collect();
        let found = posterior(&evidence, &prior, self.a0).unwrap_or_default();
        found.get(&importer).map(|of| of.from.iter().copied().zip(of.mean.iter().copied()).collect()).unwrap_or_default()
    }
}

/// What both ends of a link report over all years, at the most likely rates.
fn exposure(of: &Setting<'_>, links: &[Link]) -> impl Fn(usize, usize) -> f64 + use<> {
    let years: Vec<i32> = links.iter().map(|l| of.records[l.record].year).collect::<BTreeSet<i32>>().into_iter().collect();
    let year = |l: &Link| years.binary_search(&of.records[l.record].year).unwrap_or(0);
    let reports: Vec<(usize, usize)> =
        links.iter().filter_map(|l| Some((of.records[l.record].seized?, year(l)))).collect::<BTreeSet<_>>().into_iter().collect();
    let mut seen: BTreeMap<(usize, usize, usize), [f64; 2]> = BTreeMap::new();
    for link in links.iter().filter(|l| l.kind != LinkKind::ProducedDeparted) {
        seen.entry((link.from, link.to, year(link))).or_default()[usize::from(link.kind == LinkKind::SeizedDestined)] += 1.0;
    }
    let compared: Vec<Comparison> = seen
        .into_iter()
        .map(|((exporter, importer, year), [by_importer, by_exporter])| Comparison { importer, exporter, year, by_importer, by_exporter })
        .collect();
    let fitted = of.walk.and_then(|walk| rates(&reports, &compared, walk).ok());
    let sums: Option<Vec<[f64; 2]>> = fitted.map(|fitted| {
        let mode = fitted.mode();
        let over = |rate: &dyn Fn(usize) -> f64| (0..years.len()).map(rate).sum::<f64>();
        (0..of.places).map(|i| [over(&|year| mode.importing(i, year)), over(&|year| mode.exporting(i, year))]).collect()
    });
    move |from, to| match &sums {
        Some(sums) if sums[to][0] + sums[from][1] > 0.0 => sums[to][0] + sums[from][1],
        _ => 1.0,
    }
}

/// How often intervals hold the truth.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Coverage {
    /// Flows whose interval was looked at.
    pub flows: usize,
    /// Those that lie within it.
    pub held: usize,
    /// Flows that at least one record shows.
    pub seen: usize,
    /// Those that lie within.
    pub seen_held: usize,
}

impl Coverage {
    /// Adds a world: true flows of at least `from_share` of an importer's imports, year by year.
    pub fn add(&mut self, truth: &[((usize, usize), Vec<f64>)], drawn: &Joint, from_share: f64) {
        let place: BTreeMap<(usize, usize), usize> = drawn.edges.iter().enumerate().map(|(at, e)| (*e, at)).collect();
        for year in 0..drawn.years.len() {
            let mut imports: BTreeMap<usize, f64> = BTreeMap::new();
            truth.iter().for_each(|((_, to), flow)| *imports.entry(*to).or_default() += flow[year]);
            for (edge, flow) in truth {
                if flow[year] < from_share * imports.get(&edge.1).copied().unwrap_or(0.0) {
                    continue;
                }
                let at = place.get(edge);
                let held = at.is_some_and(|at| drawn.interval(*at, Some(year)).holds(flow[year]));
                self.flows += 1;
                self.held += usize::from(held);
                if at.is_some_and(|at| drawn.records[*at].0 > 0) {
                    self.seen += 1;
                    self.seen_held += usize::from(held);
                }
            }
        }
    }

    /// Share of flows within their interval.
    pub fn share(&self) -> f64 {
        self.held as f64 / self.flows as f64
    }

    /// The same among flows that some record shows.
    pub fn share_seen(&self) -> f64 {
        self.seen_held as f64 / self.seen as f64
    }
}

/// Coverage on planted worlds: over all flows, and over those of at least 1 % of an importer's
/// imports. World `i` is planted and drawn from seed `seed + i`.
///
/// # Errors
/// [`JointError`].
pub fn on_worlds(settings: Settings, worlds: u64, draws: usize, seed: u64) -> Result<[Coverage; 2], JointError> {
    let mut out = [Coverage::default(); 2];
    for seed in (1..=worlds).map(|i| Seed(seed.wrapping_add(i))) {
        let world = plant(settings, seed)?;
        let drawn = joint(&world.model(), &Options { draws, ..Options::default() }, seed)?;
        out[0].add(&world.truth, &drawn, 0.0);
        out[1].add(&world.truth, &drawn, 0.01);
    }
    Ok(out)
}

#[cfg(test)]
#[allow(clippy::print_stderr, reason = "prints what is reached")]
mod tests {
    use super::*;

    /// 12 worlds hold about 6,800 flows, so that a share of 0.9 is known to a point or so.
    fn within(name: &str, settings: Settings) -> [Coverage; 2] {
        let found = on_worlds(settings, 12, 200, 0).unwrap();
        for (of, coverage) in ["all", "1 % and more"].iter().zip(&found) {
            eprintln!(
                "{name}, {of}: {:.3} of {}, {:.3} of {} seen",
                coverage.share(),
                coverage.flows,
                coverage.share_seen(),
                coverage.seen
            );
        }
        assert!(found.iter().all(|c| (0.85..=0.95).contains(&c.share_seen())), "{name}: {found:?}");
        found
    }

    #[test]
    fn nine_of_ten_intervals_hold_without_bias() {
        let found = within("no bias", Settings { bias: 0.0, ..Settings::default() });
        assert!(found.iter().all(|c| (0.85..=0.95).contains(&c.share())), "{found:?}");
    }

    #[test]
    fn nine_of_ten_intervals_hold_with_bias() {
        let found = within("bias", Settings::default());
        assert!(found.iter().all(|c| (0.85..=0.95).contains(&c.share())), "{found:?}");
    }

    /// Masses that scatter as those of the real file do, links that differ in size. What a record
    /// shows is held; of links in lots so large that no record shows them, too few are.
    #[test]
    fn nine_of_ten_seen_flows_are_held_where_masses_scatter() {
        let found = within("masses scatter", Settings { scatter: 7.0, apart: 1.0, ..Settings::default() });
        assert!(found[0].share() > 0.8, "{found:?}");
    }

    #[test]
    fn held_out_reporters_are_nearer_than_by_the_published_method() {
        let (mut ours, mut published) = (0.0, 0.0);
        for seed in 1..=6 {
            let world = plant(Settings::default(), Seed(seed)).unwrap();
            let producers = BTreeSet::from([0, 1, 2]);
            let of = Setting {
                records: &world.records,
                links: &world.links,
                places: 20,
                producers: &producers,
                a0: None,
                walk: Some(Walk::default()),
                least: 5,
            };
            let found = leave_one_reporter_out(&of, |a, b| world.km(a, b)).unwrap();
            eprintln!("reporter out {seed}: {found:?}");
            eprintln!("year out {seed}: {:?}", leave_one_year_out(&of, |a, b| world.km(a, b)).unwrap());
            ours += found.ours;
            published += found.published;
        }
        assert!(ours < published, "{ours} {published}");
    }

    #[test]
    fn without_a_producer_there_is_nothing_to_check() {
        let none = BTreeSet::new();
        let world = plant(Settings::default(), Seed(1)).unwrap();
        let of = Setting { records: &world.records, links: &world.links, places: 20, producers: &none, a0: None, walk: None, least: 5 };
        assert_eq!(leave_one_year_out(&of, |_, _| 1.0), Err(GravityError::NoProducer));
    }
}
