//! Names beside places: the busiest first, each where it covers no other, else left out.

use crate::chart::text::Type;

/// A name to be placed.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The text.
    pub text: String,
    /// Its place.
    pub at: (f64, f64),
    /// How far it stays away from it.
    pub gap: f64,
    /// How it is written.
    pub style: Type,
}

/// A name that was placed: where its baseline begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Which of those wanted.
    pub which: usize,
    /// Where its baseline begins.
    pub at: (f64, f64),
    /// Left, top, right, bottom.
    pub frame: [f64; 4],
}

/// Whether two frames share a point.
pub fn meet(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Places names within a page of this size, in their order; `taken` stays free.
pub fn place(wanted: &[Wanted], taken: &[[f64; 4]], (width, height): (f64, f64)) -> Vec<Placed> {
    let mut taken = taken.to_vec();
    let mut out = Vec::new();
    for (which, one) in wanted.iter().enumerate() {
        let frames = around(one).into_iter().filter(|f| f[0] >= 0.0 && f[1] >= 0.0 && f[2] <= width && f[3] <= height);
        if let Some(frame) = frames.into_iter().find(|f| !taken.iter().any(|t| meet(f, t))) {
            taken.push(frame);
            out.push(Placed { which, at: (frame[0] + 1.0, frame[3] - one.style.size * 0.28), frame });
        }
    }
    out
}

/// Right, left, above, below and the corners, in order of liking.
fn around(one: &Wanted) -> Vec<[f64; 4]> {
    let (w, h) = (one.style.width(&one.text) + 2.0, one.style.size * 1.16);
    let ((x, y), g) = (one.at, one.gap);
    let corner = |left: f64, top: f64| [left, top, left + w, top + h];
    vec![
        corner(x + g, y - h / 2.0),
        corner(x - g - w, y - h / 2.0),
        corner(x - w / 2.0, y + g),
        corner(x - w / 2.0, y - g - h),
        corner(x + g * 0.7, y + g * 0.5),
        corner(x - g * 0.7 - w, y + g * 0.5),
        corner(x + g * 0.7, y - g * 0.5 - h),
        corner(x - g * 0.7 - w, y - g * 0.5 - h),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_meet_and_the_first_has_the_first_choice() {
        let style = Type::regular(11.0);
        let wanted: Vec<Wanted> = (0..60)
            .map(|i| Wanted { text: format!("Place {i}"), at: (f64::from(i % 8) * 24.0, f64::from(i / 8) * 14.0), gap: 5.0, style })
            .collect();
        let placed = place(&wanted, &[], (300.0, 160.0));
        assert!(placed.len() > 10 && placed.len() < 60, "{}", placed.len());
        assert_eq!(placed[0].which, 0);
        for (at, a) in placed.iter().enumerate() {
            assert!(placed[at + 1..].iter().all(|b| !meet(&a.frame, &b.frame)));
            assert!(a.frame[0] >= 0.0 && a.frame[2] <= 300.0);
        }
    }
}
