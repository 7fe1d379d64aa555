//! Tests of the kernel's words: one file a word.

mod area;
mod shared;
mod substance;
mod unit;
