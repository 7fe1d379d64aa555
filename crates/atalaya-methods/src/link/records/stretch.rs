//! Stretches of a sequence in which a score piles up.
//!
//! The best stretch is the contiguous run with the largest sum of log-likelihood ratios (Bentley
//! 1984; Karlin and Altschul 1990); once it is taken, what lies left and right of it is searched.

/// A run of a sequence and its sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    pub from: usize,
    /// One past the last.
    pub to: usize,
    pub score: f64,
}

/// Disjoint stretches that score at least `least`, by position.
pub(super) fn stretches(scores: &[f64], least: f64) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut open = vec![(0, scores.len())];
    while let Some((from, to)) = open.pop() {
        let Some(best) = best(&scores[from..to], from).filter(|s| s.score >= least) else { continue };
        found.push(best);
        open.push((from, best.from));
        open.push((best.to, to));
    }
    found.sort_by_key(|s| s.from);
    found
}

fn best(scores: &[f64], offset: usize) -> Option<Stretch> {
    let (mut best, mut sum, mut start) = (None::<Stretch>, 0.0, 0);
    for (at, score) in scores.iter().enumerate() {
        if sum <= 0.0 {
            (sum, start) = (0.0, at);
        }
        sum += score;
        if best.is_none_or(|b| sum > b.score) {
            best = Some(Stretch { from: offset + start, to: offset + at + 1, score: sum });
        }
    }
    best.filter(|b| b.score > 0.0)
}

/// What a stretch must score among `days` so that chance gives one in a thousand searches.
pub(super) fn least(days: usize, searches: usize) -> f64 {
    let days = days.max(1) as f64;
    (days * (days + 1.0) / 2.0).ln() + (searches.max(1) as f64).ln() + 1000f64.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runs_that_score_are_found_left_to_right() {
        let scores = [-1.0, 2.0, 3.0, -1.0, 2.0, -9.0, 4.0, -9.0, 1.0];
        let found = stretches(&scores, 3.0);
        assert_eq!(found, [Stretch { from: 1, to: 5, score: 6.0 }, Stretch { from: 6, to: 7, score: 4.0 }]);
        assert!(stretches(&[-1.0, -2.0], 0.5).is_empty());
        assert!(stretches(&[], 0.5).is_empty());
    }
}
