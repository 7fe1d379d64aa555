//! Draw the answer to a question.

use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Label, Lang, Problem, both};
use atalaya_report::chart::{self, Body, Chart, Line, Look, MapBody, Theme};
use atalaya_report::{Format, render};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::export::table_of;
use super::query::Ask;
use super::{Say, Verb};
use crate::Observatory;
use crate::answer::{Answer, SourceLine};
use crate::chart::{Wish, of_answer};
use crate::observatory::Caller;
use crate::query::understood_answer;

/// Pixels a CSS pixel in a PNG: sharp on paper and on dense screens.
const PNG_SCALE: f64 = 2.0;

/// Draw the answer to a question as lines, bars, a map or small multiples.
///
/// Title, unit, sources, dates, label and figure id stand inside the picture. Without --out the
/// picture goes to standard output.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Draw {
    /// The question whose answer is drawn.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub ask: Ask,
    /// Kind of chart: lines bars map maps multiples; what suits the answer if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "KIND"))]
    pub kind: Option<String>,
    /// What is drawn of records: records events kg kg_unique (events and kg_unique count each event
    /// once)
    #[cfg_attr(feature = "cli", arg(long, value_name = "VALUE"))]
    pub value: Option<String>,
    /// Year of bars and maps; the last one if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEAR"))]
    pub year: Option<String>,
    /// Width in pixels, 280 to 2400
    #[cfg_attr(feature = "cli", arg(long, value_name = "PIXELS"))]
    pub width: Option<u32>,
    /// Colours: light dark
    #[cfg_attr(feature = "cli", arg(long, value_name = "THEME"))]
    pub theme: Option<String>,
    /// Format: svg png json csv; told by the file's name if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "FORMAT"))]
    pub format: Option<String>,
    /// File to write; standard output if left out
    #[cfg_attr(feature = "cli", arg(long, short, value_name = "FILE"))]
    pub out: Option<PathBuf>,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawn {
    /// The picture.
    pub svg: String,
    /// What a screen reader says.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// The id of the answer drawn.
    pub figure: String,
    /// Its name in files.
    pub id: String,
    /// What it shows.
    pub title: Both,
    /// The unit of its values.
    pub unit: Both,
    /// The kind of chart: `lines`, `bars`, `map`, `multiples`.
    pub kind: &'static str,
    /// What is drawn, as numbers.
    pub lines: Vec<Line>,
    /// The times there are to choose from.
    pub years: Vec<String>,
    /// Of one map: its classes, their fills, and the class of every area in every year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<MapBody>,
    /// What a reader should know.
    pub notes: Vec<Both>,
    /// The label everything in it carries.
    pub label: Option<Label>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// The file asked for, and what is in it.
    #[serde(skip)]
    pub file: Option<DrawnFile>,
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnFile {
    /// What it is called: `coca-bush-under-cultivation-peru.svg`.
    pub name: String,
    /// What it is, for a browser.
    pub media_type: &'static str,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Where it was written.
    pub written: Option<PathBuf>,
}

impl DrawnFile {
    /// Whether it can be shown as text.
    pub fn is_text(&self) -> bool {
        self.media_type != "image/png"
    }
}

impl Draw {
    /// The question asked; a map is by area, and by year so that its classes hold for every year.
    fn question(&self) -> Ask {
        let mut ask = self.ask.clone();
        if matches!(self.kind.as_deref(), Some("map" | "maps")) {
            let timed = ask.by.iter().any(|b| matches!(b.as_str(), "year" | "quarter" | "month" | "fiscal-year"));
            let needed = [(!timed).then_some("year"), (!ask.by.iter().any(|b| b == "area")).then_some("area")];
            ask.by.extend(needed.into_iter().flatten().map(String::from));
        }
        ask
    }
}

/// The colours of that name.
///
/// # Errors
/// `unknown-theme`.
pub(super) fn theme_of(theme: Option<&str>) -> Result<Theme, Problem> {
    match theme {
        None | Some("light") => Ok(Theme::Light),
        Some("dark") => Ok(Theme::Dark),
        Some(other) => Err(unknown("theme", other, "light, dark")),
    }
}

/// The format asked for, else that of the file's name, else svg.
///
/// # Errors
/// `unknown-format`.
pub(super) fn format_of(format: Option<&str>, out: Option<&Path>) -> Result<&'static str, Problem> {
    let by_name = || out.and_then(Path::extension).map(|e| e.to_string_lossy().to_lowercase());
    let name = format.map(String::from).or_else(by_name).unwrap_or_else(|| "svg".into());
    ["svg", "png", "json", "csv"].into_iter().find(|f| *f == name).ok_or_else(|| unknown("format", &name, "svg, png, json, csv"))
}

fn unknown(what: &str, found: &str, known: &str) -> Problem {
    Problem::new(
        &format!("unknown-{what}"),
        format!("--{what} {found}"),
        Both::new("there is none of this name", "no existe con este nombre"),
        both!("known: {known}", "se conocen: {known}"),
    )
}

impl Verb for Draw {
    const NAME: &'static str = "chart";
    type Outcome = Drawn;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Drawn, Problem> {
        let (format, theme) = (format_of(self.format.as_deref(), self.out.as_deref())?, theme_of(self.theme.as_deref())?);
        let (mut answer, query, eye) = understood_answer(observatory, &self.question().query()?)?;
        let wish = Wish { kind: self.kind.clone(), value: self.value.clone(), year: self.year.clone() };
        let outlines =
            if matches!(wish.kind.as_deref(), Some("map" | "maps")) { observatory.outlines(&mut answer.notes) } else { Vec::new() };
        let (chart, years) = of_answer(&eye, &query, &answer, &wish, &outlines)?;
        let look = Look { lang: caller.lang, theme, width: f64::from(self.width.unwrap_or(800)) };
        let mut drawn = Drawn::of(&chart, years, &answer, &look);
        if format != "csv" {
            return drawn.filed(format, self.out.as_deref());
        }
        let mut file = numbers_file(&drawn, &answer, caller.lang)?;
        if let Some(path) = &self.out {
            std::fs::write(path, &file.bytes).map_err(|e| Problem::io(path.display().to_string(), &e))?;
            file.written = Some(path.clone());
        }
        drawn.file = Some(file);
        Ok(drawn)
    }
}

/// The look and the format of a drawing that is no answer to a question: svg or png.
///
/// # Errors
/// `unknown-theme`, `unknown-format`.
pub(super) fn wanted(
    (theme, width): (&Option<String>, Option<u32>),
    format: &Option<String>,
    out: Option<&Path>,
    lang: Lang,
) -> Result<(Look, &'static str), Problem> {
    let format = format_of(format.as_deref(), out)?;
    if format == "csv" {
        return Err(unknown("format", format, "svg, png, json"));
    }
    Ok((Look { lang, theme: theme_of(theme.as_deref())?, width: f64::from(width.unwrap_or(800)) }, format))
}

impl Drawn {
    fn of(chart: &Chart, years: Vec<String>, answer: &Answer, look: &Look) -> Drawn {
        Drawn { years, ..Drawn::of_chart(chart, look, (&answer.sources, &answer.label, &answer.snapshot)) }
    }

    /// What a chart draws, with its sources, its label and the state of its data.
    pub(super) fn of_chart(chart: &Chart, look: &Look, (sources, label, snapshot): (&[SourceLine], &Option<Label>, &str)) -> Drawn {
        let drawing = chart::draw(chart, look);
        Drawn {
            svg: drawing.svg,
            alt: drawing.alt,
            width: drawing.width,
            height: drawing.height,
            figure: chart.figure.clone(),
            id: chart.id.clone(),
            title: chart.title.clone(),
            unit: chart.unit.clone(),
            kind: chart.body.kind().id,
            lines: numbers(&chart.body),
            years: Vec::new(),
            map: if let Body::Map(map) = &chart.body {
                Some(MapBody { values: Vec::new(), outlines: Vec::new(), ..map.clone() })
            } else {
                None
            },
            notes: chart.about.notes.clone(),
            label: label.clone(),
            sources: sources.to_vec(),
            snapshot: snapshot.to_string(),
            file: None,
        }
    }

    /// The same with its file in a format, written where that is asked for.
    pub(super) fn filed(mut self, format: &str, out: Option<&Path>) -> Result<Drawn, Problem> {
        let mut file = picture(&self, format)?;
        if let Some(path) = out {
            std::fs::write(path, &file.bytes).map_err(|e| Problem::io(path.display().to_string(), &e))?;
            file.written = Some(path.to_path_buf());
        }
        self.file = Some(file);
        Ok(self)
    }
}

/// What a body draws, as lines of numbers.
fn numbers(body: &Body) -> Vec<Line> {
    let single = |name: &Both, point: &chart::Point| Line { name: name.clone(), points: vec![point.clone()], ghosts: Vec::new() };
    match body {
        Body::Lines(lines) => lines.lines.clone(),
        Body::Bars(bars) => bars.bars.iter().map(|b| single(&b.name, &b.point)).collect(),
        Body::Map(map) => map.values.iter().map(|v| single(&v.name, &v.point)).collect(),
        // A finding has its own numbers, in its own file.
        Body::Finding(_) => Vec::new(),
        Body::Multiples { panels } => panels
            .iter()
            .flat_map(|p| numbers(&p.body).into_iter().map(|line| Line { name: joined(&p.title, &line.name), ..line }))
            .collect(),
        // Flows have their own numbers: the atlas.
        Body::FlowMap(_) | Body::Sankey(_) | Body::Ledger(_) => Vec::new(),
    }
}

fn joined(panel: &Both, line: &Both) -> Both {
    let join = |a: &str, b: &str| if b.is_empty() { a.to_string() } else { format!("{a} · {b}") };
    Both::new(join(&panel.en, &line.en), join(&panel.es, &line.es))
}

/// The picture of a drawing in a format.
fn picture(drawn: &Drawn, format: &str) -> Result<DrawnFile, Problem> {
    let (media_type, bytes) = match format {
        "png" => ("image/png", chart::png(&drawn.svg, PNG_SCALE)?),
        "json" => ("application/json", serde_json::to_vec(drawn).unwrap_or_default()),
        _ => ("image/svg+xml", drawn.svg.clone().into_bytes()),
    };
    Ok(DrawnFile { name: format!("{}.{format}", drawn.id), media_type, bytes, written: None })
}

/// The numbers of the answer that is drawn.
fn numbers_file(drawn: &Drawn, answer: &Answer, lang: Lang) -> Result<DrawnFile, Problem> {
    let name = format!("{}.csv", drawn.id);
    let pieces = render(&table_of(answer), Format::Csv, lang, &name)?;
    let bytes = pieces.into_iter().next().map(|p| p.bytes).unwrap_or_default();
    Ok(DrawnFile { name, media_type: "text/csv; charset=utf-8", bytes, written: None })
}

impl Say for Drawn {
    fn say(&self, lang: Lang) -> String {
        match &self.file {
            Some(DrawnFile { written: Some(path), .. }) => {
                let (path, figure) = (path.display(), &self.figure);
                let (width, height) = (self.width, self.height);
                both!("{path}\n  {width} x {height} px, figure {figure}\n", "{path}\n  {width} x {height} px, cifra {figure}\n")
                    .in_lang(lang)
                    .to_string()
            }
            Some(file) if file.is_text() => String::from_utf8_lossy(&file.bytes).into_owned(),
            _ => format!("{}\n", self.alt),
        }
    }
}
