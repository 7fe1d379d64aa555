//! Substances: what a file reports, sorted into one tree, with what may be added to what.
//!
//! Amounts of two substances may be summed only within one class ([`Substance::adds_with`]): a
//! kilogram of leaf, of paste and of hydrochloride are three different things. A reported name
//! that is a subtotal of other rows ("Total ... (including the above)") resolves with
//! [`SubstanceMatch::subtotal`] set, so that nothing is counted twice.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::FixedState;

use crate::area::list::{fold, rows, some};
use crate::{Both, Lang};

/// Version of the substance lists.
pub const VERSION: &str = "substances-2026.11";

/// The values of [`Substance::group`].
pub const GROUPS: [&str; 10] =
    ["cocaine-type", "opioids", "cannabis-type", "ats", "hallucinogens", "sedatives", "nps", "precursors", "solvents", "other"];

/// A substance, a plant, a family of them, or a way of not knowing (`unknown`, `unidentified`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substance {
    /// Its id: `cocaine-hcl`.
    pub id: &'static str,
    /// English name.
    pub label_en: &'static str,
    /// Spanish name.
    pub label_es: &'static str,
    /// One of [`GROUPS`].
    pub group: &'static str,
    /// The family it belongs to; `None` for `any-drug`.
    pub parent: Option<&'static str>,
    /// Its form where the id states one: `leaf`, `paste`, `base`, `salt`, `plant`, `tablet` ...
    pub form: Option<&'static str>,
    /// Additivity class: amounts may be summed only with the same class.
    pub adds_with: &'static str,
    /// International non-proprietary name.
    pub inn: Option<&'static str>,
    /// CAS registry number.
    pub cas: Option<&'static str>,
    /// What a reader should know.
    pub note: Option<&'static str>,
}

impl Substance {
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

/// What a reported name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubstanceMatch {
    /// The substance.
    pub substance: &'static Substance,
    /// Whether the name is a total that includes other rows of its file: never add it to them.
    pub subtotal: bool,
}

/// Every substance we know. See [`substances`].
#[derive(Debug)]
pub struct Substances {
    list: Vec<Substance>,
    by_id: HashMap<&'static str, u32, FixedState>,
    names: HashMap<Box<str>, (u32, bool), FixedState>,
    defects: Vec<String>,
}

/// The register of substances, parsed at the first call.
pub fn substances() -> &'static Substances {
    static SUBSTANCES: OnceLock<Substances> = OnceLock::new();
    SUBSTANCES.get_or_init(Substances::load)
}

impl Substances {
    fn load() -> Substances {
        let mut register = Substances { list: Vec::new(), by_id: HashMap::default(), names: HashMap::default(), defects: Vec::new() };
        register.read_substances();
        register.read_aliases();
        register.check();
        register
    }

    fn read_substances(&mut self) {
        const LIST: &str = "substances.csv";
        for row in rows::<10>(LIST, include_str!("../data/substances.csv"), &mut self.defects) {
            let [id, label_en, label_es, group, parent, form, adds_with, inn, cas, note] = row;
            let at = self.list.len() as u32;
            if self.by_id.insert(id, at).is_some() {
                self.defects.push(format!("{LIST}: {id} occurs twice"));
            }
            let [parent, form, inn, cas, note] = [parent, form, inn, cas, note].map(some);
            self.list.push(Substance { id, label_en, label_es, group, parent, form, adds_with, inn, cas, note });
            for name in [id, label_en, label_es] {
                self.name(LIST, name, at, false);
            }
        }
    }

    fn read_aliases(&mut self) {
        const LIST: &str = "substances_aliases.csv";
        for [reported, id, _list, subtotal, _note] in rows::<5>(LIST, include_str!("../data/substances_aliases.csv"), &mut self.defects) {
            match self.by_id.get(id) {
                Some(&at) => self.name(LIST, reported, at, subtotal == "yes"),
                None => self.defects.push(format!("{LIST}: `{reported}` points to {id}, which no list has")),
            }
            if !matches!(subtotal, "" | "yes") {
                self.defects.push(format!("{LIST}: `{reported}` has subtotal `{subtotal}`"));
            }
        }
    }

    fn name(&mut self, list: &str, name: &str, at: u32, subtotal: bool) {
        let before = self.names.insert(fold(name).into_boxed_str(), (at, subtotal));
        if before.is_some_and(|before| before != (at, subtotal)) {
            self.defects.push(format!("{list}: `{name}` means two things"));
        }
    }

    fn check(&mut self) {
        for one in &self.list {
            if let Some(parent) = one.parent
                && !self.by_id.contains_key(parent)
            {
                self.defects.push(format!("{} has parent {parent}, which no list has", one.id));
            }
            if !GROUPS.contains(&one.group) {
                self.defects.push(format!("{} is in group `{}`", one.id, one.group));
            }
            if !self.by_id.contains_key(one.adds_with) {
                self.defects.push(format!("{} adds with `{}`, which no list has", one.id, one.adds_with));
            }
        }
    }

    /// The substance with that id, exactly as written.
    pub fn get(&self, id: &str) -> Option<&Substance> {
        self.by_id.get(id).map(|&at| &self.list[at as usize])
    }

    /// What a reported name stands for, whatever its case, accents, quotes and spacing.
    ///
    /// A name we have seen and could not identify gives `unidentified`; one we have never seen
    /// gives `None`, and its row waits for a person.
    pub fn resolve(&'static self, name: &str) -> Option<SubstanceMatch> {
        let &(at, subtotal) = self.names.get(fold(name).as_str())?;
        Some(SubstanceMatch { substance: &self.list[at as usize], subtotal })
    }

    /// A substance and its families, nearest first; empty for an unknown id.
    pub fn lineage(&self, id: &str) -> impl Iterator<Item = &Substance> + '_ {
        // Ten steps: deeper than any chain, so that a cycle (a defect a test finds) still ends.
        std::iter::successors(self.get(id), |one| one.parent.and_then(|parent| self.get(parent))).take(10)
    }

    /// Whether `id` is `ancestor` or belongs to it. Unknown ids belong nowhere.
    pub fn is_within(&self, id: &str, ancestor: &str) -> bool {
        self.lineage(id).any(|one| one.id == ancestor)
    }

    /// Whether amounts of two substances may be summed. Unknown ids add with nothing.
    pub fn may_add(&self, a: &str, b: &str) -> bool {
        match (self.get(a), self.get(b)) {
            (Some(a), Some(b)) => a.adds_with == b.adds_with,
            _ => false,
        }
    }

    /// The substances directly in a family, in list order.
    pub fn children(&self, id: &str) -> Vec<&Substance> {
        self.list.iter().filter(|one| one.parent == Some(id)).collect()
    }

    /// The substances in a family at any depth, without itself, in list order.
    pub fn descendants(&self, id: &str) -> Vec<&Substance> {
        self.list.iter().filter(|one| one.id != id && self.is_within(one.id, id)).collect()
    }

    /// Every substance, in list order.
    pub fn iter(&self) -> impl Iterator<Item = &Substance> + '_ {
        self.list.iter()
    }

    /// How many substances.
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
