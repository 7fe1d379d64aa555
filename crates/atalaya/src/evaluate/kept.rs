//! Findings, worked out once for each state of what they rest on.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

use atalaya_kernel::Problem;
use atalaya_store::sha256_bytes;

use super::finding::Finding;
use super::{design_folder, registered, written};
use crate::Observatory;
use crate::observatory::Caller;
use crate::shelf::FindingOf;

/// The finding of a design on the data as they stand.
///
/// # Errors
/// Those of running it.
pub fn finding(observatory: &Observatory, id: &str, caller: &mut Caller<'_>) -> Result<Arc<Finding>, Problem> {
    let of = rests_on(observatory, id)?;
    if let Some(finding) = observatory.shelf().finding(&of) {
        return Ok(finding);
    }
    let finding = Arc::new(super::finding(observatory, id, caller)?);
    observatory.shelf().put_finding(of, &finding);
    Ok(finding)
}

/// Everything a finding may depend on: who looks, the rows, the design's text and the files beside
/// it, its registrations.
fn rests_on(observatory: &Observatory, id: &str) -> Result<FindingOf, Problem> {
    let written = written(observatory, id)?;
    let log = registered(observatory, id)?;
    let mut beside = BTreeMap::new();
    for entry in fs::read_dir(design_folder(observatory, id)?).into_iter().flatten().filter_map(Result::ok) {
        if let Ok(bytes) = fs::read(entry.path()) {
            beside.insert(entry.file_name(), sha256_bytes(&bytes));
        }
    }
    Ok(FindingOf {
        clearance: observatory.clearance().clone(),
        snapshot: Arc::clone(&observatory.standing()?.snapshot),
        hash: written.hash,
        registrations: log.iter().map(|e| (e.registered.decision, e.hash.clone())).collect(),
        beside: beside.into_iter().map(|(name, sha)| (name.to_string_lossy().into_owned(), sha)).collect(),
        id: id.into(),
    })
}
