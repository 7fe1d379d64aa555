//! Rival figures side by side, what disagrees, and what analysts made of it.

use std::collections::BTreeMap;

use atalaya_kernel::area::areas;
use atalaya_kernel::measure::measures;
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Label, Problem, both};
use atalaya_store::{Decision, Intake};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Verb;
use crate::Observatory;
use crate::observatory::{Caller, Eye};
use crate::query::{after_a_number, understood};
use crate::reconcile::checks::Check;
use crate::reconcile::estimate::{Estimate, Stated, estimates};
use crate::reconcile::explain::candidates;
use crate::reconcile::figures::Ground;
use crate::reconcile::rulings::{Ruling, Rulings};
use crate::reconcile::sides::{Asked, Line, cite, lines, things};
use crate::reconcile::{Book, CHECKS, Finding, Meeting, Severity, book, simulated};

mod account;
mod rule;
mod say;

pub use account::{Account, AccountPage};
pub use rule::{RuleFindings, Ruled, UndoRuling};

/// Lines of a table at most: a narrower question is a readable one.
const MOST_LINES: usize = 2_000;

/// Rival figures side by side, with what disagrees and what may explain it; no figure is averaged.
///
/// With a measure and an area: every figure for it, against a base you name, and the findings about
/// it. Without: a summary of all findings of the observatory, most serious first, and what agrees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args), group(skip))]
#[serde(default, deny_unknown_fields)]
pub struct Reconcile {
    /// Measure: `coca-area`, `seized-mass`, `homicides` ...
    #[cfg_attr(feature = "cli", arg(long, value_name = "MEASURE"))]
    pub what: Option<String>,
    /// Area by code or name: `PE`, `Perú`, `PE-UCA`
    #[cfg_attr(feature = "cli", arg(long, value_name = "AREA"))]
    pub area: Option<String>,
    /// Substance, with what it includes
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub substance: Option<String>,
    /// From this period on: 2014, 2014-Q2, 2014-03
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub from: Option<String>,
    /// Up to and with this period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub to: Option<String>,
    /// Only findings of this check: growth standing subtotal production unit rivals overlap vintages break
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub check: Option<String>,
    /// Source that others are held against (SOURCE, or SOURCE|DEFINITION); none if left out: no figure is the truth
    #[cfg_attr(feature = "cli", arg(long, value_name = "SOURCE"))]
    pub base: Option<String>,
    /// Standard error you state for a source, SOURCE=1500 or SOURCE=5%: with two or more, Stone's estimate by least squares
    #[cfg_attr(feature = "cli", arg(long, value_name = "SOURCE=NUMBER"))]
    pub error: Vec<String>,
    /// Only findings that still need somebody, or only settled ones: open, settled
    #[cfg_attr(feature = "cli", arg(long, value_name = "STATUS"))]
    pub status: Option<String>,
    /// Skip this many findings
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: usize,
    /// Show at most this many findings
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 10))]
    pub limit: usize,
}

/// A finding as it is shown: with its explanations and ruling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// The name of its check.
    pub name: Both,
    /// What may explain it: candidates, not accusations.
    pub explanations: Vec<Both>,
    /// What an analyst made of it.
    pub ruling: Option<Ruling>,
}

/// How many findings a check or an area has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The check's or area's id.
    pub id: String,
    /// Its name.
    pub name: Both,
    /// What the check asks; nothing for an area.
    pub asks: Both,
    /// Serious findings.
    pub serious: usize,
    /// Notable ones.
    pub notable: usize,
    /// Minor ones.
    pub minor: usize,
    /// Those settled by a ruling.
    pub settled: usize,
}

/// Figures side by side, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reconciled {
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// What is shown.
    pub title: Both,
    /// What is never done.
    pub never: Both,
    /// What a reader should know.
    pub notes: Vec<Both>,
    /// The unit of the lines.
    pub unit: Both,
    /// Every figure for the thing asked for.
    pub lines: Vec<Line>,
    /// Lines left out because there are too many.
    pub lines_left: usize,
    /// Bases that can be named: `source|definition`.
    pub bases: Vec<(String, Both)>,
    /// Named estimates, if errors were stated.
    pub estimates: Vec<Estimate>,
    /// Findings by check.
    pub checks: Vec<Tally>,
    /// Findings by area, most first.
    pub areas: Vec<Tally>,
    /// Findings that fit.
    pub total: usize,
    /// A page of them, most serious first.
    pub findings: Vec<Shown>,
    /// What was compared, and how often it agreed.
    pub meetings: Vec<Meeting>,
    /// Rulings logged, newest first; inside the observatory only.
    pub decisions: Vec<Decision>,
    /// Those undone.
    pub undone: Vec<i64>,
}

impl Verb for Reconcile {
    const NAME: &'static str = "reconcile";
    type Outcome = Reconciled;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<Reconciled, Problem> {
        let wanted = self.understood()?;
        let stated = self.error.iter().map(|e| Stated::parse(e)).collect::<Result<Vec<_>, _>>()?;
        let eye = observatory.eye(None)?;
        let book = book(observatory, &eye)?;
        let rulings = Rulings::of(observatory)?;
        let mut outcome = wanted.outcome(&eye, &book, &rulings);
        outcome.label = labels(&eye, &outcome);
        outcome.notes = simulated(observatory, used(&eye, &outcome));
        let (Some(measure), Some(area)) = (&wanted.measure, &wanted.area) else { return Ok(outcome) };
        let substance = wanted.substance.clone();
        let asked = Asked { measure, area, substance: substance.as_deref(), from: wanted.from, to: wanted.to, base: self.base.as_deref() };
        {
            let ground = Ground::of_measures(observatory, &eye, &[measure]);
            outcome.lines = lines(&ground, &asked);
            outcome.estimates = estimates(&ground, &things(&ground, &asked), &stated)?;
        }
        outcome.lines_left = outcome.lines.len().saturating_sub(MOST_LINES);
        outcome.lines.truncate(MOST_LINES);
        cite(observatory, &asked, &mut outcome.lines)?;
        outcome.bases = bases(&outcome.lines);
        self.known_base(&outcome)?;
        outcome.label = labels(&eye, &outcome);
        outcome.notes = simulated(observatory, used(&eye, &outcome));
        outcome.unit = measures().get(measure).map_or_else(Both::default, |m| after_a_number(m.unit));
        Ok(outcome)
    }
}

/// A question with its words checked.
struct Wanted<'q> {
    request: &'q Reconcile,
    measure: Option<String>,
    area: Option<String>,
    substance: Option<String>,
    from: Option<i32>,
    to: Option<i32>,
}

impl Reconcile {
    fn understood(&self) -> Result<Wanted<'_>, Problem> {
        let given = |text: &Option<String>| text.clone().filter(|t| !t.trim().is_empty());
        let query = understood(&atalaya_store::Query {
            what: given(&self.what).unwrap_or_else(|| "coca-area".into()),
            area: given(&self.area).into_iter().collect(),
            substance: given(&self.substance).into_iter().collect(),
            from: given(&self.from),
            to: given(&self.to),
            ..atalaya_store::Query::default()
        })?;
        if measures().get(&query.what).is_none() {
            return Err(Problem::new(
                "unknown-what",
                format!("--what {}", query.what),
                Both::new("single records are not rival figures", "los registros individuales no son cifras rivales"),
                Both::new("name a measure, for example coca-area or seized-mass", "nombre una medida, por ejemplo coca-area o seized-mass"),
            ));
        }
        if let Some(check) = given(&self.check).filter(|id| Check::get(id).is_none()) {
            let known = CHECKS.iter().map(|c| c.id).collect::<Vec<_>>().join(", ");
            return Err(Problem::new(
                "unknown-check",
                format!("--check {check}"),
                Both::new("there is no check of this name", "no existe un control con este nombre"),
                both!("checks: {known}", "controles: {known}"),
            ));
        }
        if let Some(status) = given(&self.status).filter(|s| !matches!(s.as_str(), "open" | "settled" | "any")) {
            return Err(Problem::new(
                "unknown-status",
                format!("--status {status}"),
                Both::new("findings are open or settled", "los hallazgos están abiertos o resueltos (open, settled)"),
                Both::new("write open, settled, or leave it out", "escriba open, settled, o no lo indique"),
            ));
        }
        let day = |text: &Option<String>| text.as_deref().and_then(atalaya_kernel::Date::parse_iso).map(|d| d.0);
        Ok(Wanted {
            request: self,
            measure: given(&self.what).map(|_| query.what.clone()),
            area: query.area.first().cloned(),
            substance: query.substance.first().cloned(),
            from: day(&query.from),
            to: day(&query.to),
        })
    }

    fn known_base(&self, outcome: &Reconciled) -> Result<(), Problem> {
        let Some(base) = self.base.as_deref().filter(|b| !b.is_empty()) else { return Ok(()) };
        let source = base.split('|').next().unwrap_or(base);
        if outcome.bases.iter().any(|(id, _)| id == base || id.split('|').next() == Some(source)) {
            return Ok(());
        }
        let known = outcome.bases.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join("; ");
        Err(Problem::new(
            "unknown-base",
            format!("--base {base}"),
            Both::new("no figure shown here is of this source", "ninguna cifra mostrada aquí es de esta fuente"),
            both!("bases: {known}", "bases: {known}"),
        ))
    }
}

/// Whether a finding about one measure is told with another: growth with its levels, eradication
/// with what stood, seizures with production.
fn related(asked: &str, finding: &Finding) -> bool {
    let measure = finding.measure.as_str();
    asked == measure
        || measures().get(measure).and_then(|m| m.change_of()).is_some_and(|m| m.id == asked)
        || finding.check == "standing" && matches!(asked, "coca-area" | "poppy-area")
        || finding.check == "production" && asked == "potential-production"
}

impl Wanted<'_> {
    fn wants(&self, finding: &Finding, rulings: &Rulings) -> bool {
        let request = self.request;
        let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        self.measure.as_ref().is_none_or(|m| related(m, finding))
            && self.area.as_ref().is_none_or(|a| areas().is_within(&finding.area, a))
            && self.substance.as_ref().is_none_or(|s| substances().is_within(&finding.substance, s))
            && self.from.is_none_or(|from| finding.day >= from)
            && self.to.is_none_or(|to| finding.day <= to)
            && given(&request.check).is_none_or(|c| finding.check == c)
            && match request.status.as_deref() {
                Some("open") => !rulings.settles(finding),
                Some("settled") => rulings.settles(finding),
                _ => true,
            }
    }

    fn outcome(&self, eye: &Eye, book: &Book, rulings: &Rulings) -> Reconciled {
        let fits: Vec<&Finding> = book.findings.iter().filter(|f| self.wants(f, rulings)).collect();
        let check = self.request.check.as_deref().filter(|c| !c.is_empty());
        let meets = |m: &&Meeting| {
            self.measure.as_ref().is_none_or(|asked| {
                *asked == m.measure || measures().get(&m.measure).and_then(|c| c.change_of()).is_some_and(|c| c.id == asked)
            }) && check.is_none_or(|c| c == m.check)
        };
        let page = fits.iter().skip(self.request.offset).take(self.request.limit);
        Reconciled {
            snapshot: eye.snapshot.to_string(),
            label: None,
            title: self.title(),
            never: Both::new(
                "No figure here is the truth and none is averaged. Explanations are candidates, not accusations.",
                "Ninguna cifra de aquí es la verdad y ninguna se promedia. Las explicaciones son posibilidades, no acusaciones.",
            ),
            notes: Vec::new(),
            unit: Both::default(),
            lines: Vec::new(),
            lines_left: 0,
            bases: Vec::new(),
            estimates: Vec::new(),
            checks: by_check(&fits, rulings),
            areas: by_area(&fits, rulings),
            total: fits.len(),
            findings: page.map(|f| shown(f, rulings)).collect(),
            meetings: book.meetings.iter().filter(meets).cloned().collect(),
            decisions: log(book, rulings),
            undone: rulings.undone.iter().copied().collect(),
        }
    }

    fn title(&self) -> Both {
        let measure = self.measure.as_ref().and_then(|m| measures().get(m)).map(|m| m.both());
        let area = self.area.as_ref().and_then(|a| areas().get(a)).map(|a| a.both());
        let parts: Vec<Both> = measure.into_iter().chain(area).collect();
        if parts.is_empty() {
            return Both::new("Rival figures", "Cifras rivales");
        }
        let join = |f: fn(&Both) -> &str| parts.iter().map(f).collect::<Vec<_>>().join(", ");
        Both::new(join(|b| &b.en), join(|b| &b.es))
    }
}

/// A finding with its explanations and ruling.
fn shown(finding: &Finding, rulings: &Rulings) -> Shown {
    Shown {
        finding: finding.clone(),
        name: Check::get(&finding.check).map_or_else(|| Both::same(&finding.check), Check::both),
        explanations: candidates(&finding.check, &finding.measure),
        ruling: rulings.on(finding),
    }
}

/// Decisions about findings that are seen here: what is said of others may tell of hidden sources.
fn log(book: &Book, rulings: &Rulings) -> Vec<Decision> {
    let seen: std::collections::BTreeSet<&str> = book.findings.iter().map(|f| f.id.as_str()).collect();
    let about = |d: &&Decision| {
        if let atalaya_store::DecisionBody::Finding { finding, .. } = &d.body { seen.contains(finding.as_str()) } else { false }
    };
    rulings.log.iter().filter(about).cloned().collect()
}

fn add(tally: &mut Tally, finding: &Finding, rulings: &Rulings) {
    match finding.severity {
        Severity::Serious => tally.serious += 1,
        Severity::Notable => tally.notable += 1,
        Severity::Minor => tally.minor += 1,
    }
    tally.settled += usize::from(rulings.settles(finding));
}

fn by_check(findings: &[&Finding], rulings: &Rulings) -> Vec<Tally> {
    let mut tallies: Vec<Tally> =
        CHECKS.iter().map(|c| Tally { id: c.id.into(), name: c.both(), asks: c.question(), ..Tally::default() }).collect();
    for finding in findings {
        if let Some(tally) = tallies.iter_mut().find(|t| t.id == finding.check) {
            add(tally, finding, rulings);
        }
    }
    tallies
}

fn by_area(findings: &[&Finding], rulings: &Rulings) -> Vec<Tally> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for finding in findings {
        let tally = tallies.entry(&finding.area).or_insert_with(|| Tally {
            id: finding.area.clone(),
            name: areas().get(&finding.area).map_or_else(|| Both::same(&finding.area), |a| a.both()),
            ..Tally::default()
        });
        add(tally, finding, rulings);
    }
    let mut tallies: Vec<Tally> = tallies.into_values().collect();
    tallies.sort_by_key(|t| (std::cmp::Reverse((t.serious, t.notable, t.minor)), t.id.clone()));
    tallies
}

/// What the lines can be held against.
fn bases(lines: &[Line]) -> Vec<(String, Both)> {
    let mut found: BTreeMap<String, Both> = BTreeMap::new();
    for line in lines.iter().filter(|l| !l.value.is_empty()) {
        let name = |definition: &str| if definition.is_empty() { line.source.clone() } else { format!("{} · {definition}", line.source) };
        found
            .entry(format!("{}|{}", line.source, line.definition.en))
            .or_insert_with(|| Both::new(name(&line.definition.en), name(&line.definition.es)));
    }
    found.into_iter().collect()
}

/// The strictest label of the sources in an outcome.
fn labels(eye: &Eye, outcome: &Reconciled) -> Option<Label> {
    used(eye, outcome).map(|i| i.label.clone()).reduce(|a, b| a.combine(&b))
}

/// The intakes an outcome rests on.
fn used<'e>(eye: &'e Eye, outcome: &Reconciled) -> impl Iterator<Item = &'e Intake> {
    let sides = outcome.findings.iter().flat_map(|f| f.finding.sides.iter().map(|s| s.source.clone()));
    let named: std::collections::BTreeSet<String> = outcome.lines.iter().map(|l| l.source.clone()).chain(sides).collect();
    // A summary counts over all that is seen.
    let all = outcome.lines.is_empty();
    eye.intakes.iter().filter(move |i| i.kind == "observations" && (all || named.contains(&i.source)))
}
