//! What happens on the disk.

use std::fs;

use atalaya_kernel::{Exit, Lang};
use atalaya_report::{FORMATS, Format, export};

use crate::support::{folder, records, series};

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

#[test]
fn every_format_writes_what_it_says_and_leaves_nothing_else() {
    let folder = folder("all");
    for format in FORMATS {
        let to = folder.join(format.id).join(if format.is_folder() { "out".into() } else { format!("out.{}", format.extension) });
        fs::create_dir(folder.join(format.id)).unwrap();
        let paths = export(&series(), format.format, Lang::En, &to).unwrap();
        let mut revised = series();
        revised.rows.pop();
        let again = export(&revised, format.format, Lang::En, &to).unwrap();
        assert_eq!(paths, again, "an export replaces an earlier one");
        let inside = if format.is_folder() { to.clone() } else { folder.join(format.id) };
        assert!(names(&inside).iter().all(|n| !n.ends_with(".tmp")), "{:?}", names(&inside));
        assert_eq!(names(&inside).len(), paths.len());
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_file_of_somebody_else_beside_the_export_is_not_touched() {
    let folder = folder("foreign");
    let mine = folder.join("out.meta.json");
    fs::write(&mine, "my notes").unwrap();
    let problem = export(&series(), Format::Csv, Lang::En, &folder.join("out.csv")).unwrap_err();
    assert_eq!(problem.id, "export-exists");
    assert_eq!(fs::read_to_string(&mine).unwrap(), "my notes");
    assert_eq!(names(&folder), ["out.meta.json"]);
    let problem = export(&series(), Format::DataPackage, Lang::En, &folder).unwrap_err();
    assert_eq!(problem.id, "export-exists");
    let problem = export(&series(), Format::Json, Lang::En, &folder).unwrap_err();
    assert_eq!(problem.id, "export-exists", "a folder is not replaced by a file");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_package_folder_never_carries_an_earlier_table_along() {
    let folder = folder("package");
    export(&series(), Format::DataPackage, Lang::En, &folder).unwrap();
    let problem = export(&records(), Format::DataPackage, Lang::En, &folder).unwrap_err();
    assert_eq!(problem.id, "export-exists");
    assert!(problem.place.ends_with("coca-area-codes.csv"), "{}", problem.place);
    assert_eq!(names(&folder), ["README.md", "coca-area-codes.csv", "coca-area.csv", "datapackage.json"]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_refused_export_changes_nothing() {
    let folder = folder("refused");
    let to = folder.join("out.csv");
    fs::write(&to, "earlier").unwrap();
    let mut table = series();
    table.columns.remove(0);
    table.rows.iter_mut().for_each(|r| drop(r.remove(0)));
    assert_eq!(export(&table, Format::SdmxCsv, Lang::En, &to).unwrap_err().id, "sdmx-no-time");
    assert_eq!(fs::read_to_string(&to).unwrap(), "earlier");
    assert_eq!(names(&folder), ["out.csv"]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_folder_that_is_not_there_is_an_io_problem() {
    let folder = folder("nowhere");
    let problem = export(&series(), Format::Csv, Lang::En, &folder.join("no/out.csv")).unwrap_err();
    assert_eq!((problem.id.as_str(), problem.exit), ("io", Exit::Io));
    fs::remove_dir_all(folder).unwrap();
}
