//! The event study: effects by periods since the start, with what came before it.

use serde::Serialize;

use super::super::ink::Shape;
use super::super::key;
use super::super::map::Good;
use super::super::number;
use super::super::stage::{Piece, Stage};
use super::super::svg::{Svg, path};
use super::grid::Grid;
use super::sample::{self, Sample};
use super::{sides, signed, with_interval};

/// Effects by periods since the start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Events {
    /// The effects, in order of age.
    pub points: Vec<Event>,
    /// The age compared with.
    pub reference: Option<i64>,
    /// The smallest effect that matters, in the same unit.
    pub smallest: Option<f64>,
    /// Which side of zero is good.
    pub good: Good,
    /// Level of the intervals, in per cent.
    pub level: f64,
}

/// One age.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Event {
    /// Periods since the start; negative before it.
    pub age: i64,
    /// The effect.
    pub estimate: f64,
    /// Its interval; none for the reference.
    pub interval: Option<[f64; 2]>,
}

impl Event {
    /// Whether it comes before the start and differs from zero: what should not be there.
    pub fn is_lead_apart(&self) -> bool {
        self.age < 0 && self.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0)
    }
}

/// Draws the effects over their ages.
pub fn draw(events: &Events, stage: &Stage<'_>) -> Piece {
    let mut svg = Svg::new();
    let height = (stage.width * 0.48).clamp(210.0, 400.0);
    let ages = (events.points.iter().map(|p| p.age).min().unwrap_or(-1), events.points.iter().map(|p| p.age).max().unwrap_or(0));
    let band = events.smallest.filter(|s| s.is_finite() && *s > 0.0);
    let ends =
        events.points.iter().flat_map(|p| [p.estimate, p.interval.map_or(p.estimate, |i| i[0]), p.interval.map_or(p.estimate, |i| i[1])]);
    let ends = ends.chain(band.into_iter().flat_map(|s| [-s, s])).filter(|v| v.is_finite());
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    let top = key::notes(&mut svg, stage, &[way(events, stage)], 0.0) + 8.0;
    let grid = Grid::new(stage, (top, height), ages, (low, high));
    let (left, right, top, bottom) = grid.plot;
    if let Some(smallest) = band {
        let (y0, y1) = (grid.y.at(smallest), grid.y.at(-smallest));
        svg.rect(left, y0, right - left, y1 - y0).at("fill", stage.ink.edge).at("opacity", "0.18").at("class", "smallest").end();
    }
    grid.values(&mut svg, stage);
    if ages.0 < 0 && ages.1 >= 0 {
        let x = grid.x.at(-0.5);
        svg.line((x, top - 4.0), (x, bottom)).stroke(stage.ink.ink, 1.4).at("stroke-dasharray", "5 3").at("class", "start").end();
    }
    for point in &events.points {
        mark(&mut svg, stage, &grid, events, point);
    }
    let mut y = grid.periods(
        &mut svg,
        stage,
        stage.say("Periods since the start; 0 is the first", "Periodos desde el inicio; 0 es el primero"),
        true,
    );
    y = sample::key(&mut svg, stage, &samples(events, stage, band), y + 6.0);
    y = key::notes(&mut svg, stage, &notes(events, stage), y);
    Piece { svg, height: y }
}

/// Which way is good, said above the plot.
fn way(events: &Events, stage: &Stage<'_>) -> String {
    let [below, above] = sides(events.good, stage);
    format!("↑ {above} · ↓ {below}")
}

fn mark(svg: &mut Svg, stage: &Stage<'_>, grid: &Grid, events: &Events, point: &Event) {
    let (x, y) = (grid.x.at(point.age as f64), grid.y.at(point.estimate));
    let apart = point.is_lead_apart();
    let reference = events.reference == Some(point.age);
    let colour = if apart { stage.ink.warn } else { stage.ink.series[0] };
    if let Some([low, high]) = point.interval {
        let cap = (grid.step() * 0.18).clamp(1.5, 5.0);
        let (low, high) = (grid.y.at(low), grid.y.at(high));
        let d = path(&[(x, low), (x, high)]) + &path(&[(x - cap, low), (x + cap, low)]) + &path(&[(x - cap, high), (x + cap, high)]);
        svg.tag("path").at("d", &d).stroke(colour, 1.8).at("class", "interval").end();
    }
    let radius = (grid.step() * 0.24).clamp(1.8, 4.6);
    let shape = if apart { Shape::Diamond } else { Shape::Circle };
    let fill = if reference { stage.ink.surface } else { colour };
    let class = if apart { "point lead-apart" } else { "point" };
    let tag = svg.tag("path").at("d", &shape.path(x, y, if apart { radius * 1.25 } else { radius })).at("class", class);
    let [low, high] = point.interval.map_or([None, None], |i| i.map(|v| Some(number::plain(v))));
    tag.at("fill", fill)
        .at("stroke", colour)
        .num("stroke-width", 1.6)
        .at("data-name", stage.say("effect", "efecto"))
        .at("data-at", &point.age.to_string())
        .at("data-value", &number::plain(point.estimate))
        .maybe("data-low", low.as_deref())
        .maybe("data-high", high.as_deref())
        .end();
}

fn samples(events: &Events, stage: &Stage<'_>, band: Option<f64>) -> Vec<(Sample, String)> {
    let (ink, level) = (stage.ink, number::estimate(events.level, stage.lang));
    let mut out = vec![(
        Sample::Point(Shape::Circle, ink.series[0], ink.series[0]),
        format!("{} {level} %", stage.say("effect, with its interval of", "efecto, con su intervalo del")),
    )];
    if events.points.iter().any(|p| events.reference == Some(p.age)) {
        let word = stage.say("reference: zero by construction", "referencia: cero por construcción");
        out.push((Sample::Point(Shape::Circle, ink.surface, ink.series[0]), word.into()));
    }
    if events.points.iter().any(Event::is_lead_apart) {
        let word = stage.say("differs from zero before the start", "difiere de cero antes del inicio");
        out.push((Sample::Point(Shape::Diamond, ink.warn, ink.warn), word.into()));
    }
    if let Some(smallest) = band {
        let word = stage.say("too small to matter, under", "demasiado pequeño para importar, menos de");
        out.push((Sample::Band(ink.edge, "0.25"), format!("{word} {}", number::estimate(smallest, stage.lang))));
    }
    out
}

fn notes(events: &Events, stage: &Stage<'_>) -> Vec<String> {
    let leads = events.points.iter().filter(|p| p.age < 0 && p.interval.is_some()).count();
    let apart = events.points.iter().filter(|p| p.is_lead_apart()).count();
    let said = atalaya_kernel::both!(
        "{apart} of {leads} effects before the start differ from zero: the groups were moving apart already.",
        "{apart} de {leads} efectos antes del inicio difieren de cero: los grupos ya se estaban separando."
    );
    if apart > 0 { vec![said.in_lang(stage.lang).to_string()] } else { Vec::new() }
}

/// What the effects show, in words.
pub fn say(events: &Events, stage: &Stage<'_>) -> String {
    const SAID: usize = 24;
    let each = |p: &Event| {
        format!("{}: {}", if p.age > 0 { format!("+{}", p.age) } else { p.age.to_string() }, with_interval(p.estimate, p.interval, stage))
    };
    let mut said = notes(events, stage);
    said.push(events.points.iter().take(SAID).map(each).collect::<Vec<_>>().join("; "));
    if let Some(smallest) = events.smallest {
        said.push(format!(
            "{} {}",
            stage.say("smallest effect that matters", "menor efecto que importa"),
            signed(smallest, stage).trim_start_matches('+')
        ));
    }
    said.join(" ")
}
