//! What may explain a finding: candidates, never accusations. One table for all checks.

use atalaya_kernel::Both;

/// One candidate.
struct Candidate {
    /// The checks it is for.
    checks: &'static [&'static str],
    /// The measures it is for; all if empty.
    measures: &'static [&'static str],
    en: &'static str,
    es: &'static str,
}

const fn of(checks: &'static [&'static str], measures: &'static [&'static str], en: &'static str, es: &'static str) -> Candidate {
    Candidate { checks, measures, en, es }
}

const AREAS: &[&str] = &["coca-area", "poppy-area"];
const APART: &[&str] = &["rivals", "overlap", "vintages"];
const SEIZED: &[&str] = &["seized-mass", "seizure-count"];

/// The candidates, those most often right first.
#[rustfmt::skip]
const CANDIDATES: &[Candidate] = &[
    // Areas under cultivation.
    of(APART, AREAS,
        "The area eradicated in the year is taken out of one figure and not of the other (net at 31 December against area at the image date).",
        "Una cifra descuenta lo erradicado en el año y la otra no (área neta al 31 de diciembre frente a área a la fecha de la imagen)."),
    of(&["rivals", "overlap"], AREAS,
        "One counts coca grown for traditional and licit use, the other does not.",
        "Una cuenta la coca de uso tradicional y lícito y la otra no."),
    of(&["rivals", "overlap"], AREAS,
        "The images are of other months: within a year fields are planted, eradicated and planted again.",
        "Las imágenes son de otros meses: en un mismo año se siembra, se erradica y se resiembra."),
    of(&["rivals", "overlap", "vintages"], AREAS,
        "They cover other zones: a sample scaled up against a full survey, or zones that one monitors and the other does not.",
        "Cubren otras zonas: una muestra expandida frente a un barrido completo, o zonas que una monitorea y la otra no."),
    of(&["rivals", "overlap"], AREAS,
        "They differ in what counts as a field: smallest plot, young or abandoned plants, fields under trees.",
        "Difieren en qué es un cultivo: parcela mínima, plantas jóvenes o abandonadas, cultivos bajo árboles."),
    // Eradication.
    of(&["standing"], &[],
        "The same hectare was eradicated more than once in the year: reports add up work done, not land.",
        "La misma hectárea se erradicó más de una vez en el año: los informes suman trabajo hecho, no terreno."),
    of(&["standing"], &[],
        "Coca was planted or replanted between the survey and the end of the year.",
        "Se sembró o resembró coca entre el monitoreo y el fin del año."),
    of(&["standing"], &[],
        "Fields outside the zones surveyed were eradicated.",
        "Se erradicaron cultivos fuera de las zonas monitoreadas."),
    of(&["standing"], &[],
        "The survey is net of the eradication of its own year, or was taken at another date than it is held against.",
        "El monitoreo ya descuenta la erradicación de su propio año, o su fecha es otra que la de la comparación."),
    of(&["standing"], &[],
        "The two are of different areas: a department against a zone of the same name.",
        "Son áreas distintas: un departamento frente a una zona del mismo nombre."),
    of(&["standing"], &[],
        "Seedbeds, abandoned fields or licit coca are counted in one and not in the other.",
        "Almácigos, cultivos abandonados o coca lícita figuran en una cifra y no en la otra."),
    // Growth.
    of(&["growth"], &[],
        "The change was divided by the later year instead of the earlier one.",
        "El cambio se dividió entre el año posterior en vez del anterior."),
    of(&["growth"], &[],
        "The percentage rests on levels of another vintage, revised since.",
        "El porcentaje parte de niveles de otra edición, revisados después."),
    of(&["growth"], &[],
        "It is about another definition, another set of zones, or other months.",
        "Se refiere a otra definición, a otro conjunto de zonas o a otros meses."),
    of(&["growth"], &[],
        "It was copied or rounded on the way: look at the first publication, not at a quotation.",
        "Se copió o redondeó por el camino: vea la primera publicación, no una cita."),
    // Seizures.
    of(&["rivals", "overlap", "vintages"], SEIZED,
        "Seizures shared by two agencies are counted once in one figure and twice in the other.",
        "Las incautaciones conjuntas se cuentan una vez en una cifra y dos en la otra."),
    of(&["rivals", "overlap"], SEIZED,
        "One includes seizures on the high seas or by other countries, the other only those on own territory.",
        "Una incluye incautaciones en alta mar o de otros países y la otra solo las del propio territorio."),
    of(&["rivals", "overlap"], SEIZED,
        "Forms are grouped in other ways: salt, base and paste together or apart, plants by mass or by number.",
        "Las formas se agrupan de otro modo: clorhidrato, base y pasta juntos o aparte; plantas por masa o por número."),
    of(&["rivals", "overlap"], SEIZED,
        "One is at the weight when seized, the other after laboratory weighing.",
        "Una es con el peso al incautar y la otra tras el pesaje de laboratorio."),
    of(&["production"], &[],
        "Seized drugs are cut and moist: their weight is more than the pure drug in them.",
        "Lo incautado está adulterado y húmedo: pesa más que la droga pura que contiene."),
    of(&["production"], &[],
        "What is seized in a year was partly made in earlier years, and partly elsewhere.",
        "Lo incautado en un año se produjo en parte en años anteriores y en parte en otro lugar."),
    of(&["production"], &[],
        "Joint seizures may have been counted by each agency.",
        "Puede que cada agencia haya contado las incautaciones conjuntas."),
    of(&["production"], &[],
        "Yields, and so potential production, are estimated from few field studies.",
        "Los rendimientos, y con ellos la producción potencial, se estiman con pocos estudios de campo."),
    // Homicides and deaths.
    of(APART, &["homicides", "homicide-rate", "overdose-deaths"],
        "Cases were added or reclassified as investigations ended.",
        "Se agregaron o reclasificaron casos al cerrarse las investigaciones."),
    of(APART, &["homicides", "homicide-rate", "overdose-deaths"],
        "One counts by the place and day of the event, the other by those of the record.",
        "Una cuenta por lugar y día del hecho y la otra por los del registro."),
    of(APART, &["homicides", "homicide-rate", "overdose-deaths"],
        "Police and health registers define intent in other ways.",
        "Los registros policiales y los de salud definen la intención de otro modo."),
    // Surveys and loads.
    of(&["rivals", "overlap", "break"], &["prevalence"],
        "The surveys ask other ages, other places or in another way.",
        "Las encuestas cubren otras edades, otros lugares o preguntan de otro modo."),
    of(APART, &["wastewater-load"],
        "The week sampled, the days averaged or the population served are not the same.",
        "No coinciden la semana muestreada, los días promediados o la población atendida."),
    // Sums.
    of(&["subtotal"], &[],
        "Parts are not all published: small ones, or those under a label.",
        "No se publican todas las partes: las pequeñas o las reservadas."),
    of(&["subtotal"], &[],
        "Parts and total are on other definitions, dates or sources within one publication.",
        "Las partes y el total siguen otras definiciones, fechas o fuentes dentro de una misma publicación."),
    of(&["subtotal"], &[],
        "Parts overlap: zones across departments, or a place named twice.",
        "Las partes se superponen: zonas que cruzan departamentos o un lugar nombrado dos veces."),
    of(&["subtotal"], &[],
        "One part was revised and the total was not.",
        "Se revisó una parte y no el total."),
    // In general.
    of(&["unit"], &[],
        "A unit was taken for another: tonnes for kilograms, pounds for kilograms, acres for hectares.",
        "Se tomó una unidad por otra: toneladas por kilogramos, libras por kilogramos, acres por hectáreas."),
    of(&["unit"], &[],
        "A decimal comma was read as a thousands separator, or the other way round.",
        "Una coma decimal se leyó como separador de miles, o al revés."),
    of(&["unit"], &[],
        "The two are of different things whose numbers happen to stand in that ratio.",
        "Son cosas distintas cuyos números casualmente guardan esa razón."),
    of(&["vintages"], &[],
        "The later vintage includes late reports, corrections or a new method.",
        "La edición posterior incluye informes tardíos, correcciones o un método nuevo."),
    of(&["vintages"], &[],
        "The copies come from different compilers, not from the publisher twice.",
        "Las copias son de compiladores distintos, no dos veces de quien publica."),
    of(&["break"], &[],
        "The method, the survey or the boundary was changed on purpose; the producer may have published both for a year.",
        "El método, el monitoreo o los límites se cambiaron a propósito; quizá se publicaron ambas cifras para un año."),
    of(&["rivals", "overlap"], &[],
        "One is provisional or of an earlier vintage, the other final.",
        "Una es provisional o de una edición anterior y la otra definitiva."),
    of(&["rivals", "overlap"], &[],
        "Calendar year against fiscal year, or another cut-off date.",
        "Año calendario frente a año fiscal, u otra fecha de corte."),
    of(&["rivals", "overlap"], &[],
        "A number was copied wrongly in one of them: go back to the publication.",
        "En una de ellas se copió mal un número: vuelva a la publicación."),
];

/// The candidate explanations of a finding, those about its measure first.
pub(crate) fn candidates(check: &str, measure: &str) -> Vec<Both> {
    let fits = |c: &&Candidate| c.checks.contains(&check) && (c.measures.is_empty() || c.measures.contains(&measure));
    let (own, general): (Vec<&Candidate>, Vec<&Candidate>) = CANDIDATES.iter().filter(fits).partition(|c| !c.measures.is_empty());
    own.into_iter().chain(general).map(|c| Both::new(c.en, c.es)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reconcile::CHECKS;

    #[test]
    fn every_check_has_candidates_and_every_candidate_a_check() {
        for check in CHECKS {
            assert!(candidates(check.id, "").len() >= 2 || check.id == "break", "{}", check.id);
        }
        let known: Vec<&str> = CHECKS.iter().map(|c| c.id).collect();
        assert!(CANDIDATES.iter().all(|c| c.checks.iter().all(|id| known.contains(id))));
        let measures = atalaya_kernel::measure::measures();
        assert!(CANDIDATES.iter().all(|c| c.measures.iter().all(|m| measures.get(m).is_some())));
    }

    #[test]
    fn what_fits_the_measure_comes_first() {
        let found = candidates("rivals", "coca-area");
        assert!(found[0].en.contains("eradicated") && found.len() > 5);
        assert!(candidates("standing", "eradicated-area")[0].en.contains("more than once"));
    }
}
