//! The years of a series, one frame each: a page fills the areas anew without drawing again.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Class, Classes, MOST, fill};
use crate::chart::{AreaValue, Theme, ink::Ink};

/// One time of a series of maps.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Frame {
    /// The time, as it is said.
    pub at: String,
    /// The class of every area with a row; the others are `nothing`.
    pub fills: BTreeMap<String, String>,
    /// Their values as decimal text, where there is one.
    pub values: BTreeMap<String, String>,
    /// The ids of their figures.
    pub figures: BTreeMap<String, String>,
    /// Those that may still be revised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub provisional: Vec<String>,
}

/// The frame of a time.
pub fn frame(at: &str, values: &[AreaValue], classes: &Classes) -> Frame {
    let mut frame = Frame { at: at.into(), ..Frame::default() };
    for value in values {
        frame.fills.insert(value.area.clone(), classes.class(&value.point).id());
        if let Some(text) = &value.point.value {
            frame.values.insert(value.area.clone(), text.clone());
        }
        if let Some(figure) = &value.point.figure {
            frame.figures.insert(value.area.clone(), figure.clone());
        }
        if value.point.provisional {
            frame.provisional.push(value.area.clone());
        }
    }
    frame
}

/// The fill of every class, on light and on dark. Those that are hatched name a pattern of the
/// drawing.
pub fn palette(classes: &Classes) -> BTreeMap<String, [String; 2]> {
    let values = (0..classes.len().min(MOST)).map(Class::Of);
    let others = [Class::Zero, Class::NotKnown, Class::Suppressed, Class::NotApplicable, Class::Nothing];
    let themes = |class| [Theme::Light, Theme::Dark].map(|theme| fill(class, classes, Ink::of(theme)));
    values.chain(others).map(|class| (class.id(), themes(class))).collect()
}
