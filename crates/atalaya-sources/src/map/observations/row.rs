//! One row of a table to its items.

use std::collections::BTreeMap;

use atalaya_kernel::record::{HeldRow, OBSERVATION_FIELDS, Observation, Terms, observation_field};
use atalaya_kernel::{Both, Date, Missing, Period, Problem, both};
use regex::Regex;

use super::super::dates::DateEvidence;
use super::super::fit::Fitted;
use super::super::numbers::NumberEvidence;
use super::super::value::{Mapped, Mapper, Target, mask, note_columns, year_of};
use super::{Item, Raw, blank, put, status_of};
use crate::format::{MAX_ROWS, RawRow};
use crate::recipe::{DateStyle, Field, Formulas, Layout, NumberStyle, Observe, Recipe};

/// A column that holds a period.
struct PeriodColumn {
    at: usize,
    period: Period,
    /// What the pattern's group found: `90` of `hom90`.
    group: String,
}

/// Reads one fitted part.
pub(super) struct RowReader<'a> {
    recipe: &'a Recipe,
    layout: &'a Layout,
    rulings: &'a super::super::Rulings,
    part: &'a Fitted,
    file: u32,
    fields: Vec<Mapper>,
    /// Columns of which anything is a footnote to the row.
    notes: Vec<usize>,
    periods: Vec<PeriodColumn>,
    vintage_column: Option<usize>,
    own_vintage: Option<String>,
    /// How numbers are written, by column.
    styles: BTreeMap<usize, Option<NumberStyle>>,
    value: Field,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(
        recipe: &'a Recipe,
        rulings: &'a super::super::Rulings,
        part: &'a Fitted,
        file: u32,
        by_file: Option<&str>,
    ) -> Result<RowReader<'a>, Problem> {
        let layout = &recipe.layouts[part.layout];
        let fields = layout
            .fields
            .iter()
            .filter(|(name, _)| !matches!(name.as_str(), "amount" | "footnote"))
            .map(|(name, spec)| Mapper::new(name, spec, part))
            .collect();
        let periods = match &layout.unpivot {
            None => Vec::new(),
            Some(unpivot) => period_columns(&unpivot.columns, unpivot.century, part)?,
        };
        let vintage_column = recipe.vintage.column.as_deref().and_then(|c| part.column(c));
        let own_vintage = layout.vintage.clone().or_else(|| by_file.map(str::to_string));
        let value = layout.fields.get("amount").cloned().unwrap_or_default();
        let notes = note_columns(layout, part);
        let mut reader = RowReader {
            recipe,
            layout,
            rulings,
            part,
            file,
            fields,
            notes,
            periods,
            vintage_column,
            own_vintage,
            styles: BTreeMap::new(),
            value,
        };
        reader.infer_styles()?;
        Ok(reader)
    }

    fn infer_styles(&mut self) -> Result<(), Problem> {
        let mut numbers: BTreeMap<usize, NumberEvidence> = BTreeMap::new();
        let mut dates: BTreeMap<usize, DateEvidence> = BTreeMap::new();
        if self.value.number == NumberStyle::Column {
            let named = self.layout.observe.iter().flat_map(|o| [Some(&o.value), o.low.as_ref(), o.high.as_ref()]).flatten();
            numbers.extend(
                named.filter_map(|c| self.part.column(c)).chain(self.periods.iter().map(|p| p.at)).map(|c| (c, NumberEvidence::default())),
            );
        }
        dates.extend(
            self.fields
                .iter()
                .filter(|m| m.target == Target::Date && m.spec.dates == DateStyle::Column)
                .filter_map(|m| m.column)
                .map(|c| (c, DateEvidence::default())),
        );
        let (mut rows, mut row) = (self.part.rows()?, RawRow::default());
        let mut count = 0;
        while (!numbers.is_empty() || !dates.is_empty()) && rows.next(&mut row)? {
            numbers.iter_mut().for_each(|(at, e)| e.see(row.cell(*at).trim()));
            dates.iter_mut().for_each(|(at, e)| e.see(row.cell(*at).trim()));
            count += 1;
            if count > MAX_ROWS {
                return Err(too_many_rows(&self.part.place));
            }
        }
        self.styles = numbers.into_iter().map(|(at, e)| (at, e.decide())).collect();
        for mapper in &mut self.fields {
            mapper.memo.dates = mapper.column.and_then(|c| dates.get(&c)).and_then(DateEvidence::decide);
        }
        Ok(())
    }

    /// Reads the rows of one vintage.
    pub(super) fn read(&mut self, vintage: Option<&str>, items: &mut Vec<Item>, terms: &mut Terms) -> Result<(), Problem> {
        if self.vintage_column.is_none() && self.own_vintage.as_deref() != vintage {
            return Ok(());
        }
        let (mut rows, mut row) = (self.part.rows()?, RawRow::default());
        let mut above: Vec<String> = Vec::new();
        let (mut ordinal, mut ended) = (0, false);
        while rows.next(&mut row)? {
            if !self.part.is_text() && row.is_blank() {
                continue;
            }
            ordinal += 1;
            if self.vintage_column.is_some_and(|c| row.cell(c).trim() != vintage.unwrap_or("")) {
                continue;
            }
            if items.len() > MAX_ROWS {
                return Err(too_many_rows(&self.part.place));
            }
            self.fill_down(&mut row, &mut above);
            let first = (0..row.cells.len()).map(|at| row.cell(at).trim()).find(|c| !c.is_empty()).unwrap_or("");
            ended |= self.layout.notes_begin.iter().any(|n| first.starts_with(n.as_str()));
            let whole = if row.is_blank() {
                Some("empty-row")
            } else if ended {
                Some("note-row")
            } else if self.rulings.reject.contains(&(self.file, ordinal)) {
                Some("rejected-by-decision")
            } else if self.is_ragged(&row) {
                Some("ragged-row")
            } else {
                None
            };
            if let Some(column) = self.formula(&row).filter(|_| whole.is_none()) {
                let (field, found) = (self.part.header.get(column).map_or("", String::as_str), row.cell(column));
                items.push(self.held(&row, ordinal, 0, vintage, "formula-cell", field, found, ""));
                continue;
            }
            match whole {
                Some(rule) => items.push(self.held(&row, ordinal, 0, vintage, rule, "", first, "")),
                None => self.items_of(&row, ordinal, vintage, items, terms),
            }
        }
        Ok(())
    }

    /// The column of a formula in a row that may have none.
    fn formula(&self, row: &RawRow) -> Option<usize> {
        self.part.formulas.get(&row.line).copied().filter(|_| self.layout.formulas == Formulas::Hold)
    }

    fn is_ragged(&self, row: &RawRow) -> bool {
        let width = self.part.header.len();
        self.part.is_text() && (row.cells.len() < width || (width..row.cells.len()).any(|at| !row.cell(at).trim().is_empty()))
    }

    /// Copies the cell above into blank cells of the columns that say so.
    fn fill_down(&self, row: &mut RawRow, above: &mut Vec<String>) {
        if self.layout.fill_down.is_empty() || row.is_blank() {
            return;
        }
        above.resize(self.layout.fill_down.len(), String::new());
        let columns: Vec<Option<usize>> = self.layout.fill_down.iter().map(|c| self.part.column(c)).collect();
        let cells = (0..row.cells.len().max(1)).map(|at| {
            let text = row.cell(at).to_string();
            match columns.iter().position(|c| *c == Some(at)) {
                Some(which) if text.trim().is_empty() => above[which].clone(),
                Some(which) => {
                    above[which].clone_from(&text);
                    text
                }
                None => text,
            }
        });
        row.cells = cells.map(String::into_bytes).collect();
    }

    fn items_of(&mut self, row: &RawRow, ordinal: u32, vintage: Option<&str>, items: &mut Vec<Item>, terms: &mut Terms) {
        let base = self.base(row, ordinal, terms);
        if self.periods.is_empty() {
            let outcome = base.and_then(|b| self.observe(row, &b, None, terms));
            items.push(self.item(row, ordinal, 0, vintage, outcome));
            return;
        }
        for at in 0..self.periods.len() {
            let (column, period) = (self.periods[at].at, self.periods[at].period);
            let cell = column as u32 + 1;
            let outcome = base.clone().and_then(|mut b| {
                (b.cell, b.day, b.precision) = (cell, period.start.0, period.precision.code());
                if self.has_footnote(row, column) {
                    b.flags |= mask("footnote");
                }
                self.observe(row, &b, Some(at), terms)
            });
            items.push(self.item(row, ordinal, cell, vintage, outcome));
        }
    }

    /// The fields all observations of a row share.
    fn base(&mut self, row: &RawRow, ordinal: u32, terms: &mut Terms) -> Result<Observation, Stop> {
        let mut observation = blank(self.file, ordinal, 0);
        let mut parent = None;
        for mapper in &self.fields {
            let cell = mapper
                .column
                .map_or_else(|| filled(mapper.spec.value.as_deref().unwrap_or(""), self.part, row), |c| row.cell(c).to_string());
            let beside = mapper.beside.map_or("", |c| row.cell(c));
            let mapped = mapper.memo.look_up(&mapper.spec, &cell, beside, terms, self.rulings);
            let slot = OBSERVATION_FIELDS.iter().position(|f| *f == mapper.name);
            let also = OBSERVATION_FIELDS.iter().position(|f| *f == format!("{}_reported", mapper.name));
            if mapper.spec.required && matches!(mapped, Mapped::Absent(_)) {
                return Err(Stop { rule: "missing-required", field: mapper.name.clone(), found: cell, detail: String::new() });
            }
            if let Some((rule, detail)) = put(&mut observation, slot.map(|s| (s, also)), &mapped) {
                return Err(Stop { rule, field: mapper.name.clone(), found: cell, detail });
            }
            match (mapper.name.as_str(), &mapped) {
                ("parent", Mapped::Code { code, .. }) => parent = Some(*code),
                ("status", Mapped::Code { code, .. }) => observation.flags |= status_flag(terms.text(*code), &cell)?,
                _ => {}
            }
        }
        if self.notes.iter().any(|c| !row.cell(*c).trim().is_empty()) {
            observation.flags |= mask("footnote");
        }
        self.check_parent(&observation, parent, terms)?;
        Ok(observation)
    }

    /// A place's code and the name of its region must agree.
    fn check_parent(&self, observation: &Observation, parent: Option<u32>, terms: &Terms) -> Result<(), Stop> {
        let Some(parent) = parent else { return Ok(()) };
        let (code, region) = (terms.text(observation.codes[observation_field("area")]), terms.text(parent));
        let counted_to = self.layout.fields.get("parent").and_then(|f| f.also.get(code));
        if atalaya_kernel::area::areas().is_within(code, region) || counted_to.is_some_and(|r| r == region) {
            return Ok(());
        }
        Err(Stop { rule: "code-name-conflict", field: "area".into(), found: code.into(), detail: format!("∉ {region}") })
    }

    /// The column of a value; `period` counts the columns that hold periods.
    fn value_column(&self, spec: &Observe, period: Option<usize>) -> Option<usize> {
        match period.map(|at| &self.periods[at]) {
            Some(period) if spec.value == "@cell" => Some(period.at),
            Some(period) => self.part.column(&spec.value.replace('@', &period.group)),
            None => self.part.column(&spec.value),
        }
    }

    /// The observations of a row (or of one period of it).
    fn observe(&self, row: &RawRow, base: &Observation, period: Option<usize>, terms: &mut Terms) -> Result<Vec<Observation>, Stop> {
        let mut observations = Vec::new();
        for spec in &self.layout.observe {
            let Some(column) = self.value_column(spec, period) else { continue };
            let mut observation = *base;
            if spec.optional && row.cell(column).trim().is_empty() {
                continue;
            }
            self.fill(row, spec, column, &mut observation, terms)?;
            observations.push(observation);
        }
        if observations.is_empty() {
            return Err(Stop { rule: "empty-row", field: String::new(), found: String::new(), detail: String::new() });
        }
        if let (Some([from, to]), Some(first)) = (self.recipe.years, observations.first()) {
            let year = year_of(first.day);
            if year < from || year > to {
                return Err(Stop {
                    rule: "date-outside",
                    field: "period".into(),
                    found: Date(first.day).to_string(),
                    detail: String::new(),
                });
            }
        }
        Ok(observations)
    }

    fn fill(&self, row: &RawRow, spec: &Observe, column: usize, observation: &mut Observation, terms: &mut Terms) -> Result<(), Stop> {
        let mut set = |field: &str, text: &str, observation: &mut Observation| {
            if !text.is_empty() {
                observation.codes[observation_field_at(field)] = terms.code(text);
            }
        };
        set("measure", &spec.measure, observation);
        set("unit", &spec.unit, observation);
        if observation.codes[observation_field_at("unit")] == 0 {
            let found = row.cell(column).to_string();
            return Err(Stop { rule: "missing-required", field: "unit".into(), found, detail: String::new() });
        }
        let mut definition = filled(&spec.definition, self.part, row);
        if observation.flags & mask("subtotal") != 0 {
            definition = format!("{definition} (subtotal)").trim().to_string();
        }
        set("definition", &definition, observation);
        set("breakdown", &filled(&spec.breakdown, self.part, row), observation);
        for (field, column) in [
            ("value", Some(column)),
            ("low", spec.low.as_deref().and_then(|c| self.part.column(c))),
            ("high", spec.high.as_deref().and_then(|c| self.part.column(c))),
        ] {
            let Some(column) = column else { continue };
            match self.number(row.cell(column), column, &spec.not_known)? {
                Ok((text, flags)) => {
                    set(field, &text, observation);
                    observation.flags |= flags;
                }
                Err(missing) if field == "value" => set("missing", missing.code(), observation),
                Err(_) => {}
            }
        }
        set("status", status_of(observation.flags), observation);
        Ok(())
    }

    /// A number as the store keeps it, or why it is absent.
    fn number(&self, cell: &str, column: usize, not_known: &[String]) -> Result<Result<(String, u32), Missing>, Stop> {
        let trimmed = cell.trim().trim_end_matches(|c| self.value.strip.contains(c)).trim_end();
        let ruled = self.rulings.map.get(&("value".to_string(), trimmed.to_string()));
        let text = ruled.or_else(|| self.value.map.get(trimmed)).map_or(trimmed, String::as_str);
        if let Some(missing) = self.value.missing(text) {
            return Ok(Err(missing));
        }
        if not_known.iter().any(|t| t == text) {
            return Ok(Err(Missing::NotKnown));
        }
        let style = self.styles.get(&column).copied().flatten();
        match super::super::plain_number(text, self.value.number, style) {
            Ok(plain) => {
                let odd = if super::super::numbers::has_leading_zero(text) { mask("leading-zero-number") } else { 0 };
                Ok(Ok((plain.into_owned(), odd)))
            }
            Err(rule) => Err(Stop {
                rule,
                field: "value".into(),
                found: cell.to_string(),
                detail: self.part.header.get(column).cloned().unwrap_or_default(),
            }),
        }
    }

    /// Whether an unnamed cell right of a value holds a footnote to it.
    fn has_footnote(&self, row: &RawRow, column: usize) -> bool {
        let unnamed = self.part.header.get(column + 1).is_some_and(|h| h.starts_with("(column "));
        self.layout.footnotes && unnamed && !row.cell(column + 1).trim().is_empty()
    }

    fn item(&self, row: &RawRow, ordinal: u32, cell: u32, vintage: Option<&str>, outcome: Result<Vec<Observation>, Stop>) -> Item {
        match outcome {
            Ok(mut observations) => {
                if self.rulings.accept.contains(&(self.file, ordinal)) {
                    observations.iter_mut().for_each(|o| o.flags |= mask("decided"));
                }
                let raw = Raw { line: row.line, cells: self.part.raw(row) };
                Item { file: self.file, ordinal, cell, vintage: vintage.map(str::to_string), outcome: Ok(observations), raw }
            }
            Err(stop) => self.held(row, ordinal, cell, vintage, stop.rule, &stop.field, &stop.found, &stop.detail),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn held(
        &self,
        row: &RawRow,
        ordinal: u32,
        cell: u32,
        vintage: Option<&str>,
        rule: &str,
        field: &str,
        found: &str,
        detail: &str,
    ) -> Item {
        let cells = self.part.raw(row);
        let held = HeldRow {
            file: self.file,
            ordinal,
            line: row.line,
            cell,
            rule: rule.into(),
            field: field.into(),
            found: found.into(),
            detail: detail.into(),
            raw: cells.clone(),
        };
        Item {
            file: self.file,
            ordinal,
            cell,
            vintage: vintage.map(str::to_string),
            outcome: Err(held),
            raw: Raw { line: row.line, cells },
        }
    }
}

/// Why a row gives no observation.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    rule: &'static str,
    field: String,
    found: String,
    detail: String,
}

/// The flag of a row's status: `A` is a normal value, `P` a provisional one.
fn status_flag(status: &str, cell: &str) -> Result<u32, Stop> {
    match status {
        "A" => Ok(0),
        "P" => Ok(mask("provisional")),
        _ => Err(Stop { rule: "unknown-status", field: "status".into(), found: cell.into(), detail: String::new() }),
    }
}

fn observation_field_at(name: &str) -> usize {
    OBSERVATION_FIELDS.iter().position(|f| *f == name).unwrap_or(0)
}

/// The columns whose names are periods.
fn period_columns(pattern: &str, century: Option<[i32; 2]>, part: &Fitted) -> Result<Vec<PeriodColumn>, Problem> {
    let regex = Regex::new(pattern).map_err(|e| {
        Problem::new(
            "recipe",
            &part.place,
            both!("unpivot.columns is not a pattern ({e})", "unpivot.columns no es un patrón ({e})"),
            Both::default(),
        )
    })?;
    let year = |text: &str| -> Option<i32> {
        let number: i32 = text.parse().ok()?;
        Some(match century {
            // `hom90` .. `hom13`: below the pivot it is the later century.
            Some([pivot, base]) if number < 100 => {
                if number < pivot {
                    base + 100 + number
                } else {
                    base + number
                }
            }
            _ => number,
        })
    };
    Ok(part
        .header
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let group = regex.captures(name)?.get(1)?.as_str().to_string();
            Some(PeriodColumn { at, period: Period::year(year(&group)?)?, group })
        })
        .collect())
}

/// A text with `{Column}` filled in from the row: `{Column|otherwise}` says what stands for a blank
/// cell, `{@sheet}` is the name of the sheet.
fn filled(template: &str, part: &Fitted, row: &RawRow) -> String {
    if !template.contains('{') {
        return template.to_string();
    }
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else { break };
        let (name, otherwise) = name.split_once('|').unwrap_or((name, ""));
        let cell = if name == "@sheet" { part.name.as_str() } else { part.column(name).map_or("", |c| row.cell(c)) };
        let text = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        out.push_str(if text.is_empty() { otherwise } else { &text });
        rest = tail;
    }
    // A blank cell at the end of a template leaves no space behind.
    (out + rest).trim().to_string()
}

fn too_many_rows(place: &str) -> Problem {
    crate::format::refused(
        "too-many-rows",
        place,
        both!("more than {MAX_ROWS} rows in a table of series", "más de {MAX_ROWS} filas en una tabla de series"),
    )
}
