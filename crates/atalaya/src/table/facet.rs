//! How often each value of a column occurs among the rows that may be seen.

use atalaya_kernel::{Both, Lang, Problem};
use serde::{Deserialize, Serialize};

use super::condition::unknown_column;
use super::frame::{Column, Frame, Kind};
use super::select::Selection;

/// A value and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The value; empty where absent.
    pub value: String,
    /// What it is called.
    pub label: Both,
    /// Rows.
    pub count: u64,
}

/// The values of a column, most frequent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetOf {
    /// The column.
    pub column: String,
    /// Its heading.
    pub label: Both,
    /// How many values occur.
    pub distinct: usize,
    /// The most frequent ones; of numbers and dates the newest.
    pub values: Vec<Counted>,
}

/// Counts the values of a column over the rows that meet the conditions on other columns.
///
/// # Errors
/// `unknown-column`.
pub(crate) fn facet(frame: &Frame, selection: &Selection, id: &str, most: usize, lang: Lang) -> Result<FacetOf, Problem> {
    let column = frame.column(id).filter(|c| c.countable()).ok_or_else(|| unknown_column(id, frame))?;
    let mut counts = vec![0u64; column.values.len()];
    for row in selection.but_for(id) {
        counts[column.code(row)] += 1;
    }
    let mut values = if column.kind == Kind::Words { by_word(column, &counts) } else { by_value(column, &counts) };
    let distinct = values.len();
    if matches!(column.kind, Kind::Count | Kind::Date) {
        // Years and dates are looked for by their order, newest first.
        let number = |c: &Counted| atalaya_kernel::Decimal::parse(&c.value).map_or(i128::MIN, |d| d.0);
        values.sort_by(|a, b| number(b).cmp(&number(a)).then_with(|| b.value.cmp(&a.value)));
    } else {
        let said = |c: &Counted| c.label.in_lang(lang).to_string();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| said(a).cmp(&said(b))));
    }
    values.truncate(most);
    Ok(FacetOf { column: id.into(), label: column.head.clone(), distinct, values })
}

fn named(column: &Column, at: usize) -> Both {
    column.names.get(at).cloned().flatten().unwrap_or_else(|| Both::same(column.values[at].clone()))
}

fn by_value(column: &Column, counts: &[u64]) -> Vec<Counted> {
    let occurs = counts.iter().enumerate().filter(|(_, n)| **n > 0);
    // Several codes may stand for one text.
    let mut values: std::collections::BTreeMap<&str, Counted> = std::collections::BTreeMap::new();
    for (at, count) in occurs {
        let value = column.values[at].as_str();
        values.entry(value).or_insert_with(|| Counted { value: value.into(), label: named(column, at), count: 0 }).count += count;
    }
    values.into_values().collect()
}

fn by_word(column: &Column, counts: &[u64]) -> Vec<Counted> {
    let mut words: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for (text, count) in column.values.iter().zip(counts).filter(|(_, n)| **n > 0) {
        for word in text.split(' ') {
            *words.entry(word).or_default() += count;
        }
    }
    let label = |word: &str| atalaya_kernel::rule::rule(word).map_or_else(|| Both::same(word), |r| r.title());
    words.into_iter().map(|(word, count)| Counted { value: word.into(), label: label(word), count }).collect()
}
