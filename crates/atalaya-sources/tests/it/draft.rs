//! `recipe draft`: what it proposes is accepted, fits its own file, and accounts for every row.

use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::{Lang, Tlp};
use atalaya_sources::draft::{Draft, draft, explain};
use atalaya_sources::{Kind, Recipe};

use crate::support::{Taken, scratch, take_under, workbook};

/// Writes a file, drafts a recipe for it, reads it under that recipe; the account must add up.
fn replay(name: &str, bytes: &[u8]) -> (Draft, Recipe, Taken) {
    let path = scratch("draft").join(name);
    fs::write(&path, bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
    drafted(&path)
}

fn drafted(path: &Path) -> (Draft, Recipe, Taken) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = draft(path, &name, "mine").unwrap_or_else(|e| panic!("{name}: {e:?}"));
    let recipe = Recipe::parse(&draft.recipe, "draft").unwrap_or_else(|e| panic!("{name}: {e:?}\n{}", draft.recipe));
    assert_eq!(recipe.label.tlp, Tlp::Amber, "a draft is never wide");
    assert_eq!(recipe.label.rows, atalaya_kernel::label::RowRelease::NotReleasable);
    let (taken, _) = take_under(&recipe, path).unwrap_or_else(|e| panic!("{name}: {e:?}\n{}", draft.recipe));
    taken.adds_up();
    assert_eq!(draft.doubts.iter().filter(|d| !draft.recipe.contains("# DOUBT") || d.found.es.is_empty()).count(), 0, "{:?}", draft.doubts);
    (draft, recipe, taken)
}

fn field_of<'a>(draft: &'a Draft, column: &str) -> Option<&'a str> {
    draft.columns.iter().find(|c| c.name == column).unwrap_or_else(|| panic!("{column}: {:?}", draft.columns)).field.as_deref()
}

fn doubts(draft: &Draft, of: &str) -> bool {
    draft.doubts.iter().any(|d| format!("{} {} {}", d.place, d.found.en, d.found.es).contains(of))
}

/// J1: the three headers one data set is known under.
#[test]
fn the_three_headers_of_ids_map_by_themselves() {
    let new = "REGION_OF_SEIZURE,SUBREGION_OF_SEIZURE,COUNTRY_OF_SEIZURE,DATE_OF_SEIZURE,DRUG_NAME,AMOUNT_OF_DRUG,DRUG_UNIT,PRODUCING_COUNTRY,DEPARTURE_COUNTRY,DESTINATION_COUNTRY\n\
               Americas,South America,Peru,2016-01-05,Cocaine,10.5,Kilogram,Peru,Unknown,Spain\n\
               Americas,South America,Colombia,2016-02-11,Heroin,3,Gram,Unknown,Colombia,Other\n\
               Europe,Western Europe,Spain,2016-02-12,Ecstasy,100,Tablet,Unknown,Netherlands,Unknown\n";
    let old = "REGION;COUNTRY;PLACE;SEIZURE_DATE;DRUG_NAME;AMOUNT;DRUG_UNIT;TRANSPORT\n\
               Americas;Peru;Lima;2016-01-05;Cocaine;10.5;Kilogram;Unknown\n\
               Americas;Colombia;Cali;2016-02-11;Heroin;3;Gram;Private air\n\
               Europe;Spain;Vigo;2016-02-12;Ecstasy;100;Tablet;Unknown\n";
    let oldest = "Country,Seizure Date,Drug Name,Drug Unit,Amount,Country obtained,Departure Country,Destination Country,Region\n\
                  Peru,2016-01-05,Cocaine,Kilogram,10.5,Peru,Unknown,Spain,Americas\n\
                  Colombia,2016-02-11,Heroin,Gram,3,Unknown,Colombia,Other,Americas\n\
                  Spain,2016-02-12,Ecstasy,Tablet,100,Unknown,Netherlands,Unknown,Europe\n";
    for (name, text) in [("ids-new.csv", new), ("ids-old.csv", old), ("ids-oldest.csv", oldest)] {
        let (draft, recipe, taken) = replay(name, text.as_bytes());
        assert_eq!(recipe.kind, Kind::Records, "{name}");
        assert_eq!((taken.read, taken.held.len()), (3, 0), "{name}: {:?}\n{}", taken.held, draft.recipe);
        let amounts: Vec<_> = taken.accepted.iter().map(|a| (a.text("area"), a.text("amount"), a.text("unit"), a.text("period"))).collect();
        assert_eq!(
            amounts,
            [("PE", "10.5", "kg", "2016-01-05"), ("CO", "3", "g", "2016-02-11"), ("ES", "100", "tablet", "2016-02-12")],
            "{name}"
        );
    }
}

/// J1: `UNIDAD(ES) DE MEDIDA`; codes without their zero; dates that prove their order; comma.
#[test]
fn a_ministry_file_in_spanish() {
    let text = "FECHA HECHO;DEPARTAMENTO;MUNICIPIO;CODIGO DANE;CLASE DE ESTUPEFACIENTE;CANTIDAD;UNIDADES DE MEDIDA\n\
                31/01/2018;ANTIOQUIA;MEDELLÍN;5001;BASE DE COCA;1.234,5;KILOGRAMO\n\
                03/04/2018;AMAZONAS;LETICIA;91001;MARIHUANA;0;KILOGRAMO\n\
                04/04/2018;ANTIOQUIA;AMALFI;5031;MARIHUANA;12;GRAMO\n";
    let latin1 = encoding_rs::WINDOWS_1252.encode(text).0;
    let (draft, _, taken) = replay("ministerio.csv", &latin1);
    assert_eq!(taken.held.len(), 0, "{:?}\n{}", taken.held, draft.recipe);
    let rows: Vec<_> = taken.accepted.iter().map(|a| (a.text("area"), a.text("period"), a.text("amount"), a.text("place"))).collect();
    assert_eq!(
        rows,
        [
            ("divipola:05001", "2018-01-31", "1234.5", "MEDELLÍN"),
            ("divipola:91001", "2018-04-03", "0", "LETICIA"),
            ("divipola:05031", "2018-04-04", "12", "AMALFI")
        ]
    );
    assert_eq!((draft.encoding.as_str(), draft.delimiter, draft.header_row, draft.rows_looked_at), ("windows-1252", Some(';'), 1, 3));
    assert_eq!(field_of(&draft, "CODIGO DANE"), Some("area"));
    assert!(draft.columns.iter().find(|c| c.name == "CODIGO DANE").is_some_and(|c| c.why.en.contains("zeros")));
}

#[test]
fn ambiguous_dates_and_numbers_are_held_never_guessed() {
    let (draft, recipe, taken) =
        replay("attack.csv", b"pais;fecha;droga;cantidad\nPE;03/04/2016;cocaina;1.234\nPE;05/06/2016;cocaina;5.678\n");
    let fields = &recipe.layouts[0].fields;
    assert_eq!(format!("{:?} {:?}", fields["date"].dates, fields["amount"].number), "Column Column");
    assert_eq!((taken.read, taken.items()), (2, 0), "nothing is guessed");
    assert!(doubts(&draft, "03/04/2016") && doubts(&draft, "1.234"), "{:?}", draft.doubts);
    assert!(!draft.columns.iter().any(|c| c.name == "fecha" && c.sure));
}

/// A wide table: a column a year, zeros written `- 0`, a total row and a source line below.
#[test]
fn a_wide_table_of_simci() {
    let text = "CODDEPTO,DEPARTAMENTO,CODMPIO,MUNICIPIO,2001,2002,2003\n\
                91,AMAZONAS,91405,LA CHORRERA,65.00,236.00,211.00\n\
                05,ANTIOQUIA,5031,AMALFI,\"1,036.61\",110.00,- 0\n\
                05,ANTIOQUIA,5040,ANORÍ,,74.00,7.5\n\
                TOTAL,,,,1101.61,420.00,218.5\n\
                Fuente: Gobierno de Colombia,,,,,,\n";
    let (draft, recipe, taken) = replay("coca_municipios.csv", text.as_bytes());
    assert_eq!(recipe.kind, Kind::Observations);
    assert_eq!(recipe.layouts[0].notes_begin, ["TOTAL", "Fuente"]);
    assert_eq!((taken.items(), taken.stopped_by("note-row"), taken.read), (9, 2, 11), "{:?}\n{}", taken.held, draft.recipe);
    assert!(doubts(&draft, "coca-area"), "the measure is a guess from the file's name: {:?}", draft.doubts);
    let amalfi: Vec<_> =
        taken.accepted.iter().filter(|a| a.text("area") == "divipola:05031").map(|a| (a.text("period"), a.text("value"))).collect();
    assert_eq!(amalfi, [("2001", "1036.61"), ("2002", "110.00"), ("2003", "0")]);
    let anori = taken
        .accepted
        .iter()
        .find(|a| a.text("area") == "divipola:05040" && a.text("period") == "2001")
        .map(|a| a.text("missing").to_string());
    assert_eq!(anori.as_deref(), Some("not-known"), "blank is not zero");
}

#[test]
fn without_a_word_on_the_measure_every_row_waits() {
    let (draft, _, taken) = replay("x.csv", b"ubigeo,2001,2002\n80910,1,2\n150101,3,4\n");
    assert_eq!((taken.items(), taken.read, taken.held.len()), (0, 4, 4), "{}", draft.recipe);
    assert!(doubts(&draft, "what the numbers measure"));
}

/// One sheet a year, a title above the header, months by name, the year nowhere but on the sheet.
#[test]
fn one_sheet_a_year() {
    let book = "[2022]\nIncautaciones de drogas\n\nDepartamento,Mes,Droga,Cantidad (kg),Unidad\nAyacucho,enero,Cocaína,10.5,Kilogramo\nCusco,febrero,Cocaína,2,Gramo\n\
                [2023]\nIncautaciones de drogas\n\nDepartamento,Mes,Droga,Cantidad (kg),Unidad\nPuno,marzo,Cocaína,7,Kilogramo\n\
                [Notas]\nhecho con esmero\n";
    let (draft, recipe, taken) = replay("libro.xlsx", &workbook(book));
    assert_eq!(recipe.layouts.len(), 2, "{}", draft.recipe);
    assert_eq!(draft.sheets, ["2022", "2023"]);
    assert_eq!((taken.read, taken.held.len()), (3, 0), "{:?}\n{}", taken.held, draft.recipe);
    let when: Vec<_> = taken.accepted.iter().map(|a| (a.text("area"), a.text("period"))).collect();
    assert_eq!(when, [("PE-AYA", "2022-01"), ("PE-CUS", "2022-02"), ("PE-PUN", "2023-03")]);
    assert!(taken.flagged("assumed-year").count() == 3);
    assert!(doubts(&draft, "Notas"));
}

/// A renamed column next month does not fit silently: the reader asks once.
#[test]
fn next_month_a_renamed_column_asks() {
    let (_, recipe, _) = replay("enero.csv", b"PAIS,FECHA,DROGA,CANTIDAD,UNIDAD\nPeru,2024-01-31,Cocaine,1,Kilogram\n");
    let path = scratch("draft").join("febrero.csv");
    fs::write(&path, "PAIS,FECHA,TIPO DE DROGA,CANTIDAD,UNIDAD\nPeru,2024-02-28,Cocaine,1,Kilogram\n").unwrap_or_else(|e| panic!("{e}"));
    let asked = take_under(&recipe, &path).map(|_| ()).unwrap_err();
    assert_eq!(asked.id, "layout");
    assert!(asked.found.en.contains("TIPO DE DROGA") && asked.todo.en.contains("substance=TIPO DE DROGA"), "{asked:?}");
    fs::write(&path, "UNIDAD,PAIS,FECHA,DROGA,CANTIDAD\nKilogram,Peru,2024-02-28,Cocaine,1\n").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(take_under(&recipe, &path).map(|(t, _)| t.items()), Ok(1), "another order is no matter");
}

#[test]
fn persons_refuse_the_whole_draft_by_name() {
    let path = scratch("draft").join("detenidos.csv");
    fs::write(&path, "FECHA,DROGA,CANTIDAD,Nombre del detenido,DNI\n2024-01-01,Cocaine,1,X,1\n").unwrap_or_else(|e| panic!("{e}"));
    let refused = draft(&path, "detenidos.csv", "mine").map(|_| ()).unwrap_err();
    assert_eq!(refused.id, "persons");
    assert!(refused.found.en.contains("Nombre del detenido") && refused.found.en.contains("DNI"), "{refused:?}");
}

/// A hostile header cannot write keys into the recipe.
#[test]
fn a_header_is_text_not_toml() {
    let header = "\"pais\",\"fecha\",\"droga\",\"x\"\" = 1 ]\n[from]\nurl = \"\"https://evil.example\",\"cantidad'''\\\",\"\u{202e}kg\"\n";
    let (draft, recipe, _) = replay("toml.csv", format!("{header}PE,2016-01-31,Cocaine,1,2,a\n").as_bytes());
    assert_eq!(recipe.from.url, None, "{}", draft.recipe);
    let comments: String = draft.recipe.lines().filter(|l| l.starts_with('#')).collect();
    assert!(!comments.contains('\u{202e}'), "comments show direction marks escaped");
}

#[test]
fn a_file_with_only_a_header_and_one_with_nothing() {
    let (draft, recipe, taken) = replay("header.csv", b"PAIS,FECHA,DROGA,CANTIDAD,UNIDAD\n");
    assert_eq!((recipe.layouts[0].fields.len(), taken.read), (5, 0), "{}", draft.recipe);
    assert!(doubts(&draft, "no row below"));
    let path = scratch("draft").join("empty.csv");
    fs::write(&path, "").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(draft_id(&path, "mine"), "empty-file");
    assert_eq!(draft_id(&path, "../up"), "source-id");
}

fn draft_id(path: &Path, id: &str) -> String {
    draft(path, "empty.csv", id).map(|_| String::new()).unwrap_or_else(|e| e.id)
}

#[test]
fn the_same_file_drafts_to_the_same_text() {
    let text = b"PAIS,FECHA,DROGA,CANTIDAD,UNIDAD,zz,yy\nPeru,2024-01-31,Cocaine,1,Kilogram,a,b\nChile,2024-01-30,Heroin,2,Gram,c,d\n";
    assert_eq!(replay("same.csv", text).0, replay("same.csv", text).0);
}

#[test]
fn explain_tells_the_whole_language() {
    assert!(explain(Lang::Es).contains("patrón") && explain(Lang::En).contains("[[layout.observe]]"));
}

/// The real files, where they lie beside the clone.
#[test]
fn real_files_draft_to_recipes_that_read_them() {
    let data = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let files: [(&str, u64, u64); 5] = [
        ("co_police_seizures_2018h1/data.csv", 1_000, 1_000),
        ("co_police_seizures_2018h1/data.json", 1_000, 1_000),
        ("co_coca_municipio_2001_2024/coca_crops_2001-2022.csv", 319 * 22, 319 * 22),
        ("unodc_ids_2011_2016/drug-trafficking-unodc.zip", 311_038, 311_038),
        // A total row.
        ("pe_coca/coca_department_2020_2024.csv", 13 * 5 + 1, 13 * 5),
    ];
    for (name, read, accepted) in files {
        let path: PathBuf = data.join(name);
        if !path.exists() {
            println!("SKIPPED: {} is not there", path.display());
            continue;
        }
        let (draft, _, taken) = drafted(&path);
        assert_eq!((taken.read, taken.items()), (read, accepted), "{name}\n{}", draft.recipe);
    }
}
