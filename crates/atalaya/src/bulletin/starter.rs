//! A first text, written from what the observatory holds: every ask in it has one answer.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::area::areas;
use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Lang, Problem, Tlp};
use atalaya_report::bulletin::Audience;

use super::cell::{is_records, named};
use super::folder::LANGS;
use crate::answer::Answer;
use crate::observatory::Observatory;
use crate::query::answer_and_keep;
use crate::verbs::Ask;

/// What a first text looks for, in this order: measure, substance, column shown.
const TOPICS: [(&str, &str, &str); 8] = [
    ("coca-area", "", "value"),
    ("seized-mass", "cocaine-hcl", "value"),
    ("seizures", "cocaine", "kg"),
    ("poppy-area", "", "value"),
    ("eradicated-area", "", "value"),
    ("homicides", "", "value"),
    ("overdose-deaths", "", "value"),
    ("laboratories", "", "value"),
];

/// Areas named first where they are known.
const FIRST: [&str; 6] = ["PE", "CO", "BO", "EC", "US", "BR"];

/// Sections of a first text.
const SECTIONS: usize = 4;

/// One thing the store can say about several areas.
struct Topic {
    what: &'static str,
    substance: String,
    show: &'static str,
    source: String,
    producer: String,
    /// Area, keys that choose one answer, years with a value.
    areas: Vec<(String, String, Vec<i32>)>,
    /// Sources that say something about the first area.
    sources: BTreeSet<String>,
}

/// The texts in both languages.
///
/// # Errors
/// `bulletin-empty` if the store holds nothing a bulletin could say, and those of asking.
pub(super) fn texts(observatory: &mut Observatory) -> Result<Vec<(Lang, String)>, Problem> {
    let audience = audience(observatory)?;
    let mut topics: Vec<Topic> = Vec::new();
    for (what, substance, show) in TOPICS {
        if topics.len() < SECTIONS
            && let Some(topic) = topic(observatory, &audience, what, substance, show)?
        {
            topics.push(topic);
        }
    }
    if topics.is_empty() {
        return Err(Problem::new(
            "bulletin-empty",
            "",
            Both::new("the store holds no yearly series of countries yet", "el almacén todavía no tiene series anuales de países"),
            Both::new(
                "collect a source first, or write bulletins/ID/es.md and en.md yourself: docs/bulletins.md",
                "recoja antes una fuente, o escriba usted bulletins/ID/es.md y en.md: docs/bulletins.md",
            ),
        ));
    }
    let name = observatory.config().name.clone();
    Ok(LANGS.into_iter().map(|lang| (lang, text(&topics, &audience, &name, lang))).collect())
}

/// Everybody, if there is anything for everybody; else this organisation.
fn audience(observatory: &mut Observatory) -> Result<Audience, Problem> {
    let public = Audience { tlp: Tlp::Clear, recipients: BTreeSet::from(["*".to_string()]), inside: false };
    let eye = observatory.eye(None)?;
    if eye.intakes.iter().any(|i| public.sees(&i.label)) {
        return Ok(public);
    }
    let tlp = eye.intakes.iter().map(|i| i.label.tlp).max().unwrap_or(Tlp::Amber);
    Ok(Audience { tlp, recipients: BTreeSet::new(), inside: true })
}

/// What can be said about a measure: the source that says most about the first areas.
fn topic(
    observatory: &mut Observatory,
    audience: &Audience,
    what: &'static str,
    substance: &'static str,
    show: &'static str,
) -> Result<Option<Topic>, Problem> {
    let held = observatory.eye(None)?;
    let records = is_records(what);
    let any =
        if records { held.intakes.iter().any(|i| i.kind == "records") } else { held.observations.all().any(|c| c.text("measure") == what) };
    if !any {
        return Ok(None);
    }
    let mut by = vec!["year".to_string(), "area".to_string()];
    by.extend(if records { vec!["source".to_string()] } else { Vec::new() });
    let substance: Vec<String> = Some(substance.to_string()).filter(|s| !s.is_empty()).into_iter().collect();
    let ask = Ask { what: what.into(), substance: substance.clone(), by, ..Ask::default() };
    let answer = answer_and_keep(observatory, &ask.query()?)?;
    let seen: BTreeSet<&str> = answer.sources.iter().filter(|s| audience.sees(&s.label)).map(|s| s.id.as_str()).collect();
    let strands = strands(&answer, &seen, show);
    // The source that knows most of the areas named first, then the latest, then the longest.
    let weight = |areas: &BTreeMap<String, Vec<(String, Vec<i32>)>>| -> i64 {
        let of = |area: &str| areas.get(area).into_iter().flatten().map(|(_, years)| years);
        let first = || FIRST.iter().take(3).flat_map(|a| of(a));
        let last = first().filter_map(|y| y.last()).max().copied().unwrap_or(0);
        let many = first().map(|y| y.len().min(10) as i64).sum::<i64>();
        let named = FIRST.iter().take(3).filter(|a| areas.contains_key(**a)).count() as i64;
        named * 100_000_000 + i64::from(last) * 10_000 + many * 100 + (areas.len() as i64).min(99)
    };
    let Some((source, known)) = strands.iter().max_by_key(|(id, areas)| (weight(areas), std::cmp::Reverse((*id).clone()))) else {
        return Ok(None);
    };
    let mut named: Vec<&String> = known.keys().filter(|a| FIRST.contains(&a.as_str())).collect();
    named.sort_by_key(|a| FIRST.iter().position(|f| f == a));
    if named.is_empty() {
        named = known.keys().filter(|a| areas().get(a).is_some()).collect();
    }
    let mut chosen: Vec<(String, String, Vec<i32>)> = named
        .into_iter()
        .filter_map(|area| {
            let (keys, years) = known[area].iter().max_by_key(|(k, y)| (y.len(), std::cmp::Reverse(k.clone())))?;
            // Two years are needed to say how it changed.
            (years.len() >= 2).then(|| (area.clone(), keys.clone(), years.clone()))
        })
        .collect();
    chosen.truncate(3);
    let Some((first, ..)) = chosen.first() else { return Ok(None) };
    let sources = strands.iter().filter(|(_, areas)| areas.contains_key(first)).map(|(s, _)| s.clone()).collect();
    let producer = answer.sources.iter().find(|s| s.id == *source).map_or_else(|| source.clone(), |s| s.producer.clone());
    Ok(Some(Topic { what, substance: substance.join(","), show, source: source.clone(), producer, areas: chosen, sources }))
}

/// By source and area: the keys that choose one answer a year, and the years it has.
type Strands = BTreeMap<String, BTreeMap<String, Vec<(String, Vec<i32>)>>>;

fn strands(answer: &Answer, seen: &BTreeSet<&str>, show: &str) -> Strands {
    let mut found: BTreeMap<(String, String), BTreeMap<Vec<String>, BTreeSet<i32>>> = BTreeMap::new();
    for row in &answer.rows {
        let (source, area) = (Answer::text(row, "source"), Answer::text(row, "area"));
        let Ok(year) = Answer::text(row, "year").parse::<i32>() else { continue };
        if Answer::text(row, show).is_empty() || !seen.contains(source.as_str()) || area.contains(':') {
            continue;
        }
        let strand = ["definition", "breakdown", "substance", "unit", "place"].map(|d| Answer::text(row, d)).to_vec();
        found.entry((source, area)).or_default().entry(strand).or_default().insert(year);
    }
    let mut out = Strands::new();
    for ((source, area), strands) in found {
        let units: BTreeSet<&String> = strands.keys().map(|s| &s[3]).collect();
        let places: BTreeSet<&String> = strands.keys().map(|s| &s[4]).collect();
        for (strand, years) in &strands {
            let others = |at: usize| strands.keys().any(|s| s[at] != strand[at]);
            let quotable = strand.iter().all(|t| !t.contains(['"', '“', '”', '`', '}']));
            // A part of the people (one sex, one age) is not what a sentence without it says.
            if units.len() > 1 || places.len() > 1 || !quotable || !strand[1].is_empty() {
                continue;
            }
            let mut keys = String::new();
            for (at, key) in [(0, "definition"), (1, "breakdown"), (2, "substance")] {
                if others(at) {
                    keys += &format!(" {key}=\"{}\"", strand[at]);
                }
            }
            out.entry(source.clone()).or_default().entry(area.clone()).or_default().push((keys, years.iter().copied().collect()));
        }
    }
    out
}

fn text(topics: &[Topic], audience: &Audience, name: &str, lang: Lang) -> String {
    let say = |en: &'static str, es: &'static str| if lang == Lang::Es { es } else { en };
    let years: Vec<i32> = topics.iter().flat_map(|t| t.areas.iter().flat_map(|a| a.2.clone())).collect();
    let (first, last) = (years.iter().min().copied().unwrap_or(0), years.iter().max().copied().unwrap_or(0));
    let mut places: Vec<String> = Vec::new();
    for area in topics.iter().flat_map(|t| &t.areas).map(|a| named(std::slice::from_ref(&a.0), "area", lang)) {
        if !places.contains(&area) && places.len() < 3 {
            places.push(area);
        }
    }
    let toml = |text: &str| format!("{:?}", text);
    let recipients: Vec<String> = audience.recipients.iter().map(|r| toml(r)).collect();
    let mut out = String::from("+++\n");
    out += &format!("title = {}\n", toml(say("What the sources say about drugs", "Lo que dicen las fuentes sobre las drogas")));
    out += &format!("subtitle = {}\n", toml(&places.join(" · ")));
    out += &format!("period = {}\nissue = \"1\"\n", toml(&format!("{first}–{last}")));
    out += &format!("publisher = {}\n", toml(&format!("{} {name}", say("Observatory", "Observatorio"))));
    out += &format!("contact = {}\n", toml(say("data desk", "mesa de datos")));
    out += &format!("\n[audience]\ntlp = \"{}\"\nrecipients = [{}]\n", audience.tlp.as_str(), recipients.join(", "));
    if audience.inside {
        out += "inside = true\n";
    }
    out += "+++\n\n";
    out += &keys(topics, lang);
    out += say(
        "This bulletin puts side by side what the sources in this observatory report. It names the source of each number; where sources differ, it shows each and averages none.\n\n",
        "Este boletín pone lado a lado lo que informan las fuentes de este observatorio. Nombra la fuente de cada número; donde las fuentes difieren, muestra cada una y no promedia ninguna.\n\n",
    );
    for topic in topics {
        out += &section(topic, lang);
    }
    out += "```methods\n```\n\n```caveats\n```\n\n```sources\n```\n";
    out
}

impl Topic {
    /// A number of this topic, as the text asks for it.
    fn number(&self, op: &str, at: usize, time: &str, tail: &str) -> String {
        let (area, keys, _) = &self.areas[at];
        let substance =
            if self.substance.is_empty() || keys.contains("substance=") { String::new() } else { format!(" substance={}", self.substance) };
        let show = if self.show == "value" { String::new() } else { format!(" show={}", self.show) };
        format!("{{{{ {op}{} area={area}{substance} {time} source={}{keys}{show}{tail} }}}}", self.what, self.source)
    }

    /// The last year of an area, and the one before.
    fn years(&self, at: usize) -> (i32, i32) {
        let years = &self.areas[at].2;
        (years[years.len() - 1], years[years.len() - 2])
    }

    fn title(&self, lang: Lang) -> String {
        let head = match measures().get(self.what) {
            Some(measure) => measure.label(lang).to_string(),
            None => Both::new("Mass of reported seizures", "Masa de las incautaciones informadas").in_lang(lang).to_string(),
        };
        match self.substance.as_str() {
            "" => head,
            id => format!("{head}: {}", named(&[id.to_string()], "substance", lang)),
        }
    }
}

/// The strip: the first areas of the first topics.
fn keys(topics: &[Topic], lang: Lang) -> String {
    let mut out = String::from("```figures\n");
    let all = topics.iter().flat_map(|t| (0..t.areas.len()).map(move |at| (t, at)));
    for (topic, at) in all.take(4) {
        let (year, before) = topic.years(at);
        let area = named(std::slice::from_ref(&topic.areas[at].0), "area", lang);
        let quoted = |text: String| if text.contains('"') { format!("'''{text}'''") } else { format!("\"{text}\"") };
        let label = quoted(format!("{}, {area}, {year}", topic.title(lang)));
        let value = quoted(topic.number("", at, &format!("year={year}"), ""));
        let change = topic.number("change ", at, &format!("from={before} to={year}"), " base=no");
        let note = quoted(if lang == Lang::Es { format!("{change} respecto de {before}") } else { format!("{change} against {before}") });
        out += &format!("[[figure]]\nlabel = {label}\nvalue = {value}\nnote = {note}\n");
    }
    out + "```\n\n"
}

fn section(topic: &Topic, lang: Lang) -> String {
    let mut out = format!("# {}\n\n", topic.title(lang));
    // The producer's name; the table of sources has the whole of it.
    let producer = topic.producer.split([',', ';', '(']).next().unwrap_or_default().trim();
    out += &match lang {
        Lang::En => format!("According to {producer}:\n\n"),
        Lang::Es => format!("Según {producer}:\n\n"),
    };
    for at in 0..topic.areas.len() {
        let (year, before) = topic.years(at);
        let area = named(std::slice::from_ref(&topic.areas[at].0), "area", lang);
        let value = topic.number("", at, &format!("year={year}"), "");
        let change = topic.number("change ", at, &format!("from={before} to={year}"), "");
        out += &match lang {
            Lang::En => format!("- **{area}**: `{value}` in {year}, a change of `{change}` from {before}.\n"),
            Lang::Es => format!("- **{area}**: `{value}` en {year}, un cambio de `{change}` desde {before}.\n"),
        };
    }
    let list = |items: Vec<String>| items.iter().map(|i| format!("\"{i}\"")).collect::<Vec<_>>().join(", ");
    let area = list(topic.areas.iter().map(|a| a.0.clone()).collect());
    let last = topic.areas.iter().filter_map(|a| a.2.last()).max().copied().unwrap_or(0);
    let substance = if topic.substance.is_empty() { String::new() } else { format!("substance = [\"{}\"]\n", topic.substance) };
    let show = if topic.show == "value" { String::new() } else { format!("show = \"{}\"\n", topic.show) };
    let body = format!(
        "what = \"{}\"\narea = [{area}]\n{substance}source = [\"{}\"]\n{show}by = [\"year\", \"area\"]\n",
        topic.what, topic.source
    );
    out += &format!("\n```table\n{body}across = \"area\"\nfrom = \"{}\"\n```\n", last - 7);
    out += &format!("\n```chart\n{body}from = \"{}\"\n```\n\n", last - 14);
    if topic.sources.len() > 1 && topic.show == "value" {
        let (first, sources) = (&topic.areas[0].0, list(topic.sources.iter().cloned().collect()));
        let area = named(std::slice::from_ref(first), "area", lang);
        let (head, said) = match lang {
            Lang::En => (format!("{area}: what each source says"), "Sources that count differently stand side by side. None is averaged."),
            Lang::Es => (
                format!("{area}: lo que dice cada fuente"),
                "Las fuentes que cuentan de otro modo están una junto a otra. Ninguna se promedia.",
            ),
        };
        out += &format!(
            "## {head}\n\n{said}\n\n```table\nwhat = \"{}\"\narea = [\"{first}\"]\n{substance}source = [{sources}]\nby = [\"year\"]\nacross = \"source\"\nfrom = \"{}\"\n```\n\n",
            topic.what,
            last - 7
        );
    }
    out
}
