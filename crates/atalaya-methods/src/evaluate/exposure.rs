//! Who is exposed to a programme next door: by distance, by shared borders, or along a network.
//!
//! # Answers
//! Which untreated units could a programme reach without meaning to, how strongly, and from when on?
//!
//! # Source
//! Butts (2021), arXiv 2105.03737, section 3 (rings by distance to the nearest treated unit); Clarke (2017),
//! MPRA 81604, section 2 (bands of closeness to treatment); Aronow and Samii (2017), Annals of Applied Statistics
//! 11(4), 1912-1947, for the mapping of an assignment to what a unit is exposed to.
//!
//! # Assumes
//! - What reaches a unit depends on the class it falls in and on nothing else about who is treated.
//! - Units outside every class are not reached.
//!
//! # Shapes and units
//! One entry a unit. Distances in kilometres along a great circle; weights of links in any unit, or as shares of
//! all that a unit has. Classes are numbered from the first that is named.
//!
//! # Cost
//! Distances: units times treated units. Borders and links: their number, once a start.
//!
//! # Does not
//! Choose how far a programme reaches: try several and say so. Treated units have no class while treated.
//!
//! # Checked by
//! `rings_by_hand`, `the_nearest_start_counts`, `neighbours_of_neighbours`, `shares_of_a_network`,
//! `bad_classes_are_refused`.

use std::collections::BTreeSet;

use super::covariance::spatial::kilometres;
use super::refusal::Refusal;
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "exposure",
    verb: "evaluate",
    name: ["Exposure to a programme next door", "Exposición a un programa vecino"],
    answers: [
        "Which untreated units could a programme reach without meaning to, and from when on?",
        "¿A qué unidades no tratadas puede llegar un programa sin proponérselo, y desde cuándo?",
    ],
    source: "Butts (2021), arXiv 2105.03737; Clarke (2017), MPRA 81604; Aronow and Samii (2017), AOAS 11(4)",
};

/// For each unit the classes it is in, and since when.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// Names of the classes.
    pub names: Vec<String>,
    /// For each unit: from a period on, its class, until the next entry.
    steps: Vec<Vec<(i64, Option<usize>)>>,
}

/// A link of a network: from a unit, to a unit, how heavy.
pub type Link = (usize, usize, f64);

impl Exposure {
    /// Units.
    pub fn units(&self) -> usize {
        self.steps.len()
    }

    /// The class of a unit in a period, were it not treated itself.
    pub fn class(&self, unit: usize, period: i64) -> Option<usize> {
        let steps = self.steps.get(unit)?;
        steps[..steps.partition_point(|(from, _)| *from <= period)].last().and_then(|(_, class)| *class)
    }

    /// The first period in which a unit has a class.
    pub fn since(&self, unit: usize) -> Option<i64> {
        self.steps.get(unit)?.iter().find(|(_, class)| class.is_some()).map(|(from, _)| *from)
    }

    /// Rings around the nearest treated unit: class k from `breaks[k]` to `breaks[k + 1]` kilometres, above the first and
    /// up to the second. Places are degrees north and east, one a unit.
    ///
    /// # Errors
    /// [`Refusal::Length`], [`Refusal::NoTreated`]; [`Refusal::OutOfRange`] where breaks do not rise or a place is none.
    pub fn rings(places: &[[f64; 2]], cohort: &[Option<i64>], breaks: &[f64]) -> Result<Exposure, Refusal> {
        same("cohort", cohort.len(), places.len())?;
        rising("a break of the rings", breaks, 2)?;
        if let Some(odd) = places.iter().flatten().find(|d| !d.is_finite()) {
            return Err(Refusal::OutOfRange { what: "a place", found: *odd, wanted: "degrees north and east" });
        }
        let names = breaks.windows(2).map(|w| format!("{}-{} km", w[0], w[1])).collect();
        let class = |d: f64| {
            // The innermost ring holds its own centre: a unit on the spot of a treated one.
            let k = if d == breaks[0] { 0 } else { breaks.partition_point(|b| *b < d).checked_sub(1)? };
            (k + 1 < breaks.len()).then_some(k)
        };
        by_start(names, cohort, |on| {
            let near = |i: usize| on.iter().map(|&j| kilometres(places[i], places[j])).fold(f64::INFINITY, f64::min);
            (0..places.len()).map(|i| class(near(i))).collect()
        })
    }

    /// Steps over shared borders to the nearest treated unit: class 0 for its neighbours, 1 for theirs, up to `orders`.
    ///
    /// # Errors
    /// [`Refusal::Length`], [`Refusal::NoTreated`]; [`Refusal::OutOfRange`] where a neighbour is no unit or no order is asked.
    pub fn borders(neighbours: &[Vec<usize>], cohort: &[Option<i64>], orders: usize) -> Result<Exposure, Refusal> {
        let n = neighbours.len();
        same("cohort", cohort.len(), n)?;
        if let Some(odd) = neighbours.iter().flatten().find(|j| **j >= n) {
            return Err(Refusal::OutOfRange { what: "a neighbour", found: *odd as f64, wanted: "the number of a unit" });
        }
        if orders == 0 {
            return Err(Refusal::OutOfRange { what: "the number of orders", found: 0.0, wanted: "1 or more" });
        }
        let names = (1..=orders).map(|k| if k == 1 { "1 border".to_string() } else { format!("{k} borders") }).collect();
        by_start(names, cohort, |on| {
            let mut class = vec![None; n];
            let mut seen: BTreeSet<usize> = on.iter().copied().collect();
            let mut edge: Vec<usize> = on.to_vec();
            for k in 0..orders {
                let next: BTreeSet<usize> =
                    edge.iter().flat_map(|&i| neighbours[i].iter().copied()).filter(|j| !seen.contains(j)).collect();
                next.iter().for_each(|&j| class[j] = Some(k));
                seen.extend(&next);
                edge = next.into_iter().collect();
            }
            class
        })
    }

    /// The weight of links with treated units, in classes: class k from `cuts[k]`, above it, up to `cuts[k + 1]`; the
    /// last without end. With `shares`, weights are divided by all that a unit has.
    ///
    /// # Errors
    /// [`Refusal::NoTreated`]; [`Refusal::OutOfRange`] where cuts do not rise or a link is not between units.
    pub fn network(units: usize, links: &[Link], cohort: &[Option<i64>], cuts: &[f64], shares: bool) -> Result<Exposure, Refusal> {
        same("cohort", cohort.len(), units)?;
        rising("a cut of the weights", cuts, 1)?;
        let names = (0..cuts.len())
            .map(|k| cuts.get(k + 1).map_or_else(|| format!("above {}", cuts[k]), |to| format!("above {} to {to}", cuts[k])))
            .collect();
        doses(units, links, &vec![false; units], shares)?;
        by_start(names, cohort, |on| {
            let mut treated = vec![false; units];
            on.iter().for_each(|&i| treated[i] = true);
            let dose = doses(units, links, &treated, shares).unwrap_or_default();
            dose.iter().map(|d| cuts.partition_point(|c| c < d).checked_sub(1)).collect()
        })
    }
}

/// The weight of each unit's links with treated units, in either direction; with `shares` of all its links.
///
/// # Errors
/// [`Refusal::OutOfRange`] where a link is not between units or its weight is no number of 0 or more.
pub fn doses(units: usize, links: &[Link], treated: &[bool], shares: bool) -> Result<Vec<f64>, Refusal> {
    let (mut dose, mut all) = (vec![0.0; units], vec![0.0; units]);
    for &(a, b, w) in links {
        if a >= units || b >= units {
            return Err(Refusal::OutOfRange { what: "an end of a link", found: a.max(b) as f64, wanted: "the number of a unit" });
        }
        if !(w >= 0.0 && w.is_finite()) {
            return Err(Refusal::OutOfRange { what: "the weight of a link", found: w, wanted: "0 or more" });
        }
        for (own, other) in [(a, b), (b, a)].into_iter().filter(|_| a != b) {
            all[own] += w;
            dose[own] += if treated[other] { w } else { 0.0 };
        }
    }
    if shares {
        dose.iter_mut().zip(&all).filter(|(_, all)| **all > 0.0).for_each(|(d, all)| *d /= all);
    }
    Ok(dose)
}

/// Classes anew at each start, from the units treated by then.
fn by_start(names: Vec<String>, cohort: &[Option<i64>], classes: impl Fn(&[usize]) -> Vec<Option<usize>>) -> Result<Exposure, Refusal> {
    let starts: BTreeSet<i64> = cohort.iter().flatten().copied().collect();
    if starts.is_empty() {
        return Err(Refusal::NoTreated);
    }
    let mut steps: Vec<Vec<(i64, Option<usize>)>> = vec![Vec::new(); cohort.len()];
    for start in starts {
        let on: Vec<usize> = (0..cohort.len()).filter(|&i| cohort[i].is_some_and(|g| g <= start)).collect();
        for (steps, class) in steps.iter_mut().zip(classes(&on)) {
            if steps.last().map_or(class.is_some(), |(_, last)| *last != class) {
                steps.push((start, class));
            }
        }
    }
    Ok(Exposure { names, steps })
}

fn same(column: &str, found: usize, expected: usize) -> Result<(), Refusal> {
    if found == expected { Ok(()) } else { Err(Refusal::Length { column: column.into(), found, expected }) }
}

fn rising(what: &'static str, values: &[f64], least: usize) -> Result<(), Refusal> {
    let odd = values.windows(2).find(|w| w[0].partial_cmp(&w[1]) != Some(std::cmp::Ordering::Less)).map(|w| w[1]);
    let odd = odd.or_else(|| values.iter().copied().find(|v| v.is_nan() || *v < 0.0));
    let odd = odd.or((values.len() < least).then_some(values.len() as f64));
    odd.map_or(Ok(()), |found| Err(Refusal::OutOfRange { what, found, wanted: "0 or more and above the one before, enough of them" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A degree along the equator is 111.195 km.
    #[test]
    fn rings_by_hand() {
        let places = [[0.0, 0.0], [0.0, 0.5], [0.0, 1.0], [0.0, 3.0]];
        let rings = Exposure::rings(&places, &[Some(5), None, None, None], &[0.0, 60.0, 120.0]).unwrap();
        let at = |period| (0..4).map(|i| rings.class(i, period)).collect::<Vec<_>>();
        assert_eq!(at(4), [None; 4]);
        assert_eq!(at(5), [Some(0), Some(0), Some(1), None]);
        assert_eq!((rings.names[1].as_str(), rings.since(2), rings.since(3), rings.units()), ("60-120 km", Some(5), None, 4));
    }

    #[test]
    fn the_nearest_start_counts() {
        let places = [[0.0, 0.0], [0.0, 1.0], [0.0, 1.4]];
        let rings = Exposure::rings(&places, &[Some(2), None, Some(4)], &[0.0, 60.0, 120.0]).unwrap();
        assert_eq!([1, 2, 3, 4, 9].map(|t| rings.class(1, t)), [None, Some(1), Some(1), Some(0), Some(0)]);
    }

    /// A chain 0-1-2-3-4 with the first treated.
    #[test]
    fn neighbours_of_neighbours() {
        let chain = [vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]];
        let made = Exposure::borders(&chain, &[Some(1), None, None, None, None], 2).unwrap();
        assert_eq!((0..5).map(|i| made.class(i, 1)).collect::<Vec<_>>(), [None, Some(0), Some(1), None, None]);
        assert_eq!(made.names, ["1 border", "2 borders"]);
    }

    #[test]
    fn shares_of_a_network() {
        let links = [(0, 1, 3.0), (1, 2, 1.0), (2, 3, 5.0), (2, 2, 9.0)];
        let treated = [true, false, false, false];
        assert_eq!(doses(4, &links, &treated, false).unwrap(), [0.0, 3.0, 0.0, 0.0]);
        assert_eq!(doses(4, &links, &treated, true).unwrap(), [0.0, 0.75, 0.0, 0.0]);
        let made = Exposure::network(4, &links, &[Some(1), None, None, Some(2)], &[0.1, 0.5], true).unwrap();
        assert_eq!([made.class(1, 1), made.class(2, 1), made.class(2, 2)], [Some(1), None, Some(1)]);
        assert_eq!(made.names, ["above 0.1 to 0.5", "above 0.5"]);
    }

    #[test]
    fn bad_classes_are_refused() {
        let places = [[0.0, 0.0], [0.0, 1.0]];
        let one = [Some(1), None];
        for breaks in [&[0.0][..], &[0.0, 0.0], &[5.0, 1.0], &[-1.0, 1.0]] {
            assert!(matches!(Exposure::rings(&places, &one, breaks), Err(Refusal::OutOfRange { .. })), "{breaks:?}");
        }
        assert!(matches!(Exposure::rings(&[[f64::NAN, 0.0], [0.0, 1.0]], &one, &[0.0, 1.0]), Err(Refusal::OutOfRange { .. })));
        assert!(matches!(Exposure::rings(&places, &one[..1], &[0.0, 1.0]), Err(Refusal::Length { .. })));
        assert_eq!(Exposure::rings(&places, &[None, None], &[0.0, 1.0]), Err(Refusal::NoTreated));
        assert!(matches!(Exposure::borders(&[vec![7], vec![]], &one, 1), Err(Refusal::OutOfRange { .. })));
        assert!(matches!(Exposure::borders(&[vec![], vec![]], &one, 0), Err(Refusal::OutOfRange { .. })));
        assert!(matches!(Exposure::network(2, &[(0, 5, 1.0)], &one, &[0.0], false), Err(Refusal::OutOfRange { .. })));
        assert!(matches!(Exposure::network(2, &[(0, 1, -1.0)], &one, &[0.0], false), Err(Refusal::OutOfRange { .. })));
        assert!(matches!(Exposure::network(2, &[], &one, &[], false), Err(Refusal::OutOfRange { .. })));
    }
}
