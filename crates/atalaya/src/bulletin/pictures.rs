//! Charts and maps by query, drawn by the one renderer.

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_report::bulletin::{PictureAsk, Plate};
use atalaya_report::chart::{Look, Theme, draw, plate};

use super::cell::Asker;
use super::edition::{Line, Lines};
use super::tables;
use crate::chart::{Wish, of_answer};
use crate::query::understood_answer;

/// Width in CSS pixels: over the whole text width of an A4 page its words are a little smaller
/// than those of the text, and two charts find room on a page.
const WIDTH: f64 = 900.0;

/// A chart in one language.
///
/// # Errors
/// `bulletin-chart`, and those of asking and drawing.
pub(super) fn chart(asker: &mut Asker<'_>, lines: &mut Lines, picture: &PictureAsk, lang: Lang, place: &str) -> Result<Plate, Problem> {
    let kind = Some(picture.kind.clone()).filter(|k| !k.is_empty());
    drawn(asker, lines, picture, kind, lang, place)
}

/// A map in one language.
///
/// # Errors
/// Those of [`chart`].
pub(super) fn map(asker: &mut Asker<'_>, lines: &mut Lines, picture: &PictureAsk, lang: Lang, place: &str) -> Result<Plate, Problem> {
    let mut picture = picture.clone();
    if picture.by.is_empty() {
        picture.by = vec!["year".into(), "area".into()];
    }
    if picture.area.is_empty() && !picture.within.is_empty() {
        picture.area = vec![picture.within.clone()];
    }
    let kind = if picture.kind.is_empty() { "map".to_string() } else { picture.kind.clone() };
    drawn(asker, lines, &picture, Some(kind), lang, place)
}

fn drawn(
    asker: &mut Asker<'_>,
    lines: &mut Lines,
    picture: &PictureAsk,
    kind: Option<String>,
    lang: Lang,
    place: &str,
) -> Result<Plate, Problem> {
    let refuse = |found: Both, todo: Both| Err(Problem::new("bulletin-chart", place, found, todo));
    if !picture.definition.is_empty() || !picture.breakdown.is_empty() || !picture.across.is_empty() {
        return refuse(
            Both::new(
                "a picture shows every definition and breakdown, each as its own line",
                "una imagen muestra cada definición y desglose, cada uno con su línea",
            ),
            Both::new(
                "choose with source, substance, area, level; or use a block `table`",
                "elija con source, substance, area, level; o use un bloque `table`",
            ),
        );
    }
    let ask = tables::ask_of(picture);
    let answer = asker.answer(&ask, place)?;
    asker.shown.add(&ask, &answer);
    if answer.rows.is_empty() {
        return refuse(
            Both::new("nothing was reported for this question", "no se informó nada para esta pregunta"),
            Both::new(
                "ask it with `atalaya query` first, or leave the picture out",
                "pregúntelo antes con `atalaya query`, o quite la imagen",
            ),
        );
    }
    let keys = tables::keys_of(picture);
    for row in &answer.rows {
        asker.found(&answer, row, &keys, &ask);
    }
    let text = |t: &String| Some(t.clone()).filter(|t| !t.is_empty());
    let wish = Wish { kind, value: text(&picture.show), year: text(&picture.year) };
    let (answer, query, eye) = understood_answer(asker.observatory, &ask.query()?).map_err(|p| p.within(place))?;
    let mut notes = Vec::new();
    let maps = matches!(wish.kind.as_deref(), Some("map" | "maps"));
    let outlines = if maps { asker.observatory.outlines(&mut notes) } else { Vec::new() };
    let (mut chart, _) = of_answer(&eye, &query, &answer, &wish, &outlines).map_err(|p| p.within(place))?;
    chart.about.notes.extend(notes);
    if !picture.title.is_empty() {
        chart.title = Both::same(picture.title.clone());
    }
    let drawing = draw(&chart, &Look { lang, theme: Theme::Light, width: WIDTH });
    let (en, es) = (&chart.title.en, &chart.title.es);
    let line = lines.number(Line {
        question: both!("Chart: {en}", "Gráfico: {es}"),
        text: String::new(),
        figures: vec![answer.figure.clone()],
        formula: String::new(),
        sources: answer.sources.iter().map(|s| s.id.clone()).collect(),
    });
    Ok(Plate {
        svg: drawing.svg,
        width: drawing.width,
        height: drawing.height,
        margin: plate::margin(drawing.width),
        alt: drawing.alt,
        caption: picture.caption.clone(),
        line: Some(line),
    })
}
