//! Units of amount, and what one of them weighs.
//!
//! A unit converts to kilograms (or hectares) only by a listed factor with a source. Where none
//! is listed the mass is not known, and stays so. Factors are decimal text, never floats.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::FixedState;

use crate::area::list::{fold, rows};
use crate::substance::{GROUPS, substances};
use crate::{Both, Decimal, Lang};

/// Version of the unit lists.
pub const VERSION: &str = "units-2026.11";

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantity {
    /// Kilogram and its kin.
    Mass,
    /// Litre and its kin.
    Volume,
    /// Tablets, plants, doses, events.
    Count,
    /// Hectare and its kin.
    Area,
    /// Percent, or cases per inhabitants.
    Share,
    /// Mass per people and day, in wastewater.
    Load,
    /// Money.
    Money,
    /// Money per mass.
    Price,
}

impl Quantity {
    /// Its name in the lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Quantity::Mass => "mass",
            Quantity::Volume => "volume",
            Quantity::Count => "count",
            Quantity::Area => "area",
            Quantity::Share => "share",
            Quantity::Load => "load",
            Quantity::Money => "money",
            Quantity::Price => "price",
        }
    }

    /// The quantity of that name.
    pub fn parse(name: &str) -> Option<Quantity> {
        use Quantity::{Area, Count, Load, Mass, Money, Price, Share, Volume};
        [Mass, Volume, Count, Area, Share, Load, Money, Price].into_iter().find(|quantity| quantity.as_str() == name)
    }
}

/// A unit of amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id, close to UCUM: `kg`, `mL`, `tablet`, `not-stated`.
    pub id: &'static str,
    /// English name, singular.
    pub label_en: &'static str,
    /// Spanish name, singular.
    pub label_es: &'static str,
    /// What it measures.
    pub quantity: Quantity,
}

impl Unit {
    /// Its name in one language.
    pub fn label(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.label_en,
            Lang::Es => self.label_es,
        }
    }

    /// Its name in both languages.
    pub fn both(&self) -> Both {
        Both::new(self.label_en, self.label_es)
    }
}

/// How firm a conversion factor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Firmness {
    /// A definition: low, best and high are one number.
    Exact,
    /// What the publisher of the figures does, right or not: a litre counts as a kilogram.
    Convention,
    /// A usual value: the item at hand may differ, beyond low and high too.
    Typical,
}

impl Firmness {
    /// Its name in the lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Firmness::Exact => "exact",
            Firmness::Convention => "convention",
            Firmness::Typical => "typical",
        }
    }
}

/// What one unit of a substance is in kilograms or hectares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The unit's id.
    pub unit: &'static str,
    /// A substance's id, `group:` and a group, or `*` for any.
    pub substance: &'static str,
    /// `kg` or `ha`.
    pub to: &'static str,
    /// Lowest plausible factor, decimal text.
    pub low: &'static str,
    /// Factor to use, decimal text.
    pub best: &'static str,
    /// Highest plausible factor, decimal text.
    pub high: &'static str,
    /// How firm it is.
    pub firmness: Firmness,
    /// Where the factor comes from.
    pub source: &'static str,
    /// Version of the table: `conversions-2026.11`.
    pub version: &'static str,
}

/// Every unit and conversion we know. See [`units`].
#[derive(Debug)]
pub struct Units {
    list: Vec<Unit>,
    by_id: HashMap<&'static str, u32, FixedState>,
    names: HashMap<Box<str>, u32, FixedState>,
    conversions: Vec<Conversion>,
    by_key: HashMap<(&'static str, &'static str), u32, FixedState>,
    defects: Vec<String>,
}

/// The register of units, parsed at the first call.
pub fn units() -> &'static Units {
    static UNITS: OnceLock<Units> = OnceLock::new();
    UNITS.get_or_init(Units::load)
}

/// What one unit of a substance is in kilograms or hectares, if any list says.
///
/// The substance's own row wins over its families', theirs over its group's, that over `*`; an
/// unknown substance has only the `*` row. `None` is "the mass is not known".
///
/// * `unit_id`, `substance_id`: ids, not reported names.
pub fn conversion(unit_id: &str, substance_id: &str) -> Option<&'static Conversion> {
    units().conversion(unit_id, substance_id)
}

impl Units {
    fn load() -> Units {
        let mut register = Units {
            list: Vec::new(),
            by_id: HashMap::default(),
            names: HashMap::default(),
            conversions: Vec::new(),
            by_key: HashMap::default(),
            defects: Vec::new(),
        };
        register.read_units();
        register.read_aliases();
        register.read_conversions();
        register
    }

    fn read_units(&mut self) {
        const LIST: &str = "units.csv";
        for [id, label_en, label_es, quantity] in rows::<4>(LIST, include_str!("../data/units.csv"), &mut self.defects) {
            let Some(quantity) = Quantity::parse(quantity) else {
                self.defects.push(format!("{LIST}: {id} measures `{quantity}`"));
                continue;
            };
            let at = self.list.len() as u32;
            if self.by_id.insert(id, at).is_some() {
                self.defects.push(format!("{LIST}: {id} occurs twice"));
            }
            self.list.push(Unit { id, label_en, label_es, quantity });
            for name in [id, label_en, label_es] {
                self.name(LIST, name, at);
            }
        }
    }

    fn read_aliases(&mut self) {
        const LIST: &str = "units_aliases.csv";
        for [alias, id, _list, _note] in rows::<4>(LIST, include_str!("../data/units_aliases.csv"), &mut self.defects) {
            match self.by_id.get(id) {
                Some(&at) => self.name(LIST, alias, at),
                None => self.defects.push(format!("{LIST}: `{alias}` points to {id}, which no list has")),
            }
        }
    }

    fn name(&mut self, list: &str, name: &str, at: u32) {
        if self.names.insert(fold(name).into_boxed_str(), at).is_some_and(|before| before != at) {
            self.defects.push(format!("{list}: `{name}` means two things"));
        }
    }

    fn read_conversions(&mut self) {
        const LIST: &str = "conversions.csv";
        for row in rows::<9>(LIST, include_str!("../data/conversions.csv"), &mut self.defects) {
            let [unit, substance, to, low, best, high, firmness, source, version] = row;
            let kinds = [Firmness::Exact, Firmness::Convention, Firmness::Typical];
            let Some(firmness) = kinds.into_iter().find(|kind| kind.as_str() == firmness) else {
                self.defects.push(format!("{LIST}: {unit} of {substance} is `{firmness}`"));
                continue;
            };
            let one = Conversion { unit, substance, to, low, best, high, firmness, source, version };
            self.check(&one);
            if self.by_key.insert((unit, substance), self.conversions.len() as u32).is_some() {
                self.defects.push(format!("{LIST}: {unit} of {substance} occurs twice"));
            }
            self.conversions.push(one);
        }
    }

    fn check(&mut self, one: &Conversion) {
        let place = format!("conversions.csv: {} of {}", one.unit, one.substance);
        if !self.by_id.contains_key(one.unit) {
            self.defects.push(format!("{place}: no such unit"));
        }
        let known = match one.substance.strip_prefix("group:") {
            Some(group) => GROUPS.contains(&group),
            None => one.substance == "*" || substances().get(one.substance).is_some(),
        };
        if !known {
            self.defects.push(format!("{place}: no such substance"));
        }
        if !matches!(one.to, "kg" | "ha") || one.source.is_empty() || one.version.is_empty() {
            self.defects.push(format!("{place}: `{}` is not kg or ha, or source or version is missing", one.to));
        }
        let factors = [one.low, one.best, one.high].map(|text| Decimal::parse(text).ok());
        let [Some(low), Some(best), Some(high)] = factors else {
            self.defects.push(format!("{place}: a factor is not a decimal"));
            return;
        };
        if low > best || best > high || (one.firmness == Firmness::Exact && low != high) {
            self.defects.push(format!("{place}: {low} <= {best} <= {high} does not hold"));
        }
    }

    /// The unit with that id, exactly as written.
    pub fn get(&self, id: &str) -> Option<&Unit> {
        self.by_id.get(id).map(|&at| &self.list[at as usize])
    }

    /// The unit a text names, whatever its case, accents and spacing; empty is `not-stated`.
    ///
    /// `libra`, `onza` and `arroba` alone give `None`: their mass differs between countries.
    pub fn resolve(&'static self, text: &str) -> Option<&'static Unit> {
        self.names.get(fold(text).as_str()).map(|&at| &self.list[at as usize])
    }

    /// See the function [`conversion`].
    pub fn conversion(&self, unit_id: &str, substance_id: &str) -> Option<&Conversion> {
        let register = substances();
        let families = register.lineage(substance_id).map(|one| one.id);
        families
            .filter_map(|id| self.row(unit_id, id))
            .next()
            .or_else(|| register.get(substance_id).and_then(|one| self.row(unit_id, &format!("group:{}", one.group))))
            .or_else(|| self.row(unit_id, "*"))
    }

    fn row(&self, unit: &str, substance: &str) -> Option<&Conversion> {
        self.by_key.get(&(unit, substance)).map(|&at| &self.conversions[at as usize])
    }

    /// Every unit, in list order.
    pub fn iter(&self) -> impl Iterator<Item = &Unit> + '_ {
        self.list.iter()
    }

    /// Every conversion, in list order.
    pub fn conversions(&self) -> &[Conversion] {
        &self.conversions
    }

    /// How many units.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many names they have together.
    pub fn names(&self) -> usize {
        self.names.len()
    }

    /// What is wrong with the lists: nothing, or the build is faulty (a test holds it).
    pub fn defects(&self) -> &[String] {
        &self.defects
    }
}
