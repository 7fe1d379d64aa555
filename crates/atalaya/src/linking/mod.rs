//! Linking any tables under a recipe, without an observatory.

mod files;
mod grammar;
mod outcome;
mod recipe;
mod run;
mod write;

pub use outcome::{
    ChosenThreshold, LinkedTables, LinkedWith, ReadTable, RefusedBlock, ScoredComparison, ScoredLevel, Surveyed, UsedPrior, UsedRule,
};
pub use run::{LinkTables, link_tables};
