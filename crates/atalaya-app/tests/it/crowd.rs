//! Many readers at once, while another process collects.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::http::Served;
use crate::program::{Place, text};

const ASKED: [&str; 5] = [
    "/api/v1/query?substance=cocaine&by=year",
    "/api/v1/query?by=area",
    "/api/v1/facets",
    "/api/v1/coverage?source=demo-incidents",
    "/api/v1/status?quick=1",
];

#[test]
fn readers_see_whole_vintages_while_somebody_collects_and_no_figure_is_lost() {
    let place = Place::new();
    let file = |n: u64| place.world(&format!("w{n}.csv"), 2_000 + n, n);
    let collect = |n: u64| {
        let output = place.run(&["collect", "demo-incidents", "--from", file(n).to_str().unwrap()]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    collect(0);
    let served = Served::start(&place, &["--port", "0"], "http://");
    let (done, answers) = (AtomicBool::new(false), Mutex::new(BTreeMap::<(String, String), String>::new()));
    let figures = Mutex::new(std::collections::BTreeSet::<String>::new());
    std::thread::scope(|scope| {
        for reader in 0..8 {
            let (served, done, answers, figures) = (&served, &done, &answers, &figures);
            scope.spawn(move || {
                let mut at = reader;
                while !done.load(Ordering::Relaxed) {
                    let target = ASKED[at % ASKED.len()];
                    let reply = served.send("GET", target, &[], "");
                    assert_eq!(reply.status, 200, "{target}: {}", reply.bytes());
                    let json = reply.json();
                    for row in json["rows"].as_array().into_iter().flatten() {
                        figures.lock().unwrap().extend(row["figure"].as_str().map(str::to_string));
                    }
                    if let Some(snapshot) = json["snapshot"].as_str().filter(|_| !target.contains("status")) {
                        let mut answers = answers.lock().unwrap();
                        let body = text(&reply.body);
                        let first = answers.entry((target.to_string(), snapshot.to_string())).or_insert_with(|| body.clone());
                        assert_eq!(*first, body, "one snapshot, one answer");
                    }
                    at += 1;
                }
            });
        }
        (1..6).for_each(collect);
        let newest = served.send("GET", "/api/v1/status?quick=1", &[], "").json();
        assert_eq!(newest["sources"][0]["vintages"].as_array().unwrap().last().unwrap()["intake"], 6, "the next request sees it");
        done.store(true, Ordering::Relaxed);
    });
    let figures: Vec<String> = figures.into_inner().unwrap().into_iter().collect();
    assert!(figures.len() > 20 && answers.into_inner().unwrap().len() > 6);
    // One that may still wait to be written verifies at once.
    let last = served.send("GET", "/api/v1/query?substance=heroin&by=month", &[], "").json();
    let waiting = last["rows"][0]["figure"].as_str().unwrap().to_string();
    assert_eq!(served.send("GET", &format!("/api/v1/verify?figure={waiting}"), &[], "").json()["verified"], true);
    served.stop();
    let kept = place.json(&["query", "--sql", "SELECT id FROM figure"]);
    let kept: std::collections::BTreeSet<&str> = kept["rows"].as_array().unwrap().iter().filter_map(|r| r[0].as_str()).collect();
    let lost: Vec<&String> = figures.iter().chain([&waiting]).filter(|f| !kept.contains(f.as_str())).collect();
    assert!(lost.is_empty(), "{} figures were shown and not kept: {lost:?}", lost.len());
}
