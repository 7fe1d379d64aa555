//! Proposals as a person reads them in a terminal.

use std::fmt::Write as _;

use atalaya_kernel::{Lang, both};

use super::super::Say;
use super::super::say::{count, table};
use super::pairs::LinkPage;

impl Say for LinkPage {
    fn say(&self, lang: Lang) -> String {
        let n = |x: u64| count(x, lang);
        let whole = |x: f64| n(x.round() as u64);
        let (records, events) = (n(self.records), n(self.events));
        let [best, low, high] = [self.doubles.best, self.doubles.low, self.doubles.high].map(whole);
        let share = 100.0 * self.doubles.best / (self.records.max(1) as f64);
        let share = if lang == Lang::Es { format!("{share:.1}").replace('.', ",") } else { format!("{share:.1}") };
        let (batches, pairs) = (self.waiting.batches, n(self.waiting.pairs as u64));
        let said = both!(
            "{records} records, {events} events as decided so far.\nDouble reports: about {best} ({share} %), between {low} and {high}.\nWaiting: {batches} lists loaded twice, {pairs} pairs that stand alone.\n",
            "{records} registros, {events} hechos según lo decidido hasta ahora.\nInformes dobles: unos {best} ({share} %), entre {low} y {high}.\nPor decidir: {batches} listas cargadas dos veces, {pairs} pares sueltos.\n"
        );
        let mut out = said.in_lang(lang).to_string();
        if self.waiting.parcels > 0 {
            let parcels = n(self.waiting.parcels as u64);
            out += both!(
                "Beside them {parcels} pairs that seem to be parcels of one event, each reported once: shown, not proposed.\n",
                "Además, {parcels} pares que parecen bultos de un mismo hecho, informados cada uno una vez: se muestran, no se proponen.\n"
            )
            .in_lang(lang);
        }
        if !self.batches.is_empty() && self.pairs.is_empty() {
            for batch in &self.batches {
                let _ = write!(
                    out,
                    "\n{}  {}  [{}, {}]\n    {}\n",
                    batch.id,
                    batch.title.in_lang(lang),
                    batch.kind,
                    batch.status,
                    batch.reason.in_lang(lang)
                );
            }
        }
        if !self.pairs.is_empty() {
            let head = if lang == Lang::Es {
                ["par", "prob.", "bits", "relación", "estado", "qué"]
            } else {
                ["pair", "prob.", "bits", "relation", "status", "what"]
            };
            let rows: Vec<Vec<String>> = self
                .pairs
                .iter()
                .map(|p| {
                    vec![
                        p.id.clone(),
                        format!("{:.3}", p.probability),
                        format!("{:.1}", p.bits),
                        p.relation.into(),
                        p.status.into(),
                        p.title.in_lang(lang).into(),
                    ]
                })
                .collect();
            let _ = write!(out, "\n{}", table(&head, &rows));
            let of = if lang == Lang::Es { "de" } else { "of" };
            let _ = writeln!(out, "{} {of} {}", self.pairs.len(), self.total);
        }
        out
    }
}
