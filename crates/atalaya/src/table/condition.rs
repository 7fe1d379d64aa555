//! One condition on a column: `area=PE`, `year>=2018`, `place~callao`, `substance:cocaine`.

use atalaya_kernel::area::{areas, fold};
use atalaya_kernel::substance::substances;
use atalaya_kernel::{Both, Decimal, Problem, both};

use super::frame::{Cells, Column, Frame, Kind};

/// How a value is compared. The longer signs come first: they are looked for in this order.
const SIGNS: [(&str, Sign); 8] = [
    ("!=", Sign::Not),
    (">=", Sign::From),
    ("<=", Sign::To),
    ("=", Sign::Is),
    (">", Sign::Above),
    ("<", Sign::Below),
    ("~", Sign::Has),
    (":", Sign::Within),
];

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Exactly this; several of one column are alternatives.
    Is,
    /// Not this.
    Not,
    /// This or more.
    From,
    /// This or less.
    To,
    /// More.
    Above,
    /// Less.
    Below,
    /// This text somewhere in it, whatever case and accents.
    Has,
    /// This or what it includes; several of one column are alternatives.
    Within,
}

/// A condition as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The column's name.
    pub column: String,
    /// How it is compared.
    pub sign: Sign,
    /// With what.
    pub value: String,
}

impl Condition {
    /// Reads `area=PE`.
    ///
    /// # Errors
    /// `condition` if it has no sign, `unknown-column`, `condition-number`.
    pub fn parse(text: &str, frame: &Frame) -> Result<Condition, Problem> {
        let at = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
        let (column, rest) = text.split_at(at);
        let Some((sign, value)) = SIGNS.iter().find_map(|(mark, sign)| Some((*sign, rest.strip_prefix(mark)?))) else {
            return Err(Problem::new(
                "condition",
                text,
                Both::new("is no condition", "no es una condición"),
                Both::new(
                    "write COLUMN=VALUE, or one of != >= <= > < ~ (has the text) : (this or what it includes); in quotes on the command line",
                    "escriba COLUMNA=VALOR, o uno de != >= <= > < ~ (contiene el texto) : (esto o lo que incluye); entre comillas en la línea de comandos",
                ),
            ));
        };
        let found = frame.column(column).filter(|c| c.kind != Kind::Figure).ok_or_else(|| unknown_column(column, frame))?;
        let ordered = matches!(sign, Sign::From | Sign::To | Sign::Above | Sign::Below);
        if ordered && found.kind.is_number() && Decimal::parse(value).is_err() {
            return Err(Problem::new(
                "condition-number",
                text,
                both!(
                    "{value:?} is not a number, and `{column}` holds numbers",
                    "{value:?} no es un número, y `{column}` contiene números"
                ),
                Both::new("write it with a decimal point: 1234.5", "escríbalo con punto decimal: 1234.5"),
            ));
        }
        Ok(Condition { column: column.into(), sign, value: meant(found, value) })
    }

    /// Whether conditions of this sign on one column are alternatives.
    pub fn is_choice(&self) -> bool {
        matches!(self.sign, Sign::Is | Sign::Within)
    }

    /// Whether a value meets it.
    pub fn holds(&self, column: &Column, text: &str, name: Option<&Both>) -> bool {
        match self.sign {
            Sign::Is => is(column.kind, text, &self.value),
            Sign::Not => !is(column.kind, text, &self.value),
            Sign::Within => is(column.kind, text, &self.value) || within(column.id, text, &self.value),
            Sign::Has => {
                let wanted = fold(&self.value);
                let names = name.map(|n| [n.en.as_str(), n.es.as_str()]).unwrap_or_default();
                [text].into_iter().chain(names).any(|t| fold(t).contains(&wanted))
            }
            _ if text.is_empty() => false,
            sign if column.kind.is_number() => match (Decimal::parse(text), Decimal::parse(&self.value)) {
                (Ok(a), Ok(b)) => ordered(sign, a.0.cmp(&b.0)),
                _ => false,
            },
            // A period lies in a longer one: 2018-03 is not after 2018.
            sign if text.starts_with(&self.value) => matches!(sign, Sign::From | Sign::To),
            sign => ordered(sign, text.cmp(&self.value)),
        }
    }

    /// For each distinct value of a column whether it is met.
    pub fn table(&self, column: &Column) -> Vec<bool> {
        column.values.iter().enumerate().map(|(at, v)| self.holds(column, v, column.names.get(at).and_then(Option::as_ref))).collect()
    }

    /// Whether a number of a column without distinct values meets it.
    pub fn holds_number(&self, of: Option<Decimal>) -> bool {
        let Some(number) = of else { return self.sign == Sign::Is && self.value.is_empty() || self.sign == Sign::Not };
        let wanted = Decimal::parse(&self.value);
        match (self.sign, wanted) {
            (Sign::Has, _) => number.to_string().contains(&self.value),
            (Sign::Is | Sign::Within, Ok(wanted)) => number.0 == wanted.0,
            (Sign::Is | Sign::Within, Err(_)) => false,
            (Sign::Not, wanted) => wanted.is_ok_and(|w| number.0 != w.0) || self.value.is_empty(),
            (sign, Ok(wanted)) => ordered(sign, number.0.cmp(&wanted.0)),
            _ => false,
        }
    }
}

/// There is no such column.
pub(super) fn unknown_column(name: &str, frame: &Frame) -> Problem {
    let known = frame.columns.iter().map(|c| c.id).collect::<Vec<_>>().join(", ");
    Problem::new(
        "unknown-column",
        name,
        Both::new("the table has no column of this name", "la tabla no tiene una columna con este nombre"),
        both!("columns: {known}", "columnas: {known}"),
    )
}

fn ordered(sign: Sign, order: std::cmp::Ordering) -> bool {
    match sign {
        Sign::From => order.is_ge(),
        Sign::To => order.is_le(),
        Sign::Above => order.is_gt(),
        _ => order.is_lt(),
    }
}

fn is(kind: Kind, text: &str, wanted: &str) -> bool {
    if kind == Kind::Words && !wanted.is_empty() {
        return text.split(' ').any(|word| word == wanted);
    }
    if kind.is_number()
        && let (Ok(a), Ok(b)) = (Decimal::parse(text), Decimal::parse(wanted))
    {
        return a.0 == b.0;
    }
    text == wanted
}

fn within(column: &str, text: &str, ancestor: &str) -> bool {
    match column {
        "substance" => substances().is_within(text, ancestor),
        "area" | "producing" | "departure" | "destination" => areas().is_within(text, ancestor),
        _ => false,
    }
}

/// The value meant: a code as it is, else the code of that name.
fn meant(column: &Column, value: &str) -> String {
    if column.kind != Kind::Code || value.is_empty() || matches!(column.cells, Cells::Each(_)) || column.values.iter().any(|v| v == value) {
        return value.into();
    }
    let by_name = column.names.iter().position(|n| n.as_ref().is_some_and(|n| fold(&n.en) == fold(value) || fold(&n.es) == fold(value)));
    if let Some(at) = by_name {
        return column.values[at].clone();
    }
    let listed = match column.id {
        "substance" => substances().get(value).map(|s| s.id).or_else(|| substances().resolve(value).map(|m| m.substance.id)),
        "area" | "producing" | "departure" | "destination" => {
            areas().get(value).map(|a| a.code).or_else(|| areas().resolve(value, None, None).ok().map(|r| r.area.code))
        }
        _ => None,
    };
    listed.unwrap_or(value).into()
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = SIGNS.iter().find(|(_, sign)| *sign == self.sign).map_or("=", |(mark, _)| mark);
        write!(f, "{}{mark}{}", self.column, self.value)
    }
}
