//! Charts and maps as SVG: one renderer for the command line, the web app, the static site, the
//! bulletin's PDF and the PNG.
//!
//! A [`Chart`] says what is drawn, in both languages and without sizes or colours. A [`Look`] says
//! for whom: language, theme, width. [`draw()`] gives a [`Drawing`]: an SVG that carries its title,
//! unit, source, cut-off date, label and figure id inside, and the sentence a screen reader says.
//! The same chart and look give the same bytes.

pub mod alt;
pub mod bars;
pub mod finding;
pub mod flows;
pub mod ink;
pub mod key;
pub mod ledger;
pub mod lines;
pub mod map;
pub mod multiples;
pub mod number;
pub mod plate;
pub mod png;
pub mod sankey;
pub mod scale;
pub mod stage;
pub mod svg;
pub mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use atalaya_kernel::shape::Outlines;
use atalaya_kernel::{Both, Lang, Missing};
use serde::{Deserialize, Serialize};

use crate::table::About;
use ink::Ink;
pub use map::{Class, Classes, Frame, Good};
pub use png::png;
use stage::{Piece, Stage};

/// A kind of chart: one file, one row of [`CHARTS`].
#[derive(Debug, Clone, Copy)]
pub struct ChartKind {
    /// Its name in requests: `lines`.
    pub id: &'static str,
    /// What it is called in English and in Spanish.
    pub label: (&'static str, &'static str),
    /// Draws a body of this kind.
    pub draw: fn(&Body, &Stage<'_>) -> Piece,
    /// Says what a body of this kind shows.
    pub say: fn(&Body, &Stage<'_>) -> String,
}

/// Every kind of chart.
pub const CHARTS: &[ChartKind] =
    &[lines::KIND, bars::KIND, map::KIND, multiples::KIND, flows::KIND, sankey::KIND, ledger::KIND, finding::KIND];

impl Body {
    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        match self {
            Body::Lines(lines) => lines.lines.iter().all(|l| l.points.is_empty()),
            Body::Bars(bars) => bars.bars.is_empty(),
            Body::Map(map) => map.values.is_empty(),
            Body::Multiples { panels } => panels.iter().all(|p| p.body.is_empty()),
            // Without a link there is still what is not known.
            Body::FlowMap(flows) | Body::Sankey(flows) => flows.links.is_empty() && flows.unknown.is_empty(),
            Body::Ledger(ledger) => ledger.entries.is_empty(),
            Body::Finding(part) => part.is_empty(),
        }
    }

    /// The row of its kind.
    pub fn kind(&self) -> &'static ChartKind {
        match self {
            Body::Lines(_) => &lines::KIND,
            Body::Bars(_) => &bars::KIND,
            Body::Map(_) => &map::KIND,
            Body::Multiples { .. } => &multiples::KIND,
            Body::FlowMap(_) => &flows::KIND,
            Body::Sankey(_) => &sankey::KIND,
            Body::Ledger(_) => &ledger::KIND,
            Body::Finding(_) => &finding::KIND,
        }
    }
}

/// Draws a chart for a reader.
pub fn draw(chart: &Chart, look: &Look) -> Drawing {
    let width = look.width.clamp(plate::WIDTHS.0, plate::WIDTHS.1).round();
    let stage =
        Stage { ink: Ink::of(look.theme), lang: look.lang, width: width - 2.0 * plate::margin(width), unit: &chart.unit, shared: None };
    let kind = chart.body.kind();
    let body = if chart.body.is_empty() { plate::nothing(&stage) } else { (kind.draw)(&chart.body, &stage) };
    let alt = alt::sentence(chart, &stage, &(kind.say)(&chart.body, &stage));
    plate::assemble(chart, look, &stage, &body, alt)
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// Its name in files: small letters, digits and hyphens.
    pub id: String,
    /// What it shows: measure, places, years.
    pub title: Both,
    /// What one must know to read it: definition, population, method.
    pub subtitle: Both,
    /// The unit of every value, as it is said: `hectares`, `kilograms`, `seizures`.
    pub unit: Both,
    /// The marks.
    pub body: Body,
    /// Sources, dates, label and notes.
    pub about: About,
    /// The id of the answer it draws, `fig-...`.
    pub figure: String,
}

/// The kinds of chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Body {
    /// Values along time.
    Lines(Lines),
    /// One value a category, longest first unless the order means something.
    Bars(Bars),
    /// Areas coloured by class.
    Map(MapBody),
    /// Several small charts of one kind on one scale.
    Multiples {
        /// Each with its heading.
        panels: Vec<Panel>,
    },
    /// Flows as arrows on a map.
    FlowMap(flows::Flows),
    /// Flows from field to market.
    Sankey(flows::Flows),
    /// The account of a place.
    Ledger(ledger::Ledger),
    /// A part of what one evaluation found.
    Finding(finding::Part),
}

/// One of several small charts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panel {
    /// Its heading.
    pub title: Both,
    /// What it shows: lines or a map.
    pub body: Body,
}

/// Values along time.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Lines {
    /// The lines, in the order of their colours. Rivals are separate lines.
    pub lines: Vec<Line>,
}

/// One definition, source or estimate of one thing along time.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Line {
    /// What it is called at its end and in the key.
    pub name: Both,
    /// Its values, in time order; an absent one interrupts the line.
    pub points: Vec<Point>,
    /// What earlier vintages said where it was later revised: drawn as ghosts.
    pub ghosts: Vec<Ghost>,
}

/// A value at a time.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Point {
    /// When, as years: the middle of 2014-Q1 is 2014.125. Years are whole numbers.
    pub x: f64,
    /// When, as it is said: `2014`, `2014-Q1`.
    pub at: String,
    /// The value, as decimal text; absent where it is not known.
    pub value: Option<String>,
    /// The low end of its interval.
    pub low: Option<String>,
    /// The high end of its interval.
    pub high: Option<String>,
    /// Which kind of absent it is.
    pub missing: Option<Missing>,
    /// Whether it may still be revised.
    pub provisional: bool,
    /// Why it does not compare with the point before, where the method changed: a break.
    pub breaks: Option<Both>,
    /// The id of this very figure.
    pub figure: Option<String>,
}

/// What an earlier vintage said.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Ghost {
    /// When, as years.
    pub x: f64,
    /// When, as it is said.
    pub at: String,
    /// What it said, as decimal text.
    pub value: String,
    /// The vintage that said it.
    pub vintage: String,
}

/// One value a category.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Bars {
    /// The bars, in the order they are drawn.
    pub bars: Vec<Bar>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Bar {
    /// What it stands for.
    pub name: Both,
    /// Its value; the point's time is not drawn.
    pub point: Point,
}

/// Areas coloured by class.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct MapBody {
    /// The level drawn: `country`, `admin1`, `admin2`, `admin3`.
    pub level: String,
    /// The parts of the world, by area code, with commas between; empty for the world.
    pub within: String,
    /// Values by area code.
    pub values: Vec<AreaValue>,
    /// The year drawn, as it is said.
    pub at: String,
    /// The class limits, shared by every year of a series so that years compare; worked out from
    /// the values if empty.
    pub limits: Vec<f64>,
    /// Which side of zero is good, where the values are changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub good: Option<Good>,
    /// Every time of the series with the class of every area, for a page to show another year
    /// without drawing again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<Frame>,
    /// The fill of every class, on light and on dark, for the same page.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub palette: BTreeMap<String, [String; 2]>,
    /// The outlines that may be drawn, the first to have an area drawing it; without them the
    /// values are drawn as bars.
    #[serde(skip)]
    pub outlines: Vec<Arc<Outlines>>,
}

/// A value of an area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AreaValue {
    /// The area's code.
    pub area: String,
    /// Its name.
    pub name: Both,
    /// Its value.
    pub point: Point,
}

/// For whom a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// The language of every word and number.
    pub lang: Lang,
    /// The colours.
    pub theme: Theme,
    /// Width in CSS pixels; heights follow.
    pub width: f64,
}

/// The colours of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Dark ink on paper: print, PDF, PNG.
    #[default]
    Light,
    /// Light ink on a dark screen.
    Dark,
}

/// A finished drawing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawing {
    /// The SVG, whole and self-contained. Marks carry `data-at`, `data-value`, `data-figure` and
    /// `data-name`, so that a page can answer the pointer without drawing again.
    pub svg: String,
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// What a screen reader says: what is shown, from when to when, the extremes, what is missing.
    pub alt: String,
}
