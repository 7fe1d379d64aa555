//! Derive the whole store again from raw files, recipes and the journal.

use std::fs;
use std::path::Path;

use atalaya_kernel::record::{Batch, Terms};
use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_sources::Recipe;
use atalaya_sources::map::{Context, MemberRead, Slice, read};
use atalaya_store::{Decision, Entry, Intake, Journal, Merkle, NewDecision, RawFile, RawStore, Store, hex};
use serde::{Deserialize, Serialize};

use super::Say;
use super::verify::{Check, rows_check};
use crate::Observatory;
use crate::observatory::{Caller, read_config};
use crate::reading::{Job, read_file, rulings};
use crate::source::with_renames;

/// What was rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rebuilt {
    /// Intakes derived again.
    pub intakes: usize,
    /// Decisions logged again.
    pub decisions: usize,
    /// The snapshot root of the journal's receipts.
    pub expected: String,
    /// The snapshot root of what came out.
    pub snapshot: String,
    /// Where the old store lies now, if there was one.
    pub old: Option<String>,
}

/// Derives the store of the observatory at `root` again, beside the old one, and puts it in its
/// place only when it is complete.
///
/// # Errors
/// `journal-damaged`, `raw-missing`, `raw-damaged`, and those of reading; the old store stays.
pub fn rebuild(root: &Path, caller: &mut Caller<'_>) -> Result<Rebuilt, Problem> {
    let config = read_config(root)?;
    let entries = Journal::at(root).read()?;
    let folder = root.join("rebuild");
    let failed = |e: std::io::Error| Problem::io(folder.display().to_string(), &e);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(failed)?;
    let raw = RawStore::at(root);
    let mut store = Store::create(&folder)?;
    let (mut intakes, mut decisions) = (0, 0);
    for entry in &entries {
        match entry {
            Entry::Decision(d) => {
                let Decision { decided_at, who, why, source, body, .. } = d.clone();
                store.decide(NewDecision { decided_at, who, why, source, body })?;
                decisions += 1;
            }
            Entry::Intake { intake, raw: files } => {
                intakes += 1;
                let Some(file) = files.first() else { continue };
                // A file with several vintages was read once and gave them all.
                if store.last_intake()? < intake.id {
                    again(&mut store, &raw, intake, file, caller)?;
                }
            }
        }
    }
    let observatory = Observatory::with_store(root, config, store);
    let snapshot = observatory.store().snapshot(None)?;
    let expected = snapshot_of(&entries);
    drop(observatory);
    let old = swap(root, &folder, &caller.now)?;
    Ok(Rebuilt { intakes, decisions, expected, snapshot, old })
}

/// Reads a file again as its receipt says.
fn again(store: &mut Store, raw: &RawStore, intake: &Intake, file: &RawFile, caller: &mut Caller<'_>) -> Result<(), Problem> {
    raw.check(&file.sha256)?;
    let text = fs::read_to_string(raw.path(&intake.recipe)).map_err(|e| Problem::io(raw.path(&intake.recipe).display().to_string(), &e))?;
    let decisions = store.decisions_in_force(&intake.source, Some(intake.decisions))?;
    let recipe = with_renames(Recipe::parse(&text, &intake.source)?, &decisions);
    let replays = store
        .visible_of(&intake.source)?
        .into_iter()
        .filter(|i| i.files.iter().any(|f| f.sha256 == file.sha256))
        .map(|i| (i.vintage, i.id))
        .collect();
    let path = raw.path(&file.sha256);
    let job = Job {
        recipe: &recipe,
        text: &text,
        decisions: &decisions,
        decided: intake.decisions,
        raw: file.clone(),
        path: &path,
        now: &intake.collected_at,
        who: &intake.who,
        program: &intake.program,
        replays,
    };
    read_file(store, &job, caller.progress)?;
    Ok(())
}

fn snapshot_of(entries: &[Entry]) -> String {
    let mut tree = Merkle::default();
    for entry in entries {
        if let Entry::Intake { intake, .. } = entry {
            tree.push(intake.leaf());
        }
    }
    hex(&tree.root())
}

/// Puts the new store in the old one's place; the old one is kept aside.
fn swap(root: &Path, folder: &Path, now: &str) -> Result<Option<String>, Problem> {
    let failed = |e: std::io::Error| Problem::io(root.display().to_string(), &e);
    let current = root.join(Store::FILE);
    let mut old = None;
    if current.exists() {
        let stamp: String = now.chars().filter(char::is_ascii_digit).collect();
        let aside = root.join(format!("store-before-{stamp}.sqlite"));
        fs::rename(&current, &aside).map_err(failed)?;
        old = Some(aside.display().to_string());
    }
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(root.join(format!("{}{suffix}", Store::FILE)));
    }
    fs::rename(folder.join(Store::FILE), &current).map_err(failed)?;
    let _ = fs::remove_dir_all(folder);
    Ok(old)
}

/// Reads an intake's file again without writing, and compares the root of its rows.
pub(super) fn reread(observatory: &Observatory, intake: &Intake, caller: &mut Caller<'_>) -> Result<Check, Problem> {
    let store = observatory.store();
    let Some(file) = intake.files.first() else { return Ok(rows_check(intake, Ok(intake.root.clone()))) };
    if let Err(problem) = store.raw().check(&file.sha256) {
        return Ok(rows_check(intake, Err(problem)));
    }
    let decisions = store.decisions_in_force(&intake.source, Some(intake.decisions))?;
    let recipe = with_renames(Recipe::parse(&store.recipe(&intake.recipe)?, &intake.source)?, &decisions);
    let rulings = rulings(&decisions, &file.sha256);
    let mut roots = Roots { wanted: intake.vintage.clone(), day: intake.collected_at.get(..10).unwrap_or("").into(), ..Roots::default() };
    let mut report = |rows| caller.progress.at(&file.name, rows);
    let mut context = Context { recipe: &recipe, rulings: &rulings, progress: &mut report };
    let outcome = read(&mut context, &store.raw().path(&file.sha256), &file.name, &mut roots);
    caller.progress.done(&file.name);
    Ok(rows_check(intake, outcome.map(|_| hex(&roots.tree.root()))))
}

/// Takes rows only to compute the root of one vintage.
#[derive(Default)]
struct Roots {
    wanted: String,
    day: String,
    counting: bool,
    tree: Merkle,
}

impl Slice for Roots {
    fn begin(&mut self, vintage: Option<&str>) -> Result<Terms, Problem> {
        self.counting = vintage.unwrap_or(&self.day) == self.wanted;
        Ok(Terms::default())
    }

    fn batch(&mut self, batch: Batch) -> Result<(), Problem> {
        if self.counting {
            batch.leaves.iter().for_each(|leaf| self.tree.push(*leaf));
        }
        Ok(())
    }

    fn end(&mut self, _members: Vec<MemberRead>, _notices: Vec<Both>) -> Result<(), Problem> {
        Ok(())
    }
}

impl Say for Rebuilt {
    fn say(&self, lang: Lang) -> String {
        let (intakes, decisions, root) = (self.intakes, self.decisions, self.snapshot.get(..16).unwrap_or(""));
        let same = self.snapshot == self.expected;
        let head = both!(
            "{intakes} intakes and {decisions} decisions derived again; snapshot {root}",
            "{intakes} lecturas y {decisions} decisiones derivadas de nuevo; instantánea {root}"
        );
        let verdict = if same {
            Both::new("the same snapshot root as the journal's receipts", "la misma raíz que los recibos del diario")
        } else {
            Both::new(
                "NOT the root of the journal's receipts: program or lists have changed since",
                "NO es la raíz de los recibos del diario: el programa o las listas han cambiado desde entonces",
            )
        };
        format!("{}\n{}\n", head.in_lang(lang), verdict.in_lang(lang))
    }

    fn is_no(&self) -> bool {
        self.snapshot != self.expected
    }
}
