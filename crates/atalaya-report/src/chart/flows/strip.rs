//! How much of what was recorded the drawing does not show, to scale: always there.

use atalaya_kernel::both;

use super::{Flows, percent};
use crate::chart::key::NOTE;
use crate::chart::number;
use crate::chart::stage::Stage;
use crate::chart::svg::Svg;
use crate::chart::text::Type;

const HEAD: Type = Type::bold(12.5);

/// What is not known, in a sentence.
pub fn sentence(flows: &Flows, stage: &Stage<'_>) -> String {
    let share = percent(flows.unknown_share, stage.lang);
    let [all, silent] = flows.records.map(|n| number::full(&n.to_string(), stage.lang));
    both!(
        "Not known: {share} of the kilograms recorded carry no link ({silent} of {all} records)",
        "No se sabe: el {share} de los kilogramos registrados no lleva ningún enlace ({silent} de {all} registros)"
    )
    .in_lang(stage.lang)
    .into()
}

/// Draws the strip from `y` on; returns the place below.
pub fn draw(svg: &mut Svg, stage: &Stage<'_>, flows: &Flows, y: f64) -> f64 {
    const TALL: f64 = 12.0;
    let ink = stage.ink;
    let lines = HEAD.wrap(&sentence(flows, stage), stage.width);
    let y = svg.paragraph(0.0, y + HEAD.size, HEAD, ink.ink, &lines) - HEAD.size + 3.0;
    let grey = stage.width * flows.unknown_share.clamp(0.0, 1.0);
    svg.rect(0.0, y, stage.width, TALL).at("fill", ink.ramp[2]).at("class", "linked").end();
    svg.rect(0.0, y, grey, TALL).at("fill", ink.edge).at("class", "unknown").end();
    let (left, right) = (stage.say("not known", "no se sabe"), stage.say("linked", "enlazado"));
    let below = y + TALL + NOTE.size + 1.0;
    svg.words(0.0, below, NOTE, ink.muted).text(left);
    svg.words(stage.width, below, NOTE, ink.muted).at("text-anchor", "end").text(right);
    below + 6.0
}
