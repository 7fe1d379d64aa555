//! Rows that wait for a decision, and the decisions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use atalaya_kernel::both::shown;
use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_store::{Decision, DecisionBody, HeldEntry, HeldFilter, NewDecision, RuleCount};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::collect::{Collect, CollectedSource};
use super::say::{count, table};
use super::{Say, Verb, inside_only};
use crate::Observatory;
use crate::observatory::Caller;

/// Held rows: where, what was found, what to do. Decide, and the file is replayed.
///
/// Every decision has who, when and why, can be undone, and nothing is deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Held {
    /// Source
    pub source: String,
    /// Only rows that met this rule
    #[cfg_attr(feature = "cli", arg(long, value_name = "RULE"))]
    pub rule: Option<String>,
    /// Vintage, by name; the newest that holds rows if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "VINTAGE"))]
    pub vintage: Option<String>,
    /// Skip this many rows
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: u64,
    /// Show at most this many rows
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20))]
    pub limit: u64,
    /// Decide that a text means a code: --map 'area:Atlantis=PE' (field:FOUND=CODE)
    #[cfg_attr(feature = "cli", arg(long, value_name = "FIELD:FOUND=CODE"))]
    pub map: Option<String>,
    /// Decide that these rows are accepted as they stand (row numbers, e.g. 17,18 or 2:17 for part 2)
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ROW"))]
    pub accept: Vec<String>,
    /// Decide that these rows are rejected
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ROW"))]
    pub reject: Vec<String>,
    /// Say once that a column was renamed: --rename 'amount=AMOUNT_OF_DRUG'
    #[cfg_attr(feature = "cli", arg(long, value_name = "FIELD=COLUMN"))]
    pub rename: Option<String>,
    /// Undo a decision by its number
    #[cfg_attr(feature = "cli", arg(long, value_name = "N"))]
    pub undo: Option<i64>,
    /// Why: kept with the decision
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub why: Option<String>,
    /// List the decisions about this source
    #[cfg_attr(feature = "cli", arg(long))]
    pub decisions: bool,
}

/// Held rows, or what a decision did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldRows {
    /// The source.
    pub source: String,
    /// The vintage.
    pub vintage: String,
    /// Rows read.
    pub read: u64,
    /// Accepted.
    pub accepted: u64,
    /// Held.
    pub held: u64,
    /// Rejected.
    pub rejected: u64,
    /// Rows that fit the filter.
    pub total: u64,
    /// By rule.
    pub by_rule: Vec<RuleCount>,
    /// The rows asked for.
    pub rows: Vec<HeldEntry>,
    /// The decision just logged.
    pub decided: Option<Decision>,
    /// What the replay gave.
    pub replayed: Option<CollectedSource>,
    /// The decisions about this source, if asked for.
    pub decisions: Vec<Decision>,
}

impl Verb for Held {
    const NAME: &'static str = "held";
    type Outcome = HeldRows;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<HeldRows, Problem> {
        inside_only(observatory)?;
        let id = observatory.source(&self.source)?.recipe.id;
        let body = self.body(observatory, &id)?;
        let (decided, replayed) = match body {
            None => (None, None),
            Some(body) => {
                let decision = self.decide(observatory, caller, &id, body)?;
                (Some(decision), replay(observatory, caller, &id)?)
            }
        };
        let mut rows = self.list(observatory, &id)?;
        rows.decided = decided;
        rows.replayed = replayed;
        if self.decisions {
            rows.decisions = observatory.store().decisions(None)?.into_iter().filter(|d| d.source == id).collect();
        }
        Ok(rows)
    }
}

impl Held {
    fn list(&self, observatory: &Observatory, id: &str) -> Result<HeldRows, Problem> {
        let all = observatory.store().visible_of(id)?;
        let intake = match &self.vintage {
            Some(name) => all.iter().rev().find(|i| i.vintage == *name),
            None => {
                all.iter().rev().find(|i| i.counts.held > 0).or_else(|| all.iter().rev().find(|i| i.counts.rejected > 0)).or(all.last())
            }
        };
        let Some(intake) = intake else {
            return Err(Problem::new(
                "nothing-collected",
                id,
                Both::new("nothing of this source has been collected yet", "aún no se ha recogido nada de esta fuente"),
                both!("atalaya collect {id} --from PATH", "atalaya collect {id} --from RUTA"),
            ));
        };
        let filter = HeldFilter { rule: self.rule.clone(), offset: self.offset, limit: self.limit };
        let summary = observatory.store().held(intake, &filter)?;
        let c = intake.counts;
        Ok(HeldRows {
            source: id.into(),
            vintage: intake.vintage.clone(),
            read: c.read,
            accepted: c.accepted,
            held: c.held,
            rejected: c.rejected,
            total: summary.total,
            by_rule: summary.by_rule,
            rows: summary.rows,
            decided: None,
            replayed: None,
            decisions: Vec::new(),
        })
    }

    /// What is to be decided, if anything.
    fn body(&self, observatory: &Observatory, id: &str) -> Result<Option<DecisionBody>, Problem> {
        let split = |text: &str, form: &str| -> Result<(String, String), Problem> {
            text.rsplit_once('=').map(|(a, b)| (a.trim().to_string(), b.trim().to_string())).ok_or_else(|| {
                Problem::new("decision", text, both!("is not of the form {form}", "no tiene la forma {form}"), Both::default())
            })
        };
        if let Some(text) = &self.map {
            let (left, to) = split(text, "FIELD:FOUND=CODE")?;
            let (field, found) = left.split_once(':').map(|(f, t)| (f.to_string(), t.to_string())).unwrap_or_default();
            if field.is_empty() {
                return Err(Problem::new(
                    "decision",
                    text,
                    Both::new("no field is named", "no se nombra ningún campo"),
                    Both::new("write FIELD:FOUND=CODE, e.g. area:Atlantis=PE", "escriba CAMPO:HALLADO=CÓDIGO, p. ej. area:Atlantis=PE"),
                ));
            }
            return Ok(Some(DecisionBody::Map { field, found, to }));
        }
        if let Some(text) = &self.rename {
            let (field, column) = split(text, "FIELD=COLUMN")?;
            return Ok(Some(DecisionBody::Rename { field, column }));
        }
        if let Some(decision) = self.undo {
            if !observatory.store().decisions(None)?.iter().any(|d| d.id == decision && d.source == id) {
                return Err(Problem::new(
                    "decision",
                    decision.to_string(),
                    both!("no decision about {id} has this number", "ninguna decisión sobre {id} tiene este número"),
                    both!("atalaya held {id} --decisions", "atalaya held {id} --decisions"),
                ));
            }
            return Ok(Some(DecisionBody::Undo { decision }));
        }
        let (rows, accept) = if self.accept.is_empty() { (&self.reject, false) } else { (&self.accept, true) };
        if rows.is_empty() {
            return Ok(None);
        }
        let (member, ordinals) = numbers(rows)?;
        let intake = observatory
            .store()
            .visible_of(id)?
            .into_iter()
            .rev()
            .find(|i| self.vintage.as_ref().is_none_or(|v| *v == i.vintage) && i.counts.held > 0);
        let file = intake.and_then(|i| i.files.get(member as usize).map(|f| f.sha256.clone())).ok_or_else(|| {
            Problem::new(
                "decision",
                rows.join(","),
                Both::new("no held row has this number", "ninguna fila retenida tiene este número"),
                both!("atalaya held {id}", "atalaya held {id}"),
            )
        })?;
        Ok(Some(if accept { DecisionBody::Accept { file, member, ordinals } } else { DecisionBody::Reject { file, member, ordinals } }))
    }

    fn decide(&self, observatory: &mut Observatory, caller: &Caller<'_>, id: &str, body: DecisionBody) -> Result<Decision, Problem> {
        let why = self.why.clone().filter(|w| !w.trim().is_empty()).ok_or_else(|| {
            Problem::new(
                "why-needed",
                "--why",
                Both::new("a decision without a reason", "una decisión sin motivo"),
                Both::new("say why in one sentence: --why '...'", "diga por qué en una oración: --why '...'"),
            )
        })?;
        let _lock = observatory.lock()?;
        observatory.store_mut().decide(NewDecision {
            decided_at: caller.now.clone(),
            who: caller.who.clone(),
            why,
            source: id.into(),
            body,
        })
    }
}

/// Reads the source's files again under the decisions as they are now.
fn replay(observatory: &mut Observatory, caller: &mut Caller<'_>, id: &str) -> Result<Option<CollectedSource>, Problem> {
    let has_path = observatory.source_from(id).and_then(|f| f.path).is_some_and(|p| observatory.root().join(p).exists());
    if !has_path {
        return Ok(None);
    }
    let collected = Collect { source: Some(id.into()), from: None::<PathBuf> }.run(observatory, caller)?;
    Ok(collected.sources.into_iter().next())
}

/// Row numbers, all of one part: `17,18`, `2:17`.
fn numbers(rows: &[String]) -> Result<(u32, Vec<u32>), Problem> {
    let mut parts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in rows {
        let (part, number) = row.split_once(':').unwrap_or(("1", row));
        let parsed = part.parse::<u32>().ok().filter(|p| *p > 0).zip(number.trim().parse::<u32>().ok());
        let Some((part, number)) = parsed else {
            return Err(Problem::new(
                "decision",
                row,
                Both::new("is not a row number", "no es un número de fila"),
                Both::new("rows are numbered from 1 in the list of held rows", "las filas se numeran desde 1 en la lista de retenidas"),
            ));
        };
        parts.entry(part - 1).or_default().push(number);
    }
    match parts.pop_first() {
        Some(one) if parts.is_empty() => Ok(one),
        _ => Err(Problem::new(
            "decision",
            rows.join(","),
            Both::new("rows of several parts at once", "filas de varias partes a la vez"),
            Both::new("decide part by part", "decida parte por parte"),
        )),
    }
}

impl Say for HeldRows {
    fn say(&self, lang: Lang) -> String {
        let [read, accepted, held, rejected] = [self.read, self.accepted, self.held, self.rejected].map(|n| count(n, lang));
        let (source, vintage) = (&self.source, &self.vintage);
        let mut out = both!(
            "{source} [{vintage}]: {read} read = {accepted} accepted + {held} held + {rejected} rejected\n",
            "{source} [{vintage}]: {read} leídas = {accepted} aceptadas + {held} retenidas + {rejected} rechazadas\n"
        )
        .in_lang(lang)
        .to_string();
        if let Some(decision) = &self.decided {
            let n = decision.id;
            out += both!("decision {n} logged; undo it with --undo {n}\n", "decisión {n} registrada; deshágala con --undo {n}\n")
                .in_lang(lang);
        }
        for decision in &self.decisions {
            let body = serde_json::to_string(&decision.body).unwrap_or_default();
            out += &format!("  {}  {}  {}  {}  “{}”\n", decision.id, decision.decided_at, decision.who, shown(&body), shown(&decision.why));
        }
        for rule in &self.by_rule {
            out += &format!(
                "\n{} ({}): {}\n    → {}\n",
                rule.rule,
                count(rule.count, lang),
                rule.title.in_lang(lang),
                rule.todo.in_lang(lang)
            );
        }
        let head: [&str; 6] = match lang {
            Lang::En => ["row", "line", "rule", "field", "found", "detail"],
            Lang::Es => ["fila", "línea", "regla", "campo", "hallado", "detalle"],
        };
        if !self.rows.is_empty() {
            let rows: Vec<Vec<String>> = self
                .rows
                .iter()
                .map(|e| {
                    let number = if e.part == 1 { e.ordinal.to_string() } else { format!("{}:{}", e.part, e.ordinal) };
                    let short: String = shown(&e.found).chars().take(48).collect();
                    vec![number, e.line.to_string(), e.rule.clone(), e.field.clone(), short, e.detail.chars().take(40).collect()]
                })
                .collect();
            out += &format!("\n{}", table(&head, &rows));
            let (shown_rows, total) = (self.rows.len(), self.total);
            if (shown_rows as u64) < total {
                out += both!(
                    "… {shown_rows} of {total}; --limit and --offset show more\n",
                    "… {shown_rows} de {total}; --limit y --offset muestran más\n"
                )
                .in_lang(lang);
            }
        }
        out
    }
}
