//! The table of vintages: every intake with the account of its rows.

use atalaya_kernel::{Both, Problem};
use atalaya_store::Intake;

use super::frame::{Column, Frame, Kind, texts};
use super::history;
use super::records::titles;
use crate::observatory::{Eye, Observatory};

/// Which intakes are in force, which are replaced by a newer vintage or read again.
fn standing(eye: &Eye, all: &[Intake], intake: &Intake) -> &'static str {
    if eye.intakes.iter().any(|i| i.id == intake.id) {
        return "in-force";
    }
    if all.iter().any(|i| i.supersedes == Some(intake.id)) { "read-again" } else { "replaced" }
}

fn standing_name(code: &str) -> Option<Both> {
    Some(match code {
        "in-force" => Both::new("in force", "vigente"),
        "read-again" => Both::new("read again after a decision", "releída tras una decisión"),
        "replaced" => Both::new("replaced by a newer one", "reemplazada por otra más nueva"),
        _ => return None,
    })
}

fn kind_name(code: &str) -> Option<Both> {
    Some(match code {
        "records" => Both::new("records", "registros"),
        "purchases" => Both::new("purchases", "compras"),
        "observations" => Both::new("observations", "observaciones"),
        _ => return None,
    })
}

/// The table of the intakes `eye` sees.
///
/// # Errors
/// Those of the store.
pub(super) fn frame(observatory: &Observatory, eye: &Eye) -> Result<Frame, Problem> {
    let all: Vec<Intake> = observatory.store().intakes()?.into_iter().filter(|i| i.id <= eye.as_of).collect();
    let history = history(observatory, eye)?;
    let titles = titles(observatory, eye);
    let clearance = observatory.clearance();
    let count = |id, head, of: &dyn Fn(&Intake) -> String| texts(id, Kind::Count, head, all.iter().map(of));
    let text = |id, head, of: &dyn Fn(&Intake) -> String| texts(id, Kind::Text, head, all.iter().map(of));
    let date = |id, head, of: &dyn Fn(&Intake) -> String| texts(id, Kind::Date, head, all.iter().map(of));
    let changed = |of: fn(&crate::verbs::Difference) -> u64| {
        let history = &history;
        move |i: &Intake| history.changed.get(&i.id).map_or_else(String::new, |d| of(d).to_string())
    };
    // A file is its rows: where those stay, so does its name.
    let files = |i: &Intake| {
        if !clearance.sees_rows(&i.label) {
            return String::new();
        }
        let mut names: Vec<&str> = i.files.iter().map(|f| f.name.as_str()).collect();
        names.dedup();
        names.join("; ")
    };
    let columns: Vec<Column> = vec![
        count("intake", ("Intake", "Lectura"), &|i| i.id.to_string()).usual(),
        texts("source", Kind::Code, ("Source", "Fuente"), all.iter().map(|i| i.source.as_str()))
            .named(|id| titles.get(id).cloned())
            .usual(),
        text("vintage", ("Vintage", "Edición"), &|i| i.vintage.clone()).usual(),
        texts("standing", Kind::Code, ("Standing", "Situación"), all.iter().map(|i| standing(eye, &all, i))).named(standing_name).usual(),
        count("read", ("Read", "Leídas"), &|i| i.counts.read.to_string()).usual(),
        count("accepted", ("= Accepted", "= Aceptadas"), &|i| i.counts.accepted.to_string()).usual(),
        count("held", ("+ Held", "+ Retenidas"), &|i| i.counts.held.to_string()).usual(),
        count("rejected", ("+ Rejected", "+ Rechazadas"), &|i| i.counts.rejected.to_string()).usual(),
        count("items", ("Items", "Ítems"), &|i| i.counts.items.to_string()),
        count("revised", ("Cells revised", "Celdas revisadas"), &changed(|d| d.revised)).usual(),
        count("added", ("Cells added", "Celdas nuevas"), &changed(|d| d.added)),
        count("removed", ("Cells gone", "Celdas ausentes"), &changed(|d| d.removed)),
        texts("kind", Kind::Code, ("Holds", "Contiene"), all.iter().map(|i| i.kind.as_str())).named(kind_name),
        date("collected", ("Collected", "Recogida"), &|i| i.collected_at.get(..10).unwrap_or("").into()).usual(),
        date("cut_off", ("Cut-off", "Corte"), &|i| i.cut_off.clone().unwrap_or_default()).usual(),
        date("prepared", ("Prepared", "Preparada"), &|i| i.prepared.clone().unwrap_or_default()).usual(),
        text("label", ("Label", "Etiqueta"), &|i| i.label.tlp.as_str().into()).usual(),
        text("files", ("Files", "Archivos"), &files),
        text("root", ("Root of its rows", "Raíz de sus filas"), &|i| i.root.clone()),
    ];
    Ok(Frame { len: all.len(), columns, order: "-intake" })
}
