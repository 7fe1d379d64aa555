//! The account of a place: what comes to it, what leaves it, and what nobody can explain, each with
//! its interval.

use atalaya_kernel::{Both, both};
use serde::Serialize;

use super::flows::amount;
use super::key::{NOTE, notes};
use super::scale::Linear;
use super::stage::{Piece, Stage};
use super::svg::Svg;
use super::text::Type;
use super::{Body, ChartKind, number};

/// The row of accounts.
pub const KIND: ChartKind = ChartKind {
    id: "ledger",
    label: ("Balance sheet", "Balance"),
    draw: |body, stage| if let Body::Ledger(ledger) = body { draw(ledger, stage) } else { Piece::default() },
    say: |body, stage| if let Body::Ledger(ledger) = body { say(ledger, stage) } else { String::new() },
};

/// The account of a place.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Ledger {
    /// Its lines, in order.
    pub entries: Vec<Entry>,
    /// Seizures there that name no other place: records, and kilograms as decimal text.
    pub silent: Option<(u64, String)>,
}

/// A line of an account.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Entry {
    /// What it is.
    pub name: Both,
    /// Whether it adds, takes away, or is what is left.
    pub side: Side,
    /// 5, 50 and 95 %; none where it is not known.
    pub band: Option<[f64; 3]>,
    /// Records it rests on, where records say it.
    pub records: Option<u64>,
}

/// How a line of an account counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub enum Side {
    /// It comes to the place.
    #[default]
    In,
    /// It leaves the place.
    Out,
    /// What is left.
    Left,
}

const NAME: Type = Type::regular(13.0);
const VALUE: Type = Type::bold(13.0);
const BAR: f64 = 16.0;

fn draw(ledger: &Ledger, stage: &Stage<'_>) -> Piece {
    let ends = ledger.entries.iter().filter_map(|e| e.band).flatten();
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    let beside = stage.width >= 480.0;
    let names = NAME.widest(ledger.entries.iter().map(|e| e.name.in_lang(stage.lang))).min(stage.width * 0.3);
    let values = VALUE.widest(ledger.entries.iter().map(|e| value(e, stage)).collect::<Vec<_>>().iter().map(String::as_str));
    let at = if beside { names + 34.0 } else { 0.0 };
    // Values stand in a column of their own where there is room, else above their bars.
    let beside = beside && at + values + 18.0 < stage.width * 0.62;
    let left = if beside { at + values + 18.0 } else { 0.0 };
    let x = Linear { domain: (low, if high > low { high } else { low + 1.0 }), range: (left, stage.width - 2.0) };
    let mut svg = Svg::new();
    let mut y = 4.0;
    for entry in &ledger.entries {
        if entry.side == Side::Left {
            svg.line((0.0, y - 1.0), (stage.width, y - 1.0)).stroke(stage.ink.edge, 1.0).end();
            y += 8.0;
        }
        y = row(&mut svg, stage, entry, &x, (y, if beside { at } else { 0.0 }, beside));
    }
    y = key(&mut svg, stage, y + 4.0);
    if let Some((records, kg)) = &ledger.silent {
        let (records, kg) = (number::full(&records.to_string(), stage.lang), number::beside(kg, stage.lang));
        let text = both!(
            "On no link, and in no line above: {kg} kg seized here ({records} records) that name no other place.",
            "En ningún enlace ni línea de arriba: {kg} kg incautados aquí ({records} registros) que no nombran otro lugar."
        );
        y = notes(&mut svg, stage, &[text.in_lang(stage.lang).into()], y + 2.0);
    }
    Piece { svg, height: y }
}

/// The colour of a side; its sign says the same without colour.
fn look(side: Side, stage: &Stage<'_>) -> (&'static str, &'static str) {
    match side {
        Side::In => ("+", stage.ink.series[0]),
        Side::Out => ("−", stage.ink.series[1]),
        Side::Left => ("=", stage.ink.edge),
    }
}

fn row(svg: &mut Svg, stage: &Stage<'_>, entry: &Entry, x: &Linear, (top, values, beside): (f64, f64, bool)) -> f64 {
    let ink = stage.ink;
    let (sign, colour) = look(entry.side, stage);
    let name = entry.name.in_lang(stage.lang);
    let room = if beside { values - 26.0 } else { stage.width - 18.0 };
    let lines = NAME.wrap_to(name, room, 2);
    let tall = lines.len() as f64 * NAME.leading();
    let colour_of_value = if entry.band.is_some() { ink.ink } else { ink.muted };
    svg.words(0.0, top + 14.0, VALUE, ink.muted).at("class", "sign").text(sign);
    svg.paragraph(18.0, top + 14.0, NAME, ink.ink, &lines);
    let (at, line) = if beside { (values, top + 14.0) } else { (18.0, top + 14.0 + tall) };
    let said = VALUE.shorten(&value(entry, stage), stage.width - at);
    svg.words(at, line, VALUE, colour_of_value).at("class", "value").text(&said);
    let (bar, bottom) = if beside { (top + 2.0, top + tall.max(BAR + 6.0) + 12.0) } else { (top + tall + 25.0, top + tall + 54.0) };
    let zero = x.at(0.0);
    svg.line((zero, bar - 6.0), (zero, bar + BAR + 6.0)).stroke(ink.edge, 1.0).at("class", "zero").end();
    let Some([low, middle, high]) = entry.band else {
        // Not known is a line of its own kind, never a bar of nothing.
        svg.line((x.at(0.0), bar + BAR / 2.0), (x.range.1, bar + BAR / 2.0))
            .stroke(ink.edge, 1.2)
            .at("stroke-dasharray", "2 4")
            .at("class", "missing")
            .end();
        return bottom;
    };
    let span = |a: f64, b: f64| (x.at(a.min(b)), (x.at(a) - x.at(b)).abs());
    let ((from, wide), (middle_from, middle_wide)) = (span(low, high), span(0.0, middle));
    svg.rect(middle_from, bar, middle_wide.max(1.0), BAR)
        .at("fill", colour)
        .at("class", "bar")
        .at("data-name", name)
        .at("data-value", &super::flows::plain(middle))
        .at("data-low", &super::flows::plain(low))
        .at("data-high", &super::flows::plain(high))
        .maybe("data-records", entry.records.map(|n| n.to_string()).as_deref())
        .end();
    svg.rect(from, bar - 3.0, wide.max(1.0), BAR + 6.0)
        .at("fill", colour)
        .at("fill-opacity", "0.28")
        .at("class", "ghost")
        .at("pointer-events", "none")
        .end();
    svg.line((x.at(middle), bar - 3.0), (x.at(middle), bar + BAR + 3.0)).stroke(ink.ink, 1.6).at("class", "median").end();
    bottom
}

/// `12,300 (9,100–17,000) · 14 records`.
fn value(entry: &Entry, stage: &Stage<'_>) -> String {
    let mut said = match entry.band {
        Some([low, middle, high]) if low == high => amount(middle, stage),
        Some([low, middle, high]) => format!("{} ({}–{})", amount(middle, stage), amount(low, stage), amount(high, stage)),
        None => stage.say("not known", "no se conoce").into(),
    };
    if let Some(records) = entry.records {
        let n = number::full(&records.to_string(), stage.lang);
        let word = if records == 1 { stage.say("record", "registro") } else { stage.say("records", "registros") };
        said += &format!(" · {n} {word}");
    }
    said
}

fn key(svg: &mut Svg, stage: &Stage<'_>, y: f64) -> f64 {
    let ink = stage.ink;
    let words = stage.say(
        "bar and stroke: median; pale: from 5 to 95 %; + adds, − takes away, = what is left; dotted: not known, which is not zero",
        "barra y trazo: mediana; pálido: de 5 a 95 %; + suma, − resta, = lo que queda; punteado: no se conoce, que no es cero",
    );
    svg.rect(0.0, y + 2.0, 20.0, 12.0).at("fill", ink.muted).at("fill-opacity", "0.28").end();
    svg.rect(0.0, y + 4.5, 12.0, 7.0).at("fill", ink.muted).end();
    svg.line((12.0, y + 2.0), (12.0, y + 14.0)).stroke(ink.ink, 1.6).end();
    svg.paragraph(28.0, y + 12.0, NOTE, ink.muted, &NOTE.wrap(words, stage.width - 28.0)) - 12.0 + 6.0
}

fn say(ledger: &Ledger, stage: &Stage<'_>) -> String {
    let each = |e: &Entry| format!("{}: {}", e.name.in_lang(stage.lang), value(e, stage));
    ledger.entries.iter().map(each).collect::<Vec<_>>().join("; ")
}
