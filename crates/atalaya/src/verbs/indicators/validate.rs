//! How far flows can be trusted: what was held out, and planted worlds.

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_methods::routes::gravity::GravityError;
use atalaya_methods::routes::joint::Options;
use atalaya_methods::routes::unseen::{by_occasions, by_records};
use atalaya_methods::routes::validate::{HeldOut, Setting, leave_one_reporter_out, leave_one_year_out, on_worlds};
use atalaya_methods::routes::worlds::Settings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::said::number;
use crate::Observatory;
use crate::observatory::Caller;
use crate::routes::RoutesBasis;
use crate::routes::ground::{Ground, or_usual};
use crate::verbs::{RoutesNetwork, Say, Verb, aligned, count};

/// Links from which on a reporter or a year of a country is held out: fewer give no shares to compare.
const LEAST: usize = 5;
/// Worlds past which it takes minutes.
const MOST_WORLDS: u64 = 2_000;

/// How far flows can be trusted: what is foretold of reporters and years held out, beside the
/// published method; links nobody has seen; and how often intervals hold the truth of planted worlds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesValidate {
    /// Substances: coca, opiates, or a substance with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "coca", value_name = "GROUP"))]
    pub group: String,
    /// Which places of a record are joined: DS departure-seizure, ST seizure-destination, PS
    /// producer-seizure, PD producer-departure
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "DS,ST", value_name = "KINDS"))]
    pub links: Vec<String>,
    /// Only records of at least this bulk mass; 0: of more than nothing
    #[cfg_attr(feature = "cli", arg(long, default_value = "0", value_name = "KG"))]
    pub min_kg: Option<String>,
    /// From this period on: 2014, 2014-Q2, 2014-03
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub from: Option<String>,
    /// Up to and with this period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub to: Option<String>,
    /// Set aside what these checks flag: R1 round trips, R2 inflow into producers, R3 too heavy for
    /// air, R4 repeated rows; none sets nothing aside
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "R1,R2,R3,R4", value_name = "CHECKS"))]
    pub checks: Vec<String>,
    /// Sources
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
    /// Plant so many worlds of each kind and see how often 90 % intervals hold their truth
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0, value_name = "WORLDS"))]
    pub worlds: u64,
    /// Where chance starts: the same seed gives the same draws on any machine
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1))]
    pub seed: u64,
}

/// Links seen and not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Unseen {
    /// Links seen.
    pub seen: u64,
    /// At least so many there are, by how many records each has.
    pub at_least: f64,
    /// The same, by how many years each was seen in.
    pub at_least_by_years: f64,
    /// Share of records that fall on links seen before.
    pub coverage: f64,
}

/// Intervals on planted worlds of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OnWorlds {
    /// What kind.
    pub kind: Both,
    /// How many worlds.
    pub worlds: u64,
    /// True flows, all and those of at least 1 % of an importer's imports.
    pub flows: [usize; 2],
    /// Share of each that lies within its 90 % interval.
    pub held: [f64; 2],
    /// The same among flows that some record shows.
    pub held_seen: [f64; 2],
}

/// How far flows can be trusted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValidateFound {
    /// What was looked at.
    pub title: Both,
    /// Reporters held out: how many, distance of ours and of the published method, 0 to 1.
    pub reporters: (usize, [f64; 2]),
    /// Years of a country held out: the same.
    pub years: (usize, [f64; 2]),
    /// Links seen and not.
    pub unseen: Unseen,
    /// Planted worlds, where asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub worlds: Vec<OnWorlds>,
    /// What a reader must know.
    pub notes: Vec<Both>,
    /// What it rests on.
    pub basis: RoutesBasis,
}

impl Verb for RoutesValidate {
    const NAME: &'static str = "routes";
    type Outcome = ValidateFound;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<ValidateFound, Problem> {
        if self.worlds > MOST_WORLDS {
            return Err(Problem::new(
                "too-many-worlds",
                format!("--worlds {}", self.worlds),
                both!("at most {MOST_WORLDS} worlds", "a lo sumo {MOST_WORLDS} mundos"),
                Both::new("a hundred give shares to a percent", "cien dan proporciones con un uno por ciento de error"),
            ));
        }
        let asked = RoutesNetwork {
            group: self.group.clone(),
            links: or_usual(&self.links, "DS,ST"),
            checks: or_usual(&self.checks, "R1,R2,R3,R4"),
            min_kg: self.min_kg.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            source: self.source.clone(),
            ..RoutesNetwork::default()
        };
        let ground = Ground::new(observatory, &asked)?;
        let options = Options::default();
        let setting = Setting {
            records: &ground.records,
            links: &ground.links,
            places: ground.joined,
            producers: &ground.producers,
            a0: options.a0,
            walk: options.walk,
            least: LEAST,
        };
        let km = ground.km();
        let of = |found: HeldOut| (found.cases, [found.ours, found.published]);
        let reporters = leave_one_reporter_out(&setting, &km).map_err(|e| no_producer(&e))?;
        let years = leave_one_year_out(&setting, &km).map_err(|e| no_producer(&e))?;
        let seed = if self.seed == 0 { 1 } else { self.seed };
        let worlds = if self.worlds == 0 { Vec::new() } else { planted(self.worlds, seed)? };
        let by_records = by_records(ground.net.edges.iter().map(|e| e.connections()));
        let by_years = by_occasions(ground.net.edges.iter().map(|e| e.years.len() as u64), ground.years.len() as u64);
        let (en, es) = (&ground.title.en, &ground.title.es);
        Ok(ValidateFound {
            title: both!("How far flows can be trusted, {en}", "Hasta dónde confiar en los flujos, {es}"),
            reporters: of(reporters),
            years: of(years),
            unseen: Unseen {
                seen: by_records.seen,
                at_least: by_records.at_least,
                at_least_by_years: by_years.at_least,
                coverage: by_records.coverage,
            },
            worlds,
            notes: notes(),
            basis: ground.basis,
        })
    }
}

fn no_producer(error: &GravityError) -> Problem {
    let text = error.to_string();
    Problem::new(
        "no-flows",
        "",
        both!("{text}", "no hay flujos: {text}"),
        Both::new("name a group whose producers are known: coca, opiates", "nombre un grupo de productores conocidos: coca, opiates"),
    )
}

/// Worlds of three kinds.
fn planted(worlds: u64, seed: u64) -> Result<Vec<OnWorlds>, Problem> {
    let usual = Settings::default();
    let kinds = [
        (Both::new("every reporter alike", "todos reportan igual"), Settings { bias: 0.0, ..usual }),
        (Both::new("reporting bias", "con sesgo de reporte"), usual),
        (
            Both::new("bias, masses that scatter as recorded ones do", "con sesgo y masas tan dispersas como las registradas"),
            Settings { scatter: 7.0, apart: 1.0, ..usual },
        ),
    ];
    let one = |(kind, settings): (Both, Settings)| {
        let [all, large] = on_worlds(settings, worlds, 200, seed).map_err(|e| {
            let text = e.to_string();
            Problem::new("no-flows", "--worlds", both!("{text}", "no hay flujos: {text}"), Both::default())
        })?;
        Ok(OnWorlds {
            kind,
            worlds,
            flows: [all.flows, large.flows],
            held: [all.share(), large.share()],
            held_seen: [all.share_seen(), large.share_seen()],
        })
    };
    kinds.into_iter().map(one).collect()
}

fn notes() -> Vec<Both> {
    vec![
        Both::new(
            "distance between the supplier shares that were foretold and those held out: 0 is right, 1 all wrong. Shares of what a few records weigh are foretold badly by any method",
            "distancia entre la participación de proveedores que se predijo y la que se apartó: 0 es acierto, 1 todo errado. Lo que pesan unos pocos registros se predice mal con cualquier método",
        ),
        Both::new(
            "nobody knows the true tonnes: what is checked is foretelling, and truth only where we planted it",
            "nadie conoce las toneladas verdaderas: se comprueba la predicción, y la verdad solo donde la pusimos nosotros",
        ),
        Both::new(
            "links nobody has seen are a lower bound: where reporters differ in how much they look, more is unseen",
            "los enlaces que nadie ha visto son una cota inferior: donde los países difieren en cuánto buscan, falta más por ver",
        ),
    ]
}

impl Say for ValidateFound {
    fn say(&self, lang: Lang) -> String {
        let es = lang == Lang::Es;
        let mut out = format!("{}\n\n", self.title.in_lang(lang));
        let head =
            if es { ["Se apartó", "Casos", "Atalaya", "Método publicado"] } else { ["Held out", "Cases", "Atalaya", "Published method"] };
        let names = if es { ["un país que reporta", "un año"] } else { ["one reporter", "one year"] };
        let row = |name: &str, of: &(usize, [f64; 2])| {
            vec![name.to_string(), count(of.0 as u64, lang), number(of.1[0], 3, lang), number(of.1[1], 3, lang)]
        };
        out += &aligned(&head, &[row(names[0], &self.reporters), row(names[1], &self.years)]);
        let (seen, least) = (count(self.unseen.seen, lang), number(self.unseen.at_least, 0, lang));
        let (by_years, coverage) = (number(self.unseen.at_least_by_years, 0, lang), number(100.0 * self.unseen.coverage, 1, lang));
        out += both!(
            "\n{seen} links seen, at least {least} there are ({by_years} by years); {coverage} % of records fall on links seen before\n",
            "\n{seen} enlaces vistos, hay al menos {least} ({by_years} según los años); el {coverage} % de los registros cae en enlaces ya vistos\n"
        )
        .in_lang(lang);
        if !self.worlds.is_empty() {
            let head = if es {
                ["Mundos simulados", "Cuántos", "Flujos", "dentro de su intervalo", "de 1 % o más", "vistos, de 1 % o más"]
            } else {
                ["Planted worlds", "How many", "Flows", "within their interval", "of 1 % or more", "seen, of 1 % or more"]
            };
            let row = |w: &OnWorlds| {
                let shares = [w.held[0], w.held[1], w.held_seen[1]].map(|s| number(s, 3, lang));
                let counts = [w.kind.in_lang(lang).to_string(), count(w.worlds, lang), count(w.flows[0] as u64, lang)];
                counts.into_iter().chain(shares).collect()
            };
            out.push('\n');
            out += &aligned(&head, &self.worlds.iter().map(row).collect::<Vec<_>>());
        }
        out.push('\n');
        self.notes.iter().for_each(|note| out += &format!("* {}\n", note.in_lang(lang)));
        out + &self.basis.say(lang)
    }
}
