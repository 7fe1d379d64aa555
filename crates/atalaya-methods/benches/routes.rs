//! Cost and calibration of joint draws, on planted worlds: what `bench/routes.sh` runs.
//!
//! `routes cost` prints `places,years,draws,edges,seconds`; `routes coverage` prints the share of true
//! flows that lie within their 90 % intervals; `routes measures EDGES.csv` prints the measures of the
//! network in a file that `atalaya routes network -o` wrote, and the milliseconds they took.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "it prints what it measures, and measures time")]

use std::collections::BTreeMap;
use std::time::Instant;

use atalaya_kernel::Seed;
use atalaya_methods::routes::joint::{Options, joint};
use atalaya_methods::routes::measures::betweenness::betweenness;
use atalaya_methods::routes::measures::communities::{communities, modularity};
use atalaya_methods::routes::measures::components::{groups_of, largest, weak_groups_of};
use atalaya_methods::routes::measures::degree::{density, reciprocity};
use atalaya_methods::routes::validate::Coverage;
use atalaya_methods::routes::worlds::{Settings, plant};

type Failure = Box<dyn std::error::Error>;

fn cost(places: usize, draws: usize) -> Result<(), Failure> {
    let world = plant(Settings { places, years: 6, records: 2_300.0, ..Settings::default() }, Seed(1))?;
    let start = Instant::now();
    let drawn = joint(&world.model(), &Options { draws, ..Options::default() }, Seed(1))?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{places},6,{draws},{},{seconds:.2}", drawn.edges.len());
    Ok(())
}

fn coverage(bias: f64, worlds: u64) -> Result<(), Failure> {
    let (mut all, mut large) = (Coverage::default(), Coverage::default());
    for seed in 1..=worlds {
        let world = plant(Settings { bias, ..Settings::default() }, Seed(seed))?;
        let drawn = joint(&world.model(), &Options { draws: 400, ..Options::default() }, Seed(seed))?;
        all.add(&world.truth, &drawn, 0.01);
        large.add(&world.truth, &drawn, 0.1);
    }
    println!("{bias},{worlds},{},{:.3},{:.3},{:.3}", all.flows, all.share(), all.share_seen(), large.share());
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
    println!("value,nodes,{n}\nvalue,edges,{}\nvalue,strong,{strong}\nvalue,weak,{weak}", edges.len());
    println!("value,density,{}\nvalue,reciprocity,{}", density(n, edges.len()), reciprocity(&edges));
    println!("value,modularity,{}", modularity(&edges, &groups));
    place.iter().for_each(|(code, at)| println!("betweenness,{code},{}", between.places[*at]));
    Ok(())
}

fn main() -> Result<(), Failure> {
    if let (Some("measures"), Some(path)) = (std::env::args().nth(1).as_deref(), std::env::args().nth(2)) {
        return measures(&path);
    }
    if std::env::args().nth(1).as_deref() == Some("coverage") {
        println!("bias,worlds,flows,of_1_percent,of_1_percent_seen,of_10_percent");
        return [0.0, 0.5, 1.0].into_iter().try_for_each(|bias| coverage(bias, 40));
    }
    println!("places,years,draws,edges,seconds");
    let size: Vec<usize> = std::env::args().skip(2).filter_map(|a| a.parse().ok()).collect();
    if let [places, draws] = size[..] {
        return cost(places, draws);
    }
    for (places, draws) in [(50, 1_000), (100, 1_000), (150, 250), (150, 500), (150, 1_000), (250, 1_000)] {
        cost(places, draws)?;
    }
    Ok(())
}
