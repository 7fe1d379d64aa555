//! Reading coded rows back: into the cube, and into lists of observations.

use std::sync::Arc;

use atalaya_kernel::Problem;
use atalaya_kernel::record::{NO_DAY, OBSERVATION_FIELDS, RECORD_FIELDS, RECORD_WIDTH, Record, Row, Terms};
use rusqlite::types::ValueRef;

use crate::Intake;
use crate::cube::{Cube, CubeBuilder};
use crate::observations::Observations;
use crate::store::{Store, sql};

impl Store {
    /// Loads the records of these intakes. O(records) time, about 45 bytes of memory a record.
    ///
    /// # Errors
    /// `store`.
    pub fn cube(&self, intakes: &[Intake]) -> Result<Cube, Problem> {
        self.cube_with(self.terms()?, intakes)
    }

    /// The same with a dictionary read before, which must be as new as the intakes.
    ///
    /// # Errors
    /// `store`.
    pub fn cube_with(&self, terms: Terms, intakes: &[Intake]) -> Result<Cube, Problem> {
        let mut builder = CubeBuilder::new(terms);
        for intake in intakes.iter().filter(|i| i.kind != "observations") {
            let source = builder.terms().code(&intake.source);
            let number = u32::try_from(intake.id).unwrap_or(u32::MAX);
            self.each_record(intake, |record| builder.push(record, source, number))?;
        }
        Ok(builder.finish())
    }

    /// Calls `f` with every record of an intake, in order.
    ///
    /// # Errors
    /// `store`.
    pub fn each_record(&self, intake: &Intake, mut f: impl FnMut(&Record)) -> Result<(), Problem> {
        let query =
            format!("SELECT file, ordinal, 0, day, precision, flags, {} FROM record WHERE id BETWEEN ? AND ?", RECORD_FIELDS.join(", "));
        self.each_row::<RECORD_WIDTH>(&query, intake, |row| f(row))
    }

    /// Loads the observations of these intakes, each with its intake's position in the list.
    ///
    /// # Errors
    /// `store`.
    pub fn observations(&self, intakes: &[Intake]) -> Result<Observations, Problem> {
        self.observations_with(Arc::new(self.terms()?), intakes)
    }

    /// The same with a dictionary read before, which must be as new as the intakes.
    ///
    /// # Errors
    /// `store`.
    pub fn observations_with(&self, terms: Arc<Terms>, intakes: &[Intake]) -> Result<Observations, Problem> {
        let query = format!(
            "SELECT file, ordinal, cell, day, precision, flags, {} FROM observation WHERE id BETWEEN ? AND ?",
            OBSERVATION_FIELDS.join(", ")
        );
        let mut rows = Vec::new();
        for (at, intake) in intakes.iter().enumerate().filter(|(_, i)| i.kind == "observations") {
            self.each_row(&query, intake, |row| rows.push((at, *row)))?;
        }
        Ok(Observations::new(terms, intakes.to_vec(), rows))
    }

    fn each_row<const W: usize>(&self, query: &str, intake: &Intake, mut f: impl FnMut(&Row<W>)) -> Result<(), Problem> {
        let mut statement = self.connection().prepare_cached(query).map_err(|e| sql(&e))?;
        let mut rows = statement.query((intake.first_item, intake.last_item)).map_err(|e| sql(&e))?;
        while let Some(row) = rows.next().map_err(|e| sql(&e))? {
            let number = |at: usize| -> Result<i64, Problem> {
                match row.get_ref(at).map_err(|e| sql(&e))? {
                    ValueRef::Integer(n) => Ok(n),
                    _ => Ok(i64::from(NO_DAY)),
                }
            };
            let mut codes = [0; W];
            for (at, code) in codes.iter_mut().enumerate() {
                *code = number(6 + at)? as u32;
            }
            f(&Row {
                file: number(0)? as u32,
                ordinal: number(1)? as u32,
                cell: number(2)? as u32,
                day: number(3)? as i32,
                precision: number(4)? as u8,
                flags: number(5)? as u32,
                codes,
            });
        }
        Ok(())
    }
}
