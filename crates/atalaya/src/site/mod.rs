//! What the static site shows, asked of the store as its audience sees it.

mod held;
mod measures;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_report::publication::{File, MARK, PART_FORMATS, crate_of};
use atalaya_report::site::{Bulletin, Site, pages};

use crate::Observatory;
use crate::bulletin::{self, published_file};
use crate::observatory::Caller;
use crate::publication::{data_beside, newest_day, publication_of};
use crate::query::list_versions;

/// Every file of the site, its data and its crate among them.
///
/// # Errors
/// Those of asking, and of the formats.
pub(crate) fn files(observatory: &mut Observatory, caller: &mut Caller<'_>) -> Result<Vec<File>, Problem> {
    let audience = observatory.clearance().tlp.as_str();
    let mut asked = measures::ask(observatory, caller)?;
    let parts: Vec<_> = asked.iter().map(|a| a.part.clone()).collect();
    let data = data_beside(observatory, &parts)?;
    for one in &mut asked {
        one.measure.downloads = downloads(&one.part.id, &data);
    }
    let held = held::held(observatory, caller)?;
    let (bulletins, editions) = bulletins(observatory)?;
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
        bulletins,
    };
    let description = both!(
        "A static site of what {name} holds for the audience {audience}",
        "Un sitio estático de lo que {name} tiene para el público {audience}"
    );
    let publication = publication_of(observatory, Both::same(name), description, parts)?;
    let mut files = pages(&site);
    files.extend(data);
    files.extend(editions);
    files.push(crate_of(&publication, &files)?);
    Ok(files)
}

/// The bulletins that were signed off and are for this audience, and their files as published.
fn bulletins(observatory: &mut Observatory) -> Result<(Vec<Bulletin>, Vec<File>), Problem> {
    let (mut listed, mut files) = (Vec::new(), Vec::new());
    for one in bulletin::list(observatory)? {
        let Some(manifest) = one.published.filter(|m| !m.draft) else { continue };
        let mut links = Vec::new();
        for made in manifest.files.iter().filter(|f| !f.name.contains('/') && f.name != MARK) {
            let (media_type, bytes) = published_file(observatory, &one.id, &made.name)?;
            let path = format!("bulletins/{}/{}", one.id, made.name);
            let says = says(made);
            let title = Both::new(format!("{} ({})", one.title.en, says.en), format!("{} ({})", one.title.es, says.es));
            links.push((says, path.clone()));
            files.push(File { path, media_type, title, bytes, part: None });
        }
        listed.push(Bulletin { title: one.title, date: manifest.prepared, files: links });
    }
    listed.sort_by(|a, b| b.date.cmp(&a.date).then_with(|| a.title.cmp(&b.title)));
    Ok((listed, files))
}

/// What a file of a bulletin is called on a page.
fn says(made: &bulletin::Made) -> Both {
    let kind = match made.mime.split(';').next() {
        Some("application/pdf") => "PDF",
        Some("text/html") => "HTML",
        _ => return Both::new("its figures (CSV)", "sus cifras (CSV)"),
    };
    match made.lang {
        Some(Lang::Es) => both!("{kind} in Spanish", "{kind} en español"),
        Some(Lang::En) => both!("{kind} in English", "{kind} en inglés"),
        None => Both::same(kind),
    }
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
