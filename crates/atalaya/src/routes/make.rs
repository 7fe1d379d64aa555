//! An atlas made from the store: worked out once for each state of it, clearance and question, and
//! kept with figures that can be computed again.

use std::collections::BTreeMap;
use std::sync::Arc;

use atalaya_kernel::{Both, Exit, Problem};
use atalaya_store::{Figure, Query, sha256_text};
use serde_json::{Value, json};

use super::atlas::{Atlas, Band};
use super::fill::fill;
use super::question::{Method, Question};
use super::stage::Stage;
use crate::Observatory;
use crate::observatory::{Caller, Progress, Quiet};
use crate::query::{SEIZURES, as_then, rests_on};
use crate::shelf::AtlasOf;
use crate::verbs::RoutesAtlas;

/// An atlas, and what does not go on a page.
#[derive(Debug, Clone)]
pub(crate) struct Worked {
    /// The atlas.
    pub atlas: Arc<Atlas>,
    /// Places without recorded inflow, which the published method takes for sources.
    pub orphans: Vec<String>,
    /// What leaves producers, and by the published method whatever is a source.
    pub exports: BTreeMap<String, Band>,
    /// Records with at least one link.
    pub records: u64,
    /// Its figure and those of its links.
    pub figures: Vec<Figure>,
}

/// Which state of the store, and as whom.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moment {
    /// After this intake; the newest if `None`.
    pub as_of: Option<i64>,
    /// With records linked as after this decision; the last one if `None`.
    pub links: Option<i64>,
}

/// The flows that somebody asks for.
///
/// # Errors
/// `unknown-*`, `bad-figures`, `no-flows`, and those of the store.
pub fn atlas(observatory: &Observatory, ask: &RoutesAtlas, caller: &mut Caller<'_>) -> Result<Arc<Atlas>, Problem> {
    let question = Question::of(ask)?;
    worked(observatory, &question, Moment::default(), caller.progress).map(|w| Arc::clone(&w.atlas))
}

/// The answer to a question, with what stands behind it.
///
/// # Errors
/// As [`atlas`].
pub(crate) fn worked(
    observatory: &Observatory,
    question: &Question,
    moment: Moment,
    progress: &mut dyn Progress,
) -> Result<Arc<Worked>, Problem> {
    let eye = observatory.eye(moment.as_of)?;
    let events = observatory.events(&eye, moment.links)?;
    let key = AtlasOf {
        clearance: observatory.clearance().clone(),
        snapshot: Arc::clone(&eye.snapshot),
        links: events.root.clone(),
        question: serde_json::to_string(question).unwrap_or_default(),
    };
    if let Some(found) = observatory.shelf().atlas(&key) {
        return Ok(found);
    }
    let stage = Stage::new(observatory, question, moment, progress)?;
    progress.at("routes", stage.records.len() as u64);
    let (mut atlas, orphans, exports) = fill(observatory, &stage, question)?;
    progress.done("routes");
    let lists = rests_on(&events);
    // Which records are compared for repeats differs between readers: part of what draws rest on.
    let repeats = super::doubled::rests_on(observatory, &stage.read);
    let drawn =
        if question.method == Method::Joint { [lists.as_slice(), &[("repeats", repeats.as_str())]].concat() } else { lists.clone() };
    let figures = figures(question, &stage, &mut atlas, events.upto, [&lists, &drawn]);
    let worked = Arc::new(Worked { atlas: Arc::new(atlas), orphans, exports, records: stage.net.records, figures });
    observatory.shelf().put_atlas(key, &worked);
    Ok(worked)
}

/// The same, its figures remembered so that `verify` finds them.
///
/// # Errors
/// As [`atlas`].
pub(crate) fn worked_and_kept(
    observatory: &mut Observatory,
    question: &Question,
    progress: &mut dyn Progress,
) -> Result<Arc<Worked>, Problem> {
    let worked = worked(observatory, question, Moment::default(), progress)?;
    match observatory.keep_figures(&worked.figures) {
        Err(problem) if problem.exit == Exit::Busy => {
            let mut atlas = (*worked.atlas).clone();
            atlas.notes.push(Both::new(
                "another atalaya is writing, so these figures were not remembered: ask again before you cite one",
                "otro atalaya está escribiendo, así que estas cifras no se recordaron: pregunte de nuevo antes de citar una",
            ));
            Ok(Arc::new(Worked { atlas: Arc::new(atlas), ..(*worked).clone() }))
        }
        kept => kept.map(|()| worked),
    }
}

/// One link of a question: what is recorded of it depends on no method.
pub(crate) fn of_edge(question: &Question, from: &str, to: &str) -> Question {
    Question {
        method: Method::Observed,
        consumption: None,
        production: None,
        of_store: false,
        draws: 0,
        seed: 0,
        edge: Some([from.into(), to.into()]),
        ..question.clone()
    }
}

/// Gives the atlas and its links their ids; what they stand for, to be kept.
fn figures(question: &Question, stage: &Stage, atlas: &mut Atlas, links: i64, lists: [&[(&str, &str)]; 2]) -> Vec<Figure> {
    let records = &stage.read.intakes;
    let label = |with: &[atalaya_store::Intake]| {
        let label = records.iter().chain(with).map(|i| i.label.clone()).reduce(|a, b| a.combine(&b));
        serde_json::to_string(&label).unwrap_or_default()
    };
    let (plain, whole) = (label(&[]), label(&stage.stock.intakes));
    let figure = |question: &Question, value: Value, label: &str| {
        let lists = if question.edge.is_some() { lists[0] } else { lists[1] };
        let mut source = question.source.clone();
        if !source.is_empty() && question.edge.is_none() {
            source.extend(stage.stock.intakes.iter().map(|i| i.source.clone()));
            source.sort();
            source.dedup();
        }
        let routes = serde_json::to_value(question).ok();
        let query =
            Query { what: SEIZURES.into(), source, from: question.from.clone(), to: question.to.clone(), routes, ..Query::default() };
        let snapshot = &stage.read.eye.snapshot;
        let id = Figure::digest(&query, snapshot, lists, label);
        Figure { id, query, as_of: stage.read.eye.as_of, links, snapshot: snapshot.to_string(), value }
    };
    let mut figures = Vec::new();
    for edge in atlas.edges.iter_mut().filter(|e| e.records > 0) {
        let value = json!({ "records": edge.records, "kg": edge.recorded_kg, "without_mass": edge.without_mass });
        let one = figure(&of_edge(question, &edge.from, &edge.to), value, &plain);
        edge.figure = one.id.clone();
        figures.push(one);
    }
    let content = serde_json::to_string(&(&atlas.edges, &atlas.unknown, &atlas.balances, &atlas.trust, &atlas.whole)).unwrap_or_default();
    let value = json!({
        "records": stage.net.records,
        "kg": stage.net.kg,
        "edges": atlas.edges.len(),
        "sha256": sha256_text(&content),
    });
    let whole = figure(question, value, &whole);
    atlas.figure = whole.id.clone();
    figures.push(whole);
    figures
}

/// Computes a figure of routes again on the rows and rulings of then: the id and value that come
/// out now.
///
/// # Errors
/// As [`atlas`].
pub(crate) fn recompute(observatory: &Observatory, figure: &Figure) -> Result<(String, Value), Problem> {
    let moment = Moment { as_of: Some(figure.as_of), links: as_then(observatory, figure)?.links };
    let found = figure_at(observatory, figure, moment)?;
    Ok(found.map_or((String::new(), Value::Null), |f| (f.id, f.value)))
}

/// The figure that the same question gives at a moment; nothing where the link is not there.
///
/// # Errors
/// As [`atlas`].
pub(crate) fn figure_at(observatory: &Observatory, figure: &Figure, moment: Moment) -> Result<Option<Figure>, Problem> {
    let Some(question) = asked(figure) else { return Ok(None) };
    let worked = worked(observatory, &Question { edge: None, ..question }, moment, &mut Quiet)?;
    Ok(worked.figures.iter().find(|f| f.query.routes == figure.query.routes).cloned())
}

/// What a figure of routes asks; `None` of other figures.
pub(crate) fn asked(figure: &Figure) -> Option<Question> {
    serde_json::from_value(figure.query.routes.clone()?).ok()
}
