//! Charts and maps by query, drawn by the one renderer.

use atalaya_kernel::{Both, Lang, Problem};
use atalaya_report::bulletin::{PictureAsk, Plate};

use super::cell::Asker;
use super::edition::Lines;

/// A chart in one language.
pub(super) fn chart(_asker: &mut Asker<'_>, _lines: &mut Lines, _picture: &PictureAsk, _lang: Lang, place: &str) -> Result<Plate, Problem> {
    Err(Problem::new("bulletin-chart", place, Both::same("later"), Both::same("later")))
}

/// A map in one language.
pub(super) fn map(asker: &mut Asker<'_>, lines: &mut Lines, picture: &PictureAsk, lang: Lang, place: &str) -> Result<Plate, Problem> {
    chart(asker, lines, picture, lang, place)
}
