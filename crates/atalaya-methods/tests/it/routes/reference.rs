//! The reference run of flows, and the measures of the observed network.

use std::collections::BTreeSet;

use atalaya_methods::routes::measures::betweenness::betweenness;
use atalaya_methods::routes::measures::components::{groups_of, largest, weak_groups_of};
use atalaya_methods::routes::measures::degree::{degrees, density, reciprocity};
use atalaya_methods::routes::network::{Network, Threshold, network};
use atalaya_methods::routes::published::{Flows, Weight, published};
use atalaya_methods::routes::unseen::{by_occasions, by_records};

use super::{DS_ST, PRODUCERS, checked, rule};
use crate::ids::{Ids, ids};

/// Edges between the places of a network alone, numbered anew.
fn compact(ids: &Ids, net: &Network) -> (Vec<String>, Vec<Weight>) {
    // Producers belong to it whether or not a record names them.
    let nodes: BTreeSet<usize> = net.nodes.iter().copied().chain(PRODUCERS.map(|c| ids.at(c))).collect();
    let nodes: Vec<usize> = nodes.into_iter().collect();
    let at = |place: usize| nodes.binary_search(&place).unwrap();
    let edges = net.edges.iter().map(|e| (at(e.from), at(e.to), e.kg.to_f64())).collect();
    (nodes.iter().map(|n| ids.places[*n].clone()).collect(), edges)
}

fn run(ids: &Ids, net: &Network) -> (Vec<String>, Flows) {
    let (names, weights) = compact(ids, net);
    let producers: BTreeSet<usize> = PRODUCERS.iter().map(|c| names.iter().position(|n| n == c).unwrap()).collect();
    let demand: Vec<f64> = (0..names.len()).map(|i| if producers.contains(&i) { 0.0 } else { 1.0 }).collect();
    let flows = published(&names, &weights, &demand, &producers).unwrap();
    (names, flows)
}

/// Flows note, section 5.3, printed to six places.
#[test]
fn reference_run() {
    let Some(ids) = ids() else { return };
    let net = network(&ids.coca, &checked(ids));
    assert_eq!((net.nodes.len(), net.edges.len()), (143, 726));
    let (names, flows) = run(ids, &net);
    let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-4, "{found} is not {wanted}");
    close(flows.rho, 0.459_321);
    close(flows.demand, 133.0);
    close(flows.total, 386.506_512);
    close(flows.hops, 2.906_064);
    let at = |code: &str| names.iter().position(|n| n == code).unwrap();
    for (code, wanted) in [("CO", 109.250_316), ("BO", 15.784_271), ("PE", 6.561_979), ("GY", 1.114_771)] {
        close(flows.exports[&at(code)], wanted);
    }
    let flow = |from: &str, to: &str| flows.flows.iter().find(|f| (f.0, f.1) == (at(from), at(to))).unwrap().2;
    for (from, to, wanted) in [("CO", "EC", 60.319_6), ("CO", "VE", 40.513_1), ("EC", "DO", 13.929_6)] {
        close(flow(from, to), wanted);
    }
    assert_eq!(flows.orphans.len(), 7);
}

/// Flows note, section 3.6: without the checks 2015 has a group that only cites itself.
#[test]
fn a_closed_group_of_the_real_file_is_named() {
    let Some(ids) = ids() else { return };
    let year: Vec<_> = ids.coca.iter().filter(|r| r.year == 2015).cloned().collect();
    let (names, weights) = compact(ids, &network(&year, &rule(ids, &DS_ST, Threshold::Positive)));
    let producers: BTreeSet<usize> = PRODUCERS.iter().map(|c| names.iter().position(|n| n == c).unwrap()).collect();
    let error = published(&names, &weights, &vec![1.0; names.len()], &producers).unwrap_err();
    assert!(error.to_string().starts_with("CA, TT only cite each other (and only they supply BB)"), "{error}");
}

/// Flows note, section 4.3, printed to the digits compared.
#[test]
fn measures_of_the_observed_network() {
    let Some(ids) = ids() else { return };
    let net = network(&ids.coca, &rule(ids, &DS_ST, Threshold::Positive));
    let (names, weights) = compact(ids, &net);
    let (n, arcs) = (names.len(), weights.iter().map(|w| (w.0, w.1)).collect::<Vec<_>>());
    let near = |found: f64, wanted: f64, half: f64| assert!((found - wanted).abs() <= half, "{found} is not {wanted}");
    near(density(n, arcs.len()), 0.036_4, 5e-5);
    near(reciprocity(&weights), 0.227, 5e-4);
    assert_eq!((largest(&groups_of(n, &arcs)), largest(&weak_groups_of(n, &arcs))), (89, 144));
    let at = |code: &str| names.iter().position(|name| name == code).unwrap();
    let degrees = degrees(n, &weights);
    assert_eq!(["ES", "EC", "VE"].map(|c| degrees[at(c)].out), [78, 74, 64]);
    assert_eq!(["ES", "IT", "PT"].map(|c| degrees[at(c)].into), [56, 41, 33]);
    let between = betweenness(n, &arcs);
    for (code, wanted) in [("ES", 0.392_5), ("PT", 0.080_9), ("EC", 0.077_8)] {
        near(between.places[at(code)], wanted, 5e-5);
    }
}

/// Flows note, section 3.6, last line.
#[test]
fn links_nobody_has_seen() {
    let Some(ids) = ids() else { return };
    let net = network(&ids.coca, &rule(ids, &DS_ST, Threshold::Positive));
    let found = by_records(net.edges.iter().map(|e| e.connections()));
    assert_eq!((found.seen, found.once, found.twice), (750, 289, 129));
    assert!((found.at_least - 1_070.1).abs() < 0.05 && (found.coverage - 0.980).abs() < 5e-4, "{found:?}");
    let years = by_occasions(net.edges.iter().map(|e| e.years.len() as u64), 6);
    assert_eq!((years.once, years.twice), (416, 182));
    assert!((years.at_least - 1_143.1).abs() < 0.05, "{years:?}");
}
