//! Two stages: unit and period effects from untreated rows, then effects from what is left of all.
//!
//! # Answers
//! What did treatment do, if effects of units and periods are first taken out as untreated rows tell them?
//! # Source
//! Gardner (2022), "Two-stage differences in differences", arXiv 2207.05943, section 3.3 for the variance, which
//! allows for the first stage; as in R's `did2s`.
//! # Assumes
//! As `imputation`, whose point estimates it has.
//! # Shapes and units
//! A staggered panel, gaps allowed. Effects in units of the outcome, averaged over treated rows.
//! # Cost
//! That of `imputation`.
//! # Does not
//! Take effects to be alike within a cohort and age, as the variance of `imputation` does: its errors are larger
//! where cohorts differ.
//! # Checked by
//! `points_are_those_of_imputation`, `errors_by_hand`, `coverage_in_its_own_world`, `refusals_by_name`, and the rows
//! `diff_diff.TwoStageDiD` of the reference file.

use super::imputation::{About, Imputed, Options, imputed};
use super::refusal::Refusal;
use super::staggered::Staggered;
use crate::card::Card;

/// What the method is.
pub const CARD: Card = Card {
    id: "two_stage",
    verb: "evaluate",
    name: ["Two stages (Gardner)", "Dos etapas (Gardner)"],
    answers: [
        "What did treatment do, once effects of units and periods are taken out as untreated rows tell them?",
        "¿Qué hizo el tratamiento, una vez extraídos los efectos de unidad y periodo según las filas no tratadas?",
    ],
    source: "Gardner (2022), Two-stage differences in differences, arXiv 2207.05943",
};

/// The effects.
///
/// # Errors
/// As `imputation`.
pub fn two_stage(panel: &Staggered<'_>, options: Options) -> Result<Imputed, Refusal> {
    imputed(panel, options, About::Horizon)
}

#[cfg(test)]
mod tests {
    use super::super::imputation::imputation;
    use super::*;
    use crate::evaluate::staggered::tests::World;

    #[test]
    fn points_are_those_of_imputation() {
        let w = World::new(60, 8, 4, |age| 1.0 + age as f64);
        let (a, b) = (imputation(&w.panel(), Options::default()).unwrap(), two_stage(&w.panel(), Options::default()).unwrap());
        assert!(a.horizons.iter().zip(&b.horizons).all(|(a, b)| (a.age, a.att) == (b.age, b.att)));
        // Effects grow with age, so rows scatter more about the overall mean than about that of their cohort and age.
        assert!(b.horizons[0].se > a.horizons[0].se);
    }

    /// Effects of 3 and 5 around 4: a half of one on each side, 2 (1/2)^2; the other units lie on a line.
    #[test]
    fn errors_by_hand() {
        let panel = Staggered {
            y: &[1.0, 4.0, 1.0, 6.0, 1.0, 1.0, 2.0, 2.0],
            unit: &[0, 0, 1, 1, 2, 2, 3, 3],
            period: &[1, 2, 1, 2, 1, 2, 1, 2],
            cohort: &[Some(2), Some(2), Some(2), Some(2), None, None, None, None],
            names: &[],
            x: &[],
            weights: None,
            cluster: None,
        };
        let all = &two_stage(&panel, Options::default()).unwrap().horizons[0];
        assert!((all.att - 4.0).abs() < 1e-13 && (all.se - 0.5f64.sqrt()).abs() < 1e-13, "{all:?}");
    }

    #[test]
    fn coverage_in_its_own_world() {
        let held = (0..200).filter(|&seed| {
            let w = World::new(150, 8, 3_000 + seed, |_| 1.0);
            let made = &two_stage(&w.panel(), Options::default()).unwrap().horizons[0];
            (made.att - 1.0).abs() < 1.96 * made.se
        });
        let held = held.count();
        assert!((180..=199).contains(&held), "{held} of 200 intervals hold the truth");
    }

    #[test]
    fn refusals_by_name() {
        let mut w = World::new(30, 7, 6, |_| 1.0);
        w.cohort.iter_mut().for_each(|g| *g = Some(g.unwrap_or(6)));
        assert!(matches!(two_stage(&w.panel(), Options::default()), Err(Refusal::NotImputable { .. })));
    }
}
