//! An SVG of ours as PNG, with the fonts it was measured on and nothing of the machine.

use std::sync::{Arc, OnceLock};

use atalaya_kernel::{Both, Problem, both};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};

use super::text::{REGULAR, SEMIBOLD};

/// Pixels past which a picture is refused: 8,000 by 8,000.
const MOST_PIXELS: f64 = 64e6;

/// The picture of an SVG, `scale` pixels a CSS pixel.
///
/// # Errors
/// `chart-png` for what is no SVG, and for a picture too large.
pub fn png(svg: &str, scale: f64) -> Result<Vec<u8>, Problem> {
    let options = usvg::Options { fontdb: fonts(), font_family: "Inter".into(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| failed(&e.to_string()))?;
    let size = tree.size();
    let (width, height) = ((f64::from(size.width()) * scale).round(), (f64::from(size.height()) * scale).round());
    if !(width >= 1.0 && height >= 1.0 && width * height <= MOST_PIXELS) {
        return Err(failed(&format!("{width} x {height} px")));
    }
    let mut pixels = Pixmap::new(width as u32, height as u32).ok_or_else(|| failed("no size"))?;
    let transform = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
    resvg::render(&tree, transform, &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| failed(&e.to_string()))
}

fn failed(reason: &str) -> Problem {
    Problem::new(
        "chart-png",
        "png",
        both!("the picture could not be made ({reason})", "no se pudo hacer la imagen ({reason})"),
        Both::new("ask for a smaller width, or for format svg", "pida un ancho menor, o el formato svg"),
    )
}

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    FONTS
        .get_or_init(|| {
            let mut fonts = fontdb::Database::new();
            fonts.load_font_data(REGULAR.to_vec());
            fonts.load_font_data(SEMIBOLD.to_vec());
            fonts.set_sans_serif_family("Inter");
            Arc::new(fonts)
        })
        .clone()
}
