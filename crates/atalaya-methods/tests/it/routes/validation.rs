//! The model on the real file: held-out reporters and years, and where reporting collapsed.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::Seed;
use atalaya_methods::routes::change::{Verdict, change};
use atalaya_methods::routes::gravity::great_circle_km;
use atalaya_methods::routes::network::network;
use atalaya_methods::routes::rates::Walk;
use atalaya_methods::routes::validate::{Setting, leave_one_reporter_out, leave_one_year_out};

use super::{PRODUCERS, checked};
use crate::ids::{Ids, country, ids};
use crate::shared::{table, text};

/// Latitude and longitude of the countries of the other copy's tables of nodes.
fn coordinates(ids: &Ids) -> Option<Vec<Option<(f64, f64)>>> {
    let text = text("data/ids_networks_cocaine_heroin_2006_2017/Cocaine_nodes_2012.csv")?;
    let rows = table(&text, ',');
    let column = |name: &str| rows[0].iter().position(|h| h == name).unwrap();
    let (name, lat, lon) = (column("Country"), column("Latitude"), column("Longitude"));
    let of = |row: &Vec<String>| Some((country(&row[name])?, (row[lat].parse().ok()?, row[lon].parse().ok()?)));
    let known: BTreeMap<&str, (f64, f64)> = rows[1..].iter().filter_map(of).collect();
    Some(ids.places.iter().map(|p| known.get(p.as_str()).copied()).collect())
}

/// Issue 5: the error of a held-out reporter, and of a held-out year, is below that of the published
/// method.
#[test]
fn held_out_reporters_of_the_real_file() {
    let Some(ids) = ids() else { return };
    let Some(at) = coordinates(ids) else { return };
    let net = network(&ids.coca, &checked(ids));
    let producers: BTreeSet<usize> = PRODUCERS.iter().map(|c| ids.at(c)).collect();
    let km = |a: usize, b: usize| at[a].zip(at[b]).map_or(8_000.0, |(a, b)| great_circle_km(a, b));
    let of = Setting {
        records: &ids.coca,
        links: &net.links,
        places: ids.places.len(),
        producers: &producers,
        a0: None,
        walk: Some(Walk::default()),
        least: 5,
    };
    let reporters = leave_one_reporter_out(&of, km).unwrap();
    eprintln!("reporter held out: {reporters:?}");
    let even = leave_one_reporter_out(&Setting { walk: None, ..of }, km).unwrap();
    eprintln!("... every reporter alike: {even:?}");
    assert!(reporters.ours < reporters.published, "{reporters:?}");
    let years = leave_one_year_out(&of, km).unwrap();
    eprintln!("year held out: {years:?}");
    assert!(years.ours < years.published, "{years:?}");
}

/// Research note, section 4.3: Colombia's tonnes 211, 101, 53 from 2014 to 2016.
#[test]
fn colombia_2014_to_2016() {
    let Some(ids) = ids() else { return };
    let found = change(&ids.coca, ids.at("CO"), (2011, 2013), (2016, 2016), 400, Seed(1));
    eprintln!("{found:?}");
    assert!((found.own_kg.1 / 1e3 - 53.0).abs() < 1.0, "{found:?}");
    assert_eq!(found.verdict, Verdict::Reporting);
}
