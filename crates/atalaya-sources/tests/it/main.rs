//! Tests of the sources, in one binary.

mod attacks;
mod builtin;
mod draft;
mod geometry;
mod real;
mod support;
