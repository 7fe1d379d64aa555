//! Links the records of the UNODC file and says what it took: `link_records FILE [LABELS]`.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

use atalaya_kernel::area::areas;
use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Date, Precision};
use atalaya_methods::link::records::reports::{Linked, Options, Pair, by_rows, link};
use atalaya_methods::link::records::{Field, Records};

/// Reads the file as the recipe `unodc-ids` does.
fn read(path: &str) -> Records {
    let text = std::fs::read_to_string(path).unwrap();
    let mut records = Records::default();
    for line in logical(&text).skip(1) {
        let cells = split(&line);
        let cell = |at: usize| cells.get(at).map_or("", |c| c.trim());
        let country = |at: usize| match cell(at) {
            "Unknown" | "Other" | "Multiple Countries" | "" => String::new(),
            name => areas().resolve(name, None, None).map_or_else(|_| name.to_string(), |r| r.area.code.to_string()),
        };
        let area = country(2);
        let substance = substances().resolve(cell(6)).map_or("", |s| s.substance.id);
        let unit = units().resolve(cell(8)).map_or("", |u| u.id);
        let known = |at: usize| if cell(at) == "Unknown" { "" } else { cell(at) };
        let fields = [
            (Field::Source, "unodc-ids"),
            (Field::Area, area.as_str()),
            (Field::AreaReported, cell(2)),
            (Field::Admin, cell(3)),
            (Field::Place, cell(4)),
            (Field::Substance, substance),
            (Field::SubstanceReported, cell(6)),
            (Field::Amount, cell(7)),
            (Field::Unit, unit),
            (Field::Hiding, cell(9)),
            (Field::Installation, cell(10)),
            (Field::Transport, known(11)),
            (Field::Producing, &country(12)),
            (Field::Departure, &country(13)),
            (Field::Destination, &country(14)),
            (Field::Routing, cell(15)),
        ];
        let precision = if area == "NZ" { Precision::Month } else { Precision::Day };
        records.push(&fields, Date::parse_iso(cell(5)).map(|d| d.0), precision.code());
    }
    records
}

/// Lines, those within quotes joined.
fn logical(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut lines = text.lines();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_string();
        while line.matches('"').count() % 2 == 1 {
            line.push('\n');
            line.push_str(lines.next()?);
        }
        Some(line)
    })
}

fn split(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ';' if !quoted => cells.push(std::mem::take(&mut cell)),
            letter => cell.push(letter),
        }
    }
    cells.push(cell);
    cells
}

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let begun = std::time::Instant::now();
    let records = read(&path);
    println!("read {} in {:.2} s", records.len(), begun.elapsed().as_secs_f64());
    let begun = std::time::Instant::now();
    let linked = link(&records, &Options { without: std::env::args().nth(3), ..Options::default() }).unwrap();
    println!("linked in {:.2} s", begun.elapsed().as_secs_f64());
    println!("doubles {:?}, {} pairs kept, {} not, {} silent", linked.doubles, linked.pairs.len(), linked.improbable, linked.silent);
    for list in &linked.lists {
        let (area, d) = (records.terms.text(list.area), &list.differences);
        println!(
            "{area} {}..{} {} rows {} pairs {} even {:?} usual {:.3} differ {:?} scripts {} shifts {}",
            Date(list.from),
            Date(list.to),
            d.kind.name(),
            list.rows,
            list.pairs.len(),
            list.even,
            list.usual,
            d.fields.iter().map(|(f, n)| format!("{} {n}", f.name())).collect::<Vec<_>>(),
            d.scripts,
            d.shifts.len()
        );
    }
    let mut areas = linked.by_area.clone();
    areas.sort_by(|a, b| b.1.best.total_cmp(&a.1.best));
    for (area, i) in areas.iter().take(30) {
        print!("{} {:.0} [{:.0}, {:.0}]; ", records.terms.text(*area), i.best, i.low, i.high);
    }
    let proposed = linked.pairs.iter().filter(|p| p.probability() >= 0.5 && p.list.is_none());
    let mut n = std::collections::BTreeMap::<&str, u32>::new();
    proposed.for_each(|p| *n.entry(records.text(p.a as usize, Field::Area)).or_default() += 1);
    println!("\nproposed outside lists {n:?}");
    if let Some(path) = std::env::args().nth(2) {
        score(&linked, &std::fs::read_to_string(path).unwrap());
    }
}

/// Precision, recall and F1 on labelled pairs of high and medium confidence, by stratum.
fn score(linked: &Linked, labels: &str) {
    let at = by_rows(linked);
    let mut counts = std::collections::BTreeMap::<String, [u32; 4]>::new();
    for line in labels.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let row = |k: usize| cells[cells.len() - k].parse::<u32>().unwrap() - 1;
        let (a, b) = (row(2).min(row(1)), row(2).max(row(1)));
        let pair = at.get(&(a, b)).map(|p| &linked.pairs[*p as usize]);
        let p = pair.map_or(0.0, Pair::probability);
        let (said, is) = (p >= 0.5, cells[2] == "match");
        if said != is {
            println!("{} {a} {b} {} {}: {p:.3} {:?}", cells[1], cells[2], cells[3], pair.map(|p| (p.weights, p.pattern)));
        }
        if cells[3] != "low" {
            for key in [cells[1], "all"] {
                counts.entry(key.to_string()).or_default()[usize::from(said) * 2 + usize::from(is)] += 1;
            }
        }
    }
    for (key, [tn, fneg, fp, tp]) in counts {
        let (p, r) = (f64::from(tp) / f64::from(tp + fp), f64::from(tp) / f64::from(tp + fneg));
        println!("{key}: P {p:.3} R {r:.3} F1 {:.3} (tp {tp} fp {fp} fn {fneg} tn {tn})", 2.0 * p * r / (p + r));
    }
}
