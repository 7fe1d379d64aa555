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
