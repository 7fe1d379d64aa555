//! RO-Crate 1.1: one `CreateAction` a published answer. Its inputs are raw files by their SHA-256,
//! its instrument is this program in this version, its results are the files beside it.
//!
//! `sha256` is no term of 1.1; it is taken from the Workflow Run Crate terms, as that profile does.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Lang, Problem};
use serde_json::{Map, Value, json};

use super::{File, MARK, Part, Publication};
use crate::export::json_file;
use crate::said;

/// The crate of a publication and its files.
///
/// # Errors
/// `export-failed`.
pub fn crate_of(publication: &Publication, files: &[File]) -> Result<File, Problem> {
    let mut graph = vec![
        json!({ "@id": MARK, "@type": "CreativeWork", "conformsTo": { "@id": "https://w3id.org/ro/crate/1.1" }, "about": { "@id": "./" } }),
        root(publication, files),
        json!({
            "@id": "#atalaya",
            "@type": "SoftwareApplication",
            "name": publication.program.name,
            "version": publication.program.version,
            "softwareVersion": publication.program.version,
            "url": publication.program.url,
        }),
        json!({ "@id": "#observatory", "@type": "Organization", "name": publication.publisher }),
        terms(publication),
    ];
    graph.extend(files.iter().map(file));
    graph.extend(inputs(publication));
    graph.extend(publication.parts.iter().map(|part| action(publication, part, files)));
    let document = json!({
        "@context": ["https://w3id.org/ro/crate/1.1/context", { "sha256": "https://w3id.org/ro/terms/workflow-run#sha256" }],
        "@graph": graph,
    });
    let piece = json_file(MARK, &document)?;
    Ok(File {
        path: MARK.into(),
        media_type: "application/ld+json".into(),
        title: atalaya_kernel::Both::same("RO-Crate"),
        bytes: piece.bytes,
        part: None,
    })
}

/// References: one stands alone, as 1.1 recommends.
fn refer(ids: impl Iterator<Item = String>) -> Value {
    let mut all: Vec<Value> = ids.map(|id| json!({ "@id": id })).collect();
    if all.len() == 1 { all.remove(0) } else { Value::Array(all) }
}

fn root(publication: &Publication, files: &[File]) -> Value {
    let mut root = json!({
        "@id": "./",
        "@type": "Dataset",
        "name": publication.title.en,
        "alternateName": publication.title.es,
        "description": format!("{} / {}", publication.description.en, publication.description.es),
        "datePublished": publication.date,
        "license": { "@id": "#terms" },
        "author": { "@id": "#observatory" },
        "publisher": { "@id": "#observatory" },
        "inLanguage": ["es", "en"],
        "hasPart": refer(files.iter().map(|f| f.path.clone())),
        "mentions": refer(publication.parts.iter().map(|p| format!("#{}", p.id))),
    });
    // An empty list says nothing; the validators ask for at least one.
    if let Value::Object(root) = &mut root {
        root.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    root
}

/// The terms of every source, in its publisher's words, and the label.
fn terms(publication: &Publication) -> Value {
    let abouts = || publication.parts.iter().map(|p| &p.table.about);
    let licences: BTreeSet<String> = abouts().flat_map(|a| &a.sources).map(|s| format!("{}: {}", s.producer, s.licence)).collect();
    let label = abouts().filter_map(|a| a.label.as_ref()).map(|l| l.tlp).max().map_or("", |t| t.as_str());
    let text: Vec<String> = std::iter::once(label.to_string()).chain(licences).filter(|t| !t.is_empty()).collect();
    json!({
        "@id": "#terms",
        "@type": "CreativeWork",
        "name": "Terms of the sources / Términos de las fuentes",
        "description": if text.is_empty() { "none stated / no indicados".to_string() } else { text.join("; ") },
    })
}

fn file(file: &File) -> Value {
    json!({
        "@id": file.path,
        "@type": "File",
        "name": file.title.en,
        "alternateName": file.title.es,
        "encodingFormat": file.media_type,
        "contentSize": file.bytes.len().to_string(),
        "sha256": crate::export::sha256(&file.bytes),
    })
}

/// The raw files, named by their hash and not passed on.
fn inputs(publication: &Publication) -> Vec<Value> {
    let mut by_hash: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for input in publication.parts.iter().flat_map(|p| &p.inputs) {
        by_hash.entry(&input.sha256).or_insert_with(|| {
            let about = format!(
                "{} [{}]: raw file, kept by the observatory / archivo original, lo guarda el observatorio",
                input.source, input.vintage
            );
            let entity = json!({
                "@id": format!("#sha256-{}", input.sha256),
                "@type": "CreativeWork",
                "name": input.name,
                "description": about,
                "sha256": input.sha256,
            });
            if let Value::Object(entity) = entity { entity } else { Map::new() }
        });
    }
    by_hash.into_values().map(Value::Object).collect()
}

fn action(publication: &Publication, part: &Part, files: &[File]) -> Value {
    let sources: Vec<String> = part.table.about.sources.iter().map(|s| said::source(s, Lang::En)).collect();
    let results = files.iter().filter(|f| f.part.as_deref() == Some(&part.id)).map(|f| f.path.clone());
    let inputs: BTreeSet<String> = part.inputs.iter().map(|i| format!("#sha256-{}", i.sha256)).collect();
    let mut action = json!({
        "@id": format!("#{}", part.id),
        "@type": "CreateAction",
        "name": part.table.title.en,
        "alternateName": part.table.title.es,
        "description": format!("{} on snapshot {}; sources: {}", part.question, part.table.about.snapshot, sources.join("; ")),
        "agent": { "@id": "#observatory" },
        "instrument": { "@id": "#atalaya" },
        "object": refer(inputs.into_iter()),
        "result": refer(results),
        "endTime": format!("{}T00:00:00Z", publication.date),
        "actionStatus": { "@id": "http://schema.org/CompletedActionStatus" },
    });
    if let Value::Object(action) = &mut action {
        if !part.figure.is_empty() {
            action.insert("identifier".into(), part.figure.clone().into());
        }
        action.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
    }
    action
}
