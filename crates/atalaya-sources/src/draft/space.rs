//! Where: the column that names the place, and how its names or codes are to be read.

use atalaya_kernel::{Both, both};

use super::Doubt;
use super::column::Column;
use super::places;
use super::plan::{Desk, FieldPlan, by_name_and_cells, list, quoted};
use crate::recipe::Kind;

/// The share of texts that must name a place for a column to be one of places.
const MOST: f64 = 0.7;

/// Finds the place of the rows, and what else says where.
pub(super) fn find(desk: &mut Desk<'_>, kind: Kind) {
    let coded = by_code(desk);
    if !coded && !by_country(desk) && !by_part(desk) && !by_any_name(desk) && !unnamed(desk) {
        desk.hold(
            "area",
            Both::new("no column says where, so every row is held", "ninguna columna dice dónde, así que toda fila queda retenida"),
            Both::new(
                "put a code in `value` (\"PE\", \"PE-AYA\"), or the column in `from`",
                "ponga un código en `value` (\"PE\", \"PE-AYA\"), o la columna en `from`",
            ),
        );
    }
    if coded && kind == Kind::Observations {
        parent(desk);
    }
    finer(desk, kind);
    for (role, field) in [("producing", "producing"), ("departure", "departure"), ("destination", "destination")] {
        if kind == Kind::Records {
            other_country(desk, role, field);
        }
    }
}

/// A column of codes: UBIGEO, DIVIPOLA.
fn by_code(desk: &mut Desk<'_>) -> bool {
    let candidates: Vec<&Column> = desk.all("code").into_iter().chain(desk.all("first-code")).collect();
    for column in candidates {
        let hint = column.word.map_or("", |w| w.hint);
        let schemes: Vec<&str> = if hint.is_empty() { vec!["divipola", "ubigeo"] } else { vec![hint] };
        let found = schemes.into_iter().find_map(|s| places::coded(column, s));
        let nothing_to_see = desk.table.rows == 0 && !hint.is_empty();
        let Some(coded) = found.or_else(|| nothing_to_see.then(|| if_empty(hint))) else { continue };
        let mut keys = vec![("from", list(&[&column.name])), ("scheme", quoted(coded.scheme)), ("pad", coded.pad.to_string())];
        if let Some(take) = coded.take {
            keys.push(("first", take.to_string()));
        }
        keys.push(("required", "true".into()));
        let (scheme, pad) = (coded.scheme.to_uppercase(), coded.pad);
        let why = if coded.lost_zeros {
            both!(
                "codes of {scheme}; leading zeros were lost and are put back ({pad} digits)",
                "códigos de {scheme}; se perdieron ceros a la izquierda y se reponen ({pad} dígitos)"
            )
        } else {
            both!("codes of {scheme}", "códigos de {scheme}")
        };
        desk.take(column, "area", true, why);
        desk.layout.fields.push(FieldPlan { name: "area", keys, doubts: Vec::new() });
        return true;
    }
    false
}

fn if_empty(hint: &str) -> places::Coded {
    if hint == "ubigeo" {
        places::Coded { scheme: "ubigeo", pad: 6, take: None, lost_zeros: false }
    } else {
        places::Coded { scheme: "divipola", pad: 5, take: None, lost_zeros: false }
    }
}

/// A column of countries, unless it is one country and another column says more.
fn by_country(desk: &mut Desk<'_>) -> bool {
    let fits = |c: &&Column| desk.table.rows == 0 || places::countries(c) >= MOST;
    let Some(column) = desk.all("country").into_iter().find(fits).or_else(|| desk.all("area").into_iter().find(fits)) else { return false };
    let finer = desk
        .all("first")
        .into_iter()
        .chain(desk.all("region"))
        .any(|c| places::parts_of_a_country(c).is_some_and(|(_, share)| share >= MOST));
    if column.constant().is_some() && finer {
        return false;
    }
    write(desk, column, None, true);
    true
}

/// A column of departments or states of one country.
fn by_part(desk: &mut Desk<'_>) -> bool {
    let candidates: Vec<&Column> = ["first", "region", "area", "admin"].iter().flat_map(|r| desk.all(r)).collect();
    for column in candidates {
        if let Some((country, _)) = places::parts_of_a_country(column).filter(|(_, share)| *share >= MOST) {
            write(desk, column, Some(country), true);
            return true;
        }
    }
    false
}

/// A column that is called a place and names places of any kind.
fn by_any_name(desk: &mut Desk<'_>) -> bool {
    let roles = ["zone", "area", "first", "second", "province", "third", "country", "code", "first-code"];
    let candidates: Vec<&Column> = roles.iter().flat_map(|r| desk.all(r)).collect();
    let empty = desk.table.rows == 0;
    let named = |c: &&&Column| c.word.is_some_and(|w| w.role != "code" && w.role != "first-code");
    let fitting = candidates.iter().find(|c| empty || places::anywhere(c) >= 0.5);
    let Some(column) = fitting.or_else(|| candidates.iter().find(named)).copied() else { return false };
    let anywhere = places::anywhere(column);
    // `La Libertad` is many places, but one among the departments its neighbours are of.
    let within = places::parts_of_a_country(column).map(|(country, _)| country).filter(|c| places::in_country(column, c) > anywhere);
    write(desk, column, within, anywhere >= 0.5);
    true
}

/// A column whose name says nothing and whose cells are countries or parts of one.
fn unnamed(desk: &mut Desk<'_>) -> bool {
    let texts: Vec<&Column> = desk.unnamed().filter(|c| c.number_share() < 0.1 && c.dates.is_empty() && !c.overflow).collect();
    let enough = |c: &Column| if c.at == 0 { 0.5 } else { 0.8 };
    let country = texts.iter().find(|c| places::countries(c) >= enough(c)).map(|c| (*c, None));
    let part =
        || texts.iter().find_map(|c| places::parts_of_a_country(c).filter(|(_, s)| *s >= 0.8).map(|(country, _)| (*c, Some(country))));
    let Some((column, within)) = country.or_else(part) else { return false };
    write(desk, column, within, false);
    true
}

fn write(desk: &mut Desk<'_>, column: &Column, within: Option<&str>, sure: bool) {
    let mut keys = vec![("from", list(&[&column.name]))];
    if let Some(country) = within {
        keys.push(("within", quoted(country)));
    } else if column.word.is_some_and(|w| w.hint == "devida") {
        keys.push(("scheme", quoted("devida")));
    }
    keys.push(("required", "true".into()));
    let mut doubts = unknown(desk, column, within);
    if !sure {
        doubts.push(desk.doubt(
            column,
            Both::new("taken for the place by its cells only", "tomada por el lugar solo por sus celdas"),
            Both::new("check it", "verifíquelo"),
        ));
    }
    let why = match within {
        Some(country) => both!("names parts of {country}", "nombra partes de {country}"),
        None if column.word.is_some() => by_name_and_cells(),
        None => Both::new("its cells name places", "sus celdas nombran lugares"),
    };
    desk.take(column, "area", sure && doubts.is_empty(), why);
    desk.layout.fields.push(FieldPlan { name: "area", keys, doubts });
}

/// Texts that name no place: their rows will be held.
fn unknown(desk: &Desk<'_>, column: &Column, within: Option<&str>) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let totals: Vec<&str> = column.texts().map(|(t, _)| t).filter(|t| atalaya_kernel::area::is_total(t)).collect();
    if let Some(total) = totals.first() {
        doubts.push(desk.doubt(
            column,
            both!(
                "“{total}” heads rows of totals; they are held, so that nothing counts twice",
                "“{total}” encabeza filas de totales; quedan retenidas, para que nada se cuente dos veces"
            ),
            Both::new("reject them with a reason after collecting", "rechácelas con un motivo después de recoger"),
        ));
    }
    let unknown = places::unknown(column, within);
    if !unknown.is_empty() {
        let shown = unknown.iter().take(6).map(|t| atalaya_kernel::both::shown(t)).collect::<Vec<_>>().join("”, “");
        doubts.push(desk.doubt(
            column,
            both!("no list knows “{shown}”; such rows are held", "ninguna lista conoce “{shown}”; esas filas quedan retenidas"),
            Both::new("say what they mean: map = { \"text\" = \"CODE\" }", "diga qué significan: map = { \"texto\" = \"CÓDIGO\" }"),
        ));
    }
    doubts
}

/// The name of the department beside a code: both must agree.
fn parent(desk: &mut Desk<'_>) {
    let country = desk
        .layout
        .fields
        .iter()
        .find(|f| f.name == "area")
        .map(|f| if f.keys.iter().any(|(_, v)| v.contains("ubigeo")) { "PE" } else { "CO" });
    let (Some(country), Some(column)) = (country, desk.one("first")) else { return };
    if column.distinct() > 0 && column.texts().all(|(t, _)| places::is_first_in(t, country)) {
        let keys = vec![("from", list(&[&column.name])), ("within", quoted(country))];
        desk.take(
            column,
            "parent",
            true,
            Both::new("the department's name must agree with the code", "el nombre del departamento debe concordar con el código"),
        );
        desk.layout.fields.push(FieldPlan { name: "parent", keys, doubts: Vec::new() });
    }
}

/// Names of smaller places, kept as written.
fn finer(desk: &mut Desk<'_>, kind: Kind) {
    let place = ["place", "third", "second", "province"].iter().find_map(|r| desk.one(r));
    let admin = if kind == Kind::Records {
        ["admin", "first", "province", "second"].iter().find_map(|r| desk.one(r).filter(|c| Some(c.at) != place.map(|p| p.at)))
    } else {
        None
    };
    for (column, field) in [(place, "place"), (admin, "admin")] {
        if let Some(column) = column {
            desk.take(column, field, true, Both::new("a smaller place, kept as written", "un lugar menor, conservado como está escrito"));
            desk.layout.fields.push(FieldPlan { name: field, keys: vec![("from", list(&[&column.name]))], doubts: Vec::new() });
        }
    }
}

fn other_country(desk: &mut Desk<'_>, role: &str, field: &'static str) {
    let Some(column) = desk.one(role) else { return };
    let agrees = desk.table.rows == 0 || places::countries(column) >= MOST;
    let known = ["Unknown", "Other", "Multiple Countries", "Desconocido", "Otro", "Otros"];
    let absent: Vec<&str> = column.texts().map(|(t, _)| t).filter(|t| known.contains(t)).collect();
    let mut keys = vec![("from", list(&[&column.name]))];
    if !absent.is_empty() {
        keys.push(("not_known", list(&absent)));
    }
    let doubts = unknown(desk, column, None);
    desk.take(column, field, agrees && doubts.is_empty(), by_name_and_cells());
    desk.layout.fields.push(FieldPlan { name: field, keys, doubts });
}
