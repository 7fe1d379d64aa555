//! `atalaya chart`: a picture on standard output or in a file, and figures that hold.

use crate::program::{Place, text};

fn with_world() -> Place {
    let place = Place::new();
    let file = place.world("a.csv", 400, 1);
    assert_eq!(place.run(&["collect", "demo-incidents", "--from", file.to_str().unwrap()]).status.code(), Some(0));
    place
}

#[test]
fn a_picture_goes_to_standard_output_or_to_the_file_named() {
    let place = with_world();
    let svg = place.run(&["chart", "seizures", "--by", "year"]);
    let said = text(&svg.stdout);
    assert!(said.starts_with("<svg ") && said.contains("SIMULATED") && said.contains("TLP:"), "{said}{}", text(&svg.stderr));
    let png = place.run(&["chart", "seizures", "--by", "year", "--format", "png"]);
    assert_eq!(png.stdout.get(1..4), Some(b"PNG".as_slice()));
    let file = place.root().join("x.png");
    let written = place.run(&["chart", "seizures", "--by", "area", "--kind", "bars", "--lang", "es", "-o", file.to_str().unwrap()]);
    assert!(text(&written.stdout).contains("cifra fig-"), "{}", text(&written.stderr));
    assert_eq!(std::fs::read(&file).unwrap().get(1..4), Some(b"PNG".as_slice()));
}

#[test]
fn a_kind_a_value_a_theme_or_a_format_of_no_list_is_refused_with_the_list() {
    let place = with_world();
    for (flag, id) in
        [("--kind", "unknown-kind"), ("--value", "unknown-value"), ("--theme", "unknown-theme"), ("--format", "unknown-format")]
    {
        let refused = place.json(&["chart", "seizures", "--by", "year", flag, "pie"]);
        assert_eq!(refused["problem"]["id"], id, "{refused}");
        assert!(!refused["problem"]["todo"]["es"].as_str().unwrap().is_empty());
    }
}

#[test]
fn the_figure_of_a_whole_answer_is_verified_and_is_not_that_of_its_cell() {
    let place = with_world();
    let drawn = place.json(&["chart", "seizures", "--by", "year"]);
    let figure = drawn["figure"].as_str().unwrap();
    assert!(drawn["svg"].as_str().unwrap().contains(figure));
    assert_eq!(place.json(&["query", "seizures", "--by", "year"])["figure"], *figure);
    let verified = place.json(&["verify", figure]);
    assert_eq!(verified["verified"], true, "{verified}");
    assert!(verified["value"]["rows"].as_u64().unwrap() > 1 && verified["value"]["sha256"].as_str().unwrap().len() == 64);
    // One row, one cell: the answer and its cell are two figures.
    let single = place.json(&["query", "seizures"]);
    assert_ne!(single["figure"], single["rows"][0]["figure"]);
    for id in [&single["figure"], &single["rows"][0]["figure"]] {
        assert_eq!(place.json(&["verify", id.as_str().unwrap()])["verified"], true);
    }
}
