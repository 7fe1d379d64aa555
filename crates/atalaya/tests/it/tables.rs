//! Tables, what changed, and the page of one figure: on small worlds counted by hand, and on the
//! real files.

use atalaya::verbs::{Changes, Figure, Key, Table, TablePage, Verify};
use atalaya_kernel::{Clearance, Tlp};

use crate::support::{World, shared};

const RECIPE: &str = include_str!("../../src/demo/coca-devida.toml");
const ROWS: &str = "edition,zone,year,hectares\n2023,VRAEM,2022,100\n2023,Huallaga,2022,7\n2024,VRAEM,2022,110\n2024,Huallaga,2022,7.0\n2024,VRAEM,2023,120\n";

/// Two vintages of two zones: one value revised from 100 to 110, one the same, one new.
fn zones() -> World {
    let mut world = World::new();
    let source = world.observatory.root().join("sources/demo-devida-coca");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("recipe.toml"), RECIPE).unwrap();
    let file = world.observatory.root().join("editions.csv");
    std::fs::write(&file, ROWS).unwrap();
    world.collect("demo-devida-coca", &file);
    world
}

/// 600 made-up seizures whose rows may not leave.
fn incidents() -> World {
    let mut world = World::new();
    let source = world.observatory.root().join("sources/demo-incidents");
    std::fs::create_dir_all(&source).unwrap();
    let recipe = include_str!("../../src/demo/incidents.toml").replace("rows = \"releasable\"", "rows = \"not-releasable\"");
    std::fs::write(source.join("recipe.toml"), recipe).unwrap();
    let file = world.observatory.root().join("incidents.csv");
    std::fs::write(&file, atalaya_testkit::incidents::csv(600, atalaya_kernel::Seed(5)).0).unwrap();
    world.collect("demo-incidents", &file);
    world
}

fn table(name: &str, conditions: &[&str]) -> Table {
    Table { table: name.into(), conditions: conditions.iter().map(|c| (*c).to_string()).collect(), limit: 1000, ..Table::default() }
}

fn column(page: &TablePage, id: &str) -> Vec<String> {
    let at = page.shown.iter().position(|c| c == id).unwrap();
    page.rows.iter().map(|r| r[at].clone().unwrap_or_default()).collect()
}

fn problem(world: &mut World, ask: &Table) -> String {
    world.run(ask).unwrap_err().id
}

#[test]
fn a_table_shows_what_stands_and_counts_it() {
    let mut world = zones();
    let page = world.run(&Table { facet: vec!["year".into()], sort: Some("-value".into()), ..table("observations", &[]) }).unwrap();
    assert_eq!((page.total, page.all), (3, 3));
    assert_eq!(column(&page, "value"), ["120", "110", "7.0"]);
    let years: Vec<(&str, u64)> = page.facets[0].values.iter().map(|v| (v.value.as_str(), v.count)).collect();
    assert_eq!(years, [("2023", 1), ("2022", 2)], "years newest first");
    let page = world.run(&Table { facet: vec!["year".into()], ..table("observations", &["year=2023"]) }).unwrap();
    assert_eq!((page.total, page.all), (1, 3));
    assert_eq!(page.facets[0].distinct, 2, "the values one may choose beside 2023 are still counted");
}

#[test]
fn conditions_mean_what_they_say() {
    let mut world = zones();
    let mut total = |conditions: &[&str]| world.run(&table("observations", conditions)).unwrap().total;
    assert_eq!(total(&["value>=110"]), 2);
    assert_eq!(total(&["value>110"]), 1);
    assert_eq!(total(&["value<110", "year=2022"]), 1);
    assert_eq!(total(&["value=7"]), 1, "7.0 is 7");
    assert_eq!(total(&["date>=2023"]), 1);
    assert_eq!(total(&["date<=2022"]), 2);
    assert_eq!(total(&["year=2022", "year=2023"]), 3, "two values of one column are alternatives");
    assert_eq!(total(&["year!=2022", "year!=2023"]), 0);
    assert_eq!(total(&["area~vraem"]), 2);
    assert_eq!(total(&["area=VRAEM"]), 2, "a name is understood as its code");
    assert_eq!(total(&["area:PE"]), 3, "the zones lie in Peru");
    assert_eq!(total(&["area=PE"]), 0, "and are not Peru");
    assert_eq!(total(&["low="]), 3, "blank is a value one can ask for");
    let page = world.run(&Table { find: Some("huallaga".into()), ..table("observations", &[]) }).unwrap();
    assert_eq!(page.total, 1);
}

#[test]
fn what_no_table_has_is_refused_by_name() {
    let mut world = zones();
    assert_eq!(problem(&mut world, &table("rumours", &[])), "unknown-table");
    assert_eq!(problem(&mut world, &table("observations", &["colour=red"])), "unknown-column");
    assert_eq!(problem(&mut world, &table("observations", &["year"])), "condition");
    assert_eq!(problem(&mut world, &table("observations", &["value>many"])), "condition-number");
    assert_eq!(problem(&mut world, &Table { sort: Some("-colour".into()), ..table("observations", &[]) }), "unknown-column");
    assert_eq!(problem(&mut world, &Table { columns: vec!["colour".into()], ..table("observations", &[]) }), "unknown-column");
    assert_eq!(problem(&mut world, &Table { format: Some("pdf".into()), ..table("observations", &[]) }), "unknown-format");
}

#[test]
fn revisions_and_vintages_agree_with_the_account() {
    let mut world = zones();
    let page = world.run(&table("revisions", &[])).unwrap();
    assert_eq!((column(&page, "before"), column(&page, "now")), (vec!["100".to_string()], vec!["110".to_string()]));
    assert_eq!((column(&page, "change"), column(&page, "percent")), (vec!["10".to_string()], vec!["10".to_string()]));
    let page = world.run(&Table { sort: Some("intake".into()), ..table("vintages", &[]) }).unwrap();
    let number = |id: &str| column(&page, id).iter().map(|n| n.parse::<u64>().unwrap()).collect::<Vec<_>>();
    let (read, accepted, held, rejected) = (number("read"), number("accepted"), number("held"), number("rejected"));
    assert_eq!(read.iter().sum::<u64>(), 5);
    assert!((0..read.len()).all(|at| read[at] == accepted[at] + held[at] + rejected[at]));
    assert_eq!(column(&page, "revised"), ["", "1"], "the first vintage has nothing to revise");
}

/// Every value of the table of observations is a figure: it verifies, and its page says where it is from.
#[test]
fn every_observation_is_a_figure_with_a_page() {
    let mut world = zones();
    let page = world.run(&table("observations", &["year=2022", "area=VRAEM"])).unwrap();
    let id = column(&page, "figure").remove(0);
    assert!(world.run(&Verify { figure: id.clone() }).unwrap().verified);
    let figure = world.run(&Figure { id, offset: 0, limit: 10 }).unwrap();
    assert_eq!(figure.value["value"], "110");
    assert_eq!(figure.behind.total, Some(1));
    let values: Vec<_> = figure.vintages.iter().map(|v| (v.vintage.as_str(), v.value["value"].clone())).collect();
    assert_eq!(values, [("2023", "100".into()), ("2024", "110".into())]);
    assert!(figure.today.is_none() && figure.cite.es.contains("Fuente") && !figure.may_see.is_empty());
    assert_eq!(world.run(&Figure { id: "fig-0000000000000000".into(), ..Figure::default() }).unwrap_err().id, "unknown-figure");
}

#[test]
fn an_older_figure_says_that_a_newer_vintage_gives_another_value() {
    let mut world = World::new();
    let source = world.observatory.root().join("sources/demo-devida-coca");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("recipe.toml"), RECIPE).unwrap();
    let root = world.observatory.root().to_path_buf();
    std::fs::write(root.join("a.csv"), "edition,zone,year,hectares\n2023,VRAEM,2022,100\n").unwrap();
    std::fs::write(root.join("b.csv"), "edition,zone,year,hectares\n2024,VRAEM,2022,110\n").unwrap();
    world.collect("demo-devida-coca", &root.join("a.csv"));
    let id = column(&world.run(&table("observations", &[])).unwrap(), "figure").remove(0);
    world.collect("demo-devida-coca", &root.join("b.csv"));
    let figure = world.run(&Figure { id, offset: 0, limit: 10 }).unwrap();
    let today = figure.today.unwrap();
    assert!(today.differs);
    assert_eq!((figure.value["value"].as_str(), today.value["value"].as_str()), (Some("100"), Some("110")));
}

#[test]
fn what_changed_since_an_intake_or_a_day() {
    let mut world = zones();
    let since = |text: &str| Changes { since: Some(text.into()), limit: 5 };
    let all = world.run(&since("0")).unwrap();
    assert_eq!((all.now, all.vintages.len(), all.revised), (2, 2, 1));
    assert_eq!((all.largest[0].before.as_str(), all.largest[0].now.as_str()), ("100", "110"));
    let last = world.run(&since("1")).unwrap();
    assert_eq!((last.vintages.len(), last.revised), (1, 1));
    let none = world.run(&since("2")).unwrap();
    assert_eq!((none.vintages.len(), none.revised, none.largest.len()), (0, 0, 0));
    assert_eq!(world.run(&since("2026-11-23")).unwrap().vintages.len(), 2, "collected on that day");
    assert_eq!(world.run(&since("2026-11-24")).unwrap().vintages.len(), 0);
    assert_eq!(world.run(&since("yesterday")).unwrap_err().id, "since");
}

#[test]
fn key_series_are_those_chosen_and_a_wrong_one_says_why() {
    let mut world = zones();
    let derived = world.run(&Key {}).unwrap();
    assert!(!derived.chosen && derived.problems.is_empty());
    let root = world.observatory.root().to_path_buf();
    std::fs::write(root.join("atalaya.toml"), "name = \"test\"\nkey = [\"coca-area PE\", \"gossip PE\"]\n").unwrap();
    world.observatory = atalaya::Observatory::open(&root).unwrap();
    let page = world.run(&Key {}).unwrap();
    assert!(page.chosen);
    assert_eq!(page.problems[0].id, "unknown-what");
    let points: Vec<_> = page.series[0].points.iter().map(|p| (p.period.as_str(), p.value.as_deref())).collect();
    assert_eq!(points, [("2022", Some("117")), ("2023", Some("120"))], "zones add up to the country");
}

/// Single rows that a label keeps here are not shown, counted or told of outside; inside they are.
#[test]
fn rows_that_may_not_leave_are_withheld_without_a_count() {
    let mut world = incidents();
    let inside = world.run(&table("records", &[])).unwrap();
    assert!(inside.total > 500 && inside.withheld.is_empty());
    let label = inside.label.clone().unwrap();
    let refused = Table { format: Some("csv".into()), ..table("records", &[]) }.file(&mut world.observatory, atalaya_kernel::Lang::En);
    assert_eq!(refused.unwrap_err().id, "not-releasable");
    let kept = Table { format: Some("csv".into()), internal: true, ..table("records", &[]) };
    let file = kept.file(&mut world.observatory, atalaya_kernel::Lang::En).unwrap();
    assert_eq!(String::from_utf8(file.bytes).unwrap().lines().count(), inside.total + 1);
    let root = world.observatory.root().to_path_buf();
    let outside = Clearance { tlp: Tlp::Red, inside: false, recipients: label.recipients.iter().cloned().chain(["PE".into()]).collect() };
    world.observatory = atalaya::Observatory::open(&root).unwrap().seen_by(outside);
    let page = world.run(&Table { facet: vec!["area".into()], ..table("records", &[]) }).unwrap();
    assert_eq!((page.total, page.all, page.rows.len()), (0, 0, 0));
    assert!(page.facets[0].values.is_empty(), "no count tells of them: {:?}", page.facets);
    let files = world.run(&Table { columns: vec!["files".into()], ..table("vintages", &[]) }).unwrap();
    assert!(files.rows.iter().flatten().all(Option::is_none), "a file is its rows");
}

#[test]
fn sorting_puts_blanks_last_either_way() {
    let mut world = incidents();
    for sort in ["kg", "-kg"] {
        let page = world.run(&Table { sort: Some(sort.into()), columns: vec!["kg".into()], ..table("records", &[]) }).unwrap();
        let numbers: Vec<Option<f64>> = column(&page, "kg").iter().map(|t| t.parse().ok()).collect();
        let known = numbers.iter().take_while(|n| n.is_some()).count();
        assert!(known > 100 && numbers[known..].iter().all(Option::is_none), "{sort}");
        let up = numbers[..known].is_sorted();
        assert_eq!(up, sort == "kg");
    }
}

/// The counts of CATALOG.md, through the table of records.
#[test]
fn the_real_records_filter_count_and_sort() {
    let Some(folder) = shared("data/unodc_ids_2011_2016") else { return };
    let mut world = World::new();
    world.collect("unodc-ids", &folder);
    let page = world.run(&Table { facet: vec!["year".into()], sort: Some("-kg".into()), limit: 5, ..table("records", &[]) }).unwrap();
    assert_eq!((page.total, page.all, page.rows.len()), (311_038, 311_038, 5));
    let counted: u64 = page.facets[0].values.iter().map(|v| v.count).sum();
    assert_eq!(counted, 311_038, "every record falls under one year or none");
    let peru = world.run(&Table { limit: 1, ..table("records", &["area=Perú", "year>=2014"]) }).unwrap();
    assert_eq!(peru.conditions, ["area=PE", "year>=2014"]);
    assert!(peru.total > 0 && peru.total < 311_038);
}

/// A sample of the real observations: each figure of the table verifies as the value shown.
#[test]
fn figures_of_the_real_observations_verify() {
    let Some(folder) = shared("data/pe_coca") else { return };
    let mut world = World::new();
    world.collect("devida-coca", &folder);
    let page = world.run(&Table { limit: 40, ..table("observations", &[]) }).unwrap();
    let (ids, values) = (column(&page, "figure"), column(&page, "value"));
    assert!(ids.iter().filter(|id| !id.is_empty()).count() > 30, "{ids:?}");
    for (id, value) in ids.iter().zip(values).filter(|(id, _)| !id.is_empty()).step_by(8) {
        let verified = world.run(&Verify { figure: id.clone() }).unwrap();
        assert!(verified.verified, "{id}: {verified:?}");
        let one = |text: &str| text.parse::<f64>().ok();
        assert_eq!(verified.now["value"].as_str().and_then(one), one(&value), "{id}");
    }
}

/// In the coverage of a source, zero and nothing are two things.
#[test]
fn coverage_tells_zero_from_nothing() {
    let mut world = World::new();
    let source = world.observatory.root().join("sources/demo-devida-coca");
    std::fs::create_dir_all(&source).unwrap();
    std::fs::write(source.join("recipe.toml"), RECIPE).unwrap();
    let file = world.observatory.root().join("zero.csv");
    std::fs::write(&file, "edition,zone,year,hectares\n2024,VRAEM,2022,0\n2024,Huallaga,2023,5\n").unwrap();
    world.collect("demo-devida-coca", &file);
    let coverage = atalaya::verbs::coverage(&mut world.observatory, "demo-devida-coca").unwrap();
    let mut cells = coverage.cells;
    cells.sort();
    assert_eq!((coverage.years, cells), (vec![2022, 2023], vec![vec![None, Some(1)], vec![Some(0), None]]));
}
