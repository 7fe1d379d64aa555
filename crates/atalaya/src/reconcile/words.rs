//! How findings speak: names of things and numbers in both languages.

use atalaya_kernel::area::areas;
use atalaya_kernel::measure::measures;
use atalaya_kernel::{Both, Decimal, Lang};

use crate::query::label_of;
use crate::verbs::decimal;

/// "Coca bush under cultivation, Peru, 2020". Substances that the measure says by itself are left out.
pub(super) fn about(measure: &str, substance: &str, breakdown: &str, area: &str, place: &str, period: &str) -> Both {
    let of = |field: &str, code: &str| label_of(field, code).unwrap_or_else(|| Both::same(code));
    let mut parts = vec![measures().get(measure).map_or_else(|| Both::same(measure), |m| m.both())];
    if !substance.is_empty() && !matches!(measure, "coca-area" | "poppy-area" | "coca-area-change") {
        parts.push(of("substance", substance));
    }
    parts.push(Both::same(breakdown));
    parts.push(Both::same(place));
    parts.push(areas().get(area).map_or_else(|| Both::same(area), |a| a.both()));
    parts.push(Both::same(period));
    parts.retain(|p| !p.en.is_empty());
    let join = |f: fn(&Both) -> &str| parts.iter().map(f).collect::<Vec<_>>().join(", ");
    Both::new(join(|b| &b.en), join(|b| &b.es))
}

/// A number with its unit, set for each reader.
pub(super) fn amount(value: Decimal, unit: &Both) -> Both {
    let one = |lang: Lang| {
        let number = decimal(&value.to_string(), lang);
        match unit.in_lang(lang) {
            "" => number,
            "%" => format!("{number} %"),
            unit => format!("{number} {unit}"),
        }
    };
    Both::new(one(Lang::En), one(Lang::Es))
}

/// A percentage with its sign and one decimal.
pub(super) fn signed(percent: f64) -> Both {
    let text = format!("{percent:+.1}");
    let (sign, digits) = text.split_at(1);
    let one = |lang: Lang| format!("{}{} %", if sign == "-" { "−" } else { "+" }, decimal(digits, lang));
    Both::new(one(Lang::En), one(Lang::Es))
}

/// A source and what it counts.
pub(super) fn who(source: &str, definition: &Both) -> Both {
    if definition.en.is_empty() {
        return Both::same(source);
    }
    Both::new(format!("{source}: {}", definition.en), format!("{source}: {}", definition.es))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_and_numbers_are_said_as_a_person_would() {
        let said = about("coca-area", "coca-bush", "", "PE", "", "2020");
        assert_eq!(
            (said.en.as_str(), said.es.as_str()),
            ("Coca bush under cultivation, Peru, 2020", "Superficie cultivada con coca, Perú, 2020")
        );
        assert_eq!(signed(42.77).en, "+42.8 %");
        assert_eq!(signed(-2.61).es, "−2,6 %");
        assert_eq!(amount(Decimal::whole(61_777), &Both::same("ha")).es, "61\u{202f}777 ha");
    }
}
