//! Records: streamed from the file to the taker, so that memory does not grow with the file.

use std::collections::BTreeMap;

use atalaya_kernel::area::areas;
use atalaya_kernel::record::{Batch, HeldRow, NO_DAY, RECORD_FIELDS, RECORD_WIDTH, Record, Terms, record_field};
use atalaya_kernel::{Date, Problem};

use super::checks::{RecordChecks, row_notices};
use super::dates::DateEvidence;
use super::fit::Fitted;
use super::leaf::Leaf;
use super::numbers::NumberEvidence;
use super::value::{Mapped, Mapper, Target, mask, note_columns, year_of};
use super::{Context, MemberRead, Slice, vintage_of};
use crate::format::RawRow;
use crate::recipe::{DateStyle, NumberStyle, Recipe};

/// Rows per batch.
const BATCH: usize = 8192;

/// Reads every fitted part as one vintage.
pub(super) fn read(context: &mut Context<'_>, fitted: &[Fitted], name: &str, slice: &mut dyn Slice) -> Result<usize, Problem> {
    let layout = &context.recipe.layouts[fitted[0].layout];
    let vintage = vintage_of(context.recipe, layout, name);
    let mut terms = slice.begin(vintage.as_deref())?;
    let mut checks = RecordChecks::new(context.recipe, &mut terms);
    let (mut members, mut notices) = (Vec::new(), Vec::new());
    let mut done = 0;
    for (file, part) in fitted.iter().enumerate() {
        let mut reader = PartReader::new(context.recipe, context.rulings, part, file as u32, &mut checks)?;
        let rows = reader.run(&mut terms, slice, done, context.progress)?;
        done += rows;
        notices.extend(part.notices.iter().cloned());
        notices.extend(row_notices(context.recipe, part, rows));
        members.push(MemberRead { name: part.name.clone(), layout: context.recipe.layouts[part.layout].name.clone(), rows });
    }
    notices.extend(checks.placeholder_days(context.recipe, &terms));
    notices.extend(context.recipe.notes.iter().cloned());
    // Terms that only checks asked for.
    slice.batch(Batch { terms: terms.take_fresh(), ..Batch::default() })?;
    slice.end(members, notices)?;
    Ok(1)
}

/// Where a mapped field goes.
enum Slot {
    /// A coded column, and the one for the text as written.
    Code(usize, Option<usize>),
    Date,
}

struct PartReader<'a> {
    recipe: &'a Recipe,
    rulings: &'a super::Rulings,
    part: &'a Fitted,
    file: u32,
    fields: Vec<(Mapper, Slot)>,
    /// Columns of which anything is a footnote to the row.
    notes: Vec<usize>,
    checks: &'a mut RecordChecks,
    batch: Batch,
    leaf: Leaf,
    /// Whether a name (term) was out of use in a year.
    stale: BTreeMap<(u32, i32), bool>,
}

/// Why a row is not accepted.
struct Trouble {
    rule: &'static str,
    field: String,
    found: String,
    detail: String,
}

impl<'a> PartReader<'a> {
    fn new(
        recipe: &'a Recipe,
        rulings: &'a super::Rulings,
        part: &'a Fitted,
        file: u32,
        checks: &'a mut RecordChecks,
    ) -> Result<PartReader<'a>, Problem> {
        let mut fields = Vec::new();
        for (name, spec) in &recipe.layouts[part.layout].fields {
            let slot = match name.as_str() {
                "date" | "period" => Slot::Date,
                other => match RECORD_FIELDS.iter().position(|f| *f == other) {
                    Some(at) => Slot::Code(at, RECORD_FIELDS.iter().position(|f| *f == format!("{other}_reported"))),
                    None => continue,
                },
            };
            let mapper = Mapper::new(name, spec, part);
            if mapper.column.is_some() || spec.value.is_some() {
                fields.push((mapper, slot));
            }
        }
        let notes = note_columns(&recipe.layouts[part.layout], part);
        let (batch, leaf, stale) = (Batch::default(), Leaf::default(), BTreeMap::new());
        let mut reader = PartReader { recipe, rulings, part, file, fields, notes, checks, batch, leaf, stale };
        reader.infer_styles()?;
        Ok(reader)
    }

    /// A first pass for columns that must tell how they are written.
    fn infer_styles(&mut self) -> Result<(), Problem> {
        let asks = |m: &Mapper| {
            m.target == Target::Number && m.spec.number == NumberStyle::Column
                || m.target == Target::Date && m.spec.dates == DateStyle::Column
        };
        if !self.fields.iter().any(|(m, _)| asks(m)) {
            return Ok(());
        }
        let mut evidence = vec![(NumberEvidence::default(), DateEvidence::default()); self.fields.len()];
        let (mut rows, mut row) = (self.part.rows()?, RawRow::default());
        while rows.next(&mut row)? {
            for ((mapper, _), (numbers, dates)) in self.fields.iter().zip(&mut evidence).filter(|((m, _), _)| asks(m)) {
                let text = mapper.column.map_or("", |c| row.cell(c)).trim();
                numbers.see(text);
                dates.see(text);
            }
        }
        for ((mapper, _), (numbers, dates)) in self.fields.iter_mut().zip(evidence) {
            mapper.memo.numbers = numbers.decide();
            mapper.memo.dates = dates.decide();
        }
        Ok(())
    }

    fn run(&mut self, terms: &mut Terms, slice: &mut dyn Slice, done: u64, progress: &mut dyn FnMut(u64)) -> Result<u64, Problem> {
        let (mut rows, mut row) = (self.part.rows()?, RawRow::default());
        let mut ordinal = 0u32;
        while rows.next(&mut row)? {
            if !self.part.is_text() && row.is_blank() {
                continue;
            }
            ordinal += 1;
            self.take(&row, ordinal, terms);
            if self.batch.leaves.len() >= BATCH {
                self.flush(terms, slice)?;
                progress(done + u64::from(ordinal));
            }
        }
        self.flush(terms, slice)?;
        progress(done + u64::from(ordinal));
        Ok(u64::from(ordinal))
    }

    fn flush(&mut self, terms: &mut Terms, slice: &mut dyn Slice) -> Result<(), Problem> {
        self.batch.terms = terms.take_fresh();
        slice.batch(std::mem::take(&mut self.batch))
    }

    fn take(&mut self, row: &RawRow, ordinal: u32, terms: &mut Terms) {
        self.leaf.begin();
        let mut record = Record { file: self.file, ordinal, cell: 0, day: NO_DAY, precision: 0, flags: 0, codes: [0; RECORD_WIDTH] };
        let trouble = if self.rulings.reject.contains(&(self.file, ordinal)) {
            Some(Trouble { rule: "rejected-by-decision", field: String::new(), found: String::new(), detail: String::new() })
        } else {
            self.map(row, &mut record, terms)
        };
        match trouble {
            Some(trouble) if !self.rulings.accept.contains(&(self.file, ordinal)) => {
                let held = HeldRow {
                    file: self.file,
                    ordinal,
                    line: row.line,
                    cell: 0,
                    rule: trouble.rule.into(),
                    field: trouble.field,
                    found: trouble.found,
                    detail: trouble.detail,
                    raw: self.part.raw(row),
                };
                self.leaf.held(&held);
                self.batch.held.push(held);
            }
            trouble => {
                if trouble.is_some() {
                    record.flags |= mask("decided");
                }
                self.leaf.row(&record, terms);
                self.batch.records.push(record);
            }
        }
        self.batch.leaves.push(self.leaf.hash());
    }

    /// Fills a record from a row; the first thing that holds it, if any.
    fn map(&mut self, row: &RawRow, record: &mut Record, terms: &mut Terms) -> Option<Trouble> {
        let mut trouble = None;
        let width = self.part.header.len();
        if row.is_blank() {
            return Some(Trouble { rule: "empty-row", field: String::new(), found: String::new(), detail: String::new() });
        }
        let extra_blank = || (width..row.cells.len()).all(|at| row.cell(at).trim().is_empty());
        if row.cells.len() < width || row.cells.len() > width && !extra_blank() {
            let found = format!("{} ≠ {width}", row.cells.len());
            return Some(Trouble { rule: "ragged-row", field: String::new(), found, detail: String::new() });
        }
        let (mut amount, mut per_unit, mut has_amount, mut has_unit) = (0.0, 0.0, false, false);
        for (mapper, slot) in &mut self.fields {
            let cell = mapper.column.map_or(mapper.constant.as_slice(), |column| row.cells.get(column).unwrap_or(b""));
            let beside = mapper.beside.and_then(|c| row.cells.get(c)).unwrap_or(b"");
            let outcome = mapper.memo.map(&mapper.spec, cell, beside, terms, self.rulings);
            let stopped = |rule, detail: &str| Trouble {
                rule,
                field: mapper.name.clone(),
                found: String::from_utf8_lossy(cell).into_owned(),
                detail: detail.into(),
            };
            match outcome {
                Mapped::Code { code, reported, flags, weight } => {
                    if let Slot::Code(at, also) = slot {
                        record.codes[*at] = *code;
                        if let Some(also) = also {
                            record.codes[*also] = *reported;
                        }
                        if *at == record_field("amount") {
                            (amount, has_amount) = (*weight, true);
                        } else if *at == record_field("unit") {
                            (per_unit, has_unit) = (*weight, true);
                        }
                    }
                    record.flags |= flags;
                }
                Mapped::Day { day, precision, flags } => {
                    (record.day, record.precision) = (*day, *precision);
                    record.flags |= flags;
                }
                Mapped::Absent(_) if mapper.spec.required => {
                    trouble.get_or_insert_with(|| stopped("missing-required", ""));
                }
                Mapped::Absent(_) => {}
                Mapped::Bad { rule, detail } => {
                    trouble.get_or_insert_with(|| stopped(rule, detail));
                }
            }
        }
        if self.notes.iter().any(|c| !row.cell(*c).trim().is_empty()) {
            record.flags |= mask("footnote");
        }
        if !has_amount {
            record.flags |= mask("amount-not-stated");
        } else if !has_unit {
            record.flags |= mask("unit-not-stated");
        }
        trouble.or_else(|| self.finish(record, amount * per_unit, terms))
    }

    fn is_stale(&mut self, name: u32, year: i32, terms: &Terms) -> bool {
        *self.stale.entry((name, year)).or_insert_with(|| areas().resolve(terms.text(name), None, Some(year)).is_ok_and(|r| r.out_of_date))
    }

    /// Dates, precision and the checks of the recipe.
    fn finish(&mut self, record: &mut Record, kg: f64, terms: &Terms) -> Option<Trouble> {
        let area = record.codes[record_field("area")];
        if record.day != NO_DAY {
            let year = year_of(record.day);
            if self.recipe.years.is_some_and(|[from, to]| year < from || year > to) {
                let found = Date(record.day).to_string();
                return Some(Trouble { rule: "date-outside", field: "date".into(), found, detail: String::new() });
            }
            if self.is_stale(record.codes[record_field("area_reported")], year, terms) {
                record.flags |= mask("old-name");
            }
            if record.precision == 0 {
                self.checks.count_first_day(area, Date(record.day).ymd().2 == 1);
            }
            if let Some(precision) = self.recipe.precision.get(terms.text(area))
                && record.precision == 0
            {
                record.precision = precision.code();
                record.flags |= mask("day-not-known");
            }
        }
        record.flags |= self.checks.flags(record, kg, terms);
        None
    }
}
