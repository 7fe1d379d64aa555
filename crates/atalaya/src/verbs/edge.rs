//! The records behind a link of an atlas.

use std::collections::BTreeSet;

use atalaya_kernel::{Both, Clearance, Exit, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verb;
use super::atlas::RoutesAtlas;
use super::records::{RecordsPage, page_of};
use crate::Observatory;
use crate::observatory::{Caller, Eye};
use crate::routes::make::Moment;
use crate::routes::question::Question;
use crate::routes::stage::Stage;

/// The records behind one link: those that show it under the same question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesRecords {
    /// The question of the atlas.
    #[cfg_attr(feature = "cli", command(flatten))]
    #[serde(flatten)]
    pub ask: RoutesAtlas,
    /// Where the link starts, as the atlas names it: PE
    #[cfg_attr(feature = "cli", arg(long, value_name = "PLACE"))]
    pub from_place: String,
    /// Where it ends
    #[cfg_attr(feature = "cli", arg(long, value_name = "PLACE"))]
    pub to_place: String,
    /// Only this year
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEAR"))]
    pub year: Option<i32>,
    /// Skip this many
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: usize,
    /// At most this many
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50))]
    pub limit: usize,
}

impl Verb for RoutesRecords {
    const NAME: &'static str = "routes";
    type Outcome = RecordsPage;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<RecordsPage, Problem> {
        // What is recorded of a link depends on no method, and no draws are needed.
        let question = Question::of(&RoutesAtlas { method: "observed".into(), ..self.ask.clone() })?;
        let stage = Stage::new(observatory, &question, Moment::default(), caller.progress)?;
        let rows = stage.rows_behind([self.from_place.as_str(), self.to_place.as_str()], self.year);
        let eye = &stage.read.eye;
        let (shown, withheld) = may_leave(observatory.clearance(), eye, &rows);
        if shown.is_empty() && !withheld.is_empty() {
            return Err(Problem::new(
                "not-releasable",
                withheld.into_iter().collect::<Vec<_>>().join(", "),
                Both::new("single rows of these sources may not leave", "las filas individuales de estas fuentes no pueden salir"),
                Both::new("ask for totals, or ask the producer", "pida totales, o consulte a quien produce los datos"),
            )
            .exits(Exit::Refused));
        }
        let page: Vec<usize> = shown.iter().copied().skip(self.offset).take(self.limit).collect();
        let used = |source: &str| question.source.is_empty() || question.source.iter().any(|s| s == source);
        Ok(page_of(eye, &page, shown.len(), withheld, used))
    }
}

/// Those of some rows that may be shown one by one, and the sources of the others.
pub(super) fn may_leave(clearance: &Clearance, eye: &Eye, rows: &[usize]) -> (Vec<usize>, BTreeSet<String>) {
    let cube = &eye.cube;
    let kept: BTreeSet<i64> = eye.intakes.iter().filter(|i| !clearance.sees_rows(&i.label)).map(|i| i.id).collect();
    let number = |row: usize, field: &str| cube.column(field).map_or(0, |c| cube.number(row, c));
    let (shown, hidden): (Vec<usize>, Vec<usize>) =
        rows.iter().copied().partition(|row| !kept.contains(&i64::from(number(*row, "intake"))));
    let source = |row: usize| cube.column("source").map_or("", |c| cube.text(row, c)).to_string();
    (shown, hidden.into_iter().map(source).collect())
}
