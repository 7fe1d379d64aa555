//! How much a typical record of a link weighs, learnt from all links together.
//!
//! # Answers
//! A link is shown by two records of a gram and one of fifteen tonnes: how much does a record of
//! it weigh on average, and how sure is that?
//!
//! # Source
//! Frequency times severity, with severities shrunk to the mean of their group: Buehlmann (1967),
//! ASTIN Bulletin 4(3), 199-207. Components of variance by the analysis of variance of unequal
//! groups: Searle, Casella and McCulloch (1992), Variance Components, section 3.6.
//!
//! # Assumes
//! - Masses of a link's records are lognormal, links of one importer differ by a normal effect in
//!   logarithms, and all links scatter alike.
//! - Both variances are estimated: where links do not differ, a record counts as a record; where
//!   they differ much, each link keeps its own mean.
//!
//! # Shapes and units
//! Links `(supplier, importer, kilograms)`, one a record; those of no mass are left out.
//!
//! # Cost
//! O(links log edges).
//!
//! # Does not
//! Give the mean of a link as recorded: of lognormals as wide as these (a standard deviation of 2 in
//! logarithms in the file of 2011 to 2016) that mean is the heaviest record's.
//!
//! # Checked by
//! `tests` here: a hand-computed analysis of variance, planted variances found again, the limits of
//! none and of much difference.

use std::collections::BTreeMap;

use super::published::Weight;
use crate::Card;

/// What this method is.
pub const CARD: Card = Card {
    id: "severity",
    verb: "routes",
    name: ["What a record of a link weighs", "Cuánto pesa un registro de un enlace"],
    answers: [
        "How much does a record of a link weigh on average, and how sure is that?",
        "¿Cuánto pesa en promedio un registro de un enlace, y qué tan seguro es?",
    ],
    source: "Bühlmann (1967), ASTIN Bulletin 4(3), 199-207; Searle, Casella and McCulloch (1992), section 3.6",
};

/// The logarithm of a link's typical mass: mean and variance of what is believed of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Mean.
    pub log: f64,
    /// Variance.
    pub variance: f64,
}

/// Severities of all links.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Severity {
    /// Variance of logarithms within a link.
    pub within: f64,
    /// Variance between links of an importer.
    pub between: f64,
    effects: BTreeMap<(usize, usize), Effect>,
    /// Mean of each importer's links.
    importers: BTreeMap<usize, f64>,
}

#[derive(Default, Clone, Copy)]
struct Sums {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        *self = Sums { n: self.n + other.n, sum: self.sum + other.sum, squares: self.squares + other.squares };
    }

    fn mean(self) -> f64 {
        self.sum / self.n
    }

    /// Sum of squares about the mean.
    fn about(self) -> f64 {
        (self.squares - self.sum * self.sum / self.n).max(0.0)
    }
}

/// Severities from links.
pub fn severity(links: &[Weight]) -> Severity {
    let mut edges: BTreeMap<(usize, usize), Sums> = BTreeMap::new();
    let mut importers: BTreeMap<usize, Sums> = BTreeMap::new();
    for (from, to, kg) in links.iter().filter(|l| l.2 > 0.0) {
        let one = Sums { n: 1.0, sum: kg.ln(), squares: kg.ln().powi(2) };
        edges.entry((*from, *to)).or_default().add(one);
        importers.entry(*to).or_default().add(one);
    }
    let (within, between) = components(&edges, &importers);
    let mut precisions: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
    for ((_, to), of) in &edges {
        let weight = 1.0 / (between + within / of.n).max(f64::MIN_POSITIVE);
        let sums = precisions.entry(*to).or_default();
        *sums = (sums.0 + weight, sums.1 + weight * of.mean());
    }
    let effect = |(key, of): (&(usize, usize), &Sums)| {
        let (weight, sum) = precisions[&key.1];
        let own = if between > 0.0 { between / (between + within / of.n) } else { 0.0 };
        (*key, Effect { log: own * of.mean() + (1.0 - own) * sum / weight, variance: between * (1.0 - own) })
    };
    let effects = edges.iter().map(effect).collect();
    let importers = precisions.into_iter().map(|(to, (weight, sum))| (to, sum / weight)).collect();
    Severity { within, between, effects, importers }
}

/// Variance within links, and between those of one importer.
fn components(edges: &BTreeMap<(usize, usize), Sums>, importers: &BTreeMap<usize, Sums>) -> (f64, f64) {
    let (mut inside, mut free, mut squares_of_n) = (0.0, 0.0, BTreeMap::<usize, f64>::new());
    for ((_, to), of) in edges {
        inside += of.about();
        free += of.n - 1.0;
        *squares_of_n.entry(*to).or_default() += of.n * of.n;
    }
    let within = if free > 0.0 { inside / free } else { 0.0 };
    let total: f64 = importers.values().map(|of| of.about()).sum();
    let groups = edges.len() as f64 - importers.len() as f64;
    let size: f64 = importers.iter().map(|(to, of)| of.n - squares_of_n[to] / of.n).sum();
    let between = if size > 0.0 { ((total - inside - groups * within) / size).max(0.0) } else { 0.0 };
    (within, between)
}

impl Severity {
    /// What is believed of a link, seen or not; `None` where no record of the importer has a mass.
    pub fn effect(&self, from: usize, to: usize) -> Option<Effect> {
        let unseen = || self.importers.get(&to).map(|log| Effect { log: *log, variance: self.between });
        self.effects.get(&(from, to)).copied().or_else(unseen)
    }

    /// Mean kilograms of a record of a link; `None` where no record of the importer has a mass.
    pub fn mean_kg(&self, from: usize, to: usize) -> Option<f64> {
        self.effect(from, to).map(|e| (e.log + (e.variance + self.within) / 2.0).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::chance::normal;
    use atalaya_kernel::Seed;

    /// Two links of two records each, logarithms 0, 2 and 4, 6: within 2, between (16 - 2) / 2 = 7.
    #[test]
    fn an_analysis_of_variance_by_hand() {
        let links: Vec<Weight> = [(0, 0.0f64), (0, 2.0), (1, 4.0), (1, 6.0)].map(|(from, log)| (from, 9, log.exp())).to_vec();
        let found = severity(&links);
        assert!((found.within - 2.0).abs() < 1e-12 && (found.between - 7.0).abs() < 1e-12, "{found:?}");
        // Each keeps 7/8 of its own mean, 1 or 5, and takes an eighth of 3.
        let effect = found.effect(0, 9).unwrap();
        assert!((effect.log - 1.25).abs() < 1e-12 && (effect.variance - 0.875).abs() < 1e-12, "{effect:?}");
        assert_eq!(found.effect(2, 9), Some(Effect { log: 3.0, variance: 7.0 }));
        assert_eq!(found.effect(0, 8), None);
    }

    #[test]
    fn planted_variances_are_found_again() {
        for (seed, between) in [(1, 0.0f64), (2, 0.8)] {
            let mut stream = Seed(seed).stream(1);
            let mut links = Vec::new();
            for to in 0..30 {
                for from in 30..45 {
                    let typical = 1.0 + between.sqrt() * normal(&mut stream);
                    links.extend((0..1 + from % 7).map(|_| (from, to, (typical + 2.0 * normal(&mut stream)).exp())));
                }
            }
            let found = severity(&links);
            assert!((found.within - 4.0).abs() < 0.4 && (found.between - between).abs() < 0.25, "{} {}", found.within, found.between);
        }
    }

    #[test]
    fn links_that_do_not_differ_weigh_alike() {
        let same = severity(&[(0, 2, 1.0), (0, 2, 100.0), (1, 2, 1.0), (1, 2, 100.0)]);
        assert_eq!(same.between, 0.0);
        assert_eq!(same.mean_kg(0, 2), same.mean_kg(1, 2));
        // Nothing scatters within: each link is its own mean.
        let apart = severity(&[(0, 2, 3.0), (0, 2, 3.0), (1, 2, 50.0), (1, 2, 50.0)]);
        assert!((apart.mean_kg(1, 2).unwrap() - 50.0).abs() < 1e-6, "{apart:?}");
        assert_eq!(severity(&[]), Severity::default());
        assert!((severity(&[(0, 1, 7.0)]).mean_kg(0, 1).unwrap() - 7.0).abs() < 1e-9);
    }
}
