//! Balancing: what is known of flows, demand and production, moved as little as possible until
//! everything adds up.
//!
//! # Answers
//! Which flows lie nearest to what is believed, if what enters a place must leave it, be consumed
//! or be seized there?
//!
//! # Source
//! Stone, Champernowne and Meade (1942), Review of Economic Studies 9(2), 111-135:
//! `x* = x - V A' (A V A')^-1 A x`, `V* = V - V A' (A V A')^-1 A V`. With masses that cannot be
//! negative it is a quadratic programme; solved by Newton's method on its dual (Qi and Sun 1993,
//! Mathematical Programming 58, 353-367), and by `clarabel` (Goulart and Chen 2024) where that
//! does not settle.
//!
//! # Assumes
//! - Errors are independent, with the variances given. The hard part is the variances, not the
//!   algebra.
//!
//! # Shapes and units
//! Terms that enter one balance with a plus and another with a minus; balances are numbered from
//! 0 and each must come to nothing. One unit of mass throughout; variances in its square.
//!
//! # Cost
//! O(terms + rows^3) a step, five or so steps.
//!
//! # Does not
//! Find gross errors: a wrong figure of production pulls everything with it.
//!
//! # Checked by
//! T4 (7.6 and 0.8) and a hand case in `tests` here; both solvers agree, their losses to 1e-7; balances hold
//! and no mass is negative on random networks.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettings, DefaultSolver, IPSolver, SolverStatus, SupportedConeT};

use crate::Card;
use crate::num::linear::{Singular, cholesky, cholesky_solve};

/// What this method is.
pub const CARD: Card = Card {
    id: "balance",
    verb: "routes",
    name: ["Balancing of flows", "Balance de flujos"],
    answers: [
        "Which flows lie nearest to what is believed, if everything must add up?",
        "¿Qué flujos están más cerca de lo que se cree, si todo tiene que cuadrar?",
    ],
    source: "Stone, Champernowne and Meade (1942), Review of Economic Studies 9(2), 111-135",
};

/// A quantity that balances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// What is believed of it.
    pub value: f64,
    /// How sure that is.
    pub variance: f64,
    /// The balance it adds to.
    pub plus: Option<usize>,
    /// The balance it takes from.
    pub minus: Option<usize>,
}

impl Term {
    fn rows(&self) -> impl Iterator<Item = (usize, f64)> {
        self.plus.map(|row| (row, 1.0)).into_iter().chain(self.minus.map(|row| (row, -1.0)))
    }
}

/// Why nothing balances.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// A balance in which nothing can move.
    #[error("balance {0} has no term that may change: give one of them a variance")]
    Fixed(usize),
    /// The solver stopped without an answer.
    #[error("the balances have no solution without negative masses ({0})")]
    NoSolution(String),
}

impl From<Singular> for BalanceError {
    fn from(singular: Singular) -> BalanceError {
        BalanceError::Fixed(singular.row)
    }
}

/// Values and variances after balancing, negative ones allowed (Stone).
///
/// # Errors
/// [`BalanceError::Fixed`].
pub fn stone(rows: usize, terms: &[Term]) -> Result<Vec<(f64, f64)>, BalanceError> {
    let mut factor = normal_matrix(rows, terms, |_| true);
    cholesky(&mut factor, rows)?;
    let mut shift = residual(rows, terms, terms.iter().map(|t| t.value));
    cholesky_solve(&factor, rows, &mut shift);
    let balanced = terms.iter().map(|term| {
        let mut column = vec![0.0; rows];
        term.rows().for_each(|(row, sign)| column[row] += sign);
        let pull: f64 = term.rows().map(|(row, sign)| sign * shift[row]).sum();
        cholesky_solve(&factor, rows, &mut column);
        let gained: f64 = term.rows().map(|(row, sign)| sign * column[row]).sum();
        (term.value - term.variance * pull, term.variance - term.variance * term.variance * gained)
    });
    Ok(balanced.collect())
}

/// Values after balancing, none negative. `dual` is where Newton starts and where it ended: hand
/// it on to the next problem that is much like this one.
///
/// # Errors
/// [`BalanceError`].
pub fn balanced(rows: usize, terms: &[Term], dual: &mut [f64]) -> Result<Vec<f64>, BalanceError> {
    let scale = terms.iter().map(|t| t.value.abs()).sum::<f64>().max(f64::MIN_POSITIVE);
    let mut work = Newton { rows, terms, value: vec![0.0; terms.len()] };
    let mut loss = work.at(dual);
    for _ in 0..40 {
        let mut step = residual(rows, terms, work.value.iter().copied());
        if step.iter().all(|r| r.abs() <= 1e-11 * scale) {
            return Ok(work.value);
        }
        let mut factor = normal_matrix(rows, terms, |at| work.value[at] > 0.0);
        let ridge = 1e-12 * (0..rows).map(|i| factor[i * rows + i]).fold(0.0, f64::max);
        (0..rows).for_each(|i| factor[i * rows + i] += ridge);
        if cholesky(&mut factor, rows).is_err() {
            break;
        }
        let slope = step.clone();
        cholesky_solve(&factor, rows, &mut step);
        let fall: f64 = slope.iter().zip(&step).map(|(g, s)| g * s).sum();
        let (mut length, before) = (1.0, dual.to_vec());
        loop {
            dual.iter_mut().zip(before.iter().zip(&step)).for_each(|(d, (b, s))| *d = b - length * s);
            let next = work.at(dual);
            if next <= loss - 1e-4 * length * fall || length < 1e-6 {
                loss = next;
                break;
            }
            length *= 0.5;
        }
    }
    by_programme(rows, terms)
}

struct Newton<'a> {
    rows: usize,
    terms: &'a [Term],
    value: Vec<f64>,
}

impl Newton<'_> {
    /// Sets the values that a dual point stands for, and gives the loss there.
    fn at(&mut self, dual: &[f64]) -> f64 {
        debug_assert_eq!(dual.len(), self.rows);
        let mut loss = 0.0;
        for (term, value) in self.terms.iter().zip(&mut self.value) {
            let pull: f64 = term.rows().map(|(row, sign)| sign * dual[row]).sum();
            if term.variance > 0.0 {
                *value = (term.value + term.variance * pull).max(0.0);
                loss += 0.5 * *value * *value / term.variance;
            } else {
                *value = term.value;
                loss += term.value * pull;
            }
        }
        loss
    }
}

/// What is left in each balance.
pub fn residual(rows: usize, terms: &[Term], values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut out = vec![0.0; rows];
    for (term, value) in terms.iter().zip(values) {
        term.rows().for_each(|(row, sign)| out[row] += sign * value);
    }
    out
}

/// `A V A'` over the terms that count.
fn normal_matrix(rows: usize, terms: &[Term], counts: impl Fn(usize) -> bool) -> Vec<f64> {
    let mut out = vec![0.0; rows * rows];
    for (_, term) in terms.iter().enumerate().filter(|(at, _)| counts(*at)) {
        if let Some(row) = term.plus {
            out[row * rows + row] += term.variance;
        }
        if let Some(row) = term.minus {
            out[row * rows + row] += term.variance;
        }
        if let (Some(a), Some(b)) = (term.plus, term.minus) {
            // Only the lower half is read.
            out[a.max(b) * rows + a.min(b)] -= term.variance;
        }
    }
    out
}

/// The same by an interior-point solver.
///
/// # Errors
/// [`BalanceError::NoSolution`].
pub fn by_programme(rows: usize, terms: &[Term]) -> Result<Vec<f64>, BalanceError> {
    // In units of each term's standard deviation, so that large and small masses weigh alike.
    let free: Vec<usize> = (0..terms.len()).filter(|at| terms[*at].variance > 0.0).collect();
    let n = free.len();
    let sd: Vec<f64> = free.iter().map(|at| terms[*at].variance.sqrt()).collect();
    let (mut of_row, mut of_column, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for (column, at) in free.iter().enumerate() {
        for (row, sign) in terms[*at].rows() {
            of_row.push(row);
            of_column.push(column);
            cells.push(sign * sd[column]);
        }
        of_row.push(rows + column);
        of_column.push(column);
        cells.push(-1.0);
    }
    let fixed = residual(rows, terms, terms.iter().map(|t| if t.variance > 0.0 { 0.0 } else { t.value }));
    let bound: Vec<f64> = fixed.iter().map(|r| -r).chain(std::iter::repeat_n(0.0, n)).collect();
    let linear: Vec<f64> = free.iter().zip(&sd).map(|(at, sd)| -terms[*at].value / sd).collect();
    let constraints = CscMatrix::new_from_triplets(rows + n, n, of_row, of_column, cells);
    let settings =
        DefaultSettings { verbose: false, tol_gap_abs: 1e-11, tol_gap_rel: 1e-11, tol_feas: 1e-11, ..DefaultSettings::default() };
    let cones = [SupportedConeT::ZeroConeT(rows), SupportedConeT::NonnegativeConeT(n)];
    let mut solver = DefaultSolver::new(&CscMatrix::identity(n), &linear, &constraints, &bound, &cones, settings)
        .map_err(|e| BalanceError::NoSolution(e.to_string()))?;
    solver.solve();
    match solver.solution.status {
        SolverStatus::Solved | SolverStatus::AlmostSolved => {
            let mut out: Vec<f64> = terms.iter().map(|t| t.value).collect();
            for ((at, sd), x) in free.iter().zip(&sd).zip(&solver.solution.x) {
                out[*at] = (x * sd).max(0.0);
            }
            Ok(out)
        }
        other => Err(BalanceError::NoSolution(format!("{other:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use atalaya_kernel::Seed;

    fn term(value: f64, variance: f64, plus: Option<usize>, minus: Option<usize>) -> Term {
        Term { value, variance, plus, minus }
    }

    /// T4, by hand: two measures of one flow, 10 (variance 4) and 7 (variance 1).
    #[test]
    fn stone_1942_by_hand() {
        let terms = [term(10.0, 4.0, Some(0), None), term(7.0, 1.0, None, Some(0))];
        for (value, variance) in stone(1, &terms).unwrap() {
            assert!((value - 7.6).abs() < 1e-12 && (variance - 0.8).abs() < 1e-12, "{value} {variance}");
        }
        let values = balanced(1, &terms, &mut [0.0]).unwrap();
        assert!(values.iter().all(|v| (v - 7.6).abs() < 1e-9), "{values:?}");
    }

    /// 5 in, 1 out by two ways of which one would go below nothing.
    #[test]
    fn no_mass_is_negative() {
        let terms = [term(5.0, 1e-12, Some(0), None), term(6.0, 1.0, None, Some(0)), term(0.5, 4.0, None, Some(0))];
        assert!(stone(1, &terms).unwrap()[2].0 < 0.0);
        let values = balanced(1, &terms, &mut [0.0]).unwrap();
        assert!((values[1] - 5.0).abs() < 1e-5 && values[2].abs() < 1e-6, "{values:?}");
    }

    fn random(seed: u64) -> (usize, Vec<Term>) {
        let mut stream = Seed(seed).stream(5);
        let n = 12;
        let mut terms: Vec<Term> =
            (0..n).map(|i| term(50.0 * stream.unit(), 9.0 * (0.1 + stream.unit()), (i < 2).then_some(i), (i >= 2).then_some(i))).collect();
        for _ in 0..40 {
            let (from, to) = (stream.below(n as u64) as usize, stream.below(n as u64) as usize);
            if from != to {
                terms.push(term(20.0 * stream.unit().powi(3), 4.0 * (0.01 + stream.unit()), Some(to), Some(from)));
            }
        }
        // Every place can be reached from the first.
        terms.extend((1..n).map(|to| term(1.0, 1.0, Some(to), Some(0))));
        (n, terms)
    }

    #[test]
    fn both_solvers_agree_and_balances_hold() {
        for seed in 1..=30 {
            let (n, terms) = random(seed);
            let values = balanced(n, &terms, &mut vec![0.0; n]).unwrap();
            assert!(values.iter().all(|v| *v >= 0.0));
            assert!(residual(n, &terms, values.iter().copied()).iter().all(|r| r.abs() < 1e-8));
            let other = by_programme(n, &terms).unwrap();
            let loss = |v: &[f64]| v.iter().zip(&terms).map(|(v, t)| (v - t.value).powi(2) / t.variance).sum::<f64>();
            assert!((loss(&values) / loss(&other) - 1.0).abs() < 1e-7, "seed {seed}: {} and {}", loss(&values), loss(&other));
            assert!(values.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-3), "seed {seed}");
        }
    }

    #[test]
    fn what_cannot_move_is_refused() {
        assert_eq!(stone(1, &[term(1.0, 0.0, Some(0), None)]), Err(BalanceError::Fixed(0)));
        let short = [term(5.0, 0.0, Some(0), None), term(1.0, 0.0, None, Some(0))];
        assert!(matches!(balanced(1, &short, &mut [0.0]), Err(BalanceError::NoSolution(_))));
    }
}
