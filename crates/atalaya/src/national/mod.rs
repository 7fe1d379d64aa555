//! National tables out of the store: facts, rows of the modules, and what changed.

pub(crate) mod beside;
pub(crate) mod changes;
pub(crate) mod facts;
pub(crate) mod lines;

#[cfg(test)]
mod tests;
