//! Maps: neighbours do not part, what is missing is drawn as missing, nothing is dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use atalaya_kernel::shape::{Outlines, Shape, Shapes};
use atalaya_kernel::{Both, Lang, Missing};
use atalaya_report::chart::{self, AreaValue, Body, Chart, Look, MapBody, Point, Theme, map};
use atalaya_report::export::geojson;
use atalaya_report::{About, Field, FieldKind, Format, Table, render};

/// Two countries with a winding border between them, and a third with a hole for a fourth.
pub(crate) fn outlines() -> Arc<Outlines> {
    let border: Vec<[f64; 2]> = (0..=400).map(|i| [-70.0 + (f64::from(i) / 9.0).sin() / 2.0, -20.0 + f64::from(i) / 20.0]).collect();
    let mut west = vec![[-80.0, 0.0], [-80.0, -20.0]];
    west.extend(&border);
    let mut east = vec![[-60.0, -20.0], [-60.0, 0.0]];
    east.extend(border.iter().rev());
    let around = vec![vec![[-90.0, -40.0], [-50.0, -40.0], [-50.0, -25.0], [-90.0, -25.0]], hole()];
    let shape = |area: &str, polygons| Shape { area: area.into(), polygons };
    let shapes =
        vec![shape("PE", vec![vec![west]]), shape("BO", vec![vec![east]]), shape("AR", vec![around]), shape("PY", vec![vec![hole()]])];
    let source = Both::new("drawn by hand", "trazado a mano");
    Arc::new(Outlines::of(&Shapes { id: "test".into(), level: "country".into(), source, licence: "CC0".into(), shapes }))
}

fn hole() -> Vec<[f64; 2]> {
    vec![[-70.0, -35.0], [-70.0, -30.0], [-60.0, -30.0], [-60.0, -35.0]]
}

fn value(area: &str, text: Option<&str>, missing: Option<Missing>) -> AreaValue {
    let point =
        Point { at: "2024".into(), value: text.map(String::from), missing, figure: Some(format!("fig-{area}")), ..Point::default() };
    AreaValue { area: area.into(), name: Both::new(format!("{area} <b>"), format!("{area} es")), point }
}

fn drawn(values: Vec<AreaValue>, lang: Lang) -> String {
    let body = Body::Map(MapBody {
        level: "country".into(),
        within: "m49:005".into(),
        values,
        at: "2024".into(),
        outlines: vec![outlines()],
        ..MapBody::default()
    });
    let unit = Both::new("hectares", "hectáreas");
    let chart = Chart {
        id: "t".into(),
        title: Both::same("t"),
        subtitle: Both::default(),
        unit,
        body,
        about: About::default(),
        figure: "fig-t".into(),
    };
    chart::draw(&chart, &Look { lang, theme: Theme::Light, width: 720.0 }).svg
}

/// The path of an area.
fn path<'s>(svg: &'s str, area: &str) -> &'s str {
    let from = svg.split(&format!("data-area=\"{area}\"")).nth(1).unwrap_or_else(|| panic!("{area} is not drawn"));
    from.split("d=\"M").nth(1).unwrap().split('"').next().unwrap()
}

/// The corners of a path, in tenths of a pixel.
fn corners(path: &str) -> Vec<(i32, i32)> {
    let mut numbers = Vec::new();
    let mut word = String::new();
    for c in path.chars().chain(['z']) {
        if (c == '-' || !c.is_ascii_digit()) && !word.is_empty() {
            numbers.push(word.parse::<i32>().unwrap());
            word.clear();
        }
        if c == '-' || c.is_ascii_digit() {
            word.push(c);
        }
    }
    let mut at = (0, 0);
    numbers
        .chunks(2)
        .map(|p| {
            at = (at.0 + p[0], at.1 + p[1]);
            at
        })
        .collect()
}

#[test]
fn neighbours_do_not_part() {
    let svg = drawn(vec![value("PE", Some("10"), None), value("BO", Some("20"), None)], Lang::En);
    let (pe, bo) = (corners(path(&svg, "PE")), corners(path(&svg, "BO")));
    let shared = pe.iter().filter(|p| bo.contains(p)).count();
    assert!(shared > 20 && shared < 350, "the border is thinned and kept: {shared}");
    // All of Peru's corners but the two in the west lie on the border, and Bolivia has each.
    assert_eq!(shared, pe.len() - 2, "no gap: {pe:?} {bo:?}");
}

#[test]
fn zero_missing_and_nothing_are_drawn_apart_and_in_the_key() {
    let values = vec![value("PE", Some("0"), None), value("BO", None, Some(Missing::Suppressed)), value("AR", Some("7"), None)];
    let svg = drawn(values, Lang::Es);
    for class in ["zero", "suppressed", "c1", "nothing"] {
        assert!(svg.contains(&format!("class=\"{class}\"")), "{class}");
    }
    for word in ["cero informado", "suprimido", "nada informado", "Lambert", "trazado a mano", "CC0"] {
        assert!(svg.contains(word), "{word}");
    }
    assert!(svg.contains("url(#map-suppressed-light)") && svg.contains("id=\"map-suppressed-light\""));
    assert!(svg.contains("data-missing=\"suppressed\"") && svg.contains("data-figure=\"fig-AR\"") && svg.contains("data-value=\"7\""));
}

#[test]
fn data_without_an_outline_stand_in_words_under_the_map() {
    let svg = drawn(vec![value("PE", Some("1"), None), value("CL", Some("12345"), None)], Lang::En);
    assert!(svg.contains("1 area with data and no outline here: CL &lt;b&gt; 12,345"), "{svg}");
    assert!(!svg.contains("<b>"), "names are escaped");
}

#[test]
fn a_frame_says_the_class_of_every_area() {
    let classes = chart::Classes::of(&[1.0, 50.0, 100.0], &[]);
    let frame = map::frame("2024", &[value("PE", Some("100"), None), value("BO", None, None)], &classes);
    let fills: BTreeMap<&str, &str> = frame.fills.iter().map(|(a, c)| (a.as_str(), c.as_str())).collect();
    assert_eq!(fills["BO"], "not-known");
    let last = format!("c{}", classes.len());
    assert_eq!(fills["PE"], last);
    assert!(map::palette(&classes).contains_key(&last));
}

#[test]
fn geojson_has_every_row_and_null_where_there_is_no_outline() {
    let field = |id: &str, kind| Field { id: id.into(), label: Both::same(id), kind, unit: String::new() };
    let row = |area: &str, value: &str| vec![Some(area.to_string()), Some(value.to_string())];
    let table = Table {
        id: "t".into(),
        title: Both::same("t"),
        columns: vec![field("area", FieldKind::Text), field("value", FieldKind::Decimal)],
        rows: vec![row("PE", "1.5"), row("CL", "2")],
        about: About::default(),
    };
    let ring = vec![[-80.0, 0.0], [-70.0, 0.0], [-70.0, -10.0], [-80.0, -10.0]];
    let shapes =
        Shapes { shapes: vec![Shape { area: "PE".into(), polygons: vec![vec![ring]] }], licence: "CC0".into(), ..Shapes::default() };
    let pieces = geojson(&table, &[&shapes], Lang::En, "t.geojson").unwrap();
    let json: serde_json::Value = serde_json::from_slice(&pieces[0].bytes).unwrap();
    assert_eq!(json["features"].as_array().unwrap().len(), 2);
    assert_eq!(json["features"][1]["geometry"], serde_json::Value::Null);
    assert_eq!(json["features"][0]["properties"]["value"], 1.5);
    let got = json["features"][0]["geometry"]["coordinates"][0][0].as_array().unwrap();
    assert_eq!((got.len(), &got[0] == got.last().unwrap()), (5, true));
    assert_eq!(json["outlines"][0]["licence"], "CC0");
    assert!(render(&table, Format::GeoJson, Lang::En, "t.geojson").is_ok(), "without outlines every geometry is null");
}
