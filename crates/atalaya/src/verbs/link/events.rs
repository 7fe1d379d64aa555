//! Events with the records that report them.

use atalaya_kernel::{Both, Lang, Problem, both};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::say::{count, decimal, table};
use super::super::{Say, Verb, inside_only};
use super::name::{date, text, told};
use crate::Observatory;
use crate::events::{Event, reason};
use crate::link::intakes;
use crate::observatory::{Caller, Eye};

/// Events that several records report: who reported what, and which record stands for the event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct LinkEvents {
    /// Only events of at least this many records
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 2, value_name = "RECORDS"))]
    pub min_records: usize,
    /// Skip this many events
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0))]
    pub offset: usize,
    /// Show at most this many events
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20))]
    pub limit: usize,
}

impl Default for LinkEvents {
    fn default() -> LinkEvents {
        LinkEvents { min_records: 2, offset: 0, limit: 20 }
    }
}

/// One record of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Its source.
    pub source: String,
    /// The hash of its file.
    pub file: String,
    /// Its part of the file, from 0.
    pub member: u32,
    /// Its row there, from 1.
    pub ordinal: u32,
    /// Who reported it, if the record says.
    pub agency: String,
    /// Area of the seizure.
    pub area: String,
    /// Place as reported.
    pub place: String,
    /// Substance.
    pub substance: String,
    /// Date as reported.
    pub date: String,
    /// Amount as reported.
    pub amount: String,
    /// Its unit.
    pub unit: String,
    /// Kilograms, if known.
    pub kg: Option<String>,
    /// Whether it stands for the event's amount and date.
    pub stands: bool,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedEvent {
    /// Its id: the same while the same records report it.
    pub id: String,
    /// What it is, in a few words.
    pub title: Both,
    /// The records that report it; the one that stands for it first.
    pub records: Vec<EventRecord>,
    /// Its kilograms: those of the record that stands for it.
    pub kg: Option<String>,
    /// Why that record stands for it.
    pub why: Both,
    /// The decisions it rests on.
    pub decisions: Vec<i64>,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkEventsPage {
    /// Events that several records report.
    pub events: Vec<LinkedEvent>,
    /// How many of them there are.
    pub total: usize,
    /// All records of seizures in force.
    pub records: u64,
    /// All events they are.
    pub unique: u64,
    /// Rulings to be made again.
    pub again: usize,
}

impl Verb for LinkEvents {
    const NAME: &'static str = "link";
    type Outcome = LinkEventsPage;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<LinkEventsPage, Problem> {
        inside_only(observatory)?;
        let eye = observatory.eye(None)?;
        let events = observatory.events(&eye, None)?;
        let totals = events.totals(&eye, &intakes(observatory, &eye));
        let fits: Vec<&Event> = events.linked.iter().filter(|e| e.rows.len() >= self.min_records).collect();
        Ok(LinkEventsPage {
            events: fits.iter().skip(self.offset).take(self.limit).map(|e| event(&eye, e)).collect(),
            total: fits.len(),
            records: totals.records,
            unique: totals.events,
            again: events.again.len(),
        })
    }
}

fn event(eye: &Eye, event: &Event) -> LinkedEvent {
    let records: Vec<EventRecord> = event.rows.iter().enumerate().map(|(at, row)| record(eye, *row, at == 0)).collect();
    LinkedEvent {
        id: event.id.clone(),
        title: event.rows.first().map(|row| told(eye, *row)).unwrap_or_default(),
        kg: records.first().and_then(|r| r.kg.clone()),
        records,
        why: reason(eye, &event.rows).say(),
        decisions: event.decisions.clone(),
    }
}

/// A record as it is shown beside others of its event.
pub(super) fn record(eye: &Eye, row: u32, stands: bool) -> EventRecord {
    let key = crate::events::key_of(eye, row);
    let of = |field: &str| text(eye, row, field).to_string();
    EventRecord {
        source: of("source"),
        file: key.file,
        member: key.member,
        ordinal: key.ordinal,
        agency: of("agency"),
        area: of("area"),
        place: of("place"),
        substance: of("substance"),
        date: date(eye, row),
        amount: of("amount"),
        unit: of("unit"),
        kg: eye.cube.kg(row as usize).map(|kg| kg.to_string()),
        stands,
    }
}

impl Say for LinkEventsPage {
    fn say(&self, lang: Lang) -> String {
        let [records, unique] = [self.records, self.unique].map(|n| count(n, lang));
        let mut out = both!("{records} records, {unique} events\n", "{records} registros, {unique} hechos\n").in_lang(lang).to_string();
        let heads: [&str; 8] = match lang {
            Lang::En => ["", "source", "row", "agency", "date", "amount", "unit", "kg"],
            Lang::Es => ["", "fuente", "fila", "agencia", "fecha", "cantidad", "unidad", "kg"],
        };
        for event in &self.events {
            let row = |r: &EventRecord| {
                let kg = decimal(r.kg.as_deref().unwrap_or(""), lang);
                let mark = if r.stands { "*" } else { "" };
                let (amount, row) = (decimal(&r.amount, lang), r.ordinal.to_string());
                vec![mark.into(), r.source.clone(), row, r.agency.clone(), r.date.clone(), amount, r.unit.clone(), kg]
            };
            out += &format!("\n{}  {}\n", event.id, event.title.in_lang(lang));
            out += &table(&heads, &event.records.iter().map(row).collect::<Vec<_>>());
            let why = event.why.in_lang(lang);
            let list = event.decisions.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            out +=
                both!("* stands for the event: {why}; decision {list}\n", "* representa el hecho: {why}; decisión {list}\n").in_lang(lang);
        }
        let (shown, total) = (self.events.len(), self.total);
        out += both!("\n{shown} of {total} events\n", "\n{shown} de {total} hechos\n").in_lang(lang);
        if self.again > 0 {
            let again = self.again;
            out += both!(
                "{again} rulings are to be made again: atalaya link decisions\n",
                "{again} decisiones deben tomarse de nuevo: atalaya link decisions\n"
            )
            .in_lang(lang);
        }
        out
    }
}
