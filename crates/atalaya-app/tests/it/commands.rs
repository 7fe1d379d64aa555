//! What commands print and how they end.

use std::fs;

use crate::program::{Place, text};

fn with_world() -> Place {
    let place = Place::new();
    let file = place.world("a.csv", 1_000, 1);
    let output = place.run(&["collect", "demo-incidents", "--from", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("1000 rows read = 998 accepted + 2 held + 0 rejected"), "{}", text(&output.stdout));
    place
}

#[test]
fn the_same_file_adds_nothing() {
    let place = with_world();
    let output = place.run(&["collect"]);
    assert!(text(&output.stdout).contains("nothing new"), "{}", text(&output.stdout));
    assert_eq!(place.json(&["status"])["sources"][0]["vintages"].as_array().unwrap().len(), 1);
}

#[test]
fn a_held_row_says_where_what_and_what_to_do_and_a_decision_replays() {
    let place = with_world();
    let held = place.run(&["held", "demo-incidents"]);
    let said = text(&held.stdout);
    assert!(said.contains("unknown-area (2)") && said.contains("Atlántida (simulated)") && said.contains("--map"), "{said}");
    let without_reason = place.run(&["held", "demo-incidents", "--map", "area:Atlántida (simulated)=PE"]);
    assert_eq!(without_reason.status.code(), Some(2));
    let decided =
        place.json(&["held", "demo-incidents", "--map", "area:Atlántida (simulated)=PE", "--why", "the made-up world lies in Peru"]);
    assert_eq!((decided["held"].as_i64(), decided["accepted"].as_i64()), (Some(0), Some(1_000)), "{decided}");
    let undone = place.json(&["held", "demo-incidents", "--undo", "1", "--why", "it does not"]);
    assert_eq!(undone["held"].as_i64(), Some(2), "{undone}");
    let rebuilt = place.json(&["rebuild"]);
    assert_eq!(rebuilt["snapshot"], rebuilt["expected"], "decisions are part of what is derived: {rebuilt}");
}

#[test]
fn a_row_can_be_accepted_or_rejected_by_its_number() {
    let place = with_world();
    let accepted = place.json(&["held", "demo-incidents", "--accept", "18", "--why", "seen the original"]);
    assert_eq!((accepted["held"].as_i64(), accepted["accepted"].as_i64()), (Some(1), Some(999)), "{accepted}");
    let rejected = place.json(&["held", "demo-incidents", "--reject", "518", "--why", "not a country"]);
    assert_eq!((rejected["held"].as_i64(), rejected["rejected"].as_i64()), (Some(0), Some(1)), "{rejected}");
}

#[test]
fn a_renamed_column_asks_once_and_then_replays() {
    let place = with_world();
    let next = fs::read_to_string(place.folder.path().join("a.csv")).unwrap().replacen(";DRUG_NAME;", ";SUSTANCIA_INCAUTADA;", 1);
    let file = place.folder.path().join("b.csv");
    fs::write(&file, next).unwrap();
    let path = file.to_str().unwrap();
    let asked = place.run(&["collect", "demo-incidents", "--from", path]);
    let said = text(&asked.stderr);
    assert_eq!(asked.status.code(), Some(2));
    assert!(said.contains("DRUG_NAME") && said.contains("--rename 'substance=SUSTANCIA_INCAUTADA'"), "{said}");
    let _ = place.run(&["held", "demo-incidents", "--rename", "substance=SUSTANCIA_INCAUTADA", "--why", "new template"]);
    let read = place.json(&["collect", "demo-incidents", "--from", path]);
    assert_eq!(read["sources"][0]["intakes"][0]["counts"]["accepted"].as_i64(), Some(998), "{read}");
}

#[test]
fn columns_that_look_like_persons_are_refused_and_nothing_is_kept() {
    let place = Place::new();
    let file = place.folder.path().join("p.csv");
    fs::write(&file, "COUNTRY;SEIZURE_DATE;DRUG_NAME;AMOUNT;Cédula\nPeru;2020-01-01;Heroin;1;12345678\n").unwrap();
    let output = place.run(&["collect", "demo-incidents", "--from", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stderr).contains("Cédula"), "{}", text(&output.stderr));
    let kept = walk(&place.root()).into_iter().filter(|p| fs::read(p).is_ok_and(|b| text(&b).contains("12345678"))).count();
    assert_eq!(kept, 0, "nothing of the file is kept");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() { files.extend(walk(&entry.path())) } else { files.push(entry.path()) }
    }
    files
}

#[test]
fn leaf_paste_and_hcl_are_never_added() {
    let place = with_world();
    let all = place.json(&["query", "--by", "year"]);
    assert!(all["rows"][0].get("kg").is_none(), "no kilograms across substances: {}", all["rows"][0]);
    let cocaine = place.json(&["query", "--substance", "coca-cocaine", "--by", "year"]);
    let names: std::collections::BTreeSet<&str> =
        cocaine["rows"].as_array().unwrap().iter().filter_map(|r| r["substance"].as_str()).collect();
    assert!(names.contains("coca-leaf") && names.contains("coca-paste") && names.contains("cocaine-hcl"), "{names:?}");
    assert!(cocaine["rows"].as_array().unwrap().iter().all(|r| r["kg"].is_string()));
}

#[test]
fn words_no_list_knows_are_errors_that_help() {
    let place = with_world();
    for (args, id, word) in [
        (vec!["query", "--substance", "unobtainium"], "unknown-substance", "unobtainium"),
        (vec!["query", "--area", "Atlantis"], "area-unknown", "Atlantis"),
        (vec!["query", "--by", "colour"], "unknown-by", "year"),
        (vec!["query", "--from", "03/04/2016"], "unknown-period", "2016-03-31"),
        (vec!["verify", "fig-0000000000000000"], "unknown-figure", "fig-"),
        (vec!["diff", "demo-incidents"], "one-vintage", "demo-incidents"),
        (vec!["held", "nothing-like-it"], "unknown-source", "unodc-ids"),
        (vec!["export", "--format", "docx"], "unknown-format", "xlsx"),
        (vec!["query", "--sql", "DELETE FROM record"], "sql", "record"),
    ] {
        let output = place.run(&[&args[..], &["--json"]].concat());
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_ne!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(said["problem"]["id"], id, "{args:?}: {said}");
        assert!(text(&output.stderr).contains(word), "{args:?}: {}", text(&output.stderr));
        assert!(!said["problem"]["todo"]["es"].as_str().unwrap().is_empty() || args[1] == "--sql", "{args:?}: {said}");
    }
}

#[test]
fn exports_are_the_same_bytes_twice_and_rows_keep_their_label() {
    let place = with_world();
    let write = |name: &str| {
        let output = place.run(&["export", "--substance", "cocaine", "--by", "year", "--out", name]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        fs::read(place.root().join(name)).unwrap()
    };
    for ending in ["csv", "xlsx", "parquet", "json"] {
        let (one, two) = (write(&format!("one.{ending}")), write(&format!("two.{ending}")));
        assert!(!one.is_empty() && one.len() == two.len(), "{ending}");
    }
    assert_eq!(write("one.csv"), write("two.csv"));
    for format in ["datapackage", "sdmx-csv"] {
        let output =
            place.run(&["export", "--substance", "cocaine", "--by", "year", "--format", format, "--out", &format!("out-{format}")]);
        assert_eq!(output.status.code(), Some(0), "{format}: {}", text(&output.stderr));
    }
}

/// The folder may be named from where one stands.
#[test]
fn the_demo_is_made_in_a_folder_named_from_here_and_has_double_reports_to_decide() {
    let place = Place::bare();
    let made = place.command("", &["demo", "--dir", "d", "--no-serve", "--quiet"]).output().unwrap();
    assert!(made.status.success(), "{}", text(&made.stderr));
    let output = place.command("d", &["link"]).output().unwrap();
    assert!(text(&output.stdout).contains("17 pairs that stand alone"), "{}", text(&output.stdout));
}
