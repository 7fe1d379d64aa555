//! Intakes: one reading of a source, written in one transaction or not at all.

use atalaya_kernel::record::{Batch, OBSERVATION_FIELDS, RECORD_FIELDS, Row, Terms};
use atalaya_kernel::{Action, Both, Label, Problem, rule};
use rusqlite::{CachedStatement, Transaction, TransactionBehavior};
use serde::{Deserialize, Serialize};

use crate::merkle::{Merkle, hex};
use crate::raw::RawFile;
use crate::schema;
use crate::store::{Store, sql};

/// A file an intake read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeFile {
    /// SHA-256 of the raw file.
    pub sha256: String,
    /// The raw file's name.
    pub name: String,
    /// The member or sheet read; empty for a plain file.
    pub member: String,
    /// Which layout of the recipe fitted.
    pub layout: String,
    /// Rows read from it.
    pub rows: u64,
}

/// Rows by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows held for a decision.
    pub held: u64,
    /// Rows rejected with a reason.
    pub rejected: u64,
    /// Records or observations the accepted rows gave.
    pub items: u64,
}

/// What is known of an intake before its rows are written.
#[derive(Debug, Clone)]
pub struct NewIntake {
    /// The source.
    pub source: String,
    /// The vintage: a date, a report year, a release.
    pub vintage: String,
    /// `records`, `purchases` or `observations`.
    pub kind: String,
    /// `replace` or `extend`: whether an older vintage still stands where this one is silent.
    pub keeps: String,
    /// The recipe's text.
    pub recipe: String,
    /// The last decision in force.
    pub decisions: i64,
    /// The intake this one replays.
    pub supersedes: Option<i64>,
    /// When, RFC 3339.
    pub collected_at: String,
    /// Which desk or role.
    pub who: String,
    /// Program and version.
    pub program: String,
    /// Up to when the data count.
    pub cut_off: Option<String>,
    /// When the file was prepared by its producer.
    pub prepared: Option<String>,
    /// The label.
    pub label: Label,
    /// The raw files, in the order of [`NewIntake::files`]; repeated where a file has members.
    pub raw: Vec<RawFile>,
}

/// An intake as logged: the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake {
    /// Its number as it is seen, from 1 and without gaps.
    pub id: i64,
    /// Its number in the store; only the store reads it.
    #[serde(skip)]
    pub(crate) stored: i64,
    /// The source.
    pub source: String,
    /// The vintage.
    pub vintage: String,
    /// `records` or `observations`.
    pub kind: String,
    /// `replace` or `extend`.
    pub keeps: String,
    /// SHA-256 of the recipe's text.
    pub recipe: String,
    /// The last decision in force.
    pub decisions: i64,
    /// The intake this one replays.
    pub supersedes: Option<i64>,
    /// When, RFC 3339.
    pub collected_at: String,
    /// Which desk or role.
    pub who: String,
    /// Program and version.
    pub program: String,
    /// Up to when the data count.
    pub cut_off: Option<String>,
    /// When the file was prepared.
    pub prepared: Option<String>,
    /// The account.
    pub counts: Counts,
    /// First row id in `record` or `observation`.
    pub first_item: i64,
    /// Last row id, `first_item - 1` if none.
    pub last_item: i64,
    /// RFC 6962 root over the leaves of every row read.
    pub root: String,
    /// The label.
    pub label: Label,
    /// What a reader should know.
    pub notices: Vec<Both>,
    /// The files.
    pub files: Vec<IntakeFile>,
}

/// Writes one intake. Dropped without [`IntakeWriter::finish`], it leaves no trace.
pub struct IntakeWriter<'s> {
    transaction: Transaction<'s>,
    id: i64,
    next_item: i64,
    first_item: i64,
    counts: Counts,
    tree: Merkle,
    new: NewIntake,
}

impl Store {
    /// Begins an intake: takes the write lock and loads the dictionary.
    ///
    /// # Errors
    /// `busy`, `store`.
    pub fn begin_intake(&mut self, new: NewIntake) -> Result<(IntakeWriter<'_>, Terms), Problem> {
        let transaction = self.connection_mut().transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| sql(&e))?;
        let terms = load_terms(&transaction)?;
        let one = |query: &str| transaction.query_row(query, [], |r| r.get::<_, i64>(0)).map_err(|e| sql(&e));
        let id = one("SELECT coalesce(max(id), 0) + 1 FROM intake")?;
        let table = table_of(&new.kind);
        let next_item = one(&format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"))?;
        let writer =
            IntakeWriter { transaction, id, next_item, first_item: next_item, counts: Counts::default(), tree: Merkle::default(), new };
        Ok((writer, terms))
    }

    /// Every intake that may be seen, in order. All that is read from the store begins here.
    /// Outside the observatory they are numbered as if no other had ever been collected.
    ///
    /// # Errors
    /// `store`.
    pub fn intakes(&self) -> Result<Vec<Intake>, Problem> {
        let mut seen = self.every_intake()?;
        seen.retain(|i| self.clearance().sees(&i.label));
        if !self.clearance().inside {
            number_anew(&mut seen);
        }
        Ok(seen)
    }

    /// A number that changes with every intake, whoever may see it.
    ///
    /// # Errors
    /// `store`.
    pub fn stamp(&self) -> Result<i64, Problem> {
        let mut newest = self.connection().prepare_cached("SELECT coalesce(max(id), 0) FROM intake").map_err(|e| sql(&e))?;
        newest.query_row([], |r| r.get(0)).map_err(|e| sql(&e))
    }

    /// Every intake there is. For what writes; what is shown to somebody begins at `intakes`.
    pub(crate) fn every_intake(&self) -> Result<Vec<Intake>, Problem> {
        let mut statement = self
            .connection()
            .prepare(
                "SELECT id, source, vintage, kind, keeps, recipe, decisions, supersedes, collected_at, who, program, cut_off, prepared, \
                 read, accepted, held, rejected, items, first_item, last_item, root, label, notices FROM intake ORDER BY id",
            )
            .map_err(|e| sql(&e))?;
        let mut rows = statement.query([]).map_err(|e| sql(&e))?;
        let mut intakes = Vec::new();
        while let Some(row) = rows.next().map_err(|e| sql(&e))? {
            let mut intake = read_intake(row).map_err(|e| sql(&e))?;
            intake.files = self.files_of(intake.stored)?;
            intakes.push(intake);
        }
        Ok(intakes)
    }

    fn files_of(&self, intake: i64) -> Result<Vec<IntakeFile>, Problem> {
        let mut statement = self
            .connection()
            .prepare_cached("SELECT sha256, name, member, layout, rows FROM intake_file WHERE intake = ? ORDER BY position")
            .map_err(|e| sql(&e))?;
        let files = statement
            .query_map([intake], |r| {
                Ok(IntakeFile { sha256: r.get(0)?, name: r.get(1)?, member: r.get(2)?, layout: r.get(3)?, rows: r.get(4)? })
            })
            .map_err(|e| sql(&e))?;
        files.collect::<Result<_, _>>().map_err(|e| sql(&e))
    }

    /// The raw files of an intake, once each.
    ///
    /// # Errors
    /// `store`.
    pub fn raw_files_of(&self, intake: &Intake) -> Result<Vec<RawFile>, Problem> {
        let mut seen = std::collections::BTreeSet::new();
        let mut files = Vec::new();
        for file in intake.files.iter().filter(|f| seen.insert(f.sha256.clone())) {
            files.push(
                self.connection()
                    .query_row("SELECT sha256, bytes, name, origin, retrieved FROM raw_file WHERE sha256 = ?", [&file.sha256], |r| {
                        Ok(RawFile { sha256: r.get(0)?, bytes: r.get(1)?, name: r.get(2)?, origin: r.get(3)?, retrieved: r.get(4)? })
                    })
                    .map_err(|e| sql(&e))?,
            );
        }
        Ok(files)
    }

    /// The text of a recipe by its hash.
    ///
    /// # Errors
    /// `store`.
    pub fn recipe(&self, sha256: &str) -> Result<String, Problem> {
        self.connection().query_row("SELECT text FROM recipe WHERE sha256 = ?", [sha256], |r| r.get(0)).map_err(|e| sql(&e))
    }

    /// The dictionary.
    ///
    /// # Errors
    /// `store`.
    pub fn terms(&self) -> Result<Terms, Problem> {
        load_terms(self.connection())
    }
}

/// Numbers intakes from 1 without gaps; a replay of one that is not among them replays nothing.
fn number_anew(seen: &mut [Intake]) {
    let numbers: std::collections::BTreeMap<i64, i64> = seen.iter().map(|i| i.stored).zip(1..).collect();
    for intake in seen {
        intake.id = numbers.get(&intake.stored).copied().unwrap_or(0);
        intake.supersedes = intake.supersedes.and_then(|s| numbers.get(&s).copied());
    }
}

impl IntakeWriter<'_> {
    /// Writes a piece of the intake.
    ///
    /// # Errors
    /// `disk-full`, `store`.
    pub fn write(&mut self, batch: &Batch) -> Result<(), Problem> {
        let mut terms = self.transaction.prepare_cached("INSERT INTO term(id, text) VALUES (?,?)").map_err(|e| sql(&e))?;
        for (code, text) in &batch.terms {
            terms.execute((code, text)).map_err(|e| sql(&e))?;
        }
        drop(terms);
        if !batch.records.is_empty() {
            let mut insert = self.transaction.prepare_cached(&schema::insert("record", false, &RECORD_FIELDS)).map_err(|e| sql(&e))?;
            self.next_item = write_rows(&mut insert, &batch.records, self.next_item, self.id, false)?;
        }
        if !batch.observations.is_empty() {
            let mut insert =
                self.transaction.prepare_cached(&schema::insert("observation", true, &OBSERVATION_FIELDS)).map_err(|e| sql(&e))?;
            self.next_item = write_rows(&mut insert, &batch.observations, self.next_item, self.id, true)?;
        }
        self.write_held(batch)?;
        for leaf in &batch.leaves {
            self.tree.push(*leaf);
        }
        self.counts.read += batch.leaves.len() as u64;
        self.counts.items += (batch.records.len() + batch.observations.len()) as u64;
        Ok(())
    }

    fn write_held(&mut self, batch: &Batch) -> Result<(), Problem> {
        let mut insert = self
            .transaction
            .prepare_cached("INSERT INTO held(intake, file, ordinal, line, cell, status, rule, field, found, detail, raw) VALUES (?,?,?,?,?,?,?,?,?,?,?)")
            .map_err(|e| sql(&e))?;
        for row in &batch.held {
            let rejected = rule::rule(&row.rule).is_some_and(|r| r.action == Action::Reject);
            let raw = serde_json::to_string(&row.raw).unwrap_or_default();
            let status = if rejected { "rejected" } else { "held" };
            insert
                .execute(rusqlite::params![
                    self.id,
                    row.file,
                    row.ordinal,
                    row.line,
                    row.cell,
                    status,
                    row.rule,
                    row.field,
                    row.found,
                    row.detail,
                    raw
                ])
                .map_err(|e| sql(&e))?;
            if rejected {
                self.counts.rejected += 1;
            } else {
                self.counts.held += 1;
            }
        }
        Ok(())
    }

    /// Commits: from here on the intake exists. `files` in the order rows were numbered.
    ///
    /// # Errors
    /// `disk-full`, `store`.
    pub fn finish(mut self, files: Vec<IntakeFile>, notices: Vec<Both>) -> Result<Intake, Problem> {
        self.counts.accepted = self.counts.read - self.counts.held - self.counts.rejected;
        let recipe_sha = sha256_text(&self.new.recipe);
        let new = &self.new;
        let run = |statement: &str, values: &[&dyn rusqlite::ToSql]| self.transaction.execute(statement, values).map_err(|e| sql(&e));
        run("INSERT OR IGNORE INTO recipe(sha256, text) VALUES (?,?)", &[&recipe_sha, &new.recipe])?;
        for raw in &new.raw {
            run(
                "INSERT OR IGNORE INTO raw_file(sha256, bytes, name, origin, retrieved) VALUES (?,?,?,?,?)",
                &[&raw.sha256, &raw.bytes, &raw.name, &raw.origin, &raw.retrieved],
            )?;
        }
        let intake = Intake {
            id: self.id,
            stored: self.id,
            source: new.source.clone(),
            vintage: new.vintage.clone(),
            kind: new.kind.clone(),
            keeps: new.keeps.clone(),
            recipe: recipe_sha,
            decisions: new.decisions,
            supersedes: new.supersedes,
            collected_at: new.collected_at.clone(),
            who: new.who.clone(),
            program: new.program.clone(),
            cut_off: new.cut_off.clone(),
            prepared: new.prepared.clone(),
            counts: self.counts,
            first_item: self.first_item,
            last_item: self.next_item - 1,
            root: hex(&self.tree.root()),
            label: new.label.clone(),
            notices,
            files,
        };
        insert_intake(&self.transaction, &intake)?;
        self.transaction.commit().map_err(|e| sql(&e))?;
        Ok(intake)
    }
}

fn insert_intake(transaction: &Transaction<'_>, i: &Intake) -> Result<(), Problem> {
    let (label, notices) = (serde_json::to_string(&i.label).unwrap_or_default(), serde_json::to_string(&i.notices).unwrap_or_default());
    transaction
        .execute(
            "INSERT INTO intake VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            rusqlite::params![
                i.id,
                i.source,
                i.vintage,
                i.kind,
                i.keeps,
                i.recipe,
                i.decisions,
                i.supersedes,
                i.collected_at,
                i.who,
                i.program,
                i.cut_off,
                i.prepared,
                i.counts.read,
                i.counts.accepted,
                i.counts.held,
                i.counts.rejected,
                i.counts.items,
                i.first_item,
                i.last_item,
                i.root,
                label,
                notices
            ],
        )
        .map_err(|e| sql(&e))?;
    for (position, file) in i.files.iter().enumerate() {
        transaction
            .execute(
                "INSERT INTO intake_file VALUES (?,?,?,?,?,?,?)",
                rusqlite::params![i.id, position as i64, file.sha256, file.name, file.member, file.layout, file.rows],
            )
            .map_err(|e| sql(&e))?;
    }
    Ok(())
}

fn read_intake(r: &rusqlite::Row<'_>) -> rusqlite::Result<Intake> {
    let json = |at: usize, e: serde_json::Error| rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, Box::new(e));
    let (label, notices): (String, String) = (r.get(21)?, r.get(22)?);
    Ok(Intake {
        id: r.get(0)?,
        stored: r.get(0)?,
        source: r.get(1)?,
        vintage: r.get(2)?,
        kind: r.get(3)?,
        keeps: r.get(4)?,
        recipe: r.get(5)?,
        decisions: r.get(6)?,
        supersedes: r.get(7)?,
        collected_at: r.get(8)?,
        who: r.get(9)?,
        program: r.get(10)?,
        cut_off: r.get(11)?,
        prepared: r.get(12)?,
        counts: Counts { read: r.get(13)?, accepted: r.get(14)?, held: r.get(15)?, rejected: r.get(16)?, items: r.get(17)? },
        first_item: r.get(18)?,
        last_item: r.get(19)?,
        root: r.get(20)?,
        label: serde_json::from_str(&label).map_err(|e| json(21, e))?,
        notices: serde_json::from_str(&notices).map_err(|e| json(22, e))?,
        files: Vec::new(),
    })
}

fn write_rows<const W: usize>(
    insert: &mut CachedStatement<'_>,
    rows: &[Row<W>],
    mut id: i64,
    intake: i64,
    with_cell: bool,
) -> Result<i64, Problem> {
    for row in rows {
        let mut at = 0;
        let mut bind = |value: Option<i64>| {
            at += 1;
            insert.raw_bind_parameter(at, value)
        };
        let day = (row.day != atalaya_kernel::record::NO_DAY).then_some(i64::from(row.day));
        let head = [Some(id), Some(intake), Some(i64::from(row.file)), Some(i64::from(row.ordinal))];
        let tail = [day, Some(i64::from(row.precision)), Some(i64::from(row.flags))];
        let cell = with_cell.then_some(Some(i64::from(row.cell)));
        for value in head.into_iter().chain(cell).chain(tail).chain(row.codes.iter().map(|c| Some(i64::from(*c)))) {
            bind(value).map_err(|e| sql(&e))?;
        }
        insert.raw_execute().map_err(|e| sql(&e))?;
        id += 1;
    }
    Ok(id)
}

/// The table a kind of intake writes to.
pub(crate) fn table_of(kind: &str) -> &'static str {
    if kind == "observations" { "observation" } else { "record" }
}

fn load_terms(connection: &rusqlite::Connection) -> Result<Terms, Problem> {
    let mut statement = connection.prepare("SELECT text FROM term ORDER BY id").map_err(|e| sql(&e))?;
    let texts = statement.query_map([], |r| r.get::<_, String>(0)).map_err(|e| sql(&e))?;
    Ok(Terms::load(texts.collect::<Result<Vec<_>, _>>().map_err(|e| sql(&e))?))
}

/// SHA-256 of a text, in hexadecimal.
pub fn sha256_text(text: &str) -> String {
    sha256_bytes(text.as_bytes())
}

/// The SHA-256 of bytes, in hexadecimal digits.
pub fn sha256_bytes(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex(&sha2::Sha256::digest(bytes))
}
