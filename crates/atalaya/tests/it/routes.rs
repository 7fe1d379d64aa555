//! The table of counts of the observed network, through the store: every row is one command.

use atalaya::routes::atlas::Atlas;
use atalaya::verbs::{ObservedNetwork, RoutesAtlas, RoutesFlows, RoutesNetwork, RoutesRecords, Verify};
use atalaya_kernel::Decimal;

use crate::support::{World, shared};

/// The real file in an observatory, or nothing with a loud reason.
fn world() -> Option<World> {
    let folder = shared("data/unodc_ids_2011_2016")?;
    let mut world = World::new();
    world.collect("unodc-ids", &folder.join("drug-trafficking-unodc.zip"));
    Some(world)
}

fn ask(links: &str) -> RoutesNetwork {
    RoutesNetwork {
        group: "coca".into(),
        links: links.split(',').map(String::from).collect(),
        repeats_from_kg: "1".into(),
        ..RoutesNetwork::default()
    }
}

fn counts(found: &ObservedNetwork) -> [usize; 4] {
    [found.records as usize, found.connections, found.edges, found.nodes]
}

/// Research note on flows, table 4.1, and the reference run of 5.3.
#[test]
fn the_table_of_counts_and_the_reference_run() {
    let Some(mut world) = world() else { return };
    let kg = |text: &str| Some(text.to_string());
    let all = "PD,PS,DS,ST";
    let rows: [(RoutesNetwork, [usize; 4]); 12] = [
        (ask("DS,ST"), [12_955, 14_393, 750, 144]),
        (RoutesNetwork { min_kg: kg("0"), ..ask("DS,ST") }, [12_934, 14_372, 750, 144]),
        (RoutesNetwork { checks: vec!["R4".into()], repeats_from_kg: "0".into(), ..ask("DS,ST") }, [12_597, 14_006, 750, 144]),
        (ask("PS,DS,ST"), [13_744, 16_895, 853, 150]),
        (ask(all), [13_744, 17_142, 858, 150]),
        (RoutesNetwork { not_in: vec!["CO".into()], min_kg: kg("0.01"), ..ask(all) }, [13_176, 16_462, 831, 149]),
        (RoutesNetwork { not_in: vec!["CO".into()], min_kg: kg("0.05"), ..ask(all) }, [12_863, 16_114, 816, 148]),
        (RoutesNetwork { min_kg: kg("0.1"), ..ask(all) }, [12_639, 15_848, 818, 146]),
        // The note counts "Multiple Countries" as a place: 11 records of India, 9 of 0.1 kg or more.
        (RoutesNetwork { group: "opiates".into(), ..ask("DS,ST") }, [2_880 - 11, 3_042 - 11, 372, 131]),
        (RoutesNetwork { group: "opiates".into(), ..ask("PS,DS,ST") }, [5_892 - 11, 7_927 - 11, 438, 135]),
        (RoutesNetwork { group: "opiates".into(), ..ask(all) }, [5_892 - 11, 11_343 - 11, 449, 135]),
        (RoutesNetwork { group: "opiates".into(), min_kg: kg("0.1"), ..ask(all) }, [5_614 - 9, 10_874 - 9, 427, 132]),
    ];
    for (question, wanted) in rows {
        let found = world.run(&question).unwrap();
        assert_eq!(counts(&found), wanted, "{question:?}");
    }
    let checks = ["R1", "R2", "R3", "R4"].map(String::from).to_vec();
    let found = world.run(&RoutesNetwork { checks, min_kg: kg("0"), ..ask("DS,ST") }).unwrap();
    let flagged: Vec<u64> = found.checks.iter().map(|c| c.flagged).collect();
    assert_eq!(flagged, [52, 91, 2, 3_902]);
    assert_eq!((found.edges, found.nodes), (726, 143));
    let flows = RoutesFlows { method: "published".into(), min_kg: kg("0"), ..RoutesFlows::default() };
    let found = world.run(&flows).unwrap();
    for (name, wanted) in [("rho", 0.459_321), ("demand", 133.0), ("total", 386.506_512), ("hops", 2.906_064)] {
        assert!((found.whole[name] - wanted).abs() < 1e-4, "{name}: {}", found.whole[name]);
    }
    assert_eq!((found.nodes, found.edges, found.orphans.len()), (143, 726, 7));
    let drawn = world.run(&RoutesFlows { draws: 40, min_kg: kg("0"), ..RoutesFlows::default() }).unwrap();
    assert!(drawn.exports["CO"][0] < drawn.exports["CO"][2]);
    assert_eq!(
        drawn.flows.rows.len(),
        world.run(&RoutesFlows { draws: 40, min_kg: kg("0"), ..RoutesFlows::default() }).unwrap().flows.rows.len()
    );
}

#[test]
fn what_nobody_knows_is_refused_and_files_carry_their_label() {
    let mut world = World::demo();
    let wrong = |option: &str, ask: RoutesNetwork, world: &mut World| {
        let problem = world.run(&ask).unwrap_err();
        assert!(problem.place.starts_with(option), "{problem:?}");
    };
    wrong("--links", ask("DT"), &mut world);
    wrong("--checks", RoutesNetwork { checks: vec!["R9".into()], ..ask("DS") }, &mut world);
    wrong("--min-kg", RoutesNetwork { min_kg: Some("much".into()), ..ask("DS") }, &mut world);
    wrong("--group", RoutesNetwork { group: "moonshine".into(), ..ask("DS") }, &mut world);
    let folder = tempfile::tempdir().unwrap();
    for name in ["edges.csv", "edges.graphml", "edges.geojson"] {
        let found = world.run(&RoutesNetwork { out: Some(folder.path().join(name)), ..ask("DS,ST") }).unwrap();
        let text = std::fs::read_to_string(found.files.last().unwrap()).unwrap();
        assert!(text.contains("TLP:"), "{name}: {text}");
    }
    let svg = RoutesNetwork { out: Some(folder.path().join("edges.svg")), ..ask("DS,ST") };
    assert_eq!(world.run(&svg).unwrap_err().id, "unknown-format");
}

fn atlas(method: &str) -> RoutesAtlas {
    RoutesAtlas { method: method.into(), min_kg: Some("0".into()), draws: 40, ..RoutesAtlas::default() }
}

/// What must hold of every atlas.
fn hangs_together(atlas: &Atlas) {
    let codes: Vec<&str> = atlas.places.iter().map(|p| p.code.as_str()).collect();
    for edge in &atlas.edges {
        assert!(codes.contains(&edge.from.as_str()) && codes.contains(&edge.to.as_str()), "{edge:?}");
        assert_eq!(edge.by_year.len(), atlas.years.len());
        assert_eq!(edge.by_year.iter().map(|y| y.records).sum::<u64>(), edge.records);
        assert_eq!(edge.by_year.iter().map(|y| y.recorded_kg).sum::<Decimal>(), edge.recorded_kg);
        assert_eq!(edge.figure.is_empty(), edge.records == 0);
        if let Some([low, median, high]) = edge.flow {
            assert!(low <= median && median <= high && low >= 0.0, "{edge:?}");
        }
    }
    let unknown = &atlas.unknown;
    // Seizures of no country, on the high sea say, have no place to be drawn at.
    assert!(unknown.by_place.values().map(|p| p.records).sum::<u64>() <= unknown.unlinked);
    assert!(unknown.by_place.values().map(|p| p.kg).sum::<Decimal>() <= unknown.unlinked_kg);
    assert!(!unknown.by_place.is_empty() || unknown.unlinked == 0);
    assert!(serde_json::from_str::<Atlas>(&serde_json::to_string(atlas).unwrap()).is_ok());
}

#[test]
fn an_atlas_of_the_real_file_hangs_together() {
    let Some(mut world) = world() else { return };
    let observed = world.run(&atlas("observed")).unwrap();
    hangs_together(&observed);
    let drawn = world.run(&atlas("joint")).unwrap();
    hangs_together(&drawn);
    assert_eq!(drawn.unit, "unit");
    assert_eq!(observed.unknown, drawn.unknown);
    let trust = drawn.trust.as_ref().unwrap();
    assert_eq!((trust.seen, observed.edges.len()), (726, 726));
    assert!(trust.reporter_held_out[0] < trust.reporter_held_out[1], "{trust:?}");
    assert_eq!(drawn, world.run(&atlas("joint")).unwrap());
    // Flows of years average to that of all of them, where medians may be added: nowhere exactly.
    let edge = drawn.edges.iter().find(|e| (e.from.as_str(), e.to.as_str()) == ("CO", "EC")).unwrap();
    let mean = edge.by_year.iter().map(|y| y.flow.unwrap()[1]).sum::<f64>() / 6.0;
    assert!((0.3..3.0).contains(&(mean / edge.flow.unwrap()[1])), "{edge:?}");
    // What a place does not use or pass on it does not bring in.
    for account in drawn.balances.iter().filter(|b| !["BO", "CO", "PE"].contains(&b.place.as_str())) {
        assert!(account.into[1] + 1e-6 >= account.out[1], "{account:?}");
    }
}

#[test]
fn a_link_is_a_figure_whose_records_can_be_listed() {
    let mut world = World::demo();
    let observed = world.run(&atlas("observed")).unwrap();
    hangs_together(&observed);
    let edge = observed.edges.first().unwrap().clone();
    let ask = RoutesRecords {
        ask: atlas("joint"),
        from_place: edge.from.clone(),
        to_place: edge.to.clone(),
        limit: 1_000,
        ..RoutesRecords::default()
    };
    let page = world.run(&ask).unwrap();
    assert_eq!(page.total as u64, edge.records);
    let (year, of) = observed.years.iter().zip(&edge.by_year).find(|(_, y)| y.records > 0).unwrap();
    assert_eq!(world.run(&RoutesRecords { year: Some(*year), ..ask.clone() }).unwrap().total as u64, of.records);
    assert_eq!(world.run(&RoutesRecords { from_place: "FJ".into(), ..ask }).unwrap().total, 0);
    // One link, one figure, whichever method it is drawn by.
    let drawn = world.run(&atlas("joint")).unwrap();
    assert!(drawn.edges.iter().any(|e| e.figure == edge.figure));
    for figure in [&edge.figure, &observed.figure, &drawn.figure] {
        let verified = world.run(&Verify { figure: figure.clone() }).unwrap();
        assert!(verified.verified, "{verified:?}");
    }
    let page = world.run(&atalaya::verbs::Figure { id: edge.figure.clone(), offset: 0, limit: 10_000 }).unwrap();
    assert_eq!((page.behind.rows.len() as u64, page.value["records"].as_u64().unwrap()), (edge.records, edge.records));
}
