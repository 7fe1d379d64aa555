//! What can be typed.

use std::path::PathBuf;

use atalaya::evaluate::Fit;
use atalaya::linking::LinkTables;
use atalaya::verbs::{
    Account, Ask, Assess, AssessAlerts, AssessCompact, AssessDigest, AssessList, AssessLog, Bulletin, Changes, Collect, Diff, Draw,
    EvaluateAppendix, EvaluateDesign, EvaluateDraw, EvaluateFolder, EvaluateList, EvaluateRegister, EvaluateRun, EvaluateShow, Export,
    Figure, GeometryAdd, Held, Key, LinkAccept, LinkDecisions, LinkEvents, LinkPairs, LinkReject, LinkShow, LinkUndo, PublishSite,
    PublishTables, Reconcile, Records, RoutesAtlas, RoutesChange, RoutesCountry, RoutesDraw, RoutesFlows, RoutesMeasures, RoutesNetwork,
    RoutesRate, RoutesRecords, RoutesSeizures, RoutesValidate, RuleFindings, Status, Table, UndoRuling, Verify,
};
use clap::{Parser, Subcommand};

use crate::account::command::AccountCommand;
use crate::serve::Options;

/// A drug observatory in a box: one account of production, routes and consumption, every row
/// accounted for, every figure traceable.
#[derive(Debug, Parser)]
#[command(name = "atalaya", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Args {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// Observatory to work in [default: the folder you are in, or one above it]
    #[arg(long, global = true, value_name = "DIR", env = "ATALAYA_DIR")]
    pub dir: Option<PathBuf>,
    /// One JSON document on standard output; progress stays on standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of what is printed: en, es
    #[arg(long, global = true, value_name = "LANG", env = "ATALAYA_LANG")]
    pub lang: Option<String>,
    /// Desk or role that acts, kept with decisions; never a person's name
    #[arg(long, global = true, value_name = "ROLE", env = "ATALAYA_WHO", default_value = "analyst")]
    pub who: String,
    /// No progress line
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new observatory: a folder with a store and a place for recipes
    Init {
        /// Folder to make
        name: PathBuf,
    },
    /// Read a source's files into the store: every row accepted, held or rejected with a reason
    Collect(Collect),
    /// Sources, vintages, and the account of every row; checks that nothing is damaged
    Status(Status),
    /// Held rows: where, what was found, what to do; decide and replay
    Held(Held),
    /// What a source's newest vintage changed, cell by cell
    Diff(Diff),
    /// Ask the store: counts, kilograms and series, each row with a figure id
    Query {
        /// The question
        #[command(flatten)]
        ask: Ask,
        /// SQL over the store instead (read only): "SELECT ... FROM records"
        #[arg(long, value_name = "SQL", conflicts_with_all = ["what", "substance", "area", "by"])]
        sql: Option<String>,
        /// Write the answer to a file: .csv .xlsx .parquet .json
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Records one by one, filtered as `query` filters
    Records(Records),
    /// A table as one reads it: filter, sort, count by value, write as seen
    Table(Table),
    /// Rival figures side by side: what disagrees, what may explain it, what was ruled; never averaged
    #[command(args_conflicts_with_subcommands = true)]
    Reconcile {
        /// The question
        #[command(flatten)]
        verb: Reconcile,
        /// Something else: a ruling, its undoing, the account of a country
        #[command(subcommand)]
        what: Option<ReconcileCommand>,
    },
    /// What changed since an intake or a date: vintages, revised figures, held rows, overdue sources
    Changes(Changes),
    /// The key series of this observatory, each with its newest value
    Key(Key),
    /// One figure: value, question in words, rows behind it, vintages, who may see it
    Figure(Figure),
    /// Which records report one event: what is proposed, what is decided, the events that come of it.
    /// With --recipe and --data: any tables, without an observatory
    #[command(args_conflicts_with_subcommands = true)]
    Link {
        /// Any tables, without an observatory
        #[command(flatten)]
        tables: LinkTables,
        /// What about it; without it, lists loaded twice and how many double reports there are
        #[command(subcommand)]
        what: Option<LinkCommand>,
    },
    /// Draw the answer to a question: lines, bars, a map, small multiples, as svg or png
    Chart(Draw),
    /// Whether something worked: effects, intervals and what vouches for them
    Evaluate {
        /// What about it
        #[command(subcommand)]
        what: EvaluateCommand,
    },
    /// Ask again as data arrive: designs and compacts, what turned and why
    #[command(args_conflicts_with_subcommands = true)]
    Assess {
        /// What is run
        #[command(flatten)]
        verb: Assess,
        /// Something else; without it, whatever changed is run again
        #[command(subcommand)]
        what: Option<AssessCommand>,
    },
    /// Outlines of areas for maps: list them, or add a GeoJSON file
    Geometry {
        /// Add a file; without it, list
        #[command(subcommand)]
        what: Option<GeometryCommand>,
    },
    /// Recompute a figure from its raw files, offline
    Verify(Verify),
    /// Write a table with its sources, licence, dates and caveats: csv xlsx parquet datapackage sdmx-csv
    Export(Export),
    /// What others read, made from the store: bulletins, national tables, a site
    Publish {
        /// What to make
        #[command(subcommand)]
        what: PublishCommand,
    },
    /// What computes here: each method, the question it answers, the paper it comes from
    Methods {
        /// A method's id, or a verb [default: all]
        #[arg(value_name = "NAME")]
        of: Option<String>,
    },
    /// Derive the whole store again from raw files, recipes and journal, and compare the root
    Rebuild,
    /// Flows between countries: what was recorded, and what follows from it
    Routes {
        /// What to show
        #[command(subcommand)]
        what: RoutesCommand,
    },
    /// A recipe for your own spreadsheet
    Recipe {
        /// What about it
        #[command(subcommand)]
        what: RecipeCommand,
    },
    /// The web page of this observatory: on this machine only, or with accounts and TLS beyond it
    Serve(Box<Options>),
    /// Who may sign in, and the log of what they did
    Account {
        /// What about it
        #[command(subcommand)]
        what: AccountCommand,
    },
    /// An example observatory, opened in the browser; no network, nothing beside the program.
    /// Made in --dir, else in a temporary folder
    Demo {
        /// Use the real files of this folder instead of the extract and the simulated world
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Port; 0 picks a free one
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Do not open the browser
        #[arg(long)]
        no_open: bool,
        /// Make it and stop
        #[arg(long)]
        no_serve: bool,
    },
}

/// About links.
#[derive(Debug, Subcommand)]
pub enum LinkCommand {
    /// Proposed pairs, the most probable first; or all of them as a file
    Pairs(LinkPairs),
    /// One proposal: both records side by side and how the score came about, or a list and its pairs
    Show(LinkShow),
    /// Rule that records report one event: proposals by id, pairs by hand, or a stated band
    Accept(LinkAccept),
    /// Rule that records report different events, however alike they are
    Reject(LinkReject),
    /// Take a link decision back: answers are as if it had never been made
    Undo(LinkUndo),
    /// Events that several records report: who reported what, and which record stands for the event
    Events(LinkEvents),
    /// The link decisions, newest first, and the rulings that records have changed under
    Decisions(LinkDecisions),
}

/// About effects.
#[derive(Debug, Subcommand)]
pub enum EvaluateCommand {
    /// Estimate an effect on a panel in a CSV or Parquet file, outside any observatory
    Fit(Box<Fit>),
    /// Draft a design: a text to complete, from a file or a series, with what is held before the start
    Design(Box<EvaluateDesign>),
    /// Register a design as it stands: its text goes into the log, and the outcome may be read
    Register(EvaluateRegister),
    /// What a registered design says on the data as they stand: effect, checks, verdict
    Run(EvaluateRun),
    /// The designs of this observatory and how far each has come
    List(EvaluateList),
    /// A design as it is written, its registrations, and what has changed since the first
    Show(EvaluateShow),
    /// Draw a part of what a design found, as svg or png
    Draw(EvaluateDraw),
    /// The methods appendix of an evaluation, in Markdown
    Appendix(EvaluateAppendix),
    /// Write a whole evaluation as one folder that can be run again
    Folder(EvaluateFolder),
    /// Run an evaluation again from its folder alone, and compare; needs no observatory
    Verify {
        /// A folder that `evaluate folder` made
        folder: PathBuf,
    },
}

/// About outlines.
#[derive(Debug, Subcommand)]
pub enum GeometryCommand {
    /// Add a GeoJSON file of outlines, to draw areas below the country
    Add(GeometryAdd),
}

/// Beside showing rival figures.
#[derive(Debug, Subcommand)]
pub enum ReconcileCommand {
    /// Rule on findings: explained, error, open, accepted; logged with its reason
    Rule(RuleFindings),
    /// Undo a ruling by its number; nothing is deleted
    Undo(UndoRuling),
    /// The account of a country and year: what is on the table, and what may not be added, and why
    Account(Account),
}

/// About assessments.
#[derive(Debug, Subcommand)]
pub enum AssessCommand {
    /// Where every design and compact stands, without running any
    List(AssessList),
    /// Every run of a design or compact, with what turned and why
    Log(AssessLog),
    /// What to look at: turns, promises past their day, reviews, designs that cannot be run
    Alerts(AssessAlerts),
    /// What turned and what fell due since a day, as a text to pass on
    Digest(AssessDigest),
    /// A compact on one page: promised, done, changed, cannot tell
    Compact(AssessCompact),
}

/// What can be published.
#[derive(Debug, Subcommand)]
pub enum PublishCommand {
    /// A bulletin as PDF and HTML, in Spanish and English, from a text you edit
    Bulletin(Bulletin),
    /// The national tables of a year as a workbook in the shape of UNODC's questionnaire: A06 A08 A09
    Tables(PublishTables),
    /// A static site of what an audience may see: works from a USB stick and without scripts
    Site(PublishSite),
}

/// About routes.
#[derive(Debug, Subcommand)]
pub enum RoutesCommand {
    /// The observed network: which countries seizure reports join, by records and kilograms
    Network(RoutesNetwork),
    /// Flows between countries: records, consumption and production together, with intervals
    Flows(RoutesFlows),
    /// All that is said of routes in one answer: links, flows by year, what is not known, accounts
    /// of places
    Atlas(RoutesAtlas),
    /// The records behind one link
    Records(RoutesRecords),
    /// Measures of the network, of the observed one exactly and over joint draws with 5, 50 and 95 %
    Measures(RoutesMeasures),
    /// When what a country seizes changes: did the flow, or what it finds and reports?
    Change(RoutesChange),
    /// Seizures by area and year: count beside mass, purity, events and effort beside both
    Seizures(RoutesSeizures),
    /// What share of what was produced was seized: refused where the two masses are not of one kind
    Rate(RoutesRate),
    /// How far flows can be trusted: reporters and years held out, unseen links, planted worlds
    Validate(RoutesValidate),
    /// Draw flows between places: a map, a Sankey from field to market, or the account of a place
    Draw(RoutesDraw),
    /// A country in plain sentences: what is produced, what leaves and comes, how sure, what is not
    /// known
    Country(RoutesCountry),
}

/// About recipes.
#[derive(Debug, Subcommand)]
pub enum RecipeCommand {
    /// Look at a csv, xlsx or json file and draft a recipe, doubts marked
    Draft {
        /// The file
        file: PathBuf,
        /// The source's id [default: from the file's name]
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// Print it only, write nothing
        #[arg(long)]
        print: bool,
    },
    /// List every key of a recipe
    Explain,
    /// Print the recipe of a source, built in or of this observatory
    Show {
        /// Source
        source: String,
    },
}
