//! Drawings of what an evaluation found: every mark where its number says, nothing over anything.

use atalaya_kernel::{Both, Lang};
use atalaya_report::chart::finding::{
    Choice, Donor, Donors, EffectPath, Event, Events, Gap, Part, Placebos, Places, Range, Specification, Specifications, Weighed,
};
use atalaya_report::chart::{AreaValue, Body, Good, Line, Look, MapBody, Point, Theme, draw, png};

use super::chart::{HOSTILE, chart, every_text_has_its_place, look, texts};
use super::maps::outlines;

fn named(at: usize) -> Both {
    Both::new(format!("Province number {at}"), format!("Provincia número {at}"))
}

fn line(name: Both, from: i64, values: &[f64], spread: f64) -> Line {
    let point = |(at, value): (usize, &f64)| Point {
        x: (from + at as i64) as f64,
        at: (from + at as i64).to_string(),
        value: Some(value.to_string()),
        low: (spread > 0.0).then(|| (value - spread).to_string()),
        high: (spread > 0.0).then(|| (value + spread).to_string()),
        ..Point::default()
    };
    Line { name, points: values.iter().enumerate().map(point).collect(), ghosts: Vec::new() }
}

fn effect() -> Part {
    let treated = [120.0, 118.0, 121.0, 119.0, 100.0, 92.0, 85.0, 80.0];
    let other = [119.0, 119.0, 120.0, 120.0, 118.0, 117.0, 119.0, 116.0];
    Part::Effect(EffectPath {
        treated: line(Both::new("Treated", "Tratados"), 2010, &treated, 0.0),
        comparison: line(Both::new("What would have been", "Lo que habría sido"), 2010, &other, 6.0),
        start: 2014.0,
        began: Both::new("Alternative development programme, 2014", "Programa de desarrollo alternativo, 2014"),
    })
}

fn events() -> Events {
    let point = |(age, estimate, half): (i64, f64, f64)| Event {
        age,
        estimate,
        interval: (half > 0.0).then_some([estimate - half, estimate + half]),
    };
    Events {
        points: [(-4, -8.0, 3.0), (-3, -2.0, 3.0), (-2, 1.0, 3.0), (-1, 0.0, 0.0), (0, -6.0, 3.0), (1, -14.0, 4.0), (2, -21.0, 6.0)]
            .into_iter()
            .map(point)
            .collect(),
        reference: Some(-1),
        smallest: Some(5.0),
        good: Good::Low,
        level: 95.0,
    }
}

fn donors(count: usize) -> Part {
    let all = (0..count).map(|at| Donor { name: named(at), weight: 1.0 / (1 << at.min(12)) as f64 - if at == 5 { 0.2 } else { 0.0 } });
    Part::Donors(Donors { donors: all.collect() })
}

fn placebos(count: usize) -> Placebos {
    let gap = |at: usize| Gap {
        name: named(at),
        treated: at == 0,
        points: (0..12).map(|t| (2005 + t, if at == 0 && t >= 6 { -20.0 } else { ((t * 7 + at as i64 * 5) % 11) as f64 - 5.0 })).collect(),
        ratio: Some(if at == 0 { 16.0 } else { (at % 18) as f64 }),
    };
    Placebos { gaps: (0..count).map(gap).collect(), start: 2011 }
}

fn specifications() -> Specifications {
    let row = |at: usize| Specification {
        estimate: (at as f64 * 7.0) % 24.0 - 16.0,
        interval: Some([(at as f64 * 7.0) % 24.0 - 20.0, (at as f64 * 7.0) % 24.0 - 12.0]),
        chosen: at == 5,
        picks: vec![Some(at % 3), Some(at / 3 % 2), at.is_multiple_of(2).then_some(0)],
    };
    let choice = |en: &str, es: &str, options: &[&str]| Choice {
        name: Both::new(en, es),
        options: options.iter().map(|o| Both::same(*o)).collect(),
    };
    Specifications {
        rows: (0..24).map(row).collect(),
        choices: vec![
            choice("Transformation", "Transformación", &["levels", "asinh", "poisson"]),
            choice("Comparison", "Comparación", &["never treated", "not yet treated, neighbours left out"]),
            choice("Weights", "Pesos", &["population"]),
        ],
    }
}

fn weighed(anytime: bool) -> Part {
    let range = |en: &str, es: &str, ends| Range { name: Both::new(en, es), ends };
    let mut ranges = vec![range("One look", "Una sola mirada", [-210.0, 34.0])];
    if anytime {
        ranges.push(range("However often one looks", "Por más veces que se mire", [-260.0, 84.0]));
    }
    Part::Verdict(Weighed {
        estimate: -88.0,
        ranges,
        smallest: 50.0,
        good: Good::Low,
        verdict: Both::new("cannot tell", "no se puede saber"),
    })
}

fn places(codes: &[&str]) -> Part {
    let value = |at: usize, value: f64| AreaValue {
        area: codes[at].into(),
        name: named(at),
        point: Point { value: Some(value.to_string()), ..Point::default() },
    };
    let map = |shift: f64| MapBody {
        level: "admin1".into(),
        values: (0..codes.len()).map(|at| value(at, at as f64 * 3.0 - shift)).collect(),
        ..MapBody::default()
    };
    Part::Map(Box::new(Places {
        exposure: map(0.0),
        exposure_unit: Both::new("share", "proporción"),
        effect: MapBody { good: Some(Good::Low), ..map(4.0) },
        effect_unit: Both::new("hectares", "hectáreas"),
    }))
}

/// Changes from -4 to 5 on outlines.
fn mapped() -> Part {
    let Part::Map(mut both) = places(&["PE", "BO", "AR", "PY"]) else { unreachable!() };
    for map in [&mut both.exposure, &mut both.effect] {
        map.level = "country".into();
        map.outlines = vec![outlines()];
    }
    Part::Map(both)
}

fn parts() -> Vec<(&'static str, Part)> {
    vec![
        ("effect", effect()),
        ("events", Part::Events(events())),
        ("donors", donors(20)),
        ("placebos", Part::Placebos(placebos(40))),
        ("specifications", Part::Specifications(specifications())),
        ("verdict", weighed(true)),
        ("map", mapped()),
        ("map-without-outlines", places(&["XA", "XB", "XC", "XD"])),
    ]
}

/// The attributes of every element of a class.
fn of_class<'s>(svg: &'s str, class: &str) -> Vec<&'s str> {
    let want = format!(" class=\"{class}\"");
    svg.split('<').filter(|tag| tag.split('>').next().is_some_and(|t| t.contains(&want))).collect()
}

fn attribute<'s>(tag: &'s str, key: &str) -> &'s str {
    tag.split(&format!(" {key}=\"")).nth(1).and_then(|t| t.split('"').next()).unwrap_or_else(|| panic!("no {key} in {tag}"))
}

fn number(tag: &str, key: &str) -> f64 {
    let text = attribute(tag, key);
    text.parse().unwrap_or_else(|_| panic!("{key} of {tag} is {text}"))
}

fn svg(part: Part) -> String {
    draw(&chart(Body::Finding(part)), &look(Lang::En, 800.0)).svg
}

#[test]
fn no_text_of_a_finding_leaves_the_plate_or_covers_another() {
    // The key of a map is drawn in units of its own, which the reader of places does not know.
    let parts = parts().into_iter().filter(|(name, _)| *name != "map");
    parts.for_each(|(_, part)| every_text_has_its_place(Body::Finding(part)));
    every_text_has_its_place(Body::Finding(weighed(false)));
    let mut long = specifications();
    long.choices[0].options = HOSTILE[..3].iter().map(|h| Both::same(*h)).collect();
    long.choices[1].name = Both::same(HOSTILE[5]);
    every_text_has_its_place(Body::Finding(Part::Specifications(long)));
}

#[test]
fn an_event_stands_where_its_numbers_say() {
    let svg = svg(Part::Events(events()));
    let points: Vec<&str> = svg.split('<').filter(|t| t.contains("class=\"point")).collect();
    assert_eq!(points.len(), 7);
    let zero = number(of_class(&svg, "zero")[0], "y1");
    let band = of_class(&svg, "smallest")[0];
    let (top, tall) = (number(band, "y"), number(band, "height"));
    // The band lies evenly about zero.
    assert!((top + tall / 2.0 - zero).abs() < 0.02, "{band} {zero}");
    // Five to the band's edge: an effect of -21 lies 21 fifths of it below zero.
    let place = |tag: &str| {
        let d = attribute(tag, "d").trim_start_matches('M');
        d.split([' ', 'a', 'L']).nth(1).unwrap().parse::<f64>().unwrap()
    };
    let last = points.iter().find(|p| attribute(p, "data-at") == "2").unwrap();
    assert!((place(last) - zero - tall / 2.0 * 21.0 / 5.0).abs() < 0.05, "{last}");
    // One lead is off zero, and only that one is marked so.
    let apart = of_class(&svg, "point lead-apart");
    assert_eq!(apart.len(), 1);
    assert_eq!((attribute(apart[0], "data-at"), attribute(apart[0], "data-low"), attribute(apart[0], "data-high")), ("-4", "-11", "-5"));
    assert!(svg.contains("1 of 3 effects before the start differ from zero"));
    // The reference has no interval.
    assert_eq!(of_class(&svg, "interval").len(), 6);
}

#[test]
fn the_treated_one_is_ranked_among_all_and_equals_count_against_it() {
    assert_eq!(placebos(40).rank(), Some((5, 40)));
    assert_eq!(Placebos { gaps: vec![placebos(1).gaps.remove(0)], start: 2011 }.rank(), None);
    let svg = svg(Part::Placebos(placebos(40)));
    assert_eq!((of_class(&svg, "stroke placebo").len(), of_class(&svg, "stroke treated").len()), (39, 1));
    assert!(svg.contains("number 5 of 40"), "{svg}");
}

#[test]
fn a_cloud_too_large_is_thinned_and_says_so() {
    let drawn = svg(Part::Placebos(placebos(1000)));
    assert_eq!(of_class(&drawn, "stroke placebo").len(), 300);
    assert!(drawn.contains("300 of 999 placebos are drawn"));
}

#[test]
fn specifications_stand_in_order_and_every_choice_has_a_dot() {
    let all = specifications();
    let svg = svg(Part::Specifications(all.clone()));
    let points = of_class(&svg, "point");
    let values: Vec<f64> = points.iter().map(|p| number(p, "data-value")).collect();
    assert_eq!(values.len(), 24);
    assert!(values.is_sorted(), "{values:?}");
    let picks = all.rows.iter().flat_map(|r| &r.picks).flatten().count();
    assert_eq!(of_class(&svg, "pick").len(), picks);
    assert_eq!(of_class(&svg, "chosen").len(), 1);
    let [above, above_off, below, below_off] = all.counts();
    let by_hand = |f: fn(&f64) -> bool| values.iter().filter(|v| f(v)).count();
    assert_eq!((above, below), (by_hand(|v| *v > 0.0), by_hand(|v| *v < 0.0)));
    assert_eq!((above_off, below_off), (by_hand(|v| *v > 4.0), by_hand(|v| *v < -4.0)));
}

#[test]
fn the_verdict_has_zero_in_the_middle_and_both_intervals() {
    let svg = svg(weighed(true));
    let zero = number(of_class(&svg, "zero")[0], "x1");
    let band = of_class(&svg, "smallest")[0];
    assert!((number(band, "x") + number(band, "width") / 2.0 - zero).abs() < 0.02);
    assert_eq!((of_class(&svg, "interval").len(), of_class(&svg, "point").len()), (2, 2));
    assert!(svg.contains("← better") && svg.contains("worse →") && svg.contains("Cannot tell"));
}

#[test]
fn the_start_lies_between_the_last_period_before_and_the_first_after() {
    let svg = svg(effect());
    let x = number(of_class(&svg, "start")[0], "x1");
    let place = |at: &str| {
        let mine = format!("data-name=\"Treated\" data-at=\"{at}\"");
        let tag = svg.split('<').find(|t| t.contains("class=\"point\"") && t.contains(&mine)).unwrap();
        // A circle is drawn from its left edge.
        let d = attribute(tag, "d").trim_start_matches('M');
        let left: f64 = d.split(' ').next().unwrap().parse().unwrap();
        let radius: f64 = d.split('a').nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        left + radius
    };
    assert!(((place("2013") + place("2014")) / 2.0 - x).abs() < 0.05);
    assert_eq!(of_class(&svg, "band").len(), 1);
}

/// Less is good here: what fell is in the colour of all maps, what rose in the other one.
#[test]
fn a_map_of_changes_tells_gains_from_losses() {
    let svg = svg(mapped());
    let land = svg.rsplit("class=\"land\"").next().unwrap();
    let fill = |area: &str| {
        let before = land.split(&format!("data-area=\"{area}\"")).next().unwrap();
        let group = before.rsplit("<g ").next().unwrap();
        group.split("fill=\"").nth(1).unwrap().split('"').next().unwrap().to_string()
    };
    let sides = atalaya_report::chart::ink::LIGHT.sides;
    // Limits -2, -1, 0, 1, 2: -4 and -1 fell, 2 and 5 rose.
    assert_eq!(["PE", "BO", "AR", "PY"].map(fill), [sides[5], sides[3], sides[0], sides[0]].map(String::from));
    assert!(svg.contains("green for the better, brown for the worse"));
}

#[test]
fn light_donors_stand_together_and_weights_below_zero_are_said() {
    let drawing = draw(&chart(Body::Finding(donors(20))), &look(Lang::Es, 800.0));
    let said: String = texts(&drawing).iter().map(|t| format!("{} ", t.words)).collect();
    assert!(said.contains("en conjunto") && said.contains("extrapolación"), "{said}");
}

#[test]
fn nothing_found_is_said() {
    let empty = [
        Part::Effect(EffectPath::default()),
        Part::Events(Events { points: Vec::new(), ..events() }),
        Part::Donors(Donors::default()),
        Part::Placebos(Placebos { gaps: Vec::new(), start: 0 }),
        Part::Specifications(Specifications::default()),
        Part::Map(Box::default()),
    ];
    for part in empty {
        let drawing = draw(&chart(Body::Finding(part)), &look(Lang::Es, 320.0));
        assert!(texts(&drawing).iter().any(|t| t.words.contains("Nada informado")));
    }
}

#[test]
fn a_hostile_place_stays_a_name_and_numbers_that_are_none_do_no_harm() {
    let mut cloud = placebos(9);
    for (gap, name) in cloud.gaps.iter_mut().zip(HOSTILE) {
        gap.name = Both::same(name);
        gap.points[3].1 = f64::NAN;
        gap.points[4].1 = f64::INFINITY;
    }
    let mut wild = events();
    wild.points[0].interval = Some([f64::NEG_INFINITY, f64::NAN]);
    for part in [Part::Placebos(cloud), Part::Events(wild)] {
        let drawing = draw(&chart(Body::Finding(part)), &look(Lang::En, 700.0));
        for bad in ["<script", "<img", "<!--", "\u{202e}", "\u{0}", "NaN", "inf"] {
            assert!(!drawing.svg.contains(bad), "{bad:?}");
        }
        assert!(png(&drawing.svg, 0.2).is_ok());
    }
}

/// Written to look at with `ATALAYA_LOOK=FOLDER`; the same bytes twice in any case.
#[test]
fn a_finding_gives_the_same_bytes_in_every_look() {
    for (name, part) in parts() {
        let chart = chart(Body::Finding(part));
        for (lang, theme, width) in [(Lang::Es, Theme::Light, 900.0), (Lang::En, Theme::Dark, 360.0), (Lang::En, Theme::Light, 640.0)] {
            let drawing = draw(&chart, &Look { lang, theme, width });
            assert_eq!(drawing, draw(&chart, &Look { lang, theme, width }));
            if let Some(folder) = std::env::var_os("ATALAYA_LOOK") {
                let file = std::path::Path::new(&folder).join(format!("{name}-{width}.png"));
                std::fs::write(file, png(&drawing.svg, 1.5).unwrap()).unwrap();
            }
        }
    }
}
