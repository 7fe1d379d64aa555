//! The Sankey: from field to market, left to right.

mod layout;

use super::flows::{FlowLink, Flows, HAIR, amount, data, key, say, strip, told};
use crate::chart::key::notes;
use crate::chart::stage::{Piece, Stage};
use crate::chart::svg::{Svg, n};
use crate::chart::text::Type;
use crate::chart::{Body, ChartKind};
use layout::{BAR, Layout, Ribbon, lay};

/// The row of Sankeys.
pub const KIND: ChartKind = ChartKind {
    id: "sankey",
    label: ("Sankey", "Diagrama de Sankey"),
    draw: |body, stage| if let Body::Sankey(flows) = body { draw(flows, stage) } else { Piece::default() },
    say: |body, stage| if let Body::Sankey(flows) = body { say(flows, stage) } else { String::new() },
};

/// Links past which ribbons tell nothing apart, on a narrow and on a wide plate.
const MOST: [usize; 2] = [14, 36];

fn draw(flows: &Flows, stage: &Stage<'_>) -> Piece {
    let narrow = stage.width < 480.0;
    let links = flows.drawn(stage.width);
    let links = &links[..links.len().min(MOST[usize::from(!narrow)])];
    let style = Type::regular(if narrow { 10.5 } else { 12.0 });
    let room = style.widest(links.iter().map(|l| flows.places[l.to].name.in_lang(stage.lang))).clamp(40.0, stage.width * 0.24) + 8.0;
    let layout = lay(flows, links, stage.width, room);
    let mut svg = Svg::new();
    let mut y = strip::draw(&mut svg, stage, flows, 0.0) + 10.0;
    let mut body = Svg::new();
    ribbons(&mut body, flows, links, &layout, stage);
    nodes(&mut body, flows, links, &layout, (style, room), stage);
    layout.ribbons.iter().for_each(|r| hit(&mut body, r, flows, links, &layout, stage));
    // Bands may be wider than the places they join.
    let (above, below) = beyond(links, &layout);
    svg.place(0.0, y + above, &body);
    y += above + layout.height + below + 10.0;
    let numbered = key::numbered(flows, links, if narrow { 3 } else { 5 }, stage);
    y = notes(&mut svg, stage, &numbered, y) + 4.0;
    y = key::draw(&mut svg, stage, flows, links, &layout.widths, (y, false));
    y = notes(&mut svg, stage, &said(flows, links, &layout, stage), y + 2.0);
    Piece { svg, height: y }
}

/// How far bands reach above the first place and below the last one.
fn beyond(links: &[FlowLink], layout: &Layout) -> (f64, f64) {
    let ends = layout.ribbons.iter().flat_map(|r| [(r, r.from.1), (r, r.to.1)]);
    ends.fold((0.0, 0.0), |(above, below): (f64, f64), (ribbon, y)| {
        let half = links[ribbon.link].interval.map_or(0.0, |[_, high]| layout.widths.at(high) / 2.0);
        (above.max(half - y), below.max(y + half - layout.height))
    })
}

/// How to read it, what was cut, what is left out.
fn said(flows: &Flows, links: &[FlowLink], layout: &Layout, stage: &Stage<'_>) -> Vec<String> {
    const SAID: usize = 3;
    let mut said = vec![
        stage
            .say(
                "Left to right: a place stands after those that supply it. A place is as high as the larger of what comes in and what goes out.",
                "De izquierda a derecha: un lugar está después de los que lo abastecen. Su altura es la mayor entre lo que entra y lo que sale.",
            )
            .to_string(),
    ];
    if layout.nodes.iter().any(|node| node.first) {
        let text = stage.say(
            "Grey beside a place: no drawn link says where it is supplied from.",
            "Gris junto a un lugar: ningún enlace dibujado dice de dónde se abastece.",
        );
        said.push(text.into());
    }
    if !layout.back.is_empty() {
        let each = |at: &usize| {
            let link = &links[*at];
            format!("{} → {} {}", flows.name(link.from, stage), flows.name(link.to, stage), told(link, stage))
        };
        let mut list: Vec<String> = layout.back.iter().take(SAID).map(each).collect();
        if layout.back.len() > SAID {
            list.push(crate::chart::bars::more(layout.back.len() - SAID).in_lang(stage.lang).into());
        }
        let head = stage.say("Cut, because they lead back or stay in one column", "Cortados, porque vuelven o quedan en la misma columna");
        said.push(format!("{head}: {}.", list.join("; ")));
    }
    said.extend(flows.rest(links.len()).map(|b| b.in_lang(stage.lang).to_string()));
    said
}

fn path(ribbon: &Ribbon) -> String {
    let ((x0, y0), (x1, y1)) = (ribbon.from, ribbon.to);
    let middle = (x0 + x1) / 2.0;
    format!("M{} {}C{} {} {} {} {} {}", n(x0), n(y0), n(middle), n(y0), n(middle), n(y1), n(x1), n(y1))
}

fn ribbons(svg: &mut Svg, flows: &Flows, links: &[FlowLink], layout: &Layout, stage: &Stage<'_>) {
    let widths = &layout.widths;
    let of = |r: &Ribbon| (&links[r.link], key::colour(stage.ink, flows.places[links[r.link].from].producer));
    for ribbon in &layout.ribbons {
        let (link, colour) = of(ribbon);
        let Some([_, high]) = link.interval else { continue };
        let tag = svg.tag("path").at("d", &path(ribbon)).stroke(colour, widths.seen(high));
        tag.at("stroke-opacity", "0.14").at("class", "ghost").at("pointer-events", "none").end();
    }
    for ribbon in &layout.ribbons {
        let (link, colour) = of(ribbon);
        let width = widths.seen(link.amount);
        let dash = (!link.firm()).then(|| key::dash(width));
        let tag = svg.tag("path").at("d", &path(ribbon)).stroke(colour, width).at("stroke-opacity", "0.55");
        tag.maybe("stroke-dasharray", dash.as_deref()).at("class", "body").at("pointer-events", "none").end();
        let low = link.interval.map_or(0.0, |[low, _]| widths.at(low));
        if low > 0.3 {
            let tag = svg.tag("path").at("d", &path(ribbon)).stroke(stage.ink.ink, low).at("stroke-opacity", "0.2");
            tag.at("class", "core").at("pointer-events", "none").end();
        }
    }
}

fn nodes(svg: &mut Svg, flows: &Flows, links: &[FlowLink], layout: &Layout, (style, room): (Type, f64), stage: &Stage<'_>) {
    let ink = stage.ink;
    let last = layout.nodes.iter().map(|n| n.column).max().unwrap_or(0);
    let value = Type::regular(style.size);
    for node in &layout.nodes {
        let place = &flows.places[node.place];
        if node.first {
            svg.rect(node.x - 5.0, node.y, 5.0, node.height).at("fill", ink.edge).at("class", "orphan").end();
        }
        let fill = if place.producer { ink.series[1] } else { ink.ink };
        svg.rect(node.x, node.y, BAR, node.height).at("fill", fill).at("class", "node").end();
        let free = if node.column == last { room - 6.0 } else { layout.step - BAR - 8.0 };
        let style = if place.producer { Type::bold(style.size) } else { style };
        let name = style.shorten(place.name.in_lang(stage.lang), free);
        let middle = node.y + node.height / 2.0 + style.size * 0.36;
        let through = |wanted: fn(&FlowLink) -> usize| -> f64 {
            layout.ribbons.iter().map(|r| &links[r.link]).filter(|l| wanted(l) == node.place).map(|l| l.amount).sum()
        };
        let total = amount(through(|l| l.from).max(through(|l| l.to)), stage);
        let beside = style.width(&name) + 6.0;
        let mut words = |x: f64, style: Type, colour: &str, text: &str| {
            svg.words(x, middle, style, colour)
                .at("stroke", ink.surface)
                .num("stroke-width", 3.0)
                .at("stroke-linejoin", "round")
                .at("paint-order", "stroke")
                .at("class", "place")
                .text(text);
        };
        words(node.x + BAR + 5.0, style, ink.ink, &name);
        if beside + value.width(&total) <= free {
            words(node.x + BAR + 5.0 + beside, value, ink.muted, &total);
        }
    }
}

fn hit(svg: &mut Svg, ribbon: &Ribbon, flows: &Flows, links: &[FlowLink], layout: &Layout, stage: &Stage<'_>) {
    let link = &links[ribbon.link];
    let tag = svg.tag("path").at("d", &path(ribbon)).stroke(stage.ink.ink, layout.widths.at(link.amount).max(10.0 * HAIR));
    data(tag.at("stroke-opacity", "0").at("pointer-events", "stroke").at("class", "hit"), flows, link, stage).end();
}
