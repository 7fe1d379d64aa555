//! The table of records: the columns of the cube as they are, dates and kilograms worked out.

use std::collections::BTreeMap;
use std::sync::Arc;

use atalaya_kernel::record::{NO_DAY, RECORD_FIELDS};
use atalaya_kernel::rule::flags_of;
use atalaya_kernel::{Both, Date, Decimal, Period, Precision};
use atalaya_store::Cube;

use super::frame::{Cells, Coder, Column, Frame, Kind};
use crate::events::Events;
use crate::observatory::{Eye, Observatory};
use crate::query::label_of;

/// Headings of the coded fields: id, kind, English, Spanish, shown unless columns are chosen.
const FIELDS: [(&str, Kind, &str, &str, bool); 18] = [
    ("area", Kind::Code, "Area", "Área", true),
    ("admin", Kind::Text, "Division", "División", false),
    ("place", Kind::Text, "Place", "Lugar", true),
    ("substance", Kind::Code, "Substance", "Sustancia", true),
    ("amount", Kind::Decimal, "Amount", "Cantidad", true),
    ("unit", Kind::Code, "Unit", "Unidad", true),
    ("producing", Kind::Code, "Produced in", "Producida en", false),
    ("departure", Kind::Code, "From", "Desde", true),
    ("destination", Kind::Code, "Bound for", "Hacia", true),
    ("transport", Kind::Text, "Transport", "Transporte", true),
    ("routing", Kind::Text, "Route", "Ruta", false),
    ("hiding", Kind::Text, "Hidden in", "Oculta en", false),
    ("installation", Kind::Text, "Installation", "Instalación", false),
    ("agency", Kind::Text, "Agency", "Agencia", false),
    ("price", Kind::Decimal, "Price", "Precio", false),
    ("purity", Kind::Decimal, "Purity", "Pureza", false),
    ("area_reported", Kind::Text, "Area as reported", "Área según se informó", false),
    ("substance_reported", Kind::Text, "Substance as reported", "Sustancia según se informó", false),
];

/// The table of the records `eye` sees. O(records) only for the few columns that are worked out.
pub(super) fn frame(observatory: &Observatory, eye: &Eye, events: &Events) -> Frame {
    let cube = &eye.cube;
    let mut columns = vec![date(cube), year(cube)];
    for (id, kind, en, es, usual) in FIELDS.iter().filter(|f| RECORD_FIELDS.contains(&f.0)) {
        let column = cube_column(cube, id, *kind, (en, es)).named(|code| label_of(id, code));
        columns.push(if *usual { column.usual() } else { column });
        if *id == "unit" {
            let of = Arc::clone(cube);
            columns.push(Column::numbers("kg", Kind::Decimal, ("Kilograms", "Kilogramos"), move |row| of.kg(row)).in_unit("kg").usual());
        }
    }
    columns.push(flags(cube));
    columns.extend(provenance(observatory, eye));
    columns.extend(linked(observatory, eye, events));
    Frame { len: cube.len(), columns, order: "" }
}

fn cube_column(cube: &Arc<Cube>, id: &'static str, kind: Kind, head: (&str, &str)) -> Column {
    let at = cube.column(id).unwrap_or(0);
    let values = cube.texts(at).map(str::to_string).collect();
    Column::coded(id, kind, head, Cells::Cube(Arc::clone(cube), at, None), values)
}

/// Dates need a code of their own: the same first day is a day here and a year there.
fn date(cube: &Arc<Cube>) -> Column {
    let day = cube.column("day").unwrap_or(0);
    let mut coder: Coder<(u32, u8)> = Coder::new();
    for row in 0..cube.len() {
        let (first, precision) = (cube.number(row, day), cube.precision(row));
        coder.push((first, precision), || {
            let first = first as i32;
            let precision = Precision::from_code(precision).unwrap_or(Precision::Day);
            if first == NO_DAY { String::new() } else { Period { start: Date(first), precision }.to_string() }
        });
    }
    coder.column("date", Kind::Date, ("Date", "Fecha")).usual()
}

fn year(cube: &Arc<Cube>) -> Column {
    let day = cube.column("day").unwrap_or(0);
    let years: Vec<String> = cube.days().map(|d| d.map_or_else(String::new, |d| Date(d).ymd().0.to_string())).collect();
    let (map, values) = merged(&years);
    Column::coded("year", Kind::Count, ("Year", "Año"), Cells::Cube(Arc::clone(cube), day, Some(map)), values)
}

fn flags(cube: &Arc<Cube>) -> Column {
    let at = cube.column("flags").unwrap_or(0);
    let values = cube.numbers(at).iter().map(|mask| flags_of(*mask).map(|r| r.id).collect::<Vec<_>>().join(" ")).collect();
    Column::coded("flags", Kind::Words, ("Flags", "Marcas"), Cells::Cube(Arc::clone(cube), at, None), values).usual()
}

/// Where a row comes from: what it is, source, vintage, file and row.
fn provenance(observatory: &Observatory, eye: &Eye) -> Vec<Column> {
    let cube = &eye.cube;
    let at = cube.column("intake").unwrap_or(0);
    let intake_of = |number: u32| eye.intakes.iter().find(|i| i.id == i64::from(number));
    let by_intake = |id, kind, head, of: &dyn Fn(&atalaya_store::Intake) -> String| {
        let texts: Vec<String> = cube.numbers(at).iter().map(|n| intake_of(*n).map(of).unwrap_or_default()).collect();
        let (map, values) = merged(&texts);
        Column::coded(id, kind, head, Cells::Cube(Arc::clone(cube), at, Some(map)), values)
    };
    let titles: BTreeMap<String, Both> = titles(observatory, eye);
    let seized = Both::new("Reported seizures", "Incautaciones informadas");
    let bought = Both::new("Purchases", "Compras");
    let (of_part, of_row) = (Arc::clone(cube), Arc::clone(cube));
    vec![
        by_intake("source", Kind::Code, ("Source", "Fuente"), &|i| i.source.clone()).named(|id| titles.get(id).cloned()).usual(),
        by_intake("kind", Kind::Code, ("Kind", "Clase"), &|i| i.kind.clone())
            .named(|id| Some(if id == "purchases" { bought.clone() } else { seized.clone() })),
        by_intake("vintage", Kind::Text, ("Vintage", "Edición"), &|i| i.vintage.clone()),
        by_intake("intake", Kind::Count, ("Intake", "Lectura"), &|i| i.id.to_string()),
        Column::numbers("part", Kind::Count, ("Part", "Parte"), move |row| Some(Decimal::whole(i64::from(of_part.place(row).0) + 1))),
        Column::numbers("ordinal", Kind::Count, ("Row", "Fila"), move |row| Some(Decimal::whole(i64::from(of_row.place(row).1)))),
    ]
}

/// The event a linked record reports, and whether it stands for it. Where single rows of the other
/// records may not be shown, that there are any is not shown row by row either.
fn linked(observatory: &Observatory, eye: &Eye, events: &Events) -> [Column; 2] {
    let cube = &eye.cube;
    let (mut ids, mut stands): (Coder<&str>, Coder<&str>) = (Coder::new(), Coder::new());
    let intake = cube.column("intake").unwrap_or(0);
    let shown = |row: u32| {
        let number = cube.number(row as usize, intake);
        eye.intakes.iter().any(|i| i.id == i64::from(number) && observatory.clearance().sees_rows(&i.label))
    };
    for row in 0..cube.len() as u32 {
        let event = events.of(row).filter(|e| e.rows.iter().filter(|row| shown(**row)).count() > 1);
        let id = event.map_or("", |e| e.id.as_str());
        let mark = event.map_or("", |e| if e.rows.first() == Some(&row) { "yes" } else { "no" });
        ids.push(id, || id.to_string());
        stands.push(mark, || mark.to_string());
    }
    [
        ids.column("event", Kind::Text, ("Event", "Hecho")),
        stands.column("stands", Kind::Text, ("Stands for the event", "Representa el hecho")).named(|mark| match mark {
            "yes" => Some(Both::new("yes", "sí")),
            "no" => Some(Both::new("no", "no")),
            _ => None,
        }),
    ]
}

/// What the sources are called.
pub(super) fn titles(observatory: &Observatory, eye: &Eye) -> BTreeMap<String, Both> {
    let ids: std::collections::BTreeSet<&str> = eye.intakes.iter().map(|i| i.source.as_str()).collect();
    ids.into_iter().filter_map(|id| Some((id.to_string(), observatory.source(id).ok()?.recipe.title))).collect()
}

/// For each text its place among the distinct ones, and those.
fn merged(texts: &[String]) -> (Vec<u32>, Vec<String>) {
    let mut values: Vec<String> = texts.to_vec();
    values.sort_unstable();
    values.dedup();
    let map = texts.iter().map(|t| values.binary_search(t).unwrap_or(0) as u32).collect();
    (map, values)
}
