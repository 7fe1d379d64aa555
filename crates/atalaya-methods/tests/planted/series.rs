//! Worlds of one series, of a line that decides, and of several studies.

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::discontinuity::{self, discontinuity};
use atalaya_methods::evaluate::interrupted_series::{self, interrupted_series};
use atalaya_methods::evaluate::meta_analysis::{self, Studies, meta_analysis};
use atalaya_methods::evaluate::structural_series::{self, structural_series};

use crate::worlds::{normals, persistent};
use crate::{Kind, Said};

/// A line with a level that jumps by 2, and noise of which neighbours resemble each other.
fn interrupted(name: &'static str, periods: usize, rho: f64) -> Kind {
    let answers = move |seed| {
        let start = 2 * periods / 3;
        let noise = persistent(&normals(seed ^ 0x0175_0000, periods), rho);
        let y: Vec<f64> = noise.iter().enumerate().map(|(t, e)| 0.05 * t as f64 + e + if t >= start { 2.0 } else { 0.0 }).collect();
        let made = interrupted_series(&y, start, &interrupted_series::Options::default()).ok();
        let said = |c: interrupted_series::Change| Said::interval(c.estimate, c.se, c.interval, 2.0);
        vec![("its, level", made.as_ref().map(|m| said(m.level))), ("its, mean since", made.as_ref().map(|m| said(m.mean)))]
    };
    Kind { name, worlds: 4_000, answers: Box::new(answers) }
}

/// A level that drifts a little and follows one series of three.
fn structural(name: &'static str, drift: f64, worlds: u64) -> Kind {
    let answers = move |seed| {
        let (n, start) = (80, 60);
        let draws = normals(seed ^ 0xB575_0000, 5 * n);
        let x: Vec<Vec<f64>> = (0..3).map(|k| persistent(&draws[k * n..(k + 1) * n], 0.8)).collect();
        let mut level = 0.0;
        let mut y = Vec::with_capacity(n);
        for t in 0..n {
            level += drift * draws[3 * n + t];
            y.push(level + x[0][t] + 0.4 * draws[4 * n + t] + if t >= start { 1.0 } else { 0.0 });
        }
        let options = structural_series::Options { draws: 500, burn_in: 100, seed: Seed(seed), ..Default::default() };
        let made = structural_series(&y, &x, start, &options).ok();
        vec![("bsts, mean effect", made.map(|m| Said::interval(m.average.mean, f64::NAN, m.average.interval, 1.0)))]
    };
    Kind { name, worlds, answers: Box::new(answers) }
}

/// A curve with a jump of 1 at 0 (the shape of Calonico, Cattaneo and Titiunik 2014, simpler).
fn jump() -> Kind {
    let answers = |seed| {
        let n = 1_000;
        let draws = normals(seed ^ 0x0D0D_0000, n);
        let mut stream = Seed(seed).stream(3);
        let x: Vec<f64> = (0..n).map(|_| 2.0 * stream.unit() - 1.0).collect();
        let curve = |x: f64| 0.8 * x - 1.5 * x * x + 2.0 * x.powi(3) + if x >= 0.0 { 1.0 + 1.2 * x } else { 0.0 };
        let y: Vec<f64> = x.iter().zip(&draws).map(|(x, e)| curve(*x) + 0.4 * e).collect();
        let made = discontinuity(&x, &y, &discontinuity::Options::default()).ok();
        let plain = |m: &discontinuity::Discontinuity| {
            let [a, s] = [m.conventional, m.conventional_se];
            Said::interval(a, s, [a - 1.96 * s, a + 1.96 * s], 1.0)
        };
        vec![
            ("rd, bias-corrected", made.as_ref().map(|m| Said::interval(m.estimate, m.se, m.interval, 1.0))),
            ("rd, conventional", made.as_ref().map(plain)),
        ]
    };
    Kind { name: "regression discontinuity, 1,000 units", worlds: 2_000, answers: Box::new(answers) }
}

/// Studies of unlike size about a mean of 0.5.
fn studies(name: &'static str, count: usize) -> Kind {
    let answers = move |seed| {
        let draws = normals(seed ^ 0x3E7A_0000, 2 * count);
        let v: Vec<f64> = (0..count).map(|k| 0.02 + 0.03 * (k % 5) as f64).collect();
        let y: Vec<f64> = (0..count).map(|k| 0.5 + 0.3 * draws[k] + v[k].sqrt() * draws[count + k]).collect();
        let said = |knapp_hartung: bool| {
            let options = meta_analysis::Options { knapp_hartung, ..Default::default() };
            let made = meta_analysis(&Studies { y: &y, v: &v, x: None }, &options).ok()?.coefficients[0];
            Some(Said::interval(made.estimate, made.se, made.interval, 0.5))
        };
        vec![("REML, Knapp-Hartung", said(true)), ("REML, normal", said(false))]
    };
    Kind { name, worlds: 10_000, answers: Box::new(answers) }
}

pub fn kinds() -> Vec<Kind> {
    vec![
        interrupted("interrupted series of 60, independent noise", 60, 0.0),
        interrupted("interrupted series of 60, persistence 0.4", 60, 0.4),
        interrupted("interrupted series of 240, persistence 0.4", 240, 0.4),
        structural("structural series of 80, still level", 0.0, 1_000),
        structural("structural series of 80, drifting level", 0.05, 1_000),
        jump(),
        studies("5 studies", 5),
        studies("20 studies", 20),
    ]
}
