//! `reconcile` as plain text.

use atalaya_kernel::{Lang, both};

use super::super::Say;
use super::super::say::{count, decimal, table};
use super::{Line, Reconciled, Shown, Tally};
use crate::reconcile::{Meeting, Severity};

/// Lines of a kind that a terminal shows without being asked for more.
const FEW: usize = 12;

impl Say for Reconciled {
    fn say(&self, lang: Lang) -> String {
        let mut out = format!("{}\n{}\n", self.title.in_lang(lang), self.never.in_lang(lang));
        for note in &self.notes {
            out += &format!("{}\n", note.in_lang(lang));
        }
        if !self.lines.is_empty() {
            out += &format!("\n{}", side_by_side(&self.lines, lang));
        }
        if self.lines_left > 0 {
            let n = self.lines_left;
            out += both!(
                "… {n} more lines: narrow with --substance, --from, --to\n",
                "… {n} líneas más: acote con --substance, --from, --to\n"
            )
            .in_lang(lang);
        }
        for estimate in &self.estimates {
            out += &format!("\n≈ {}: {}\n", estimate.period, estimate.line(&self.unit, lang));
            if let Some(doubt) = &estimate.doubt {
                out += &format!("  ! {}\n", doubt.in_lang(lang));
            }
        }
        out += &format!("\n{}", by_check(&self.checks, lang));
        if self.lines.is_empty() && !self.areas.is_empty() {
            out += &format!("\n{}", by_area(&self.areas, lang));
        }
        let mut explained = std::collections::BTreeSet::new();
        for finding in &self.findings {
            // Candidates are the same for every finding of a check about a measure: said once.
            let first = !self.lines.is_empty() && explained.insert((&finding.finding.check, &finding.finding.measure));
            out += &format!("\n{}", one(finding, first, lang));
        }
        let (shown, total) = (count(self.findings.len() as u64, lang), count(self.total as u64, lang));
        if self.findings.len() < self.total {
            out += both!(
                "\n… {shown} of {total} findings; --limit and --offset show more\n",
                "\n… {shown} de {total} hallazgos; --limit y --offset muestran más\n"
            )
            .in_lang(lang);
        }
        out += &agreements(&self.meetings, lang);
        let label = self.label.as_ref().map_or("", |l| l.tlp.as_str());
        out + &format!("\n{label}  snapshot {}\n", self.snapshot.get(..16).unwrap_or(""))
    }
}

fn side_by_side(lines: &[Line], lang: Lang) -> String {
    let held = lines.iter().any(|l| l.base);
    let mut heads: Vec<&str> = match lang {
        Lang::En => vec!["period", "source", "definition", "vintage", "value", "unit", "basis"],
        Lang::Es => vec!["periodo", "fuente", "definición", "edición", "valor", "unidad", "base"],
    };
    if held {
        heads.extend(if lang == Lang::Es { ["diferencia", "%"] } else { ["difference", "%"] });
    }
    let row = |l: &Line| {
        let mut value = if l.value.is_empty() { format!("({})", l.missing) } else { decimal(&l.value, lang) };
        if !l.low.is_empty() {
            value += &format!(" ({}–{})", decimal(&l.low, lang), decimal(&l.high, lang));
        }
        let superseded = match (l.superseded, lang) {
            (false, _) => "",
            (true, Lang::En) => " (since revised)",
            (true, Lang::Es) => " (luego revisada)",
        };
        let about: Vec<&str> = [l.substance_name.in_lang(lang), l.detail.in_lang(lang), l.definition.in_lang(lang)]
            .into_iter()
            .filter(|t| !t.is_empty() && *t != "Coca bush" && *t != "Arbusto de coca")
            .collect();
        let mut cells = vec![
            l.period.clone(),
            l.source.clone(),
            about.join("; "),
            format!("{}{superseded}", l.vintage),
            value,
            l.unit.in_lang(lang).into(),
            l.basis.in_lang(lang).into(),
        ];
        if held {
            let signed = |d: &Option<atalaya_kernel::Decimal>| {
                d.map(|d| format!("{}{}", if d.0 > 0 { "+" } else { "" }, decimal(&d.to_string(), lang))).unwrap_or_default()
            };
            let base = if lang == Lang::Es { "la base" } else { "base" };
            cells.extend(if l.base { [base.to_string(), String::new()] } else { [signed(&l.difference), signed(&l.percent)] });
        }
        cells
    };
    table(&heads, &lines.iter().map(row).collect::<Vec<_>>())
}

fn tallies(first: [&str; 2], tallies: &[Tally], lang: Lang) -> String {
    let heads: [&str; 6] = match lang {
        Lang::En => [first[0], "", "serious", "notable", "minor", "settled"],
        Lang::Es => [first[1], "", "graves", "notables", "menores", "resueltos"],
    };
    let row = |t: &Tally| {
        let n = |n: usize| count(n as u64, lang);
        vec![t.id.clone(), t.name.in_lang(lang).into(), n(t.serious), n(t.notable), n(t.minor), n(t.settled)]
    };
    table(&heads, &tallies.iter().map(row).collect::<Vec<_>>())
}

fn by_check(checks: &[Tally], lang: Lang) -> String {
    tallies(["check", "control"], checks, lang)
}

fn by_area(areas: &[Tally], lang: Lang) -> String {
    let mut out = tallies(["area", "área"], areas.get(..FEW.min(areas.len())).unwrap_or_default(), lang);
    if areas.len() > FEW {
        let n = areas.len() - FEW;
        out += both!("… and {n} more areas\n", "… y {n} áreas más\n").in_lang(lang);
    }
    out
}

fn one(shown: &Shown, explained: bool, lang: Lang) -> String {
    let f = &shown.finding;
    let severity = match (f.severity, lang) {
        (Severity::Serious, Lang::En) => "serious",
        (Severity::Notable, Lang::En) => "notable",
        (Severity::Minor, Lang::En) => "minor",
        (Severity::Serious, Lang::Es) => "grave",
        (Severity::Notable, Lang::Es) => "notable",
        (Severity::Minor, Lang::Es) => "menor",
    };
    let (name, about) = (shown.name.in_lang(lang), f.about.in_lang(lang));
    let mut out = format!("{}  {severity}  {name} · {about}\n  {}\n", f.id, f.says.in_lang(lang));
    if explained {
        for explanation in &shown.explanations {
            out += &format!("    ? {}\n", explanation.in_lang(lang));
        }
    }
    if let Some(r) = &shown.ruling {
        let (n, ruling, who, why) = (r.decision, r.name.in_lang(lang), &r.who, &r.why);
        out += both!("  → ruled {ruling} by {who} (decision {n}): “{why}”\n", "  → dictamen de {who} (decisión {n}): {ruling}. «{why}»\n")
            .in_lang(lang);
        if let Some(then) = &r.then {
            out += both!("    ruled on other numbers: {then}\n", "    el dictamen fue sobre otras cifras: {then}\n").in_lang(lang);
        }
    }
    out
}

fn agreements(meetings: &[Meeting], lang: Lang) -> String {
    let mut most: Vec<&Meeting> = meetings.iter().filter(|m| m.same + m.rounded > 0).collect();
    if most.is_empty() {
        return String::new();
    }
    most.sort_by_key(|m| std::cmp::Reverse(m.same + m.rounded));
    let mut out = both!("\nWhat agrees:\n", "\nLo que concuerda:\n").in_lang(lang).to_string();
    for m in most.iter().take(FEW) {
        let (what, one, other) = (m.what.in_lang(lang), m.one.in_lang(lang), m.other.in_lang(lang));
        let [shared, same, rounded] = [m.shared, m.same, m.rounded].map(|n| count(n, lang));
        out += both!(
            "  {what}: {one} and {other} share {shared}: {same} the same, {rounded} but for rounding\n",
            "  {what}: {one} y {other} comparten {shared}: {same} iguales, {rounded} salvo redondeo\n"
        )
        .in_lang(lang);
    }
    if most.len() > FEW {
        let n = most.len() - FEW;
        out += both!("  … and {n} more\n", "  … y {n} más\n").in_lang(lang);
    }
    out
}
