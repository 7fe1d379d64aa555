//! The record table: rows as coded, a page at a time.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::record::{NO_DAY, RECORD_FIELDS};
use atalaya_kernel::rule::flags_of;
use atalaya_kernel::{Both, Date, Decimal, Label, Lang, Period, Precision, Problem};
use atalaya_store::Intake;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::query::Ask;
use super::say::table;
use super::{Say, Verb};
use crate::Observatory;
use crate::observatory::{Caller, Eye};
use crate::query::{Page, label_of, record_rows};

/// Records one by one, filtered as `query` filters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Records {
    /// The filters.
    #[cfg_attr(feature = "cli", command(flatten))]
    #[serde(flatten)]
    pub ask: Ask,
    /// Skip this many
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: usize,
    /// At most this many
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50))]
    pub limit: usize,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordsPage {
    /// Records that fit.
    pub total: usize,
    /// Column ids.
    pub columns: Vec<String>,
    /// Rows of texts.
    pub rows: Vec<Vec<String>>,
    /// What codes mean.
    pub labels: BTreeMap<String, BTreeMap<String, Both>>,
    /// The label of what is shown.
    pub label: Option<Label>,
    /// The snapshot.
    pub snapshot: String,
    /// Sources that fit too but of which only totals may be shown.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub withheld: BTreeSet<String>,
}

impl Verb for Records {
    const NAME: &'static str = "records";
    type Outcome = RecordsPage;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<RecordsPage, Problem> {
        let Page { eye, total, rows, withheld } = record_rows(observatory, &self.ask.query()?, self.offset, self.limit)?;
        let used = |source: &str| self.ask.source.is_empty() || self.ask.source.iter().any(|s| s == source);
        Ok(page_of(&eye, &rows, total, withheld, used))
    }
}

/// Some rows as a page: `used` says whose label it carries.
pub(super) fn page_of(eye: &Eye, rows: &[usize], total: usize, withheld: BTreeSet<String>, used: impl Fn(&str) -> bool) -> RecordsPage {
    let cube = &eye.cube;
    let fields: Vec<(usize, &str)> = RECORD_FIELDS.iter().filter_map(|f| Some((cube.column(f)?, *f))).collect();
    let number = |row: usize, field: &str| cube.column(field).map_or(0, |c| cube.number(row, c));
    let mut columns: Vec<String> = ["source", "intake", "part", "ordinal", "date"].map(str::to_string).to_vec();
    columns.extend(fields.iter().map(|(_, f)| (*f).to_string()));
    columns.extend(["kg".to_string(), "flags".to_string()]);
    let mut labels: BTreeMap<String, BTreeMap<String, Both>> = BTreeMap::new();
    let mut out = Vec::new();
    for row in rows.iter().copied() {
        let (file, ordinal) = cube.place(row);
        let day = number(row, "day") as i32;
        let precision = Precision::from_code(cube.precision(row)).unwrap_or(Precision::Day);
        let date = if day == NO_DAY { String::new() } else { Period { start: Date(day), precision }.to_string() };
        let source = cube.column("source").map_or("", |c| cube.text(row, c));
        let mut cells = vec![source.to_string(), number(row, "intake").to_string(), (file + 1).to_string(), ordinal.to_string(), date];
        for (column, field) in &fields {
            let text = cube.text(row, *column);
            if let Some(label) = label_of(field, text) {
                labels.entry((*field).to_string()).or_default().insert(text.into(), label);
            }
            cells.push(text.to_string());
        }
        cells.push(cube.kg(row).map(|k: Decimal| k.to_string()).unwrap_or_default());
        cells.push(flags_of(number(row, "flags")).map(|r| r.id).collect::<Vec<_>>().join(" "));
        out.push(cells);
    }
    let carries = |i: &&Intake| i.kind != "observations" && !withheld.contains(&i.source) && used(&i.source);
    let label = eye.intakes.iter().filter(carries).map(|i| i.label.clone()).reduce(|a, b| a.combine(&b));
    RecordsPage { total, columns, rows: out, labels, label, snapshot: eye.snapshot.to_string(), withheld }
}

impl Say for RecordsPage {
    fn say(&self, lang: Lang) -> String {
        let head: Vec<&str> = self.columns.iter().map(String::as_str).collect();
        let of = if lang == Lang::Es { "de" } else { "of" };
        format!("{}{} {of} {}\n", table(&head, &self.rows), self.rows.len(), self.total)
    }
}
