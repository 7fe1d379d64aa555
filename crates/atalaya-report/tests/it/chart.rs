//! Charts: nothing leaves the plate, nothing hostile gets in, the same bytes twice.

use atalaya_kernel::{Both, Label, Lang, Missing, Tlp};
use atalaya_report::chart::ink::{DARK, Ink, LIGHT};
use atalaya_report::chart::text::Type;
use atalaya_report::chart::{Bar, Bars, Body, CHARTS, Chart, Drawing, Ghost, Line, Lines, Look, Panel, Point, Theme, draw, png};
use atalaya_report::{About, SourceNote};

/// Names as attackers write them: the ideas of the shared attack files.
pub(crate) const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "]]><!--&lt;&#0;",
    "Lima\u{202e}gnp.exe\u{0}\u{fffe}",
    "=HYPERLINK(\"http://x\",\"y\")",
    "a_very_long_name_without_any_place_to_break_it_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on",
];

pub(crate) fn about(simulated: bool) -> About {
    let source = |id: &str, cut_off: Option<&str>, simulated| SourceNote {
        id: id.into(),
        title: Both::new("Coca cultivation survey", "Encuesta de cultivos de coca"),
        producer: "Observatorio Nacional".into(),
        licence: "CC BY 4.0".into(),
        vintages: vec!["2024-06".into()],
        cut_off: cut_off.map(str::to_string),
        prepared: None,
        simulated,
    };
    About {
        label: Some(Label {
            tlp: Tlp::AmberStrict,
            purpose: "analysis".into(),
            recipients: ["*".to_string()].into(),
            rows: Default::default(),
        }),
        sources: vec![source("a", Some("2023-12-31"), simulated), source("b", None, false)],
        notes: vec![Both::new("Rival figures stand side by side.", "Las cifras rivales están lado a lado.")],
        ..About::default()
    }
}

fn line(name: Both, values: &[Option<f64>]) -> Line {
    let point = |(at, value): (usize, &Option<f64>)| Point {
        x: 2010.0 + at as f64,
        at: (2010 + at).to_string(),
        value: value.map(|v| v.to_string()),
        low: value.map(|v| (v * 0.9).to_string()),
        high: value.map(|v| (v * 1.1).to_string()),
        missing: value.is_none().then_some(Missing::NotKnown),
        provisional: at + 1 == values.len(),
        breaks: (at == 4).then(|| Both::new("a new method", "un método nuevo")),
        figure: Some(format!("fig-{at:016}")),
    };
    let ghosts = vec![Ghost { x: 2011.0, at: "2011".into(), value: "61000".into(), vintage: "2012".into() }];
    Line { name, points: values.iter().enumerate().map(point).collect(), ghosts }
}

pub(crate) fn chart(body: Body) -> Chart {
    Chart {
        id: "coca".into(),
        title: Both::new("Coca bush under cultivation, Peru, 2010–2016", "Superficie cultivada con coca, Perú, 2010–2016"),
        subtitle: Both::new("Area at the end of the year", "Superficie a fin de año"),
        unit: Both::new("hectares", "hectáreas"),
        body,
        about: about(true),
        figure: "fig-0123456789abcdef".into(),
    }
}

const VALUES: [Option<f64>; 7] = [Some(61_200.0), Some(62_500.0), None, Some(49_800.0), Some(42_900.0), Some(40_300.0), Some(43_900.0)];

fn lines() -> Body {
    let second: Vec<Option<f64>> = VALUES.iter().map(|v| v.map(|v| v * 2.5)).collect();
    Body::Lines(Lines {
        lines: vec![line(Both::new("Net area", "Superficie neta"), &VALUES), line(Both::new("Gross area", "Superficie bruta"), &second)],
    })
}

fn bars() -> Body {
    let bar = |en: &str, es: &str, point: Point| Bar { name: Both::new(en, es), point };
    let value = |v: &str| Point { value: Some(v.into()), figure: Some("fig-1".into()), ..Point::default() };
    Body::Bars(Bars {
        bars: vec![
            bar("Colombia", "Colombia", Point { low: Some("230000".into()), high: Some("290000.5".into()), ..value("252572") }),
            bar("Peru", "Perú", value("89755")),
            bar("Nowhere", "Ninguna parte", value("0")),
            bar("Ecuador", "Ecuador", Point { missing: Some(Missing::Suppressed), ..Point::default() }),
        ],
    })
}

fn multiples() -> Body {
    let panel = |at: usize| Panel {
        title: Both::same(format!("Department number {at}")),
        body: Body::Lines(Lines { lines: vec![line(Both::default(), &VALUES[at % 3..])] }),
    };
    Body::Multiples { panels: (0..7).map(panel).collect() }
}

fn hostile() -> Vec<Body> {
    let named = |at: usize| Line { name: Both::same(HOSTILE[at]), ..line(Both::default(), &VALUES) };
    let bar = |at: usize| Bar { name: Both::same(HOSTILE[at]), point: Point { value: Some(HOSTILE[at].into()), ..Point::default() } };
    vec![
        Body::Lines(Lines { lines: (0..HOSTILE.len()).map(named).collect() }),
        Body::Bars(Bars { bars: (0..HOSTILE.len()).map(bar).collect() }),
        Body::Multiples {
            panels: (0..HOSTILE.len())
                .map(|at| Panel { title: Both::same(HOSTILE[at]), body: Body::Lines(Lines { lines: vec![named(at)] }) })
                .collect(),
        },
    ]
}

pub(crate) fn look(lang: Lang, width: f64) -> Look {
    Look { lang, theme: Theme::Light, width }
}

/// A text of a drawing with its box.
pub(crate) struct Text {
    pub(crate) words: String,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// Every text of a drawing where it stands, by reading the SVG as any reader would.
pub(crate) fn texts(drawing: &Drawing) -> Vec<Text> {
    let (mut out, mut moved): (Vec<Text>, Vec<(f64, f64)>) = (Vec::new(), Vec::new());
    let attribute = |tag: &str, key: &str| {
        let from = tag.find(&format!(" {key}=\""))? + key.len() + 3;
        Some(tag[from..].split('"').next().unwrap_or_default().to_string())
    };
    let unescape =
        |t: &str| t.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    for part in drawing.svg.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap_or((part, ""));
        let number = |key: &str| attribute(tag, key).and_then(|v| v.parse::<f64>().ok()).unwrap_or(0.0);
        if tag.starts_with("g ") {
            let by = attribute(tag, "transform").map_or((0.0, 0.0), |t| {
                let inner = t.trim_start_matches("translate(").trim_end_matches(')').to_string();
                let mut numbers = inner.split(' ').map(|n| n.parse::<f64>().unwrap());
                (numbers.next().unwrap(), numbers.next().unwrap())
            });
            moved.push(by);
        } else if tag == "/g" {
            moved.pop();
        } else if tag.starts_with("text ") {
            let size = number("font-size");
            let style = if tag.contains("font-weight") { Type::bold(size) } else { Type::regular(size) };
            let words = unescape(words);
            let (dx, dy) = moved.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a, y + b));
            let (x, y, width) = (number("x") + dx, number("y") + dy, style.width(&words));
            let left = match attribute(tag, "text-anchor").as_deref() {
                Some("end") => x - width,
                Some("middle") => x - width / 2.0,
                _ => x,
            };
            if attribute(tag, "class").as_deref() != Some("simulated") {
                out.push(Text { words, left, right: left + width, top: y - size * 0.75, bottom: y + size * 0.2 });
            }
        }
    }
    out
}

/// Every text is on the plate, and none covers another.
pub(crate) fn apart(drawing: &Drawing, all: &[Text], of: &str) {
    for text in all {
        let inside = text.left >= -0.6 && text.right <= drawing.width + 0.6 && text.top >= 0.0 && text.bottom <= drawing.height;
        assert!(inside, "{of}: {:?} {}..{} of {}", text.words, text.left, text.right, drawing.width);
    }
    for (at, a) in all.iter().enumerate() {
        for b in &all[at + 1..] {
            let apart = a.right <= b.left + 0.6 || b.right <= a.left + 0.6 || a.bottom <= b.top + 0.6 || b.bottom <= a.top + 0.6;
            assert!(apart, "{of}: {:?} covers {:?}", a.words, b.words);
        }
    }
}

#[test]
fn no_text_leaves_the_plate_or_covers_another_at_any_width_in_both_languages() {
    [lines(), bars(), multiples()].into_iter().chain(hostile()).for_each(every_text_has_its_place);
}

/// At any width, in both languages, every text is on the plate and none lies over another.
pub(crate) fn every_text_has_its_place(body: Body) {
    let chart = chart(body);
    for lang in [Lang::En, Lang::Es] {
        for width in (320..=1200).step_by(22) {
            let drawing = draw(&chart, &look(lang, f64::from(width)));
            let all = texts(&drawing);
            assert!(all.len() > 8);
            apart(&drawing, &all, &format!("{width} {lang:?}"));
        }
    }
}

#[test]
fn no_values_is_said_and_is_not_zero() {
    for body in [Body::Lines(Lines::default()), Body::Bars(Bars::default()), Body::Multiples { panels: Vec::new() }] {
        let drawing = draw(&chart(body), &look(Lang::Es, 320.0));
        let said: String = texts(&drawing).iter().map(|t| format!("{} ", t.words)).collect();
        assert!(said.contains("Nada informado para esta pregunta"), "{said}");
    }
}

#[test]
fn a_hostile_name_stays_a_name() {
    for body in hostile() {
        let mut chart = chart(body);
        chart.title = Both::same(HOSTILE[0]);
        chart.figure = HOSTILE[1].into();
        chart.about.sources[0].producer = HOSTILE[2].into();
        let drawing = draw(&chart, &look(Lang::En, 700.0));
        for bad in ["<script", "<img", "<!--", "onerror=alert(1)>", "\u{202e}", "\u{0}", "\u{fffe}", "href", "<style", "url("] {
            assert!(!drawing.svg.contains(bad), "{bad:?}");
        }
        assert!(drawing.svg.contains("&lt;script&gt;"));
        // A parser of SVG that knows nothing of us reads it.
        assert!(png(&drawing.svg, 0.2).is_ok());
    }
}

#[test]
fn the_same_chart_gives_the_same_bytes_and_a_picture_of_its_size() {
    for body in [lines(), bars(), multiples()] {
        let chart = chart(body);
        let drawing = draw(&chart, &look(Lang::Es, 640.0));
        assert_eq!(drawing, draw(&chart, &look(Lang::Es, 640.0)));
        let picture = png(&drawing.svg, 1.5).unwrap();
        assert_eq!(picture, png(&drawing.svg, 1.5).unwrap());
        assert_eq!(&picture[1..4], b"PNG");
        let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
        assert_eq!((f64::from(number(16)), f64::from(number(20))), ((drawing.width * 1.5).round(), (drawing.height * 1.5).round()));
    }
    assert_eq!(png("<svg", 1.0).unwrap_err().id, "chart-png");
    let wide = draw(&chart(bars()), &look(Lang::En, 2400.0));
    assert_eq!(png(&wide.svg, 90.0).unwrap_err().id, "chart-png");
}

#[test]
fn whatever_must_be_known_stands_inside_the_picture() {
    for body in [lines(), bars(), multiples()] {
        let drawing = draw(&chart(body), &look(Lang::Es, 800.0));
        let said: String = texts(&drawing).iter().map(|t| format!("{} ", t.words)).collect();
        for word in [
            "Superficie cultivada con coca",
            "Hectáreas",
            "Observatorio Nacional",
            "2024-06",
            "fecha de corte: 2023-12-31",
            "fecha de corte: no indicada",
            "TLP:AMBER+STRICT",
            "fig-0123456789abcdef",
            "SIMULADO",
        ] {
            assert!(said.contains(word), "{word} is not in {said}");
        }
    }
}

#[test]
fn a_missing_value_interrupts_the_line_and_a_break_does_not_join() {
    let drawing = draw(&chart(Body::Lines(Lines { lines: vec![line(Both::default(), &VALUES)] })), &look(Lang::En, 800.0));
    // 2010-2011, 2013 alone before the break of 2014, 2014-2016: two strokes, no dots across.
    assert_eq!(drawing.svg.matches("class=\"stroke\"").count(), 2);
    assert_eq!(drawing.svg.matches("class=\"gap\"").count(), 0);
    assert_eq!(drawing.svg.matches("class=\"missing\"").count(), 1);
    assert_eq!(drawing.svg.matches("class=\"break\"").count(), 1);
    assert_eq!(drawing.svg.matches("class=\"ghost\"").count(), 1);
    assert!(drawing.svg.contains("a new method"));
    assert!(drawing.svg.contains("data-at=\"2016\" data-value=\"43900\" data-low=\"39510\""));
    assert!(drawing.alt.contains("2010 61,200 (from 55,080 to 67,320), 2016 43,900"), "{}", drawing.alt);
    assert!(drawing.alt.contains("highest 62,500 (2011), lowest 40,300 (2015), not known in 2012"), "{}", drawing.alt);
}

#[test]
fn what_does_not_apply_before_a_line_begins_goes_without_saying() {
    let mut early = line(Both::default(), &VALUES);
    early.points[2].missing = Some(Missing::Suppressed);
    early.points.insert(0, Point { x: 2009.0, at: "2009".into(), missing: Some(Missing::NotApplicable), ..Point::default() });
    let drawing = draw(&chart(Body::Lines(Lines { lines: vec![early] })), &look(Lang::En, 800.0));
    assert_eq!(drawing.svg.matches("class=\"missing\"").count(), 1);
    assert!(drawing.alt.contains("suppressed in 2012") && !drawing.alt.contains("not applicable"));
}

/// Every kind is one row, and its file bears its name.
#[test]
fn the_table_of_kinds_has_a_file_for_each() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chart");
    for kind in CHARTS {
        let file = [format!("{}.rs", kind.id), format!("{}/mod.rs", kind.id)].iter().any(|f| folder.join(f).is_file());
        assert!(file && !kind.label.0.is_empty() && !kind.label.1.is_empty(), "{}", kind.id);
    }
    assert_eq!([lines(), bars(), multiples()].map(|b| b.kind().id), ["lines", "bars", "multiples"]);
}

/// A golden drawing of each kind; made by this test with `ATALAYA_BLESS=1`, looked at as PNG.
#[test]
fn drawings_are_as_they_were_when_somebody_looked_at_them() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for (name, body, lang, theme, width) in [
        ("lines", lines(), Lang::En, Theme::Light, 640.0),
        ("bars", bars(), Lang::Es, Theme::Dark, 360.0),
        ("multiples", multiples(), Lang::Es, Theme::Light, 640.0),
    ] {
        let drawing = draw(&chart(body), &Look { lang, theme, width });
        let path = folder.join(format!("{name}.svg"));
        if std::env::var_os("ATALAYA_BLESS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &drawing.svg).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap();
        assert!(drawing.svg == golden, "{name} differs: look at it, then bless it with ATALAYA_BLESS=1");
    }
}

mod colours {
    //! WCAG contrast, and distance under simulated colour blindness (Machado, Oliveira, Fernandes 2009).
    use super::*;

    const SIGHTS: [[[f64; 3]; 3]; 3] = [
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        // Deuteranopia, then protanopia.
        [[0.367_322, 0.860_646, -0.227_968], [0.280_085, 0.672_501, 0.047_413], [-0.011_820, 0.042_940, 0.968_881]],
        [[0.152_286, 1.052_583, -0.204_868], [0.114_503, 0.786_281, 0.099_216], [-0.003_882, -0.048_116, 1.051_998]],
    ];

    fn linear(hex: &str) -> [f64; 3] {
        [1, 3, 5].map(|at| {
            let c = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(c: [f64; 3]) -> f64 {
        0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(linear(a)), luminance(linear(b)));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn lab(c: [f64; 3]) -> [f64; 3] {
        let x = 0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2];
        let z = 0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2];
        let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
        let (x, y, z) = (f(x / 0.9505), f(luminance(c)), f(z / 1.089));
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    fn seen(sight: &[[f64; 3]; 3], c: [f64; 3]) -> [f64; 3] {
        sight.map(|row| row.iter().zip(c).map(|(m, c)| m * c).sum::<f64>().clamp(0.0, 1.0))
    }

    fn distance(a: &str, b: &str) -> f64 {
        let one = |sight: &[[f64; 3]; 3]| {
            let (a, b) = (lab(seen(sight, linear(a))), lab(seen(sight, linear(b))));
            a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        };
        SIGHTS.iter().map(one).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn words_reach_4_5_and_marks_3_on_their_ground() {
        for Ink { surface, sunken, ink, muted, warn, warn_soft, series, names, edge, .. } in [LIGHT, DARK] {
            for text in [ink, muted].into_iter().chain(names) {
                assert!(contrast(text, surface) >= 4.5, "{text} on {surface}: {}", contrast(text, surface));
            }
            assert!(contrast(ink, sunken) >= 4.5 && contrast(warn, warn_soft) >= 4.5);
            for mark in series.into_iter().chain([edge]) {
                assert!(contrast(mark, surface) >= 3.0, "{mark} on {surface}: {}", contrast(mark, surface));
            }
        }
    }

    #[test]
    fn no_two_lines_look_alike_to_the_colour_blind() {
        for ink in [LIGHT, DARK] {
            for (at, a) in ink.series.iter().enumerate() {
                for b in &ink.series[at + 1..] {
                    // About nine times the difference one just sees.
                    assert!(distance(a, b) >= 20.0, "{a} {b}: {}", distance(a, b));
                }
            }
        }
    }

    #[test]
    fn lines_differ_without_colour() {
        let pens: Vec<_> = (0..12).map(|at| LIGHT.pen(at)).collect();
        for (at, a) in pens.iter().enumerate() {
            for b in &pens[at + 1..] {
                assert!((a.dash, a.shape) != (b.dash, b.shape) || a.colour != b.colour, "{a:?} {b:?}");
            }
            assert!(pens.get(at + 1).is_none_or(|b| a.dash != b.dash && a.shape != b.shape));
        }
    }

    #[test]
    fn the_page_has_the_same_colours() {
        let css = include_str!("../../../atalaya-web/ui/src/app.css");
        let (light, dark) = css.split_once("[data-theme='dark']").unwrap();
        for (part, ink) in [(light, LIGHT), (dark, DARK)] {
            for (at, colour) in ink.series.iter().enumerate() {
                assert!(part.contains(&format!("--l{}: {colour};", at + 1)), "--l{} {colour}", at + 1);
            }
            for (name, colour) in [("surface", ink.surface), ("ink", ink.ink), ("muted", ink.muted), ("line", ink.line), ("edge", ink.edge)]
            {
                assert!(part.contains(&format!("--{name}: {colour};")), "--{name} {colour}");
            }
        }
    }
}
