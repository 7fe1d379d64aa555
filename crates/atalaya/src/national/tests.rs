//! Worlds of published values out as workbooks and back: the same cells, whatever stands in them.

use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::{Lang, Problem, Seed};
use atalaya_report::arq::{Book, Cell, workbook};
use calamine::{Data, Reader, Xlsx, open_workbook};
use tempfile::TempDir;

use crate::verbs::{Collect, CollectedSource, Diff, PublishTables, Verb};
use crate::{Caller, Observatory, Quiet, Still};

/// An observatory with made-up sources.
struct World {
    folder: TempDir,
    observatory: Observatory,
}

fn run<V: Verb>(observatory: &mut Observatory, lang: Lang, verb: &V) -> Result<V::Outcome, Problem> {
    let mut quiet = Quiet;
    let mut caller = Caller { now: "2026-11-23T12:00:00Z".into(), who: "test".into(), lang, progress: &mut quiet, pace: &Still };
    verb.run(observatory, &mut caller)
}

/// Measures, their units, and whether they give drugs or crops.
const MEASURES: [(&str, &str, &[&str]); 8] = [
    ("seized-mass", "kg", &["cocaine-hcl", "heroin", "cannabis-herb", "mdma"]),
    ("seizure-count", "count", &["cocaine-hcl", "heroin", "cannabis-herb", "mdma"]),
    ("coca-area", "ha", &["coca-bush"]),
    ("poppy-area", "ha", &["opium-poppy"]),
    ("eradicated-area", "ha", &["coca-bush", "opium-poppy"]),
    ("potential-production", "t", &["coca-leaf", "cocaine-hcl"]),
    ("price", "usd/g", &["cocaine-hcl", "heroin"]),
    ("purity", "percent", &["cocaine-hcl", "heroin"]),
];

/// Definitions as sources write them, and as nobody should.
const DEFINITIONS: [&str; 9] = [
    "",
    "net area at 31 December",
    "=1+1",
    "[bracketed] first",
    "a < b & «c» \"d\"",
    "_x0041_ escaped",
    "with; semicolon: and colon",
    "'apostrophe",
    "sum of 3 areas",
];
const BREAKDOWNS: [&str; 4] = ["", "retail", "wholesale", "by sex: men"];
const VALUES: [&str; 12] =
    ["0", "0.5", "54655", "61777.25", "123456789012345678", "0.000000001", "1234567.123456789", "nk", "withheld", "na", "12.50", "7"];

impl World {
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let observatory = Observatory::create(&folder.path().join("o"), "test").unwrap();
        World { folder, observatory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A world from a seed: two or three sources for each measure.
    fn of(seed: u64) -> World {
        let mut world = World::new();
        let mut chance = Seed(seed).stream(1);
        for (measure, unit, drugs) in MEASURES {
            for n in 0..1 + chance.below(3) {
                let mut rows = String::new();
                let mut keys = std::collections::BTreeSet::new();
                for _ in 0..1 + chance.below(6) {
                    let pick = |list: &[&'static str], chance: &mut atalaya_kernel::seed::Stream| *chance.pick(list);
                    let (drug, definition, breakdown) =
                        (pick(drugs, &mut chance), pick(&DEFINITIONS, &mut chance), pick(&BREAKDOWNS, &mut chance));
                    let month = if measure == "price" { pick(&["2023", "2023-04"], &mut chance) } else { "2023" };
                    if !keys.insert((drug, definition, breakdown, month)) {
                        continue;
                    }
                    let [value, low, high] = [0, 1, 2].map(|_| pick(&VALUES, &mut chance));
                    let bound = |text: &'static str| {
                        if text.starts_with(|c: char| c.is_ascii_digit()) && measure != "seizure-count" { text } else { "" }
                    };
                    let status = pick(&["", "A", "P"], &mut chance);
                    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
                    rows += &format!(
                        "PE,{month},{drug},{value},{},{},{status},{},{}\n",
                        bound(low),
                        bound(high),
                        quoted(definition),
                        quoted(breakdown)
                    );
                }
                world.add(&format!("w{n}-{measure}"), measure, unit, &rows);
            }
        }
        world
    }

    /// Collects rows of a source, a new vintage if it has one.
    fn add(&mut self, id: &str, measure: &str, unit: &str, rows: &str) {
        let recipe = format!(
            r#"id = "{id}"
title = {{ en = "World {id}", es = "Mundo {id}" }}
producer = "nobody"
licence = "made up"
kind = "observations"
label = {{ tlp = "TLP:CLEAR", recipients = ["*"], rows = "releasable" }}
[words]
"net area at" = "superficie neta al"
[[layout]]
name = "all"
[layout.fields]
area = {{ from = ["area"], required = true }}
period = {{ from = ["period"], required = true }}
substance = {{ from = ["drug"], required = true }}
status = {{ from = ["status"], map = {{ "" = "A" }} }}
amount = {{ not_known = ["nk"], suppressed = ["withheld"], not_applicable = ["na"] }}
[[layout.observe]]
measure = "{measure}"
unit = "{unit}"
value = "value"
low = "low"
high = "high"
definition = "{{definition}}"
breakdown = "{{breakdown}}"
"#
        );
        let source = self.observatory.root().join("sources").join(id);
        fs::create_dir_all(&source).unwrap();
        fs::write(source.join("recipe.toml"), recipe).unwrap();
        let n = fs::read_dir(self.folder.path()).unwrap().count();
        let file = self.path(&format!("{id}-{n}.csv"));
        fs::write(&file, format!("area,period,drug,value,low,high,status,definition,breakdown\n{rows}")).unwrap();
        let taken = self.collect(id, &file);
        assert_eq!((taken.intakes[0].counts.held, taken.intakes[0].counts.rejected), (0, 0), "{id}\n{rows}");
    }

    fn collect(&mut self, id: &str, file: &Path) -> CollectedSource {
        let verb = Collect { source: Some(id.into()), from: Some(file.to_path_buf()) };
        run(&mut self.observatory, Lang::En, &verb).unwrap().sources.remove(0)
    }

    fn tables(&self) -> PublishTables {
        PublishTables { area: "PE".into(), year: "2023".into(), threshold: 10, ..PublishTables::default() }
    }

    fn publish(&mut self, name: &str, lang: Lang, sources: &[&str]) -> PathBuf {
        let out = self.path(name);
        let source = sources.iter().map(|s| (*s).to_string()).collect();
        let verb = PublishTables { out: Some(out.clone()), source, ..self.tables() };
        run(&mut self.observatory, lang, &verb).unwrap();
        out
    }

    fn book(&mut self) -> Book {
        self.tables().build(&mut self.observatory).unwrap().book
    }

    /// Writes a book as somebody left it.
    fn save(&self, name: &str, book: &Book, lang: Lang) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, workbook(book, lang).unwrap()).unwrap();
        path
    }
}

/// Every cell of the modules, by sheet, as text.
fn cells(path: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let text = |cell: &Data| match cell {
        Data::Float(f) => f.to_string(),
        other => other.to_string(),
    };
    ["A06", "A08", "A09"]
        .iter()
        .map(|name| {
            let range = book.worksheet_range(name).unwrap();
            // The first row is a title, with the label of what is in it.
            (name.to_string(), range.rows().skip(1).map(|r| r.iter().map(text).collect()).collect())
        })
        .collect()
}

fn same(one: &Path, other: &Path) {
    for ((name, a), (_, b)) in cells(one).into_iter().zip(cells(other)) {
        for (at, (x, y)) in a.iter().zip(&b).enumerate() {
            assert_eq!(x, y, "{name} row {}", at + 2);
        }
        assert_eq!(a.len(), b.len(), "{name}");
    }
}

#[test]
fn out_in_and_out_again_gives_the_same_cells_whatever_the_world() {
    for seed in 0..20 {
        let mut world = World::of(seed);
        let first = world.publish("first.xlsx", Lang::En, &[]);
        let taken = world.collect("arq-pe", &first);
        let counts = taken.intakes[0].counts;
        assert_eq!(counts.held, 0, "seed {seed}");
        assert_eq!(counts.read, counts.accepted + counts.rejected);
        let again = world.publish("again.xlsx", Lang::En, &["arq-pe"]);
        same(&first, &again);
    }
}

#[test]
fn a_workbook_in_spanish_reads_back_to_the_same_cells() {
    for seed in 20..26 {
        let mut world = World::of(seed);
        let english = world.publish("en.xlsx", Lang::En, &[]);
        let spanish = world.publish("es.xlsx", Lang::Es, &[]);
        world.collect("arq-pe", &spanish);
        let again = world.publish("again-es.xlsx", Lang::Es, &["arq-pe"]);
        same(&spanish, &again);
        let again = world.publish("again-en.xlsx", Lang::En, &["arq-pe"]);
        same(&english, &again);
    }
}

#[test]
fn one_edited_cell_is_one_revised_cell() {
    for seed in 30..36 {
        let mut world = World::of(seed);
        let mut book = world.book();
        let first = world.save("sent.xlsx", &book, Lang::Es);
        world.collect("arq-pe", &first);
        let line = book.sheets[0].lines.iter_mut().find(|l| l.cells.contains_key("arq:cases")).unwrap();
        line.cells.insert("arq:cases", Cell::Number("424242".into()));
        let edited = world.save("edited.xlsx", &book, Lang::Es);
        world.collect("arq-pe", &edited);
        let verb = Diff { source: "arq-pe".into(), limit: 50, ..Diff::default() };
        let compared = run(&mut world.observatory, Lang::En, &verb).unwrap();
        assert_eq!((compared.summary.revised, compared.summary.added, compared.summary.removed), (1, 0, 0), "seed {seed}");
        assert_eq!(compared.changes[0].now, "424242");
    }
}

#[test]
fn zero_and_three_kinds_of_absence_are_four_things() {
    let mut world = World::new();
    world.add(
        "w",
        "seized-mass",
        "kg",
        "PE,2023,heroin,0,,,,,\nPE,2023,opium,nk,,,,,\nPE,2023,crack,withheld,,,,,\nPE,2023,mdma,na,,,,,\n",
    );
    let path = world.publish("w.xlsx", Lang::Es, &[]);
    let sheet = cells(&path).remove(0).1;
    let of = |drug: &str| sheet.iter().find(|r| r[2] == drug).map(|r| r[3].clone()).unwrap();
    assert_eq!([of("Heroína"), of("Opio"), of("Crack"), of("MDMA")], ["0", "--", "reservado", "no aplica"]);
    assert_eq!(of("LSD"), "", "what the store does not have is left to be filled in, not called unknown");
}

#[test]
fn what_changed_since_the_vintage_before_and_since_the_workbook_is_listed() {
    let mut world = World::new();
    world.add("w", "coca-area", "ha", "PE,2023,coca-bush,100,,,,,\n");
    let sent = world.publish("sent.xlsx", Lang::En, &[]);
    world.collect("arq-pe", &sent);
    world.add("w", "coca-area", "ha", "PE,2023,coca-bush,95,,,,,\n");
    assert!(world.book().changes.is_empty(), "five per cent is below the threshold");
    world.add("w", "coca-area", "ha", "PE,2023,coca-bush,150,,,,,\n");
    let changes = world.book().changes;
    let told: Vec<_> = changes.iter().map(|c| (c.since.en.as_str(), c.before.clone(), c.now.clone(), c.percent.clone().unwrap())).collect();
    let number = |t: &str| Cell::Number(t.into());
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((told[0].1.clone(), told[0].2.clone(), told[0].3.as_str()), (number("95"), number("150"), "+57.9"));
    assert_eq!((told[1].1.clone(), told[1].2.clone(), told[1].3.as_str()), (number("100"), number("150"), "+50.0"));
    assert!(told[0].0.contains("vintage") && told[1].0.contains("workbook arq-pe"), "{told:?}");
    assert_eq!(changes[0].at, Some((0, "arq:coca")));
}

#[test]
fn rivals_stand_side_by_side_and_none_is_chosen() {
    let mut world = World::new();
    world.add("a", "coca-area", "ha", "PE,2023,coca-bush,92784,,,,,\n");
    world.add("b", "coca-area", "ha", "PE,2023,coca-bush,88200,,,,,\n");
    let lines = &world.book().sheets[1].lines;
    let rivals: Vec<_> = lines.iter().filter(|l| l.rival).map(|l| (l.cells["arq:source"].clone(), l.cells["arq:coca"].clone())).collect();
    let text = |t: &str| Cell::Text(t.into());
    assert_eq!(rivals, [(text("a"), Cell::Number("92784".into())), (text("b"), Cell::Number("88200".into()))]);
    assert!(lines.iter().all(|l| !l.cells.contains_key("arq:chosen")));
}

#[test]
fn a_filled_in_workbook_is_not_written_over() {
    let mut world = World::new();
    world.add("w", "coca-area", "ha", "PE,2023,coca-bush,100,,,,,\n");
    let path = world.publish("w.xlsx", Lang::En, &[]);
    let bytes = fs::read(&path).unwrap();
    world.publish("w.xlsx", Lang::En, &[]);
    assert_eq!(fs::read(&path).unwrap(), bytes, "the same store gives the same bytes");
    fs::write(&path, "filled in").unwrap();
    let verb = PublishTables { out: Some(path.clone()), ..world.tables() };
    let problem = run(&mut world.observatory, Lang::En, &verb).unwrap_err();
    assert_eq!(problem.id, "export-exists");
    assert_eq!(fs::read_to_string(&path).unwrap(), "filled in");
}

#[test]
fn every_figure_of_a_workbook_verifies() {
    let mut world = World::of(40);
    let book = world.book();
    let figures: Vec<String> = book.sheets.iter().flat_map(|s| &s.lines).flat_map(|l| &l.figures).map(|f| f.figure.clone()).collect();
    assert!(figures.len() > 10);
    for figure in figures.into_iter().take(5) {
        let verified = run(&mut world.observatory, Lang::En, &crate::verbs::Verify { figure }).unwrap();
        assert!(verified.verified, "{:#?}", verified.checks);
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let mut world = World::new();
    world.add("w", "coca-area", "ha", "PE,2023,coca-bush,100,,,,,\n");
    let with = |edit: &dyn Fn(&mut PublishTables)| {
        let mut verb = world.tables();
        edit(&mut verb);
        verb
    };
    let cases = [
        ("area-needed", with(&|v| v.area.clear())),
        ("year", with(&|v| v.year = "23".into())),
        ("unknown-module", with(&|v| v.modules = vec!["A11".into()])),
        ("unknown-source", with(&|v| v.source = vec!["nothing".into()])),
    ];
    for (id, verb) in cases {
        assert_eq!(verb.build(&mut world.observatory).map(|_| ()).unwrap_err().id, id);
    }
}
