//! What can be measured of routes, and how far it can be trusted.

mod change;
mod measures;
mod rate;
mod said;
mod seizures;
mod validate;

pub use change::{ChangeFound, RoutesChange, YearOfPlace};
pub use measures::{MeasuresFound, PlaceMeasured, RoutesMeasures, WholeMeasured};
pub use rate::{RateFound, Rated, RoutesRate};
pub use seizures::{EffortSeries, RoutesSeizures, SeizedRow, SeizuresFound};
pub use validate::{OnWorlds, RoutesValidate, Unseen, ValidateFound};
