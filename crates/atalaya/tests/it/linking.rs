//! Double reports: on the real file with labelled pairs, and on a made-up world of two agencies.

use std::collections::BTreeMap;
use std::fs;

use atalaya::Observatory;
use atalaya::answer::Answer;
use atalaya::link::{Linkage, Options, Relation, linkage};
use atalaya::verbs::{Ask, LinkAccept, LinkDecide, LinkEvents, LinkPairs, LinkShow, LinkShown, LinkSide, LinkSummary, LinkUndo};
use atalaya::{Caller, Quiet, Still};
use atalaya_kernel::{Clearance, Lang, Seed, Tlp};
use atalaya_testkit::joint;
use serde_json::Value;

use crate::support::{World, shared};

const RECIPE: &str = r#"
id = "joint"
title = { en = "Joint seizures", es = "Incautaciones conjuntas" }
producer = "Agencies (simulated)"
licence = "open"
kind = "records"
simulated = true
label = { tlp = "TLP:GREEN", purpose = "test", recipients = ["*"], rows = "ROWS" }

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
hiding = { from = ["hidden"] }
transport = { from = ["transport"] }
destination = { from = ["to"] }
"#;

fn joint_world(seed: u64, rows: &str) -> (World, joint::Truth) {
    let mut world = World::new();
    let (text, truth) = joint::csv(Seed(seed));
    let folder = world.observatory.root().join("sources/joint");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("recipe.toml"), RECIPE.replace("ROWS", rows)).unwrap();
    let file = world.observatory.root().join("joint.csv");
    fs::write(&file, text).unwrap();
    world.collect("joint", &file);
    (world, truth)
}

fn proposals(observatory: &Observatory) -> std::sync::Arc<Linkage> {
    let eye = observatory.eye(None).unwrap();
    linkage(observatory, &eye, &Options::default(), &mut Quiet).unwrap()
}

/// The band in which a desk may accept without looking.
const BAND: f64 = 0.95;

/// 26 events, 16 of them claimed by a second agency: the 16 pairs are proposed, nothing else is,
/// and the planted pair that looks alike stays below the band.
#[test]
fn joint_seizures_claimed_twice_are_proposed_and_the_planted_pair_is_not_accepted() {
    for seed in 1..=5 {
        let (world, truth) = joint_world(seed, "releasable");
        let linkage = proposals(&world.observatory);
        let (mut found, mut planted) = (0, 0.0);
        for pair in &linkage.proposals.pairs {
            let rows = pair.records.each_ref().map(|k| k.ordinal as usize - 1);
            if truth.event[rows[0]] == truth.event[rows[1]] {
                found += usize::from(pair.probability >= 0.5);
            } else {
                planted = f64::max(planted, pair.probability);
                assert!(pair.probability < BAND, "seed {seed}: {pair:?}");
            }
        }
        assert_eq!(found, 16, "seed {seed}");
        assert!(planted < BAND, "seed {seed}: {planted}");
    }
}

/// What may not leave row by row does not take part outside; inside it does.
#[test]
fn rows_that_may_not_leave_are_not_linked_outside() {
    let (world, _) = joint_world(1, "not-releasable");
    assert_eq!(proposals(&world.observatory).proposals.records, 42);
    let partner = Clearance { tlp: Tlp::Amber, ..Clearance::public() };
    let outside = world.observatory.another(partner).unwrap();
    let linkage = proposals(&outside);
    assert_eq!((linkage.proposals.records, linkage.proposals.pairs.len()), (0, 0));
}

/// The page says what the contract of the API says, and a pair shows why.
#[test]
fn a_pair_shows_both_records_and_its_waterfall() {
    let (mut world, _) = joint_world(1, "releasable");
    let page = world.run(&LinkPairs::default()).unwrap();
    assert_eq!((page.records, page.credit, page.events), (42, 42, 42));
    assert_eq!(page.waiting.pairs + page.waiting.parcels, page.total);
    let pair = &page.pairs[0];
    let LinkShown::Pair(shown) = world.run(&LinkShow { id: pair.id.clone() }).unwrap() else { panic!("a pair") };
    let sum = shown.waterfall.prior + shown.waterfall.steps.iter().map(|s| s.bits).sum::<f64>();
    assert!((sum - pair.bits).abs() < 1e-9);
    let agency = shown.fields.iter().find(|f| f.field == "agency").unwrap();
    assert_eq!((agency.a.as_str(), agency.b.as_str(), agency.agree), ("Police", "Navy", "different"));
    assert_eq!(world.run(&LinkShow { id: "p-0000000000".into() }).unwrap_err().id, "unknown-proposal");
    assert_eq!(world.run(&LinkPairs { status: "maybe".into(), ..LinkPairs::default() }).unwrap_err().id, "link-choice");
}

/// The demo: what navy and police both claim is proposed beside 6,000 other seizures. So is the
/// pair that looks alike, less surely: it is there for a person to tell apart.
#[test]
fn the_demo_proposes_its_sixteen_double_reports_and_accepting_them_leaves_26_events() {
    let mut world = World::demo();
    let (_, truth) = joint::csv(Seed(2026));
    let page = world.run(&LinkPairs::default()).unwrap();
    assert_eq!((page.waiting.batches, page.waiting.pairs, page.total), (0, 17, 17));
    assert!(page.pairs.iter().all(|p| p.a.source == "demo-joint" && p.b.source == "demo-joint"));
    let row = |side: &LinkSide| side.ordinal as usize - 1;
    let (same, alike): (Vec<_>, Vec<_>) = page.pairs.iter().partition(|p| truth.event[row(&p.a)] == truth.event[row(&p.b)]);
    assert_eq!((same.len(), alike.len()), (16, 1));
    assert_eq!([row(&alike[0].a), row(&alike[0].b)], truth.alike);
    assert!(same.iter().all(|p| p.probability > alike[0].probability));
    let why = Some("police and navy report one seizure".to_string());
    let linked = world.run(&LinkAccept { ids: same.iter().map(|p| p.id.clone()).collect(), why, ..LinkAccept::default() }).unwrap();
    assert_eq!(linked.records - linked.events, 16);
    let answer = world.ask(&Ask { source: vec!["demo-joint".into()], ..Ask::default() });
    assert_eq!(["records", "events"].map(|c| Answer::text(&answer.rows[0], c)), ["42", "26"]);
}

const PURCHASES: &str = r#"
id = "bought"
title = { en = "Purchases", es = "Compras" }
producer = "Agencies (simulated)"
licence = "open"
kind = "purchases"
simulated = true
label = { tlp = "TLP:GREEN", purpose = "test", recipients = ["*"], rows = "releasable" }

[[layout]]
name = "purchases"
[layout.fields]
area = { from = ["country"], required = true }
date = { from = ["date"], required = true }
substance = { value = "cocaine" }
amount = { from = ["weight"], required = true }
unit = { value = "g" }
price = { from = ["price"] }
"#;

/// Purchases are records of another kind: in no total of linking, neither as records nor as events.
#[test]
fn both_totals_of_linking_are_over_the_same_rows() {
    let (mut world, _) = joint_world(1, "releasable");
    let folder = world.observatory.root().join("sources/bought");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("recipe.toml"), PURCHASES).unwrap();
    let file = world.observatory.root().join("bought.csv");
    fs::write(&file, "country,date,weight,price\nPeru,2021-03-01,1,20\nPeru,2021-03-01,1,20\nPeru,2021-04-01,2,50\n").unwrap();
    assert_eq!(world.collect("bought", &file).intakes[0].counts.accepted, 3);
    let totals = |world: &mut World| {
        let page = world.run(&LinkPairs::default()).unwrap();
        let events = world.run(&LinkEvents::default()).unwrap();
        assert_eq!((page.records, page.credit, page.events), (events.records, page.records, events.unique));
        (page.records, page.events)
    };
    assert_eq!(totals(&mut world), (42, 42));
    let why = Some("seen".to_string());
    let id = world.run(&LinkPairs::default()).unwrap().pairs[0].id.clone();
    let decide = LinkDecide { ids: vec![id], ruling: "same".into(), why: why.clone() };
    let decided = world.run(&decide).unwrap();
    assert_eq!(((decided.records, decided.events), totals(&mut world)), ((42, 41), (42, 41)));
    let bought = world.run(&LinkAccept { pair: vec!["bought:1".into(), "bought:2".into()], why: why.clone(), ..LinkAccept::default() });
    let bought = bought.unwrap();
    assert_eq!(((bought.records, bought.events), totals(&mut world)), ((42, 41), (42, 41)));
    let undone = world.run(&LinkUndo { decision: decided.decisions[0], why }).unwrap();
    assert_eq!(((undone.records, undone.events), totals(&mut world)), ((42, 42), (42, 42)));
}

/// A label of the study.
struct Labelled {
    stratum: String,
    is_match: bool,
    sure: bool,
    rows: [u32; 2],
}

fn labels(text: &str) -> Vec<Labelled> {
    let read = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let row = |at: usize| cells[cells.len() - at].parse::<u32>().unwrap();
        let mut rows = [row(2), row(1)];
        rows.sort_unstable();
        Labelled { stratum: cells[1].into(), is_match: cells[2] == "match", sure: cells[3] != "low", rows }
    };
    text.lines().skip(1).map(read).collect()
}

/// True and false positives and negatives: tp, fp, fn.
type Counts = [u32; 3];

fn f1([tp, fp, fneg]: Counts) -> f64 {
    2.0 * f64::from(tp) / f64::from(2 * tp + fp + fneg)
}

/// The real file: lists found and named, chance left alone, labelled pairs, and an estimate.
#[test]
fn the_double_reports_of_the_real_file() {
    let Some(folder) = shared("data/unodc_ids_2011_2016") else { return };
    let mut world = World::new();
    world.collect("unodc-ids", &folder.join("drug-trafficking-unodc.zip"));
    let linkage = proposals(&world.observatory);
    let proposals = &linkage.proposals;
    the_lists_are_found(&linkage);
    // rid of the labels is the row in the file, from 1.
    let at: BTreeMap<[u32; 2], usize> =
        proposals.pairs.iter().enumerate().map(|(at, p)| (p.records.each_ref().map(|k| k.ordinal), at)).collect();
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    for label in labels(&fs::read_to_string(folder.join("labelled_pairs_dev.csv")).unwrap()).iter().filter(|l| l.sure) {
        let said =
            at.get(&label.rows).map(|p| &proposals.pairs[*p]).is_some_and(|p| p.probability >= 0.5 && p.relation != Relation::Parcels);
        for key in [label.stratum.as_str(), "all"] {
            let counts = counts.entry(key.into()).or_default();
            match (said, label.is_match) {
                (true, true) => counts[0] += 1,
                (true, false) => counts[1] += 1,
                (false, true) => counts[2] += 1,
                (false, false) => {}
            }
        }
    }
    for (stratum, [tp, fp, fneg]) in &counts {
        println!("{stratum}: tp {tp} fp {fp} fn {fneg}");
    }
    assert!(f1(counts["all"]) >= 0.90, "F1 {:.3}", f1(counts["all"]));
    let doubles = proposals.doubles;
    println!("double reports {:.0} [{:.0}, {:.0}] of {}", doubles.best, doubles.low, doubles.high, proposals.records);
    assert!(doubles.low > 5_300.0 && doubles.high < 8_500.0, "{doubles:?}");
    // Colombia: 36,000 equal rows, nearly all of them chance outside the list of January 2016.
    let colombia = proposals.pairs.iter().filter(|p| p.batch.is_none() && p.probability >= 0.5 && p.relation == Relation::ReportedTwice);
    let eye = world.observatory.eye(None).unwrap();
    let area = eye.cube.column("area").unwrap();
    let colombia = colombia.filter(|p| eye.cube.text(p.rows[0] as usize, area) == "CO").count();
    assert!(colombia < 400, "{colombia} pairs of Colombia");
    files_and_pages(&mut world);
}

fn the_lists_are_found(linkage: &Linkage) {
    let batches = &linkage.proposals.batches;
    let find = |area: &str, kind: &str, year: &str| {
        batches.iter().find(|b| b.areas == [area] && b.kind == kind && b.from[..4] <= *year && b.to[..4] >= *year)
    };
    // batch_double_loads.csv: area, surplus there, and how far ours may be from it.
    let doubled =
        [("CO", 2490, 30), ("AF", 1133, 15), ("DK", 414, 4), ("AT", 268, 2), ("PK", 211, 5), ("ES", 169, 2), ("BG", 89, 2), ("ZM", 16, 1)];
    for (area, surplus, off) in doubled {
        let found = find(area, "even-multiplicity", "2016").unwrap_or_else(|| panic!("{area} 2016 is not found"));
        assert!(found.surplus.abs_diff(surplus) <= off, "{area}: {}", found.surplus);
        assert!(!found.reason.en.is_empty() && !found.title.es.is_empty());
    }
    assert_eq!(find("CO", "even-multiplicity", "2016").unwrap().from, "2016-01-18");
    let changed = [
        ("CZ", "alias", "2016", 60, 1),
        ("MU", "unit", "2011", 14, 0),
        ("KZ", "unit", "2011", 27, 4),
        ("PE", "rewritten", "2013", 33, 4),
        ("BG", "shifted-codes", "2012", 37, 2),
        ("AT", "unit", "2015", 34, 5),
        ("HR", "rewritten", "2014", 8, 2),
    ];
    for (area, kind, year, pairs, off) in changed {
        let found = find(area, kind, year).unwrap_or_else(|| panic!("{area} {year} is not found as {kind}"));
        assert!(found.surplus.abs_diff(pairs) <= off, "{area}: {}", found.surplus);
    }
}

fn files_and_pages(world: &mut World) {
    let mut quiet = Quiet;
    let mut caller = Caller { now: "2026-11-23T12:00:00Z".into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
    let ask = LinkPairs { format: Some("csv".into()), min: 0.05, ..LinkPairs::default() };
    let file = ask.file(&world.observatory, &mut caller).unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    assert_eq!(text.lines().count(), file.pairs + 1);
    let head: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    assert!(text.lines().all(|l| l.split(',').count() == head.len()));
    let summary = world.run(&LinkSummary::default()).unwrap();
    assert!(summary.pairs.is_empty() && summary.batches.len() >= 15);
    let waiting = summary.waiting;
    assert!(waiting.parcels > 0, "{waiting:?}");
    assert_eq!(waiting.pairs + waiting.parcels, summary.total, "parcels are shown and not proposed");
    let value: Value = serde_json::to_value(&summary).unwrap();
    assert!(value["doubles"]["best"].as_f64().unwrap() > 5_000.0);
    let LinkShown::Batch(page) = world.run(&LinkShow { id: summary.batches[0].id.clone() }).unwrap() else { panic!("a batch") };
    assert_eq!(page.pairs.len(), 50);
}
