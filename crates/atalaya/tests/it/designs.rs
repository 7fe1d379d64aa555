//! Designs: registered before the outcome is read, and answered with a verdict that follows rules.

use std::path::Path;

use atalaya::evaluate::finding::{Finding, Grave, Verdict};
use atalaya::evaluate::{Stage, designs, finding};
use atalaya::verbs::{EvaluateRegister, EvaluateRun, Say};
use atalaya::{Caller, Quiet, Still};
use atalaya_kernel::{Lang, Problem};
use atalaya_store::{DecisionBody, NewDecision};

use crate::support::{World, shared};

/// A design of a few lines; `parts` replaces what a test is about.
pub(crate) fn text(parts: &[(&str, &str)]) -> String {
    let mut text = r#"
title = { en = "Test", es = "Prueba" }
question = { en = "Did it work?", es = "¿Funcionó?" }
estimand = { en = "The mean effect", es = "El efecto medio" }
would-change = { en = "A gap before", es = "Una brecha previa" }

[programme]
name = { en = "The programme", es = "El programa" }
start = 2010
cohort = "start"

[outcome]
name = { en = "Hectares", es = "Las hectáreas" }
unit = { en = "ha", es = "ha" }
column = "y"
better = "lower"
smallest = 1.0

[data]
file = "panel.csv"
unit = "place"
time = "year"

[method]
id = "did"
looks = { kind = "once" }
"#
    .to_string();
    for (from, to) in parts {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

/// Noise without a pattern that a method could take for an effect; of spread about 1.
fn noise(unit: usize, year: i64) -> f64 {
    let mut x = (unit as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (year as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    let mut sum = 0.0;
    for _ in 0..12 {
        x ^= x >> 30;
        x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x ^= x >> 27;
        x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^= x >> 31;
        sum += (x >> 11) as f64 / (1u64 << 53) as f64;
    }
    sum - 6.0
}

/// Forty places over ten years; half of them treated from 2010, with this effect and this drift of
/// the treated a year.
pub(crate) fn panel(effect: f64, drift: f64) -> String {
    let mut out = String::from("place,year,y,start,half\n");
    for unit in 0..40 {
        let treated = unit % 2 == 0;
        for year in 2005..2015 {
            let mut y = 100.0 + unit as f64 + (year - 2005) as f64 + noise(unit, year);
            if treated {
                y += drift * (year - 2009) as f64 + if year >= 2010 { effect } else { 0.0 };
            }
            let start = if treated { 2010 } else { 0 };
            out += &format!("p{unit:02},{year},{y},{start},{}\n", if unit < 20 { "a" } else { "b" });
        }
    }
    out
}

pub(crate) fn write(world: &World, design: &str, panel: &str) {
    let folder = world.observatory.root().join("designs/test");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("design.toml"), design).unwrap();
    std::fs::write(folder.join("panel.csv"), panel).unwrap();
}

pub(crate) fn register(world: &mut World) -> Result<(), Problem> {
    world.run(&EvaluateRegister { id: "test".into(), why: "a test".into() }).map(|_| ())
}

fn run(world: &mut World) -> Result<Finding, Problem> {
    world.run(&EvaluateRun { id: "test".into(), as_of: None })
}

fn found(design: &str, panel: &str) -> Finding {
    let mut world = World::new();
    write(&world, design, panel);
    register(&mut world).unwrap();
    run(&mut world).unwrap_or_else(|e| panic!("{}", e.say(Lang::En)))
}

fn grave(finding: &Finding, id: &str) -> Option<Grave> {
    finding.diagnostics.iter().find(|d| d.id == id).map(|d| d.grave)
}

/// A cell after the start that is no number stops whoever looks at it. Drafting, registering and
/// looking at what was held before do not look; running does.
#[test]
fn the_outcome_after_the_start_is_not_looked_at_before_the_design_is_in_the_log() {
    let mut world = World::new();
    let poisoned = panel(0.0, 0.0).replacen("p03,2012,", "p03,2012,POISON", 1);
    write(&world, &text(&[]), &poisoned);
    assert_eq!(run(&mut world).unwrap_err().id, "not-registered");
    let held = atalaya::evaluate::held_before(&world.observatory, "test").unwrap();
    assert_eq!((held.units, held.treated, held.periods, held.rows), (40, 20, Some([2005, 2009]), 200));
    register(&mut world).unwrap();
    assert_eq!(run(&mut world).unwrap_err().id, "not-a-number");
}

#[test]
fn a_registration_is_in_the_journal_and_survives_a_rebuild() {
    let mut world = World::new();
    write(&world, &text(&[]), &panel(-3.0, 0.0));
    register(&mut world).unwrap();
    let before = run(&mut world).unwrap();
    let journal = std::fs::read_to_string(world.observatory.root().join("journal.jsonl")).unwrap();
    assert!(journal.contains(&before.hash) && journal.contains("The programme"));
    let mut quiet = Quiet;
    let mut caller = Caller { now: "2026-11-24T12:00:00Z".into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
    atalaya::verbs::rebuild(world.observatory.root(), &mut caller).unwrap();
    let again = atalaya::Observatory::open(world.observatory.root()).unwrap();
    let after = finding(&again, "test", &mut caller).unwrap();
    assert_eq!(before, after);
}

#[test]
fn a_changed_text_is_a_departure_and_the_first_registration_stays() {
    let mut world = World::new();
    write(&world, &text(&[]), &panel(-3.0, 0.0));
    register(&mut world).unwrap();
    assert_eq!(register(&mut world).unwrap_err().id, "already-registered");
    write(&world, &format!("# a comment\n{}", text(&[])), &panel(-3.0, 0.0));
    assert!(run(&mut world).unwrap().departures.is_empty(), "a comment changes nothing");
    write(&world, &text(&[("smallest = 1.0", "smallest = 5.0")]), &panel(-3.0, 0.0));
    assert_eq!(designs(&world.observatory).unwrap()[0].stage, Stage::Changed);
    assert_eq!(run(&mut world).unwrap_err().id, "not-registered");
    register(&mut world).unwrap();
    let finding = run(&mut world).unwrap();
    assert_eq!(finding.departures.len(), 1);
    assert!(finding.departures[0].en.contains("outcome.smallest: registered as 1.0, now 5.0"), "{:?}", finding.departures);
    // As first registered the change is an improvement; under the new text it would be too small.
    assert_eq!(finding.verdict, Verdict::CannotTell);
    assert!(finding.because.iter().any(|b| b.en.contains("as first registered")), "{:?}", finding.because);
    assert_eq!(finding.registered.unwrap().decision, 1);
}

#[test]
fn what_was_held_already_is_said() {
    let finding = found(&text(&[]), &panel(-3.0, 0.0));
    assert_eq!(finding.registered.as_ref().unwrap().last_period, Some(2014));
    assert!(finding.because.iter().any(|b| b.en.starts_with("registered after 5 periods of the outcome existed")), "{:?}", finding.because);
    let mut world = World::new();
    let early: String =
        panel(-3.0, 0.0).lines().filter(|l| !(2010..2015).any(|y| l.contains(&format!(",{y},")))).map(|l| format!("{l}\n")).collect();
    write(&world, &text(&[]), &early);
    register(&mut world).unwrap();
    std::fs::write(world.observatory.root().join("designs/test/panel.csv"), panel(-3.0, 0.0)).unwrap();
    let finding = run(&mut world).unwrap();
    assert_eq!(finding.registered.unwrap().last_period, Some(2009));
    assert!(!finding.because.iter().any(|b| b.en.starts_with("registered after")));
}

#[test]
fn planted_worlds_get_the_verdict_that_is_true_of_them() {
    let verdict = |effect, drift, parts: &[(&str, &str)]| found(&text(parts), &panel(effect, drift)).verdict;
    assert_eq!(verdict(-3.0, 0.0, &[]), Verdict::Improved);
    assert_eq!(verdict(3.0, 0.0, &[]), Verdict::Worse);
    assert_eq!(verdict(3.0, 0.0, &[("better = \"lower\"", "better = \"higher\"")]), Verdict::Improved);
    assert_eq!(verdict(0.0, 0.0, &[("smallest = 1.0", "smallest = 2.0")]), Verdict::NoDetectableChange);
    assert_eq!(verdict(0.0, 0.0, &[("smallest = 1.0", "smallest = 0.05")]), Verdict::CannotTell);
    let drifting = found(&text(&[]), &panel(0.0, 1.0));
    assert_eq!((drifting.verdict, grave(&drifting, "pre-trends")), (Verdict::CannotTell, Some(Grave::Forbids)));
}

#[test]
fn a_finding_is_whole_and_reads_in_both_languages() {
    let finding =
        found(&text(&[("[method]", "[spillover]\n\n[method]")]).replace("title =", "subgroups = [\"half\"]\ntitle ="), &panel(-3.0, 0.0));
    assert!((finding.effect.estimate + 3.0).abs() < 0.5, "{:?}", finding.effect);
    assert_eq!((finding.effect.size.units, finding.effect.size.treated, finding.effect.size.before), (40, 20, 5));
    assert_eq!(finding.subgroups.len(), 2);
    assert!(finding.specifications.iter().filter(|s| s.chosen).count() == 1 && finding.specifications.len() > 10);
    assert_eq!(finding.plots.paths.len(), 10);
    assert!(finding.plots.events.iter().any(|e| e.age == -2) && finding.plots.events.iter().any(|e| e.age == 3));
    assert_eq!(finding.plots.places.len(), 40);
    let (en, es) = (finding.say(Lang::En), finding.say(Lang::Es));
    assert!(en.contains("IMPROVED") && es.contains("MEJORÓ"), "{en}\n{es}");
    let json = serde_json::to_string(&finding).unwrap();
    assert_eq!(serde_json::from_str::<Finding>(&json).unwrap().effect, finding.effect);
}

#[test]
fn each_refusal_is_named() {
    let refused = |design: &str, panel: &str| {
        let mut world = World::new();
        write(&world, design, panel);
        register(&mut world).and_then(|()| run(&mut world).map(|_| ())).unwrap_err().id
    };
    let good = panel(-3.0, 0.0);
    assert_eq!(refused(&text(&[("smallest = 1.0", "smallest = 0.0")]), &good), "design-unfinished");
    assert_eq!(refused(&text(&[("\"Las hectáreas\"", "\"\"")]), &good), "design-unfinished");
    assert_eq!(refused(&text(&[("cohort = \"start\"", "")]), &good), "who-is-treated");
    assert_eq!(refused(&text(&[("cohort = \"start\"", "places = [\"nowhere\"]")]), &good), "place-without-data");
    assert_eq!(refused(&text(&[("column = \"y\"", "column = \"z\"")]), &good), "unknown-column");
    assert_eq!(refused(&text(&[("\"panel.csv\"", "\"../../secret.csv\"")]), &good), "file-elsewhere");
    assert_eq!(refused(&text(&[("id = \"did\"", "id = \"bacon\"")]), &good), "no-single-effect");
    assert_eq!(refused(&text(&[("id = \"did\"", "id = \"magic\"")]), &good), "unknown-method");
    assert_eq!(refused(&text(&[("id = \"did\"", "id = \"did\"\noptions = { outcome = \"z\" }")]), &good), "design-option");
    assert_eq!(refused(&text(&[("id = \"did\"", "surprise = 1")]), &good), "design-text");
    assert_eq!(refused(&text(&[]), &format!("{good}p01,2005,1,0,a\n")), "unit-twice");
    let exposed = "[programme.exposure]\ncolumn = \"y\"\nfrom = 2008\nto = 2012\n\n[outcome]";
    assert_eq!(refused(&text(&[("cohort = \"start\"", ""), ("[outcome]", exposed)]), &good), "exposure-periods");
    let exposed = exposed.replace("2012", "2009");
    assert_eq!(refused(&text(&[("cohort = \"start\"", ""), ("[outcome]", &exposed)]), &good), "method-for-exposure");
    let mut world = World::new();
    write(&world, &text(&[]), &good);
    assert_eq!(world.run(&EvaluateRegister { id: "test".into(), why: " ".into() }).unwrap_err().id, "why-needed");
    assert_eq!(world.run(&EvaluateRun { id: "other".into(), as_of: None }).unwrap_err().id, "unknown-design");
    assert_eq!(world.run(&EvaluateRun { id: "../test".into(), as_of: None }).unwrap_err().id, "design-id");
}

/// `data/CATALOG.md`: 2011-2016, municipality and year effects, clustered: +239 ha for each standard
/// deviation of asinh(mean coca 2008-12), error 77; in asinh -0.08, error 0.06; leads in asinh for
/// 2009-12 from +0.14 to +0.34, significant.
#[test]
fn colombia_2014_cannot_be_told_and_the_reasons_are_said() {
    let Some(folder) = shared("data/co_coca_municipio_2001_2024") else { return };
    let panel = std::fs::read_to_string(folder.join("co_coca_municipio_long_2001_2024.csv")).unwrap();
    let exposure =
        "[programme.exposure]\ncolumn = \"outcome\"\nfrom = 2008\nto = 2012\ntransformation = \"asinh\"\nstandardised = true\n\n[outcome]";
    let design = text(&[
        ("start = 2010", "start = 2014"),
        ("cohort = \"start\"", ""),
        ("[outcome]", exposure),
        ("column = \"y\"", "column = \"coca_ha\""),
        ("smallest = 1.0", "smallest = 50.0"),
        ("unit = \"place\"", "unit = \"codmpio\""),
        ("time = \"year\"", "time = \"year\"\nfrom = 2011\nto = 2016"),
        // The quick regression of the catalogue has no corrections for small samples (with them: 77.7).
        ("id = \"did\"", "id = \"twfe\"\noptions = { no-ssc = true }"),
    ]);
    let levels = found(&design, &panel);
    let near = |a: f64, b: f64, digits: i32| (a - b).abs() <= 0.5 * 10f64.powi(-digits) + 1e-9;
    assert_eq!((levels.effect.size.units, levels.effect.size.periods, levels.effect.size.rows), (319, 6, 1914));
    assert!(near(levels.effect.estimate, 239.0, 0) && near(levels.effect.se.unwrap(), 77.0, 0), "{:?}", levels.effect);
    assert_eq!(levels.verdict, Verdict::CannotTell);
    assert_eq!(grave(&levels, "scale"), Some(Grave::Forbids));
    let asinh =
        found(&design.replace("better =", "transformation = \"asinh\"\nbetter =").replace("smallest = 50.0", "smallest = 0.1"), &panel);
    assert!(near(asinh.effect.estimate, -0.08, 2) && near(asinh.effect.se.unwrap(), 0.06, 2), "{:?}", asinh.effect);
    assert_eq!(asinh.verdict, Verdict::CannotTell);
    for id in ["pre-trends", "selected-on-outcome", "scale"] {
        assert_eq!(grave(&asinh, id), Some(Grave::Forbids), "{id}: {:#?}", asinh.diagnostics);
    }
    println!("{}\n{}", levels.say(Lang::En), asinh.say(Lang::Es));
}

/// Somebody outside sees neither the design nor the finding of a file that is not marked for them.
#[test]
fn a_design_on_an_unmarked_file_stays_inside() {
    let mut world = World::new();
    write(&world, &text(&[]), &panel(-3.0, 0.0));
    register(&mut world).unwrap();
    let public = world.observatory.another(atalaya_kernel::Clearance::public()).unwrap();
    assert!(designs(&public).unwrap().is_empty());
    let mut beside = world.beside(public);
    assert_eq!(run(&mut beside).unwrap_err().id, "unknown-design");
    assert_eq!(register(&mut beside).unwrap_err().id, "inside-only");
    let marked = text(&[("unit = \"place\"", "unit = \"place\"\ntlp = \"TLP:CLEAR\"")]);
    std::fs::write(world.observatory.root().join("designs/test/design.toml"), marked).unwrap();
    register(&mut world).unwrap();
    assert_eq!(designs(&beside.observatory).unwrap().len(), 1);
    assert_eq!(run(&mut beside).unwrap().verdict, Verdict::Improved);
}

/// The journal of an observatory with a decision of an unknown folder is not harmed by designs.
#[test]
fn a_design_that_is_no_longer_there_stays_in_the_log() {
    let mut world = World::new();
    let body =
        DecisionBody::Design { design: "gone".into(), sha256: "0".into(), text: String::new(), before: String::new(), last_period: None };
    let new =
        NewDecision { decided_at: "2026-11-23T12:00:00Z".into(), who: "test".into(), why: "test".into(), source: String::new(), body };
    world.observatory.store_mut().decide(new).unwrap();
    assert!(designs(&world.observatory).unwrap().is_empty());
    assert_eq!(atalaya::evaluate::registered(&world.observatory, "gone").unwrap().len(), 1);
    assert!(!Path::new(&world.observatory.root().join("designs")).exists());
}

#[test]
fn the_page_about_designs_lists_the_rules_of_the_verdict_in_their_order() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/designs.md")).unwrap();
    for (at, rule) in atalaya::evaluate::VERDICT_RULES.iter().enumerate() {
        let row = format!("| {} | {} | {} |", at + 1, rule.when[0], atalaya::evaluate::verdict_word(rule.verdict).en);
        assert!(page.contains(&row), "docs/designs.md lacks: {row}");
    }
}

/// Ten treated places, ten some 15 km from them, and forty far from all; what the treated lose moves
/// next door, or does not.
fn beside(moved: f64) -> String {
    let mut out = String::from("place,year,y,start,lat,lon\n");
    for unit in 0..60 {
        let (lat, lon) = match unit {
            0..10 => (unit as f64, 0.0),
            10..20 => ((unit - 10) as f64, 0.14),
            _ => ((unit % 20) as f64, 20.0 + (unit / 20) as f64),
        };
        for year in 2005..2015 {
            let after = year >= 2010;
            let effect = match unit {
                0..10 if after => -4.0,
                10..20 if after => moved,
                _ => 0.0,
            };
            let y = 50.0 + unit as f64 + noise(unit, year) + effect;
            out += &format!("p{unit:02},{year},{y},{},{lat},{lon}\n", if unit < 10 { 2010 } else { 0 });
        }
    }
    out
}

#[test]
fn what_moves_next_door_is_added_up_and_forbids_an_improvement() {
    let design = text(&[("[method]", "[spillover]\nrings = [50.0]\nplace = [\"lat\", \"lon\"]\n\n[method]")]);
    let still = found(&design, &beside(0.0));
    assert_eq!((still.verdict, grave(&still, "displacement")), (Verdict::Improved, Some(Grave::Fine)), "{:#?}", still.diagnostics);
    let moved = found(&design, &beside(4.0));
    assert_eq!((moved.verdict, grave(&moved, "displacement")), (Verdict::CannotTell, Some(Grave::Forbids)));
    let kinds: Vec<&str> = moved.spillovers.iter().map(|s| s.kind.as_str()).collect();
    assert_eq!(kinds, ["direct", "ring", "total"]);
    let [direct, ring, total] = [0, 1, 2].map(|k| moved.spillovers[k].effect.estimate);
    assert!((direct + 4.0).abs() < 0.6 && (ring - 4.0).abs() < 0.6 && total.abs() < 0.8, "{direct} {ring} {total}");
}

/// One treated place among others; a placebo test among ten cannot find anything at 5 per cent.
#[test]
fn one_treated_place_needs_enough_others() {
    let panel = |donors: usize| {
        let mut out = String::from("place,year,y,start\n");
        for unit in 0..=donors {
            for year in 1990..2015 {
                let effect = if unit == 0 && year >= 2010 { -12.0 } else { 0.0 };
                let y = 50.0 + 3.0 * ((unit % 7) as f64) + (year - 1990) as f64 + noise(unit, year) + effect;
                out += &format!("p{unit:02},{year},{y},{}\n", if unit == 0 { 2010 } else { 0 });
            }
        }
        out
    };
    let design = text(&[("id = \"did\"", "id = \"sc\"\noptions = { intercept = true }")]);
    let enough = found(&design, &panel(30));
    assert_eq!((enough.verdict, grave(&enough, "few-treated")), (Verdict::Improved, Some(Grave::Care)), "{:#?}", enough.diagnostics);
    assert!(!enough.plots.donors.is_empty() && enough.plots.placebos.len() > 20);
    assert!(enough.specifications.iter().any(|s| s.choices.contains_key("without")), "donors are left out in turn");
    let few = found(&design, &panel(10));
    assert_eq!((few.verdict, grave(&few, "few-treated")), (Verdict::CannotTell, Some(Grave::Forbids)));
}

#[test]
fn a_number_that_enforcement_makes_gets_no_verdict() {
    let finding = found(&text(&[("better =", "driven-by-enforcement = true\nbetter =")]), &panel(-3.0, 0.0));
    assert_eq!((finding.verdict, grave(&finding, "driven-by-enforcement")), (Verdict::CannotTell, Some(Grave::Forbids)));
    assert!(finding.sentences[1].en.contains("what the authorities did"), "{:?}", finding.sentences);
}

/// A series of the observatory: zones by years of two editions, the later one revising the years since
/// the start; an effect that is all revision is none.
#[test]
fn a_series_is_a_panel_and_its_revisions_are_looked_at() {
    const ZONES: [(&str, &str); 12] = [
        ("Aguaytía", "devida:aguaytia"),
        ("Alto Chicama", "devida:alto-chicama"),
        ("Amazonas", "devida:amazonas"),
        ("Camanti", "devida:camanti"),
        ("Contamana", "devida:contamana"),
        ("Cotuhé", "devida:cotuhe"),
        ("Fitzcarrald", "devida:fitzcarrald"),
        ("Huallaga", "devida:huallaga"),
        ("Kcosñipata", "devida:kosnipata"),
        ("Madre de Dios", "devida:madre-de-dios"),
        ("Marañón", "devida:maranon"),
        ("VRAEM", "devida:vraem"),
    ];
    let mut world = World::new();
    let source = world.observatory.root().join("sources/demo-devida-coca");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("recipe.toml"), include_str!("../../src/demo/coca-devida.toml")).unwrap();
    let mut rows = String::from("edition,zone,year,hectares\n");
    for edition in [2023, 2024] {
        for (unit, (zone, _)) in ZONES.iter().enumerate() {
            for year in 2014..2023 {
                let treated = unit < 6 && year >= 2019 && edition == 2024;
                let y = 500.0 + 10.0 * unit as f64 + noise(unit, year) - if treated { 20.0 } else { 0.0 };
                rows += &format!("{edition},{zone},{year},{y:.2}\n");
            }
        }
    }
    let file = world.observatory.root().join("editions.csv");
    std::fs::write(&file, rows).unwrap();
    world.collect("demo-devida-coca", &file);
    let places = ZONES[..6].iter().map(|z| format!("\"{}\"", z.1)).collect::<Vec<_>>().join(", ");
    let design = text(&[
        ("cohort = \"start\"", &format!("places = [{places}]")),
        ("start = 2010", "start = 2019"),
        ("column = \"y\"", "column = \"value\""),
        (
            "file = \"panel.csv\"\nunit = \"place\"\ntime = \"year\"",
            "unit = \"area\"\ntime = \"year\"\n[data.series]\nsource = [\"demo-devida-coca\"]\nmeasure = \"coca-area\"",
        ),
    ]);
    write(&world, &design, "");
    register(&mut world).unwrap();
    let finding = run(&mut world).unwrap_or_else(|e| panic!("{}", e.say(Lang::En)));
    assert!((finding.effect.estimate + 20.0).abs() < 1.0, "{:?}", finding.effect);
    assert_eq!((finding.effect.size.units, finding.effect.size.treated, finding.effect.size.before), (12, 6, 5));
    assert_eq!((finding.verdict, grave(&finding, "revised")), (Verdict::CannotTell, Some(Grave::Forbids)), "{:#?}", finding.diagnostics);
    assert_eq!((finding.sources.len(), finding.label.as_ref().unwrap().tlp.as_str()), (1, "TLP:CLEAR"));
    let public = world.observatory.another(atalaya_kernel::Clearance::public()).unwrap();
    assert_eq!(run(&mut world.beside(public)).unwrap().effect, finding.effect, "what anybody may see is the same for anybody");
}

/// A draft tells what to write, shows what the design could see on what came before, and is not
/// registered before it is complete.
#[test]
fn a_draft_shows_power_on_what_came_before_and_waits_to_be_completed() {
    let mut world = World::new();
    let from = world.observatory.root().join("given.csv");
    std::fs::write(&from, panel(-3.0, 0.0).replacen("p03,2012,", "p03,2012,POISON", 1)).unwrap();
    let draft = atalaya::verbs::EvaluateDesign {
        id: "test".into(),
        start: 2010,
        from_data: Some(from),
        unit: Some("place".into()),
        time: Some("year".into()),
        outcome: Some("y".into()),
        cohort: Some("start".into()),
        ..Default::default()
    };
    let drafted = world.run(&draft).unwrap_or_else(|e| panic!("{}", e.say(Lang::En)));
    assert!(drafted.text.contains("file = \"given.csv\"") && drafted.text.contains("# One sentence"), "{}", drafted.text);
    let power = drafted.held.power.as_ref().unwrap_or_else(|| panic!("{:?}", drafted.held.not_tried));
    // Twenty of forty places with noise of about 1 and several years on either side: well below an effect of 3.
    let [down, up] = power.detectable.map(Option::unwrap);
    assert!((-2.0..-0.3).contains(&down) && (0.3..2.0).contains(&up), "{power:?}");
    assert_ne!(drafted.say(Lang::En), drafted.say(Lang::Es));
    assert_eq!(register(&mut world).unwrap_err().id, "design-unfinished");
    assert_eq!(world.run(&draft).unwrap_err().id, "design-exists");
    let nobody = atalaya::verbs::EvaluateDesign { id: "other".into(), cohort: None, ..draft };
    assert_eq!(world.run(&nobody).unwrap_err().id, "option-needed");
}
