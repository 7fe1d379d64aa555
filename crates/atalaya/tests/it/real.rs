//! The acceptance numbers on the real files, through the store.

use std::collections::BTreeMap;

use atalaya::Answer;
use atalaya::verbs::{Ask, Diff};
use atalaya_store::Store;

use crate::support::{World, shared};

/// National sums of CATALOG.md, rounded to the hectare, 2001 to 2024.
const SIMCI: [i64; 24] = [
    136_918, 102_071, 86_332, 80_348, 85_750, 77_870, 98_899, 80_953, 68_027, 61_811, 63_765, 47_788, 48_189, 69_132, 96_085, 146_140,
    171_495, 169_018, 154_476, 142_784, 204_257, 230_028, 252_572, 261_386,
];

fn by_year(answer: &Answer, what: &str) -> BTreeMap<i32, i64> {
    let year = |r: &BTreeMap<String, serde_json::Value>| Answer::text(r, "year").parse().unwrap();
    answer.rows.iter().map(|r| (year(r), Answer::text(r, what).parse::<f64>().unwrap().round() as i64)).collect()
}

/// The sums are the same whichever form of the file is read.
#[test]
fn simci_national_sums_in_either_form() {
    let Some(folder) = shared("data/co_coca_municipio_2001_2024") else { return };
    let expected: BTreeMap<i32, i64> = (2001..).zip(SIMCI).collect();
    let ask = Ask { what: "coca-area".into(), area: vec!["CO".into()], by: vec!["year".into()], ..Ask::default() };
    for files in [&["co_coca_municipio_long_2001_2024.csv"][..], &["coca_crops_2001-2022.csv", "add_2023_2024.csv"]] {
        let mut world = World::new();
        for file in files {
            world.collect("simci-coca", &folder.join(file));
        }
        assert_eq!(by_year(&world.ask(&ask), "value"), expected, "{files:?}");
    }
}

/// DEVIDA: 61,777 ha in 2020 under either definition; the editions we have revise no cell.
#[test]
fn devida_2020_and_its_revisions() {
    let Some(folder) = shared("data/pe_coca") else { return };
    let mut world = World::new();
    world.collect("devida-coca", &folder);
    let ask = Ask { what: "coca-area".into(), area: vec!["PE".into()], by: vec!["year".into()], ..Ask::default() };
    assert_eq!(by_year(&world.ask(&ask), "value").get(&2020), Some(&61_777));
    let vintages = world.observatory.store().visible_of("devida-coca").unwrap();
    assert!(vintages.len() >= 4, "one file, four editions, and the departments");
    let revised: u64 = vintages
        .windows(2)
        .map(|pair| Diff {
            source: "devida-coca".into(),
            from: Some(pair[0].vintage.clone()),
            to: Some(pair[1].vintage.clone()),
            limit: 10,
        })
        .map(|diff| world.run(&diff).map_or(0, |d| d.summary.revised))
        .sum();
    assert_eq!(revised, 0, "a revision appeared: look at it with `atalaya diff devida-coca`");
}

/// CBP: 38,886 rows of four overlapping releases are 16,617 cells; nothing in them contradicts.
#[test]
fn cbp_overlaps_count_once() {
    let Some(folder) = shared("data/us_cbp_drug_seizures_fy19_25") else { return };
    let mut world = World::new();
    for years in ["19_22", "20_23", "21_24", "22_25"] {
        world.collect("us-cbp", &folder.join(format!("cbp_drug_seizures_fy{years}.csv")));
    }
    let store: &Store = world.observatory.store();
    let intakes = store.visible(None).unwrap();
    let read: u64 = intakes.iter().map(|i| i.counts.read).sum();
    let observations = store.observations(&intakes).unwrap();
    let cells = observations.current().filter(|c| c.text("measure") == "seized-mass").count();
    assert_eq!((read, cells), (38_886, 16_617));
    for pair in intakes.windows(2) {
        let diff = Diff { source: "us-cbp".into(), from: Some(pair[0].vintage.clone()), to: Some(pair[1].vintage.clone()), limit: 5 };
        assert_eq!(world.run(&diff).unwrap().summary.revised, 0, "overlaps agree");
    }
    // CATALOG.md: fentanyl FY2023 12,257 kg, cocaine FY2019 45,876 kg.
    for (substance, year, kg) in [("fentanyl", "FY2023", 12_257), ("cocaine", "FY2019", 45_876)] {
        let ask = Ask {
            what: "seized-mass".into(),
            substance: vec![substance.into()],
            area: vec!["US".into()],
            by: vec!["fiscal-year".into()],
            ..Ask::default()
        };
        let answer = world.ask(&ask);
        let row = answer.rows.iter().find(|r| Answer::text(r, "fiscal-year") == year).unwrap();
        let value: f64 = Answer::text(row, "value").parse().unwrap();
        let unit = Answer::text(row, "unit");
        let in_kg = if unit == "lb" { value * 0.453_592_37 } else { value };
        assert_eq!(in_kg.round() as i64, kg, "{substance} {year} {unit}");
    }
}

/// EUDA: the two vintages agree on all 272 cocaine city-years they share.
#[test]
fn euda_vintages_agree_on_cocaine() {
    let Some(folder) = shared("data/euda_wastewater_2011_2024") else { return };
    let mut world = World::new();
    for file in ["ww-data-long-2023-05-02.csv", "Wasserwerk2020-2024.csv"] {
        world.collect("euda-wastewater", &folder.join(file));
    }
    let store = world.observatory.store();
    let intakes = store.visible(None).unwrap();
    assert_eq!(intakes.len(), 2);
    let observations = store.observations(&intakes).unwrap();
    let daily = |id: i64| -> BTreeMap<_, String> {
        let means = observations.of_intake(id).filter(|c| c.text("substance") == "cocaine" && c.text("breakdown").is_empty());
        means.map(|c| (c.key(), c.text("value").to_string())).collect()
    };
    let (old, new) = (daily(intakes[0].id), daily(intakes[1].id));
    let shared: Vec<_> = old.iter().filter_map(|(key, value)| new.get(key).map(|other| (value, other))).collect();
    assert_eq!(shared.len(), 272);
    assert!(shared.iter().all(|(a, b)| a.parse::<f64>().unwrap() == b.parse::<f64>().unwrap()));
}

/// A vintage that revises a value shows it, before and after; printing noise is no revision.
#[test]
fn a_revised_cell_shows_in_the_diff() {
    let mut world = World::new();
    let source = world.observatory.root().join("sources/demo-devida-coca");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("recipe.toml"), include_str!("../../src/demo/coca-devida.toml")).unwrap();
    let file = world.observatory.root().join("editions.csv");
    let rows = "edition,zone,year,hectares\n2023,VRAEM,2022,100\n2023,Huallaga,2022,7\n2024,VRAEM,2022,110\n2024,Huallaga,2022,7.0\n";
    std::fs::write(&file, rows).unwrap();
    world.collect("demo-devida-coca", &file);
    let compared = world.run(&Diff { source: "demo-devida-coca".into(), limit: 10, ..Diff::default() }).unwrap();
    assert_eq!((compared.summary.revised, compared.summary.same, compared.summary.added), (1, 1, 0));
    let change = &compared.changes[0];
    assert_eq!((change.kind.as_str(), change.area.as_str()), ("revised", "devida:vraem"));
    assert_eq!((change.before.as_str(), change.now.as_str(), change.percent.as_deref()), ("100", "110", Some("+10.0")));
}

/// Homicides: a municipality-year without a row is zero by the source's definition, within the
/// years asked for and nowhere else; what was reported stays as reported.
#[test]
fn absent_homicide_rows_are_zero_by_definition() {
    let Some(old) = shared("data/co_homicides_municipio_1990_2013") else { return };
    let Some(new) = shared("data/co_homicides_municipio_2003_2023") else { return };
    let mut world = World::new();
    world.collect("co-homicides", &old);
    world.collect("co-homicides", &new);
    let ask = Ask {
        what: "homicides".into(),
        area: vec!["divipola:05004".into()],
        by: vec!["year".into()],
        from: Some("2015".into()),
        ..Ask::default()
    };
    let answer = world.ask(&ask);
    let rows: Vec<(String, String, String)> =
        answer.rows.iter().map(|r| (Answer::text(r, "year"), Answer::text(r, "value"), Answer::text(r, "basis"))).collect();
    assert_eq!(rows.first().map(|r| r.0.as_str()), Some("2015"), "nothing outside the years asked for: {rows:?}");
    assert!(rows.contains(&("2017".into(), "1".into(), "reported".into())), "{rows:?}");
    assert!(rows.contains(&("2018".into(), "0".into(), "zero by definition".into())), "{rows:?}");
    assert!(rows.is_sorted(), "{rows:?}");
    assert!(answer.notes.iter().any(|n| n.en.contains("zero by its definition")));
}
