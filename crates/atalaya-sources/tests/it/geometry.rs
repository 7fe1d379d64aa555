//! Outlines: hostile files are refused with their place, honest ones find their areas.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use atalaya_kernel::Exit;
use atalaya_kernel::area::{Level, areas};
use atalaya_sources::geometry::{Sureness, bounds, match_areas, read, world};

use crate::real::data;

/// A square in degrees, closed.
fn square(x: f64, y: f64) -> String {
    let (a, b) = (x + 0.1, y + 0.1);
    format!("[[[{x},{y}],[{a},{y}],[{a},{b}],[{x},{b}],[{x},{y}]]]")
}

fn feature(properties: &str, coordinates: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{properties},"geometry":{{"type":"Polygon","coordinates":{coordinates}}}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

/// Districts of Lima where they lie.
fn districts(codes: &[&str]) -> Vec<String> {
    codes.iter().enumerate().map(|(at, code)| feature(&format!(r#"{{"ID":{code}}}"#), &square(-77.0 + at as f64 / 5.0, -12.0))).collect()
}

fn refusal(text: &[u8]) -> (String, String) {
    let problem = read(text, "t.geojson").and_then(|f| match_areas(&f, None, "t.geojson")).unwrap_err();
    assert_eq!(problem.exit, Exit::Refused, "{problem}");
    assert!(problem.place.starts_with("t.geojson") && !problem.found.es.is_empty() && !problem.todo.es.is_empty(), "{problem}");
    (problem.id, problem.place)
}

#[test]
fn hostile_files_are_refused_with_their_place() {
    let one = |coordinates: &str| collection(&[feature("{}", coordinates)]);
    let deep = format!(r#"{{"type":"FeatureCollection","features":{}}}"#, "[".repeat(200_000));
    let deep_ring = one(&format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000)));
    let point =
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}]}"#;
    let utm = one(&square(0.0, 0.0)).replacen('{', r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32718"}},"#, 1);
    let twice = r#"{"type":"FeatureCollection","type":"FeatureCollection","features":[]}"#;
    let cases: Vec<(&str, String, &str)> = vec![
        ("not JSON", "<gml/>".into(), "json"),
        ("deep", deep, "json"),
        ("deep ring", deep_ring, "json"),
        ("overflow", one("[[[1e400,0],[1,0],[1,1],[1e400,0]]]"), "json"),
        ("NaN", one("[[[NaN,0],[1,0],[1,1],[NaN,0]]]"), "json"),
        ("text", one(r#"[[["1",0],[1,0],[1,1],["1",0]]]"#), "json"),
        ("one number", one("[[[1],[1,0],[1,1],[1]]]"), "json"),
        ("twice", twice.into(), "json"),
        ("metres", one("[[[500000,8600000],[500001,8600000],[500001,8600001],[500000,8600000]]]"), "geometry-range"),
        ("unclosed", one("[[[0,0],[1,0],[1,1],[0,1]]]"), "geometry-ring"),
        ("too short", one("[[[0,0],[1,0],[0,0]]]"), "geometry-ring"),
        ("bow tie", one("[[[0,0],[1,1],[0,1],[1,0],[0,0]]]"), "geometry-crossing"),
        ("point", point.into(), "geometry-kind"),
        ("bare geometry", r#"{"type":"Polygon","coordinates":[]}"#.into(), "geometry-kind"),
        ("empty", collection(&[]), "geometry-kind"),
        ("crs", utm, "geometry-crs"),
        ("antimeridian", one("[[[179,0],[-179,0],[-179,1],[179,0]]]"), "geometry-ring"),
        ("no codes", one(&square(0.0, 0.0)), "geometry-no-match"),
        ("same area", collection(&districts(&["\"150101\"", "\"150102\"", "\"150101\""])), "geometry-duplicate"),
    ];
    for (name, text, expected) in cases {
        assert_eq!(refusal(text.as_bytes()).0, expected, "{name}");
    }
    let (id, place) = refusal(b"{\"type\":\"\xff\"}");
    assert_eq!((id.as_str(), place.as_str()), ("bad-encoding", "t.geojson byte 9"));
    let (_, place) = refusal(collection(&[feature("{}", &square(0.0, 0.0)), feature("{}", "[[[0,0],[1,0],[1,1],[0,1]]]")]).as_bytes());
    assert_eq!(place, "t.geojson feature 2 polygon 1 ring 1");
}

/// The file `boundary.geojson` of the attacks.
#[test]
fn the_attack_file_is_refused() {
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"<b>x</b>"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1e9,0],[0,1e9],[0,0]]]}}]}"#;
    let (id, place) = refusal(text.as_bytes());
    assert_eq!((id.as_str(), place.as_str()), ("geometry-range", "t.geojson feature 1 polygon 1 ring 1 point 2"));
}

#[test]
fn codes_are_found_with_or_without_their_zero_and_nothing_is_lost() {
    let mut features = districts(&["\"150101\"", "\"150102\"", "\"150103\"", "\"999999\""]);
    features.push(r#"{"type":"Feature","properties":{"ID":"150104"},"geometry":null}"#.into());
    let features = read(collection(&features).as_bytes(), "t").unwrap();
    let matched = match_areas(&features, None, "t").unwrap();
    assert_eq!((matched.property.as_str(), matched.reading.as_str(), matched.level), ("ID", "ubigeo", Level::Third));
    assert_eq!(matched.areas, [Some("ubigeo:150101"), Some("ubigeo:150102"), Some("ubigeo:150103"), None, Some("ubigeo:150104")]);
    assert!(features[4].polygons.is_empty());

    // Chachapoyas, its zero lost in a spreadsheet.
    let bare = collection(&[feature(r#"{"ID":10101}"#, &square(-77.8, -6.2)), feature(r#"{"ID":10102}"#, &square(-77.6, -6.2))]);
    let matched = match_areas(&read(bare.as_bytes(), "t").unwrap(), None, "t").unwrap();
    assert_eq!((matched.padded, matched.sure), (2, Sureness::Likely));
}

#[test]
fn swapped_coordinates_within_range_are_seen_by_where_they_fall() {
    let swapped: Vec<String> = ["150101", "150102"].iter().map(|c| feature(&format!(r#"{{"ID":"{c}"}}"#), &square(-12.0, -77.0))).collect();
    assert_eq!(refusal(collection(&swapped).as_bytes()).0, "geometry-swapped");
}

#[test]
fn every_country_of_the_list_has_an_outline_but_those_natural_earth_does_not_draw() {
    let has: BTreeSet<&str> = world().shapes.iter().map(|s| s.area.as_str()).collect();
    let without: Vec<&str> =
        areas().iter().filter(|a| a.level == Level::Country && a.valid_to.is_none()).map(|a| a.code).filter(|c| !has.contains(c)).collect();
    assert_eq!(without, ["BV", "GI", "TK", "TV", "UM"]);
    // Small islands that matter for the trade are there, apart from their former powers.
    for code in ["GF", "GP", "MQ", "CW", "AW", "BQ", "TT", "BB", "VC", "FJ", "TO", "XK", "TW", "EH", "PS"] {
        assert!(has.contains(code), "{code}");
    }
    for shape in &world().shapes {
        let [west, south, east, north] = bounds(shape.polygons.iter().flatten()).unwrap();
        assert!(west >= -180.0 && east <= 180.0 && south >= -90.0 && north <= 90.0, "{}", shape.area);
        let long = |w: &[[f64; 2]]| (w[0][0] - w[1][0]).abs() > 180.0 && w[0][1] > -89.0;
        assert!(!shape.polygons.iter().flatten().any(|r| r.windows(2).any(long)), "{} runs around the world", shape.area);
    }
    let france = world().shapes.iter().find(|s| s.area == "FR").unwrap();
    assert!(bounds(france.polygons.iter().flatten()).unwrap()[0] > -10.0, "France ends in Europe");
}

#[test]
fn the_real_files_find_their_codes() {
    let cases = [
        ("geo_peru/peru_distrital_simple.geojson", "IDDIST", "ubigeo", Level::Third, 1_834),
        ("geo_peru/peru_provincial_simple.geojson", "FIRST_IDPR", "ubigeo", Level::Second, 197),
        ("geo_peru/peru_departamental_simple.geojson", "FIRST_IDDP", "ubigeo", Level::First, 25),
        ("geo_colombia_dane_2018/co_2018_MGN_MPIO_POLITICO.geojson", "MPIO_CCNCT", "divipola", Level::Second, 1_122),
        ("geo_colombia_dane_2018/co_2018_MGN_DPTO_POLITICO.geojson", "DPTO_CCDGO", "divipola", Level::First, 33),
    ];
    for (path, property, reading, level, features) in cases {
        let Some(file) = data(path) else { continue };
        let read = read(&std::fs::read(file).unwrap(), path).unwrap();
        let matched = match_areas(&read, None, path).unwrap();
        assert_eq!(read.len(), features, "{path}");
        assert_eq!((matched.property.as_str(), matched.reading.as_str(), matched.level), (property, reading, level), "{path}");
        assert_eq!(matched.sure, Sureness::Sure, "{path}: {} of {features}", matched.count());
    }
}
