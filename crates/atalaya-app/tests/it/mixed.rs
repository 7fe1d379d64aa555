//! Two observatories: one holds sources of every label, the other is the same but that what a
//! reader may not see was never collected.

use std::fs;
use std::path::PathBuf;

use crate::program::{Place, RECIPE, text};

/// What must never reach a reader: planted in hidden sources only.
pub const MARKS: [&str; 12] = [
    "secreta",
    "BT",
    "Bhutan",
    "Bután",
    "987654",
    "hidden-place",
    "MARK-HELD",
    "MARK-WHY",
    "mark-file",
    "MARK-TITLE",
    "MARK-PRODUCER",
    "MARK-VINTAGE",
];

/// Who reads: `TLP:GREEN`, Peru.
pub const READER: (&str, &str) = ("desk-peru", "a password for the reader");
/// A desk of the observatory.
pub const ANALYST: (&str, &str) = ("desk-analysis", "a password for the analyst");
/// Who keeps accounts.
pub const ADMIN: (&str, &str) = ("keeper", "a password for the keeper");

/// A recipe of series: area, year, hectares.
fn series(id: &str, label: &str, mark: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = {{ en = \"Series {mark}\", es = \"Serie {mark}\" }}\nproducer = \"Producer {mark}\"\nlicence = \"open\"\nkind = \"observations\"\nkeeps = \"extend\"\nlabel = {label}\n\
         [vintage]\ncolumn = \"edition\"\n[[layout]]\nname = \"x\"\n[layout.fields]\narea = {{ from = [\"area\"], required = true }}\n\
         period = {{ from = [\"year\"], dates = \"year\", required = true }}\nsubstance = {{ value = \"coca-bush\" }}\n\
         [[layout.observe]]\nmeasure = \"coca-area\"\nunit = \"ha\"\nvalue = \"hectares\"\ndefinition = \"net area\"\n"
    )
}

fn records(id: &str, label: &str) -> String {
    let old = "label = { tlp = \"TLP:GREEN\", purpose = \"demonstration\", recipients = [\"*\"], rows = \"releasable\" }";
    assert!(RECIPE.contains(old));
    RECIPE.replace(old, &format!("label = {label}")).replace("id = \"demo-incidents\"", &format!("id = \"{id}\""))
}

fn label(tlp: &str, to: &str, rows: &str) -> String {
    format!("{{ tlp = \"{tlp}\", purpose = \"analysis\", recipients = [{to}], rows = \"{rows}\" }}")
}

/// One source as it is collected; hidden ones are left out of the clean observatory.
struct Step {
    id: &'static str,
    recipe: String,
    file: &'static str,
    rows: String,
    hidden: bool,
}

const COCA: &str = "area,year,hectares,edition\nPeru,2020,61777,2021\nPeru,2021,80681,2021\nColombia,2020,143000,2021\n";
const COCA_NEXT: &str = "area,year,hectares,edition\nPeru,2021,80700,2023\nPeru,2022,95008,2023\n";
const SECRET: &str =
    "area,year,hectares,edition\nBhutan,2019,987654,MARK-VINTAGE\nPeru,2020,987654,MARK-VINTAGE\nMARK-HELD,2020,1,MARK-VINTAGE\n";
const SEIZED: &str = "COUNTRY;PLACE;SEIZURE_DATE;DRUG_NAME;AMOUNT;DRUG_UNIT;INSTALLATION;TRANSPORT;DEPARTURE_COUNTRY;DESTINATION_COUNTRY\n";

fn seized(rows: &[&str]) -> String {
    rows.iter().fold(SEIZED.to_string(), |text, row| text + row + "\n")
}

/// In order: what is hidden comes before, between and after what is seen.
fn steps() -> Vec<Step> {
    let (everybody, nobody) = ("\"*\"", "");
    let hidden_rows = seized(&[
        "Bhutan;hidden-place;2021-05-05;Heroin;987654;Kilogram;;Air;;",
        "MARK-HELD;hidden-place;2021-05-05;Heroin;1;Kilogram;;;;",
    ]);
    let open_rows = seized(&[
        "Peru;Lima;2021-01-02;Cocaine;12.5;Kilogram;;Land;Peru;Spain",
        "Peru;Callao;2021-02-03;Cocaine;3;Kilogram;;Sea;Peru;Spain",
        "Colombia;Cali;2020-02-03;Heroin;700;Gram;;Air;;",
        "Nowhere;Cali;2020-02-03;Heroin;700;Gram;;Air;;",
    ]);
    let kept_rows = seized(&["Ecuador;Quito;2021-01-02;Cocaine;5;Kilogram;;Land;;", "Peru;Tumbes;2022-01-02;Cocaine;6;Kilogram;;Land;;"]);
    let step = |id, recipe, file, rows: &str, hidden| Step { id, recipe, file, rows: rows.to_string(), hidden };
    vec![
        step(
            "secreta-first",
            series("secreta-first", &label("TLP:RED", everybody, "releasable"), "MARK-TITLE MARK-PRODUCER"),
            "mark-file-1.csv",
            SECRET,
            true,
        ),
        step("open-coca", series("open-coca", &label("TLP:CLEAR", everybody, "releasable"), "one"), "coca.csv", COCA, false),
        // Nobody was named: nobody outside.
        step(
            "secreta-records",
            records("secreta-records", &label("TLP:CLEAR", nobody, "releasable")),
            "mark-file-2.csv",
            &hidden_rows,
            true,
        ),
        step("open-incidents", records("open-incidents", &label("TLP:GREEN", "\"PE\"", "releasable")), "open.csv", &open_rows, false),
        // For somebody else.
        step(
            "secreta-co",
            series("secreta-co", &label("TLP:GREEN", "\"CO\"", "releasable"), "MARK-TITLE"),
            "mark-file-3.csv",
            SECRET,
            true,
        ),
        step("totals-only", records("totals-only", &label("TLP:CLEAR", everybody, "not-releasable")), "kept.csv", &kept_rows, false),
        step("open-coca", series("open-coca", &label("TLP:CLEAR", everybody, "releasable"), "one"), "coca-next.csv", COCA_NEXT, false),
        // A later vintage of a source that is seen, under a stricter label.
        step("open-coca", series("open-coca", &label("TLP:AMBER", everybody, "releasable"), "MARK-TITLE"), "mark-file-4.csv", SECRET, true),
        step(
            "secreta-last",
            records("secreta-last", &label("TLP:AMBER+STRICT", "\"PE\"", "releasable")),
            "mark-file-5.csv",
            &hidden_rows,
            true,
        ),
    ]
}

/// A compact on a series that is seen.
const OPEN_COMPACT: &str = r#"
title = { en = "Open", es = "Abierto" }
parties = ["PE", "US"]
tlp = "TLP:CLEAR"
agreed = "2020-01-01"
reviews = ["2021-01-01"]
designs = ["hidden"]
[[promise]]
id = "coca"
by = "PE"
what = { en = "Less coca", es = "Menos coca" }
due = "2022-01-01"
[promise.indicator]
series = "coca-area PE source=open-coca"
baseline = 2020
target = "1"
better = "lower"
[[promise]]
id = "other"
by = "US"
what = { en = "Anything", es = "Algo" }
due = "2022-01-01"
[promise.indicator]
series = "coca-area BT"
baseline = 2019
target = "1"
better = "lower"
"#;

/// Compacts: one that is seen, one marked and one that names nobody.
fn compacts(place: &Place, with_hidden: bool) {
    let secret = OPEN_COMPACT.replace("\"Open\"", "\"MARK-TITLE\"").replace("TLP:CLEAR", "TLP:RED");
    let unnamed = OPEN_COMPACT.replace("\"Open\"", "\"MARK-TITLE\"").replace("tlp = \"TLP:CLEAR\"\n", "");
    let all = [("open", OPEN_COMPACT, false), ("secreta", &secret, true), ("unnamed", &unnamed, true)];
    for (id, text, _) in all.into_iter().filter(|(.., hidden)| with_hidden || !hidden) {
        let folder = place.root().join("compacts").join(id);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("compact.toml"), text).unwrap();
    }
}

/// The observatory with everything, or without what is hidden.
pub fn observatory(with_hidden: bool) -> Place {
    let place = Place::bare();
    compacts(&place, with_hidden);
    for step in steps().into_iter().filter(|s| with_hidden || !s.hidden) {
        let folder = place.root().join("sources").join(step.id);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("recipe.toml"), &step.recipe).unwrap();
        let inbox: PathBuf = place.root().join("inbox");
        fs::create_dir_all(&inbox).unwrap();
        let file = inbox.join(step.file);
        fs::write(&file, &step.rows).unwrap();
        run(&place, &["collect", step.id, "--from", file.to_str().unwrap()]);
    }
    if with_hidden {
        // Decisions about hidden rows, with their reasons.
        run(&place, &["held", "secreta-records", "--reject", "2", "--why", "MARK-WHY"]);
        // Records that are seen, made one event by way of a hidden one alone; and taken back in part.
        let link = |pair: &str| run(&place, &["link", "accept", "--pair", pair, "--why", "MARK-WHY"]);
        link("open-incidents:1,secreta-records:1");
        link("secreta-records:1,open-incidents:2");
        link("secreta-records:1,secreta-last:1");
        run(&place, &["link", "undo", "4", "--why", "MARK-WHY"]);
    }
    // Rulings on what is seen: one in force, one undone.
    run(&place, &["link", "accept", "--pair", "open-incidents:2,open-incidents:3", "--why", "one boat"]);
    run(&place, &["link", "accept", "--pair", "totals-only:1,totals-only:2", "--why", "one truck"]);
    let undone = if with_hidden { "7" } else { "2" };
    run(&place, &["link", "undo", undone, "--why", "two trucks"]);
    designs(&place, with_hidden);
    for (account, role, more) in
        [(READER, "reader", vec!["--tlp", "TLP:GREEN", "--recipient", "PE"]), (ANALYST, "analyst", vec![]), (ADMIN, "admin", vec![])]
    {
        self::account(&place, account, role, &more);
    }
    place
}

/// A design over a file or a series.
fn design(mark: &str, data: &str, column: &str, treated: &str) -> String {
    format!(
        "title = {{ en = \"Plan {mark}\", es = \"Plan {mark}\" }}\nquestion = {{ en = \"Did it work?\", es = \"¿Funcionó?\" }}\n\
         estimand = {{ en = \"the mean\", es = \"la media\" }}\nwould-change = {{ en = \"more\", es = \"más\" }}\n\
         [programme]\nname = {{ en = \"A programme\", es = \"Un programa\" }}\nstart = 2021\n{treated}\n\
         [outcome]\nname = {{ en = \"Hectares\", es = \"Hectáreas\" }}\nunit = {{ en = \"ha\", es = \"ha\" }}\ncolumn = \"{column}\"\n\
         better = \"lower\"\nsmallest = 1.0\n[data]\n{data}\n[method]\nid = \"did\"\nlooks = {{ kind = \"once\" }}\n"
    )
}

/// Designs that a reader may see, over a file and over a series of which he may see a part, and
/// ones he may not.
fn designs(place: &Place, with_hidden: bool) {
    let file = |tlp: &str| format!("file = \"panel.csv\"\nunit = \"place\"\ntime = \"year\"{tlp}");
    let series = |source: &str| {
        format!("unit = \"area\"\ntime = \"year\"\n[data.series]\nsource = [\"{source}\"]\nmeasure = \"coca-area\"\nlevel = \"country\"")
    };
    let (cohort, places) = ("cohort = \"start\"", "places = [\"PE\"]");
    let all = [
        ("secreta-plan", design("MARK-TITLE", &file(""), "y", cohort), true),
        ("secreta-red", design("MARK-TITLE", &file("\ntlp = \"TLP:RED\""), "y", cohort), true),
        ("secreta-series", design("MARK-TITLE", &series("secreta-first"), "value", places), true),
        ("open-plan", design("one", &file("\ntlp = \"TLP:CLEAR\""), "y", cohort), false),
        ("open-series", design("two", &series("open-coca"), "value", places), false),
        ("open-draft", design("three", &file("\ntlp = \"TLP:GREEN\""), "y", cohort), false),
    ];
    for (id, text, hidden) in all.into_iter().filter(|d| with_hidden || !d.2) {
        let folder = place.root().join("designs").join(id);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("design.toml"), text).unwrap();
        let value = |unit: i64, year: i64| {
            if hidden { 987_654 + unit * year } else { 100 + unit * 7 % 5 + year * unit % 3 - if unit < 6 && year >= 2021 { 9 } else { 0 } }
        };
        let row = |unit: i64, year: i64| format!("p{unit:02},{year},{},{}\n", value(unit, year), if unit < 6 { 2021 } else { 0 });
        let rows: String = (0..14).flat_map(|unit| (2017..2024).map(move |year| (unit, year))).map(|(u, y)| row(u, y)).collect();
        fs::write(folder.join("panel.csv"), format!("place,year,y,start\n{rows}")).unwrap();
        if id != "open-draft" {
            run(place, &["evaluate", "register", id, "--why", if hidden { "MARK-WHY" } else { "to know" }]);
        }
    }
}

/// Adds an account: name and password.
pub fn account(place: &Place, account: (&str, &str), role: &str, more: &[&str]) {
    let mut child = place
        .command("o", &[&["account", "add", account.0, "--role", role][..], more].concat())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{}\n", account.1).as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// Runs a command at the same moment in both.
fn run(place: &Place, args: &[&str]) {
    let output = place.command("o", args).env("ATALAYA_NOW", "2026-11-20T12:00:00Z").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}{}", text(&output.stdout), text(&output.stderr));
}

/// Figures that the owner of the mixed observatory asked for: ids of hidden numbers.
pub fn hidden_figures(place: &Place) -> Vec<String> {
    let mut figures = Vec::new();
    for args in [
        vec!["query", "coca-area", "--by", "year"],
        vec!["query", "coca-area", "--source", "secreta-first"],
        vec!["query", "--by", "year"],
        vec!["query", "--area", "BT", "--substance", "heroin"],
    ] {
        let answer = place.json(&args);
        figures.extend(answer["rows"].as_array().unwrap().iter().filter_map(|r| r["figure"].as_str()).map(str::to_string));
    }
    let network = &place.json(&["routes", "network", "--links", "ST"])["network"];
    figures.extend(network["rows"].as_array().unwrap().iter().chain([network]).filter_map(|r| r["figure"].as_str()).map(str::to_string));
    assert!(figures.len() > 7, "{figures:?}");
    figures
}
