//! Who could supply whom, before any record is looked at: near, busy places upstream.
//!
//! # Answers
//! With no report at all, how would a country's imports be split among possible suppliers?
//!
//! # Source
//! The gravity form of trade, outreach over distance: Tinbergen (1962), Shaping the World
//! Economy, appendix VI. That suppliers must lie upstream follows from prices: Boivin (2014),
//! International Journal of Drug Policy 25(2), 235-243. Rank by distance from producers is the
//! trophic level of Levine (1980), Journal of Theoretical Biology 83, 195-207.
//!
//! # Assumes
//! - A kilogram moves away from where it is produced. Ranks come from the same few records, so each
//!   is missed by about half a border: a supplier counts by how likely it is to lie upstream.
//! - Reach is the logarithm of the records that name a place as a supplier; producers have the
//!   largest reach of all, whatever is recorded.
//!
//! # Shapes and units
//! `n` places; distances in kilometres, at least 200; shares that sum to 1 for every place that
//! is no producer.
//!
//! # Cost
//! O(n^3) for the ranks, O(n^2 log n) for the shares.
//!
//! # Does not
//! Know coasts, ports or flights. A place with no recorded inflow ranks last: anybody may supply it.
//!
//! # Checked by
//! `tests` here: ranks of a chain and a cycle by hand; upstream only; sums; a refusal.

use std::collections::BTreeSet;

use super::published::Weight;
use crate::Card;
use crate::num::distribution::normal_cdf;
use crate::num::linear::Lu;

/// What this method is.
pub const CARD: Card = Card {
    id: "gravity",
    verb: "routes",
    name: ["Gravity among suppliers upstream", "Gravedad entre proveedores río arriba"],
    answers: [
        "With no report at all, how would a country's imports be split among possible suppliers?",
        "Sin ningún reporte, ¿cómo se repartirían los ingresos de un país entre sus posibles proveedores?",
    ],
    source: "Tinbergen (1962), Shaping the World Economy, appendix VI; Levine (1980), J. Theor. Biol. 83, 195-207",
};

/// Nearer than this, distance between two countries' centres says nothing.
const NEAREST_KM: f64 = 200.0;
/// Share of every place's supply taken to come straight from producers, so that ranks exist where
/// places only cite each other.
const DIRECT: f64 = 0.05;
/// Borders by which a rank is missed, one standard deviation. A rank is a count of borders, known to
/// the nearest one at best.
const MISSED: f64 = 0.5;

/// Suppliers that a prior names for each place where nobody asks for another number. Whom it does not
/// name and no record shows gets no flow at all, so it should not be few; each costs time.
pub const SUPPLIERS: usize = 24;

/// Why there is no prior.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GravityError {
    /// Nobody is upstream of all others.
    #[error("no producer is named: nothing is upstream")]
    NoProducer,
    /// Lists that do not fit.
    #[error("{what} has {found} values for {places} places")]
    Shape {
        /// Which list.
        what: &'static str,
        /// How many places.
        places: usize,
        /// How long it is.
        found: usize,
    },
}

/// How far each place is from producers, in borders crossed by what it imports: producers 0.
///
/// * `shares`: `(supplier, importer, share)`, as [`super::published::shares`] gives them.
///
/// # Errors
/// [`GravityError::NoProducer`].
pub fn ranks(n: usize, shares: &[Weight], producers: &BTreeSet<usize>) -> Result<Vec<f64>, GravityError> {
    if producers.is_empty() {
        return Err(GravityError::NoProducer);
    }
    let mut system = vec![0.0; n * n];
    for i in 0..n {
        system[i * n + i] = 1.0;
    }
    let mut supplied = vec![false; n];
    for &(from, to, share) in shares.iter().filter(|s| !producers.contains(&s.1)) {
        supplied[to] = true;
        if !producers.contains(&from) {
            system[to * n + from] -= (1.0 - DIRECT) * share;
        }
    }
    let ones: Vec<f64> = (0..n).map(|i| if producers.contains(&i) { 0.0 } else { 1.0 }).collect();
    // Each row loses at most 0.95 off its diagonal of 1, so the system has a solution.
    let mut rank = Lu::new(system, n).map_or_else(|_| ones.clone(), |lu| lu.solve(&ones));
    let last = rank.iter().copied().fold(1.0, f64::max) + 1.0;
    for (place, rank) in rank.iter_mut().enumerate().filter(|(i, _)| !supplied[*i] && !producers.contains(i)) {
        *rank = last + place as f64 * 1e-9;
    }
    Ok(rank)
}

/// Prior shares of suppliers, summing to 1 for every place that is no producer.
///
/// * `reach`: how much each place is seen to supply, 0 or more; producers get the largest.
/// * `missed`: standard deviation of a rank; 0 where ranks are certain.
/// * `most`: how many suppliers the prior names for each place, the likeliest first.
///
/// # Errors
/// [`GravityError`].
pub fn gravity(
    rank: &[f64],
    reach: &[f64],
    producers: &BTreeSet<usize>,
    distance_km: impl Fn(usize, usize) -> f64,
    missed: f64,
    most: usize,
) -> Result<Vec<Weight>, GravityError> {
    let n = rank.len();
    if reach.len() != n {
        return Err(GravityError::Shape { what: "reach", places: n, found: reach.len() });
    }
    if producers.is_empty() {
        return Err(GravityError::NoProducer);
    }
    let top = reach.iter().copied().fold(1.0, f64::max);
    // Producers are upstream of everybody, whatever else is not known.
    let upstream = |from: usize, to: usize| match rank[to] - rank[from] {
        _ if producers.contains(&from) => 1.0,
        apart if missed > 0.0 => normal_cdf(apart / (missed * std::f64::consts::SQRT_2)),
        apart => f64::from(u8::from(apart > 0.0)),
    };
    let mut out = Vec::new();
    for to in (0..n).filter(|to| !producers.contains(to)) {
        let mut suppliers: Vec<(usize, f64)> = (0..n)
            .filter(|from| *from != to)
            .map(|from| {
                let reach = if producers.contains(&from) { top } else { reach[from] };
                (from, upstream(from, to) * reach / distance_km(from, to).max(NEAREST_KM))
            })
            .filter(|(_, pull)| *pull > 0.0)
            .collect();
        suppliers.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        suppliers.truncate(most.max(1));
        let sum: f64 = suppliers.iter().map(|s| s.1).sum();
        out.extend(suppliers.into_iter().map(|(from, pull)| (from, to, pull / sum)));
    }
    out.sort_by_key(|w| (w.0, w.1));
    Ok(out)
}

/// The prior that recorded links and distances give: ranks from their shares, reach from how many
/// of them name a place as supplier.
///
/// * `links`: `(supplier, importer, mass)`, one a link.
///
/// # Errors
/// [`GravityError`].
pub fn from_links(
    n: usize,
    links: &[Weight],
    producers: &BTreeSet<usize>,
    distance_km: impl Fn(usize, usize) -> f64,
    most: usize,
) -> Result<Vec<Weight>, GravityError> {
    let rank = ranks(n, &super::published::shares(links), producers)?;
    let mut reach = vec![0.0f64; n];
    for (from, _, _) in links {
        reach[*from] += 1.0;
    }
    // Half a record more (Krichevsky and Trofimov 1981): who was never named may supply all the same.
    reach.iter_mut().for_each(|r| *r = (*r + 0.5).ln_1p());
    gravity(&rank, &reach, producers, distance_km, MISSED, most)
}

/// Kilometres along the great circle between two points of degrees, on a sphere of 6,371 km.
pub fn great_circle_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (lat_a, lat_b) = (a.0.to_radians(), b.0.to_radians());
    let half = |x: f64| (x / 2.0).sin().powi(2);
    let h = half(lat_b - lat_a) + lat_a.cos() * lat_b.cos() * half((b.1 - a.1).to_radians());
    2.0 * 6_371.0 * h.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_count_borders() {
        let producers = BTreeSet::from([0]);
        let chain = ranks(4, &[(0, 1, 1.0), (1, 2, 1.0)], &producers).unwrap();
        assert!((chain[1] - 1.0).abs() < 1e-12 && (chain[2] - 1.95).abs() < 1e-12, "{chain:?}");
        assert!(chain[3] > chain[2], "a place without inflow ranks last: {chain:?}");
        // Two that only cite each other still have one: h = 1 + 0.95 h.
        let cycle = ranks(3, &[(1, 2, 1.0), (2, 1, 1.0)], &producers).unwrap();
        assert!((cycle[1] - 20.0).abs() < 1e-9, "{cycle:?}");
    }

    #[test]
    fn only_places_upstream_supply() {
        let (rank, producers) = ([0.0, 1.0, 2.0, 3.0], BTreeSet::from([0]));
        let prior = gravity(&rank, &[0.0, 2.0, 1.0, 5.0], &producers, |a, b| 500.0 * a.abs_diff(b) as f64, 0.0, 9).unwrap();
        assert!(prior.iter().all(|(from, to, _)| rank[*from] < rank[*to]));
        for to in 1..4 {
            assert!((prior.iter().filter(|w| w.1 == to).map(|w| w.2).sum::<f64>() - 1.0).abs() < 1e-12);
        }
        // Into 2: reach 5 from 1,000 km, reach 2 from 500 km.
        assert!((prior.iter().find(|w| (w.0, w.1) == (0, 2)).unwrap().2 - 5.0 / 9.0).abs() < 1e-12);
        assert_eq!(gravity(&rank, &[1.0; 4], &producers, |_, _| 1.0, 0.0, 1).unwrap().len(), 3);
    }

    #[test]
    fn nothing_upstream_is_refused() {
        assert_eq!(ranks(2, &[], &BTreeSet::new()), Err(GravityError::NoProducer));
        assert_eq!(gravity(&[0.0], &[1.0], &BTreeSet::new(), |_, _| 1.0, 0.0, 1), Err(GravityError::NoProducer));
        let short = gravity(&[0.0, 1.0], &[1.0], &BTreeSet::from([0]), |_, _| 1.0, 0.0, 1);
        assert!(matches!(short, Err(GravityError::Shape { found: 1, .. })));
    }

    /// Lima to Madrid is about 9,500 km.
    #[test]
    fn distance_on_the_sphere() {
        let km = great_circle_km((-12.05, -77.04), (40.42, -3.70));
        assert!((km - 9_506.0).abs() < 30.0, "{km}");
    }
}
