//! The page of a figure of routes: an atlas, or what is recorded of one of its links.

use atalaya_kernel::{Both, Clearance, Problem, both};
use atalaya_store::Figure as Kept;

use super::edge::may_leave;
use super::figure::{Asked, Figure, FigurePage, Today, cite, kept_here, may_see};
use super::table::Withheld;
use crate::Observatory;
use crate::observatory::Quiet;
use crate::query;
use crate::routes::lift::name;
use crate::routes::make::{Moment, figure_at, worked};
use crate::routes::question::Question;
use crate::routes::stage::Stage;

impl Figure {
    /// The page of a figure of routes.
    pub(super) fn routes_page(
        &self,
        observatory: &mut Observatory,
        figure: Kept,
        question: &Question,
        clearance: &Clearance,
    ) -> Result<FigurePage, Problem> {
        let moment = Moment { as_of: Some(figure.as_of), links: query::as_then(observatory, &figure)?.links };
        let whole = Question { edge: None, ..question.clone() };
        let stage = Stage::new(observatory, &whole, moment, &mut Quiet)?;
        let atlas = &worked(observatory, &whole, moment, &mut Quiet)?.atlas;
        let rows = match &question.edge {
            Some([from, to]) => stage.rows_behind([from, to], None),
            None => stage.rows_linked(),
        };
        let (shown, hidden) = may_leave(clearance, &stage.read.eye, &rows);
        let page: Vec<usize> = shown.iter().copied().skip(self.offset).take(self.limit).collect();
        let behind = query::of_rows(&stage.read.eye, &page, hidden.is_empty().then_some(shown.len()));
        let of = |s: &&crate::answer::SourceLine| !clearance.sees_rows(&s.label);
        let withheld = |s: &crate::answer::SourceLine| Withheld { source: s.id.clone(), title: s.title.clone(), why: kept_here() };
        let title = title(&stage, question);
        let unit = Both::same("kg");
        let cite = cite(&figure, &title, &unit, &atlas.sources);
        Ok(FigurePage {
            rests_on: Vec::new(),
            links: figure.links,
            vintages: Vec::new(),
            today: if question.edge.is_some() { routes_today(observatory, &figure)? } else { None },
            may_see: atlas.label.as_ref().map(|l| may_see(l, clearance)).unwrap_or_default(),
            withheld: atlas.sources.iter().filter(of).map(withheld).collect(),
            figure: figure.id,
            title,
            asked: asked(&stage, question),
            query: serde_json::to_value(&figure.query).unwrap_or_default(),
            value: figure.value,
            unit,
            snapshot: figure.snapshot,
            as_of: figure.as_of,
            sources: atlas.sources.clone(),
            label: atlas.label.clone(),
            behind,
            cite,
            notes: atlas.notes.clone(),
        })
    }
}

/// What the same question answers now, if that is another figure.
pub(super) fn routes_today(observatory: &mut Observatory, figure: &Kept) -> Result<Option<Today>, Problem> {
    let Some(now) = figure_at(observatory, figure, Moment::default())?.filter(|now| now.id != figure.id) else { return Ok(None) };
    // Where somebody is collecting it is not remembered, and can be asked for again.
    let _ = observatory.keep_figures(std::slice::from_ref(&now));
    Ok(Some(Today { differs: now.value != figure.value, figure: now.id, value: now.value }))
}

/// `Recorded from Peru to Spain, coca and cocaine`.
fn title(stage: &Stage, question: &Question) -> Both {
    let (en, es) = (&stage.group.name.en, &stage.group.name.es);
    let method = question.method.name();
    match &question.edge {
        Some([from, to]) => {
            let (from, to) = (name(from), name(to));
            Both::new(format!("Recorded from {} to {}, {en}", from.en, to.en), format!("Registrado de {} a {}, {es}", from.es, to.es))
        }
        None => both!("Routes ({method}), {en}", "Rutas ({method}), {es}"),
    }
}

/// The question, part by part.
fn asked(stage: &Stage, question: &Question) -> Vec<Asked> {
    let part = |dim: &str, label: Both, code: String, name: Both| Asked { dim: dim.into(), label, code, name };
    let same = |dim: &str, en: &str, es: &str, text: &str| part(dim, Both::new(en, es), text.into(), Both::same(text));
    let mut out = vec![part("group", Both::new("Substances", "Sustancias"), question.group.clone(), stage.group.name.clone())];
    if let Some([from, to]) = &question.edge {
        out.push(part("from_place", Both::new("From", "Desde"), from.clone(), name(from)));
        out.push(part("to_place", Both::new("To", "Hacia"), to.clone(), name(to)));
    } else {
        out.push(same("method", "Method", "Método", question.method.name()));
    }
    out.push(same("links", "Links", "Enlaces", &question.links.join(", ")));
    out.push(same("checks", "Checks", "Controles", &question.checks.join(", ")));
    let bounds = [("from", "Since", "A partir de", &question.from), ("to", "Until", "Hasta el periodo", &question.to)];
    out.extend(bounds.iter().filter_map(|(dim, en, es, text)| text.as_ref().map(|t| same(dim, en, es, t))));
    out
}
