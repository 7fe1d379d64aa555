//! A finding as tables: effects, checks, specifications, what is drawn.

use atalaya_kernel::{Both, Lang};
use atalaya_report::chart::number;
use atalaya_report::{About, Field, FieldKind, Table};

use super::draw::{area_name, choice_word, effect_unit, file_note};
use super::finding::{Finding, NamedEffect};
use crate::verbs::source_note;

/// Every table of a finding that has rows, in one language: tables are files for people.
pub fn tables(finding: &Finding, lang: Lang) -> Vec<Table> {
    let all = [
        effects(finding, lang),
        checks(finding, lang),
        specifications(finding, lang),
        paths(finding),
        events(finding),
        donors(finding, lang),
        placebos(finding, lang),
        places(finding, lang),
    ];
    all.into_iter().filter(|t| !t.rows.is_empty()).collect()
}

fn table(finding: &Finding, id: &str, title: [&str; 2], columns: Vec<Field>, rows: Vec<Vec<Option<String>>>) -> Table {
    let (en, es) = (&finding.design.title.en, &finding.design.title.es);
    let notes = if finding.sources.is_empty() { vec![file_note(finding)] } else { Vec::new() };
    let about = About {
        figure: String::new(),
        snapshot: finding.data.clone(),
        label: finding.label.clone(),
        sources: finding.sources.iter().map(source_note).collect(),
        notes,
        codes: Default::default(),
    };
    let [table_en, table_es] = title;
    Table { id: id.into(), title: Both::new(format!("{en}: {table_en}"), format!("{es}: {table_es}")), columns, rows, about }
}

fn field(id: &str, kind: FieldKind, en: &str, es: &str) -> Field {
    Field { id: id.into(), label: Both::new(en, es), kind, unit: String::new() }
}

fn text(id: &str, en: &str, es: &str) -> Field {
    field(id, FieldKind::Text, en, es)
}

fn decimal(id: &str, en: &str, es: &str) -> Field {
    field(id, FieldKind::Decimal, en, es)
}

fn of(value: f64) -> Option<String> {
    value.is_finite().then(|| number::plain(value))
}

fn estimates() -> Vec<Field> {
    vec![
        decimal("estimate", "estimate", "estimación"),
        decimal("se", "standard error", "error estándar"),
        decimal("low", "low", "desde"),
        decimal("high", "high", "hasta"),
        decimal("p", "p", "p"),
    ]
}

fn numbers(effect: &NamedEffect) -> Vec<Option<String>> {
    let [low, high] = effect.interval.map_or([None, None], |i| i.map(of));
    vec![of(effect.estimate), effect.se.and_then(of), low, high, effect.p.and_then(of)]
}

/// The effect, where it spilled over, and groups.
fn effects(finding: &Finding, lang: Lang) -> Table {
    let said = |b: &Both| Some(b.in_lang(lang).to_string());
    let unit = effect_unit(finding);
    let mut columns = vec![text("kind", "kind", "tipo"), text("of", "of", "de"), text("unit", "unit", "unidad")];
    columns.extend(estimates());
    columns.extend([
        decimal("low-anytime", "low, however often one looks", "desde, por más veces que se mire"),
        decimal("high-anytime", "high, however often one looks", "hasta, por más veces que se mire"),
        field("places", FieldKind::Count, "places", "lugares"),
    ]);
    let e = &finding.effect;
    let own = NamedEffect { name: finding.design.outcome.name.clone(), estimate: e.estimate, se: e.se, interval: e.interval, p: e.p };
    let row = |kind: &str, effect: &NamedEffect, anytime: Option<[f64; 2]>, places: usize| {
        let [low, high] = anytime.map_or([None, None], |i| i.map(of));
        let mut row = vec![Some(kind.to_string()), said(&effect.name), said(&unit)];
        row.extend(numbers(effect));
        row.extend([low, high, (places > 0).then(|| places.to_string())]);
        row
    };
    let mut rows = vec![row("effect", &own, e.anytime, e.size.treated)];
    for spill in &finding.spillovers {
        let named = NamedEffect { name: spill.name.clone(), ..spill.effect.clone() };
        rows.push(row(&spill.kind, &named, None, spill.places));
    }
    rows.extend(finding.subgroups.iter().map(|group| row("subgroup", group, None, 0)));
    table(finding, "effects", ["effects", "efectos"], columns, rows)
}

fn checks(finding: &Finding, lang: Lang) -> Table {
    let columns = vec![text("check", "check", "verificación"), text("grave", "how grave", "gravedad"), text("found", "found", "hallado")];
    let row = |d: &super::finding::Diagnostic| {
        vec![
            Some(d.title.in_lang(lang).to_string()),
            Some(super::appendix::grave_word(d.grave).in_lang(lang).to_string()),
            Some(d.found.in_lang(lang).to_string()),
        ]
    };
    table(finding, "checks", ["checks", "verificaciones"], columns, finding.diagnostics.iter().map(row).collect())
}

fn specifications(finding: &Finding, lang: Lang) -> Table {
    let keys: std::collections::BTreeSet<&String> = finding.specifications.iter().flat_map(|s| s.choices.keys()).collect();
    let mut columns = vec![text("own", "the design's own", "la del diseño")];
    columns.extend(keys.iter().map(|key| Field {
        id: (*key).clone(),
        label: choice_word(key),
        kind: FieldKind::Text,
        unit: String::new(),
    }));
    columns.extend(estimates());
    columns.push(decimal("standardised", "in standard deviations", "en desviaciones estándar"));
    let yes = if lang == Lang::Es { "sí" } else { "yes" };
    let row = |spec: &super::finding::Specification| {
        let mut row = vec![Some(if spec.chosen { yes } else { "no" }.to_string())];
        row.extend(keys.iter().map(|key| spec.choices.get(*key).cloned()));
        row.extend(numbers(&spec.effect));
        row.push(spec.standardised.and_then(of));
        row
    };
    let title = ["other choices", "otras elecciones"];
    table(finding, "specifications", title, columns, finding.specifications.iter().map(row).collect())
}

fn paths(finding: &Finding) -> Table {
    let columns = vec![
        field("period", FieldKind::Text, "period", "periodo"),
        decimal("treated", "treated", "tratados"),
        decimal("comparison", "what would have been", "lo que habría sido"),
        decimal("low", "low", "desde"),
        decimal("high", "high", "hasta"),
    ];
    let row = |p: &super::finding::PathPoint| {
        let [low, high] = p.interval.map_or([None, None], |i| i.map(of));
        vec![Some(p.period.to_string()), p.treated.and_then(of), p.comparison.and_then(of), low, high]
    };
    table(finding, "paths", ["over time", "en el tiempo"], columns, finding.plots.paths.iter().map(row).collect())
}

fn events(finding: &Finding) -> Table {
    let columns = vec![
        field("age", FieldKind::Decimal, "periods since the start", "periodos desde el inicio"),
        decimal("estimate", "estimate", "estimación"),
        decimal("low", "low", "desde"),
        decimal("high", "high", "hasta"),
    ];
    let row = |e: &super::finding::EventPoint| {
        let [low, high] = e.interval.map_or([None, None], |i| i.map(of));
        vec![Some(e.age.to_string()), of(e.estimate), low, high]
    };
    let title = ["before and after the start", "antes y después del inicio"];
    table(finding, "events", title, columns, finding.plots.events.iter().map(row).collect())
}

fn donors(finding: &Finding, lang: Lang) -> Table {
    let columns = vec![text("unit", "unit", "unidad"), text("name", "name", "nombre"), decimal("weight", "weight", "peso")];
    let row = |d: &super::finding::Donor| vec![Some(d.unit.clone()), Some(area_name(&d.unit).in_lang(lang).to_string()), of(d.weight)];
    table(finding, "donors", ["who is compared with", "con quién se compara"], columns, finding.plots.donors.iter().map(row).collect())
}

fn placebos(finding: &Finding, lang: Lang) -> Table {
    let columns = vec![
        text("unit", "unit", "unidad"),
        text("treated", "treated", "tratado"),
        field("period", FieldKind::Text, "period", "periodo"),
        decimal("gap", "difference from what was predicted", "diferencia respecto de lo previsto"),
        decimal("ratio", "error after over before", "error después sobre antes"),
    ];
    let yes = if lang == Lang::Es { "sí" } else { "yes" };
    let rows = finding.plots.placebos.iter().flat_map(|p| {
        p.gaps.iter().map(move |(period, gap)| {
            let treated = if p.treated { yes } else { "no" };
            vec![Some(p.unit.clone()), Some(treated.into()), Some(period.to_string()), of(*gap), p.ratio.and_then(of)]
        })
    });
    let title = ["places without the programme", "lugares sin el programa"];
    table(finding, "placebos", title, columns, rows.collect())
}

fn places(finding: &Finding, lang: Lang) -> Table {
    let columns = vec![
        text("area", "area", "área"),
        text("name", "name", "nombre"),
        decimal("exposure", "exposure", "exposición"),
        decimal("effect", "change against what would have been", "cambio frente a lo que habría sido"),
    ];
    let row = |p: &super::finding::PlaceEffect| {
        vec![Some(p.area.clone()), Some(area_name(&p.area).in_lang(lang).to_string()), p.exposure.and_then(of), p.effect.and_then(of)]
    };
    table(finding, "places", ["places", "lugares"], columns, finding.plots.places.iter().map(row).collect())
}
