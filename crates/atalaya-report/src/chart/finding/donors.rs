//! Donor weights: who stands in for the treated, the heaviest first.

use atalaya_kernel::Both;
use serde::Serialize;

use super::super::number;
use super::super::stage::{Piece, Stage};
use super::super::{Bar, Bars, Point, bars, key};

/// Donors past which the rest is summed.
const MOST: usize = 14;

/// Who stands in for the treated.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Donors {
    /// The donors with a weight, the heaviest first.
    pub donors: Vec<Donor>,
}

/// A stand-in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Donor {
    /// What it is called.
    pub name: Both,
    /// Its weight; all together are one.
    pub weight: f64,
}

/// The bars of the donors, in per cent; light ones together.
fn heavy(donors: &Donors) -> Bars {
    let bar = |name: Both, weight: f64| Bar { name, point: Point { value: Some(number::plain(weight * 100.0)), ..Point::default() } };
    let mut order: Vec<&Donor> = donors.donors.iter().filter(|d| d.weight.abs() > 5e-5).collect();
    order.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.name.cmp(&b.name)));
    let mut out: Vec<Bar> = order.iter().take(MOST).map(|d| bar(d.name.clone(), d.weight)).collect();
    let rest = &order[order.len().min(MOST)..];
    if !rest.is_empty() {
        let count = rest.len();
        out.push(bar(atalaya_kernel::both!("{count} others together", "otros {count} en conjunto"), rest.iter().map(|d| d.weight).sum()));
    }
    Bars { bars: out }
}

/// Draws a bar for each donor.
pub fn draw(donors: &Donors, stage: &Stage<'_>) -> Piece {
    let mut piece = bars::draw(&heavy(donors), stage);
    let mut notes = vec![
        stage
            .say(
                "Weights in per cent. The comparison is the weighted mean of these places.",
                "Pesos en porcentaje. La comparación es la media ponderada de estos lugares.",
            )
            .to_string(),
    ];
    if donors.donors.iter().any(|d| d.weight < -5e-5) {
        let words = stage.say(
            "Weights below zero reach beyond the places there are: an extrapolation.",
            "Los pesos menores que cero van más allá de los lugares que hay: una extrapolación.",
        );
        notes.push(words.into());
    }
    piece.height = key::notes(&mut piece.svg, stage, &notes, piece.height + 8.0);
    piece
}

/// What the bars show, in words.
pub fn say(donors: &Donors, stage: &Stage<'_>) -> String {
    bars::say(&heavy(donors), stage)
}
