//! What: substance, amount and unit of a record, or the values of a table of series.

use std::collections::BTreeSet;

use atalaya_kernel::measure::measures;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, both};

use super::column::Column;
use super::plan::{Desk, FieldPlan, ObservePlan, by_name_and_cells, list, quoted};
use super::time::When;
use super::words::{Measured, measured};
use super::{Doubt, numbers, places};
use crate::recipe::Kind;

/// Fields of records that are kept as written.
const TEXTS: [&str; 5] = ["transport", "routing", "hiding", "installation", "agency"];

/// Records have a day, or an amount with its own unit and substance in each row.
pub(super) fn kind(desk: &Desk<'_>, when: &When) -> Kind {
    let units_differ = desk.one("unit").is_some_and(|c| c.distinct() != 1);
    let what = desk.one("substance").is_some() || desk.one("amount").is_some();
    if when.wide.is_empty() && what && (when.by_day || units_differ) { Kind::Records } else { Kind::Observations }
}

/// The fields of records.
pub(super) fn records(desk: &mut Desk<'_>) {
    substance(desk, true);
    let in_header = amount(desk);
    unit(desk, in_header);
    for role in TEXTS {
        if let Some(column) = desk.one(role) {
            let unknown: Vec<&str> = column.texts().map(|(t, _)| t).filter(|t| ["Unknown", "Desconocido"].contains(t)).collect();
            let mut keys = vec![("from", list(&[&column.name]))];
            if !unknown.is_empty() {
                keys.push(("not_known", list(&unknown)));
            }
            desk.take(column, role, true, Both::new("kept as written", "se conserva como está escrito"));
            desk.layout.fields.push(FieldPlan { name: role, keys, doubts: Vec::new() });
        }
    }
    for role in ["price", "purity"] {
        if let Some(column) = desk.one(role).filter(|c| c.number_share() > 0.5) {
            number_field(desk, column, role);
        }
    }
}

fn number_field(desk: &mut Desk<'_>, column: &Column, field: &'static str) {
    let (more, doubts) = numbers::keys(desk, &[column]);
    let mut keys = vec![("from", list(&[&column.name]))];
    keys.extend(more);
    desk.take(column, field, doubts.is_empty(), by_name_and_cells());
    desk.layout.fields.push(FieldPlan { name: field, keys, doubts });
}

fn substance(desk: &mut Desk<'_>, required: bool) {
    let named = desk.one("substance");
    let by_cells = || desk.unnamed().find(|c| c.number_share() < 0.1 && !c.overflow && places::substances_in(c).0 >= 0.8);
    let Some(column) = named.or_else(by_cells) else {
        if !required {
            desk.always("substance");
        } else {
            desk.hold(
                "substance",
                Both::new(
                    "no column says which drug, so every row is held",
                    "ninguna columna dice qué droga, así que toda fila queda retenida",
                ),
                Both::new(
                    "put a substance in `value` (\"cocaine-hcl\"), or the column in `from`",
                    "ponga una sustancia en `value` (\"cocaine-hcl\"), o la columna en `from`",
                ),
            );
        }
        return;
    };
    let (share, unknown) = places::substances_in(column);
    let mut doubts = Vec::new();
    if column.word.is_none() {
        doubts.push(desk.doubt(
            column,
            Both::new("taken for the substance by its cells only", "tomada por la sustancia solo por sus celdas"),
            Both::new("check it", "verifíquelo"),
        ));
    }
    doubts.extend(not_known(desk, column, &unknown, "cocaine-hcl"));
    let mut keys = vec![("from", list(&[&column.name]))];
    if required {
        keys.push(("required", "true".into()));
    }
    desk.take(column, "substance", doubts.is_empty() && share > 0.5, by_name_and_cells());
    desk.layout.fields.push(FieldPlan { name: "substance", keys, doubts });
}

fn not_known(desk: &Desk<'_>, column: &Column, unknown: &[&str], example: &str) -> Option<Doubt> {
    let first = unknown.iter().take(6).map(|t| atalaya_kernel::both::shown(t)).collect::<Vec<_>>().join("”, “");
    (!unknown.is_empty()).then(|| {
        desk.doubt(
            column,
            both!("no list knows “{first}”; such rows are held", "ninguna lista conoce “{first}”; esas filas quedan retenidas"),
            both!("say what they mean: map = {{ \"text\" = \"{example}\" }}", "diga qué significan: map = {{ \"texto\" = \"{example}\" }}"),
        )
    })
}

/// The amount; the unit in its name, if there is one.
fn amount(desk: &mut Desk<'_>) -> Option<&'static str> {
    let named = desk.all("amount").into_iter().find(|c| c.number_share() > 0.5 || desk.table.rows == 0);
    let by_cells: Vec<&Column> = desk.unnamed().filter(|c| c.number_share() > 0.9 && c.dates.is_empty()).collect();
    let only = if let [only] = by_cells[..] { Some(only) } else { None };
    let column = named.or(only)?;
    let (more, mut doubts) = numbers::keys(desk, &[column]);
    if column.word.is_none() {
        doubts.push(desk.doubt(
            column,
            Both::new(
                "taken for the amount: the only numbers without another meaning",
                "tomada por la cantidad: los únicos números sin otro significado",
            ),
            Both::new("check it", "verifíquelo"),
        ));
    }
    let mut keys = vec![("from", list(&[&column.name]))];
    keys.extend(more);
    desk.take(column, "amount", doubts.is_empty(), by_name_and_cells());
    desk.layout.fields.push(FieldPlan { name: "amount", keys, doubts });
    column.unit.map(|u| u.id)
}

fn unit(desk: &mut Desk<'_>, in_header: Option<&'static str>) {
    let named = desk.one("unit");
    let by_cells = || desk.unnamed().find(|c| c.number_share() == 0.0 && !c.overflow && c.distinct() < 60 && places::units_in(c).0 >= 0.9);
    if let Some(column) = named.or_else(by_cells) {
        let (_, unknown) = places::units_in(column);
        let doubts: Vec<Doubt> = not_known(desk, column, &unknown, "kg").into_iter().collect();
        desk.take(column, "unit", doubts.is_empty() && column.word.is_some(), by_name_and_cells());
        desk.layout.fields.push(FieldPlan { name: "unit", keys: vec![("from", list(&[&column.name]))], doubts });
    } else if let Some(unit) = in_header {
        desk.layout.fields.push(FieldPlan { name: "unit", keys: vec![("value", quoted(unit))], doubts: Vec::new() });
    } else if !desk.always("unit") {
        let doubts = vec![desk.table_doubt(
            Both::new(
                "no column and no header says the unit; rows are kept and marked unit-not-stated",
                "ninguna columna ni encabezado dice la unidad; las filas se conservan con la marca unit-not-stated",
            ),
            Both::new("put the unit in `value` (\"kg\") once you know it", "ponga la unidad en `value` (\"kg\") cuando la sepa"),
        )];
        desk.layout.fields.push(FieldPlan { name: "unit", keys: vec![("value", quoted(""))], doubts });
    }
}

/// The values of a table of series.
pub(super) fn observations(desk: &mut Desk<'_>, when: &When) {
    substance(desk, false);
    let columns: Vec<&Column> =
        if when.wide.is_empty() { value_columns(desk) } else { when.wide.iter().map(|i| &desk.table.columns[*i]).collect() };
    let (keys, doubts) = numbers::keys(desk, &columns);
    if !keys.is_empty() || !doubts.is_empty() {
        desk.layout.fields.push(FieldPlan { name: "amount", keys, doubts });
    }
    let shared = shared_keys(desk, columns.len());
    if when.wide.is_empty() {
        for column in &columns {
            let told = measured(&column.name).filter(|m| m.measure != "seized-mass" || column.unit.is_some());
            observe(desk, column, &quoted(&column.name), told, &shared);
        }
    } else if let Some(first) = columns.first() {
        observe(desk, first, &quoted("@cell"), None, &shared);
        blanks(desk, &columns);
    }
    left_numbers(desk);
    if columns.is_empty() {
        let place = desk.table.columns.first().map_or_else(String::new, |c| c.name.clone());
        let doubt = desk.table_doubt(
            Both::new("no column holds numbers to observe", "ninguna columna contiene números que observar"),
            Both::new("put the column in `value`", "ponga la columna en `value`"),
        );
        desk.layout.observe.push(ObservePlan { keys: measure_keys(None, None, &quoted(&place)), doubts: vec![doubt] });
        hold_measure(desk);
    }
}

/// Columns of values: those whose name tells the measure, or else the only one.
fn value_columns<'a>(desk: &Desk<'a>) -> Vec<&'a Column> {
    let free = |c: &&Column| !desk.taken.contains_key(&c.at) && (c.number_share() > 0.5 || desk.table.rows == 0 && c.filled == 0);
    let role = |c: &&Column| c.word.map(|w| w.role);
    if let Some(said) = desk.table.columns.iter().filter(free).find(|c| c.said == Some("amount")) {
        return vec![said];
    }
    let numeric: Vec<&Column> = desk.table.columns.iter().filter(free).collect();
    let told: Vec<&Column> = numeric.iter().filter(|c| role(c).is_none() && measured(&c.name).is_some()).copied().collect();
    let named = numeric.iter().find(|c| matches!(role(c), Some("amount" | "value" | "price" | "purity"))).copied();
    let only = || numeric.iter().filter(|c| role(c).is_none()).take(1).copied().collect();
    // One substance a layout: the population of a district is no population of coca bushes.
    let of = |c: &&Column| measured(&c.name).map_or("", |m| m.substance);
    let substance = told.iter().map(of).find(|s| !s.is_empty()).unwrap_or("");
    let told: Vec<&Column> = told.into_iter().filter(|c| of(c) == substance).collect();
    if !told.is_empty() { told } else { named.map_or_else(only, |c| vec![c]) }
}

/// Low, high, definition and breakdown, the same for every value.
fn shared_keys(desk: &mut Desk<'_>, values: usize) -> Vec<(&'static str, String)> {
    let mut keys = Vec::new();
    for role in ["low", "high"] {
        if let Some(column) = desk.one(role).filter(|c| values == 1 && c.number_share() > 0.5) {
            keys.push((role, quoted(&column.name)));
            desk.take(column, role, true, Both::new("an end of the interval", "un extremo del intervalo"));
        }
    }
    for role in ["definition", "breakdown"] {
        let columns: Vec<&Column> = desk.all(role).into_iter().filter(|c| c.distinct() > 1).collect();
        if !columns.is_empty() {
            keys.push((role, quoted(&columns.iter().map(|c| format!("{{{}}}", c.name)).collect::<Vec<_>>().join(" "))));
            columns.iter().for_each(|c| {
                desk.take(
                    c,
                    role,
                    true,
                    Both::new("tells values apart that share place and time", "distingue valores del mismo lugar y tiempo"),
                )
            });
        }
    }
    keys
}

fn observe(desk: &mut Desk<'_>, column: &Column, value: &str, told: Option<Measured>, shared: &[(&'static str, String)]) {
    let wide = value == quoted("@cell");
    let around = format!("{} {} {}", desk.table.title, desk.file, desk.table.names.first().map_or("", String::as_str));
    let own = if wide { desk.layout.unpivot.as_ref().and_then(|(pattern, _)| measured(pattern)) } else { None };
    let stated = desk.said.always("unit").and_then(|id| units().get(id)).map(|u| u.id);
    let unit = column.unit.map(|u| u.id).or_else(|| constant_unit(desk)).or(stated);
    let told = told.or_else(|| desk.said.measured());
    let guessed = told.or(own).or_else(|| measured(&around)).filter(|m| m.measure != "seized-mass" || unit.is_some());
    let mut doubts = Vec::new();
    match guessed {
        Some(found) if told.is_none() => {
            let measure = found.measure;
            doubts.push(desk.doubt(
                column,
                both!(
                    "nothing beside the numbers says what they are; “{measure}” is taken from the names of file, sheet or title",
                    "nada junto a los números dice qué son; “{measure}” se toma de los nombres del archivo, la hoja o el título"
                ),
                Both::new("check measure, unit and substance", "verifique measure, unit y substance"),
            ));
        }
        Some(found) if unit.is_none() && found.unit != "count" => {
            let usual = found.unit;
            doubts.push(desk.doubt(
                column,
                both!("nothing says the unit; “{usual}” is the usual one", "nada dice la unidad; “{usual}” es la habitual"),
                Both::new("check the unit", "verifique la unidad"),
            ));
        }
        Some(_) => {}
        None => hold_measure(desk),
    }
    let mut keys = measure_keys(guessed, unit, value);
    keys.extend(shared.iter().cloned());
    if let Some(found) = guessed.filter(|g| !g.substance.is_empty() && !desk.layout.fields.iter().any(|f| f.name == "substance")) {
        desk.layout.fields.push(FieldPlan { name: "substance", keys: vec![("value", quoted(found.substance))], doubts: Vec::new() });
    }
    if !wide {
        let measure = guessed.map_or("", |g| g.measure);
        desk.take(column, "value", doubts.is_empty() && guessed.is_some(), both!("numbers: {measure}", "números: {measure}"));
    }
    desk.layout.observe.push(ObservePlan { keys, doubts });
}

/// The unit in a column that always says the same.
fn constant_unit(desk: &mut Desk<'_>) -> Option<&'static str> {
    let column = desk.one("unit")?;
    let unit = units().resolve(column.constant()?)?;
    desk.take(column, "unit", true, Both::new("the same unit in every row", "la misma unidad en toda fila"));
    Some(unit.id)
}

fn measure_keys(told: Option<Measured>, unit: Option<&'static str>, value: &str) -> Vec<(&'static str, String)> {
    let measure = told.map_or_else(|| measures().iter().next().map_or("", |m| m.id), |t| t.measure);
    let usual = told.map(|t| t.unit).or_else(|| measures().get(measure).map(|m| m.unit)).unwrap_or("count");
    // A unit of another quantity in the name belongs to something else.
    let same = |id: &str| units().get(id).map(|u| u.quantity) == units().get(usual).map(|u| u.quantity) || told.is_none();
    let unit = unit.filter(|u| same(u)).unwrap_or(usual);
    vec![("measure", quoted(measure)), ("unit", quoted(unit)), ("value", value.into())]
}

/// Nothing tells the measure: every row waits.
fn hold_measure(desk: &mut Desk<'_>) {
    if desk.layout.fields.iter().any(|f| f.name == "definition") {
        return;
    }
    desk.hold(
        "definition",
        Both::new(
            "nothing says what the numbers measure, so every row is held; the measure below is a blank to fill in",
            "nada dice qué miden los números, así que toda fila queda retenida; la medida de abajo es un espacio por llenar",
        ),
        Both::new(
            "set measure and unit under [[layout.observe]], then delete this line",
            "ponga measure y unit en [[layout.observe]] y luego borre esta línea",
        ),
    );
}

/// Columns of numbers nobody will read.
fn left_numbers(desk: &mut Desk<'_>) {
    let known = |c: &&Column| c.word.is_some_and(|w| matches!(w.role, "ignore" | "code" | "first-code"));
    let left: Vec<&Column> =
        desk.table.columns.iter().filter(|c| !desk.taken.contains_key(&c.at) && c.number_share() > 0.5 && !known(c)).collect();
    let (count, Some(observe)) = (left.len(), desk.layout.observe.len().checked_sub(1)) else { return };
    if count > 0 {
        let names = left.iter().take(6).map(|c| atalaya_kernel::both::shown(&c.name)).collect::<Vec<_>>().join("”, “");
        let doubt = desk.table_doubt(
            both!(
                "{count} more columns of numbers are left unread: “{names}”",
                "{count} columnas más de números quedan sin leer: “{names}”"
            ),
            Both::new("add a [[layout.observe]] for each that is wanted", "agregue un [[layout.observe]] por cada una que se quiera"),
        );
        desk.layout.observe[observe].doubts.push(doubt);
    }
}

fn blanks(desk: &mut Desk<'_>, columns: &[&Column]) {
    let blank: u64 = columns.iter().map(|c| c.blank).sum();
    if let (true, Some(first), Some(observe)) = (blank > 0, columns.first(), desk.layout.observe.len().checked_sub(1)) {
        let doubt = desk.doubt(
            first,
            both!(
                "{blank} cells of the year columns are blank: taken as not known, never as zero",
                "{blank} celdas de las columnas de años están vacías: se toman como no conocidas, nunca como cero"
            ),
            Both::new(
                "if blank means zero, say so under [absent] with the source's words",
                "si vacío significa cero, dígalo en [absent] con las palabras de la fuente",
            ),
        );
        desk.layout.observe[observe].doubts.push(doubt);
    }
}

/// Everything else is left unread, each column with the reason.
pub(super) fn leave(desk: &mut Desk<'_>) {
    let mut seen = BTreeSet::new();
    for column in &desk.table.columns {
        if desk.taken.contains_key(&column.at) || !seen.insert(&column.name) {
            continue;
        }
        let why = match (column.word.map(|w| w.role), column.constant()) {
            _ if column.said == Some("ignore") => Both::same(column.why.trim()),
            _ if column.filled == 0 && desk.table.rows > 0 => Both::new("empty", "vacía"),
            (_, Some(text)) => {
                let text = atalaya_kernel::both::shown(&text.chars().take(40).collect::<String>());
                both!("the same in every row: {text}", "igual en toda fila: {text}")
            }
            (Some("region"), _) => Both::new("follows from the country", "se deduce del país"),
            (Some("weekday"), _) => Both::new("follows from the date", "se deduce de la fecha"),
            (Some("ignore"), _) => Both::new("numbers rows or says nothing here", "numera filas o no dice nada aquí"),
            (Some("first" | "second" | "third" | "province" | "first-code" | "code" | "country" | "elsewhere"), _) => {
                Both::new("the place is read from another column", "el lugar se lee de otra columna")
            }
            _ => Both::new("not recognised", "no reconocida"),
        };
        let name = column.name.clone();
        desk.layout.ignore.push((name, why.clone()));
        desk.taken.insert(column.at, (String::new(), column.word.is_some(), why));
    }
}
