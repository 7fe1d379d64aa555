//! Hostile files, named as in `attacks/EXPECTED.csv`: each gets its expected outcome, and what is
//! refused is refused before a single row is handed on.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic like tests")]

mod books;
mod pack;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use atalaya_kernel::record::{Batch, Terms};
use atalaya_kernel::{Both, Problem, Tlp};
use atalaya_sources::draft::draft;
use atalaya_sources::map::{MemberRead, Rulings};
use atalaya_sources::{Context, Recipe, Slice, read};

use crate::support::{Taken, scratch, take_under};
use pack::{Entry, zip_of};

/// A recipe that fits any header.
const ANY: &str = r#"
id = "any"
title = { en = "any", es = "cualquiera" }
producer = "nobody"
licence = "none"
kind = "records"
label = { tlp = "TLP:AMBER" }
[[layout]]
name = "any"
[layout.fields]
place = { from = ["place", "a", "k0"] }
agency = { from = ["b"] }
amount = { from = ["amount", "cantidad"], number = "column" }
date = { from = ["fecha", "date"], dates = "column" }
"#;

/// A taker that must never be called.
struct Nobody;

impl Slice for Nobody {
    fn begin(&mut self, _: Option<&str>) -> Result<Terms, Problem> {
        panic!("something was handed on")
    }
    fn batch(&mut self, _: Batch) -> Result<(), Problem> {
        panic!("something was handed on")
    }
    fn end(&mut self, _: Vec<MemberRead>, _: Vec<Both>) -> Result<(), Problem> {
        panic!("something was handed on")
    }
}

fn any() -> Recipe {
    Recipe::parse(ANY, "any").unwrap()
}

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = scratch("attacks").join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// The file is refused with this id, by the reader and by the drafter alike; nothing is handed on;
/// the refusal says where, what was found and what to do, in both languages. Answers with it.
fn refused(name: &str, bytes: &[u8], id: &str) -> Problem {
    let path = written(name, bytes);
    let mut context = Context { recipe: &any(), rulings: &Rulings::default(), progress: &mut |_| {} };
    let problem = read(&mut context, &path, name, &mut Nobody).map(|_| ()).unwrap_err();
    assert_eq!(problem.id, id, "{name}: {problem:?}");
    assert!(problem.place.starts_with(name), "{name}: {problem:?}");
    for text in [&problem.found.en, &problem.found.es, &problem.todo.en, &problem.todo.es] {
        assert!(!text.is_empty(), "{name}: {problem:?}");
    }
    assert_ne!(problem.found.en, problem.found.es, "{name}");
    let drafted = draft(&path, name, "mine").map(|_| ()).unwrap_err();
    assert_eq!(drafted.id, id, "{name}: {drafted:?}");
    problem
}

fn accepted(name: &str, bytes: &[u8]) -> Taken {
    let (taken, _) = take_under(&any(), &written(name, bytes)).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    taken.adds_up();
    taken
}

fn places(taken: &Taken) -> Vec<&str> {
    taken.accepted.iter().map(|a| a.text("place")).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn ragged_csv() {
    let problem = refused("ragged.csv", b"a,b\n1\n1,2,3\n\"unterminated,4\n", "csv-quote");
    assert_eq!(problem.place, "ragged.csv line 4");
    let taken = accepted("ragged-rows.csv", b"a,b\n1\n1,2,3\n5,6\n");
    let lines: Vec<_> = taken.held.iter().map(|h| (h.rule.as_str(), h.line)).collect();
    assert_eq!((lines, taken.read), (vec![("ragged-row", 2), ("ragged-row", 3)], 3));
}

#[test]
fn a_quote_left_open_far_down_is_named_before_any_row_is_handed_on() {
    let text = format!("a,b\n{}\"open,1\n{}", "\"x\",1\n".repeat(20_000), "x,1\n".repeat(500_000));
    assert_eq!(refused("open-quote.csv", text.as_bytes(), "csv-quote").place, "open-quote.csv line 20002");
    let million = format!("a,b\n{}\n", "\"".repeat(1_000_000));
    assert_eq!(accepted("quotes.csv", million.as_bytes()).stopped_by("ragged-row"), 1);
    refused("quotes-odd.csv", format!("a,b\n{}\n", "\"".repeat(1_000_001)).as_bytes(), "csv-quote");
}

#[test]
fn long_field_csv() {
    let mut text = b"a,b\n1,2\n1,\"".to_vec();
    text.resize(text.len() + (32 << 20), b'x');
    text.extend(b"\"\n");
    assert_eq!(refused("long_field.csv", &text, "cell-too-long").place, "long_field.csv line 3");
    let late = format!("a,b\n{}1,{}\n", "1,2\n".repeat(20_000), "x".repeat((1 << 20) + 1));
    assert_eq!(refused("long-late.csv", late.as_bytes(), "cell-too-long").place, "long-late.csv line 20002");
}

#[test]
fn many_cols_csv() {
    let header: Vec<String> = (0..200_000).map(|i| format!("c{i}")).collect();
    refused("many_cols.csv", format!("{}\n", header.join(",")).as_bytes(), "too-many-columns");
    let late = format!("a,b\n{}{}\n", "1,2\n".repeat(20_000), ",".repeat(5_000));
    assert_eq!(refused("many-late.csv", late.as_bytes(), "too-many-columns").place, "many-late.csv line 20002");
    let keys: Vec<String> = (0..5_000).map(|i| format!("\"k{i}\":1")).collect();
    refused("many_keys.json", format!("[{{{}}}]", keys.join(",")).as_bytes(), "too-many-columns");
}

#[test]
fn a_small_file_cannot_ask_for_a_large_table() {
    let rows: Vec<String> = (0..4_000).map(|i| format!("{{\"k{i}\":1}}")).collect();
    let many = format!("[{},{}]", rows.join(","), vec!["{}"; 12_000].join(","));
    refused("wide.json", many.as_bytes(), "table-too-large");
    let text = format!("[{{\"a\":\"{}\"}}]", "v".repeat(3 << 20));
    refused("long.json", text.as_bytes(), "cell-too-long");
}

#[test]
fn nul_csv() {
    assert_eq!(refused("nul.csv", b"a,b\n1,\x00\n", "nul-byte").place, "nul.csv byte 6");
}

#[test]
fn utf16_csv_with_and_without_its_mark() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let text = "a,b\nAncón,2\n";
    assert_eq!(places(&accepted("utf16.csv", &[b"\xff\xfe".to_vec(), wide(text)].concat())), ["Ancón"]);
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(places(&accepted("utf16be.csv", &[b"\xfe\xff".to_vec(), big].concat())), ["Ancón"]);
    assert!(refused("utf16-bare.csv", &wide(text), "nul-byte").found.en.contains("UTF-16"));
    let half = [b"\xff\xfe".to_vec(), wide("a,b\n1"), b"\x00\xd8".to_vec(), wide(",2\n")].concat();
    assert_eq!(refused("surrogate.csv", &half, "bad-encoding").place, "surrogate.csv byte 12");
    refused("utf32.csv", &[b"\xff\xfe\0\0".to_vec(), b"a\0\0\0".to_vec()].concat(), "nul-byte");
    assert_eq!(places(&accepted("bom.csv", "\u{feff}a,b\nAncón,2\n".as_bytes())), ["Ancón"], "the mark is no part of the first name");
}

#[test]
fn latin1_csv() {
    let taken = accepted("latin1.csv", b"country,place\nPE,Anc\xf3n\n");
    assert_eq!(places(&taken), ["Ancón"]);
    assert!(taken.notices.iter().any(|n| n.contains("windows-1252")), "the reader is told: {:?}", taken.notices);
}

#[test]
fn mixed_newlines_csv() {
    assert_eq!(places(&accepted("mixed_newlines.csv", b"a,b\r1,2\n3,4\r\n")), ["1", "3"]);
}

#[test]
fn semicolon_decimal_comma_csv() {
    let taken = accepted("semicolon_decimal_comma.csv", b"pais;fecha;cantidad\nPE;03/04/2016;1.234,5\n");
    assert_eq!((taken.read, taken.items(), taken.stopped_by("ambiguous-date")), (1, 0, 1));
}

/// Import unchanged: what a spreadsheet would run is text here, to the last character.
#[test]
fn formula_csv() {
    let cells = [
        "=HYPERLINK(\"http://127.0.0.1/\"&A1,\"x\")",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\u{a0}=1",
        "\u{ff1d}1+1",
        "a\";=1+1",
    ];
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["incident_id", "place", "amount"]).unwrap();
    cells.iter().for_each(|cell| out.write_record(["1", cell, "1"]).unwrap());
    let bytes = out.into_inner().unwrap();
    let taken = accepted("formula.csv", &bytes);
    // A term is trimmed; the raw cell a person sees is not.
    assert_eq!(places(&taken), cells.map(str::trim));
    let negative = accepted("negative.csv", b"place,amount\nx,-5\n");
    assert_eq!(negative.held[0].raw[1].1, "-5", "a real negative number stays one");
}

#[test]
fn xss_csv() {
    let cells = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "</title><svg onload=alert(1)>",
        "{{7*7}} ${7*7}",
    ];
    let rows: String = cells.iter().enumerate().map(|(i, c)| format!("{i},\"{c}\"\n")).collect();
    assert_eq!(places(&accepted("xss.csv", format!("incident_id,place\n{rows}").as_bytes())), cells);
}

/// In a thread of the usual size: nesting must not reach the stack.
#[test]
fn deep_json() {
    let deep = |name: &'static str, text: String| {
        std::thread::Builder::new().stack_size(2 << 20).spawn(move || refused(name, text.as_bytes(), "json")).unwrap().join().unwrap()
    };
    deep("deep.json", format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)));
    deep("deep-objects.json", format!("[{}", "{\"a\":".repeat(200_000)));
    let value = format!("[{{\"a\":{}{}}}]", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(accepted("deep-value.json", value.as_bytes()).read, 1, "a nested value is text");
}

#[test]
fn dup_keys_json() {
    let text = br#"{"marking":"TLP:RED","marking":"TLP:CLEAR","releasable_to":["A"],"releasable_to":["*"]}"#;
    let problem = refused("dup_keys.json", text, "json");
    assert!(problem.found.en.contains("\"marking\" stands twice") && problem.place.contains("line 1 column"), "{problem:?}");
}

#[test]
fn big_number_json() {
    let problem = refused("big_number.json", br#"{"amount":1e400,"n":123456789012345678901234567890,"nan":NaN}"#, "json");
    assert!(problem.found.en.contains("1e400"), "{problem:?}");
    for number in ["NaN", "Infinity", "1e2147483648", "123456789012345678901234567890"] {
        refused("number.json", format!("[{{\"amount\":{number}}}]").as_bytes(), "json");
    }
    assert_eq!(accepted("tiny.json", b"[{\"amount\":1e-2147483647}]").read, 1);
    for text in ["NaN", "inf", "1e400"] {
        assert_eq!(accepted("number.csv", format!("a,amount\n1,{text}\n").as_bytes()).stopped_by("bad-number"), 1, "{text}");
    }
}

#[test]
fn bad_utf8_json() {
    assert_eq!(refused("bad_utf8.json", b"{\"place\":\"\xff\xfe\xc3\x28\"}", "bad-encoding").place, "bad_utf8.json byte 10");
    refused("half_surrogate.json", br#"[{"a":"\ud800"}]"#, "json");
    refused("trailing.json", b"[{\"a\":1}] {\"b\":2}", "json");
}

/// The override is data in a cell, escaped wherever it is shown, and no label.
#[test]
fn bidi_json() {
    let text = "{\"place\":\"Lima\u{202e}gnp.exe\",\"tlp\":\"TLP:CLE\u{410}R\"}";
    assert_eq!(places(&accepted("bidi.json", text.as_bytes())), ["Lima\u{202e}gnp.exe"]);
    assert_eq!(Tlp::parse("TLP:CLE\u{410}R"), None);
    assert_eq!(Recipe::parse(&ANY.replace("TLP:AMBER", "TLP:CLE\u{410}R"), "r").map(|_| ()).unwrap_err().id, "recipe");
    let strict = Recipe::parse(&ANY.replace("\"k0\"]", "\"k0\"], required = true"), "r").unwrap();
    let path = written("bidi.csv", "pl\u{202e}ace,b\n1,2\n".as_bytes());
    let problem = take_under(&strict, &path).map(|_| ()).unwrap_err();
    assert!(problem.found.en.contains("pl\\u{202e}ace") && !problem.to_string().contains('\u{202e}'), "{problem}");
    let person = refused("bidi-person.csv", "dni \u{202e},b\n1,2\n".as_bytes(), "persons");
    assert!(!person.to_string().contains('\u{202e}'), "{person}");
}

#[test]
fn proto_json() {
    let taken = accepted("proto.json", br#"{"__proto__":{"admin":true},"constructor":{"x":1},"place":"x"}"#);
    assert_eq!(places(&taken), ["x"]);
}

#[test]
fn formats_we_do_not_read_are_refused_by_name() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"ha\">]><iati-activities>&a;</iati-activities>";
    for name in [
        "billion_laughs.xml",
        "xxe.xml",
        "deep.xml",
        "logo.svg",
        "boundary.geojson",
        "slip_dotdot.tar",
        "slip_symlink.tar",
        "dup_names.tar",
    ] {
        let problem = refused(name, laughs.as_bytes(), "format");
        assert!(problem.found.en.contains("csv") && problem.found.es.contains("lee"), "{problem:?}");
    }
    refused("program.csv", b"\x7fELF\x02\x01", "format");
    refused("old.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "format");
}

#[test]
fn slip_zip_and_symlink_zip() {
    for name in ["../../escape_zip.txt", "/etc/x.csv", "..\\..\\w.csv", "a/../../b.csv", "CON.csv", "a:b.csv", "a\u{1}b.csv"] {
        refused("slip.zip", &zip_of(&[Entry::new(name, b"x")]), "archive-unsafe");
    }
    refused("symlink.zip", &zip_of(&[Entry { mode: 0o120_777, ..Entry::new("l.csv", b"/etc/passwd") }]), "archive-unsafe");
    refused("device.zip", &zip_of(&[Entry { mode: 0o020_666, ..Entry::new("d.csv", b"") }]), "archive-unsafe");
    refused("twice.zip", &zip_of(&[Entry::new("a.csv", b"a\n1\n"), Entry::new("a.csv", b"a\n2\n")]), "archive-duplicate");
    refused("case.zip", &zip_of(&[Entry::new("Data.csv", b"a\n1\n"), Entry::new("data.csv", b"a\n2\n")]), "archive-duplicate");
}

#[test]
fn bombs() {
    let zeros = vec![b'0'; 64 << 20];
    let bomb = zip_of(&[Entry { deflate: true, ..Entry::new("zeros.csv", &zeros) }]);
    refused("bomb_64M_in_64K.zip", &bomb, "archive-bomb");
    let shy = zip_of(&[Entry { deflate: true, claims: Some(10), ..Entry::new("zeros.csv", &zeros) }]);
    refused("lying_size.zip", &shy, "archive-lies");
    let proud = zip_of(&[Entry { claims: Some(9), ..Entry::new("a.csv", b"a\n1\n") }]);
    refused("proud.zip", &proud, "archive-lies");
    let mut wrong = zip_of(&[Entry::new("a.csv", b"a,b\n1,2\n")]);
    let at = wrong.windows(3).position(|w| w == b"1,2").unwrap();
    wrong[at] = b'9';
    refused("checksum.zip", &wrong, "archive-lies");
    let list = format!("[{}0]", "0,".repeat(16 << 20));
    refused("bomb.json.gz", &gzip(list.as_bytes()), "archive-bomb");
    let many: Vec<Entry<'_>> = (0..10_001).map(|_| Entry::new("a.csv", b"")).collect();
    refused("entries.zip", &zip_of(&many), "archive-too-many");
}

#[test]
fn archives_in_archives_and_broken_ones() {
    let inner = zip_of(&[Entry::new("a.csv", b"a\n1\n")]);
    refused("nested.zip", &zip_of(&[Entry::new("n.zip", &inner)]), "archive-nested");
    refused("zip-by-another-name.csv", &zip_of(&[Entry::new("n.gz", &inner)]), "archive-nested");
    refused("nested.csv.gz", &gzip(&gzip(b"a,b\n1,2\n")), "archive-nested");
    let whole = gzip("a,b\n1,2\n".repeat(1_000).as_bytes());
    refused("cut.csv.gz", &whole[..whole.len() - 20], "archive-broken");
    refused("cut.zip", &inner[..inner.len() - 30], "archive-broken");
    assert_eq!(places(&accepted("fine.zip", &inner)), ["1"]);
    assert_eq!(accepted("fine.csv.gz", &whole).read, 1_999);
}

#[test]
fn nothing_a_header_alone_and_a_folder() {
    refused("zero.csv", b"", "empty-file");
    refused("blank.csv", b"\n\n  \n", "empty-file");
    assert_eq!(accepted("header_only.csv", b"place,date\n").read, 0);
    let folder = scratch("attacks").join("x.csv");
    fs::create_dir_all(&folder).unwrap();
    assert_eq!(take_under(&any(), &folder).map(|_| ()).unwrap_err().id, "not-a-file");
}

/// Every row of the list that a reader of csv, xlsx, json, zip and gz can meet has its test here.
#[test]
fn the_whole_list_is_here() {
    let list = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/attacks/EXPECTED.csv"));
    let Ok(mut rows) = csv::Reader::from_path(list) else {
        println!("SKIPPED: {} is not there", list.display());
        return;
    };
    let here = include_str!("attacks.rs");
    for row in rows.records() {
        let name = row.unwrap()[0].to_string();
        let by_test = name.replace(['.', '-'], "_");
        let tested = here.contains(&format!("\"{name}\"")) || here.contains(&by_test);
        assert!(tested || name.ends_with(".tar") || name == "ssrf_urls.txt", "{name}");
    }
}
