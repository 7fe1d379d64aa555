//! The plate around every chart: what it shows above, where it comes from below.

use atalaya_kernel::both;

use super::stage::{Piece, Stage};
use super::svg::{Svg, n};
use super::text::{FAMILY, Type};
use super::{Chart, Drawing, Look};
use crate::table::SourceNote;

/// The narrowest and the widest plate.
pub const WIDTHS: (f64, f64) = (280.0, 2400.0);

/// Space between the plate's edge and what is on it.
pub fn margin(width: f64) -> f64 {
    if width < 480.0 { 14.0 } else { 20.0 }
}

/// Head, body and foot put together.
pub fn assemble(chart: &Chart, look: &Look, stage: &Stage<'_>, body: &Piece, alt: String) -> Drawing {
    let width = look.width.clamp(WIDTHS.0, WIDTHS.1).round();
    let margin = margin(width);
    let head = head(chart, stage);
    let foot = foot(chart, stage);
    let top = margin + head.height + 14.0;
    let height = (top + body.height + 14.0 + foot.height + margin - 4.0).round();
    let ink = stage.ink;
    let mut svg = Svg::new();
    svg.tag("svg")
        .at("xmlns", "http://www.w3.org/2000/svg")
        .num("width", width)
        .num("height", height)
        .at("viewBox", &format!("0 0 {} {}", n(width), n(height)))
        .at("role", "img")
        .at("aria-label", &alt)
        .at("font-family", FAMILY)
        .at("lang", stage.say("en", "es"))
        .at("class", "atalaya-chart")
        .at("data-figure", &chart.figure)
        .open();
    svg.tag("desc").text(&alt);
    svg.rect(0.0, 0.0, width, height).at("class", "plate").at("fill", ink.surface).end();
    if simulated(chart) {
        watermark(&mut svg, stage, (width, top, body.height));
    }
    svg.place(margin, margin, &head.svg);
    svg.place(margin, top, &body.svg);
    svg.place(margin, top + body.height + 14.0, &foot.svg);
    svg.close("svg");
    Drawing { svg: svg.into_string(), width, height, alt }
}

fn simulated(chart: &Chart) -> bool {
    chart.about.sources.iter().any(|s| s.simulated)
}

/// Made-up data say so across the marks: a part cut out of the picture still tells.
fn watermark(svg: &mut Svg, stage: &Stage<'_>, (width, top, height): (f64, f64, f64)) {
    let word = stage.say("SIMULATED", "SIMULADO");
    let size = (width / 9.0).clamp(28.0, 84.0);
    svg.words(width / 2.0, top + height / 2.0 + size * 0.35, Type::bold(size.round()), stage.ink.warn)
        .at("text-anchor", "middle")
        .at("opacity", "0.1")
        .at("class", "simulated")
        .text(word);
}

/// Mark of made-up data, title, and a subtitle that begins with the unit.
fn head(chart: &Chart, stage: &Stage<'_>) -> Piece {
    let (ink, lang, width) = (stage.ink, stage.lang, stage.width);
    let mut svg = Svg::new();
    let mut y = 0.0;
    if simulated(chart) {
        let words = stage.say("SIMULATED: some of these data are made up", "SIMULADO: parte de estos datos son inventados");
        y = chip(&mut svg, 0.0, y, &Type::bold(12.0).shorten(words, width - 16.0), (ink.warn, ink.warn_soft)) + 8.0;
    }
    let title = Type::bold(if width >= 560.0 { 21.0 } else { 18.0 });
    let lines = title.wrap(chart.title.in_lang(lang), width);
    y = svg.paragraph(0.0, y + title.size * 0.82, title, ink.ink, &lines) - title.size * 0.82;
    let (unit, subtitle) = (capital(chart.unit.in_lang(lang)), chart.subtitle.in_lang(lang));
    let said = match (unit.is_empty(), subtitle.is_empty()) {
        (true, _) => subtitle.to_string(),
        (false, true) => unit,
        (false, false) => format!("{unit} · {subtitle}"),
    };
    let style = Type::regular(14.0);
    let lines = style.wrap(&said, width);
    y = svg.paragraph(0.0, y + 4.0 + style.size * 0.82, style, ink.muted, &lines) - style.size * 0.82;
    Piece { svg, height: y }
}

/// Sources, notes, dates; then label and figure id.
fn foot(chart: &Chart, stage: &Stage<'_>) -> Piece {
    let (ink, lang, width) = (stage.ink, stage.lang, stage.width);
    let mut svg = Svg::new();
    svg.line((0.0, 0.5), (width, 0.5)).stroke(ink.line, 1.0).end();
    let style = Type::regular(12.0);
    let mut y = 18.0;
    for source in &chart.about.sources {
        y = svg.paragraph(0.0, y, style, ink.muted, &style.wrap(&source_line(source, stage), width)) + 2.0;
    }
    for note in &chart.about.notes {
        let head = stage.say("Note", "Nota");
        y = svg.paragraph(0.0, y, style, ink.muted, &style.wrap(&format!("{head}: {}", note.in_lang(lang)), width)) + 2.0;
    }
    let label = chart.about.label.as_ref().map_or(stage.say("no label", "sin etiqueta"), |l| l.tlp.as_str());
    let top = y - 8.0;
    let bottom = chip(&mut svg, 0.0, top, label, (ink.ink, ink.sunken));
    let right = stage.say("Atalaya · figure ", "Atalaya · cifra ").to_string() + &chart.figure;
    let room = width - Type::bold(12.0).width(label) - 28.0;
    if chart.figure.is_empty() {
        return Piece { svg, height: bottom };
    }
    if style.width(&right) <= room {
        svg.words(width, top + 15.0, style, ink.muted).at("text-anchor", "end").at("class", "figure").text(&right);
        Piece { svg, height: bottom }
    } else {
        svg.words(0.0, bottom + 16.0, style, ink.muted).at("class", "figure").text(&right);
        Piece { svg, height: bottom + 20.0 }
    }
}

/// A short word on a ground of its own; returns the place below.
fn chip(svg: &mut Svg, x: f64, y: f64, word: &str, (colour, ground): (&str, &str)) -> f64 {
    let style = Type::bold(12.0);
    svg.rect(x, y, style.width(word) + 16.0, 21.0).at("rx", "4").at("fill", ground).end();
    svg.words(x + 8.0, y + 15.0, style, colour).at("class", "label").text(word);
    y + 21.0
}

/// `Source: UNODC, Coca monitoring (2024-06); data to 2023-12-31; prepared on 2024-06-01`.
fn source_line(source: &SourceNote, stage: &Stage<'_>) -> String {
    let (producer, title) = (&source.producer, source.title.in_lang(stage.lang));
    let vintage = match source.vintages.as_slice() {
        [] => String::new(),
        [one] => format!(" ({one})"),
        many => format!(" ({})", vintages(many, stage)),
    };
    let made_up = if source.simulated { stage.say(" (SIMULATED)", " (SIMULADO)") } else { "" };
    let day = |day: &Option<String>| day.clone().unwrap_or_else(|| stage.say("not stated", "no indicada").into());
    let (cut_off, prepared) = (day(&source.cut_off), day(&source.prepared));
    both!(
        "Source: {producer}, {title}{made_up}{vintage} · cut-off date: {cut_off} · prepared: {prepared}",
        "Fuente: {producer}, {title}{made_up}{vintage} · fecha de corte: {cut_off} · fecha de elaboración: {prepared}"
    )
    .in_lang(stage.lang)
    .to_string()
}

/// Vintages in one breath: all if few, else how many and between which.
fn vintages(all: &[String], stage: &Stage<'_>) -> String {
    let (count, first, last) = (all.len(), all.first().map_or("", String::as_str), all.last().map_or("", String::as_str));
    if count <= 3 {
        return all.join(", ");
    }
    both!("{count} vintages, {first} to {last}", "{count} ediciones, de {first} a {last}").in_lang(stage.lang).to_string()
}

/// A sentence's first letter in capitals.
pub fn capital(text: &str) -> String {
    // `mg per 1,000 people`: a unit's sign keeps its letters.
    if text.split(' ').next().is_some_and(|word| word.len() <= 2 && text.len() > word.len()) {
        return text.into();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}
