//! Cost and calibration of joint draws, on planted worlds: what `bench/routes.sh` runs.
//!
//! `routes cost` prints `places,years,draws,edges,seconds,digest`, the last one of all draws: it must not
//! change with the threads. `routes coverage WORLDS SEED` prints the share of true flows that lie within
//! their 90 % intervals; `routes measures EDGES.csv` prints the measures of the
//! network in a file that `atalaya routes network -o` wrote, and the milliseconds they took.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "it prints what it measures, and measures time")]

use std::collections::BTreeMap;
use std::time::Instant;

use atalaya_kernel::Seed;
use atalaya_methods::routes::joint::{Options, joint};
use atalaya_methods::routes::measures::betweenness::betweenness;
use atalaya_methods::routes::measures::communities::{communities, modularity};
use atalaya_methods::routes::measures::components::{groups_of, largest, weak_groups_of};
use atalaya_methods::routes::measures::degree::{degrees, density, reciprocity};
use atalaya_methods::routes::validate::on_worlds;
use atalaya_methods::routes::worlds::{Settings, plant};

type Failure = Box<dyn std::error::Error>;

fn cost(places: usize, draws: usize) -> Result<(), Failure> {
    let world = plant(Settings { places, years: 6, records: 2_300.0, ..Settings::default() }, Seed(1))?;
    let start = Instant::now();
    let drawn = joint(&world.model(), &Options { draws, ..Options::default() }, Seed(1))?;
    let seconds = start.elapsed().as_secs_f64();
    // FNV-1a over the bits of every flow.
    let mut digest = 0xcbf2_9ce4_8422_2325u64;
    for draw in 0..draws {
        for (edge, year) in (0..drawn.edges.len()).flat_map(|e| (0..6).map(move |y| (e, y))) {
            digest = (digest ^ drawn.flow(draw, edge, Some(year)).to_bits()).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("{places},6,{draws},{},{seconds:.2},{digest:016x}", drawn.edges.len());
    Ok(())
}

fn coverage(worlds: u64, seed: u64) -> Result<(), Failure> {
    println!("world,worlds,flows,all,all_seen,of_1_percent,of_1_percent_seen");
    let usual = Settings::default();
    let kinds = [
        ("no bias", Settings { bias: 0.0, ..usual }),
        ("bias 0.5", Settings { bias: 0.5, ..usual }),
        ("bias 1", usual),
        ("bias 1; masses scatter", Settings { scatter: 7.0, apart: 1.0, ..usual }),
        ("bias 1; 60 places", Settings { places: 60, records: 1_200.0, ..usual }),
    ];
    for (name, settings) in kinds {
        let worlds = if settings.places > 20 { worlds.div_ceil(4) } else { worlds };
        let [all, large] = on_worlds(settings, worlds, 200, seed)?;
        let shares = [all.share(), all.share_seen(), large.share(), large.share_seen()].map(|s| format!("{s:.3}")).join(",");
        println!("{name},{worlds},{},{shares}", all.flows);
    }
    Ok(())
}

fn measures(path: &str) -> Result<(), Failure> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().ok_or("an empty file")?.split(',').collect();
    let column = |name: &str| head.iter().position(|h| *h == name).ok_or(format!("no column {name}"));
    let (from, to, kg) = (column("from")?, column("to")?, column("kg")?);
    let rows: Vec<Vec<&str>> = lines.map(|l| l.split(',').collect()).collect();
    let mut place: BTreeMap<&str, usize> = rows.iter().flat_map(|r| [(r[from], 0), (r[to], 0)]).collect();
    place.values_mut().enumerate().for_each(|(at, p)| *p = at);
    let edges: Vec<(usize, usize, f64)> =
        rows.iter().map(|r| Ok((place[r[from]], place[r[to]], r[kg].parse()?))).collect::<Result<_, std::num::ParseFloatError>>()?;
    let arcs: Vec<(usize, usize)> = edges.iter().map(|e| (e.0, e.1)).collect();
    let n = place.len();
    let took = |name: &str, start: Instant| println!("ms,{name},{:.3}", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    let between = betweenness(n, &arcs);
    took("betweenness", start);
    let start = Instant::now();
    let groups = communities(n, &edges);
    took("communities", start);
    let start = Instant::now();
    let (strong, weak) = (largest(&groups_of(n, &arcs)), largest(&weak_groups_of(n, &arcs)));
    took("components", start);
    let start = Instant::now();
    let degrees = degrees(n, &edges);
    took("degree", start);
    println!("value,nodes,{n}\nvalue,edges,{}\nvalue,strong,{strong}\nvalue,weak,{weak}", edges.len());
    println!("value,density,{}\nvalue,reciprocity,{}", density(n, edges.len()), reciprocity(&edges));
    println!("value,modularity,{}", modularity(&edges, &groups));
    place.iter().for_each(|(code, at)| println!("betweenness,{code},{}", between.places[*at]));
    let of = |at: &usize| (degrees[*at].into, degrees[*at].out, degrees[*at].strength_in, degrees[*at].strength_out);
    place.iter().map(|(code, at)| (code, of(at))).for_each(|(code, (a, b, c, d))| println!("degree,{code},{a},{b},{c},{d}"));
    Ok(())
}

fn main() -> Result<(), Failure> {
    if let (Some("measures"), Some(path)) = (std::env::args().nth(1).as_deref(), std::env::args().nth(2)) {
        return measures(&path);
    }
    if std::env::args().nth(1).as_deref() == Some("coverage") {
        let number = |at: usize, usual: u64| std::env::args().nth(at).and_then(|a| a.parse().ok()).unwrap_or(usual);
        return coverage(number(2, 40), number(3, 5_000));
    }
    println!("places,years,draws,edges,seconds,digest");
    let size: Vec<usize> = std::env::args().skip(2).filter_map(|a| a.parse().ok()).collect();
    if let [places, draws] = size[..] {
        return cost(places, draws);
    }
    for (places, draws) in [(50, 1_000), (100, 1_000), (150, 250), (150, 500), (150, 1_000), (250, 1_000)] {
        cost(places, draws)?;
    }
    Ok(())
}
