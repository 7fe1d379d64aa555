//! An observatory in a temporary folder, and where the shared development data lie.

use std::path::{Path, PathBuf};

use atalaya::verbs::{Ask, Collect};
use atalaya::{Answer, Caller, Observatory, Quiet, Still, Verb};
use atalaya_kernel::{Lang, Problem};
use tempfile::TempDir;

/// An empty observatory that is removed when dropped.
pub struct World {
    _folder: TempDir,
    pub observatory: Observatory,
}

impl World {
    pub fn new() -> World {
        let folder = tempfile::tempdir().unwrap();
        let observatory = Observatory::create(&folder.path().join("o"), "test").unwrap();
        World { _folder: folder, observatory }
    }

    /// The demo of made-up data.
    pub fn demo() -> World {
        let folder = tempfile::tempdir().unwrap();
        let mut quiet = Quiet;
        let mut caller =
            Caller { now: "2026-11-23T12:00:00Z".into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
        let observatory = atalaya::demo::make(&folder.path().join("o"), None, &mut caller).unwrap();
        World { _folder: folder, observatory }
    }

    /// An observatory made otherwise.
    pub fn of(folder: TempDir, observatory: Observatory) -> World {
        World { _folder: folder, observatory }
    }

    /// Another handle on the same observatory, as somebody else sees it.
    pub fn beside(&self, observatory: Observatory) -> World {
        World { _folder: tempfile::tempdir().unwrap(), observatory }
    }

    pub fn run<V: Verb>(&mut self, verb: &V) -> Result<V::Outcome, Problem> {
        let mut quiet = Quiet;
        let mut caller =
            Caller { now: "2026-11-23T12:00:00Z".into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
        verb.run(&mut self.observatory, &mut caller)
    }

    /// Registers a design as it stands.
    pub fn register(&mut self, design: &str) {
        let mut quiet = Quiet;
        let caller = Caller { now: "2026-11-23T12:00:00Z".into(), who: "test".into(), lang: Lang::En, progress: &mut quiet, pace: &Still };
        atalaya::evaluate::register(&mut self.observatory, design, "a test", &caller).unwrap();
    }

    pub fn collect(&mut self, source: &str, from: &Path) -> atalaya::verbs::CollectedSource {
        let verb = Collect { source: Some(source.into()), from: Some(from.to_path_buf()) };
        self.run(&verb).unwrap().sources.remove(0)
    }

    pub fn ask(&mut self, ask: &Ask) -> Answer {
        self.run(ask).unwrap()
    }
}

/// A folder of the shared development data; says so and gives `None` where it is not there.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: {name} of the shared development data is not beside this checkout");
    None
}
