//! Questions through the cube: over the records of a real store, and over a made-up world.
//!
//! `cargo bench -p atalaya-store --bench cube -- [--store DIR] [--rows N] [--repeat N] [--dump DIR]`
//!
//! A question is timed whole: its axes are made anew each time, then the groups are summed. Expect
//! cost linear in rows times columns touched, and little dependence on the number of groups until
//! they no longer lie in a plain array (`by-place-substance`). With `--dump`, the rows and every
//! answer are written as CSV, so that another engine can be asked the same (see `bench/cube.sh`).

#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Error, Result, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::record::{NO_DAY, RECORD_WIDTH, Record, Terms, record_field};
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Date, Seed};
use atalaya_store::{Axis, Cube, CubeBuilder, Group, Plan, Store};

fn main() -> Result<()> {
    let asked = Asked::parse()?;
    let mut out = std::io::stdout();
    writeln!(out, "world,question,rows,groups,least_ms,median_ms")?;
    if let Some(folder) = &asked.store {
        let before = memory();
        let start = Instant::now();
        let store = Store::open(folder).map_err(told)?;
        let cube = store.visible(None).and_then(|intakes| store.cube(&intakes)).map_err(told)?;
        writeln!(out, "store,load,{},0,{:.3},{:.3}", cube.len(), ms(start), ms(start))?;
        ask_all("store", &cube, &asked, before, &mut out)?;
    }
    if asked.rows > 0 {
        let before = memory();
        let start = Instant::now();
        let cube = world(asked.rows, Seed(1));
        writeln!(out, "world,build,{},0,{:.3},{:.3}", cube.len(), ms(start), ms(start))?;
        ask_all("world", &cube, &asked, before, &mut out)?;
    }
    Ok(())
}

struct Asked {
    store: Option<PathBuf>,
    rows: u64,
    repeat: usize,
    dump: Option<PathBuf>,
}

impl Asked {
    fn parse() -> Result<Asked> {
        let mut asked = Asked { store: None, rows: 1_000_000, repeat: 51, dump: None };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            if name == "--bench" {
                continue; // cargo says so itself
            }
            let value = arguments.next().ok_or_else(|| told(format!("{name} wants a value")))?;
            match name.as_str() {
                "--store" => asked.store = Some(value.into()),
                "--dump" => asked.dump = Some(value.into()),
                "--rows" => asked.rows = value.parse().map_err(told)?,
                "--repeat" => asked.repeat = value.parse::<usize>().map_err(told)?.max(1),
                _ => return Err(told(format!("{name}: --store, --rows, --repeat or --dump"))),
            }
        }
        Ok(asked)
    }
}

fn told(problem: impl std::fmt::Display) -> Error {
    Error::other(problem.to_string())
}

/// The questions: a name, what is kept, and what it is broken down by.
const QUESTIONS: [(&str, &[Keep], &[&str]); 5] = [
    ("all-by-substance-year-transport", &[], &["substance", "year", "transport"]),
    ("cocaine-by-area-year", &[Keep::Cocaine], &["area", "year"]),
    ("cocaine-peru-2012", &[Keep::Cocaine, Keep::Peru, Keep::Year2012], &["substance"]),
    ("checked-by-area-month", &[Keep::Checked], &["area", "month"]),
    ("by-place-substance", &[], &["place", "substance"]),
];

#[derive(Clone, Copy)]
enum Keep {
    Cocaine,
    Peru,
    Year2012,
    Checked,
}

impl Keep {
    fn field(self) -> &'static str {
        match self {
            Keep::Cocaine => "substance",
            Keep::Peru => "area",
            Keep::Year2012 => "day",
            Keep::Checked => "flags",
        }
    }
}

fn plan(cube: &Cube, keep: &[Keep], by: &[&str]) -> Plan {
    Plan { filters: keep.iter().map(|k| filter(cube, *k)).collect(), axes: by.iter().map(|b| axis(cube, b)).collect() }
}

fn filter(cube: &Cube, keep: Keep) -> Axis {
    let column = column(cube, keep.field());
    let groups = match keep {
        Keep::Cocaine => cube.texts(column).map(|s| substances().is_within(s, "coca-cocaine").then_some(0)).collect(),
        Keep::Peru => cube.texts(column).map(|a| areas().is_within(a, "PE").then_some(0)).collect(),
        Keep::Year2012 => cube.days().map(|d| d.filter(|d| year(*d) == 2012).map(|_| 0)).collect(),
        Keep::Checked => cube.numbers(column).iter().map(|f| (f & 7 == 0).then_some(0)).collect(),
    };
    Axis { column, groups, len: 1 }
}

fn axis(cube: &Cube, by: &str) -> Axis {
    let time: fn(i32) -> i32 = match by {
        "year" => year,
        "month" => month,
        _ => {
            let column = column(cube, by);
            let len = cube.numbers(column).len() as u32;
            return Axis { column, groups: (0..len).map(Some).collect(), len };
        }
    };
    let names = times(cube, time);
    let groups = cube.days().map(|d| names.binary_search(&d.map_or(0, time)).ok().map(|at| at as u32)).collect();
    Axis { column: column(cube, "day"), groups, len: names.len() as u32 }
}

/// The years or months of the records, in order; 0 where not known.
fn times(cube: &Cube, time: fn(i32) -> i32) -> Vec<i32> {
    let mut names: Vec<i32> = cube.days().map(|d| d.map_or(0, time)).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn year(day: i32) -> i32 {
    Date(day).ymd().0
}

fn month(day: i32) -> i32 {
    let (year, month, _) = Date(day).ymd();
    year * 100 + month as i32
}

fn column(cube: &Cube, name: &str) -> usize {
    cube.column(name).unwrap_or(0)
}

fn ask_all(world: &str, cube: &Cube, asked: &Asked, before: u64, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{world},memory-bytes-a-record,{},0,{},0", cube.len(), memory().saturating_sub(before) / cube.len().max(1) as u64)?;
    for (name, keep, by) in QUESTIONS {
        let mut took = Vec::new();
        let mut groups = Vec::new();
        for _ in 0..asked.repeat {
            let start = Instant::now();
            groups = black_box(cube.group(&plan(cube, keep, by)));
            took.push(ms(start));
        }
        took.sort_unstable_by(f64::total_cmp);
        writeln!(out, "{world},{name},{},{},{:.3},{:.3}", cube.len(), groups.len(), took[0], took[took.len() / 2])?;
        if let Some(folder) = &asked.dump {
            dump_answer(cube, by, &groups, &folder.join(format!("{world}-{name}.csv")))?;
        }
    }
    if let Some(folder) = &asked.dump {
        dump_rows(cube, &folder.join(format!("{world}.csv")))?;
    }
    Ok(())
}

/// Each group under the terms or times it stands for, with its sums in billionths of a kilogram.
fn dump_answer(cube: &Cube, by: &[&str], groups: &[Group], path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for group in groups {
        for (dim, key) in by.iter().zip(&group.key) {
            let name = match *dim {
                "year" => times(cube, year)[*key as usize] as u32,
                "month" => times(cube, month)[*key as usize] as u32,
                other => cube.numbers(column(cube, other))[*key as usize],
            };
            write!(file, "{name},")?;
        }
        writeln!(file, "{},{},{}", group.records, group.kg.0, group.without_kg)?;
    }
    file.flush()
}

fn dump_rows(cube: &Cube, path: &Path) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "area,substance,place,transport,flags,year,month,cocaine,peru,kg")?;
    let [area, substance, place, transport, flags, day] =
        ["area", "substance", "place", "transport", "flags", "day"].map(|name| column(cube, name));
    let within = |column: usize, ok: &dyn Fn(&str) -> bool| -> std::collections::BTreeSet<u32> {
        cube.numbers(column).iter().zip(cube.texts(column)).filter(|(_, t)| ok(t)).map(|(n, _)| *n).collect()
    };
    let cocaine = within(substance, &|s| substances().is_within(s, "coca-cocaine"));
    let peru = within(area, &|a| areas().is_within(a, "PE"));
    for row in 0..cube.len() {
        let of = |column: usize| cube.number(row, column);
        let date = of(day) as i32;
        let (year, month) = if date == NO_DAY { (0, 0) } else { (year(date), month(date)) };
        let kg = cube.kg(row).map(|kg| kg.0.to_string()).unwrap_or_default();
        let (is_cocaine, is_peru) = (u8::from(cocaine.contains(&of(substance))), u8::from(peru.contains(&of(area))));
        let [a, s, p, t, f] = [area, substance, place, transport, flags].map(of);
        writeln!(file, "{a},{s},{p},{t},{f},{year},{month},{is_cocaine},{is_peru},{kg}")?;
    }
    file.flush()
}

/// A made-up world with the spread of the real file: 102 reporters, 140 substances, 2,192 days,
/// 15,000 places and 27,000 distinct amounts, a few of each making up most rows.
fn world(rows: u64, seed: Seed) -> Cube {
    let mut builder = CubeBuilder::new(Terms::default());
    let terms = builder.terms();
    let countries: Vec<u32> = areas().iter().filter(|a| a.level == Level::Country).map(|a| terms.code(a.code)).collect();
    let countries = [&[terms.code("PE"), terms.code("ES"), terms.code("CO")], &countries[..]].concat();
    let drugs: Vec<u32> = ["cannabis-herb", "cannabis-resin", "cocaine", "heroin", "cocaine-hcl", "cocaine-base"]
        .into_iter()
        .chain(substances().iter().map(|s| s.id))
        .take(140)
        .map(|s| terms.code(s))
        .collect();
    let coded =
        |terms: &mut Terms, n: u32, name: &str| -> Vec<u32> { (0..n).map(|i| terms.code(&format!("{name} {i} (simulated)"))).collect() };
    let (places, transports) = (coded(terms, 15_000, "place"), coded(terms, 16, "transport"));
    let amounts: Vec<u32> = (0..27_000u32).map(|n| terms.code(&format!("{}.{:03}", n / 40 + 1, (n * 37) % 1000))).collect();
    let units: Vec<u32> = ["g", "kg", "tablet", "g"].iter().map(|u| terms.code(u)).collect();
    let source = terms.code("simulated");
    let first = Date::new(2011, 1, 1).map_or(0, |d| d.0);
    for row in 0..rows {
        let chance = &mut seed.stream(row);
        // The square of a uniform number: the first tenth of a list has a third of the rows.
        let mut some = |list: &[u32]| {
            let at = chance.unit();
            list[(at * at * list.len() as f64) as usize]
        };
        let mut codes = [0; RECORD_WIDTH];
        codes[record_field("area")] = some(&countries[..105]);
        codes[record_field("substance")] = some(&drugs);
        codes[record_field("place")] = some(&places);
        codes[record_field("transport")] = some(&transports);
        codes[record_field("amount")] = some(&amounts);
        codes[record_field("unit")] = some(&units);
        let day = first + chance.below(2_192) as i32;
        let flags = if chance.below(1_000) == 0 { 1 << chance.below(3) } else { 0 };
        let record = Record { file: 0, ordinal: row as u32 + 1, cell: 0, day, precision: 0, flags, codes };
        builder.push(&record, source, 1);
    }
    builder.finish()
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// Memory this process holds, in bytes; 0 where the system does not tell.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) * 1024
}
