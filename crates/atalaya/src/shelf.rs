//! What the open handles of one observatory share: rows in memory, parsed recipes, and figures on
//! their way to the store. Nothing is computed while it is locked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use atalaya_kernel::Clearance;
use atalaya_kernel::record::Terms;
use atalaya_sources::Recipe;
use atalaya_store::{Figure, Intake, LinkLog, Observations};

use crate::evaluate::finding::Finding;
use crate::events::Events;
use crate::link::Linkage;
use crate::observatory::Eye;
use crate::routes::make::Worked;
use crate::vintages::{Compared, Vintages};

/// Eyes kept: those of the clearances in use, and a few looks back in time. Each holds all rows
/// that its clearance sees (45 bytes a record), so this bounds the memory of a server.
const EYES: usize = 6;
/// Rows of vintages kept, in all: 110 bytes each.
const VINTAGE_ROWS: usize = 600_000;
/// Sources whose vintages are kept compared.
const COMPARED: usize = 256;
/// Recipes kept parsed.
const RECIPES: usize = 256;
/// States of link decisions kept resolved: those of the clearances in use, and a few looks back.
const LINKED: usize = 12;
/// Findings kept: every design, for the clearances in use.
const FINDINGS: usize = 64;
/// Figures that may wait to be written; past it they are refused as if the store were busy.
const WAITING: usize = 400_000;

/// The intakes one clearance sees, as of one state of the store.
#[derive(Debug)]
pub struct Standing {
    /// The state: [`atalaya_store::Store::stamp`].
    pub stamp: i64,
    /// What may be seen, in order.
    pub intakes: Vec<Intake>,
    /// The snapshot root over them.
    pub snapshot: Arc<str>,
}

/// What a log of link decisions depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogOf {
    pub clearance: Clearance,
    pub intakes: i64,
    pub decisions: i64,
}

/// What events depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventsOf {
    pub clearance: Clearance,
    pub snapshot: Arc<str>,
    pub upto: i64,
    pub root: String,
    pub decisions: i64,
}

/// What an atlas depends on. Whose rows may leave one by one plays a part in what is linked, so the
/// clearance is part of it beside the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AtlasOf {
    pub clearance: Clearance,
    pub snapshot: Arc<str>,
    pub links: String,
    pub question: String,
}

/// What a finding depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FindingOf {
    pub id: String,
    pub clearance: Clearance,
    pub snapshot: Arc<str>,
    pub hash: String,
    pub registrations: Vec<(u64, String)>,
    pub beside: Vec<(String, String)>,
}

/// Shared by every handle of an observatory in this process.
#[derive(Default)]
pub struct Shelf {
    standings: Mutex<BTreeMap<Clearance, Arc<Standing>>>,
    eyes: Mutex<VecDeque<Eye>>,
    loading: Mutex<()>,
    recipes: Mutex<BTreeMap<String, Arc<Recipe>>>,
    terms: Mutex<Option<(i64, Arc<Terms>)>>,
    vintages: Mutex<VecDeque<Vintages>>,
    compared: Mutex<VecDeque<Arc<Compared>>>,
    links: Mutex<VecDeque<(LogOf, Arc<LinkLog>)>>,
    events: Mutex<VecDeque<(EventsOf, Arc<Events>)>>,
    linkages: Mutex<VecDeque<(LinkageOf, Arc<Linkage>)>>,
    atlases: Mutex<VecDeque<(AtlasOf, Arc<Worked>)>>,
    findings: Mutex<VecDeque<(FindingOf, Arc<Finding>)>>,
    waiting: Mutex<Option<BTreeMap<String, (Figure, Clearance)>>>,
}

/// What proposals depend on: the snapshot, the intakes whose rows may be shown, and the engine.
pub(crate) type LinkageOf = (String, Vec<i64>, String);

/// What is kept under a key.
fn found<K: PartialEq, V>(kept: &Mutex<VecDeque<(K, Arc<V>)>>, key: &K) -> Option<Arc<V>> {
    open(kept).iter().find(|(of, _)| of == key).map(|(_, value)| Arc::clone(value))
}

/// Keeps a value; the oldest gives way.
fn keep<K, V>(kept: &Mutex<VecDeque<(K, Arc<V>)>>, key: K, value: &Arc<V>) {
    let mut kept = open(kept);
    kept.push_back((key, Arc::clone(value)));
    if kept.len() > LINKED {
        kept.pop_front();
    }
}

// A panic elsewhere leaves no half-made value behind: each is put in its place whole.
fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shelf {
    /// What a clearance sees, if it is known for this state of the store.
    pub(crate) fn standing(&self, clearance: &Clearance, stamp: i64) -> Option<Arc<Standing>> {
        open(&self.standings).get(clearance).filter(|s| s.stamp == stamp).cloned()
    }

    pub(crate) fn put_standing(&self, clearance: &Clearance, standing: &Arc<Standing>) {
        open(&self.standings).insert(clearance.clone(), Arc::clone(standing));
    }

    /// The rows under a snapshot, if they are in memory. Clearances that see the same share them.
    pub(crate) fn eye(&self, snapshot: &str) -> Option<Eye> {
        let mut eyes = open(&self.eyes);
        let at = eyes.iter().position(|e| &*e.snapshot == snapshot)?;
        let eye = eyes.remove(at)?;
        eyes.push_back(eye.clone());
        Some(eye)
    }

    pub(crate) fn put_eye(&self, eye: &Eye) {
        let mut eyes = open(&self.eyes);
        eyes.push_back(eye.clone());
        if eyes.len() > EYES {
            eyes.pop_front();
        }
    }

    /// Held while rows are loaded, so that they are loaded once.
    pub(crate) fn loading(&self) -> MutexGuard<'_, ()> {
        open(&self.loading)
    }

    pub(crate) fn recipe(&self, sha256: &str) -> Option<Arc<Recipe>> {
        open(&self.recipes).get(sha256).cloned()
    }

    pub(crate) fn put_recipe(&self, sha256: &str, recipe: &Arc<Recipe>) {
        let mut recipes = open(&self.recipes);
        if recipes.len() >= RECIPES {
            recipes.clear();
        }
        recipes.insert(sha256.into(), Arc::clone(recipe));
    }

    /// The dictionary of a state of the store.
    pub(crate) fn terms(&self, stamp: i64) -> Option<Arc<Terms>> {
        open(&self.terms).as_ref().filter(|(of, _)| *of == stamp).map(|(_, terms)| Arc::clone(terms))
    }

    pub(crate) fn put_terms(&self, stamp: i64, terms: &Arc<Terms>) {
        *open(&self.terms) = Some((stamp, Arc::clone(terms)));
    }

    /// The rows of these vintages, if they are in memory.
    pub(crate) fn vintages(&self, intakes: &[Intake]) -> Option<Arc<Observations>> {
        open(&self.vintages).iter().find(|v| v.intakes == intakes).map(|v| Arc::clone(&v.rows))
    }

    pub(crate) fn put_vintages(&self, vintages: Vintages) {
        let mut kept = open(&self.vintages);
        kept.push_back(vintages);
        while kept.len() > 1 && kept.iter().map(|v| v.rows.len()).sum::<usize>() > VINTAGE_ROWS {
            kept.pop_front();
        }
    }

    /// The place for what these vintages changed.
    pub(crate) fn compared(&self, intakes: &[Intake]) -> Arc<Compared> {
        let mut kept = open(&self.compared);
        if let Some(found) = kept.iter().find(|c| c.intakes == intakes) {
            return Arc::clone(found);
        }
        let new = Arc::new(Compared { intakes: intakes.to_vec(), history: OnceLock::new() });
        kept.push_back(Arc::clone(&new));
        if kept.len() > COMPARED {
            kept.pop_front();
        }
        new
    }

    pub(crate) fn links(&self, of: &LogOf) -> Option<Arc<LinkLog>> {
        found(&self.links, of)
    }

    pub(crate) fn put_links(&self, of: LogOf, log: &Arc<LinkLog>) {
        keep(&self.links, of, log);
    }

    pub(crate) fn events(&self, of: &EventsOf) -> Option<Arc<Events>> {
        found(&self.events, of)
    }

    pub(crate) fn put_events(&self, of: EventsOf, events: &Arc<Events>) {
        keep(&self.events, of, events);
    }

    pub(crate) fn linkage(&self, of: &LinkageOf) -> Option<Arc<Linkage>> {
        found(&self.linkages, of)
    }

    pub(crate) fn put_linkage(&self, of: LinkageOf, linkage: &Arc<Linkage>) {
        keep(&self.linkages, of, linkage);
    }

    pub(crate) fn atlas(&self, of: &AtlasOf) -> Option<Arc<Worked>> {
        found(&self.atlases, of)
    }

    pub(crate) fn put_atlas(&self, of: AtlasOf, worked: &Arc<Worked>) {
        keep(&self.atlases, of, worked);
    }

    pub(crate) fn finding(&self, of: &FindingOf) -> Option<Arc<Finding>> {
        found(&self.findings, of)
    }

    pub(crate) fn put_finding(&self, of: FindingOf, finding: &Arc<Finding>) {
        let mut kept = open(&self.findings);
        kept.push_back((of, Arc::clone(finding)));
        if kept.len() > FINDINGS {
            kept.pop_front();
        }
    }

    /// From now on figures wait here until [`crate::Observatory::write_figures`] takes them.
    pub fn let_figures_wait(&self) {
        open(&self.waiting).get_or_insert_default();
    }

    /// Takes figures to be written later; `None` if they must be written at once, else whether
    /// there was room.
    pub(crate) fn wait(&self, figures: &[Figure], clearance: &Clearance) -> Option<bool> {
        let mut waiting = open(&self.waiting);
        let waiting = waiting.as_mut()?;
        if waiting.len() + figures.len() > WAITING {
            return Some(false);
        }
        for figure in figures {
            waiting.entry(figure.id.clone()).or_insert_with(|| (figure.clone(), clearance.clone()));
        }
        Some(true)
    }

    /// A figure that is not written yet.
    pub(crate) fn waiting_figure(&self, id: &str) -> Option<(Figure, Clearance)> {
        open(&self.waiting).as_ref()?.get(id).cloned()
    }

    /// Figures to write next, grouped by clearance; they stay here until [`Shelf::written`].
    pub(crate) fn to_write(&self, most: usize) -> BTreeMap<Clearance, Vec<Figure>> {
        let mut groups: BTreeMap<Clearance, Vec<Figure>> = BTreeMap::new();
        for (figure, clearance) in open(&self.waiting).iter().flat_map(BTreeMap::values).take(most) {
            groups.entry(clearance.clone()).or_default().push(figure.clone());
        }
        groups
    }

    pub(crate) fn written(&self, figures: &[Figure]) {
        if let Some(waiting) = open(&self.waiting).as_mut() {
            figures.iter().for_each(|f| drop(waiting.remove(&f.id)));
        }
    }
}
