//! Networks: a table of edges as GraphML, or as lines on a map.
//!
//! The table has the columns `from` and `to`; every other column is an attribute of the edge.
//! What must stand beside a table stands in the file: label, sources, notes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Lang, Problem};
use serde_json::{Map, Value, json};

use crate::check::check;
use crate::export::{Format, Piece, export, json_file};
use crate::place;
use crate::table::{Facts, FieldKind, Table};

/// Writes edges to `to`: `.csv`, `.graphml` or `.geojson`.
///
/// * `centres`: longitude and latitude of places by code; a place without one has no line.
///
/// # Errors
/// `unknown-format`, what [`crate::render`] refuses, `io`.
pub fn export_network(table: &Table, centres: &BTreeMap<String, [f64; 2]>, lang: Lang, to: &Path) -> Result<Vec<PathBuf>, Problem> {
    let name = to.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_else(|| table.id.clone());
    check(table)?;
    match to.extension().and_then(|e| e.to_str()) {
        Some("csv") => export(table, Format::Csv, lang, to),
        Some("graphml") => place::beside(to, &[Piece { name, bytes: graphml(table, centres, lang).into_bytes() }]),
        Some("geojson") => place::beside(to, &[lines(table, centres, lang, &name)?]),
        _ => Err(Problem::new(
            "unknown-format",
            to.display().to_string(),
            Both::new("a network is written as csv, graphml or geojson", "una red se escribe como csv, graphml o geojson"),
            Both::new("end the file's name in one of these", "termine el nombre del archivo en uno de estos"),
        )),
    }
}

fn cell<'t>(table: &Table, row: &'t [Option<String>], column: &str) -> &'t str {
    table.column(column).and_then(|at| row.get(at)?.as_deref()).unwrap_or("")
}

/// GraphML (graphml.graphdrawing.org), which igraph, networkx, Gephi and yEd read.
fn graphml(table: &Table, centres: &BTreeMap<String, [f64; 2]>, lang: Lang) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
    let facts = serde_json::to_string(&Facts::of(table)).unwrap_or_default();
    for (id, on, kind) in [("about", "graph", "string"), ("name", "node", "string"), ("lon", "node", "double"), ("lat", "node", "double")] {
        out += &format!("  <key id=\"{id}\" for=\"{on}\" attr.name=\"{id}\" attr.type=\"{kind}\"/>\n");
    }
    let attributes: Vec<_> = table.columns.iter().filter(|c| !matches!(c.id.as_str(), "from" | "to")).collect();
    for field in &attributes {
        let kind = match field.kind {
            FieldKind::Count => "long",
            FieldKind::Decimal => "double",
            FieldKind::Text | FieldKind::Date | FieldKind::Figure => "string",
        };
        out += &format!("  <key id=\"e_{0}\" for=\"edge\" attr.name=\"{0}\" attr.type=\"{kind}\"/>\n", escaped(&field.id));
    }
    out +=
        &format!("  <graph id=\"{}\" edgedefault=\"directed\">\n    <data key=\"about\">{}</data>\n", escaped(&table.id), escaped(&facts));
    let nodes: BTreeSet<&str> = table.rows.iter().flat_map(|row| ["from", "to"].map(|end| cell(table, row, end))).collect();
    for node in nodes {
        let name = table.meaning("from", node).or_else(|| table.meaning("to", node)).map_or(node, |b| b.in_lang(lang));
        out += &format!("    <node id=\"{}\"><data key=\"name\">{}</data>", escaped(node), escaped(name));
        if let Some([lon, lat]) = centres.get(node) {
            out += &format!("<data key=\"lon\">{lon:.4}</data><data key=\"lat\">{lat:.4}</data>");
        }
        out += "</node>\n";
    }
    for row in &table.rows {
        out += &format!("    <edge source=\"{}\" target=\"{}\">", escaped(cell(table, row, "from")), escaped(cell(table, row, "to")));
        for field in attributes.iter().filter(|f| !cell(table, row, &f.id).is_empty()) {
            out += &format!("<data key=\"e_{}\">{}</data>", escaped(&field.id), escaped(cell(table, row, &field.id)));
        }
        out += "</edge>\n";
    }
    out + "  </graph>\n</graphml>\n"
}

fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Straight lines between centres: they show which places are joined, not the way taken.
fn lines(table: &Table, centres: &BTreeMap<String, [f64; 2]>, lang: Lang, name: &str) -> Result<Piece, Problem> {
    let feature = |row: &Vec<Option<String>>| {
        let ends = ["from", "to"].map(|end| cell(table, row, end));
        let geometry = match (centres.get(ends[0]), centres.get(ends[1])) {
            (Some(a), Some(b)) => json!({ "type": "LineString", "coordinates": [a, b] }),
            _ => Value::Null,
        };
        let mut properties = Map::new();
        for (field, value) in table.columns.iter().zip(row) {
            let value = match value {
                None => Value::Null,
                Some(text) if field.kind.is_number() => serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.clone())),
                Some(text) => Value::from(text.clone()),
            };
            properties.insert(field.id.clone(), value);
        }
        for (end, code) in ["from", "to"].into_iter().zip(ends) {
            if let Some(meaning) = table.meaning(end, code) {
                properties.insert(format!("{end}_name"), Value::from(meaning.in_lang(lang)));
            }
        }
        if let Some(label) = &table.about.label {
            properties.insert("label".into(), Value::from(label.tlp.as_str()));
        }
        json!({ "type": "Feature", "properties": properties, "geometry": geometry })
    };
    let features: Vec<Value> = table.rows.iter().map(feature).collect();
    json_file(name, &json!({ "type": "FeatureCollection", "about": Facts::of(table), "features": features }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{About, Field};

    fn table() -> Table {
        let field = |id: &str, kind| Field { id: id.into(), label: Both::same(id), kind, unit: String::new() };
        let row = |from: &str, to: &str, kg: &str| vec![Some(from.to_string()), Some(to.to_string()), Some(kg.to_string())];
        Table {
            id: "network".into(),
            title: Both::same("A <b> & c"),
            columns: vec![field("from", FieldKind::Text), field("to", FieldKind::Text), field("kg", FieldKind::Decimal)],
            rows: vec![row("PE", "ES", "1.5"), row("ES", "XX", "2")],
            about: About::default(),
        }
    }

    fn centres() -> BTreeMap<String, [f64; 2]> {
        BTreeMap::from([("PE".to_string(), [-74.0, -9.0]), ("ES".to_string(), [-3.0, 40.0])])
    }

    #[test]
    fn graphml_names_every_node_once_and_escapes() {
        let text = graphml(&table(), &centres(), Lang::En);
        assert_eq!(text.matches("<node ").count(), 3);
        assert_eq!(text.matches("<edge ").count(), 2);
        assert!(text.contains("A &lt;b&gt; &amp; c") && text.contains("<data key=\"e_kg\">1.5</data>"), "{text}");
    }

    #[test]
    fn a_place_without_a_centre_has_no_line_and_is_kept() {
        let piece = lines(&table(), &centres(), Lang::En, "n.geojson").unwrap();
        let value: Value = serde_json::from_slice(&piece.bytes).unwrap();
        assert_eq!(value["features"][0]["geometry"]["coordinates"][1][0], -3.0);
        assert_eq!(value["features"][1]["geometry"], Value::Null);
        assert_eq!(value["features"][1]["properties"]["kg"], 2);
    }

    #[test]
    fn another_ending_is_refused() {
        let problem = export_network(&table(), &centres(), Lang::En, Path::new("network.svg")).unwrap_err();
        assert_eq!(problem.id, "unknown-format");
    }
}
