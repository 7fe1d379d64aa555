//! The structure message beside a file of observations: SDMX-JSON 2.1.

use atalaya_kernel::{Both, Lang};

use super::id::{ABSENT, code_of_id, component};
use super::message::*;
use super::observe::{Component, Observed, Role};
use crate::check::period;
use crate::said;
use crate::table::{MADE_BY, Table};

/// Who maintains what an export defines.
const AGENCY: &str = "ATALAYA";
/// Its version: each export carries its own structure.
const VERSION: &str = "1.0.0";
const SCHEMA: &str = "https://json.sdmx.org/2.1/sdmx-json-structure-schema.json";

/// `ATALAYA:DF_SEIZURES(1.0.0)`, as the rows name it.
pub(crate) fn dataflow(table: &Table) -> String {
    format!("{AGENCY}:DF_{}({VERSION})", component(&table.id))
}

/// The structure of a table's observations.
pub(crate) fn message(table: &Table, observed: &Observed) -> Message {
    let name = component(&table.id);
    let concepts =
        observed.components.iter().map(|c| Item { id: c.id.clone(), named: (&c.label).into(), annotations: Vec::new() }).collect();
    let coded = observed.components.iter().filter(|c| matches!(c.role, Role::Dimension | Role::Coded));
    let data = Data {
        data_structures: vec![artefact(format!("DSD_{name}"), &table.title, structure(&name, observed), Vec::new())],
        concept_schemes: vec![artefact(format!("CS_{name}"), &table.title, Concepts { concepts }, Vec::new())],
        codelists: coded.map(codelist).collect(),
        dataflows: vec![artefact(
            format!("DF_{name}"),
            &table.title,
            Dataflow { structure: urn("datastructure.DataStructure", &format!("DSD_{name}")) },
            annotations(table),
        )],
    };
    let meta = Meta {
        schema: SCHEMA,
        id: format!("DF_{name}"),
        test: table.simulated(),
        prepared: prepared(table),
        content_languages: ["en", "es"],
        sender: Sender { id: AGENCY },
        made_by: MADE_BY,
    };
    Message { schema: SCHEMA, meta, data }
}

fn artefact<T>(id: String, name: &Both, content: T, annotations: Vec<Annotation>) -> Artefact<T> {
    Artefact { id, version: VERSION, agency: AGENCY, named: name.into(), content, annotations }
}

fn urn(class: &str, id: &str) -> String {
    format!("urn:sdmx:org.sdmx.infomodel.{class}={AGENCY}:{id}({VERSION})")
}

/// The message must say when it was prepared, and no clock is read: the last day on which one of
/// its sources was prepared or cut off, or 1970-01-01 where none says so. With an hour, because
/// pysdmx reads no day alone.
fn prepared(table: &Table) -> String {
    let days = table.about.sources.iter().flat_map(|s| [s.prepared.as_deref(), s.cut_off.as_deref()]).flatten();
    let last = days.filter_map(period).map(|p| p.end().to_string()).max();
    format!("{}T00:00:00Z", last.as_deref().unwrap_or("1970-01-01"))
}

fn structure(name: &str, observed: &Observed) -> DataStructure {
    let with = |roles: &[Role]| observed.components.iter().filter(|c| roles.contains(&c.role)).collect::<Vec<_>>();
    let dimensions = with(&[Role::Dimension]);
    let part = |c: &Component| part(name, c);
    let positioned = |(at, c): (usize, &&Component)| Part { position: Some(at), ..part(c) };
    DataStructure {
        data_structure_components: Components {
            dimension_list: Dimensions {
                id: "DimensionDescriptor",
                dimensions: dimensions.iter().enumerate().map(positioned).collect(),
                time_dimension: Part {
                    id: "TIME_PERIOD".into(),
                    position: None,
                    concept_identity: concept(name, "TIME_PERIOD"),
                    usage: None,
                    attribute_relationship: None,
                    local_representation: Representation::Format(TextFormat { data_type: "ObservationalTimePeriod" }),
                },
            },
            measure_list: Measures { id: "MeasureDescriptor", measures: with(&[Role::Value]).into_iter().map(part).collect() },
            attribute_list: Attributes {
                id: "AttributeDescriptor",
                attributes: with(&[Role::Coded, Role::Number, Role::Text, Role::Common]).into_iter().map(part).collect(),
            },
        },
    }
}

fn concept(name: &str, id: &str) -> String {
    format!("{}.{id}", urn("conceptscheme.Concept", &format!("CS_{name}")))
}

fn part(name: &str, component: &Component) -> Part {
    let coded = || Representation::Enumeration(urn("codelist.Codelist", &format!("CL_{}", component.id)));
    let format = |data_type| Representation::Format(TextFormat { data_type });
    let (usage, relationship, representation) = match component.role {
        Role::Dimension => (None, None, coded()),
        Role::Time => (None, None, format("ObservationalTimePeriod")),
        Role::Value => (Some("optional"), None, format("Decimal")),
        Role::Coded => (Some("mandatory"), Some(Relationship::Observation(Empty {})), coded()),
        Role::Number => (Some("optional"), Some(Relationship::Observation(Empty {})), format("Decimal")),
        Role::Text => (Some("optional"), Some(Relationship::Observation(Empty {})), format("String")),
        Role::Common => (Some("optional"), Some(Relationship::Dataflow(Empty {})), format("String")),
    };
    Part {
        id: component.id.clone(),
        position: None,
        concept_identity: concept(name, &component.id),
        usage,
        attribute_relationship: relationship,
        local_representation: representation,
    }
}

fn codelist(component: &Component) -> Artefact<Codes> {
    let codes = component.codes.iter().map(|(id, label)| {
        let code = code_of_id(id);
        let differs = code != *id && id != ABSENT;
        let original = Annotation { id: "CODE".into(), kind: "ATALAYA_CODE", title: code, texts: None };
        Item { id: id.clone(), named: label.into(), annotations: if differs { vec![original] } else { Vec::new() } }
    });
    let codes = Codes { is_partial: true, codes: codes.collect() };
    artefact(format!("CL_{}", component.id), &component.label, codes, Vec::new())
}

/// The facts that SDMX has no place for: label, sources with their dates and licences, notes.
fn annotations(table: &Table) -> Vec<Annotation> {
    let about = &table.about;
    let mut all = Vec::new();
    if let Some(label) = &about.label {
        all.push(Annotation { id: "LABEL".into(), kind: "TLP", title: label.tlp.as_str().into(), texts: None });
    }
    for (at, source) in about.sources.iter().enumerate() {
        let texts = Both::new(said::source(source, Lang::En), said::source(source, Lang::Es));
        all.push(Annotation { id: format!("SOURCE_{}", at + 1), kind: "SOURCE", title: source.id.clone(), texts: Some(texts) });
    }
    for (at, note) in about.notes.iter().enumerate() {
        all.push(Annotation { id: format!("NOTE_{}", at + 1), kind: "NOTE", title: note.en.clone(), texts: Some(note.clone()) });
    }
    all.push(Annotation { id: "DEFUSED".into(), kind: "DIALECT", title: crate::DEFUSED.to_string(), texts: Some(said::defused()) });
    all
}
