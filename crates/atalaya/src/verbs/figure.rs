//! One figure with all that stands behind it: the question, its rows, its vintages, who may see it.

use std::collections::BTreeMap;

use atalaya_kernel::label::RowRelease;
use atalaya_kernel::{Both, Clearance, Exit, Label, Lang, Problem, Tlp, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::figure_routes::routes_today;
use super::say::{decimal, table};
use super::table::Withheld;
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::SourceLine;
use crate::observatory::Caller;
use crate::query::{self, Behind};

/// One figure: value, question in words, sources, the rows behind it, its vintages, who may see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Figure {
    /// The figure's id, as it stands beside it: fig-0123456789abcdef
    pub id: String,
    /// Rows behind it to skip
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0, value_name = "ROWS"))]
    pub offset: usize,
    /// Rows behind it shown
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20, value_name = "ROWS"))]
    pub limit: usize,
}

/// One part of the question: where, when, of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The dimension.
    pub dim: String,
    /// What it is called.
    pub label: Both,
    /// The code asked for.
    pub code: String,
    /// What that is called.
    pub name: Both,
}

/// The figure's cell as one vintage had it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InVintage {
    /// The intake.
    pub intake: i64,
    /// Its source.
    pub source: String,
    /// Its vintage.
    pub vintage: String,
    /// When it was collected.
    pub collected_at: String,
    /// Up to when its data count.
    pub cut_off: Option<String>,
    /// When it was prepared.
    pub prepared: Option<String>,
    /// The values: `value`, `low`, `high`, `missing` ... or `records`, `kg` ...
    pub value: Value,
}

/// A figure with all that stands behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigurePage {
    /// Its id.
    pub figure: String,
    /// What it says, in one line.
    pub title: Both,
    /// The question, part by part.
    pub asked: Vec<Asked>,
    /// The question as it is asked of the program.
    pub query: Value,
    /// The value as published: `value`, `low`, `high`, `missing` ... or `records`, `kg` ...
    pub value: Value,
    /// Its unit.
    pub unit: Both,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The newest intake then.
    pub as_of: i64,
    /// The last link decision counted; 0 for none.
    pub links: i64,
    /// The link decisions that the events among its records rest on. Only desks of the observatory
    /// are told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<RestsOn>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// Its label.
    pub label: Option<Label>,
    /// Who may see it, in words.
    pub may_see: Vec<Both>,
    /// The rows behind it.
    pub behind: Behind,
    /// Sources whose single rows are not shown.
    pub withheld: Vec<Withheld>,
    /// The same cell in every vintage that has it, oldest first.
    pub vintages: Vec<InVintage>,
    /// What the same question answers today, if that is another figure.
    pub today: Option<Today>,
    /// How to cite it.
    pub cite: Both,
    /// What a reader should know.
    pub notes: Vec<Both>,
}

/// A link decision that a figure rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestsOn {
    /// Its number.
    pub decision: i64,
    /// When, RFC 3339.
    pub when: String,
    /// Which desk or role.
    pub who: String,
    /// The reason.
    pub why: String,
    /// What it was called.
    pub title: Both,
}

/// The same question asked today.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// The figure it gives.
    pub figure: String,
    /// Its value.
    pub value: Value,
    /// Whether the value is another one.
    pub differs: bool,
}

impl Verb for Figure {
    const NAME: &'static str = "figure";
    type Outcome = FigurePage;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<FigurePage, Problem> {
        let id = self.id.trim();
        let (figure, view) = observatory.figure(id)?.ok_or_else(|| unknown(id))?;
        let clearance = observatory.clearance().clone();
        // One that another view computed is looked at in that view; rows stay the caller's question.
        let alike = figure.query.routes.is_none() && observatory.store().snapshot(Some(figure.as_of))? == figure.snapshot;
        if view == clearance || alike {
            self.page(observatory, figure, &clearance)
        } else {
            self.page(&mut observatory.another(view)?, figure, &clearance)
        }
    }
}

impl Figure {
    /// The page of a figure, its rows as `clearance` may see them.
    fn page(&self, observatory: &mut Observatory, figure: atalaya_store::Figure, clearance: &Clearance) -> Result<FigurePage, Problem> {
        if let Some(question) = crate::routes::make::asked(&figure) {
            return self.routes_page(observatory, figure, &question, clearance);
        }
        let eye = observatory.eye(Some(figure.as_of))?;
        let then = query::as_then(observatory, &figure)?;
        let answer = query::again(observatory, &eye, &then)?;
        let mut asked = asked(&figure.query, &answer.labels);
        for part in asked.iter_mut().filter(|p| p.dim == "source") {
            part.name = answer.sources.iter().find(|s| s.id == part.code).map_or(part.name.clone(), |s| s.title.clone());
        }
        let unit = unit_of(&figure.query.what, &figure.value, &asked);
        let title = title(&figure.query.what, &asked);
        let behind = query::behind(observatory, &eye, &figure.query, self.offset, self.limit, &|label| clearance.sees_rows(label))?;
        let withheld = answer
            .sources
            .iter()
            .filter(|s| !clearance.sees_rows(&s.label))
            .map(|s| Withheld { source: s.id.clone(), title: s.title.clone(), why: kept_here() })
            .collect();
        let cite = cite(&figure, &title, &unit, &answer.sources);
        Ok(FigurePage {
            rests_on: if clearance.inside { rests_on(observatory, &eye, &then)? } else { Vec::new() },
            links: figure.links,
            vintages: query::by_vintage(observatory, &then)?,
            today: today(observatory, &figure)?,
            may_see: answer.label.as_ref().map(|l| may_see(l, clearance)).unwrap_or_default(),
            figure: figure.id,
            title,
            asked,
            query: serde_json::to_value(&figure.query).unwrap_or_default(),
            value: figure.value,
            unit,
            snapshot: figure.snapshot,
            as_of: figure.as_of,
            sources: answer.sources,
            label: answer.label,
            behind,
            withheld,
            cite,
            notes: answer.notes,
        })
    }
}

fn unknown(id: &str) -> Problem {
    Problem::new(
        "unknown-figure",
        id,
        Both::new("no figure of this observatory has this id", "ninguna cifra de este observatorio tiene este id"),
        Both::new("copy the whole id from the table or export it stands in", "copie el id completo de la tabla o exportación donde está"),
    )
    .exits(Exit::No)
}

pub(super) fn kept_here() -> Both {
    Both::new(
        "the label of this source keeps its single rows with the desk that holds them",
        "la etiqueta de esta fuente deja sus filas individuales en la mesa que las guarda",
    )
}

/// The parts of the question that say something.
fn asked(query: &atalaya_store::Query, labels: &BTreeMap<String, BTreeMap<String, Both>>) -> Vec<Asked> {
    let name = |dim: &str, code: &str| {
        query::label_of(dim, code).or_else(|| labels.get(dim).and_then(|l| l.get(code)).cloned()).unwrap_or_else(|| Both::same(code))
    };
    let part = |dim: atalaya_store::Dim, code: &str| Asked {
        dim: dim.name().into(),
        label: query::heading(dim),
        code: code.into(),
        name: name(dim.name(), code),
    };
    let mut parts: Vec<Asked> = query.at.iter().filter(|(_, code)| !code.is_empty()).map(|(dim, code)| part(*dim, code)).collect();
    let lists = [
        (atalaya_store::Dim::Area, &query.area),
        (atalaya_store::Dim::Substance, &query.substance),
        (atalaya_store::Dim::Source, &query.source),
    ];
    for (dim, codes) in lists {
        if !query.at.contains_key(&dim) {
            parts.extend(codes.iter().map(|code| part(dim, code)));
        }
    }
    let bound = |dim: &str, label: Both, text: &Option<String>| {
        text.as_ref().map(|t| Asked { dim: dim.into(), label, code: t.clone(), name: Both::same(t.clone()) })
    };
    parts.extend(bound("from", Both::new("From", "Desde"), &query.from));
    parts.extend(bound("to", Both::new("To", "Hasta"), &query.to));
    parts.extend(query.without.iter().map(|id| Asked {
        dim: "without".into(),
        label: Both::new("Without records flagged", "Sin registros marcados"),
        code: id.clone(),
        name: atalaya_kernel::rule::rule(id).map_or_else(|| Both::same(id.clone()), |r| r.title()),
    }));
    parts
}

/// `Coca bush under cultivation, Peru, 2024`.
fn title(what: &str, asked: &[Asked]) -> Both {
    let head = query::title_of(what);
    let told: Vec<&Asked> = ["substance", "area", "place", "year", "quarter", "month", "fiscal-year"]
        .iter()
        .flat_map(|d| asked.iter().filter(move |a| a.dim == *d))
        .collect();
    let plain = told.iter().filter(|a| !(a.dim == "substance" && matches!(what, "coca-area" | "poppy-area")));
    let (en, es): (Vec<&str>, Vec<&str>) = plain.map(|a| (a.name.en.as_str(), a.name.es.as_str())).unzip();
    Both::new(
        std::iter::once(head.en.as_str()).chain(en).collect::<Vec<_>>().join(", "),
        std::iter::once(head.es.as_str()).chain(es).collect::<Vec<_>>().join(", "),
    )
}

fn unit_of(what: &str, value: &Value, asked: &[Asked]) -> Both {
    if let Some(unit) = asked.iter().find(|a| a.dim == "unit" && query::is_series(what)) {
        return query::after_a_number(&unit.code);
    }
    if query::is_series(what) {
        return query::unit_name(what);
    }
    if value.get("kg").is_some() { Both::same("kg") } else { Both::new("records", "registros") }
}

/// Who may see it, in words.
pub(super) fn may_see(label: &Label, _clearance: &Clearance) -> Vec<Both> {
    let tlp = match label.tlp {
        Tlp::Clear => Both::new("anybody may see it and pass it on", "cualquiera puede verla y compartirla"),
        Tlp::Green => Both::new(
            "it may be shared within the community of those who work on this, not made public",
            "puede compartirse en la comunidad que trabaja el tema, sin publicarse",
        ),
        Tlp::Amber => Both::new(
            "it may be shared in the receiving organisation and with those who must act on it, on a need to know",
            "puede compartirse en la organización que la recibe y con quienes deben actuar, según necesidad de conocer",
        ),
        Tlp::AmberStrict => Both::new(
            "it may be shared in the receiving organisation only, on a need to know",
            "puede compartirse solo en la organización que la recibe, según necesidad de conocer",
        ),
        Tlp::Red => Both::new("it is for those it was given to and for nobody else", "es solo para quienes la recibieron y para nadie más"),
    };
    let names: Vec<&str> = label.recipients.iter().map(String::as_str).collect();
    let list = names.join(", ");
    let to = match names.as_slice() {
        [] => Both::new(
            "no recipient is named yet: it stays in this observatory",
            "aún no se nombra destinatario: queda en este observatorio",
        ),
        _ if label.recipients.contains("*") => Both::new("any recipient", "cualquier destinatario"),
        _ => both!("recipients: {list}", "destinatarios: {list}"),
    };
    let purpose = &label.purpose;
    let rows = match label.rows {
        RowRelease::Releasable => Both::new(
            "the single rows behind it may leave under the same label",
            "las filas individuales que la sustentan pueden salir con la misma etiqueta",
        ),
        RowRelease::NotReleasable => Both::new(
            "the single rows behind it stay here; this total may leave under the label",
            "las filas individuales que la sustentan se quedan aquí; este total puede salir con la etiqueta",
        ),
    };
    vec![tlp, to, both!("purpose: {purpose}", "finalidad: {purpose}"), rows]
}

/// The decisions behind those events of which two records fall into a figure's cell.
fn rests_on(observatory: &Observatory, eye: &crate::observatory::Eye, query: &atalaya_store::Query) -> Result<Vec<RestsOn>, Problem> {
    let numbers = query::decisions_behind(observatory, eye, query)?;
    let line = |d: &atalaya_store::LinkDecision| RestsOn {
        decision: d.id,
        when: d.decided_at.clone(),
        who: d.who.clone(),
        why: d.why.clone(),
        title: d.linking.title.clone(),
    };
    Ok(observatory.links()?.decisions.iter().filter(|d| numbers.contains(&d.id)).map(line).collect())
}

/// What the same question answers on the rows and rulings of now, if those are others.
pub(super) fn today(observatory: &mut Observatory, figure: &atalaya_store::Figure) -> Result<Option<Today>, Problem> {
    if figure.query.routes.is_some() {
        return routes_today(observatory, figure);
    }
    let eye = observatory.eye(None)?;
    let root = |query: &atalaya_store::Query| query::events_for(observatory, &eye, query).map(|e| e.root.clone());
    if *eye.snapshot == *figure.snapshot && root(&query::as_then(observatory, figure)?)? == root(&figure.query)? {
        return Ok(None);
    }
    let Some(now) = query::figure_now(observatory, &eye, &figure.query)? else { return Ok(None) };
    Ok(Some(Today { differs: now.value != figure.value, figure: now.id, value: now.value }))
}

/// The number a figure stands for, as text.
fn number(value: &Value) -> Option<String> {
    let of = |key: &str| match value.get(key) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(n)) => Some(n.to_string()),
        _ => None,
    };
    of("value").or_else(|| of("kg")).or_else(|| of("records"))
}

pub(super) fn cite(figure: &atalaya_store::Figure, title: &Both, unit: &Both, sources: &[SourceLine]) -> Both {
    let said = |lang: Lang| {
        let value = number(&figure.value).map_or_else(|| "–".to_string(), |n| decimal(&n, lang));
        let of = |s: &SourceLine| format!("{}, {} [{}]", s.producer, s.title.in_lang(lang), s.vintages.join(", "));
        let list = sources.iter().map(of).collect::<Vec<_>>().join("; ");
        let unit = unit.in_lang(lang);
        let unit = if unit.is_empty() { String::new() } else { format!("\u{a0}{unit}") };
        let (head, id) = (title.in_lang(lang), &figure.id);
        let snapshot = figure.snapshot.get(..12).unwrap_or("");
        match lang {
            Lang::En => format!("{head}: {value}{unit}. Source: {list}. Atalaya figure {id}, snapshot {snapshot}."),
            Lang::Es => format!("{head}: {value}{unit}. Fuente: {list}. Cifra de Atalaya {id}, instantánea {snapshot}."),
        }
    };
    Both::new(said(Lang::En), said(Lang::Es))
}

impl FigurePage {
    /// Records and events, where they differ.
    fn totals(&self) -> Option<(u64, u64)> {
        let of = |key: &str| self.value.get(key).and_then(Value::as_u64);
        of("records").zip(of("events")).filter(|(records, events)| records != events)
    }
}

impl Say for FigurePage {
    fn say(&self, lang: Lang) -> String {
        let value = number(&self.value).map_or_else(|| "–".to_string(), |n| decimal(&n, lang));
        let ends = ["low", "high"].map(|k| self.value.get(k).and_then(Value::as_str).unwrap_or("").to_string());
        let interval = if ends.iter().all(|e| !e.is_empty()) {
            format!(" ({}–{})", decimal(&ends[0], lang), decimal(&ends[1], lang))
        } else {
            String::new()
        };
        let mut out = format!("{}\n\n  {value}{interval} {}\n\n", self.title.in_lang(lang), self.unit.in_lang(lang));
        for part in &self.asked {
            out += &format!("  {}: {}\n", part.label.in_lang(lang), part.name.in_lang(lang));
        }
        let heads: Vec<&str> = self.behind.columns.iter().map(|c| c.label.in_lang(lang)).collect();
        let rows: Vec<Vec<String>> = self.behind.rows.iter().map(|r| r.iter().map(|c| c.clone().unwrap_or_default()).collect()).collect();
        if let Some((records, events)) = self.totals() {
            let [records, events] = [records, events].map(|n| super::count(n, lang));
            out += both!("  {records} records, {events} events\n", "  {records} registros, {events} hechos\n").in_lang(lang);
        }
        for one in &self.rests_on {
            let (n, why) = (one.decision, &one.why);
            out += both!("  rests on link decision {n}: “{why}”\n", "se apoya en la decisión de vinculación {n}: «{why}»\n").in_lang(lang);
        }
        out += &format!("\n{}", table(&heads, &rows));
        if let Some(total) = self.behind.total {
            let shown = rows.len();
            out += both!("{shown} of {total} rows\n", "{shown} de {total} filas\n").in_lang(lang);
        }
        for one in &self.withheld {
            out += &format!("* {}: {}\n", one.source, one.why.in_lang(lang));
        }
        for v in &self.vintages {
            let value = number(&v.value).map_or_else(|| "–".to_string(), |n| decimal(&n, lang));
            out += &format!("  {} [{}]  {value}\n", v.source, v.vintage);
        }
        if let Some(today) = self.today.as_ref().filter(|t| t.differs) {
            let (figure, value) = (&today.figure, &today.value);
            out += both!("today: {value} ({figure})\n", "hoy: {value} ({figure})\n").in_lang(lang);
        }
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += &format!("\n{label}\n");
        for line in &self.may_see {
            out += &format!("  {}\n", line.in_lang(lang));
        }
        out += &format!("\n{}\n", self.cite.in_lang(lang));
        out
    }
}
