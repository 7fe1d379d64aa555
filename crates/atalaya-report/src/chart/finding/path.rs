//! The effect: treated and comparison over time, and the start between them.

use atalaya_kernel::Both;
use serde::Serialize;

use super::super::lines::{self, frame::Frame};
use super::super::stage::{Piece, Stage};
use super::super::svg::Svg;
use super::super::text::Type;
use super::super::{Line, Lines};

const WORD: Type = Type::bold(12.0);

/// Treated and comparison over time.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct EffectPath {
    /// What happened where it was done.
    pub treated: Line,
    /// What would have been, with its interval.
    pub comparison: Line,
    /// The first treated period.
    pub start: f64,
    /// What began: `Announcement, May 2014`.
    pub began: Both,
}

/// Draws both paths and the start.
pub fn draw(path: &EffectPath, stage: &Stage<'_>) -> Piece {
    let both = Lines { lines: vec![path.treated.clone(), path.comparison.clone()] };
    let lead = stage.say("Start", "Inicio");
    let word = format!("{lead}: {}", path.began.in_lang(stage.lang));
    let rows = WORD.wrap_to(&word, stage.width * 0.6, 2);
    let above = rows.len() as f64 * WORD.leading() + 9.0;
    lines::draw_over(&both, stage, above, &|svg: &mut Svg, frame: &Frame| {
        let (left, right, top, bottom) = frame.plot;
        // Half a period before the first treated one: what is to its right happened afterwards.
        let x = frame.x.at(path.start - 0.5).clamp(left, right);
        svg.rect(x, top, right - x, bottom - top).at("fill", stage.ink.edge).at("opacity", "0.1").at("class", "after").end();
        svg.line((x, top - above + 4.0), (x, bottom)).stroke(stage.ink.ink, 1.4).at("stroke-dasharray", "5 3").at("class", "start").end();
        let wide = WORD.widest(rows.iter().map(String::as_str));
        let (at, anchor) = if x + 7.0 + wide <= right { (x + 7.0, "start") } else { ((x - 7.0).max(wide), "end") };
        for (row, line) in rows.iter().enumerate() {
            let y = top - above + 12.0 + row as f64 * WORD.leading();
            svg.words(at, y, WORD, stage.ink.ink).at("text-anchor", anchor).text(line);
        }
    })
}

/// What the paths show, in words.
pub fn say(path: &EffectPath, stage: &Stage<'_>) -> String {
    let both = Lines { lines: vec![path.treated.clone(), path.comparison.clone()] };
    let began = path.began.in_lang(stage.lang);
    format!("{}: {began} ({}). {}", stage.say("Start", "Inicio"), path.start, lines::say(&both, stage))
}
