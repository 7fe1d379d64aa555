//! From the cube to the method's arrays, and from what it found to proposals.

use std::collections::BTreeMap;

use atalaya_kernel::record::{NO_DAY, RecordKey};
use atalaya_kernel::{Both, Date, Problem};
use atalaya_methods::link::records::reports::{self, Linked, List, Relation as Found};
use atalaya_methods::link::records::{Field, Records};
use atalaya_store::sha256_text;

use super::{Estimate, Linkage, Options, Proposals, ProposedBatch, ProposedPair, Relation, tell};
use crate::events::key_of;
use crate::observatory::Eye;

/// The records of these intakes as the method takes them, and their rows in the cube.
fn records(eye: &Eye, intakes: &[i64]) -> (Records, Vec<u32>) {
    let cube = &eye.cube;
    let mut records = Records::default();
    let of = |field: &str| cube.column(field).unwrap_or(0);
    let (intake, day) = (of("intake"), of("day"));
    let open: Vec<bool> = cube.numbers(intake).iter().map(|n| intakes.contains(&i64::from(*n))).collect();
    let rows: Vec<u32> = (0..cube.len()).filter(|r| open[cube.code(*r, intake) as usize]).map(|r| r as u32).collect();
    for field in Field::ALL {
        let column = of(field.name());
        let codes: Vec<u32> = cube.texts(column).map(|text| records.terms.code(text)).collect();
        records.columns[field as usize] = rows.iter().map(|r| codes[cube.code(*r as usize, column) as usize]).collect();
    }
    let days: Vec<i32> = cube.days().map(|d| d.unwrap_or(NO_DAY)).collect();
    records.day = rows.iter().map(|r| days[cube.code(*r as usize, day) as usize]).collect();
    records.precision = rows.iter().map(|r| cube.precision(*r as usize)).collect();
    (records, rows)
}

/// Links the records of these intakes.
pub(super) fn work_out(eye: &Eye, intakes: &[i64], options: &Options) -> Result<Linkage, Problem> {
    let (records, rows) = records(eye, intakes);
    let asked = reports::Options { least: options.least, ..reports::Options::default() };
    let linked = reports::link(&records, &asked).map_err(|e| {
        let said = e.to_string();
        Problem::new(
            "link-records",
            "link",
            Both::new(said.clone(), said),
            Both::new("run `atalaya status`: the store may be damaged", "ejecute `atalaya status`: el almacén puede estar dañado"),
        )
    })?;
    Ok(linkage(eye, &records, &rows, &linked, options))
}

fn linkage(eye: &Eye, records: &Records, rows: &[u32], linked: &Linked, options: &Options) -> Linkage {
    let mut order: Vec<usize> = (0..linked.pairs.len()).collect();
    order.sort_by(|x, y| {
        let (x, y) = (&linked.pairs[*x], &linked.pairs[*y]);
        y.bits().total_cmp(&x.bits()).then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut place = vec![0u32; order.len()];
    order.iter().enumerate().for_each(|(at, pair)| place[*pair] = at as u32);
    let mut keys: BTreeMap<u32, RecordKey> = BTreeMap::new();
    for pair in &linked.pairs {
        for row in [pair.a, pair.b] {
            keys.entry(row).or_insert_with(|| key_of(eye, rows[row as usize]));
        }
    }
    let pairs: Vec<ProposedPair> = order.iter().map(|at| proposed(&linked.pairs[*at], rows, &keys)).collect();
    let estimate = |i: &reports::Interval| Estimate { best: i.best, low: i.low, high: i.high };
    let mut by_area: BTreeMap<String, Estimate> = BTreeMap::new();
    for (area, found) in &linked.by_area {
        let sum = by_area.entry(records.terms.text(*area).to_string()).or_insert(Estimate { best: 0.0, low: 0.0, high: 0.0 });
        *sum = Estimate { best: sum.best + found.best, low: sum.low + found.low, high: sum.high + found.high };
    }
    let mut by_area: Vec<(String, Estimate)> = by_area.into_iter().collect();
    by_area.sort_by(|a, b| b.1.best.total_cmp(&a.1.best));
    let batches: Vec<ProposedBatch> = linked.lists.iter().map(|l| batch(records, l, &place)).collect();
    let differs = linked.lists.iter().map(tell::shares).collect();
    let proposals = Proposals { engine: options.engine(), records: rows.len() as u64, doubles: estimate(&linked.doubles), batches, pairs };
    let found = order.iter().map(|at| linked.pairs[*at].clone()).collect();
    Linkage { proposals: proposals.into(), by_area, improbable: linked.improbable, found, differs }
}

fn proposed(pair: &reports::Pair, rows: &[u32], keys: &BTreeMap<u32, RecordKey>) -> ProposedPair {
    let mut sides = [pair.a, pair.b].map(|r| (keys[&r].clone(), rows[r as usize]));
    sides.sort();
    let name = sides.each_ref().map(|(k, _)| format!("{}:{}:{}", k.file, k.member, k.ordinal)).join("|");
    let rows = sides.each_ref().map(|s| s.1);
    ProposedPair {
        id: format!("p-{}", &sha256_text(&name)[..10]),
        records: sides.map(|s| s.0),
        rows,
        bits: pair.bits(),
        probability: pair.probability(),
        relation: match pair.relation {
            Found::Twice => Relation::ReportedTwice,
            Found::Parcels => Relation::Parcels,
            Found::Crossing => Relation::CrossCountry,
        },
        batch: pair.list,
    }
}

fn batch(records: &Records, list: &List, place: &[u32]) -> ProposedBatch {
    let (source, area) = (records.terms.text(list.source), records.terms.text(list.area));
    let (from, to) = (Date(list.from).to_string(), Date(list.to).to_string());
    let kind = list.differences.kind.name();
    let name = format!("{kind}|{source}|{area}|{from}|{to}");
    let mut pairs: Vec<u32> = list.pairs.iter().map(|p| place[*p as usize]).collect();
    pairs.sort_unstable();
    ProposedBatch {
        id: format!("b-{}", &sha256_text(&name)[..10]),
        kind: kind.into(),
        title: tell::title(area, list),
        reason: tell::reason(records, list),
        sources: vec![source.into()],
        areas: vec![area.into()],
        from,
        to,
        rows: list.rows,
        surplus: list.pairs.len() as u64,
        pairs,
    }
}
