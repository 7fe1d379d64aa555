//! Bulletins: a text that people edit, filled with figures, as HTML and PDF.
//!
//! [`read`] gives a [`Template`]: blocks with holes, and what each hole asks. Who can ask the store
//! answers with [`Filling`]s; [`fill`] puts them in. A [`Document`] is then all a page needs, in
//! one language; [`html`] and [`pdf`] write it. The same document gives the same bytes.

mod ask;
mod block;
mod front;
mod html;
pub mod number;
mod pdf;
mod text;
mod words;

use atalaya_kernel::{Lang, Tlp};
use serde::Serialize;

pub use ask::{Ask, KeyAsk, NumberAsk, Op, PictureAsk, Piece, Placed};
pub use block::{Block, Filling, Grid, GridCell, Key, Number, Plate, Span, fill};
pub use front::{Audience, Front};
pub use html::html;
pub use pdf::pdf;
pub use text::{Template, plain, read};
pub use words::word;

/// A bulletin in one language, every number in place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// Its id: its folder's name.
    pub id: String,
    /// Its language.
    pub lang: Lang,
    /// The title on the cover.
    pub title: String,
    /// The line under it.
    pub subtitle: String,
    /// The time it is about, in words.
    pub period: String,
    /// The number of the issue.
    pub issue: String,
    /// Who publishes it.
    pub publisher: String,
    /// The desk that answers questions.
    pub contact: String,
    /// The marking on every page.
    pub tlp: Tlp,
    /// For whom it is, in words.
    pub recipients: String,
    /// The day it was prepared, `2026-01-31`.
    pub prepared: String,
    /// Up to when the data count, `2026-01-31`, if the sources say so.
    pub cut_off: Option<String>,
    /// The snapshot it rests on.
    pub snapshot: String,
    /// Whether something in it is made up.
    pub simulated: bool,
    /// Whether it is not signed off as it stands.
    pub draft: bool,
    /// Who signed it off, when and why; or why it is a draft.
    pub state: String,
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Its notes, by number.
    pub notes: Vec<Vec<Block>>,
    /// The lines of the table of figures.
    pub lines: Vec<FigureLine>,
}

/// A line of the table of figures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FigureLine {
    /// The number as it is read; empty for a whole table or chart.
    pub value: String,
    /// What it is.
    pub question: String,
    /// The figures it rests on.
    pub figures: Vec<String>,
    /// How it was computed from them.
    pub formula: String,
    /// The sources, by id.
    pub sources: Vec<String>,
}

impl Document {
    /// The headings of sections: their links and words.
    fn contents(&self) -> Vec<(&str, String)> {
        fn collect<'a>(blocks: &'a [Block], out: &mut Vec<(&'a str, String)>) {
            for block in blocks {
                match block {
                    Block::Heading { level: 1 | 2, id, spans } => out.push((id, plain(spans))),
                    Block::Group { blocks } => collect(blocks, out),
                    _ => {}
                }
            }
        }
        let mut out = Vec::new();
        collect(&self.blocks, &mut out);
        out
    }
}
