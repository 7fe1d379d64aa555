//! The draft of a design: a text with comments that tell what to write.

use std::fs;

use atalaya_kernel::{Both, Exit, Lang, Problem, both};
use serde::Serialize;

use super::EvaluateDesign;
use crate::Observatory;
use crate::evaluate::{Held, design_folder, held_before, parse_design};

/// A draft, and what is held before the start.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftedDesign {
    /// The design's id.
    pub id: String,
    /// Where it lies.
    pub path: String,
    /// Its text.
    pub text: String,
    /// What is held before the start.
    pub held: Held,
}

/// Writes the draft beside its data and looks at what is held before the start.
pub(super) fn draft(ask: &EvaluateDesign, observatory: &Observatory, lang: Lang) -> Result<DraftedDesign, Problem> {
    let folder = design_folder(observatory, &ask.id)?;
    let path = folder.join("design.toml");
    let place = path.display().to_string();
    if path.exists() {
        return Err(Problem::new(
            "design-exists",
            place,
            Both::new("there is a design of this id", "ya existe un diseño con este código"),
            Both::new("edit its text, or choose another id", "edite su texto, o elija otro código"),
        )
        .exits(Exit::Refused));
    }
    let name = |from: &std::path::PathBuf| from.file_name().map_or_else(|| "data.csv".to_string(), |n| n.to_string_lossy().into_owned());
    let file = ask.from_data.as_ref().map(name);
    let text = text(ask, file.as_deref(), lang)?;
    parse_design(&text, &place)?;
    let failed = |e: std::io::Error| Problem::io(&place, &e);
    fs::create_dir_all(&folder).map_err(failed)?;
    if let (Some(from), Some(name)) = (&ask.from_data, &file) {
        fs::copy(from, folder.join(name)).map_err(|e| Problem::io(from.display().to_string(), &e))?;
    }
    fs::write(&path, &text).map_err(failed)?;
    match held_before(observatory, &ask.id) {
        Ok(held) => Ok(DraftedDesign { id: ask.id.clone(), path: place, text, held }),
        Err(problem) => {
            // A draft that cannot be read is no draft: the folder is ours, made just now.
            fs::remove_dir_all(&folder).map_err(failed)?;
            Err(problem)
        }
    }
}

/// A line of comment in the reader's language.
fn note(lang: Lang, en: &str, es: &str) -> String {
    format!("# {}\n", if lang == Lang::Es { es } else { en })
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    toml::Value::from(texts.to_vec()).to_string()
}

fn line(key: &str, value: Option<&String>) -> String {
    value.map_or_else(String::new, |v| format!("{key} = {}\n", quoted(v)))
}

fn text(ask: &EvaluateDesign, file: Option<&str>, lang: Lang) -> Result<String, Problem> {
    let n = |en: &str, es: &str| note(lang, en, es);
    let empty = "{ en = \"\", es = \"\" }";
    let mut out = n(
        "A design: what is asked and how it will be answered, written before the outcome is looked at.",
        "Un diseño: qué se pregunta y cómo se responderá, escrito antes de mirar el resultado.",
    );
    out += &n("Complete every text in both languages, then register it.", "Complete cada texto en ambos idiomas y luego regístrelo.");
    out += &format!("\ntitle = {empty}\n");
    out += &n("One sentence that can be answered with yes or no.", "Una oración que se pueda responder con sí o no.");
    out += &format!("question = {empty}\n");
    out += &n("For whom, when, compared with what.", "Para quiénes, cuándo, comparado con qué.");
    out += &format!("estimand = {empty}\n");
    out += &n("Which finding would change your mind.", "Qué hallazgo le haría cambiar de opinión.");
    out += &format!("would-change = {empty}\n");
    out += &programme(ask, lang)?;
    out += &outcome(ask, lang);
    out += &data(ask, file, lang)?;
    out += &method(ask, lang);
    Ok(out)
}

fn programme(ask: &EvaluateDesign, lang: Lang) -> Result<String, Problem> {
    let mut out = format!("\n[programme]\nname = {{ en = \"\", es = \"\" }}\nstart = {}\n", ask.start);
    if !ask.places.is_empty() {
        out += &format!("places = {}\n", list(&ask.places));
    }
    out += &line("cohort", ask.cohort.as_ref());
    out += &line("treatment", ask.treatment.as_ref());
    if let Some(column) = &ask.exposure {
        let to = ask.start - 1;
        out += &note(
            lang,
            "How exposed each place is: the mean of a column over periods before the start.",
            "Qué tan expuesto está cada lugar: el promedio de una columna en periodos anteriores al inicio.",
        );
        out += &format!(
            "\n[programme.exposure]\ncolumn = {}\nfrom = {}\nto = {to}\ntransformation = \"levels\"\nstandardised = true\n",
            quoted(column),
            to - 2
        );
    }
    let ways = [!ask.places.is_empty(), ask.cohort.is_some(), ask.treatment.is_some(), ask.exposure.is_some()];
    if ways.iter().filter(|w| **w).count() == 1 {
        return Ok(out);
    }
    Err(needed(
        "--places, --cohort, --treatment, --exposure",
        "who is treated is said in one way",
        "quién recibe el programa se dice de una sola manera",
    ))
}

fn outcome(ask: &EvaluateDesign, lang: Lang) -> String {
    let n = |en: &str, es: &str| note(lang, en, es);
    let column = if ask.series.is_some() { "value" } else { ask.outcome.as_deref().unwrap_or("") };
    let mut out =
        format!("\n[outcome]\nname = {{ en = \"\", es = \"\" }}\nunit = {{ en = \"\", es = \"\" }}\ncolumn = {}\n", quoted(column));
    out += &n("Which way is good: lower or higher.", "Qué sentido es bueno: lower (menos) o higher (más).");
    out += "better = \"lower\"\n";
    out += &n(
        "The smallest effect that would matter, in the unit of the effect. Must be above 0.",
        "El menor efecto que importaría, en la unidad del efecto. Debe ser mayor que 0.",
    );
    out += "smallest = 0.0\n";
    out +=
        &n("levels, log, asinh or poisson. All are compared in any case.", "levels, log, asinh o poisson. En todo caso se comparan todas.");
    out += "transformation = \"levels\"\n";
    out += &n(
        "true where the number counts what the authorities do (seizures, arrests, eradication) and the question is another.",
        "true si el número cuenta lo que hacen las autoridades (incautaciones, detenciones, erradicación) y la pregunta es otra.",
    );
    out + "driven-by-enforcement = false\n"
}

fn data(ask: &EvaluateDesign, file: Option<&str>, lang: Lang) -> Result<String, Problem> {
    let mut out = String::from("\n[data]\n");
    let (unit, time) = match (file, &ask.series) {
        (Some(file), None) => {
            let need = |given: &Option<String>, option: &str| {
                given.clone().ok_or_else(|| needed(option, "the file needs this column", "el archivo necesita esta columna"))
            };
            need(&ask.outcome, "--outcome")?;
            out += &format!("file = {}\n", quoted(file));
            (need(&ask.unit, "--unit")?, need(&ask.time, "--time")?)
        }
        (None, Some(_)) => ("area".to_string(), "year".to_string()),
        _ => {
            return Err(needed(
                "--from-data, --series",
                "data come from a file or from a series",
                "los datos vienen de un archivo o de una serie",
            ));
        }
    };
    out += &format!("unit = {}\ntime = {}\n", quoted(&unit), quoted(&time));
    out += &note(
        lang,
        "What a row that is not there means: missing, or zero where the source leaves zeros out.",
        "Qué significa una fila que no está: missing (falta), o zero si la fuente omite los ceros.",
    );
    out += "absent = \"missing\"\n";
    if file.is_some() {
        out += &note(
            lang,
            "Who may see the finding beyond this observatory: TLP:CLEAR.",
            "Quién puede ver el hallazgo fuera de este observatorio: TLP:CLEAR.",
        );
        out += "# tlp = \"TLP:CLEAR\"\n";
    }
    if let Some(measure) = &ask.series {
        out += &format!("\n[data.series]\nsource = {}\nmeasure = {}\n", list(&ask.source), quoted(measure));
        let optional =
            [("substance", &ask.substance), ("definition", &ask.definition), ("within", &ask.within), ("level", &ask.area_level)];
        for (key, value) in optional {
            out += &line(key, value.as_ref());
        }
    }
    Ok(out)
}

fn method(ask: &EvaluateDesign, lang: Lang) -> String {
    let id = if ask.exposure.is_some() {
        "twfe"
    } else if (1..3).contains(&ask.places.len()) {
        "synthdid"
    } else {
        "did"
    };
    let mut out = note(lang, "How: a method of `atalaya evaluate fit`.", "Cómo: un método de `atalaya evaluate fit`.");
    out = format!("\n{out}[method]\nid = {}\n", quoted(id));
    out += &note(
        lang,
        "Its options by their names on the command line, e.g. control = \"not-yet\", cluster = [\"province\"].",
        "Sus opciones con los nombres de la línea de comandos, p. ej. control = \"not-yet\", cluster = [\"provincia\"].",
    );
    out += "options = {}\n";
    out += &note(lang, "Places never used as comparison.", "Lugares que nunca se usan como comparación.");
    out += "exclude = []\n";
    out += &note(
        lang,
        "Places nearby that may be affected: rings in kilometres around the treated ones.",
        "Lugares cercanos que pueden verse afectados: anillos en kilómetros alrededor de los tratados.",
    );
    out + "\n[spillover]\nrings = []\n"
}

fn needed(option: &str, en: &str, es: &str) -> Problem {
    Problem::new("option-needed", option, Both::new(en, es), both!("give one: {option}", "dé una: {option}"))
}
