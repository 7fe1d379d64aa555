//! What draws say: intervals, ranks, balances.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::prepare::Prepared;
use crate::num::quantile::Interval;

/// Draws of all flows.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    /// Edges, by where they start and end.
    pub edges: Vec<(usize, usize)>,
    /// Years.
    pub years: Vec<i32>,
    /// Records that show each edge, and effective records (Kish).
    pub records: Vec<(u64, f64)>,
    /// One a draw: flows by year and edge, kilograms.
    draws: Vec<Vec<f32>>,
}

/// A summary of one edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EdgeSummary {
    /// From here.
    pub from: usize,
    /// To there.
    pub to: usize,
    /// Kilograms a year.
    pub kg: Interval,
    /// Records that show it.
    pub records: u64,
    /// Effective records.
    pub effective: f64,
    /// Probability that it is among the ten largest.
    pub top_ten: f64,
}

impl Joint {
    pub(super) fn new(prepared: &Prepared<'_>, draws: Vec<Vec<f32>>) -> Joint {
        Joint { edges: prepared.edges.clone(), years: prepared.model.years.to_vec(), records: prepared.records.clone(), draws }
    }

    /// How many draws.
    pub fn draws(&self) -> usize {
        self.draws.len()
    }

    /// Flow of an edge in a draw: of one year by position, or the mean over years.
    pub fn flow(&self, draw: usize, edge: usize, year: Option<usize>) -> f64 {
        let (width, flows) = (self.edges.len(), &self.draws[draw]);
        match year {
            Some(year) => f64::from(flows[year * width + edge]),
            None => (0..self.years.len()).map(|y| f64::from(flows[y * width + edge])).sum::<f64>() / self.years.len().max(1) as f64,
        }
    }

    /// 5, 50 and 95 % of an edge.
    pub fn interval(&self, edge: usize, year: Option<usize>) -> Interval {
        Interval::of((0..self.draws.len()).map(|d| self.flow(d, edge, year)))
    }

    /// Every edge with what is known of it, the largest median first.
    pub fn summary(&self, year: Option<usize>) -> Vec<EdgeSummary> {
        let top = self.top_ten(year);
        let one = |at: usize| EdgeSummary {
            from: self.edges[at].0,
            to: self.edges[at].1,
            kg: self.interval(at, year),
            records: self.records[at].0,
            effective: self.records[at].1,
            top_ten: top[at],
        };
        let mut out: Vec<EdgeSummary> = (0..self.edges.len()).into_par_iter().map(one).collect();
        out.sort_by(|a, b| b.kg.median.total_cmp(&a.kg.median).then((a.from, a.to).cmp(&(b.from, b.to))));
        out
    }

    /// For each edge the share of draws in which it is among the ten largest.
    pub fn top_ten(&self, year: Option<usize>) -> Vec<f64> {
        let mut counts = vec![0u32; self.edges.len()];
        for draw in 0..self.draws.len() {
            let mut flows: Vec<(f64, usize)> = (0..self.edges.len()).map(|at| (self.flow(draw, at, year), at)).collect();
            let ten = flows.len().min(10);
            if flows.len() > 10 {
                flows.select_nth_unstable_by(9, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            }
            flows[..ten].iter().filter(|f| f.0 > 0.0).for_each(|(_, at)| counts[*at] += 1);
        }
        counts.into_iter().map(|c| f64::from(c) / self.draws.len().max(1) as f64).collect()
    }

    /// Kilograms that come in and that go out of each place, those with an edge.
    pub fn through(&self, year: Option<usize>) -> BTreeMap<usize, [Interval; 2]> {
        let mut sums: BTreeMap<usize, [Vec<f64>; 2]> = BTreeMap::new();
        for (at, (from, to)) in self.edges.iter().enumerate() {
            for draw in 0..self.draws.len() {
                let flow = self.flow(draw, at, year);
                for (place, side) in [(*to, 0), (*from, 1)] {
                    let of = sums.entry(place).or_insert_with(|| [vec![0.0; self.draws.len()], vec![0.0; self.draws.len()]]);
                    of[side][draw] += flow;
                }
            }
        }
        sums.into_iter().map(|(place, [into, out])| (place, [Interval::of(into), Interval::of(out)])).collect()
    }

    /// Borders crossed on average: all flows over what leaves producers.
    pub fn hops(&self, producers: &std::collections::BTreeSet<usize>) -> Interval {
        Interval::of((0..self.draws.len()).map(|draw| {
            let (mut all, mut first) = (0.0, 0.0);
            for (at, (from, _)) in self.edges.iter().enumerate() {
                let flow = self.flow(draw, at, None);
                all += flow;
                first += if producers.contains(from) { flow } else { 0.0 };
            }
            if first > 0.0 { all / first } else { 0.0 }
        }))
    }
}
