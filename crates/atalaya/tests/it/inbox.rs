//! A file that arrives through a page: what is kept, what is refused, and what a person says about it.

use std::collections::BTreeMap;

use atalaya::verbs::{Choices, Held, arrive, load, redraft, save_recipe, shape_of};
use atalaya::{Caller, Quiet, Still};
use atalaya_kernel::{Lang, Problem};
use atalaya_sources::draft::Choice;

use crate::support::World;

const FILE: &str = "Departamento;Fecha;Droga;Cantidad;Unidad;Entidad\n\
    Ayacucho;13/01/2024;Clorhidrato de cocaína;12,5;kg;PNP\n\
    Atlantis;15/02/2024;Clorhidrato de cocaína;3,5;kg;PNP\n\
    Atlantis;16/02/2024;Clorhidrato de cocaína;2,5;kg;SUNAT\n\
    Ucayali;18/03/2024;Polvo misterioso;7,5;kg;PNP\n";

fn inbox(world: &World) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(world.observatory.root().join("inbox")) else { return Vec::new() };
    let mut names: Vec<String> = entries.filter_map(Result::ok).filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort();
    names
}

fn collect(world: &mut World, source: &str, file: &str) -> Result<(u64, u64, u64, u64), Problem> {
    let mut quiet = Quiet;
    let mut caller = Caller { now: "2026-11-23T12:00:00Z".into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
    let done = load(&mut world.observatory, &mut caller, source, file)?;
    let c = done.sources[0].intakes[0].counts;
    Ok((c.read, c.accepted, c.held, c.rejected))
}

#[test]
fn a_refused_file_leaves_nothing_and_a_kept_one_has_a_plain_name() {
    let world = World::new();
    assert_eq!(arrive(&world.observatory, "gente.csv", b"dni;fecha\n1;2024-01-01\n").unwrap_err().id, "persons");
    assert_eq!(arrive(&world.observatory, "run.exe", b"MZ").unwrap_err().id, "format");
    assert!(arrive(&world.observatory, "bad.csv", b"a,b\n\0,1\n").is_err());
    assert_eq!(inbox(&world), Vec::<String>::new());
    let kept = arrive(&world.observatory, "../Incautaciones año.csv", FILE.as_bytes()).unwrap();
    assert_eq!(kept.file, "Incautaciones-ano.csv");
    let again = arrive(&world.observatory, "Incautaciones año.csv", FILE.as_bytes()).unwrap();
    let other = arrive(&world.observatory, "Incautaciones año.csv", FILE.replace("12,5", "13,5").as_bytes()).unwrap();
    assert_eq!((again.file.as_str(), other.file.as_str()), ("Incautaciones-ano.csv", "Incautaciones-ano-2.csv"));
    assert_eq!(redraft(&world.observatory, "../atalaya.toml", "x", &Choices::default()).unwrap_err().id, "unknown-file");
}

#[test]
fn what_a_person_says_stands_in_the_recipe() {
    let world = World::new();
    let file = arrive(&world.observatory, "a.csv", FILE.as_bytes()).unwrap().file;
    let choice = |is: &str, why: &str| Choice { is: is.into(), why: why.into() };
    let columns =
        BTreeMap::from([("Entidad".to_string(), choice("ignore", "internal")), ("Departamento".to_string(), choice("place", ""))]);
    let always = BTreeMap::from([("area".to_string(), "PE".to_string())]);
    let said = Choices {
        producer: Some("PNP".into()),
        licence: Some("open".into()),
        tlp: Some("TLP:GREEN".into()),
        columns,
        always,
        ..Choices::default()
    };
    let drafted = redraft(&world.observatory, &file, "mine", &said).unwrap();
    let recipe = atalaya_sources::Recipe::parse(&drafted.recipe, "draft").unwrap();
    let fields = &recipe.layouts[0].fields;
    assert_eq!((recipe.producer.as_str(), recipe.label.tlp.as_str()), ("PNP", "TLP:GREEN"));
    assert_eq!((fields["area"].value.as_deref(), fields["place"].from.as_slice()), (Some("PE"), &["Departamento".to_string()][..]));
    assert_eq!(recipe.layouts[0].ignore["Entidad"], "internal / internal");
    assert!(!drafted.doubts.iter().any(|d| d.place.contains("producer")), "{:?}", drafted.doubts);
}

#[test]
fn what_cannot_be_done_as_said_is_a_doubt_and_no_reason_is_a_refusal() {
    let world = World::new();
    let file = arrive(&world.observatory, "a.csv", FILE.as_bytes()).unwrap().file;
    let say = |column: &str, is: &str, why: &str| Choices {
        columns: BTreeMap::from([(column.to_string(), Choice { is: is.into(), why: why.into() })]),
        ..Choices::default()
    };
    let drafted = redraft(&world.observatory, &file, "mine", &say("Entidad", "amount", "")).unwrap();
    assert!(drafted.doubts.iter().any(|d| d.place.contains("Entidad") && d.found.en.contains("said to be")), "{:?}", drafted.doubts);
    assert_eq!(redraft(&world.observatory, &file, "mine", &say("Entidad", "ignore", " ")).unwrap_err().id, "why-needed");
    assert_eq!(redraft(&world.observatory, &file, "mine", &say("Entidad", "colour", "")).unwrap_err().id, "choice");
    assert_eq!(redraft(&world.observatory, &file, "../x", &Choices::default()).unwrap_err().id, "source-id");
}

#[test]
fn a_recipe_is_kept_only_if_it_reads_the_file_and_the_line_is_told_if_not() {
    let world = World::new();
    let arrived = arrive(&world.observatory, "mine.csv", FILE.as_bytes()).unwrap();
    let text = arrived.drafted.unwrap().recipe;
    let wrong = save_recipe(&world.observatory, &text.replace("kind = ", "kinds = "), &arrived.file).unwrap_err();
    assert!(wrong.id == "recipe" && wrong.place.contains("line"), "{wrong:?}");
    assert_eq!(save_recipe(&world.observatory, &text.replace("\"Droga\"", "\"Sustancia\""), &arrived.file).unwrap_err().id, "layout");
    assert_eq!(
        save_recipe(&world.observatory, &text.replace("id = \"mine\"", "id = \"unodc-ids\""), &arrived.file).unwrap_err().id,
        "recipe-exists"
    );
    assert_eq!(save_recipe(&world.observatory, &text, &arrived.file).unwrap().source, "mine");
}

/// A world whose four rows are known: one accepted, two of Atlantis and one of an unknown drug held.
fn decided() -> World {
    let mut world = World::new();
    let arrived = arrive(&world.observatory, "mine.csv", FILE.as_bytes()).unwrap();
    save_recipe(&world.observatory, &arrived.drafted.unwrap().recipe, &arrived.file).unwrap();
    assert_eq!(collect(&mut world, "mine", &arrived.file).unwrap(), (4, 1, 3, 0));
    world
}

#[test]
fn one_decision_settles_all_rows_with_the_same_text_and_can_be_undone() {
    let mut world = decided();
    let held = |world: &mut World, verb: Held| {
        let h = world.run(&Held { source: "mine".into(), limit: 20, ..verb }).unwrap();
        (h.accepted, h.held, h.rejected)
    };
    let listed = world.run(&Held { source: "mine".into(), limit: 20, text: Some("area:Atlantis".into()), ..Held::default() }).unwrap();
    assert_eq!((listed.total, listed.texts[0].found.as_str(), listed.texts[0].count), (2, "Atlantis", 2));
    let all = Held { reject: vec!["all".into()], text: Some("area:Atlantis".into()), why: Some("no such place".into()), ..Held::default() };
    assert_eq!(held(&mut world, all), (1, 1, 2));
    assert_eq!(held(&mut world, Held { undo: Some(1), why: Some("there is".into()), ..Held::default() }), (1, 3, 0));
    let without = world.run(&Held { source: "mine".into(), accept: vec!["all".into()], why: Some("x".into()), ..Held::default() });
    assert_eq!(without.unwrap_err().id, "decision", "all rows whatever was found is too much for one word");
}

#[test]
fn a_renamed_column_is_told_with_the_likely_one_and_asked_once() {
    let mut world = decided();
    let next = arrive(&world.observatory, "next.csv", FILE.replace("Departamento", "DPTO").as_bytes()).unwrap();
    let shape = shape_of(&world.observatory, "mine", &next.file).unwrap();
    assert!(!shape.fits);
    assert_eq!((shape.missing[0].field.as_str(), shape.missing[0].likely.as_deref()), ("area", Some("DPTO")));
    assert_eq!(collect(&mut world, "mine", &next.file).unwrap_err().id, "layout");
    world.run(&Held { source: "mine".into(), rename: Some("area=DPTO".into()), why: Some("renamed".into()), ..Held::default() }).unwrap();
    assert!(shape_of(&world.observatory, "mine", &next.file).unwrap().fits);
    assert_eq!(collect(&mut world, "mine", &next.file).unwrap(), (4, 1, 3, 0));
    let known = arrive(&world.observatory, "third.csv", FILE.replace("12,5", "1,5").as_bytes()).unwrap().known;
    assert_eq!(known.iter().map(|k| (k.id.as_str(), k.here)).collect::<Vec<_>>(), [("mine", true)]);
}
