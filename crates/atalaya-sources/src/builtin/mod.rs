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
    Builtin { id: "co-homicides", recipe: include_str!("co-homicides/recipe.toml") },
    Builtin { id: "co-police-seizures", recipe: include_str!("co-police-seizures/recipe.toml") },
    Builtin { id: "devida-coca", recipe: include_str!("devida-coca/recipe.toml") },
    Builtin { id: "euda-wastewater", recipe: include_str!("euda-wastewater/recipe.toml") },
    Builtin { id: "simci-coca", recipe: include_str!("simci-coca/recipe.toml") },
    Builtin { id: "unodc-coca", recipe: include_str!("unodc-coca/recipe.toml") },
    Builtin { id: "unodc-ids", recipe: include_str!("unodc-ids/recipe.toml") },
    Builtin { id: "unodc-prevalence", recipe: include_str!("unodc-prevalence/recipe.toml") },
    Builtin { id: "unodc-seizures", recipe: include_str!("unodc-seizures/recipe.toml") },
    Builtin { id: "unodc-seizures-1970-2019", recipe: include_str!("unodc-seizures-1970-2019/recipe.toml") },
    Builtin { id: "us-cbp", recipe: include_str!("us-cbp/recipe.toml") },
    Builtin { id: "us-stride-prices", recipe: include_str!("us-stride-prices/recipe.toml") },
];

/// A built-in source by its id.
pub fn builtin(id: &str) -> Option<&'static Builtin> {
    SOURCES.iter().find(|s| s.id == id)
}
