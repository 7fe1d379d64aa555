//! Flows: widths in proportion, dashes where little stands behind, intervals and what is not known
//! always drawn.

use std::sync::Arc;

use atalaya_kernel::shape::{Outlines, Shape, Shapes};
use atalaya_kernel::{Both, Lang};
use atalaya_report::chart::flows::{FlowLink, FlowPlace, Flows, UnknownPlace};
use atalaya_report::chart::ledger::{Entry, Ledger, Side};
use atalaya_report::chart::{Body, Drawing, Look, Theme, draw, png};

use crate::chart::{HOSTILE, apart, chart, look, texts};

/// Places of four continents: code, English, Spanish, longitude, latitude.
const PLACES: [(&str, &str, &str, f64, f64); 14] = [
    ("CO", "Colombia", "Colombia", -73.1, 3.9),
    ("PE", "Peru", "Perú", -74.4, -9.2),
    ("BO", "Bolivia (Plurinational State of)", "Bolivia (Estado Plurinacional de)", -64.7, -16.7),
    ("EC", "Ecuador", "Ecuador", -78.4, -1.4),
    ("BR", "Brazil", "Brasil", -53.1, -10.8),
    ("VE", "Venezuela", "Venezuela", -66.2, 7.1),
    ("US", "United States of America", "Estados Unidos de América", -112.5, 45.7),
    ("MX", "Mexico", "México", -102.5, 23.9),
    ("ES", "Spain", "España", -3.6, 40.3),
    ("NL", "Netherlands", "Países Bajos", 5.3, 52.1),
    ("BE", "Belgium", "Bélgica", 4.6, 50.6),
    ("NG", "Nigeria", "Nigeria", 8.0, 9.6),
    ("AU", "Australia", "Australia", 134.5, -25.6),
    ("XX", "A place that lies nowhere", "Un lugar sin posición", 0.0, 0.0),
];

/// From, to, amount, effective records.
const LINKS: [(usize, usize, f64, f64); 17] = [
    (0, 7, 120_000.0, 88.0),
    (7, 6, 96_000.0, 140.0),
    (0, 3, 64_000.0, 20.0),
    (3, 9, 32_000.0, 11.0),
    (1, 4, 30_000.0, 9.0),
    (3, 10, 28_000.0, 4.2),
    (4, 8, 16_000.0, 12.0),
    (2, 4, 15_000.0, 6.0),
    (0, 5, 14_000.0, 5.0),
    (5, 8, 8_000.0, 3.0),
    (1, 8, 4_000.0, 7.0),
    (8, 4, 900.0, 1.0),
    (4, 11, 850.0, 2.0),
    (11, 8, 600.0, 1.0),
    (6, 12, 300.0, 1.4),
    (1, 13, 200.0, 6.0),
    (10, 9, 1.0, 1.0),
];

pub(crate) fn flows(intervals: bool) -> Flows {
    let place = |(at, (code, en, es, lon, lat)): (usize, &(&str, &str, &str, f64, f64))| FlowPlace {
        code: (*code).into(),
        name: Both::new(*en, *es),
        middle: (*code != "XX").then_some([*lon, *lat]),
        producer: at < 3,
    };
    let link = |(from, to, amount, effective): &(usize, usize, f64, f64)| FlowLink {
        from: *from,
        to: *to,
        amount: *amount,
        interval: intervals.then_some([amount * 0.4, amount * 1.9]),
        records: (*effective * 1.7) as u64 + 1,
        effective: *effective,
    };
    let unknown = |place: usize, share: f64| UnknownPlace { place, share, kg: format!("{}", share * 1e6), records: 40 };
    Flows {
        places: PLACES.iter().enumerate().map(place).collect(),
        links: LINKS.iter().map(link).collect(),
        unknown: vec![unknown(0, 0.24), unknown(1, 0.05), unknown(8, 0.06), unknown(13, 0.02)],
        unknown_share: 0.37,
        records: [12_955, 4_811],
        most: 40,
        outlines: vec![outlines()],
    }
}

/// A square about each of two producers, so that there is land.
fn outlines() -> Arc<Outlines> {
    let square = |x: f64, y: f64| vec![vec![vec![[x, y], [x + 8.0, y], [x + 8.0, y + 8.0], [x, y + 8.0]]]];
    let shape = |area: &str, polygons| Shape { area: area.into(), polygons };
    let shapes = vec![shape("CO", square(-77.0, 0.0)), shape("PE", square(-78.0, -13.0))];
    let source = Both::new("drawn by hand", "trazado a mano");
    Arc::new(Outlines::of(&Shapes { id: "test".into(), level: "country".into(), source, licence: "CC0".into(), shapes }))
}

fn ledger() -> Ledger {
    let entry = |en: &str, es: &str, side, band| Entry { name: Both::new(en, es), side, band, records: None };
    Ledger {
        entries: vec![
            entry("Made here", "Se produce aquí", Side::In, Some([300_000.0, 380_000.0, 470_000.0])),
            Entry { records: Some(14), ..entry("Comes in", "Entra", Side::In, Some([2_000.0, 9_000.0, 31_000.0])) },
            Entry { records: Some(1), ..entry("Goes out", "Sale", Side::Out, Some([250_000.0, 340_000.0, 450_000.0])) },
            entry("Seized here, as pure substance", "Se incauta aquí, como sustancia pura", Side::Out, None),
            entry("Used here", "Se consume aquí", Side::Out, Some([1_000.0, 2_500.0, 6_000.0])),
            entry("Unexplained", "Sin explicar", Side::Left, Some([-90_000.0, 40_000.0, 170_000.0])),
        ],
        silent: Some((31, "41000".into())),
    }
}

/// The opening tags that hold a text.
fn tags<'s>(drawing: &'s Drawing, holding: &str) -> Vec<&'s str> {
    drawing.svg.split('<').filter_map(|part| part.split('>').next()).filter(|tag| tag.contains(holding)).collect()
}

fn number(tag: &str, key: &str) -> f64 {
    let from = tag.find(&format!(" {key}=\"")).unwrap() + key.len() + 3;
    tag[from..].split('"').next().unwrap().parse().unwrap()
}

fn bodies() -> [Body; 5] {
    [Body::FlowMap(flows(true)), Body::FlowMap(flows(false)), Body::Sankey(flows(true)), Body::Sankey(flows(false)), Body::Ledger(ledger())]
}

#[test]
fn no_text_covers_another_at_any_width_in_both_languages() {
    for body in bodies() {
        let chart = chart(body);
        for lang in [Lang::En, Lang::Es] {
            for width in (320..=1200).step_by(40) {
                let drawing = draw(&chart, &look(lang, f64::from(width)));
                apart(&drawing, &texts(&drawing), &format!("{} {width} {lang:?}", chart.body.kind().id));
            }
        }
    }
}

#[test]
fn widths_are_in_proportion_and_every_interval_has_its_ghost() {
    for body in [Body::FlowMap(flows(true)), Body::Sankey(flows(true))] {
        let drawing = draw(&chart(body), &look(Lang::En, 900.0));
        let (hits, bodies, ghosts) = (tags(&drawing, "class=\"hit\""), tags(&drawing, "class=\"body\""), tags(&drawing, "class=\"ghost\""));
        assert!(!hits.is_empty() && bodies.len() == hits.len() && ghosts.len() == hits.len());
        let scale = number(bodies[0], "stroke-width") / number(hits[0], "data-value");
        for ((hit, body), ghost) in hits.iter().zip(&bodies).zip(&ghosts) {
            let (low, value, high) = (number(hit, "data-low"), number(hit, "data-value"), number(hit, "data-high"));
            assert!(low < value && value < high);
            let width = (value * scale).max(0.75);
            assert!((number(body, "stroke-width") / width - 1.0).abs() < 0.02, "{hit} {body}");
            assert!(number(ghost, "stroke-width") >= number(body, "stroke-width"));
        }
    }
}

#[test]
fn dashed_means_fewer_than_five_effective_records_and_nothing_else() {
    for body in [Body::FlowMap(flows(true)), Body::Sankey(flows(false))] {
        let drawing = draw(&chart(body), &look(Lang::En, 900.0));
        let (hits, bodies) = (tags(&drawing, "class=\"hit\""), tags(&drawing, "class=\"body\""));
        for (hit, body) in hits.iter().zip(&bodies) {
            assert_eq!(body.contains("stroke-dasharray"), number(hit, "data-effective") < 5.0, "{hit}");
        }
        assert!(hits.iter().any(|h| number(h, "data-effective") == 5.0));
    }
}

#[test]
fn what_is_not_known_is_always_there_and_the_rest_is_counted() {
    let few = Flows { most: 3, ..flows(true) };
    for body in [Body::FlowMap(few.clone()), Body::Sankey(few)] {
        let drawing = draw(&chart(body), &look(Lang::Es, 700.0));
        let said: String = texts(&drawing).iter().map(|t| format!("{} ", t.words)).collect();
        assert!(said.contains("No se sabe: el 37") && said.contains("4811 de 12"), "{said}");
        assert!(said.contains("3 enlaces mayores; otros 14") && said.contains("Fuente: Observatorio Nacional"), "{said}");
        assert!(drawing.alt.contains("No se sabe") && drawing.alt.contains("Colombia → México"), "{}", drawing.alt);
    }
    let map = draw(&chart(Body::FlowMap(flows(true))), &look(Lang::En, 700.0));
    let grey = tags(&map, "class=\"grey\"");
    assert_eq!(grey.len(), 3, "a place that lies nowhere has no disc");
    assert!((number(grey[0], "r") / number(grey[1], "r") - (0.24_f64 / 0.05).sqrt()).abs() < 0.05, "discs compare by area");
    assert!(texts(&map).iter().any(|t| t.words.contains("One link joins a place")));
    let nothing = Flows { links: Vec::new(), ..flows(true) };
    for body in [Body::FlowMap(nothing.clone()), Body::Sankey(nothing)] {
        let drawing = draw(&chart(body), &look(Lang::En, 390.0));
        assert!(texts(&drawing).iter().any(|t| t.words.contains("Not known: 37")));
    }
}

#[test]
fn links_that_close_a_circle_are_cut_and_named() {
    let drawing = draw(&chart(Body::Sankey(flows(true))), &look(Lang::En, 900.0));
    let said: String = texts(&drawing).iter().map(|t| format!("{} ", t.words)).collect();
    assert!(said.contains("lead back or stay in one column: Spain → Brazil 900"), "{said}");
}

#[test]
fn an_unknown_line_of_an_account_is_no_bar_of_nothing() {
    let drawing = draw(&chart(Body::Ledger(ledger())), &look(Lang::Es, 700.0));
    let (bars, ghosts, missing) = (tags(&drawing, "class=\"bar\""), tags(&drawing, "class=\"ghost\""), tags(&drawing, "class=\"missing\""));
    assert_eq!((bars.len(), ghosts.len(), missing.len()), (5, 5, 1));
    assert!(texts(&drawing).iter().any(|t| t.words == "no se conoce"));
    assert!(texts(&drawing).iter().any(|t| t.words.contains("41\u{202f}000 kg incautados aquí (31 registros)")));
    assert!(drawing.alt.contains("Sin explicar: 40\u{202f}000 (−90\u{202f}000–170\u{202f}000)"), "{}", drawing.alt);
}

#[test]
fn a_hostile_name_stays_a_name_and_the_same_is_drawn_twice() {
    for (at, name) in HOSTILE.iter().enumerate() {
        let mut flows = flows(true);
        flows.places[at].name = Both::same(*name);
        for body in [Body::FlowMap(flows.clone()), Body::Sankey(flows)] {
            let chart = chart(body);
            let drawing = draw(&chart, &look(Lang::En, 390.0));
            assert!(!drawing.svg.contains("<script") && !drawing.svg.contains("<img"));
            assert_eq!(drawing, draw(&chart, &look(Lang::En, 390.0)));
            assert!(png(&drawing.svg, 1.0).is_ok());
        }
    }
}

/// Pictures to look at, where `ATALAYA_LOOK` names a folder.
#[test]
fn pictures_for_somebody_who_looks() {
    let Some(folder) = std::env::var_os("ATALAYA_LOOK") else { return };
    for body in bodies() {
        let chart = chart(body);
        for (theme, lang, width) in [(Theme::Light, Lang::En, 1000.0), (Theme::Dark, Lang::Es, 390.0)] {
            let drawing = draw(&chart, &Look { lang, theme, width });
            let intervals = drawing.svg.contains("class=\"ghost\"");
            let name = format!("{}-{intervals}-{width}.png", chart.body.kind().id);
            std::fs::write(std::path::Path::new(&folder).join(name), png(&drawing.svg, 1.0).unwrap()).unwrap();
        }
    }
}
