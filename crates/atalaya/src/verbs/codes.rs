//! The registers, to search in: what a text of a file may be said to mean.

use atalaya_kernel::area::areas;
use atalaya_kernel::measure::measures;
use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, Problem, both};
use serde::Serialize;

/// One entry of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Code {
    /// Its code.
    pub id: String,
    /// Its name.
    pub label: Both,
    /// What it lies in, for an area.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Both>,
}

/// The entries of a register whose name or code has this text in it: those that begin with it
/// first, then by name.
///
/// # Errors
/// `unknown-list` if there is no register of that name.
pub fn codes(list: &str, find: &str, limit: usize) -> Result<Vec<Code>, Problem> {
    let wanted = fold(find);
    let all = entries(list)?;
    let mut found: Vec<(u8, String, Code)> =
        all.into_iter().filter_map(|code| rank(&code, &wanted).map(|r| (r, fold(&code.label.en), code))).collect();
    found.sort_by(|a, b| (a.0, &a.1, &a.2.id).cmp(&(b.0, &b.1, &b.2.id)));
    Ok(found.into_iter().take(limit).map(|(_, _, code)| code).collect())
}

fn entries(list: &str) -> Result<Vec<Code>, Problem> {
    let name = |code: &str| areas().get(code).map(atalaya_kernel::area::Area::both);
    Ok(match list {
        "area" | "producing" | "departure" | "destination" | "parent" => {
            areas().iter().map(|a| Code { id: a.code.into(), label: a.both(), within: a.parent.and_then(name) }).collect()
        }
        "substance" => substances().iter().map(|s| Code { id: s.id.into(), label: s.both(), within: None }).collect(),
        "unit" => units().iter().map(|u| Code { id: u.id.into(), label: u.both(), within: None }).collect(),
        "measure" => measures().iter().map(|m| Code { id: m.id.into(), label: m.both(), within: None }).collect(),
        other => {
            return Err(Problem::new(
                "unknown-list",
                atalaya_kernel::both::shown(other),
                Both::new("there is no register of this name", "no existe un registro con este nombre"),
                both!("ask for area, substance, unit or measure", "pida area, substance, unit o measure"),
            ));
        }
    })
}

/// How well an entry fits: 0 is its code, 1 begins so, 2 a word begins so, 3 has it somewhere.
fn rank(code: &Code, wanted: &str) -> Option<u8> {
    if fold(&code.id) == wanted {
        return Some(0);
    }
    let names = [fold(&code.label.en), fold(&code.label.es), fold(&code.id)];
    let words = |name: &String| name.split([' ', '-', ',', '(']).any(|w| w.starts_with(wanted));
    if names.iter().any(|n| n.starts_with(wanted)) {
        Some(1)
    } else if names.iter().any(words) {
        Some(2)
    } else {
        names.iter().any(|n| n.contains(wanted)).then_some(3)
    }
}

/// Lower case, without accents.
fn fold(text: &str) -> String {
    text.trim().to_lowercase().chars().map(without_accent).collect()
}

/// A letter of Spanish or its neighbours without its accent.
pub(super) fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_without_its_accents_and_says_what_it_lies_in() {
        let found = codes("area", "peru", 5).unwrap();
        assert_eq!(found[0].id, "PE");
        let ayacucho = codes("area", "ayacucho", 20).unwrap();
        assert!(ayacucho.iter().any(|c| c.id == "PE-AYA" && c.within.as_ref().is_some_and(|w| w.en == "Peru")), "{ayacucho:?}");
    }

    #[test]
    fn a_code_itself_comes_first_and_nothing_fits_nonsense() {
        assert_eq!(codes("unit", "kg", 3).unwrap()[0].id, "kg");
        assert_eq!(codes("substance", "qqqq", 3).unwrap(), []);
        assert_eq!(codes("colour", "red", 3).unwrap_err().id, "unknown-list");
    }
}
