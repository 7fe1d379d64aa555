//! A kill at any moment leaves the last vintage whole.

use std::process::Stdio;
use std::time::Duration;

use atalaya_kernel::Seed;

use crate::program::Place;

/// Kills `collect` 100 times at random moments; every restart finds a whole store that holds all
/// of a file or nothing of it.
#[test]
fn a_kill_during_collect_never_leaves_half_a_vintage() {
    let place = Place::new();
    let first = place.world("first.csv", 500, 1);
    assert!(place.run(&["collect", "demo-incidents", "--from", first.to_str().unwrap()]).status.success());
    let mut chance = Seed(20_261_123).stream(0);
    let (mut whole, mut nothing) = (0, 0);
    for round in 0..100 {
        let file = place.world("next.csv", 4_000, 100 + round);
        let before = rows(&place);
        let mut child = place
            .command("o", &["collect", "demo-incidents", "--from", file.to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_micros(chance.below(120_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let status = place.json(&["status"]);
        assert_eq!(status["integrity"]["ok"], true, "round {round}: {status}");
        match rows(&place) - before {
            0 => nothing += 1,
            4_000 => whole += 1,
            other => panic!("round {round}: {other} rows of 4,000 are in the store"),
        }
    }
    println!("killed 100 times: {whole} times the file was in whole, {nothing} times not at all");
    assert!(nothing > 0, "no kill hit before the commit: the test does not test");
    // What was not read is read now, and the journal tells the same as the store.
    let rebuilt = place.json(&["rebuild"]);
    assert_eq!(rebuilt["snapshot"], rebuilt["expected"], "{rebuilt}");
}

/// Rows read over all intakes, replaced vintages included.
fn rows(place: &Place) -> i64 {
    let answer = place.json(&["query", "--sql", "SELECT coalesce(sum(read), 0) FROM intake"]);
    answer["rows"][0][0].as_str().unwrap().parse().unwrap()
}
