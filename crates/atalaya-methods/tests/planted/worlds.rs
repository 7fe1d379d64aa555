//! Draws and panels that the worlds share.

use atalaya_kernel::Seed;
use atalaya_methods::evaluate::power::Trial;
use atalaya_methods::num::chance::normal;

/// Standard normals of a world.
pub fn normals(seed: u64, count: usize) -> Vec<f64> {
    let mut stream = Seed(seed).stream(0x0A7A);
    (0..count).map(|_| normal(&mut stream)).collect()
}

/// A series in which neighbours resemble each other, with variance 1 throughout.
pub fn persistent(noise: &[f64], rho: f64) -> Vec<f64> {
    let fresh = (1.0 - rho * rho).sqrt();
    let mut out: Vec<f64> = Vec::with_capacity(noise.len());
    for (t, e) in noise.iter().enumerate() {
        out.push(if t == 0 { *e } else { rho * out[t - 1] + fresh * e });
    }
    out
}

/// A panel of unit levels, period shocks and persistent noise, with an effect at each age of each start.
pub struct Panel {
    pub units: usize,
    pub periods: usize,
    pub rho: f64,
    pub starts: Vec<Option<usize>>,
    /// The share of cells not observed.
    pub missing: f64,
}

impl Panel {
    /// The panel, and the mean effect over its treated cells that are seen.
    pub fn draw(&self, seed: u64, effect: impl Fn(usize, usize) -> f64) -> (Trial, f64) {
        let (n, t) = (self.units, self.periods);
        let draws = normals(seed, n + t + n * t);
        let mut stream = Seed(seed).stream(0x0B0B);
        let (mut outcome, mut sum, mut count) = (Vec::with_capacity(n * t), 0.0, 0.0);
        for i in 0..n {
            let noise = persistent(&draws[n + t + i * t..n + t + (i + 1) * t], self.rho);
            for (s, e) in noise.iter().enumerate() {
                let seen = self.missing == 0.0 || stream.unit() >= self.missing;
                let gain = self.starts[i].filter(|g| s >= *g).map(|g| effect(g, s - g));
                if let (Some(gain), true) = (gain, seen) {
                    sum += gain;
                    count += 1.0;
                }
                let y = 2.0 * draws[i] + 0.5 * draws[n + s] + e + gain.unwrap_or(0.0);
                outcome.push(if seen { y } else { f64::NAN });
            }
        }
        (Trial { outcome, units: n, periods: t, starts: self.starts.clone() }, sum / count)
    }
}

/// The first so many units treated from one period on.
pub fn block(units: usize, treated: usize, start: usize) -> Vec<Option<usize>> {
    (0..units).map(|i| (i < treated).then_some(start)).collect()
}
