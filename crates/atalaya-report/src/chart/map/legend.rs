//! The key of a map: limits in the reader's numbers, how they were chosen, how many areas each.

use std::collections::BTreeMap;

use super::{Class, Classes, MOST, fill};
use crate::chart::MapBody;
use crate::chart::ink::Ink;
use crate::chart::number;
use crate::chart::stage::{Piece, Stage};
use crate::chart::svg::Svg;
use crate::chart::text::Type;
use crate::chart::{alt, plate};

const LABEL: Type = Type::regular(12.5);
const HEAD: Type = Type::regular(12.0);
const BOX: (f64, f64) = (22.0, 13.0);

/// Draws the key, with the count of areas where there is one map.
pub(super) fn draw(map: &MapBody, stage: &Stage<'_>, classes: &Classes, counts: Option<&BTreeMap<Class, usize>>) -> Piece {
    let mut svg = Svg::new();
    let head = head(map, stage, classes, counts.is_some());
    let mut y = svg.paragraph(0.0, HEAD.size, HEAD, stage.ink.muted, &HEAD.wrap(&head, stage.width)) - HEAD.size + 5.0;
    let mut x = 0.0;
    for (class, word) in words(map, stage, classes, counts) {
        let count = counts
            .map_or_else(String::new, |c| format!(" ({})", number::full(&c.get(&class).copied().unwrap_or(0).to_string(), stage.lang)));
        let text = word + &count;
        let wide = BOX.0 + 6.0 + LABEL.width(&text) + 16.0;
        if x > 0.0 && x + wide - 16.0 > stage.width {
            (x, y) = (0.0, y + 20.0);
        }
        // Ten units a pixel, as on the map, so that one pattern serves both.
        svg.tag("g").at("transform", &format!("translate({} {}) scale(.1)", crate::chart::svg::n(x), crate::chart::svg::n(y + 1.0))).open();
        svg.rect(0.0, 0.0, BOX.0 * 10.0, BOX.1 * 10.0)
            .at("fill", &fill(class, classes, stage.ink))
            .at("stroke", stage.ink.edge)
            .num("stroke-width", 6.0)
            .at("class", &class.id())
            .end();
        svg.close("g");
        svg.words(x + BOX.0 + 6.0, y + 12.0, LABEL, stage.ink.ink).text(&text);
        x += wide;
    }
    Piece { svg, height: y + 20.0 }
}

/// Unit, method, and what is provisional.
fn head(map: &MapBody, stage: &Stage<'_>, classes: &Classes, one: bool) -> String {
    let mut said = Vec::new();
    if !map.at.is_empty() && one {
        said.push(map.at.clone());
    }
    let unit = plate::capital(stage.unit.in_lang(stage.lang));
    let method = classes.method.said();
    said.push(if classes.is_empty() {
        unit
    } else if unit.is_empty() {
        method.in_lang(stage.lang).into()
    } else {
        format!("{unit}, {}", method.in_lang(stage.lang))
    });
    if !classes.is_empty() {
        said.push(stage.say("a limit belongs to the class above", "un límite pertenece a la clase superior").into());
    }
    if one && !map.values.is_empty() {
        said.push(stage.say("in brackets, how many areas", "entre paréntesis, cuántas áreas").into());
        let provisional = map.values.iter().filter(|v| v.point.provisional).count();
        if provisional == map.values.len() {
            said.push(stage.say("all values are provisional", "todos los valores son provisionales").into());
        } else if provisional > 0 {
            said.push(stage.say("dashed border: provisional", "borde discontinuo: provisional").into());
        }
    }
    said.retain(|s| !s.is_empty());
    said.join(" · ")
}

/// The classes that are named, with their words.
fn words(map: &MapBody, stage: &Stage<'_>, classes: &Classes, counts: Option<&BTreeMap<Class, usize>>) -> Vec<(Class, String)> {
    let limit = |at: usize| number::beside(&plain(classes.limits[at]), stage.lang);
    let values = map.values.iter().any(|v| v.point.value.as_deref().is_some_and(|t| t.parse::<f64>().is_ok_and(|v| v != 0.0)));
    let mut out = Vec::new();
    let last = classes.len().min(MOST) - 1;
    for at in 0..=last {
        let word = match (at, last) {
            (0, 0) if !values => continue,
            (0, 0) => stage.say("reported", "informado").to_string(),
            (0, _) => format!("{} {}", stage.say("under", "menos de"), limit(0)),
            (at, last) if at == last => format!("{} {}", limit(at - 1), stage.say("or more", "o más")),
            (at, _) => format!("{}–{}", limit(at - 1), limit(at)),
        };
        out.push((Class::Of(at), word));
    }
    let has = |class: Class| counts.is_none_or(|c| c.contains_key(&class));
    if has(Class::Zero) {
        out.insert(0, (Class::Zero, stage.say("reported zero", "cero informado").into()));
    }
    let missing = [(Class::NotKnown, atalaya_kernel::Missing::NotKnown), (Class::Suppressed, atalaya_kernel::Missing::Suppressed)];
    for (class, kind) in missing.into_iter().chain([(Class::NotApplicable, atalaya_kernel::Missing::NotApplicable)]) {
        if has(class) {
            out.push((class, alt::missing_word(Some(kind), stage).into()));
        }
    }
    if has(Class::Nothing) {
        out.push((Class::Nothing, stage.say("nothing reported", "nada informado").into()));
    }
    out
}

/// A limit as decimal text.
fn plain(limit: f64) -> String {
    let text = format!("{limit:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// The hatches of what is missing, in the units of the map: ten a pixel.
pub(super) fn patterns(svg: &mut Svg, ink: &Ink) {
    let lines = [(Class::NotKnown, "M0 60L60 0"), (Class::Suppressed, "M0 0L60 60M0 60L60 0"), (Class::NotApplicable, "M0 30L60 30")];
    svg.tag("defs").open();
    for (class, lines) in lines {
        let id = fill(class, &Classes { limits: Vec::new(), method: super::Method::Equal }, ink);
        let id = id.trim_start_matches("url(#").trim_end_matches(')');
        svg.tag("pattern").at("id", id).at("width", "60").at("height", "60").at("patternUnits", "userSpaceOnUse").open();
        svg.tag("rect").at("width", "60").at("height", "60").at("fill", ink.sunken).end();
        svg.tag("path").at("d", lines).stroke(ink.edge, 9.0).end();
        svg.close("pattern");
    }
    svg.close("defs");
}
