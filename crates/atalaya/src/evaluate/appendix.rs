//! The methods appendix: what was asked, how it was answered and what vouches for it, written from
//! the finding alone, in Markdown.

use atalaya_kernel::{Both, Lang, both};
use atalaya_methods::METHODS;
use atalaya_report::chart::number;

use super::design::{Absent, Better, Looks, Transformation};
use super::draw::{area_name, effect_unit, file_note};
use super::finding::{Finding, Grave, NamedEffect};
use super::verdict_word;

/// The card of each method of `evaluate fit`, by the name typed.
const CARDS: [(&str, &str); 25] = [
    ("augsynth", "augmented_control"),
    ("bacon", "bacon"),
    ("bsts", "structural_series"),
    ("conformal", "conformal"),
    ("did", "callaway_santanna"),
    ("etwfe", "extended_twfe"),
    ("event-study", "event_study"),
    ("gsynth", "interactive_effects"),
    ("honest", "honest"),
    ("ife", "interactive_effects"),
    ("imputation", "imputation"),
    ("its", "interrupted_series"),
    ("mc", "interactive_effects"),
    ("meta", "meta_analysis"),
    ("meta-multilevel", "meta_multilevel"),
    ("poisson", "poisson"),
    ("rd", "discontinuity"),
    ("robust-sc", "robust_control"),
    ("sc", "synthetic_control"),
    ("sc-predictors", "synthetic_control_predictors"),
    ("sunab", "sun_abraham"),
    ("synthdid", "synthetic_did"),
    ("twfe", "fixed_effects"),
    ("two-by-two", "two_by_two"),
    ("wild", "wild_bootstrap"),
];

/// How grave a check is, in words.
pub(crate) fn grave_word(grave: Grave) -> Both {
    match grave {
        Grave::Fine => Both::new("nothing found", "nada hallado"),
        Grave::Unchecked => Both::new("could not be checked", "no se pudo verificar"),
        Grave::Care => Both::new("read with care", "leer con cuidado"),
        Grave::Forbids => Both::new("forbids a verdict", "impide un veredicto"),
    }
}

/// The appendix of a finding.
pub fn appendix(finding: &Finding, lang: Lang) -> String {
    let mut page = Page { lang, out: String::new() };
    page.asked(finding);
    page.method(finding);
    page.sample(finding);
    page.result(finding);
    page.checks(finding);
    page.others(finding);
    page.registration(finding);
    page.vouches(finding);
    page.out
}

/// Text in the making.
struct Page {
    lang: Lang,
    out: String,
}

impl Page {
    fn say<'s>(&self, en: &'s str, es: &'s str) -> &'s str {
        if self.lang == Lang::Es { es } else { en }
    }

    fn n(&self, value: f64) -> String {
        number::estimate(value, self.lang)
    }

    fn head(&mut self, en: &str, es: &str) {
        let head = self.say(en, es).to_string();
        self.out += &format!("\n## {head}\n\n");
    }

    /// `- **name**: value`, with what Markdown would read as its own made plain.
    fn item(&mut self, en: &str, es: &str, value: &str) {
        let name = self.say(en, es).to_string();
        self.out += &format!("- **{name}**: {}\n", plain(value));
    }

    fn asked(&mut self, finding: &Finding) {
        let (design, lang) = (&finding.design, self.lang);
        let title = plain(design.title.in_lang(lang));
        let head = self.say("Methods appendix", "Apéndice metodológico").to_string();
        self.out = format!("# {head}: {title}\n\n{}\n\n", plain(design.question.in_lang(lang)));
        let verdict = verdict_word(finding.verdict);
        self.out += &format!("**{}**. ", capital(verdict.in_lang(lang)));
        for sentence in &finding.sentences {
            self.out += &format!("{} ", plain(sentence.in_lang(lang)));
        }
        self.out.push('\n');
        self.head("What was asked", "Qué se preguntó");
        self.item("Programme", "Programa", design.programme.name.in_lang(lang));
        self.item("First period", "Primer periodo", &design.programme.start.to_string());
        if !design.programme.places.is_empty() {
            let names: Vec<String> = design.programme.places.iter().map(|p| area_name(p).in_lang(lang).to_string()).collect();
            self.item("Places", "Lugares", &names.join(", "));
        }
        let outcome = &design.outcome;
        self.item("Outcome", "Resultado", &format!("{} ({})", outcome.name.in_lang(lang), outcome.unit.in_lang(lang)));
        let better = match outcome.better {
            Better::Lower => self.say("less", "menos"),
            Better::Higher => self.say("more", "más"),
        };
        let better = better.to_string();
        self.item("Better is", "Es mejor", &better);
        let smallest = format!("{} {}", self.n(outcome.smallest), effect_unit(finding).in_lang(lang));
        self.item("Smallest effect that matters", "Menor efecto que importa", &smallest);
        self.item("What is estimated", "Qué se estima", design.estimand.in_lang(lang));
        self.item("What would change the verdict", "Qué cambiaría el veredicto", design.would_change.in_lang(lang));
    }

    fn method(&mut self, finding: &Finding) {
        let (design, lang) = (&finding.design, self.lang);
        self.head("Method", "Método");
        let id = &design.method.id;
        self.item("Method", "Método", id);
        let card = CARDS.iter().find(|(m, _)| m == id).and_then(|(_, card)| METHODS.iter().find(|m| m.id == *card));
        if let Some(card) = card {
            let at = usize::from(lang == Lang::Es);
            self.item("Name", "Nombre", card.name[at]);
            self.item("Answers", "Responde", card.answers[at]);
            self.item("Published in", "Publicado en", card.source);
        }
        let scale = match design.outcome.transformation {
            Transformation::Levels => self.say("as it is", "tal como es"),
            Transformation::Log => self.say("natural logarithm", "logaritmo natural"),
            Transformation::Asinh => self.say("inverse hyperbolic sine", "seno hiperbólico inverso"),
            Transformation::Poisson => self.say("as it is, by Poisson quasi-likelihood", "tal como es, por cuasi verosimilitud de Poisson"),
        };
        let scale = scale.to_string();
        self.item("Scale of the outcome", "Escala del resultado", &scale);
        for (option, value) in &design.method.options {
            self.out += &format!("- `{}` = `{}`\n", code(option), code(&value.to_string()));
        }
        if !design.method.exclude.is_empty() {
            self.item("Never compared with", "Nunca se compara con", &design.method.exclude.join(", "));
        }
        let level = format!("{} %", self.n(design.method.level.unwrap_or(95.0)));
        self.item("Level of intervals", "Nivel de los intervalos", &level);
        self.item("Where chance begins (seed)", "Donde empieza el azar (semilla)", &design.method.seed.to_string());
        let looks = match &design.method.looks {
            Looks::Anytime => {
                self.say("as often as data arrive (confidence sequence)", "cada vez que llegan datos (secuencia de confianza)").to_string()
            }
            Looks::Spending { most } => both!(
                "at most {most} times (error spent by O'Brien and Fleming)",
                "a lo sumo {most} veces (error repartido según O'Brien y Fleming)"
            )
            .in_lang(lang)
            .to_string(),
            Looks::Once => self.say("once", "una vez").to_string(),
        };
        self.item("How often one may look", "Cuántas veces se puede mirar", &looks);
    }

    fn sample(&mut self, finding: &Finding) {
        let (data, size) = (&finding.design.data, &finding.effect.size);
        self.head("Data used", "Datos usados");
        self.item("Places", "Lugares", &size.units.to_string());
        self.item("Of them with the programme", "De ellos con el programa", &size.treated.to_string());
        self.item("Periods", "Periodos", &size.periods.to_string());
        self.item("Of them before the start", "De ellos antes del inicio", &size.before.to_string());
        self.item("Rows", "Filas", &size.rows.to_string());
        let absent = match data.absent {
            Absent::Missing => self.say("not known", "no se conoce"),
            Absent::Zero => self.say("zero: the source leaves zeros out", "cero: la fuente omite los ceros"),
        };
        let absent = absent.to_string();
        self.item("A row that is not there means", "Una fila que no está significa", &absent);
    }

    fn result(&mut self, finding: &Finding) {
        let (effect, lang) = (&finding.effect, self.lang);
        self.head("Result", "Resultado");
        let estimate = format!("{} {}", self.n(effect.estimate), effect_unit(finding).in_lang(lang));
        self.item("Effect", "Efecto", &estimate);
        if let Some(se) = effect.se {
            let se = self.n(se);
            self.item("Standard error", "Error estándar", &se);
        }
        if let Some(ends) = effect.interval {
            let ends = self.ends(ends);
            self.item("Interval, looking once", "Intervalo, mirando una sola vez", &ends);
        }
        if let Some(ends) = effect.anytime {
            let ends = self.ends(ends);
            self.item("Interval, however often one looks", "Intervalo, por más veces que se mire", &ends);
        }
        if let Some(p) = effect.p {
            let p = self.n(p);
            self.item("p of no effect", "p de ningún efecto", &p);
        }
        if let Some(share) = effect.relative {
            let share = format!("{} %", self.n(share * 100.0));
            self.item("As a share of what would have been", "Como proporción de lo que habría sido", &share);
        }
        let head = self.say("The rules that led to the verdict, in order:", "Las reglas que llevaron al veredicto, en orden:").to_string();
        self.out += &format!("\n{head}\n\n");
        for (at, rule) in finding.because.iter().enumerate() {
            self.out += &format!("{}. {}\n", at + 1, plain(rule.in_lang(lang)));
        }
    }

    fn ends(&self, [low, high]: [f64; 2]) -> String {
        let (low, high) = (self.n(low), self.n(high));
        both!("from {low} to {high}", "de {low} a {high}").in_lang(self.lang).to_string()
    }

    fn checks(&mut self, finding: &Finding) {
        let lang = self.lang;
        self.head("Checks", "Verificaciones");
        for check in &finding.diagnostics {
            let (title, grave) = (plain(check.title.in_lang(lang)), grave_word(check.grave));
            let (found, explain) = (plain(check.found.in_lang(lang).trim_end_matches('.')), plain(check.explain.in_lang(lang)));
            self.out += &format!("- **{title}** ({}): {found}. {explain}\n", grave.in_lang(lang));
        }
    }

    /// Spillovers, groups, and how the answer moves with other choices.
    fn others(&mut self, finding: &Finding) {
        let lang = self.lang;
        if !finding.spillovers.is_empty() {
            self.head("Effects on other places", "Efectos en otros lugares");
            for spill in &finding.spillovers {
                let name = format!("{} ({})", spill.name.in_lang(lang), spill.places);
                let said = self.estimate(&spill.effect);
                self.out += &format!("- **{}**: {said}\n", plain(&name));
            }
        }
        if !finding.subgroups.is_empty() {
            self.head("Groups", "Grupos");
            for group in &finding.subgroups {
                let said = self.estimate(group);
                self.out += &format!("- **{}**: {said}\n", plain(group.name.in_lang(lang)));
            }
        }
        let count = finding.specifications.len();
        if count > 1 {
            self.head("Other choices", "Otras elecciones");
            let of = |sign: fn(f64) -> bool| finding.specifications.iter().filter(|s| sign(s.effect.estimate)).count();
            let (above, below) = (of(|v| v > 0.0), of(|v| v < 0.0));
            let said = both!(
                "{count} ways of answering were computed: {above} say more than zero, {below} less. Each is in the table of specifications.",
                "Se calcularon {count} maneras de responder: {above} dan más que cero, {below} menos. Todas están en la tabla de especificaciones."
            );
            self.out += &format!("{}\n", said.in_lang(lang));
        }
    }

    fn estimate(&self, effect: &NamedEffect) -> String {
        let value = self.n(effect.estimate);
        effect.interval.map_or(value.clone(), |ends| format!("{value} ({})", self.ends(ends)))
    }

    fn registration(&mut self, finding: &Finding) {
        self.head("Registration", "Registro");
        self.out += &format!("- SHA-256: `{}`\n", code(&finding.hash));
        match &finding.registered {
            Some(r) => {
                self.item("Decision", "Decisión", &r.decision.to_string());
                self.item("When", "Cuándo", &r.when);
                self.item("By", "Por", &r.who);
                if let Some(last) = r.last_period {
                    let name = ("Last period held then", "Último periodo que había entonces");
                    self.item(name.0, name.1, &last.to_string());
                }
            }
            None => {
                let words = self.say("not registered: a trial", "sin registrar: una prueba").to_string();
                self.out += &format!("- {words}\n");
            }
        }
        let none = self.say("none", "ninguno").to_string();
        if finding.departures.is_empty() {
            self.item("Departures from it", "Cambios respecto de él", &none);
        }
        for departure in &finding.departures {
            let said = departure.in_lang(self.lang).to_string();
            self.item("Departure", "Cambio", &said);
        }
    }

    fn vouches(&mut self, finding: &Finding) {
        let lang = self.lang;
        self.head("What vouches for the numbers", "Qué respalda los números");
        for [name, value] in &finding.certificate {
            self.out += &format!("- **{}**: {}\n", plain(name.in_lang(lang)), plain(value.in_lang(lang)));
        }
        self.head("Sources and versions", "Fuentes y versiones");
        for source in &finding.sources {
            let made_up = if source.simulated { self.say(" (SIMULATED)", " (SIMULADO)") } else { "" };
            let line = format!(
                "{}, {}{made_up} [{}]; {}",
                source.producer,
                source.title.in_lang(lang),
                source.vintages.join(", "),
                source.licence
            );
            self.out += &format!("- {}\n", plain(&line));
        }
        if finding.sources.is_empty() {
            self.out += &format!("- {}\n", plain(file_note(finding).in_lang(lang)));
        }
        self.out += &format!("- {}: `{}`\n", self.say("State of the data", "Estado de los datos"), code(&finding.data));
        self.out += &format!("- Atalaya {}\n", finding.version);
        if let Some(label) = &finding.label {
            self.out += &format!("- {}\n", label.tlp.as_str());
        }
        self.out += &format!("- `atalaya evaluate run {}`\n", code(&finding.id));
    }
}

/// A sentence's first letter in capitals.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// Text in which Markdown sees nothing but text, on one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out += "&lt;",
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out.trim_end_matches('.').to_string() + if text.trim_end().ends_with('.') { "." } else { "" }
}

/// Text between backticks.
fn code(text: &str) -> String {
    text.replace('`', "'").replace(['\n', '\r'], " ")
}
