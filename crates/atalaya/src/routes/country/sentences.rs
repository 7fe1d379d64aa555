//! What is produced in a country, what leaves it and what comes in.

use atalaya_kernel::{Both, Decimal};

use super::{Facts, NAMED, band, kilograms, list, many, name_of};
use crate::routes::atlas::AtlasEdge;
use crate::routes::draw::observed;

const RECORDS: ((&str, &str), (&str, &str)) = (("record", "registro"), ("records", "registros"));

impl<'a> Facts<'a> {
    /// What is produced.
    pub(super) fn produced(&self) -> Vec<Both> {
        let (name, group) = (self.name, &self.group);
        let comparable = self.balance.is_some_and(|b| b.produced.is_some());
        let made = self.balance.and_then(|b| b.produced_kg).filter(|made| made[2] > 0.0);
        match made {
            Some(made) => {
                let made = band(made);
                let mut out = vec![said!(
                    "Estimated production of {group} in {name}: {made} kg of pure substance a year.",
                    "Producción estimada de {group} en {name}: {made} kg de sustancia pura al año.",
                    name,
                    made,
                    group
                )];
                if !comparable {
                    out.push(Both::new(
                        "What countries use is not known in kilograms, so the flows below cannot be held against it.",
                        "No se sabe en kilogramos lo que consumen los países, así que los flujos de abajo no se pueden comparar con ella.",
                    ));
                }
                out
            }
            None if self.producer => vec![said!(
                "{name} is a country where {group} is first made. How much is made there is in no figure this observatory holds for these years.",
                "{name} es un país donde se produce {group}. Ninguna cifra de este observatorio dice cuánto se produce allí en estos años.",
                name,
                group
            )],
            None => vec![said!(
                "No figure here says that {group} is made in {name}; what is found there is taken to come from elsewhere.",
                "Ninguna cifra dice aquí que en {name} se produzca {group}; lo que allí se encuentra se toma como venido de otra parte.",
                group,
                name
            )],
        }
    }

    /// What leaves, or comes in: as recorded, then as estimated.
    pub(super) fn partners(&self, out: bool) -> Vec<Both> {
        let edges = if out { &self.out } else { &self.into };
        let mut said = vec![self.recorded_said(edges, out)];
        said.extend(self.estimated_said(edges, out));
        said
    }

    fn recorded_said(&self, edges: &[&'a AtlasEdge], out: bool) -> Both {
        let (name, years) = (self.name, &Both::same(&self.years));
        let shown = self.recorded(edges);
        if shown.is_empty() {
            return if out {
                said!(
                    "No record of {years} shows anything leaving {name} for another country. That is not the same as nothing leaving.",
                    "Ningún registro de {years} muestra algo que salga de {name} hacia otro país. No es lo mismo que nada salga.",
                    years,
                    name
                )
            } else {
                said!(
                    "No record of {years} shows anything coming into {name} from another country. That is not the same as nothing coming.",
                    "Ningún registro de {years} muestra algo que entre a {name} desde otro país. No es lo mismo que nada entre.",
                    years,
                    name
                )
            };
        }
        let kg: Decimal = shown.iter().map(|e| e.recorded_kg).fold(Decimal::ZERO, |a, b| a + b);
        let countries = many(shown.len() as u64, ("country", "país"), ("countries", "países"));
        let (kg, largest) = (kilograms(kg), list(&shown.iter().take(NAMED).map(|e| self.recorded_one(e)).collect::<Vec<_>>()));
        let most = if shown.len() > NAMED { Both::new("Most to", "Lo más, hacia") } else { Both::new("To", "Hacia") };
        let from = if shown.len() > NAMED { Both::new("Most from", "Lo más, desde") } else { Both::new("From", "Desde") };
        if out {
            said!(
                "Seizure records of {years} show it leaving {name} for {countries}, {kg} kg in all. {most} {largest}.",
                "Los registros de incautación de {years} muestran su salida de {name} hacia {countries}, {kg} kg en total. {most} {largest}.",
                years,
                countries,
                name,
                kg,
                most,
                largest
            )
        } else {
            said!(
                "Seizure records of {years} show it coming into {name} from {countries}, {kg} kg in all. {from} {largest}.",
                "Los registros de incautación de {years} muestran su entrada a {name} desde {countries}, {kg} kg en total. {from} {largest}.",
                years,
                countries,
                name,
                kg,
                from,
                largest
            )
        }
    }

    /// `Brazil (1,200 kg, 14 records)`.
    fn recorded_one(&self, edge: &'a AtlasEdge) -> Both {
        let other = name_of(self.atlas, self.other(edge));
        let (kg, records) = (kilograms(edge.recorded_kg), many(edge.records, RECORDS.0, RECORDS.1));
        said!("{other} ({kg} kg, {records})", "{other} ({kg} kg, {records})", other, kg, records)
    }

    fn estimated_said(&self, edges: &[&'a AtlasEdge], out: bool) -> Option<Both> {
        if observed(self.atlas) {
            return None;
        }
        let (name, unit) = (self.name, &self.unit);
        let whole = self.balance.map(|b| band(if out { b.out } else { b.into }))?;
        let drawn: Vec<Both> = edges
            .iter()
            .filter_map(|e| Some((e, e.flow.filter(|f| f[1] > 0.0)?)))
            .take(NAMED)
            .map(|(e, flow)| {
                let (other, flow) = (name_of(self.atlas, self.other(e)), band(flow));
                said!("{other} {flow}", "{other} {flow}", other, flow)
            })
            .collect();
        let largest = list(&drawn);
        Some(match (out, drawn.is_empty()) {
            (true, false) => said!(
                "Estimated to leave {name}: {whole} {unit}; the largest parts to {largest}.",
                "Se estima que de {name} salen {whole} {unit}; las partes mayores, hacia {largest}.",
                name,
                whole,
                unit,
                largest
            ),
            (false, false) => said!(
                "Estimated to come into {name}: {whole} {unit}; the largest parts from {largest}.",
                "Se estima que a {name} entran {whole} {unit}; las partes mayores, desde {largest}.",
                name,
                whole,
                unit,
                largest
            ),
            (true, true) => said!(
                "Estimated to leave {name}: nothing that could be told.",
                "No se estima ninguna salida de {name} que pueda distinguirse.",
                name
            ),
            (false, true) => said!(
                "Estimated to come into {name}: nothing that could be told.",
                "No se estima ninguna entrada a {name} que pueda distinguirse.",
                name
            ),
        })
    }
}
