//! Designs and findings as a person reads them.

use atalaya_kernel::{Both, Lang, both};

use super::super::{Say, aligned};
use super::{DesignList, DraftedDesign, RegisteredDesign, ShownDesign};
use crate::evaluate::finding::{Diagnostic, Finding, Grave, NamedEffect};
use crate::evaluate::{DesignLine, Stage, number, verdict_word};

fn stage(stage: Stage) -> Both {
    match stage {
        Stage::Draft => Both::new("draft", "borrador"),
        Stage::Registered => Both::new("registered", "registrado"),
        Stage::Changed => Both::new("changed since", "cambió después"),
        Stage::Unreadable => Both::new("unreadable", "ilegible"),
    }
}

fn grave(grave: Grave) -> Both {
    match grave {
        Grave::Fine => Both::new("fine", "bien"),
        Grave::Unchecked => Both::new("not checked", "sin verificar"),
        Grave::Care => Both::new("with care", "con cuidado"),
        Grave::Forbids => Both::new("FORBIDS A VERDICT", "IMPIDE UN VEREDICTO"),
    }
}

impl Say for DraftedDesign {
    fn say(&self, lang: Lang) -> String {
        let (path, id) = (&self.path, &self.id);
        let held = self.held.say(lang);
        both!(
            "{path} drafted. Complete it, then: atalaya evaluate register {id} --why '...'\n{held}",
            "{path} redactado. Complételo y luego: atalaya evaluate register {id} --why '...'\n{held}"
        )
        .in_lang(lang)
        .to_string()
    }
}

impl Say for RegisteredDesign {
    fn say(&self, lang: Lang) -> String {
        let (id, n, hash) = (&self.id, self.entry.registered.decision, self.entry.hash.get(..16).unwrap_or(""));
        let mut out = both!("{id} registered as decision {n}, text {hash}\n", "{id} registrado como decisión {n}, texto {hash}\n")
            .in_lang(lang)
            .to_string();
        if let Some(last) = self.entry.registered.last_period.filter(|last| *last >= self.start) {
            out += both!(
                "! the outcome was held up to {last} already: every finding will say so\n",
                "! el resultado ya se tenía hasta {last}: todo hallazgo lo dirá\n"
            )
            .in_lang(lang);
        }
        out + both!("Next: atalaya evaluate run {id}\n", "Ahora: atalaya evaluate run {id}\n").in_lang(lang)
    }
}

fn row(line: &DesignLine, lang: Lang) -> Vec<String> {
    let when = line.registered.as_ref().map_or("-", |r| r.when.get(..10).unwrap_or("-"));
    vec![
        line.id.clone(),
        stage(line.stage).in_lang(lang).to_string(),
        when.to_string(),
        line.departures.len().to_string(),
        line.title.in_lang(lang).to_string(),
    ]
}

impl Say for DesignList {
    fn say(&self, lang: Lang) -> String {
        if self.designs.is_empty() {
            return Both::new(
                "no designs yet: atalaya evaluate design --id ID --start PERIOD ...\n",
                "aún no hay diseños: atalaya evaluate design --id CÓDIGO --start PERIODO ...\n",
            )
            .in_lang(lang)
            .to_string();
        }
        let head = match lang {
            Lang::En => ["design", "stage", "registered", "departures", "title"],
            Lang::Es => ["diseño", "etapa", "registrado", "cambios", "título"],
        };
        let rows: Vec<Vec<String>> = self.designs.iter().map(|l| row(l, lang)).collect();
        aligned(&head, &rows)
    }
}

impl Say for ShownDesign {
    fn say(&self, lang: Lang) -> String {
        let mut out = format!("{}\n\n{}\n", row(&self.line, lang).join("  "), self.text.trim_end());
        for entry in &self.registrations {
            let (n, when, who, why) = (entry.registered.decision, &entry.registered.when, &entry.registered.who, &entry.why);
            let hash = entry.hash.get(..16).unwrap_or("");
            out += both!("\ndecision {n}, {when}, {who}: {why} (text {hash})\n", "\ndecisión {n}, {when}, {who}: {why} (texto {hash})\n")
                .in_lang(lang);
        }
        for departure in &self.line.departures {
            out += &format!("! {}\n", departure.in_lang(lang));
        }
        if let Some(held) = &self.held {
            out += &format!("\n{}", held.say(lang));
        }
        out
    }
}

fn effect_row(name: String, effect: &NamedEffect, lang: Lang) -> Vec<String> {
    let say = |v: Option<f64>| v.map_or_else(|| "-".to_string(), |v| number(v, lang));
    let [low, high] = effect.interval.map_or([None; 2], |i| i.map(Some));
    vec![name, number(effect.estimate, lang), say(effect.se), say(low), say(high), say(effect.p)]
}

fn head(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::En => ["", "estimate", "std. error", "low", "high", "p"],
        Lang::Es => ["", "estimación", "error est.", "desde", "hasta", "p"],
    }
}

fn titled(en: &str, es: &str, lang: Lang) -> String {
    format!("\n{}\n", if lang == Lang::Es { es } else { en })
}

impl Finding {
    fn say_effect(&self, lang: Lang) -> String {
        let effect = &self.effect;
        let named = NamedEffect {
            name: self.design.outcome.name.clone(),
            estimate: effect.estimate,
            se: effect.se,
            interval: effect.interval,
            p: effect.p,
        };
        let mut rows = vec![effect_row(format!("  {}", named.name.in_lang(lang)), &named, lang)];
        if let Some(anytime) = effect.anytime {
            let often = Both::new("  however often one looks", "  por más veces que se mire");
            let line = NamedEffect { interval: Some(anytime), p: None, ..named.clone() };
            rows.push(effect_row(often.in_lang(lang).into(), &line, lang));
        }
        rows.extend(self.subgroups.iter().map(|g| effect_row(format!("  {}", g.name.in_lang(lang)), g, lang)));
        rows.extend(self.spillovers.iter().map(|s| effect_row(format!("  {}", s.name.in_lang(lang)), &s.effect, lang)));
        let (size, smallest) = (&effect.size, number(effect.smallest, lang));
        let (units, treated, periods, before) = (size.units, size.treated, size.periods, size.before);
        let mut out = titled("Effect", "Efecto", lang) + &aligned(&head(lang), &rows);
        let exposed = self.design.programme.exposure.is_some();
        out += match exposed {
            true => both!(
                "  {units} places, {periods} periods, {before} of them before the start; the smallest effect that matters is {smallest}\n",
                "  {units} lugares, {periods} periodos, {before} de ellos antes del inicio; el menor efecto que importa es {smallest}\n"
            ),
            false => both!(
                "  {units} places, {treated} with the programme, {periods} periods, {before} of them before the start; the smallest effect that matters is {smallest}\n",
                "  {units} lugares, {treated} con el programa, {periods} periodos, {before} de ellos antes del inicio; el menor efecto que importa es {smallest}\n"
            ),
        }
        .in_lang(lang);
        out
    }

    fn say_checks(&self, lang: Lang) -> String {
        let mut out = titled("Checks", "Verificaciones", lang);
        let mut checks: Vec<&Diagnostic> = self.diagnostics.iter().collect();
        checks.sort_by_key(|d| std::cmp::Reverse(d.grave));
        for check in checks {
            let (grave, title) = (grave(check.grave), check.title.in_lang(lang));
            out += &format!("  [{}] {title}\n      {}\n", grave.in_lang(lang), check.found.in_lang(lang));
            if check.grave >= Grave::Care {
                out += &format!("      {}\n", check.explain.in_lang(lang));
            }
        }
        out
    }

    fn say_specifications(&self, lang: Lang) -> String {
        let n = self.specifications.len();
        let up = self.specifications.iter().filter(|s| s.effect.estimate > 0.0).count();
        let clear = self.specifications.iter().filter(|s| s.effect.interval.is_some_and(|[l, h]| l > 0.0 || h < 0.0)).count();
        titled("Other ways of answering", "Otras maneras de responder", lang)
            + both!(
                "  of {n} ways, {up} give more and {clear} are told apart from zero (all of them with --json)\n",
                "  de {n} maneras, {up} dan más y {clear} se distinguen de cero (todas con --json)\n"
            )
            .in_lang(lang)
    }
}

impl Say for Finding {
    fn say(&self, lang: Lang) -> String {
        let title = self.design.title.in_lang(lang);
        let mut out = format!("{title}\n{}\n", self.design.question.in_lang(lang));
        out += &format!("\n{}\n", verdict_word(self.verdict).in_lang(lang).to_uppercase());
        out += &format!("{} {}\n", self.sentences[0].in_lang(lang), self.sentences[1].in_lang(lang));
        out += &self.say_effect(lang);
        out += &titled("Why", "Por qué", lang);
        self.because.iter().for_each(|b| out += &format!("  - {}\n", b.in_lang(lang)));
        for departure in &self.departures {
            out += &format!("  ! {}\n", departure.in_lang(lang));
        }
        out += &self.say_checks(lang);
        out += &self.say_specifications(lang);
        out += &titled("What vouches for it", "Qué lo respalda", lang);
        for [label, value] in &self.certificate {
            out += &format!("  {}: {}\n", label.in_lang(lang), value.in_lang(lang));
        }
        let (hash, data) = (self.hash.get(..16).unwrap_or(""), self.data.get(..16).unwrap_or(""));
        if let Some(registered) = &self.registered {
            let (n, when, who) = (registered.decision, &registered.when, &registered.who);
            out += both!("  registered: decision {n}, {when}, {who}\n", "  registrado: decisión {n}, {when}, {who}\n").in_lang(lang);
        }
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out += both!("  design {hash}, data {data}\n{label}\n", "  diseño {hash}, datos {data}\n{label}\n").in_lang(lang);
        out
    }
}
