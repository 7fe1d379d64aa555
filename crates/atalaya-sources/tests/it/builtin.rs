//! Each built-in source reads its own sample to the table somebody wrote by hand.
//!
//! `sample*.csv`, `sample*.json` or `sample*.xlsx.txt` (see [`crate::support::workbook`]) against
//! `expected.csv`: one line a held or rejected item, one line an accepted value, in the order of
//! file, row and column. The columns `ordinal`, `status` and `rule` are there always, `sample`
//! where there are several samples; every other column is a field of the store, or `vintage`,
//! `period`, `flags`. The fields of a row that was kept out are blank.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use atalaya_kernel::area::areas;
use atalaya_kernel::substance::substances;
use atalaya_sources::SOURCES;

use crate::support::{HOME, Taken, recipe, scratch, status, take, take_under, workbook};

/// The samples of a source, workbooks made from their text.
fn samples(id: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(HOME).join(id);
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{id}: {e}"))
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.retain(|n| n.starts_with("sample"));
    names.sort();
    let made = |name: &String| match name.strip_suffix(".txt") {
        None => (name.clone(), folder.join(name)),
        Some(book) => {
            let path = scratch(id).join(book);
            let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
            fs::write(&path, workbook(&text)).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (book.to_string(), path)
        }
    };
    names.iter().map(made).collect()
}

/// The lines of a reading, in the order of `expected.csv`.
fn lines(sample: &str, taken: &Taken, columns: &[String]) -> Vec<Vec<String>> {
    let mut rows: Vec<((u32, u32, u32), Vec<String>)> = Vec::new();
    for row in &taken.accepted {
        let fill = |column: &String| match column.as_str() {
            "sample" => sample.to_string(),
            "ordinal" => row.ordinal.to_string(),
            "status" => "accepted".into(),
            "rule" => String::new(),
            field => row.fields.get(field).unwrap_or_else(|| panic!("expected.csv: there is no field {field}")).clone(),
        };
        rows.push(((row.file, row.ordinal, row.cell), columns.iter().map(fill).collect()));
    }
    for held in &taken.held {
        let fill = |column: &String| match column.as_str() {
            "sample" => sample.to_string(),
            "ordinal" => held.ordinal.to_string(),
            "status" => status(held).into(),
            "rule" => held.rule.clone(),
            _ => String::new(),
        };
        rows.push(((held.file, held.ordinal, held.cell), columns.iter().map(fill).collect()));
    }
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, line)| line).collect()
}

/// Rows as they would stand in `expected.csv`.
fn text(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows.iter().for_each(|r| writer.write_record(r).unwrap_or_else(|e| panic!("{e}")));
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn check(id: &str) -> Result<(), String> {
    let path = Path::new(HOME).join(id).join("expected.csv");
    let mut reader = csv::Reader::from_path(&path).map_err(|e| e.to_string())?;
    let columns: Vec<String> = reader.headers().map_err(|e| e.to_string())?.iter().map(str::to_string).collect();
    let expected: Vec<Vec<String>> = reader.records().flatten().map(|r| r.iter().map(str::to_string).collect()).collect();
    let mut found = Vec::new();
    for (name, path) in samples(id) {
        found.extend(lines(&name, &take(id, &path), &columns));
    }
    if found == expected {
        return Ok(());
    }
    let missing: Vec<Vec<String>> = expected.iter().filter(|r| !found.contains(r)).cloned().collect();
    let extra: Vec<Vec<String>> = found.iter().filter(|r| !expected.contains(r)).cloned().collect();
    Err(format!(
        "{id}: expected, not found:\n{}{id}: found, not expected:\n{}{id}: all that was found:\n{}",
        text(&missing),
        text(&extra),
        text(&found)
    ))
}

#[test]
fn every_sample_reads_as_expected() {
    let wrong: Vec<String> = SOURCES.iter().filter_map(|s| check(s.id).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_and_the_folders_agree() {
    let mut folders: Vec<String> =
        fs::read_dir(HOME).unwrap().flatten().filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    folders.sort();
    let table: Vec<&str> = SOURCES.iter().map(|s| s.id).collect();
    assert_eq!(table, folders);
    for source in SOURCES {
        assert_eq!(recipe(source.id).id, source.id);
        assert!(!samples(source.id).is_empty(), "{} has no sample", source.id);
    }
}

#[test]
fn every_recipe_says_who_what_and_on_which_terms() {
    for source in SOURCES {
        let recipe = recipe(source.id);
        let said = [&recipe.title.en, &recipe.title.es, &recipe.producer, &recipe.licence, &recipe.url];
        assert!(said.iter().all(|text| !text.is_empty()), "{}", source.id);
        assert!(!recipe.notes.is_empty() && recipe.notes.iter().all(|n| !n.en.is_empty() && !n.es.is_empty()), "{}", source.id);
        // A workbook may hold values of any label.
        let of_records = recipe.kind.as_str() != "observations" || source.id == "arq-workbook";
        assert_eq!(recipe.label.rows == atalaya_kernel::label::RowRelease::NotReleasable, of_records, "{}: incident rows stay", source.id);
        assert_eq!(recipe.label.recipients.contains("*"), !of_records, "{}", source.id);
    }
}

#[test]
fn what_a_recipe_maps_to_is_on_the_lists() {
    for source in SOURCES {
        let recipe = recipe(source.id);
        let maps: BTreeMap<_, _> =
            recipe.layouts.iter().flat_map(|l| &l.fields).flat_map(|(name, f)| f.map.values().map(move |v| (v, name))).collect();
        for (value, field) in maps {
            let known = match field.as_str() {
                "area" | "parent" => areas().get(value).is_some(),
                "substance" => substances().get(value).is_some(),
                _ => true,
            };
            assert!(known, "{}: {field} maps to {value}", source.id);
        }
    }
}

#[test]
fn a_file_made_from_a_source_is_not_the_source() {
    let refused = |id: &str, name: &str, text: &str| {
        let path = scratch("made").join(name);
        fs::write(&path, text).unwrap();
        take_under(&recipe(id), &path).unwrap_err()
    };
    let days = "Wednesday,Thursday,Friday,Saturday,Sunday,Monday,Tuesday,Weekday mean,Weekend mean,Daily mean";
    let combined = format!("Year,Metabolite,Country,City,{days},vintage\n2022,cocaine,PE,Lima,1,1,1,1,1,1,1,1,1,1,2023\n");
    let problem = refused("euda-wastewater", "combined.csv", &combined);
    assert_eq!(problem.id, "layout");
    assert!(problem.found.en.contains("“vintage”") && problem.found.es.contains("“vintage”"), "{problem:?}");
    let json = r#"[{"c_digo_dane":"5101000","fecha":"2018-01-03","clase_de_estupefaciente":"BASUCO"}]"#;
    let problem = refused("co-police-seizures", "data.json", json);
    assert!(problem.found.en.contains("another format"), "{problem:?}");
}
