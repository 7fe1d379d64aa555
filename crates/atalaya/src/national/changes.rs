//! What changed since the vintage before, or since the workbook last collected.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, Decimal, Problem, both};
use atalaya_report::arq::{Cell, Change, Sheet};

use super::facts::{ASKED, Fact, Facts, Key, Scope, facts, measure_of};
use super::lines::{Places, drug};
use crate::Observatory;

/// Every cell that changed by `threshold` per cent or more, largest change first within a module.
pub(crate) fn changes(
    observatory: &mut Observatory,
    scope: &Scope<'_>,
    now: &Facts,
    (collect_as, threshold): (&str, u32),
    sheets: &[(Sheet, Places)],
) -> Result<Vec<Change>, Problem> {
    let mut out = Vec::new();
    let held: BTreeSet<&str> = now.facts.iter().map(|f| f.held_by.as_str()).collect();
    for source in held {
        let intakes = observatory.store().visible_of(source)?;
        let Some([.., before, newest]) = intakes.last_chunk::<2>().map(|c| c.as_slice()) else { continue };
        let (as_of, vintage) = (newest.id - 1, before.vintage.clone());
        let one = [source.to_string()];
        let then = facts(observatory, &Scope { sources: &one, ..*scope }, Some(as_of))?;
        let since = both!("vintage {vintage} of {source}", "edición {vintage} de {source}");
        let mine: Vec<&Fact> = now.facts.iter().filter(|f| f.held_by == source).collect();
        compare(&then.facts, &mine, &since, threshold, &mut out);
    }
    let last = observatory.store().visible_of(collect_as)?.last().map(|i| (i.id, i.vintage.clone()));
    if let Some((id, vintage)) = last.filter(|_| !scope.sources.iter().any(|s| s == collect_as)) {
        let one = [collect_as.to_string()];
        let newest = observatory.store().last_intake()?;
        let then = facts(observatory, &Scope { sources: &one, ..*scope }, Some(newest.max(id)))?;
        let since = both!("workbook {collect_as} [{vintage}]", "libro {collect_as} [{vintage}]");
        // What somebody wrote in by hand has no source in the store to compare with.
        let then: Vec<Fact> = then.facts.into_iter().filter(|f| !f.key.source.is_empty()).collect();
        compare(&then, &now.facts.iter().collect::<Vec<_>>(), &since, threshold, &mut out);
    }
    Ok(out.into_iter().map(|found| found.placed(sheets)).collect())
}

/// A change before it is known where it stands.
struct Found {
    key: Key,
    before: Cell,
    now: Cell,
    percent: Option<String>,
    since: Both,
}

fn compare(then: &[Fact], now: &[&Fact], since: &Both, threshold: u32, out: &mut Vec<Found>) {
    let by_key: BTreeMap<&Key, &Cell> = now.iter().map(|f| (&f.key, &f.value)).collect();
    let mut before: Vec<&Fact> = then.iter().collect();
    before.sort_by(|a, b| a.key.cmp(&b.key));
    for fact in before {
        let now = by_key.get(&fact.key).map_or(Cell::Blank, |c| (*c).clone());
        if let Some(percent) = changed(&fact.value, &now, threshold) {
            out.push(Found { key: fact.key.clone(), before: fact.value.clone(), now, percent, since: since.clone() });
        }
    }
}

/// Whether a value changed by so much, and by how many per cent if that can be said.
fn changed(before: &Cell, now: &Cell, threshold: u32) -> Option<Option<String>> {
    let number = |cell: &Cell| if let Cell::Number(text) = cell { Decimal::parse(text).ok() } else { None };
    match (number(before), number(now)) {
        (Some(a), Some(b)) if a.same_but_for_printing(b) => None,
        (Some(a), Some(b)) => {
            let (a, b) = (a.to_f64(), b.to_f64());
            if a == 0.0 {
                return Some(None);
            }
            let percent = (b - a) / a.abs() * 100.0;
            (percent.abs() >= f64::from(threshold)).then(|| Some(format!("{percent:+.1}")))
        }
        _ if before == now => None,
        _ => Some(None),
    }
}

impl Found {
    fn placed(self, sheets: &[(Sheet, Places)]) -> Change {
        let module = ASKED.iter().find(|a| a.column == self.key.column).map_or("", |a| a.module);
        let line = sheets.iter().find(|(s, _)| s.module.id == module).and_then(|(_, places)| places.get(&self.key));
        let name = match drug(&self.key.substance) {
            Cell::Named(name) => name,
            _ => Both::same(self.key.substance.clone()),
        };
        Change {
            module,
            at: line.map(|line| (*line, self.key.column)),
            what: measure_of(self.key.column),
            drug: name,
            period: self.key.period,
            definition: self.key.definition,
            source: self.key.source,
            before: self.before,
            now: self.now,
            percent: self.percent,
            since: self.since,
        }
    }
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Missing;

    use super::*;

    fn number(text: &str) -> Cell {
        Cell::Number(text.into())
    }

    #[test]
    fn a_change_is_listed_from_the_threshold_on() {
        assert_eq!(changed(&number("100"), &number("109.9"), 10), None);
        assert_eq!(changed(&number("100"), &number("110"), 10), Some(Some("+10.0".into())));
        assert_eq!(changed(&number("100"), &number("90"), 10), Some(Some("-10.0".into())));
        assert_eq!(changed(&number("0"), &number("1"), 10), Some(None));
        assert_eq!(changed(&number("1.50"), &number("1.5"), 0), None);
    }

    #[test]
    fn another_kind_of_absence_is_a_change() {
        let (not_known, withheld) = (Cell::Absent(Missing::NotKnown), Cell::Absent(Missing::Suppressed));
        assert_eq!(changed(&not_known, &withheld, 10), Some(None));
        assert_eq!(changed(&not_known, &not_known, 10), None);
        assert_eq!(changed(&number("0"), &not_known, 10), Some(None));
    }
}
