//! Options in words, and the columns a request names.

use atalaya_kernel::seed::Seed;
use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::evaluate::callaway_santanna::aggregate::Aggregation;
use atalaya_methods::evaluate::callaway_santanna::{Base, Control, Method, Options, Overlap, Shape};
use atalaya_methods::evaluate::covariance::{Counted, Line, Small, Spent};
use atalaya_methods::evaluate::wild_bootstrap::Multiplier;

use super::{Fit, FitLine};

impl Fit {
    /// A column that the method cannot do without.
    pub(super) fn column<'a>(&self, option: &str, given: &'a Option<String>) -> Result<&'a str, Problem> {
        given.as_deref().filter(|c| !c.is_empty()).ok_or_else(|| self.lacking(option))
    }

    /// The column of the outcome.
    pub(super) fn outcome(&self) -> Result<&str, Problem> {
        if self.outcome.is_empty() { Err(self.lacking("outcome")) } else { Ok(&self.outcome) }
    }

    /// What to say where a column or period is not named.
    pub(super) fn lacking(&self, option: &str) -> Problem {
        let method = &self.method;
        Problem::new(
            "column-needed",
            format!("--{option}"),
            both!("{method} needs this", "{method} lo necesita"),
            both!("name it: --{option} NAME", "indíquelo: --{option} NOMBRE"),
        )
    }

    /// The level of intervals as a share.
    pub(super) fn share(&self) -> Result<f64, Problem> {
        let level = self.level.unwrap_or(95.0);
        if level > 0.0 && level < 100.0 {
            return Ok(level / 100.0);
        }
        Err(unknown("level", &level.to_string(), "1 ... 99.9"))
    }

    /// Where chance begins.
    pub(super) fn seed(&self) -> Seed {
        Seed(self.seed.unwrap_or(1))
    }

    /// The options of group-time effects.
    pub(super) fn group_time(&self) -> Result<Options, Problem> {
        Ok(Options {
            method: pick(
                "estimator",
                &self.estimator,
                &[("dr", Method::DoublyRobust), ("ipw", Method::Weighting), ("reg", Method::Regression), ("augmented", Method::Augmented)],
            )?,
            control: pick("control", &self.control, &[("never", Control::Never), ("not-yet", Control::NotYet)])?,
            base: pick("base", &self.base, &[("varying", Base::Varying), ("universal", Base::Universal)])?,
            anticipation: i64::from(self.anticipation.unwrap_or(0)),
            shape: pick(
                "panel",
                &self.panel,
                &[
                    ("balanced", Shape::Balanced),
                    ("complete", Shape::Complete),
                    ("unbalanced", Shape::Unbalanced),
                    ("cross-sections", Shape::CrossSections),
                ],
            )?,
            overlap: pick("overlap", &self.overlap, &[("trim", Overlap::default()), ("clip", Overlap::Clip(0.01))])?,
        })
    }

    /// The averages asked for, by name.
    pub(super) fn averages(&self) -> Result<Vec<(&'static str, Aggregation)>, Problem> {
        let balance = self.balance.map(i64::from);
        let all = [
            ("simple", Aggregation::Simple),
            ("group", Aggregation::Group),
            ("dynamic", Aggregation::Dynamic { balance }),
            ("calendar", Aggregation::Calendar),
        ];
        if self.aggregate.is_empty() {
            return Ok(all.to_vec());
        }
        let named = |name: &String| {
            all.iter().find(|(n, _)| n == name).copied().ok_or_else(|| unknown("aggregate", name, "simple, group, dynamic, calendar"))
        };
        self.aggregate.iter().map(named).collect()
    }

    /// Corrections for small samples.
    pub(super) fn small(&self) -> Result<Small, Problem> {
        if self.no_ssc {
            return Ok(Small::NONE);
        }
        let counted = pick("fixef-k", &self.fixef_k, &[("nested", Counted::Nested), ("full", Counted::Full), ("none", Counted::None)])?;
        let spent = pick("k-adj", &self.k_adj, &[("less-one", Spent::LessOne), ("rows", Spent::Rows), ("none", Spent::None)])?;
        Ok(Small { counted, spent, clusters: !self.no_g_adj })
    }

    /// Multipliers of the wild bootstrap.
    pub(super) fn multiplier(&self) -> Result<Multiplier, Problem> {
        pick(
            "multiplier",
            &self.multiplier,
            &[("rademacher", Multiplier::Rademacher), ("webb", Multiplier::Webb), ("mammen", Multiplier::Mammen)],
        )
    }
}

/// The value of a name; the first where none is given.
pub(super) fn pick<T: Copy>(option: &str, given: &Option<String>, known: &[(&str, T)]) -> Result<T, Problem> {
    let name = given.as_deref().unwrap_or(known[0].0);
    known.iter().find(|(n, _)| *n == name).map(|(_, v)| *v).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(n, _)| *n).collect();
        unknown(option, name, &names.join(", "))
    })
}

/// A value that no option has.
pub(super) fn unknown(option: &str, found: &str, known: &str) -> Problem {
    Problem::new(
        "unknown-option",
        format!("--{option} {found}"),
        Both::new("there is none of this name", "no existe con este nombre"),
        both!("known: {known}", "se conocen: {known}"),
    )
}

/// A line as it is shown.
pub(super) fn shown(line: &Line) -> FitLine {
    let whole = line.se > 0.0;
    FitLine {
        term: line.name.clone(),
        estimate: Some(line.estimate),
        se: whole.then_some(line.se),
        interval: whole.then_some(line.interval),
        p: whole.then_some(line.p),
        weight: None,
    }
}

/// An estimate with a normal error.
pub(super) fn normal_line(term: &str, estimate: f64, se: f64, level: f64) -> FitLine {
    t_line(term, estimate, se, f64::INFINITY, level)
}

/// An estimate with an error of so many degrees of freedom.
pub(super) fn t_line(term: &str, estimate: f64, se: f64, freedom: f64, level: f64) -> FitLine {
    shown(&Line::new(term, estimate, se, freedom, level))
}
