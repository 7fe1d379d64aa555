//! The static site: whole, well formed, without scripts or requests, in both languages, the same
//! bytes from the same store, and without a byte of what its audience may not see.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use atalaya::verbs::{Bulletin, Collect, PublishSite, PublishTables};
use atalaya::{Caller, Observatory, Quiet, Still, Verb};
use atalaya_kernel::{Lang, Problem};
use calamine::{Reader, open_workbook_auto_from_rs};

/// Planted in a hidden source only: names, areas, amounts, a file, a definition, a bulletin.
const MARKS: [&str; 9] =
    ["MARK-TITLE", "MARK-PRODUCER", "MARK-NOTE", "mark-source", "mark-file", "MARK-DEFINITION", "MARK-BULLETIN", "Nauru", "987654"];

const HIDDEN: &str = r#"id = "mark-source"
title = { en = "MARK-TITLE", es = "MARK-TITLE" }
producer = "MARK-PRODUCER"
licence = "none"
kind = "observations"
keeps = "extend"
label = { tlp = "TLP:AMBER", purpose = "analysis", recipients = ["*"], rows = "not-releasable" }
notes = [{ en = "MARK-NOTE", es = "MARK-NOTE" }]
[[layout]]
name = "x"
[layout.fields]
area = { from = ["area"], required = true }
period = { from = ["year"], dates = "year", required = true }
substance = { value = "coca-bush" }
[[layout.observe]]
measure = "coca-area"
unit = "ha"
value = "hectares"
definition = "MARK-DEFINITION"
"#;

const HEAD: &str = "+++\ntitle = \"TITLE\"\nissue = \"1\"\n[audience]\ntlp = \"TLP\"\nrecipients = [\"*\"]\n+++\n\nText.\n";

struct World {
    _folder: tempfile::TempDir,
    observatory: Observatory,
}

impl World {
    /// The demo, with a public bulletin that is signed off and one that is not.
    fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("o");
        let mut quiet = Quiet;
        let observatory = atalaya::demo::make(&root, None, &mut caller(&mut quiet)).unwrap();
        let mut world = World { _folder: folder, observatory };
        let sign_off = Some("reviewed".to_string());
        world.run(&Bulletin { id: Some("coca".into()), sign_off, ..Bulletin::default() }).unwrap();
        world.bulletin("unsigned", "DRAFT-TITLE", "TLP:CLEAR", None);
        world
    }

    /// Adds what a public audience may not see.
    fn plant(&mut self) {
        let source = self.observatory.root().join("sources/mark-source");
        fs::create_dir_all(&source).unwrap();
        fs::write(source.join("recipe.toml"), HIDDEN).unwrap();
        for (name, rows) in [("mark-file-1.csv", "NR,2020,987654\nPE,2023,987654.5\n"), ("mark-file-2.csv", "NR,2020,9876541\n")] {
            let file = self.observatory.root().join(name);
            fs::write(&file, format!("area,year,hectares\n{rows}")).unwrap();
            self.run(&Collect { source: Some("mark-source".into()), from: Some(file) }).unwrap();
        }
        self.bulletin("for-few", "MARK-BULLETIN", "TLP:AMBER", Some("reviewed".into()));
    }

    fn bulletin(&mut self, id: &str, title: &str, tlp: &str, sign_off: Option<String>) {
        let folder = self.observatory.root().join("bulletins").join(id);
        fs::create_dir_all(&folder).unwrap();
        for name in ["es.md", "en.md"] {
            fs::write(folder.join(name), HEAD.replace("TITLE", title).replace("\"TLP\"", &format!("{tlp:?}"))).unwrap();
        }
        let prepared = Some("2026-11-20".into());
        self.run(&Bulletin { id: Some(id.into()), sign_off, prepared, ..Bulletin::default() }).unwrap();
    }

    fn run<V: Verb>(&mut self, verb: &V) -> Result<V::Outcome, Problem> {
        let mut quiet = Quiet;
        verb.run(&mut self.observatory, &mut caller(&mut quiet))
    }

    /// The site's files by their path.
    fn site(&mut self, tlp: Option<&str>) -> BTreeMap<String, Vec<u8>> {
        let out = tempfile::tempdir().unwrap();
        self.run(&PublishSite { out: Some(out.path().into()), tlp: tlp.map(Into::into) }).unwrap();
        files(out.path())
    }
}

fn caller(quiet: &mut Quiet) -> Caller<'_> {
    Caller { now: "2026-11-23T12:00:00Z".into(), who: "releaser".into(), lang: Lang::En, progress: quiet, pace: &Still }
}

/// Every file below a folder.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut out, mut folders) = (BTreeMap::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap().flatten() {
            let path = folder.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else {
                let name = path.to_string_lossy().replace('\\', "/");
                out.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    out
}

fn pages(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<&str, String> {
    let html = files.iter().filter(|(name, _)| name.ends_with(".html"));
    html.map(|(name, bytes)| (name.as_str(), String::from_utf8(bytes.clone()).unwrap())).collect()
}

/// The values of an attribute in a page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.match_indices(&start).filter_map(|(at, _)| html[at + start.len()..].split('"').next()).collect()
}

/// `es/../style.css` to `style.css`.
fn resolved(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            other => parts.push(other),
        }
    }
    parts.join("/")
}

#[test]
fn every_link_leads_somewhere_and_nothing_is_fetched() {
    let mut world = World::new();
    let files = world.site(None);
    let pages = pages(&files);
    assert!(pages.len() > 10, "{:?}", pages.keys());
    let mut links = 0;
    for (name, html) in &pages {
        for tag in ["<script", "<iframe", "<img", "<object", "<embed", "<form", "javascript:", "@import"] {
            assert!(!html.contains(tag), "{name} has {tag}");
        }
        for handler in ["onload", "onclick", "onerror", "onmouseover", "onfocus"] {
            assert!(values(html, handler).is_empty(), "{name} has {handler}");
        }
        assert!(values(html, "src").iter().all(|s| s.starts_with("data:")), "{name}");
        for link in values(html, "href") {
            links += 1;
            if link.starts_with("https://") || link.starts_with("http://") || link.starts_with("mailto:") {
                // A person may follow it; nothing loads it.
                assert!(!html.contains(&format!("rel=\"stylesheet\" href=\"{link}\"")), "{name}");
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { (*name).to_string() } else { resolved(name, path) };
            assert!(files.contains_key(&target), "{name}: {link} leads to {target}");
            if !anchor.is_empty() {
                let ids = values(&pages[target.as_str()], "id");
                assert!(ids.contains(&anchor), "{name}: {link}");
            }
        }
    }
    assert!(links > 200, "{links}");
    let style = String::from_utf8(files["style.css"].clone()).unwrap();
    assert!(!style.contains("http") && !style.contains("@import"));
    for url in style.match_indices("url(").map(|(at, _)| style[at + 4..].split(')').next().unwrap()) {
        assert!(files.contains_key(url), "style.css: {url}");
    }
}

/// Elements that have no end.
const VOID: [&str; 6] = ["meta", "link", "br", "hr", "img", "input"];

#[test]
fn pages_are_well_formed_and_ids_are_unique() {
    let mut world = World::new();
    let files = world.site(None);
    for (name, html) in pages(&files).iter().filter(|(name, _)| !name.starts_with("bulletins/")) {
        let mut open: Vec<&str> = Vec::new();
        for piece in html.split('<').skip(1) {
            let tag = piece.split('>').next().unwrap_or_default();
            assert!(piece.contains('>'), "{name}: <{piece}");
            let word = tag.split_whitespace().next().unwrap_or_default().trim_end_matches('/');
            if word.starts_with('!') || VOID.contains(&word) || tag.ends_with('/') {
                continue;
            }
            match word.strip_prefix('/') {
                Some(end) => assert_eq!(open.pop(), Some(end), "{name}: </{end}>"),
                None => open.push(word),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
        let ids = values(html, "id");
        let unique: BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: an id stands twice");
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
    }
}

#[test]
fn both_languages_have_every_page_and_their_own_words() {
    let mut world = World::new();
    let files = world.site(None);
    let pages = pages(&files);
    let of = |folder: &str| -> BTreeSet<String> { pages.keys().filter_map(|n| n.strip_prefix(folder)).map(Into::into).collect() };
    assert_eq!(of("es/"), of("en/"));
    for (name, html) in &pages {
        if let Some(file) = name.strip_prefix("es/") {
            assert!(html.contains("<html lang=\"es\">") && html.contains(&format!("href=\"../en/{file}\"")), "{name}");
            assert!(!html.contains(">Sources<") && !html.contains(">Download<") && !html.contains("How to verify"), "{name}");
        } else if let Some(file) = name.strip_prefix("en/") {
            assert!(html.contains("<html lang=\"en\">") && html.contains(&format!("href=\"../es/{file}\"")), "{name}");
            assert!(!html.contains(">Fuentes<") && !html.contains(">Descargar<") && !html.contains("Cómo verificar"), "{name}");
        }
    }
}

#[test]
fn the_same_store_gives_the_same_bytes_and_a_later_site_replaces_an_earlier_one() {
    let mut world = World::new();
    let (first, second) = (world.site(None), world.site(None));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    for (name, bytes) in &first {
        assert!(second[name] == *bytes, "{name} differs");
    }
    let out = tempfile::tempdir().unwrap();
    let verb = PublishSite { out: Some(out.path().into()), ..PublishSite::default() };
    world.run(&verb).unwrap();
    fs::remove_dir_all(world.observatory.root().join("published/coca")).unwrap();
    world.run(&verb).unwrap();
    assert!(!files(out.path()).keys().any(|n| n.starts_with("bulletins/")), "what is no longer published is gone");
    let strange = tempfile::tempdir().unwrap();
    fs::write(strange.path().join("mine.txt"), "mine").unwrap();
    let refused = world.run(&PublishSite { out: Some(strange.path().into()), ..PublishSite::default() }).unwrap_err();
    assert_eq!(refused.id, "publication-exists");
}

#[test]
fn bulletins_are_those_signed_off_and_meant_for_the_audience() {
    let mut world = World::new();
    world.plant();
    let files = world.site(None);
    let home = String::from_utf8(files["es/index.html"].clone()).unwrap();
    assert!(home.contains("bulletins/coca/es.pdf") && files["bulletins/coca/es.pdf"].starts_with(b"%PDF"));
    assert!(!files.keys().any(|n| n.contains("unsigned") || n.contains("for-few")));
    assert!(world.site(Some("TLP:AMBER")).contains_key("bulletins/for-few/en.html"));
}

/// Everything a file says: as it is, and what a spreadsheet says in its cells.
fn said(name: &str, bytes: &[u8]) -> String {
    if !name.ends_with(".xlsx") {
        // A map draws and names every country, whether or not anything was said of it.
        return String::from_utf8_lossy(bytes).replace("data-name=\"Nauru\" d=", "");
    }
    let mut book = open_workbook_auto_from_rs(std::io::Cursor::new(bytes.to_vec())).unwrap();
    let cells = |(sheet, range): (String, calamine::Range<calamine::Data>)| {
        let cells: Vec<String> = range.rows().flatten().map(ToString::to_string).collect();
        format!("{sheet}\n{}", cells.join("\n"))
    };
    book.worksheets().into_iter().map(cells).collect()
}

#[test]
fn what_is_not_for_the_audience_is_in_no_byte() {
    let mut world = World::new();
    world.plant();
    let public = world.site(None);
    for (name, bytes) in &public {
        let said = said(name, bytes);
        for mark in MARKS.iter().chain(&["DRAFT-TITLE", "demo-incidents"]) {
            assert!(!said.contains(mark) && !name.contains(mark), "{name} says {mark}");
        }
    }
    // The marks are found where they may stand, so the search finds them.
    let amber = world.site(Some("TLP:AMBER"));
    let all: String = amber.iter().map(|(name, bytes)| said(name, bytes)).collect();
    for mark in MARKS.iter().filter(|m| !m.starts_with("mark-file")) {
        assert!(all.contains(mark), "{mark} is not in the site for TLP:AMBER");
    }
    assert!(!all.contains("mark-file"), "a file whose rows may not leave is known by its hash alone");
    assert_eq!(world.run(&PublishSite { out: None, tlp: Some("TLP:PINK".into()) }).unwrap_err().id, "unknown-label");
}

#[test]
fn there_are_maps_where_outlines_are_known() {
    let mut world = World::new();
    let files = world.site(None);
    let maps = pages(&files).iter().filter(|(name, html)| name.starts_with("es/") && html.contains("Natural Earth")).count();
    assert!(maps > 0, "no page has a map");
}

#[test]
fn tables_stand_with_their_data_and_a_filled_in_workbook_stays() {
    let mut world = World::new();
    let verb = PublishTables { area: "PE".into(), year: "2023".into(), ..PublishTables::default() };
    let file = world.run(&verb).unwrap().file;
    let folder = file.parent().unwrap().to_path_buf();
    let first = files(&folder);
    assert!(first.contains_key("ro-crate-metadata.json") && first.keys().any(|n| n.starts_with("data/coca-area")), "{:?}", first.keys());
    world.run(&verb).unwrap();
    assert!(files(&folder) == first, "the same store gives the same bytes");
    // As it was published it is replaced by what is newer; filled in it is not.
    world.plant();
    world.run(&verb).unwrap();
    assert!(files(&folder) != first, "a new source changes the tables");
    fs::write(&file, "filled in").unwrap();
    assert_eq!(world.run(&verb).unwrap_err().id, "export-exists");
    assert_eq!(fs::read_to_string(&file).unwrap(), "filled in");
}
