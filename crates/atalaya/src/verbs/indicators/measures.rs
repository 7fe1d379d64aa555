//! Measures of the network: of the observed one exactly, and over joint draws with intervals.

use std::collections::BTreeMap;

use atalaya_kernel::{Both, Lang, Problem, both};
use atalaya_methods::routes::measures::betweenness::betweenness;
use atalaya_methods::routes::measures::communities::{communities, modularity};
use atalaya_methods::routes::measures::components::{groups_of, largest, weak_groups_of};
use atalaya_methods::routes::measures::degree::{degrees, density, reciprocity};
use atalaya_methods::routes::measures::over_draws::{Measures, communities_of_several, over_draws};
use atalaya_methods::routes::published::published;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::said::{number, spread, three};
use crate::Observatory;
use crate::observatory::Caller;
use crate::routes::RoutesBasis;
use crate::routes::ground::{Ground, or_usual};
use crate::verbs::{RoutesNetwork, Say, Verb, aligned, decimal};

/// Measures of the network, of the observed one exactly and over joint draws with 5, 50 and 95 %.
///
/// A draw is one network that could be behind the records. Each country wants one and the same unit
/// in it, so strength over draws shows structure and no tonnes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct RoutesMeasures {
    /// Substances: coca, opiates, or a substance with what it includes
    #[cfg_attr(feature = "cli", arg(long, default_value = "coca", value_name = "GROUP"))]
    pub group: String,
    /// Which places of a record are joined: DS departure-seizure, ST seizure-destination, PS
    /// producer-seizure, PD producer-departure
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "DS,ST", value_name = "KINDS"))]
    pub links: Vec<String>,
    /// Only records of at least this bulk mass; 0: of more than nothing
    #[cfg_attr(feature = "cli", arg(long, default_value = "0", value_name = "KG"))]
    pub min_kg: Option<String>,
    /// From this period on: 2014, 2014-Q2, 2014-03
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub from: Option<String>,
    /// Up to and with this period
    #[cfg_attr(feature = "cli", arg(long, value_name = "PERIOD"))]
    pub to: Option<String>,
    /// Set aside what these checks flag: R1 round trips, R2 inflow into producers, R3 too heavy for
    /// air, R4 repeated rows; none sets nothing aside
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', default_value = "R1,R2,R3,R4", value_name = "CHECKS"))]
    pub checks: Vec<String>,
    /// Sources
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "ID"))]
    pub source: Vec<String>,
    /// How many draws
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 400))]
    pub draws: usize,
    /// Where chance starts: the same seed gives the same draws on any machine
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1))]
    pub seed: u64,
    /// In a draw a flow is a link from so many hundredths of what one country wants on
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1, value_name = "HUNDREDTHS"))]
    pub least: u32,
}

/// A measure of the whole network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WholeMeasured {
    /// Its id.
    pub id: &'static str,
    /// What it is.
    pub name: Both,
    /// Of the observed network; `null` where it has none.
    pub observed: Option<f64>,
    /// Over draws: 5, 50 and 95 %.
    pub drawn: [f64; 3],
}

/// Measures of one place; those over draws are 5, 50 and 95 %.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlaceMeasured {
    /// Its code.
    pub area: String,
    /// Its name.
    pub name: Both,
    /// Its community in the observed network: the code of the member that passes on most.
    pub community: String,
    /// Suppliers and customers observed.
    pub degree: [u64; 2],
    /// Suppliers over draws.
    pub suppliers: [f64; 3],
    /// Customers over draws.
    pub customers: [f64; 3],
    /// Kilograms in and out, as recorded.
    pub strength_kg: [f64; 2],
    /// What comes in over draws, in what one country wants.
    pub inflow: [f64; 3],
    /// What goes out over draws.
    pub outflow: [f64; 3],
    /// Betweenness observed.
    pub betweenness: f64,
    /// Betweenness over draws.
    pub betweenness_drawn: [f64; 3],
}

/// Measures of a network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasuresFound {
    /// What was looked at.
    pub title: Both,
    /// Countries and links observed.
    pub nodes: usize,
    /// Links.
    pub edges: usize,
    /// Draws.
    pub draws: usize,
    /// Measures of the whole.
    pub whole: Vec<WholeMeasured>,
    /// Measures of places, the largest observed betweenness first.
    pub places: Vec<PlaceMeasured>,
    /// What a reader must know.
    pub notes: Vec<Both>,
    /// What it rests on.
    pub basis: RoutesBasis,
}

impl RoutesMeasures {
    fn asked(&self) -> RoutesNetwork {
        RoutesNetwork {
            group: self.group.clone(),
            links: or_usual(&self.links, "DS,ST"),
            checks: or_usual(&self.checks, "R1,R2,R3,R4"),
            min_kg: self.min_kg.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            source: self.source.clone(),
            ..RoutesNetwork::default()
        }
    }
}

impl Verb for RoutesMeasures {
    const NAME: &'static str = "routes";
    type Outcome = MeasuresFound;

    fn run(&self, observatory: &mut Observatory, _caller: &mut Caller<'_>) -> Result<MeasuresFound, Problem> {
        let ground = Ground::new(observatory, &self.asked())?;
        let draws = if self.draws == 0 { 400 } else { self.draws };
        let joint = ground.draws(draws, if self.seed == 0 { 1 } else { self.seed })?;
        let least = f64::from(self.least.max(1)) / 100.0;
        let drawn = over_draws(ground.joined, &joint.edges, draws, |draw, edge| joint.flow(draw, edge, None), least);
        let (whole, hops_known) = whole(&ground, &drawn, three(joint.hops(&ground.producers)));
        let (en, es) = (&ground.title.en, &ground.title.es);
        Ok(MeasuresFound {
            title: both!("Measures of the network, {en}", "Medidas de la red, {es}"),
            nodes: ground.joined,
            edges: ground.edges.len(),
            draws,
            whole,
            places: places(&ground, &drawn),
            notes: notes(self.least.max(1), hops_known),
            basis: ground.basis,
        })
    }
}

/// Measures of the whole, and whether hops of the observed network have a solution.
fn whole(ground: &Ground, drawn: &Measures, hops: [f64; 3]) -> (Vec<WholeMeasured>, bool) {
    let (n, edges) = (ground.joined, &ground.edges);
    let arcs: Vec<(usize, usize)> = edges.iter().map(|e| (e.0, e.1)).collect();
    let parts = communities(n, edges);
    let demand: Vec<f64> = (0..n).map(|i| if ground.producers.contains(&i) { 0.0 } else { 1.0 }).collect();
    let flows = published(&ground.names[..n], edges, &demand, &ground.producers).ok();
    let several = communities_of_several(&parts) as f64;
    let (strong, weak) = (largest(&groups_of(n, &arcs)) as f64, largest(&weak_groups_of(n, &arcs)) as f64);
    let one = |id: &'static str, name: [&str; 2], observed: Option<f64>, drawn: [f64; 3]| WholeMeasured {
        id,
        name: Both::new(name[0], name[1]),
        observed,
        drawn,
    };
    let reach =
        ["Countries of the largest group whose members reach each other", "Países del mayor grupo cuyos miembros se alcanzan entre sí"];
    let joined = ["Countries of the largest group, directions aside", "Países del mayor grupo, sin mirar la dirección"];
    let rows = vec![
        one("density", ["Density", "Densidad"], Some(density(n, edges.len())), three(drawn.density)),
        one("reciprocity", ["Reciprocity", "Reciprocidad"], Some(reciprocity(edges)), three(drawn.reciprocity)),
        one("strong_component", reach, Some(strong), three(drawn.largest_group)),
        one("weak_component", joined, Some(weak), three(drawn.largest_weak)),
        one("communities", ["Communities of two or more", "Comunidades de dos o más"], Some(several), three(drawn.communities)),
        one("modularity", ["Modularity", "Modularidad"], Some(modularity(edges, &parts)), three(drawn.modularity)),
        one("hops", ["Borders crossed on average", "Fronteras cruzadas en promedio"], flows.as_ref().map(|f| f.hops), hops),
    ];
    (rows, flows.is_some())
}

fn places(ground: &Ground, drawn: &Measures) -> Vec<PlaceMeasured> {
    let (n, edges) = (ground.joined, &ground.edges);
    let arcs: Vec<(usize, usize)> = edges.iter().map(|e| (e.0, e.1)).collect();
    let (degrees, between, parts) = (degrees(n, edges), betweenness(n, &arcs).places, communities(n, edges));
    let mut head: BTreeMap<usize, usize> = BTreeMap::new();
    for place in 0..n {
        let best = head.entry(parts[place]).or_insert(place);
        if degrees[place].strength_out > degrees[*best].strength_out {
            *best = place;
        }
    }
    let one = |place: usize| {
        let (degree, drawn) = (&degrees[place], &drawn.places[place]);
        PlaceMeasured {
            area: ground.names[place].clone(),
            name: ground.name(place),
            community: ground.names[head[&parts[place]]].clone(),
            degree: [degree.into, degree.out],
            suppliers: three(drawn.into),
            customers: three(drawn.out),
            strength_kg: [degree.strength_in, degree.strength_out],
            inflow: three(drawn.strength_in),
            outflow: three(drawn.strength_out),
            betweenness: between[place],
            betweenness_drawn: three(drawn.betweenness),
        }
    };
    let mut out: Vec<PlaceMeasured> = (0..n).map(one).collect();
    out.sort_by(|a, b| b.betweenness.total_cmp(&a.betweenness).then_with(|| a.area.cmp(&b.area)));
    out
}

fn notes(least: u32, hops_known: bool) -> Vec<Both> {
    let mut out = vec![
        both!(
            "over draws a flow counts as a link from {least} hundredths of what one country wants on; there are more of them than recorded links, as the prior allows for what nobody saw",
            "en las simulaciones un flujo cuenta como enlace desde {least} centésimas de lo que demanda un país; son más que los enlaces registrados, pues la distribución previa admite lo que nadie vio"
        ),
        Both::new(
            "in every draw each country wants one and the same unit: read the structure, not amounts",
            "en cada simulación cada país demanda una misma unidad: lea la estructura, no las cantidades",
        ),
        Both::new(
            "measures of the observed network describe reports: where more is reported, more is seen",
            "las medidas de la red observada describen reportes: donde más se reporta, más se ve",
        ),
    ];
    if !hops_known {
        out.push(Both::new(
            "some countries only cite each other, so borders crossed have no solution in the observed network",
            "algunos países solo se citan entre sí, así que las fronteras cruzadas no tienen solución en la red observada",
        ));
    }
    out
}

impl Say for MeasuresFound {
    fn say(&self, lang: Lang) -> String {
        let es = lang == Lang::Es;
        let (nodes, edges, draws) = (self.nodes, self.edges, self.draws);
        let title = self.title.in_lang(lang);
        let mut out = both!(
            "{title}\n\n{nodes} countries, {edges} recorded links, {draws} draws\n\n",
            "{title}\n\n{nodes} países, {edges} enlaces registrados, {draws} simulaciones\n\n"
        )
        .in_lang(lang)
        .to_string();
        let digits = |id: &str| if matches!(id, "strong_component" | "weak_component" | "communities") { 0 } else { 3 };
        let rows: Vec<Vec<String>> = self
            .whole
            .iter()
            .map(|m| {
                let observed = m.observed.map_or("-".into(), |v| number(v, digits(m.id), lang));
                vec![m.name.in_lang(lang).to_string(), observed, spread(m.drawn, digits(m.id), lang)]
            })
            .collect();
        let head = if es { ["", "Observada", "Simulada (5 – 95 %)"] } else { ["", "Observed", "Drawn (5 – 95 %)"] };
        out += &aligned(&head, &rows);
        out.push('\n');
        let head = if es {
            ["País", "Comunidad", "Proveedores", "simulados", "Clientes", "simulados", "kg que salen", "Intermediación", "simulada"]
        } else {
            ["Country", "Community", "Suppliers", "drawn", "Customers", "drawn", "kg out", "Betweenness", "drawn"]
        };
        let row = |p: &PlaceMeasured| {
            vec![
                p.area.clone(),
                p.community.clone(),
                p.degree[0].to_string(),
                spread(p.suppliers, 0, lang),
                p.degree[1].to_string(),
                spread(p.customers, 0, lang),
                decimal(&format!("{:.0}", p.strength_kg[1]), lang),
                number(p.betweenness, 3, lang),
                spread(p.betweenness_drawn, 3, lang),
            ]
        };
        out += &aligned(&head, &self.places.iter().take(20).map(row).collect::<Vec<_>>());
        if self.places.len() > 20 {
            out += both!("20 of {nodes}; all of them with --json\n", "20 de {nodes}; todos con --json\n").in_lang(lang);
        }
        out.push('\n');
        self.notes.iter().for_each(|note| out += &format!("* {}\n", note.in_lang(lang)));
        out + &self.basis.say(lang)
    }
}
