//! What the static site shows, asked of the store as its audience sees it.

mod held;
mod measures;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_report::publication::{File, PART_FORMATS, crate_of, data_of};
use atalaya_report::site::{Site, pages};

use crate::Observatory;
use crate::observatory::Caller;
use crate::publication::{newest_day, publication_of};
use crate::query::list_versions;

/// Every file of the site, its data and its crate among them.
///
/// # Errors
/// Those of asking, and of the formats.
pub(crate) fn files(observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Vec<File>, Problem> {
    let audience = observatory.clearance().tlp.as_str();
    let mut asked = measures::ask(observatory, caller)?;
    let parts: Vec<_> = asked.iter().map(|a| a.part.clone()).collect();
    let data = data_of(&parts, Lang::Es)?;
    for one in &mut asked {
        one.measure.downloads = downloads(&one.part.id, &data);
    }
    let held = held::held(observatory, caller)?;
    let name = observatory.config().name.clone();
    let site = Site {
        name: name.clone(),
        audience,
        date: newest_day(observatory)?,
        snapshot: observatory.eye(None)?.snapshot.to_string(),
        program: format!("atalaya {}", env!("CARGO_PKG_VERSION")),
        lists: list_versions().into_iter().map(|(list, version)| (list.to_string(), version.to_string())).collect(),
        held: held.numbers,
        changes: held.changes,
        sources: held.sources,
        measures: asked.into_iter().map(|a| a.measure).collect(),
        bulletins: Vec::new(),
    };
    let description = both!(
        "A static site of what {name} holds for the audience {audience}",
        "Un sitio estático de lo que {name} tiene para el público {audience}"
    );
    let publication = publication_of(observatory, Both::same(name), description, parts)?;
    let mut files = pages(&site);
    files.extend(data);
    files.push(crate_of(&publication, &files)?);
    Ok(files)
}

/// What can be downloaded of a part: the main file of each format.
fn downloads(id: &str, data: &[File]) -> Vec<(Both, String, usize)> {
    let mut out = Vec::new();
    for of in PART_FORMATS {
        let path = of.path(id);
        let Some(file) = data.iter().find(|f| f.path == path) else { continue };
        out.push((Both::new(of.says[0], of.says[1]), path.clone(), file.bytes.len()));
        // A structure stands beside the observations it explains.
        let structure = path.replace(".csv", ".structure.json");
        if let Some(file) = data.iter().find(|f| f.path == structure && f.path != path) {
            out.push((Both::new("SDMX structure", "Estructura SDMX"), structure, file.bytes.len()));
        }
    }
    out
}
