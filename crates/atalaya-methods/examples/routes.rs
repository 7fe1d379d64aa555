//! Cost and calibration of joint draws, on planted worlds: what `bench/routes.sh` runs.
//!
//! `routes cost` prints `places,years,draws,edges,seconds`; `routes coverage` prints the share of true flows that
//! lie within their 90 % intervals.

#![allow(clippy::print_stdout, reason = "it prints what it measures")]

use std::time::Instant;

use atalaya_kernel::Seed;
use atalaya_methods::routes::joint::{Options, joint};
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

fn main() -> Result<(), Failure> {
    if std::env::args().nth(1).as_deref() == Some("coverage") {
        println!("bias,worlds,flows,of_1_percent,of_1_percent_seen,of_10_percent");
        return [0.0, 0.5, 1.0].into_iter().try_for_each(|bias| coverage(bias, 40));
    }
    println!("places,years,draws,edges,seconds");
    for (places, draws) in [(50, 1_000), (100, 1_000), (150, 250), (150, 500), (150, 1_000), (250, 1_000)] {
        cost(places, draws)?;
    }
    Ok(())
}
