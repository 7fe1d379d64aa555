//! Outlines laid on the page: what is framed, how large, and the path of every area.

use std::collections::BTreeSet;
use std::fmt::Write;

use atalaya_kernel::Lang;
use atalaya_kernel::area::areas;
use atalaya_kernel::shape::{Outline, Outlines};

use super::Projection;
use crate::chart::MapBody;

/// The largest triangle, in square pixels, that a border may lose.
const FINE: f64 = 0.45;
/// At most as many countries with a value are framed by themselves, not in the whole world.
const FEW: usize = 8;
/// What a point weighs at least to be asked for the frame, in square degrees.
const COARSE: f64 = 1e-3;

/// An area as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark<'m> {
    /// Its code; may be empty where `aside`.
    pub area: &'m str,
    /// Its path, ten units a pixel.
    pub path: String,
    /// Whether it is only there so that the others do not float: land of no question.
    pub aside: bool,
}

/// A map's ground.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ground<'m> {
    pub projection: Projection,
    /// Height in pixels.
    pub height: f64,
    /// What is drawn, land aside first.
    pub marks: Vec<Mark<'m>>,
    sources: Vec<&'m Outlines>,
}

/// How degrees become pixels.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::chart) struct Scale {
    projection: Projection,
    /// Pixels a radius of the earth.
    size: f64,
    /// West and north edge.
    from: [f64; 2],
    width: f64,
    /// Height in pixels.
    pub height: f64,
    /// Points of less weight are left out.
    least: f64,
    /// Whether areas too small to see become dots.
    dots: bool,
}

impl<'m> Ground<'m> {
    /// Lays out a map; `None` where it has no outline to draw. One map of a few countries is framed
    /// about them; small maps beside each other all have the same frame.
    pub fn lay(map: &'m MapBody, width: f64, small: bool) -> Option<Ground<'m>> {
        let chosen = Chosen::of(map, small)?;
        let projection = projection(&chosen, map);
        let scale = Scale::fit(&chosen, projection, width, map.level == "country")?;
        let mut marks: Vec<Mark<'m>> = Vec::new();
        for (outlines, outline, aside) in &chosen.all {
            let valued = map.values.iter().any(|v| v.area == outline.area);
            if let Some(path) = scale.path(outlines, outline, valued) {
                marks.push(Mark { area: &outline.area, path, aside: *aside });
            }
        }
        let mut sources: Vec<&Outlines> = Vec::new();
        for (outlines, _, _) in &chosen.all {
            if !sources.iter().any(|s| s.id == outlines.id) {
                sources.push(outlines);
            }
        }
        Some(Ground { projection, height: scale.height, marks, sources })
    }

    /// Whose outlines they are, on what terms.
    pub fn source(&self, lang: Lang) -> String {
        let each = |o: &&Outlines| {
            let (source, licence) = (o.source.in_lang(lang), &o.licence);
            if licence.is_empty() { source.to_string() } else { format!("{source} ({licence})") }
        };
        let mut said: Vec<String> = self.sources.iter().map(each).collect();
        said.dedup();
        said.join("; ")
    }
}

/// The outlines of a map.
struct Chosen<'m> {
    /// Every outline drawn, and whether only aside.
    all: Vec<(&'m Outlines, &'m Outline, bool)>,
    /// Those that must be in the picture.
    frame: Vec<(&'m Outlines, &'m Outline)>,
    world: bool,
}

impl<'m> Chosen<'m> {
    fn of(map: &'m MapBody, small: bool) -> Option<Chosen<'m>> {
        let within: Vec<&str> = map.within.split(',').map(str::trim).filter(|w| !w.is_empty()).collect();
        let valued: BTreeSet<&str> = map.values.iter().map(|v| v.area.as_str()).collect();
        let known = |code: &str| valued.contains(code);
        let country = map.level == "country";
        let mut seen = BTreeSet::new();
        let mut chosen = Chosen { all: Vec::new(), frame: Vec::new(), world: false };
        for outlines in map.outlines.iter().filter(|o| o.level == map.level) {
            // A file of another country than the question's is no part of its map.
            let asked = country || !within.is_empty() || outlines.areas.iter().any(|o| known(&o.area));
            for outline in outlines.areas.iter().filter(|_| asked) {
                let code = outline.area.as_str();
                if !code.is_empty() && !seen.insert(code) || code == "AQ" && !known(code) {
                    continue;
                }
                let member = !code.is_empty() && (within.is_empty() || within.iter().any(|w| areas().is_within(code, w)));
                if member || country {
                    chosen.all.push((outlines, outline, !member));
                }
            }
        }
        let members: Vec<_> = chosen.all.iter().filter(|(_, _, aside)| !aside).map(|(o, a, _)| (*o, *a)).collect();
        let valued: Vec<_> = members.iter().copied().filter(|(_, a)| known(&a.area)).collect();
        let few = country && !small && within.is_empty() && (1..=FEW).contains(&valued.len());
        chosen.world = country && within.is_empty() && !few;
        chosen.frame = if few { valued } else { members };
        // Land aside lies below what is asked about.
        chosen.all.sort_by_key(|(_, _, aside)| !aside);
        (!chosen.frame.is_empty()).then_some(chosen)
    }

    /// The points that must be in the picture, thinned.
    fn points(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        let rings = self.frame.iter().flat_map(|(o, a)| a.polygons.iter().filter_map(|p| p.first()).map(move |arcs| (*o, arcs)));
        rings.flat_map(|(outlines, arcs)| outlines.ring(arcs, COARSE))
    }
}

/// The world has its own projection; a part of it one about its middle.
fn projection(chosen: &Chosen<'_>, map: &MapBody) -> Projection {
    if chosen.world {
        return Projection::EqualEarth;
    }
    // The middle of the points on the sphere, which knows no antimeridian; of the box where the
    // country is small, because coasts have more points than borders.
    let mut sum = [0.0_f64; 3];
    let mut bounds: Option<[f64; 4]> = None;
    for [lon, lat] in chosen.points() {
        let (x, y) = (lon.to_radians(), lat.to_radians());
        sum = [sum[0] + y.cos() * x.cos(), sum[1] + y.cos() * x.sin(), sum[2] + y.sin()];
        let b = bounds.unwrap_or([lon, lat, lon, lat]);
        bounds = Some([b[0].min(lon), b[1].min(lat), b[2].max(lon), b[3].max(lat)]);
    }
    let [west, south, east, north] = bounds.unwrap_or_default();
    let (lon, lat) = if east - west < 120.0 || map.level != "country" {
        ((west + east) / 2.0, (south + north) / 2.0)
    } else {
        (sum[1].atan2(sum[0]).to_degrees(), sum[2].atan2(sum[0].hypot(sum[1])).to_degrees())
    };
    Projection::Lambert { lon: lon.round(), lat: lat.round() }
}

impl Scale {
    fn fit(chosen: &Chosen<'_>, projection: Projection, width: f64, dots: bool) -> Option<Scale> {
        let mut bounds: Option<[f64; 4]> = None;
        for point in chosen.points() {
            let [x, y] = projection.place(point);
            let b = bounds.unwrap_or([x, y, x, y]);
            bounds = Some([b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)]);
        }
        let pad = if chosen.world { 2.0 } else { 8.0 };
        Some(Scale::framed(projection, bounds?, width, pad, dots))
    }

    /// The scale that puts a frame, west, south, east and north in radii, on the page.
    pub(in crate::chart) fn framed(projection: Projection, frame: [f64; 4], width: f64, pad: f64, dots: bool) -> Scale {
        let [west, south, east, north] = frame;
        let (across, down) = ((east - west).max(1e-9), (north - south).max(1e-9));
        let tallest = (width * 1.15).clamp(180.0, 760.0);
        let size = ((width - 2.0 * pad) / across).min((tallest - 2.0 * pad) / down);
        let height = (down * size + 2.0 * pad).round();
        let from = [west - (width / size - across) / 2.0, north + pad / size];
        let per_degree = size.to_radians();
        Scale { projection, size, from, width, height, least: FINE / (per_degree * per_degree), dots }
    }

    /// Where a place lies, in tenths of a pixel.
    pub(in crate::chart) fn pixels(&self, point: [f64; 2]) -> (i32, i32) {
        let [x, y] = self.projection.place(point);
        let at = |v: f64| (v * self.size * 10.0).round().clamp(-1e6, 1e6) as i32;
        (at(x - self.from[0]), at(self.from[1] - y))
    }

    /// The path of an area; `None` where nothing of it is in the picture.
    pub(in crate::chart) fn path(&self, outlines: &Outlines, outline: &Outline, valued: bool) -> Option<String> {
        let mut path = String::new();
        let mut bounds: Option<[i32; 4]> = None;
        for arcs in outline.polygons.iter().flatten() {
            let ring = outlines.ring(arcs, self.least);
            // What lies on the far side of an azimuthal map is torn apart there.
            if ring.is_empty() || self.is_far(ring[0]) {
                continue;
            }
            let points: Vec<(i32, i32)> = ring.into_iter().map(|p| self.pixels(p)).collect();
            let b = points
                .iter()
                .fold([i32::MAX, i32::MAX, i32::MIN, i32::MIN], |b, p| [b[0].min(p.0), b[1].min(p.1), b[2].max(p.0), b[3].max(p.1)]);
            let (right, bottom) = ((self.width * 10.0) as i32, (self.height * 10.0) as i32);
            if b[2] < 0 || b[3] < 0 || b[0] > right || b[1] > bottom {
                continue;
            }
            let all = bounds.unwrap_or(b);
            bounds = Some([all[0].min(b[0]), all[1].min(b[1]), all[2].max(b[2]), all[3].max(b[3])]);
            trace(&mut path, &points);
        }
        let [left, top, right, bottom] = bounds?;
        let small = (right - left).max(bottom - top);
        let middle = ((left + right) / 2, (top + bottom) / 2);
        match (path.is_empty(), valued) {
            (_, true) if self.dots && small < 30 => Some(dot(middle.0, middle.1, 22)),
            (true, _) => Some(dot(middle.0, middle.1, if valued { 12 } else { 6 })),
            _ => Some(path),
        }
    }

    fn is_far(&self, [lon, lat]: [f64; 2]) -> bool {
        let Projection::Lambert { lon: x, lat: y } = self.projection else { return false };
        let (a, b) = (lat.to_radians(), y.to_radians());
        a.sin() * b.sin() + a.cos() * b.cos() * (lon - x).to_radians().cos() < -0.2
    }
}

/// A ring as steps from point to point; nothing where it has no area left.
fn trace(path: &mut String, points: &[(i32, i32)]) {
    let mut kept = points.to_vec();
    kept.dedup();
    while kept.len() > 1 && kept.first() == kept.last() {
        kept.pop();
    }
    if kept.len() < 3 {
        return;
    }
    let _ = write!(path, "M{} {}l", kept[0].0, kept[0].1);
    for (at, pair) in kept.windows(2).enumerate() {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        let gap = if at == 0 || dx < 0 { "" } else { " " };
        let between = if dy < 0 { "" } else { " " };
        let _ = write!(path, "{gap}{dx}{between}{dy}");
    }
    path.push('z');
}

/// An area too small to see, as a dot that can be.
fn dot(x: i32, y: i32, radius: i32) -> String {
    let across = 2 * radius;
    format!("M{} {y}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0-{across} 0z", x - radius)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_whole_numbers_in_as_few_letters_as_may_be() {
        let mut path = String::new();
        trace(&mut path, &[(10, 10), (20, 5), (20, 5), (15, 30), (10, 10)]);
        assert_eq!(path, "M10 10l10-5-5 25z");
        trace(&mut path, &[(0, 0), (1, 1), (0, 0)]);
        assert_eq!(path, "M10 10l10-5-5 25z", "a line is no area");
    }
}
