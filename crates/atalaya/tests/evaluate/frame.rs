//! Third-party tables beside the repository, with columns made of others as a user would make them.

use std::path::PathBuf;

use atalaya::evaluate::Data;

/// Columns of text by name.
#[derive(Clone)]
pub struct Frame {
    names: Vec<String>,
    columns: Vec<Vec<String>>,
}

impl Frame {
    /// A CSV file under `../shared`, or `None` with a loud reason.
    pub fn shared(name: &str) -> Option<Frame> {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let found = here.ancestors().map(|folder| folder.join("shared").join(name)).find(|p| p.exists());
        let Some(path) = found else {
            println!("SKIPPED: ../shared/{name} is not present");
            return None;
        };
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines = text.lines().filter(|l| !l.is_empty()).map(split);
        let names = lines.next().unwrap();
        let mut columns = vec![Vec::new(); names.len()];
        for line in lines {
            line.into_iter().zip(&mut columns).for_each(|(cell, column)| column.push(cell));
        }
        Some(Frame { names, columns })
    }

    /// A data set of `../shared/data/causal`.
    pub fn causal(name: &str) -> Option<Frame> {
        Frame::shared(&format!("data/causal/{name}.csv"))
    }

    pub fn of(names: &[&str], columns: Vec<Vec<String>>) -> Frame {
        Frame { names: names.iter().map(|n| (*n).to_string()).collect(), columns }
    }

    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    pub fn text(&self, name: &str) -> &[String] {
        let at = self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name}"));
        &self.columns[at]
    }

    /// A column as numbers; what is no number is NaN.
    pub fn numbers(&self, name: &str) -> Vec<f64> {
        let number = |t: &String| match t.as_str() {
            "TRUE" => 1.0,
            "FALSE" => 0.0,
            t => t.parse().unwrap_or(f64::NAN),
        };
        self.text(name).iter().map(number).collect()
    }

    /// A column more, made of numbers.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "columns are made to be passed")]
    pub fn with(mut self, name: &str, values: Vec<f64>) -> Frame {
        self.names.push(name.into());
        self.columns.push(values.iter().map(f64::to_string).collect());
        self
    }

    /// The logarithm of a column, as `log(NAME)`.
    #[must_use]
    pub fn log(self, name: &str) -> Frame {
        let values = self.numbers(name).iter().map(|v| v.ln()).collect();
        self.with(&format!("log({name})"), values)
    }

    /// Only the rows that pass.
    #[must_use]
    pub fn filter(self, keep: impl Fn(usize) -> bool) -> Frame {
        let pick = |c: Vec<String>| c.into_iter().enumerate().filter(|(i, _)| keep(*i)).map(|(_, t)| t).collect();
        Frame { names: self.names, columns: self.columns.into_iter().map(pick).collect() }
    }

    pub fn data(&self) -> Data {
        Data::of_columns("reference", self.names.clone(), self.columns.clone()).unwrap()
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
