//! Linking any tables under a recipe, from files to files.

use std::fs;
use std::path::{Path, PathBuf};

use atalaya::linking::{LinkTables, LinkedTables, LinkedWith, link_tables};
use atalaya::verbs::Say;
use atalaya::{Caller, Quiet, Still};
use atalaya_kernel::{Lang, Problem, Seed};
use tempfile::TempDir;

use crate::support::shared;

const RECIPE: &str = r#"
id = "id"
one_to_one = true

[columns.name]
from = ["forename", "surname"]
second = ["full name"]
fold = true

[[compare]]
columns = ["name"]
levels = ["exact", "jaro-winkler 0.9"]
rarity = ["name"]

[[compare]]
columns = ["born"]
levels = ["exact", "damerau-levenshtein 1", "years 1"]

[[compare]]
columns = ["town"]
levels = ["exact"]

[[block]]
on = ["name"]
[[block]]
on = ["born"]
[[block]]
on = ["town", "prefix(name, 2)"]
"#;

/// Two lists of the same 300 persons, the second with slips, in another order.
fn lists(folder: &Path) -> [PathBuf; 2] {
    let (mut a, mut b) = (String::from("id,forename,surname,born,town\n"), String::from("id;full name;born;town\n"));
    for person in 0..300u64 {
        let mut stream = Seed(5).stream(person);
        let (fore, sur) = (format!("Án{}", ["ita", "ibal", "drea", "gel"][person as usize % 4]), format!("Quispe{}", stream.below(80)));
        let (year, month, day) = (1950 + stream.below(40), 1 + stream.below(12), 1 + stream.below(28));
        let town = format!("T{}", stream.below(20));
        a += &format!("a{person},{fore},{sur},{year}-{month:02}-{day:02},{town}\n");
        let slip = if stream.unit() < 0.1 { 1 } else { 0 };
        let town = if stream.unit() < 0.1 { String::new() } else { town };
        b += &format!("b{0};{fore} {sur};{year}-{month:02}-{1:02};{town}\n", person, (day + slip).min(28)).to_uppercase().replace('Á', "A");
    }
    let paths = [folder.join("a.csv"), folder.join("b.csv")];
    fs::write(&paths[0], a).unwrap();
    fs::write(&paths[1], b.replacen("ID;FULL NAME;BORN;TOWN", "id;full name;born;town", 1)).unwrap();
    paths
}

fn link(request: &LinkTables) -> Result<LinkedTables, Problem> {
    let mut quiet = Quiet;
    link_tables(request, &mut Caller { now: String::new(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still })
}

fn with_recipe(folder: &TempDir, recipe: &str, data: Vec<PathBuf>) -> Result<LinkedTables, Problem> {
    let path = folder.path().join("recipe.toml");
    fs::write(&path, recipe).unwrap();
    let out = |name: &str| Some(folder.path().join(name));
    link(&LinkTables { recipe: Some(path), data, out: out("pairs.csv"), clusters: out("clusters.csv") })
}

#[test]
fn two_lists_are_linked_one_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let linked = with_recipe(&folder, RECIPE, lists(folder.path()).to_vec()).unwrap();
    let LinkedWith::OneToOne { links } = linked.linked else { panic!("{linked:?}") };
    assert!((280..=300).contains(&links), "{links}");
    let pairs = fs::read_to_string(folder.path().join("pairs.csv")).unwrap();
    assert!(pairs.starts_with("row_a,row_b,id_a,id_b,probability,bits,linked,cluster\n"));
    let yes: Vec<&str> = pairs.lines().filter(|l| l.contains(",yes,")).collect();
    let right = yes.iter().filter(|l| l.split(',').nth(2).map(|a| &a[1..]) == l.split(',').nth(3).map(|b| &b[1..])).count();
    assert_eq!(yes.len(), links);
    assert!(right as f64 > 0.97 * links as f64, "{right} of {links}");
    let clusters = fs::read_to_string(folder.path().join("clusters.csv")).unwrap();
    assert_eq!(clusters.lines().count(), 601);
    assert!(linked.blocking_loss < 0.1 && linked.threshold.how == "expected-f1-one-to-one");
    assert!(linked.say(Lang::Es).contains("uno a uno") && linked.say(Lang::En).contains("one to one"));
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let data = lists(folder.path()).to_vec();
    let once = with_recipe(&folder, RECIPE, data.clone()).unwrap();
    let pairs = fs::read(folder.path().join("pairs.csv")).unwrap();
    assert_eq!(with_recipe(&folder, RECIPE, data).unwrap(), once);
    assert_eq!(fs::read(folder.path().join("pairs.csv")).unwrap(), pairs);
}

#[test]
fn rules_are_chosen_when_the_recipe_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = RECIPE.split("[[block]]").next().unwrap();
    let linked = with_recipe(&folder, recipe, lists(folder.path()).to_vec()).unwrap();
    assert!(linked.rules_chosen && !linked.rules.is_empty());
    let LinkedWith::OneToOne { links } = linked.linked else { panic!("{linked:?}") };
    assert!((270..=300).contains(&links), "{links}");
}

#[test]
fn duplicates_within_one_table_become_clusters() {
    let folder = tempfile::tempdir().unwrap();
    let [a, _] = lists(folder.path());
    let text = fs::read_to_string(&a).unwrap();
    let twice = folder.path().join("twice.csv");
    let again: String = text.lines().skip(1).map(|l| format!("x{l}\n")).collect();
    fs::write(&twice, format!("{text}{again}")).unwrap();
    let linked = with_recipe(&folder, &RECIPE.replace("second = [\"full name\"]\n", ""), vec![twice]).unwrap();
    let LinkedWith::Clusters { clusters, largest, .. } = linked.linked else { panic!("{linked:?}") };
    assert!((290..=300).contains(&clusters) && largest <= 4, "{clusters} {largest}");
}

#[test]
fn a_recipe_that_cannot_be_used_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = lists(folder.path()).to_vec();
    for (from, to, line, part) in [
        ("one_to_one = true", "one_two_one = true", 3, "one_two_one"),
        ("\"jaro-winkler 0.9\"", "\"jaro 0.9\"", 12, "no test"),
        ("on = [\"born\"]", "on = [\"birth\"]", 26, "no column birth"),
        ("on = [\"born\"]", "on = [\"sounds(born)\"]", 26, "no key"),
        ("id = \"id\"", "id = \"number\"", 2, "no column number"),
        ("id = \"id\"", "id = \"id\"\nthreshold = 1.5", 3, "no share"),
    ] {
        let problem = with_recipe(&folder, &RECIPE.replace(from, to), data.clone()).unwrap_err();
        assert_eq!(problem.id, "link-recipe", "{problem}");
        assert!(problem.place.ends_with(&format!("line {line}")), "{to}: {problem}");
        assert!(problem.found.en.contains(part), "{to}: {problem}");
    }
    let only_town = RECIPE.replace("on = [\"name\"]", "on = [\"town\"]").replace("[[block]]\non = [\"born\"]\n", "");
    let problem = with_recipe(&folder, &only_town, data).unwrap_err();
    assert_eq!(problem.id, "link-nothing");
    assert!(problem.found.es.contains("town"), "{problem:?}");
    assert_eq!(link(&LinkTables::default()).unwrap_err().id, "link-data");
}

/// Splink 5.0.0's published models on their data: 0.7736 pairs of transactions, 0.9127 one to one.
#[test]
fn payments_are_linked_better_than_the_published_model() {
    let Some(folder) = shared("data/linkage") else { return };
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/recipes/transactions.toml");
    let out = tempfile::tempdir().unwrap();
    let data = ["origin", "destination"].map(|side| folder.join(format!("transactions_{side}.parquet")));
    let pairs = out.path().join("pairs.csv");
    let linked = link(&LinkTables { recipe: Some(recipe), data: data.to_vec(), out: Some(pairs.clone()), clusters: None }).unwrap();
    let LinkedWith::OneToOne { links } = linked.linked else { panic!("{linked:?}") };
    let text = fs::read_to_string(pairs).unwrap();
    // Origin and destination of a payment have one `unique_id`.
    let right = text.lines().filter(|l| l.contains(",yes,")).filter(|l| l.split(',').nth(2) == l.split(',').nth(3)).count() as f64;
    let f1 = 2.0 * right / (links as f64 + 45_326.0);
    assert!(f1 > 0.97, "{f1}");
    assert!((linked.threshold.f1 - f1).abs() < 0.02, "{f1} {:?}", linked.threshold);
}
