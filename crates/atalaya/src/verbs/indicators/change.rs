//! Between two periods: did the flow change, or what a country finds and reports?

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Decimal, Lang, Problem, Seed, both};
use atalaya_methods::routes::change::{Change, Verdict, change};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::said::{number, three, years};
use crate::Observatory;
use crate::observatory::Caller;
use crate::query::area_named;
use crate::routes::RoutesBasis;
use crate::routes::ground::{Ground, check_draws};
use crate::verbs::{RoutesNetwork, Say, Verb, aligned, count, decimal};

/// When what a country seizes rises or falls, tells a change in the flow from one in what is found
/// and reported, by what steady partners say of it.
///
/// Says that it cannot tell where it cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesChange {
    /// The country, by code or name
    #[cfg_attr(feature = "cli", arg(long, value_name = "AREA"))]
    pub area: String,
    /// The earlier period: 2011-2013
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEARS"))]
    pub before: String,
    /// The later period: 2014-2016
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEARS"))]
    pub after: String,
    /// Substances: coca, opiates, or a substance with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "coca", value_name = "GROUP"))]
    pub group: String,
    /// Sources
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
    /// How many draws
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1000))]
    pub draws: usize,
    /// Where chance starts: the same seed gives the same draws on any machine
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1))]
    pub seed: u64,
}

/// One year of a country.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearOfPlace {
    /// The year.
    pub year: i32,
    /// Its own records.
    pub records: u64,
    /// Their kilograms.
    pub kg: Decimal,
    /// Records of others that name it as departure or origin.
    pub named_by_others: u64,
}

/// What changed, and what that is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeFound {
    /// The country.
    pub area: String,
    /// Its name.
    pub name: Both,
    /// First and last year of both periods.
    pub periods: [[i32; 2]; 2],
    /// `reporting`, `flow`, `no-change` or `cannot-tell`.
    pub verdict: &'static str,
    /// What is said of it, sentence by sentence.
    pub sentences: Vec<Both>,
    /// Its own kilograms a year, after over before: 5, 50 and 95 %.
    pub own: [f64; 3],
    /// Its part in the records of steady partners, after over before.
    pub partners_say: [f64; 3],
    /// Own over partners': 1 where both tell one story.
    pub apart: [f64; 3],
    /// Partners that reported in every year of both periods.
    pub partners: usize,
    /// Their records that name it, before and after.
    pub partner_records: [usize; 2],
    /// Its own records, before and after.
    pub own_records: [usize; 2],
    /// Its own kilograms a year, before and after.
    pub own_kg: [f64; 2],
    /// Year by year.
    pub years: Vec<YearOfPlace>,
    /// What it rests on.
    pub basis: RoutesBasis,
}

impl Verb for RoutesChange {
    const NAME: &'static str = "routes";
    type Outcome = ChangeFound;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<ChangeFound, Problem> {
        let (before, after) = (years("--before", &self.before)?, years("--after", &self.after)?);
        if before.1 >= after.0 {
            return Err(Problem::new(
                "bad-period",
                format!("--before {} --after {}", self.before, self.after),
                Both::new("the periods overlap or stand in the wrong order", "los períodos se superponen o están en orden inverso"),
                Both::new(
                    "give two periods that follow each other: --before 2011-2013 --after 2014-2016",
                    "dé dos períodos que se sigan: --before 2011-2013 --after 2014-2016",
                ),
            ));
        }
        let draws = if self.draws == 0 { 1_000 } else { self.draws };
        check_draws(draws)?;
        let code = area_named(&self.area, "--area")?;
        let asked = RoutesNetwork {
            group: self.group.clone(),
            links: vec!["DS".into(), "ST".into()],
            source: self.source.clone(),
            ..RoutesNetwork::default()
        };
        let ground = Ground::new(observatory, &asked)?;
        let place = ground.names.iter().position(|name| name == code).ok_or_else(|| unseen(code))?;
        let seed = Seed(if self.seed == 0 { 1 } else { self.seed });
        let found = change(&ground.records, place, before, after, draws, seed);
        let name = ground.name(place);
        Ok(ChangeFound {
            area: code.into(),
            periods: [[before.0, before.1], [after.0, after.1]],
            verdict: match found.verdict {
                Verdict::Reporting => "reporting",
                Verdict::Flow => "flow",
                Verdict::NoChange => "no-change",
                Verdict::CannotTell => "cannot-tell",
            },
            sentences: vec![said_itself(&found, &name), said_by_partners(&found, &name), said_of_both(&found)],
            own: three(found.own),
            partners_say: three(found.mirror),
            apart: three(found.apart),
            partners: found.partners,
            partner_records: found.partner_records.into(),
            own_records: found.own_records.into(),
            own_kg: found.own_kg.into(),
            years: year_by_year(&ground, place, before.0, after.1),
            name,
            basis: ground.basis,
        })
    }
}

fn unseen(code: &str) -> Problem {
    Problem::new(
        "no-records",
        format!("--area {code}"),
        Both::new("no record of this group names this country", "ningún registro de este grupo nombra este país"),
        Both::new("name a country, not a part of one, and a group it reports", "nombre un país, no una parte, y un grupo que reporte"),
    )
}

fn year_by_year(ground: &Ground, place: usize, first: i32, last: i32) -> Vec<YearOfPlace> {
    let mut out: BTreeMap<i32, YearOfPlace> = BTreeMap::new();
    for record in ground.records.iter().filter(|r| (first..=last).contains(&r.year)) {
        let of = out.entry(record.year).or_insert(YearOfPlace { year: record.year, records: 0, kg: Decimal::ZERO, named_by_others: 0 });
        if record.seized == Some(place) {
            of.records += 1;
            of.kg += record.kg.unwrap_or_default();
        } else if record.seized.is_some() && (record.departure == Some(place) || record.producing == Some(place)) {
            of.named_by_others += 1;
        }
    }
    out.into_values().collect()
}

fn percent(value: f64, lang: Lang) -> String {
    number(100.0 * value, 0, lang)
}

fn said_itself(found: &Change, name: &Both) -> Both {
    let say = |lang: Lang| {
        let [low, median, high] = three(found.own).map(|v| percent(v, lang));
        let [before, after] = [found.own_kg.0, found.own_kg.1].map(|kg| number(kg / 1e3, 1, lang));
        let name = name.in_lang(lang);
        if found.own_records.0 == 0 || found.own_records.1 == 0 {
            return both!("{name} reported nothing in one of the periods.", "{name} no reportó nada en uno de los períodos.")
                .in_lang(lang)
                .to_string();
        }
        both!(
            "{name} seized {before} t a year before and {after} t after: {median} % of before ({low} to {high} %).",
            "{name} incautó {before} t al año antes y {after} t después: el {median} % de antes (entre {low} y {high} %)."
        )
        .in_lang(lang)
        .to_string()
    };
    Both::new(say(Lang::En), say(Lang::Es))
}

fn said_by_partners(found: &Change, name: &Both) -> Both {
    let say = |lang: Lang| {
        let (partners, name) = (found.partners, name.in_lang(lang));
        let (before, after) = (count(found.partner_records.0 as u64, lang), count(found.partner_records.1 as u64, lang));
        if found.partner_records.0 == 0 || found.partner_records.1 == 0 {
            return both!(
                "Partners that reported every year ({partners}) name {name} in {before} records before and in {after} after: nothing to compare.",
                "Los países que reportaron todos los años ({partners}) nombran a {name} en {before} registros antes y en {after} después: no hay qué comparar."
            )
            .in_lang(lang)
            .to_string();
        }
        let [low, median, high] = three(found.mirror).map(|v| percent(v, lang));
        both!(
            "Of what {partners} partners that reported every year seized with a known origin, its part is {median} % of what it was ({low} to {high} %; {before} records before, {after} after).",
            "De lo que incautaron con origen conocido los {partners} países que reportaron todos los años, su parte es el {median} % de lo que era (entre {low} y {high} %; {before} registros antes, {after} después)."
        )
        .in_lang(lang)
        .to_string()
    };
    Both::new(say(Lang::En), say(Lang::Es))
}

fn said_of_both(found: &Change) -> Both {
    match found.verdict {
        Verdict::Reporting if found.own.median < 1.0 => Both::new(
            "So what it finds and reports fell, and the records of others do not show that less flowed: read the fall as one of reporting or of effort, not of flow.",
            "Así, lo que el país encuentra y reporta cayó, y los registros de otros no muestran que haya fluido menos: lea la caída como del reporte o del esfuerzo, no del flujo.",
        ),
        Verdict::Reporting => Both::new(
            "So what it finds and reports rose more than what others see of it: read the rise as one of reporting or of effort, not of flow.",
            "Así, lo que el país encuentra y reporta subió más que lo que otros ven de él: lea el alza como del reporte o del esfuerzo, no del flujo.",
        ),
        Verdict::Flow => Both::new(
            "Both accounts moved alike: that is what a change in the flow looks like.",
            "Las dos cuentas se movieron igual: así se ve un cambio en el flujo.",
        ),
        Verdict::NoChange => Both::new(
            "Neither account is clear of no change: nothing is shown to have changed.",
            "Ninguna de las dos cuentas se aparta con claridad de la igualdad: no se muestra ningún cambio.",
        ),
        Verdict::CannotTell => Both::new(
            "It cannot be told whether the flow changed or the reporting: the two accounts do not settle it, or one of them has fewer than five records in a period.",
            "No se puede saber si cambió el flujo o el reporte: las dos cuentas no lo aclaran, o una tiene menos de cinco registros en un período.",
        ),
    }
}

impl Say for ChangeFound {
    fn say(&self, lang: Lang) -> String {
        let name = self.name.in_lang(lang);
        let [[a, b], [c, d]] = self.periods;
        let mut out = both!("{name}, {a}-{b} and {c}-{d}\n\n", "{name}, {a}-{b} y {c}-{d}\n\n").in_lang(lang).to_string();
        self.sentences.iter().for_each(|s| out += &format!("{}\n", s.in_lang(lang)));
        let head = if lang == Lang::Es {
            ["Año", "Registros propios", "kg", "Registros de otros que lo nombran"]
        } else {
            ["Year", "Own records", "kg", "Records of others that name it"]
        };
        let row = |y: &YearOfPlace| {
            let kg = decimal(&format!("{:.0}", y.kg.to_f64()), lang);
            vec![y.year.to_string(), count(y.records, lang), kg, count(y.named_by_others, lang)]
        };
        out.push('\n');
        out += &aligned(&head, &self.years.iter().map(row).collect::<Vec<_>>());
        out.push('\n');
        out + &self.basis.say(lang)
    }
}
