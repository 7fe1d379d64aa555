//! Measures, change, seizures, rates and validation of routes, through the store.

use atalaya::verbs::{RoutesChange, RoutesMeasures, RoutesRate, RoutesSeizures, RoutesValidate, Say};
use atalaya_kernel::Lang;

use crate::support::{World, shared};

fn world() -> Option<World> {
    let folder = shared("data/unodc_ids_2011_2016")?;
    let mut world = World::new();
    world.collect("unodc-ids", &folder.join("drug-trafficking-unodc.zip"));
    Some(world)
}

/// Flows note, sections 4.3 and 3.6: measures of the observed network, Colombia's tonnes, unseen links.
#[test]
fn the_real_file_is_measured() {
    let Some(mut world) = world() else { return };
    let observed = RoutesMeasures { checks: vec!["none".into()], min_kg: Some("0".into()), draws: 20, ..RoutesMeasures::default() };
    let found = world.run(&observed).unwrap();
    assert_eq!(found.edges, 750);
    let whole = |id: &str| found.whole.iter().find(|m| m.id == id).unwrap();
    assert!((whole("density").observed.unwrap() - 0.036_4).abs() < 5e-5);
    assert_eq!(whole("strong_component").observed, Some(89.0));
    let spain = &found.places[0];
    assert_eq!((spain.area.as_str(), spain.degree), ("ES", [56, 78]));
    assert!((spain.betweenness - 0.392_5).abs() < 5e-5 && spain.betweenness_drawn[0] < spain.betweenness_drawn[2]);
    assert!(found.say(Lang::Es).contains("Intermediación"));

    let change = RoutesChange { area: "CO".into(), before: "2011-2013".into(), after: "2014-2016".into(), ..RoutesChange::default() };
    let found = world.run(&change).unwrap();
    assert_eq!(found.verdict, "reporting");
    let tonnes: Vec<f64> = found.years.iter().filter(|y| y.year > 2013).map(|y| (y.kg.to_f64() / 1e3).round()).collect();
    assert_eq!(tonnes, [211.0, 101.0, 53.0]);
    assert!(found.say(Lang::Es).contains("lea la caída como del reporte"), "{}", found.say(Lang::Es));

    let found = world.run(&RoutesValidate { min_kg: Some("0".into()), ..RoutesValidate::default() }).unwrap();
    for (name, (cases, [ours, published])) in [("reporter", found.reporters), ("year", found.years)] {
        assert!(cases > 20 && ours < published, "{name}: {ours} {published}");
    }
    assert!(found.unseen.at_least > found.unseen.seen as f64 && found.worlds.is_empty());

    let found = world.run(&RoutesSeizures { area: vec!["PE".into()], ..RoutesSeizures::default() }).unwrap();
    assert!(found.rows.iter().all(|r| r.pure_kg.is_none() && !r.records.is_empty()) && found.effort.is_empty());
    assert!(found.say(Lang::En).contains("not known") && found.say(Lang::En).contains("no series of effort"));
}

#[test]
fn the_demo_is_measured_and_refusals_are_named() {
    let mut world = World::demo();
    let found = world.run(&RoutesMeasures { draws: 10, ..RoutesMeasures::default() }).unwrap();
    assert_eq!(found, world.run(&RoutesMeasures { draws: 10, ..RoutesMeasures::default() }).unwrap());
    assert!(found.basis.label.is_some() && !found.places.is_empty());
    let found = world.run(&RoutesValidate { worlds: 2, ..RoutesValidate::default() }).unwrap();
    assert_eq!((found.worlds.len(), found.worlds[0].worlds), (3, 2));
    assert!(found.say(Lang::Es).contains("Mundos simulados"));
    let found = world.run(&RoutesSeizures::default()).unwrap();
    assert!(found.rows.iter().all(|r| !r.figure.is_empty()), "{found:?}");
    let ask = |before: &str, after: &str, area: &str| RoutesChange {
        area: area.into(),
        before: before.into(),
        after: after.into(),
        ..RoutesChange::default()
    };
    assert_eq!(world.run(&ask("2014-2016", "2011-2013", "CO")).unwrap_err().id, "bad-period");
    assert_eq!(world.run(&ask("2011", "2012", "Atlantis")).unwrap_err().id, "area-unknown");
    assert_eq!(world.run(&ask("2011", "2012", "NU")).unwrap_err().id, "no-records");
    assert_eq!(world.run(&RoutesMeasures { draws: 50_000, ..RoutesMeasures::default() }).unwrap_err().id, "too-many-draws");
    assert_eq!(world.run(&RoutesValidate { worlds: 5_000, ..RoutesValidate::default() }).unwrap_err().id, "too-many-worlds");
    assert_eq!(world.run(&RoutesRate::default()).unwrap_err().id, "nothing-to-divide");
    let rate = RoutesRate { area: Some("NU".into()), year: Some(2015), ..RoutesRate::default() };
    assert_eq!(world.run(&rate).unwrap_err().id, "not-held");
}
