//! Assessing again as data arrive: looks, turns and their causes, compacts.

use std::fs;
use std::path::Path;

use atalaya::assess::{Cause, ChangedLine, Standing};
use atalaya::evaluate::finding::Verdict;
use atalaya::verbs::{Assess, AssessAlerts, AssessCompact, AssessDigest, AssessList, AssessLog, Say, Standings};
use atalaya_kernel::{Clearance, Label, Lang, Tlp};

use crate::support::World;

const DESIGN: &str = r#"
title = { en = "Valleys", es = "Valles" }
question = { en = "Did it fall?", es = "¿Bajó?" }
estimand = { en = "Mean change in the treated.", es = "Cambio medio en las tratadas." }
would-change = { en = "More years.", es = "Más años." }
[programme]
name = { en = "Funds", es = "Fondos" }
start = 2020
places = ["v00", "v01", "v02", "v03", "v04", "v05"]
[outcome]
name = { en = "Coca", es = "Coca" }
unit = { en = "hectares", es = "hectáreas" }
column = "hectares"
better = "lower"
smallest = 5.0
[data]
file = "panel.csv"
unit = "valley"
time = "year"
tlp = "TLP:GREEN"
[method]
id = "twfe"
"#;

/// A panel of 20 valleys up to a year, six of them `fall` lower from 2020 on. The noise is a fixed
/// pattern; `noisy` makes it large from 2020 on.
fn panel(last: i32, fall: f64, noisy: f64) -> String {
    let mut text = String::from("valley,year,hectares\n");
    for valley in 0..20 {
        for year in 2010..=last {
            let size = if year >= 2020 { noisy } else { 1.0 };
            let noise = f64::from((valley * 7 + year * 13 + valley * year) % 11 - 5) * size;
            let effect = if valley < 6 && year >= 2020 { -fall } else { 0.0 };
            text += &format!("v{valley:02},{year},{:.2}\n", 300.0 + f64::from(valley * 3 + year % 4) + noise + effect);
        }
    }
    text
}

fn write(world: &World, place: &str, text: &str) {
    let path = world.observatory.root().join(place);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn data(world: &World, text: &str) {
    write(world, "designs/valleys/panel.csv", text);
}

/// A world with the design registered before anything after the start was held.
fn registered() -> World {
    let mut world = World::new();
    write(&world, "designs/valleys/design.toml", DESIGN);
    data(&world, &panel(2019, 0.0, 1.0));
    world.register("valleys");
    world
}

fn assess(world: &mut World) -> Standings {
    world.run(&Assess::default()).unwrap()
}

fn last(standings: &Standings) -> Verdict {
    standings.designs[0].last.as_ref().unwrap().verdict
}

fn log(world: &mut World) -> Vec<atalaya::assess::Assessment> {
    world.run(&AssessLog { id: "valleys".into() }).unwrap().designs
}

#[test]
fn a_run_is_a_look_only_where_the_numbers_are_new() {
    let mut world = registered();
    data(&world, &panel(2021, 60.0, 1.0));
    let first = assess(&mut world);
    assert_eq!(first.now.as_ref().unwrap().ran, ["valleys"], "{:?}", first.now);
    let same = assess(&mut world);
    assert_eq!((same.now.as_ref().unwrap().ran.len(), same.now.as_ref().unwrap().unchanged), (0, 1));
    // Another file that says the same: a run, no look.
    data(&world, &format!("{}\n", panel(2021, 60.0, 1.0)));
    assess(&mut world);
    data(&world, &panel(2022, 60.0, 1.0));
    let standings = assess(&mut world);
    assert_eq!((standings.designs[0].runs, standings.designs[0].looks), (3, 2));
    let runs = log(&mut world);
    assert_eq!(runs.iter().map(|r| r.planned).collect::<Vec<_>>(), vec![runs[0].planned; 3], "the plan is fixed at the first look");
    let effect = runs[2].effect.as_ref().unwrap();
    let (once, anytime) = (effect.interval.unwrap(), effect.anytime.unwrap());
    assert!(anytime[0] < once[0] && anytime[1] > once[1], "{effect:?}");
    assert!(standings.say(Lang::En) != standings.say(Lang::Es));
}

#[test]
fn new_periods_turn_a_verdict_and_are_found_to() {
    let mut world = registered();
    data(&world, &panel(2020, 0.0, 12.0));
    let before = last(&assess(&mut world));
    assert_eq!(before, Verdict::CannotTell);
    // Eleven later years with a clear fall; the year 2020 as it was.
    let grown = format!("{}{}", panel(2020, 0.0, 12.0), later(2021..=2031));
    data(&world, &grown);
    let after = assess(&mut world);
    assert_eq!(last(&after), Verdict::Improved, "{:?}", after.designs[0].last);
    let flip = &after.designs[0].flips[0].flip;
    assert_eq!((flip.from, flip.to, flip.causes.as_slice()), (before, Verdict::Improved, [Cause::NewPeriods].as_slice()), "{flip:?}");
}

/// Rows of later years with a fall of 60 and the small noise.
fn later(years: std::ops::RangeInclusive<i32>) -> String {
    let all = panel(*years.end(), 60.0, 1.0);
    all.lines()
        .skip(1)
        .filter(|l| l.split(',').nth(1).unwrap().parse::<i32>().unwrap() >= *years.start())
        .map(|l| format!("{l}\n"))
        .collect()
}

#[test]
fn revised_cells_turn_a_verdict_and_are_found_to() {
    let mut world = registered();
    data(&world, &panel(2029, 0.0, 12.0));
    assert_ne!(last(&assess(&mut world)), Verdict::Improved);
    // Every cell after the start counted anew, and a year more that alone would not do it.
    let revised = panel(2029, 60.0, 1.0);
    let more: String = panel(2030, 0.0, 12.0).lines().filter(|l| l.contains(",2030,")).map(|l| format!("{l}\n")).collect();
    data(&world, &format!("{revised}{more}"));
    let after = assess(&mut world);
    assert_eq!(last(&after), Verdict::Improved, "{:?}", after.designs[0].last);
    let flip = &after.designs[0].flips[0].flip;
    assert_eq!(flip.causes, [Cause::RevisedData], "{flip:?}");
    assert_eq!(flip.tried.len(), 2);
    let digest = world.run(&AssessDigest { since: "2026-11-01".into() }).unwrap();
    assert!(digest.alerts.iter().any(|a| a.kind == "flip" && a.says.en.contains("revised data")), "{digest:?}");
    assert_eq!(world.run(&AssessDigest { since: "soon".into() }).unwrap_err().id, "since");
}

#[test]
fn what_cannot_be_run_is_logged_and_said() {
    let mut world = registered();
    data(&world, "valley,year,hectares\nv00,2020,x\n");
    let standings = assess(&mut world);
    let last = standings.designs[0].last.as_ref().unwrap();
    assert_eq!(last.verdict, Verdict::CannotTell);
    assert!(last.problem.is_some());
    assert!(world.run(&AssessAlerts {}).unwrap().alerts.iter().any(|a| a.kind == "problem"));
    assert_eq!(world.run(&Assess { id: Some("nothing".into()) }).unwrap_err().id, "unknown-design");
}

#[test]
fn outside_a_log_is_seen_by_the_label_of_its_file() {
    let mut world = registered();
    data(&world, &panel(2021, 60.0, 1.0));
    assess(&mut world);
    let as_seen = |tlp| Clearance { tlp, inside: false, recipients: ["PE".to_string()].into() };
    let see = |tlp| {
        let observatory = world.observatory.another(as_seen(tlp)).unwrap();
        let mut guest = world.beside(observatory);
        let designs = guest.run(&AssessList {}).unwrap().designs.len();
        (designs, guest.run(&AssessLog { id: "valleys".into() }).map(|l| l.designs.len()), guest.run(&Assess::default()).unwrap_err().id)
    };
    let (designs, runs, refused) = see(Tlp::Green);
    assert_eq!((designs, runs.unwrap(), refused.as_str()), (1, 1, "inside-only"));
    let (designs, runs, _) = see(Tlp::Clear);
    assert_eq!((designs, runs.unwrap_err().id.as_str()), (0, "unknown-compact"));
}

const RECIPE: &str = r#"
id = "own-coca"
title = { en = "Own coca", es = "Coca propia" }
producer = "Nobody"
licence = "open"
kind = "observations"
keeps = "extend"
label = { tlp = "TLP:CLEAR", purpose = "analysis", recipients = ["*"], rows = "releasable" }
[vintage]
column = "edition"
[[layout]]
name = "x"
[layout.fields]
area = { from = ["area"], required = true }
period = { from = ["year"], dates = "year", required = true }
substance = { value = "coca-bush" }
[[layout.observe]]
measure = "coca-area"
unit = "ha"
value = "hectares"
definition = "net area"
"#;

const COMPACT: &str = r#"
title = { en = "A made-up compact", es = "Un acuerdo ficticio" }
parties = ["PE", "US"]
tlp = "TLP:CLEAR"
agreed = "2021-01-15"
reviews = ["2022-12-31", "2026-12-01"]
designs = ["valleys"]
[[promise]]
id = "coca"
by = "PE"
what = { en = "Less coca", es = "Menos coca" }
due = "2023-12-31"
[promise.indicator]
series = "coca-area PE source=own-coca"
baseline = 2019
target = "50000"
better = "lower"
[[promise]]
id = "training"
by = "US"
what = { en = "Training", es = "Capacitación" }
due = "2022-06-30"
[promise.output]
planned = "400"
done = "250"
unit = { en = "people trained", es = "personas capacitadas" }
source = { en = "a made-up report", es = "un informe ficticio" }
"#;

fn vintage(world: &mut World, rows: &str) {
    write(world, "sources/own-coca/recipe.toml", RECIPE);
    write(world, "inbox/coca.csv", &format!("area,year,hectares,edition\n{rows}"));
    let file = world.observatory.root().join("inbox/coca.csv");
    world.collect("own-coca", Path::new(&file));
}

#[test]
fn a_compact_stands_on_one_page_and_its_indicators_turn_with_a_cause() {
    let mut world = registered();
    data(&world, &panel(2021, 60.0, 1.0));
    write(&world, "compacts/pact/compact.toml", COMPACT);
    // Collecting runs it by itself.
    vintage(&mut world, "Peru,2019,54655,1\nPeru,2020,61777,1\n");
    let page = world.run(&AssessCompact { id: "pact".into() }).unwrap();
    let ChangedLine::Indicator { measured, .. } = &page.changed[0] else { panic!("{page:?}") };
    assert_eq!(measured.standing, Standing::Away);
    assert_eq!(page.done[0].unknown.as_ref().unwrap().en, "effectiveness unknown");
    assert!(page.cannot_tell.iter().any(|c| c.id == "training"), "{page:?}");
    assert!(page.assessed.is_some());
    // The baseline is revised upwards: the same newest value is now a fall.
    vintage(&mut world, "Peru,2019,70000,2\nPeru,2020,61777,2\n");
    let runs = world.run(&AssessLog { id: "pact".into() }).unwrap().compacts;
    let turn = runs.last().unwrap().promises[0].turn.clone().unwrap();
    assert_eq!((turn.from, turn.to, turn.causes.as_slice()), (Standing::Away, Standing::Towards, [Cause::RevisedData].as_slice()));
    // A new year reaches the target.
    vintage(&mut world, "Peru,2019,70000,3\nPeru,2020,61777,3\nPeru,2021,49000,3\n");
    let runs = world.run(&AssessLog { id: "pact".into() }).unwrap().compacts;
    let turn = runs.last().unwrap().promises[0].turn.clone().unwrap();
    assert_eq!((turn.to, turn.causes.as_slice()), (Standing::Reached, [Cause::NewPeriods].as_slice()));
    let alerts = world.run(&AssessAlerts {}).unwrap().alerts;
    let kinds: Vec<&str> = alerts.iter().map(|a| a.kind).collect();
    assert!(kinds.contains(&"indicator") && kinds.contains(&"review"), "{alerts:?}");
    // The training is past its day and short of what was planned; the coca is kept.
    assert_eq!(alerts.iter().filter(|a| a.kind == "overdue").count(), 1, "{alerts:?}");
    let page = world.run(&AssessCompact { id: "pact".into() }).unwrap();
    for word in ["Promised", "Done", "Changed", "Cannot tell", "effectiveness unknown"] {
        assert!(page.say(Lang::En).contains(word), "{word}");
    }
    assert!(page.say(Lang::Es).contains("eficacia desconocida"));
    assert_eq!(world.run(&AssessCompact { id: "../pact".into() }).unwrap_err().id, "compact-id");
    assert_eq!(world.run(&AssessCompact { id: "nothing".into() }).unwrap_err().id, "unknown-compact");
}

#[test]
fn rivals_are_not_chosen_among() {
    let mut world = World::new();
    let rival = COMPACT.replace(" source=own-coca", "");
    write(&world, "compacts/pact/compact.toml", &rival);
    vintage(&mut world, "Peru,2019,54655,1\nPeru,2020,61777,1\n");
    write(&world, "sources/other-coca/recipe.toml", &RECIPE.replace("own-coca", "other-coca"));
    write(&world, "inbox/other.csv", "area,year,hectares,edition\nPeru,2019,1,1\nPeru,2020,2,1\n");
    let file = world.observatory.root().join("inbox/other.csv");
    world.collect("other-coca", Path::new(&file));
    let page = world.run(&AssessCompact { id: "pact".into() }).unwrap();
    assert!(page.changed.is_empty());
    assert!(page.cannot_tell[0].why.en.contains("rival figures"), "{page:?}");
}

#[test]
fn the_demo_has_a_compact_whose_design_was_looked_at_three_times() {
    let mut world = World::demo();
    let standings = world.run(&AssessList {}).unwrap();
    assert_eq!((standings.designs.len(), standings.designs[0].looks, standings.compacts.len()), (1, 3, 1));
    let page = world.run(&AssessCompact { id: "demo-pe-us".into() }).unwrap();
    assert!(page.note.unwrap().en.contains("Simulated"));
    assert_eq!(page.label, Label { tlp: Tlp::Clear, ..page.label.clone() }, "anybody may see the demo");
    assert!(!page.changed.is_empty() && page.done.len() == 2 && page.cannot_tell.len() >= 3);
}
