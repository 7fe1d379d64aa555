//! Rows as a panel with a cell for each unit and period, and which cells are treated.

use std::collections::BTreeSet;
use std::ops::Range;

use atalaya_kernel::{Both, Exit, Problem, both};
use atalaya_methods::evaluate::block::{Block, BlockError};
use atalaya_methods::evaluate::grid::Grid;

use super::Fit;
use super::data::{Data, number};
use super::finding::{Donor, PathPoint, Size};
use super::options::unknown;
use super::reasons::Reason;

/// A panel by names of units and periods, each in order.
pub(super) struct Wide {
    /// Names of units.
    pub units: Vec<String>,
    /// Names of periods.
    pub times: Vec<String>,
    /// Where each row of the data lands.
    cells: Vec<usize>,
    /// The outcome, unit after unit, not a number where absent.
    pub outcome: Vec<f64>,
    /// Which cells are treated.
    pub treated: Vec<bool>,
    /// Rows of the data.
    rows: usize,
}

/// Periods in order of their numbers, or of their texts where they are none.
fn in_order(mut times: Vec<&str>) -> Vec<String> {
    times.sort_by(|a, b| match (number(a), number(b)) {
        (Some(x), Some(y)) => x.total_cmp(&y).then(a.cmp(b)),
        _ => a.cmp(b),
    });
    times.dedup();
    times.into_iter().map(str::to_string).collect()
}

impl Wide {
    /// The panel that columns and options describe.
    pub fn read(fit: &Fit, data: &mut Data) -> Result<Wide, Problem> {
        let (unit, time) = (fit.column("unit", &fit.unit)?, fit.column("time", &fit.time)?);
        data.need(&[unit, time])?;
        if !fit.exclude.is_empty() {
            data.exclude(unit, &fit.exclude)?;
        }
        let (of_unit, of_time) = (data.texts(unit)?, data.texts(time)?);
        let names: BTreeSet<&str> = of_unit.iter().copied().collect();
        let units: Vec<String> = names.into_iter().map(str::to_string).collect();
        let times = in_order(of_time.clone());
        let (n, t) = (units.len(), times.len());
        if (n as u64).saturating_mul(t as u64) > 16 * (data.rows() as u64).max(1_000_000) {
            return Err(sparse(n, t, data.rows()));
        }
        let spot: std::collections::BTreeMap<&str, usize> = times.iter().map(String::as_str).zip(0..).collect();
        let place: std::collections::BTreeMap<&str, usize> = units.iter().map(String::as_str).zip(0..).collect();
        let cells: Vec<usize> = of_unit.iter().zip(&of_time).map(|(u, s)| place[u] * t + spot[s]).collect();
        let mut seen = vec![false; n * t];
        for &cell in &cells {
            if std::mem::replace(&mut seen[cell], true) {
                return Err(twice(&units[cell / t], &times[cell % t]));
            }
        }
        let mut wide = Wide { units, times, cells, outcome: Vec::new(), treated: vec![false; n * t], rows: data.rows() };
        wide.outcome = wide.column(data, fit.outcome()?)?;
        wide.mark(fit, data)?;
        Ok(wide)
    }

    /// A column of the data in the shape of the panel.
    pub fn column(&self, data: &Data, name: &str) -> Result<Vec<f64>, Problem> {
        let mut out = vec![f64::NAN; self.units.len() * self.times.len()];
        for (&cell, value) in self.cells.iter().zip(data.numbers_or_missing(name)?) {
            out[cell] = value;
        }
        Ok(out)
    }

    /// Marks treated cells: by column of treatment, of cohort, or by names of units and a start.
    fn mark(&mut self, fit: &Fit, data: &Data) -> Result<(), Problem> {
        let t = self.times.len();
        if let Some(treatment) = &fit.treatment {
            self.treated = self.column(data, treatment)?.into_iter().map(|d| d.is_finite() && d != 0.0).collect();
        } else if let Some(cohort) = &fit.cohort {
            let first = data.cohorts(cohort)?;
            for (&cell, first) in self.cells.iter().zip(first) {
                let now = number(&self.times[cell % t]);
                self.treated[cell] = first.zip(now).is_some_and(|(g, now)| now >= g as f64);
            }
        } else {
            if fit.treated.is_empty() {
                return Err(fit.lacking("treatment"));
            }
            let start = self.position(fit.column("start", &fit.start)?, "start")?;
            let unit = fit.column("unit", &fit.unit)?;
            for name in &fit.treated {
                data.known_unit(unit, name)?;
                let at = self.units.iter().position(|u| u == name).unwrap_or(0);
                (start..t).for_each(|s| self.treated[at * t + s] = true);
            }
        }
        if self.treated.iter().any(|d| *d) {
            return Ok(());
        }
        Err(Problem::new(
            "refused-no-treated",
            "",
            Both::new("no cell is treated", "ninguna celda recibe tratamiento"),
            Both::new("check the column of treatment, or --treated and --start", "revise la columna de tratamiento, o --treated y --start"),
        )
        .exits(Exit::Refused))
    }

    /// The position of a period by its name or number.
    pub fn position(&self, name: &str, option: &str) -> Result<usize, Problem> {
        let at = self.times.iter().position(|t| t == name || number(t).is_some_and(|v| number(name) == Some(v)));
        at.ok_or_else(|| unknown(option, name, &format!("{} ... {}", self.times[0], self.times[self.times.len() - 1])))
    }

    /// The positions of `FROM:TO`, or of one period.
    pub fn span(&self, text: &str, option: &str) -> Result<Range<usize>, Problem> {
        let (from, to) = text.split_once(':').unwrap_or((text, text));
        let (from, to) = (self.position(from, option)?, self.position(to, option)?);
        if from > to { Err(unknown(option, text, "FROM:TO")) } else { Ok(from..to + 1) }
    }

    /// The panel where all treated units start at once and stay treated.
    pub fn block(&self) -> Result<Block, Problem> {
        let t = self.times.len();
        let first = |i: usize| (0..t).find(|s| self.treated[i * t + s]);
        let starts: Vec<(usize, usize)> = (0..self.units.len()).filter_map(|i| first(i).map(|s| (i, s))).collect();
        let Some(&(unit, start)) = starts.first() else { return Err(BlockError::NoTreated.problem(&[], &[])) };
        if let Some((other, late)) = starts.iter().find(|(_, s)| *s != start) {
            return Err(several(&self.units[unit], &self.times[start], &self.units[*other], &self.times[*late]));
        }
        for &(i, s) in &starts {
            if let Some(off) = (s..t).find(|s| !self.treated[i * t + s]) {
                return Err(stops(&self.units[i], &self.times[off]));
            }
        }
        let treated: Vec<usize> = starts.iter().map(|s| s.0).collect();
        Block::new(self.outcome.clone(), self.units.len(), &treated, start).map_err(|e| self.problem(&e))
    }

    /// The panel where cells start and stop as they will.
    pub fn grid(&self, fit: &Fit, data: &Data) -> Result<Grid, Problem> {
        let covariates = fit.covariates.iter().map(|c| self.column(data, c)).collect::<Result<_, _>>()?;
        let (units, periods) = (self.units.len(), self.times.len());
        Ok(Grid { units, periods, outcome: self.outcome.clone(), treated: self.treated.clone(), covariates })
    }

    /// A refusal of a method with positions told by name.
    pub fn problem(&self, reason: &dyn Reason) -> Problem {
        reason.problem(&self.units, &self.times)
    }

    /// A period as a number: its own, or its place.
    pub fn period(&self, at: usize) -> i64 {
        number(&self.times[at]).filter(|v| v.fract() == 0.0).map_or(at as i64 + 1, |v| v as i64)
    }

    /// How much there is.
    pub fn size(&self, treated: usize, before: usize) -> Size {
        Size { units: self.units.len(), treated, periods: self.times.len(), before, rows: self.rows }
    }

    /// The treated and what would have been, from the gaps between them.
    pub fn paths(&self, treated: &[f64], gaps: &[f64]) -> Vec<PathPoint> {
        let point = |(at, (y, gap)): (usize, (&f64, &f64))| PathPoint {
            period: self.period(at),
            treated: y.is_finite().then_some(*y),
            comparison: (y - gap).is_finite().then_some(y - gap),
            interval: None,
        };
        treated.iter().zip(gaps).enumerate().map(point).collect()
    }

    /// Donors with weight, the heaviest first.
    pub fn donors(&self, donors: &[usize], weights: &[f64]) -> Vec<Donor> {
        let mut out: Vec<Donor> = donors
            .iter()
            .zip(weights)
            .filter(|(_, w)| w.abs() > 1e-9)
            .map(|(&i, w)| Donor { unit: self.units[i].clone(), weight: *w })
            .collect();
        out.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.unit.cmp(&b.unit)));
        out
    }
}

fn refuse(id: &str, found: Both, todo: Both) -> Problem {
    Problem::new(&format!("refused-{id}"), "", found, todo).exits(Exit::Refused)
}

fn twice(unit: &str, time: &str) -> Problem {
    refuse(
        "duplicate",
        both!("{unit} has more than one row in period {time}", "{unit} tiene más de una fila en el periodo {time}"),
        Both::new("add them up or choose one", "súmelas o elija una"),
    )
}

fn sparse(units: usize, periods: usize, rows: usize) -> Problem {
    refuse(
        "sparse",
        both!(
            "{units} units by {periods} periods for {rows} rows: most cells would be empty",
            "{units} unidades por {periods} periodos para {rows} filas: casi todas las celdas quedarían vacías"
        ),
        Both::new("check the columns of unit and period", "revise las columnas de unidad y periodo"),
    )
}

fn several(unit: &str, start: &str, other: &str, late: &str) -> Problem {
    refuse(
        "several-starts",
        both!(
            "{unit} starts in {start} and {other} in {late}: this method needs one start",
            "{unit} empieza en {start} y {other} en {late}: este método necesita un solo inicio"
        ),
        Both::new(
            "take units that start together, or did, imputation, gsynth or mc",
            "tome unidades que empiecen juntas, o did, imputation, gsynth o mc",
        ),
    )
}

fn stops(unit: &str, time: &str) -> Problem {
    refuse(
        "treatment-stops",
        both!("{unit} is no longer treated in {time}", "{unit} deja de recibir tratamiento en {time}"),
        Both::new("end the data there, or use ife or mc", "termine los datos ahí, o use ife o mc"),
    )
}
