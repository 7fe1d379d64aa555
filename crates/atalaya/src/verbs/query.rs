//! Ask the store.

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_store::{Dim, Query};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::{count, decimal, table};
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::{Answer, ColumnKind};
use crate::observatory::Caller;
use crate::query::answer_and_keep;

/// Ask the store: counts and kilograms of records, or published series, broken down as you like.
///
/// Every row carries a figure id that `atalaya verify` recomputes. Rival figures stand side by
/// side; nothing is averaged, and leaf, paste and HCl are never added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Ask {
    /// `seizures`, or a measure: `coca-area`, `prevalence`, `wastewater-load`, `homicides` ...
    #[cfg_attr(feature = "cli", arg(default_value = "seizures"))]
    pub what: String,
    /// Substances, each with what it includes: `cocaine`, `heroin` ...
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub substance: Vec<String>,
    /// Areas by code or name: `PE`, `PER`, `Perú`, `CO-ANT`, `divipola:05031`
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "AREA"))]
    pub area: Vec<String>,
    /// Sources
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
    /// Break down by: year quarter month fiscal-year area substance source unit transport
    /// departure destination producing admin place agency definition breakdown
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "DIM"))]
    pub by: Vec<String>,
    /// From this period on: 2014, 2014-Q2, 2014-03, 2014-03-01, 2014/US
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub from: Option<String>,
    /// Up to and with this period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub to: Option<String>,
    /// For series, the level of areas: country admin1 admin2 admin3 zone place
    #[cfg_attr(feature = "cli", arg(long))]
    pub level: Option<String>,
    /// Leave out records with these flags: departure-is-destination, inflow-to-producer,
    /// too-heavy-for-air ...
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "RULE"))]
    pub without: Vec<String>,
    /// As the store stood after this intake
    #[cfg_attr(feature = "cli", arg(long, value_name = "INTAKE"))]
    pub as_of: Option<i64>,
    /// With records linked as after this link decision; 0 for none of them linked
    #[cfg_attr(feature = "cli", arg(long, value_name = "DECISION"))]
    pub links: Option<i64>,
}

impl Ask {
    /// The question, its dimensions checked.
    ///
    /// # Errors
    /// `unknown-by`.
    pub fn query(&self) -> Result<Query, Problem> {
        let mut by = Vec::new();
        for name in &self.by {
            by.push(Dim::parse(name).ok_or_else(|| {
                let known = Dim::ALL.map(Dim::name).join(", ");
                Problem::new(
                    "unknown-by",
                    format!("--by {name}"),
                    Both::new("nothing can be broken down by this", "no se puede desglosar por esto"),
                    both!("known: {known}", "se conocen: {known}"),
                )
            })?);
        }
        Ok(Query {
            what: self.what.clone(),
            substance: self.substance.clone(),
            area: self.area.clone(),
            source: self.source.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            level: self.level.clone(),
            without: self.without.clone(),
            by,
            at: std::collections::BTreeMap::new(),
            as_of: self.as_of,
            links: self.links,
            routes: None,
        })
    }
}

impl Verb for Ask {
    const NAME: &'static str = "query";
    type Outcome = Answer;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<Answer, Problem> {
        answer_and_keep(observatory, &self.query()?)
    }
}

impl Say for Answer {
    fn say(&self, lang: Lang) -> String {
        // Low and high say nothing where every conversion is exact.
        let exact = ["kg_low", "kg_high"].iter().all(|c| self.rows.iter().all(|r| r.get(*c) == r.get("kg")));
        // Nor does a second total where nothing is linked: the note says so.
        let unlinked = [("events", "records"), ("kg_unique", "kg")].iter().all(|(a, b)| self.rows.iter().all(|r| r.get(*a) == r.get(*b)));
        let idle = |id: &str| match id {
            "kg_low" | "kg_high" => exact,
            "events" | "kg_unique" => unlinked,
            _ => false,
        };
        let columns: Vec<_> = self.columns.iter().filter(|c| !idle(&c.id)).collect();
        let head: Vec<&str> = columns.iter().map(|c| c.label.in_lang(lang)).collect();
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| {
                columns
                    .iter()
                    .map(|c| {
                        let text = Answer::text(row, &c.id);
                        match c.kind {
                            ColumnKind::Decimal => decimal(&text, lang),
                            ColumnKind::Count => text.parse().map_or(text, |n| count(n, lang)),
                            // Codes stay codes; sentences are said in the reader's language.
                            ColumnKind::Text if matches!(c.id.as_str(), "definition" | "breakdown" | "basis") => {
                                self.labels.get(&c.id).and_then(|known| known.get(&text)).map_or(text, |b| b.in_lang(lang).to_string())
                            }
                            ColumnKind::Text | ColumnKind::Figure => text,
                        }
                    })
                    .collect()
            })
            .collect();
        let mut out = format!("{}\n\n", self.title.in_lang(lang));
        if self.rows.is_empty() {
            out += match lang {
                Lang::En => "nothing reported for this question (which is not zero)\n",
                Lang::Es => "nada informado para esta pregunta (que no es lo mismo que cero)\n",
            };
        } else {
            out += &table(&head, &rows);
        }
        out.push('\n');
        for note in &self.notes {
            out += &format!("* {}\n", note.in_lang(lang));
        }
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += &format!("{}\n{label}  snapshot {}  {}\n", self.source_line(lang), self.snapshot.get(..16).unwrap_or(""), self.figure);
        out
    }
}
