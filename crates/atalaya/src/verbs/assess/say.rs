//! Assessments as a person reads them.

use atalaya_kernel::{Lang, both};

use super::{AlertList, RunLog, Standings};
use crate::assess::{ChangedLine, CompactPage, Done, Measured, Promised, standing_word};
use crate::evaluate::{number, verdict_word};
use crate::verbs::Say;
use crate::verbs::say::{decimal, table};

fn pick(lang: Lang, en: &str, es: &str) -> String {
    if lang == Lang::Es { es.into() } else { en.into() }
}

impl Say for Standings {
    fn say(&self, lang: Lang) -> String {
        let mut out = String::new();
        if let Some(now) = &self.now {
            let (ran, same) = (now.ran.len(), now.unchanged);
            out +=
                both!("{ran} run, {same} unchanged since their last run\n", "{ran} ejecutados, {same} sin cambios desde la última vez\n")
                    .in_lang(lang);
            for problem in &now.problems {
                out += &format!("* {}\n", problem.say(lang));
            }
            out.push('\n');
        }
        let heads: [&str; 6] = match lang {
            Lang::En => ["design", "verdict", "last period", "looks", "one look alone", "last run"],
            Lang::Es => ["diseño", "veredicto", "último periodo", "revisiones", "una sola revisión", "última vez"],
        };
        let word = |v| verdict_word(v).in_lang(lang).to_string();
        let rows: Vec<Vec<String>> = self
            .designs
            .iter()
            .map(|d| {
                let last = d.last.as_ref();
                vec![
                    d.id.clone(),
                    last.map_or_else(|| "-".into(), |l| word(l.verdict)),
                    last.and_then(|l| l.last_period).map_or_else(|| "-".into(), |p| p.to_string()),
                    d.looks.to_string(),
                    last.map_or_else(|| "-".into(), |l| word(l.naive)),
                    last.map_or_else(|| "-".into(), |l| l.when.get(..10).unwrap_or("").into()),
                ]
            })
            .collect();
        if !rows.is_empty() {
            out += &format!("{}\n", table(&heads, &rows));
        }
        for design in &self.designs {
            for turned in &design.flips {
                out += &format!("* {} {}: {}\n", turned.when.get(..10).unwrap_or(""), design.id, turned.flip.says.in_lang(lang));
            }
        }
        for compact in &self.compacts {
            let review = compact
                .review
                .as_ref()
                .map_or_else(String::new, |d| both!(", next review {d}", ", próxima revisión {d}").in_lang(lang).into());
            let (id, title, n) = (&compact.id, compact.title.in_lang(lang), compact.promises);
            out += &match lang {
                Lang::En => format!("* {id}: {title}, {n} promises{review}\n"),
                Lang::Es => format!("* {id}: {title}, {n} promesas{review}\n"),
            };
        }
        if self.designs.is_empty() && self.compacts.is_empty() {
            out += &pick(
                lang,
                "no design is registered and there is no compact: see docs/assessing.md\n",
                "no hay diseños registrados ni acuerdos: vea docs/assessing.md\n",
            );
        }
        out
    }
}

impl Say for RunLog {
    fn say(&self, lang: Lang) -> String {
        let mut out = String::new();
        for run in &self.designs {
            let at = |i: Option<[f64; 2]>| {
                i.map_or_else(|| "-".into(), |[low, high]| format!("[{}, {}]", number(low, lang), number(high, lang)))
            };
            let effect = run.effect.as_ref().map_or_else(
                || "-".into(),
                |e| match lang {
                    Lang::En => format!("{} {}, however often {}", number(e.estimate, lang), at(e.interval), at(e.anytime)),
                    Lang::Es => format!("{} {}, por más que se mire {}", number(e.estimate, lang), at(e.interval), at(e.anytime)),
                },
            );
            let (n, look, when) = (run.run, run.look, run.when.get(..10).unwrap_or(""));
            let period = run.last_period.map_or_else(|| "-".into(), |p| p.to_string());
            let verdict = verdict_word(run.verdict);
            out += &match lang {
                Lang::En => format!("{n}  {when}  look {look}  to {period}  {effect}  {}\n", verdict.en),
                Lang::Es => format!("{n}  {when}  revisión {look}  hasta {period}  {effect}  {}\n", verdict.es),
            };
            for line in run.flip.iter().map(|f| f.says.in_lang(lang).to_string()).chain(run.problem.iter().map(|p| p.say(lang))) {
                out += &format!("   {line}\n");
            }
        }
        for run in &self.compacts {
            out += &format!("{}  {}\n", run.run, run.when.get(..10).unwrap_or(""));
            for stood in &run.promises {
                let value = stood.value.map_or_else(|| "-".into(), |v| decimal(&v.to_string(), lang));
                out += &format!("   {}  {} {value}  {}\n", stood.promise, stood.period, standing_word(stood.standing).in_lang(lang));
                out += &stood.turn.iter().map(|t| format!("      {}\n", t.says.in_lang(lang))).collect::<String>();
            }
        }
        if out.is_empty() { pick(lang, "never run\n", "nunca se ejecutó\n") } else { out }
    }
}

impl Say for AlertList {
    fn say(&self, lang: Lang) -> String {
        let mut out =
            self.since.as_ref().map_or_else(String::new, |day| both!("since {day}\n\n", "desde el {day}\n\n").in_lang(lang).into());
        for alert in &self.alerts {
            out += &format!("{}  {}: {}\n", alert.day, alert.title.in_lang(lang), alert.says.in_lang(lang));
        }
        if self.alerts.is_empty() {
            out += &pick(lang, "nothing turned and nothing fell due\n", "nada cambió y nada venció\n");
        }
        out
    }
}

impl Say for CompactPage {
    fn say(&self, lang: Lang) -> String {
        let mut out = format!("{}\n", self.title.in_lang(lang));
        out += &self.note.iter().map(|n| format!("{}\n", n.in_lang(lang))).collect::<String>();
        let (parties, agreed) = (self.parties.join(", "), &self.agreed);
        out += both!("{parties}; agreed {agreed}", "{parties}; acordado el {agreed}").in_lang(lang);
        if let Some(next) = self.reviews.iter().find(|r| !r.past) {
            let day = &next.day;
            out += both!("; next review {day}", "; próxima revisión {day}").in_lang(lang);
        }
        out += "\n";
        section(&mut out, lang, ["Promised", "Lo prometido"], self.promised.iter().map(|p| promised(p, lang)));
        section(&mut out, lang, ["Done", "Lo hecho"], self.done.iter().map(|d| done(d, lang)));
        section(&mut out, lang, ["Changed", "Lo que cambió"], self.changed.iter().map(|c| changed(c, lang)));
        let cannot = self.cannot_tell.iter().map(|c| format!("{}: {}", c.what.in_lang(lang), c.why.in_lang(lang)));
        section(&mut out, lang, ["Cannot tell", "Lo que no se puede saber"], cannot);
        out += &format!("\n{}  snapshot {}\n", self.label.tlp.as_str(), self.snapshot.get(..16).unwrap_or(""));
        out
    }
}

fn section(out: &mut String, lang: Lang, heads: [&str; 2], lines: impl Iterator<Item = String>) {
    *out += &format!("\n{}\n", if lang == Lang::Es { heads[1] } else { heads[0] });
    let before = out.len();
    for line in lines {
        *out += &format!("  * {line}\n");
    }
    if out.len() == before {
        *out += &format!("  {}\n", pick(lang, "nothing", "nada"));
    }
}

fn promised(p: &Promised, lang: Lang) -> String {
    let (by, what, due) = (&p.by, p.what.in_lang(lang), &p.due);
    match lang {
        Lang::En => format!("{by}: {what}, by {due}"),
        Lang::Es => format!("{by}: {what}, hasta el {due}"),
    }
}

fn done(d: &Done, lang: Lang) -> String {
    let planned = decimal(&d.planned.to_string(), lang);
    let count = d.done.map_or_else(|| pick(lang, "not reported", "sin informar"), |n| decimal(&n.to_string(), lang));
    let (what, unit, source) = (d.what.in_lang(lang), d.unit.in_lang(lang), d.source.in_lang(lang));
    let unknown = d.unknown.as_ref().map_or_else(String::new, |u| format!("; {}", u.in_lang(lang)));
    match lang {
        Lang::En => format!("{what}: {count} of {planned} {unit} ({source}){unknown}"),
        Lang::Es => format!("{what}: {count} de {planned} {unit} ({source}){unknown}"),
    }
}

fn changed(c: &ChangedLine, lang: Lang) -> String {
    match c {
        ChangedLine::Indicator { what, measured, says, .. } => {
            format!("{}: {}; {}", what.in_lang(lang), moved(measured, lang), says.in_lang(lang))
        }
        ChangedLine::Design { design, .. } => {
            let verdict = design.last.as_ref().map_or_else(String::new, |l| verdict_word(l.verdict).in_lang(lang).to_string());
            format!("{}: {verdict}", design.question.in_lang(lang))
        }
    }
}

/// From where to where, and the target.
fn moved(m: &Measured, lang: Lang) -> String {
    let at = |p: &Option<crate::assess::Point>| {
        p.as_ref().map_or_else(|| "-".into(), |p| format!("{} ({})", decimal(&p.value.to_string(), lang), p.period))
    };
    let (from, to, target, unit) = (at(&m.baseline), at(&m.newest), decimal(&m.target.to_string(), lang), m.unit.in_lang(lang));
    match lang {
        Lang::En => format!("{from} → {to} {unit}, target {target}"),
        Lang::Es => format!("{from} → {to} {unit}, meta {target}"),
    }
}
