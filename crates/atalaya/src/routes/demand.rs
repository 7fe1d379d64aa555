//! Consumption from the store: prevalence times population times use, and wastewater beside it.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::areas;
use atalaya_kernel::{Both, both};

use super::series::{Held, Value, intakes, nearest, together};

/// Grams of pure cocaine a user and year: what is left of UNODC's 1,125 t of 2015 after 864 t
/// seized at 60 % purity, among 17.1 million users; 25 at 80 % purity, 46 at 40 %.
const GRAMS_A_USER: f64 = 35.0;
/// What consumption varies by: use differs between countries by more than the three figures above.
const CONSUMPTION_CV: f64 = 0.5;
/// ... and where prevalence is that of the neighbours.
const NEIGHBOURS_CV: f64 = 0.75;
/// Share of a population aged 15 to 64 where only the whole is known: the world's, 25.2 % being
/// younger and 9.7 % older (CIA World Factbook, 2021).
const WORKING_AGE: f64 = 0.651;
/// Years from which prevalence and population may be taken.
const REACH: i32 = 15;
/// Of all countries that may consume, so many must be known, or amounts would be invented.
const ENOUGH: f64 = 0.5;
/// Cocaine consumed for each milligram of benzoylecgonine in wastewater: Castiglioni and others
/// (2013), Environmental Science and Technology 47, 1452-1460.
const COCAINE_OF_METABOLITE: f64 = 3.59;

/// What countries consume.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Kilograms and coefficient of variation; `None` where too little is known.
    pub kg: Option<BTreeMap<String, [f64; 2]>>,
    pub notes: Vec<Both>,
    pub intakes: BTreeSet<i64>,
}

/// Consumption of the countries of a network, as far as the store tells.
pub(super) fn consumption(held: &Held<'_>, countries: &[&str]) -> Wanted {
    let mut wanted = Wanted::default();
    if held.group.id != "coca" && held.group.id != "cocaine" {
        wanted.notes.push(Both::new(
            "consumption: how much a user takes a year is known to us of cocaine only",
            "consumo: solo conocemos de la cocaína cuánto usa al año una persona consumidora",
        ));
        return wanted;
    }
    let prevalence = held.values("prevalence", true);
    let people = held.values("population", false);
    let national: Vec<Value> = people.iter().filter(|p| p.place.is_empty()).cloned().collect();
    let (share, people_of) = (nearest(&prevalence, held.middle(), REACH), nearest(&national, held.middle(), REACH));
    let mut kg = BTreeMap::new();
    let (mut own, mut near) = (0, 0);
    for country in countries {
        let Some((of, all)) = people_of.get(country).and_then(|of| Some((of, adults(of)?))) else { continue };
        let (percent, cv) = match share.get(country).and_then(|of| together(of, 0.0)) {
            Some((percent, _)) => {
                own += 1;
                wanted.intakes.extend(intakes(share[country].iter().copied()));
                (percent, CONSUMPTION_CV)
            }
            None => match neighbours(country, &share) {
                Some(percent) => {
                    near += 1;
                    (percent, NEIGHBOURS_CV)
                }
                None => continue,
            },
        };
        wanted.intakes.extend(intakes(of.iter().copied()));
        kg.insert((*country).to_string(), [percent / 100.0 * all * GRAMS_A_USER / 1000.0, cv]);
    }
    let all = countries.len();
    let surveyed = countries.iter().filter(|c| share.contains_key(*c)).count();
    let counted = countries.iter().filter(|c| people_of.contains_key(*c)).count();
    if own > 0 && f64::from(own) >= ENOUGH * all as f64 {
        let known = kg.len();
        wanted.notes.push(both!(
            "consumption: prevalence × people aged 15 to 64 × 35 g of pure cocaine a user and year (UNODC's totals of 2015: 1,125 t made, 864 t seized at 60 % purity, 17.1 million users; 25 g at 80 %, 46 g at 40 %), 50 % either way; {own} countries by their own surveys, {near} by the median of their part of the continent at 75 %; {known} of {all} are known, the others count as none",
            "consumo: prevalencia × personas de 15 a 64 años × 35 g de cocaína pura por persona consumidora y año (totales de UNODC de 2015: 1125 t fabricadas, 864 t incautadas al 60 % de pureza, 17,1 millones de personas consumidoras; 25 g al 80 %, 46 g al 40 %), 50 % de variación; {own} países por encuestas propias, {near} por la mediana de su subregión con 75 %; se conocen {known} de {all}, los demás cuentan como cero"
        ));
        if people_of.values().flatten().any(|p| !of_adults(p)) {
            wanted.notes.push(Both::new(
                "where only the whole population is held, 65.1 % are taken to be 15 to 64 years old, as in the world of 2021",
                "donde solo se tiene la población total, se toma que el 65,1 % tiene de 15 a 64 años, como en el mundo de 2021",
            ));
        }
        wanted.kg = Some(kg);
    } else {
        wanted.intakes.clear();
        wanted.notes.push(both!(
            "consumption cannot be told from the store: of {all} countries it holds prevalence of {surveyed} and population of {counted}; half of them with both are needed",
            "el consumo no se puede deducir del almacén: de {all} países tiene la prevalencia de {surveyed} y la población de {counted}; se necesita la mitad con ambas"
        ));
    }
    wastewater(held, &people, &mut wanted);
    wanted
}

fn of_adults(value: &Value) -> bool {
    value.definition.contains("15-64") || value.definition.contains("15 to 64")
}

/// People aged 15 to 64: as held, else by the world's share.
fn adults(of: &[&Value]) -> Option<f64> {
    let exact: Vec<&Value> = of.iter().copied().filter(|v| of_adults(v)).collect();
    match exact.is_empty() {
        false => together(&exact, 0.0).map(|(people, _)| people),
        true => together(of, 0.0).map(|(people, _)| people * WORKING_AGE),
    }
}

/// The median prevalence of the countries in the same part of a continent.
fn neighbours(country: &str, share: &BTreeMap<&str, Vec<&Value>>) -> Option<f64> {
    let parent = areas().get(country)?.parent?;
    let near = |code: &&str| areas().get(code).is_some_and(|a| a.parent == Some(parent));
    let mut values: Vec<f64> = share.iter().filter(|(code, _)| near(code)).filter_map(|(_, of)| Some(together(of, 0.0)?.0)).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// What wastewater says beside it, of cities whose population is held. A city is not its country:
/// nothing is put in place of the survey's figure.
fn wastewater(held: &Held<'_>, people: &[Value], wanted: &mut Wanted) {
    let loads = held.values("wastewater-load", true);
    let cities: BTreeSet<(&str, &str)> = loads.iter().map(|v| (v.country.as_str(), v.place.as_str())).collect();
    if cities.is_empty() {
        return;
    }
    let of_city = |values: &[Value], (country, place): (&str, &str)| {
        let own: Vec<Value> = values.iter().filter(|v| v.country == country && v.place == place).cloned().collect();
        nearest(&own, held.middle(), REACH).into_values().next().and_then(|of| together(&of, 0.0)).map(|(value, _)| value)
    };
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for city in cities.iter().filter(|c| !c.1.is_empty()) {
        if let Some((load, people)) = of_city(&loads, *city).zip(of_city(people, *city)) {
            *sums.entry(city.0).or_default() += back_calculated(load, people);
        }
    }
    let all = cities.len();
    let list = sums.iter().map(|(country, kg)| format!("{country} {kg:.0} kg")).collect::<Vec<_>>().join(", ");
    wanted.notes.push(if sums.is_empty() {
        both!(
            "wastewater: loads of {all} cities are held but the population of none, so what they consume cannot be told",
            "aguas residuales: se tienen cargas de {all} ciudades pero la población de ninguna, así que no se puede saber cuánto consumen"
        )
    } else {
        both!(
            "wastewater, for comparison only, a year in cities whose population is held: {list} (metabolite × 3.59, Castiglioni and others 2013; one week stands for the year)",
            "aguas residuales, solo para comparar, al año en ciudades cuya población se tiene: {list} (metabolito × 3,59, Castiglioni y otros 2013; una semana representa el año)"
        )
    });
}

/// Kilograms of cocaine a year of a load in milligrams a day and thousand people.
fn back_calculated(load: f64, people: f64) -> f64 {
    load * COCAINE_OF_METABOLITE * people / 1000.0 * 365.0 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_people_and_their_water() {
        // 300 mg a day and thousand people: 0.3 kg a day of metabolite, 1.077 kg of cocaine.
        assert!((back_calculated(300.0, 1e6) - 0.3 * 3.59 * 365.0).abs() < 1e-9);
    }
}
