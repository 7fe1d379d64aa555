//! Answers stay what they were: a grid of questions over the demo, its rows without figure ids as
//! one hash, taken from the program before answers were made from codes.

use atalaya::verbs::Ask;
use atalaya_store::sha256_text;

use crate::support::World;

/// Filters of the grid: substance, area, level, from.
const FILTERS: [[&str; 4]; 5] =
    [["", "", "", ""], ["cocaine", "", "", ""], ["", "PE", "", ""], ["", "", "country", "2015"], ["", "", "zone", ""]];

/// The sources of the demo that the hash was taken from: those added since answer for themselves.
const SOURCES: [&str; 6] =
    ["demo-unodc-coca", "demo-devida-coca", "demo-simci-coca", "demo-unodc-seizures", "demo-unodc-prevalence", "demo-incidents"];

#[test]
fn a_grid_of_questions_is_answered_as_before() {
    let mut world = World::demo();
    let list = |text: &str| if text.is_empty() { Vec::new() } else { text.split(',').map(String::from).collect() };
    let one = |text: &str| Some(text.to_string()).filter(|t| !t.is_empty());
    let (mut said, mut count) = (String::new(), 0);
    for what in ["coca-area", "prevalence", "seizures", "seized-mass", "seizure-count"] {
        for by in ["year", "year,area", "area", "month", "year,substance"] {
            for [substance, area, level, from] in FILTERS {
                let mut rows = world
                    .ask(&Ask {
                        what: what.into(),
                        by: list(by),
                        substance: list(substance),
                        area: list(area),
                        level: one(level),
                        from: one(from),
                        source: SOURCES.map(String::from).to_vec(),
                        ..Ask::default()
                    })
                    .rows;
                for row in &mut rows {
                    row.remove("figure");
                    // Nothing is linked: the second total is the first one.
                    assert_eq!(row.remove("events"), row.get("records").cloned());
                    assert_eq!(row.remove("kg_unique"), row.get("kg").cloned());
                }
                count += rows.len();
                said += &serde_json::to_string(&rows).unwrap();
                said.push('\n');
            }
        }
    }
    assert_eq!(count, 5_950);
    assert_eq!(sha256_text(&said), "9ebf48f97d781208a4830068f42a89dd9a6927484126f89655f2940e359ed3dc");
}
