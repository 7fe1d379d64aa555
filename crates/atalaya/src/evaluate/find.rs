//! From a registered design and the data as they stand to a finding.

mod diagnose;
mod displaced;
mod estimate;
mod leads;
mod plots;
mod sentences;
mod specify;
mod verdict;
mod words;

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Lang, Problem};

use self::diagnose::{Case, diagnostics};
use self::estimate::{Choice, Estimate, estimate};
pub use self::verdict::{VERDICT_RULES, VerdictRule, word as verdict_word};
use self::words::said;
use super::design::{Design, Transformation};
use super::finding::{Effect, Finding, NamedEffect, Verdict};
use super::register::{Entry, Written, parse, registered, since_first, written};
use super::sample::{Sample, moments};
use crate::Observatory;
use crate::observatory::Caller;

/// A number as it is written in sentences.
pub(crate) fn number(value: f64, lang: Lang) -> String {
    words::Spoken::spoken(&value, lang)
}

/// Groups told apart by one column, at most.
const MOST_GROUPS: usize = 12;

/// What a design says on the data as they stand.
///
/// # Errors
/// `unknown-design`, `not-registered`; those of the data and of the method.
pub fn finding(observatory: &Observatory, id: &str, caller: &mut Caller<'_>) -> Result<Finding, Problem> {
    finding_as_of(observatory, id, None, caller)
}

/// What a design says on the data as of an intake (the newest if `None`). A file beside the design
/// has no earlier states: it is read as it is.
///
/// # Errors
/// As [`finding`]; `no-intake`.
pub fn finding_as_of(observatory: &Observatory, id: &str, as_of: Option<i64>, caller: &mut Caller<'_>) -> Result<Finding, Problem> {
    let written = written(observatory, id)?;
    let entries = registered(observatory, id)?;
    let sample = Sample::whole(observatory, &written, &entries, as_of)?;
    let mut pay = |effect: &Effect| crate::assess::paid_so_far(observatory, &written, effect);
    judged(observatory, &Ground { written: &written, entries: &entries, sample: &sample, as_of }, &mut pay, caller)
}

/// A design with its log and its panel, ready to be answered.
pub(crate) struct Ground<'a> {
    /// The design.
    pub written: &'a Written,
    /// Its registrations.
    pub entries: &'a [Entry],
    /// The panel.
    pub sample: &'a Sample,
    /// The intake the panel is as of; none for the newest.
    pub as_of: Option<i64>,
}

/// What pays for the looks before: the interval that stays right however often one looks, of an effect.
pub(crate) type Pay<'a> = &'a mut dyn FnMut(&Effect) -> Result<Option<[f64; 2]>, Problem>;

/// What a design says on a panel, its interval paid for.
///
/// # Errors
/// Those of the method and of paying.
pub(crate) fn judged(observatory: &Observatory, ground: &Ground<'_>, pay: Pay<'_>, caller: &mut Caller<'_>) -> Result<Finding, Problem> {
    let first = || first_verdict(observatory, ground.written, ground.entries, ground.as_of);
    found(Some(observatory), ground, pay, first, caller)
}

/// The same where there may be no observatory: then who is near whom is not known, and nothing is
/// looked for next door. `first` tells what the design says as first registered, and is asked only
/// where it was changed since.
pub(super) fn found(
    observatory: Option<&Observatory>,
    ground: &Ground<'_>,
    pay: Pay<'_>,
    first: impl FnOnce() -> Option<Verdict>,
    caller: &mut Caller<'_>,
) -> Result<Finding, Problem> {
    let Ground { written, entries: log, sample, .. } = *ground;
    let id = written.id.as_str();
    let design = &written.design;
    let choice = Choice::of(design, sample);
    let made = estimate(sample, design, &choice)?;
    caller.progress.at(id, made.size.rows as u64);
    let leads = leads::leads(sample, design, &choice).ok();
    let specifications = specify::specifications(sample, design, &choice, &made);
    let displaced = observatory.map(|o| displaced::displaced(o, id, sample, design, &choice)).unwrap_or_default();
    let case = Case {
        sample,
        design,
        choice: &choice,
        made: &made,
        leads: leads.as_ref(),
        specifications: &specifications,
        displaced: &displaced,
        first: log.first(),
    };
    let diagnostics = diagnostics(&case);
    let mut effect = effect(sample, design, &choice, &made);
    effect.anytime = pay(&effect)?;
    let departures = since_first(design, log);
    let as_first = if departures.is_empty() { None } else { first() };
    let (verdict, rule, mut because) = verdict::verdict(&effect, &diagnostics, as_first);
    because.extend(seen_before(design, sample, log.first()));
    let plots = plots::plots(sample, design, &choice, &made.fitted.plots, leads.as_ref());
    let sentences = sentences::sentences(design, &effect, verdict, rule, &diagnostics);
    caller.progress.done(id);
    Ok(Finding {
        hash: written.hash.clone(),
        registered: log.first().map(|e| e.registered.clone()),
        departures,
        subgroups: subgroups(sample, design, &choice),
        certificate: certificate(sample, &made),
        sources: sample.sources.clone(),
        label: sample.label.clone(),
        data: sample.data.clone(),
        version: env!("CARGO_PKG_VERSION").into(),
        spillovers: displaced.effects,
        id: written.id.clone(),
        design: written.design.clone(),
        effect,
        verdict,
        because,
        sentences,
        diagnostics,
        specifications,
        plots,
    })
}

/// What the interval of this one look alone would have said.
pub(crate) fn one_look(finding: &Finding) -> Verdict {
    verdict::verdict(&Effect { anytime: None, ..finding.effect.clone() }, &finding.diagnostics, None).0
}

/// The effect with all that weighs it.
fn effect(sample: &Sample, design: &Design, choice: &Choice, made: &Estimate) -> Effect {
    Effect {
        estimate: made.effect.estimate,
        se: made.effect.se,
        interval: made.effect.interval,
        anytime: None,
        p: made.effect.p,
        level: design.method.level.unwrap_or(95.0),
        relative: relative(sample, design, choice, made),
        better: design.outcome.better,
        smallest: design.outcome.smallest,
        size: made.size,
    }
}

/// The effect as a share of what would have been: of the mean after the start without it.
fn relative(sample: &Sample, design: &Design, choice: &Choice, made: &Estimate) -> Option<f64> {
    let estimate = made.effect.estimate;
    match choice.transformation {
        Transformation::Poisson | Transformation::Log => Some(estimate.exp_m1()),
        Transformation::Asinh => None,
        Transformation::Levels => {
            let all: Vec<usize> = (0..sample.units.len()).collect();
            let units = if sample.exposure.is_some() { all } else { sample.treated() };
            let after: Vec<f64> = estimate::means(sample, choice, &units, Transformation::Levels)
                .into_iter()
                .filter(|(p, _)| *p >= design.programme.start)
                .map(|(_, v)| v)
                .collect();
            let mean = if after.is_empty() { return None } else { after.iter().sum::<f64>() / after.len() as f64 };
            // A standard deviation more of exposure is an effect beside the mean, not part of it.
            let without = if sample.exposure.is_some() { mean } else { mean - estimate };
            Some(estimate / without).filter(|v| v.is_finite() && without > 0.0)
        }
    }
}

/// What the design as first registered says, where it can still be computed.
pub(super) fn first_verdict(observatory: &Observatory, written: &Written, log: &[Entry], as_of: Option<i64>) -> Option<Verdict> {
    let first = log.first()?;
    let design = parse(&first.text, "").ok()?;
    let then = Written { id: written.id.clone(), text: first.text.clone(), hash: first.hash.clone(), design };
    let sample = Sample::whole(observatory, &then, log, as_of).ok()?;
    let choice = Choice::of(&then.design, &sample);
    let made = estimate(&sample, &then.design, &choice).ok()?;
    let leads = leads::leads(&sample, &then.design, &choice).ok();
    let specifications = specify::specifications(&sample, &then.design, &choice, &made);
    let displaced = displaced::displaced(observatory, &then.id, &sample, &then.design, &choice);
    let case = Case {
        sample: &sample,
        design: &then.design,
        choice: &choice,
        made: &made,
        leads: leads.as_ref(),
        specifications: &specifications,
        displaced: &displaced,
        first: Some(first),
    };
    let effect = effect(&sample, &then.design, &choice, &made);
    Some(verdict::verdict(&effect, &diagnostics(&case), None).0)
}

/// Honest about what was held already when the design was registered.
fn seen_before(design: &Design, sample: &Sample, first: Option<&Entry>) -> Option<Both> {
    let held = first?.registered.last_period?;
    let start = design.programme.start;
    let known = sample.periods().into_iter().filter(|p| *p >= start && *p <= held).count();
    (known > 0).then(|| {
        said!(
            "registered after {known} periods of the outcome existed ({start} to {held}): whoever wrote the design could have seen them",
            "registrado cuando ya existían {known} periodos del resultado ({start} a {held}): quien escribió el diseño pudo haberlos visto",
            known = known,
            start = start,
            held = held
        )
    })
}

/// Effects within the groups of each column that the design names.
fn subgroups(sample: &Sample, design: &Design, choice: &Choice) -> Vec<NamedEffect> {
    let mut out = Vec::new();
    for name in &design.subgroups {
        let Ok(column) = sample.column(name) else { continue };
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut last = None;
        for row in sample.rows.iter().filter(|r| r.at.is_some()) {
            if last != Some(row.unit) {
                groups.entry(sample.cell(row, column)).or_default().push(row.unit);
                last = Some(row.unit);
            }
        }
        for (value, units) in groups.into_iter().take(MOST_GROUPS) {
            let without = (0..sample.units.len()).filter(|u| !units.contains(u)).collect();
            if let Ok(made) = estimate(sample, design, &Choice { without, ..choice.clone() }) {
                out.push(NamedEffect { name: Both::same(format!("{name} = {value}")), ..made.effect });
            }
        }
    }
    out
}

/// What vouches for the numbers.
fn certificate(sample: &Sample, made: &Estimate) -> Vec<[Both; 2]> {
    let mut out = vec![
        [Both::new("method", "método"), made.fitted.name.clone()],
        [Both::new("rows used", "filas usadas"), Both::same(made.size.rows.to_string())],
    ];
    if sample.filled > 0 {
        out.push([Both::new("absent rows taken as zero", "filas ausentes tomadas como cero"), Both::same(sample.filled.to_string())]);
    }
    if made.silent > 0 {
        let label = Both::new("places with nothing but zeros, left out", "lugares solo con ceros, omitidos");
        out.push([label, Both::same(made.silent.to_string())]);
    }
    if let Some(exposure) = &sample.exposure {
        let (mean, sd) = moments(exposure);
        // What rounding leaves of a mean taken out is no mean.
        let mean = if mean.abs() < 1e-9 * sd { 0.0 } else { mean };
        out.push([
            Both::new("exposure, mean and spread", "exposición, media y dispersión"),
            said!("{m} ± {s}", "{m} ± {s}", m = mean, s = sd),
        ]);
    }
    for fact in &made.fitted.certificate {
        let value = match &fact.value {
            serde_json::Value::Bool(true) => Both::new("yes", "sí"),
            serde_json::Value::Bool(false) => Both::same("no"),
            serde_json::Value::Number(n) if n.is_f64() => said!("{v}", "{v}", v = n.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Both::same(text.clone()),
            other => Both::same(other.to_string()),
        };
        out.push([fact.label.clone(), value]);
    }
    out.extend(made.fitted.notes.iter().map(|n| [Both::new("note", "nota"), n.clone()]));
    out
}
