//! What the fixed components and codes mean, in both languages.

use atalaya_kernel::{Both, Label, Missing, Tlp};

/// Concepts every structure may have.
pub(super) fn concept(id: &str) -> Option<Both> {
    let (en, es) = match id {
        "FREQ" => ("Frequency", "Frecuencia"),
        "REF_AREA" => ("Reference area", "Área de referencia"),
        "SUBSTANCE" => ("Substance", "Sustancia"),
        "MEASURE" => ("What is measured", "Qué se mide"),
        "TIME_PERIOD" => ("Time period", "Período"),
        "OBS_VALUE" => ("Value", "Valor"),
        "OBS_LOW" => ("Lower bound of the value", "Límite inferior del valor"),
        "OBS_HIGH" => ("Upper bound of the value", "Límite superior del valor"),
        "UNIT_MEASURE" => ("Unit of measure", "Unidad de medida"),
        "OBS_STATUS" => ("Status of the observation", "Estado de la observación"),
        "CONF_STATUS" => ("Confidentiality, from the TLP label", "Confidencialidad, según la etiqueta TLP"),
        "SOURCE_ID" => ("Sources, by their ids", "Fuentes, por su identificador"),
        "FIGURE_ID" => ("Figure, by its id", "Cifra, por su identificador"),
        "SNAPSHOT" => ("Snapshot of the store", "Instantánea del almacén"),
        _ => return None,
    };
    Some(Both::new(en, es))
}

/// Codes of `FREQ`, `OBS_STATUS`, `CONF_STATUS`; units without a name; what is absent.
pub(super) fn code(component: &str, id: &str) -> Option<Both> {
    let (en, es) = match (component, id) {
        ("FREQ", "A") => ("Annual", "Anual"),
        ("FREQ", "Q") => ("Quarterly", "Trimestral"),
        ("FREQ", "M") => ("Monthly", "Mensual"),
        ("FREQ", "D") => ("Daily", "Diaria"),
        ("CONF_STATUS", "F") => ("Free for publication (TLP:CLEAR)", "Libre para publicar (TLP:CLEAR)"),
        ("CONF_STATUS", "N") => ("Not for publication (TLP:GREEN, or no label)", "No apto para publicar (TLP:GREEN, o sin etiqueta)"),
        ("CONF_STATUS", "C") => ("Confidential (TLP:AMBER and stricter)", "Confidencial (TLP:AMBER y más estrictas)"),
        ("UNIT_MEASURE", "1") => ("Number", "Número"),
        ("OBS_STATUS", _) => return status(id),
        (_, super::id::ABSENT) => ("Not stated", "Sin especificar"),
        _ => return None,
    };
    Some(Both::new(en, es))
}

/// Statuses a present value may carry: SDMX `CL_OBS_STATUS` 2.2. The others are of absent values.
const STATUS: [(&str, &str, &str); 13] = [
    ("A", "Normal value", "Valor normal"),
    ("B", "Break in the series", "Ruptura de la serie"),
    ("D", "Definition differs", "Definición distinta"),
    ("E", "Estimated", "Estimado"),
    ("F", "Forecast", "Pronóstico"),
    ("G", "Experimental", "Experimental"),
    ("I", "Imputed", "Imputado"),
    ("J", "Derogation", "Excepción"),
    ("K", "Included elsewhere", "Incluido en otra categoría"),
    ("N", "Not significant", "No significativo"),
    ("P", "Provisional", "Provisional"),
    ("U", "Low reliability", "Baja fiabilidad"),
    ("V", "Not validated", "Sin validar"),
];

/// Whether a present value may carry a status.
pub(super) fn is_status(id: &str) -> bool {
    STATUS.iter().any(|(known, ..)| *known == id)
}

fn status(id: &str) -> Option<Both> {
    // The kernel decides which letter stands for which absence.
    let absent = [
        (Missing::NotKnown, "Absent: not known", "Ausente: no se conoce"),
        (Missing::Suppressed, "Absent: known and withheld", "Ausente: se conoce y se reserva"),
        (Missing::NotApplicable, "Absent: does not apply", "Ausente: no aplica"),
    ];
    let absent = absent.iter().find(|(kind, ..)| kind.obs_status() == id).map(|(_, en, es)| Both::new(*en, *es));
    absent.or_else(|| STATUS.iter().find(|(known, ..)| *known == id).map(|(_, en, es)| Both::new(*en, *es)))
}

/// `CONF_STATUS` of a label. Without a label nothing may leave, so it is not for publication.
pub(super) fn confidentiality(label: Option<&Label>) -> &'static str {
    match label.map(|l| l.tlp) {
        Some(Tlp::Clear) => "F",
        Some(Tlp::Green) | None => "N",
        Some(Tlp::Amber | Tlp::AmberStrict | Tlp::Red) => "C",
    }
}
