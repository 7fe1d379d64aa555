//! What the standards' own validators say, where Python and they are installed.

use std::path::Path;
use std::process::Command;

use atalaya_kernel::Lang;
use atalaya_report::{Format, export, publication};

use crate::support::{attacks, folder, publication_of, records, series};

/// The Python that has the validators, if `.ci/run` made one.
fn python() -> String {
    std::env::var("ATALAYA_PYTHON").unwrap_or_else(|_| "python3".into())
}

/// Runs `tests/validators/NAME.py` over exports of every table; it prints `SKIPPED: why` itself.
fn validate(name: &str) {
    let out = folder(name);
    for table in [series(), records(), attacks()] {
        let at = |ending: &str| out.join(format!("{}{ending}", table.id));
        for (format, ending) in [
            (Format::Csv, ".plain.csv"),
            (Format::Xlsx, ".xlsx"),
            (Format::Parquet, ".parquet"),
            (Format::Json, ".json"),
            (Format::DataPackage, "-package"),
            (Format::SdmxCsv, ".sdmx.csv"),
        ] {
            export(&table, format, Lang::Es, &at(ending)).unwrap();
        }
    }
    run(name, &out);
}

/// Runs a script over a folder that is removed if all is well.
fn run(name: &str, out: &Path) {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = crate_folder.join("tests/validators").join(format!("{name}.py"));
    let schema =
        crate_folder.join("../../../shared/samples/sdmx/sdmx-json-2.1/structure-message/tools/schemas/sdmx-json-structure-schema.json");
    match Command::new(python()).arg(script).arg(out).arg(schema).output() {
        Err(e) => println!("SKIPPED: {} cannot be run ({e})", python()),
        Ok(done) => {
            println!("{}", String::from_utf8_lossy(&done.stdout));
            assert!(done.status.success(), "{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
            std::fs::remove_dir_all(out).unwrap();
        }
    }
}

#[test]
fn frictionless_finds_every_package_valid() {
    validate("packages");
}

#[test]
fn pysdmx_reads_observations_and_structure_and_the_schema_holds() {
    validate("sdmx");
}

#[test]
fn spreadsheets_and_pandas_read_the_cells_as_they_were() {
    validate("readers");
}

#[test]
fn roc_validator_finds_the_crate_of_a_publication_valid() {
    let out = folder("crates");
    for (name, tables) in [("one", vec![series()]), ("several", vec![series(), records(), attacks()])] {
        let (publication, files) = publication_of(tables);
        publication::write(&out.join(name), &files).unwrap();
        assert_eq!(publication.parts.len(), if name == "one" { 1 } else { 3 });
    }
    run("crates", &out);
}
