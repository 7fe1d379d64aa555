//! The individual drug seizures of UNODC as route records, mapped by the kernel's own lists.

#![allow(clippy::unwrap_used, reason = "helpers of tests: they may fail loudly")]

use std::collections::HashMap;
use std::sync::OnceLock;

use atalaya_kernel::area::{Level, areas};
use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::{conversion, units};
use atalaya_kernel::{Date, Decimal};
use atalaya_methods::routes::RouteRecord;

use crate::shared::{table, unzipped};

/// The records, and what their places are called.
pub struct Ids {
    /// Canonical codes, sorted.
    pub places: Vec<String>,
    /// Records of coca and cocaine, without seeds and plants.
    pub coca: Vec<RouteRecord>,
    /// Records of heroin, morphine, opium and poppy.
    pub opiates: Vec<RouteRecord>,
    /// Substance of each record of coca, then of opiates.
    pub substances: [Vec<&'static str>; 2],
}

/// The file, read once a run.
pub fn ids() -> Option<&'static Ids> {
    static IDS: OnceLock<Option<Ids>> = OnceLock::new();
    IDS.get_or_init(|| unzipped("data/unodc_ids_2011_2016/drug-trafficking-unodc.zip").map(|text| read(&text))).as_ref()
}

impl Ids {
    /// Position of a place.
    pub fn at(&self, code: &str) -> usize {
        self.places.binary_search_by(|p| p.as_str().cmp(code)).unwrap_or_else(|_| panic!("no place {code}"))
    }
}

/// Which list of names a row is in: coca, opiates, or neither.
///
/// The lists of the reference scripts: all coca but seeds and bush; all names with heroin, opium
/// or poppy in them, and morphine.
pub fn group_of(id: &str) -> Option<&'static str> {
    if substances().is_within(id, "coca-cocaine") && !matches!(id, "coca-seed" | "coca-bush") {
        return Some("coca");
    }
    let opiates = [
        "heroin",
        "heroin-base",
        "opium",
        "acetylated-opium",
        "morphine",
        "poppy-straw",
        "opium-poppy",
        "poppy-seed",
        "opium-poppy-extract",
    ];
    opiates.contains(&id).then_some("opiates")
}

fn read(text: &str) -> Ids {
    let rows = table(text, ';');
    let head: HashMap<&str, usize> = rows[0].iter().enumerate().map(|(at, h)| (h.as_str(), at)).collect();
    let mut countries: HashMap<String, Option<&'static str>> = HashMap::new();
    let mut alike: HashMap<(Vec<&str>, [Option<&str>; 4]), u32> = HashMap::new();
    let mut read: Vec<Read> = Vec::new();
    for row in &rows[1..] {
        let get = |name: &str| row[head[name]].as_str();
        let Some(substance) = substances().resolve(get("DRUG_NAME")).map(|m| m.substance.id) else { continue };
        let Some(group) = group_of(substance) else { continue };
        let places = ["COUNTRY", "PRODUCING_COUNTRY", "DEPARTURE_COUNTRY", "DESTINATION_COUNTRY"].map(|column| {
            let name = get(column);
            *countries.entry(name.to_string()).or_insert_with(|| country(name))
        });
        let year = Date::parse_iso(get("SEIZURE_DATE")).unwrap().ymd().0;
        let bulk_kg = kg(get("AMOUNT"), get("DRUG_UNIT"), substance);
        // A country is the same under both its names: "Czechia" and "Czech Republic".
        let other = row.iter().zip(&rows[0]).filter(|(_, h)| !h.ends_with("COUNTRY")).map(|(cell, _)| cell.as_str()).collect();
        let next = alike.len() as u32;
        read.push((
            (group, substance),
            places,
            RouteRecord {
                year,
                kg: bulk_kg.map(|kg| pure_form(kg, substance)),
                bulk_kg,
                some: Decimal::parse(get("AMOUNT")).is_ok_and(|amount| amount > Decimal::ZERO),
                by_air: get("INSTALLATION") == "Airport" || get("TRANSPORT") == "Commercial air",
                alike: Some(*alike.entry((other, places)).or_insert(next)),
                ..RouteRecord::default()
            },
        ));
    }
    gather(read)
}

/// Group and substance, codes of the four places, the record without them.
type Read = ((&'static str, &'static str), [Option<&'static str>; 4], RouteRecord);

fn gather(read: Vec<Read>) -> Ids {
    let mut places: Vec<String> = read.iter().flat_map(|r| r.1).flatten().map(String::from).collect();
    places.sort_unstable();
    places.dedup();
    let mut out = Ids { places, coca: Vec::new(), opiates: Vec::new(), substances: [Vec::new(), Vec::new()] };
    for ((group, substance), codes, record) in read {
        let [seized, producing, departure, destination] = codes.map(|c| c.map(|c| out.at(c)));
        let record = RouteRecord { seized, producing, departure, destination, ..record };
        let (list, at) = if group == "coca" { (&mut out.coca, 0) } else { (&mut out.opiates, 1) };
        list.push(record);
        out.substances[at].push(substance);
    }
    out
}

/// The country a name means; `None` where it names none.
pub fn country(name: &str) -> Option<&'static str> {
    if matches!(name, "" | "Unknown" | "Other" | "Multiple Countries") {
        return None;
    }
    let area = areas().resolve(name, None, None).unwrap_or_else(|e| panic!("{name}: {e}")).area;
    // The two reporting regions of Iraq are one country here, as in the reference.
    let upwards = std::iter::successors(Some(area), |a| a.parent.and_then(|code| areas().get(code)));
    upwards.take(10).find(|a| a.level == Level::Country).map(|a| a.code)
}

/// The reference counts a unit of any coca, a leaf too, as 0.1 g (UNODC's table by way of Cosa);
/// the kernel's lists leave the mass of a leaf unknown.
fn kg(amount: &str, unit: &str, substance: &str) -> Option<Decimal> {
    if (unit, substance) == ("Unit", "coca-leaf") {
        return Decimal::parse(amount).ok()?.times(Decimal(100_000));
    }
    let factor = conversion(units().resolve(unit)?.id, substance).filter(|c| c.to == "kg")?;
    Decimal::parse(amount).ok()?.times(Decimal::parse(factor.best).ok()?)
}

/// 220 kg of leaf count as one of cocaine, ten of opium as one of heroin.
fn pure_form(kg: Decimal, substance: &str) -> Decimal {
    match substance {
        "coca-leaf" => Decimal(kg.0 / 220),
        "opium" => Decimal(kg.0 / 10),
        _ => kg,
    }
}
