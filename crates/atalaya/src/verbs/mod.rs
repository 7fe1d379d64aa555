//! The verbs: one request struct each, one line each in [`VERBS`].

use atalaya_kernel::{Both, Exit, Lang, Problem};
use serde::Serialize;

use crate::{Caller, Observatory};

mod assess;
mod atlas;
mod bulletin;
mod changes;
mod chart;
mod codes;
mod collect;
mod diff;
mod drawing;
mod edge;
mod evaluate;
mod evaluations;
mod export;
mod figure;
mod figure_routes;
mod flows;
mod geometry;
mod held;
mod inbox;
mod indicators;
mod key;
mod link;
mod methods;
mod query;
mod rebuild;
mod recipe;
mod reconcile;
mod records;
mod routes;
mod say;
mod site;
mod sql;
mod status;
mod table;
pub(crate) mod tables;
mod verify;
mod views;

pub use assess::{
    AlertList, Assess, AssessAlerts, AssessCompact, AssessDigest, AssessList, AssessLog, CompactLine, RanNow, RunLog, Standings,
};
pub use atlas::RoutesAtlas;
pub use bulletin::{Bulletin, Bulletins, MadeOf, Typed};
pub use changes::{Changed, Changes, Moment, NewVintage, RevisedCell, Waiting};
pub use chart::{Draw, Drawn, DrawnFile};
pub use codes::{Code, codes};
pub use collect::{Assessed, Collect, Collected, CollectedSource, PROGRAM};
pub use diff::{Change, Compared, Diff, Difference};
pub(crate) use diff::{before, same, shown_value};
pub use drawing::{RoutesCountry, RoutesDraw, RoutesDrawn};
pub use edge::RoutesRecords;
pub use evaluate::{
    DesignList, DraftedDesign, EvaluateDesign, EvaluateList, EvaluateRegister, EvaluateRun, EvaluateShow, RegisteredDesign, ShownDesign,
};
pub use evaluations::{EvaluateAppendix, EvaluateDraw, EvaluateFolder, EvaluationAppendix, EvaluationFolder};
pub use export::{AnswerFile, Export, Exported};
pub(crate) use export::{about, slug, source_note, table_of};
pub use figure::{Asked, Figure, FigurePage, InVintage, RestsOn, Today};
pub use flows::{FlowsFound, RoutesFlows};
pub use geometry::{Geometry, GeometryAdd, GeometryLine, GeometryList};
pub use held::{Held, HeldRows};
pub use inbox::{Arrived, Choices, Fitting, MAX_INBOX_BYTES, Saved, arrive, load, recipe_text, redraft, save_recipe, shape_of};
pub use indicators::{
    ChangeFound, EffortSeries, MeasuresFound, OnWorlds, PlaceMeasured, RateFound, Rated, RoutesChange, RoutesMeasures, RoutesRate,
    RoutesSeizures, RoutesValidate, SeizedRow, SeizuresFound, Unseen, ValidateFound, WholeMeasured, YearOfPlace,
};
pub(crate) use key::series as key_series;
pub use key::{Key, KeyPage, KeyPoint, KeySeries};
pub use link::{
    EventRecord, LinkAccept, LinkBatch, LinkBatchPage, LinkCount, LinkDecide, LinkDecisions, LinkDecisionsPage, LinkEvents, LinkEventsPage,
    LinkHistory, LinkPage, LinkPair, LinkPairPage, LinkPairs, LinkReject, LinkShow, LinkShown, LinkSide, LinkSummary, LinkUndo, Linked,
    LinkedDecision, LinkedEvent, PairsFile, ShownStep, ShownWaterfall, ToDecideAgain, WaitingLinks,
};
pub use methods::{Method, MethodList, methods};
pub use query::Ask;
pub use rebuild::{Rebuilt, rebuild};
pub use recipe::{Drafted, draft, explain};
pub use reconcile::{Account, AccountPage, Reconcile, Reconciled, RuleFindings, Ruled, Shown, Tally, UndoRuling};
pub use records::{Records, RecordsPage};
pub use routes::{Flagged, ObservedNetwork, RoutesNetwork, UnknownPart};
pub(crate) use say::table as aligned;
pub(crate) use say::{count, decimal};
pub use site::{PublishSite, PublishedSite};
pub use sql::{SqlAnswer, sql};
pub use status::{SourceStatus, Status, StatusOf, Vintage};
pub use table::{Table, TableColumn, TableFile, TablePage, Withheld};
pub use tables::{ModuleCount, PublishTables, PublishedTables, TableChange};
pub use verify::{Check, Verified, Verify};
pub use views::{Choice, Coverage, Facets, coverage, facets};

/// Every verb by its name on every surface.
pub const VERBS: &[&str] = &[
    "assess",
    "changes",
    "chart",
    "collect",
    "diff",
    "evaluate",
    "export",
    "figure",
    "geometry",
    "held",
    "key",
    "link",
    "methods",
    "publish",
    "query",
    "rebuild",
    "recipe",
    "reconcile",
    "routes",
    "status",
    "table",
    "verify",
    "init",
    "serve",
    "account",
    "demo",
];

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

/// Only a desk of the observatory itself may do this.
///
/// # Errors
/// `inside-only`.
pub fn inside_only(observatory: &Observatory) -> Result<(), Problem> {
    if observatory.clearance().inside {
        return Ok(());
    }
    Err(Problem::new(
        "inside-only",
        "",
        Both::new("only desks of this observatory may do this", "solo pueden hacerlo las mesas de este observatorio"),
        Both::new("ask the observatory", "consulte al observatorio"),
    )
    .exits(Exit::Refused))
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
