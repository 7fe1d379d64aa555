//! The browser app, embedded.
//!
//! The pages live in `ui/` (Vite, Svelte, TypeScript) and are built by `build.rs`. A release build
//! carries them inside the program; a debug build reads `ui/dist` from disk, so `npm run build --
//! --watch` and a running server show a change at once. Built with `ATALAYA_UI=skip`, the one page
//! here says so in both languages.

use std::borrow::Cow;

use rust_embed::RustEmbed;

/// The content security policy the pages are written for: nothing from another host, no inline
/// script. Charts set inline styles and pictures are saved through `blob:`.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; \
     connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// One file of the app, ready to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The file.
    pub bytes: Cow<'static, [u8]>,
    /// Its `Content-Type`.
    pub mime: &'static str,
    /// Its `ETag`, quoted: the SHA-256 of the file.
    pub etag: String,
}

impl Asset {
    /// Whether the name carries a hash of the content, so that a browser may keep it for ever.
    pub fn immutable(path: &str) -> bool {
        path.trim_start_matches('/').starts_with("assets/")
    }
}

/// The file at a path of the site; `/` is the page itself. `None` where there is no such file.
pub fn asset(path: &str) -> Option<Asset> {
    let path = path.trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let file = Dist::get(path)?;
    let hash: String = file.metadata.sha256_hash().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Asset { bytes: file.data, mime: mime(path), etag: format!("\"{hash}\"") })
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" => "application/json; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[derive(RustEmbed)]
#[cfg_attr(not(ui_skipped), folder = "ui/dist")]
#[cfg_attr(ui_skipped, folder = "fallback")]
struct Dist;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_under_both_names() {
        let page = asset("/").unwrap();
        assert_eq!(page.mime, "text/html; charset=utf-8");
        assert_eq!(page, asset("index.html").unwrap());
        assert!(String::from_utf8_lossy(&page.bytes).contains("Atalaya"));
        assert!(page.etag.starts_with('"') && page.etag.len() == 66);
    }

    #[test]
    fn the_page_asks_no_other_host_and_runs_no_inline_script() {
        let page = asset("/").unwrap();
        let text = String::from_utf8_lossy(&page.bytes).into_owned();
        assert!(!text.contains("http://") && !text.contains("https://"), "{text}");
        for script in text.split("<script").skip(1) {
            let (head, body) = script.split_once('>').unwrap();
            assert!(head.contains(" src=\"/"), "{head}");
            assert!(body.starts_with("</script>"), "{body}");
        }
    }

    #[test]
    fn nothing_outside_the_app_is_served() {
        for path in ["/../Cargo.toml", "../Cargo.toml", "/../../Cargo.toml", "/%2e%2e/Cargo.toml", "nothing.js", "/etc/passwd"] {
            assert_eq!(asset(path), None, "{path}");
        }
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(Asset::immutable("/assets/index-BX9.js"));
        assert!(!Asset::immutable("/index.html"));
    }
}
