//! The refusals of methods for blocks, grids, series, lines and studies, in both languages; positions are told by name.

use atalaya_kernel::{Both, Exit, Problem, both};
use atalaya_methods::evaluate::augmented_control::AugmentedError;
use atalaya_methods::evaluate::block::BlockError;
use atalaya_methods::evaluate::conformal::ConformalError;
use atalaya_methods::evaluate::discontinuity::DiscontinuityError;
use atalaya_methods::evaluate::effect_sizes::EffectError;
use atalaya_methods::evaluate::grid::GridError;
use atalaya_methods::evaluate::interrupted_series::InterruptedError;
use atalaya_methods::evaluate::meta_analysis::MetaError;
use atalaya_methods::evaluate::robust_control::RobustError;
use atalaya_methods::evaluate::structural_series::SeriesError;
use atalaya_methods::evaluate::synthetic_control_predictors::PredictorError;

/// What was found and what to do, with a name for programs.
type Words = (&'static str, Both, Both);

/// A refusal that can be put into words.
pub(super) trait Reason {
    /// Its words; the first list names units (or columns), the second periods.
    fn words(&self, units: &[String], times: &[String]) -> Words;

    /// It as a problem.
    fn problem(&self, units: &[String], times: &[String]) -> Problem {
        let (id, found, todo) = self.words(units, times);
        Problem::new(&format!("refused-{id}"), "", found, todo).exits(Exit::Refused)
    }
}

/// The name at a position, or the position itself, counted from 1.
fn name(names: &[String], at: usize) -> String {
    names.get(at).cloned().unwrap_or_else(|| format!("{}", at + 1))
}

fn look() -> Both {
    Both::new("check the columns named", "revise las columnas indicadas")
}

fn scale() -> Both {
    Both::new("use another unit of measure, or fewer units", "use otra unidad de medida, o menos unidades")
}

impl Reason for BlockError {
    fn words(&self, units: &[String], times: &[String]) -> Words {
        match self {
            BlockError::NotFinite { unit, period } => {
                let (unit, period) = (name(units, *unit), name(times, *period));
                (
                    "not-finite",
                    both!("{unit} has no outcome in {period}", "{unit} no tiene resultado en {period}"),
                    Both::new(
                        "fill it, leave the unit out (--exclude) or use gsynth, ife or mc",
                        "complételo, omita la unidad (--exclude) o use gsynth, ife o mc",
                    ),
                )
            }
            BlockError::NoTreated => (
                "no-treated",
                Both::new(
                    "no unit is treated, or several where this needs one",
                    "ninguna unidad recibe tratamiento, o varias donde se necesita una",
                ),
                Both::new("check who is treated and since when", "revise quién recibe el tratamiento y desde cuándo"),
            ),
            BlockError::NoDonors { donors, needed } => (
                "no-donors",
                both!(
                    "{donors} units to compare with, {needed} are needed",
                    "hay {donors} unidades con que comparar, se necesitan {needed}"
                ),
                Both::new("add units that are never treated", "agregue unidades que nunca reciban tratamiento"),
            ),
            BlockError::TreatedFromStart { before, needed } => (
                "no-pre-period",
                both!(
                    "{before} periods before the start, {needed} are needed",
                    "{before} periodos antes del inicio, se necesitan {needed}"
                ),
                Both::new("earlier data are needed", "hacen falta datos anteriores"),
            ),
            BlockError::NothingAfter { .. } => (
                "nothing-after",
                Both::new("nothing has been observed since the start", "no hay nada observado desde el inicio"),
                Both::new("wait for the first period after it", "espere el primer periodo posterior"),
            ),
            BlockError::NotSolved(e) => {
                let (steps, gap) = (e.steps, e.relative_gap);
                (
                    "not-solved",
                    both!(
                        "the weights are not optimal after {steps} steps (relative gap {gap:.1e})",
                        "los pesos no son óptimos tras {steps} pasos (brecha relativa {gap:.1e})"
                    ),
                    scale(),
                )
            }
            _ => ("shape", Both::new("the panel is not complete", "el panel no está completo"), look()),
        }
    }
}

fn penalty(value: f64) -> Words {
    (
        "penalty",
        both!("a penalty of {value} cannot be used", "una penalización de {value} no se puede usar"),
        Both::new("give --lambda above 0, or leave it out", "dé --lambda mayor que 0, u omítala"),
    )
}

fn constant(at: usize) -> Words {
    let at = at + 1;
    (
        "constant",
        both!(
            "predictor or covariate number {at} has no value for some unit, or the same for all",
            "el predictor o covariable número {at} no tiene valor en alguna unidad, o es igual en todas"
        ),
        Both::new("leave it out, or other periods for it", "omítalo, o tome otros periodos"),
    )
}

impl Reason for AugmentedError {
    fn words(&self, units: &[String], times: &[String]) -> Words {
        match self {
            AugmentedError::Penalty { penalty: value } => penalty(*value),
            AugmentedError::Covariate { covariate, .. } => constant(*covariate),
            AugmentedError::Block(e) => e.words(units, times),
            other => plainly(other),
        }
    }
}

impl Reason for PredictorError {
    fn words(&self, units: &[String], times: &[String]) -> Words {
        match self {
            PredictorError::Predictor { predictor, .. } | PredictorError::Constant { predictor } => constant(*predictor),
            PredictorError::Weights { found, predictors } => (
                "weights",
                both!("{found} weights for {predictors} predictors", "{found} pesos para {predictors} predictores"),
                Both::new("give --v a number of 0 or more for each, not all 0", "dé en --v un número de 0 o más para cada uno, no todos 0"),
            ),
            PredictorError::Window { start, .. } => {
                let start = name(times, *start);
                (
                    "window",
                    both!("the window reaches the start in {start}", "la ventana llega al inicio en {start}"),
                    Both::new("fit periods before it: --window FROM:TO", "ajuste periodos anteriores: --window DESDE:HASTA"),
                )
            }
            PredictorError::Block(e) => e.words(units, times),
            other => plainly(other),
        }
    }
}

impl Reason for RobustError {
    fn words(&self, units: &[String], times: &[String]) -> Words {
        match self {
            RobustError::Rank { asked, there } => (
                "rank",
                both!("{asked} directions of {there} there are", "{asked} direcciones de {there} que hay"),
                both!("give --r from 1 to {there}", "dé --r de 1 a {there}"),
            ),
            RobustError::Penalty { penalty: value } => penalty(*value),
            RobustError::Block(e) => e.words(units, times),
            other => plainly(other),
        }
    }
}

impl Reason for ConformalError {
    fn words(&self, units: &[String], times: &[String]) -> Words {
        match self {
            ConformalError::Folds { folds, before } => (
                "folds",
                both!("{folds} blocks of a past of {before} periods", "{folds} bloques de un pasado de {before} periodos"),
                Both::new("give --folds 2 or 3", "dé --folds 2 o 3"),
            ),
            ConformalError::Block(e) => e.words(units, times),
            other => plainly(other),
        }
    }
}

impl Reason for GridError {
    fn words(&self, units: &[String], times: &[String]) -> Words {
        let fewer = || Both::new("leave it out, or ask for fewer factors (--r)", "omítalo, o pida menos factores (--r)");
        match self {
            GridError::Covariate { unit, period, .. } => {
                let (unit, period) = (name(units, *unit), name(times, *period));
                (
                    "not-finite",
                    both!("{unit} lacks a covariate in {period}", "a {unit} le falta una covariable en {period}"),
                    Both::new("fill it, or leave the covariate out", "complétela, u omita la covariable"),
                )
            }
            GridError::NoTreated => BlockError::NoTreated.words(units, times),
            GridError::TooFewBefore { unit, found, needed } => {
                let unit = name(units, *unit);
                (
                    "few-untreated",
                    both!(
                        "{unit} has {found} untreated periods, {needed} are needed",
                        "{unit} tiene {found} periodos sin tratamiento, se necesitan {needed}"
                    ),
                    fewer(),
                )
            }
            GridError::TooFewUntreated { period, found, needed } => {
                let period = name(times, *period);
                (
                    "few-untreated",
                    both!(
                        "{period} has {found} untreated units, {needed} are needed",
                        "{period} tiene {found} unidades sin tratamiento, se necesitan {needed}"
                    ),
                    fewer(),
                )
            }
            GridError::Collinear { covariate } => collinear(*covariate),
            GridError::NotSettled { steps, .. } => settled(*steps, fewer()),
            other => plainly(other),
        }
    }
}

fn collinear(at: usize) -> Words {
    let at = at + 1;
    (
        "collinear",
        both!("column number {at} is explained by the others", "la columna número {at} se deduce de las demás"),
        Both::new("leave it out", "omítala"),
    )
}

fn settled(steps: usize, todo: Both) -> Words {
    ("not-converged", both!("no rest after {steps} steps", "no llegó a reposo tras {steps} pasos"), todo)
}

impl Reason for InterruptedError {
    fn words(&self, _: &[String], times: &[String]) -> Words {
        match self {
            InterruptedError::NotFinite { period } => hole(&name(times, *period)),
            InterruptedError::TooShort { before, after, needed } => short(*before, *after, *needed),
            InterruptedError::Collinear { column } => collinear(*column),
            other => plainly(other),
        }
    }
}

fn hole(period: &str) -> Words {
    (
        "not-finite",
        both!("period {period} is missing in some series", "el periodo {period} falta en alguna serie"),
        Both::new("fill or cut it, and say so", "complételo o córtelo, y dígalo"),
    )
}

fn short(before: usize, after: usize, needed: usize) -> Words {
    (
        "too-short",
        both!(
            "{before} periods before the start and {after} since, {needed} are needed",
            "{before} periodos antes del inicio y {after} después, se necesitan {needed}"
        ),
        Both::new("more periods are needed", "hacen falta más periodos"),
    )
}

impl Reason for SeriesError {
    fn words(&self, _: &[String], times: &[String]) -> Words {
        match self {
            SeriesError::NotFinite { period } => hole(&name(times, *period)),
            SeriesError::Start { start, periods, needed } => short(*start, periods.saturating_sub(*start), *needed),
            SeriesError::Flat => {
                ("flat", Both::new("the outcome does not vary before the start", "el resultado no varía antes del inicio"), look())
            }
            other => plainly(other),
        }
    }
}

impl Reason for DiscontinuityError {
    fn words(&self, _: &[String], _: &[String]) -> Words {
        match self {
            DiscontinuityError::TooFew { below, above, needed } => (
                "few-near",
                both!(
                    "{below} rows below the line and {above} above, {needed} are needed at distances that differ",
                    "{below} filas bajo la línea y {above} sobre ella, se necesitan {needed} a distancias distintas"
                ),
                Both::new("widen --bandwidth, or check --cutoff", "amplíe --bandwidth, o revise --cutoff"),
            ),
            DiscontinuityError::Bandwidth { bandwidth } => (
                "bandwidth",
                both!("a bandwidth of {bandwidth}", "un ancho de banda de {bandwidth}"),
                Both::new("give one above 0, or leave it out", "dé uno mayor que 0, u omítalo"),
            ),
            other => plainly(other),
        }
    }
}

impl Reason for MetaError {
    fn words(&self, _: &[String], _: &[String]) -> Words {
        match self {
            MetaError::Study { study } => {
                let study = study + 1;
                (
                    "study",
                    both!("study number {study} has no variance above 0", "el estudio número {study} no tiene varianza mayor que 0"),
                    Both::new("leave it out, and say so", "omítalo, y dígalo"),
                )
            }
            MetaError::TooFew { studies, .. } => (
                "few-studies",
                both!("{studies} studies are too few", "{studies} estudios son muy pocos"),
                Both::new("fewer moderators, or --tau2 fe", "menos moderadores, o --tau2 fe"),
            ),
            MetaError::Collinear { column } => collinear(*column),
            MetaError::NotSettled { steps } => settled(*steps, Both::new("use --tau2 pm", "use --tau2 pm")),
            other => plainly(other),
        }
    }
}

impl Reason for EffectError {
    fn words(&self, _: &[String], _: &[String]) -> Words {
        match self {
            EffectError::Impossible { found, .. } => (
                "impossible",
                both!("a study reports {found}, which cannot be", "un estudio informa {found}, lo que no puede ser"),
                Both::new("check counts, spreads and correlations of --parts", "revise conteos, desviaciones y correlaciones de --parts"),
            ),
            other => plainly(other),
        }
    }
}

/// A refusal that columns read here do not provoke.
fn plainly(e: &dyn std::error::Error) -> Words {
    let text = e.to_string();
    ("method", both!("{text}", "{text}"), Both::default())
}
