//! The sources that come with the program: one folder each, one line each.

/// A built-in source.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// Its id: the folder's name.
    pub id: &'static str,
    /// Its recipe.
    pub recipe: &'static str,
}

/// Every built-in source. `cargo xtask check` compares this table with the folders.
pub const SOURCES: &[Builtin] = &[
    Builtin { id: "arq-workbook", recipe: include_str!("arq-workbook/recipe.toml") },
    Builtin { id: "co-homicides", recipe: include_str!("co-homicides/recipe.toml") },
    Builtin { id: "co-police-seizures", recipe: include_str!("co-police-seizures/recipe.toml") },
    Builtin { id: "devida-coca", recipe: include_str!("devida-coca/recipe.toml") },
    Builtin { id: "euda-wastewater", recipe: include_str!("euda-wastewater/recipe.toml") },
    Builtin { id: "pe-published-figures", recipe: include_str!("pe-published-figures/recipe.toml") },
    Builtin { id: "simci-coca", recipe: include_str!("simci-coca/recipe.toml") },
    Builtin { id: "unodc-coca", recipe: include_str!("unodc-coca/recipe.toml") },
    Builtin { id: "unodc-ids", recipe: include_str!("unodc-ids/recipe.toml") },
    Builtin { id: "unodc-prevalence", recipe: include_str!("unodc-prevalence/recipe.toml") },
    Builtin { id: "unodc-seizures", recipe: include_str!("unodc-seizures/recipe.toml") },
    Builtin { id: "unodc-seizures-1970-2019", recipe: include_str!("unodc-seizures-1970-2019/recipe.toml") },
    Builtin { id: "us-cbp", recipe: include_str!("us-cbp/recipe.toml") },
    Builtin { id: "us-stride-prices", recipe: include_str!("us-stride-prices/recipe.toml") },
];

/// The source whose recipe reads every workbook of national tables.
const ARQ: &str = "arq-workbook";

/// Whether a source is a workbook of national tables: any called `arq-...`.
pub fn is_arq(id: &str) -> bool {
    let name = id.strip_prefix("arq-").unwrap_or("");
    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The recipe of a workbook of national tables under the id of its own source: `arq-pe`.
pub fn arq_recipe(id: &str) -> Option<String> {
    let recipe = builtin(ARQ).filter(|_| is_arq(id))?.recipe;
    Some(recipe.replacen(&format!("id = \"{ARQ}\""), &format!("id = \"{id}\""), 1))
}

/// A built-in source by its id.
pub fn builtin(id: &str) -> Option<&'static Builtin> {
    SOURCES.iter().find(|s| s.id == id)
}

/// The file of a source whose few figures come with the program: its name and its text.
pub fn own_file(id: &str) -> Option<(&'static str, &'static str)> {
    (id == "pe-published-figures").then_some(("pe-published-figures.csv", include_str!("pe-published-figures/sample.csv")))
}
