//! What width, pale bands, dashes and grey mean, under the marks.

use super::{FlowLink, Flows, HAIR, Widths, amount, told};
use crate::chart::ink::Ink;
use crate::chart::key::NOTE;
use crate::chart::stage::Stage;
use crate::chart::svg::{Svg, n};

/// The colours of links: from where it is produced, and further on.
pub fn colour(ink: &Ink, from_producer: bool) -> &'static str {
    if from_producer { ink.series[1] } else { ink.series[0] }
}

/// The tallest sample, in pixels.
const TALLEST: f64 = 24.0;

/// A line of the key: how wide its mark is, and what it means.
struct Sign {
    room: f64,
    word: String,
    mark: Mark,
}

enum Mark {
    Width(f64),
    Band([f64; 3]),
    Dashed,
    Colour(&'static str),
    Diamond,
    Grey,
}

/// The key of a drawing of links; returns the place below.
pub fn draw(svg: &mut Svg, stage: &Stage<'_>, flows: &Flows, links: &[FlowLink], widths: &Widths, (y, map): (f64, bool)) -> f64 {
    let mut x = 0.0;
    let mut y = y;
    let mut tall = 18.0_f64;
    for sign in signs(stage, flows, links, widths, map) {
        let lines = NOTE.wrap(&sign.word, (stage.width - sign.room - 7.0).max(60.0));
        let wide = sign.room + 7.0 + NOTE.widest(lines.iter().map(String::as_str));
        if x > 0.0 && x + wide > stage.width {
            (x, y, tall) = (0.0, y + tall, 18.0);
        }
        let high = (lines.len() as f64 * NOTE.leading() + 4.0).max(sign.height() + 4.0);
        tall = tall.max(high);
        sign.draw(svg, stage, (x, y + 9.0_f64.max(sign.height() / 2.0)));
        svg.paragraph(x + sign.room + 7.0, y + 9.0_f64.max(sign.height() / 2.0) + 4.0, NOTE, stage.ink.muted, &lines);
        x += wide + 18.0;
    }
    y + tall + 2.0
}

fn signs(stage: &Stage<'_>, flows: &Flows, links: &[FlowLink], widths: &Widths, map: bool) -> Vec<Sign> {
    let sign = |room: f64, word: String, mark: Mark| Sign { room, word, mark };
    let unit = stage.unit.in_lang(stage.lang);
    let mut out = Vec::new();
    if let Some(largest) = links.first() {
        // A sample that is taller than a line or two of text tells no more.
        let most = largest.amount.min(TALLEST / widths.scale.max(f64::MIN_POSITIVE));
        for part in [1.0, 0.25] {
            let size = rounded(most * part);
            out.push(sign(28.0, format!("{} {unit}", amount(size, stage)), Mark::Width(widths.at(size))));
        }
        if links.iter().any(|l| widths.at(l.amount) < HAIR) {
            let least = amount(HAIR / widths.scale, stage);
            let word = format!("{} {least}: {}", stage.say("under", "menos de"), stage.say("a hairline", "un trazo mínimo"));
            out.push(sign(28.0, word, Mark::Width(HAIR)));
        }
        if let (true, Some([low, high])) = (flows.with_intervals(), largest.interval) {
            let shrunk = (TALLEST / widths.at(high).max(1e-9)).min(1.0);
            let middle =
                stage.say("colour: median; pale: up to 95 %; dark core: 5 %", "color: mediana; pálido: hasta 95 %; núcleo oscuro: 5 %");
            out.push(sign(28.0, middle.into(), Mark::Band([low, largest.amount, high].map(|v| widths.at(v) * shrunk))));
        } else if !flows.with_intervals() {
            out.push(sign(0.0, stage.say("this method gives no intervals", "este método no da intervalos").into(), Mark::Width(0.0)));
        }
    }
    let dashed = stage.say("dashed: fewer than five effective records", "discontinuo: menos de cinco registros efectivos");
    out.push(sign(28.0, dashed.into(), Mark::Dashed));
    let producer = |l: &FlowLink| flows.places.get(l.from).is_some_and(|p| p.producer);
    if links.iter().any(producer) {
        if map {
            out.push(sign(14.0, stage.say("where it is produced", "donde se produce").into(), Mark::Diamond));
        }
        out.push(sign(
            20.0,
            stage.say("from where it is produced", "desde donde se produce").into(),
            Mark::Colour(colour(stage.ink, true)),
        ));
        out.push(sign(20.0, stage.say("further on", "más adelante").into(), Mark::Colour(colour(stage.ink, false))));
    }
    if map && !flows.unknown.is_empty() {
        let word = stage.say(
            "grey: seized here, its other places not known; share of all kilograms recorded",
            "gris: incautado aquí, sin que se conozcan sus otros lugares; parte de todos los kilogramos registrados",
        );
        out.push(sign(16.0, word.into(), Mark::Grey));
    }
    out
}

/// A round number not above it.
fn rounded(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 0.0;
    }
    let unit = 10f64.powf(value.log10().floor());
    [5.0, 2.0, 1.0].into_iter().map(|m| m * unit).find(|v| *v <= value * (1.0 + 1e-12)).unwrap_or(unit)
}

impl Sign {
    fn height(&self) -> f64 {
        match self.mark {
            Mark::Width(w) => w,
            Mark::Band([_, _, high]) => high,
            _ => 12.0,
        }
    }

    fn draw(&self, svg: &mut Svg, stage: &Stage<'_>, (x, y): (f64, f64)) {
        let ink = stage.ink;
        let mut line = |width: f64, opacity: &str, colour: &str, dash: Option<&str>| {
            if width > 0.0 {
                svg.line((x, y), (x + 26.0, y)).stroke(colour, width).at("stroke-opacity", opacity).maybe("stroke-dasharray", dash).end();
            }
        };
        let plain = colour(ink, false);
        match self.mark {
            Mark::Width(width) => line(width, "0.85", ink.muted, None),
            Mark::Band([low, middle, high]) => {
                line(high, "0.22", plain, None);
                line(middle.max(HAIR), "0.8", plain, None);
                line(low, "0.55", ink.ink, None);
            }
            Mark::Dashed => line(3.0, "0.85", plain, Some(&dash(3.0))),
            Mark::Colour(colour) => svg.line((x, y), (x + 18.0, y)).stroke(colour, 4.0).end(),
            Mark::Diamond => svg.tag("path").at("d", &diamond(x + 7.0, y)).at("fill", ink.ink).end(),
            Mark::Grey => {
                svg.tag("circle").num("cx", x + 8.0).num("cy", y).num("r", 6.5).at("fill", ink.edge).at("fill-opacity", "0.55").end()
            }
        }
    }
}

/// The dashes of what rests on next to nothing: longer where it is wide, so that they are no
/// flicker.
pub fn dash(width: f64) -> String {
    format!("{} {}", n(5.0_f64.max(width * 0.8)), n(3.5_f64.max(width * 0.3)))
}

/// The mark of a place of production.
pub fn diamond(x: f64, y: f64) -> String {
    crate::chart::ink::Shape::Diamond.path(x, y, 4.0)
}

/// The largest links in numbers, for a print that answers no pointer; `most` of them.
pub fn numbered(flows: &Flows, links: &[FlowLink], most: usize, stage: &Stage<'_>) -> Vec<String> {
    let each = |(at, link): (usize, &FlowLink)| {
        let (from, to) = (flows.name(link.from, stage), flows.name(link.to, stage));
        let records = crate::chart::number::full(&link.records.to_string(), stage.lang);
        let effective = crate::chart::number::beside(&format!("{:.1}", link.effective), stage.lang);
        let tail = match (link.records, stage.lang) {
            (1, atalaya_kernel::Lang::En) => "1 record".to_string(),
            (1, atalaya_kernel::Lang::Es) => "1 registro".to_string(),
            (_, atalaya_kernel::Lang::En) => format!("{records} records, {effective} effective"),
            (_, atalaya_kernel::Lang::Es) => format!("{records} registros, {effective} efectivos"),
        };
        format!("{}. {from} → {to}: {} · {tail}", at + 1, told(link, stage))
    };
    links.iter().take(most).enumerate().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sample_amounts_are_round_and_not_more_than_there_is() {
        assert_eq!([rounded(7_300.0), rounded(2.6), rounded(0.013), rounded(0.0), rounded(100.0)], [5000.0, 2.0, 0.01, 0.0, 100.0]);
    }
}
