//! Measures: what an observation says about an area, a period and a substance.

use std::sync::OnceLock;

use crate::area::list::{fold, rows};
use crate::unit::units;
use crate::{Both, Lang};

/// Version of the list of measures.
pub const VERSION: &str = "measures-2026.11.1";

/// How a measure behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What there is at one moment.
    Stock,
    /// What passes in a period.
    Flow,
    /// A part of a whole, or cases per inhabitants.
    Share,
    /// Money per mass.
    Price,
    /// Mass per people and day.
    Load,
    /// How many events in a period.
    Count,
}

impl Kind {
    /// Its name in the list.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Stock => "stock",
            Kind::Flow => "flow",
            Kind::Share => "share",
            Kind::Price => "price",
            Kind::Load => "load",
            Kind::Count => "count",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Kind> {
        use Kind::{Count, Flow, Load, Price, Share, Stock};
        [Stock, Flow, Share, Price, Load, Count].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Its id: `coca-area`.
    pub id: &'static str,
    /// English name.
    pub label_en: &'static str,
    /// Spanish name.
    pub label_es: &'static str,
    /// Id of the unit its values are kept in.
    pub unit: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// Whether values of areas that do not overlap may be summed.
    pub adds_over_areas: bool,
    /// Whether values of periods that do not overlap may be summed.
    pub adds_over_time: bool,
}

impl Measure {
    /// Its name in one language.
    pub fn label(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.label_en,
            Lang::Es => self.label_es,
        }
    }

    /// The measure whose published growth this is, in per cent on the period before:
    /// `coca-area` of `coca-area-change`.
    pub fn change_of(&self) -> Option<&'static Measure> {
        measures().get(self.id.strip_suffix("-change")?)
    }

    /// Its name in both languages.
    pub fn both(&self) -> Both {
        Both::new(self.label_en, self.label_es)
    }
}

/// Every measure we know. See [`measures`].
#[derive(Debug)]
pub struct Measures {
    list: Vec<Measure>,
    defects: Vec<String>,
}

/// The register of measures, parsed at the first call.
pub fn measures() -> &'static Measures {
    static MEASURES: OnceLock<Measures> = OnceLock::new();
    MEASURES.get_or_init(Measures::load)
}

impl Measures {
    fn load() -> Measures {
        const LIST: &str = "measures.csv";
        let mut defects = Vec::new();
        let mut list: Vec<Measure> = Vec::new();
        for row in rows::<7>(LIST, include_str!("../data/measures.csv"), &mut defects) {
            let [id, label_en, label_es, unit, kind, over_areas, over_time] = row;
            let (Some(kind), Some(adds_over_areas), Some(adds_over_time)) = (Kind::parse(kind), yes(over_areas), yes(over_time)) else {
                defects.push(format!("{LIST}: {id} has kind `{kind}`, adds `{over_areas}`, `{over_time}`"));
                continue;
            };
            if units().get(unit).is_none() {
                defects.push(format!("{LIST}: {id} is in `{unit}`, which no list has"));
            }
            if list.iter().any(|one| one.id == id) {
                defects.push(format!("{LIST}: {id} occurs twice"));
            }
            list.push(Measure { id, label_en, label_es, unit, kind, adds_over_areas, adds_over_time });
        }
        Measures { list, defects }
    }

    /// The measure with that id, exactly as written.
    pub fn get(&self, id: &str) -> Option<&Measure> {
        self.list.iter().find(|one| one.id == id)
    }

    /// The measure with that id or name, whatever its case and accents.
    pub fn resolve(&'static self, text: &str) -> Option<&'static Measure> {
        let folded = fold(text);
        self.list.iter().find(|one| [one.id, one.label_en, one.label_es].iter().any(|name| fold(name) == folded))
    }

    /// Every measure, in list order.
    pub fn iter(&self) -> impl Iterator<Item = &Measure> + '_ {
        self.list.iter()
    }

    /// How many measures.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What is wrong with the list: nothing, or the build is faulty (a test holds it).
    pub fn defects(&self) -> &[String] {
        &self.defects
    }
}

fn yes(text: &str) -> Option<bool> {
    match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
