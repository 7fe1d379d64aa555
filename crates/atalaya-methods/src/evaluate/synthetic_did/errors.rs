//! Standard errors: placebos enumerated where they are few, the jackknife with weights as they stand, the bootstrap.

use atalaya_kernel::Seed;
use rayon::prelude::*;

use super::{Core, Fit, Options, SyntheticDid, Target, synthetic_did};
use crate::evaluate::block::{Block, BlockError};
use crate::evaluate::donors::mean;
use crate::evaluate::subsets::{choices, drawn, subsets};
use crate::num::{axpy, dot};

/// How placebos are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Draws {
    /// Which penalties they use.
    pub penalty: Penalty,
    /// How many are drawn where there are too many to try them all.
    pub draws: usize,
    /// Where draws come from.
    pub seed: Seed,
}

impl Default for Draws {
    fn default() -> Draws {
        Draws { penalty: Penalty::OfEach, draws: 1_000, seed: Seed(1) }
    }
}

/// Which penalties a placebo uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Penalty {
    /// Its own, from the noise of the donors left to it: the estimator repeated from the start.
    OfEach,
    /// Those of the fit, as R's `synthdid` does.
    OfFit,
}

/// At most so many placebos are enumerated; of more, as many are drawn as were asked for.
const ENUMERATED: usize = 5_000;

/// The estimate repeated on donors as if they had been treated.
#[derive(Debug, Clone, PartialEq)]
pub struct Placebos {
    /// Which donors, as positions in the panel, and what was found.
    pub estimates: Vec<(Vec<usize>, f64)>,
    /// Whether these are all there are; otherwise they are draws.
    pub enumerated: bool,
    /// The standard deviation of the placebos, divided by their number.
    pub se: f64,
    /// The share of placebos, the estimate itself among them, at least as far from 0 as the estimate.
    pub p_value: f64,
    /// The largest relative duality gap among all.
    pub relative_gap: f64,
}

/// Placebos of a fit with its penalties: as many donors as there are treated, in their place.
///
/// # Errors
/// [`BlockError::NoDonors`] where not more donors than treated are left; [`BlockError::NotSolved`].
pub fn placebos(block: &Block, options: &Options, how: &Draws) -> Result<Placebos, BlockError> {
    let fit = synthetic_did(block, options)?;
    let core = Core::new(block, options);
    let (n, k) = (core.donors.len(), block.treated().len());
    if n < k + 2 {
        return Err(BlockError::NoDonors { donors: n, needed: k + 2 });
    }
    let enumerated = choices(n, k) <= ENUMERATED;
    let sets = if enumerated { subsets(n, k) } else { (0..how.draws).map(|d| drawn(n, k, &mut how.seed.stream(d as u64))).collect() };
    let one = |fit: &mut Fit, set: &Vec<usize>| -> Result<(f64, f64), BlockError> {
        let estimate = placebo(&core, set, how.penalty, fit)?;
        Ok((estimate, [fit.omega_kkt, fit.lambda_kkt].iter().flatten().map(|k| k.relative_gap).fold(0.0, f64::max)))
    };
    let found: Result<Vec<(f64, f64)>, BlockError> = if sets.len() * n * core.before < 500_000 {
        let mut space = Fit::new(&core);
        sets.iter().map(|set| one(&mut space, set)).collect()
    } else {
        sets.par_iter().map_init(|| Fit::new(&core), one).collect()
    };
    let found = found?;
    let values: Vec<f64> = found.iter().map(|(v, _)| *v).collect();
    let extreme = values.iter().filter(|v| v.abs() >= fit.estimate.abs()).count();
    let named = |set: &Vec<usize>| set.iter().map(|&i| core.donors[i]).collect();
    Ok(Placebos {
        se: spread(&values),
        p_value: (1 + extreme) as f64 / (1 + values.len()) as f64,
        relative_gap: found.iter().map(|(_, gap)| *gap).fold(0.0, f64::max),
        estimates: sets.iter().map(named).zip(values).collect(),
        enumerated,
    })
}

fn placebo(core: &Core<'_>, set: &[usize], penalty: Penalty, fit: &mut Fit) -> Result<f64, BlockError> {
    let n = core.donors.len();
    let share = 1.0 / set.len() as f64;
    let mut treated = vec![0.0; core.block.periods()];
    let mut linear = vec![0.0; n];
    let mut own = 0.0;
    for &i in set {
        axpy(share, core.block.series(core.donors[i]), &mut treated);
        if let Some(products) = core.products.get(i * n..(i + 1) * n) {
            axpy(share, products, &mut linear);
        }
    }
    set.iter().for_each(|&i| own += share * linear[i]);
    let noise = if penalty == Penalty::OfEach { core.noise_without(set) } else { core.noise };
    core.fit(&Target { linear: &linear, own, left_out: set, noise }, fit)?;
    Ok(mean(&core.gaps(&treated, fit)))
}

/// The standard deviation about the mean, divided by the number.
fn spread(values: &[f64]) -> f64 {
    let centre = mean(values);
    (values.iter().map(|v| (v - centre).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

/// The jackknife over units, weights as they stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Jackknife {
    /// The estimate without each unit, in the order of the panel.
    pub estimates: Vec<f64>,
    /// The standard error.
    pub se: f64,
}

/// The jackknife of a fit; `None` where one unit alone is treated or one donor carries all: it does not exist there.
pub fn jackknife(block: &Block, fit: &SyntheticDid) -> Option<Jackknife> {
    if block.treated().len() < 2 || fit.omega.iter().filter(|w| **w > 0.0).count() < 2 {
        return None;
    }
    let contrast = |i: usize| mean(&block.series(i)[block.start()..]) - dot(&block.series(i)[..block.start()], &fit.lambda);
    let moves: Vec<f64> = (0..block.units()).map(contrast).collect();
    let treated: f64 = block.treated().iter().map(|&i| moves[i]).sum();
    let count = block.treated().len() as f64;
    let mixed: f64 = fit.donors.iter().zip(&fit.omega).map(|(&i, w)| w * moves[i]).sum();
    let without = |i: usize| match fit.donors.iter().position(|d| *d == i) {
        None => (treated - moves[i]) / (count - 1.0) - mixed,
        Some(at) => treated / count - (mixed - fit.omega[at] * moves[i]) / (1.0 - fit.omega[at]),
    };
    let estimates: Vec<f64> = (0..block.units()).map(without).collect();
    let n = estimates.len() as f64;
    Some(Jackknife { se: (n - 1.0).sqrt() * spread(&estimates), estimates })
}

/// Estimates on units drawn with replacement, weights sought anew, and their standard deviation. A draw without
/// a treated unit or with fewer than two donors is drawn again.
///
/// # Errors
/// [`BlockError::NotSolved`]; [`BlockError::NoDonors`] where one unit alone is treated: use placebos.
pub fn bootstrap(block: &Block, options: &Options, draws: usize, seed: Seed) -> Result<(Vec<f64>, f64), BlockError> {
    if block.treated().len() < 2 {
        return Err(BlockError::NoDonors { donors: block.treated().len(), needed: 2 });
    }
    let fit = synthetic_did(block, options)?;
    let options = Options { zeta_omega: Some(fit.zeta_omega), zeta_lambda: Some(fit.zeta_lambda), ..*options };
    let one = |draw: usize| {
        let mut stream = seed.stream(draw as u64);
        loop {
            let picks: Vec<usize> = (0..block.units()).map(|_| stream.below(block.units() as u64) as usize).collect();
            let treated: Vec<usize> = (0..picks.len()).filter(|&i| block.treated().binary_search(&picks[i]).is_ok()).collect();
            if treated.is_empty() || picks.len() < treated.len() + 2 {
                continue;
            }
            let outcome = picks.iter().flat_map(|&i| block.series(i).iter().copied()).collect();
            return Ok(synthetic_did(&Block::new(outcome, picks.len(), &treated, block.start())?, &options)?.estimate);
        }
    };
    let found: Result<Vec<f64>, BlockError> = (0..draws).into_par_iter().map(one).collect();
    let found = found?;
    let se = spread(&found);
    Ok((found, se))
}
