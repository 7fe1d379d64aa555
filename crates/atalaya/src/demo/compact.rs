//! The demo's compact: made up and marked so, with one registered design on a made-up panel, looked at
//! three times as its years arrive.

use std::fs;
use std::path::Path;

use atalaya_kernel::{Problem, Seed};
use atalaya_methods::num::chance::normal;

use crate::Observatory;
use crate::evaluate::register;
use crate::observatory::Caller;
use crate::verbs::{Assess, Verb};

/// The design's id.
const DESIGN: &str = "demo-valleys";
/// The compact's id.
const COMPACT: &str = "demo-pe-us";
/// Valleys, and the first so many of them funded.
const VALLEYS: usize = 24;
const FUNDED: usize = 6;
/// First year, the year funds begin, and the years up to which the panel is seen.
const FIRST: i64 = 2010;
const START: i64 = 2020;
const SEEN: [i64; 3] = [2021, 2023, 2025];
/// The fall in funded valleys, hectares.
const FALL: f64 = 130.0;

/// Writes the compact and its design, registers it, and assesses both as the panel grows.
pub(super) fn make(observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<(), Problem> {
    let designs = observatory.root().join("designs").join(DESIGN);
    let compacts = observatory.root().join("compacts").join(COMPACT);
    write(&designs, "design.toml", include_str!("design.toml"))?;
    write(&compacts, "compact.toml", include_str!("compact.toml"))?;
    // Registered while nothing after the start is held.
    write(&designs, "valleys.csv", &panel(START - 1))?;
    register(observatory, DESIGN, "simulated, for the demonstration", caller)?;
    for year in SEEN {
        write(&designs, "valleys.csv", &panel(year))?;
        Assess::default().run(observatory, caller)?;
    }
    Ok(())
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Problem> {
    let path = folder.join(name);
    fs::create_dir_all(folder).and_then(|()| fs::write(&path, text)).map_err(|e| Problem::io(path.display().to_string(), &e))
}

/// The panel up to a year: each valley its own level, common years, errors that fade by half.
fn panel(last: i64) -> String {
    let mut common = Seed(2026).stream(0);
    let years: Vec<f64> = (FIRST..=*SEEN.last().unwrap_or(&FIRST)).map(|_| 40.0 * normal(&mut common)).collect();
    let mut text = String::from("valley,year,hectares\n");
    for valley in 0..VALLEYS {
        let mut stream = Seed(2026).stream(valley as u64 + 1);
        let level = 600.0 + 300.0 * stream.unit();
        let mut error = 0.0;
        for (year, shock) in (FIRST..=last).zip(&years) {
            error = 0.5 * error + 50.0 * normal(&mut stream);
            let fall = if valley < FUNDED && year >= START { FALL } else { 0.0 };
            text += &format!("valley-{:02},{year},{:.0}\n", valley + 1, (level + shock + error - fall).max(1.0));
        }
    }
    text
}
