//! A small bulletin: the page as it stands, the same bytes, injection in every field.

use std::path::Path;

use atalaya_kernel::{Lang, Tlp};
use atalaya_report::bulletin::{Block, Document, FigureLine, Grid, GridCell, Key, Number, Plate, Span, html, pdf};

fn text(words: &str) -> Span {
    Span::Text { text: words.into() }
}

fn number(words: &str, line: Option<usize>) -> Number {
    Number { text: words.into(), line, absent: line.is_none() }
}

/// A document with every kind of block; `words` stands wherever text may stand.
fn document(lang: Lang, words: &str) -> Document {
    let cell = |t: &str| GridCell { text: t.into(), figure: Some("fig-0123456789abcdef".into()), absent: false };
    let paragraph = |spans| Block::Paragraph { spans };
    Document {
        id: "small".into(),
        lang,
        title: format!("Small {words}"),
        subtitle: words.into(),
        period: "2023".into(),
        issue: "1".into(),
        publisher: words.into(),
        contact: words.into(),
        tlp: Tlp::AmberStrict,
        recipients: "PE, US".into(),
        prepared: "2026-11-24".into(),
        cut_off: Some("2023-12-31".into()),
        snapshot: "33ffb5d8aa0011223344".into(),
        simulated: true,
        draft: true,
        state: words.into(),
        blocks: vec![
            Block::Keys { keys: vec![Key { label: words.into(), number: number("9\u{a0}ha", Some(1)), note: vec![text(words)] }] },
            Block::Heading { level: 1, id: "s1".into(), spans: vec![text(words)] },
            paragraph(vec![
                text(words),
                Span::Number(number("9\u{a0}ha", Some(1))),
                Span::Strong { spans: vec![text(words)] },
                Span::Emphasis { spans: vec![text(words)] },
                Span::Code { text: words.into() },
                Span::Link { to: "https://example.org/?a=\"b\"&c".into(), spans: vec![text(words)] },
                Span::Note { at: 1 },
                Span::Number(number("not known", None)),
            ]),
            Block::List { start: Some(3), items: vec![vec![paragraph(vec![text(words)])]] },
            Block::Quote { blocks: vec![paragraph(vec![text(words)])] },
            Block::Rule,
            Block::Grid(Grid {
                title: words.into(),
                subtitle: words.into(),
                head: vec!["Year".into(), words.into()],
                numeric: vec![false, true],
                rows: vec![vec![cell("2023"), cell(words)]],
                notes: vec![words.into()],
                source: words.into(),
                lines: Some((1, 2)),
            }),
            Block::Plate(Plate {
                svg: "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80\" height=\"20\"><rect width=\"80\" height=\"20\"/></svg>".into(),
                width: 80.0,
                height: 20.0,
                margin: 0.0,
                alt: words.into(),
                caption: words.into(),
                line: Some(2),
            }),
        ],
        notes: vec![vec![paragraph(vec![text(words)])]],
        lines: vec![
            FigureLine {
                value: "9\u{a0}ha".into(),
                question: words.into(),
                figures: vec!["fig-0123456789abcdef".into()],
                formula: words.into(),
                sources: vec![words.into()],
            },
            FigureLine { question: words.into(), ..FigureLine::default() },
        ],
    }
}

/// `ATALAYA_UPDATE=1 cargo test -p atalaya-report bulletin` writes it again.
#[test]
fn the_page_is_the_one_that_was_looked_at() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/bulletin.golden.html");
    let page = html(&document(Lang::Es, "coca y más"));
    // The style is looked at by eye; the golden file holds what it dresses.
    let (head, rest) = page.split_once("<style>").unwrap();
    let bare = format!("{head}{}", rest.split_once("</style>").unwrap().1);
    if std::env::var_os("ATALAYA_UPDATE").is_some() {
        std::fs::write(&path, &bare).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == bare, "ATALAYA_UPDATE=1 cargo test -p atalaya-report bulletin");
}

#[test]
fn text_never_becomes_markup() {
    for attack in [
        "</p><script>alert(1)</script>",
        "\" onload=\"x",
        "' onload='x",
        "#eval(\"1\")",
        "]; #panic()",
        "<fig-1> @a $x$ `y` \\",
        "\u{202e}a\u{0}b",
        "кока 古柯 🌿 ≈",
    ] {
        let document = document(Lang::En, attack);
        let page = html(&document);
        assert!(
            !page.contains("<script") && !page.contains("\" onload") && !page.contains("' onload") && !page.contains('\u{202e}'),
            "{attack}"
        );
        let bytes = pdf(&document).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes == pdf(&document).unwrap(), "{attack}");
    }
}

#[test]
fn a_pdf_says_its_language_date_and_standards() {
    for (lang, tag) in [(Lang::Es, "es"), (Lang::En, "en")] {
        let bytes = pdf(&document(lang, "coca")).unwrap();
        let raw = String::from_utf8_lossy(&bytes);
        for said in [&format!("/Lang({tag})"), "pdfaid:part>2<", "pdfuaid:part>1<", "2026-11-24"] {
            assert!(raw.contains(said), "{said}");
        }
        assert!(bytes.len() < 200_000);
    }
}
