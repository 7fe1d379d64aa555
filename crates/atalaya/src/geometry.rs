//! The outlines of an observatory: a text about each file that people can read, the file itself
//! under its hash, and what is derived from both, in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use atalaya_kernel::area::{Area, Level, areas};
use atalaya_kernel::shape::{Outlines, Shape, Shapes};
use atalaya_kernel::{Both, Problem, both};
use atalaya_sources::geometry::{self, Feature, Matched, Sureness};
use serde::{Deserialize, Serialize};

use crate::Observatory;

/// The folder of the texts.
const FOLDER: &str = "geometry";
/// The id of the countries that come with the program.
pub const WORLD: &str = "world";
/// Land of the world's outlines that the list of areas has no code for.
const UNLISTED: [&str; 3] = ["Somaliland", "Northern Cyprus", "Siachen Glacier"];
/// Files kept derived in memory.
const MOST_KEPT: usize = 32;

/// `geometry/ID.toml`: what people should know about a file of outlines.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeometryFile {
    /// Its id, the name of the text.
    pub id: String,
    /// The level of its areas: `country`, `admin1`, `admin2`, `admin3`.
    pub level: String,
    /// The property that holds the areas' codes or names.
    pub property: String,
    /// Who drew the outlines; stands under every map.
    #[serde(default)]
    pub source: String,
    /// On what terms they may be used.
    #[serde(default)]
    pub licence: String,
    /// The name the file came with.
    pub file: String,
    /// SHA-256 of its bytes, which lie in `raw/`.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// When it was added, RFC 3339.
    pub added: String,
    /// The desk or role that added it.
    pub who: String,
}

/// A file of outlines, read and matched.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The outlines as they were given.
    pub shapes: Arc<Shapes>,
    /// The same with shared borders, ready to be drawn.
    pub outlines: Arc<Outlines>,
    /// How the property was read: `ubigeo`, `divipola`, `iso3166-1`, `name` ...
    pub reading: String,
    /// How far to trust the match.
    pub sure: Sureness,
    /// Codes that had lost their leading zeros.
    pub padded: usize,
    /// Features there are.
    pub features: usize,
    /// Features without any geometry, by the area they name.
    pub empty: Vec<String>,
    /// Features that are no area of the list: number and what their property says.
    pub unmatched: Vec<String>,
    /// Areas of the list, at this level and in these countries, that have no outline.
    pub without: Vec<&'static str>,
    /// West, south, east, north.
    pub bounds: Option<[f64; 4]>,
}

impl Observatory {
    /// The ids of the outlines added, in order.
    pub fn geometry_ids(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.root().join(FOLDER)) else { return Vec::new() };
        let stem = |p: PathBuf| (p.extension()? == "toml").then(|| p.file_stem().map(|s| s.to_string_lossy().into_owned()))?;
        let ids: BTreeSet<String> = entries.filter_map(Result::ok).filter_map(|e| stem(e.path())).collect();
        ids.into_iter().collect()
    }

    /// Where the text about a file lies.
    pub(crate) fn geometry_path(&self, id: &str) -> PathBuf {
        self.root().join(FOLDER).join(format!("{id}.toml"))
    }

    /// The text about a file.
    ///
    /// # Errors
    /// `io`, `geometry-text`.
    pub fn geometry_file(&self, id: &str) -> Result<GeometryFile, Problem> {
        let path = self.geometry_path(id);
        let place = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|e| Problem::io(&place, &e))?;
        toml::from_str(&text).map_err(|e| {
            let message = e.message().to_string();
            let todo = Both::new("correct it, or delete it and add the file again", "corríjalo, o bórrelo y agregue el archivo de nuevo");
            Problem::new("geometry-text", place, both!("{message}", "{message}"), todo)
        })
    }

    /// A file read and matched, from memory where it was read before.
    ///
    /// # Errors
    /// `raw-missing`, `raw-damaged`, and those of reading.
    pub fn geometry(&self, file: &GeometryFile) -> Result<Arc<Loaded>, Problem> {
        let key = format!("{:?}", (&file.id, &file.sha256, &file.property, &file.source, &file.licence));
        if let Some(known) = kept().lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let raw = self.store().raw();
        raw.check(&file.sha256)?;
        let path = raw.path(&file.sha256);
        let bytes = fs::read(&path).map_err(|e| Problem::io(path.display().to_string(), &e))?;
        let features = geometry::read(&bytes, &file.file)?;
        let matched = geometry::match_areas(&features, Some(&file.property), &file.file)?;
        let loaded = Arc::new(load(file, &features, &matched));
        let mut kept = kept().lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Every outline there is: the newest file added first, the world last. A file that cannot be
    /// read is named in `notes` and the others are used.
    pub fn outlines(&self, notes: &mut Vec<Both>) -> Vec<Arc<Outlines>> {
        self.all_geometry(notes).iter().map(|loaded| Arc::clone(&loaded.outlines)).collect()
    }

    /// The shapes of areas as they were given, the newest file first, the world last.
    pub fn shapes(&self, notes: &mut Vec<Both>) -> Vec<Arc<Shapes>> {
        self.all_geometry(notes).iter().map(|loaded| Arc::clone(&loaded.shapes)).collect()
    }

    fn all_geometry(&self, notes: &mut Vec<Both>) -> Vec<Arc<Loaded>> {
        let mut files = Vec::new();
        for id in self.geometry_ids() {
            match self.geometry_file(&id).and_then(|file| Ok((file.added.clone(), self.geometry(&file)?))) {
                Ok(file) => files.push(file),
                Err(problem) => {
                    let (en, es) = (problem.say(atalaya_kernel::Lang::En), problem.say(atalaya_kernel::Lang::Es));
                    notes.push(both!("outlines not used: {en}", "contornos no usados: {es}"));
                }
            }
        }
        files.sort_by(|a, b| b.0.cmp(&a.0));
        files.into_iter().map(|(_, loaded)| loaded).chain([world()]).collect()
    }
}

fn kept() -> &'static Mutex<BTreeMap<String, Arc<Loaded>>> {
    static KEPT: OnceLock<Mutex<BTreeMap<String, Arc<Loaded>>>> = OnceLock::new();
    KEPT.get_or_init(Mutex::default)
}

/// The countries that come with the program.
pub fn world() -> Arc<Loaded> {
    static LOADED: OnceLock<Arc<Loaded>> = OnceLock::new();
    let make = || {
        let shapes = geometry::world();
        let has: BTreeSet<&str> = shapes.shapes.iter().map(|s| s.area.as_str()).collect();
        let without = areas().iter().filter(|a| a.level == Level::Country && a.valid_to.is_none() && !has.contains(a.code));
        Arc::new(Loaded {
            outlines: Arc::new(Outlines::of(shapes)),
            reading: "iso3166-1".into(),
            sure: Sureness::Sure,
            padded: 0,
            // All land without a code is one shape.
            features: shapes.shapes.len() - 1 + UNLISTED.len(),
            empty: Vec::new(),
            unmatched: UNLISTED.map(String::from).to_vec(),
            without: without.map(|a| a.code).collect(),
            bounds: geometry::bounds(shapes.shapes.iter().flat_map(|s| s.polygons.iter().flatten())),
            shapes: Arc::new(shapes.clone()),
        })
    };
    Arc::clone(LOADED.get_or_init(make))
}

/// What a level is called in questions and texts.
pub fn level_name(level: Level) -> &'static str {
    match level {
        Level::First => "admin1",
        Level::Second => "admin2",
        Level::Third => "admin3",
        Level::Zone => "zone",
        _ => "country",
    }
}

/// The country an area lies in, or is.
pub(crate) fn country_of(code: &str) -> Option<&'static str> {
    let mut at: &Area = areas().get(code)?;
    while at.level > Level::Country {
        at = areas().get(at.parent?)?;
    }
    Some(at.code)
}

/// Features put together with their areas; nothing is left out uncounted.
pub(crate) fn load(file: &GeometryFile, features: &[Feature], matched: &Matched) -> Loaded {
    let (mut empty, mut unmatched, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    for (feature, area) in features.iter().zip(&matched.areas) {
        let said = feature.properties.get(&matched.property).map_or("", String::as_str);
        match area {
            Some(area) if feature.polygons.is_empty() => empty.push((*area).to_string()),
            Some(area) => shapes.push(Shape { area: (*area).into(), polygons: feature.polygons.clone() }),
            None => {
                let said = atalaya_kernel::both::shown(said);
                unmatched.push(format!("{}: {}={said}", feature.at, matched.property));
                // Land all the same: drawn without a value, so that no hole opens.
                shapes.push(Shape { area: String::new(), polygons: feature.polygons.clone() });
            }
        }
    }
    let has: BTreeSet<&str> = shapes.iter().map(|s| s.area.as_str()).collect();
    let countries: BTreeSet<&str> = matched.areas.iter().flatten().filter_map(|a| country_of(a)).collect();
    let here = |area: &&Area| {
        area.level == matched.level && area.valid_to.is_none() && country_of(area.code).is_some_and(|c| countries.contains(c))
    };
    let without = areas().iter().filter(here).map(|a| a.code).filter(|code| !has.contains(code)).collect();
    let name = &file.file;
    let source = match file.source.as_str() {
        "" => both!("{name}, author not stated", "{name}, autor no indicado"),
        said => Both::same(said),
    };
    let bounds = geometry::bounds(shapes.iter().flat_map(|s| s.polygons.iter().flatten()));
    let shapes = Shapes { id: file.id.clone(), level: file.level.clone(), source, licence: file.licence.clone(), shapes };
    Loaded {
        outlines: Arc::new(Outlines::of(&shapes)),
        shapes: Arc::new(shapes),
        reading: matched.reading.as_str().into(),
        sure: matched.sure,
        padded: matched.padded,
        features: features.len(),
        empty,
        unmatched,
        without,
        bounds,
    }
}
