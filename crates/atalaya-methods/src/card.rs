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
    &crate::evaluate::bacon::CARD,
    &crate::evaluate::callaway_santanna::CARD,
    &crate::evaluate::covariance::CARD,
    &crate::evaluate::event_study::CARD,
    &crate::evaluate::extended_twfe::CARD,
    &crate::evaluate::fixed_effects::CARD,
    &crate::evaluate::honest::CARD,
    &crate::evaluate::imputation::CARD,
    &crate::evaluate::poisson::CARD,
    &crate::evaluate::sun_abraham::CARD,
    &crate::evaluate::two_by_two::CARD,
    &crate::evaluate::wild_bootstrap::CARD,
    &crate::link::amount::CARD,
    &crate::link::batches::CARD,
    &crate::link::blocking::CARD,
    &crate::link::candidates::CARD,
    &crate::link::chance::CARD,
    &crate::link::choose::CARD,
    &crate::link::clusters::CARD,
    &crate::link::coverage::CARD,
    &crate::link::crossing::CARD,
    &crate::link::estimate::CARD,
    &crate::link::excess::CARD,
    &crate::link::fellegi_sunter::CARD,
    &crate::link::frequencies::CARD,
    &crate::link::one_to_one::CARD,
    &crate::link::place::CARD,
    &crate::link::placebo::CARD,
    &crate::link::reports::CARD,
    &crate::link::threshold::CARD,
    &crate::link::twins::CARD,
    &crate::reconcile::agreement::CARD,
    &crate::reconcile::growth::CARD,
    &crate::reconcile::least_squares::CARD,
    &crate::reconcile::purity::CARD,
    &crate::reconcile::standing::CARD,
    &crate::reconcile::subtotal::CARD,
    &crate::routes::balance::CARD,
    &crate::routes::change::CARD,
    &crate::routes::cleaning::CARD,
    &crate::routes::dirichlet::CARD,
    &crate::routes::gravity::CARD,
    &crate::routes::indicators::CARD,
    &crate::routes::joint::CARD,
    &crate::routes::measures::betweenness::CARD,
    &crate::routes::measures::communities::CARD,
    &crate::routes::measures::components::CARD,
    &crate::routes::measures::degree::CARD,
    &crate::routes::measures::over_draws::CARD,
    &crate::routes::network::CARD,
    &crate::routes::published::CARD,
    &crate::routes::rates::CARD,
    &crate::routes::unseen::CARD,
    &crate::routes::validate::CARD,
];
