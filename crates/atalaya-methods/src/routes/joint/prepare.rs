//! What all draws share: edges, evidence by edge and year, rates, production.

use std::collections::{BTreeMap, BTreeSet};

use super::{JointError, Masses, Model, Options, Production};
use atalaya_kernel::seed::Stream;

use crate::num::chance::{beta, sigma};
use crate::routes::gravity::ranks;
use crate::routes::published::Weight;
use crate::routes::rates::{Comparison, Rates, rates};
use crate::routes::record::{LinkKind, kish};
use crate::routes::severity::severity;
use crate::routes::weight::prior_weight;

/// A link, ready to be weighed.
pub(super) struct Evidence {
    pub edge: usize,
    pub year: usize,
    pub record: usize,
    pub reporter: usize,
    pub kg: f64,
}

/// What all draws share.
pub(super) struct Prepared<'a> {
    pub model: &'a Model<'a>,
    pub edges: Vec<(usize, usize)>,
    /// Prior share of each edge.
    pub prior: Vec<f64>,
    /// Edges into each place.
    pub into: Vec<Vec<usize>>,
    pub evidence: Vec<Evidence>,
    /// Probability that a record is another's double, for records with a link.
    pub doubled: BTreeMap<usize, f64>,
    /// Mass seized by place and year, before purity.
    pub seized: Vec<f64>,
    pub rates: Rates,
    /// Effective records by place and year, and what one is in the unit of evidence.
    pub effective: Vec<f64>,
    pub typical: Vec<f64>,
    /// Production by place and year: median and coefficient of variation.
    pub production: Vec<Option<(f64, f64)>>,
    /// Places from the last to the first: consumers before those who supply them.
    pub order: Vec<usize>,
    /// Edges out of each place.
    pub out: Vec<Vec<usize>>,
    /// Records and effective records of each edge.
    pub records: Vec<(u64, f64)>,
    /// Records of each edge by year: what discounting takes from.
    pub counts: Vec<f64>,
    /// Relative variance that too few records of an edge do not show, where masses are as recorded.
    pub hidden: Vec<f64>,
    /// Of each edge the logarithm of what a unit of evidence weighs and its standard deviation: of a
    /// record's mean mass where masses are shrunk, as evidence is counted in records then; else 0.
    pub severity: Vec<(f64, f64)>,
    /// Weight of the prior.
    pub a0: f64,
}

pub(super) fn prepare<'a>(model: &'a Model<'a>, options: &Options) -> Result<Prepared<'a>, JointError> {
    let n = model.places.len();
    let joins = |link: &(usize, usize)| !model.places[link.1].producer;
    let all: BTreeSet<(usize, usize)> = model.links.iter().map(|l| (l.from, l.to)).chain(model.prior.iter().map(|w| (w.0, w.1))).collect();
    let edges: Vec<(usize, usize)> = all.into_iter().filter(joins).collect();
    let mut prior = vec![0.0; edges.len()];
    for (from, to, share) in model.prior {
        if let Ok(at) = edges.binary_search(&(*from, *to)) {
            prior[at] += share;
        }
    }
    let (mut into, mut out) = (vec![Vec::new(); n], vec![Vec::new(); n]);
    for (at, (from, to)) in edges.iter().enumerate() {
        into[*to].push(at);
        out[*from].push(at);
    }
    let mut evidence = evidence(model, &edges);
    let records = records(&evidence, edges.len());
    let (hidden, severity) = match options.masses {
        Masses::Recorded => (hidden(&evidence, edges.len()), vec![(0.0, 0.0); edges.len()]),
        Masses::Shrunk => (vec![0.0; edges.len()], shrunk(&mut evidence, &edges)),
    };
    let rates = match options.walk {
        Some(walk) => rates(&reports(model), &comparisons(model, &edges), walk).map_err(|_| JointError::Walk)?,
        None => Rates::even(&reports(model)),
    };
    let doubled = evidence.iter().map(|e| (e.record, model.records[e.record].doubled)).collect();
    let mut prepared = Prepared {
        model,
        prior,
        into,
        out,
        doubled,
        seized: if options.seizures { seized(model) } else { vec![0.0; n * model.years.len()] },
        rates,
        effective: Vec::new(),
        typical: Vec::new(),
        production: production(model),
        order: Vec::new(),
        records,
        counts: counts(&evidence, edges.len(), model.years.len()),
        hidden,
        severity,
        a0: 0.0,
        edges,
        evidence,
    };
    prepared.a0 = options.a0.unwrap_or_else(|| prepared.weight(options));
    prepared.weigh(options);
    let mean = prepared.mean_shares();
    let producers = (0..n).filter(|i| model.places[*i].producer).collect();
    let rank = ranks(n, &mean, &producers)?;
    prepared.order = (0..n).collect();
    prepared.order.sort_by(|a, b| rank[*b].total_cmp(&rank[*a]).then(a.cmp(b)));
    Ok(prepared)
}

fn year_of(model: &Model<'_>, year: i32) -> Option<usize> {
    model.years.iter().position(|y| *y == year)
}

fn evidence(model: &Model<'_>, edges: &[(usize, usize)]) -> Vec<Evidence> {
    let one = |link: &crate::routes::network::Link| {
        let record = &model.records[link.record];
        let edge = edges.binary_search(&(link.from, link.to)).ok()?;
        let kg = record.kg.map(|kg| kg.to_f64()).filter(|kg| *kg > 0.0)?;
        Some(Evidence { edge, year: year_of(model, record.year)?, record: link.record, reporter: record.seized?, kg })
    };
    model.links.iter().filter_map(one).collect()
}

/// Who reports anything, and when.
fn reports(model: &Model<'_>) -> Vec<(usize, usize)> {
    let all: BTreeSet<(usize, usize)> = model.records.iter().filter_map(|r| Some((r.seized?, year_of(model, r.year)?))).collect();
    all.into_iter().collect()
}

/// Who reported each link in each year.
fn comparisons(model: &Model<'_>, edges: &[(usize, usize)]) -> Vec<Comparison> {
    let mut counts: BTreeMap<(usize, usize), [f64; 2]> = BTreeMap::new();
    for link in model.links {
        let side = match link.kind {
            LinkKind::DepartedSeized | LinkKind::ProducedSeized => 0,
            LinkKind::SeizedDestined => 1,
            LinkKind::ProducedDeparted => continue,
        };
        let known = edges.binary_search(&(link.from, link.to)).ok().zip(year_of(model, model.records[link.record].year));
        if let Some(key) = known {
            counts.entry(key).or_default()[side] += 1.0;
        }
    }
    let one = |((edge, year), [by_importer, by_exporter]): ((usize, usize), [f64; 2])| {
        let (exporter, importer) = edges[edge];
        Comparison { importer, exporter, year, by_importer, by_exporter }
    };
    counts.into_iter().map(one).collect()
}

fn seized(model: &Model<'_>) -> Vec<f64> {
    let years = model.years.len();
    let mut out = vec![0.0; model.places.len() * years];
    for record in model.records {
        if let (Some(place), Some(year), Some(kg)) = (record.seized, year_of(model, record.year), record.kg) {
            out[place * years + year] += kg.to_f64() * (1.0 - record.doubled / 2.0);
        }
    }
    out
}

fn records(evidence: &[Evidence], edges: usize) -> Vec<(u64, f64)> {
    let mut sums = vec![(BTreeSet::new(), 0.0, 0.0); edges];
    for e in evidence {
        let of = &mut sums[e.edge];
        if of.0.insert(e.record) {
            of.1 += e.kg;
            of.2 += e.kg * e.kg;
        }
    }
    sums.into_iter().map(|(records, sum, squares)| (records.len() as u64, kish(sum, squares))).collect()
}

fn counts(evidence: &[Evidence], edges: usize, years: usize) -> Vec<f64> {
    let mut out = vec![0.0; edges * years];
    evidence.iter().for_each(|e| out[e.year * edges + e.edge] += 1.0);
    out
}

/// How much the masses of a link scatter beyond what its own records can show.
///
/// The scatter within links is pooled over all of them. A link of one record shows no scatter of
/// its own: its mass is then one draw of a distribution as wide as the others'.
fn hidden(evidence: &[Evidence], edges: usize) -> Vec<f64> {
    let mut sums = vec![(0.0f64, 0.0f64, 0.0f64); edges];
    for e in evidence {
        let of = &mut sums[e.edge];
        *of = (of.0 + 1.0, of.1 + e.kg, of.2 + e.kg * e.kg);
    }
    let scatter = |(n, sum, squares): &(f64, f64, f64)| if *sum > 0.0 { n * n * squares / (sum * sum) - n } else { 0.0 };
    let (all, free) = sums.iter().fold((0.0, 0.0), |(all, free), s| (all + scatter(s), free + (s.0 - 1.0).max(0.0)));
    let pooled = if free > 0.0 { all / free } else { 0.0 };
    let missing = |s: &(f64, f64, f64)| if s.0 > 0.0 { ((1.0 + pooled) / s.0 - s.2 / (s.1 * s.1)).max(0.0) } else { 0.0 };
    sums.iter().map(missing).collect()
}

/// Severity of each edge; evidence is then one a record, in the unit of what a record weighs.
fn shrunk(evidence: &mut [Evidence], edges: &[(usize, usize)]) -> Vec<(f64, f64)> {
    let masses: Vec<Weight> = evidence.iter().map(|e| (edges[e.edge].0, edges[e.edge].1, e.kg)).collect();
    let found = severity(&masses);
    let of = |(from, to): &(usize, usize)| {
        found.effect(*from, *to).map_or((0.0, found.between.sqrt()), |e| (e.log + found.within / 2.0, e.variance.sqrt()))
    };
    evidence.iter_mut().for_each(|e| e.kg = 1.0);
    edges.iter().map(of).collect()
}

fn production(model: &Model<'_>) -> Vec<Option<(f64, f64)>> {
    let of = |place: &super::Place, year: i32| production_of(&place.production, year);
    model.places.iter().flat_map(|place| model.years.iter().map(move |year| of(place, *year))).collect()
}

/// Median and coefficient of variation of a year's production: the newest figure, widened by how
/// far its own revisions moved.
pub fn production_of(figures: &[Production], year: i32) -> Option<(f64, f64)> {
    let mut of_year: Vec<&Production> = figures.iter().filter(|f| f.year == year).collect();
    of_year.sort_by_key(|f| f.vintage);
    let last = of_year.last()?;
    let moved: f64 = of_year.windows(2).map(|w| (w[1].kg / w[0].kg).ln().powi(2)).sum::<f64>() / of_year.len() as f64;
    let variance = sigma(last.cv).powi(2) + moved;
    Some((last.kg, (variance.exp() - 1.0).sqrt()))
}

impl Prepared<'_> {
    /// Mean kilograms of a unit of evidence of an edge.
    fn mean_kg(&self, edge: usize) -> f64 {
        (self.severity[edge].0 + self.severity[edge].1.powi(2) / 2.0).exp()
    }

    /// The weight of the prior under which the records are likeliest, all years together.
    fn weight(&self, options: &Options) -> f64 {
        let exposure = self.exposure(&Options { discount: 1.0, ..*options }, &self.rates.mode());
        let mut counts = vec![0.0; self.edges.len()];
        self.evidence.iter().for_each(|e| counts[e.edge] += 1.0);
        // The first row: with no discount every year's is the sum of all.
        let foretold = |at: &usize| (self.prior[*at] * exposure[*at], counts[*at]);
        prior_weight(&self.into.iter().map(|into| into.iter().map(foretold).collect()).collect::<Vec<_>>())
    }

    /// Effective records of every importer and year at the most likely rates.
    fn weigh(&mut self, options: &Options) {
        let (n, years) = (self.model.places.len(), self.model.years.len());
        let exposure = self.exposure(options, &self.rates.mode());
        // Twice: in mass, which shares are of, and in the unit of evidence, which the prior is in.
        let mut sums = vec![[0.0; 4]; n * years];
        for e in &self.evidence {
            let to = self.edges[e.edge].1;
            for year in 0..years {
                let unit = e.kg / exposure[year * self.edges.len() + e.edge];
                let (weight, counts) = (unit * self.mean_kg(e.edge), discount(options, e.year, year));
                let of = &mut sums[to * years + year];
                [weight, weight * weight, unit, unit * unit].iter().zip(of).for_each(|(x, sum)| *sum += counts * x);
            }
        }
        self.effective = sums.iter().map(|of| kish(of[0], of[1])).collect();
        self.typical = sums.iter().map(|of| if of[2] > 0.0 { of[3] / of[2] } else { 1.0 }).collect();
    }

    /// How much both ends of each edge report, by year and edge, neighbouring years discounted.
    pub(super) fn exposure(&self, options: &Options, rates: &crate::routes::rates::RateDraw<'_>) -> Vec<f64> {
        let years = self.model.years.len();
        let mut own = vec![0.0; years * self.edges.len()];
        let n = self.model.places.len();
        for year in 0..years {
            let importing: Vec<f64> = (0..n).map(|i| rates.importing(i, year)).collect();
            let exporting: Vec<f64> = (0..n).map(|i| rates.exporting(i, year)).collect();
            let row = &mut own[year * self.edges.len()..(year + 1) * self.edges.len()];
            for (cell, (from, to)) in row.iter_mut().zip(&self.edges) {
                *cell = importing[*to] + exporting[*from];
            }
        }
        if options.walk.is_none() {
            own.fill(1.0);
        }
        let mut out = smooth(&own, years, options.discount);
        // Neither end reports in any year that counts: what third parties say stands as it is.
        out.iter_mut().filter(|e| **e <= 0.0).for_each(|e| *e = 1.0);
        out
    }

    /// Mean shares over all years, of evidence and prior.
    fn mean_shares(&self) -> Vec<Weight> {
        let mut weight: Vec<f64> = self.prior.iter().map(|g| 0.1 * g).collect();
        let mut inflow = vec![0.0; self.model.places.len()];
        for e in &self.evidence {
            inflow[self.edges[e.edge].1] += e.kg;
        }
        for e in &self.evidence {
            weight[e.edge] += e.kg / inflow[self.edges[e.edge].1];
        }
        let weights: Vec<Weight> = self.edges.iter().zip(weight).map(|((from, to), w)| (*from, *to, w)).collect();
        crate::routes::published::shares(&weights)
    }
}

fn discount(options: &Options, from: usize, to: usize) -> f64 {
    // 0 to the power 0 is 1: a year always counts for itself.
    options.discount.powi(from.abs_diff(to) as i32)
}

/// The same for masses that are gammas of some number of records, drawn: a discounted gamma is a
/// gamma of fewer records, by a beta factor (Smith and Miller 1986, JRSS B 48(1), 79-88).
pub(super) fn evolve(values: &[f64], counts: &[f64], years: usize, discount: f64, stream: &mut Stream) -> Vec<f64> {
    let width = values.len() / years.max(1);
    let mut out = values.to_vec();
    for forward in [true, false] {
        let mut running = vec![(0.0, 0.0); width];
        for step in 0..years {
            let year = if forward { step } else { years - 1 - step };
            for (at, (mass, count)) in running.iter_mut().enumerate() {
                out[year * width + at] += *mass;
                let of = *count + counts[year * width + at];
                if of > 0.0 {
                    *mass = (*mass + values[year * width + at]) * thinned(stream, discount, of);
                    *count = discount * of;
                }
            }
        }
    }
    out
}

fn thinned(stream: &mut Stream, discount: f64, count: f64) -> f64 {
    if discount <= 0.0 || discount >= 1.0 { discount } else { beta(stream, discount, count) }
}

/// Sums over all years, each discounted by how far it is: `sum_s d^|t-s| v_s`, by rows of years.
pub(super) fn smooth(values: &[f64], years: usize, discount: f64) -> Vec<f64> {
    let width = values.len() / years.max(1);
    let mut out = values.to_vec();
    let mut running = vec![0.0; width];
    for year in 0..years {
        for at in 0..width {
            out[year * width + at] += running[at];
            running[at] = discount * (running[at] + values[year * width + at]);
        }
    }
    running.fill(0.0);
    for year in (0..years).rev() {
        for at in 0..width {
            out[year * width + at] += running[at];
            running[at] = discount * (running[at] + values[year * width + at]);
        }
    }
    out
}
