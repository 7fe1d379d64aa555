//! Observations: small tables read whole, because a repeated key can only be judged when all of
//! its rows have been seen.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::record::{Batch, HeldRow, NO_DAY, OBSERVATION_WIDTH, Observation, Terms, observation_field};
use atalaya_kernel::{Both, Decimal, Problem, both};

use super::checks::row_notices;
use super::fit::Fitted;
use super::leaf::Leaf;
use super::value::{Mapped, mask};
use super::{Context, MemberRead, Slice, vintage_of};
use crate::recipe::Repeats;

mod row;

use row::RowReader;

/// One item of the account: a row, or a cell of an unpivoted table.
pub(super) struct Item {
    file: u32,
    ordinal: u32,
    cell: u32,
    vintage: Option<String>,
    outcome: Result<Vec<Observation>, HeldRow>,
    raw: Raw,
}

/// What is needed to show the item if it turns out to be a rival.
struct Raw {
    line: u64,
    cells: Vec<(String, String)>,
}

/// Key columns: everything that makes a cell but the value.
const KEY: [usize; 7] = [
    observation_field("area"),
    observation_field("place"),
    observation_field("substance"),
    observation_field("measure"),
    observation_field("definition"),
    observation_field("breakdown"),
    observation_field("unit"),
];
/// Value columns.
const VALUE: [usize; 4] = [observation_field("value"), observation_field("low"), observation_field("high"), observation_field("missing")];

type Key = (Option<String>, i32, u8, [u32; KEY.len()]);

/// Reads every fitted part; one vintage, or as many as the vintage column names.
pub(super) fn read(context: &mut Context<'_>, fitted: &[Fitted], name: &str, slice: &mut dyn Slice) -> Result<usize, Problem> {
    let layout = &context.recipe.layouts[fitted[0].layout];
    let by_file = vintage_of(context.recipe, layout, name);
    let names = vintage_names(context, fitted, by_file.as_deref())?;
    for vintage in &names {
        let mut words = slice.begin(vintage.as_deref())?;
        let mut items = Vec::new();
        for (file, part) in fitted.iter().enumerate() {
            RowReader::new(context.recipe, context.rulings, part, file as u32, by_file.as_deref())?.read(
                vintage.as_deref(),
                &mut items,
                &mut words,
            )?;
            (context.progress)(items.len() as u64);
        }
        judge_repeats(&mut items, context, &mut words);
        hand_on(&items, context, fitted, slice, &mut words)?;
    }
    Ok(names.len())
}

/// The vintages of the file, oldest first: one, unless a column names them.
fn vintage_names(context: &Context<'_>, fitted: &[Fitted], by_file: Option<&str>) -> Result<Vec<Option<String>>, Problem> {
    let mut names = BTreeSet::new();
    for part in fitted {
        let column = context.recipe.vintage.column.as_deref().and_then(|c| part.column(c));
        let Some(column) = column else {
            let own = context.recipe.layouts[part.layout].vintage.clone();
            names.insert(own.or_else(|| by_file.map(str::to_string)));
            continue;
        };
        let (mut rows, mut row) = (part.rows()?, crate::format::RawRow::default());
        while rows.next(&mut row)? {
            names.insert(Some(row.cell(column).trim().to_string()).filter(|v| !v.is_empty()));
        }
    }
    Ok(names.into_iter().collect())
}

/// Finds repeated keys: equal values count once, rivals are all held, parts are numbered.
fn judge_repeats(items: &mut [Item], context: &Context<'_>, terms: &mut Terms) {
    let mut by_key: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, item) in items.iter().enumerate() {
        for observation in item.outcome.iter().flatten() {
            let key = (item.vintage.clone(), observation.day, observation.precision, KEY.map(|k| observation.codes[k]));
            by_key.entry(key).or_default().push(at);
        }
    }
    let mut verdicts: BTreeMap<usize, (&'static str, String)> = BTreeMap::new();
    for (key, at) in by_key.iter().filter(|(_, at)| at.len() > 1) {
        if context.recipe.repeats() == Repeats::Parts {
            number_parts(items, key, at, terms);
            continue;
        }
        let chosen: Vec<usize> =
            at.iter().copied().filter(|i| context.rulings.accept.contains(&(items[*i].file, items[*i].ordinal))).collect();
        let fullest = at.iter().find(|whole| at.iter().all(|i| says_all_of(&items[**whole], &items[*i], terms)));
        if let Some(whole) = fullest {
            let kept = items[*whole].ordinal;
            for i in at.iter().filter(|i| *i != whole) {
                verdicts.entry(*i).or_insert_with(|| ("repeated-row", format!("= {kept}")));
            }
        } else if chosen.len() == 1 {
            let taken = items[chosen[0]].ordinal;
            verdicts.extend(at.iter().filter(|i| **i != chosen[0]).map(|i| (*i, ("rejected-by-decision", format!("→ {taken}")))));
        } else {
            for i in at {
                let others: Vec<String> = at.iter().filter(|o| *o != i).map(|o| items[*o].ordinal.to_string()).collect();
                verdicts.insert(*i, ("rival-values", format!("≠ {}", others.join(", "))));
            }
        }
    }
    for (at, (rule, detail)) in verdicts {
        hold(&mut items[at], rule, detail, terms);
    }
}

/// Whether a row gives every value that another gives, for the same keys: then the other repeats it.
fn says_all_of(whole: &Item, other: &Item, terms: &Terms) -> bool {
    let (Ok(whole), Ok(other)) = (&whole.outcome, &other.outcome) else { return false };
    let number = |code: u32| Decimal::parse(terms.text(code)).ok();
    let same_value = |a: u32, b: u32| a == b || number(a).is_some() && number(a) == number(b);
    let same = |a: &Observation, b: &Observation| {
        (a.day, a.precision) == (b.day, b.precision)
            && KEY.iter().all(|k| a.codes[*k] == b.codes[*k])
            && VALUE.iter().all(|v| same_value(a.codes[*v], b.codes[*v]))
    };
    other.iter().all(|b| whole.iter().any(|a| same(a, b)))
}

/// Parts of a whole that share a name: the second is "part 2" in its breakdown.
fn number_parts(items: &mut [Item], key: &Key, at: &[usize], terms: &mut Terms) {
    for (part, i) in at.iter().enumerate().skip(1) {
        let Ok(observations) = &mut items[*i].outcome else { continue };
        for observation in observations.iter_mut().filter(|o| o.day == key.1 && o.precision == key.2 && KEY.map(|k| o.codes[k]) == key.3) {
            let code = &mut observation.codes[observation_field("breakdown")];
            let text = format!("{} part {}", terms.text(*code), part + 1);
            *code = terms.code(text.trim());
        }
    }
}

fn hold(item: &mut Item, rule: &str, detail: String, terms: &Terms) {
    let found = match &item.outcome {
        Ok(observations) => observations.iter().map(|o| terms.text(o.codes[observation_field("value")])).collect::<Vec<_>>().join(" | "),
        Err(held) => held.found.clone(),
    };
    item.outcome = Err(HeldRow {
        file: item.file,
        ordinal: item.ordinal,
        line: item.raw.line,
        cell: item.cell,
        rule: rule.into(),
        field: "value".into(),
        found,
        detail,
        raw: item.raw.cells.clone(),
    });
}

fn hand_on(items: &[Item], context: &Context<'_>, fitted: &[Fitted], slice: &mut dyn Slice, terms: &mut Terms) -> Result<(), Problem> {
    let mut batch = Batch::default();
    let mut leaf = Leaf::default();
    for item in items {
        leaf.begin();
        match &item.outcome {
            Ok(observations) => {
                observations.iter().for_each(|o| leaf.row(o, terms));
                batch.observations.extend(observations);
            }
            Err(held) => {
                leaf.held(held);
                batch.held.push(held.clone());
            }
        }
        batch.leaves.push(leaf.hash());
    }
    batch.terms = terms.take_fresh();
    slice.batch(batch)?;
    let (mut members, mut notices) = (Vec::new(), Vec::new());
    for (file, part) in fitted.iter().enumerate() {
        let rows = items.iter().filter(|i| i.file == file as u32).count() as u64;
        notices.extend(part.notices.iter().cloned());
        notices.extend(row_notices(context.recipe, part, rows));
        members.push(MemberRead { name: part.name.clone(), layout: context.recipe.layouts[part.layout].name.clone(), rows });
    }
    notices.extend(rival_notice(items));
    notices.extend(context.recipe.absent.iter().map(|a| a.note.clone()));
    notices.extend(context.recipe.notes.iter().cloned());
    slice.end(members, notices)
}

/// How many keys stand in rival rows.
fn rival_notice(items: &[Item]) -> Option<Both> {
    let rows = items.iter().filter(|i| i.outcome.as_ref().is_err_and(|h| h.rule == "rival-values")).count();
    (rows > 0).then(|| {
        both!(
            "{rows} rows give different values for the same key: all are held, none is chosen",
            "{rows} filas dan valores distintos para la misma clave: todas quedan retenidas, ninguna se elige"
        )
    })
}

/// An empty observation at a place of a file.
fn blank(file: u32, ordinal: u32, cell: u32) -> Observation {
    Observation { file, ordinal, cell, day: NO_DAY, precision: 0, flags: 0, codes: [0; OBSERVATION_WIDTH] }
}

/// Adds a mapped field to an observation; the rule that holds it, if any.
fn put(observation: &mut Observation, at: Option<(usize, Option<usize>)>, mapped: &Mapped) -> Option<(&'static str, String)> {
    match mapped {
        Mapped::Code { code, reported, flags, .. } => {
            if let Some((at, also)) = at {
                observation.codes[at] = *code;
                if let Some(also) = also {
                    observation.codes[also] = *reported;
                }
            }
            observation.flags |= flags;
            None
        }
        Mapped::Day { day, precision, flags } => {
            (observation.day, observation.precision) = (*day, *precision);
            observation.flags |= flags;
            None
        }
        Mapped::Absent(_) => None,
        Mapped::Bad { rule, detail } => Some((rule, detail.clone())),
    }
}

/// The status of a value: `A` normal, `P` provisional, as SDMX `OBS_STATUS` has them.
fn status_of(flags: u32) -> &'static str {
    if flags & mask("provisional") != 0 { "P" } else { "A" }
}
