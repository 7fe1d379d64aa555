//! The rate of interdiction, refused where the two numbers are not of one kind.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Exit, Lang, Problem, Seed, both};
use atalaya_methods::routes::indicators::{Basis, Mass, RateError, Scope, interdiction_rate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::said::{number, range, spread, three};
use crate::observatory::Caller;
use crate::routes::RoutesBasis;
use crate::routes::ground::check_draws;
use crate::verbs::{Ask, Say, Verb};
use crate::{Answer, Observatory};

/// What share of what was produced was seized: refused where the two masses are not of one kind.
///
/// Type both masses, or name an area and a year and they come from the store: what was seized there,
/// over each published figure of its production.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesRate {
    /// Kilograms seized: one number, or a 90 % range LOW-HIGH
    #[cfg_attr(feature = "cli", arg(long, value_name = "KG"))]
    pub seized: Option<String>,
    /// How they are weighed: bulk, pure
    #[cfg_attr(feature = "cli", arg(long, default_value = "bulk", value_name = "BASIS"))]
    pub seized_basis: String,
    /// Of what they are a total: world, an area, corridor:NAME
    #[cfg_attr(feature = "cli", arg(long, value_name = "SCOPE"))]
    pub seized_of: Option<String>,
    /// Purity of what was seized, a 90 % range between 0 and 1: 0.5-0.7
    #[cfg_attr(feature = "cli", arg(long, value_name = "RANGE"))]
    pub purity: Option<String>,
    /// Share of the seized mass that is counted more than once: 0-0.15; 0 if none is
    #[cfg_attr(feature = "cli", arg(long, value_name = "RANGE"))]
    pub doubled: Option<String>,
    /// Kilograms produced: one number, or a 90 % range LOW-HIGH
    #[cfg_attr(feature = "cli", arg(long, value_name = "KG"))]
    pub produced: Option<String>,
    /// How they are weighed: pure, bulk
    #[cfg_attr(feature = "cli", arg(long, default_value = "pure", value_name = "BASIS"))]
    pub produced_basis: String,
    /// Of what they are a total: world, an area, corridor:NAME
    #[cfg_attr(feature = "cli", arg(long, value_name = "SCOPE"))]
    pub produced_of: Option<String>,
    /// Calendar year of both
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEAR"))]
    pub year: Option<i32>,
    /// Calendar year of production, if another
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEAR"))]
    pub produced_year: Option<i32>,
    /// Area whose masses are read from the store where none are typed
    #[cfg_attr(feature = "cli", arg(long, value_name = "AREA"))]
    pub area: Option<String>,
    /// Substance seized, with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "cocaine", value_name = "ID"))]
    pub substance: String,
    /// How many draws
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 10000))]
    pub draws: usize,
    /// Where chance starts: the same seed gives the same draws on any machine
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1))]
    pub seed: u64,
}

/// One rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rated {
    /// Whose figure of production, empty where it was typed.
    pub production: String,
    /// Kilograms produced, 5, 50 and 95 %.
    pub produced_kg: [f64; 3],
    /// Seized over produced: 5, 50 and 95 %.
    pub rate: [f64; 3],
}

/// Rates, and what was assumed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RateFound {
    /// Kilograms seized, 5, 50 and 95 %.
    pub seized_kg: [f64; 3],
    /// The figure of what was seized, where it came from the store.
    pub figure: String,
    /// Of what both are totals.
    pub of: String,
    /// One a published figure of production.
    pub rates: Vec<Rated>,
    /// What was assumed.
    pub notes: Vec<Both>,
    /// What it rests on; nothing where both masses were typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<RoutesBasis>,
}

/// A mass with its 90 % range.
#[derive(Clone, Copy)]
struct Span {
    low: f64,
    high: f64,
}

/// Half the width of a 90 % range in standard deviations.
const NINETY: f64 = 1.644_853_6;

impl Span {
    fn middle(self) -> f64 {
        (self.low * self.high).sqrt()
    }

    /// Coefficient of variation of the lognormal with this range.
    fn cv(self) -> f64 {
        let sigma = (self.high / self.low).ln() / (2.0 * NINETY);
        ((sigma * sigma).exp() - 1.0).sqrt()
    }

    fn three(self) -> [f64; 3] {
        [self.low, self.middle(), self.high]
    }
}

fn span(option: &str, text: &str) -> Result<Span, Problem> {
    let (low, high) = range(option, text, 1e-9, 1e15)?;
    Ok(Span { low, high })
}

impl RoutesRate {
    /// Whether both masses are typed, so that no observatory is asked.
    pub fn is_typed(&self) -> bool {
        self.seized.is_some() && self.produced.is_some()
    }

    /// The rate of typed masses.
    ///
    /// # Errors
    /// `unlike-bases`, `double-counting-not-declared`, `unlike-scopes`, `unlike-years`, `bad-range`.
    pub fn typed(&self) -> Result<RateFound, Problem> {
        let (Some(seized), Some(produced)) = (&self.seized, &self.produced) else { return Err(nothing_to_divide()) };
        let (seized, produced) = (span("--seized", seized)?, span("--produced", produced)?);
        let of = self.seized_of.clone().unwrap_or_else(|| "world".into());
        let rate = self.rate(seized, produced, &of)?;
        let rates = vec![Rated { production: String::new(), produced_kg: produced.three(), rate }];
        Ok(RateFound { seized_kg: seized.three(), figure: String::new(), of, rates, notes: self.notes(), basis: None })
    }

    fn rate(&self, seized: Span, produced: Span, of: &str) -> Result<[f64; 3], Problem> {
        let draws = if self.draws == 0 { 10_000 } else { self.draws };
        check_draws(draws)?;
        let seized_basis = self.basis("--seized-basis", &self.seized_basis, "bulk")?;
        let produced_of = self.produced_of.as_deref().unwrap_or(of);
        let year = self.year.unwrap_or(0);
        let scope = |text: &str| {
            let known = usize::from(!text.eq_ignore_ascii_case(of));
            match text {
                "world" => Scope::World,
                text if text.starts_with("corridor:") => Scope::Corridor(known),
                _ => Scope::Territory(known),
            }
        };
        let mass = |span: Span, basis, scope, year| Mass { kg: span.middle(), cv: span.cv(), basis, scope, year };
        let seized = mass(seized, seized_basis, scope(of), year);
        let produced_basis = if self.is_pure("--produced-basis", &self.produced_basis, "pure")? { Basis::Pure } else { Basis::Bulk };
        let produced = mass(produced, produced_basis, scope(produced_of), self.produced_year.unwrap_or(year));
        let doubled = self.doubled.as_deref().map(|text| range("--doubled", text, 0.0, 1.0)).transpose()?;
        let seed = Seed(if self.seed == 0 { 1 } else { self.seed });
        // The bases first: what they lack is named before what else is.
        interdiction_rate(&seized, &produced, (0.0, 0.0), 1, seed).map_err(|e| refused(&e, of, produced_of))?;
        let doubled = doubled.ok_or_else(not_declared)?;
        interdiction_rate(&seized, &produced, doubled, draws, seed).map(three).map_err(|e| refused(&e, of, produced_of))
    }

    fn is_pure(&self, option: &str, text: &str, usual: &str) -> Result<bool, Problem> {
        match if text.is_empty() { usual } else { text } {
            "pure" => Ok(true),
            "bulk" => Ok(false),
            other => Err(Problem::new(
                "unknown-basis",
                format!("{option} {other}"),
                Both::new("there is no basis of this name", "no existe una base con este nombre"),
                Both::new("known: bulk, pure", "se conocen: bulk, pure"),
            )),
        }
    }

    /// How the seized mass is weighed, its purity by moments of the range.
    fn basis(&self, option: &str, text: &str, usual: &str) -> Result<Basis, Problem> {
        if self.is_pure(option, text, usual)? {
            return Ok(Basis::Pure);
        }
        let Some(text) = &self.purity else { return Ok(Basis::Bulk) };
        let (low, high) = range("--purity", text, 1e-6, 1.0 - 1e-6)?;
        let (mean, sd) = (f64::midpoint(low, high), (high - low) / (2.0 * NINETY));
        if sd <= 0.0 {
            return Err(Problem::new(
                "bad-range",
                format!("--purity {text}"),
                Both::new(
                    "purity is given as one number: nobody knows it that well",
                    "la pureza se dio como un solo número: nadie la conoce con esa exactitud",
                ),
                Both::new("give a 90 % range: --purity 0.5-0.7", "dé un rango de 90 %: --purity 0.5-0.7"),
            ));
        }
        Ok(Basis::BulkOfPurity { mean, concentration: (mean * (1.0 - mean) / (sd * sd) - 1.0).max(1e-3) })
    }

    fn notes(&self) -> Vec<Both> {
        let mut out = Vec::new();
        if let Some(purity) = &self.purity {
            out.push(both!("purity of what was seized, as declared: {purity}", "pureza de lo incautado, según lo declarado: {purity}"));
        }
        if let Some(doubled) = &self.doubled {
            out.push(both!(
                "share of the seized mass counted more than once, as declared: {doubled}",
                "parte de la masa incautada que se cuenta más de una vez, según lo declarado: {doubled}"
            ));
        }
        out.push(Both::new(
            "a rate of masses is not the chance that a shipment is caught, and a rise of it may be less production as well as more seizures",
            "una tasa de masas no es la probabilidad de que se detecte un envío, y puede subir tanto por menos producción como por más incautaciones",
        ));
        out
    }
}

impl Verb for RoutesRate {
    const NAME: &'static str = "routes";
    type Outcome = RateFound;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<RateFound, Problem> {
        if self.is_typed() {
            return self.typed();
        }
        let (Some(area), Some(year)) = (&self.area, self.year) else { return Err(nothing_to_divide()) };
        let ask = |what: &str, substance: &str| Ask {
            what: what.into(),
            area: vec![area.clone()],
            by: vec!["year".into(), "area".into()],
            substance: if substance.is_empty() { Vec::new() } else { vec![substance.into()] },
            from: Some(year.to_string()),
            to: Some(year.to_string()),
            ..Ask::default()
        };
        let substance = if self.substance.is_empty() { "cocaine" } else { &self.substance };
        let mut answers = Vec::new();
        let (seized, figure) = match &self.seized {
            Some(text) => (span("--seized", text)?, String::new()),
            None => {
                let found = ask("seizures", substance).run(observatory, caller)?;
                let [row] = &found.rows[..] else { return Err(not_held("seizures", area, year)) };
                let kg = Answer::text(row, "kg");
                let seized = span("the store", &kg).map_err(|_| not_held("seizures", area, year))?;
                let figure = Answer::text(row, "figure");
                answers.push(found);
                (seized, figure)
            }
        };
        let made = match &self.produced {
            Some(text) => vec![(String::new(), span("--produced", text)?)],
            None => {
                let found = ask("potential-production", "").run(observatory, caller)?;
                let made = found.rows.iter().filter_map(published).collect();
                answers.push(found);
                made
            }
        };
        if made.is_empty() {
            return Err(not_held("potential-production", area, year));
        }
        let mut rates = Vec::new();
        for (production, produced) in made {
            let rate = self.rate(seized, produced, area)?;
            rates.push(Rated { production, produced_kg: produced.three(), rate });
        }
        let basis = Some(RoutesBasis::of(&answers));
        Ok(RateFound { seized_kg: seized.three(), figure, of: area.clone(), rates, notes: self.notes(), basis })
    }
}

/// Whose figure of production a row is, and its range.
fn published(row: &BTreeMap<String, Value>) -> Option<(String, Span)> {
    let value = Answer::text(row, "value");
    let ends = ["low", "high"].map(|end| Answer::text(row, end)).map(|t| if t.is_empty() { value.clone() } else { t });
    let name: Vec<String> =
        ["source", "definition", "substance"].map(|c| Answer::text(row, c)).into_iter().filter(|n| !n.is_empty()).collect();
    Some((name.join(", "), span("the store", &ends.join("-")).ok()?))
}

fn nothing_to_divide() -> Problem {
    Problem::new(
        "nothing-to-divide",
        "routes rate",
        Both::new("neither two masses nor an area and a year are given", "no se dieron dos masas, ni un área y un año"),
        Both::new(
            "type both, --seized 694000 --produced 788000-1060000, or name what the store holds: --area PE --year 2015",
            "escriba ambas, --seized 694000 --produced 788000-1060000, o nombre lo que guarda el almacén: --area PE --year 2015",
        ),
    )
}

fn not_held(what: &str, area: &str, year: i32) -> Problem {
    Problem::new(
        "not-held",
        format!("{what}, {area}, {year}"),
        Both::new("the store holds no mass of this", "el almacén no guarda ninguna masa de esto"),
        Both::new("type it: --seized KG or --produced KG", "escríbala: --seized KG o --produced KG"),
    )
}

fn not_declared() -> Problem {
    Problem::new(
        "double-counting-not-declared",
        "--doubled",
        Both::new(
            "a seizure at sea or by several agencies may be counted by each of them, and nothing says how much of this mass is counted twice",
            "una incautación en el mar o de varias agencias puede contarla cada una, y nada dice qué parte de esta masa se cuenta dos veces",
        ),
        Both::new(
            "declare the share, as a range: --doubled 0-0.15; --doubled 0 if none can be",
            "declare la parte, como rango: --doubled 0-0.15; --doubled 0 si no puede haberla",
        ),
    )
    .exits(Exit::Refused)
}

/// Why there is no rate, as a problem.
fn refused(error: &RateError, seized_of: &str, produced_of: &str) -> Problem {
    match error {
        RateError::UnlikeBasis => Problem::new(
            "unlike-bases",
            "--seized-basis, --produced-basis",
            Both::new(
                "what was seized is weighed in bulk, with what it is cut with and packed in, and what was produced as pure substance: one over the other is no rate",
                "lo incautado se pesa en bruto, con lo que lo adultera y lo envuelve, y lo producido como sustancia pura: dividir uno entre otro no da una tasa",
            ),
            Both::new(
                "declare the purity of what was seized with its spread, --purity 0.5-0.7, or give both masses on one basis",
                "declare la pureza de lo incautado con su dispersión, --purity 0.5-0.7, o dé ambas masas en una misma base",
            ),
        ),
        RateError::UnlikeScope { .. } => Problem::new(
            "unlike-scopes",
            format!("--seized-of {seized_of} --produced-of {produced_of}"),
            Both::new(
                "the two masses are totals of different things: a global rate, that of a country and that of a corridor are three numbers",
                "las dos masas son totales de cosas distintas: una tasa mundial, la de un país y la de un corredor son tres números",
            ),
            Both::new("give both of one place", "dé ambas de un mismo lugar"),
        ),
        RateError::UnlikeYear { seized, produced } => Problem::new(
            "unlike-years",
            format!("--year {seized} --produced-year {produced}"),
            Both::new("the two masses are of different years", "las dos masas son de años distintos"),
            Both::new("give both of one year", "dé ambas de un mismo año"),
        ),
        other => {
            let text = other.to_string();
            Problem::new("out-of-range", "", both!("{text}", "un número está fuera de su rango: {text}"), Both::default())
        }
    }
    .exits(Exit::Refused)
}

impl Say for RateFound {
    fn say(&self, lang: Lang) -> String {
        let mass = |of: [f64; 3]| {
            let tonnes = of.map(|kg| kg / 1e3);
            if tonnes[0] < tonnes[2] { spread(tonnes, 1, lang) } else { number(tonnes[1], 1, lang) }
        };
        let (of, seized) = (&self.of, mass(self.seized_kg));
        let mut out = both!("Interdiction rate, {of}\n\nseized {seized} t", "Tasa de interdicción, {of}\n\nincautado {seized} t")
            .in_lang(lang)
            .to_string();
        out += &if self.figure.is_empty() { "\n".to_string() } else { format!("  {}\n", self.figure) };
        for rate in &self.rates {
            let (produced, percent) = (mass(rate.produced_kg), spread(rate.rate.map(|r| 100.0 * r), 0, lang));
            let by = if rate.production.is_empty() { String::new() } else { format!(" [{}]", rate.production) };
            out += both!("produced {produced} t{by}: {percent} %\n", "producido {produced} t{by}: {percent} %\n").in_lang(lang);
            if rate.rate[2] > 1.0 {
                out += both!(
                    "  more than all of it within the interval: one of the two masses is wrong\n",
                    "  más que el total dentro del intervalo: una de las dos masas está mal\n"
                )
                .in_lang(lang);
            }
        }
        out.push('\n');
        self.notes.iter().for_each(|note| out += &format!("* {}\n", note.in_lang(lang)));
        out + &self.basis.as_ref().map_or_else(String::new, |b| b.say(lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask() -> RoutesRate {
        let text = |t: &str| Some(t.to_string());
        RoutesRate { seized: text("694000"), produced: text("788000-1060000"), ..RoutesRate::default() }
    }

    /// Flows note, section 2.4: 694 t in bulk over 788 to 1,060 t of pure manufacture is no rate.
    #[test]
    fn bulk_over_pure_is_refused_until_purity_and_double_counting_are_declared() {
        assert_eq!(ask().typed().unwrap_err().id, "unlike-bases");
        let pure = RoutesRate { purity: Some("0.5-0.7".into()), ..ask() };
        assert_eq!(pure.typed().unwrap_err().id, "double-counting-not-declared");
        let found = RoutesRate { doubled: Some("0-0.1".into()), ..pure.clone() }.typed().unwrap();
        // 694 * 0.6 * 0.95 / 914 = 0.433.
        let [low, median, high] = found.rates[0].rate;
        assert!((median - 0.433).abs() < 0.01 && low > 0.34 && high < 0.55, "{low} {median} {high}");
        assert!(found.say(Lang::Es).contains("Tasa de interdicción, world"));
        assert_eq!(RoutesRate { doubled: Some("0-0.1".into()), ..pure.clone() }.typed().unwrap(), found);
    }

    #[test]
    fn every_other_unlikeness_has_its_name() {
        let with = |change: &dyn Fn(&mut RoutesRate)| {
            let mut rate = RoutesRate { purity: Some("0.5-0.7".into()), doubled: Some("0".into()), year: Some(2015), ..ask() };
            change(&mut rate);
            rate.typed().unwrap_err().id
        };
        assert_eq!(with(&|r| r.produced_year = Some(2014)), "unlike-years");
        assert_eq!(with(&|r| r.produced_of = Some("CO".into())), "unlike-scopes");
        assert_eq!(with(&|r| (r.seized_of, r.produced_of) = (Some("corridor:a".into()), Some("corridor:b".into()))), "unlike-scopes");
        assert_eq!(with(&|r| r.purity = Some("0.6".into())), "bad-range");
        assert_eq!(with(&|r| r.seized_basis = "wet".into()), "unknown-basis");
        assert_eq!(with(&|r| r.seized = None), "nothing-to-divide");
        assert_eq!(with(&|r| r.produced_basis = "bulk".into()), "unlike-bases");
        let bulk = RoutesRate { produced_basis: "bulk".into(), doubled: Some("0".into()), ..ask() };
        assert!((bulk.typed().unwrap().rates[0].rate[1] - 694.0 / 914.0).abs() < 0.01);
    }
}
