//! How sure what is said of a country is, and what is not known.

use atalaya_kernel::Both;

use super::{Facts, band, count, kilograms, many, name_of, num, share};
use crate::routes::atlas::AtlasEdge;
use crate::routes::draw::observed;

/// Below so many effective records a link rests on next to nothing.
const FIRM: f64 = 5.0;

impl<'a> Facts<'a> {
    /// How sure it is: what the links rest on, how wide the widest interval is, held-out tests.
    pub(super) fn sure(&self) -> Vec<Both> {
        let name = self.name;
        let links: Vec<&AtlasEdge> = self.out.iter().chain(&self.into).copied().filter(|e| e.records > 0).collect();
        let mut said = Vec::new();
        if !links.is_empty() {
            let thin = links.iter().filter(|e| e.effective < FIRM).count() as u64;
            let all = many(links.len() as u64, ("recorded link", "enlace registrado"), ("recorded links", "enlaces registrados"));
            let thin = match thin {
                0 => Both::new("none rests", "ninguno se apoya"),
                n => many(n, ("rests", "se apoya"), ("rest", "se apoyan")),
            };
            said.push(said!(
                "Of {all} of {name}, {thin} on fewer than five effective records, where one report more or less changes much.",
                "De {all} de {name}, {thin} en menos de cinco registros efectivos, donde un informe más o menos cambia mucho.",
                all,
                name,
                thin
            ));
        }
        said.extend(self.widest());
        if let Some(trust) = self.trust {
            let [ours, published] = trust.reporter_held_out.map(|v| num((100.0 * v).round() / 100.0));
            let reporters = many(trust.reporters as u64, ("country's", "país"), ("countries'", "países"));
            said.push(said!(
                "When {reporters} own reports were hidden in turn and foretold, the shares of their suppliers were {ours} off on average (0 is right, 1 all wrong); by the published method {published}.",
                "Cuando se ocultaron por turno los informes propios de {reporters} y se predijeron, la parte de cada proveedor erró {ours} en promedio (0 es acertar, 1 es errar todo); con el método publicado, {published}.",
                reporters,
                ours,
                published
            ));
        }
        if said.is_empty() {
            said.push(Both::new("Nothing recorded here could be tested.", "Nada de lo registrado aquí pudo ponerse a prueba."));
        }
        said
    }

    /// The interval of the largest flow, as how many times its low end the high end is.
    fn widest(&self) -> Option<Both> {
        if observed(self.atlas) {
            return Some(Both::new(
                "These are records alone. How much is reported depends on how much is looked for: they have no interval, and are no flow.",
                "Son solo registros. Cuánto se informa depende de cuánto se busca: no tienen intervalo ni son un flujo.",
            ));
        }
        let largest = self.out.iter().chain(&self.into).filter_map(|e| Some((*e, e.flow?))).max_by(|a, b| a.1[1].total_cmp(&b.1[1]))?;
        let (edge, [low, middle, high]) = largest;
        let (from, to) = (name_of(self.atlas, &edge.from), name_of(self.atlas, &edge.to));
        if low == high {
            return Some(Both::new(
                "The published method gives one number a link and no interval: it does not say how sure it is.",
                "El método publicado da un número por enlace y ningún intervalo: no dice qué tan seguro es.",
            ));
        }
        let flow = band([low, middle, high]);
        Some(if low > 0.0 && high / low < 100.0 {
            let times = num(((high / low) * 10.0).round() / 10.0);
            said!(
                "The largest flow, {from} to {to}, is {flow}: the high end is {times} times the low one.",
                "El mayor flujo, de {from} a {to}, es {flow}: el extremo alto es {times} veces el bajo.",
                from,
                to,
                flow,
                times
            )
        } else {
            said!(
                "The largest flow, {from} to {to}, is {flow}: it may be next to nothing.",
                "El mayor flujo, de {from} a {to}, es {flow}: podría ser casi nada.",
                from,
                to,
                flow
            )
        })
    }

    /// What is not known: seizures that name nobody, lines of the account without a figure, links
    /// nobody has seen.
    pub(super) fn unknown(&self) -> Vec<Both> {
        let name = self.name;
        let mut said = Vec::new();
        match self.atlas.unknown.by_place.get(&self.area).filter(|u| u.records > 0) {
            Some(silent) => {
                let records = many(silent.records, ("record", "registro"), ("records", "registros"));
                let (kg, part) = (kilograms(silent.kg), share(self.atlas.unknown.share));
                said.push(said!(
                    "Of what was seized in {name}, {records} with {kg} kg are on no link: they do not say where it came from or went. Of everything looked at, that is so for {part} of the kilograms.",
                    "De lo incautado en {name}, {records} con {kg} kg no están en ningún enlace: no dicen de dónde venía ni adónde iba. De todo lo considerado, así ocurre con el {part} de los kilogramos.",
                    name,
                    records,
                    kg,
                    part
                ));
            }
            None => {
                let part = share(self.atlas.unknown.share);
                said.push(said!(
                    "Of everything looked at, {part} of the kilograms are on no link: they do not say where they came from or went.",
                    "De todo lo considerado, el {part} de los kilogramos no está en ningún enlace: no se dice de dónde venía ni adónde iba.",
                    part
                ));
            }
        }
        said.extend(self.account_gaps());
        if let Some(trust) = self.trust.filter(|t| t.at_least > t.seen as f64) {
            let (seen, least) = (count(trust.seen as u64), num(trust.at_least.round()));
            said.push(said!(
                "In the whole network {seen} links were seen; at least {least} exist.",
                "En toda la red se vieron {seen} enlaces; existen al menos {least}.",
                seen,
                least
            ));
        }
        said
    }

    /// Lines of the account that no figure fills, and what remains unexplained.
    fn account_gaps(&self) -> Vec<Both> {
        let Some(balance) = self.balance else { return Vec::new() };
        let (name, unit) = (self.name, &self.unit);
        let gaps = [
            (self.producer && balance.produced_kg.is_none(), Both::new("what is made", "lo que se produce")),
            (balance.seized.is_none(), Both::new("what is seized, as pure substance", "lo que se incauta, como sustancia pura")),
            (balance.consumed.is_none(), Both::new("what is used", "lo que se consume")),
        ];
        let gaps: Vec<Both> = gaps.into_iter().filter(|(absent, _)| *absent).map(|(_, name)| name).collect();
        let mut said = Vec::new();
        if !gaps.is_empty() {
            let gaps = super::list(&gaps);
            said.push(said!(
                "Without a figure for {name}: {gaps}. Not known is not zero.",
                "Sin cifra para {name}: {gaps}. No saber no es cero.",
                name,
                gaps
            ));
        }
        if let Some([low, middle, high]) = balance.unexplained {
            let left = band([low, middle, high]);
            said.push(if low <= 0.0 && high >= 0.0 {
                said!(
                    "Unexplained in the account of {name}: {left} {unit}. Nothing at all would also fit.",
                    "Sin explicar en el balance de {name}: {left} {unit}. También cabría que no faltara nada.",
                    name,
                    left,
                    unit
                )
            } else {
                said!(
                    "Unexplained in the account of {name}: {left} {unit}. The account does not close.",
                    "Sin explicar en el balance de {name}: {left} {unit}. El balance no cierra.",
                    name,
                    left,
                    unit
                )
            });
        }
        said
    }
}
