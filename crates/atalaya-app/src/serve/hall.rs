//! What all requests share: handles on the observatory for each clearance, accounts, sessions,
//! and the answers kept. Handles work side by side; nothing is locked while one computes.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use atalaya::Observatory;
use atalaya_kernel::{Clearance, Lang, Problem};
use tokio::sync::Semaphore;

use super::kept::Kept;
use super::options::Terms;
use super::session::{Sessions, Tries};
use crate::account::audit::Audit;
use crate::account::{Account, Accounts, place};

/// Handles kept open for one clearance while nobody uses them.
const IDLE_HANDLES: usize = 4;
/// Clearances made ready at the start; rows of more would not stay in memory.
const WARMED: usize = 4;
/// Figures written in one transaction.
const FIGURES_AT_ONCE: usize = 4_000;

/// When a file was written, and its length.
type Stamp = (SystemTime, u64);

/// Shared by every request.
pub struct Hall {
    owner: Mutex<Observatory>,
    handles: Mutex<BTreeMap<Clearance, Vec<Observatory>>>,
    /// The folder of the observatory.
    pub root: PathBuf,
    /// The language of sentences that come in one only.
    pub lang: Lang,
    /// What requests are judged by.
    pub terms: Terms,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Who tried to.
    pub tries: Tries,
    /// What they did.
    pub audit: Audit,
    /// Answers kept.
    pub kept: Kept,
    /// As many questions are computed at a time as there are cores for.
    pub computing: Arc<Semaphore>,
    /// One writes at a time.
    pub writing: Arc<Semaphore>,
    /// Passwords are costly to check on purpose.
    pub checking: Semaphore,
    accounts: Mutex<(Option<Stamp>, Arc<Accounts>)>,
    closing: AtomicBool,
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hall {
    /// Opens for requests.
    pub fn new(observatory: Observatory, terms: Terms, lang: Lang) -> Hall {
        observatory.shelf().let_figures_wait();
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let root = observatory.root().to_path_buf();
        Hall {
            audit: Audit::at(&root),
            owner: Mutex::new(observatory),
            handles: Mutex::default(),
            root,
            lang,
            terms,
            sessions: Sessions::default(),
            tries: Tries::default(),
            kept: Kept::default(),
            computing: Arc::new(Semaphore::new(cores.max(2))),
            writing: Arc::new(Semaphore::new(1)),
            checking: Semaphore::new(2),
            accounts: Mutex::default(),
            closing: AtomicBool::new(false),
        }
    }

    /// Does something with a handle of this clearance.
    ///
    /// # Errors
    /// Those of the store, and of the work.
    pub fn with<T>(&self, clearance: &Clearance, work: impl FnOnce(&mut Observatory) -> Result<T, Problem>) -> Result<T, Problem> {
        let idle = open(&self.handles).get_mut(clearance).and_then(Vec::pop);
        let mut handle = match idle {
            Some(handle) => handle,
            None => {
                let owner = open(&self.owner);
                owner.another(clearance.clone())?
            }
        };
        // A handle that panics is dropped: every write is a transaction.
        let done = work(&mut handle);
        let mut handles = open(&self.handles);
        let idle = handles.entry(clearance.clone()).or_default();
        if idle.len() < IDLE_HANDLES {
            idle.push(handle);
        }
        done
    }

    /// What stands for all that a clearance sees now: rows, and rulings about them.
    ///
    /// # Errors
    /// Those of the store.
    pub fn snapshot(&self, clearance: &Clearance) -> Result<Arc<str>, Problem> {
        self.with(clearance, |o| o.state())
    }

    /// An account as it is now: the file is read again whenever it has changed.
    pub fn account(&self, name: &str) -> Option<Account> {
        let meta = std::fs::metadata(place(&self.root)).ok();
        let stamp = meta.and_then(|m| Some((m.modified().ok()?, m.len())));
        let mut known = open(&self.accounts);
        if known.0 != stamp || stamp.is_none() {
            // A file that cannot be read lets nobody in.
            *known = (stamp, Arc::new(Accounts::read(&self.root).unwrap_or_default()));
        }
        known.1.get(name).cloned()
    }

    /// The clearances in use, most common first: the owner's where nobody signs in.
    pub fn clearances(&self) -> Vec<Clearance> {
        if !self.terms.accounts {
            return vec![Clearance::owner()];
        }
        let accounts = Accounts::read(&self.root).unwrap_or_default();
        let mut held: BTreeMap<Clearance, usize> = BTreeMap::new();
        accounts.account.iter().filter(|a| !a.disabled).for_each(|a| *held.entry(a.clearance()).or_default() += 1);
        let mut all: Vec<(Clearance, usize)> = held.into_iter().collect();
        all.sort_by_key(|(_, held)| std::cmp::Reverse(*held));
        all.into_iter().map(|(clearance, _)| clearance).take(WARMED).collect()
    }

    /// Writes figures that wait, until the hall closes and none is left.
    pub fn write_figures(&self) {
        let Ok(mut handle) = open(&self.owner).another(Clearance::owner()) else { return };
        loop {
            let closing = self.closing.load(Ordering::Acquire);
            match handle.write_figures(FIGURES_AT_ONCE) {
                Ok(n) if n > 0 => continue,
                // Somebody collects: they wait on, and `verify` finds them meanwhile.
                Err(_) if !closing => {}
                Ok(_) | Err(_) if closing => return,
                Ok(_) | Err(_) => {}
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// No more requests come.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }
}

/// Questions on their way, so that each is computed once however many ask it.
pub type Flights = Mutex<HashMap<super::kept::Key, Arc<tokio::sync::Mutex<()>>>>;
