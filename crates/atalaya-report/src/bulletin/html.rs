//! A bulletin as one HTML file: no script, nothing loaded, fit for print.

use atalaya_kernel::Lang;

use super::block::{Block, Grid, GridCell, Key, Number, Plate, Span};
use super::words::word;
use super::{Document, FigureLine, number};

const STYLE: &str = include_str!("style.css");

/// The page.
pub fn html(document: &Document) -> String {
    let lang = tag(document.lang);
    let title = escape(&document.title);
    let say = |key| word(key, document.lang);
    let (tlp, class) = (document.tlp.as_str(), if document.draft { " class=\"draft\"" } else { "" });
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{lang}\"{class}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <meta name=\"generator\" content=\"Atalaya {}\">\n<meta name=\"snapshot\" content=\"{}\">\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        env!("CARGO_PKG_VERSION"),
        escape(&document.snapshot)
    );
    out += &format!("<a class=\"skip\" href=\"#text\">{}</a>\n", say("skip"));
    out += &format!("<p class=\"marking\"><strong class=\"tlp\">{tlp}</strong>{}</p>\n", draft_mark(document));
    out += &cover(document);
    out += &contents(document);
    out += "<main id=\"text\">\n";
    let mut writer = Writer { lang: document.lang, out, marks: 0 };
    writer.blocks(&document.blocks);
    writer.notes(&document.notes);
    writer.check(&document.lines);
    let mut out = writer.out;
    out += "</main>\n";
    out += &format!(
        "<footer>\n<p>{}{}</p>\n<p>{}: <code>{}</code></p>\n<p class=\"marking\"><strong class=\"tlp\">{tlp}</strong>{}</p>\n</footer>\n</body>\n</html>\n",
        escape(&document.publisher),
        if document.contact.is_empty() { String::new() } else { format!(" · {}: {}", say("contact"), escape(&document.contact)) },
        say("snapshot"),
        escape(&document.snapshot),
        draft_mark(document),
    );
    out
}

fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Es => "es",
    }
}

fn draft_mark(document: &Document) -> String {
    if document.draft { format!(" <strong class=\"mark\">{}</strong>", word("draft", document.lang)) } else { String::new() }
}

fn cover(document: &Document) -> String {
    let say = |key| word(key, document.lang);
    let mut facts: Vec<(&str, String)> = Vec::new();
    let mut fact = |key: &'static str, text: String| {
        if !text.is_empty() {
            facts.push((say(key), text));
        }
    };
    fact("issue", document.issue.clone());
    fact("period", document.period.clone());
    fact("cut-off", document.cut_off.as_ref().map_or(say("no-cut-off").into(), |d| number::day(d, document.lang)));
    fact("prepared", number::day(&document.prepared, document.lang));
    fact("for", document.recipients.clone());
    let facts: String = facts.iter().map(|(k, v)| format!("<div><dt>{k}</dt><dd>{}</dd></div>\n", escape(v))).collect();
    let simulated = if document.simulated {
        format!("<p class=\"simulated\"><strong>{}</strong> {}</p>\n", say("simulated"), say("simulated-long"))
    } else {
        String::new()
    };
    let state = if document.draft { say("draft-long") } else { say("approved") };
    format!(
        "<header class=\"cover\">\n<p class=\"publisher\">{}</p>\n<h1>{}</h1>\n<p class=\"subtitle\">{}</p>\n<dl>\n{facts}</dl>\n</header>\n\
         {simulated}<p class=\"state\"><strong>{state}</strong> {}</p>\n",
        escape(&document.publisher),
        escape(&document.title),
        escape(&document.subtitle),
        escape(&document.state)
    )
}

fn contents(document: &Document) -> String {
    let say = |key| word(key, document.lang);
    let mut items: String =
        document.contents().iter().map(|(id, words)| format!("<li><a href=\"#{}\">{}</a></li>\n", escape(id), escape(words))).collect();
    items += &format!("<li><a href=\"#check\">{}</a></li>\n", say("check"));
    format!("<nav aria-label=\"{}\">\n<ol>\n{items}</ol>\n</nav>\n", say("contents"))
}

struct Writer {
    lang: Lang,
    out: String,
    marks: usize,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|b| self.block(b));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, id, spans } => {
                // The title is the only h1.
                let level = level.saturating_add(1).clamp(2, 6);
                self.out += &format!("<h{level} id=\"{}\">", escape(id));
                self.spans(spans);
                self.out += &format!("</h{level}>\n");
            }
            Block::Paragraph { spans } => self.wrap("p", |w| w.spans(spans)),
            Block::List { start, items } => {
                let (open, close) = match start {
                    None => ("<ul>\n".to_string(), "</ul>\n"),
                    Some(n) => (format!("<ol start=\"{n}\">\n"), "</ol>\n"),
                };
                self.out += &open;
                items.iter().for_each(|item| self.wrap("li", |w| w.item(item)));
                self.out += close;
            }
            Block::Quote { blocks } => self.wrap("blockquote", |w| w.blocks(blocks)),
            Block::Rule => self.out += "<hr>\n",
            Block::Grid(grid) => self.grid(grid),
            Block::Plate(plate) => self.plate(plate),
            Block::Keys { keys } => {
                self.out += "<div class=\"keys\">\n";
                keys.iter().for_each(|key| self.key(key));
                self.out += "</div>\n";
            }
            Block::Group { blocks } => self.blocks(blocks),
            Block::Hole { .. } => {}
        }
    }

    fn wrap(&mut self, tag: &str, inner: impl FnOnce(&mut Writer)) {
        self.out += &format!("<{tag}>");
        inner(self);
        self.out += &format!("</{tag}>\n");
    }

    /// An item; one paragraph alone needs no mark of its own.
    fn item(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Paragraph { spans }, rest @ ..] => {
                self.spans(spans);
                self.blocks(rest);
            }
            all => self.blocks(all),
        }
    }

    fn spans(&mut self, spans: &[Span]) {
        spans.iter().for_each(|s| self.span(s));
    }

    fn span(&mut self, span: &Span) {
        match span {
            Span::Text { text } => self.out += &escape(text),
            Span::Strong { spans } => self.inline("strong", spans),
            Span::Emphasis { spans } => self.inline("em", spans),
            Span::Code { text } => self.out += &format!("<code>{}</code>", escape(text)),
            Span::Link { to, spans } => {
                self.out += &format!("<a href=\"{}\" rel=\"noreferrer\">", escape(to));
                self.spans(spans);
                self.out += "</a>";
            }
            Span::Break => self.out += "<br>\n",
            Span::Number(number) => self.number(number),
            Span::Note { at } => {
                self.marks += 1;
                self.out += &format!("<sup class=\"note\"><a href=\"#note-{at}\" id=\"mark-{}\">{}</a></sup>", self.marks, letter(*at));
            }
            Span::Hole { .. } => {}
        }
    }

    fn inline(&mut self, tag: &str, spans: &[Span]) {
        self.out += &format!("<{tag}>");
        self.spans(spans);
        self.out += &format!("</{tag}>");
    }

    fn number(&mut self, number: &Number) {
        let class = if number.absent { "number absent" } else { "number" };
        self.out += &format!("<span class=\"{class}\">{}</span>", escape(&number.text));
        if let Some(line) = number.line {
            let word = word("figure", self.lang);
            self.out += &format!("<sup class=\"ref\"><a href=\"#figure-{line}\" aria-label=\"{word} {line}\">{line}</a></sup>");
        }
    }

    fn key(&mut self, key: &Key) {
        self.out += &format!("<div class=\"key\">\n<p class=\"label\">{}</p>\n<p class=\"big\">", escape(&key.label));
        self.number(&key.number);
        self.out += "</p>\n<p class=\"under\">";
        self.spans(&key.note);
        self.out += "</p>\n</div>\n";
    }

    fn grid(&mut self, grid: &Grid) {
        self.out += "<figure class=\"table\">\n<div class=\"scroll\"><table>\n";
        if !grid.title.is_empty() {
            let subtitle = if grid.subtitle.is_empty() { String::new() } else { format!(" <span>{}</span>", escape(&grid.subtitle)) };
            self.out += &format!("<caption><strong>{}</strong>{subtitle}</caption>\n", escape(&grid.title));
        }
        let class = |at: usize| if grid.numeric.get(at) == Some(&true) { " class=\"n\"" } else { "" };
        self.out += "<thead><tr>";
        for (at, head) in grid.head.iter().enumerate() {
            self.out += &format!("<th scope=\"col\"{}>{}</th>", class(at), escape(head));
        }
        self.out += "</tr></thead>\n<tbody>\n";
        for row in &grid.rows {
            self.out += "<tr>";
            for (at, cell) in row.iter().enumerate() {
                self.cell(cell, at == 0, class(at));
            }
            self.out += "</tr>\n";
        }
        self.out += "</tbody>\n</table></div>\n<figcaption>";
        for note in &grid.notes {
            self.out += &format!("<p>{}</p>", escape(note));
        }
        if !grid.source.is_empty() {
            self.out += &format!("<p>{}</p>", escape(&grid.source));
        }
        self.lines(grid.lines);
        self.out += "</figcaption>\n</figure>\n";
    }

    fn cell(&mut self, cell: &GridCell, first: bool, class: &str) {
        let class = if cell.absent { " class=\"n absent\"" } else { class };
        let (open, close) = if first { (format!("<th scope=\"row\"{class}>"), "</th>") } else { (format!("<td{class}>"), "</td>") };
        let figure = cell.figure.as_ref().map_or(String::new(), |f| format!(" data-figure=\"{0}\" title=\"{0}\"", escape(f)));
        let text = escape(&cell.text);
        self.out += &if figure.is_empty() { format!("{open}{text}{close}") } else { format!("{open}<span{figure}>{text}</span>{close}") };
    }

    fn lines(&mut self, lines: Option<(usize, usize)>) {
        let Some((first, last)) = lines else { return };
        let link = |n: usize| format!("<a href=\"#figure-{n}\">{n}</a>");
        let text = if first == last { link(first) } else { format!("{}–{}", link(first), link(last)) };
        self.out += &format!("<p class=\"ids\">{}: {text}</p>", word(if first == last { "line" } else { "lines" }, self.lang));
    }

    fn plate(&mut self, plate: &Plate) {
        // The drawing says its own title; a reader who cannot see it hears the sentence.
        self.out += &format!("<figure class=\"plate\" role=\"group\" aria-label=\"{}\">\n", escape(&plate.alt));
        self.out += &plate.svg;
        self.out += "\n<figcaption>";
        if !plate.caption.is_empty() {
            self.out += &format!("<p>{}</p>", escape(&plate.caption));
        }
        self.lines(plate.line.map(|n| (n, n)));
        self.out += "</figcaption>\n</figure>\n";
    }

    fn notes(&mut self, notes: &[Vec<Block>]) {
        if notes.is_empty() {
            return;
        }
        self.out += &format!("<section class=\"notes\" aria-label=\"{0}\">\n<h2>{0}</h2>\n<ol type=\"a\">\n", word("notes", self.lang));
        for (at, note) in notes.iter().enumerate() {
            self.out += &format!("<li id=\"note-{}\">", at + 1);
            self.item(note);
            self.out += "</li>\n";
        }
        self.out += "</ol>\n</section>\n";
    }

    fn check(&mut self, lines: &[FigureLine]) {
        let say = |key| word(key, self.lang);
        self.out += &format!(
            "<section class=\"check\">\n<h2 id=\"check\">{}</h2>\n<p>{}</p>\n<p><code>{}</code></p>\n<p>{}</p>\n<div class=\"scroll\"><table>\n\
             <caption><strong>{}</strong></caption>\n<thead><tr><th scope=\"col\">{}</th><th scope=\"col\" class=\"n\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead>\n<tbody>\n",
            say("check"),
            say("check-text"),
            say("check-command"),
            say("check-file"),
            say("lines"),
            say("number"),
            say("value"),
            say("question"),
            say("figure-id"),
            say("source"),
        );
        for (at, line) in lines.iter().enumerate() {
            let formula = if line.formula.is_empty() {
                String::new()
            } else {
                format!("<br><span class=\"formula\">{}: {}</span>", say("computed"), escape(&line.formula))
            };
            let ids: Vec<String> = line.figures.iter().map(|f| format!("<code>{}</code>", escape(f))).collect();
            self.out += &format!(
                "<tr id=\"figure-{0}\"><th scope=\"row\">{0}</th><td class=\"n\">{1}</td><td>{2}{formula}</td><td>{3}</td><td>{4}</td></tr>\n",
                at + 1,
                escape(&line.value),
                escape(&line.question),
                ids.join("<br>"),
                escape(&line.sources.join(", "))
            );
        }
        self.out += "</tbody>\n</table></div>\n</section>\n";
    }
}

/// The mark of the `n`-th note: a, b ... z, aa ...
fn letter(n: usize) -> String {
    let (mut n, mut out) = (n, String::new());
    while n > 0 {
        out.insert(0, char::from(b'a' + ((n - 1) % 26) as u8));
        n = (n - 1) / 26;
    }
    out
}

/// Text as it may stand in HTML, in an attribute too.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // A direction override could make one text look like another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}
