//! From records to events: on a made-up world of two agencies, counted by hand.

mod later;

use std::collections::BTreeMap;
use std::path::PathBuf;

use atalaya::answer::Answer;
use atalaya::verbs::{Ask, Figure, LinkAccept, LinkDecisions, LinkEvents, LinkReject, LinkUndo, Linked};
use atalaya::{Caller, Quiet, Still};
use atalaya_kernel::{Clearance, Lang, Problem, Seed, Tlp};
use serde_json::Value;

use crate::support::World;

const NOW: &str = "2026-11-23T12:00:00Z";

const RECIPE: &str = r#"
id = "ID"
title = { en = "Seizures", es = "Incautaciones" }
producer = "Agencies (simulated)"
licence = "open"
kind = "records"
simulated = true
label = { tlp = "TLP:LABEL", purpose = "test", recipients = ["*"], rows = "releasable" }

[[layout]]
name = "seizures"
[layout.fields]
area = { from = ["country"], required = true }
place = { from = ["place"] }
agency = { from = ["agency"] }
date = { from = ["date"], required = true }
substance = { from = ["drug"], required = true }
amount = { from = ["amount"] }
unit = { from = ["unit"] }
"#;

const HEAD: &str = "country,place,agency,date,drug,amount,unit\n";

/// Collects rows as a source of its own.
fn collect(world: &mut World, id: &str, tlp: &str, name: &str, rows: &str) {
    let folder = world.observatory.root().join("sources").join(id);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("recipe.toml"), RECIPE.replace("ID", id).replace("LABEL", tlp)).unwrap();
    let file: PathBuf = world.observatory.root().join(name);
    std::fs::write(&file, format!("{HEAD}{rows}")).unwrap();
    world.collect(id, &file);
}

/// 26 events: the first 16 claimed by police and navy, the other 10 by police alone; 42 records of
/// 1 kg, 2 kg ... 26 kg. The navy writes grams. Row 17 of the police repeats row 1 in all but its
/// place in the file: two seizures on one day, as happens.
fn joint() -> World {
    let mut world = World::new();
    let (mut police, mut navy) = (String::new(), String::new());
    for n in 1..=26 {
        let kg = if n == 17 { 1 } else { n };
        let day = if n == 17 { 1 } else { n };
        police += &format!("Peru,Callao,Police,2021-03-{day:02},Cocaine,{kg},Kilogram\n");
        if n <= 16 {
            navy += &format!("Peru,Callao,Navy,2021-03-{n:02},Cocaine,{n}000.5,Gram\n");
        }
    }
    collect(&mut world, "police", "CLEAR", "police.csv", &police);
    collect(&mut world, "navy", "CLEAR", "navy.csv", &navy);
    world
}

fn accept(world: &mut World, pairs: &[(&str, &str)]) -> Result<Linked, Problem> {
    let pair = pairs.iter().flat_map(|(a, b)| [a.to_string(), b.to_string()]).collect();
    world.run(&LinkAccept { pair, why: Some("the same operation".into()), ..LinkAccept::default() })
}

fn reject(world: &mut World, a: &str, b: &str) -> Result<Linked, Problem> {
    world.run(&LinkReject { pair: vec![a.into(), b.into()], why: Some("two boats".into()), ..LinkReject::default() })
}

fn undo(world: &mut World, decision: i64) -> Result<Linked, Problem> {
    world.run(&LinkUndo { decision, why: Some("a mistake".into()) })
}

fn accept_all(world: &mut World) -> Linked {
    let names: Vec<(String, String)> = (1..=16).map(|n| (format!("police:{n}"), format!("navy:{n}"))).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    accept(world, &pairs).unwrap()
}

fn by(dims: &[&str]) -> Ask {
    Ask { substance: vec!["cocaine".into()], by: dims.iter().map(|d| (*d).to_string()).collect(), ..Ask::default() }
}

fn cell(answer: &Answer, at: usize, columns: [&str; 4]) -> [String; 4] {
    columns.map(|c| Answer::text(&answer.rows[at], c))
}

const TOTALS: [&str; 4] = ["records", "events", "kg", "kg_unique"];

fn says(answer: &Answer, words: &str) -> bool {
    answer.notes.iter().any(|n| n.en.contains(words))
}

#[test]
fn twenty_six_joint_events_give_forty_two_credits_and_twenty_six_events() {
    let mut world = joint();
    let before = world.ask(&by(&[]));
    assert!(says(&before, "42 records, none linked yet"), "{:?}", before.notes);
    assert_eq!(cell(&before, 0, TOTALS)[..2], ["42", "42"]);
    let linked = accept_all(&mut world);
    assert_eq!((linked.records, linked.events), (42, 26));
    // 1 + ... + 26 less the 17 of row 17, which is 1; and the navy's grams of the 16 joint ones.
    let whole = world.ask(&by(&[]));
    let (police, navy) = (26 * 27 / 2 - 16, 16 * 17 / 2);
    assert_eq!(cell(&whole, 0, TOTALS), ["42", "26", &format!("{}.008", police + navy), &format!("{police}.008")]);
    assert!(says(&whole, "42 records, 26 events"), "{:?}", whole.notes);
    // Each agency is credited with what it claims; the events of both are more than there are.
    let agencies = world.ask(&by(&["agency"]));
    assert_eq!(cell(&agencies, 0, ["agency", "records", "events", "kg"]), ["Navy", "16", "16", "136.008"]);
    assert_eq!(cell(&agencies, 1, ["agency", "records", "events", "kg"]), ["Police", "26", "26", "335"]);
    assert!(says(&agencies, "add up to 42 events, there are 26"), "{:?}", agencies.notes);
}

#[test]
fn a_record_printed_finer_stands_for_the_event_and_nothing_is_averaged() {
    let mut world = joint();
    accept_all(&mut world);
    let page = world.run(&LinkEvents { limit: 50, ..LinkEvents::default() }).unwrap();
    assert_eq!((page.total, page.records, page.unique), (16, 42, 26));
    let first = &page.events[0];
    assert_eq!((first.records[0].source.as_str(), first.records[0].amount.as_str()), ("navy", "1000.5"));
    assert_eq!(first.kg.as_deref(), Some("1.0005"), "a tenth of a gram is finer than a kilogram");
    assert!(first.records[0].stands && !first.records[1].stands);
    assert!(first.why.en.contains("printed finest"));
    // Asked for the police alone, the police's own record gives the kilograms.
    let police = world.ask(&Ask { source: vec!["police".into()], ..by(&[]) });
    assert_eq!(cell(&police, 0, TOTALS), ["26", "26", "335", "335"]);
}

#[test]
fn a_look_alike_is_never_merged_without_a_decision() {
    let mut world = joint();
    accept_all(&mut world);
    let page = world.run(&LinkEvents { limit: 50, ..LinkEvents::default() }).unwrap();
    assert!(page.events.iter().all(|e| e.records.iter().all(|r| (r.source.as_str(), r.ordinal) != ("police", 17))));
    // Once it is said that they are two, nobody makes them one in passing.
    reject(&mut world, "police:1", "police:17").unwrap();
    let problem = accept(&mut world, &[("police:17", "navy:1")]).unwrap_err();
    assert_eq!(problem.id, "link-contradiction");
    assert!(problem.found.en.contains('1') && problem.found.en.contains("17"), "names both decisions: {}", problem.found.en);
    assert_eq!(world.ask(&by(&[])).rows[0]["events"], 26);
}

#[test]
fn a_ruling_against_another_is_refused_and_names_it() {
    let mut world = joint();
    let one = accept(&mut world, &[("police:1", "navy:1")]).unwrap().decisions[0];
    let two = accept(&mut world, &[("navy:1", "police:17")]).unwrap().decisions[0];
    let problem = reject(&mut world, "police:1", "police:17").unwrap_err();
    assert_eq!(problem.id, "link-contradiction");
    assert!(problem.found.en.contains(&format!("{one}, {two}")), "{}", problem.found.en);
    undo(&mut world, two).unwrap();
    reject(&mut world, "police:1", "police:17").unwrap();
}

#[test]
fn what_cannot_be_decided_is_refused_by_name() {
    let mut world = joint();
    let id = |r: Result<Linked, Problem>| r.unwrap_err().id;
    assert_eq!(id(accept(&mut world, &[("police:1", "navy:99")])), "no-record");
    assert_eq!(id(accept(&mut world, &[("nobody:1", "navy:1")])), "no-record");
    assert_eq!(id(accept(&mut world, &[("police", "navy:1")])), "no-record");
    let one = |pair: &[&str], why: Option<&str>| LinkAccept {
        pair: pair.iter().map(|p| (*p).to_string()).collect(),
        why: why.map(str::to_string),
        ..LinkAccept::default()
    };
    assert_eq!(id(world.run(&one(&["police:1", "navy:1"], None))), "why-needed");
    assert_eq!(id(world.run(&one(&["police:1"], Some("x")))), "link-pair");
    assert_eq!(id(world.run(&one(&[], Some("x")))), "nothing-to-decide");
    assert_eq!(
        id(world.run(&LinkAccept { ids: vec!["p-0000000000".into()], why: Some("x".into()), ..LinkAccept::default() })),
        "unknown-proposal"
    );
    assert_eq!(id(world.run(&LinkAccept { band: Some("2".into()), why: Some("x".into()), ..LinkAccept::default() })), "link-band");
    assert_eq!(id(undo(&mut world, 1)), "no-link-decision");
    accept(&mut world, &[("police:1", "navy:1")]).unwrap();
    assert_eq!(id(accept(&mut world, &[("navy:1", "police:1")])), "already-decided");
    undo(&mut world, 1).unwrap();
    assert_eq!(id(undo(&mut world, 1)), "already-undone");
    let ask = Ask { links: Some(9), ..by(&[]) };
    assert_eq!(world.run(&ask).unwrap_err().id, "no-link-decision");
}

/// As a reader of `TLP:GREEN` sees it.
fn reader(world: &World) -> atalaya::Observatory {
    let clearance = Clearance { tlp: Tlp::Green, inside: false, recipients: ["PE".to_string()].into() };
    world.observatory.another(clearance).unwrap()
}

#[test]
fn a_reader_counts_by_rulings_among_what_he_may_see() {
    // One observatory where a hidden agency links two records that are seen, and one without it.
    let make = |hidden: bool| {
        let mut world = World::new();
        let row = |agency: &str, n: u32| format!("Peru,Callao,{agency},2021-03-{n:02},Cocaine,{n},Kilogram\n");
        let rows = |agency: &str| (1..=4).map(|n| row(agency, n)).collect::<String>();
        collect(&mut world, "police", "GREEN", "police.csv", &rows("Police"));
        if hidden {
            collect(&mut world, "secret", "RED", "secret.csv", &rows("Secret"));
            accept(&mut world, &[("police:1", "secret:1"), ("secret:1", "secret:2")]).unwrap();
        }
        collect(&mut world, "navy", "GREEN", "navy.csv", &rows("Navy"));
        if hidden {
            // Police and navy are one event by way of the secret record alone.
            accept(&mut world, &[("secret:1", "navy:1")]).unwrap();
            undo(&mut world, 1).unwrap();
            accept(&mut world, &[("police:1", "secret:1")]).unwrap();
        }
        accept(&mut world, &[("police:2", "navy:2")]).unwrap();
        world
    };
    let (mixed, clean) = (make(true), make(false));
    assert_eq!(mixed.observatory.events(&mixed.observatory.eye(None).unwrap(), None).unwrap().count(12), 8);
    let seen = |world: &World, links: Option<i64>| {
        let mut observatory = reader(world);
        let mut quiet = Quiet;
        let mut caller = Caller { now: NOW.into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
        let mut out = Vec::new();
        for dims in [&[][..], &["agency"], &["source"]] {
            let answer =
                atalaya::Verb::run(&Ask { links, ..by(dims) }, &mut observatory, &mut caller).map(|a| serde_json::to_string(&a).unwrap());
            if let Ok(text) = &answer {
                let answer: Answer = serde_json::from_str(text).unwrap();
                let figure = Answer::text(&answer.rows[0], "figure");
                let page = atalaya::Verb::run(&Figure { id: figure, ..Figure::default() }, &mut observatory, &mut caller).unwrap();
                out.push(Ok(serde_json::to_string(&page).unwrap()));
            }
            out.push(answer.map_err(|p| p.id));
        }
        out.push(Ok(observatory.state().unwrap().to_string()));
        out
    };
    for links in [None, Some(0), Some(1), Some(2), Some(3), Some(6)] {
        assert_eq!(seen(&mixed, links), seen(&clean, links), "as linked after {links:?}");
    }
    let mut observatory = reader(&mixed);
    let mut quiet = Quiet;
    let mut caller = Caller { now: NOW.into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
    let answer = atalaya::Verb::run(&by(&[]), &mut observatory, &mut caller).unwrap();
    assert_eq!((answer.rows[0]["records"].as_u64(), answer.rows[0]["events"].as_u64()), (Some(8), Some(7)));
    let refused = atalaya::Verb::run(&LinkDecisions::default(), &mut observatory, &mut caller).unwrap_err();
    assert_eq!(refused.id, "inside-only");
    let refused = atalaya::Verb::run(&LinkUndo { decision: 1, why: Some("x".into()) }, &mut observatory, &mut caller).unwrap_err();
    assert_eq!(refused.id, "inside-only");
}

/// Whatever is decided and undone in whatever order, what stands is what those in force say.
#[test]
fn the_state_is_that_of_the_decisions_in_force_applied_fresh() {
    for seed in 0..6 {
        let mut world = joint();
        let mut chance = Seed(seed).stream(0);
        let mut log: Vec<(bool, [String; 2], bool)> = Vec::new();
        for _ in 0..25 {
            let mut name = || {
                let n = 1 + chance.below(6);
                if chance.below(2) == 0 { format!("police:{n}") } else { format!("navy:{n}") }
            };
            let pair = [name(), name()];
            let before = log.len();
            match chance.below(4) {
                0 | 1 => {
                    if let Ok(linked) = accept(&mut world, &[(&pair[0], &pair[1])]) {
                        log.push((true, pair, true));
                        assert_eq!(linked.decisions.len(), 1);
                    }
                }
                2 => {
                    if reject(&mut world, &pair[0], &pair[1]).is_ok() {
                        log.push((false, pair, true));
                    }
                }
                _ => {
                    let decisions = world.run(&LinkDecisions { limit: 500, ..LinkDecisions::default() }).unwrap().decisions;
                    let open: Vec<i64> = decisions.iter().rev().filter(|d| d.undone_by.is_none()).map(|d| d.id).collect();
                    if open.is_empty() {
                        continue;
                    }
                    let at = chance.below(open.len() as u64) as usize;
                    undo(&mut world, open[at]).unwrap();
                    let nth = decisions.iter().rev().position(|d| d.id == open[at]).unwrap();
                    log[nth].2 = false;
                }
            }
            assert!(log.len() <= before + 1);
        }
        let mut fresh = joint();
        for (same, [a, b], _) in log.iter().filter(|(.., in_force)| *in_force) {
            if *same { accept(&mut fresh, &[(a, b)]).map(drop) } else { reject(&mut fresh, a, b).map(drop) }.unwrap();
        }
        let told = |world: &mut World| {
            let eye = world.observatory.eye(None).unwrap();
            let events = world.observatory.events(&eye, None).unwrap();
            let rows: Vec<_> = events.linked.iter().map(|e| (e.id.clone(), e.rows.clone())).collect();
            assert!(events.again.is_empty());
            let answer = world.ask(&by(&["agency", "month"]));
            (events.root.clone(), rows, serde_json::to_string(&answer).unwrap())
        };
        assert_eq!(told(&mut world), told(&mut fresh), "seed {seed}");
    }
}

#[test]
fn sources_that_count_by_other_rules_say_so() {
    let mut world = World::new();
    let rows = "Colombia,Tumaco,Army,2021-03-01,Cocaine,5,Kilogram\n";
    let mut collect_by = |id: &str, rule: &str| {
        let folder = world.observatory.root().join("sources").join(id);
        std::fs::create_dir_all(&folder).unwrap();
        let recipe = RECIPE
            .replace("ID", id)
            .replace("LABEL", "CLEAR")
            .replace("simulated = true", &format!("simulated = true\ncounts = \"{rule}\""));
        std::fs::write(folder.join("recipe.toml"), recipe).unwrap();
        let file = world.observatory.root().join(format!("{id}.csv"));
        std::fs::write(&file, format!("{HEAD}{rows}")).unwrap();
        world.collect(id, &file);
        world.ask(&by(&["source"]))
    };
    let words = |answer: &Answer| answer.notes.iter().map(|n| n.en.clone()).collect::<Vec<_>>().join("\n");
    assert!(!words(&collect_by("prosecutors", "event")).contains("count"), "one rule, and it is the event");
    let mixed = words(&collect_by("army", "structure"));
    assert!(mixed.contains("different rules") && mixed.contains("army: each structure found; prosecutors: each event once"), "{mixed}");
    let navy = words(&collect_by("navy", "participation"));
    assert!(navy.contains("navy: each event it took part in"), "{navy}");
}

/// The definition, row by row: distinct events among the rows of each cell.
#[test]
fn cells_count_the_distinct_events_among_their_own_rows() {
    let mut world = joint();
    accept_all(&mut world);
    accept(&mut world, &[("police:18", "police:19"), ("police:19", "police:20")]).unwrap();
    let eye = world.observatory.eye(None).unwrap();
    let events = world.observatory.events(&eye, None).unwrap();
    let agency = eye.cube.column("agency").unwrap();
    let mut cells: BTreeMap<String, std::collections::BTreeSet<String>> = BTreeMap::new();
    for row in 0..eye.cube.len() as u32 {
        let event = events.of(row).map_or_else(|| format!("row {row}"), |e| e.id.clone());
        cells.entry(eye.cube.text(row as usize, agency).to_string()).or_default().insert(event);
    }
    let answer = world.ask(&by(&["agency"]));
    for row in &answer.rows {
        let own = cells[&Answer::text(row, "agency")].len() as u64;
        assert_eq!(row["events"].as_u64(), Some(own), "{}", Answer::text(row, "agency"));
    }
    assert_eq!(world.ask(&by(&[])).rows[0]["events"], Value::from(24));
}
