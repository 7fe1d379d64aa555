//! Double reports in made-up worlds whose truth is known.

#![allow(clippy::unwrap_used)]

use atalaya_kernel::{Date, Seed};
use atalaya_methods::link::records::differs::Kind;
use atalaya_methods::link::records::reports::{Linked, Options, Relation, link};
use atalaya_methods::link::records::{Field, LinkError, Records};

const DAY: u8 = 0;

/// A record: area, place, amount, unit, departure.
type Row<'a> = (i32, &'a str, &'a str, String, &'a str, &'a str);

fn table(rows: &[Row<'_>]) -> Records {
    let mut records = Records::default();
    for (day, area, place, amount, unit, departure) in rows {
        let fields = [
            (Field::Source, "made-up"),
            (Field::Area, *area),
            (Field::Place, *place),
            (Field::Substance, "cocaine"),
            (Field::Amount, amount.as_str()),
            (Field::Unit, *unit),
            (Field::Departure, *departure),
        ];
        records.push(&fields, Some(first() + day), DAY);
    }
    records
}

fn first() -> i32 {
    Date::new(2020, 1, 1).unwrap().0
}

const PLACES: [&str; 6] = ["Puerto", "Valle", "Cerro", "Costa", "Llano", "Selva"];

/// Years of seizures of an area: one in three a common amount, the others rare ones.
fn usual(area: &'static str, days: i32, seed: u64) -> Vec<Row<'static>> {
    let mut rows = Vec::new();
    for day in 0..days {
        let mut chance = Seed(seed).stream(day as u64);
        for _ in 0..1 + chance.below(5) {
            let grams = if chance.below(3) == 0 { 1 + chance.below(4) } else { 1000 + chance.below(90_000) };
            let place = *chance.pick(&PLACES);
            rows.push((day, area, place, grams.to_string(), "g", ""));
        }
    }
    rows
}

fn found(rows: &[Row<'_>]) -> Linked {
    link(&table(rows), &Options::default()).unwrap()
}

/// Pairs more probable than not.
fn proposed(linked: &Linked) -> Vec<(u32, u32)> {
    linked.pairs.iter().filter(|p| p.probability() >= 0.5 && p.relation == Relation::Twice).map(|p| (p.a, p.b)).collect()
}

#[test]
fn where_nothing_is_reported_twice_hardly_anything_is_proposed() {
    for seed in 1..=3 {
        let rows = usual("BR", 700, seed);
        let linked = found(&rows);
        assert!(linked.lists.is_empty(), "seed {seed}");
        let wrong = proposed(&linked).len();
        assert!(wrong * 200 <= rows.len(), "seed {seed}: {wrong} of {}", rows.len());
        assert!(linked.doubles.best < 0.03 * rows.len() as f64, "seed {seed}: {:?}", linked.doubles);
    }
}

#[test]
fn a_list_loaded_twice_is_found_with_its_days() {
    let mut rows = usual("BR", 700, 1);
    let again: Vec<Row<'_>> = rows.iter().filter(|r| (300..=340).contains(&r.0)).cloned().collect();
    let doubled = again.len();
    rows.extend(again);
    let linked = found(&rows);
    assert_eq!(linked.lists.len(), 1);
    let list = &linked.lists[0];
    assert_eq!(list.differences.kind, Kind::EvenMultiplicity);
    assert!((list.from - first() - 300).abs() <= 2 && (list.to - first() - 340).abs() <= 2);
    assert!(list.pairs.len().abs_diff(doubled) <= 3, "{} of {doubled}", list.pairs.len());
    assert!((linked.doubles.best - doubled as f64).abs() < 0.35 * doubled as f64, "{:?} for {doubled}", linked.doubles);
}

#[test]
fn a_list_entered_again_in_kilograms_is_found_and_named() {
    let mut rows = usual("PE", 700, 2);
    let again: Vec<Row<'_>> = rows.iter().filter(|r| (100..=160).contains(&r.0) && r.3.len() > 3).cloned().collect();
    let doubled = again.len();
    for (day, area, _, amount, _, _) in again {
        let grams: u32 = amount.parse().unwrap();
        rows.push((day, area, "", format!("{}.{:03}", grams / 1000, grams % 1000), "kg", ""));
    }
    let linked = found(&rows);
    let list = linked.lists.iter().find(|l| l.differences.kind == Kind::Unit).expect("the list");
    assert!(list.pairs.len() * 10 >= doubled * 8, "{} of {doubled}", list.pairs.len());
}

#[test]
fn single_reports_repeated_with_another_unit_are_proposed() {
    let mut rows = usual("PE", 700, 3);
    let own = rows.len();
    let picked: Vec<usize> = (0..own).filter(|r| rows[*r].3.len() > 4).step_by(23).collect();
    for &row in &picked {
        let (day, area, place, amount, _, _) = rows[row].clone();
        let grams: u32 = amount.parse().unwrap();
        rows.push((day, area, place, format!("{}.{:03}", grams / 1000, grams % 1000), "kg", ""));
    }
    let linked = found(&rows);
    let proposed = proposed(&linked);
    let right = picked.iter().enumerate().filter(|(n, row)| proposed.contains(&(**row as u32, (own + n) as u32))).count();
    assert!(right * 10 >= picked.len() * 9, "{right} of {}", picked.len());
    assert!((proposed.len() - right) * 10 <= right, "{} besides", proposed.len() - right);
}

/// Rows in another order are other rows of the same pairs.
#[test]
fn the_order_of_rows_does_not_matter() {
    let mut rows = usual("PE", 300, 4);
    let again: Vec<Row<'_>> = rows.iter().filter(|r| r.3.len() > 4).step_by(31).cloned().collect();
    rows.extend(again);
    let n = rows.len();
    let forwards = found(&rows);
    let backwards = found(&rows.iter().rev().cloned().collect::<Vec<_>>());
    let turned: Vec<(u32, u32)> = backwards
        .pairs
        .iter()
        .map(|p| (n as u32 - 1 - p.b, n as u32 - 1 - p.a))
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(forwards.pairs.iter().map(|p| (p.a, p.b)).collect::<Vec<_>>(), turned);
    assert!((forwards.doubles.best - backwards.doubles.best).abs() < 1e-6 * forwards.doubles.best.max(1.0) + 0.5);
}

#[test]
fn one_thread_and_three_give_the_same() {
    let rows = usual("BR", 400, 5);
    let with = |threads: usize| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| found(&rows));
    assert_eq!(with(1), with(3));
}

/// A consignment seized in Spain whose route names Peru, and the same amount reported by Peru.
#[test]
fn consignments_that_exceed_chance_are_told_across_borders() {
    let (mut rows, mut sent) = (usual("PE", 600, 6), usual("ES", 600, 7));
    rows.append(&mut sent);
    let own = rows.len();
    for n in 0..30 {
        let grams = format!("{}", 123_457 + 1_013 * n);
        rows.push((20 * n, "PE", "Puerto", grams.clone(), "g", ""));
        rows.push((20 * n + 9, "ES", "Costa", grams, "g", "PE"));
    }
    let linked = found(&rows);
    let crossing: Vec<_> = linked.pairs.iter().filter(|p| p.relation == Relation::Crossing).collect();
    assert!(crossing.iter().filter(|p| p.a as usize >= own && p.probability() > 0.5).count() == 30, "{}", crossing.len());
}

#[test]
fn columns_of_unequal_length_are_refused() {
    let mut records = table(&usual("BR", 5, 1));
    let rows = records.len();
    records.columns[Field::Place as usize].pop();
    assert_eq!(link(&records, &Options::default()), Err(LinkError::Ragged { column: "place", rows: rows - 1, expected: rows }));
    assert!(link(&Records::default(), &Options::default()).unwrap().pairs.is_empty());
}
