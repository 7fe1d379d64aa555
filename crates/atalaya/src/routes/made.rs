//! An atlas made by hand, for the tests of what is drawn and said of one.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Decimal, Label, Tlp};

use super::atlas::{Atlas, AtlasEdge, AtlasPlace, AtlasUnknown, Balance, EdgeYear, Trust, UnknownAt};
use crate::answer::SourceLine;

/// Peru makes it and sends it to Brazil and Spain; Brazil passes some on; a seizure in Peru names nobody.
pub(crate) fn atlas(method: &str) -> Atlas {
    let place =
        |code: &str, en: &str, es: &str, middle, producer| AtlasPlace { code: code.into(), name: Both::new(en, es), middle, producer };
    let label = Label { tlp: Tlp::Green, purpose: "analysis".into(), recipients: ["*".to_string()].into(), rows: Default::default() };
    Atlas {
        title: Both::new("Flows, coca and cocaine", "Flujos, coca y cocaína"),
        group: "coca".into(),
        method: method.into(),
        unit: "kg".into(),
        years: vec![2015, 2016],
        places: vec![
            place("BR", "Brazil", "Brasil", Some([-10.8, -53.1]), false),
            place("ES", "Spain", "España", Some([40.3, -3.6]), false),
            place("IT", "Italy", "Italia", None, false),
            place("PE", "Peru", "Perú", Some([-9.2, -74.4]), true),
        ],
        edges: vec![
            edge("PE", "BR", 12, 8.5, 900, [20_000.0, 50_000.0, 90_000.0], method),
            edge("PE", "ES", 3, 2.0, 2_400, [0.0, 12_000.0, 60_000.0], method),
            edge("BR", "ES", 9, 6.0, 700, [5_000.0, 9_000.0, 14_000.0], method),
            edge("BR", "IT", 1, 1.0, 40, [0.0, 700.0, 5_000.0], method),
        ],
        unknown: AtlasUnknown {
            records: 60,
            kg: Decimal::whole(10_000),
            unlinked: 35,
            unlinked_kg: Decimal::whole(6_000),
            share: 0.6,
            set_aside: 2,
            by_place: BTreeMap::from([("PE".to_string(), UnknownAt { records: 30, kg: Decimal::whole(5_000) })]),
        },
        balances: if method == "observed" { Vec::new() } else { vec![balance()] },
        trust: Some(Trust {
            reporter_held_out: [0.7712, 0.8743],
            reporters: 37,
            year_held_out: [0.71, 0.66],
            years: 120,
            seen: 4,
            at_least: 9.4,
            unknown_share: 0.5,
            thin: 0.5,
        }),
        whole: BTreeMap::new(),
        figure: "fig-0123456789abcdef".into(),
        snapshot: "00".repeat(32),
        label: Some(label.clone()),
        sources: vec![SourceLine {
            id: "made".into(),
            title: Both::new("Made by hand", "Hecho a mano"),
            producer: "Tests".into(),
            licence: "CC0".into(),
            vintages: vec!["2016".into()],
            cut_off: None,
            prepared: None,
            simulated: true,
            label,
        }],
        notes: vec![Both::new("a note", "una nota")],
    }
}

fn balance() -> Balance {
    Balance {
        place: "PE".into(),
        produced: Some([300_000.0, 380_000.0, 470_000.0]),
        produced_kg: Some([300_000.0, 380_000.0, 470_000.0]),
        into: [0.0, 0.0, 0.0],
        out: [30_000.0, 62_000.0, 140_000.0],
        seized: None,
        consumed: Some([1_000.0, 2_500.0, 6_000.0]),
        unexplained: Some([150_000.0, 310_000.0, 420_000.0]),
        records: [0, 15],
    }
}

fn edge(from: &str, to: &str, records: u64, effective: f64, kg: i64, band: [f64; 3], method: &str) -> AtlasEdge {
    let flow = match method {
        "observed" => None,
        "published" => Some([band[1]; 3]),
        _ => Some(band),
    };
    let year = |share: f64, records: u64| EdgeYear {
        records,
        recorded_kg: Decimal::whole((kg as f64 * share) as i64),
        flow: flow.filter(|_| method == "joint").map(|band| band.map(|v| v * share * 2.0)),
    };
    AtlasEdge {
        from: from.into(),
        to: to.into(),
        records,
        effective,
        recorded_kg: Decimal::whole(kg),
        without_mass: 0,
        flow,
        top_ten: (method == "joint").then_some(0.9),
        by_year: vec![year(0.25, records / 3), year(0.75, records - records / 3)],
        figure: String::new(),
    }
}
