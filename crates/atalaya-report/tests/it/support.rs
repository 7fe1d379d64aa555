//! Tables to export.

use std::path::{Path, PathBuf};

use atalaya_kernel::label::RowRelease;
use atalaya_kernel::{Both, Label, Lang, Tlp};
use atalaya_report::publication::{File, Part, Program, Publication, RawInput, crate_of, data_of};
use atalaya_report::{About, Field, FieldKind, Format, Piece, SourceNote, Table, render};

pub(crate) fn field(id: &str, kind: FieldKind, unit: &str, en: &str, es: &str) -> Field {
    Field { id: id.into(), label: Both::new(en, es), kind, unit: unit.into() }
}

/// A cell: `~` is absent.
pub(crate) fn row(cells: &[&str]) -> Vec<Option<String>> {
    cells.iter().map(|c| (*c != "~").then(|| (*c).to_string())).collect()
}

fn codes(of: &[(&str, &str, &str)]) -> std::collections::BTreeMap<String, Both> {
    of.iter().map(|(code, en, es)| ((*code).to_string(), Both::new(*en, *es))).collect()
}

pub(crate) fn about() -> About {
    About {
        figure: "fig-5f2c5f2c5f2c5f2c".into(),
        snapshot: "snap-5f2c".into(),
        label: Some(Label {
            tlp: Tlp::Amber,
            purpose: "analysis".into(),
            recipients: ["PE".to_string(), "US".to_string()].into(),
            rows: RowRelease::NotReleasable,
        }),
        sources: vec![SourceNote {
            id: "unodc-monitoring".into(),
            title: Both::new("Coca monitoring", "Monitoreo de coca"),
            producer: "UNODC".into(),
            licence: "CC BY 4.0".into(),
            vintages: vec!["2023-08".into()],
            cut_off: Some("2022-12-31".into()),
            prepared: Some("2023-08-15".into()),
            simulated: true,
        }],
        notes: vec![Both::new("areas at the cut-off date | <b>not</b> event-hectares", "áreas a la fecha de corte")],
        codes: [
            ("area".to_string(), codes(&[("PE-AYA", "Ayacucho", "Ayacucho"), ("ubigeo:080910", "Kimbiri", "Kimbiri")])),
            ("substance".to_string(), codes(&[("coca-leaf", "Coca leaf", "Hoja de coca")])),
            ("unit".to_string(), codes(&[("ha", "hectare", "hectárea")])),
        ]
        .into(),
    }
}

/// Published values: every kind of absence, rivals side by side, a provisional and a negative value.
pub(crate) fn series() -> Table {
    use FieldKind::{Decimal, Figure, Text};
    let columns = vec![
        field("year", Text, "", "Year", "Año"),
        field("area", Text, "", "Area", "Área"),
        field("substance", Text, "", "Substance", "Sustancia"),
        field("source", Text, "", "Source", "Fuente"),
        field("unit", Text, "", "Unit", "Unidad"),
        field("value", Decimal, "ha", "Coca bush", "Cultivo de coca"),
        field("low", Decimal, "ha", "Low", "Mínimo"),
        field("high", Decimal, "ha", "High", "Máximo"),
        field("missing", Text, "", "Missing", "Ausente"),
        field("status", Text, "", "Status", "Estado"),
        field("basis", Text, "", "Basis", "Base"),
        field("figure", Figure, "", "Figure", "Cifra"),
    ];
    let rows = vec![
        row(&["2021", "PE-AYA", "coca-leaf", "unodc-monitoring", "ha", "1234.567", "1200", "1300", "~", "A", "reported", "fig-1"]),
        row(&["2021", "PE-AYA", "coca-leaf", "us-incsr", "ha", "2000", "~", "~", "~", "P", "reported", "fig-2"]),
        row(&["2022", "ubigeo:080910", "coca-leaf", "unodc-monitoring", "ha", "~", "~", "~", "not-known", "A", "reported", "~"]),
        row(&["2022", "PE-AYA", "coca-leaf", "unodc-monitoring", "ha", "~", "~", "~", "suppressed", "A", "reported", "~"]),
        row(&["2023", "PE-AYA", "coca-leaf", "unodc-monitoring", "ha", "~", "~", "~", "not-applicable", "A", "reported", "~"]),
        row(&["2023", "~", "coca-leaf", "unodc-monitoring", "ha", "0", "~", "~", "~", "~", "=SUM(A1)", "~"]),
        row(&["2024", "PE-AYA", "coca-leaf", "unodc-monitoring", "ha", "-12.5", "~", "~", "~", "", "sum of 3 areas, 1 not known", "fig-3"]),
    ];
    let title = Both::new("Coca bush under cultivation", "Superficie cultivada con coca");
    Table { id: "coca-area".into(), title, columns, rows, about: about() }
}

/// Counted records, by month.
pub(crate) fn records() -> Table {
    use FieldKind::{Count, Decimal, Figure, Text};
    let columns = vec![
        field("month", Text, "", "Month", "Mes"),
        field("area", Text, "", "Area", "Área"),
        field("unit", Text, "", "Unit", "Unidad"),
        field("records", Count, "", "Records", "Registros"),
        field("kg", Decimal, "kg", "Kilograms", "Kilogramos"),
        field("kg_low", Decimal, "kg", "Low", "Mínimo"),
        field("kg_high", Decimal, "kg", "High", "Máximo"),
        field("without_kg", Count, "", "Without kg", "Sin kg"),
        field("figure", Figure, "", "Figure", "Cifra"),
    ];
    let rows = vec![
        row(&["2016-01", "PE", "kg", "12", "1234567890123.123456789", "1", "2", "0", "fig-1"]),
        row(&["2016-01", "PE", "L", "3", "~", "~", "~", "3", "fig-2"]),
        row(&["2016-02", "PE", "kg", "9007199254740993", "0.5", "0.25", "0.75", "0", "fig-3"]),
    ];
    Table { id: "seizures".into(), title: Both::new("Reported seizures", "Incautaciones informadas"), columns, rows, about: about() }
}

/// The cells of `formula.csv` among the shared attacks, and a few more.
pub(crate) const ATTACKS: [&str; 15] = [
    "=HYPERLINK(\"http://127.0.0.1/\"&A1,\"x\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\u{a0}=1",
    "\u{ff1d}1+1",
    "a\";=1+1",
    "'=1",
    "''",
    "\n-1",
    "  @A1",
    "_x0041_",
    "\u{feff}\u{ff0d}1",
];

/// Every attack as a text, with a negative number beside it.
pub(crate) fn attacks() -> Table {
    let columns = vec![
        field("year", FieldKind::Text, "", "Year", "Año"),
        field("place", FieldKind::Text, "", "Place", "Lugar"),
        field("value", FieldKind::Decimal, "kg", "Amount", "Cantidad"),
    ];
    let rows = ATTACKS.iter().map(|a| row(&["2016", a, "-5"])).collect();
    Table { id: "attacks".into(), title: Both::same("=1+1"), columns, rows, about: about() }
}

pub(crate) fn made(table: &Table, format: Format) -> Vec<Piece> {
    let row = format.row();
    let name = if row.is_folder() { "out".to_string() } else { format!("out.{}", row.extension) };
    render(table, format, Lang::Es, &name).unwrap()
}

/// The piece of that name, as text.
pub(crate) fn text(pieces: &[Piece], name: &str) -> String {
    let piece = pieces.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(piece.bytes.clone()).unwrap()
}

/// The rows of a CSV, its header first.
pub(crate) fn read_csv(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(str::to_string).collect()).collect()
}

/// An empty folder of its own under the target folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A publication that rests on some tables, and its files.
pub(crate) fn publication_of(tables: Vec<Table>) -> (Publication, Vec<File>) {
    let part = |table: Table| Part {
        id: table.id.clone(),
        figure: "fig-0123456789abcdef".into(),
        question: "coca-area by year".into(),
        inputs: vec![RawInput {
            sha256: "ab".repeat(32),
            name: "coca.xlsx".into(),
            source: "unodc-monitoring".into(),
            vintage: "2023-08".into(),
        }],
        table,
    };
    let publication = Publication {
        title: Both::new("A bulletin", "Un boletín"),
        description: Both::new("Coca in 2022", "Coca en 2022"),
        publisher: "demo".into(),
        date: "2023-08-15".into(),
        program: Program { name: "atalaya".into(), version: "0.1.0".into(), url: "https://example.org/".into() },
        parts: tables.into_iter().map(part).collect(),
    };
    let mut files = data_of(&publication.parts, &[], Lang::Es).unwrap();
    files.push(crate_of(&publication, &files).unwrap());
    (publication, files)
}
