//! An atlas as something to draw: which links, of which year, about which place, and in what words.

use std::collections::BTreeMap;
use std::sync::Arc;

use atalaya_kernel::shape::Outlines;
use atalaya_kernel::{Both, Problem, both};
use atalaya_report::About;
use atalaya_report::chart::flows::{FlowLink, FlowPlace, Flows, UnknownPlace};
use atalaya_report::chart::ledger::{Entry, Ledger, Side};
use atalaya_report::chart::{Body, Chart};

use super::atlas::{Atlas, AtlasEdge, Balance, Band};
use crate::verbs::source_note;

/// Links drawn where nobody says how many.
pub(crate) const USUAL: usize = 40;

/// What is drawn of an atlas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    /// Arrows on a map.
    Map,
    /// From field to market.
    Sankey,
    /// The account of a place.
    Balance,
}

impl Picture {
    /// The picture of that name.
    ///
    /// # Errors
    /// `unknown-what`.
    pub(crate) fn parse(text: &str) -> Result<Picture, Problem> {
        match text {
            "" | "map" => Ok(Picture::Map),
            "sankey" => Ok(Picture::Sankey),
            "balance" => Ok(Picture::Balance),
            other => Err(Problem::new(
                "unknown-what",
                format!("--what {other}"),
                Both::new("there is no drawing of this name", "no existe un dibujo con este nombre"),
                Both::new("known: map, sankey, balance", "se conocen: map, sankey, balance"),
            )),
        }
    }
}

/// What narrows a drawing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wish<'a> {
    /// Only links of this place; whose account is drawn.
    pub area: Option<&'a str>,
    /// Only this year.
    pub year: Option<i32>,
    /// How many links at most.
    pub most: usize,
}

/// The chart of an atlas.
///
/// # Errors
/// `no-such-place`, `no-such-year`, `no-balance`.
pub(crate) fn chart(atlas: &Atlas, picture: Picture, wish: Wish<'_>, outlines: Vec<Arc<Outlines>>) -> Result<Chart, Problem> {
    let year = wish.year.map(|year| position_of(atlas, year)).transpose()?;
    if let Some(area) = wish.area {
        place(atlas, area)?;
    }
    let body = match picture {
        Picture::Map => Body::FlowMap(flows(atlas, wish, year, outlines)),
        Picture::Sankey => Body::Sankey(flows(atlas, wish, year, Vec::new())),
        Picture::Balance => Body::Ledger(ledger(atlas, wish.area)?),
    };
    let about = About {
        figure: atlas.figure.clone(),
        snapshot: atlas.snapshot.clone(),
        label: atlas.label.clone(),
        sources: atlas.sources.iter().map(source_note).collect(),
        notes: atlas.notes.clone(),
        codes: BTreeMap::new(),
    };
    let title = title(atlas, picture, wish);
    let id = crate::verbs::slug(&format!("{} {}", body.kind().id, title.en));
    let yearly = picture == Picture::Balance;
    Ok(Chart { id, title, subtitle: method(atlas), unit: unit(atlas, yearly), body, about, figure: atlas.figure.clone() })
}

/// Whether its amounts are those of records alone.
pub(crate) fn observed(atlas: &Atlas) -> bool {
    atlas.method == "observed"
}

/// The amount of a link and its interval, of all years or of one.
pub(crate) fn amount(atlas: &Atlas, edge: &AtlasEdge, year: Option<usize>) -> Option<(f64, Option<[f64; 2]>)> {
    let one = year.map(|at| edge.by_year.get(at));
    if observed(atlas) {
        let kg = one.map_or(Some(edge.recorded_kg), |of| Some(of?.recorded_kg))?.to_f64();
        return Some((kg, None));
    }
    let [low, middle, high] = match one {
        None => edge.flow?,
        // The published method knows no years.
        Some(of) => of?.flow?,
    };
    Some((middle, (low < high).then_some([low, high])))
}

fn flows(atlas: &Atlas, wish: Wish<'_>, year: Option<usize>, outlines: Vec<Arc<Outlines>>) -> Flows {
    let at: BTreeMap<&str, usize> = atlas.places.iter().enumerate().map(|(at, p)| (p.code.as_str(), at)).collect();
    let about = |edge: &&AtlasEdge| wish.area.is_none_or(|area| edge.from == area || edge.to == area);
    let mut links: Vec<FlowLink> = Vec::new();
    for edge in atlas.edges.iter().filter(about) {
        let (Some((amount, interval)), Some(from), Some(to)) =
            (amount(atlas, edge, year), at.get(edge.from.as_str()), at.get(edge.to.as_str()))
        else {
            continue;
        };
        if amount > 0.0 || interval.is_some_and(|[_, high]| high > 0.0) {
            let records = year.and_then(|at| edge.by_year.get(at)).map_or(edge.records, |of| of.records);
            // A year has no count of its own; it cannot have more than its records.
            let effective = edge.effective.min(records as f64);
            links.push(FlowLink { from: *from, to: *to, amount, interval, records, effective });
        }
    }
    links.sort_by(|a, b| b.amount.total_cmp(&a.amount).then((a.from, a.to).cmp(&(b.from, b.to))));
    let place = |p: &super::atlas::AtlasPlace| FlowPlace {
        code: p.code.clone(),
        name: p.name.clone(),
        middle: p.middle.map(|[lat, lon]| [lon, lat]),
        producer: p.producer,
    };
    let unknown = &atlas.unknown;
    let all = unknown.kg.to_f64();
    let grey = atlas.unknown.by_place.iter().filter(|(code, _)| wish.area.is_none_or(|area| area == code.as_str()));
    let grey = grey.filter_map(|(code, found)| {
        let share = if all > 0.0 { found.kg.to_f64() / all } else { 0.0 };
        Some(UnknownPlace { place: *at.get(code.as_str())?, share, kg: found.kg.to_string(), records: found.records })
    });
    let mut grey: Vec<UnknownPlace> = grey.filter(|u| u.share > 0.0).collect();
    grey.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.place.cmp(&b.place)));
    Flows {
        places: atlas.places.iter().map(place).collect(),
        links,
        unknown: grey,
        unknown_share: unknown.share,
        records: [unknown.records, unknown.unlinked],
        most: if wish.most == 0 { USUAL } else { wish.most },
        outlines,
    }
}

/// The account of a place as its lines.
fn ledger(atlas: &Atlas, area: Option<&str>) -> Result<Ledger, Problem> {
    let Some(found) = area.and_then(|area| balance(atlas, area)) else {
        let area = area.unwrap_or_default();
        return Err(Problem::new(
            "no-balance",
            format!("--area {area}"),
            Both::new("there is no account of such a place in these flows", "no hay un balance de ese lugar en estos flujos"),
            Both::new(
                "name a place that flows pass, and a method with flows: --method joint",
                "indique un lugar por el que pasen flujos, y un método con flujos: --method joint",
            ),
        ));
    };
    let entry = |en: &str, es: &str, side: Side, band: Option<Band>| Entry { name: Both::new(en, es), side, band, records: None };
    // What is known in another unit than the flows is no line of their account.
    let made =
        (found.produced.is_some() || found.produced_kg.is_none()).then(|| entry("Made here", "Se produce aquí", Side::In, found.produced));
    let rest = [
        Entry { records: Some(found.records[0]), ..entry("Comes in", "Entra", Side::In, Some(found.into)) },
        Entry { records: Some(found.records[1]), ..entry("Goes out", "Sale", Side::Out, Some(found.out)) },
        entry("Seized here", "Se incauta aquí", Side::Out, found.seized),
        entry("Used here", "Se consume aquí", Side::Out, found.consumed),
        entry("Unexplained", "Sin explicar", Side::Left, found.unexplained),
    ];
    let entries = made.into_iter().chain(rest).collect();
    let silent = atlas.unknown.by_place.get(&found.place).filter(|u| u.records > 0);
    Ok(Ledger { entries, silent: silent.map(|u| (u.records, u.kg.to_string())) })
}

/// The account of a place.
pub(crate) fn balance<'a>(atlas: &'a Atlas, area: &str) -> Option<&'a Balance> {
    atlas.balances.iter().find(|b| b.place == area)
}

/// The place of that code.
///
/// # Errors
/// `no-such-place`.
pub(crate) fn place<'a>(atlas: &'a Atlas, area: &str) -> Result<&'a super::atlas::AtlasPlace, Problem> {
    atlas.places.iter().find(|p| p.code == area).ok_or_else(|| {
        Problem::new(
            "no-such-place",
            format!("--area {area}"),
            Both::new(
                "no record and no flow of this question names this place",
                "ningún registro ni flujo de esta pregunta nombra este lugar",
            ),
            Both::new("widen the years or the group of substances", "amplíe los años o el grupo de sustancias"),
        )
    })
}

fn position_of(atlas: &Atlas, year: i32) -> Result<usize, Problem> {
    atlas.years.iter().position(|y| *y == year).ok_or_else(|| {
        let known: Vec<String> = atlas.years.iter().map(ToString::to_string).collect();
        let known = known.join(", ");
        Problem::new(
            "no-such-year",
            format!("--year {year}"),
            Both::new("no record of this question is of that year", "ningún registro de esta pregunta es de ese año"),
            both!("there are: {known}", "hay: {known}"),
        )
    })
}

/// `2011–2016`.
pub(crate) fn span(atlas: &Atlas) -> String {
    match (atlas.years.iter().min(), atlas.years.iter().max()) {
        (Some(first), Some(last)) if first != last => format!("{first}–{last}"),
        (Some(only), _) => only.to_string(),
        _ => String::new(),
    }
}

fn title(atlas: &Atlas, picture: Picture, wish: Wish<'_>) -> Both {
    let name = wish.area.and_then(|area| place(atlas, area).ok()).map(|p| p.name.clone());
    if let (Picture::Balance, Some(name)) = (picture, &name) {
        let (group, span) = (group_name(atlas), span(atlas));
        let ((en, es), (group_en, group_es)) = ((&name.en, &name.es), (&group.en, &group.es));
        return both!("{en}: balance of {group_en}, {span}", "{es}: balance de {group_es}, {span}");
    }
    let when = wish.year.map_or_else(|| span(atlas), |year| year.to_string());
    let put = |pick: fn(&Both) -> &str| {
        let parts = [pick(&atlas.title), name.as_ref().map_or("", pick), &when];
        parts.into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ")
    };
    Both::new(put(|b| &b.en), put(|b| &b.es))
}

/// What the group of substances is called.
pub(crate) fn group_name(atlas: &Atlas) -> Both {
    super::group(&atlas.group).map_or_else(|_| Both::same(&atlas.group), |g| g.name)
}

/// The unit of its amounts; an account is always a year on average.
pub(crate) fn unit(atlas: &Atlas, yearly: bool) -> Both {
    match (observed(atlas) && !yearly, atlas.unit.as_str()) {
        (true, _) => Both::new("kg recorded", "kg registrados"),
        (false, "kg") => Both::new("kg of pure substance a year", "kg de sustancia pura al año"),
        // Without figures of consumption every place wants the same: one.
        _ => Both::new("times what one country uses", "veces lo que consume un país"),
    }
}

/// How its amounts come about.
pub(crate) fn method(atlas: &Atlas) -> Both {
    match atlas.method.as_str() {
        "observed" => Both::new("What records say, which is not what flows", "Lo que dicen los registros, que no es lo que fluye"),
        "published" => Both::new(
            "Published method (UNODC 2015, Giommoni and others 2021), without intervals",
            "Método publicado (UNODC 2015, Giommoni y otros 2021), sin intervalos",
        ),
        _ => Both::new(
            "Joint estimate from records, production and use; median with 5 and 95 %",
            "Estimación conjunta de registros, producción y consumo; mediana con 5 y 95 %",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::made::atlas;

    fn flows_of(atlas: &Atlas, picture: Picture, wish: Wish<'_>) -> Flows {
        match chart(atlas, picture, wish, Vec::new()).unwrap().body {
            Body::FlowMap(flows) | Body::Sankey(flows) => flows,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_method_draws_its_own_amounts_largest_first() {
        let firsts = |method: &str| {
            let flows = flows_of(&atlas(method), Picture::Map, Wish::default());
            (flows.links[0].amount, flows.links[0].interval, flows.places[flows.links[0].to].code.clone())
        };
        assert_eq!(firsts("joint"), (50_000.0, Some([20_000.0, 90_000.0]), "BR".into()));
        assert_eq!(firsts("published"), (50_000.0, None, "BR".into()));
        assert_eq!(firsts("observed"), (2_400.0, None, "ES".into()), "records alone are ordered by what was recorded");
    }

    #[test]
    fn a_year_has_its_own_amounts_and_no_more_effective_records_than_records() {
        let joint = atlas("joint");
        let flows = flows_of(&joint, Picture::Sankey, Wish { year: Some(2015), ..Wish::default() });
        let first = &flows.links[0];
        assert_eq!((first.amount, first.records, first.effective), (25_000.0, 4, 4.0));
        assert_eq!(chart(&joint, Picture::Map, Wish { year: Some(1999), ..Wish::default() }, Vec::new()).unwrap_err().id, "no-such-year");
        let none = flows_of(&atlas("published"), Picture::Map, Wish { year: Some(2015), ..Wish::default() });
        assert!(none.links.is_empty(), "the published method knows no years");
    }

    #[test]
    fn a_place_narrows_links_and_not_what_is_not_known() {
        let joint = atlas("joint");
        let flows = flows_of(&joint, Picture::Map, Wish { area: Some("PE"), ..Wish::default() });
        assert_eq!(flows.links.len(), 2);
        let all = flows_of(&joint, Picture::Map, Wish::default());
        assert_eq!(all.links.len(), 4);
        for flows in [&flows, &all] {
            assert_eq!((flows.unknown_share, flows.records, flows.unknown[0].share), (0.6, [60, 35], 0.5), "of everything looked at");
        }
        assert_eq!(all.places[3].middle, Some([-74.4, -9.2]), "longitude first");
        let wish = Wish { area: Some("AQ"), ..Wish::default() };
        assert_eq!(chart(&joint, Picture::Map, wish, Vec::new()).unwrap_err().id, "no-such-place");
    }

    #[test]
    fn an_account_keeps_what_is_not_known_apart_from_nothing() {
        let wish = Wish { area: Some("PE"), ..Wish::default() };
        let Body::Ledger(ledger) = chart(&atlas("joint"), Picture::Balance, wish, Vec::new()).unwrap().body else { panic!() };
        assert_eq!(ledger.entries.iter().map(|e| e.band.is_some()).collect::<Vec<_>>(), [true, true, true, false, true, true]);
        assert_eq!(ledger.entries[2].records, Some(15));
        assert_eq!(chart(&atlas("observed"), Picture::Balance, wish, Vec::new()).unwrap_err().id, "no-balance");
        assert_eq!(chart(&atlas("joint"), Picture::Balance, Wish::default(), Vec::new()).unwrap_err().id, "no-balance");
        assert_eq!(Picture::parse("pie").unwrap_err().id, "unknown-what");
    }
}
