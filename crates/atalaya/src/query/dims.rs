//! What each dimension of an answer means for a day, an area, a code.

use atalaya_kernel::area::areas;
use atalaya_kernel::substance::substances;
use atalaya_kernel::unit::units;
use atalaya_kernel::{Both, Date};
use atalaya_store::Dim;

use crate::answer::{Column, ColumnKind};

/// The time a day falls in.
pub(super) fn time_of(dim: Dim, day: i32) -> String {
    let (year, month, _) = Date(day).ymd();
    match dim {
        Dim::Quarter => format!("{year}-Q{}", month.div_ceil(3)),
        Dim::Month => format!("{year}-{month:02}"),
        // 31 U.S.C. 1102: from 1 October of the year before.
        Dim::FiscalYear => format!("FY{}", if month >= 10 { year + 1 } else { year }),
        _ => year.to_string(),
    }
}

/// The column of a dimension.
pub(super) fn column(dim: Dim) -> Column {
    let (en, es) = match dim {
        Dim::Year => ("Year", "Año"),
        Dim::Quarter => ("Quarter", "Trimestre"),
        Dim::Month => ("Month", "Mes"),
        Dim::FiscalYear => ("US fiscal year", "Año fiscal de EE. UU."),
        Dim::Area => ("Area", "Área"),
        Dim::Substance => ("Substance", "Sustancia"),
        Dim::Source => ("Source", "Fuente"),
        Dim::Unit => ("Unit", "Unidad"),
        Dim::Transport => ("Transport", "Transporte"),
        Dim::Departure => ("Departure", "Salida"),
        Dim::Destination => ("Destination", "Destino"),
        Dim::Producing => ("Production", "Producción"),
        Dim::Admin => ("Division", "División"),
        Dim::Place => ("Place", "Lugar"),
        Dim::Agency => ("Agency", "Agencia"),
        Dim::Definition => ("Definition", "Definición"),
        Dim::Breakdown => ("Breakdown", "Desglose"),
    };
    Column::new(dim.name(), ColumnKind::Text, "", en, es)
}

/// What a code of a dimension is called.
pub(super) fn label(dim: Dim, code: &str) -> Option<Both> {
    match dim {
        Dim::Area | Dim::Departure | Dim::Destination | Dim::Producing => areas().get(code).map(|a| a.both()),
        Dim::Substance => substances().get(code).map(|s| Both::new(s.label_en, s.label_es)),
        Dim::Unit => units().get(code).map(|u| Both::new(u.label_en, u.label_es)),
        _ => None,
    }
}

/// The column of a cube or observation a dimension reads, times aside.
pub(super) fn field(dim: Dim) -> &'static str {
    match dim {
        Dim::Year | Dim::Quarter | Dim::Month | Dim::FiscalYear => "day",
        other => other.name(),
    }
}
