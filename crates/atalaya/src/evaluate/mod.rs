//! Whether something worked, on any table of units and periods: `atalaya evaluate fit`.
//!
//! A method is one row in [`METHODS`]: its name, what it is, and a function from request and data
//! to what came out. The mathematics is in `atalaya-methods`; here columns are read, options named
//! as in the papers are understood, and answers and refusals are put into words.

pub mod appendix;
mod data;
pub mod design;
pub mod draw;
mod find;
pub mod finding;
pub mod finding_tables;
mod fitted;
pub mod folder;
mod found;
mod held;
pub mod kept;
mod listed;
mod options;
mod panel;
mod refused;
mod register;
mod sample;
mod typeset;

use std::path::PathBuf;

use atalaya_kernel::{Both, Problem, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use data::Data;
pub(crate) use find::number;
pub use find::{VERDICT_RULES, VerdictRule, finding, finding_as_of, verdict_word};
pub use fitted::{Fact, FitLine, Fitted, Section};
pub use folder::{FolderChecked, verify as verify_folder, zipped};
pub use held::{Held, held_before};
pub use listed::{DrawablePart, Evaluation, EvaluationLine, EvaluationList, FoundLine, evaluation, evaluations};
pub use register::{DesignLine, Entry, Stage, Written, designs, register, registered, written};
pub(crate) use register::{design_line, folder as design_folder, parse as parse_design};

/// Estimate an effect on a panel in a CSV file, outside any observatory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Fit {
    /// Method: did sunab imputation etwfe event-study twfe poisson wild bacon
    #[cfg_attr(feature = "cli", arg(long, value_name = "METHOD"))]
    pub method: String,
    /// CSV file with one row a unit and period
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub data: PathBuf,
    /// Column of the unit
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub unit: Option<String>,
    /// Column of the period, whole numbers
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub time: Option<String>,
    /// Column of the outcome
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub outcome: String,
    /// Column of the first treated period; 0, NA, Inf or empty for never
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub cohort: Option<String>,
    /// Column that is 1 where treated, 0 where not; any number for twfe, poisson and wild
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub treatment: Option<String>,
    /// Columns of covariates, separated by commas
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMNS", value_delimiter = ','))]
    pub covariates: Vec<String>,
    /// Columns of further fixed effects, separated by commas
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMNS", value_delimiter = ','))]
    pub effects: Vec<String>,
    /// Column of weights
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub weights: Option<String>,
    /// Columns that errors cluster on, one or two; the unit if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMNS", value_delimiter = ','))]
    pub cluster: Vec<String>,
    /// Comparison of did: never not-yet
    #[cfg_attr(feature = "cli", arg(long, value_name = "GROUP"))]
    pub control: Option<String>,
    /// Estimator of did: dr ipw reg augmented
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub estimator: Option<String>,
    /// Base period of did: varying universal
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub base: Option<String>,
    /// Periods ahead of treatment in which units may react already
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIODS"))]
    pub anticipation: Option<u32>,
    /// Gaps in the panel for did: balanced complete unbalanced cross-sections
    #[cfg_attr(feature = "cli", arg(long, value_name = "SHAPE"))]
    pub panel: Option<String>,
    /// Averages of did: simple group dynamic calendar; all if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAMES", value_delimiter = ','))]
    pub aggregate: Vec<String>,
    /// Age up to which every cohort must be seen in dynamic averages
    #[cfg_attr(feature = "cli", arg(long, value_name = "AGE"))]
    pub balance: Option<u32>,
    /// Age that event studies compare with; -1 if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "AGE", allow_negative_numbers = true))]
    pub reference: Option<i64>,
    /// Variance: iid hc1 hc2 hc3 cluster cr2 crv3 driscoll-kraay newey-west conley
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub vcov: Option<String>,
    /// Lags of driscoll-kraay and newey-west
    #[cfg_attr(feature = "cli", arg(long, value_name = "LAGS"))]
    pub lags: Option<u32>,
    /// Columns of latitude and longitude for conley
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMNS", value_delimiter = ','))]
    pub place: Vec<String>,
    /// Kilometres within which rows depend on each other, for conley
    #[cfg_attr(feature = "cli", arg(long, value_name = "KM"))]
    pub cutoff: Option<f64>,
    /// Fixed effects counted as parameters: nested full none
    #[cfg_attr(feature = "cli", arg(long, value_name = "CONVENTION"))]
    pub fixef_k: Option<String>,
    /// No corrections for small samples
    #[cfg_attr(feature = "cli", arg(long))]
    pub no_ssc: bool,
    /// Draws of a bootstrap; 0 for none
    #[cfg_attr(feature = "cli", arg(long, value_name = "DRAWS"))]
    pub draws: Option<u32>,
    /// Where chance begins
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub seed: Option<u64>,
    /// Multipliers of wild: rademacher webb mammen
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub multiplier: Option<String>,
    /// Residuals of wild from the whole model, not from the null (WCU)
    #[cfg_attr(feature = "cli", arg(long))]
    pub unrestricted: bool,
    /// Value under the null hypothesis of wild
    #[cfg_attr(feature = "cli", arg(long, value_name = "VALUE", allow_negative_numbers = true))]
    pub null: Option<f64>,
    /// Leave out treated rows that nothing can impute
    #[cfg_attr(feature = "cli", arg(long))]
    pub leave_out: bool,
    /// Confidence level in per cent; 95 if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERCENT"))]
    pub level: Option<f64>,
}

/// A method that can be named.
struct Named {
    /// What is typed.
    id: &'static str,
    /// What it is.
    name: [&'static str; 2],
    /// What it does.
    run: fn(&Fit, &mut Data) -> Result<Fitted, Problem>,
}

/// Every method; a new one is one row.
const METHODS: &[Named] = &[
    Named {
        id: "did",
        name: ["Group-time effects (Callaway and Sant'Anna)", "Efectos por cohorte y periodo (Callaway y Sant'Anna)"],
        run: panel::did,
    },
    Named { id: "sunab", name: ["Event study (Sun and Abraham)", "Estudio de eventos (Sun y Abraham)"], run: panel::sunab },
    Named {
        id: "imputation",
        name: ["Imputation (Borusyak, Jaravel and Spiess)", "Imputación (Borusyak, Jaravel y Spiess)"],
        run: panel::imputed,
    },
    Named { id: "etwfe", name: ["Extended two-way fixed effects (Wooldridge)", "Doble vía extendida (Wooldridge)"], run: panel::etwfe },
    Named { id: "event-study", name: ["Event study in one regression", "Estudio de eventos en una regresión"], run: panel::events },
    Named { id: "twfe", name: ["Two-way fixed effects", "Efectos fijos de doble vía"], run: panel::twfe },
    Named { id: "poisson", name: ["Poisson with fixed effects", "Poisson con efectos fijos"], run: panel::amounts },
    Named {
        id: "wild",
        name: ["Two-way fixed effects, wild cluster bootstrap", "Efectos fijos de doble vía, bootstrap salvaje por conglomerados"],
        run: panel::wild,
    },
    Named { id: "bacon", name: ["Goodman-Bacon decomposition", "Descomposición de Goodman-Bacon"], run: panel::decomposed },
];

/// Reads the file and estimates.
///
/// # Errors
/// `unknown-method`, `unknown-column`, `column-needed`, `not-a-number`, `unknown-option`; `refused-*` with the
/// reason of the method; those of the formats.
pub fn fit(request: &Fit) -> Result<Fitted, Problem> {
    estimate(request, || Data::read(&request.data))
}

/// Estimates on data that are read once the method is known.
fn estimate(request: &Fit, data: impl FnOnce() -> Result<Data, Problem>) -> Result<Fitted, Problem> {
    let Some(method) = METHODS.iter().find(|m| m.id == request.method) else {
        let known: Vec<&str> = METHODS.iter().map(|m| m.id).collect();
        let known = known.join(", ");
        return Err(Problem::new(
            "unknown-method",
            format!("--method {}", request.method),
            Both::new("there is no method of this name", "no existe un método con este nombre"),
            both!("known: {known}", "se conocen: {known}"),
        ));
    };
    let mut data = data()?;
    let mut fitted = (method.run)(request, &mut data)?;
    fitted.method = method.id.into();
    fitted.name = Both::new(method.name[0], method.name[1]);
    Ok(fitted)
}

/// Whether there is a method of this name.
fn knows(id: &str) -> bool {
    METHODS.iter().any(|m| m.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verbs::Say;
    use atalaya_kernel::Lang;

    /// Six units over four periods; two adopt in 3, one in 4, effects of 2.
    fn file() -> tempfile::NamedTempFile {
        let mut text = String::from("place,year,amount,start\n");
        for (unit, start) in [("a", 3), ("b", 3), ("c", 4), ("d", 0), ("e", 0), ("f", 0)] {
            for t in 1..=4 {
                let noise = f64::from((t * 7 + unit.len() as i32 * 5 + i32::from(unit.as_bytes()[0]) * t) % 5) / 10.0;
                let effect = if start > 0 && t >= start { 2.0 } else { 0.0 };
                text += &format!("{unit},{t},{},{start}\n", 1.0 + f64::from(t) + effect + noise);
            }
        }
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    fn request(method: &str, file: &tempfile::NamedTempFile) -> Fit {
        Fit {
            method: method.into(),
            data: file.path().into(),
            unit: Some("place".into()),
            time: Some("year".into()),
            outcome: "amount".into(),
            cohort: Some("start".into()),
            ..Fit::default()
        }
    }

    #[test]
    fn every_method_answers_and_says_so_in_both_languages() {
        let file = file();
        for method in METHODS {
            let fitted = fit(&request(method.id, &file)).unwrap_or_else(|e| panic!("{}: {}", method.id, e.say(Lang::En)));
            assert!(!fitted.sections.is_empty() && !fitted.certificate.is_empty(), "{}", method.id);
            let first = &fitted.sections[0].lines[0];
            assert!(first.estimate.is_some_and(f64::is_finite), "{}", method.id);
            assert_ne!(fitted.say(Lang::En), fitted.say(Lang::Es), "{}", method.id);
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let file = file();
        let said = |f: Fit| fit(&f).unwrap_err();
        assert_eq!(said(request("magic", &file)).id, "unknown-method");
        assert_eq!(said(Fit { outcome: "kilos".into(), ..request("did", &file) }).id, "unknown-column");
        assert_eq!(said(Fit { cohort: None, ..request("did", &file) }).id, "column-needed");
        assert_eq!(said(Fit { outcome: "place".into(), ..request("did", &file) }).id, "not-a-number");
        assert_eq!(said(Fit { control: Some("twins".into()), ..request("did", &file) }).id, "unknown-option");
        let refused = said(Fit { covariates: vec!["start".into()], estimator: Some("reg".into()), ..request("did", &file) });
        assert_eq!(refused.id, "refused-collinear");
        assert_ne!(refused.say(Lang::En), refused.say(Lang::Es));
    }
}
