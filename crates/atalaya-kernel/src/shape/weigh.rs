//! How much each point of a border matters to its look.
//!
//! # Answers
//! Which points of a border may be left out at a given size without a visible change?
//!
//! # Source
//! Visvalingam & Whyatt (1993), Line generalisation by repeated elimination of points, The
//! Cartographic Journal 30(1), 46-51: a point weighs the area of the triangle it makes with its
//! neighbours, the lightest goes first, and its neighbours are weighed again.
//!
//! # Assumes
//! The arc is short enough that a degree of longitude has one length along a triangle: that of
//! its middle point.
//!
//! # Shapes and units
//! Points in degrees; weights in square degrees at the equator, never less than that of a point
//! that went before, so that a threshold keeps a nested set.
//!
//! # Cost
//! O(n log n) for n points, one heap.
//!
//! # Does not
//! Prevent an arc from crossing another one at a very coarse threshold: an area may then be drawn
//! as a dot. Ends of arcs always stay, so neighbours stay joined.
//!
//! # Checked by
//! `the_lightest_goes_first`, `ends_are_never_left_out`, and `atalaya-report`'s
//! `neighbours_do_not_part`.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::outlines::Corner;

/// The points of an arc with their weights.
pub(super) fn weigh(arc: &[[f64; 2]]) -> Vec<Corner> {
    let n = arc.len();
    let mut corners: Vec<Corner> = arc.iter().map(|at| Corner { at: *at, weight: f64::INFINITY }).collect();
    if n < 3 {
        return corners;
    }
    let (mut before, mut after): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i.saturating_sub(1)).collect(), (1..=n).collect());
    let mut now = vec![f64::INFINITY; n];
    let mut heap: BinaryHeap<Reverse<Light>> = BinaryHeap::with_capacity(n);
    for at in 1..n - 1 {
        now[at] = triangle(arc[at - 1], arc[at], arc[at + 1]);
        heap.push(Reverse(Light(now[at], at)));
    }
    let mut heaviest = 0.0_f64;
    while let Some(Reverse(Light(weight, at))) = heap.pop() {
        // Weighed again since, or gone.
        if weight.to_bits() != now[at].to_bits() || corners[at].weight.is_finite() {
            continue;
        }
        heaviest = heaviest.max(weight);
        corners[at].weight = heaviest;
        let (left, right) = (before[at], after[at]);
        (after[left], before[right]) = (right, left);
        for side in [left, right] {
            if side > 0 && side < n - 1 {
                now[side] = triangle(arc[before[side]], arc[side], arc[after[side]]);
                heap.push(Reverse(Light(now[side], side)));
            }
        }
    }
    corners
}

/// The area of a triangle in square degrees, longitude shortened as on the ground.
fn triangle(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    let shorter = b[1].to_radians().cos();
    (((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) * shorter).abs() / 2.0
}

/// A point in the queue, by weight and then by place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Light(f64, usize);

impl Eq for Light {}

impl PartialOrd for Light {
    fn partial_cmp(&self, other: &Light) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Light {
    fn cmp(&self, other: &Light) -> Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lightest_goes_first() {
        let got = weigh(&[[0.0, 0.0], [1.0, 0.1], [2.0, 0.0], [3.0, 2.0], [4.0, 0.0]]);
        let weights: Vec<f64> = got.iter().map(|c| c.weight).collect();
        assert!((weights[1] - 0.1).abs() < 1e-6, "half of base 2 times height 0.1: {weights:?}");
        assert!(weights[1] <= weights[2] && weights[2] <= weights[3], "{weights:?}");
    }

    #[test]
    fn ends_are_never_left_out() {
        for n in 0..6 {
            let arc: Vec<[f64; 2]> = (0..n).map(|i| [f64::from(i), f64::from(i * i)]).collect();
            let got = weigh(&arc);
            assert_eq!(got.len(), arc.len());
            assert!(got.first().is_none_or(|c| c.weight.is_infinite()) && got.last().is_none_or(|c| c.weight.is_infinite()));
            assert!(got.iter().skip(1).rev().skip(1).all(|c| c.weight.is_finite()));
        }
    }
}
