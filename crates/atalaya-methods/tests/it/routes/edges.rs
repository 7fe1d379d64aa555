//! Yearly edges against another group's copy of the same file.

use std::collections::BTreeSet;

use atalaya_methods::routes::RouteRecord;
use atalaya_methods::routes::network::{Threshold, network};

use super::{DS_ST, rule};
use crate::ids::{Ids, country, ids};
use crate::shared::{table, text};

type Edges = BTreeSet<(&'static str, &'static str)>;

/// Their countries: Macau with China, the Aland islands with Finland.
fn theirs(code: &'static str) -> &'static str {
    match code {
        "MO" => "CN",
        "AX" => "FI",
        other => other,
    }
}

/// Their edges of one year. The columns are named `to,from`, and the first is the SOURCE.
fn read(drug: &str, year: i32) -> Option<Edges> {
    let text = text(&format!("data/ids_networks_cocaine_heroin_2006_2017/{drug}_edges_{year}.csv"))?;
    let rows = table(&text, ',');
    assert_eq!(rows[0][1..], ["to", "from"]);
    let pairs = rows[1..].iter().filter_map(|r| country(&r[1]).zip(country(&r[2])));
    Some(pairs.map(|(a, b)| (theirs(a), theirs(b))).filter(|(a, b)| a != b).collect())
}

fn ours(ids: &Ids, records: &[RouteRecord], substances: &[&str], wanted: impl Fn(&str) -> bool, year: i32) -> Edges {
    let some: Vec<RouteRecord> =
        records.iter().zip(substances).filter(|(r, s)| r.year == year && wanted(s)).map(|(r, _)| r.clone()).collect();
    let code = |at: usize| country(&ids.places[at]).unwrap();
    let net = network(&some, &rule(ids, &DS_ST, Threshold::Positive));
    net.edges.iter().map(|e| (theirs(code(e.from)), theirs(code(e.to)))).filter(|(a, b)| a != b).collect()
}

/// Ours, theirs, both: by year and in union.
fn compare(drug: &str, of_year: impl Fn(i32) -> Edges) -> Option<Vec<[usize; 3]>> {
    let (mut all, mut all_theirs, mut out) = (Edges::new(), Edges::new(), Vec::new());
    for year in 2011..=2016 {
        let (mine, other) = (of_year(year), read(drug, year)?);
        out.push([mine.len(), other.len(), mine.intersection(&other).count()]);
        all.extend(mine);
        all_theirs.extend(other);
    }
    out.push([all.len(), all_theirs.len(), all.intersection(&all_theirs).count()]);
    Some(out)
}

fn jaccard(found: &[[usize; 3]]) -> Vec<String> {
    found.iter().map(|[a, b, both]| format!("{:.3}", *both as f64 / (a + b - both) as f64)).collect()
}

/// Flows note, table 4.2, first row. They drop cocaine base and liquid cocaine.
#[test]
fn cocaine_agrees_with_the_other_copy() {
    let Some(ids) = ids() else { return };
    let listed = |s: &str| !matches!(s, "cocaine-base" | "cocaine-liquid");
    let Some(found) = compare("Cocaine", |year| ours(ids, &ids.coca, &ids.substances[0], listed, year)) else { return };
    assert_eq!(
        found,
        [[235, 235, 235], [349, 346, 346], [278, 271, 271], [229, 241, 227], [144, 145, 142], [153, 161, 147], [747, 751, 738]]
    );
    assert_eq!(jaccard(&found), ["1.000", "0.991", "0.975", "0.934", "0.966", "0.880", "0.971"]);
}

/// Flows note, table 4.2, second row.
#[test]
fn opiates_agree_with_the_other_copy() {
    let Some(ids) = ids() else { return };
    let listed = |s: &str| s != "acetylated-opium";
    let Some(found) = compare("Heroin", |year| ours(ids, &ids.opiates, &ids.substances[1], listed, year)) else { return };
    assert_eq!(found, [[108, 108, 108], [156, 156, 156], [125, 122, 119], [113, 115, 113], [95, 91, 91], [100, 113, 94], [370, 376, 362]]);
    assert_eq!(jaccard(&found), ["1.000", "1.000", "0.930", "0.983", "0.958", "0.790", "0.943"]);
}
