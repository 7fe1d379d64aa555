//! Collecting: every row accounted for, once.

use atalaya::Answer;
use atalaya::verbs::{Ask, Verify};

use crate::support::{World, shared};

/// The main job on the real file: 311,038 rows.
#[test]
fn every_row_of_the_ids_file_is_accounted_for() {
    let Some(path) = shared("data/unodc_ids_2011_2016") else { return };
    let mut world = World::new();
    let collected = world.collect("unodc-ids", &path);
    let counts = collected.intakes[0].counts;
    assert_eq!(counts.read, 311_038);
    assert_eq!(counts.read, counts.accepted + counts.held + counts.rejected);
    let again = world.collect("unodc-ids", &path);
    assert!(again.intakes.is_empty(), "the same file adds nothing");
    assert_eq!(again.known, ["drug-trafficking-unodc.zip"]);

    let answer = world.ask(&Ask { substance: vec!["cocaine".into()], area: vec!["PE".into()], by: vec!["year".into()], ..Ask::default() });
    assert!(!answer.rows.is_empty());
    let figure = Answer::text(&answer.rows[0], "figure");
    let verified = world.run(&Verify { figure }).unwrap();
    assert!(verified.verified, "{:#?}", verified.checks);
}
