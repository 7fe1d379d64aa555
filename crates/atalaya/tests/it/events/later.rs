//! What stays as it was: after undoing, after a new vintage, derived again, and how long it takes.

use atalaya::events::{Wish, decide};
use atalaya::verbs::{Ask, Draw, Export, Figure, LinkDecisions, LinkEvents, Records, Table, Verify, rebuild};
use atalaya::{Answer, Caller, Quiet, Still};
use atalaya_kernel::{Both, Lang};
use atalaya_store::{Ruling, Scope};

use super::{NOW, TOTALS, accept, accept_all, by, cell, collect, joint, reject, says, undo};
use crate::support::{World, shared};

/// Every answer, export and figure id that may depend on links.
fn everything(world: &mut World) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for dims in [&[][..], &["agency"], &["source", "year"], &["month"], &["place", "unit"]] {
        let answer = world.ask(&by(dims));
        out.push((format!("{dims:?}"), serde_json::to_vec(&answer).unwrap()));
        let timed = dims.iter().any(|d| matches!(*d, "year" | "month"));
        for format in ["csv", "xlsx", "parquet", "json", "sdmx-csv"].into_iter().filter(|f| timed || *f != "sdmx-csv") {
            let mut quiet = Quiet;
            let mut caller = Caller { now: NOW.into(), who: "test".into(), lang: Lang::Es, progress: &mut quiet, pace: &Still };
            let export = Export { ask: by(dims), format: Some(format.into()), ..Export::default() };
            out.push((format!("{dims:?} {format}"), export.file(&mut world.observatory, &mut caller).unwrap().bytes));
        }
        let page = world.run(&Figure { id: answer.figure.clone(), ..Figure::default() }).unwrap();
        out.push((format!("figure of {dims:?}"), serde_json::to_vec(&page).unwrap()));
    }
    for value in ["records", "events", "kg", "kg_unique"] {
        let drawn = world.run(&Draw { ask: by(&["month", "agency"]), value: Some(value.into()), ..Draw::default() }).unwrap();
        out.push((format!("chart of {value}"), drawn.svg.into_bytes()));
    }
    let table = world.run(&Table { table: "records".into(), limit: 100, ..Table::default() }).unwrap();
    out.push(("table".into(), serde_json::to_vec(&table).unwrap()));
    let records = world.run(&Records { limit: 100, ..Records::default() }).unwrap();
    out.push(("records".into(), serde_json::to_vec(&records).unwrap()));
    let events = world.run(&LinkEvents::default()).unwrap();
    out.push(("events".into(), serde_json::to_vec(&events).unwrap()));
    out.push(("root".into(), world.observatory.store().snapshot(None).unwrap().into_bytes()));
    out
}

#[test]
fn undo_gives_back_every_answer_export_and_figure_byte_for_byte() {
    let mut world = joint();
    // Something else is linked, so that the state given back is not the empty one.
    accept(&mut world, &[("police:20", "police:21")]).unwrap();
    let before = everything(&mut world);
    let linked = accept_all(&mut world);
    let between = everything(&mut world);
    let same = before.iter().zip(&between).filter(|(a, b)| a == b).map(|(a, _)| a.0.as_str()).collect::<Vec<_>>();
    assert!(same.len() < 8 && same.contains(&"root"), "the rows stay, the answers do not: {same:?}");
    for decision in linked.decisions {
        undo(&mut world, decision).unwrap();
    }
    for (a, b) in before.iter().zip(everything(&mut world)) {
        assert!(*a == b, "{} differs after undo", a.0);
    }
}

#[test]
fn a_figure_gives_its_number_again_after_later_decisions_and_says_what_is_different_today() {
    let mut world = joint();
    let unlinked = Answer::text(&world.ask(&by(&[])).rows[0], "figure");
    accept_all(&mut world);
    let answer = world.ask(&by(&[]));
    let linked = Answer::text(&answer.rows[0], "figure");
    assert_ne!(unlinked, linked, "the decisions in force are part of the id");
    for id in [unlinked.clone(), linked.clone(), answer.figure.clone()] {
        assert!(world.run(&Verify { figure: id }).unwrap().verified);
    }
    let then = world.run(&Verify { figure: unlinked.clone() }).unwrap();
    assert_eq!(then.now["events"], 42);
    let today = then.today.unwrap();
    assert_eq!((today.figure.as_str(), today.value["events"].as_u64(), today.differs), (linked.as_str(), Some(26), true));
    // Undone, the linked figure still verifies, and the first one is today's again.
    for decision in 1..=16 {
        undo(&mut world, decision).unwrap();
    }
    let then = world.run(&Verify { figure: linked.clone() }).unwrap();
    assert!(then.verified, "{:#?}", then.checks);
    assert_eq!(then.today.unwrap().figure, unlinked);
    let page = world.run(&Figure { id: linked, ..Figure::default() }).unwrap();
    assert_eq!((page.value["records"].as_u64(), page.value["events"].as_u64()), (Some(42), Some(26)));
    assert_eq!(page.rests_on.len(), 16);
    assert_eq!(page.rests_on[0].why, "the same operation");
    let asked = world.ask(&Ask { links: Some(16), ..by(&[]) });
    assert_eq!(asked.rows[0]["events"], 26, "one can ask as of a decision");
    assert_eq!(world.ask(&Ask { links: Some(0), ..by(&[]) }).rows[0]["events"], 42);
}

#[test]
fn a_decision_survives_a_new_vintage_unless_its_record_changed() {
    let mut world = World::new();
    let row = |day: u32, kg: &str| format!("Peru,Callao,Police,2021-03-{day:02},Cocaine,{kg},Kilogram\n");
    // Rows 1 and 2 say the same, as do 3 and 4.
    let first = [row(1, "5"), row(1, "5"), row(2, "7"), row(2, "7"), row(3, "9")].concat();
    collect(&mut world, "police", "CLEAR", "one.csv", &first);
    accept(&mut world, &[("police:1", "police:2"), ("police:3", "police:4")]).unwrap();
    assert_eq!(world.ask(&by(&[])).rows[0]["events"], 3);
    let root = |world: &World| world.observatory.events(&world.observatory.eye(None).unwrap(), None).unwrap().root.clone();
    let before = root(&world);
    // Another order, a row more before them, and one of the pair of the second corrected.
    let second = [row(9, "1"), row(3, "9"), row(2, "7.2"), row(2, "7"), row(1, "5"), row(1, "5")].concat();
    collect(&mut world, "police", "CLEAR", "two.csv", &second);
    assert_eq!(root(&world), before, "the rulings are the same");
    let answer = world.ask(&by(&[]));
    assert_eq!(cell(&answer, 0, TOTALS)[..2], ["6", "5"], "the first pair holds, the second does not");
    assert!(says(&answer, "1 link rulings do not hold"), "{:?}", answer.notes);
    let page = world.run(&LinkDecisions::default()).unwrap();
    let again = &page.again[0];
    assert_eq!((page.again.len(), again.decision, again.ruling.as_str()), (1, 2, "same"));
    let lost: Vec<_> = again.records.iter().filter(|r| r.lost).collect();
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0].changes, [["amount".to_string(), "7".into(), "7.2".into()]], "it is said what changed");
    assert_eq!(lost[0].now.as_ref().unwrap().ordinal, 3);
    // As the store stood before, the pair holds.
    assert_eq!(world.ask(&Ask { as_of: Some(1), ..by(&[]) }).rows[0]["events"], 3);
    // Decided again, it is no longer asked for.
    accept(&mut world, &[("police:3", "police:4")]).unwrap();
    assert!(world.run(&LinkDecisions::default()).unwrap().again.is_empty());
    assert_eq!(world.ask(&by(&[])).rows[0]["events"], 4);
}

#[test]
fn the_store_derived_again_has_the_same_root_and_the_same_events() {
    let mut world = joint();
    accept_all(&mut world);
    undo(&mut world, 3).unwrap();
    reject(&mut world, "police:1", "police:17").unwrap();
    let before = everything(&mut world);
    let root = world.observatory.root().to_path_buf();
    let mut quiet = Quiet;
    let mut caller = Caller { now: NOW.into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
    let rebuilt = rebuild(&root, &mut caller).unwrap();
    assert_eq!(rebuilt.snapshot, rebuilt.expected);
    assert_eq!(rebuilt.decisions, 18);
    world.observatory = atalaya::Observatory::open(&root).unwrap();
    for (a, b) in before.iter().zip(everything(&mut world)) {
        assert!(*a == b, "{} differs in the store derived again", a.0);
    }
}

/// As many links as the study estimates double reports, over the real file: what they cost.
#[test]
#[expect(clippy::disallowed_methods, reason = "it measures time")]
fn a_question_over_the_real_file_costs_little_more_with_6700_links() {
    let Some(path) = shared("data/unodc_ids_2011_2016") else { return };
    let mut world = World::new();
    world.collect("unodc-ids", &path);
    let now = || std::time::Instant::now();
    let least = |world: &mut World, dims: &[&str]| {
        let once = |_| {
            let start = now();
            world.ask(&by(dims));
            start.elapsed().as_secs_f64() * 1e3
        };
        (0..9).map(once).fold(f64::MAX, f64::min)
    };
    let questions: [&[&str]; 4] = [&[], &["year"], &["area", "year"], &["place"]];
    let before: Vec<f64> = questions.iter().map(|q| least(&mut world, q)).collect();
    let eye = world.observatory.eye(None).unwrap();
    let wish = Wish {
        ruling: Ruling::Same,
        scope: Scope::Batch,
        title: Both::same("6,700 pairs"),
        proposals: Vec::new(),
        at_least: None,
        engine: String::new(),
        pairs: (0..6700).map(|n| [n * 46, n * 46 + 1]).collect(),
    };
    let mut quiet = Quiet;
    let caller = Caller { now: NOW.into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
    let start = now();
    decide(&mut world.observatory, &caller, &eye, Some("a measure"), vec![wish]).unwrap();
    println!("6,700 pairs decided in {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let start = now();
    let events = world.observatory.events(&eye, None).unwrap();
    println!("resolved in {:.0} ms, once", start.elapsed().as_secs_f64() * 1e3);
    assert_eq!(events.count(eye.cube.len()), 311_038 - 6_700 - (311_038 - eye.cube.len()));
    for (question, before) in questions.iter().zip(before) {
        let after = least(&mut world, question);
        println!("{question:?}: {before:.2} ms before, {after:.2} ms with 6,700 links");
    }
    let bytes = std::fs::metadata(world.observatory.root().join("journal.jsonl")).unwrap().len();
    println!("journal of one intake and one decision: {bytes} bytes");
}
