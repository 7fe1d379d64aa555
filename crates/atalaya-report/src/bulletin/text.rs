//! A bulletin's text, Markdown, to blocks with holes. Text is data: markup of other languages in
//! it stays text.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Range;

use atalaya_kernel::{Both, Problem, both};
use pulldown_cmark::{CodeBlockKind, Event, OffsetIter, Options, Parser, Tag, TagEnd};

use super::ask::{self, Ask, DIRECTIVES, Placed};
use super::block::{Block, Grid, GridCell, Span};
use super::front::{self, Front};

/// A text as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// What it says about itself.
    pub front: Front,
    /// Its blocks, holes where asks are.
    pub blocks: Vec<Block>,
    /// What it asks, by hole.
    pub asks: Vec<Placed>,
    /// Its notes, in the order of their marks.
    pub notes: Vec<Vec<Block>>,
    /// Numbers typed by hand that nothing checks: line and text.
    pub typed: Vec<(usize, String)>,
}

/// Reads the text of the file `place`.
///
/// # Errors
/// `bulletin-head`, `bulletin-figure`, `bulletin-block`, `bulletin-image`, `bulletin-note`.
pub fn read(place: &str, text: &str) -> Result<Template, Problem> {
    let (front, body, skipped) = front::split(place, text)?;
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let starts = body.match_indices('\n').map(|(at, _)| at + 1).collect();
    let mut reader = Reader {
        events: Parser::new_ext(body, options).into_offset_iter().peekable(),
        place,
        starts,
        skipped,
        asks: Vec::new(),
        marks: Vec::new(),
        defined: BTreeMap::new(),
        typed: Vec::new(),
        headings: 0,
    };
    let blocks = reader.blocks(None)?;
    let mut notes = Vec::new();
    for (name, line) in std::mem::take(&mut reader.marks) {
        notes.push(reader.defined.remove(&name).ok_or_else(|| {
            Problem::new(
                "bulletin-note",
                format!("{place} line {line}"),
                both!("note [^{name}] is nowhere written", "la nota [^{name}] no está escrita en ninguna parte"),
                both!("add a paragraph that begins with [^{name}]:", "agregue un párrafo que empiece con [^{name}]:"),
            )
        })?);
    }
    Ok(Template { front, blocks, asks: reader.asks, notes, typed: reader.typed })
}

struct Reader<'a> {
    events: Peekable<OffsetIter<'a>>,
    place: &'a str,
    starts: Vec<usize>,
    skipped: usize,
    asks: Vec<Placed>,
    marks: Vec<(String, usize)>,
    defined: BTreeMap<String, Vec<Block>>,
    typed: Vec<(usize, String)>,
    headings: usize,
}

impl Reader<'_> {
    fn line(&self, range: &Range<usize>) -> usize {
        self.skipped + 1 + self.starts.partition_point(|s| *s <= range.start)
    }

    fn hole(&mut self, line: usize, ask: Ask) -> usize {
        self.asks.push(Placed { line, ask });
        self.asks.len() - 1
    }

    /// Blocks up to the end of `until`, which is taken.
    fn blocks(&mut self, until: Option<TagEnd>) -> Result<Vec<Block>, Problem> {
        let mut out = Vec::new();
        while let Some((event, range)) = self.events.peek().cloned() {
            match event {
                Event::End(end) if Some(end) == until => {
                    self.events.next();
                    return Ok(out);
                }
                Event::Start(tag) if is_block(&tag) => {
                    self.events.next();
                    out.extend(self.block(tag, &range)?);
                }
                Event::Rule => {
                    self.events.next();
                    out.push(Block::Rule);
                }
                Event::Html(text) => {
                    self.events.next();
                    out.push(Block::Paragraph { spans: vec![Span::Text { text: text.trim_end().into() }] });
                }
                Event::End(_) => {
                    self.events.next();
                }
                // Words without a paragraph: an item of a tight list.
                _ => out.push(Block::Paragraph { spans: self.spans(None)? }),
            }
        }
        Ok(out)
    }

    fn block(&mut self, tag: Tag<'_>, range: &Range<usize>) -> Result<Option<Block>, Problem> {
        let end = tag.to_end();
        Ok(Some(match tag {
            Tag::Paragraph => Block::Paragraph { spans: self.spans(Some(end))? },
            Tag::Heading { level, .. } => {
                self.headings += 1;
                let id = format!("s{}", self.headings);
                Block::Heading { level: level as u8, id, spans: self.spans(Some(end))? }
            }
            Tag::BlockQuote(_) => Block::Quote { blocks: self.blocks(Some(end))? },
            Tag::List(start) => Block::List { start, items: self.items(end)? },
            Tag::CodeBlock(kind) => self.fence(&kind, range)?,
            Tag::Table(_) => self.table(end)?,
            Tag::FootnoteDefinition(name) => {
                let blocks = self.blocks(Some(end))?;
                self.defined.insert(name.to_string(), blocks);
                return Ok(None);
            }
            // A block of another markup language is shown as the text it is.
            _ => Block::Group { blocks: self.blocks(Some(end))? },
        }))
    }

    fn items(&mut self, until: TagEnd) -> Result<Vec<Vec<Block>>, Problem> {
        let mut items = Vec::new();
        while let Some((event, _)) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => items.push(self.blocks(Some(TagEnd::Item))?),
                Event::End(end) if end == until => break,
                _ => {}
            }
        }
        Ok(items)
    }

    fn fence(&mut self, kind: &CodeBlockKind<'_>, range: &Range<usize>) -> Result<Block, Problem> {
        let mut body = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Text(text) => body.push_str(&text),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        let line = self.line(range);
        let CodeBlockKind::Fenced(word) = kind else {
            return Ok(Block::Paragraph { spans: vec![Span::Code { text: body.trim_end().into() }] });
        };
        let word = word.trim();
        if word.is_empty() || word == "text" {
            return Ok(Block::Paragraph { spans: vec![Span::Code { text: body.trim_end().into() }] });
        }
        match ask::of_fence(word, &body, self.place, line)? {
            Some(ask) => Ok(Block::Hole { at: self.hole(line, ask) }),
            None => {
                let known = DIRECTIVES.join(", ");
                Err(Problem::new(
                    "bulletin-block",
                    format!("{} line {line}", self.place),
                    both!("there is no block {word:?}", "no existe el bloque {word:?}"),
                    both!("known: {known}; plain text stands in `text`", "se conocen: {known}; el texto simple va en `text`"),
                ))
            }
        }
    }

    /// A table typed by hand.
    fn table(&mut self, until: TagEnd) -> Result<Block, Problem> {
        let mut grid = Grid::default();
        let mut row: Vec<GridCell> = Vec::new();
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::TableCell) => {
                    let line = self.line(&range);
                    let spans = self.spans(Some(TagEnd::TableCell))?;
                    if spans.iter().any(|s| matches!(s, Span::Hole { .. })) {
                        return Err(Problem::new(
                            "bulletin-figure",
                            format!("{} line {line}", self.place),
                            Both::new("a figure stands in a table typed by hand", "hay una cifra en una tabla escrita a mano"),
                            Both::new("use a block `table`, which asks for its rows", "use un bloque `table`, que pide sus filas"),
                        ));
                    }
                    row.push(GridCell { text: plain(&spans), ..GridCell::default() });
                }
                Event::End(TagEnd::TableHead) => grid.head = std::mem::take(&mut row).into_iter().map(|c| c.text).collect(),
                Event::End(TagEnd::TableRow) => grid.rows.push(std::mem::take(&mut row)),
                Event::End(end) if end == until => break,
                _ => {}
            }
        }
        grid.numeric = vec![false; grid.head.len()];
        Ok(Block::Grid(grid))
    }

    /// Spans up to the end of `until`, which is taken; or, without it, up to what is no span.
    fn spans(&mut self, until: Option<TagEnd>) -> Result<Vec<Span>, Problem> {
        let mut out = Vec::new();
        while let Some((event, range)) = self.events.peek().cloned() {
            if until.is_none() && ends_words(&event) {
                return Ok(out);
            }
            self.events.next();
            match event {
                Event::End(end) if Some(end) == until => return Ok(out),
                Event::Text(text) => {
                    self.look_at(&text, &range);
                    out.push(Span::Text { text: text.into_string() });
                }
                Event::Html(text) | Event::InlineHtml(text) => out.push(Span::Text { text: text.into_string() }),
                Event::SoftBreak => out.push(Span::Text { text: " ".into() }),
                Event::HardBreak => out.push(Span::Break),
                Event::Code(text) => out.push(self.code(&text, &range)?),
                Event::FootnoteReference(name) => out.push(self.mark(&name, &range)),
                Event::Start(tag) => out.extend(self.styled(tag, &range)?),
                _ => {}
            }
        }
        Ok(out)
    }

    fn styled(&mut self, tag: Tag<'_>, range: &Range<usize>) -> Result<Vec<Span>, Problem> {
        let end = tag.to_end();
        Ok(match tag {
            Tag::Strong => vec![Span::Strong { spans: self.spans(Some(end))? }],
            Tag::Emphasis => vec![Span::Emphasis { spans: self.spans(Some(end))? }],
            Tag::Link { dest_url, .. } => {
                let spans = self.spans(Some(end))?;
                let outside = ["https://", "http://", "mailto:"].iter().any(|s| dest_url.starts_with(s));
                // Anything else (javascript:, file:, data:) stays words without a link.
                if outside { vec![Span::Link { to: dest_url.into_string(), spans }] } else { spans }
            }
            Tag::Image { .. } => {
                return Err(Problem::new(
                    "bulletin-image",
                    format!("{} line {}", self.place, self.line(range)),
                    Both::new("there is an image from outside", "hay una imagen de fuera"),
                    Both::new(
                        "draw it with a block `chart` or `map`, or leave it out",
                        "dibújela con un bloque `chart` o `map`, o quítela",
                    ),
                ));
            }
            _ => self.spans(Some(end))?,
        })
    }

    fn code(&mut self, text: &str, range: &Range<usize>) -> Result<Span, Problem> {
        let line = self.line(range);
        match ask::of_span(text, &format!("{} line {line}", self.place)) {
            Some(number) => {
                let number = number?;
                Ok(Span::Hole { at: self.hole(line, Ask::Number(number)) })
            }
            None => Ok(Span::Code { text: text.into() }),
        }
    }

    fn mark(&mut self, name: &str, range: &Range<usize>) -> Span {
        let at = self.marks.iter().position(|(n, _)| n == name).unwrap_or_else(|| {
            let line = self.line(range);
            self.marks.push((name.into(), line));
            self.marks.len() - 1
        });
        Span::Note { at: at + 1 }
    }

    /// Remembers numbers typed by hand; years and counts up to twelve are words.
    fn look_at(&mut self, text: &str, range: &Range<usize>) {
        let line = self.line(range);
        for word in text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))) {
            let word = word.trim_matches(['.', ',']);
            let whole: Option<u32> = word.parse().ok();
            if word.contains(|c: char| c.is_ascii_digit()) && !whole.is_some_and(|n| n <= 12 || (1900..=2100).contains(&n)) {
                self.typed.push((line, word.into()));
            }
        }
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::List(_)
            | Tag::Table(_)
            | Tag::FootnoteDefinition(_)
    )
}

/// Whether words without a paragraph of their own end here.
fn ends_words(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => is_block(tag),
        Event::End(_) | Event::Rule | Event::Html(_) => true,
        _ => false,
    }
}

/// The words of spans.
pub fn plain(spans: &[Span]) -> String {
    let each = |span: &Span| match span {
        Span::Text { text } | Span::Code { text } => text.clone(),
        Span::Strong { spans } | Span::Emphasis { spans } | Span::Link { spans, .. } => plain(spans),
        Span::Number(number) => number.text.clone(),
        Span::Break => " ".into(),
        Span::Note { .. } | Span::Hole { .. } => String::new(),
    };
    spans.iter().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "+++\ntitle = \"T\"\n[audience]\ntlp = \"TLP:CLEAR\"\nrecipients = [\"*\"]\n+++\n";

    fn problem(body: &str) -> String {
        read("es.md", &format!("{HEAD}{body}")).unwrap_err().to_string()
    }

    #[test]
    fn asks_become_holes_with_their_lines() {
        let text = format!("{HEAD}# A\n\nIt was `{{{{ coca-area area=PE }}}}`.[^n]\n\n```sources\n```\n\n- a\n- b `x`\n\n[^n]: Why.\n");
        let template = read("es.md", &text).unwrap();
        assert_eq!(template.asks.iter().map(|a| a.line).collect::<Vec<_>>(), [9, 11]);
        assert_eq!(template.notes.len(), 1);
        assert!(
            matches!(&template.blocks[1], Block::Paragraph { spans } if spans.contains(&Span::Hole { at: 0 }) && spans.contains(&Span::Note { at: 1 }))
        );
        assert!(matches!(&template.blocks[3], Block::List { items, .. } if items.len() == 2));
    }

    #[test]
    fn faults_name_their_line() {
        assert!(problem("\n![x](y.png)\n").starts_with("es.md line 8: there is an image from outside"));
        assert!(problem("```python\n```\n").starts_with("es.md line 7: there is no block \"python\""));
        assert!(problem("x\n\n```map\nzoom = 1\n```\n").starts_with("es.md line 10: in the block `map`"));
        assert!(read("es.md", "# no head").unwrap_err().place.starts_with("es.md line 1"));
        assert_eq!(read("es.md", "+++\ntitle = 3\n+++\n").unwrap_err().place, "es.md line 2");
    }

    #[test]
    fn only_addresses_outside_are_links() {
        let template = read("es.md", &format!("{HEAD}[a](javascript:alert(1)) [b](https://b.org) <script>x</script>\n")).unwrap();
        let Block::Paragraph { spans } = &template.blocks[0] else { panic!() };
        assert_eq!(spans.iter().filter(|s| matches!(s, Span::Link { .. })).count(), 1);
        assert!(plain(spans).contains("<script>"));
    }

    #[test]
    fn numbers_typed_by_hand_are_noticed() {
        let template = read("es.md", &format!("{HEAD}In 2023 three of 12 valleys had 95,008 ha.\n")).unwrap();
        assert_eq!(template.typed, [(7, "95,008".to_string())]);
    }
}
