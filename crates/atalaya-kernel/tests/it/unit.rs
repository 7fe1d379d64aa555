//! Units, conversions and measures.

use atalaya_kernel::Decimal;
use atalaya_kernel::measure::{Kind, measures};
use atalaya_kernel::unit::{Firmness, Quantity, conversion, units};

use crate::shared::{unknown, unzipped, values};

fn best(unit: &str, substance: &str) -> Option<&'static str> {
    conversion(unit, substance).map(|one| one.best)
}

#[test]
fn the_lists_have_no_defect() {
    assert_eq!(units().defects(), &[] as &[String]);
    assert_eq!(measures().defects(), &[] as &[String]);
    for unit in units().iter() {
        assert!(!unit.label_en.is_empty() && !unit.label_es.is_empty(), "{}", unit.id);
    }
}

#[test]
fn every_conversion_is_ordered_and_sourced() {
    for one in units().conversions() {
        let [low, best, high] = [one.low, one.best, one.high].map(|text| Decimal::parse(text).unwrap());
        assert!(Decimal::ZERO <= low && low <= best && best <= high, "{one:?}");
        assert!(one.source.len() > 10 && one.version.starts_with("conversions-"), "{one:?}");
        if one.firmness == Firmness::Exact {
            assert_eq!((one.low, one.substance), (one.high, "*"), "{one:?}");
        }
        let quantity = units().get(one.unit).unwrap().quantity;
        assert_eq!(one.to == "ha", quantity == Quantity::Area, "{one:?}");
    }
    for unit in units().iter().filter(|u| matches!(u.quantity, Quantity::Mass | Quantity::Area)) {
        let one = conversion(unit.id, "*").unwrap_or_else(|| panic!("{}", unit.id));
        assert_eq!(one.firmness, Firmness::Exact, "{}", unit.id);
    }
}

#[test]
fn exact_factors() {
    let pairs = [
        ("g", "0.001"),
        ("mg", "0.000001"),
        ("lb", "0.45359237"),
        ("oz", "0.028349523125"),
        ("t", "1000"),
        ("viss", "1.63293"),
        ("acre", "0.40468564224"),
    ];
    for (unit, factor) in pairs {
        let one = conversion(unit, "cocaine-hcl").unwrap();
        assert_eq!((one.low, one.best, one.high), (factor, factor, factor), "{unit}");
    }
}

#[test]
fn the_nearest_row_wins_and_nothing_is_invented() {
    assert_eq!(best("tablet", "mdma"), Some("0.00027"));
    assert_eq!(best("tablet", "yaba"), Some("0.00025"));
    assert_eq!(best("unit", "crack"), Some("0.0001"));
    assert_eq!(best("L", "heroin"), Some("1"));
    assert_eq!(best("L", "no such substance"), Some("1"));
    let liquid = conversion("L", "cocaine-liquid").unwrap();
    assert_eq!((liquid.low, liquid.high), ("0", "1"));
    for (unit, substance) in [
        ("tablet", "diazepam"),
        ("unit", "coca-leaf"),
        ("unit", "cannabis-plant"),
        ("package", "cocaine-hcl"),
        ("not-stated", "heroin"),
        ("no such unit", "heroin"),
        ("blotter", "lsd"),
    ] {
        assert_eq!(conversion(unit, substance), None, "{unit} of {substance}");
    }
}

#[test]
fn hard_names() {
    let pairs = [
        ("", "not-stated"),
        ("Kilogram", "kg"),
        ("KILOGRAMO", "kg"),
        ("GRAMO", "g"),
        ("LITRO", "L"),
        ("GALON", "gal-us"),
        ("Gallons (UK)", "gal-uk"),
        ("UNIDAD", "unit"),
        ("lbs", "lb"),
        ("hectáreas", "ha"),
        ("HECTAREAS", "ha"),
        ("Hectars", "ha"),
        ("MT", "t"),
        ("Cc", "mL"),
        ("ml", "mL"),
        ("Block (350gr)", "block-350g"),
        ("µg", "ug"),
        ("%", "percent"),
    ];
    for (text, want) in pairs {
        assert_eq!(units().resolve(text).map(|unit| unit.id), Some(want), "{text}");
    }
    assert_eq!(units().resolve("libra"), None, "a libra is not the same mass everywhere");
    assert_eq!(units().resolve("bushel"), None);
}

#[test]
fn every_unit_of_the_individual_drug_seizures() {
    let Some(ids) = unzipped("data/unodc_ids_2011_2016/drug-trafficking-unodc.zip") else { return };
    let names = values(&ids, ';', &["DRUG_UNIT"]);
    assert_eq!(names.len(), 44, "43 units and the empty cell");
    assert_eq!(unknown(&names, |name| units().resolve(name).is_some()), [] as [&str; 0]);
}

#[test]
fn measures_say_what_may_be_summed() {
    let coca = measures().get("coca-area").unwrap();
    assert_eq!((coca.unit, coca.kind, coca.adds_over_areas, coca.adds_over_time), ("ha", Kind::Stock, true, false));
    let prevalence = measures().get("prevalence").unwrap();
    assert!(!prevalence.adds_over_areas && !prevalence.adds_over_time);
    for id in [
        "coca-area",
        "poppy-area",
        "seized-mass",
        "seizure-count",
        "prevalence",
        "wastewater-load",
        "homicides",
        "population",
        "homicide-rate",
        "price",
        "purity",
    ] {
        assert!(measures().get(id).is_some(), "{id}");
    }
    for one in measures().iter() {
        let summed = one.adds_over_areas || one.adds_over_time;
        assert!(!summed || !matches!(one.kind, Kind::Share | Kind::Price | Kind::Load), "{} must not be summed", one.id);
    }
    assert_eq!(measures().resolve("PURITY").map(|m| m.id), Some("purity"));
}
