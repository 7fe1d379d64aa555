//! Flows between places, as a map of arrows and as a Sankey: width is the amount, the pale band its
//! interval, dashes say that it rests on next to nothing, grey is what is not known.

use std::sync::Arc;

use atalaya_kernel::shape::Outlines;
use atalaya_kernel::{Both, both};
use serde::Serialize;

use super::number;
use super::stage::Stage;
use super::svg::Tag;

mod curve;
pub(in crate::chart) mod key;
mod map;
mod names;
pub(in crate::chart) mod strip;

pub use map::KIND;

/// Below so many effective records a link is dashed.
pub const FIRM: f64 = 5.0;
/// The thinnest stroke that is still seen, in pixels; the key says so.
pub const HAIR: f64 = 0.75;

/// Flows between places.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Flows {
    /// The places.
    pub places: Vec<FlowPlace>,
    /// The links, the largest first.
    pub links: Vec<FlowLink>,
    /// Where something was seized whose other places are not known.
    pub unknown: Vec<UnknownPlace>,
    /// Of the kilograms recorded, the share no link carries: 0 to 1.
    pub unknown_share: f64,
    /// Records looked at, and those no link carries.
    pub records: [u64; 2],
    /// How many links are drawn; the others are counted.
    pub most: usize,
    /// The outlines under the arrows.
    #[serde(skip)]
    pub outlines: Vec<Arc<Outlines>>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct FlowPlace {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: Both,
    /// Longitude and latitude of its middle.
    pub middle: Option<[f64; 2]>,
    /// Whether the substance is produced there first.
    pub producer: bool,
}

/// A link between two places, by their position.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct FlowLink {
    /// From here.
    pub from: usize,
    /// To there.
    pub to: usize,
    /// The amount: a median where it has an interval.
    pub amount: f64,
    /// 5 and 95 %, where they are known.
    pub interval: Option<[f64; 2]>,
    /// Records that show it.
    pub records: u64,
    /// How many records of equal mass would weigh as much.
    pub effective: f64,
}

/// A place where something was seized whose other places are not known.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UnknownPlace {
    /// The place, by its position.
    pub place: usize,
    /// Of all kilograms recorded, the share: 0 to 1.
    pub share: f64,
    /// Kilograms, as decimal text.
    pub kg: String,
    /// Records.
    pub records: u64,
}

impl Flows {
    /// The links that are drawn on a plate of this width.
    pub fn drawn(&self, width: f64) -> &[FlowLink] {
        let room = if width < 480.0 { 20 } else { 60 };
        &self.links[..self.links.len().min(self.most.max(1)).min(room)]
    }

    /// Whether any amount has an interval.
    pub fn with_intervals(&self) -> bool {
        self.links.iter().any(|l| l.interval.is_some())
    }

    /// What is said of the links that are not drawn.
    pub(in crate::chart) fn rest(&self, drawn: usize) -> Option<Both> {
        let count = self.links.len().checked_sub(drawn).filter(|n| *n > 0)?;
        let all: f64 = self.links.iter().map(|l| l.amount).sum();
        let left: f64 = self.links[drawn..].iter().map(|l| l.amount).sum();
        let share = if all > 0.0 { left / all } else { 0.0 };
        let (en, es) = (percent(share, atalaya_kernel::Lang::En), percent(share, atalaya_kernel::Lang::Es));
        Some(both!(
            "The {drawn} largest links are drawn; {count} smaller ones carry {en} of the whole and are in the table.",
            "Se dibujan los {drawn} enlaces mayores; otros {count}, menores, llevan el {es} del total y están en la tabla."
        ))
    }

    pub(in crate::chart) fn name(&self, place: usize, stage: &Stage<'_>) -> String {
        self.places.get(place).map_or_else(String::new, |p| p.name.in_lang(stage.lang).into())
    }
}

impl FlowLink {
    /// Whether it rests on enough records to be drawn whole.
    pub fn firm(&self) -> bool {
        self.effective >= FIRM
    }

    /// The most it may be.
    pub(in crate::chart) fn high(&self) -> f64 {
        self.interval.map_or(self.amount, |[_, high]| high.max(self.amount))
    }
}

/// From amounts to pixels: as wide as much, nothing at nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Widths {
    /// Pixels a unit.
    pub scale: f64,
}

impl Widths {
    /// So that the widest band is `most` wide.
    pub fn of(links: &[FlowLink], most: f64) -> Widths {
        let highest = links.iter().map(FlowLink::high).fold(0.0, f64::max);
        Widths { scale: if highest > 0.0 { most / highest } else { 0.0 } }
    }

    /// Pixels of an amount.
    pub fn at(&self, amount: f64) -> f64 {
        amount.max(0.0) * self.scale
    }

    /// Pixels of a stroke that must be seen.
    pub fn seen(&self, amount: f64) -> f64 {
        self.at(amount).max(HAIR)
    }
}

/// An amount in three digits: an estimate has no more.
pub fn amount(value: f64, stage: &Stage<'_>) -> String {
    number::beside(&plain(value), stage.lang)
}

/// An amount in three digits, as decimal text.
pub fn plain(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return "0".into();
    }
    let places = 2 - value.abs().log10().floor() as i32;
    let unit = 10f64.powi(places.clamp(-15, 9));
    let text = format!("{:.9}", (value * unit).round() / unit);
    text.trim_end_matches('0').trim_end_matches('.').into()
}

/// `37 %`; below one, with a decimal.
pub fn percent(share: f64, lang: atalaya_kernel::Lang) -> String {
    let hundred = 100.0 * share;
    if hundred > 0.0 && hundred < 0.05 {
        return format!("<{}\u{a0}%", number::full("0.1", lang));
    }
    let text = if hundred > 0.0 && hundred < 1.0 { format!("{hundred:.1}") } else { format!("{hundred:.0}") };
    format!("{}\u{a0}%", number::full(&text, lang))
}

/// `12 (8–19)`.
pub(in crate::chart) fn told(link: &FlowLink, stage: &Stage<'_>) -> String {
    let middle = amount(link.amount, stage);
    match link.interval {
        Some([low, high]) => format!("{middle} ({}–{})", amount(low, stage), amount(high, stage)),
        None => middle,
    }
}

/// What a page needs to answer pointer and keys on a link.
pub(in crate::chart) fn data<'a>(tag: Tag<'a>, flows: &Flows, link: &FlowLink, stage: &Stage<'_>) -> Tag<'a> {
    let code = |place: usize| flows.places.get(place).map_or("", |p| p.code.as_str());
    let tag = tag
        .at("data-name", &format!("{} → {}", flows.name(link.from, stage), flows.name(link.to, stage)))
        .at("data-link", &format!("{}>{}", code(link.from), code(link.to)))
        .at("data-value", &plain(link.amount))
        .at("data-records", &link.records.to_string())
        .at("data-effective", &format!("{:.1}", link.effective));
    match link.interval {
        Some([low, high]) => tag.at("data-low", &plain(low)).at("data-high", &plain(high)),
        None => tag,
    }
}

/// What the flows show, in words.
pub(in crate::chart) fn say(flows: &Flows, stage: &Stage<'_>) -> String {
    const SAID: usize = 5;
    let each = |link: &FlowLink| {
        let records = match link.records {
            1 => stage.say("1 record", "1 registro").to_string(),
            n => format!("{} {}", number::full(&n.to_string(), stage.lang), stage.say("records", "registros")),
        };
        format!("{} → {}: {}, {records}", flows.name(link.from, stage), flows.name(link.to, stage), told(link, stage))
    };
    let mut said = vec![strip::sentence(flows, stage)];
    said.extend(flows.links.iter().take(SAID).map(each));
    if flows.links.len() > SAID {
        said.push(super::bars::more(flows.links.len() - SAID).in_lang(stage.lang).into());
    }
    said.join("; ")
}

#[cfg(test)]
mod tests {
    use atalaya_kernel::Lang;

    use super::*;

    #[test]
    fn an_estimate_has_three_digits() {
        assert_eq!(
            [plain(61_777.5), plain(0.0123456), plain(0.0), plain(386.506), plain(-1234.0)],
            ["61800", "0.0123", "0", "387", "-1230"]
        );
        assert_eq!([percent(0.374, Lang::Es), percent(0.004, Lang::Es), percent(0.0, Lang::En)], ["37\u{a0}%", "0,4\u{a0}%", "0\u{a0}%"]);
        assert_eq!(percent(0.0002, Lang::Es), "<0,1\u{a0}%", "what is there is never none");
    }

    #[test]
    fn twice_as_much_is_twice_as_wide() {
        let link = |amount: f64| FlowLink { amount, interval: Some([amount / 2.0, amount * 2.0]), ..FlowLink::default() };
        let widths = Widths::of(&[link(10.0), link(5.0)], 30.0);
        assert_eq!((widths.at(20.0), widths.at(10.0), widths.at(5.0)), (30.0, 15.0, 7.5));
        assert_eq!(widths.seen(1e-6), HAIR);
        assert_eq!(Widths::of(&[], 30.0).at(3.0), 0.0);
    }
}
