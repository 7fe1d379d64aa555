//! The log of a compact's indicators: `compacts/ID/assessments.jsonl`, a line a run.

use atalaya_kernel::{Both, Decimal, Label, Problem};
use serde::{Deserialize, Serialize};

use super::cause::{Cause, causes_said};
use super::compact::{Written, folder};
use super::indicator::{Measured, Standing, measure, standing_word, why};
use super::log::{LOG, append, read};
use crate::Observatory;
use crate::observatory::Caller;

/// One run of a compact's indicators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Measurement {
    /// The run, from 1.
    pub run: u64,
    /// When it ran.
    pub when: String,
    /// The snapshot.
    pub data: String,
    /// The newest intake.
    pub as_of: i64,
    /// SHA-256 of the compact's text.
    pub hash: String,
    /// The program's version.
    pub version: String,
    /// Where each indicator stands, in the order of the promises.
    pub promises: Vec<Stood>,
    /// Who may see it.
    pub label: Label,
}

/// Where one indicator stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stood {
    /// The promise.
    pub promise: String,
    /// Where it stood.
    pub standing: Standing,
    /// The newest period.
    pub period: String,
    /// Its value.
    pub value: Option<Decimal>,
    /// What turned since the run before, and why.
    pub turn: Option<Turn>,
}

/// An indicator that stands elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Turn {
    /// Where it stood.
    pub from: Standing,
    /// Where it stands.
    pub to: Standing,
    /// What did it.
    pub causes: Vec<Cause>,
    /// The same in a sentence.
    pub says: Both,
}

/// The runs of a compact; none for who does not see all that they rest on, and would learn from them that
/// there is more.
///
/// # Errors
/// `io`, `log-line`.
pub(crate) fn measurements(observatory: &Observatory, id: &str) -> Result<Vec<Measurement>, Problem> {
    if observatory.clearance().sees_all() { read(&folder(observatory, id)?.join(LOG)) } else { Ok(Vec::new()) }
}

/// Measures the indicators of a compact and logs where they stand; `None` where nothing changed since
/// the run before.
///
/// # Errors
/// Those of the questions; `io`.
pub(crate) fn assess_compact(observatory: &mut Observatory, caller: &Caller<'_>, of: &Written) -> Result<Option<Measurement>, Problem> {
    let path = folder(observatory, &of.id)?.join(LOG);
    let before: Vec<Measurement> = read(&path)?;
    let (last, eye) = (before.last(), observatory.eye(None)?);
    let version = env!("CARGO_PKG_VERSION");
    if last.is_some_and(|l| (l.data.as_str(), l.hash.as_str(), l.version.as_str()) == (&*eye.snapshot, of.hash.as_str(), version)) {
        return Ok(None);
    }
    let (mut promises, mut label) = (Vec::new(), of.label.clone());
    for promise in &of.compact.promises {
        let Some(indicator) = &promise.indicator else { continue };
        let now = measure(observatory, indicator, None, None)?;
        label = now.label.iter().fold(label, |all, l| all.combine(l));
        let stood = last.and_then(|l| l.promises.iter().find(|p| p.promise == promise.id).map(|p| (l, p)));
        let turn = match stood.filter(|(_, p)| p.standing != now.standing) {
            None => None,
            Some((line, then)) => {
                let was = (then.standing, then.period.as_str(), line.as_of, line.hash != of.hash);
                Some(turn(then.standing, now.standing, why(observatory, indicator, was, &now)?))
            }
        };
        promises.push(stood_now(&promise.id, &now, turn));
    }
    let line = Measurement {
        run: last.map_or(1, |l| l.run + 1),
        when: caller.now.clone(),
        data: eye.snapshot.to_string(),
        as_of: eye.as_of,
        hash: of.hash.clone(),
        version: version.into(),
        promises,
        label,
    };
    append(&path, &line)?;
    Ok(Some(line))
}

fn stood_now(promise: &str, now: &Measured, turn: Option<Turn>) -> Stood {
    let newest = now.newest.as_ref();
    Stood {
        promise: promise.into(),
        standing: now.standing,
        period: newest.map(|p| p.period.clone()).unwrap_or_default(),
        value: newest.map(|p| p.value),
        turn,
    }
}

fn turn(from: Standing, to: Standing, causes: Vec<Cause>) -> Turn {
    let (a, b, why) = (standing_word(from), standing_word(to), causes_said(&causes));
    let says =
        Both::new(format!("from “{}” to “{}”. Cause: {}", a.en, b.en, why.en), format!("de «{}» a «{}». Causa: {}", a.es, b.es, why.es));
    Turn { from, to, causes, says }
}
