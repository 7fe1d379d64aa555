//! Recipes: where a source's data come from and how its columns, codes and units map.
//!
//! A recipe is text a person writes, reads and replays next month. Every key is checked, so a
//! typing error is an error with its line, not a column that silently stays empty.

use std::collections::BTreeMap;

use atalaya_kernel::area::Scheme;
use atalaya_kernel::{Both, Label, Missing, Problem, both};
use serde::{Deserialize, Serialize};

mod check;
mod kinds;

pub use check::FIELDS;
pub use kinds::{Counts, Format, Formulas, Keeps, Kind};

/// A recipe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The source's id: kebab-case, the folder's name.
    pub id: String,
    /// What it is.
    pub title: Both,
    /// Who publishes it.
    pub producer: String,
    /// On what terms.
    pub licence: String,
    /// Where to read about it.
    #[serde(default)]
    pub url: String,
    /// What a row is.
    pub kind: Kind,
    /// The label every intake carries.
    pub label: Label,
    /// Whether the data are made up; shown wherever they appear.
    #[serde(default)]
    pub simulated: bool,
    /// Whether older vintages stand where the newest is silent.
    #[serde(default)]
    pub keeps: Keeps,
    /// What the source counts as one, where it says so.
    #[serde(default)]
    pub counts: Option<Counts>,
    /// How often a new vintage is due: `1m`, `3m`, `1y`.
    #[serde(default)]
    pub every: Option<String>,
    /// Where `atalaya collect` looks without `--from`.
    #[serde(default)]
    pub from: From,
    /// First and last year a date may fall in.
    #[serde(default)]
    pub years: Option<[i32; 2]>,
    /// How a vintage is named.
    #[serde(default)]
    pub vintage: VintageRule,
    /// What a row that is not there means.
    #[serde(default)]
    pub absent: Option<Absent>,
    /// Countries whose days are placeholders, with the precision that is real.
    #[serde(default)]
    pub precision: BTreeMap<String, atalaya_kernel::Precision>,
    /// What a reader should know.
    #[serde(default)]
    pub notes: Vec<Both>,
    /// Words of definitions and breakdowns, English to Spanish.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// Columns named like persons that are not, each with the reason.
    #[serde(default)]
    pub not_persons: BTreeMap<String, String>,
    /// The shapes the file comes in; the first that fits is used.
    #[serde(rename = "layout")]
    pub layouts: Vec<Layout>,
    /// What must hold.
    #[serde(default, rename = "check")]
    pub checks: Vec<Check>,
}

/// Where data come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// A file or folder, relative to the observatory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// An https address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// How a vintage is named; without a rule, by the date it was collected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VintageRule {
    /// By this column: one file, several vintages.
    #[serde(default)]
    pub column: Option<String>,
    /// By the first group of this pattern in the file's name.
    #[serde(default)]
    pub file_name: Option<String>,
    /// How it is then called: `FY20$1`, where `$1` is the first group.
    #[serde(default)]
    pub called: Option<String>,
    /// The name is also the day the file was prepared.
    #[serde(default)]
    pub is_prepared: bool,
}

/// What an absent row means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    /// `zero`: by the source's definition a missing area-year is zero.
    pub means: String,
    /// The reason, shown with every figure.
    pub note: Both,
}

/// One shape a file comes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Its name in receipts.
    pub name: String,
    /// The format.
    #[serde(default)]
    pub format: Format,
    /// Separator of delimited text; found out if absent.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// Sheets by name, `*` at either end stands for anything; all if empty.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// Texts the header row holds; without them the first row that holds anything.
    #[serde(default)]
    pub header: Vec<String>,
    /// Columns that the header must not have: they tell a look-alike, such as somebody's extract.
    #[serde(default)]
    pub without: Vec<String>,
    /// Words of the title above the header; one of them must stand there.
    #[serde(default)]
    pub title: Vec<String>,
    /// Columns of which a blank cell repeats the one above.
    #[serde(default)]
    pub fill_down: Vec<String>,
    /// Beginnings of the first cell that end the table: what follows are notes.
    #[serde(default)]
    pub notes_begin: Vec<String>,
    /// Cells right of a value without a header of their own are footnotes to it.
    #[serde(default)]
    pub footnotes: bool,
    /// What a formula in a sheet is taken for.
    #[serde(default)]
    pub formulas: Formulas,
    /// Turn columns into rows.
    #[serde(default)]
    pub unpivot: Option<Unpivot>,
    /// The vintage of files in this shape.
    #[serde(default)]
    pub vintage: Option<String>,
    /// Columns left unread on purpose, each with the reason; `*` at either end stands for anything.
    #[serde(default)]
    pub ignore: BTreeMap<String, String>,
    /// How each field is read.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
    /// For observations: the values a row gives.
    #[serde(default)]
    pub observe: Vec<Observe>,
}

/// Columns that hold periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unpivot {
    /// A pattern over column names; its first group is the year.
    pub columns: String,
    /// Put before the group: `20` for `hom03`.
    #[serde(default)]
    pub century: Option<[i32; 2]>,
}

/// How one field is read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The columns it may stand in; the first that exists is read.
    #[serde(default)]
    pub from: Vec<String>,
    /// A constant instead of a column; in observations `{Column}` is filled in from the row,
    /// `{Column|otherwise}` where it may be blank, `{@sheet}` is the sheet.
    #[serde(default)]
    pub value: Option<String>,
    /// Every row must have it.
    #[serde(default)]
    pub required: bool,
    /// Texts that mean "not known", besides the empty cell.
    #[serde(default)]
    pub not_known: Vec<String>,
    /// Texts that mean "does not apply"; `""` is the empty cell.
    #[serde(default)]
    pub not_applicable: Vec<String>,
    /// Texts that mean "withheld".
    #[serde(default)]
    pub suppressed: Vec<String>,
    /// What a text means here, before any list is asked.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// Texts to be held whatever a list says of them: a person decides.
    #[serde(default)]
    pub hold: Vec<String>,
    /// For `parent`: places that the publisher counts to another region than the code list does.
    #[serde(default)]
    pub also: BTreeMap<String, String>,
    /// For areas: the code list, `iso3`, `ubigeo`, `divipola`, `devida`, `m49`, `euda`, `usps`.
    #[serde(default)]
    pub scheme: Option<String>,
    /// For areas: another column tells the code list.
    #[serde(default)]
    pub scheme_by: Option<SchemeBy>,
    /// Codes that lost their leading zeros: this many digits.
    #[serde(default)]
    pub pad: Option<usize>,
    /// Only the first so many characters are the code, after padding.
    #[serde(default)]
    pub first: Option<usize>,
    /// Characters cut off at the end: footnote stars.
    #[serde(default)]
    pub strip: String,
    /// How numbers are written: `point` (default), `comma`, or `column` to find out.
    #[serde(default)]
    pub number: NumberStyle,
    /// How dates are written.
    #[serde(default)]
    pub dates: DateStyle,
    /// A second column with the month, for fiscal and split dates.
    #[serde(default)]
    pub month: Option<String>,
    /// The year, where the file has only months; flagged `assumed-year`.
    #[serde(default)]
    pub assume_year: Option<i32>,
    /// A text within the cell that marks a provisional value.
    #[serde(default)]
    pub provisional: Option<String>,
    /// The country a place must lie in for its name to be looked up.
    #[serde(default)]
    pub within: Option<String>,
}

impl Field {
    /// The other column a cell is read together with: the month, or what tells the code list.
    pub fn beside(&self) -> Option<&str> {
        self.month.as_deref().or(self.scheme_by.as_ref().map(|by| by.column.as_str()))
    }

    /// The code list of a place, given what stands in the column beside.
    pub fn scheme_for(&self, beside: &str) -> Option<Scheme> {
        let by = self.scheme_by.as_ref().and_then(|by| by.is.get(beside.trim()));
        by.or(self.scheme.as_ref()).and_then(|name| Scheme::parse(name))
    }

    /// What an absent value is, if the text says it is absent.
    pub fn missing(&self, text: &str) -> Option<Missing> {
        let is = |list: &[String]| list.iter().any(|t| t == text);
        if is(&self.not_applicable) {
            Some(Missing::NotApplicable)
        } else if is(&self.suppressed) {
            Some(Missing::Suppressed)
        } else if text.is_empty() || is(&self.not_known) {
            Some(Missing::NotKnown)
        } else {
            None
        }
    }
}

/// A column that tells in which code list a place is to be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeBy {
    /// The column.
    pub column: String,
    /// What it says, and the code list meant.
    pub is: BTreeMap<String, String>,
}

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberStyle {
    /// `1234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
    /// `1,234.5`
    PointThousands,
    /// Each column tells by its own values, or its ambiguous cells are held.
    Column,
}

/// How dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateStyle {
    /// `2016-01-31`, `2016-01`, `2016`, with or without a time.
    #[default]
    Iso,
    /// `31/01/2016`; a month by its name, Spanish or English, in this and the next two too.
    DayFirst,
    /// `01/31/2016`
    MonthFirst,
    /// The column tells by its own values, or its ambiguous cells are held.
    Column,
    /// A year, whatever else the cell says after it.
    Year,
    /// A year, and a month by number or name in [`Field::month`].
    YearMonth,
    /// A spreadsheet's day number: `42461` is 2016-04-01.
    Excel,
    /// A US fiscal year and a month's name in [`Field::month`].
    UsFiscalMonth,
    /// A month's number; the year is [`Field::assume_year`].
    MonthOnly,
}

/// One value a row gives.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observe {
    /// The measure.
    pub measure: String,
    /// The unit; left out, the field `unit` of the row says it.
    #[serde(default)]
    pub unit: String,
    /// The column of the value. In an unpivoted table `@cell` is the period's own column and
    /// `pob@` the column of that name with what the pattern's group found: `pob90` beside `hom90`.
    pub value: String,
    /// Texts that mean "not known" for this value, besides those of the field `amount`.
    #[serde(default)]
    pub not_known: Vec<String>,
    /// The column of the low end.
    #[serde(default)]
    pub low: Option<String>,
    /// The column of the high end.
    #[serde(default)]
    pub high: Option<String>,
    /// The definition; `{Column}` is filled in from the row.
    #[serde(default)]
    pub definition: String,
    /// The breakdown; `{Column}` is filled in from the row.
    #[serde(default)]
    pub breakdown: String,
    /// A cell that may be blank without being an observation.
    #[serde(default)]
    pub optional: bool,
}

/// What must hold, with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Check {
    /// R1 of the route rules.
    DepartureIsDestination,
    /// R2: these substances' inflow into these countries.
    InflowToProducer {
        /// Substances, with descendants.
        substance: Vec<String>,
        /// Producers.
        areas: Vec<String>,
    },
    /// R3: more than this by air.
    TooHeavyForAir {
        /// Kilograms.
        kg: u32,
    },
    /// The same key twice: `hold` rivals (default), or `parts` of a whole.
    Repeats {
        /// What a repeat is.
        are: Repeats,
    },
    /// As many rows as this, in files of this many at least.
    Rows {
        /// At least.
        at_least: u64,
    },
    /// Exactly this many rows looks like a page of an API.
    Page {
        /// Rows.
        rows: u64,
    },
}

/// What repeated keys of one intake are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeats {
    /// Rival values: hold them all.
    Rivals,
    /// Parts that share a name: keep each.
    Parts,
}

impl Recipe {
    /// A definition or breakdown in both languages: the recipe's words put in, longest first.
    pub fn in_both(&self, text: &str) -> Both {
        let mut words: Vec<(&String, &String)> = self.words.iter().collect();
        words.sort_by_key(|(en, _)| std::cmp::Reverse(en.len()));
        let spanish = words.into_iter().fold(text.to_string(), |text, (en, es)| text.replace(en, es));
        Both::new(text, spanish)
    }

    /// Reads a recipe; `place` names it in errors.
    ///
    /// # Errors
    /// `recipe` with the line, what was found and what is allowed.
    pub fn parse(text: &str, place: &str) -> Result<Recipe, Problem> {
        let recipe: Recipe = toml::from_str(text).map_err(|e| {
            let line = e.span().map_or(0, |s| text[..s.start.min(text.len())].matches('\n').count() + 1);
            let message = e.message().replace('\n', " ");
            Problem::new(
                "recipe",
                format!("{place} line {line}"),
                both!("{message}", "{message}"),
                Both::new(
                    "correct that line; `atalaya recipe explain` lists every key",
                    "corrija esa línea; `atalaya recipe explain` lista todas las claves",
                ),
            )
        })?;
        recipe.check(place)?;
        Ok(recipe)
    }

    /// The check of a kind, if the recipe has it.
    pub fn repeats(&self) -> Repeats {
        self.checks.iter().find_map(|c| if let Check::Repeats { are } = c { Some(*are) } else { None }).unwrap_or(Repeats::Rivals)
    }
}
