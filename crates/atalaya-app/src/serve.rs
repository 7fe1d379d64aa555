//! The HTTP server: this machine only and one user, or accounts and TLS. No request to anywhere.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use atalaya::Observatory;
use atalaya_kernel::{Both, Exit, Lang, Problem, both};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};

pub use self::options::Options;

mod api;
mod gate;
mod hall;
mod kept;
mod options;
mod seat;
mod session;

/// What every request works on.
pub type Shared = Arc<hall::Hall>;

/// A reply a browser may show, or why not.
pub type Reply = Result<Response, Refusal>;

/// A problem as an HTTP answer.
pub struct Refusal {
    problem: Problem,
    status: Option<StatusCode>,
    wait: Option<u64>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        Refusal { problem, status: None, wait: None }
    }
}

impl Refusal {
    /// A problem under a status of its own.
    pub fn with(status: StatusCode, problem: Problem) -> Refusal {
        Refusal { problem, status: Some(status), wait: None }
    }

    /// Nobody is signed in.
    pub fn sign_in() -> Refusal {
        let problem = Problem::new(
            "sign-in",
            "",
            Both::new("you are not signed in", "usted no ha ingresado"),
            Both::new("sign in and try again", "ingrese e intente de nuevo"),
        );
        Refusal::with(StatusCode::UNAUTHORIZED, problem.exits(Exit::Refused))
    }

    /// Too much, too fast.
    pub fn slow_down(wait: u64) -> Refusal {
        let problem = Problem::new(
            "slow-down",
            "",
            Both::new("too many requests", "demasiadas solicitudes"),
            both!("wait {wait} seconds and try again", "espere {wait} segundos e intente de nuevo"),
        );
        Refusal { problem: problem.exits(Exit::Refused), status: Some(StatusCode::TOO_MANY_REQUESTS), wait: Some(wait) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status.unwrap_or(match (self.problem.id.as_str(), self.problem.exit) {
            (id, _) if id.starts_with("unknown-") => StatusCode::NOT_FOUND,
            (_, Exit::Refused) => StatusCode::FORBIDDEN,
            (_, Exit::Busy) => StatusCode::CONFLICT,
            (_, Exit::Io | Exit::No) => StatusCode::INTERNAL_SERVER_ERROR,
            (_, Exit::Usage) => StatusCode::BAD_REQUEST,
        });
        let mut response = (status, axum::Json(self.problem)).into_response();
        if let Some(wait) = self.wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

/// Serves an observatory until the program is stopped.
///
/// # Errors
/// Those of [`options::judge`]; `io` if the port is taken, `tls` if a certificate cannot be used.
pub fn serve(observatory: Observatory, options: &Options, lang: Lang) -> Result<String, Problem> {
    let terms = options::judge(options, observatory.root())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| Problem::io("", &e))?;
    let hall = Arc::new(hall::Hall::new(observatory, terms, lang));
    let writer = {
        let hall = Arc::clone(&hall);
        std::thread::spawn(move || hall.write_figures())
    };
    let served = runtime.block_on(listen(&hall, options.open));
    runtime.shutdown_timeout(Duration::from_secs(5));
    hall.close();
    let _ = writer.join();
    served.map(|()| String::new())
}

async fn listen(hall: &Shared, browser: bool) -> Result<(), Problem> {
    let failed = |e: std::io::Error| Problem::io(hall.terms.address.to_string(), &e);
    let listener = std::net::TcpListener::bind(hall.terms.address).map_err(failed)?;
    let local = listener.local_addr().map_err(failed)?;
    let handle = axum_server::Handle::new();
    tokio::spawn(stop(handle.clone()));
    let make = router(hall).into_make_service_with_connect_info::<SocketAddr>();
    let hall_now = Arc::clone(hall);
    tokio::task::spawn_blocking(move || warm(&hall_now));
    match &hall.terms.tls {
        None => {
            let mut server = axum_server::from_tcp(listener).map_err(failed)?.handle(handle);
            patience(server.http_builder());
            announce(hall, local, browser);
            server.first_request_timeout(PATIENCE).serve(make).await.map_err(failed)
        }
        Some((certificate, key)) => {
            let config = axum_server::tls_rustls::RustlsConfig::from_pem_file(certificate, key).await;
            let config = config.map_err(|e| not_tls(certificate, &e))?;
            let mut server = axum_server::from_tcp_rustls(listener, config).map_err(failed)?.handle(handle);
            patience(server.http_builder());
            announce(hall, local, browser);
            server.first_request_timeout(PATIENCE).serve(make).await.map_err(failed)
        }
    }
}

/// Time for a request's head, and for each piece of its body.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of a request's body, where a route does not say otherwise.
const BODY: usize = 256 << 10;

/// A caller that sends slowly, or opens many streams, holds nobody up.
fn patience(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder.http1().header_read_timeout(PATIENCE).max_buf_size(64 << 10);
    builder.http2().max_concurrent_streams(64).max_header_list_size(32 << 10).keep_alive_interval(Duration::from_secs(30));
}

fn not_tls(certificate: &std::path::Path, error: &std::io::Error) -> Problem {
    Problem::new(
        "tls",
        certificate.display().to_string(),
        both!("certificate and key cannot be used: {error}", "no se pueden usar el certificado y la clave: {error}"),
        Both::new("both must be PEM and belong together", "ambos deben ser PEM y corresponderse"),
    )
}

/// Loads what the first page asks for, so that it need not wait.
fn warm(hall: &hall::Hall) {
    // Who asks meanwhile waits for what he asks about at most, never for all of it.
    for clearance in hall.clearances() {
        let _ = hall.with(&clearance, |o| o.warm());
    }
}

/// Waits to be told to stop, then lets requests that run come to their end.
async fn stop(handle: axum_server::Handle<SocketAddr>) {
    #[cfg(unix)]
    let ended = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let ended = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = ended => {}
    }
    handle.graceful_shutdown(Some(Duration::from_secs(10)));
}

#[allow(clippy::print_stdout)]
fn announce(hall: &hall::Hall, local: SocketAddr, browser: bool) {
    let lang = hall.lang;
    let stop = both!("Ctrl-C stops it", "Ctrl-C lo detiene");
    let address = match (hall.terms.proxy, &hall.terms.tls) {
        (None, Some(_)) if !local.ip().is_loopback() => format!("https://{}:{}/", hall.terms.names[0], local.port()),
        (None, Some(_)) => format!("https://{local}/"),
        _ => format!("http://{local}/"),
    };
    println!("{address}   ({})", stop.in_lang(lang));
    if browser && !open_browser(&address) {
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
pub fn router(hall: &Shared) -> Router {
    api::routes()
        .route_layer(middleware::from_fn_with_state(Arc::clone(hall), gate::inner))
        .fallback(asset)
        .layer(axum::extract::DefaultBodyLimit::max(BODY))
        .layer(tower_http::timeout::RequestBodyTimeoutLayer::new(PATIENCE))
        .layer(middleware::from_fn_with_state(Arc::clone(hall), gate::outer))
        .layer(tower_http::compression::CompressionLayer::new())
        .with_state(Arc::clone(hall))
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
