//! Hostile files.
use crate::support::take_under;
use atalaya_sources::{draft::draft, Recipe};

const ANY: &str = "id='x'\ntitle={en='x',es='x'}\nproducer='x'\nlicence='x'\nkind='records'\nlabel={tlp='TLP:AMBER'}\n[[layout]]\nname='any'\n[layout.fields]\nplace={from=['place','a','b']}\namount={from=['amount','cantidad','n'],number='column'}\ndate={from=['fecha','date'],dates='column'}\n";

#[test]
#[ignore = "by hand"]
fn by_hand() {
    let recipe = Recipe::parse(ANY, "any").unwrap();
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut files: Vec<_> = std::fs::read_dir("/tmp/w/att/f").unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !only.is_empty() && !only.split(',').any(|o| o == name) { continue; }
        let peak = || std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmHWM")).unwrap().split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024;
        std::fs::write("/proc/self/clear_refs", "5").ok();
        let start = std::time::SystemTime::now();
        let (p2, n2) = (path.clone(), name.clone());
        let d = std::thread::spawn(move || draft(&p2, &n2, "mine")).join();
        let t1 = start.elapsed().unwrap().as_millis();
        let out = match d { Err(_) => "PANIC".to_string(), Ok(Err(e)) => format!("{} @ {} : {} ; {}", e.id, e.place, e.found.en, e.todo.en), Ok(Ok(d)) => format!("ok cols {} rows {}", d.columns.len(), d.rows_looked_at) };
        println!("{name:28} D {t1:6}ms {:5}MB {}", peak(), out.chars().take(230).collect::<String>());
        let (p2, r2) = (path.clone(), recipe.clone());
        let start = std::time::SystemTime::now();
        let r = std::thread::spawn(move || take_under(&r2, &p2).map(|(t, _)| { t.adds_up(); (t.read, t.items(), t.held.iter().map(|h| format!("{} {} l{} {:?}", h.rule, h.field, h.line, h.found)).collect::<Vec<_>>(), t.notices) })).join();
        let t1 = start.elapsed().unwrap().as_millis();
        let out = match r { Err(_) => "PANIC".to_string(), Ok(Err(e)) => format!("{} @ {} : {} ; {}", e.id, e.place, e.found.en, e.todo.en), Ok(Ok(d)) => format!("{d:?}") };
        println!("{:28} R {t1:6}ms {:5}MB {}", "", peak(), out.chars().take(260).collect::<String>());
    }
}
