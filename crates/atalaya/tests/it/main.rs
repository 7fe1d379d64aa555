//! The verbs on a real observatory in a temporary folder.

mod collect;
mod support;
