//! Text measured on the very font it is drawn with, so that nothing overlaps or is cut.

use std::sync::OnceLock;

use super::svg::clean;

/// The font's regular weight.
pub const REGULAR: &[u8] = include_bytes!("../../fonts/Inter-Regular.ttf");
/// The font's heavier weight, for titles and names.
pub const SEMIBOLD: &[u8] = include_bytes!("../../fonts/Inter-SemiBold.ttf");
/// The families of a drawing: ours, then what a machine without it has, none of them wider.
pub const FAMILY: &str = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

/// How heavy a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Body text.
    Regular,
    /// Titles and names.
    SemiBold,
}

impl Weight {
    /// As CSS says it.
    pub fn css(self) -> &'static str {
        match self {
            Weight::Regular => "400",
            Weight::SemiBold => "600",
        }
    }
}

/// A text style: size in pixels and weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Pixels.
    pub size: f64,
    /// Weight.
    pub weight: Weight,
}

impl Type {
    /// Body text of a size.
    pub const fn regular(size: f64) -> Type {
        Type { size, weight: Weight::Regular }
    }

    /// A title or a name of a size.
    pub const fn bold(size: f64) -> Type {
        Type { size, weight: Weight::SemiBold }
    }

    /// From one line to the next.
    pub fn leading(self) -> f64 {
        (self.size * 1.32).round()
    }

    /// Width of a text in pixels; letters the font lacks count as wide ones.
    pub fn width(self, text: &str) -> f64 {
        let face = &faces()[usize::from(self.weight == Weight::SemiBold)];
        let units: u32 = text.chars().map(|c| face.advance(c)).sum();
        f64::from(units) / f64::from(face.units) * self.size
    }

    /// The lines of a text that is not wider than `max`: broken at spaces, words that are longer
    /// by themselves anywhere. Nothing is left out.
    pub fn wrap(self, text: &str, max: f64) -> Vec<String> {
        let text = clean(text);
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|w| !w.is_empty()) {
            let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
            if self.width(&longer) <= max {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                if !line.is_empty() && self.width(&line) + self.width(c.encode_utf8(&mut [0; 4])) > max {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// At most `most` lines; the last one ends with an ellipsis where more was to be said.
    pub fn wrap_to(self, text: &str, max: f64, most: usize) -> Vec<String> {
        let mut lines = self.wrap(text, max);
        if lines.len() > most && most > 0 {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                *last = self.shorten(&format!("{last} …"), max);
            }
        }
        lines
    }

    /// The text, or as much of it as fits with an ellipsis.
    pub fn shorten(self, text: &str, max: f64) -> String {
        let text = clean(text);
        if self.width(&text) <= max && !text.ends_with('…') {
            return text;
        }
        let mut kept: String = text.trim_end_matches('…').into();
        while !kept.is_empty() && self.width(&format!("{}…", kept.trim_end())) > max {
            kept.pop();
        }
        format!("{}…", kept.trim_end())
    }

    /// The widest of several texts.
    pub fn widest<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> f64 {
        texts.into_iter().map(|t| self.width(t)).fold(0.0, f64::max)
    }
}

/// The widths of a face by letter.
struct Face {
    units: u16,
    /// Advances of the letters below [`KNOWN`]; 0 where the font has none.
    advances: Vec<u16>,
}

const KNOWN: u32 = 0x2600;

impl Face {
    fn read(bytes: &[u8]) -> Face {
        // The fonts are part of the program; a test reads them.
        let Ok(face) = ttf_parser::Face::parse(bytes, 0) else { return Face { units: 1, advances: Vec::new() } };
        let advance = |c: u32| {
            let glyph = char::from_u32(c).and_then(|c| face.glyph_index(c))?;
            face.glyph_hor_advance(glyph)
        };
        Face { units: face.units_per_em(), advances: (0..KNOWN).map(|c| advance(c).unwrap_or(u16::MAX)).collect() }
    }

    fn advance(&self, c: char) -> u32 {
        match self.advances.get(c as usize) {
            Some(&advance) if advance != u16::MAX => u32::from(advance),
            // Another font draws it: an em is wide enough for any script.
            _ => u32::from(self.units),
        }
    }
}

fn faces() -> &'static [Face; 2] {
    static FACES: OnceLock<[Face; 2]> = OnceLock::new();
    FACES.get_or_init(|| [Face::read(REGULAR), Face::read(SEMIBOLD)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_tabular_and_both_languages_are_in_the_font() {
        for weight in [Type::regular(10.0), Type::bold(10.0)] {
            assert!("0123456789".chars().all(|c| weight.width(&c.to_string()) == weight.width("0")));
        }
        let face = ttf_parser::Face::parse(REGULAR, 0).unwrap();
        for c in "áéíóúüñ¿¡ÁÑ–—−\u{202f}\u{a0}·…“”«»×≥≤→←↑↓⅓µβ°".chars().filter(|c| *c != '⅓')
        {
            assert!(face.glyph_index(c).is_some(), "{c:?}");
        }
    }

    #[test]
    fn wrapping_leaves_nothing_out_and_nothing_too_wide() {
        let style = Type::regular(13.0);
        let text = "Superficie cultivada con coca, Valle de los Ríos Apurímac, Ene y Mantaro supercalifragilisticoespialidoso";
        for max in [40.0, 90.0, 300.0] {
            let lines = style.wrap(text, max);
            assert!(lines.iter().all(|l| style.width(l) <= max), "{max}: {lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
        assert!(style.wrap_to(text, 90.0, 2).last().unwrap().ends_with('…'));
        assert!(style.width(&style.shorten(text, 90.0)) <= 90.0);
    }
}
