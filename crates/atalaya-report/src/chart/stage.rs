//! Where a body is drawn: its width, its ink, its language; and what comes back.

use atalaya_kernel::{Both, Lang};

use super::ink::Ink;
use super::number;
use super::scale::Axis;
use super::svg::Svg;

/// What a body gets to draw with.
#[derive(Debug, Clone, Copy)]
pub struct Stage<'a> {
    /// Its colours.
    pub ink: &'static Ink,
    /// Its language.
    pub lang: Lang,
    /// Its width in pixels; it chooses its height.
    pub width: f64,
    /// The unit of its values.
    pub unit: &'a Both,
    /// What it shares with its neighbours, where it is one of several small charts.
    pub shared: Option<&'a Shared>,
}

/// What several small charts share.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// First and last time.
    pub times: (f64, f64),
    /// The axis of values.
    pub axis: Axis,
    /// The names of lines, in the order of their pens.
    pub names: Vec<Both>,
}

/// A part of a drawing, its corner at the origin.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Piece {
    /// Its marks.
    pub svg: Svg,
    /// Its height in pixels.
    pub height: f64,
}

impl Stage<'_> {
    /// One of two sentences.
    pub fn say<'s>(&self, en: &'s str, es: &'s str) -> &'s str {
        match self.lang {
            Lang::En => en,
            Lang::Es => es,
        }
    }

    /// A value as it stands beside its mark.
    pub fn value(&self, text: &str) -> String {
        number::beside(text, self.lang)
    }

    /// Whether it is one of several small charts.
    pub fn small(&self) -> bool {
        self.shared.is_some()
    }
}
