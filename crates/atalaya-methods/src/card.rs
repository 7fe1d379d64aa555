//! What a method is, as data: the same facts its file tells, for pages, footers and receipts.

/// A method in a few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Card {
    /// Its id, which is the name of its file: `batches`.
    pub id: &'static str,
    /// The verb it serves, which is the name of its folder: `link`.
    pub verb: &'static str,
    /// Its name, English and Spanish.
    pub name: [&'static str; 2],
    /// The question it answers, in one sentence, English and Spanish.
    pub answers: [&'static str; 2],
    /// The paper it comes from.
    pub source: &'static str,
}

/// Every method. A test compares this table with the folders.
pub const METHODS: &[&Card] = &[
    &crate::evaluate::augmented_control::CARD,
    &crate::evaluate::bacon::CARD,
    &crate::evaluate::callaway_santanna::CARD,
    &crate::evaluate::conformal::CARD,
    &crate::evaluate::covariance::CARD,
    &crate::evaluate::discontinuity::CARD,
    &crate::evaluate::effect_sizes::CARD,
    &crate::evaluate::event_study::CARD,
    &crate::evaluate::extended_twfe::CARD,
    &crate::evaluate::fixed_effects::CARD,
    &crate::evaluate::honest::CARD,
    &crate::evaluate::imputation::CARD,
    &crate::evaluate::interactive_effects::CARD,
    &crate::evaluate::interrupted_series::CARD,
    &crate::evaluate::meta_analysis::CARD,
    &crate::evaluate::meta_bias::CARD,
    &crate::evaluate::meta_multilevel::CARD,
    &crate::evaluate::poisson::CARD,
    &crate::evaluate::robust_control::CARD,
    &crate::evaluate::structural_series::CARD,
    &crate::evaluate::sun_abraham::CARD,
    &crate::evaluate::synthetic_control::CARD,
    &crate::evaluate::synthetic_control_predictors::CARD,
    &crate::evaluate::synthetic_did::CARD,
    &crate::evaluate::two_by_two::CARD,
    &crate::evaluate::wild_bootstrap::CARD,
];
