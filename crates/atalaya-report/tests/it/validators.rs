//! What the standards' own validators say, where Python and they are installed.

use std::path::Path;
use std::process::Command;

use atalaya_kernel::Lang;
use atalaya_report::{Format, export};

use crate::support::{attacks, folder, records, series};

/// Runs `tests/validators/NAME.py` over exports of every table; it prints `SKIPPED: why` itself.
fn validate(name: &str) {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
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
    let script = crate_folder.join("tests/validators").join(format!("{name}.py"));
    let schema =
        crate_folder.join("../../../shared/samples/sdmx/sdmx-json-2.1/structure-message/tools/schemas/sdmx-json-structure-schema.json");
    match Command::new("python3").arg(script).arg(&out).arg(schema).output() {
        Err(e) => println!("SKIPPED: python3 cannot be run ({e})"),
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
