//! The links of an atlas as a table: what a page and a file show beside the drawing.

use std::collections::BTreeMap;

use atalaya_kernel::Both;
use atalaya_report::{About, Field, FieldKind, Table};

use super::atlas::{Atlas, AtlasEdge};
use super::draw::unit;
use crate::verbs::{slug, source_note};

/// A row a link, the largest first.
pub(crate) fn table(atlas: &Atlas) -> Table {
    let field = |id: &str, en: &str, es: &str, kind: FieldKind, unit: &str| Field {
        id: id.into(),
        label: Both::new(en, es),
        kind,
        unit: unit.into(),
    };
    let flow_unit = unit(atlas, true).en;
    let columns = vec![
        field("from", "From", "Desde", FieldKind::Text, ""),
        field("to", "To", "Hacia", FieldKind::Text, ""),
        field("records", "Records", "Registros", FieldKind::Count, ""),
        field("effective", "Effective records", "Registros efectivos", FieldKind::Decimal, ""),
        field("kg", "Kilograms recorded", "Kilogramos registrados", FieldKind::Decimal, "kg"),
        field("without_kg", "Without kg", "Sin kg", FieldKind::Count, ""),
        field("flow_low", "Flow, 5 %", "Flujo, 5 %", FieldKind::Decimal, &flow_unit),
        field("flow", "Flow, median", "Flujo, mediana", FieldKind::Decimal, &flow_unit),
        field("flow_high", "Flow, 95 %", "Flujo, 95 %", FieldKind::Decimal, &flow_unit),
        field("top_ten", "Among the ten largest, 0 to 1", "Entre los diez mayores, 0 a 1", FieldKind::Decimal, ""),
    ];
    let names = atlas.places.iter().map(|p| (p.code.clone(), p.name.clone())).collect::<BTreeMap<_, _>>();
    let codes = ["from", "to"].map(|column| (column.to_string(), names.clone())).into();
    let about = About {
        figure: atlas.figure.clone(),
        snapshot: atlas.snapshot.clone(),
        label: atlas.label.clone(),
        sources: atlas.sources.iter().map(source_note).collect(),
        notes: atlas.notes.clone(),
        codes,
    };
    Table { id: slug(&atlas.title.en), title: atlas.title.clone(), columns, rows: atlas.edges.iter().map(row).collect(), about }
}

fn row(edge: &AtlasEdge) -> Vec<Option<String>> {
    let flow = |at: usize| edge.flow.map(|band| decimal(band[at]));
    vec![
        Some(edge.from.clone()),
        Some(edge.to.clone()),
        Some(edge.records.to_string()),
        Some(decimal(edge.effective)),
        Some(edge.recorded_kg.to_string()),
        Some(edge.without_mass.to_string()),
        flow(0),
        flow(1),
        flow(2),
        edge.top_ten.map(decimal),
    ]
}

/// At most six decimals, as plain decimal text.
fn decimal(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}
