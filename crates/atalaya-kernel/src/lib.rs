//! The words of Atalaya.
//!
//! Period, area, substance, unit, observation, label, problem: what every other crate says, and
//! the code lists behind it. Nothing here reads a file, a clock or a network.

pub mod area;
pub mod both;
pub mod decimal;
pub mod label;
pub mod measure;
pub mod missing;
pub mod period;
pub mod problem;
pub mod record;
pub mod rule;
pub mod seed;
pub mod shape;
pub mod substance;
pub mod unit;

pub use both::{Both, Lang};
pub use decimal::Decimal;
pub use label::{Clearance, Label, Tlp};
pub use missing::Missing;
pub use period::{Date, Period, Precision};
pub use problem::{Exit, Problem};
pub use rule::{Action, Rule};
pub use seed::Seed;
