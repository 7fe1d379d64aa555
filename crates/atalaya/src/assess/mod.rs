//! Assessing again and again: designs and compacts run each time data arrive, repeated looking is paid
//! for, a verdict that turns is logged with its cause, and a compact stands on one page.

pub(crate) mod alerts;
mod cause;
pub mod compact;
mod indicator;
mod log;
mod page;
mod paid;
mod promises;
mod run;
mod standing;

pub use alerts::Alert;
pub use cause::{Cause, Flip, Trial, Tried, cause_word};
pub use indicator::{Measured, Point, Standing, standing_word};
pub use log::Assessment;
pub use page::{CannotTell, ChangedLine, CompactPage, Done, Promised, Review, page};
pub(crate) use promises::measurements;
pub use promises::{Measurement, Stood, Turn};
pub(crate) use run::{Ran, again, assess, paid_so_far};
pub use standing::{DesignStanding, LastRun, Turned};
pub(crate) use standing::{runs, standing_of, standings};
