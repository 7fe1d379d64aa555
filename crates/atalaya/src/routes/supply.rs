//! Production and purity from the store.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_kernel::{Both, both};
use atalaya_methods::routes::joint::Production;

use super::series::{Held, NINETY, Value, cv_of, intakes, nearest, together};

/// Kilograms of pure cocaine that a hectare of coca bush gives, low and high. Low: the least of
/// 1999 to 2003 in UNODC's table of cultivation and potential manufacture, by country. High: what
/// UNODC's totals of 2015 give, 1,125 t from 156,500 ha.
const YIELDS: [(&str, f64, f64); 3] = [("BO", 2.46, 7.19), ("CO", 4.25, 7.19), ("PE", 3.25, 7.19)];
/// What published production varies by where no interval is published.
const PRODUCTION_CV: f64 = 0.15;
/// What an area varies by where no interval is published.
const AREA_CV: f64 = 0.1;
/// Years from which purity may be taken.
const PURITY_REACH: i32 = 10;
/// Concentration of purity between seizures where no interval is published: as ten seizures.
const PURITY_CONCENTRATION: f64 = 10.0;

/// What producers make.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub figures: BTreeMap<String, Vec<Production>>,
    pub notes: Vec<Both>,
    pub intakes: BTreeSet<i64>,
}

/// Production of the group's producers in the years with records: potential manufacture where it is
/// published, else area under coca times yield.
pub(super) fn production(held: &Held<'_>) -> Made {
    let mut made = Made::default();
    let within = |v: &&Value| held.group.producers.contains(&v.country.as_str()) && held.years.contains(&v.year);
    let potential = held.values("potential-production", true);
    let potential: Vec<&Value> = potential.iter().filter(within).collect();
    made.intakes.extend(intakes(potential.iter().copied()));
    let mut told = made.take(&potential, &|_| Some((1.0, 0.0)));
    if !potential.is_empty() {
        let list = told.iter().cloned().collect::<Vec<_>>().join(", ");
        made.notes.push(both!(
            "production of {list}: potential manufacture as published, at 100 % purity, 15 % either way where no interval is published; rival figures of a year widen it",
            "producción de {list}: fabricación potencial según se publicó, al 100 % de pureza, 15 % de variación donde no se publica un intervalo; las cifras rivales de un año la ensanchan"
        ));
    }
    if YIELDS.iter().all(|(country, ..)| held.group.producers.contains(country)) {
        let area = held.values("coca-area", false);
        let missing = |v: &&Value| within(v) && !made.figures.get(&v.country).is_some_and(|f| f.iter().any(|p| p.year == v.year));
        let area: Vec<&Value> = area.iter().filter(missing).collect();
        made.intakes.extend(intakes(area.iter().copied()));
        let grown = made.take(&area, &|country| {
            let (_, low, high) = YIELDS.into_iter().find(|y| y.0 == country)?;
            Some(((low * high).sqrt(), ((high / low).ln() / NINETY).powi(2)))
        });
        if !grown.is_empty() {
            let list = grown.iter().cloned().collect::<Vec<_>>().join(", ");
            made.notes.push(both!(
                "production of {list}: area under coca times 2.46 (Bolivia), 4.25 (Colombia), 3.25 (Peru) to 7.19 kg of pure cocaine a hectare: the least of UNODC's table of 1999 to 2003, and UNODC's totals of 2015 (1,125 t from 156,500 ha); taken as 5 and 95 %",
                "producción de {list}: superficie con coca por 2,46 (Bolivia), 4,25 (Colombia), 3,25 (Perú) a 7,19 kg de cocaína pura por hectárea: el mínimo del cuadro de UNODC de 1999 a 2003 y los totales de UNODC de 2015 (1125 t de 156 500 ha); tomados como 5 y 95 %"
            ));
        }
        told.extend(grown);
    }
    let silent: Vec<&str> = held.group.producers.iter().copied().filter(|p| !told.contains(*p)).collect();
    if !silent.is_empty() {
        let list = silent.join(", ");
        made.notes.push(both!(
            "production of {list}: the store holds no figure of these years, so whatever leaves is taken as produced",
            "producción de {list}: el almacén no tiene cifras de estos años, así que se toma como producido lo que sale"
        ));
    }
    made
}

impl Made {
    /// Adds figures by country and year, times a factor with the variance of its logarithm; which
    /// countries got one.
    fn take(&mut self, values: &[&Value], factor: &dyn Fn(&str) -> Option<(f64, f64)>) -> BTreeSet<String> {
        let mut cells: BTreeMap<(&str, i32), Vec<&Value>> = BTreeMap::new();
        for v in values {
            cells.entry((&v.country, v.year)).or_default().push(v);
        }
        let mut told = BTreeSet::new();
        for ((country, year), of) in cells {
            let Some((by, variance)) = factor(country) else { continue };
            let usual = if variance > 0.0 { AREA_CV } else { PRODUCTION_CV };
            let Some((value, cv)) = together(&of, usual) else { continue };
            let cv = cv_of((1.0 + cv * cv).ln() + variance);
            told.insert(country.to_string());
            self.figures.entry(country.to_string()).or_default().push(Production { year, vintage: year, kg: value * by, cv });
        }
        told
    }
}

/// How pure what is seized is.
#[derive(Debug, Default)]
pub(super) struct Pure {
    pub by_place: BTreeMap<String, (f64, f64)>,
    pub notes: Vec<Both>,
    pub intakes: BTreeSet<i64>,
}

/// Purity of what is seized, by country, in the year nearest to the middle of the records.
pub(super) fn purity(held: &Held<'_>) -> Pure {
    let mut pure = Pure::default();
    let values = held.values("purity", true);
    for (country, of) in nearest(&values, held.middle(), PURITY_REACH) {
        let mean = of.iter().map(|v| v.value).sum::<f64>() / of.len() as f64 / 100.0;
        if mean > 0.0 && mean < 1.0 {
            pure.by_place.insert(country.into(), (mean, PURITY_CONCENTRATION));
            pure.intakes.extend(intakes(of));
        }
    }
    let known = pure.by_place.len();
    pure.notes.push(if known == 0 {
        Both::new(
            "purity: the store holds none, so seized kilograms are taken as pure; what is seized, and so what is imported, is overstated",
            "pureza: el almacén no tiene datos, así que los kilogramos incautados se toman como puros; lo incautado, y por tanto lo importado, queda sobrestimado",
        )
    } else {
        both!(
            "purity: known of {known} countries (mean of the year nearest to the middle of the records, as firm as ten seizures); elsewhere seized kilograms are taken as pure",
            "pureza: se conoce de {known} países (media del año más cercano al centro de los registros, tan firme como diez incautaciones); en los demás los kilogramos incautados se toman como puros"
        )
    });
    pure
}
