//! Recompute a figure from its rows, offline.

use atalaya_kernel::{Both, Exit, Lang, Problem, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::figure::{Today, today};
use super::{Say, Verb};
use atalaya_store::Figure;

use crate::Observatory;
use crate::observatory::Caller;
use crate::query::recompute;

/// Recompute a figure from its raw files: does the same number come out?
///
/// Reads the raw files again under the recipes and decisions of then, compares every row's leaf
/// with the receipt, and computes the figure anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Verify {
    /// The figure's id, as it stands beside it: fig-0123456789abcdef
    pub figure: String,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub name: Both,
    /// Whether it holds.
    pub ok: bool,
    /// What was seen.
    pub detail: String,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    /// The figure.
    pub figure: String,
    /// Whether everything holds.
    pub verified: bool,
    /// The question it answers.
    pub query: Value,
    /// What was published.
    pub value: Value,
    /// What comes out now from the rows of then.
    pub now: Value,
    /// What was checked.
    pub checks: Vec<Check>,
    /// What the same question answers today, where rows or link rulings are others by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<Today>,
}

impl Verb for Verify {
    const NAME: &'static str = "verify";
    type Outcome = Verified;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Verified, Problem> {
        let id = self.figure.trim();
        let (figure, view) = observatory.figure(id)?.ok_or_else(|| {
            Problem::new(
                "unknown-figure",
                id,
                Both::new("no figure of this observatory has this id", "ninguna cifra de este observatorio tiene este id"),
                Both::new(
                    "copy the whole id from the table or export it stands in",
                    "copie el id completo de la tabla o exportación donde está",
                ),
            )
            .exits(Exit::No)
        })?;
        // One that another view computed is computed again in that view. Of routes always: which
        // records are compared for repeats is a question of the view, not of the snapshot alone.
        let alike = figure.query.routes.is_none() && observatory.store().snapshot(Some(figure.as_of))? == figure.snapshot;
        let same = view == *observatory.clearance() || alike;
        let (checks, now, today) =
            if same { check(observatory, &figure, caller)? } else { check(&mut observatory.another(view)?, &figure, caller)? };
        let verified = checks.iter().all(|c| c.ok);
        let query = serde_json::to_value(&figure.query).unwrap_or_default();
        Ok(Verified { figure: figure.id, verified, query, value: figure.value, now, checks, today })
    }
}

/// Reads and computes a figure again: what was checked, what comes out now from what it rests on,
/// and what the question answers today.
fn check(observatory: &mut Observatory, figure: &Figure, caller: &mut Caller<'_>) -> Result<(Vec<Check>, Value, Option<Today>), Problem> {
    let mut checks = Vec::new();
    let snapshot = observatory.store().snapshot(Some(figure.as_of))?;
    checks.push(Check {
        name: Both::new("the snapshot it rests on is the same", "la instantánea en que se apoya es la misma"),
        ok: snapshot == figure.snapshot,
        detail: snapshot.get(..16).unwrap_or("").into(),
    });
    for intake in observatory.store().visible(Some(figure.as_of))? {
        if figure.query.source.is_empty() || figure.query.source.contains(&intake.source) {
            checks.push(super::rebuild::reread(observatory, &intake, caller)?);
        }
    }
    let (id_now, now) = recompute(observatory, figure)?;
    checks.push(Check {
        name: Both::new("the same number comes out of the rows", "de las filas sale el mismo número"),
        ok: now == figure.value,
        detail: now.to_string(),
    });
    checks.push(Check {
        name: Both::new("question, lists, label and program give the same id", "pregunta, listas, etiqueta y programa dan el mismo id"),
        ok: id_now == figure.id,
        detail: id_now,
    });
    // A whole answer has many numbers: it is asked for again, not compared here.
    let today = if figure.value.get("sha256").is_some() { None } else { today(observatory, figure)? };
    Ok((checks, now, today))
}

impl Say for Verified {
    fn say(&self, lang: Lang) -> String {
        let head = match (self.verified, lang) {
            (true, Lang::En) => "verified",
            (true, Lang::Es) => "verificada",
            (false, Lang::En) => "NOT verified",
            (false, Lang::Es) => "NO verificada",
        };
        let mut out = format!("{}: {head}\n  {}\n  {}\n", self.figure, self.query, self.value);
        for check in &self.checks {
            let mark = if check.ok { "ok " } else { "NO " };
            out += &format!("  {mark} {} ({})\n", check.name.in_lang(lang), check.detail);
        }
        if let Some(today) = self.today.as_ref().filter(|t| t.differs) {
            let (figure, value) = (&today.figure, &today.value);
            out += both!("  today: {value} ({figure})\n", "  hoy: {value} ({figure})\n").in_lang(lang);
        }
        out
    }

    fn is_no(&self) -> bool {
        !self.verified
    }
}

/// What a check of an intake's rows says.
pub(super) fn rows_check(intake: &atalaya_store::Intake, root: Result<String, Problem>) -> Check {
    let (source, vintage, rows) = (&intake.source, &intake.vintage, intake.counts.read);
    let name = both!(
        "{source} [{vintage}]: its {rows} rows read again from the raw file agree",
        "{source} [{vintage}]: sus {rows} filas leídas de nuevo del original concuerdan"
    );
    match root {
        Ok(root) => Check { name, ok: root == intake.root, detail: root.get(..16).unwrap_or("").into() },
        // By name only: where a raw file lies is nobody's business outside.
        Err(problem) => Check { name, ok: false, detail: problem.id },
    }
}
