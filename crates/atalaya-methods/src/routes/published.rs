//! The published method: shares of recorded inflow, solved from consumers back to producers.
//!
//! # Answers
//! If every country imports in the proportions of its records, what flows where so that all
//! demand is met?
//!
//! # Source
//! UNODC (2015), Drug money: the illicit proceeds of opiates trafficked on the Balkan route;
//! Giommoni, Berlusconi and Aziani (2021), doi 10.1007/s10610-020-09473-0, steps 2 to 5. The
//! formulas are taken second-hand from Cosa (2023), who restates them; how the authors close the
//! balance of producers is not known, so here producers are free.
//!
//! # Assumes
//! - Shares of what was recorded are shares of what flowed.
//! - Producers import nothing of their own and meet their own demand at home.
//! - A country without recorded inflow is a source (a false one, and named as such).
//!
//! # Shapes and units
//! `n` places; edges `(from, to, weight)` in any one mass; demand in mass a year, one a place.
//! The share of `k` in the imports of `j` is `w_kj / sum_k w_kj`; imports are
//! `x = (I - W)^-1 m` over places that are no source.
//!
//! # Cost
//! One LU of the places that are no source, O(n^3), and O(n^3) for the spectral radius.
//!
//! # Does not
//! Say how sure it is, match production, or survive places that only cite each other: those are
//! an error that names them. Reciprocal citing inflates flows without limit as rho nears 1.
//!
//! # Checked by
//! Toys T1 to T3 in `tests` here; the reference run on the file of UNODC (143 nodes, 726 edges,
//! rho 0.459321, total 386.506512) in `tests/it/real.rs`.

use std::collections::{BTreeMap, BTreeSet};

use super::measures::components::{groups_of, reachable};
use crate::Card;
use crate::num::linear::{Lu, spectral_radius};

/// What this method is.
pub const CARD: Card = Card {
    id: "published",
    verb: "routes",
    name: ["Flows by shares of recorded inflow", "Flujos según la proporción de los ingresos registrados"],
    answers: [
        "If every country imports in the proportions of its records, what flows where so that all demand is met?",
        "Si cada país importa en las proporciones de sus registros, ¿qué fluye adónde para cubrir toda la demanda?",
    ],
    source: "UNODC (2015); Giommoni, Berlusconi and Aziani (2021), doi 10.1007/s10610-020-09473-0",
};

/// Why shares give no flows.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FlowError {
    /// Places that only cite each other.
    #[error(
        "{} only cite each other{}: no producer is upstream of them, so their flows have no solution. Add a record or a prior that leads out of the group, or leave it out",
        .members.join(", "), and_only_they_supply(.downstream)
    )]
    ClosedGroup {
        /// Their names, sorted.
        members: Vec<String>,
        /// Names of those that nobody but the group supplies, sorted.
        downstream: Vec<String>,
    },
    /// No producer, and nobody without inflow.
    #[error("no place is a producer and each has recorded inflow: name at least one producer")]
    NoSource,
    /// Something that is no mass.
    #[error("the {what} of {place} is {value}: masses are finite and not negative")]
    NotAMass {
        /// `demand` or `weight`.
        what: &'static str,
        /// Of which place.
        place: String,
        /// What was found.
        value: f64,
    },
    /// Lists that do not fit.
    #[error("{names} names but {found} values of {what}: one a place is needed")]
    Shape {
        /// How many places are named.
        names: usize,
        /// Of which list.
        what: &'static str,
        /// How long it is.
        found: usize,
    },
}

fn and_only_they_supply(downstream: &[String]) -> String {
    if downstream.is_empty() { String::new() } else { format!(" (and only they supply {})", downstream.join(", ")) }
}

/// A weighted link.
pub type Weight = (usize, usize, f64);

/// Flows that meet all demand.
#[derive(Debug, Clone, PartialEq)]
pub struct Flows {
    /// `(from, to, share of the importer's inflow)`, by places.
    pub shares: Vec<Weight>,
    /// `(from, to, flow)`, in the same order; 0 into sources.
    pub flows: Vec<Weight>,
    /// What each place imports.
    pub imports: Vec<f64>,
    /// What leaves each source.
    pub exports: BTreeMap<usize, f64>,
    /// Sources that are no producer: places without recorded inflow.
    pub orphans: Vec<usize>,
    /// Demand of places that are no source.
    pub demand: f64,
    /// Sum of all flows.
    pub total: f64,
    /// Borders crossed by a kilogram on its way, on average: total over demand.
    pub hops: f64,
    /// Spectral radius of the shares among places that are no source: at 1 there is no solution.
    pub rho: f64,
}

/// Flows by the published method.
///
/// * `names`: what the places are called, for errors.
/// * `weights`: recorded mass by link; links named twice are added.
/// * `demand`: consumption and seizures of each place, in mass a year.
///
/// # Errors
/// [`FlowError`].
pub fn published(names: &[String], weights: &[Weight], demand: &[f64], producers: &BTreeSet<usize>) -> Result<Flows, FlowError> {
    checked(names, weights, demand)?;
    let shares = shares(weights);
    let n = names.len();
    let supplied: BTreeSet<usize> = shares.iter().map(|s| s.1).collect();
    let sources: BTreeSet<usize> = (0..n).filter(|i| producers.contains(i) || !supplied.contains(i)).collect();
    if sources.is_empty() {
        return Err(FlowError::NoSource);
    }
    let into: Vec<Weight> = shares.iter().copied().filter(|(_, to, _)| !sources.contains(to)).collect();
    refuse_closed(names, &into, &sources)?;
    let rest: Vec<usize> = (0..n).filter(|i| !sources.contains(i)).collect();
    let place: BTreeMap<usize, usize> = rest.iter().enumerate().map(|(at, i)| (*i, at)).collect();
    let m = rest.len();
    let mut w = vec![0.0; m * m];
    for (from, to, share) in &into {
        if let (Some(&i), Some(&j)) = (place.get(from), place.get(to)) {
            w[i * m + j] += share;
        }
    }
    let rho = spectral_radius(&w, m);
    let system: Vec<f64> = w.iter().enumerate().map(|(at, v)| f64::from(u8::from(at / m == at % m)) - v).collect();
    let wanted: Vec<f64> = rest.iter().map(|i| demand[*i]).collect();
    let solved = Lu::new(system, m).map_err(|_| closed(names, rest.clone(), Vec::new()))?.solve(&wanted);
    let mut imports = vec![0.0; n];
    for (i, x) in rest.iter().zip(solved) {
        imports[*i] = x;
    }
    Ok(gathered(shares, imports, &sources, producers, wanted.iter().sum(), rho))
}

/// Shares of each importer's inflow, by places. Links of weight 0 give none.
pub fn shares(weights: &[Weight]) -> Vec<Weight> {
    let mut sums: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut inflow: BTreeMap<usize, f64> = BTreeMap::new();
    for (from, to, weight) in weights.iter().filter(|w| w.2 > 0.0) {
        *sums.entry((*from, *to)).or_default() += weight;
        *inflow.entry(*to).or_default() += weight;
    }
    sums.into_iter().map(|((from, to), weight)| (from, to, weight / inflow.get(&to).copied().unwrap_or(1.0))).collect()
}

fn checked(names: &[String], weights: &[Weight], demand: &[f64]) -> Result<(), FlowError> {
    if demand.len() != names.len() {
        return Err(FlowError::Shape { names: names.len(), what: "demand", found: demand.len() });
    }
    let bad = |value: f64| !value.is_finite() || value < 0.0;
    let of = |what, place: usize, value| FlowError::NotAMass { what, place: names[place].clone(), value };
    if let Some(at) = demand.iter().position(|d| bad(*d)) {
        return Err(of("demand", at, demand[at]));
    }
    for &(from, to, weight) in weights {
        if from.max(to) >= names.len() {
            return Err(FlowError::Shape { names: names.len(), what: "links", found: from.max(to) + 1 });
        }
        if bad(weight) {
            return Err(of("weight", to, weight));
        }
    }
    Ok(())
}

/// Refuses groups that no source is upstream of.
fn refuse_closed(names: &[String], into: &[Weight], sources: &BTreeSet<usize>) -> Result<(), FlowError> {
    let n = names.len();
    let edges: Vec<(usize, usize)> = into.iter().map(|(from, to, _)| (*from, *to)).collect();
    let reached = reachable(n, &edges, sources);
    let cut: BTreeSet<usize> = (0..n).filter(|i| !reached.contains(i)).collect();
    if cut.is_empty() {
        return Ok(());
    }
    // Those merely downstream of a closed group are not in it: it has no supplier outside itself.
    let groups = groups_of(n, &edges);
    let open: BTreeSet<usize> = edges.iter().filter(|(a, b)| groups[*a] != groups[*b]).map(|(_, b)| groups[*b]).collect();
    let (downstream, members) = cut.into_iter().partition(|i| open.contains(&groups[*i]));
    Err(closed(names, members, downstream))
}

fn closed(names: &[String], members: Vec<usize>, downstream: Vec<usize>) -> FlowError {
    let named = |places: Vec<usize>| {
        let mut list: Vec<String> = places.into_iter().map(|i| names[i].clone()).collect();
        list.sort_unstable();
        list
    };
    FlowError::ClosedGroup { members: named(members), downstream: named(downstream) }
}

fn gathered(
    shares: Vec<Weight>,
    imports: Vec<f64>,
    sources: &BTreeSet<usize>,
    producers: &BTreeSet<usize>,
    demand: f64,
    rho: f64,
) -> Flows {
    let flows: Vec<Weight> = shares.iter().map(|&(from, to, share)| (from, to, share * imports[to])).collect();
    let mut exports: BTreeMap<usize, f64> = sources.iter().map(|s| (*s, 0.0)).collect();
    for (from, _, flow) in &flows {
        if let Some(sum) = exports.get_mut(from) {
            *sum += flow;
        }
    }
    let total: f64 = flows.iter().map(|f| f.2).sum();
    let orphans = sources.difference(producers).copied().collect();
    let hops = if demand > 0.0 { total / demand } else { 0.0 };
    Flows { shares, flows, imports, exports, orphans, demand, total, hops, rho }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["A", "B", "C", "D"].map(String::from).to_vec()
    }

    fn solve(weights: &[Weight]) -> Result<Flows, FlowError> {
        published(&names(), weights, &[0.0, 1.0, 10.0, 4.0], &BTreeSet::from([0]))
    }

    fn close(found: &[f64], wanted: &[f64]) {
        assert!(found.len() == wanted.len() && found.iter().zip(wanted).all(|(f, w)| (f - w).abs() < 1e-6), "{found:?}");
    }

    /// T1: worked by hand, from consumers back.
    #[test]
    fn an_acyclic_network_by_hand() {
        let flows = solve(&[(0, 1, 1.0), (1, 2, 0.6), (0, 2, 0.4), (2, 3, 0.5), (1, 3, 0.5)]).unwrap();
        close(&flows.imports, &[0.0, 10.2, 12.0, 4.0]);
        close(&flows.flows.iter().map(|f| f.2).collect::<Vec<_>>(), &[10.2, 4.8, 7.2, 2.0, 2.0]);
        close(&[flows.exports[&0], flows.total, flows.hops, flows.rho], &[15.0, 26.2, 1.746_667, 0.0]);
    }

    /// T2: B also buys a fifth from D.
    #[test]
    fn a_cycle_still_has_one_solution() {
        let flows = solve(&[(0, 1, 0.8), (3, 1, 0.2), (1, 2, 0.6), (0, 2, 0.4), (2, 3, 0.5), (1, 3, 0.5)]).unwrap();
        close(&flows.imports, &[0.0, 12.142_857, 13.214_286, 6.428_571]);
        close(&[flows.exports[&0]], &[15.0]);
    }

    /// T3: B and C cite each other alone; D buys from B and is only downstream of them.
    #[test]
    fn a_closed_group_is_an_error_that_names_it() {
        let error = solve(&[(1, 2, 1.0), (2, 1, 1.0), (1, 3, 1.0)]).unwrap_err();
        assert_eq!(error, FlowError::ClosedGroup { members: vec!["B".into(), "C".into()], downstream: vec!["D".into()] });
        assert!(error.to_string().starts_with("B, C only cite each other (and only they supply D)"), "{error}");
    }

    #[test]
    fn what_is_no_mass_is_refused() {
        let producers = BTreeSet::from([0]);
        let refused = |weights: &[Weight], demand: &[f64]| published(&names(), weights, demand, &producers).unwrap_err();
        assert!(matches!(refused(&[], &[0.0; 3]), FlowError::Shape { found: 3, .. }));
        assert!(matches!(refused(&[(0, 7, 1.0)], &[0.0; 4]), FlowError::Shape { what: "links", .. }));
        assert!(matches!(refused(&[(0, 1, f64::NAN)], &[0.0; 4]), FlowError::NotAMass { what: "weight", .. }));
        assert!(matches!(refused(&[(0, 1, 1.0)], &[0.0, -1.0, 0.0, 0.0]), FlowError::NotAMass { what: "demand", .. }));
        let all = published(&names()[..2], &[(0, 1, 1.0), (1, 0, 1.0)], &[1.0, 1.0], &BTreeSet::new());
        assert_eq!(all, Err(FlowError::NoSource));
    }

    /// What leaves sources is what is demanded, whatever the shares and their unit.
    #[test]
    fn exports_are_demand_and_the_unit_does_not_matter() {
        let weights = [(0, 1, 3.0), (3, 1, 1.0), (1, 2, 5.0), (0, 2, 2.0), (2, 3, 9.0), (1, 3, 0.5)];
        let flows = solve(&weights).unwrap();
        close(&[flows.exports.values().sum::<f64>()], &[15.0]);
        let grams: Vec<Weight> = weights.iter().map(|(a, b, w)| (*a, *b, w * 1000.0)).collect();
        close(&solve(&grams).unwrap().imports, &flows.imports);
    }

    #[test]
    fn a_place_without_inflow_is_named_as_a_source() {
        let flows = solve(&[(0, 1, 1.0), (3, 2, 1.0)]).unwrap();
        assert_eq!(flows.orphans, [3]);
        close(&[flows.demand], &[11.0]);
    }
}
