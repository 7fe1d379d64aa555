//! What evaluations found, as others take it: drawings, tables, the appendix, the folder that runs
//! again by itself.

use std::collections::BTreeSet;
use std::path::Path;

use atalaya::evaluate::draw::{What, chart_of};
use atalaya::evaluate::finding::{Donor, Finding, NamedEffect, Placebo, SpilloverEffect};
use atalaya::evaluate::finding_tables::tables;
use atalaya::evaluate::{FolderChecked, appendix::appendix, evaluation, evaluations, folder, kept, verify_folder, zipped};
use atalaya::verbs::{EvaluateDraw, EvaluateFolder, Say};
use atalaya::{Caller, Quiet, Still};
use atalaya_kernel::{Both, Lang, Problem};
use atalaya_report::chart::{Look, Theme, draw};

use crate::designs::{panel, register, text, write};
use crate::support::World;

fn world() -> World {
    let mut world = World::new();
    let design = text(&[("file = \"panel.csv\"", "file = \"panel.csv\"\ntlp = \"TLP:GREEN\"")]);
    write(&world, &design.replace("title =", "subgroups = [\"half\"]\ntitle ="), &panel(-3.0, 0.0));
    register(&mut world).unwrap();
    world
}

fn with_caller<T>(run: impl FnOnce(&mut Caller<'_>) -> T) -> T {
    let mut quiet = Quiet;
    run(&mut Caller { now: "2026-11-24T12:00:00Z".into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still })
}

fn finding(world: &World) -> Finding {
    with_caller(|caller| kept::finding(&world.observatory, "test", caller)).unwrap().as_ref().clone()
}

fn verify(place: &Path) -> Result<FolderChecked, Problem> {
    with_caller(|caller| verify_folder(place, caller))
}

/// A finding with everything in it that other methods fill.
fn full(world: &World) -> Finding {
    let mut finding = finding(world);
    finding.plots.donors = vec![Donor { unit: "PE".into(), weight: 0.7 }, Donor { unit: "p01".into(), weight: 0.3 }];
    let gap = |unit: &str, treated| Placebo { unit: unit.into(), treated, gaps: vec![(2009, 0.1), (2010, -2.0)], ratio: Some(4.0) };
    finding.plots.placebos = vec![gap("p00", true), gap("p01", false)];
    let effect = NamedEffect { name: Both::same("x"), estimate: 0.4, se: None, interval: Some([-0.2, 1.0]), p: None };
    finding.spillovers =
        vec![SpilloverEffect { name: Both::new("ring 0-50 km", "anillo 0-50 km"), kind: "ring".into(), effect, places: 7 }];
    finding.effect.anytime = Some([-5.0, -0.5]);
    finding
}

#[test]
fn a_folder_runs_again_by_itself_and_gives_the_same_to_the_last_digit() {
    let mut world = world();
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("out");
    let written = world.run(&EvaluateFolder { id: "test".into(), out: Some(folder.clone()) }).unwrap();
    assert!(written.with_data && written.files.len() > 40, "{}", written.files.len());
    // The observatory is gone.
    let was = finding(&world).effect.estimate;
    drop(world);
    let checked = verify(&folder).unwrap();
    assert!(checked.same && checked.changed.is_empty() && checked.was == was && checked.is == was, "{checked:?}");
    // Another cell of the data is another answer, and another file than the one listed.
    let data = std::fs::read_to_string(folder.join("data.csv")).unwrap();
    let line = data.lines().find(|l| l.starts_with("p00,2012,")).unwrap();
    std::fs::write(folder.join("data.csv"), data.replace(line, "p00,2012,500,2010,a")).unwrap();
    let changed = verify(&folder).unwrap();
    assert!(!changed.same && changed.changed == ["data.csv"] && changed.is_no(), "{changed:?}");
    std::fs::remove_file(folder.join("data.csv")).unwrap();
    assert_eq!(verify(&folder).unwrap_err().id, "folder-without-data");
    assert_eq!(verify(place.path()).unwrap_err().id, "not-an-evaluation");
}

#[test]
fn a_folder_is_the_same_bytes_each_time_and_names_what_people_open() {
    let world = world();
    let make = || with_caller(|caller| folder::files(&world.observatory, "test", caller)).unwrap();
    let (one, two) = (make(), make());
    assert!(one == two);
    assert_eq!(zipped("test", &one).unwrap(), zipped("test", &two).unwrap());
    let names = folder::names(&world.observatory, &finding(&world));
    assert!(names.iter().all(|n| one.contains_key(n)), "{names:?}");
    let manifest = String::from_utf8(one[folder::MANIFEST].clone()).unwrap();
    assert_eq!(manifest.lines().count(), one.len() - 1);
    for (lang, word) in [("en", "Registration"), ("es", "Registro")] {
        let text = String::from_utf8(one[&format!("appendix.{lang}.md")].clone()).unwrap();
        assert!(text.contains(word) && text.contains(&finding(&world).hash) && text.contains("Callaway"), "{text}");
    }
    let readme = String::from_utf8(one["README.md"].clone()).unwrap();
    assert!(readme.contains("atalaya evaluate verify .") && readme.contains("sha256sum --check MANIFEST"));
}

#[test]
fn rows_that_may_not_leave_stay_and_it_is_said() {
    let mut world = World::new();
    write(&world, &text(&[]), &panel(-3.0, 0.0));
    register(&mut world).unwrap();
    let files = with_caller(|caller| folder::files(&world.observatory, "test", caller)).unwrap();
    let readme = String::from_utf8(files["README.md"].clone()).unwrap();
    assert!(!files.contains_key("data.csv") && readme.contains("`data.csv` is not here"), "{readme}");
    let names = folder::names(&world.observatory, &finding(&world));
    assert!(!names.iter().any(|n| n == "data.csv"));
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let mut world = world();
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("thesis.docx"), "years of work").unwrap();
    let ask = EvaluateFolder { id: "test".into(), out: Some(place.path().into()) };
    assert_eq!(world.run(&ask).unwrap_err().id, "folder-in-use");
    // A manifest that somebody wrote cannot make other files go.
    let forged = format!("{}  ../victim\n{}  thesis.docx\n", "0".repeat(64), "0".repeat(64));
    let inner = place.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(place.path().join("victim"), "stays").unwrap();
    std::fs::write(inner.join("MANIFEST"), forged).unwrap();
    world.run(&EvaluateFolder { id: "test".into(), out: Some(inner) }).unwrap();
    assert!(place.path().join("victim").exists() && place.path().join("thesis.docx").exists());
}

#[test]
fn every_part_that_has_something_is_drawn_in_both_languages() {
    let world = world();
    let finding = full(&world);
    assert_eq!(What::of(&finding), What::ALL);
    for what in What::ALL {
        let chart = chart_of(&finding, what, &[]);
        let said: Vec<String> = [Lang::En, Lang::Es]
            .map(|lang| draw(&chart, &Look { lang, theme: Theme::Light, width: 700.0 }))
            .into_iter()
            .map(|drawing| {
                assert!(drawing.svg.contains("panel.csv") && drawing.svg.contains("TLP:GREEN"), "{what:?}");
                drawing.alt
            })
            .collect();
        assert_ne!(said[0], said[1], "{what:?}");
        assert_eq!(What::parse(what.id()).unwrap(), what);
    }
    assert_eq!(What::parse("mood").unwrap_err().id, "unknown-what");
    // Areas go by their names.
    let donors = draw(&chart_of(&finding, What::Donors, &[]), &Look { lang: Lang::Es, theme: Theme::Dark, width: 400.0 });
    assert!(donors.svg.contains("Perú"));
}

#[test]
fn specifications_are_drawn_in_standard_deviations_where_scales_differ() {
    let finding = finding(&world());
    let own = finding.specifications.iter().find(|s| s.chosen).unwrap();
    let drawing = draw(&chart_of(&finding, What::Specifications, &[]), &Look { lang: Lang::En, theme: Theme::Light, width: 900.0 });
    assert!(drawing.svg.contains("Standard deviations of the outcome before the start"));
    let point = drawing.svg.split('<').find(|t| t.contains("class=\"point\"") && t.contains("the design&#39;s own")).unwrap();
    let value: f64 = point.split("data-value=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    assert!((value - own.standardised.unwrap()).abs() < 1e-8, "{value} {own:?}");
    let low: f64 = point.split("data-low=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    let by = own.standardised.unwrap() / own.effect.estimate;
    assert!((low - own.effect.interval.unwrap()[0] * by).abs() < 1e-8, "{low}");
}

#[test]
fn tables_hold_every_number_and_the_appendix_says_it_in_both_languages() {
    let finding = full(&world());
    let ids: BTreeSet<String> = tables(&finding, Lang::Es).into_iter().map(|t| t.id).collect();
    let all = ["checks", "donors", "effects", "events", "paths", "placebos", "places", "specifications"];
    assert_eq!(ids.iter().map(String::as_str).collect::<Vec<_>>(), all);
    let effects = tables(&finding, Lang::En).into_iter().next().unwrap();
    assert_eq!(effects.rows.len(), 1 + finding.spillovers.len() + finding.subgroups.len());
    let estimate: f64 = effects.rows[0][3].as_ref().unwrap().parse().unwrap();
    assert!((estimate / finding.effect.estimate - 1.0).abs() < 1e-9);
    let (en, es) = (appendix(&finding, Lang::En), appendix(&finding, Lang::Es));
    for (text, words) in [(&en, ["ring 0-50 km", "The programme", "**Improved**"]), (&es, ["anillo 0-50 km", "El programa", "**Mejoró**"])]
    {
        assert!(words.iter().all(|w| text.contains(w)), "{text}");
        for check in &finding.diagnostics {
            assert!(text.contains(check.title.in_lang(if text == &en { Lang::En } else { Lang::Es })));
        }
    }
}

#[test]
fn a_design_that_is_not_registered_is_listed_without_an_answer() {
    let mut world = World::new();
    write(&world, &text(&[]), &panel(-3.0, 0.0));
    let list = with_caller(|caller| evaluations(&world.observatory, caller)).unwrap();
    assert!(list.evaluations[0].found.is_none());
    assert_eq!(list.evaluations[0].design.problem.as_ref().unwrap().id, "not-registered");
    let ask = EvaluateDraw { id: "test".into(), ..EvaluateDraw::default() };
    assert_eq!(world.run(&ask).unwrap_err().id, "not-registered");
    register(&mut world).unwrap();
    let one = with_caller(|caller| evaluation(&world.observatory, "test", caller)).unwrap();
    assert!(one.finding.is_some() && one.line.found.is_some() && one.registrations.len() == 1 && !one.parts.is_empty());
    // What was kept is not kept past a change of the file beside the design.
    let before = finding(&world).effect.estimate;
    write(&world, &text(&[]), &panel(-9.0, 0.0));
    assert!((finding(&world).effect.estimate - before).abs() > 3.0);
}
