//! The colours, dashes and marks of a drawing. They are those of the page (`app.css`).

use super::Theme;

/// The colours of a theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink {
    /// Behind everything.
    pub surface: &'static str,
    /// A shade behind parts.
    pub sunken: &'static str,
    /// Titles and values.
    pub ink: &'static str,
    /// What is said quietly.
    pub muted: &'static str,
    /// The grid.
    pub line: &'static str,
    /// Axes and outlines.
    pub edge: &'static str,
    /// What must not be overlooked: made-up data.
    pub warn: &'static str,
    /// Behind a warning.
    pub warn_soft: &'static str,
    /// Lines and bars, in order.
    pub series: [&'static str; 6],
    /// The same as text: dark enough to read.
    pub names: [&'static str; 6],
    /// Classes of a map, lowest first.
    pub ramp: [&'static str; 7],
    /// A reported zero on a map.
    pub zero: &'static str,
    /// Classes of a map of changes, the worst first.
    pub sides: [&'static str; 6],
}

/// Dark ink on paper.
pub const LIGHT: Ink = Ink {
    surface: "#ffffff",
    sunken: "#f2f0ea",
    ink: "#1b2127",
    muted: "#56606b",
    line: "#e2dfd7",
    edge: "#8a9098",
    warn: "#8a4b00",
    warn_soft: "#fbf0dd",
    series: ["#159f92", "#9c3a08", "#2f4fa3", "#7d1648", "#ac8f1e", "#9a83dd"],
    names: ["#0e6f6a", "#9c3a08", "#2f4fa3", "#7d1648", "#755f0c", "#6a4fb5"],
    ramp: ["#d9eee9", "#aedad1", "#7cc1b6", "#4ca298", "#237e77", "#0e605b", "#063f3c"],
    zero: "#f6e9c8",
    sides: ["#8a4b12", "#c98f4f", "#efd9b8", "#c4e5df", "#5fb0a6", "#0e605b"],
};

/// Light ink on a dark screen.
pub const DARK: Ink = Ink {
    surface: "#181f25",
    sunken: "#1f272e",
    ink: "#e9ecee",
    muted: "#a5b0ba",
    line: "#2d3740",
    edge: "#76828d",
    warn: "#f2b765",
    warn_soft: "#33270f",
    series: ["#48c9b8", "#ef8e3c", "#6d8df0", "#b8487e", "#f0e08a", "#cdb2f5"],
    names: ["#48c9b8", "#ef8e3c", "#93abf7", "#ef86b2", "#f0e08a", "#cdb2f5"],
    ramp: ["#16403d", "#1d5955", "#28736d", "#45a399", "#68bcb1", "#97d5ca", "#d0efe8"],
    zero: "#50472c",
    sides: ["#f0a45b", "#a86a2c", "#4f3a22", "#1d4a47", "#2f837b", "#97d5ca"],
};

/// How lines differ beside their colour: after six colours the dash changes.
pub const DASHES: [Option<&str>; 4] = [None, Some("7 3"), Some("2 3"), Some("9 3 2 3")];

impl Ink {
    /// The colours of a theme.
    pub fn of(theme: Theme) -> &'static Ink {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The look of the `at`-th line.
    pub fn pen(&self, at: usize) -> Pen {
        let turn = at / self.series.len();
        let colour = at % self.series.len();
        // Neighbours differ in dash as well, so that a print in grey can be read.
        let dash = DASHES[(at % 2 + 2 * (turn % 2)) % DASHES.len()];
        Pen { colour: self.series[colour], name: self.names[colour], dash, shape: SHAPES[at % SHAPES.len()] }
    }
}

/// The look of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    /// Its colour.
    pub colour: &'static str,
    /// The colour of its name.
    pub name: &'static str,
    /// Its dash pattern.
    pub dash: Option<&'static str>,
    /// The shape of its marks.
    pub shape: Shape,
}

/// The shape of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ◆
    Diamond,
    /// ▼
    Down,
}

/// Shapes in the order of lines.
pub const SHAPES: [Shape; 5] = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Diamond, Shape::Down];

impl Shape {
    /// The outline of a mark of radius `r` about a place; a circle is drawn as a path as well.
    pub fn path(self, x: f64, y: f64, r: f64) -> String {
        use super::svg::{n, path};
        let closed = |points: &[(f64, f64)]| format!("{}Z", path(points));
        match self {
            Shape::Circle => {
                let (left, radius, across) = (n(x - r), n(r), n(2.0 * r));
                format!("M{left} {}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0 -{across} 0Z", n(y))
            }
            Shape::Square => {
                let s = r * 0.9;
                closed(&[(x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s)])
            }
            Shape::Triangle => closed(&[(x, y - r * 1.2), (x + r * 1.1, y + r * 0.8), (x - r * 1.1, y + r * 0.8)]),
            Shape::Diamond => closed(&[(x, y - r * 1.25), (x + r * 1.25, y), (x, y + r * 1.25), (x - r * 1.25, y)]),
            Shape::Down => closed(&[(x, y + r * 1.2), (x + r * 1.1, y - r * 0.8), (x - r * 1.1, y - r * 0.8)]),
        }
    }
}
