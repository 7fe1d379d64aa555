//! The flow map: arrows between places on the outlines of their part of the world.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, both};

use super::curve::{Arrow, Curve, apart};
use super::names::{self, Wanted};
use super::{FlowLink, Flows, UnknownPlace, Widths, data, key, percent, say, strip};
use crate::chart::key::notes;
use crate::chart::map::Projection;
use crate::chart::map::ground::Scale;
use crate::chart::stage::{Piece, Stage};
use crate::chart::svg::{Svg, n, path};
use crate::chart::text::Type;
use crate::chart::{Body, ChartKind};

/// The row of flow maps.
pub const KIND: ChartKind = ChartKind {
    id: "flows",
    label: ("Flow map", "Mapa de flujos"),
    draw: |body, stage| if let Body::FlowMap(flows) = body { draw(flows, stage) } else { Piece::default() },
    say: |body, stage| if let Body::FlowMap(flows) = body { say(flows, stage) } else { String::new() },
};

/// Free land about the outermost places, in radii of the earth.
const MARGIN: f64 = 0.09;
const BADGE: f64 = 7.5;
/// Of all kilograms, the least share that a disc says in words.
const TOLD: f64 = 0.005;

/// Where things lie on the page.
struct Page<'f> {
    flows: &'f Flows,
    scale: Scale,
    projection: Projection,
    /// Each place in pixels; none without a middle.
    at: Vec<Option<(f64, f64)>>,
    widths: Widths,
    size: (f64, f64),
}

/// A link with its arrow.
struct Drawn<'f> {
    link: &'f FlowLink,
    arrow: Arrow,
    whole: Curve,
    colour: &'static str,
}

/// Draws the map.
fn draw(flows: &Flows, stage: &Stage<'_>) -> Piece {
    let links = flows.drawn(stage.width);
    let page = Page::of(flows, links, stage.width);
    let (drawn, nowhere) = page.arrows(links, stage);
    let mut svg = Svg::new();
    let mut y = strip::draw(&mut svg, stage, flows, 0.0) + 6.0;
    let mut map = Svg::new();
    page.land(&mut map, stage);
    page.grey(&mut map, stage);
    strokes(&mut map, &drawn, &page.widths, stage);
    let most = if stage.width < 480.0 { 3 } else { 5 };
    let badges = page.badges(&mut map, &drawn, most, stage);
    page.places(&mut map, &drawn, &badges, stage);
    drawn.iter().for_each(|one| hit(&mut map, one, flows, &page.widths, stage));
    svg.place(0.0, y, &map);
    y += page.size.1 + 8.0;
    let numbered = key::numbered(flows, links, most, stage);
    y = notes(&mut svg, stage, &numbered, y) + 4.0;
    y = key::draw(&mut svg, stage, flows, links, &page.widths, (y, true));
    let mut said: Vec<String> = flows.rest(links.len()).iter().map(|b| b.in_lang(stage.lang).to_string()).collect();
    said.extend(nowhere_said(nowhere, stage));
    said.push(page.credit(stage));
    y = notes(&mut svg, stage, &said, y + 2.0);
    Piece { svg, height: y }
}

fn nowhere_said(count: usize, stage: &Stage<'_>) -> Option<String> {
    let said = match count {
        1 => Both::new(
            "One link joins a place that has no middle on this map; it is in the table.",
            "Un enlace une un lugar sin posición en este mapa; está en la tabla.",
        ),
        _ => both!(
            "{count} links join places that have no middle on this map; they are in the table.",
            "{count} enlaces unen lugares sin posición en este mapa; están en la tabla."
        ),
    };
    (count > 0).then(|| said.in_lang(stage.lang).to_string())
}

impl<'f> Page<'f> {
    fn of(flows: &'f Flows, links: &[FlowLink], width: f64) -> Page<'f> {
        let middle = |place: usize| flows.places.get(place)?.middle;
        let used: Vec<[f64; 2]> = links.iter().flat_map(|l| [l.from, l.to]).filter_map(middle).collect();
        let projection = projection(&used);
        let flat = |at: [f64; 2]| {
            let [x, y] = projection.place(at);
            (x, -y)
        };
        // A bend keeps its shape when the page is scaled, so that it can be framed before.
        let ends = links.iter().filter_map(|l| Some((flat(middle(l.from)?), flat(middle(l.to)?))));
        let bends = ends.flat_map(|(from, to)| (0..=8).map(move |i| Curve::between(from, to).at(f64::from(i) / 8.0)));
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let b = bends.fold(start, |b, (x, y)| [b[0].min(x), b[1].min(-y), b[2].max(x), b[3].max(-y)]);
        let b = if b[0] > b[2] { [-2.0, -1.0, 2.0, 1.0] } else { b };
        let frame = [b[0] - MARGIN * 1.6, b[1] - MARGIN, b[2] + MARGIN * 1.6, b[3] + MARGIN];
        let scale = Scale::framed(projection, frame, width, 2.0, false);
        let pixels = |at: [f64; 2]| {
            let (x, y) = scale.pixels(at);
            (f64::from(x) / 10.0, f64::from(y) / 10.0)
        };
        let at = flows.places.iter().map(|p| p.middle.map(pixels)).collect();
        let size = (width, scale.height);
        Page { flows, at, projection, widths: Widths::of(links, (width / 34.0).clamp(11.0, 28.0)), size, scale }
    }

    /// The arrows, and how many links have a place that lies nowhere.
    fn arrows<'l>(&self, links: &'l [FlowLink], stage: &Stage<'_>) -> (Vec<Drawn<'l>>, usize) {
        let one = |link: &'l FlowLink| {
            let (from, to) = (self.at.get(link.from).copied()??, self.at.get(link.to).copied()??);
            let producer = self.flows.places[link.from].producer;
            let arrow = Arrow::of(from, to, self.widths.seen(link.amount));
            Some(Drawn { link, arrow, whole: Curve::between(from, to), colour: key::colour(stage.ink, producer) })
        };
        let drawn: Vec<Drawn<'l>> = links.iter().filter_map(one).collect();
        let nowhere = links.len() - drawn.len();
        (drawn, nowhere)
    }

    fn land(&self, svg: &mut Svg, stage: &Stage<'_>) {
        let (ink, (width, height)) = (stage.ink, self.size);
        let producers: Vec<&str> = self.flows.places.iter().filter(|p| p.producer).map(|p| p.code.as_str()).collect();
        svg.tag("svg")
            .num("width", width)
            .num("height", height)
            .at("viewBox", &format!("0 0 {} {}", n(width * 10.0), n(height * 10.0)))
            .at("class", "ground")
            .at("overflow", "hidden")
            .open();
        // What is said behind the map, that data are made up, shows through the land.
        svg.tag("g").at("fill", ink.sunken).at("fill-opacity", "0.65").at("stroke", ink.line).num("stroke-width", 5.0).open();
        for outlines in self.flows.outlines.iter().filter(|o| o.level == "country") {
            for outline in outlines.areas.iter().filter(|o| o.area != "AQ") {
                if let Some(d) = self.scale.path(outlines, outline, false) {
                    let made = producers.contains(&outline.area.as_str());
                    svg.tag("path").at("d", &d).maybe("fill", made.then_some(ink.zero)).end();
                }
            }
        }
        svg.close("g");
        svg.close("svg");
    }

    /// What is seized where, without another place: a disc as large as its share.
    fn grey(&self, svg: &mut Svg, stage: &Stage<'_>) {
        let ink = stage.ink;
        for (one, (x, y), r) in self.discs() {
            let share = percent(one.share, stage.lang);
            let name = self.flows.name(one.place, stage);
            svg.tag("circle")
                .num("cx", x)
                .num("cy", y)
                .num("r", r)
                .at("fill", ink.edge)
                .at("fill-opacity", "0.55")
                .at("class", "grey")
                .at("data-name", &name)
                .at("data-missing", "other-places")
                .at("data-share", &share)
                .at("data-kg", &one.kg)
                .at("data-records", &one.records.to_string())
                .end();
        }
    }

    /// The discs on the page: whose, where, and how large.
    fn discs(&self) -> impl Iterator<Item = (&'f UnknownPlace, (f64, f64), f64)> {
        let largest = (self.size.0 * 0.075).clamp(20.0, 60.0);
        let at = |place: usize| self.at.get(place).copied().flatten().filter(|p| self.within(*p));
        self.flows.unknown.iter().filter_map(move |one| Some((one, at(one.place)?, (one.share.max(0.0).sqrt() * largest).max(1.5))))
    }

    fn within(&self, (x, y): (f64, f64)) -> bool {
        x >= 0.0 && y >= 0.0 && x <= self.size.0 && y <= self.size.1
    }

    /// Numbers on the largest arrows, which stand in words below; returns what they cover.
    fn badges(&self, svg: &mut Svg, drawn: &[Drawn<'_>], most: usize, stage: &Stage<'_>) -> Vec<[f64; 4]> {
        const DIGIT: Type = Type::bold(10.5);
        let mut taken: Vec<(f64, f64)> = Vec::new();
        let first = self.flows.drawn(stage.width).iter().take(most);
        for (rank, link) in first.enumerate() {
            let Some(one) = drawn.iter().find(|d| std::ptr::eq(d.link, link)) else { continue };
            let free = |at: &(f64, f64)| taken.iter().all(|t| apart(*t, *at) > 2.0 * BADGE + 1.0);
            let places = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22].map(|t| one.whole.at(t));
            let at = places.into_iter().find(free).unwrap_or(places[0]);
            taken.push(at);
            svg.tag("circle").num("cx", at.0).num("cy", at.1).num("r", BADGE).at("fill", stage.ink.surface).at("stroke", one.colour).end();
            svg.words(at.0, at.1 + 3.7, DIGIT, stage.ink.ink)
                .at("text-anchor", "middle")
                .at("class", "badge")
                .text(&(rank + 1).to_string());
        }
        taken.into_iter().map(|(x, y)| [x - BADGE, y - BADGE, x + BADGE, y + BADGE]).collect()
    }

    /// Dots and names, the busiest first.
    fn places(&self, svg: &mut Svg, drawn: &[Drawn<'_>], badges: &[[f64; 4]], stage: &Stage<'_>) {
        let ink = stage.ink;
        let mut busy: BTreeMap<usize, f64> = BTreeMap::new();
        for one in drawn {
            *busy.entry(one.link.from).or_default() += one.link.amount;
            *busy.entry(one.link.to).or_default() += one.link.amount;
        }
        let mut order: Vec<(usize, f64)> = busy.into_iter().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let spots: Vec<(usize, (f64, f64))> = order.iter().filter_map(|(place, _)| Some((*place, self.at[*place]?))).collect();
        let mut taken: Vec<[f64; 4]> = spots.iter().map(|(_, (x, y))| [x - 3.0, y - 3.0, x + 3.0, y + 3.0]).collect();
        taken.extend_from_slice(badges);
        let size = if stage.width < 480.0 { 10.5 } else { 12.0 };
        let style = |place: usize| if self.flows.places[place].producer { Type::bold(size) } else { Type::regular(size) };
        let mut wanted: Vec<Wanted> =
            spots.iter().map(|(p, at)| Wanted { text: self.flows.name(*p, stage), at: *at, gap: 6.0, style: style(*p) }).collect();
        let names = wanted.len();
        // A disc says its share at its edge, once the names have their place.
        let told = self.discs().filter(|(one, _, _)| one.share >= TOLD);
        wanted.extend(told.map(|(one, at, r)| Wanted {
            text: percent(one.share, stage.lang),
            at,
            gap: r.max(6.0) + 1.0,
            style: Type::bold(size - 1.0),
        }));
        for (place, (x, y)) in &spots {
            if self.flows.places[*place].producer {
                svg.tag("path").at("d", &key::diamond(*x, *y)).at("fill", ink.ink).at("stroke", ink.surface).end();
            } else {
                svg.tag("circle").num("cx", *x).num("cy", *y).num("r", 2.6).at("fill", ink.ink).at("stroke", ink.surface).end();
            }
        }
        for one in names::place(&wanted, &taken, self.size) {
            let Wanted { text, style, .. } = &wanted[one.which];
            let (colour, class) = if one.which < names { (ink.ink, "place") } else { (ink.muted, "share") };
            svg.words(one.at.0, one.at.1, *style, colour)
                .at("stroke", ink.surface)
                .num("stroke-width", 3.0)
                .at("stroke-linejoin", "round")
                .at("paint-order", "stroke")
                .at("class", class)
                .text(text);
        }
    }

    /// Whose outlines they are, and how the earth was laid flat.
    fn credit(&self, stage: &Stage<'_>) -> String {
        let mut said: Vec<String> = Vec::new();
        for outlines in self.flows.outlines.iter().filter(|o| o.level == "country") {
            let source = outlines.source.in_lang(stage.lang);
            let licence = &outlines.licence;
            said.push(if licence.is_empty() { source.into() } else { format!("{source} ({licence})") });
        }
        said.dedup();
        let projection = crate::chart::plate::capital(self.projection.name().in_lang(stage.lang));
        let bend = stage.say(
            "Arrows bend to the left of their way; they are no paths of transport.",
            "Las flechas se curvan a la izquierda de su sentido; no son rutas de transporte.",
        );
        let outlines =
            if said.is_empty() { String::new() } else { format!("{}{}. ", stage.say("Outlines: ", "Contornos: "), said.join("; ")) };
        format!("{bend} {outlines}{projection}.")
    }
}

/// The world in its own projection; a part of it in one about its middle.
fn projection(used: &[[f64; 2]]) -> Projection {
    let ends = |axis: usize| used.iter().map(|p| p[axis]).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let ((west, east), (south, north)) = (ends(0), ends(1));
    if used.is_empty() || east - west > 75.0 {
        return Projection::EqualEarth;
    }
    Projection::Lambert { lon: ((west + east) / 2.0).round(), lat: ((south + north) / 2.0).round() }
}

/// Bands first, then bodies and heads, the large ones below.
fn strokes(svg: &mut Svg, drawn: &[Drawn<'_>], widths: &Widths, stage: &Stage<'_>) {
    for one in drawn {
        let Some([_, high]) = one.link.interval else { continue };
        let tag = svg.tag("path").at("d", &one.arrow.body.path()).stroke(one.colour, widths.seen(high));
        tag.at("stroke-opacity", "0.22").at("class", "ghost").at("pointer-events", "none").end();
    }
    for one in drawn {
        let d = one.arrow.body.path();
        svg.tag("g").at("class", "arrow").at("pointer-events", "none").open();
        let width = widths.seen(one.link.amount);
        let dash = (!one.link.firm()).then(|| key::dash(width));
        svg.tag("path")
            .at("d", &d)
            .stroke(one.colour, width)
            .at("stroke-opacity", "0.8")
            .maybe("stroke-dasharray", dash.as_deref())
            .at("class", "body")
            .end();
        let low = one.link.interval.map_or(0.0, |[low, _]| widths.at(low));
        if low > 0.3 {
            svg.tag("path").at("d", &d).stroke(stage.ink.ink, low).at("stroke-opacity", "0.55").at("class", "core").end();
        }
        svg.tag("path").at("d", &format!("{}Z", path(&one.arrow.head))).at("fill", one.colour).end();
        svg.close("g");
    }
}

/// What the pointer meets: wider than it looks, and seen only when it is met.
fn hit(svg: &mut Svg, one: &Drawn<'_>, flows: &Flows, widths: &Widths, stage: &Stage<'_>) {
    let tag = svg.tag("path").at("d", &one.arrow.body.path()).stroke(stage.ink.ink, widths.seen(one.link.amount).max(11.0));
    data(tag.at("stroke-opacity", "0").at("pointer-events", "stroke").at("class", "hit"), flows, one.link, stage).end();
}
