//! From a text to a document: every ask answered, every hole filled.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Exit, Lang, Problem, both};
use atalaya_report::bulletin::{Ask, Block, Document, Filling, Front, Key, KeyAsk, NumberAsk, Piece, Placed, Span, Template, fill};

use super::about;
use super::cell::Asker;
use super::data::Shown;
use super::edition::{Cell, Cells, Lines, Refused, Said};
use super::numbers;
use super::pictures;
use super::tables;
use crate::answer::SourceLine;
use crate::observatory::Observatory;

/// A bulletin in one language, with what it rests on.
pub(super) struct Edition {
    /// The page.
    pub document: Document,
    /// Numbers said in the text.
    pub said: Vec<Said>,
    /// Every cell used.
    pub cells: Vec<Cell>,
    /// What its charts, maps and tables show.
    pub shown: Shown,
    /// The sources used.
    pub sources: Vec<SourceLine>,
    /// What the audience may not see.
    pub refused: Vec<Refused>,
}

/// Answers a text's asks. `place` is the file, `prepared` the day given on the command line.
///
/// # Errors
/// `rivals`, `bulletin-*`, and those of asking.
pub(super) fn make(
    observatory: &mut Observatory,
    id: &str,
    place: &str,
    template: &Template,
    prepared: Option<&str>,
    lang: Lang,
) -> Result<Edition, Problem> {
    let audience = template.front.audience.clone();
    let mut asker = Asker {
        observatory,
        sources: BTreeMap::new(),
        cells: Cells::default(),
        shown: Shown::default(),
        notes: Vec::new(),
        definitions: Vec::new(),
        refused: Vec::new(),
        sees: Box::new(move |label| audience.sees(label)),
    };
    let (mut lines, mut said) = (Lines::default(), Vec::new());
    let mut fillings: Vec<Option<Filling>> = Vec::new();
    for Placed { line, ask } in &template.asks {
        let place = format!("{place} line {line}");
        fillings.push(answer(&mut asker, &mut lines, &mut said, ask, lang, &place)?);
    }
    // What is said about the numbers comes when all of them are known.
    let derived = numbers::any_derived(template.asks.iter().flat_map(|a| numbers_of(&a.ask)));
    for (filling, Placed { ask, .. }) in fillings.iter_mut().zip(&template.asks) {
        let block = match ask {
            Ask::Sources => about::sources(&asker, lang),
            Ask::Methods => about::methods(&asker, derived, lang),
            Ask::Caveats => about::caveats(&asker, lang),
            _ => continue,
        };
        *filling = Some(Filling::Block(block));
    }
    let fillings: Vec<Filling> = fillings.into_iter().map(|f| f.unwrap_or(Filling::Block(Block::Group { blocks: Vec::new() }))).collect();
    let mut blocks = fill(template.blocks.clone(), &fillings);
    let has = |wanted: &Ask| template.asks.iter().any(|a| a.ask == *wanted);
    if template.front.methods && !has(&Ask::Methods) {
        blocks.push(about::methods(&asker, derived, lang));
    }
    if template.front.caveats && !has(&Ask::Caveats) {
        blocks.push(about::caveats(&asker, lang));
    }
    if !has(&Ask::Sources) {
        blocks.push(about::sources(&asker, lang));
    }
    let notes = template.notes.iter().map(|n| fill(n.clone(), &fillings)).collect();
    let prepared = prepared_on(&mut asker, &template.front, prepared)?;
    let sources: Vec<SourceLine> = asker.sources.values().cloned().collect();
    let front = template.front.clone();
    let document = Document {
        id: id.into(),
        lang,
        recipients: recipients(&front, lang),
        title: front.title,
        subtitle: front.subtitle,
        period: front.period,
        issue: front.issue,
        publisher: front.publisher,
        contact: front.contact,
        tlp: front.audience.tlp,
        prepared,
        cut_off: sources.iter().filter_map(|s| s.cut_off.clone()).max(),
        snapshot: asker.observatory.eye(None)?.snapshot.to_string(),
        simulated: sources.iter().any(|s| s.simulated),
        draft: true,
        state: String::new(),
        blocks,
        notes,
        lines: lines.shown(lang),
    };
    Ok(Edition { document, said, cells: asker.cells.all, shown: asker.shown, sources, refused: asker.refused })
}

fn answer(
    asker: &mut Asker<'_>,
    lines: &mut Lines,
    said: &mut Vec<Said>,
    ask: &Ask,
    lang: Lang,
    place: &str,
) -> Result<Option<Filling>, Problem> {
    Ok(Some(match ask {
        Ask::Number(number) => {
            let answered = numbers::answer(asker, lines, number, lang, place)?;
            said.push(answered.said);
            Filling::Number(answered.number)
        }
        Ask::Keys(keys) => {
            let keys = keys.iter().map(|k| key(asker, lines, said, k, lang, place)).collect::<Result<_, _>>()?;
            Filling::Block(Block::Keys { keys })
        }
        Ask::Table(picture) => Filling::Block(Block::Grid(tables::table(asker, lines, picture, lang, place)?)),
        Ask::Chart(picture) => Filling::Block(Block::Plate(pictures::chart(asker, lines, picture, lang, place)?)),
        Ask::Map(picture) => Filling::Block(Block::Plate(pictures::map(asker, lines, picture, lang, place)?)),
        Ask::Sources | Ask::Methods | Ask::Caveats => return Ok(None),
    }))
}

fn key(asker: &mut Asker<'_>, lines: &mut Lines, said: &mut Vec<Said>, ask: &KeyAsk, lang: Lang, place: &str) -> Result<Key, Problem> {
    let mut number = |ask: &NumberAsk| {
        let answered = numbers::answer(asker, lines, ask, lang, place)?;
        said.push(answered.said);
        Ok::<_, Problem>(answered.number)
    };
    let main = number(&ask.value)?;
    let note = ask
        .note
        .iter()
        .map(|piece| {
            Ok(match piece {
                Piece::Text(text) => Span::Text { text: text.clone() },
                Piece::Number(ask) => Span::Number(number(ask)?),
            })
        })
        .collect::<Result<_, Problem>>()?;
    Ok(Key { label: ask.label.clone(), number: main, note })
}

/// The numbers an ask asks.
pub(super) fn numbers_of(ask: &Ask) -> Vec<&NumberAsk> {
    match ask {
        Ask::Number(number) => vec![number],
        Ask::Keys(keys) => keys
            .iter()
            .flat_map(|k| {
                let in_note = k.note.iter().filter_map(|p| if let Piece::Number(n) = p { Some(n) } else { None });
                std::iter::once(&k.value).chain(in_note)
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// For whom, in words.
fn recipients(front: &Front, lang: Lang) -> String {
    let names: Vec<&str> = front.audience.recipients.iter().map(String::as_str).collect();
    match (front.audience.inside, names.as_slice()) {
        (true, _) => Both::new("this organisation only", "solo esta organización").in_lang(lang).into(),
        (_, ["*"]) => Both::new("everybody", "todo público").in_lang(lang).into(),
        (_, names) => names.join(", "),
    }
}

/// The day it was prepared: as given, as the text says, else that of the newest intake used.
fn prepared_on(asker: &mut Asker<'_>, front: &Front, given: Option<&str>) -> Result<String, Problem> {
    if let Some(day) = given.or(front.prepared.as_deref()) {
        return Ok(day.into());
    }
    let eye = asker.observatory.eye(None)?;
    let used = eye.intakes.iter().filter(|i| asker.sources.contains_key(&i.source));
    let newest = used.map(|i| i.collected_at.get(..10).unwrap_or("").to_string()).max();
    newest.filter(|d| !d.is_empty()).ok_or_else(|| {
        Problem::new(
            "bulletin-empty",
            "",
            Both::new("no figure in the text has an answer", "ninguna cifra del texto tiene respuesta"),
            Both::new("collect a source first, or give the day with --prepared", "recoja antes una fuente, o dé el día con --prepared"),
        )
    })
}

/// Refuses a bulletin with cells its audience may not see; names them.
pub(super) fn refuse(edition: &Edition, front: &Front, place: &str) -> Result<(), Problem> {
    if edition.refused.is_empty() {
        return Ok(());
    }
    let list = |lang: Lang| {
        let one = |r: &Refused| format!("{}: {} ({}, {})", r.place, r.question.in_lang(lang), r.source, r.tlp.as_str());
        let shown: Vec<String> = edition.refused.iter().take(12).map(one).collect();
        let more = edition.refused.len().saturating_sub(12);
        if more == 0 { shown.join("; ") } else { format!("{}; +{more}", shown.join("; ")) }
    };
    let tlp = front.audience.tlp.as_str();
    let (en, es) = (list(Lang::En), list(Lang::Es));
    Err(Problem::new(
        "audience",
        place,
        both!("its readers ({tlp}) may not see: {en}", "sus lectores ({tlp}) no pueden ver: {es}"),
        Both::new(
            "take these out, choose other sources, or narrow the audience in the head of the text",
            "quítelas, elija otras fuentes, o limite la audiencia en el encabezado del texto",
        ),
    )
    .exits(Exit::Refused))
}
