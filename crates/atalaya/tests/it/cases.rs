//! The cases of `docs/cases`, run as anybody would run them: what the pages say is what comes out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use atalaya::evaluate::finding::{Diagnostic, Finding, Grave, Verdict};
use atalaya::verbs::{EvaluateRegister, EvaluateRun};
use serde_json::Value;

use crate::support::{World, shared};

/// Registers a case beside its data and runs it.
fn case(id: &str, name: &str, data: &str) -> Finding {
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cases").join(id).join("design.toml")).unwrap();
    let mut world = World::new();
    let folder = world.observatory.root().join("designs").join(id);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("design.toml"), text).unwrap();
    std::fs::write(folder.join(name), data).unwrap();
    assert_eq!(world.run(&EvaluateRun { id: id.into(), as_of: None }).unwrap_err().id, "not-registered");
    world.run(&EvaluateRegister { id: id.into(), why: "a test".into() }).unwrap();
    world.run(&EvaluateRun { id: id.into(), as_of: None }).unwrap()
}

fn check<'a>(finding: &'a Finding, id: &str) -> &'a Diagnostic {
    finding.diagnostics.iter().find(|d| d.id == id).unwrap_or_else(|| panic!("{id} was not looked at"))
}

fn near(found: f64, said: f64, within: f64) {
    assert!((found - said).abs() <= within, "{found}, and the page says {said}");
}

fn coca() -> Option<String> {
    let panel = shared("data/co_coca_municipio_2001_2024")?.join("co_coca_municipio_long_2001_2024.csv");
    Some(std::fs::read_to_string(panel).unwrap())
}

#[test]
fn colombia_cannot_be_told() {
    let Some(panel) = coca() else { return };
    let found = case("colombia-2014", "co_coca_municipio_long_2001_2024.csv", &panel);
    assert_eq!(found.verdict, Verdict::CannotTell);
    near(found.effect.estimate, 239.0, 0.5);
    near(found.effect.se.unwrap(), 77.7, 0.05);
    for id in ["pre-trends", "selected-on-outcome", "scale"] {
        assert_eq!(check(&found, id).grave, Grave::Forbids, "{id}");
    }
    let asinh = found.specifications.iter().find(|s| {
        s.choices["transformation"] == "asinh"
            && s.choices["window"] == "2011-2016"
            && s.choices["estimator"] == "twfe"
            && s.choices.len() == 3
    });
    let asinh = &asinh.expect("the asinh scale is always compared").effect;
    near(asinh.estimate, -0.08, 0.005);
    near(asinh.se.unwrap(), 0.06, 0.005);
}

#[test]
fn cannabis_laws_cannot_be_told_by_looking_often() {
    let Some(folder) = shared("data/us_state_rcl_drug_arrest_rate") else { return };
    let panel = std::fs::read_to_string(folder.join("eventmodeldata_rcl_quarters.csv")).unwrap();
    let found = case("us-cannabis-laws", "eventmodeldata_rcl_quarters.csv", &panel);
    assert_eq!((found.verdict, found.effect.size.units, found.effect.size.treated), (Verdict::CannotTell, 16, 6));
    near(found.effect.estimate, -12.2, 0.05);
    let ([low, high], [any_low, any_high]) = (found.effect.interval.unwrap(), found.effect.anytime.unwrap());
    assert!(high < 0.0 && any_high > 0.0 && any_low < low, "one look would have said otherwise: {:?}", found.effect);
}

#[test]
fn la_macarena_improved_and_its_neighbours_did_not_pay() {
    let Some(panel) = coca() else { return };
    let Some(outlines) = shared("data/geo_colombia_dane_2018") else { return };
    let found = case("macarena-2007", "macarena.csv", &joined(&panel, &outlines.join("co_2018_MGN_MPIO_POLITICO.geojson")));
    // The text that was hashed before anything after 2006 was read.
    assert!(found.hash.starts_with("698bf9d07fc0f5dc"), "the registered design was changed: {}", found.hash);
    assert_eq!((found.verdict, found.effect.size.units, found.effect.size.treated), (Verdict::Improved, 319, 6));
    near(found.effect.estimate, -826.0, 0.5);
    let [low, high] = found.effect.anytime.unwrap();
    near(low, -1191.0, 0.5);
    near(high, -460.0, 0.5);
    let rings: Vec<f64> = found.spillovers.iter().filter(|s| s.kind == "ring").map(|s| s.effect.estimate).collect();
    assert!(rings.len() == 2 && rings.iter().all(|e| *e < 0.0), "{rings:?}");
    assert!(found.diagnostics.iter().all(|d| d.grave != Grave::Forbids));
}

/// What `docs/cases/macarena-2007/join.py` makes.
fn joined(panel: &str, outlines: &PathBuf) -> String {
    let outlines: Value = serde_json::from_str(&std::fs::read_to_string(outlines).unwrap()).unwrap();
    let middles: std::collections::BTreeMap<&str, [f64; 2]> = outlines["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["properties"]["MPIO_CCNCT"].as_str().unwrap(), middle(&f["geometry"])))
        .collect();
    let mut out = String::from("codmpio,departamento,municipio,year,coca_ha,lat,lon\n");
    for line in panel.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [_, department, code, place, year, coca] = cells[..] else { panic!("{line}") };
        let [lat, lon] = middles[code];
        writeln!(out, "{code},{department},{place},{year},{coca},{lat:.4},{lon:.4}").unwrap();
    }
    out
}

fn middle(geometry: &Value) -> [f64; 2] {
    let polygons = match geometry["type"].as_str() {
        Some("Polygon") => vec![&geometry["coordinates"]],
        _ => geometry["coordinates"].as_array().unwrap().iter().collect(),
    };
    let mut best = [0.0_f64; 3];
    for ring in polygons.iter().map(|p| p[0].as_array().unwrap()) {
        let at = |i: usize| [0, 1].map(|axis| ring[i % ring.len()][axis].as_f64().unwrap());
        let mut sums = [0.0; 3];
        for i in 0..ring.len() {
            let (a, b) = (at(i), at(i + 1));
            let cross = a[0] * b[1] - b[0] * a[1];
            sums = [sums[0] + cross, sums[1] + (a[0] + b[0]) * cross, sums[2] + (a[1] + b[1]) * cross];
        }
        if sums[0].abs() > best[0].abs() {
            best = sums;
        }
    }
    [best[2] / (3.0 * best[0]), best[1] / (3.0 * best[0])]
}
