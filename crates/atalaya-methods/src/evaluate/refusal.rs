//! Why an evaluation is refused: each reason has a name, says what was found and what to do.

/// A reason not to answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Columns of unequal length.
    #[error("`{column}` has {found} rows where {expected} are needed: give every column the same rows")]
    Length {
        /// The column.
        column: String,
        /// Its rows.
        found: usize,
        /// The rows of the outcome.
        expected: usize,
    },
    /// A cell that is no finite number.
    #[error("`{column}` has no finite number in row {row}: fill it or leave the row out")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, from 1.
        row: usize,
    },
    /// Nothing to estimate from.
    #[error("no rows are left to estimate from: check the filters and the missing cells")]
    Empty,
    /// A weight below zero, or none above.
    #[error("the weight in row {row} is negative or all are zero: weights count how much a row stands for")]
    Weight {
        /// The row, from 1.
        row: usize,
    },
    /// A regressor that fixed effects or other regressors explain.
    #[error("`{column}` follows from the fixed effects or from the columns before it: leave it out")]
    Collinear {
        /// The regressor.
        column: String,
    },
    /// Nothing varies once the effects are taken out.
    #[error("no degrees of freedom: {parameters} parameters and {rows} rows; use fewer effects or more rows")]
    NoFreedom {
        /// Rows.
        rows: usize,
        /// Parameters.
        parameters: usize,
    },
    /// Too few clusters for the variance asked.
    #[error("{found} clusters: a clustered variance needs two or more; cluster on something finer or use randomisation")]
    FewClusters {
        /// How many.
        found: usize,
    },
    /// An iteration that did not arrive.
    #[error("{what} did not converge in {iterations} steps (gap {gap:.1e}): the data hardly identify it")]
    NotConverged {
        /// What was iterated.
        what: &'static str,
        /// Steps taken.
        iterations: usize,
        /// How far it still was.
        gap: f64,
    },
    /// Treatment and comparison can be told apart without error.
    #[error("covariates separate cohort {cohort} from its comparison in period {period}: use fewer covariates or regression")]
    SeparatedLogit {
        /// The cohort.
        cohort: i64,
        /// The period.
        period: i64,
    },
    /// An outcome that a fixed effect predicts to be zero for sure.
    #[error("level {level} of effect {effect} has only zeros: a Poisson model has no estimate for it; drop its rows")]
    SeparatedPoisson {
        /// The effect, from 1.
        effect: usize,
        /// The level as given.
        level: u32,
    },
    /// A negative count.
    #[error("row {row} of the outcome is negative: a Poisson model needs amounts of zero or more")]
    NegativeOutcome {
        /// The row, from 1.
        row: usize,
    },
    /// No unit is treated.
    #[error("no unit is treated within the periods observed: check the column of cohorts")]
    NoTreated,
    /// No comparison group of the kind asked.
    #[error("no unit is never treated: compare with those not yet treated, or say which cohort is last")]
    NoNeverTreated,
    /// A cohort without a period before treatment.
    #[error("no cohort has a period before its treatment: earlier data are needed")]
    NoPrePeriod,
    /// A group and period with nobody to compare.
    #[error("cohort {cohort} has no comparison in period {period}: shorten the window or change the comparison")]
    NoComparison {
        /// The cohort.
        cohort: i64,
        /// The period.
        period: i64,
    },
    /// A unit with two cohorts.
    #[error("unit {unit} has more than one date of treatment: a cohort belongs to a unit")]
    CohortVaries {
        /// The unit as given.
        unit: u32,
    },
    /// A unit seen twice in a period.
    #[error("unit {unit} has more than one row in period {period}: add them up or choose one")]
    Duplicate {
        /// The unit as given.
        unit: u32,
        /// The period.
        period: i64,
    },
    /// A balanced panel was asked for and is not there.
    #[error("{missing} cells of {units} units by {periods} periods are missing: allow an unbalanced panel or complete it")]
    Unbalanced {
        /// Units.
        units: usize,
        /// Periods.
        periods: usize,
        /// Cells not there.
        missing: usize,
    },
    /// Treated cells whose untreated outcome no effect can tell.
    #[error("{cells} treated cells have no untreated counterpart (unit or period never seen untreated): leave them out")]
    NotImputable {
        /// How many.
        cells: usize,
    },
    /// A quantity outside its range.
    #[error("{what} is {found}: it must be {wanted}")]
    OutOfRange {
        /// What was given.
        what: &'static str,
        /// What it was.
        found: f64,
        /// What it may be.
        wanted: &'static str,
    },
}
