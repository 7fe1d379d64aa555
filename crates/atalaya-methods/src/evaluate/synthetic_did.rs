//! Synthetic difference in differences: donors weighted to run parallel, periods weighted to be like those after.
//!
//! # Answers
//! How far did the treated move away from a mixture of donors that had run parallel to them, compared with
//! those earlier periods that are most like the later ones?
//!
//! # Source
//! Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111(12), 4088-4118:
//! algorithm 1 for the estimate, 2 bootstrap, 3 jackknife, 4 placebo.
//!
//! # Assumes
//! - Donors are untouched by the programme: no spill-over; nobody reacts before the start.
//! - What differs between treated and donors is a constant plus few factors that the weights balance.
//! - For the placebo error: the treated vary as the donors do.
//!
//! # Shapes and units
//! A [`Block`]: one start for all treated. One unit of measure throughout.
//!
//! # Cost
//! Two quadratic programmes, one over donors and one over periods before. A placebo pays for two more; the
//! products of donors are shared, and those of periods are those of all less one unit's.
//!
//! # Does not
//! Handle staggered starts: estimate each cohort by itself and average.
//!
//! # Checked by
//! Proposition 99 against an interior-point solver and four other programs; two-way differences with equal
//! weights; unit and period shifts cancel; a world of two factors; each refusal.

use super::block::{Block, BlockError};
use super::donors::mean;
use super::simplex::{Kkt, Quadratic, Workspace, gram, solve};
use crate::card::Card;
use crate::num::{axpy, dot};

mod errors;
mod frank_wolfe;

pub use errors::{Draws, Jackknife, Penalty, Placebos, bootstrap, jackknife, placebos};

/// What the method is.
pub const CARD: Card = Card {
    id: "synthetic_did",
    verb: "evaluate",
    name: ["Synthetic difference in differences", "Diferencia en diferencias sintética"],
    answers: [
        "How far did the treated move away from donors that had run parallel to them?",
        "¿Cuánto se apartaron los tratados de las unidades que antes se movían en paralelo a ellos?",
    ],
    source: "Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), AER 111(12), 4088-4118",
};

/// Which weights are sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Donors and periods, each with a constant.
    #[default]
    Synthetic,
    /// Donors alone, without a constant: synthetic control.
    Control,
    /// None: all donors and all periods count alike.
    Differences,
}

/// How the weights are sought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Solver {
    /// The optimum, with its proof.
    #[default]
    Exact,
    /// Frank-Wolfe steps until they gain little, weights below a quarter of the largest cut off after 100 steps:
    /// what R's `synthdid` does. Kept to reproduce published numbers; it stops before the optimum.
    FrankWolfe,
}

/// What may be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Options {
    /// Which weights.
    pub kind: Kind,
    /// How they are sought.
    pub solver: Solver,
    /// The penalty on donor weights; the paper's where absent.
    pub zeta_omega: Option<f64>,
    /// The penalty on period weights; the paper's where absent.
    pub zeta_lambda: Option<f64>,
}

/// An estimate with its weights.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticDid {
    /// The effect: the mean over the treated and all periods since the start.
    pub estimate: f64,
    /// Donors as positions in the panel.
    pub donors: Vec<usize>,
    /// Their weights.
    pub omega: Vec<f64>,
    /// The weights of the periods before the start.
    pub lambda: Vec<f64>,
    /// The penalty on donor weights.
    pub zeta_omega: f64,
    /// The penalty on period weights.
    pub zeta_lambda: f64,
    /// The proof of the donor weights, where they are an optimum.
    pub omega_kkt: Option<Kkt>,
    /// The proof of the period weights, where they are an optimum.
    pub lambda_kkt: Option<Kkt>,
    /// The effect in each period since the start.
    pub by_period: Vec<f64>,
}

/// The estimate.
///
/// # Errors
/// [`BlockError::NotSolved`].
pub fn synthetic_did(block: &Block, options: &Options) -> Result<SyntheticDid, BlockError> {
    let core = Core::new(block, options);
    let share = 1.0 / block.treated().len() as f64;
    let mut series = vec![0.0; block.start()];
    block.treated().iter().for_each(|&i| axpy(share, &core.centred(block, i), &mut series));
    let n = core.donors.len();
    let linear: Vec<f64> = (0..n).map(|j| dot(core.past(j), &series)).collect();
    let own = dot(&series, &series);
    let mut fit = Fit::new(&core);
    core.fit(&Target { linear: &linear, own, left_out: &[], noise: core.noise }, &mut fit)?;
    let gaps = core.gaps(&block.treated_mean(), &fit);
    Ok(SyntheticDid {
        estimate: mean(&gaps),
        by_period: gaps,
        omega: fit.omega,
        lambda: fit.lambda,
        zeta_omega: core.zeta_omega(core.noise),
        zeta_lambda: core.zeta_lambda(core.noise),
        omega_kkt: fit.omega_kkt,
        lambda_kkt: fit.lambda_kkt,
        donors: core.donors,
    })
}

/// First differences of a donor before the start: their number, sum and sum of squares.
fn moves(past: &[f64]) -> [f64; 3] {
    past.windows(2).map(|w| w[1] - w[0]).fold([0.0; 3], |[n, sum, squares], m| [n + 1.0, sum + m, squares + m * m])
}

/// The standard deviation of what these summarise: the paper's noise level.
fn noise_level(moves: impl Iterator<Item = [f64; 3]>) -> f64 {
    let [n, sum, squares] = moves.fold([0.0; 3], |a, b| [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
    ((squares - sum * sum / n).max(0.0) / (n - 1.0).max(1.0)).sqrt()
}

/// What all estimates of one panel share.
struct Core<'a> {
    block: &'a Block,
    options: Options,
    donors: Vec<usize>,
    before: usize,
    intercept: bool,
    eta: f64,
    noise: f64,
    /// What each donor's first differences add to the noise level.
    moves: Vec<[f64; 3]>,
    /// Donors' past, unit after unit, by unit centred where there is a constant.
    pasts: Vec<f64>,
    /// Their products.
    products: Vec<f64>,
    /// The past with the mean since the start as one more period, centred by period; a row a donor.
    rows: Vec<f64>,
    /// Products of those periods and sums over donors.
    moments: Vec<f64>,
}

/// A series to be matched, as the programme over donors sees it, and the donors that are not to be used.
struct Target<'a> {
    linear: &'a [f64],
    own: f64,
    left_out: &'a [usize],
    noise: f64,
}

/// Weights in the making, and memory that one estimate leaves to the next.
struct Fit {
    omega: Vec<f64>,
    lambda: Vec<f64>,
    omega_kkt: Option<Kkt>,
    lambda_kkt: Option<Kkt>,
    allowed: Vec<bool>,
    periods: Vec<f64>,
    target: Vec<f64>,
    sums: Vec<f64>,
    space: Workspace,
}

impl Fit {
    fn new(core: &Core<'_>) -> Fit {
        let none = Vec::new;
        Fit {
            omega: vec![0.0; core.donors.len()],
            lambda: vec![0.0; core.before],
            omega_kkt: None,
            lambda_kkt: None,
            allowed: vec![true; core.donors.len()],
            periods: none(),
            target: none(),
            sums: none(),
            space: Workspace::default(),
        }
    }
}

impl<'a> Core<'a> {
    fn new(block: &'a Block, options: &Options) -> Core<'a> {
        let donors = block.donors();
        let (n, before) = (donors.len(), block.start());
        let moves: Vec<[f64; 3]> = donors.iter().map(|&i| moves(&block.series(i)[..before])).collect();
        let after = (block.periods() - before) as f64;
        let intercept = options.kind == Kind::Synthetic;
        let eta = if intercept { (block.treated().len() as f64 * after).powf(0.25) } else { 1e-6 };
        let mut core = Core {
            block,
            options: *options,
            before,
            intercept,
            eta,
            noise: noise_level(moves.iter().copied()),
            moves,
            pasts: Vec::with_capacity(n * before),
            products: Vec::new(),
            rows: Vec::with_capacity(n * (before + 1)),
            moments: Vec::new(),
            donors,
        };
        for &i in &core.donors {
            core.pasts.extend(core.centred(block, i));
            core.rows.extend_from_slice(&block.series(i)[..before]);
            core.rows.push(mean(&block.series(i)[before..]));
        }
        if options.kind == Kind::Differences {
            return core;
        }
        core.products = gram(&core.pasts, n);
        if core.intercept {
            core.centre_periods();
        }
        core
    }

    /// The noise level of the donors without some.
    fn noise_without(&self, set: &[usize]) -> f64 {
        noise_level((0..self.donors.len()).filter(|i| !set.contains(i)).map(|i| self.moves[i]))
    }

    fn zeta_omega(&self, noise: f64) -> f64 {
        self.options.zeta_omega.unwrap_or(self.eta * noise)
    }

    fn zeta_lambda(&self, noise: f64) -> f64 {
        self.options.zeta_lambda.unwrap_or(1e-6 * noise)
    }

    /// Centres the rows by period over all donors and takes their products and sums.
    fn centre_periods(&mut self) {
        let (n, wide) = (self.donors.len(), self.before + 1);
        for t in 0..wide {
            let centre = (0..n).map(|i| self.rows[i * wide + t]).sum::<f64>() / n as f64;
            (0..n).for_each(|i| self.rows[i * wide + t] -= centre);
        }
        self.moments = vec![0.0; wide * wide];
        for row in self.rows.chunks(wide) {
            for (s, &y) in row.iter().enumerate() {
                axpy(y, row, &mut self.moments[s * wide..(s + 1) * wide]);
            }
        }
    }

    /// The past of a unit, less its mean where there is a constant.
    fn centred(&self, block: &Block, unit: usize) -> Vec<f64> {
        let own = &block.series(unit)[..self.before];
        let level = if self.intercept { mean(own) } else { 0.0 };
        own.iter().map(|y| y - level).collect()
    }

    fn past(&self, donor: usize) -> &[f64] {
        &self.pasts[donor * self.before..(donor + 1) * self.before]
    }

    /// Both sets of weights for a series.
    fn fit(&self, target: &Target<'_>, fit: &mut Fit) -> Result<(), BlockError> {
        let n = self.donors.len();
        fit.allowed.fill(true);
        target.left_out.iter().for_each(|&i| fit.allowed[i] = false);
        let used = (n - target.left_out.len()) as f64;
        match self.options.kind {
            Kind::Differences => {
                for (w, may) in fit.omega.iter_mut().zip(&fit.allowed) {
                    *w = if *may { 1.0 / used } else { 0.0 };
                }
                fit.lambda.fill(1.0 / self.before as f64);
                Ok(())
            }
            Kind::Control => {
                fit.lambda.fill(0.0);
                self.fit_omega(target, fit)
            }
            Kind::Synthetic => {
                self.fit_omega(target, fit)?;
                self.fit_lambda(target, fit)
            }
        }
    }

    fn fit_omega(&self, target: &Target<'_>, fit: &mut Fit) -> Result<(), BlockError> {
        let ridge = self.before as f64 * self.zeta_omega(target.noise).powi(2);
        let problem = Quadratic { gram: &self.products, linear: target.linear, ridge, allowed: &fit.allowed };
        match self.options.solver {
            Solver::Exact => fit.omega_kkt = Some(solve(&problem, &mut fit.space, &mut fit.omega)?),
            Solver::FrankWolfe => {
                let rows = frank_wolfe::Rows { count: self.before as f64, own: target.own, min_decrease: 1e-5 * target.noise };
                fit.omega = frank_wolfe::weights(&problem, &rows);
            }
        }
        Ok(())
    }

    /// The periods' products without the donors left out, centred again over those that remain.
    fn fit_lambda(&self, target: &Target<'_>, fit: &mut Fit) -> Result<(), BlockError> {
        let (before, wide) = (self.before, self.before + 1);
        let used = (self.donors.len() - target.left_out.len()) as f64;
        fit.sums.clear();
        fit.sums.resize(wide, 0.0);
        // Rows are centred over all donors: the sum over those that remain is minus that of those left out.
        target.left_out.iter().for_each(|&i| axpy(-1.0, &self.rows[i * wide..(i + 1) * wide], &mut fit.sums));
        fit.periods.clear();
        fit.target.clear();
        let mut own = 0.0;
        for s in 0..wide {
            let cell = |t: usize| {
                let gone: f64 = target.left_out.iter().map(|&i| self.rows[i * wide + s] * self.rows[i * wide + t]).sum();
                self.moments[s * wide + t] - gone - fit.sums[s] * fit.sums[t] / used
            };
            if s == before {
                own = cell(before);
            } else {
                fit.periods.extend((0..before).map(cell));
                fit.target.push(cell(before));
            }
        }
        let ridge = used * self.zeta_lambda(target.noise).powi(2);
        let problem = Quadratic { gram: &fit.periods, linear: &fit.target, ridge, allowed: &[] };
        match self.options.solver {
            Solver::Exact => fit.lambda_kkt = Some(solve(&problem, &mut fit.space, &mut fit.lambda)?),
            Solver::FrankWolfe => {
                let rows = frank_wolfe::Rows { count: used, own, min_decrease: 1e-5 * target.noise };
                fit.lambda = frank_wolfe::weights(&problem, &rows);
            }
        }
        Ok(())
    }

    /// The effect in each period since the start, for a series over all periods.
    fn gaps(&self, treated: &[f64], fit: &Fit) -> Vec<f64> {
        let mut gaps = treated.to_vec();
        for (&i, &w) in self.donors.iter().zip(&fit.omega).filter(|(_, w)| **w != 0.0) {
            axpy(-w, self.block.series(i), &mut gaps);
        }
        let level = dot(&gaps[..self.before], &fit.lambda);
        gaps[self.before..].iter().map(|g| g - level).collect()
    }
}

#[cfg(test)]
mod tests;
