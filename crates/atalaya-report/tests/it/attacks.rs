//! Text that a spreadsheet would run.

use atalaya_report::{Format, defuse, restore};

use crate::support::{ATTACKS, attacks, made, read_csv, text};

#[test]
fn every_attack_is_marked_and_reads_back_exactly() {
    let rows = read_csv(&text(&made(&attacks(), Format::Csv), "out.csv"));
    for (row, attack) in rows[1..].iter().zip(ATTACKS) {
        let harmless = ["a\";=1+1", "_x0041_"].contains(&attack);
        assert_eq!(row[1].starts_with('\''), !harmless, "{attack:?} was written {:?}", row[1]);
        assert_eq!(restore(&row[1]), attack);
        assert_eq!(row[2], "-5", "a number stays a number");
    }
}

/// Text made of the signs that matter, from a fixed seed.
#[test]
fn any_text_is_restored_and_none_can_run() {
    const SIGNS: [char; 22] = [
        '\'', '=', '+', '-', '@', '\t', '\r', '\n', ' ', '\u{a0}', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{feff}', '\0', ',',
        '"', ';', 'a', 'ñ', '7',
    ];
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        // xorshift64, Marsaglia 2003.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed as usize
    };
    for _ in 0..50_000 {
        let length = next() % 7;
        let any: String = (0..length).map(|_| SIGNS[next() % SIGNS.len()]).collect();
        let written = defuse(&any);
        assert_eq!(restore(&written), any);
        let seen = written.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\0', '\t', '\r', '\n']);
        assert!(!seen.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']), "{any:?} was written {written:?}");
    }
}

#[test]
fn the_dialect_says_how_to_read_it() {
    let meta: serde_json::Value = serde_json::from_str(&text(&made(&attacks(), Format::Csv), "out.meta.json")).unwrap();
    assert_eq!(meta["dialect"]["defused"], "'");
    let package: serde_json::Value = serde_json::from_str(&text(&made(&attacks(), Format::DataPackage), "datapackage.json")).unwrap();
    assert_eq!(package["resources"][0]["dialect"]["defused"], "'");
}

#[test]
fn an_sdmx_file_holds_nothing_that_can_run() {
    let rows = read_csv(&text(&made(&attacks(), Format::SdmxCsv), "out.csv"));
    let value = rows[0].iter().position(|c| c == "OBS_VALUE").unwrap();
    for row in &rows[1..] {
        for (at, cell) in row.iter().enumerate().filter(|(at, _)| *at != value) {
            assert_eq!(defuse(cell).trim_start_matches('\''), cell.trim_start_matches('\''), "column {at}");
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
}

#[test]
fn markup_in_a_note_is_no_markup_in_the_readme() {
    let readme = text(&made(&crate::support::series(), Format::DataPackage), "README.md");
    assert!(readme.contains("\\| \\<b\\>not\\</b\\>"), "{readme}");
}
