//! The parts of an SDMX-JSON 2.1 structure message that ours has, in the order they are written.

use atalaya_kernel::Both;
use serde::Serialize;

/// A structure message.
#[derive(Debug, Serialize)]
pub(crate) struct Message {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) meta: Meta,
    pub(super) data: Data,
}

/// What the message says of itself.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Meta {
    pub(super) schema: &'static str,
    pub(super) id: String,
    pub(super) test: bool,
    pub(super) prepared: String,
    pub(super) content_languages: [&'static str; 2],
    pub(super) sender: Sender,
    #[serde(rename = "x-made-by")]
    pub(super) made_by: &'static str,
}

/// Who sends it.
#[derive(Debug, Serialize)]
pub(super) struct Sender {
    pub(super) id: &'static str,
}

/// The artefacts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    pub(super) data_structures: Vec<Artefact<DataStructure>>,
    pub(super) concept_schemes: Vec<Artefact<Concepts>>,
    pub(super) codelists: Vec<Artefact<Codes>>,
    pub(super) dataflows: Vec<Artefact<Dataflow>>,
}

/// What every artefact has, and what only its kind has.
#[derive(Debug, Serialize)]
pub(super) struct Artefact<T> {
    pub(super) id: String,
    pub(super) version: &'static str,
    #[serde(rename = "agencyID")]
    pub(super) agency: &'static str,
    #[serde(flatten)]
    pub(super) named: Named,
    #[serde(flatten)]
    pub(super) content: T,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) annotations: Vec<Annotation>,
}

/// A name in both languages.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    name: String,
    names: Both,
}

impl From<&Both> for Named {
    fn from(both: &Both) -> Named {
        Named { name: both.en.clone(), names: both.clone() }
    }
}

/// Something SDMX has no place for.
#[derive(Debug, Serialize)]
pub(super) struct Annotation {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) texts: Option<Both>,
}

/// A data structure.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataStructure {
    pub(super) data_structure_components: Components,
}

/// Its components.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Components {
    pub(super) dimension_list: Dimensions,
    pub(super) measure_list: Measures,
    pub(super) attribute_list: Attributes,
}

/// Its dimensions.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dimensions {
    pub(super) id: &'static str,
    pub(super) dimensions: Vec<Part>,
    pub(super) time_dimension: Part,
}

/// Its measures.
#[derive(Debug, Serialize)]
pub(super) struct Measures {
    pub(super) id: &'static str,
    pub(super) measures: Vec<Part>,
}

/// Its attributes.
#[derive(Debug, Serialize)]
pub(super) struct Attributes {
    pub(super) id: &'static str,
    pub(super) attributes: Vec<Part>,
}

/// A dimension, a measure or an attribute.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part {
    pub(super) id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<usize>,
    pub(super) concept_identity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) usage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attribute_relationship: Option<Relationship>,
    pub(super) local_representation: Representation,
}

/// What an attribute is attached to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Relationship {
    /// Each observation.
    Observation(Empty),
    /// All of them.
    Dataflow(Empty),
}

/// `{}`.
#[derive(Debug, Serialize)]
pub(super) struct Empty {}

/// How a component is written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Representation {
    /// By a code list.
    Enumeration(String),
    /// By a type.
    Format(TextFormat),
}

/// A type.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextFormat {
    pub(super) data_type: &'static str,
}

/// A code list: only the codes in use.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Codes {
    pub(super) is_partial: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) codes: Vec<Item>,
}

/// A concept scheme.
#[derive(Debug, Serialize)]
pub(super) struct Concepts {
    pub(super) concepts: Vec<Item>,
}

/// A code or a concept.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) named: Named,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) annotations: Vec<Annotation>,
}

/// A dataflow.
#[derive(Debug, Serialize)]
pub(super) struct Dataflow {
    pub(super) structure: String,
}
