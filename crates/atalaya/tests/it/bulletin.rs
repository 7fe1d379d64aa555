//! Bulletins on the demo observatory: same bytes, every number traced, rivals refused, labels held.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use atalaya::bulletin::published_file;
use atalaya::verbs::{Bulletin, Bulletins, MadeOf, Verify};
use atalaya::{Caller, Observatory, Quiet, Still, Verb};
use atalaya_kernel::{Clearance, Lang, Problem};
use atalaya_report::bulletin::word;

struct Demo {
    _folder: tempfile::TempDir,
    observatory: Observatory,
}

const HEAD: &str = "+++\ntitle = \"T\"\nissue = \"1\"\n[audience]\ntlp = \"TLP:CLEAR\"\nrecipients = [\"*\"]\n+++\n\n";

fn caller<'a>(quiet: &'a mut Quiet) -> Caller<'a> {
    Caller { now: "2026-11-23T12:00:00Z".into(), who: "releaser".into(), lang: Lang::En, progress: quiet, pace: &Still }
}

impl Demo {
    fn new() -> Demo {
        let folder = tempfile::tempdir().unwrap();
        let mut quiet = Quiet;
        let observatory = atalaya::demo::make(&folder.path().join("o"), None, &mut caller(&mut quiet)).unwrap();
        Demo { _folder: folder, observatory }
    }

    fn run<V: Verb>(&mut self, verb: &V) -> Result<V::Outcome, Problem> {
        let mut quiet = Quiet;
        verb.run(&mut self.observatory, &mut caller(&mut quiet))
    }

    fn publish(&mut self, verb: &Bulletin) -> Result<MadeOf, Problem> {
        match self.run(verb)? {
            Bulletins::Made(made) => Ok(*made),
            other => panic!("{other:?}"),
        }
    }

    /// One text in both languages.
    fn text(&self, id: &str, body: &str) {
        let folder = self.observatory.root().join("bulletins").join(id);
        fs::create_dir_all(&folder).unwrap();
        for name in ["es.md", "en.md"] {
            fs::write(folder.join(name), format!("{HEAD}{body}")).unwrap();
        }
    }

    fn problem(&mut self, body: &str) -> Problem {
        self.text("x", body);
        self.publish(&of("x")).unwrap_err()
    }

    fn read(&self, id: &str, name: &str) -> Vec<u8> {
        fs::read(self.observatory.root().join("published").join(id).join(name)).unwrap()
    }
}

fn of(id: &str) -> Bulletin {
    Bulletin { id: Some(id.into()), ..Bulletin::default() }
}

/// The text of a PDF; says so and gives `None` where the tool is not there.
fn text_of(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("x.pdf");
    fs::write(&path, pdf).unwrap();
    match Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() {
        Ok(out) => Some(String::from_utf8_lossy(&out.stdout).into_owned()),
        Err(_) => {
            println!("SKIPPED: pdftotext is not installed");
            None
        }
    }
}

#[test]
fn the_demo_bulletin_gives_the_same_bytes_and_every_figure_verifies() {
    let mut demo = Demo::new();
    let first = demo.publish(&of("coca")).unwrap();
    let names = ["es.pdf", "es.html", "en.pdf", "en.html", "figures.csv", "manifest.json"];
    let before: BTreeMap<&str, Vec<u8>> = names.iter().map(|n| (*n, demo.read("coca", n))).collect();
    demo.publish(&of("coca")).unwrap();
    for name in names {
        assert!(before[name] == demo.read("coca", name), "{name} differs");
    }
    assert!(before["es.pdf"].len() < 1_000_000 && first.manifest.draft);
    // Every figure that stands in the page, in the table of figures too.
    let html = String::from_utf8(before["es.html"].clone()).unwrap();
    let mut ids: Vec<&str> = html.match_indices("fig-").filter_map(|(at, _)| html.get(at..at + 20)).collect();
    ids.sort_unstable();
    ids.dedup();
    assert!(ids.len() > 40, "{}", ids.len());
    for id in ids {
        let verified = demo.run(&Verify { figure: id.into() }).unwrap();
        assert!(verified.verified, "{id}: {verified:?}");
    }
    // DEVIDA, Peru 2023: 92,784 ha; (92,784 - 95,008) / 95,008 = -2.34%.
    if let Some(text) = text_of(&before["en.pdf"]) {
        for said in ["92,784", "−2.3", "Page 1 of", "TLP:CLEAR", "DRAFT", "How to check a number", "746,285"] {
            assert!(text.contains(said), "{said} is not in the PDF");
        }
    }
    if let Some(text) = text_of(&before["es.pdf"]) {
        for said in ["92\u{202f}784", "−2,3", "Página 1 de", "TLP:CLEAR", "BORRADOR", "746\u{202f}285"] {
            assert!(text.contains(said) || text.contains(&said.replace('\u{202f}', " ")), "{said} is not in the PDF");
        }
    }
    // No fixed sentence of one language stands in the other.
    let english = String::from_utf8(before["en.html"].clone()).unwrap();
    for key in ["check", "check-text", "check-file", "prepared", "draft-long", "question", "notes", "snapshot"] {
        assert!(!html.contains(word(key, Lang::En)) && html.contains(word(key, Lang::Es)), "{key}");
        assert!(!english.contains(word(key, Lang::Es)) && english.contains(word(key, Lang::En)), "{key}");
    }
}

#[test]
fn rivals_are_refused_and_named_never_averaged() {
    let mut demo = Demo::new();
    let problem = demo.problem("It was `{{ coca-area area=PE year=2023 }}`.");
    assert_eq!((problem.id.as_str(), problem.place.as_str()), ("rivals", "bulletins/x/es.md line 9"));
    for said in ["demo-devida-coca", "demo-unodc-coca", "92,784", "92,800"] {
        assert!(problem.found.en.contains(said), "{}", problem.found.en);
    }
    assert!(problem.todo.en.contains("source="));
    let mixed = demo.problem("`{{ change coca-area area=BO from=1800 to=2023 source=demo-unodc-coca }}` `{{ nothing area=PE }}`");
    assert_eq!(mixed.id, "unknown-what");
}

#[test]
fn absent_is_said_and_never_zero() {
    let mut demo = Demo::new();
    demo.text("x", "It was `{{ coca-area area=PE year=1950 source=demo-devida-coca }}` and `{{ change coca-area area=PE from=1950 to=2023 source=demo-devida-coca }}`.\n\nUsed `{{ coca-area area=PE year=2023 source=demo-devida-coca }}`.");
    demo.publish(&of("x")).unwrap();
    // Twice in the text; the change has a line in the table of figures, for its end is known.
    let (es, en) = (String::from_utf8(demo.read("x", "es.html")).unwrap(), String::from_utf8(demo.read("x", "en.html")).unwrap());
    assert_eq!((es.matches(">no se conoce<").count(), en.matches(">not known<").count()), (3, 3));
}

#[test]
fn text_is_data_for_both_targets() {
    let mut demo = Demo::new();
    demo.text("x", "<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n#eval(\"1\") #read(\"/etc/passwd\") $x^2$ *a* `#panic()` @ref ~ \\ // x\n\n[j](javascript:alert(1))\n\nUsed `{{ coca-area area=PE year=2023 source=demo-devida-coca }}`.");
    demo.publish(&of("x")).unwrap();
    let html = String::from_utf8(demo.read("x", "en.html")).unwrap();
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("href=\"javascript:"));
    if let Some(text) = text_of(&demo.read("x", "en.pdf")) {
        for said in ["#eval(\"1\")", "#read(\"/etc/passwd\")", "$x^2$", "#panic()", "<script>alert(1)</script>"] {
            assert!(text.contains(said), "{said}: {text}");
        }
    }
}

#[test]
fn a_cell_its_readers_may_not_see_is_refused_and_named() {
    let mut demo = Demo::new();
    let problem = demo.problem("`{{ seizures area=PE source=demo-incidents }}`");
    assert_eq!(problem.id, "audience");
    for said in ["line 9", "demo-incidents", "TLP:GREEN"] {
        assert!(problem.found.es.contains(said), "{}", problem.found.es);
    }
    assert!(!demo.observatory.root().join("published/x").exists());
}

#[test]
fn signed_off_until_something_changes() {
    let mut demo = Demo::new();
    let signed = demo.publish(&Bulletin { sign_off: Some("reviewed".into()), ..of("coca") }).unwrap();
    assert!(!signed.manifest.draft && signed.why.is_empty());
    let html = String::from_utf8(demo.read("coca", "es.html")).unwrap();
    assert!(!html.contains("BORRADOR") && html.contains("Por releaser, 23 de noviembre de 2026: reviewed"));
    // A reader fetches what was signed off for him, and nothing else.
    let (name, public) = (demo.observatory.root().to_path_buf(), Clearance::public());
    let reader = Observatory::open(&name).unwrap().seen_by(public.clone());
    assert!(published_file(&reader, "coca", "es.pdf").unwrap().1.starts_with(b"%PDF"));
    for (id, file) in [("coca", "../../atalaya.toml"), ("..", "atalaya.toml"), ("coca", "nothing"), ("coca/..", "es.pdf")] {
        assert_eq!(published_file(&reader, id, file).unwrap_err().id, "unknown-published");
    }
    let path = name.join("bulletins/coca/es.md");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("Las incautaciones miden", "Las incautaciones solo miden")).unwrap();
    let again = demo.publish(&of("coca")).unwrap();
    assert!(again.manifest.draft && again.manifest.edition.is_some());
    assert_eq!(again.why.iter().map(|w| w.en.as_str()).collect::<Vec<_>>(), ["the Spanish text changed"]);
    assert_eq!(published_file(&reader, "coca", "es.pdf").unwrap_err().id, "unknown-published");
    let mut quiet = Quiet;
    let mut reader = Observatory::open(&name).unwrap().seen_by(public);
    assert_eq!(of("coca").run(&mut reader, &mut caller(&mut quiet)).unwrap_err().id, "not-inside");
}

#[test]
fn a_first_text_is_published_at_once() {
    let mut demo = Demo::new();
    demo.run(&Bulletin { new: true, ..of("first") }).unwrap();
    let made = demo.publish(&of("first")).unwrap();
    assert!(made.manifest.figures.len() > 6 && made.typed.is_empty(), "{made:?}");
    assert_eq!(demo.run(&Bulletin { new: true, ..of("first") }).unwrap_err().id, "bulletin-exists");
}
