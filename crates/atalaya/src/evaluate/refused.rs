//! The refusals of methods, in both languages.

use atalaya_kernel::{Both, Exit, Problem, both};
use atalaya_methods::evaluate::Refusal;

/// A refusal as a problem.
pub(super) fn refused(refusal: &Refusal) -> Problem {
    let (id, found, todo) = words(refusal);
    Problem::new(&format!("refused-{id}"), "", found, todo).exits(Exit::Refused)
}

fn words(refusal: &Refusal) -> (&'static str, Both, Both) {
    let more = || Both::new("use more rows or fewer parameters", "use más filas o menos parámetros");
    let columns = || Both::new("check the columns named", "revise las columnas indicadas");
    match refusal {
        Refusal::Length { column, found, expected } => (
            "length",
            both!("`{column}` has {found} rows where {expected} are needed", "`{column}` tiene {found} filas y se necesitan {expected}"),
            columns(),
        ),
        Refusal::NotFinite { column, row } => (
            "not-finite",
            both!("`{column}` has no finite number in row {row}", "`{column}` no tiene un número finito en la fila {row}"),
            columns(),
        ),
        Refusal::Empty => ("empty", Both::new("no rows are left", "no quedan filas"), columns()),
        Refusal::Weight { row } => (
            "weight",
            both!("the weight in row {row} cannot be used", "el peso de la fila {row} no se puede usar"),
            Both::new("weights are above 0; this method may take none", "los pesos son mayores que 0; este método puede no admitirlos"),
        ),
        Refusal::Collinear { column } => (
            "collinear",
            both!(
                "`{column}` follows from the fixed effects or from the columns before it",
                "`{column}` se deduce de los efectos fijos o de las columnas anteriores"
            ),
            Both::new("leave it out", "omítala"),
        ),
        Refusal::NoFreedom { rows, parameters } => {
            ("no-freedom", both!("{parameters} parameters and {rows} rows", "{parameters} parámetros y {rows} filas"), more())
        }
        Refusal::FewClusters { found } => (
            "few-clusters",
            both!("{found} clusters: two or more are needed", "{found} conglomerados: se necesitan dos o más"),
            Both::new("cluster on something finer", "agrupe por algo más fino"),
        ),
        Refusal::NotConverged { what, iterations, gap } => (
            "not-converged",
            both!(
                "{what} did not converge in {iterations} steps (gap {gap:.1e})",
                "{what} no convergió en {iterations} pasos (brecha {gap:.1e})"
            ),
            Both::new("the data hardly identify it: use fewer effects", "los datos apenas lo identifican: use menos efectos"),
        ),
        _ => treatment(refusal),
    }
}

/// The refusals that have to do with treatment and comparison.
fn treatment(refusal: &Refusal) -> (&'static str, Both, Both) {
    match refusal {
        Refusal::SeparatedLogit { cohort, period } => (
            "separated-logit",
            both!(
                "covariates tell cohort {cohort} from its comparison without error in period {period}",
                "las covariables distinguen sin error a la cohorte {cohort} de su comparación en el periodo {period}"
            ),
            Both::new("use fewer covariates, or --estimator reg", "use menos covariables, o --estimator reg"),
        ),
        Refusal::SeparatedPoisson { effect, level } => (
            "separated-poisson",
            both!("level {level} of effect {effect} has only zeros", "el nivel {level} del efecto {effect} tiene solo ceros"),
            Both::new("drop its rows: they say nothing", "quite sus filas: no dicen nada"),
        ),
        Refusal::NegativeOutcome { row } => (
            "negative-outcome",
            both!("row {row} of the outcome is negative", "la fila {row} del resultado es negativa"),
            Both::new("Poisson needs amounts of zero or more", "Poisson necesita cantidades de cero o más"),
        ),
        Refusal::NoTreated => (
            "no-treated",
            Both::new("no unit is treated within the periods observed", "ninguna unidad recibe tratamiento en los periodos observados"),
            Both::new("check the column of cohorts", "revise la columna de cohortes"),
        ),
        Refusal::NoNeverTreated => (
            "no-never-treated",
            Both::new("no unit is never treated", "toda unidad recibe tratamiento alguna vez"),
            Both::new("compare with those not yet treated: --control not-yet", "compare con las aún no tratadas: --control not-yet"),
        ),
        Refusal::NoPrePeriod => (
            "no-pre-period",
            Both::new("no cohort is seen before its treatment", "ninguna cohorte se observa antes de su tratamiento"),
            Both::new("earlier data are needed", "hacen falta datos anteriores"),
        ),
        Refusal::NoComparison { cohort, period } => (
            "no-comparison",
            both!(
                "cohort {cohort} has no comparison in period {period}",
                "la cohorte {cohort} no tiene comparación en el periodo {period}"
            ),
            Both::new("shorten the window or change the comparison", "acorte la ventana o cambie la comparación"),
        ),
        _ => panel(refusal),
    }
}

/// The refusals that have to do with the shape of the panel.
fn panel(refusal: &Refusal) -> (&'static str, Both, Both) {
    match refusal {
        Refusal::CohortVaries { unit } => (
            "cohort-varies",
            both!(
                "unit number {unit} has more than one date of treatment",
                "la unidad número {unit} tiene más de una fecha de tratamiento"
            ),
            Both::new("a cohort belongs to a unit", "la cohorte es propia de la unidad"),
        ),
        Refusal::Duplicate { unit, period } => (
            "duplicate",
            both!(
                "unit number {unit} has more than one row in period {period}",
                "la unidad número {unit} tiene más de una fila en el periodo {period}"
            ),
            Both::new("add them up or choose one", "súmelas o elija una"),
        ),
        Refusal::Unbalanced { units, periods, missing } => (
            "unbalanced",
            both!(
                "{missing} cells of {units} units by {periods} periods are missing",
                "faltan {missing} celdas de {units} unidades por {periods} periodos"
            ),
            Both::new("complete the panel, or --panel complete or unbalanced", "complete el panel, o --panel complete o unbalanced"),
        ),
        Refusal::NotImputable { cells } => (
            "not-imputable",
            both!(
                "{cells} treated rows have no untreated counterpart (their unit or period is never seen untreated)",
                "{cells} filas tratadas no tienen contraparte sin tratamiento (su unidad o periodo nunca se ve sin él)"
            ),
            Both::new("leave them out and say so: --leave-out", "omítalas y dígalo: --leave-out"),
        ),
        Refusal::OutOfRange { what, found, wanted } => {
            ("out-of-range", both!("{what} is {found}", "{what} es {found}"), both!("it must be {wanted}", "debe ser {wanted}"))
        }
        other => {
            let text = other.to_string();
            ("method", both!("{text}", "{text}"), Both::default())
        }
    }
}
