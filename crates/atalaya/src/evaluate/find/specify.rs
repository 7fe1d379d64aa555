//! The specification curve: every choice the design left open, and what it would have said.

use std::collections::BTreeMap;

use super::estimate::{Choice, Estimate, estimate};
use crate::evaluate::design::{Design, Transformation};
use crate::evaluate::finding::Specification;
use crate::evaluate::sample::{Sample, moments, turned};

/// Places left out one at a time, at most.
const MOST_LEFT_OUT: usize = 20;
/// Rows times specifications above which choices are varied one at a time.
const MOST_WORK: usize = 20_000_000;

/// A transformation as designs write it.
pub(crate) fn word(by: Transformation) -> &'static str {
    match by {
        Transformation::Levels => "levels",
        Transformation::Log => "log",
        Transformation::Asinh => "asinh",
        Transformation::Poisson => "poisson",
    }
}

/// Scales that can be compared: the logarithm only where no zero is, the others where the outcome is
/// never negative.
pub(crate) fn scales(sample: &Sample, choice: &Choice) -> Vec<Transformation> {
    let least = sample.rows.iter().filter(|r| choice.uses(r)).filter_map(|r| r.y).fold(f64::INFINITY, f64::min);
    let mut out = vec![Transformation::Levels];
    if least > 0.0 {
        out.push(Transformation::Log);
    }
    if least >= 0.0 {
        out.extend([Transformation::Asinh, Transformation::Poisson]);
    }
    if !out.contains(&choice.transformation) {
        out.push(choice.transformation);
    }
    out
}

/// All specifications; the design's own first.
pub(crate) fn specifications(sample: &Sample, design: &Design, own: &Choice, made: &Estimate) -> Vec<Specification> {
    let axes = Axes {
        scales: scales(sample, own),
        methods: methods(sample, own),
        windows: windows(sample, design, own),
        controls: controls(sample, own),
        covariates: if design.method.options.contains_key("covariates") { vec![true, false] } else { vec![true] },
    };
    let mut choices = vec![own.clone()];
    let all = axes.all(own);
    if all.len() * sample.rows.len() > MOST_WORK {
        choices.extend(axes.one_at_a_time(own));
    } else {
        choices.extend(all);
    }
    choices.extend(left_out(sample, made).into_iter().map(|unit| Choice { without: vec![unit], ..own.clone() }));
    let mut seen = Vec::new();
    choices.retain(|c| {
        let new = !seen.contains(c);
        if new {
            seen.push(c.clone());
        }
        new
    });
    choices.iter().filter_map(|c| specified(sample, design, c, c == own)).collect()
}

struct Axes {
    scales: Vec<Transformation>,
    methods: Vec<String>,
    windows: Vec<(i64, i64)>,
    controls: Vec<Option<String>>,
    covariates: Vec<bool>,
}

impl Axes {
    fn all(&self, own: &Choice) -> Vec<Choice> {
        let mut out = Vec::new();
        for transformation in &self.scales {
            for window in &self.windows {
                for covariates in &self.covariates {
                    for method in &self.methods {
                        // A Poisson regression takes the place of whatever the method is.
                        if *transformation == Transformation::Poisson && *method != own.method {
                            continue;
                        }
                        for control in &self.controls {
                            if control.is_some() && method != "did" {
                                continue;
                            }
                            out.push(Choice {
                                transformation: *transformation,
                                method: method.clone(),
                                window: *window,
                                without: Vec::new(),
                                covariates: *covariates,
                                control: control.clone(),
                            });
                        }
                    }
                }
            }
        }
        out
    }

    fn one_at_a_time(&self, own: &Choice) -> Vec<Choice> {
        let mut out: Vec<Choice> = self.scales.iter().map(|t| Choice { transformation: *t, ..own.clone() }).collect();
        out.extend(self.windows.iter().map(|w| Choice { window: *w, ..own.clone() }));
        out.extend(self.covariates.iter().map(|c| Choice { covariates: *c, ..own.clone() }));
        out.extend(self.methods.iter().map(|m| Choice { method: m.clone(), ..own.clone() }));
        out
    }
}

/// Estimators that answer the same question.
fn methods(sample: &Sample, own: &Choice) -> Vec<String> {
    let starts: std::collections::BTreeSet<i64> = sample.first.iter().flatten().copied().collect();
    let rivals: &[&str] = if sample.exposure.is_some() {
        &[]
    } else if starts.len() > 1 {
        &["did", "sunab", "imputation", "etwfe", "twfe"]
    } else {
        &["did", "imputation", "twfe", "synthdid", "sc"]
    };
    let mut out = vec![own.method.clone()];
    out.extend(rivals.iter().filter(|m| **m != own.method && crate::evaluate::knows(m)).map(|m| (*m).to_string()));
    out
}

/// The window, one period shorter at either end where enough is left, and as wide as the data before the start.
fn windows(sample: &Sample, design: &Design, own: &Choice) -> Vec<(i64, i64)> {
    let periods: Vec<i64> = sample.periods().into_iter().filter(|p| (own.window.0..=own.window.1).contains(p)).collect();
    let before = periods.iter().filter(|p| **p < design.programme.start).count();
    let after = periods.len() - before;
    let mut out = vec![own.window];
    if before >= 3 {
        out.push((periods[1], own.window.1));
    }
    if after >= 2 {
        out.push((own.window.0, periods[periods.len() - 2]));
    }
    if let Some(first) = sample.periods().first().filter(|p| **p < own.window.0) {
        out.push((*first, own.window.1));
    }
    out
}

/// Comparison groups of group-time effects, where there are two to choose from.
fn controls(sample: &Sample, own: &Choice) -> Vec<Option<String>> {
    let starts: std::collections::BTreeSet<i64> = sample.first.iter().flatten().copied().collect();
    let never = sample.first.iter().any(Option::is_none);
    if sample.exposure.is_some() || starts.len() < 2 || !never || own.method != "did" {
        return vec![None];
    }
    vec![None, Some("never".into()), Some("not-yet".into())]
}

/// Treated units, or the most exposed ones, and the heaviest donors, to leave out one at a time.
fn left_out(sample: &Sample, made: &Estimate) -> Vec<usize> {
    let mut out = sample.treated();
    if let Some(exposure) = &sample.exposure {
        out.sort_by(|a, b| exposure[*b].total_cmp(&exposure[*a]));
        out.truncate(MOST_LEFT_OUT / 2);
    }
    if out.len() < 2 || out.len() > MOST_LEFT_OUT {
        out.clear();
    }
    let donors = made.fitted.plots.donors.iter().take(MOST_LEFT_OUT / 2);
    out.extend(donors.filter_map(|d| sample.units.iter().position(|u| *u == d.unit)));
    out
}

fn specified(sample: &Sample, design: &Design, choice: &Choice, chosen: bool) -> Option<Specification> {
    let made = estimate(sample, design, choice).ok()?;
    let mut choices = BTreeMap::from([
        ("transformation".to_string(), word(choice.transformation).to_string()),
        ("estimator".to_string(), made.fitted.method.clone()),
        ("window".to_string(), format!("{}-{}", choice.window.0, choice.window.1)),
    ]);
    if let Some(control) = &choice.control {
        choices.insert("comparison".into(), control.clone());
    }
    if design.method.options.contains_key("covariates") {
        choices.insert("covariates".into(), if choice.covariates { "yes" } else { "no" }.into());
    }
    if !choice.without.is_empty() {
        let names: Vec<&str> = choice.without.iter().map(|u| sample.units[*u].as_str()).collect();
        choices.insert("without".into(), names.join(", "));
    }
    let standardised = standardised(sample, design, choice, made.effect.estimate);
    Some(Specification { choices, chosen, standardised, effect: made.effect })
}

/// The effect in standard deviations of the outcome before the start. A Poisson effect is brought to
/// units first: the share it adds, times the mean.
pub(crate) fn standardised(sample: &Sample, design: &Design, choice: &Choice, estimate: f64) -> Option<f64> {
    let before: Vec<f64> = sample
        .rows
        .iter()
        .filter(|r| choice.uses(r) && r.period < design.programme.start)
        .filter_map(|r| turned(choice.transformation, r.y?).ok())
        .collect();
    let (mean, sd) = moments(&before);
    let effect = if choice.transformation == Transformation::Poisson { estimate.exp_m1() * mean } else { estimate };
    Some(effect / sd).filter(|v| v.is_finite())
}
