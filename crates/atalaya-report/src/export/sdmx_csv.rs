//! SDMX-CSV 2.0, and `NAME.structure.json` beside it: SDMX-JSON 2.1. See [`crate::sdmx`].

use atalaya_kernel::{Lang, Problem};

use super::csv::lines;
use super::{Piece, json_file, sibling};
use crate::sdmx::{dataflow, message, observe};
use crate::table::Table;

/// `NAME.csv` and `NAME.structure.json`.
pub(super) fn make(table: &Table, _: Lang, name: &str) -> Result<Vec<Piece>, Problem> {
    let observed = observe(table)?;
    // R, replace: what the file says of an observation is all there is to say.
    let flow = dataflow(table);
    let fixed = ["dataflow".to_string(), flow, "R".to_string()];
    let header = ["STRUCTURE", "STRUCTURE_ID", "ACTION"].map(String::from).into_iter();
    let header = header.chain(observed.components.iter().map(|c| c.id.clone())).collect();
    let rows = observed.rows.iter().map(|row| fixed.iter().chain(row).cloned().collect());
    let bytes = lines(std::iter::once(header).chain(rows))?;
    let structure = json_file(&sibling(name, "structure.json"), &message(table, &observed))?;
    Ok(vec![Piece { name: name.into(), bytes }, structure])
}
