//! One draw: weights, rates, shares, demand, flows, and their reconciliation.

use atalaya_kernel::seed::Stream;

use super::prepare::{Prepared, evolve};
use super::{JointError, Options};
use crate::num::chance::{beta, exponential, gamma, lognormal, normal};
use crate::num::linear::Lu;
use crate::routes::balance::{Term, balanced};

/// Flows of one draw, by year and edge.
pub(super) fn draw(prepared: &Prepared<'_>, options: &Options, stream: &mut Stream) -> Result<Vec<f32>, JointError> {
    let (model, edges) = (prepared.model, prepared.edges.len());
    let years = model.years.len();
    let purity: Vec<f64> = model.places.iter().map(|p| p.purity.map_or(1.0, |(mean, c)| beta(stream, mean, c))).collect();
    let appetite: Vec<f64> = model.places.iter().map(|p| lognormal(stream, 1.0, p.consumption_cv)).collect();
    let evidence = weights(prepared, options, &purity, stream);
    // One typical mass a link and draw, seen or not: what is not known of it lasts from year to year.
    let lots = prepared.severity.iter().map(|(log, sd)| (log + sd * normal(stream)).exp()).collect::<Vec<f64>>();
    let pseudo: Vec<f64> = prepared.prior.iter().map(|g| gamma(stream, prepared.a0 * g)).collect();
    let mut out = Vec::with_capacity(years * edges);
    let mut dual = vec![0.0; model.places.len()];
    for year in 0..years {
        let shares = shares(prepared, &evidence[year * edges..(year + 1) * edges], &pseudo, &lots, year);
        let demand: Vec<f64> = (0..model.places.len())
            .map(|i| model.places[i].consumption_kg[year] * appetite[i] + prepared.seized[i * years + year] * purity[i])
            .collect();
        let imports = imports(prepared, &shares, &demand)?;
        let mut flows: Vec<f64> = shares.iter().zip(&prepared.edges).map(|(share, (_, to))| share * imports[*to]).collect();
        if options.reconcile {
            reconcile(prepared, year, &Drawn { shares, imports, demand }, &mut flows, &mut dual, stream)?;
        }
        out.extend(flows.into_iter().map(|f| f as f32));
    }
    Ok(out)
}

/// Evidence by year and edge: weighed records (or their mass) over what the ends report.
fn weights(prepared: &Prepared<'_>, options: &Options, purity: &[f64], stream: &mut Stream) -> Vec<f64> {
    let (years, edges) = (prepared.model.years.len(), prepared.edges.len());
    let mut of_record = vec![0.0; prepared.model.records.len()];
    for (record, doubled) in &prepared.doubled {
        // Of two reports of one event either may be the one that stays.
        let weight = exponential(stream);
        of_record[*record] = if *doubled > 0.0 && stream.unit() < doubled / 2.0 { 0.0 } else { weight };
    }
    let mut mass = vec![0.0; years * edges];
    for e in &prepared.evidence {
        mass[e.year * edges + e.edge] += e.kg * purity[e.reporter] * of_record[e.record];
    }
    for (at, hidden) in prepared.hidden.iter().enumerate().filter(|(_, h)| **h > 0.0) {
        let factor = gamma(stream, 1.0 / hidden) * hidden;
        (0..years).for_each(|year| mass[year * edges + at] *= factor);
    }
    let mut mass = evolve(&mass, &prepared.counts, years, options.discount, stream);
    let exposure = prepared.exposure(options, &prepared.rates.draw(stream));
    mass.iter_mut().zip(exposure).for_each(|(m, e)| *m /= e);
    mass
}

/// Shares of one year: evidence and pseudo-records times what one weighs, normalised over each importer.
fn shares(prepared: &Prepared<'_>, evidence: &[f64], pseudo: &[f64], lots: &[f64], year: usize) -> Vec<f64> {
    let years = prepared.model.years.len();
    let mut out = vec![0.0; evidence.len()];
    for (to, into) in prepared.into.iter().enumerate() {
        let typical = prepared.typical[to * years + year];
        let mut sum = 0.0;
        for &at in into {
            out[at] = (evidence[at] + pseudo[at] * typical) * lots[at];
            sum += out[at];
        }
        for &at in into {
            // Every gamma below the smallest float: the mean of the prior.
            out[at] = if sum > 0.0 { out[at] / sum } else { prepared.prior[at] };
        }
    }
    out
}

/// Imports that meet all demand: sweeps from consumers to suppliers, by LU where those do not settle.
fn imports(prepared: &Prepared<'_>, shares: &[f64], demand: &[f64]) -> Result<Vec<f64>, JointError> {
    let n = demand.len();
    let producer = |i: usize| prepared.model.places[i].producer;
    let mut x = vec![0.0; n];
    for _ in 0..200 {
        let mut change = 0.0f64;
        for &i in prepared.order.iter().filter(|i| !producer(**i)) {
            let next = demand[i] + prepared.out[i].iter().map(|at| shares[*at] * x[prepared.edges[*at].1]).sum::<f64>();
            change = change.max((next - x[i]).abs() / next.max(1e-300));
            x[i] = next;
        }
        if change < 1e-12 {
            return supplied(prepared, x);
        }
    }
    let mut system = vec![0.0; n * n];
    (0..n).for_each(|i| system[i * n + i] = 1.0);
    for (at, (from, to)) in prepared.edges.iter().enumerate().filter(|(_, (from, _))| !producer(*from)) {
        system[from * n + to] -= shares[at];
    }
    let wanted: Vec<f64> = (0..n).map(|i| if producer(i) { 0.0 } else { demand[i] }).collect();
    let lu = Lu::new(system, n).map_err(|s| JointError::NoSupplier { place: s.row })?;
    supplied(prepared, lu.solve(&wanted))
}

/// Refuses imports of a place that nobody supplies.
fn supplied(prepared: &Prepared<'_>, imports: Vec<f64>) -> Result<Vec<f64>, JointError> {
    let without = |i: &usize| imports[*i] > 0.0 && prepared.into[*i].is_empty() && !prepared.model.places[*i].producer;
    match (0..imports.len()).find(without) {
        Some(place) => Err(JointError::NoSupplier { place }),
        None => Ok(imports),
    }
}

/// What a draw believes before production is looked at.
struct Drawn {
    shares: Vec<f64>,
    imports: Vec<f64>,
    demand: Vec<f64>,
}

/// Moves flows, demand and production as little as their variances allow until all balances hold.
fn reconcile(
    prepared: &Prepared<'_>,
    year: usize,
    drawn: &Drawn,
    flows: &mut [f64],
    dual: &mut [f64],
    stream: &mut Stream,
) -> Result<(), JointError> {
    let (n, years) = (drawn.demand.len(), prepared.model.years.len());
    let total: f64 = drawn.demand.iter().sum();
    let square = |x: f64| x * x;
    let mut terms: Vec<Term> = Vec::with_capacity(flows.len() + 2 * n);
    for (at, (from, to)) in prepared.edges.iter().enumerate() {
        let (share, place) = (drawn.shares[at], &prepared.model.places[*to]);
        let concentration = prepared.a0 + prepared.effective[to * years + year];
        // Of a product: the variance of the share, and that of what is imported.
        let variance = square(drawn.imports[*to]) * (share * (1.0 - share) / (concentration + 1.0) + square(share * place.consumption_cv));
        terms.push(Term { value: flows[at], variance, plus: Some(*to), minus: Some(*from) });
    }
    for (i, demand) in drawn.demand.iter().enumerate() {
        let place = &prepared.model.places[i];
        let variance = square(place.consumption_kg[year] * place.consumption_cv);
        terms.push(Term { value: *demand, variance: variance.max(square(1e-9 * total)), plus: None, minus: Some(i) });
    }
    for i in (0..n).filter(|i| prepared.model.places[*i].producer) {
        let leaves: f64 = prepared.out[i].iter().map(|at| flows[*at]).sum::<f64>() + drawn.demand[i];
        let (value, sd) = match prepared.production[i * years + year] {
            Some((median, cv)) => (lognormal(stream, median, cv), median * cv),
            // Nothing is published: whatever leaves was produced.
            None => (leaves, leaves + total),
        };
        terms.push(Term { value, variance: square(sd), plus: Some(i), minus: None });
    }
    let values = balanced(n, &terms, dual)?;
    flows.copy_from_slice(&values[..flows.len()]);
    Ok(())
}
