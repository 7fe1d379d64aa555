//! The demo observatory: a moderate extract of published figures with their sources named, and two
//! clearly labelled made-up worlds: incidents, and seizures that two agencies both claim. No
//! network, nothing beside the program.

mod compact;

use std::fs;
use std::path::Path;

use atalaya_kernel::{Both, Problem, Seed, both};
use atalaya_testkit::{incidents, joint};

use crate::Observatory;
use crate::observatory::Caller;
use crate::verbs::{Collect, GeometryAdd, Verb};

/// Rows of the made-up world of incidents.
const ROWS: u64 = 6_000;

/// The demo's bulletin.
const BULLETIN: &str = "coca";

/// Sources whose few figures come with the program.
const OWN: [&str; 1] = ["pe-published-figures"];

/// The extracts: source, file, recipe, figures.
const EXTRACTS: [(&str, &str, &str, &str); 5] = [
    ("demo-unodc-coca", "coca-unodc-2025.csv", include_str!("demo/coca-unodc.toml"), include_str!("demo/coca-unodc.csv")),
    ("demo-devida-coca", "coca-devida.csv", include_str!("demo/coca-devida.toml"), include_str!("demo/coca-devida.csv")),
    ("demo-simci-coca", "coca-simci.csv", include_str!("demo/coca-simci.toml"), include_str!("demo/coca-simci.csv")),
    ("demo-unodc-seizures", "seizures-unodc.csv", include_str!("demo/seizures-unodc.toml"), include_str!("demo/seizures-unodc.csv")),
    (
        "demo-unodc-prevalence",
        "prevalence-unodc.csv",
        include_str!("demo/prevalence-unodc.toml"),
        include_str!("demo/prevalence-unodc.csv"),
    ),
];

/// The real files: source, and the folder or file it is in below the folder given.
const REAL: [(&str, &str); 14] = [
    ("unodc-ids", "unodc_ids_2011_2016"),
    ("unodc-coca", "unodc_wdr2025_annex_raw"),
    ("unodc-seizures", "unodc_wdr2025_annex_raw"),
    ("unodc-prevalence", "unodc_wdr2025_annex_raw"),
    ("unodc-seizures-1970-2019", "unodc_seizures_1970_2019_country_drug"),
    ("simci-coca", "co_coca_municipio_2001_2024/coca_crops_2001-2022.csv"),
    ("simci-coca", "co_coca_municipio_2001_2024/add_2023_2024.csv"),
    ("devida-coca", "pe_coca"),
    ("euda-wastewater", "euda_wastewater_2011_2024/ww-data-long-2023-05-02.csv"),
    ("euda-wastewater", "euda_wastewater_2011_2024/Wasserwerk2020-2024.csv"),
    ("us-cbp", "us_cbp_drug_seizures_fy19_25"),
    ("co-homicides", "co_homicides_municipio_1990_2013"),
    ("co-homicides", "co_homicides_municipio_2003_2023"),
    ("us-stride-prices", "us_stride_cocaine_2007"),
];

/// Outlines beside the real files: file, id, who drew them, on what terms.
const OUTLINES: [(&str, &str, &str, &str); 5] = [
    ("geo_peru/peru_departamental_simple.geojson", "pe-admin1", PERU.0, PERU.1),
    ("geo_peru/peru_provincial_simple.geojson", "pe-admin2", PERU.0, PERU.1),
    ("geo_peru/peru_distrital_simple.geojson", "pe-admin3", PERU.0, PERU.1),
    ("geo_colombia_dane_2018/co_2018_MGN_DPTO_POLITICO.geojson", "co-admin1", COLOMBIA.0, COLOMBIA.1),
    ("geo_colombia_dane_2018/co_2018_MGN_MPIO_POLITICO.geojson", "co-admin2", COLOMBIA.0, COLOMBIA.1),
];
const PERU: (&str, &str) = ("INEI / MINAM, about 2014, by way of github.com/juaneladio/peru-geojson", "MPL-2.0");
const COLOMBIA: (&str, &str) = ("DANE, Marco Geoestadístico Nacional 2018", "DANE open data, attribution");

/// Makes the demo observatory at `root`; with `data`, from the real files below that folder.
///
/// # Errors
/// `not-empty`, `no-demo-data`, and those of collecting.
pub fn make(root: &Path, data: Option<&Path>, caller: &mut Caller<'_>) -> Result<Observatory, Problem> {
    if let Some(data) = data.filter(|d| !REAL.iter().any(|(_, place)| d.join(place).exists())) {
        let known: Vec<&str> = REAL.iter().map(|(_, place)| *place).collect();
        let list = known.join(", ");
        return Err(Problem::new(
            "no-demo-data",
            data.display().to_string(),
            Both::new("none of the folders the demo knows is there", "no está ninguna de las carpetas que la demostración conoce"),
            both!("it looks for: {list}", "busca: {list}"),
        ));
    }
    let mut observatory = Observatory::create(root, "demo")?;
    match data {
        Some(data) => real(&mut observatory, data, caller)?,
        None => extracts(&mut observatory, caller)?,
    }
    for id in OWN {
        Collect { source: Some(id.into()), from: None }.run(&mut observatory, caller)?;
    }
    bulletin(&mut observatory, data.is_some())?;
    if data.is_none() {
        compact::make(&mut observatory, caller)?;
    }
    Ok(observatory)
}

/// The texts of the demo's bulletin: ours for the extracts, a first text for the real files.
fn bulletin(observatory: &mut Observatory, real: bool) -> Result<(), Problem> {
    if real {
        return match crate::bulletin::start(observatory, BULLETIN) {
            // A folder with a part of the files may hold nothing a bulletin could say.
            Err(problem) if problem.id == "bulletin-empty" => Ok(()),
            started => started.map(|_| ()),
        };
    }
    let folder = observatory.root().join("bulletins").join(BULLETIN);
    for (name, text) in [("es.md", include_str!("demo/bulletin/es.md")), ("en.md", include_str!("demo/bulletin/en.md"))] {
        let path = folder.join(name);
        fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text)).map_err(|e| Problem::io(path.display().to_string(), &e))?;
    }
    Ok(())
}

fn extracts(observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<(), Problem> {
    let (world, _) = incidents::csv(ROWS, Seed(2026));
    let (claims, _) = joint::csv(Seed(2026));
    let made_up = [
        ("demo-incidents", "incidents-simulated.csv", include_str!("demo/incidents.toml"), world.as_str()),
        ("demo-joint", "joint-simulated.csv", include_str!("demo/joint.toml"), claims.as_str()),
    ];
    for (id, file, recipe, text) in EXTRACTS.into_iter().chain(made_up) {
        let inbox = observatory.root().join("inbox");
        let source = observatory.root().join("sources").join(id);
        let write = |path: &Path, text: &str| {
            let folder = path.parent().unwrap_or(path);
            fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(|e| Problem::io(path.display().to_string(), &e))
        };
        write(&source.join("recipe.toml"), recipe)?;
        write(&inbox.join(file), text)?;
        Collect { source: Some(id.into()), from: Some(inbox.join(file)) }.run(observatory, caller)?;
    }
    Ok(())
}

fn real(observatory: &mut Observatory, data: &Path, caller: &mut Caller<'_>) -> Result<(), Problem> {
    for (id, place) in REAL.iter().filter(|(_, place)| data.join(place).exists()) {
        Collect { source: Some((*id).into()), from: Some(data.join(place)) }.run(observatory, caller)?;
    }
    for (place, id, source, licence) in OUTLINES.iter().filter(|(place, ..)| data.join(place).exists()) {
        GeometryAdd {
            file: data.join(place),
            id: Some((*id).into()),
            property: None,
            source: Some((*source).into()),
            licence: Some((*licence).into()),
        }
        .run(observatory, caller)?;
    }
    Ok(())
}
