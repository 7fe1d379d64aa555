//! The modules and their columns: one explicit table.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A code that the sheet hides.
    Hidden,
    /// A drug by its name.
    Drug,
    /// A number, or how it is absent.
    Value,
    /// An end of an interval.
    Bound,
    /// A unit by its name.
    Unit,
    /// Final or provisional.
    Status,
    /// A text.
    Text,
}

/// A column.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its id in the hidden row.
    pub id: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Its heading in English.
    pub en: &'static str,
    /// Its heading in Spanish.
    pub es: &'static str,
    /// Its width in characters.
    pub width: u8,
}

/// A module of the questionnaire.
#[derive(Debug, PartialEq, Eq)]
pub struct Module {
    /// Its id, and the sheet's name.
    pub id: &'static str,
    /// Its title in English.
    pub en: &'static str,
    /// Its title in Spanish.
    pub es: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

const fn c(id: &'static str, holds: Holds, en: &'static str, es: &'static str, width: u8) -> Column {
    Column { id, holds, en, es, width }
}

const AREA: Column = c("arq:area", Holds::Hidden, "Area", "Área", 10);
const PERIOD: Column = c("arq:period", Holds::Text, "Period", "Período", 9);
const UNIT: Column = c("arq:unit", Holds::Unit, "Unit", "Unidad", 13);
const LOW: Column = c("arq:low", Holds::Bound, "Low", "Mínimo", 10);
const HIGH: Column = c("arq:high", Holds::Bound, "High", "Máximo", 10);
const STATUS: Column = c("arq:status", Holds::Status, "Status", "Estado", 12);
const DEFINITION: Column = c("arq:definition", Holds::Text, "Definition, as its source has it", "Definición, como la da la fuente", 30);
const IN_SPANISH: Column = c("arq:in-spanish", Holds::Text, "Definition in Spanish", "Definición en español", 30);
const SOURCE: Column = c("arq:source", Holds::Text, "Source", "Fuente", 18);
const CHOSEN: Column = c("arq:chosen", Holds::Text, "Chosen (x)", "Elegida (x)", 9);
const REMARK: Column = c("arq:remark", Holds::Text, "Remark", "Observación", 22);

/// The modules that can be written.
pub const MODULES: &[Module] = &[
    Module {
        id: "A06",
        en: "Seizures",
        es: "Incautaciones",
        columns: &[
            AREA,
            PERIOD,
            c("arq:drug", Holds::Drug, "Drug", "Droga", 26),
            c("arq:quantity", Holds::Value, "Quantity seized", "Cantidad incautada", 14),
            LOW,
            HIGH,
            UNIT,
            c("arq:cases", Holds::Value, "Number of cases", "Número de casos", 11),
            STATUS,
            DEFINITION,
            IN_SPANISH,
            c("arq:breakdown", Holds::Text, "Breakdown", "Desglose", 18),
            SOURCE,
            CHOSEN,
            REMARK,
        ],
    },
    Module {
        id: "A08",
        en: "Cultivation and eradication",
        es: "Cultivo y erradicación",
        columns: &[
            AREA,
            PERIOD,
            c("arq:drug", Holds::Drug, "Crop or product", "Cultivo o producto", 24),
            c("arq:coca", Holds::Value, "Coca under cultivation", "Coca cultivada", 13),
            c("arq:poppy", Holds::Value, "Opium poppy under cultivation", "Adormidera cultivada", 13),
            c("arq:eradicated", Holds::Value, "Eradicated", "Erradicado", 13),
            c("arq:production", Holds::Value, "Potential production", "Producción potencial", 13),
            LOW,
            HIGH,
            UNIT,
            STATUS,
            DEFINITION,
            IN_SPANISH,
            c("arq:breakdown", Holds::Text, "Breakdown", "Desglose", 18),
            SOURCE,
            CHOSEN,
            REMARK,
        ],
    },
    Module {
        id: "A09",
        en: "Price and purity",
        es: "Precio y pureza",
        columns: &[
            AREA,
            PERIOD,
            c("arq:drug", Holds::Drug, "Drug", "Droga", 26),
            c("arq:breakdown", Holds::Text, "Level of the market", "Nivel del mercado (retail: al por menor, wholesale: al por mayor)", 20),
            c("arq:price", Holds::Value, "Price, typical", "Precio típico", 12),
            c("arq:low", Holds::Bound, "Price, low", "Precio mínimo", 11),
            c("arq:high", Holds::Bound, "Price, high", "Precio máximo", 11),
            UNIT,
            c("arq:purity", Holds::Value, "Purity, typical (%)", "Pureza típica (%)", 11),
            c("arq:purity-low", Holds::Bound, "Purity, low (%)", "Pureza mínima (%)", 11),
            c("arq:purity-high", Holds::Bound, "Purity, high (%)", "Pureza máxima (%)", 11),
            STATUS,
            DEFINITION,
            IN_SPANISH,
            SOURCE,
            CHOSEN,
            REMARK,
        ],
    },
];

impl Module {
    /// The module of an id, whatever its case.
    pub fn parse(id: &str) -> Option<&'static Module> {
        MODULES.iter().find(|m| m.id.eq_ignore_ascii_case(id.trim()))
    }
}
