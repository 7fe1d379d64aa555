//! Whether something worked, on any table of units and periods: `atalaya evaluate fit`.
//!
//! A method is one row in [`METHODS`]: its name, what it is, and a function from request and data
//! to what came out. The mathematics is in `atalaya-methods`; here columns are read, options named
//! as in the papers are understood, and answers and refusals are put into words.

pub mod appendix;
mod columns;
mod controls;
mod data;
pub mod design;
mod differences;
pub mod draw;
mod factors;
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
mod power;
mod predictors;
mod reasons;
mod refused;
mod register;
mod request;
mod sample;
mod sensitivity;
mod series;
mod studies;
mod typeset;
mod wide;
mod words;
mod written;

use atalaya_kernel::{Both, Exit, Problem, both};

pub use data::Data;
pub(crate) use find::number;
pub(crate) use find::{Ground, judged, one_look};
pub use find::{VERDICT_RULES, VerdictRule, finding, finding_as_of, verdict_word};
pub use fitted::{Fact, FitLine, Fitted, Section};
pub use folder::{FolderChecked, verify as verify_folder, zipped};
pub use held::{Held, held_before};
pub use listed::{DrawablePart, Evaluation, EvaluationLine, EvaluationList, FoundLine, evaluation, evaluations};
pub use power::Tried;
pub use register::{DesignLine, Entry, Stage, Written, designs, register, registered, written};
pub(crate) use register::{
    Written as WrittenDesign, design_line, folder as design_folder, parse as parse_design, written as written_design,
};
pub use request::Fit;
pub(crate) use sample::Sample;
pub use written::write;

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
    Named { id: "two-stage", name: ["Two stages (Gardner)", "Dos etapas (Gardner)"], run: panel::staged },
    Named {
        id: "stacked",
        name: ["Stacked comparison (Wing, Freedman and Hollingsworth)", "Comparación apilada (Wing, Freedman y Hollingsworth)"],
        run: panel::stack,
    },
    Named { id: "etwfe", name: ["Extended two-way fixed effects (Wooldridge)", "Doble vía extendida (Wooldridge)"], run: panel::etwfe },
    Named {
        id: "event-study", name: ["Event study in one regression", "Estudio de eventos en una regresión"], run: panel::event_study_of
    },
    Named { id: "twfe", name: ["Two-way fixed effects", "Efectos fijos de doble vía"], run: panel::twfe },
    Named { id: "poisson", name: ["Poisson with fixed effects", "Poisson con efectos fijos"], run: panel::amounts },
    Named {
        id: "wild",
        name: ["Two-way fixed effects, wild cluster bootstrap", "Efectos fijos de doble vía, bootstrap salvaje por conglomerados"],
        run: panel::wild,
    },
    Named { id: "bacon", name: ["Goodman-Bacon decomposition", "Descomposición de Goodman-Bacon"], run: panel::decomposed },
    Named { id: "two-by-two", name: ["Two groups in two periods", "Dos grupos en dos periodos"], run: differences::two },
    Named {
        id: "honest",
        name: ["Honest parallel trends (Rambachan and Roth)", "Tendencias paralelas honestas (Rambachan y Roth)"],
        run: sensitivity::honest,
    },
    Named {
        id: "synthdid",
        name: ["Synthetic difference in differences", "Diferencia en diferencias sintética"],
        run: differences::synthdid,
    },
    Named { id: "sc", name: ["Synthetic control", "Control sintético"], run: controls::sc },
    Named {
        id: "sc-predictors",
        name: ["Synthetic control on predictors", "Control sintético con predictores"],
        run: predictors::predictors,
    },
    Named { id: "augsynth", name: ["Augmented synthetic control", "Control sintético aumentado"], run: controls::augsynth },
    Named { id: "robust-sc", name: ["Robust synthetic control", "Control sintético robusto"], run: controls::robust },
    Named { id: "conformal", name: ["Conformal inference", "Inferencia conforme"], run: controls::conformal },
    Named { id: "gsynth", name: ["Generalised synthetic control (Xu)", "Control sintético generalizado (Xu)"], run: factors::gsynth },
    Named { id: "ife", name: ["Interactive fixed effects", "Efectos fijos interactivos"], run: factors::ife },
    Named { id: "mc", name: ["Matrix completion", "Completación de matrices"], run: factors::mc },
    Named { id: "its", name: ["Interrupted time series", "Serie de tiempo interrumpida"], run: series::its },
    Named { id: "bsts", name: ["Bayesian structural time series", "Series de tiempo estructurales bayesianas"], run: series::bsts },
    Named { id: "rd", name: ["Regression discontinuity", "Regresión discontinua"], run: series::rd },
    Named { id: "meta", name: ["Meta-analysis", "Metaanálisis"], run: studies::meta },
    Named { id: "meta-multilevel", name: ["Meta-analysis in clusters", "Metaanálisis por grupos"], run: studies::multilevel },
];

/// The method of that name.
fn named(method: &str) -> Result<&'static Named, Problem> {
    METHODS.iter().find(|m| m.id == method).ok_or_else(|| {
        let known: Vec<&str> = METHODS.iter().map(|m| m.id).collect();
        let known = known.join(", ");
        Problem::new(
            "unknown-method",
            format!("--method {method}"),
            Both::new("there is no method of this name", "no existe un método con este nombre"),
            both!("known: {known}", "se conocen: {known}"),
        )
    })
}

/// Reads the file and estimates.
///
/// # Errors
/// `unknown-method`, `unknown-column`, `column-needed`, `not-a-number`, `unknown-option`; `refused-*` with the
/// reason of the method; those of the formats.
pub fn fit(request: &Fit) -> Result<Fitted, Problem> {
    let methods: Vec<&str> = request.method.split(',').map(str::trim).collect();
    for method in &methods {
        named(method)?;
    }
    let data = Data::read(&request.data)?;
    match methods.as_slice() {
        [one] => estimate(one, request, data),
        several => beside(several, request, &data),
    }
}

/// Several methods on the same rows, a line each; one that refuses says why and does not stop the others.
fn beside(methods: &[&str], request: &Fit, data: &Data) -> Result<Fitted, Problem> {
    let mut out = begun(request, data)?;
    let mut lines = Vec::new();
    for method in methods {
        match estimate(method, request, data.clone()) {
            Ok(fitted) => {
                if let Some(effect) = fitted.effect {
                    lines.push(FitLine { term: (*method).to_string(), ..effect });
                }
                let tell = |n: Both| Both::new(format!("{method}: {}", n.en), format!("{method}: {}", n.es));
                out.notes.extend(fitted.notes.into_iter().map(tell));
                out.size = fitted.size;
                out.rows = fitted.rows;
            }
            Err(problem) if problem.exit == Exit::Refused => {
                let (en, es) = (&problem.found.en, &problem.found.es);
                out.notes.push(both!("{method} is refused: {en}", "{method} se rehúsa: {es}"));
            }
            Err(problem) => return Err(problem),
        }
    }
    out.fact("answered", "methods that answered", "métodos que respondieron", lines.len());
    out.method = methods.join(",");
    out.name = Both::new("Several methods beside each other", "Varios métodos, uno al lado del otro");
    out.sections.push(Section::new("effect", "Effect by each", "Efecto según cada uno", lines));
    Ok(out)
}

/// What an outcome is turned into.
type Turn = Option<fn(f64) -> f64>;

/// Estimates on a table that is already there; the method and the file of the options are not looked at.
///
/// # Errors
/// As [`fit`].
pub fn estimate(method: &str, options: &Fit, mut data: Data) -> Result<Fitted, Problem> {
    let method = named(method)?;
    let known: [(&str, Turn); 3] = [("levels", None), ("log", Some(f64::ln)), ("asinh", Some(f64::asinh))];
    if let Some(turned) = options::pick("transform", &options.transform, &known)? {
        data.turn(options.outcome()?, turned)?;
    }
    let mut fitted = (method.run)(options, &mut data)?;
    fitted.method = method.id.into();
    fitted.name = Both::new(method.name[0], method.name[1]);
    Ok(fitted)
}

/// Whether there is a method of this name.
fn knows(id: &str) -> bool {
    METHODS.iter().any(|m| m.id == id)
}

/// An answer without sections yet.
fn begun(fit: &Fit, data: &Data) -> Result<Fitted, Problem> {
    let mut out = Fitted {
        method: String::new(),
        name: Both::default(),
        outcome: if fit.outcome.is_empty() { fit.measure.clone().unwrap_or_default() } else { fit.outcome.clone() },
        rows: data.rows(),
        level: 100.0 * fit.share()?,
        effect: None,
        size: finding::Size::default(),
        sections: Vec::new(),
        certificate: Vec::new(),
        notes: Vec::new(),
        plots: finding::Plots::default(),
    };
    if data.left_out > 0 {
        let n = data.left_out;
        out.notes.push(both!("{n} rows are left out: a cell they need is missing", "se omiten {n} filas: les falta una celda necesaria"));
    }
    Ok(out)
}
