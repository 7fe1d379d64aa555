//! Consumption and production of an atlas from the store, repeats, and places of one's own.

use std::fs;

use atalaya::routes::atlas::Atlas;
use atalaya::verbs::{Collect, LinkAccept, RoutesAtlas, RoutesNetwork, RoutesRecords, Verify};

use crate::support::World;

/// A recipe of one measure: area, year, value.
fn recipe(id: &str, measure: &str, unit: &str, substance: &str, definition: &str) -> String {
    let substance = if substance.is_empty() { String::new() } else { format!("substance = {{ value = \"{substance}\" }}\n") };
    format!(
        "id = \"{id}\"\ntitle = {{ en = \"{id}\", es = \"{id}\" }}\nproducer = \"test\"\nlicence = \"open\"\nkind = \"observations\"\nkeeps = \"extend\"\n\
         label = {{ tlp = \"TLP:CLEAR\", purpose = \"analysis\", recipients = [\"*\"], rows = \"releasable\" }}\n\
         [vintage]\ncolumn = \"edition\"\n[[layout]]\nname = \"x\"\n[layout.fields]\narea = {{ from = [\"area\"], required = true }}\n\
         period = {{ from = [\"year\"], dates = \"year\", required = true }}\n{substance}\
         [[layout.observe]]\nmeasure = \"{measure}\"\nunit = \"{unit}\"\nvalue = \"value\"\ndefinition = \"{definition}\"\n"
    )
}

fn collect(world: &mut World, recipe: &str, id: &str, rows: &[(String, i32, f64)]) {
    let root = world.observatory.root().to_path_buf();
    let folder = root.join("sources").join(id);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("recipe.toml"), recipe).unwrap();
    let file = root.join(format!("{id}.csv"));
    let mut text = String::from("area,year,value,edition\n");
    rows.iter().for_each(|(area, year, value)| text += &format!("{area},{year},{value},2020\n"));
    fs::write(&file, text).unwrap();
    let collected = world.run(&Collect { source: Some(id.into()), from: Some(file) }).unwrap();
    assert_eq!(collected.sources[0].intakes[0].counts.accepted, rows.len() as u64, "{id}: {collected:?}");
}

fn joint() -> RoutesAtlas {
    RoutesAtlas { draws: 60, ..RoutesAtlas::default() }
}

fn says(atlas: &Atlas, text: &str) -> bool {
    atlas.notes.iter().any(|n| n.en.contains(text))
}

#[test]
fn amounts_come_from_the_store_where_it_holds_enough() {
    let mut world = World::demo();
    let before = world.run(&joint()).unwrap();
    assert_eq!(before.unit, "unit");
    assert!(says(&before, "cannot be told") && says(&before, "one and the same unit"), "{:?}", before.notes);
    let (first, last) = (before.years[0], *before.years.last().unwrap());
    let middle = before.years[before.years.len() / 2];
    let codes: Vec<String> = before.places.iter().map(|p| p.code.clone()).collect();
    let of = |value: f64| codes.iter().map(|c| (c.clone(), middle, value)).collect::<Vec<_>>();
    collect(&mut world, &recipe("users", "prevalence", "percent", "cocaine", "past-year use"), "users", &of(1.0));
    assert_eq!(world.run(&joint()).unwrap().unit, "unit", "a share of an unknown number of people");
    collect(&mut world, &recipe("people", "population", "count", "", "ages 15-64"), "people", &of(10e6));
    let made: Vec<(String, i32, f64)> = (first..=last).map(|year| ("PE".to_string(), year, 400.0)).collect();
    collect(&mut world, &recipe("made", "potential-production", "t", "cocaine", "pure"), "made", &made);
    let after = world.run(&joint()).unwrap();
    assert_eq!(after.unit, "kg");
    assert!(says(&after, "35 g of pure cocaine") && says(&after, "potential manufacture") && says(&after, "purity: the store holds none"));
    assert!(after.sources.iter().any(|s| s.id == "users"), "what it rests on is named");
    // 10 million people, 1 %, 35 g: 3,500 kg a place, of those that import.
    if let Ok(shares) = world.run(&RoutesAtlas { method: "published".into(), ..joint() }) {
        // The demo has surveys of its own, which count beside these.
        let a_place = shares.whole["demand"][1] / (codes.len() - 3) as f64;
        assert!((1_750.0..7_000.0).contains(&a_place), "{a_place}");
    }
    let makes_nothing: Vec<_> = after.balances.iter().filter(|b| !["BO", "CO", "PE"].contains(&b.place.as_str())).collect();
    assert!(makes_nothing.iter().all(|b| b.consumed.is_some() && b.seized.is_some()));
    let peru = after.balances.iter().find(|b| b.place == "PE").unwrap();
    let made = peru.produced.unwrap();
    assert!((300_000.0..600_000.0).contains(&made[1]) && made[0] < made[1] && made[1] < made[2], "{made:?}");
    assert!(peru.unexplained.is_some() && makes_nothing.iter().all(|b| b.unexplained.is_none()));
    // It is computed again, and asked otherwise it is another figure.
    assert!(world.run(&Verify { figure: after.figure.clone() }).unwrap().verified);
    let unit = world.run(&RoutesAtlas { unit_demand: true, ..joint() }).unwrap();
    assert_eq!(unit.unit, "unit");
    assert_ne!(unit.figure, after.figure);
}

#[test]
fn events_count_once() {
    let mut world = World::demo();
    let ask = RoutesNetwork { links: vec!["DS".into()], ..RoutesNetwork::default() };
    let before = world.run(&ask).unwrap();
    let edge = &before.network.rows[0];
    let [from, to] = ["from", "to"].map(|c| edge[c].as_str().unwrap().to_string());
    let of_link = RoutesRecords {
        ask: RoutesAtlas { links: vec!["DS".into()], checks: vec!["none".into()], ..joint() },
        from_place: from,
        to_place: to,
        limit: 2,
        ..RoutesRecords::default()
    };
    let page = world.run(&of_link).unwrap();
    assert!(page.total >= 2);
    let pair: Vec<String> = page.rows.iter().map(|r| format!("{}:{}", r[0], r[3])).collect();
    world.run(&LinkAccept { pair, why: Some("one boat".into()), ..LinkAccept::default() }).unwrap();
    let after = world.run(&ask).unwrap();
    assert_eq!((after.records, after.unknown.records), (before.records - 1, before.unknown.records - 1));
    assert!(after.network.notes.iter().any(|n| n.en.starts_with("1 records are ruled")), "{:?}", after.network.notes);
    assert_ne!(after.network.figure, before.network.figure, "rulings are part of a figure");
    // What was published before the ruling is still computed again.
    for figure in [&before.network.figure, &after.network.figure] {
        assert!(world.run(&Verify { figure: figure.clone() }).unwrap().verified);
    }
}

#[test]
fn places_can_be_ones_own() {
    let mut world = World::demo();
    let countries = world.run(&RoutesAtlas { method: "observed".into(), ..joint() }).unwrap();
    let file = world.observatory.root().join("corridors.csv");
    fs::write(&file, "area,corridor\nCO,North\nEC,North\nPE,South\nBO,South\n").unwrap();
    let of = |method: &str| RoutesAtlas { method: method.into(), corridors: Some(file.clone()), ..joint() };
    let corridors = world.run(&of("observed")).unwrap();
    let codes: Vec<&str> = corridors.places.iter().map(|p| p.code.as_str()).collect();
    assert!(codes.contains(&"North") && !codes.contains(&"CO"), "{codes:?}");
    assert!(corridors.edges.len() < countries.edges.len());
    assert_eq!(corridors.unknown.records, countries.unknown.records, "no record is lost on the way");
    let drawn = world.run(&of("joint")).unwrap();
    assert!(drawn.places.iter().any(|p| p.code == "South" && p.producer));
    let ports = RoutesAtlas { places: "port".into(), ..joint() };
    assert_eq!(world.run(&ports).unwrap_err().id, "only-observed");
    for places in ["port", "department"] {
        let found = world.run(&RoutesAtlas { places: places.into(), method: "observed".into(), ..joint() }).unwrap();
        assert_eq!(found.unknown.records, countries.unknown.records, "{places}");
    }
    fs::write(&file, "area,corridor\nAtlantis,North\n").unwrap();
    assert_eq!(world.run(&of("observed")).unwrap_err().id, "area-unknown");
    assert_eq!(world.run(&RoutesAtlas { places: "villages".into(), ..joint() }).unwrap_err().id, "unknown-places");
}
