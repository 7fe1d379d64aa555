//! Arrows that bend to the left of their way, so that there and back are two.

use crate::chart::svg::n;

/// How far an arrow bends, in parts of its length.
const BEND: f64 = 0.18;

/// A quadratic curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// Start, control, end.
    pub points: [(f64, f64); 3],
}

/// An arrow: its body and its head.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrow {
    /// The body, up to the foot of the head.
    pub body: Curve,
    /// The three corners of the head.
    pub head: [(f64, f64); 3],
}

impl Curve {
    /// From a place to another.
    pub fn between(from: (f64, f64), to: (f64, f64)) -> Curve {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let middle = ((from.0 + to.0) / 2.0 + dy * BEND, (from.1 + to.1) / 2.0 - dx * BEND);
        Curve { points: [from, middle, to] }
    }

    /// A place on it, `t` from 0 to 1.
    pub fn at(&self, t: f64) -> (f64, f64) {
        let [a, b, c] = self.points;
        let mix = |p: f64, q: f64, r: f64| (1.0 - t).powi(2) * p + 2.0 * t * (1.0 - t) * q + t * t * r;
        (mix(a.0, b.0, c.0), mix(a.1, b.1, c.1))
    }

    /// Its part between two places.
    pub fn part(&self, from: f64, to: f64) -> Curve {
        let (start, end) = (self.at(from), self.at(to));
        let [a, b, c] = self.points;
        // The control of a part: the blossom of its two ends.
        let mix = |p: f64, q: f64, r: f64| (1.0 - from) * ((1.0 - to) * p + to * q) + from * ((1.0 - to) * q + to * r);
        Curve { points: [start, (mix(a.0, b.0, c.0), mix(a.1, b.1, c.1)), end] }
    }

    /// Roughly how long it is.
    pub fn length(&self) -> f64 {
        let at = |i: u32| self.at(f64::from(i) / 16.0);
        (0..16).map(|i| apart(at(i), at(i + 1))).sum()
    }

    /// As a path.
    pub fn path(&self) -> String {
        let [a, b, c] = self.points;
        format!("M{} {}Q{} {} {} {}", n(a.0), n(a.1), n(b.0), n(b.1), n(c.0), n(c.1))
    }
}

/// How far apart two places are.
pub fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

impl Arrow {
    /// The arrow of a body so wide, its tip beside the place it leads to.
    pub fn of(from: (f64, f64), to: (f64, f64), width: f64) -> Arrow {
        let whole = Curve::between(from, to);
        let length = whole.length().max(1e-6);
        // A short arrow keeps a body: its head is at most half of it.
        let tall = (5.0 + width * 0.9).min(length * 0.5);
        let (start, tip) = ((3.5 / length).min(0.2), 1.0 - (3.5 / length).min(0.2));
        let foot = (tip - tall / length).max(start);
        let (point, base) = (whole.at(tip), whole.at(foot));
        let far = apart(point, base).max(1e-6);
        let (ux, uy) = ((point.0 - base.0) / far, (point.1 - base.1) / far);
        let half = (width * 0.5 + 2.6).min(tall);
        let head = [point, (base.0 - uy * half, base.1 + ux * half), (base.0 + uy * half, base.1 - ux * half)];
        Arrow { body: whole.part(start, foot), head }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_are_two_and_east_bends_north() {
        let there = Curve::between((0.0, 0.0), (100.0, 0.0));
        let back = Curve::between((100.0, 0.0), (0.0, 0.0));
        assert!(there.at(0.5).1 < -5.0 && back.at(0.5).1 > 5.0);
    }

    #[test]
    fn a_part_lies_on_the_whole() {
        let whole = Curve::between((3.0, 7.0), (90.0, -40.0));
        let part = whole.part(0.2, 0.8);
        for i in 0..=10 {
            let t = f64::from(i) / 10.0;
            assert!(apart(part.at(t), whole.at(0.2 + 0.6 * t)) < 1e-9);
        }
    }

    #[test]
    fn the_tip_is_beside_its_place_and_a_short_arrow_keeps_its_body() {
        let arrow = Arrow::of((0.0, 0.0), (200.0, 0.0), 6.0);
        assert!(apart(arrow.head[0], (200.0, 0.0)) < 6.0);
        let short = Arrow::of((0.0, 0.0), (12.0, 0.0), 20.0);
        assert!(short.body.length() > 1.0);
    }
}
