//! A seizure as routes see it: up to four places, a year, a mass.

use atalaya_kernel::Decimal;

/// A reported seizure. Places are positions in a list that the caller keeps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RouteRecord {
    /// Where it was seized: the reporter, where reporters are places.
    pub seized: Option<usize>,
    /// Where it was produced.
    pub producing: Option<usize>,
    /// Where it departed from.
    pub departure: Option<usize>,
    /// Where it was bound for.
    pub destination: Option<usize>,
    /// Calendar year of the seizure.
    pub year: i32,
    /// Mass in kilograms in the form that is added up: leaf as the cocaine in it, say.
    pub kg: Option<Decimal>,
    /// Mass in kilograms as it was seized: what a threshold of reporting speaks of.
    pub bulk_kg: Option<Decimal>,
    /// Whether the amount is more than nothing, in whatever unit it was reported.
    pub some: bool,
    /// Whether it was found at an airport or on a commercial flight.
    pub by_air: bool,
    /// Number shared by rows that are alike in every field; `None` where nobody compared.
    pub alike: Option<u32>,
    /// Probability that another record reports the same event.
    pub doubled: f64,
}

/// Which two places of a record a link joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// Departure to seizure.
    DepartedSeized,
    /// Seizure to destination.
    SeizedDestined,
    /// Producer to seizure.
    ProducedSeized,
    /// Producer to departure.
    ProducedDeparted,
}

impl LinkKind {
    /// Every kind, in the order in which they are named.
    pub const ALL: [LinkKind; 4] =
        [LinkKind::DepartedSeized, LinkKind::SeizedDestined, LinkKind::ProducedSeized, LinkKind::ProducedDeparted];

    /// Its short name: `DS`.
    pub fn code(self) -> &'static str {
        match self {
            LinkKind::DepartedSeized => "DS",
            LinkKind::SeizedDestined => "ST",
            LinkKind::ProducedSeized => "PS",
            LinkKind::ProducedDeparted => "PD",
        }
    }

    /// The kind of that short name, in any case.
    pub fn parse(code: &str) -> Option<LinkKind> {
        LinkKind::ALL.into_iter().find(|kind| kind.code().eq_ignore_ascii_case(code))
    }

    /// The two places it joins in a record, where both are known and differ.
    pub fn ends(self, record: &RouteRecord) -> Option<(usize, usize)> {
        let (from, to) = match self {
            LinkKind::DepartedSeized => (record.departure, record.seized),
            LinkKind::SeizedDestined => (record.seized, record.destination),
            LinkKind::ProducedSeized => (record.producing, record.seized),
            LinkKind::ProducedDeparted => (record.producing, record.departure),
        };
        from.zip(to).filter(|(from, to)| from != to)
    }
}

/// Kish's number of equally heavy items that weigh as much as these: `(sum w)^2 / sum w^2`.
///
/// Kish (1965), Survey Sampling, section 8.2. 0 of nothing.
pub fn kish(sum: f64, sum_of_squares: f64) -> f64 {
    if sum_of_squares > 0.0 { sum * sum / sum_of_squares } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_needs_two_known_places_that_differ() {
        let record = RouteRecord { seized: Some(1), departure: Some(0), destination: Some(1), ..RouteRecord::default() };
        assert_eq!(LinkKind::DepartedSeized.ends(&record), Some((0, 1)));
        assert_eq!(LinkKind::SeizedDestined.ends(&record), None);
        assert_eq!(LinkKind::ProducedSeized.ends(&record), None);
        assert!(LinkKind::ALL.into_iter().all(|kind| LinkKind::parse(&kind.code().to_lowercase()) == Some(kind)));
        assert_eq!(LinkKind::parse("DT"), None);
    }

    #[test]
    fn one_heavy_record_counts_as_one() {
        assert_eq!(kish(4.0, 4.0), 4.0);
        assert!((kish(15_000.0 + 3.0, 15_000.0f64.powi(2) + 3.0) - 1.0).abs() < 1e-3);
        assert_eq!(kish(0.0, 0.0), 0.0);
    }
}
