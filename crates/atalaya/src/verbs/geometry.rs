//! Outlines of areas: add a GeoJSON file, and see what is there.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::PathBuf;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_sources::geometry::{self, MAX_GEOMETRY, Sureness};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::say::count;
use super::{Say, Verb};
use crate::Observatory;
use crate::geometry::{GeometryFile, Loaded, WORLD, country_of, level_name, load, world};
use crate::observatory::Caller;

/// Names shown of a list; the rest is counted.
const SHOWN: usize = 12;

/// Add a GeoJSON file of outlines, to draw areas below the country.
///
/// The property that holds the codes is found by itself, and how sure that is is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct GeometryAdd {
    /// GeoJSON file: areas as polygons, in WGS 84 degrees
    pub file: PathBuf,
    /// Its id; told by country and level if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "ID"))]
    pub id: Option<String>,
    /// Property that holds the areas' codes or names; found by itself if left out
    #[cfg_attr(feature = "cli", arg(long, value_name = "NAME"))]
    pub property: Option<String>,
    /// Who drew the outlines; stands under every map
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub source: Option<String>,
    /// On what terms the outlines may be used
    #[cfg_attr(feature = "cli", arg(long, value_name = "TEXT"))]
    pub licence: Option<String>,
}

/// List the outlines there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Geometry {}

/// Outlines, as they are listed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GeometryList {
    /// One a file.
    pub files: Vec<GeometryLine>,
}

/// One file of outlines.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct GeometryLine {
    /// Its id.
    pub id: String,
    /// The level of its areas.
    pub level: String,
    /// The countries they lie in; empty for the world.
    pub countries: Vec<String>,
    /// The property read, and how.
    pub property: String,
    /// `ubigeo`, `divipola`, `iso3166-1`, `name` ...
    pub reading: String,
    /// `sure`, `likely`, `doubtful`.
    pub sure: Option<Sureness>,
    /// Codes that had lost their leading zeros.
    pub padded: usize,
    /// Features in the file.
    pub features: usize,
    /// Areas with an outline.
    pub areas: usize,
    /// Areas the file names without giving a geometry.
    pub empty: Vec<String>,
    /// Features that match no area.
    pub unmatched: Vec<String>,
    /// Areas of the list without an outline.
    pub without: Vec<String>,
    /// West, south, east, north.
    pub bounds: Option<[f64; 4]>,
    /// Who drew the outlines.
    pub source: Both,
    /// On what terms they may be used.
    pub licence: String,
    /// The file's name.
    pub file: String,
    /// Its hash.
    pub sha256: String,
    /// What is wrong with it.
    pub problem: Option<Problem>,
    /// Whether it was there before, byte by byte.
    pub known: bool,
}

impl GeometryLine {
    fn of(file: &GeometryFile, loaded: &Loaded) -> GeometryLine {
        let shapes = &loaded.shapes.shapes;
        let countries: BTreeSet<String> = shapes.iter().filter_map(|s| country_of(&s.area)).map(String::from).collect();
        GeometryLine {
            id: file.id.clone(),
            level: file.level.clone(),
            countries: if file.id == WORLD { Vec::new() } else { countries.into_iter().collect() },
            property: file.property.clone(),
            reading: loaded.reading.clone(),
            sure: Some(loaded.sure),
            padded: loaded.padded,
            features: loaded.features,
            areas: shapes.iter().filter(|s| !s.area.is_empty()).count(),
            empty: loaded.empty.clone(),
            unmatched: loaded.unmatched.clone(),
            without: loaded.without.iter().map(|c| (*c).to_string()).collect(),
            bounds: loaded.bounds,
            source: loaded.shapes.source.clone(),
            licence: loaded.shapes.licence.clone(),
            file: file.file.clone(),
            sha256: file.sha256.clone(),
            problem: None,
            known: false,
        }
    }
}

impl Verb for Geometry {
    const NAME: &'static str = "geometry";
    type Outcome = GeometryList;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<GeometryList, Problem> {
        let mut files = Vec::new();
        for id in observatory.geometry_ids() {
            let broken = |problem: Problem, file: GeometryFile| GeometryLine {
                id: id.clone(),
                level: file.level,
                file: file.file,
                sha256: file.sha256,
                problem: Some(problem),
                ..GeometryLine::default()
            };
            files.push(match observatory.geometry_file(&id) {
                Err(problem) => broken(problem, GeometryFile::default()),
                Ok(file) => match observatory.geometry(&file) {
                    Ok(loaded) => GeometryLine::of(&file, &loaded),
                    Err(problem) => broken(problem, file),
                },
            });
        }
        let own = GeometryFile { id: WORLD.into(), level: "country".into(), property: "id".into(), ..GeometryFile::default() };
        files.push(GeometryLine::of(&own, &world()));
        Ok(GeometryList { files })
    }
}

impl Verb for GeometryAdd {
    const NAME: &'static str = "geometry";
    type Outcome = GeometryList;

    fn run(&self, observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<GeometryList, Problem> {
        let _lock = observatory.lock()?;
        let place = self.file.display().to_string();
        let failed = |e: std::io::Error| Problem::io(&place, &e);
        let size = fs::metadata(&self.file).map_err(failed)?.len();
        if size > MAX_GEOMETRY {
            return geometry_too_large(&place, size);
        }
        let staged = observatory.store().raw().stage(&mut File::open(&self.file).map_err(failed)?)?;
        let name = self.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        // Read from the copy: what is kept is what was checked.
        let bytes = fs::read(staged.path()).map_err(failed)?;
        let features = geometry::read(&bytes, &name)?;
        no_persons(&features, &name)?;
        let matched = geometry::match_areas(&features, self.property.as_deref(), &name)?;
        let level = level_name(matched.level);
        let text = |given: &Option<String>| given.as_deref().map(|t| atalaya_kernel::both::shown(t.trim())).unwrap_or_default();
        let file = GeometryFile {
            id: self.id.clone().unwrap_or_else(|| own_id(&matched.areas, level)),
            level: level.into(),
            property: matched.property.clone(),
            source: text(&self.source),
            licence: text(&self.licence),
            file: atalaya_kernel::both::shown(&name),
            sha256: staged.sha256.clone(),
            bytes: staged.bytes,
            added: caller.now.clone(),
            who: caller.who.clone(),
        };
        check_id(&file.id)?;
        let mut line = GeometryLine::of(&file, &load(&file, &features, &matched));
        if observatory.geometry_path(&file.id).exists() {
            let before = observatory.geometry_file(&file.id)?;
            if before.sha256 != file.sha256 || before.property != file.property {
                return Err(exists(&file.id));
            }
            line.known = true;
            return Ok(GeometryList { files: vec![line] });
        }
        staged.keep()?;
        write(observatory, &file)?;
        Ok(GeometryList { files: vec![line] })
    }
}

fn write(observatory: &Observatory, file: &GeometryFile) -> Result<(), Problem> {
    let path = observatory.geometry_path(&file.id);
    let failed = |e: std::io::Error| Problem::io(path.display().to_string(), &e);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let arriving = path.with_extension("arriving");
    fs::write(&arriving, toml::to_string(file).unwrap_or_default()).map_err(failed)?;
    fs::rename(&arriving, &path).map_err(failed)
}

/// `pe-admin3`; `areas-admin1` where they lie in several countries.
fn own_id(areas: &[Option<&'static str>], level: &str) -> String {
    let countries: BTreeSet<&str> = areas.iter().flatten().filter_map(|a| country_of(a)).collect();
    match countries.iter().collect::<Vec<_>>().as_slice() {
        [one] => format!("{}-{level}", one.to_lowercase()),
        _ => format!("areas-{level}"),
    }
}

fn check_id(id: &str) -> Result<(), Problem> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !id.is_empty() && id.len() <= 64 && id.chars().all(plain) && id != WORLD {
        return Ok(());
    }
    let shown = atalaya_kernel::both::shown(id);
    Err(Problem::new(
        "geometry-id",
        format!("--id {shown}"),
        Both::new("is no id of outlines", "no es un identificador de contornos"),
        Both::new("use small letters, digits and hyphens, and not `world`", "use minúsculas, dígitos y guiones, y no `world`"),
    ))
}

/// A property called `name` is a place's; one called `cedula` never is.
fn no_persons(features: &[geometry::Feature], name: &str) -> Result<(), Problem> {
    let properties: BTreeSet<&str> = features.iter().flat_map(|f| f.properties.keys()).map(String::as_str).collect();
    let waived = properties.iter().map(|p| ((*p).to_string(), String::new())).collect();
    atalaya_sources::persons::refuse_persons(properties.into_iter(), &waived, name)
}

fn geometry_too_large(place: &str, size: u64) -> Result<GeometryList, Problem> {
    Err(Problem::new(
        "geometry-too-large",
        place,
        both!("{size} bytes; the cap is {MAX_GEOMETRY}", "{size} bytes; el límite es {MAX_GEOMETRY}"),
        Both::new("thin it out first, for example with mapshaper", "simplifíquelo antes, por ejemplo con mapshaper"),
    )
    .exits(atalaya_kernel::Exit::Refused))
}

fn exists(id: &str) -> Problem {
    Problem::new(
        "geometry-exists",
        id,
        Both::new("there are other outlines of this id", "ya hay otros contornos con este identificador"),
        both!(
            "give the new ones another --id, or delete geometry/{id}.toml first",
            "dé a los nuevos otro --id, o borre antes geometry/{id}.toml"
        ),
    )
}

impl Say for GeometryList {
    fn say(&self, lang: Lang) -> String {
        self.files.iter().map(|f| f.say(lang)).collect::<Vec<_>>().join("\n")
    }

    fn is_no(&self) -> bool {
        self.files.iter().any(|f| f.problem.is_some())
    }
}

impl GeometryLine {
    fn say(&self, lang: Lang) -> String {
        let n = |n: usize| count(n as u64, lang);
        let (id, level) = (&self.id, &self.level);
        if let Some(problem) = &self.problem {
            return format!("{id}  {level}\n  {}\n", problem.say(lang));
        }
        let (areas, features) = (n(self.areas), n(self.features));
        let mut out = both!(
            "{id}  {level}  {areas} areas with an outline, of {features} features\n",
            "{id}  {level}  {areas} áreas con contorno, de {features} elementos\n"
        )
        .in_lang(lang)
        .to_string();
        if self.known {
            out += Both::new("  was added before; nothing new\n", "  ya se había agregado; nada nuevo\n").in_lang(lang);
        }
        if id != WORLD {
            out += &self.trust(lang);
        }
        let rest = [
            (&self.empty, Both::new("named in the file without a geometry", "nombradas en el archivo sin geometría")),
            (&self.unmatched, Both::new("features that are no area we know", "elementos que no son un área conocida")),
            (&self.without, Both::new("areas of the list without an outline", "áreas de la lista sin contorno")),
        ];
        for (list, said) in rest.iter().filter(|(list, _)| !list.is_empty()) {
            let more = if list.len() > SHOWN { " ..." } else { "" };
            let shown: Vec<&str> = list.iter().take(SHOWN).map(String::as_str).collect();
            out += &format!("  {} {}: {}{more}\n", n(list.len()), said.in_lang(lang), shown.join(", "));
        }
        if let Some([west, south, east, north]) = self.bounds {
            out +=
                &both!("  from {west:.2}, {south:.2} to {east:.2}, {north:.2}\n", "  de {west:.2}, {south:.2} a {east:.2}, {north:.2}\n")
                    .in_lang(lang)
                    .replace("-", "−");
        }
        let licence = if self.licence.is_empty() {
            Both::new("terms not stated", "condiciones no indicadas").in_lang(lang).to_string()
        } else {
            self.licence.clone()
        };
        out += &format!("  {} ({licence})\n", self.source.in_lang(lang));
        if !self.sha256.is_empty() {
            out += &format!("  {} {}\n", self.file, self.sha256.get(..16).unwrap_or(""));
        }
        out
    }

    fn trust(&self, lang: Lang) -> String {
        let (property, reading) = (&self.property, &self.reading);
        let sure = match self.sure {
            Some(Sureness::Sure) => Both::new("sure", "seguro"),
            Some(Sureness::Likely) => Both::new("likely: look at a map of it", "probable: mire un mapa"),
            _ => Both::new(
                "doubtful: names or few codes match; look at a map of it",
                "dudoso: coinciden nombres o pocos códigos; mire un mapa",
            ),
        };
        let (en, es) = (&sure.en, &sure.es);
        let mut out =
            both!("  {property} read as {reading}: {en}\n", "  {property} leída como {reading}: {es}\n").in_lang(lang).to_string();
        if self.padded > 0 {
            let padded = self.padded;
            out += both!(
                "  {padded} codes had lost their leading zero, which was put back\n",
                "  {padded} códigos habían perdido su cero inicial, que se repuso\n"
            )
            .in_lang(lang);
        }
        out
    }
}
