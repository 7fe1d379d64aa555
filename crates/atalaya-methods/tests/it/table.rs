//! A small reader for the CSV files of the tests: a table of text, with columns by name.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A file of the shared development data, or `None` after saying that it is skipped.
pub fn shared(name: &str) -> Option<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = here.ancestors().map(|folder| folder.join("shared").join(name)).find(|p| p.exists());
    if found.is_none() {
        println!("SKIPPED: ../shared/{name} is not present");
    }
    found
}

/// A CSV file: columns of text by name.
pub struct Table {
    pub rows: usize,
    columns: BTreeMap<String, Vec<String>>,
}

impl Table {
    /// A file of `../shared/data/causal`, by name without extension.
    pub fn causal(name: &str) -> Option<Table> {
        Some(Table::parse(&std::fs::read_to_string(shared(&format!("data/causal/{name}.csv"))?).unwrap()))
    }

    /// A table from text with a line of names.
    pub fn parse(text: &str) -> Table {
        let mut lines = text.lines().filter(|l| !l.is_empty()).map(split);
        let names = lines.next().unwrap();
        let mut columns = vec![Vec::new(); names.len()];
        let mut rows = 0;
        for line in lines {
            rows += 1;
            line.into_iter().zip(&mut columns).for_each(|(cell, column)| column.push(cell));
        }
        Table { rows, columns: names.into_iter().zip(columns).collect() }
    }

    /// A column as text.
    pub fn text(&self, name: &str) -> &[String] {
        self.columns.get(name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// A column as numbers; what is no number is NaN. TRUE and FALSE are 1 and 0.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        let number = |t: &String| match t.as_str() {
            "TRUE" => 1.0,
            "FALSE" => 0.0,
            t => t.parse().unwrap_or(f64::NAN),
        };
        self.text(name).iter().map(number).collect()
    }

    /// A column as whole numbers.
    pub fn whole(&self, name: &str) -> Vec<i64> {
        self.numbers(name).iter().map(|x| *x as i64).collect()
    }

    /// Each distinct text of a column as a number, in the order of the texts.
    pub fn codes(&self, name: &str) -> Vec<u32> {
        let column = self.text(name);
        let order: BTreeMap<&String, u32> = column.iter().map(|t| (t, 0)).collect::<BTreeMap<_, _>>();
        let order: BTreeMap<&String, u32> = order.into_keys().zip(0..).collect();
        column.iter().map(|t| order[t]).collect()
    }

    /// Only the rows that pass.
    pub fn filter(&self, keep: impl Fn(usize) -> bool) -> Table {
        let kept: Vec<usize> = (0..self.rows).filter(|i| keep(*i)).collect();
        let pick = |column: &Vec<String>| kept.iter().map(|&i| column[i].clone()).collect();
        Table { rows: kept.len(), columns: self.columns.iter().map(|(name, column)| (name.clone(), pick(column))).collect() }
    }
}

/// The cells of a line; a comma within quotation marks separates nothing.
fn split(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.trim_end_matches('\r').chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}
