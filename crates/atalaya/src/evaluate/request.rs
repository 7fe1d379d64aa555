//! What is asked of `evaluate fit`: columns and options, named as in the papers.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Estimate an effect on a panel in a CSV or Parquet file, outside any observatory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Fit {
    /// Method: did sunab imputation etwfe event-study twfe poisson wild bacon two-by-two honest synthdid sc sc-predictors augsynth robust-sc conformal gsynth ife mc its bsts rd meta meta-multilevel
    #[cfg_attr(feature = "cli", arg(long, value_name = "METHOD"))]
    pub method: String,
    /// CSV or Parquet file with one row a unit and period
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub data: PathBuf,
    /// Column of the unit
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub unit: Option<String>,
    /// Column of the period: numbers
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub time: Option<String>,
    /// Column of the outcome; of the estimates for meta
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", default_value = "", hide_default_value = true))]
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
    /// Columns that errors cluster on, one or two; the unit if left out; the cluster of meta-multilevel
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMNS", value_delimiter = ','))]
    pub cluster: Vec<String>,
    /// Comparison of did: never not-yet
    #[cfg_attr(feature = "cli", arg(long, value_name = "GROUP"))]
    pub control: Option<String>,
    /// Estimator of did: dr ipw reg augmented; of synthdid: sdid sc did
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
    /// Variance: iid hc1 hc2 hc3 cluster cluster-hc2 cluster-hc3 cr2 crv3 driscoll-kraay newey-west conley
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub vcov: Option<String>,
    /// Lags of driscoll-kraay and newey-west
    #[cfg_attr(feature = "cli", arg(long, value_name = "LAGS"))]
    pub lags: Option<u32>,
    /// Columns of latitude and longitude for conley
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMNS", value_delimiter = ','))]
    pub place: Vec<String>,
    /// Kilometres within which rows depend on each other, for conley; the line of rd
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER", allow_negative_numbers = true))]
    pub cutoff: Option<f64>,
    /// Fixed effects counted as parameters: nested full none
    #[cfg_attr(feature = "cli", arg(long, value_name = "CONVENTION"))]
    pub fixef_k: Option<String>,
    /// No corrections for small samples
    #[cfg_attr(feature = "cli", arg(long))]
    pub no_ssc: bool,
    /// What the outcome is turned into: levels log asinh
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub transform: Option<String>,
    /// Effects that regressions take out: twoways unit time none
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub within: Option<String>,
    /// Propensities near 1 in did: trim (left out) clip (held back)
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub overlap: Option<String>,
    /// Ages before treatment that imputation tests
    #[cfg_attr(feature = "cli", arg(long, value_name = "AGES"))]
    pub pretrends: Option<u32>,
    /// Factor for parameters spent: less-one rows none
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub k_adj: Option<String>,
    /// No factor for the number of clusters
    #[cfg_attr(feature = "cli", arg(long))]
    pub no_g_adj: bool,
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
    /// Value under the null hypothesis of wild and conformal
    #[cfg_attr(feature = "cli", arg(long, value_name = "VALUE", allow_negative_numbers = true))]
    pub null: Option<f64>,
    /// Leave out treated rows that nothing can impute
    #[cfg_attr(feature = "cli", arg(long))]
    pub leave_out: bool,
    /// Units treated, by name, separated by commas; with --start, in place of a column
    #[cfg_attr(feature = "cli", arg(long, value_name = "UNITS", value_delimiter = ','))]
    pub treated: Vec<String>,
    /// First treated period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub start: Option<String>,
    /// Units left out, by name, separated by commas
    #[cfg_attr(feature = "cli", arg(long, value_name = "UNITS", value_delimiter = ','))]
    pub exclude: Vec<String>,
    /// Uncertainty of synthdid, sc, augsynth, gsynth and its kin: placebo jackknife bootstrap conformal none
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub inference: Option<String>,
    /// Synthetic control with a constant difference (demeaned)
    #[cfg_attr(feature = "cli", arg(long))]
    pub intercept: bool,
    /// Penalty: of sc on distances, of augsynth, robust-sc and mc
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub lambda: Option<f64>,
    /// Penalty of sc on the sum of squared weights
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub ridge: Option<f64>,
    /// Penalty of synthdid on unit weights; that of the paper if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub zeta_omega: Option<f64>,
    /// Penalty of synthdid on period weights; that of the paper if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub zeta_lambda: Option<f64>,
    /// How weights or variances are sought: exact frank-wolfe metafor fect
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub solver: Option<String>,
    /// Units a placebo of sc may mix: all untreated
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub pool: Option<String>,
    /// Predictors of sc-predictors, separated by commas: COLUMN, COLUMN@PERIOD or COLUMN@FROM:TO
    #[cfg_attr(feature = "cli", arg(long, value_name = "PREDICTORS", value_delimiter = ','))]
    pub predictors: Vec<String>,
    /// Weights of predictors (V): search equal regression, or numbers separated by commas
    #[cfg_attr(feature = "cli", arg(long, value_name = "WEIGHTS", value_delimiter = ','))]
    pub v: Vec<String>,
    /// Least weight of a predictor over the largest, as a logarithm; -9 if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER", allow_negative_numbers = true))]
    pub v_floor: Option<f64>,
    /// Periods in which sc-predictors fits the outcome: FROM:TO; all before the start if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIODS"))]
    pub window: Option<String>,
    /// How covariates of augsynth enter: beside residualised
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub enter: Option<String>,
    /// Number of factors (gsynth, ife) or of directions (robust-sc)
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub r: Option<u32>,
    /// Where gsynth, ife and mc stop with --solver fect
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub tolerance: Option<f64>,
    /// Counterfactual of conformal: sc did classo
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub proxy: Option<String>,
    /// Blocks of the past left out in turn by the t-test of conformal
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub folds: Option<u32>,
    /// Periods in a year, for seasons of its
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIODS"))]
    pub season: Option<u32>,
    /// Pairs of waves a year for the season of its
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub waves: Option<u32>,
    /// Draws of bsts before those kept
    #[cfg_attr(feature = "cli", arg(long, value_name = "DRAWS"))]
    pub burn_in: Option<u32>,
    /// Standard deviation of the level of bsts that is expected, over that of the outcome
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub level_sd: Option<f64>,
    /// Series expected to matter in bsts
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub model_size: Option<f64>,
    /// Column of the score or distance of rd
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub running: Option<String>,
    /// Bandwidth of rd (h); chosen if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub bandwidth: Option<f64>,
    /// Bandwidth of the bias of rd (b); that of the estimate if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub bias_bandwidth: Option<f64>,
    /// Column of the variance of each estimate, for meta
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub variance: Option<String>,
    /// Column of the standard error of each estimate, for meta
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN"))]
    pub se: Option<String>,
    /// Effect size that meta makes from --parts: rr or rd peto irr md smd zcor plo
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub measure: Option<String>,
    /// Columns an effect size is made from, treated first, separated by commas
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMNS", value_delimiter = ','))]
    pub parts: Vec<String>,
    /// Variance between studies: reml dl pm ml eb he hs sj fe, or mh peto of tables
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub tau2: Option<String>,
    /// Test of meta: knha z
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub test: Option<String>,
    /// Event study that honest starts from: did sunab event-study estimates
    #[cfg_attr(feature = "cli", arg(long, value_name = "METHOD"))]
    pub on: Option<String>,
    /// What honest restricts: smoothness relative
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub restriction: Option<String>,
    /// Bounds M or Mbar of honest, separated by commas
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBERS", value_delimiter = ','))]
    pub bounds: Vec<f64>,
    /// Points of the grid of honest
    #[cfg_attr(feature = "cli", arg(long, value_name = "NUMBER"))]
    pub grid_points: Option<u32>,
    /// Age whose effect honest looks at; 0 if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "AGE"))]
    pub age: Option<i64>,
    /// File for the answer as a table: .xlsx .tex .md .csv .json
    #[cfg_attr(feature = "cli", arg(long, value_name = "FILE"))]
    pub out: Option<PathBuf>,
    /// Confidence level in per cent; 95 if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERCENT"))]
    pub level: Option<f64>,
}
