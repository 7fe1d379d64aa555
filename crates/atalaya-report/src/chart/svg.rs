//! SVG text, written in order: every number with fixed decimals, every text escaped.

use atalaya_kernel::both::shown;

use super::text::Type;

/// A number as it stands in an attribute: at most two decimals, never `-0`.
pub fn n(value: f64) -> String {
    if !value.is_finite() {
        return "0".into();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// A text as it may be drawn: one line, control and direction characters shown, nothing XML forbids.
pub fn clean(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        })
        .collect();
    shown(&line)
}

/// A text inside an element or an attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A piece of SVG in the making.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Svg(String);

impl Svg {
    /// Nothing yet.
    pub fn new() -> Svg {
        Svg::default()
    }

    /// Begins an element; end it with [`Tag::end`], [`Tag::open`] or [`Tag::text`].
    pub fn tag(&mut self, name: &'static str) -> Tag<'_> {
        self.0.push('<');
        self.0.push_str(name);
        Tag { svg: self, name }
    }

    /// Closes an element begun with [`Tag::open`].
    pub fn close(&mut self, name: &'static str) {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// Puts another piece here, moved.
    pub fn place(&mut self, x: f64, y: f64, piece: &Svg) {
        self.tag("g").at("transform", &format!("translate({} {})", n(x), n(y))).open();
        self.0.push_str(&piece.0);
        self.close("g");
    }

    /// Puts another piece here as it is.
    pub fn push(&mut self, piece: &Svg) {
        self.0.push_str(&piece.0);
    }

    /// A text whose baseline begins at a place; end it with [`Tag::text`].
    pub fn words(&mut self, x: f64, y: f64, style: Type, colour: &str) -> Tag<'_> {
        let tag = self.tag("text").num("x", x).num("y", y).num("font-size", style.size).at("fill", colour);
        if style.weight.css() == "400" { tag } else { tag.at("font-weight", style.weight.css()) }
    }

    /// Lines of text under each other, the first baseline at `y`; returns the place below.
    pub fn paragraph(&mut self, x: f64, y: f64, style: Type, colour: &str, lines: &[String]) -> f64 {
        for (at, line) in lines.iter().enumerate() {
            self.words(x, y + at as f64 * style.leading(), style, colour).text(line);
        }
        y + lines.len() as f64 * style.leading()
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64)) -> Tag<'_> {
        self.tag("line").num("x1", from.0).num("y1", from.1).num("x2", to.0).num("y2", to.1)
    }

    /// A rectangle.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64) -> Tag<'_> {
        self.tag("rect").num("x", x).num("y", y).num("width", width.max(0.0)).num("height", height.max(0.0))
    }

    /// What was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What was written, as text.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// An element being written.
#[must_use]
#[derive(Debug)]
pub struct Tag<'a> {
    svg: &'a mut Svg,
    name: &'static str,
}

impl Tag<'_> {
    /// An attribute.
    pub fn at(self, key: &str, value: &str) -> Self {
        let out = &mut self.svg.0;
        out.push(' ');
        out.push_str(key);
        out.push_str("=\"");
        out.push_str(&escape(value));
        out.push('"');
        self
    }

    /// An attribute that is a number.
    pub fn num(self, key: &str, value: f64) -> Self {
        self.at(key, &n(value))
    }

    /// An attribute where there is a value.
    pub fn maybe(self, key: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.at(key, value),
            None => self,
        }
    }

    /// A stroke without fill.
    pub fn stroke(self, colour: &str, width: f64) -> Self {
        self.at("fill", "none").at("stroke", colour).num("stroke-width", width)
    }

    /// Ends it without content.
    pub fn end(self) {
        self.svg.0.push_str("/>");
    }

    /// Leaves it open for children.
    pub fn open(self) {
        self.svg.0.push('>');
    }

    /// Ends it with a text.
    pub fn text(self, text: &str) {
        self.svg.0.push('>');
        self.svg.0.push_str(&escape(text));
        self.svg.0.push_str("</");
        self.svg.0.push_str(self.name);
        self.svg.0.push('>');
    }
}

/// The points of a path, straight from one to the next.
pub fn path(points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        out.push(if at == 0 { 'M' } else { 'L' });
        out.push_str(&n(*x));
        out.push(' ');
        out.push_str(&n(*y));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_most_two_decimals_and_no_minus_zero() {
        assert_eq!([n(1.0), n(-0.001), n(2.345), n(f64::NAN), n(100.0)], ["1", "0", "2.35", "0", "100"].map(String::from));
    }

    #[test]
    fn a_hostile_name_is_text_and_nothing_else() {
        let mut svg = Svg::new();
        svg.tag("text").at("data-name", "\"><script>").text("</text><script>alert('x')</script>\u{202e}\u{0}");
        assert_eq!(
            svg.as_str(),
            "<text data-name=\"&quot;&gt;&lt;script&gt;\">&lt;/text&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\\u{202e}\\u{0}</text>"
        );
    }
}
