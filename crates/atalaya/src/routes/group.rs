//! Groups of substances whose routes are looked at together, and in which form they are added up.

use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Decimal, Problem, both};

/// Kilograms of dry coca leaf that count as one of cocaine. UNODC methodology as tabulated by Cosa
/// (2023); the published range is 240 to 370 for Peru.
pub const LEAF_PER_COCAINE: i128 = 220;
/// Kilograms of opium that count as one of heroin, from the same table.
pub const OPIUM_PER_HEROIN: i128 = 10;

/// Kilograms of a unit of coca leaf, as UNODC's table has it for a unit of any coca (by way of
/// Cosa 2023). The register of conversions leaves it unknown: it serves a threshold, not a total.
const KG_OF_A_LEAF: Decimal = Decimal(100_000);

/// A group of substances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id: `coca`, `opiates`, or that of a substance.
    pub id: String,
    /// What it is called.
    pub name: Both,
    /// Ids of the substances in it.
    pub substances: Vec<&'static str>,
    /// Areas of primary production, into which nothing flows.
    pub producers: &'static [&'static str],
}

/// Poppy and what is made of it, acetylated opium included.
const OPIATES: [&str; 9] =
    ["heroin", "heroin-base", "opium", "acetylated-opium", "morphine", "poppy-straw", "opium-poppy", "poppy-seed", "opium-poppy-extract"];

/// The group of that name.
///
/// # Errors
/// `unknown-group`.
pub fn group(id: &str) -> Result<Group, Problem> {
    let within = |root: &str| substances().iter().filter(|s| substances().is_within(s.id, root)).map(|s| s.id).collect::<Vec<_>>();
    match id {
        // Seeds and bushes are cultivation, not traffic.
        "coca" => Ok(Group {
            id: id.into(),
            name: Both::new("coca and cocaine", "coca y cocaína"),
            substances: within("coca-cocaine").into_iter().filter(|s| !matches!(*s, "coca-seed" | "coca-bush")).collect(),
            producers: &["BO", "CO", "PE"],
        }),
        "opiates" => Ok(Group {
            id: id.into(),
            name: Both::new("opium, morphine and heroin", "opio, morfina y heroína"),
            substances: OPIATES.to_vec(),
            producers: &["AF", "LA", "MM"],
        }),
        other => match substances().get(other).map(|s| s.id).or_else(|| substances().resolve(other).map(|m| m.substance.id)) {
            Some(root) => {
                let coca = substances().is_within(root, "coca-cocaine");
                let name = substances().get(root).map_or_else(|| Both::same(root), |s| s.both());
                let producers: &[&str] = if coca { &["BO", "CO", "PE"] } else { &[] };
                Ok(Group { id: root.into(), name, substances: within(root), producers })
            }
            None => Err(Problem::new(
                "unknown-group",
                format!("--group {other}"),
                both!("no group and no substance is called {other}", "ningún grupo y ninguna sustancia se llama {other}"),
                Both::new("known: coca, opiates, or a substance's id", "se conocen: coca, opiates, o el id de una sustancia"),
            )),
        },
    }
}

/// Kilograms in the form in which a group is added up: leaf as cocaine, opium as heroin. Poppy has
/// no such form, and none is made up.
pub fn in_one_form(kg: Decimal, substance: &str) -> Option<Decimal> {
    match substance {
        "coca-leaf" => Some(Decimal(kg.0 / LEAF_PER_COCAINE)),
        "opium" | "acetylated-opium" => Some(Decimal(kg.0 / OPIUM_PER_HEROIN)),
        "poppy-straw" | "opium-poppy" | "poppy-seed" | "opium-poppy-extract" => None,
        _ => Some(kg),
    }
}

/// Bulk kilograms of what no list can weigh, by the convention of the published method.
pub fn by_convention(amount: Decimal, unit: &str, substance: &str) -> Option<Decimal> {
    (unit == "unit" && substance == "coca-leaf").then(|| amount.times(KG_OF_A_LEAF)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_those_of_the_reference() {
        let coca = group("coca").unwrap().substances;
        assert!(coca.contains(&"coca-leaf") && coca.contains(&"crack") && !coca.contains(&"coca-bush"));
        assert!(OPIATES.iter().all(|id| substances().is_within(id, "opiates")));
        assert_eq!(group("cocaine").unwrap().id, "cocaine");
        assert_eq!(group("moonshine").unwrap_err().id, "unknown-group");
    }

    #[test]
    fn leaf_counts_as_the_cocaine_in_it() {
        assert_eq!(in_one_form(Decimal::whole(440), "coca-leaf"), Some(Decimal::whole(2)));
        assert_eq!(in_one_form(Decimal::whole(5), "crack"), Some(Decimal::whole(5)));
        assert_eq!(in_one_form(Decimal::whole(5), "poppy-straw"), None);
        assert_eq!(by_convention(Decimal::whole(100), "unit", "coca-leaf").unwrap().to_string(), "0.01");
        assert_eq!(by_convention(Decimal::whole(100), "unit", "heroin"), None);
    }
}
