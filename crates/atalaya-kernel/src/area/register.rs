//! The register of places: parsed once from the embedded lists.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::FixedState;

use super::list::{fold, rows, some};
use super::{Area, Level, Scheme};

const LISTS: [(&str, &str); 4] = [
    ("areas_world.csv", include_str!("../../data/areas_world.csv")),
    ("areas_first.csv", include_str!("../../data/areas_first.csv")),
    ("areas_pe.csv", include_str!("../../data/areas_pe.csv")),
    ("areas_co.csv", include_str!("../../data/areas_co.csv")),
];
const ALIASES: (&str, &str) = ("areas_aliases.csv", include_str!("../../data/areas_aliases.csv"));

const NONE: u32 = u32::MAX;

/// A name or code of a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Position of the place.
    pub area: u32,
    /// The scheme whose code it is; `None` for a name.
    pub code_of: Option<Scheme>,
    /// Years it was in use.
    pub from: Option<u16>,
    /// Years it was in use.
    pub to: Option<u16>,
    next: u32,
}

impl Entry {
    /// A name of a place, as if listed.
    pub(super) fn name_of(area: u32) -> Entry {
        Entry { area, code_of: None, from: None, to: None, next: NONE }
    }
}

/// Every place we know. See [`areas`].
#[derive(Debug)]
pub struct Areas {
    pub(super) list: Vec<Area>,
    by_code: HashMap<&'static str, u32, FixedState>,
    heads: HashMap<Box<str>, u32, FixedState>,
    entries: Vec<Entry>,
    parents: Vec<u32>,
    kids: Vec<Vec<u32>>,
    aliases: Vec<(&'static str, u32)>,
    defects: Vec<String>,
}

/// The register of places, parsed at the first call.
pub fn areas() -> &'static Areas {
    static AREAS: OnceLock<Areas> = OnceLock::new();
    AREAS.get_or_init(Areas::load)
}

impl Areas {
    fn load() -> Areas {
        let mut register = Areas {
            list: Vec::with_capacity(4_096),
            by_code: HashMap::with_capacity_and_hasher(4_096, FixedState::default()),
            heads: HashMap::with_capacity_and_hasher(8_192, FixedState::default()),
            entries: Vec::with_capacity(12_288),
            parents: Vec::new(),
            kids: Vec::new(),
            aliases: Vec::with_capacity(1_024),
            defects: Vec::new(),
        };
        for (list, text) in LISTS {
            register.read_areas(list, text);
        }
        register.read_aliases(ALIASES.0, ALIASES.1);
        register.join();
        register
    }

    fn read_areas(&mut self, list: &str, text: &'static str) {
        for row in rows::<10>(list, text, &mut self.defects) {
            let [code, scheme, level, name_en, name_es, parent, iso3, m49, from, to] = row;
            let (Some(scheme), Some(level)) = (Scheme::parse(scheme), Level::parse(level)) else {
                self.defects.push(format!("{list}: {code} has scheme `{scheme}`, level `{level}`"));
                continue;
            };
            let (valid_from, valid_to) = (self.year(list, from), self.year(list, to));
            let name_es = if name_es.is_empty() { name_en } else { name_es };
            let at = self.list.len() as u32;
            if self.by_code.insert(code, at).is_some() {
                self.defects.push(format!("{list}: {code} occurs twice"));
            }
            let area = Area {
                code,
                scheme,
                level,
                name_en,
                name_es,
                parent: some(parent),
                iso3: some(iso3),
                m49: some(m49),
                valid_from,
                valid_to,
            };
            self.list.push(area);
            self.add(fold(name_en), at, None, None, None);
            if name_es != name_en {
                self.add(fold(name_es), at, None, None, None);
            }
            self.add(fold(code), at, Some(scheme), None, None);
            for (text, scheme) in [(iso3, Scheme::Iso3), (m49, Scheme::M49)] {
                if !text.is_empty() {
                    self.add(fold(text), at, Some(scheme), None, None);
                }
            }
        }
    }

    fn read_aliases(&mut self, list: &str, text: &'static str) {
        for [alias, code, kind, from, to, _note] in rows::<6>(list, text, &mut self.defects) {
            let Some(&at) = self.by_code.get(code) else {
                self.defects.push(format!("{list}: `{alias}` points to {code}, which no list has"));
                continue;
            };
            // A code list's rows are codes; every other list's rows are names.
            let code_of = match Scheme::parse(kind) {
                Some(Scheme::Devida | Scheme::M49 | Scheme::User) | None => None,
                Some(Scheme::Iso3166_1 | Scheme::Iso3166_2) if !is_code(alias) => None,
                found => found,
            };
            let (from, to) = (self.year(list, from), self.year(list, to));
            if code_of.is_none() {
                self.aliases.push((alias, at));
            }
            self.add(fold(alias), at, code_of, from, to);
        }
    }

    fn year(&mut self, list: &str, text: &str) -> Option<u16> {
        if text.is_empty() {
            return None;
        }
        let year = text.parse().ok().filter(|year| (1_800..2_200).contains(year));
        if year.is_none() {
            self.defects.push(format!("{list}: `{text}` is no year"));
        }
        year
    }

    fn add(&mut self, key: String, area: u32, code_of: Option<Scheme>, from: Option<u16>, to: Option<u16>) {
        let twin = self.entries(&key).find(|entry| {
            let [a, b] = [entry.area, area].map(|at| &self.list[at as usize]);
            let clash = code_of.is_some() || (a.level <= Level::Country && b.level <= Level::Country);
            entry.area != area && entry.code_of == code_of && clash
        });
        if let Some(twin) = twin {
            let [a, b] = [twin.area, area].map(|at| self.list[at as usize].code);
            self.defects.push(format!("`{key}` means {a} and {b}"));
        }
        let at = self.entries.len() as u32;
        let next = self.heads.insert(key.into_boxed_str(), at).unwrap_or(NONE);
        self.entries.push(Entry { area, code_of, from, to, next });
    }

    fn join(&mut self) {
        self.parents = vec![NONE; self.list.len()];
        self.kids = vec![Vec::new(); self.list.len()];
        for (at, area) in self.list.iter().enumerate() {
            let Some(parent) = area.parent else { continue };
            match self.by_code.get(parent) {
                Some(&up) => {
                    self.parents[at] = up;
                    self.kids[up as usize].push(at as u32);
                }
                None => self.defects.push(format!("{} has parent {parent}, which no list has", area.code)),
            }
        }
    }

    /// The place with that canonical code, exactly as written.
    pub fn get(&self, code: &str) -> Option<&Area> {
        self.at(code).map(|at| &self.list[at as usize])
    }

    pub(super) fn at(&self, code: &str) -> Option<u32> {
        self.by_code.get(code).copied()
    }

    /// Names and codes with that fold.
    pub(super) fn entries(&self, folded: &str) -> impl Iterator<Item = Entry> + '_ {
        let mut at = self.heads.get(folded).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let entry = *self.entries.get(at as usize)?;
            at = entry.next;
            Some(entry)
        })
    }

    /// Alias names, with the position of their place, in list order.
    pub(super) fn alias_names(&self) -> &[(&'static str, u32)] {
        &self.aliases
    }

    /// Every place, in list order: larger before smaller within a country.
    pub fn iter(&self) -> impl Iterator<Item = &Area> + '_ {
        self.list.iter()
    }

    /// How many places.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// How many names and codes they have together.
    pub fn names(&self) -> usize {
        self.entries.len()
    }

    /// Whether `code` is `ancestor` or lies in it. Codes are canonical; unknown ones lie nowhere.
    pub fn is_within(&self, code: &str, ancestor: &str) -> bool {
        match (self.at(code), self.at(ancestor)) {
            (Some(code), Some(ancestor)) => self.lies_in(code, ancestor),
            _ => false,
        }
    }

    pub(super) fn lies_in(&self, mut at: u32, ancestor: u32) -> bool {
        // Ten steps: deeper than any chain, so that a cycle (a defect a test finds) still ends.
        for _ in 0..10 {
            if at == ancestor {
                return true;
            }
            match self.parents.get(at as usize) {
                Some(&up) if up != NONE => at = up,
                _ => return false,
            }
        }
        false
    }

    /// The places directly under one, in list order.
    pub fn children(&self, code: &str) -> Vec<&Area> {
        self.at(code).map(|at| self.kids[at as usize].iter().map(|&kid| &self.list[kid as usize]).collect()).unwrap_or_default()
    }

    /// The places under one at any depth, without itself, nearer ones first.
    pub fn descendants(&self, code: &str) -> Vec<&Area> {
        let mut queue: Vec<u32> = self.at(code).map(|at| self.kids[at as usize].clone()).unwrap_or_default();
        let mut done = 0;
        while let Some(&at) = queue.get(done) {
            done += 1;
            if queue.len() <= self.list.len() {
                queue.extend_from_slice(&self.kids[at as usize]);
            }
        }
        queue.into_iter().map(|at| &self.list[at as usize]).collect()
    }

    /// What is wrong with the lists: nothing, or the build is faulty (a test holds it).
    pub fn defects(&self) -> &[String] {
        &self.defects
    }
}

/// Two capitals, or two capitals with a part behind a hyphen: a code, not a name.
fn is_code(text: &str) -> bool {
    let (country, part) = text.split_once('-').unwrap_or((text, "X"));
    country.len() == 2
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && (1..=3).contains(&part.len())
        && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
