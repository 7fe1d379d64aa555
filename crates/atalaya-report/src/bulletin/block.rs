//! The pieces of a bulletin: blocks and spans, with holes where the store's answers go.

use serde::Serialize;

/// A block of a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 is a section.
        level: u8,
        /// What links lead to.
        id: String,
        /// Its words.
        spans: Vec<Span>,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        spans: Vec<Span>,
    },
    /// A list.
    List {
        /// The first number; none for a list of dots.
        start: Option<u64>,
        /// Its items.
        items: Vec<Vec<Block>>,
    },
    /// Something set apart.
    Quote {
        /// What.
        blocks: Vec<Block>,
    },
    /// A line across.
    Rule,
    /// A table.
    Grid(Grid),
    /// A chart or a map.
    Plate(Plate),
    /// The strip of key figures.
    Keys {
        /// The figures.
        keys: Vec<Key>,
    },
    /// Blocks that stand for one directive: sources, methods, caveats.
    Group {
        /// What.
        blocks: Vec<Block>,
    },
    /// Where an answer goes.
    Hole {
        /// Which of the template's asks.
        at: usize,
    },
}

/// A run of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Span {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// Words with weight.
    Strong {
        /// The words.
        spans: Vec<Span>,
    },
    /// Words with stress.
    Emphasis {
        /// The words.
        spans: Vec<Span>,
    },
    /// A command or a code.
    Code {
        /// The words.
        text: String,
    },
    /// A link to an address outside.
    Link {
        /// `https://`, `http://` or `mailto:`.
        to: String,
        /// The words.
        spans: Vec<Span>,
    },
    /// A new line.
    Break,
    /// A number from the store.
    Number(Number),
    /// The mark of a note.
    Note {
        /// Which note, from 1.
        at: usize,
    },
    /// Where a number goes.
    Hole {
        /// Which of the template's asks.
        at: usize,
    },
}

/// A number as it is read, and the figures it rests on.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Number {
    /// The number in the reader's language, with its unit.
    pub text: String,
    /// Its line in the table of figures, from 1; none if nothing was reported.
    pub line: Option<usize>,
    /// Whether it is one of the kinds of absent.
    pub absent: bool,
}

/// A figure in the strip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Key {
    /// What it is.
    pub label: String,
    /// The number.
    pub number: Number,
    /// The words under it, numbers among them.
    pub note: Vec<Span>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Grid {
    /// What it shows.
    pub title: String,
    /// Its unit, and what one must know to read it.
    pub subtitle: String,
    /// The headings of its columns.
    pub head: Vec<String>,
    /// Which columns are numbers.
    pub numeric: Vec<bool>,
    /// Its rows.
    pub rows: Vec<Vec<GridCell>>,
    /// Notes under it.
    pub notes: Vec<String>,
    /// The line of its sources.
    pub source: String,
    /// Its lines in the table of figures, first and last.
    pub lines: Option<(usize, usize)>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct GridCell {
    /// What stands in it.
    pub text: String,
    /// The id of its figure.
    pub figure: Option<String>,
    /// Whether it is one of the kinds of absent.
    pub absent: bool,
}

/// A chart or a map, drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plate {
    /// The drawing, whole.
    pub svg: String,
    /// Its width in CSS pixels.
    pub width: f64,
    /// Its height in CSS pixels.
    pub height: f64,
    /// The blank at its left and right.
    pub margin: f64,
    /// What a screen reader says.
    pub alt: String,
    /// Words under it, from the text.
    pub caption: String,
    /// Its line in the table of figures.
    pub line: Option<usize>,
}

/// What fills a hole.
#[derive(Debug, Clone, PartialEq)]
pub enum Filling {
    /// A number in a sentence.
    Number(Number),
    /// A block of its own.
    Block(Block),
}

/// The blocks with every hole filled, in order. A hole nobody filled disappears: the caller
/// fills each, or refuses.
pub fn fill(blocks: Vec<Block>, fillings: &[Filling]) -> Vec<Block> {
    blocks.into_iter().filter_map(|b| fill_block(b, fillings)).collect()
}

fn fill_block(block: Block, fillings: &[Filling]) -> Option<Block> {
    Some(match block {
        Block::Hole { at } => match fillings.get(at)? {
            Filling::Block(block) => block.clone(),
            Filling::Number(number) => Block::Paragraph { spans: vec![Span::Number(number.clone())] },
        },
        Block::Heading { level, id, spans } => Block::Heading { level, id, spans: fill_spans(spans, fillings) },
        Block::Paragraph { spans } => Block::Paragraph { spans: fill_spans(spans, fillings) },
        Block::List { start, items } => Block::List { start, items: items.into_iter().map(|i| fill(i, fillings)).collect() },
        Block::Quote { blocks } => Block::Quote { blocks: fill(blocks, fillings) },
        Block::Group { blocks } => Block::Group { blocks: fill(blocks, fillings) },
        whole @ (Block::Rule | Block::Grid(_) | Block::Plate(_) | Block::Keys { .. }) => whole,
    })
}

/// The spans with every hole filled.
pub fn fill_spans(spans: Vec<Span>, fillings: &[Filling]) -> Vec<Span> {
    let filled = |span| {
        Some(match span {
            Span::Hole { at } => match fillings.get(at)? {
                Filling::Number(number) => Span::Number(number.clone()),
                Filling::Block(_) => return None,
            },
            Span::Strong { spans } => Span::Strong { spans: fill_spans(spans, fillings) },
            Span::Emphasis { spans } => Span::Emphasis { spans: fill_spans(spans, fillings) },
            Span::Link { to, spans } => Span::Link { to, spans: fill_spans(spans, fillings) },
            whole @ (Span::Text { .. } | Span::Code { .. } | Span::Break | Span::Number(_) | Span::Note { .. }) => whole,
        })
    };
    spans.into_iter().filter_map(filled).collect()
}
