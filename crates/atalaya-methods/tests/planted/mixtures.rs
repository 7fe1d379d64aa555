//! Worlds of few common factors: synthetic control and what is akin to it.

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::augmented_control::{self, augmented_control};
use atalaya_methods::evaluate::block::Block;
use atalaya_methods::evaluate::conformal::{Proxy, debiased, moving_blocks};
use atalaya_methods::evaluate::grid::Grid;
use atalaya_methods::evaluate::interactive_effects::{self, Structure, interactive_effects};
use atalaya_methods::evaluate::power::{Estimator, Trial};
use atalaya_methods::evaluate::synthetic_did::{self, Draws, bootstrap, jackknife, placebos, synthetic_did};

use crate::worlds::{block, normals, persistent};
use crate::{Answers, Kind, Said};

const UNITS: usize = 40;
const PERIODS: usize = 36;
const START: usize = 30;

/// Two persistent factors; loadings of the treated are as those of the others. The effect is 1.
fn draw(seed: u64, treated: usize) -> Trial {
    let draws = normals(seed ^ 0x00F0_0000, 2 * PERIODS + 3 * UNITS + UNITS * PERIODS);
    let factors: Vec<Vec<f64>> = (0..2).map(|k| persistent(&draws[k * PERIODS..(k + 1) * PERIODS], 0.7)).collect();
    let own = &draws[2 * PERIODS..];
    let noise = &own[3 * UNITS..];
    let cell = |c: usize| {
        let (i, t) = (c / PERIODS, c % PERIODS);
        let load = |k: usize| 0.5 + 0.6 * own[3 * i + k];
        let effect = if i < treated && t >= START { 1.0 } else { 0.0 };
        0.5 * own[3 * i + 2] + load(0) * factors[0][t] + load(1) * factors[1][t] + 0.5 * noise[c] + effect
    };
    Trial { outcome: (0..UNITS * PERIODS).map(cell).collect(), units: UNITS, periods: PERIODS, starts: block(UNITS, treated, START) }
}

fn about(estimate: f64, se: f64) -> Said {
    Said::interval(estimate, se, [estimate - 1.96 * se, estimate + 1.96 * se], 1.0)
}

fn read(trial: &Trial, estimator: Estimator<'_>) -> Option<Said> {
    let made = estimator.read(trial, 0.05, Seed(9)).ok()?;
    Some(Said::interval(made.estimate, f64::NAN, [-made.silent[1], -made.silent[0]], 1.0))
}

/// Synthetic difference in differences with each of its errors.
fn sdid(block: &Block, answers: &mut Answers) -> Option<()> {
    let options = synthetic_did::Options::default();
    let fit = synthetic_did(block, &options).ok()?;
    let drawn = placebos(block, &options, &Draws { draws: 199, seed: Seed(9), ..Draws::default() }).ok()?;
    answers.push(("sdid, placebo error", Some(about(fit.estimate, drawn.se))));
    // The placebos' own quantile instead of the normal one.
    let mut sizes: Vec<f64> = drawn.estimates.iter().map(|e| e.1.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let at = ((0.95 * (sizes.len() + 1) as f64).ceil() as usize).min(sizes.len()) - 1;
    answers.push((
        "sdid, placebo rank",
        Some(Said::interval(fit.estimate, f64::NAN, [fit.estimate - sizes[at], fit.estimate + sizes[at]], 1.0)),
    ));
    answers.push(("sdid, jackknife", jackknife(block, &fit).map(|j| about(fit.estimate, j.se))));
    if block.treated().len() >= 10 {
        let boot = bootstrap(block, &options, 100, Seed(9)).ok().map(|b| about(fit.estimate, b.1));
        answers.push(("sdid, bootstrap", boot));
    }
    Some(())
}

fn synthetic(name: &'static str, treated: usize, worlds: u64) -> Kind {
    let answers = move |seed| {
        let trial = draw(seed, treated);
        let panel = trial.block().unwrap();
        let mut out: Answers = vec![
            ("sc, placebos in space", read(&trial, Estimator::SyntheticControl)),
            ("sc, debiased t over time", debiased(&panel, 3, Proxy::Control).ok().map(|d| Said::interval(d.att, d.se, d.interval, 1.0))),
        ];
        let conformal = moving_blocks(&panel, &[1.0; PERIODS - START], Proxy::Control).ok();
        let augmented = augmented_control(&panel, &augmented_control::Options::default()).ok();
        let held = conformal.map(|c| c.p_value > 0.05);
        out.push(("ascm, conformal of sc", augmented.zip(held).map(|(a, held)| Said { off: a.mixture.att - 1.0, se: f64::NAN, held })));
        sdid(&panel, &mut out);
        out
    };
    Kind { name, worlds, answers: Box::new(answers) }
}

/// Interactive effects and matrix completion, with units drawn again.
fn factors(name: &'static str, treated: usize, missing: f64, worlds: u64) -> Kind {
    let answers = move |seed| {
        let trial = draw(seed, treated);
        let mut stream = Seed(seed).stream(77);
        let hole = |y: &f64| if missing > 0.0 && stream.unit() < missing { f64::NAN } else { *y };
        let outcome: Vec<f64> = trial.outcome.iter().map(hole).collect();
        let on = (0..UNITS * PERIODS).map(|c| c / PERIODS < treated && c % PERIODS >= START).collect();
        let grid = Grid { units: UNITS, periods: PERIODS, outcome, treated: on, covariates: vec![] };
        let said = |structure: Structure| {
            let options = interactive_effects::Options::new(structure);
            let made = interactive_effects(&grid, &options).ok()?;
            let se = interactive_effects::bootstrap(&grid, &options, 50, Seed(3)).ok()?.1;
            Some(about(made.effects.att, se))
        };
        vec![("ife, 2 factors", said(Structure::Factors(2)))]
    };
    Kind { name, worlds, answers: Box::new(answers) }
}

pub fn kinds() -> Vec<Kind> {
    vec![
        synthetic("1 of 40 treated, two factors", 1, 2_000),
        synthetic("3 of 40 treated, two factors", 3, 1_000),
        synthetic("10 of 40 treated, two factors", 10, 500),
    ]
}

/// Kinds whose errors come from refitting: fewer worlds.
pub fn drawn_again() -> Vec<Kind> {
    vec![
        factors("10 of 40 treated, two factors, interactive effects", 10, 0.0, 200),
        factors("10 of 40 treated, two factors, 10 % of cells missing", 10, 0.1, 200),
        factors("3 of 40 treated, two factors, interactive effects", 3, 0.0, 200),
    ]
}
