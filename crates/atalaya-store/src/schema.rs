//! The tables, as SQL. Integers point into `term`; the views read as text in any SQLite client.

use atalaya_kernel::record::{OBSERVATION_FIELDS, RECORD_FIELDS};

/// Marks the file as ours: "ATLY".
pub const APPLICATION_ID: i32 = 0x4154_4c59;
/// The version of this schema.
pub const VERSION: i32 = 1;

const FIXED: &str = "
CREATE TABLE term(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE recipe(sha256 TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE raw_file(sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL, name TEXT NOT NULL, origin TEXT NOT NULL, retrieved TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE intake(
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, vintage TEXT NOT NULL, kind TEXT NOT NULL, keeps TEXT NOT NULL,
  recipe TEXT NOT NULL REFERENCES recipe(sha256), decisions INTEGER NOT NULL, supersedes INTEGER,
  collected_at TEXT NOT NULL, who TEXT NOT NULL, program TEXT NOT NULL, cut_off TEXT, prepared TEXT,
  read INTEGER NOT NULL, accepted INTEGER NOT NULL, held INTEGER NOT NULL, rejected INTEGER NOT NULL, items INTEGER NOT NULL,
  first_item INTEGER NOT NULL, last_item INTEGER NOT NULL, root TEXT NOT NULL, label TEXT NOT NULL, notices TEXT NOT NULL,
  CHECK (read = accepted + held + rejected));
CREATE INDEX intake_source ON intake(source);
CREATE TABLE intake_file(
  intake INTEGER NOT NULL REFERENCES intake(id), position INTEGER NOT NULL, sha256 TEXT NOT NULL REFERENCES raw_file(sha256),
  name TEXT NOT NULL, member TEXT NOT NULL, layout TEXT NOT NULL, rows INTEGER NOT NULL, PRIMARY KEY(intake, position)) WITHOUT ROWID;
CREATE TABLE held(
  id INTEGER PRIMARY KEY, intake INTEGER NOT NULL, file INTEGER NOT NULL, ordinal INTEGER NOT NULL, line INTEGER NOT NULL,
  cell INTEGER NOT NULL, status TEXT NOT NULL, rule TEXT NOT NULL, field TEXT NOT NULL, found TEXT NOT NULL, detail TEXT NOT NULL, raw TEXT NOT NULL);
CREATE INDEX held_intake ON held(intake, rule);
CREATE TABLE decision(
  id INTEGER PRIMARY KEY, decided_at TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, source TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE figure(id TEXT PRIMARY KEY, query TEXT NOT NULL, as_of INTEGER NOT NULL, snapshot TEXT NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
";

/// As whom a figure was computed; absent for the owner.
pub const FIGURE_VIEW: &str = "CREATE TABLE IF NOT EXISTS figure_view(id TEXT PRIMARY KEY, clearance TEXT NOT NULL) WITHOUT ROWID;";

/// The last link decision a figure counts; absent where it counts none.
pub const FIGURE_LINKS: &str = "CREATE TABLE IF NOT EXISTS figure_links(id TEXT PRIMARY KEY, decision INTEGER NOT NULL) WITHOUT ROWID;";

/// Tables nothing is ever updated in or deleted from.
const APPEND_ONLY: [&str; 9] = ["term", "recipe", "raw_file", "intake", "intake_file", "held", "decision", "record", "observation"];

/// All statements that make an empty store.
pub fn create() -> String {
    let mut sql = String::from(FIXED);
    sql += FIGURE_VIEW;
    sql += FIGURE_LINKS;
    sql += &coded_table("record", "", &RECORD_FIELDS);
    sql += &coded_table("observation", "cell INTEGER NOT NULL, ", &OBSERVATION_FIELDS);
    sql += &view("records", "record", "", &RECORD_FIELDS);
    sql += &view("observations", "observation", "r.cell, ", &OBSERVATION_FIELDS);
    for table in APPEND_ONLY {
        for verb in ["UPDATE", "DELETE"] {
            sql += &format!(
                "CREATE TRIGGER {table}_no_{} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n",
                verb.to_lowercase()
            );
        }
    }
    sql += &format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};\n");
    sql
}

fn coded_table(name: &str, extra: &str, fields: &[&str]) -> String {
    let columns: Vec<String> = fields.iter().map(|f| format!("{f} INTEGER NOT NULL")).collect();
    format!(
        "CREATE TABLE {name}(id INTEGER PRIMARY KEY, intake INTEGER NOT NULL, file INTEGER NOT NULL, ordinal INTEGER NOT NULL, {extra}\
         day INTEGER, precision INTEGER NOT NULL, flags INTEGER NOT NULL, {});\n",
        columns.join(", ")
    )
}

fn view(name: &str, table: &str, extra: &str, fields: &[&str]) -> String {
    let columns: Vec<String> = fields.iter().map(|f| format!("(SELECT text FROM term WHERE id = r.{f}) AS {f}")).collect();
    format!(
        "CREATE VIEW {name} AS SELECT r.id, i.source, i.vintage, r.intake, f.sha256 AS file_sha256, r.ordinal, {extra}\
         date(r.day * 86400, 'unixepoch') AS first_day, \
         CASE r.precision WHEN 0 THEN 'day' WHEN 1 THEN 'month' WHEN 2 THEN 'quarter' WHEN 3 THEN 'year' ELSE 'fiscal-year' END AS precision, \
         r.flags, {} FROM {table} r JOIN intake i ON i.id = r.intake JOIN intake_file f ON f.intake = r.intake AND f.position = r.file;\n",
        columns.join(", ")
    )
}

/// `INSERT` for one row of a coded table.
pub fn insert(table: &str, with_cell: bool, fields: &[&str]) -> String {
    let cell = if with_cell { "cell, " } else { "" };
    let count = 7 + usize::from(with_cell) + fields.len();
    let marks = vec!["?"; count].join(",");
    format!("INSERT INTO {table}(id, intake, file, ordinal, {cell}day, precision, flags, {}) VALUES ({marks})", fields.join(", "))
}
