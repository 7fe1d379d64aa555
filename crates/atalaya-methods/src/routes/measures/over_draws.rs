//! Measures over draws: a network that is not known has no one degree.
//!
//! # Answers
//! How sure are a place's degree, strength and betweenness, and the network's density,
//! reciprocity, components and communities, given draws of its flows?
//!
//! # Source
//! Propagation of uncertainty by simulation: Butts (2003), Social Networks 25(2), 103-140, for
//! networks known from fallible reports.
//!
//! # Assumes
//! - The draws are draws of the joint distribution of all flows.
//! - A flow counts as a link from a stated mass on: an estimate is rarely exactly nothing.
//! - Places without a link in a draw are no community.
//!
//! # Shapes and units
//! Draws by rows, one flow an edge in kilograms a year. Intervals are 5, 50 and 95 %.
//!
//! # Cost
//! O(draws n edges), over all cores; a number for each place, measure and draw is kept.
//!
//! # Does not
//! Correct for links nobody has seen (see `unseen`).
//!
//! # Checked by
//! `tests` here: one certain network gives its own measures with no width; threads do not matter.

use rayon::prelude::*;

use super::betweenness::betweenness;
use super::communities::{communities, modularity};
use super::components::{groups_of, largest, weak_groups_of};
use super::degree::{degrees, density, reciprocity};
use crate::Card;
use crate::num::quantile::Interval;

/// What this method is.
pub const CARD: Card = Card {
    id: "over_draws",
    verb: "routes",
    name: ["Measures with intervals", "Medidas con intervalos"],
    answers: ["How sure are the measures of a network that is not known?", "¿Qué tan seguras son las medidas de una red que no se conoce?"],
    source: "Butts (2003), Social Networks 25(2), 103-140",
};

/// Measures of one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OfPlace {
    /// Suppliers.
    pub into: Interval,
    /// Customers.
    pub out: Interval,
    /// Kilograms in.
    pub strength_in: Interval,
    /// Kilograms out.
    pub strength_out: Interval,
    /// Betweenness.
    pub betweenness: Interval,
}

/// Measures of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// One a place.
    pub places: Vec<OfPlace>,
    /// Edges over pairs.
    pub density: Interval,
    /// Share of edges that go both ways.
    pub reciprocity: Interval,
    /// Places of the largest strong component.
    pub largest_group: Interval,
    /// Places of the largest weak component.
    pub largest_weak: Interval,
    /// Communities of two places and more.
    pub communities: Interval,
    /// How well they part the network.
    pub modularity: Interval,
}

/// Communities of two places and more in a partition.
pub fn communities_of_several(group: &[usize]) -> usize {
    let mut sizes = vec![0usize; group.len()];
    group.iter().for_each(|g| sizes[*g] += 1);
    sizes.into_iter().filter(|s| *s > 1).count()
}

struct One {
    places: Vec<[f64; 5]>,
    whole: [f64; 6],
}

/// Measures over draws.
///
/// * `flow(draw, edge)`: kilograms a year.
/// * `from_kg`: a flow below this is no link in that draw.
pub fn over_draws(n: usize, edges: &[(usize, usize)], draws: usize, flow: impl Fn(usize, usize) -> f64 + Sync, from_kg: f64) -> Measures {
    let one = |draw: usize| {
        let there: Vec<(usize, usize, f64)> =
            edges.iter().enumerate().map(|(at, (a, b))| (*a, *b, flow(draw, at))).filter(|e| e.2 >= from_kg && e.2 > 0.0).collect();
        let arcs: Vec<(usize, usize)> = there.iter().map(|e| (e.0, e.1)).collect();
        let between = betweenness(n, &arcs).places;
        let places =
            degrees(n, &there).iter().zip(between).map(|(d, b)| [d.into as f64, d.out as f64, d.strength_in, d.strength_out, b]).collect();
        let parts = communities(n, &there);
        let (strong, weak) = (largest(&groups_of(n, &arcs)), largest(&weak_groups_of(n, &arcs)));
        let several = communities_of_several(&parts) as f64;
        let whole = [density(n, there.len()), reciprocity(&there), strong as f64, weak as f64, several, modularity(&there, &parts)];
        One { places, whole }
    };
    let all: Vec<One> = (0..draws).into_par_iter().map(one).collect();
    let of = |place: usize, measure: usize| Interval::of(all.iter().map(|d| d.places[place][measure]));
    let whole = |measure: usize| Interval::of(all.iter().map(|d| d.whole[measure]));
    let place = |p| OfPlace { into: of(p, 0), out: of(p, 1), strength_in: of(p, 2), strength_out: of(p, 3), betweenness: of(p, 4) };
    Measures {
        places: (0..n).map(place).collect(),
        density: whole(0),
        reciprocity: whole(1),
        largest_group: whole(2),
        largest_weak: whole(3),
        communities: whole(4),
        modularity: whole(5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: [(usize, usize); 3] = [(0, 1), (1, 2), (2, 1)];

    #[test]
    fn what_is_certain_has_no_width() {
        let found = over_draws(3, &EDGES, 40, |_, at| [5.0, 3.0, 0.1][at], 0.0);
        assert_eq!(found.places[1].into, Interval { low: 2.0, median: 2.0, high: 2.0 });
        assert_eq!(found.places[1].betweenness.median, 0.5);
        assert_eq!(found.reciprocity.low, 2.0 / 3.0);
        assert_eq!(found.largest_group.high, 2.0);
        assert_eq!(found.largest_weak.low, 3.0);
        assert_eq!(found.communities.low, found.communities.high);
    }

    #[test]
    fn a_link_that_is_there_half_the_time_is_in_doubt() {
        let flow = |draw: usize, at: usize| if at == 2 && draw.is_multiple_of(2) { 0.0 } else { 2.0 };
        let found = over_draws(3, &EDGES, 100, flow, 1.0);
        assert_eq!((found.places[1].into.low, found.places[1].into.high), (1.0, 2.0));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(pool.install(|| over_draws(3, &EDGES, 100, flow, 1.0)), found);
    }
}
