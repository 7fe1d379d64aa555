//! The table of counts of the observed network, through the store: every row is one command.

use atalaya::verbs::{ObservedNetwork, RoutesFlows, RoutesNetwork};

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
