//! Direct and displaced effects together: the treated, and their neighbours, against units no ring reaches.
//!
//! # Answers
//! What did a programme do where it was, what did it do next door, and what is left when both are added up?
//!
//! # Source
//! Butts (2021), arXiv 2105.03737, equation 5 and section 5 for staggered starts; Clarke (2017), MPRA 81604;
//! estimated in two stages as Gardner (2022), arXiv 2207.05943, with its residuals in the variance; the weights on
//! untreated rows are those of Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91, 3253-3285.
//! Spatial errors after Conley (1999), J. Econometrics 92(1), 1-45.
//!
//! # Assumes
//! - Untreated and unexposed outcomes are unit effect plus period effect (plus covariates) plus noise.
//! - Units outside every class of the exposure are not reached; no anticipation on either side of the border.
//! - Clusters are independent; or, with a cutoff, units farther apart than it are.
//!
//! # Shapes and units
//! A staggered panel whose unit codes are positions in the exposure. Effects in units of the outcome, as averages
//! over rows; `total` is their sum over all treated and exposed rows.
//!
//! # Cost
//! One elimination of unit and period effects over clean rows, then O(rows) an average; Conley units squared.
//!
//! # Does not
//! Find out how far a programme reaches, or separate what passes through two classes at once.
//!
//! # Checked by
//! `by_hand`, `diff_diff_finds_the_same`, `what_is_displaced_biases_the_naive_answer`, `coverage_in_its_own_world`,
//! `on_one_spot_is_a_cluster`, `without_a_pure_control_it_is_refused`.

use std::collections::BTreeMap;

use super::covariance::{Line, spatial::kilometres};
use super::effects::Groups;
use super::exposure::Exposure;
use super::imputation::{self, ABSENT, imputation, untreated};
use super::influence::Influence;
use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;
use crate::num::distribution::f_tail;
use crate::num::symmetric::eigen;
use crate::num::{Cholesky, Matrix, dot};

/// What the method is.
pub const CARD: Card = Card {
    id: "spillover",
    verb: "evaluate",
    name: ["Direct and displaced effects", "Efectos directos y desplazados"],
    answers: [
        "What did a programme do where it was, what next door, and what is left when both are added up?",
        "¿Qué hizo un programa donde estuvo, qué hizo al lado, y qué queda al sumar ambos?",
    ],
    source: "Butts (2021), arXiv 2105.03737; Clarke (2017), MPRA 81604; Gardner (2022), arXiv 2207.05943",
};

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpilloverError {
    /// Every unit is treated or exposed.
    #[error("no unit is left to compare with: {treated} are treated and {exposed} exposed of {units}; narrow the reach or add units")]
    NoPureControl {
        /// Units.
        units: usize,
        /// Units treated within the periods.
        treated: usize,
        /// Units exposed and never treated.
        exposed: usize,
    },
    /// No unit is exposed.
    #[error("no unit is exposed: there is no displacement to estimate; widen the reach or use imputation")]
    NoExposed,
    /// Units without an entry in the exposure.
    #[error("unit {unit} has no place in an exposure of {units} units: number units as the exposure does")]
    NoPlace {
        /// The unit.
        unit: u32,
        /// Units of the exposure.
        units: usize,
    },
    /// As for any panel.
    #[error(transparent)]
    Panel(#[from] Refusal),
}

/// Who may resemble whom.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Errors<'a> {
    /// Rows of a cluster: that of the panel, or the unit.
    #[default]
    Clustered,
    /// Units nearer than so many kilometres, falling in a straight line to none at the cutoff; and all rows of a unit.
    Conley {
        /// Degrees north and east of each unit of the exposure.
        places: &'a [[f64; 2]],
        /// Kilometres.
        cutoff: f64,
    },
}

/// The average effect on some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Average {
    /// The class of the exposure; none for the treated themselves.
    pub class: Option<usize>,
    /// Periods since treatment, or since a unit was first exposed; none for all.
    pub age: Option<i64>,
    /// The effect with its error, named by its class.
    pub line: Line,
    /// Units behind it.
    pub units: usize,
    /// Rows behind it.
    pub rows: usize,
}

/// Effects where a programme was and where it was not.
#[derive(Debug, Clone, PartialEq)]
pub struct Spillover {
    /// The effect on the treated.
    pub direct: Average,
    /// The effect on the exposed, class by class; a class without rows is left out.
    pub exposed: Vec<Average>,
    /// The sum over all treated and exposed rows.
    pub total: Line,
    /// The same for each treated row: the direct effect with what was displaced.
    pub net: Line,
    /// The direct effect when the exposed are taken for untouched: what most studies report.
    pub naive: Line,
    /// By age, the treated first and then each class.
    pub paths: Vec<Average>,
    /// Wald's statistic that no class has an effect, over the number of classes.
    pub f: f64,
    /// Its p-value, by F.
    pub p: f64,
    /// Units neither treated nor exposed at any time.
    pub pure_controls: usize,
    /// Rows left out because no clean row predicts them.
    pub left_out: usize,
    /// Clusters behind the errors; units with Conley's.
    pub clusters: usize,
    /// Whether negative eigenvalues of the variance were raised to zero.
    pub repaired: bool,
}

/// Direct and displaced effects.
///
/// # Errors
/// [`SpilloverError`].
pub fn spillover(panel: &Staggered<'_>, exposure: &Exposure, errors: Errors<'_>, level: f64) -> Result<Spillover, SpilloverError> {
    let layout = panel.layout()?;
    if let Some(&unit) = panel.unit.iter().find(|u| **u as usize >= exposure.units()) {
        return Err(SpilloverError::NoPlace { unit, units: exposure.units() });
    }
    let group = groups(panel, exposure);
    let pure_controls = pure(&group, &layout.unit, panel)?;
    let clean = (0..group.len()).filter(|&r| group[r] == ABSENT).collect();
    let base = untreated(panel, [&layout.unit.code, &layout.time], clean, (group.clone(), exposure.names.len() + 1))?;
    let (sets, left_out) = sorted(panel, exposure, &group, |r| base.able(r));
    let whole: Vec<(u32, Option<i64>)> = sets.keys().copied().filter(|k| k.1.is_none()).collect();
    if whole.first() != Some(&(0, None)) {
        return Err(Refusal::NotImputable { cells: left_out.max(1) }.into());
    }
    let (left, _) = base.left()?;
    let cluster = Groups::new(if matches!(errors, Errors::Clustered) { panel.cluster.unwrap_or(panel.unit) } else { panel.unit });
    let kernel = Kernel::new(errors, &cluster)?;
    let average = |&(g, age): &(u32, Option<i64>)| -> Result<(Average, Vec<f64>), SpilloverError> {
        let rows = &sets[&(g, age)];
        let (att, shares) = base.horizon(rows, &left, &cluster)?;
        let class = (g as usize).checked_sub(1);
        let name = class.map_or("direct", |k| &exposure.names[k]);
        let units = Groups::new(&rows.iter().map(|&r| panel.unit[r]).collect::<Vec<u32>>()).count;
        Ok((Average { class, age, line: kernel.line(name, att, &shares, level), units, rows: rows.len() }, shares))
    };
    let mut all: Vec<(Average, Vec<f64>)> = whole.iter().map(average).collect::<Result<_, _>>()?;
    let paths: Vec<Average> = sets.keys().filter(|k| k.1.is_some()).map(|k| Ok(average(k)?.0)).collect::<Result<_, SpilloverError>>()?;
    let weight = |g: u32| sets[&(g, None)].iter().map(|&r| panel.weights.map_or(1.0, |w| w[r])).sum::<f64>();
    let sizes: Vec<f64> = whole.iter().map(|k| weight(k.0)).collect();
    let shares = Influence { shares: Matrix::from_columns(cluster.count, &all.iter().map(|a| a.1.clone()).collect::<Vec<_>>()) };
    let sum: f64 = all.iter().zip(&sizes).map(|((a, _), n)| n * a.line.estimate).sum();
    let added = shares.shares.times_vector(&sizes);
    let per: Vec<f64> = added.iter().map(|s| s / sizes[0]).collect();
    let (f, p) = kernel.wald(&all[1..])?;
    let repaired = kernel.covariance(&shares.shares).1;
    let plain = imputation(panel, imputation::Options { leave_out: true })?.horizons[0].clone();
    Ok(Spillover {
        direct: all.remove(0).0,
        exposed: all.into_iter().map(|a| a.0).collect(),
        total: kernel.line("total", sum, &added, level),
        net: kernel.line("net", sum / sizes[0], &per, level),
        naive: Line::new("naive", plain.att, plain.se, cluster.count as f64 - 1.0, level),
        paths,
        f,
        p,
        pure_controls,
        left_out,
        clusters: cluster.count,
        repaired,
    })
}

/// 0 for treated rows, 1 and more for the class of an exposed row, absent for clean ones.
fn groups(panel: &Staggered<'_>, exposure: &Exposure) -> Vec<u32> {
    let of = |r: usize| match (panel.treated(r), exposure.class(panel.unit[r] as usize, panel.period[r])) {
        (true, _) => 0,
        (false, Some(class)) => class as u32 + 1,
        (false, None) => ABSENT,
    };
    (0..panel.y.len()).map(of).collect()
}

/// Rows by class and age, and by class alone.
type Sets = BTreeMap<(u32, Option<i64>), Vec<usize>>;

/// Treated and exposed rows that can be predicted, and how many cannot.
fn sorted(panel: &Staggered<'_>, exposure: &Exposure, group: &[u32], able: impl Fn(usize) -> bool) -> (Sets, usize) {
    let (mut sets, mut left_out) = (Sets::new(), 0);
    for (r, &g) in group.iter().enumerate().filter(|(_, g)| **g != ABSENT) {
        if !able(r) {
            left_out += 1;
            continue;
        }
        let since = exposure.since(panel.unit[r] as usize).map(|s| panel.period[r] - s);
        for age in [None, if g == 0 { panel.age(r) } else { since }] {
            sets.entry((g, age)).or_default().push(r);
        }
    }
    (sets, left_out)
}

/// Units that are clean in all their rows.
fn pure(group: &[u32], unit: &Groups, panel: &Staggered<'_>) -> Result<usize, SpilloverError> {
    let (mut treated, mut exposed) = (vec![false; unit.count], vec![false; unit.count]);
    for (r, &u) in unit.code.iter().enumerate() {
        treated[u as usize] |= panel.treated(r);
        exposed[u as usize] |= group[r] != ABSENT && group[r] > 0;
    }
    let count = |f: &dyn Fn(usize) -> bool| (0..unit.count).filter(|u| f(*u)).count();
    let (on, next) = (count(&|u| treated[u]), count(&|u| exposed[u] && !treated[u]));
    if !exposed.iter().any(|e| *e) {
        return Err(SpilloverError::NoExposed);
    }
    match unit.count - on - next {
        0 => Err(SpilloverError::NoPureControl { units: unit.count, treated: on, exposed: next }),
        pure => Ok(pure),
    }
}

/// How shares of clusters in errors make a variance.
struct Kernel {
    clusters: f64,
    /// Pairs of units that may resemble each other, and how much.
    pairs: Vec<(usize, usize, f64)>,
}

impl Kernel {
    fn new(errors: Errors<'_>, cluster: &Groups) -> Result<Kernel, Refusal> {
        if cluster.count < 2 {
            return Err(Refusal::FewClusters { found: cluster.count });
        }
        let mut pairs = Vec::new();
        if let Errors::Conley { places, cutoff } = errors {
            if cutoff.is_nan() || cutoff <= 0.0 {
                return Err(Refusal::OutOfRange { what: "the cutoff", found: cutoff, wanted: "a distance in kilometres above 0" });
            }
            let most = cluster.label.iter().map(|u| *u as usize + 1).max().unwrap_or(0);
            if places.len() < most {
                return Err(Refusal::Length { column: "places".into(), found: places.len(), expected: most });
            }
            for a in 0..cluster.count {
                for b in 0..a {
                    let d = kilometres(places[cluster.label[a] as usize], places[cluster.label[b] as usize]);
                    if d < cutoff {
                        pairs.push((a, b, 1.0 - d / cutoff));
                    }
                }
            }
        }
        Ok(Kernel { clusters: cluster.count as f64, pairs })
    }

    /// The covariance, and whether it had to be repaired.
    fn covariance(&self, shares: &Matrix) -> (Matrix, bool) {
        let mut v = shares.gram(None);
        for &(a, b, w) in &self.pairs {
            for i in 0..v.rows() {
                for j in 0..v.rows() {
                    *v.at_mut(i, j) += w * (shares.at(a, i) * shares.at(b, j) + shares.at(b, i) * shares.at(a, j));
                }
            }
        }
        let v = v.scaled(self.clusters / (self.clusters - 1.0));
        if (0..v.rows()).any(|j| v.at(j, j) < 0.0) { (eigen(&v).map(0.0, |e| e.max(0.0)), true) } else { (v, false) }
    }

    fn line(&self, name: &str, estimate: f64, shares: &[f64], level: f64) -> Line {
        let v = self.covariance(&Matrix::from_columns(shares.len(), &[shares])).0;
        Line::new(name, estimate, v.at(0, 0).sqrt(), self.clusters - 1.0, level)
    }

    /// Wald's statistic over its number, and its p-value.
    fn wald(&self, classes: &[(Average, Vec<f64>)]) -> Result<(f64, f64), Refusal> {
        let columns: Vec<&[f64]> = classes.iter().map(|c| c.1.as_slice()).collect();
        let Some(first) = columns.first() else { return Ok((f64::NAN, f64::NAN)) };
        let v = self.covariance(&Matrix::from_columns(first.len(), &columns)).0;
        let effects: Vec<f64> = classes.iter().map(|c| c.0.line.estimate).collect();
        let Ok(factor) = Cholesky::new(&v, 1e-10) else { return Ok((f64::NAN, f64::NAN)) };
        let f = dot(&effects, &factor.solve(&effects)) / effects.len() as f64;
        Ok((f, f_tail(f, effects.len() as f64, self.clusters - 1.0)))
    }
}

#[cfg(test)]
mod tests;
