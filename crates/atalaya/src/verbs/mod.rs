//! The verbs: one request struct each, one line each in [`VERBS`].

use atalaya_kernel::{Lang, Problem};
use serde::Serialize;

use crate::{Caller, Observatory};

mod bulletin;
mod chart;
mod collect;
mod diff;
mod export;
mod held;
mod query;
mod rebuild;
mod recipe;
mod records;
mod say;
mod site;
mod sql;
mod status;
mod tables;
mod verify;
mod views;

pub use bulletin::{Bulletin, Bulletins};
pub use chart::{Draw, Drawn, DrawnFile};
pub use collect::{Collect, Collected, CollectedSource, PROGRAM};
pub use diff::{Change, Compared, Diff, Difference};
pub use export::{Export, Exported};
pub(crate) use export::{about, table_of};
pub use held::{Held, HeldRows};
pub use query::Ask;
pub use rebuild::{Rebuilt, rebuild};
pub use recipe::{Drafted, draft, explain};
pub use records::{Records, RecordsPage};
pub use site::{PublishSite, PublishedSite};
pub use sql::{SqlAnswer, sql};
pub use status::{SourceStatus, Status, StatusOf, Vintage};
pub use tables::{ModuleCount, PublishTables, PublishedTables, TableChange};
pub use verify::{Check, Verified, Verify};
pub use views::{Choice, Coverage, Facets, coverage, facets};

/// Every verb by its name on every surface.
pub const VERBS: &[&str] =
    &["chart", "collect", "diff", "export", "held", "publish", "query", "rebuild", "recipe", "status", "verify", "init", "serve", "demo"];

/// A request that reads or writes an observatory.
pub trait Verb {
    /// Its name: subcommand, path, function.
    const NAME: &'static str;
    /// What comes out.
    type Outcome: Serialize + Say;

    /// Does it.
    ///
    /// # Errors
    /// A [`Problem`]; nothing is left half done.
    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Self::Outcome, Problem>;
}

/// An outcome as a person reads it.
pub trait Say {
    /// Plain text in one language, ending with a line break.
    fn say(&self, lang: Lang) -> String;

    /// Whether the answer is "no" (exit code 1).
    fn is_no(&self) -> bool {
        false
    }
}
