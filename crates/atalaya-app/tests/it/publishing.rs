//! Publishing: a site says the same whether or not there is what its audience may not see, and
//! over HTTP only a releaser publishes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::http::Served;
use crate::mixed::{ANALYST, MARKS, READER, account, observatory};
use crate::program::{Place, text};

const RELEASER: (&str, &str) = ("desk-release", "a password for the releaser");

/// Every file below a folder by its path.
fn files(root: &Path, below: &str, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(root.join(below)).unwrap().flatten() {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files(root, &format!("{name}/"), into);
        } else {
            into.insert(name, fs::read(entry.path()).unwrap());
        }
    }
}

fn site(place: &Place) -> BTreeMap<String, Vec<u8>> {
    let out = place.root().join("published/site");
    let done = place.run(&["publish", "site"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let mut found = BTreeMap::new();
    files(&out, "", &mut found);
    found
}

#[test]
fn a_site_is_the_same_with_and_without_what_its_audience_may_not_see() {
    let (mixed, clean) = (site(&observatory(true)), site(&observatory(false)));
    assert_eq!(mixed.keys().collect::<Vec<_>>(), clean.keys().collect::<Vec<_>>());
    assert!(mixed.keys().filter(|n| n.ends_with(".html")).count() > 8, "{:?}", mixed.keys());
    for (name, bytes) in &mixed {
        assert!(clean[name] == *bytes, "{name} differs by what is hidden");
        for mark in MARKS.iter().filter(|m| m.len() > 2) {
            assert!(!text(bytes).contains(mark), "{name} says {mark}");
        }
    }
}

#[test]
fn a_releaser_publishes_tables_and_desks_fetch_them() {
    let place = observatory(false);
    account(&place, RELEASER, "releaser", &[]);
    let served = Served::start(&place, &["--accounts", "--port", "0"], "http://");
    let order = r#"{"area":"PE","year":"2021"}"#;
    let [releaser, analyst, reader] = [RELEASER, ANALYST, READER].map(|(name, password)| served.sign_in(name, password));
    for (path, body) in [("/api/v1/publish/tables", order), ("/api/v1/publish/site", "{}")] {
        assert_eq!(analyst.post(path, body).status, 403, "{path}");
        assert_eq!(reader.post(path, body).status, 403, "{path}");
    }
    let reply = releaser.post("/api/v1/publish/tables", order);
    assert_eq!(reply.status, 200, "{}", reply.bytes());
    let done = reply.json();
    assert_eq!((done["file"].as_str(), done["threshold"].as_u64()), (Some("arq-pe-2021/arq-pe-2021.xlsx"), Some(10)), "{done}");
    assert!(done["changes"].as_array().is_some() && done["modules"].as_array().unwrap().len() == 3);
    let file = "/api/v1/published/arq-pe-2021/arq-pe-2021.xlsx";
    assert!(releaser.get(file).body.starts_with(b"PK"));
    assert_eq!(analyst.get(file).status, 200);
    assert_eq!(analyst.get("/api/v1/published/arq-pe-2021/data%2Fcoca-area.csv").status, 200);
    assert_ne!(reader.get(file).status, 200, "tables are for desks");
    assert_ne!(analyst.get("/api/v1/published/arq-pe-2021/..%2F..%2Fatalaya.toml").status, 200);
    for body in [r#"{"area":"PE","year":"2021","out":"/tmp/x"}"#, r#"{"area":"PE"}"#, r#"{"area":"PE","year":"21"}"#] {
        assert!(matches!(releaser.post("/api/v1/publish/tables", body).status, 400 | 422), "{body}");
    }
    let made = releaser.post("/api/v1/publish/site", r#"{"tlp":"TLP:CLEAR"}"#).json();
    assert_eq!((made["folder"].as_str(), made["audience"].as_str()), (Some("published/site"), Some("TLP:CLEAR")), "{made}");
}
