//! The checks of a finding, each in one row: what was found, with numbers, and what it means for a
//! reader who knows no econometrics.

mod compared;
mod measured;
mod near;
mod scale;
mod trends;

use atalaya_kernel::Both;

use super::displaced::Displaced;
use super::estimate::{Choice, Estimate};
use super::leads::Leads;
use crate::evaluate::design::Design;
use crate::evaluate::finding::{Diagnostic, Grave, Specification};
use crate::evaluate::register::Entry;
use crate::evaluate::sample::Sample;

/// What the checks look at.
pub(crate) struct Case<'a> {
    /// The panel.
    pub sample: &'a Sample,
    /// The design.
    pub design: &'a Design,
    /// What the design chose.
    pub choice: &'a Choice,
    /// The answer.
    pub made: &'a Estimate,
    /// The event study, where there is one.
    pub leads: Option<&'a Leads>,
    /// The specification curve.
    pub specifications: &'a [Specification],
    /// What was found next door.
    pub displaced: &'a Displaced,
    /// The first registration.
    pub first: Option<&'a Entry>,
}

impl Case<'_> {
    /// The size an effect must have to matter, or to be the one found: whichever is smaller.
    pub fn matters(&self) -> f64 {
        self.design.outcome.smallest.abs().min(self.made.effect.estimate.abs())
    }

    /// Whether units are treated at different times.
    pub fn staggered(&self) -> bool {
        let mut starts: Vec<i64> = self.sample.first.iter().flatten().copied().collect();
        starts.sort_unstable();
        starts.dedup();
        starts.len() > 1
    }
}

/// A check: its id, its name, what it means, and what it finds; nothing where it does not apply.
struct Check {
    id: &'static str,
    title: [&'static str; 2],
    explain: [&'static str; 2],
    find: fn(&Case<'_>) -> Option<(Grave, Both)>,
}

/// Every check, in the order they are shown.
const CHECKS: &[Check] = &[
    Check {
        id: "pre-trends",
        title: ["Movement before the start", "Movimiento antes del inicio"],
        explain: [
            "If the places with the programme were already drifting away from the others before it began, what came after may be the same drift and not the programme. Where nothing moved before, the comparison is more believable, though not proven.",
            "Si los lugares con el programa ya se venían apartando de los demás antes de que empezara, lo que vino después puede ser ese mismo movimiento y no el programa. Donde nada se movía antes, la comparación es más creíble, aunque no queda probada.",
        ],
        find: trends::before,
    },
    Check {
        id: "power",
        title: ["What such a study can see", "Lo que un estudio así alcanza a ver"],
        explain: [
            "A study with few places or noisy numbers sees only large effects. If the smallest effect it would usually detect is larger than the smallest one that matters, finding nothing does not mean that nothing happened.",
            "Un estudio con pocos lugares o con números muy variables solo ve efectos grandes. Si el menor efecto que suele detectar es mayor que el menor que importa, no encontrar nada no significa que nada pasó.",
        ],
        find: trends::power,
    },
    Check {
        id: "overlap",
        title: ["Whether like is compared with like", "Si se compara lo semejante"],
        explain: [
            "A comparison needs places that resembled the ones with the programme. If those with the programme were much larger, or much worse off, than any place they are compared with, the others do not show what would have happened to them.",
            "Una comparación necesita lugares que se parecían a los del programa. Si los del programa eran mucho más grandes, o estaban mucho peor, que todos aquellos con los que se comparan, los demás no muestran qué les habría pasado.",
        ],
        find: compared::overlap,
    },
    Check {
        id: "few-treated",
        title: ["How many places carry the answer", "Cuántos lugares sostienen la respuesta"],
        explain: [
            "With one or a few places under the programme, anything else that happened there at the same time looks like its effect, and the usual margins of error are too narrow.",
            "Con uno o pocos lugares en el programa, cualquier otra cosa que ocurrió allí al mismo tiempo parece su efecto, y los márgenes de error usuales son demasiado estrechos.",
        ],
        find: compared::few_treated,
    },
    Check {
        id: "negative-weights",
        title: ["Whether the treated are compared with the treated", "Si los tratados se comparan con tratados"],
        explain: [
            "When places start at different times, one common method compares late starters with places that already have the programme. If its effect grows, that comparison can turn a good result into a bad one.",
            "Cuando los lugares empiezan en fechas distintas, un método común compara a los que empiezan tarde con lugares que ya tienen el programa. Si el efecto crece con el tiempo, esa comparación puede volver malo un buen resultado.",
        ],
        find: compared::negative_weights,
    },
    Check {
        id: "extrapolation",
        title: ["Whether other places could stand in", "Si otros lugares podían representarlo"],
        explain: [
            "What would have happened is built here from a mixture of other places. If no mixture followed the treated ones before the programme, none tells what they would have done after.",
            "Lo que habría pasado se construye aquí con una combinación de otros lugares. Si ninguna combinación seguía a los tratados antes del programa, ninguna dice qué habrían hecho después.",
        ],
        find: near::extrapolation,
    },
    Check {
        id: "composition",
        title: ["Whether the same places are seen throughout", "Si se observan los mismos lugares todo el tiempo"],
        explain: [
            "If places enter or leave the data over time, an average can change though no place did.",
            "Si hay lugares que entran o salen de los datos, un promedio puede cambiar aunque ningún lugar haya cambiado.",
        ],
        find: measured::composition,
    },
    Check {
        id: "selected-on-outcome",
        title: ["Whether places were chosen by the outcome itself", "Si los lugares se eligieron por el propio resultado"],
        explain: [
            "Places picked because a number was high tend to come down afterwards on their own, as a fever does (and those picked because it was low, up). Such a return to the usual is easily taken for an effect.",
            "Los lugares elegidos porque un número era alto tienden a bajar después por sí solos, como una fiebre (y los elegidos porque era bajo, a subir). Ese retorno a lo usual se confunde fácilmente con un efecto.",
        ],
        find: measured::selected,
    },
    Check {
        id: "driven-by-enforcement",
        title: ["Whether enforcement itself makes the number", "Si la propia acción policial produce el número"],
        explain: [
            "Seizures, arrests and eradication count what the authorities did. They rise when there is more of the drug and when there is more policing; the number alone does not tell which.",
            "Las incautaciones, las detenciones y la erradicación cuentan lo que hicieron las autoridades. Suben cuando hay más droga y cuando hay más control; el número solo no dice cuál de las dos.",
        ],
        find: measured::enforcement,
    },
    Check {
        id: "revised",
        title: ["Whether the numbers were revised", "Si los números se revisaron"],
        explain: [
            "Published numbers are corrected later, the newest ones most. If the corrections are as large as the effect, the effect may be a matter of which edition one reads.",
            "Los números publicados se corrigen después, sobre todo los más recientes. Si las correcciones son tan grandes como el efecto, el efecto puede depender de qué edición se lea.",
        ],
        find: measured::revised,
    },
    Check {
        id: "scale",
        title: ["Whether the answer depends on the scale", "Si la respuesta depende de la escala"],
        explain: [
            "A change can be counted in units (hectares more) or in proportion (per cent more). Large places dominate the first, small ones the second. If the two disagree, the data hold no single answer.",
            "Un cambio se puede contar en unidades (hectáreas más) o en proporción (por ciento más). En la primera pesan los lugares grandes, en la segunda los pequeños. Si no coinciden, los datos no contienen una respuesta única.",
        ],
        find: scale::scale,
    },
    Check {
        id: "displacement",
        title: ["Whether it moved elsewhere", "Si se desplazó a otra parte"],
        explain: [
            "If an activity moves next door, the place with the programme improves, its neighbour gets worse, and a comparison of both counts the same change twice. What matters is the total.",
            "Si una actividad se muda al lado, el lugar con el programa mejora, su vecino empeora, y comparar ambos cuenta el mismo cambio dos veces. Lo que importa es el total.",
        ],
        find: near::displacement,
    },
];

/// What every check that applies finds.
pub(crate) fn diagnostics(case: &Case<'_>) -> Vec<Diagnostic> {
    CHECKS
        .iter()
        .filter_map(|check| {
            let (grave, found) = (check.find)(case)?;
            Some(Diagnostic {
                id: check.id.into(),
                title: Both::new(check.title[0], check.title[1]),
                grave,
                found,
                explain: Both::new(check.explain[0], check.explain[1]),
            })
        })
        .collect()
}
