//! Draw routes: a flow map, a Sankey, or the account of a place.

use std::path::PathBuf;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_report::chart::{self, Look};
use atalaya_report::{Format, render};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chart::{DrawnFile, format_of, theme_of};
use super::{RoutesAtlas, Say, Verb};
use crate::Observatory;
use crate::answer::SourceLine;
use crate::observatory::Caller;
use crate::routes::atlas::Atlas;
use crate::routes::country::{Country, country};
use crate::routes::draw::{Picture, Wish, chart as chart_of};
use crate::routes::table::table;
use atalaya_kernel::Label;

/// Pixels a CSS pixel in a PNG: sharp on paper and on dense screens.
const PNG_SCALE: f64 = 2.0;

/// Draw flows between places: a map, a Sankey from field to market, or the account of a place.
///
/// Width is the amount, the pale band its interval; dashes mean fewer than five effective records,
/// grey what is not known. Without --out the picture goes to standard output.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesDraw {
    /// The question of the atlas.
    #[cfg_attr(feature = "cli", command(flatten))]
    #[serde(flatten)]
    pub ask: RoutesAtlas,
    /// What is drawn: map sankey balance
    #[cfg_attr(feature = "cli", arg(long, default_value = "map", value_name = "WHAT"))]
    pub what: String,
    /// Only links of this place; for balance, whose account
    #[cfg_attr(feature = "cli", arg(long, value_name = "AREA"))]
    pub area: Option<String>,
    /// Only this year; all years on average if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "YEAR"))]
    pub year: Option<i32>,
    /// How many links are drawn, the largest first; the others are counted
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 40, value_name = "COUNT"))]
    pub most: usize,
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

/// Routes, drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoutesDrawn {
    /// The picture.
    pub svg: String,
    /// What a screen reader says.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// The id of the atlas drawn.
    pub figure: String,
    /// Its name in files.
    pub id: String,
    /// What it shows.
    pub title: Both,
    /// The unit of its amounts.
    pub unit: Both,
    /// `flows`, `sankey`, `ledger`.
    pub kind: &'static str,
    /// The years there are to choose from.
    pub years: Vec<String>,
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

impl Verb for RoutesDraw {
    const NAME: &'static str = "routes";
    type Outcome = RoutesDrawn;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<RoutesDrawn, Problem> {
        let picture = Picture::parse(&self.what)?;
        let (format, theme) = (format_of(self.format.as_deref(), self.out.as_deref())?, theme_of(self.theme.as_deref())?);
        let mut atlas = self.ask.run(observatory, caller)?;
        let outlines = if picture == Picture::Map { observatory.outlines(&mut atlas.notes) } else { Vec::new() };
        let area = self.area.as_deref().filter(|a| !a.is_empty()).map(|a| code_of(&atlas, a)).transpose()?;
        let wish = Wish { area: area.as_deref(), year: self.year, most: self.most };
        let chart = chart_of(&atlas, picture, wish, outlines)?;
        let look = Look { lang: caller.lang, theme, width: f64::from(self.width.unwrap_or(900)) };
        let drawing = chart::draw(&chart, &look);
        let mut drawn = RoutesDrawn {
            svg: drawing.svg,
            alt: drawing.alt,
            width: drawing.width,
            height: drawing.height,
            figure: chart.figure.clone(),
            id: chart.id.clone(),
            title: chart.title.clone(),
            unit: chart.unit.clone(),
            kind: chart.body.kind().id,
            years: atlas.years.iter().map(ToString::to_string).collect(),
            notes: atlas.notes.clone(),
            label: atlas.label.clone(),
            sources: atlas.sources.clone(),
            snapshot: atlas.snapshot.clone(),
            file: None,
        };
        drawn.file = Some(file(&drawn, format, &atlas, caller.lang)?);
        if let (Some(path), Some(file)) = (&self.out, drawn.file.as_mut()) {
            std::fs::write(path, &file.bytes).map_err(|e| Problem::io(path.display().to_string(), &e))?;
            file.written = Some(path.clone());
        }
        Ok(drawn)
    }
}

/// The code of a place of an atlas by code or name.
///
/// # Errors
/// `no-such-place`, or that of a name that no list knows.
fn code_of(atlas: &Atlas, text: &str) -> Result<String, Problem> {
    let same = |found: &str| found.eq_ignore_ascii_case(text);
    match atlas.places.iter().find(|p| same(&p.code) || same(&p.name.en) || same(&p.name.es)) {
        Some(place) => Ok(place.code.clone()),
        None => crate::query::area_named(text, "--area").map(String::from),
    }
}

/// The file of a drawing in a format.
fn file(drawn: &RoutesDrawn, format: &str, atlas: &Atlas, lang: Lang) -> Result<DrawnFile, Problem> {
    let (media_type, bytes) = match format {
        "png" => ("image/png", chart::png(&drawn.svg, PNG_SCALE)?),
        "json" => ("application/json", serde_json::to_vec(drawn).unwrap_or_default()),
        "csv" => {
            let pieces = render(&table(atlas), Format::Csv, lang, &format!("{}.csv", drawn.id))?;
            ("text/csv; charset=utf-8", pieces.into_iter().next().map(|p| p.bytes).unwrap_or_default())
        }
        _ => ("image/svg+xml", drawn.svg.clone().into_bytes()),
    };
    Ok(DrawnFile { name: format!("{}.{format}", drawn.id), media_type, bytes, written: None })
}

impl Say for RoutesDrawn {
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

/// A country in plain sentences: what is produced, what leaves and comes, how sure, what is not
/// known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesCountry {
    /// The country: PE, Peru
    #[cfg_attr(feature = "cli", arg(value_name = "AREA"))]
    pub area: String,
    /// The question of the atlas.
    #[cfg_attr(feature = "cli", command(flatten))]
    #[serde(flatten)]
    pub ask: RoutesAtlas,
}

impl Verb for RoutesCountry {
    const NAME: &'static str = "routes";
    type Outcome = Country;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Country, Problem> {
        let atlas = self.ask.run(observatory, caller)?;
        country(&atlas, &code_of(&atlas, &self.area)?)
    }
}

impl Say for Country {
    fn say(&self, lang: Lang) -> String {
        let years = match (self.years.first(), self.years.last()) {
            (Some(first), Some(last)) => format!("{first}–{last}"),
            _ => String::new(),
        };
        let mut out = format!("{}: {}, {years}\n", self.name.in_lang(lang), self.group_name.in_lang(lang));
        for part in &self.parts {
            out += &format!("\n{}\n", part.head.in_lang(lang));
            for text in &part.text {
                out += &format!("  {}\n", text.in_lang(lang));
            }
        }
        out.push('\n');
        for note in &self.notes {
            out += &format!("* {}\n", note.in_lang(lang));
        }
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out + &format!("{label}  {}  snapshot {}\n", self.figure, self.snapshot.get(..16).unwrap_or(""))
    }
}
