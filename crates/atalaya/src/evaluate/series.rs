//! One series with a start, and a line that decides treatment.

use atalaya_kernel::{Both, Problem, both};
use atalaya_methods::evaluate::discontinuity::{self, discontinuity};
use atalaya_methods::evaluate::interrupted_series::{self, Change, interrupted_series};
use atalaya_methods::evaluate::structural_series::{self, Band, structural_series};

use super::data::Data;
use super::finding::PathPoint;
use super::options::unknown;
use super::reasons::Reason;
use super::{Fit, FitLine, Fitted, Section, begun};

/// One series in order of time.
struct Series {
    times: Vec<String>,
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
    start: usize,
    periods: Vec<i64>,
}

impl Series {
    /// The rows of the file, or of one unit, in order of time; the start by `--start` or by treatment.
    fn read(fit: &Fit, data: &mut Data) -> Result<Series, Problem> {
        if fit.outcome.is_empty() {
            return Err(fit.lacking("outcome"));
        }
        let rows = data.rows();
        let time: Vec<f64> = match &fit.time {
            Some(time) => data.numbers(time)?,
            None => (1..=rows).map(|t| t as f64).collect(),
        };
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|a, b| time[*a].total_cmp(&time[*b]));
        if let Some(twice) = order.windows(2).find(|w| time[w[0]] == time[w[1]]) {
            let found = time[twice[0]].to_string();
            return Err(Problem::new(
                "refused-duplicate",
                "",
                both!("more than one row in period {found}", "más de una fila en el periodo {found}"),
                Both::new(
                    "this method takes one series: keep the rows of one unit",
                    "este método toma una serie: deje las filas de una unidad",
                ),
            )
            .exits(atalaya_kernel::Exit::Refused));
        }
        let sorted = |column: Vec<f64>| order.iter().map(|&i| column[i]).collect::<Vec<f64>>();
        let start = match (&fit.start, &fit.treatment) {
            (Some(start), _) => {
                let wanted: f64 = start.parse().map_err(|_| unknown("start", start, "2014"))?;
                order.iter().position(|&i| time[i] >= wanted).unwrap_or(rows)
            }
            (None, Some(treatment)) => {
                let treated = data.numbers(treatment)?;
                order.iter().position(|&i| treated[i] != 0.0).unwrap_or(rows)
            }
            _ => return Err(fit.lacking("start")),
        };
        Ok(Series {
            times: order.iter().map(|&i| time[i].to_string()).collect(),
            periods: order.iter().enumerate().map(|(at, &i)| if time[i].fract() == 0.0 { time[i] as i64 } else { at as i64 + 1 }).collect(),
            y: sorted(data.numbers_or_missing(&fit.outcome)?),
            x: fit.covariates.iter().map(|c| data.numbers_or_missing(c).map(sorted)).collect::<Result<_, _>>()?,
            start,
        })
    }

    fn begin(&self, fit: &Fit, data: &Data) -> Result<Fitted, Problem> {
        let mut out = begun(fit, data)?;
        out.size = super::finding::Size { units: 1, treated: 1, periods: self.y.len(), before: self.start, rows: self.y.len() };
        Ok(out)
    }

    fn paths(&self, counterfactual: &[f64], intervals: &[[f64; 2]]) -> Vec<PathPoint> {
        let point = |t: usize| {
            let after = t.checked_sub(self.start);
            PathPoint {
                period: self.periods[t],
                treated: Some(self.y[t]),
                comparison: after.and_then(|k| counterfactual.get(k)).copied(),
                interval: after.and_then(|k| intervals.get(k)).copied(),
            }
        };
        (0..self.y.len()).map(point).collect()
    }

    fn since(&self, effects: impl Iterator<Item = FitLine>) -> Vec<FitLine> {
        self.times[self.start..].iter().zip(effects).map(|(t, line)| FitLine { term: t.clone(), ..line }).collect()
    }
}

/// A change with its error.
fn changed(term: &str, c: &Change) -> FitLine {
    FitLine::of(term, c.estimate).with(Some(c.se), Some(c.interval), Some(c.p_value))
}

/// Interrupted time series.
pub(super) fn its(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let series = Series::read(fit, data)?;
    let season = fit.season.unwrap_or(0) as usize;
    let options = interrupted_series::Options {
        season,
        waves: fit.waves.unwrap_or(u32::from(season > 0)) as usize,
        lags: fit.lags.map(|l| l as usize),
        covariates: series.x.clone(),
    };
    let found = interrupted_series(&series.y, series.start, &options).map_err(|e| e.problem(&[], &series.times))?;
    let mut out = series.begin(fit, data)?;
    out.ninety_five()?;
    let lines = vec![changed("mean", &found.mean), changed("level", &found.level), changed("slope", &found.slope)];
    out.effect = lines.first().cloned();
    out.sections.push(Section::new(
        "change",
        "Change: mean since the start, level at it, slope a period",
        "Cambio: media desde el inicio, nivel en él, pendiente por periodo",
        lines,
    ));
    let gaps = series.y[series.start..].iter().zip(&found.counterfactual).map(|(y, c)| FitLine::of("", y - c));
    out.sections.push(Section::new("period", "By period since the start", "Por periodo desde el inicio", series.since(gaps)));
    out.plots.paths = series.paths(&found.counterfactual, &[]);
    out.fact("lags", "lags of the errors (Newey-West)", "rezagos de los errores (Newey-West)", found.lags);
    out.fact("autocorrelation", "correlation of neighbouring residuals", "correlación de residuos vecinos", found.autocorrelation);
    out.fact("durbin-watson", "Durbin-Watson", "Durbin-Watson", found.durbin_watson);
    Ok(out)
}

fn banded(term: &str, b: &Band) -> FitLine {
    FitLine::of(term, b.mean).with(None, Some(b.interval), None)
}

/// Bayesian structural time series.
pub(super) fn bsts(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let series = Series::read(fit, data)?;
    let usual = structural_series::Options::default();
    let options = structural_series::Options {
        draws: fit.draws.map_or(usual.draws, |d| d as usize),
        burn_in: fit.burn_in.map_or(usual.burn_in, |d| d as usize),
        level_sd: fit.level_sd.unwrap_or(usual.level_sd),
        model_size: fit.model_size.unwrap_or(usual.model_size),
        level: fit.share()?,
        seed: fit.seed(),
    };
    let found = structural_series(&series.y, &series.x, series.start, &options).map_err(|e| e.problem(&[], &series.times))?;
    let mut out = series.begin(fit, data)?;
    let average = FitLine { p: Some(found.p_value), ..banded("average", &found.average) };
    out.effect = Some(average.clone());
    let lines = vec![average, banded("cumulative", &found.cumulative), banded("relative", &found.relative)];
    out.sections.push(Section::new(
        "effect",
        "Effect: mean, sum, and mean as a share",
        "Efecto: medio, suma, y medio como proporción",
        lines,
    ));
    let after = &series.y[series.start..];
    let gap = |(y, c): (&f64, &Band)| FitLine::of("", y - c.mean).with(None, Some([y - c.interval[1], y - c.interval[0]]), None);
    out.sections.push(Section::new(
        "period",
        "By period since the start",
        "Por periodo desde el inicio",
        series.since(after.iter().zip(&found.counterfactual).map(gap)),
    ));
    let lines = fit.covariates.iter().zip(&found.inclusion).map(|(n, i)| FitLine::weighing(n, *i)).collect();
    out.sections.push(Section::new("series", "How often each series was in", "Con qué frecuencia entró cada serie", lines));
    let means: Vec<f64> = found.counterfactual.iter().map(|b| b.mean).collect();
    let bands: Vec<[f64; 2]> = found.counterfactual.iter().map(|b| b.interval).collect();
    out.plots.paths = series.paths(&means, &bands);
    out.fact("draws", "draws kept", "sorteos conservados", found.draws);
    out.fact("effective", "independent draws they are worth", "sorteos independientes a que equivalen", found.effective);
    Ok(out)
}

/// Regression discontinuity.
pub(super) fn rd(fit: &Fit, data: &mut Data) -> Result<Fitted, Problem> {
    let (running, outcome) = (fit.column("running", &fit.running)?, fit.outcome()?);
    data.need(&[running, outcome])?;
    let line = fit.cutoff.unwrap_or(0.0);
    let x: Vec<f64> = data.numbers(running)?.iter().map(|x| x - line).collect();
    let options = discontinuity::Options { bandwidth: fit.bandwidth, bias_bandwidth: fit.bias_bandwidth };
    let found = discontinuity(&x, &data.numbers(outcome)?, &options).map_err(|e| e.problem(&[], &[]))?;
    let mut out = begun(fit, data)?;
    out.ninety_five()?;
    let above = x.iter().filter(|x| **x >= 0.0).count();
    out.size = super::finding::Size { units: x.len(), treated: above, periods: 1, before: 0, rows: x.len() };
    let robust = FitLine::of("robust", found.estimate).with(Some(found.se), Some(found.interval), Some(found.p_value));
    out.effect = Some(robust.clone());
    let plain = FitLine::of("conventional", found.conventional).with(Some(found.conventional_se), None, None);
    out.sections.push(Section::new("jump", "Jump at the line", "Salto en la línea", vec![robust, plain]));
    out.fact("bandwidth", "bandwidth (h)", "ancho de banda (h)", found.bandwidths[0]);
    out.fact("bias-bandwidth", "bandwidth of the bias (b)", "ancho de banda del sesgo (b)", found.bandwidths[1]);
    out.fact("below", "rows within it below the line", "filas dentro de él bajo la línea", found.units[0]);
    out.fact("above", "rows within it above", "filas dentro de él sobre ella", found.units[1]);
    Ok(out)
}
