//! Numbers in sentences: the value itself, and what is computed from two or more.

use std::collections::BTreeMap;

use atalaya_kernel::decimal::SCALE;
use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Decimal, Lang, Problem, both};
use atalaya_report::bulletin::{Number, NumberAsk, Op, number};

use super::cell::{Asker, Found, at_time, is_derived, is_records};
use super::edition::{Line, Lines, Said};

/// A number said: how it is read, and what it is.
pub(super) struct Answered {
    pub number: Number,
    pub said: Said,
}

/// Answers a number's ask in one language.
///
/// # Errors
/// `rivals`, `bulletin-figure`, and those of asking.
pub(super) fn answer(asker: &mut Asker<'_>, lines: &mut Lines, ask: &NumberAsk, lang: Lang, place: &str) -> Result<Answered, Problem> {
    let computed = match ask.op {
        Op::Value => value(asker, ask, lang, place)?,
        Op::Change | Op::Difference => between(asker, ask, lang, place)?,
        Op::Share => share(asker, ask, lang, place)?,
    };
    let text = computed.text;
    let line = (!computed.figures.is_empty()).then(|| {
        lines.number(Line {
            question: computed.question.clone(),
            text: text.clone(),
            figures: computed.figures.clone(),
            formula: computed.formula.clone(),
            sources: computed.sources.clone(),
        })
    });
    let said = Said {
        ask: canonical(ask),
        question: computed.question,
        value: computed.value.map_or_else(String::new, |v| v.to_string()),
        unit: computed.unit,
        figures: computed.figures,
    };
    Ok(Answered { number: Number { text, line, absent: computed.value.is_none() }, said })
}

/// The ask as it stays the same between editions: how it is printed does not count.
pub(super) fn canonical(ask: &NumberAsk) -> String {
    let op = match ask.op {
        Op::Value => "",
        Op::Change => "change ",
        Op::Difference => "difference ",
        Op::Share => "share ",
    };
    let printed = ["digits", "unit", "base", "in"];
    let keys: Vec<String> = ask.keys.iter().filter(|(k, _)| !printed.contains(&k.as_str())).map(|(k, v)| format!("{k}={v}")).collect();
    format!("{op}{} {}", ask.what, keys.join(" "))
}

/// A number before it has a line.
struct Computed {
    text: String,
    value: Option<Decimal>,
    unit: String,
    question: Both,
    figures: Vec<String>,
    formula: String,
    sources: Vec<String>,
}

fn value(asker: &mut Asker<'_>, ask: &NumberAsk, lang: Lang, place: &str) -> Result<Computed, Problem> {
    let found = asker.one(&ask.what, &ask.keys, place)?;
    let text = match found.value {
        None => number::absent(&found.missing, lang).to_string(),
        Some(value) => {
            let main = amount(value, &found.unit, &ask.keys, lang, place)?;
            match found.interval.as_ref().filter(|_| ask.keys.get("show").is_some_and(|s| s == "interval")) {
                None => main,
                Some((low, high)) => {
                    let end = |text: &str| {
                        let bare = BTreeMap::from([("unit".to_string(), "none".to_string())]);
                        let keys = ask.keys.clone().into_iter().chain(bare).collect();
                        amount(Decimal::parse(text).unwrap_or_default(), &found.unit, &keys, lang, place)
                    };
                    format!("{main} ({}–{})", end(low)?, end(high)?)
                }
            }
        }
    };
    Ok(Computed {
        text,
        value: found.value,
        unit: found.unit,
        question: found.question,
        figures: found.figure.into_iter().collect(),
        formula: String::new(),
        sources: found.sources,
    })
}

/// A value as it is read: scaled, rounded, with its unit.
fn amount(value: Decimal, unit: &str, keys: &BTreeMap<String, String>, lang: Lang, place: &str) -> Result<String, Problem> {
    let refuse = |key: &str, known: &str| {
        let found = keys.get(key).map_or("", String::as_str);
        Problem::new(
            "bulletin-figure",
            place,
            both!("{key}={found} is not possible here", "{key}={found} no es posible aquí"),
            both!("known: {known}", "se conocen: {known}"),
        )
    };
    let (value, unit, scale) = match keys.get("in").map(String::as_str) {
        None => (value, unit.to_string(), ""),
        Some("t") if unit == "kg" => (Decimal(value.0 / 1000), "t".to_string(), ""),
        Some("thousand") => (Decimal(value.0 / 1000), unit.to_string(), if lang == Lang::Es { "mil" } else { "thousand" }),
        Some("million") => (Decimal(value.0 / 1_000_000), unit.to_string(), if lang == Lang::Es { "millones" } else { "million" }),
        Some(_) => return Err(refuse("in", "t (kg), thousand, million")),
    };
    let digits =
        keys.get("digits").map(|d| d.parse::<u32>().ok().filter(|d| *d <= 9).ok_or_else(|| refuse("digits", "0 ... 9"))).transpose()?;
    let plain = match digits {
        Some(digits) => number::rounded(value, digits, true),
        None => number::rounded(value, usual(value), false),
    };
    let text = number::full(&plain, lang);
    let text = if scale.is_empty() { text } else { format!("{text}\u{a0}{scale}") };
    match keys.get("unit").map(String::as_str) {
        None | Some("short") => Ok(number::with_unit(&text, &unit)),
        Some("none") => Ok(text),
        Some("long") => Ok(format!("{text}\u{a0}{}", super::cell::unit_name(&unit, lang))),
        Some(_) => Err(refuse("unit", "short, long, none")),
    }
}

/// As many digits as one reads.
pub(super) fn usual(value: Decimal) -> u32 {
    match value.to_f64().abs() {
        s if s >= 1000.0 => 0,
        s if s >= 100.0 => 1,
        s if s >= 1.0 || s == 0.0 => 2,
        s => (2 - s.log10().floor() as i32).clamp(2, 9) as u32,
    }
}

fn between(asker: &mut Asker<'_>, ask: &NumberAsk, lang: Lang, place: &str) -> Result<Computed, Problem> {
    let first = asker.one(&ask.what, &at_time(ask, "from"), place)?;
    let last = asker.one(&ask.what, &at_time(ask, "to"), place)?;
    let (from, to) = (ask.keys["from"].clone(), ask.keys["to"].clone());
    if first.definition != last.definition && first.figure.is_some() && last.figure.is_some() {
        let (a, b) = (&first.definition, &last.definition);
        let (a_en, b_en, a_es, b_es) = (&a.en, &b.en, &a.es, &b.es);
        return Err(Problem::new(
            "not-comparable",
            place,
            both!(
                "{from} and {to} count different things: “{a_en}” and “{b_en}”",
                "{from} y {to} cuentan cosas distintas: «{a_es}» y «{b_es}»"
            ),
            Both::new("compare one definition: add definition=", "compare una sola definición: agregue definition="),
        ));
    }
    let head = strip(&last.question, &to);
    let question = match ask.op {
        Op::Change => Both::new(format!("Change from {from} to {to}: {}", head.en), format!("Cambio de {from} a {to}: {}", head.es)),
        _ => Both::new(format!("Difference from {from} to {to}: {}", head.en), format!("Diferencia de {from} a {to}: {}", head.es)),
    };
    let base = Computed {
        text: number::absent("", lang).into(),
        value: None,
        unit: last.unit.clone(),
        question,
        figures: ids(&[&first, &last]),
        formula: String::new(),
        sources: sources(&[&first, &last]),
    };
    let (Some(a), Some(b)) = (first.value, last.value) else { return Ok(base) };
    let say = |found: &Found| number::full(&found.exact, lang);
    if ask.op == Op::Difference {
        let gap = b - a;
        let formula = format!("{} − {}", say(&last), say(&first));
        return Ok(Computed { text: signed(gap, amount(gap, &last.unit, &ask.keys, lang, place)?), value: Some(gap), formula, ..base });
    }
    let Some(percent) = percent(b - a, a) else {
        return Err(Problem::new(
            "no-base",
            place,
            both!("{from} is zero: a change in percent has no base", "{from} es cero: un cambio en porcentaje no tiene base"),
            Both::new("say the difference instead", "diga la diferencia"),
        ));
    };
    let formula = format!("({} − {}) ÷ {} × 100", say(&last), say(&first), say(&first));
    let digits = ask.keys.get("digits").and_then(|d| d.parse().ok()).unwrap_or(1);
    let said = signed(percent, number::with_unit(&number::full(&number::rounded(percent, digits, true), lang), "percent"));
    // The base is said, unless the sentence says it.
    let text = match (ask.keys.get("base").map(String::as_str), lang) {
        (Some("no"), _) => said,
        (_, Lang::En) => format!("{said} (base {from})"),
        (_, Lang::Es) => format!("{said} (base {from})"),
    };
    Ok(Computed { text, value: Some(percent), unit: "percent".into(), formula, ..base })
}

fn share(asker: &mut Asker<'_>, ask: &NumberAsk, lang: Lang, place: &str) -> Result<Computed, Problem> {
    let own: BTreeMap<String, String> =
        ask.keys.iter().filter(|(k, _)| !k.starts_with("of-")).map(|(k, v)| (k.clone(), v.clone())).collect();
    let part = asker.one(&ask.what, &own, place)?;
    let mut whole: Vec<Found> = Vec::new();
    let mut keys = own.clone();
    for (key, value) in ask.keys.iter().filter_map(|(k, v)| Some((k.strip_prefix("of-")?, v))) {
        keys.insert(key.into(), value.clone());
    }
    let areas: Vec<String> = keys.get("area").map(|a| a.split(',').map(str::to_string).collect()).unwrap_or_default();
    if areas.len() > 1 && !is_records(&ask.what) {
        if !measures().get(&ask.what).is_some_and(|m| m.adds_over_areas) {
            let what = &ask.what;
            return Err(Problem::new(
                "not-additive",
                place,
                both!("`{what}` of several areas cannot be added", "`{what}` de varias áreas no se puede sumar"),
                Both::new("name one area that holds the others", "nombre un área que contenga a las demás"),
            ));
        }
        for area in areas {
            keys.insert("area".into(), area);
            whole.push(asker.one(&ask.what, &keys, place)?);
        }
    } else {
        whole.push(asker.one(&ask.what, &keys, place)?);
    }
    let all: Vec<&Found> = std::iter::once(&part).chain(&whole).collect();
    let of: Vec<(String, String)> = whole.iter().map(|f| (f.question.en.clone(), f.question.es.clone())).collect();
    let join = |texts: Vec<&str>| texts.join(" + ");
    let question = Both::new(
        format!("Share: {}, of {}", part.question.en, join(of.iter().map(|o| o.0.as_str()).collect())),
        format!("Parte: {}, de {}", part.question.es, join(of.iter().map(|o| o.1.as_str()).collect())),
    );
    let base = Computed {
        text: number::absent("", lang).into(),
        value: None,
        unit: "percent".into(),
        question,
        figures: ids(&all),
        formula: String::new(),
        sources: sources(&all),
    };
    let values: Option<Vec<Decimal>> = whole.iter().map(|f| f.value).collect();
    let (Some(a), Some(values)) = (part.value, values) else { return Ok(base) };
    let total: Decimal = values.into_iter().sum();
    let Some(percent) = percent(a, total) else { return Ok(base) };
    let say = |found: &Found| number::full(&found.exact, lang);
    let below: Vec<String> = whole.iter().map(say).collect();
    let below = if below.len() == 1 { below.join("") } else { format!("({})", below.join(" + ")) };
    let formula = format!("{} ÷ {below} × 100", say(&part));
    let digits = ask.keys.get("digits").and_then(|d| d.parse().ok()).unwrap_or(1);
    let text = number::with_unit(&number::full(&number::rounded(percent, digits, true), lang), "percent");
    Ok(Computed { text, value: Some(percent), formula, ..base })
}

/// A hundred times `part / whole`, to nine places, half to even; none for a whole of zero.
pub(super) fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    if whole.0 == 0 {
        return None;
    }
    // (part * 100 / whole) in billionths; i128 holds 1.7e38, sums stay below 1e27.
    let top = part.0.checked_mul(100)?.checked_mul(1_000_000)?;
    let (top, bottom) = if whole.0 < 0 { (-top, -whole.0) } else { (top, whole.0) };
    let (q, r) = (top.div_euclid(bottom), top.rem_euclid(bottom));
    let up = match (r * 2).cmp(&bottom) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => q & 1,
    };
    Some(Decimal((q + up) * (SCALE / 1_000_000)))
}

fn signed(value: Decimal, text: String) -> String {
    if value.0 > 0 { format!("+{text}") } else { text }
}

/// The question without its time.
fn strip(question: &Both, time: &str) -> Both {
    let cut = |text: &str| text.replace(&format!(", {time}"), "");
    Both::new(cut(&question.en), cut(&question.es))
}

fn ids(found: &[&Found]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for id in found.iter().filter_map(|f| f.figure.clone()) {
        if !out.contains(&id) {
            out.push(id);
        }
    }
    out
}

fn sources(found: &[&Found]) -> Vec<String> {
    let mut out: Vec<String> = found.iter().flat_map(|f| f.sources.clone()).collect();
    out.sort();
    out.dedup();
    out
}

/// Whether any of these asks computes a percentage or a difference.
pub(super) fn any_derived<'a>(asks: impl IntoIterator<Item = &'a NumberAsk>) -> bool {
    asks.into_iter().any(is_derived)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap()
    }

    #[test]
    fn percent_is_on_the_base_and_exact_to_print() {
        // (92,784 - 95,008) / 95,008 = -2.34085...%
        assert_eq!(number::rounded(percent(decimal("-2224"), decimal("95008")).unwrap(), 2, true), "-2.34");
        assert_eq!(percent(decimal("1"), decimal("3")).unwrap().to_string(), "33.333333");
        assert_eq!(percent(decimal("1"), Decimal::ZERO), None);
    }

    #[test]
    fn how_a_number_is_printed_does_not_change_what_it_is() {
        let ask = |digits: &str| NumberAsk {
            op: Op::Value,
            what: "coca-area".into(),
            keys: BTreeMap::from([("area".into(), "PE".into()), ("digits".into(), digits.into())]),
        };
        assert_eq!(canonical(&ask("0")), canonical(&ask("2")));
        assert_eq!(canonical(&ask("0")), "coca-area area=PE");
    }
}
