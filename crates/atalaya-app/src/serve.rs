//! The HTTP server: loopback only, one user, no request to anywhere.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use atalaya::Observatory;
use atalaya_kernel::{Both, Exit, Lang, Problem, both};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

mod api;
mod seat;

/// What every request works on.
#[derive(Clone)]
pub struct Shared {
    observatory: Arc<Mutex<Observatory>>,
    lang: Lang,
}

/// A reply a browser may show, or why not.
pub type Reply = Result<Response, Refusal>;

/// A problem as an HTTP answer.
pub struct Refusal(Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        Refusal(problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match (self.0.id.as_str(), self.0.exit) {
            (id, _) if id.starts_with("unknown-") => StatusCode::NOT_FOUND,
            (_, Exit::Refused) => StatusCode::FORBIDDEN,
            (_, Exit::Busy) => StatusCode::CONFLICT,
            (_, Exit::Io | Exit::No) => StatusCode::INTERNAL_SERVER_ERROR,
            (_, Exit::Usage) => StatusCode::BAD_REQUEST,
        };
        (status, axum::Json(self.0)).into_response()
    }
}

/// Serves an observatory until the program is stopped.
///
/// # Errors
/// `io` if the port is taken.
pub fn serve(observatory: Observatory, port: u16, browser: bool, lang: Lang) -> Result<String, Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| Problem::io("", &e))?;
    let shared = Shared { observatory: Arc::new(Mutex::new(observatory)), lang };
    runtime.block_on(async move {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = tokio::net::TcpListener::bind(address).await.map_err(|e| Problem::io(address.to_string(), &e))?;
        let local = listener.local_addr().map_err(|e| Problem::io(address.to_string(), &e))?;
        announce(local, browser, lang);
        axum::serve(listener, router(shared)).with_graceful_shutdown(stopped()).await.map_err(|e| Problem::io(local.to_string(), &e))?;
        Ok(String::new())
    })
}

async fn stopped() {
    let _ = tokio::signal::ctrl_c().await;
}

#[allow(clippy::print_stdout)]
fn announce(local: SocketAddr, browser: bool, lang: Lang) {
    let stop = both!("Ctrl-C stops it", "Ctrl-C lo detiene");
    println!("http://{local}/   ({})", stop.in_lang(lang));
    if browser && !open_browser(&format!("http://{local}/")) {
        println!("{}", Both::new("open that address in a browser", "abra esa dirección en un navegador").in_lang(lang));
    }
}

/// Asks the desktop to open an address; whether it could be asked.
fn open_browser(address: &str) -> bool {
    let command = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let quiet = std::process::Stdio::null;
    std::process::Command::new(command).arg(address).stdout(quiet()).stderr(quiet()).spawn().is_ok()
}

/// Every route.
pub fn router(shared: Shared) -> Router {
    api::routes()
        .fallback(asset)
        .layer(axum::middleware::from_fn(guard))
        .layer(tower_http::compression::CompressionLayer::new())
        .with_state(shared)
}

/// Whether a request comes from another site, or under a name that is not this machine's.
fn is_foreign(request: &Request) -> bool {
    let local = |host: &str| {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        matches!(name, "127.0.0.1" | "localhost" | "[::1]")
    };
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|v| v.to_str().ok());
    let host_ok = text(header::HOST).is_some_and(local);
    let origin_ok = text(header::ORIGIN).is_none_or(|o| o.strip_prefix("http://").is_some_and(local));
    !host_ok || !origin_ok
}

/// Only this machine's own pages may ask, and nothing they show may load from elsewhere.
async fn guard(request: Request, next: Next) -> Response {
    if is_foreign(&request) {
        return Refusal(
            Problem::new(
                "foreign-request",
                "",
                Both::new("asked for by another site or under another name", "pedido por otro sitio o con otro nombre"),
                Both::new("open the address that `atalaya serve` printed", "abra la dirección que mostró `atalaya serve`"),
            )
            .exits(Exit::Refused),
        )
        .into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A file of the page; any other path is the page itself, which reads the path.
async fn asset(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET || path.starts_with("api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let found = atalaya_web::asset(if path.is_empty() { "index.html" } else { path }).or_else(|| atalaya_web::asset("index.html"));
    match found {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(asset) => {
            // Names under assets/ carry the hash of what is in them.
            let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
            ([(header::CONTENT_TYPE, asset.mime), (header::CACHE_CONTROL, cache)], asset.bytes.into_owned()).into_response()
        }
    }
}
