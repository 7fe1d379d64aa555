//! An estimate from rival figures whose errors somebody states: Stone (1942), named as such.
//!
//! It stands beside the figures and never in their place. Without a stated error a figure takes no
//! part, and errors are never assumed.

use atalaya_kernel::{Both, Lang, Problem};
use atalaya_methods::reconcile::least_squares::{Constraint, reconcile};
use serde::{Deserialize, Serialize};

use super::figures::{Figure, Ground, Thing};
use super::words;
use crate::verbs::decimal;

/// 97.5 % point of the normal distribution.
const Z: f64 = 1.959_964;
/// Below this probability the figures are further apart than their stated errors allow.
const DOUBT: f64 = 0.05;

/// A standard error as stated.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stated {
    source: String,
    error: f64,
    percent: bool,
}

impl Stated {
    /// Reads `devida-coca=1500` and `unodc-coca=5%`.
    ///
    /// # Errors
    /// `stated-error`.
    pub fn parse(text: &str) -> Result<Stated, Problem> {
        let bad = || {
            Problem::new(
                "stated-error",
                format!("--error {text}"),
                Both::new("is no source and standard error", "no es una fuente y un error estándar"),
                Both::new(
                    "write SOURCE=1500 in the unit of the measure, or SOURCE=5%",
                    "escriba FUENTE=1500 en la unidad de la medida, o FUENTE=5%",
                ),
            )
        };
        let (source, error) = text.split_once('=').ok_or_else(bad)?;
        let percent = error.trim().ends_with('%');
        let number: f64 = error.trim().trim_end_matches('%').trim().parse().map_err(|_| bad())?;
        if !number.is_finite() || number < 0.0 || source.trim().is_empty() {
            return Err(bad());
        }
        Ok(Stated { source: source.trim().into(), error: number, percent })
    }

    fn of(&self, value: f64) -> f64 {
        if self.percent { value.abs() * self.error / 100.0 } else { self.error }
    }
}

/// What went into an estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stake {
    /// The source.
    pub source: String,
    /// Its figure.
    pub value: f64,
    /// Its standard error as stated.
    pub error: f64,
    /// How far the estimate moved it, in standard errors of that move.
    pub moved: f64,
}

/// A named estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// What it is about.
    pub about: Both,
    /// Its name, with what it was made from: it is never called the figure.
    pub name: Both,
    /// The period.
    pub period: String,
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The probability of rivals as far apart as these if the stated errors are right.
    pub probability: f64,
    /// What went into it.
    pub from: Vec<Stake>,
    /// Why it should not be used, where the figures are too far apart for it.
    pub doubt: Option<Both>,
}

/// Estimates for the things that two or more of the named sources give.
///
/// # Errors
/// `stated-error` where a source gives one thing under two definitions, `least-squares`.
pub(crate) fn estimates<'a>(ground: &Ground<'a>, things: &[&Thing<'a>], stated: &[Stated]) -> Result<Vec<Estimate>, Problem> {
    let mut found = Vec::new();
    for thing in things {
        let mut taken: Vec<(&Stated, &Figure<'a>)> = Vec::new();
        for one in stated {
            let figures: Vec<&Figure<'a>> = ground.figures(thing).iter().filter(|f| f.source() == one.source).collect();
            match figures.as_slice() {
                [] => {}
                [figure] => taken.push((one, figure)),
                _ => return Err(two_definitions(&one.source, &ground.name(thing))),
            }
        }
        if taken.len() > 1 {
            found.push(estimate(ground, thing, &taken)?);
        }
    }
    Ok(found)
}

fn two_definitions(source: &str, about: &Both) -> Problem {
    Problem::new(
        "stated-error",
        format!("--error {source}"),
        Both::new(
            format!("{source} gives {} under two definitions: one error cannot be meant for both", about.en),
            format!("{source} da {} según dos definiciones: un solo error no puede valer para ambas", about.es),
        ),
        Both::new("narrow the years with --from and --to", "acote los años con --from y --to"),
    )
}

fn estimate<'a>(ground: &Ground<'a>, thing: &Thing<'a>, taken: &[(&Stated, &Figure<'a>)]) -> Result<Estimate, Problem> {
    let values: Vec<f64> = taken.iter().map(|(_, f)| f.value.value.to_f64()).collect();
    let errors: Vec<f64> = taken.iter().zip(&values).map(|((stated, _), value)| stated.of(*value)).collect();
    let variances: Vec<Option<f64>> = errors.iter().map(|e| Some(e * e)).collect();
    // They are figures for one thing: each equals the first.
    let constraints: Vec<Constraint> = (1..values.len()).map(|at| Constraint { terms: vec![(0, 1.0), (at, -1.0)], total: 0.0 }).collect();
    let found = reconcile(&values, &variances, &constraints).map_err(|e| {
        let text = e.to_string();
        Problem::new("least-squares", "--error", Both::same(text), Both::new("state other errors", "declare otros errores"))
    })?;
    let (value, error) = (found.values[0], found.variances[0].sqrt());
    let unit = crate::query::after_a_number(thing.unit);
    let said = |lang: Lang| {
        let each = taken.iter().zip(&errors).map(|((_, f), e)| {
            let (number, error) = (decimal(&f.value.value.to_string(), lang), decimal(&format!("{e:.0}"), lang));
            format!("{} ({number} ± {error} {})", f.source(), unit.in_lang(lang))
        });
        let and = if lang == Lang::Es { " y " } else { " and " };
        each.collect::<Vec<_>>().join(and)
    };
    let doubt = (found.probability < DOUBT).then(|| {
        Both::new(
            "The figures are further apart than the stated errors allow: at least one error is too small or the figures are of different things. Do not use this estimate.",
            "Las cifras distan más de lo que permiten los errores declarados: algún error es demasiado pequeño o las cifras son de cosas distintas. No use esta estimación.",
        )
    });
    let stake =
        |at: usize| Stake { source: taken[at].1.source().into(), value: values[at], error: errors[at], moved: found.adjustments[at] };
    Ok(Estimate {
        about: ground.name(thing),
        name: Both::new(
            format!("Stone 1942 estimate from {}", said(Lang::En)),
            format!("Estimación de Stone 1942 a partir de {}", said(Lang::Es)),
        ),
        period: thing.period(),
        value,
        error,
        low: value - Z * error,
        high: value + Z * error,
        probability: found.probability,
        from: (0..taken.len()).map(stake).collect(),
        doubt,
    })
}

impl Estimate {
    /// In one line, as a person reads it.
    pub(crate) fn line(&self, unit: &Both, lang: Lang) -> String {
        let number = |x: f64| decimal(&format!("{x:.0}"), lang);
        let (low, high) = (number(self.low), number(self.high));
        let value = words::amount(atalaya_kernel::Decimal::parse(&format!("{:.0}", self.value)).unwrap_or_default(), unit);
        format!("{}: {} (95 %: {low}–{high})", self.name.in_lang(lang), value.in_lang(lang))
    }
}
