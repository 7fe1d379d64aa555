//! From what a file says to the place it means.

use super::list::{edits, fold};
use super::register::{Areas, Entry};
use super::{Area, AreaError, Level, Scheme, is_no_area, within_years};

/// A place found by name or code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolution {
    /// The place.
    pub area: &'static Area,
    /// Whether the name was not in use, or the place did not exist, in the year asked for.
    ///
    /// A file of 2016 that says "Libyan Arab Jamahiriya" still means Libya: keep it, flag it.
    pub out_of_date: bool,
}

/// Where to look. The default looks everywhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// Only codes of this scheme, and names of the places it covers.
    pub scheme: Option<Scheme>,
    /// Only places in this one (canonical code).
    pub within: Option<&'a str>,
    /// Only places of this level.
    pub level: Option<Level>,
}

impl Areas {
    /// The place a text means, everywhere or in one scheme.
    ///
    /// Case, accents, spacing and the kind of apostrophe do not matter. Where several places
    /// share a name, a country or region wins over a part of a country, a part of the first
    /// order over smaller ones; below that the name is ambiguous.
    ///
    /// * `on_year`: the year the text speaks of, if known; never refuses, only marks.
    ///
    /// # Errors
    /// [`AreaError::Unknown`], [`AreaError::Ambiguous`].
    pub fn resolve(&'static self, text: &str, scheme: Option<Scheme>, on_year: Option<i32>) -> Result<Resolution, AreaError> {
        self.find(text, Scope { scheme, ..Scope::default() }, on_year)
    }

    /// The place a text means among those in `ancestor`: `Amazonas` in `PE`.
    ///
    /// # Errors
    /// [`AreaError::Unknown`], [`AreaError::Ambiguous`].
    pub fn resolve_within(&'static self, text: &str, ancestor: &str, on_year: Option<i32>) -> Result<Resolution, AreaError> {
        self.find(text, Scope { within: Some(ancestor), ..Scope::default() }, on_year)
    }

    /// The place a text means in a scope: see [`Areas::resolve`] for the rules.
    ///
    /// # Errors
    /// [`AreaError::Unknown`], [`AreaError::Ambiguous`].
    pub fn find(&'static self, text: &str, scope: Scope<'_>, on_year: Option<i32>) -> Result<Resolution, AreaError> {
        let folded = fold(text);
        if is_no_area(text) {
            return Err(AreaError::Unknown { found: text.trim().into(), nearest: None });
        }
        let mut best: Vec<(u8, bool, u32)> = Vec::new();
        for entry in self.entries(&folded) {
            if !self.admits(&entry, scope) {
                continue;
            }
            let area = &self.list[entry.area as usize];
            let old = on_year.is_some_and(|year| !within_years(entry.from, entry.to, year) || !area.exists_in(year));
            best.push((rank(area.level), old, entry.area));
        }
        if best.is_empty() && scope.scheme.is_none() {
            // `ubigeo:08`: a scheme's own code where the canonical one is another scheme's.
            let prefixed = folded.split_once(':').and_then(|(scheme, code)| Some((Scheme::parse(scheme)?, code)));
            if let Some((scheme, code)) = prefixed {
                return self.find(code, Scope { scheme: Some(scheme), ..scope }, on_year);
            }
        }
        best.sort_unstable();
        let Some(&(top, old, first)) = best.first() else {
            return Err(AreaError::Unknown { found: text.trim().into(), nearest: self.nearest(&folded, scope) });
        };
        let mut candidates: Vec<&'static str> = best
            .iter()
            .filter(|&&(rank, was_old, area)| rank == top && was_old == old && area != first)
            .map(|&(_, _, area)| self.list[area as usize].code)
            .collect();
        if candidates.is_empty() {
            return Ok(Resolution { area: &self.list[first as usize], out_of_date: old });
        }
        candidates.push(self.list[first as usize].code);
        candidates.sort_unstable();
        candidates.dedup();
        Err(AreaError::Ambiguous { found: text.trim().into(), candidates })
    }

    /// The place with a code of one scheme, with exactly the digits the scheme asks for.
    ///
    /// `809` is not read as `0809`: padding a code that lost its zero is the caller's decision.
    ///
    /// # Errors
    /// [`AreaError::Shape`], [`AreaError::Unknown`], [`AreaError::Ambiguous`].
    pub fn resolve_code(&'static self, scheme: Scheme, text: &str) -> Result<&'static Area, AreaError> {
        let text = text.trim();
        let prefix = format!("{}:", scheme.as_str());
        let bare = text.strip_prefix(prefix.as_str()).unwrap_or(text);
        if !has_shape(scheme, bare) {
            return Err(AreaError::Shape { found: text.into(), scheme });
        }
        let (bare, full) = (fold(bare), fold(&format!("{prefix}{bare}")));
        let of_scheme = |entry: &Entry| entry.code_of.is_some_and(|code_of| gives(scheme, code_of, &self.list[entry.area as usize]));
        let found = self.entries(&bare).chain(self.entries(&full)).find(of_scheme);
        match found {
            Some(entry) => Ok(&self.list[entry.area as usize]),
            None => Err(AreaError::Unknown { found: text.into(), nearest: None }),
        }
    }

    /// The place with a canonical code, if it existed in a year: for texts that people write.
    ///
    /// # Errors
    /// [`AreaError::Unknown`], [`AreaError::NotValid`].
    pub fn get_on(&'static self, code: &str, year: i32) -> Result<&'static Area, AreaError> {
        let Some(area) = self.get(code) else {
            return Err(AreaError::Unknown { found: code.into(), nearest: self.nearest(&fold(code), Scope::default()) });
        };
        if area.exists_in(year) {
            return Ok(area);
        }
        Err(AreaError::NotValid { found: area.name_en.into(), code: area.code, from: area.valid_from, to: area.valid_to })
    }

    fn admits(&self, entry: &Entry, scope: Scope<'_>) -> bool {
        let area = &self.list[entry.area as usize];
        if scope.level.is_some_and(|level| area.level != level) {
            return false;
        }
        if let Some(ancestor) = scope.within
            && !self.at(ancestor).is_some_and(|ancestor| self.lies_in(entry.area, ancestor))
        {
            return false;
        }
        match (scope.scheme, entry.code_of) {
            (None, _) => true,
            (Some(scheme), Some(code_of)) => gives(scheme, code_of, area),
            (Some(scheme), None) => covers(scheme, area),
        }
    }

    /// The place in scope whose name needs the fewest edits: at most a quarter of the text.
    fn nearest(&'static self, folded: &str, scope: Scope<'_>) -> Option<&'static Area> {
        let limit = (folded.chars().count() / 4).min(3);
        if limit == 0 {
            return None;
        }
        let own = self.list.iter().enumerate().flat_map(|(at, area)| [(area.name_en, at as u32), (area.name_es, at as u32)]);
        let mut best: Option<(usize, u8, u32)> = None;
        for (name, at) in own.chain(self.alias_names().iter().copied()) {
            let entry = Entry::name_of(at);
            if name.len().abs_diff(folded.len()) > limit + 4 || !self.admits(&entry, scope) {
                continue;
            }
            if let Some(distance) = edits(folded, &fold(name), limit) {
                let found = (distance, rank(self.list[at as usize].level), at);
                best = Some(best.map_or(found, |best| best.min(found)));
            }
        }
        best.map(|(_, _, at)| &self.list[at as usize])
    }
}

/// Which of several places with one name is meant: the lower, the sooner.
fn rank(level: Level) -> u8 {
    match level {
        Level::World | Level::Region | Level::Subregion | Level::Country => 0,
        Level::First => 1,
        Level::Second | Level::Third | Level::Zone => 2,
    }
}

/// Whether a code of one scheme may stand where another is asked for.
fn gives(scheme: Scheme, code_of: Scheme, area: &Area) -> bool {
    match scheme {
        // The European agency uses ISO's codes but for a few.
        Scheme::Euda => matches!(code_of, Scheme::Euda | Scheme::Iso3166_1) || area.code == "XK",
        Scheme::Iso3166_1 => code_of == scheme || (area.code == "XK" && code_of == Scheme::User),
        _ => code_of == scheme,
    }
}

/// Whether a scheme gives codes to a place, so that its name may stand in such a column.
fn covers(scheme: Scheme, area: &Area) -> bool {
    match scheme {
        Scheme::Iso3166_1 | Scheme::Iso3 | Scheme::Euda => area.level == Level::Country,
        Scheme::M49 => area.level <= Level::Country,
        Scheme::Ubigeo => area.scheme == scheme || area.code.starts_with("PE-"),
        Scheme::Divipola => area.scheme == scheme || area.code.starts_with("CO-"),
        Scheme::Usps => area.code == "US" || area.code.starts_with("US-"),
        Scheme::Iso3166_2 | Scheme::Iso3166_3 | Scheme::Devida | Scheme::User => area.scheme == scheme,
    }
}

/// Whether a bare code has the shape its scheme asks for.
fn has_shape(scheme: Scheme, code: &str) -> bool {
    let digits = |lengths: &[usize]| lengths.contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit());
    let letters = |length: usize| code.len() == length && code.bytes().all(|b| b.is_ascii_alphabetic());
    match scheme {
        Scheme::Ubigeo => digits(&[2, 4, 6]),
        Scheme::Divipola => digits(&[2, 5]),
        Scheme::M49 => digits(&[3]),
        Scheme::Iso3166_1 | Scheme::Usps => letters(2),
        Scheme::Iso3 => letters(3),
        Scheme::Iso3166_3 => letters(4),
        Scheme::Iso3166_2 => code.as_bytes().get(2) == Some(&b'-'),
        Scheme::Euda => (1..=2).contains(&code.len()),
        Scheme::Devida | Scheme::User => !code.is_empty(),
    }
}
