//! The outside world: file formats, recipes, and the built-in sources.
//!
//! Data flow one way: a file is opened under caps ([`format`]), its rows are read under a
//! [`recipe::Recipe`], mapped to coded rows ([`map`]), and handed on in batches. Nothing here
//! knows the store.

pub mod builtin;
pub mod draft;
pub mod fetch;
pub mod format;
pub mod geometry;
pub mod map;
pub mod persons;
pub mod recipe;

pub use builtin::{Builtin, SOURCES, arq_recipe, builtin, is_arq, own_file};
pub use map::{Context, Reading, Slice, read};
pub use recipe::{Field, Kind, Layout, Recipe};
