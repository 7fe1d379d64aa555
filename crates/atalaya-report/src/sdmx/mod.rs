//! A table as SDMX 3.0 sees it: dimensions, one measure, attributes, and the structure that says so.
//!
//! | column | becomes |
//! |---|---|
//! | `year`, `quarter`, `month`, `fiscal-year`, `day` | `TIME_PERIOD`, and `FREQ` from how long it is |
//! | `area`, `substance` | dimensions `REF_AREA`, `SUBSTANCE` |
//! | a number (`value`, `kg`, `records` ...) | one observation each, told apart by dimension `MEASURE` |
//! | `low`, `high`, `kg_low`, `kg_high` | attributes `OBS_LOW`, `OBS_HIGH` of that observation |
//! | `unit` | attribute `UNIT_MEASURE`; a dimension too where it tells observations apart |
//! | `status`, `missing` | attribute `OBS_STATUS` |
//! | `figure` | attribute `FIGURE_ID` |
//! | `source` | dimension `SOURCE`, because rivals stand side by side, and attribute `SOURCE_ID` |
//! | `basis`, `vintage`, `flags` | attributes of the same names |
//! | any other | a dimension |
//!
//! `CONF_STATUS` comes from the label: `TLP:CLEAR` is `F` (free for publication), `TLP:GREEN` and no
//! label at all are `N` (not for publication), `TLP:AMBER` and stricter are `C` (confidential).

pub mod id;
mod message;
mod observe;
mod shape;
mod structure;
mod words;

pub(crate) use observe::observe;
pub(crate) use structure::{dataflow, message};
