//! Proposals in words: titles, reasons, and two records side by side.

use atalaya_kernel::record::NO_DAY;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, Date, Lang, Period, Precision, both};
use atalaya_methods::link::records::Records;
use atalaya_methods::link::records::differs::Kind;
use atalaya_methods::link::records::reports::List;
use atalaya_methods::link::text::fold;
use serde::Serialize;

use crate::observatory::Eye;
use crate::query::label_of;

/// Fields of two records, in the order in which they are read, with their names.
const FIELDS: [(&str, &str, &str); 19] = [
    ("date", "Date", "Fecha"),
    ("area", "Area", "Área"),
    ("area_reported", "Area as reported", "Área según se informó"),
    ("admin", "Division", "División"),
    ("place", "Place", "Lugar"),
    ("substance", "Substance", "Sustancia"),
    ("substance_reported", "Substance as reported", "Sustancia según se informó"),
    ("amount", "Amount", "Cantidad"),
    ("unit", "Unit", "Unidad"),
    ("producing", "Produced in", "Producida en"),
    ("departure", "From", "Desde"),
    ("destination", "Bound for", "Hacia"),
    ("transport", "Transport", "Transporte"),
    ("routing", "Route", "Ruta"),
    ("hiding", "Hidden in", "Oculta en"),
    ("installation", "Installation", "Instalación"),
    ("agency", "Agency", "Agencia"),
    ("price", "Price", "Precio"),
    ("purity", "Purity", "Pureza"),
];

/// One field of two records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Beside {
    /// Its id.
    pub field: String,
    /// Its name.
    pub label: Both,
    /// What the first record says.
    pub a: String,
    /// What the second says.
    pub b: String,
    /// `same`, `close`, `different`, `one-absent`, `both-absent`.
    pub agree: &'static str,
    /// What makes two texts close.
    pub note: Option<Both>,
}

/// What a field is called.
pub(crate) fn label(field: &str) -> Both {
    FIELDS.iter().find(|f| f.0 == field).map_or_else(|| Both::same(field), |f| Both::new(f.1, f.2))
}

/// A field of a row as it stands; the date with its precision.
fn text(eye: &Eye, row: u32, field: &str) -> String {
    if field == "date" {
        let day = eye.cube.column("day").map_or(NO_DAY, |c| eye.cube.number(row as usize, c) as i32);
        let precision = Precision::from_code(eye.cube.precision(row as usize)).unwrap_or(Precision::Day);
        return if day == NO_DAY { String::new() } else { Period { start: Date(day), precision }.to_string() };
    }
    let text = eye.cube.column(field).map_or("", |c| eye.cube.text(row as usize, c));
    // Fifteen digits: 0.11699999999999999 was 0.117 before a binary number held it.
    match text.parse::<f64>() {
        Ok(number) if field == "amount" && text.len() > 15 => {
            format!("{:.14e}", number).parse::<f64>().map_or(text.into(), |n| n.to_string())
        }
        _ => text.to_string(),
    }
}

/// Two records side by side; fields that neither fills are left to the end.
pub(crate) fn beside(eye: &Eye, rows: [u32; 2], close: &dyn Fn(&str) -> Option<Both>) -> Vec<Beside> {
    let of = |(field, en, es): &(&str, &str, &str)| {
        let [a, b] = rows.map(|row| text(eye, row, field));
        let letters =
            || (fold(&a) == fold(&b)).then(|| Both::new("the same but for capitals and accents", "igual salvo mayúsculas y tildes"));
        let note = letters().or_else(|| close(field)).filter(|_| a != b && !a.is_empty() && !b.is_empty());
        let agree = match (a.is_empty(), b.is_empty()) {
            (true, true) => "both-absent",
            (false, false) if a == b => "same",
            (false, false) if note.is_some() => "close",
            (false, false) => "different",
            _ => "one-absent",
        };
        Beside { field: (*field).into(), label: Both::new(*en, *es), a, b, agree, note }
    };
    let mut fields: Vec<Beside> = FIELDS.iter().map(of).collect();
    fields.sort_by_key(|f| f.agree == "both-absent");
    fields
}

/// "Cocaine, Omsk, 4 March 2016, 0.407 kg".
pub(crate) fn told(eye: &Eye, row: u32) -> Both {
    let say = |lang: Lang| {
        let of = |field: &str| text(eye, row, field);
        let named = |field: &str| label_of(field, &of(field)).map_or_else(|| of(field), |b| b.in_lang(lang).to_string());
        let place = [of("place"), of("admin")].into_iter().find(|p| !p.is_empty()).unwrap_or_else(|| named("area"));
        let unit = of("unit");
        let amount = format!("{} {}", of("amount"), units().get(&unit).map_or(unit.as_str(), |u| short(u.id, u.label(lang))));
        let date = Date::parse_iso(&of("date")).map_or_else(|| of("date"), |d| day(d, lang));
        let parts = [named("substance"), place, date, amount.trim().to_string()];
        parts.iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(", ")
    };
    Both::new(say(Lang::En), say(Lang::Es))
}

/// A unit's symbol where it has one that people read.
fn short<'u>(id: &'u str, label: &'u str) -> &'u str {
    if ["kg", "g", "mg", "t", "lb", "oz", "L", "mL"].contains(&id) { id } else { label }
}

const MONTHS: [[&str; 12]; 2] = [
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"],
];

/// "4 March 2016", "4 de marzo de 2016".
fn day(date: Date, lang: Lang) -> String {
    let (year, month, day) = date.ymd();
    let name = |at: usize| MONTHS[at].get(month as usize - 1).copied().unwrap_or("");
    match lang {
        Lang::En => format!("{day} {} {year}", name(0)),
        Lang::Es => format!("{day} de {} de {year}", name(1)),
    }
}

/// "Denmark, 2 January 2016 to 30 December 2016".
pub(super) fn title(area: &str, list: &List) -> Both {
    let named = label_of("area", area).unwrap_or_else(|| Both::same(area));
    let days = |lang: Lang| [list.from, list.to].map(|d| day(Date(d), lang));
    let ([from, to], [desde, hasta]) = (days(Lang::En), days(Lang::Es));
    let (en, es) = (named.en, named.es);
    if list.from == list.to {
        both!("{en}, {from}", "{es}, {desde}")
    } else {
        both!("{en}, {from} to {to}", "{es}, del {desde} al {hasta}")
    }
}

/// How often each field differs between the copies of a list.
pub(super) fn shares(list: &List) -> Vec<(String, f64)> {
    let pairs = list.pairs.len().max(1) as f64;
    list.differences.fields.iter().map(|(field, n)| (field.name().to_string(), f64::from(*n) / pairs)).collect()
}

/// What speaks for a list having been loaded or entered twice.
pub(super) fn reason(records: &Records, list: &List) -> Both {
    let (rows, pairs) = (list.rows, list.pairs.len());
    let usual = format!("{:.0}", list.usual * 100.0);
    let how = differences(records, list);
    if let Some((distinct, even)) = list.even {
        let (en, es) = (how.en, how.es);
        return both!(
            "{even} of {distinct} different rows stand there an even number of times, where {usual} in 100 do so elsewhere in this area: {rows} rows, {pairs} of them repeats{en}",
            "{even} de {distinct} filas distintas figuran un número par de veces, cuando en el resto de esta área lo hacen {usual} de cada 100: {rows} filas, {pairs} de ellas repetidas{es}"
        );
    }
    let (en, es) = (how.en, how.es);
    both!(
        "{pairs} pairs among {rows} rows have the same day and amount, where {usual} in 100 rows have such a twin elsewhere{en}",
        "{pairs} pares entre {rows} filas tienen el mismo día y la misma cantidad, cuando en otras partes {usual} de cada 100 filas tienen un gemelo así{es}"
    )
}

/// The differences that give a list its name, with their numbers; empty where the copies are equal.
fn differences(records: &Records, list: &List) -> Both {
    let found = &list.differences;
    let pairs = list.pairs.len();
    let mut parts: Vec<Both> = Vec::new();
    for shift in found.shifts.iter().take(2).filter(|_| found.kind == Kind::ShiftedCodes) {
        let (from, to, n) = (records.terms.text(shift.from), records.terms.text(shift.to), shift.pairs);
        let field = label(shift.field.name());
        let name = |code: &str| label_of("area", code).unwrap_or_else(|| Both::same(code));
        let (from, to) = (name(from), name(to));
        parts.push(Both::new(
            format!("{} is {} in one and {} in the other in {n} pairs", field.en, from.en, to.en),
            format!("{} es {} en una y {} en la otra en {n} pares", field.es, from.es, to.es),
        ));
    }
    if found.scripts > 0 {
        let n = found.scripts;
        parts.push(both!("{n} of {pairs} pairs are written in two scripts", "{n} de {pairs} pares están escritos en dos alfabetos"));
    }
    for (field, n) in found.fields.iter().filter(|(_, n)| *n as usize * 4 >= pairs).take(3) {
        let left_out = found.left_out.iter().find(|(f, _)| f == field).map_or(0, |(_, n)| *n);
        let name = label(field.name());
        let (en, es) = (name.en.to_lowercase(), name.es.to_lowercase());
        parts.push(if left_out * 2 > *n {
            both!("one copy leaves out {en} in {left_out} pairs", "una copia omite {es} en {left_out} pares")
        } else {
            both!("{en} differs in {n} pairs", "{es} difiere en {n} pares")
        });
    }
    if parts.is_empty() {
        return Both::default();
    }
    let join = |of: &dyn Fn(&Both) -> String| format!("; {}", parts.iter().map(of).collect::<Vec<_>>().join("; "));
    Both::new(join(&|p| p.en.clone()), join(&|p| p.es.clone()))
}
