//! Two writers cannot corrupt the store, and damage is named.

use std::fs;

use crate::program::{Place, text};

#[test]
fn two_writers_at_once_leave_a_whole_store() {
    let place = Place::new();
    let files: Vec<_> = (0..6).map(|n| place.world(&format!("w{n}.csv"), 3_000, n)).collect();
    let children: Vec<_> = files
        .iter()
        .map(|f| place.command("o", &["collect", "demo-incidents", "--from", f.to_str().unwrap()]).output())
        .map(|o| o.unwrap().status.code())
        .collect();
    assert!(children.iter().all(|c| *c == Some(0)));
    let mut running: Vec<_> = (10..16)
        .map(|n| place.world(&format!("w{n}.csv"), 3_000, n))
        .map(|f| place.command("o", &["collect", "demo-incidents", "--from", f.to_str().unwrap(), "--json"]).spawn().unwrap())
        .collect();
    let codes: Vec<Option<i32>> = running.iter_mut().map(|c| c.wait().unwrap().code()).collect();
    // One writes; the others are told that it does (5), and lose nothing by it.
    assert!(codes.contains(&Some(0)) && codes.iter().all(|c| matches!(c, Some(0 | 5))), "{codes:?}");
    let status = place.json(&["status"]);
    assert_eq!(status["integrity"]["ok"], true, "{status}");
}

#[test]
fn a_damaged_raw_file_is_named_and_its_figures_do_not_verify() {
    let place = Place::new();
    let file = place.world("a.csv", 500, 3);
    place.run(&["collect", "demo-incidents", "--from", file.to_str().unwrap()]);
    let answer = place.json(&["query", "--substance", "heroin"]);
    let figure = answer["rows"][0]["figure"].as_str().unwrap().to_string();
    assert_eq!(place.json(&["verify", &figure])["verified"], true);

    let intake = place.json(&["status"]);
    let sha = intake["sources"][0]["vintages"][0]["files"][0]["sha256"].as_str().unwrap().to_string();
    let raw = place.root().join("raw").join(&sha[..2]).join(&sha);
    let mut bytes = fs::read(&raw).unwrap();
    bytes[5_000] ^= 1;
    fs::write(&raw, bytes).unwrap();
    let status = place.run(&["status"]);
    assert_eq!(status.status.code(), Some(1));
    assert!(text(&status.stdout).contains(&sha), "the damaged file is named");
    let verify = place.run(&["verify", &figure]);
    assert_eq!(verify.status.code(), Some(1));
    assert!(text(&verify.stdout).contains("NOT verified"));
}

#[test]
fn a_damaged_store_is_named_and_rebuild_restores_it() {
    let place = Place::new();
    let file = place.world("a.csv", 500, 3);
    place.run(&["collect", "demo-incidents", "--from", file.to_str().unwrap()]);
    let snapshot = place.json(&["status"])["snapshot"].clone();
    let store = place.root().join("store.sqlite");
    fs::write(&store, b"this is not a database, it only stands where one was").unwrap();
    let status = place.run(&["status"]);
    assert_ne!(status.status.code(), Some(0));
    assert!(text(&status.stderr).contains("rebuild"), "{}", text(&status.stderr));
    let rebuilt = place.json(&["rebuild"]);
    assert_eq!(rebuilt["snapshot"], snapshot);
    assert_eq!(place.json(&["status"])["snapshot"], snapshot);
}
