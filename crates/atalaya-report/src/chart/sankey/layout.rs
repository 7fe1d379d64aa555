//! Where the places and ribbons of a Sankey lie: columns from field to market.
//!
//! Links that close a circle are cut, the smallest first, until none is left. A place stands one
//! column after the last of those that supply it with something; a trickle does not move it, and is
//! cut where it would then lead back.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::flows::{FlowLink, Flows, Widths};

/// Width of a place's bar.
pub const BAR: f64 = 9.0;
/// The least height of a place, so that its name has room.
pub const SLOT: f64 = 14.0;
const GAP: f64 = 5.0;

/// A place in its column.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Which place.
    pub place: usize,
    /// Its column, from 0.
    pub column: usize,
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Its height: the larger of what comes in and what goes out.
    pub height: f64,
    /// Whether something leaves it and nothing drawn comes in.
    pub first: bool,
}

/// A link as a ribbon.
#[derive(Debug, Clone, PartialEq)]
pub struct Ribbon {
    /// Which of the links.
    pub link: usize,
    /// Where its middle begins.
    pub from: (f64, f64),
    /// Where its middle ends.
    pub to: (f64, f64),
}

/// A Sankey laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The places.
    pub nodes: Vec<Node>,
    /// The ribbons, the largest first.
    pub ribbons: Vec<Ribbon>,
    /// Links that lead back and are not drawn.
    pub back: Vec<usize>,
    /// From amounts to pixels.
    pub widths: Widths,
    /// From one column to the next.
    pub step: f64,
    /// Height in pixels.
    pub height: f64,
}

/// Links that close no circle, the largest first, and those that would.
pub fn without_circles(links: &[FlowLink]) -> (Vec<usize>, Vec<usize>) {
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by(|a, b| links[*b].amount.total_cmp(&links[*a].amount).then(a.cmp(b)));
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let (mut kept, mut back) = (Vec::new(), Vec::new());
    for at in order {
        let FlowLink { from, to, .. } = links[at];
        if from == to || reaches(&next, to, from) {
            back.push(at);
        } else {
            next.entry(from).or_default().push(to);
            kept.push(at);
        }
    }
    (kept, back)
}

fn reaches(next: &BTreeMap<usize, Vec<usize>>, from: usize, to: usize) -> bool {
    let (mut seen, mut todo) = (BTreeSet::from([from]), vec![from]);
    while let Some(at) = todo.pop() {
        if at == to {
            return true;
        }
        todo.extend(next.get(&at).into_iter().flatten().copied().filter(|n| seen.insert(*n)));
    }
    false
}

/// Of what comes into a place, the least part that says where it stands.
const TRICKLE: f64 = 0.1;

/// The column of every place: one after the last that supplies it; whoever nobody supplies, and is
/// no place of production, stands before the first it supplies.
fn columns(flows: &Flows, links: &[FlowLink], kept: &[usize]) -> BTreeMap<usize, usize> {
    let mut column: BTreeMap<usize, usize> = kept.iter().flat_map(|at| [links[*at].from, links[*at].to]).map(|p| (p, 0)).collect();
    let mut into: BTreeMap<usize, f64> = BTreeMap::new();
    kept.iter().for_each(|at| *into.entry(links[*at].to).or_default() += links[*at].amount);
    let strong: Vec<usize> = kept.iter().copied().filter(|at| links[*at].amount >= TRICKLE * into[&links[*at].to]).collect();
    // As often as there are places is enough where no circle is.
    for _ in 0..column.len() {
        for at in &strong {
            let FlowLink { from, to, .. } = links[*at];
            let after = column[&from] + 1;
            if let Some(place) = column.get_mut(&to).filter(|c| **c < after) {
                *place = after;
            }
        }
    }
    let supplied: BTreeSet<usize> = kept.iter().map(|at| links[*at].to).collect();
    let sources: Vec<usize> = column.keys().copied().filter(|p| !supplied.contains(p) && !flows.places[*p].producer).collect();
    for place in sources {
        let first = kept.iter().filter(|at| links[**at].from == place).map(|at| column[&links[*at].to]).min();
        column.insert(place, first.unwrap_or(1).saturating_sub(1));
    }
    column
}

/// Lays the links out on a width, `room` of it kept for names beside the last column.
pub fn lay(flows: &Flows, links: &[FlowLink], width: f64, room: f64) -> Layout {
    let (kept, mut back) = without_circles(links);
    let column = columns(flows, links, &kept);
    let (kept, aside): (Vec<usize>, Vec<usize>) = kept.into_iter().partition(|at| column[&links[*at].to] > column[&links[*at].from]);
    back.extend(aside);
    back.sort_by(|a, b| links[*b].amount.total_cmp(&links[*a].amount).then(a.cmp(b)));
    let last = column.values().copied().max().unwrap_or(0).max(1);
    let step = (width - room - BAR) / last as f64;
    let (mut into, mut out): (BTreeMap<usize, f64>, BTreeMap<usize, f64>) = Default::default();
    for at in &kept {
        *out.entry(links[*at].from).or_default() += links[*at].amount;
        *into.entry(links[*at].to).or_default() += links[*at].amount;
    }
    let through = |place: usize| into.get(&place).copied().unwrap_or(0.0).max(out.get(&place).copied().unwrap_or(0.0));
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); last + 1];
    column.iter().for_each(|(place, at)| rows[*at].push(*place));
    for row in &mut rows {
        row.sort_by(|a, b| through(*b).total_cmp(&through(*a)).then(a.cmp(b)));
    }
    untangle(&mut rows, links, &kept);
    let fullest = rows.iter().map(|row| row.iter().map(|p| through(*p)).sum::<f64>()).fold(0.0, f64::max);
    let widths = Widths { scale: if fullest > 0.0 { (width * 0.5).clamp(220.0, 440.0) / fullest } else { 0.0 } };
    let slot = |place: usize| widths.at(through(place)).max(SLOT) + GAP;
    let height = rows.iter().map(|row| row.iter().map(|p| slot(*p)).sum::<f64>()).fold(0.0, f64::max);
    let mut nodes = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let mut y = (height - row.iter().map(|p| slot(*p)).sum::<f64>()) / 2.0;
        for place in row {
            let tall = widths.at(through(*place)).max(1.5);
            let first = !into.contains_key(place) && !flows.places[*place].producer;
            nodes.push(Node { place: *place, column: at, x: at as f64 * step, y: y + (slot(*place) - tall) / 2.0, height: tall, first });
            y += slot(*place);
        }
    }
    let ribbons = ribbons(&nodes, links, &kept, &widths);
    Layout { nodes, ribbons, back, widths, step, height }
}

/// Puts each place near the middle of those it is joined to, four times there and back.
fn untangle(rows: &mut [Vec<usize>], links: &[FlowLink], kept: &[usize]) {
    for turn in 0..8 {
        let order: BTreeMap<usize, f64> = rows
            .iter()
            .flat_map(|row| row.iter().enumerate().map(|(at, place)| (*place, (at as f64 + 0.5) / row.len() as f64)).collect::<Vec<_>>())
            .collect();
        let middle = |place: usize| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for at in kept {
                let FlowLink { from, to, amount, .. } = links[*at];
                let other = if turn % 2 == 0 && to == place {
                    from
                } else if turn % 2 == 1 && from == place {
                    to
                } else {
                    continue;
                };
                sum += amount * order[&other];
                weight += amount;
            }
            if weight > 0.0 { sum / weight } else { order[&place] }
        };
        let wanted: BTreeMap<usize, f64> = order.keys().map(|p| (*p, middle(*p))).collect();
        for row in rows.iter_mut() {
            row.sort_by(|a, b| wanted[a].total_cmp(&wanted[b]).then(order[a].total_cmp(&order[b])));
        }
    }
}

/// Ribbons leave and arrive in the order of the places they join, so that they cross little.
fn ribbons(nodes: &[Node], links: &[FlowLink], kept: &[usize], widths: &Widths) -> Vec<Ribbon> {
    let node: BTreeMap<usize, &Node> = nodes.iter().map(|n| (n.place, n)).collect();
    let starts = |out: bool| {
        let mut order = kept.to_vec();
        let far = |at: usize| if out { links[at].to } else { links[at].from };
        order.sort_by(|a, b| node[&far(*a)].y.total_cmp(&node[&far(*b)].y).then(a.cmp(b)));
        let mut used: BTreeMap<usize, f64> = BTreeMap::new();
        let mut middle: BTreeMap<usize, f64> = BTreeMap::new();
        for at in order {
            let place = if out { links[at].from } else { links[at].to };
            let width = widths.at(links[at].amount);
            let before = used.entry(place).or_default();
            middle.insert(at, node[&place].y + *before + width / 2.0);
            *before += width;
        }
        middle
    };
    let (from, to) = (starts(true), starts(false));
    let one = |at: &usize| {
        let (a, b) = (node[&links[*at].from], node[&links[*at].to]);
        Ribbon { link: *at, from: (a.x + BAR, from[at]), to: (b.x, to[at]) }
    };
    kept.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::flows::FlowPlace;

    fn link(from: usize, to: usize, amount: f64) -> FlowLink {
        FlowLink { from, to, amount, records: 9, effective: 9.0, ..FlowLink::default() }
    }

    fn flows(links: Vec<FlowLink>) -> Flows {
        let places = (0..8).map(|i| FlowPlace { code: format!("P{i}"), producer: i == 0, ..FlowPlace::default() }).collect();
        Flows { places, links, most: 40, ..Flows::default() }
    }

    #[test]
    fn the_smallest_link_of_a_circle_is_cut() {
        let links = [link(0, 1, 10.0), link(1, 2, 8.0), link(2, 0, 1.0), link(2, 1, 2.0)];
        let (kept, back) = without_circles(&links);
        assert_eq!((kept, back), (vec![0, 1], vec![3, 2]));
    }

    #[test]
    fn every_ribbon_leads_to_the_right_and_is_as_wide_as_it_carries() {
        let links = vec![link(0, 1, 10.0), link(1, 2, 6.0), link(0, 2, 4.0), link(2, 3, 5.0), link(4, 3, 2.0), link(3, 0, 1.0)];
        let flows = flows(links);
        let layout = lay(&flows, &flows.links, 700.0, 90.0);
        assert_eq!(layout.back, [5]);
        assert!(layout.ribbons.iter().all(|r| r.to.0 > r.from.0));
        let node = |place: usize| layout.nodes.iter().find(|n| n.place == place).unwrap();
        assert!((node(0).height - layout.widths.at(14.0)).abs() < 1e-9);
        assert_eq!((node(0).column, node(3).column, node(4).column), (0, 3, 2), "who is supplied by nobody stands before whom it supplies");
        assert!(node(4).first && !node(0).first);
    }

    #[test]
    fn a_trickle_moves_no_place() {
        let links = vec![link(0, 1, 10.0), link(0, 2, 9.0), link(1, 2, 0.5), link(2, 3, 4.0)];
        let flows = flows(links);
        let layout = lay(&flows, &flows.links, 700.0, 90.0);
        assert_eq!(layout.back, [2], "it would stay in its column");
        assert_eq!(layout.nodes.iter().map(|n| n.column).max(), Some(2));
    }

    #[test]
    fn places_of_a_column_leave_room_for_their_names() {
        let flows = flows((1..8).map(|to| link(0, to, 1.0 / to as f64)).collect());
        let layout = lay(&flows, &flows.links, 360.0, 80.0);
        let mut middles: Vec<f64> = layout.nodes.iter().filter(|n| n.column == 1).map(|n| n.y + n.height / 2.0).collect();
        middles.sort_by(f64::total_cmp);
        assert!(middles.windows(2).all(|w| w[1] - w[0] >= SLOT), "{middles:?}");
    }
}
