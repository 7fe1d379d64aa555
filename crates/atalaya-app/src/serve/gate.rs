//! The gate every request passes: from where, by whom, whether the table allows it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use atalaya_kernel::{Both, Clearance, Exit, Problem, both};
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::api::table::{Decision, How, Who, decision};
use super::hall::Hall;
use super::kept::{Key, LARGEST, Ready};
use super::options::{Terms, host_name};
use super::seat::Seat;
use super::{Refusal, Shared};
use crate::account::Role;
use crate::account::password::same;
use crate::clock;

/// What a request that changes something carries: the token of its session.
pub const TOKEN: HeaderName = HeaderName::from_static("x-atalaya-token");

/// The address a request comes from, as far as it can be trusted.
#[derive(Debug, Clone, Copy)]
pub struct From(pub IpAddr);

/// The secret of the session in the cookie, if there is one.
pub fn secret_of(headers: &HeaderMap, terms: &Terms) -> Option<String> {
    let name = cookie_name(terms);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    let found = cookies.filter_map(|c| c.trim().split_once('=')).find(|(n, _)| *n == name).map(|(_, v)| v.to_string());
    found.filter(|v| v.len() == 64)
}

/// The cookie's name: browsers take `__Host-` only over TLS, for this host alone.
pub fn cookie_name(terms: &Terms) -> &'static str {
    if terms.secure { "__Host-atalaya" } else { "atalaya" }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// Outermost: only under a name of ours, only from our own pages, only through the proxy if there
/// is one; and every answer with its headers.
pub async fn outer(State(hall): State<Shared>, mut request: Request, next: Next) -> Response {
    let terms = &hall.terms;
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    let foreign = peer.is_none() || terms.proxy.is_some_and(|p| peer != Some(p)) || is_foreign(&request, terms);
    let mut response = match peer.filter(|_| !foreign) {
        None => Refusal::from(foreign_request()).into_response(),
        Some(peer) => {
            let from = From(forwarded(request.headers(), terms).unwrap_or(peer));
            request.extensions_mut().insert(from);
            next.run(request).await
        }
    };
    dress(response.headers_mut(), terms);
    response
}

/// The last address the proxy added; believed because only the proxy may call.
fn forwarded(headers: &HeaderMap, terms: &Terms) -> Option<IpAddr> {
    terms.proxy?;
    let all = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    all.rsplit(',').next()?.trim().parse().ok()
}

/// Whether a request comes from another site, or under a name that is not ours.
fn is_foreign(request: &Request, terms: &Terms) -> bool {
    let ours = |host: &str| terms.names.iter().any(|n| n.eq_ignore_ascii_case(host_name(host)));
    let headers = request.headers();
    let hosts: Vec<&str> = headers
        .get_all(header::HOST)
        .iter()
        .map(|v| v.to_str().unwrap_or(""))
        .chain(request.uri().authority().map(|a| a.as_str()))
        .collect();
    if hosts.is_empty() || !hosts.iter().all(|h| ours(h)) {
        return true;
    }
    let scheme = if terms.secure { "https://" } else { "http://" };
    let other_origin = headers.get(header::ORIGIN).is_some_and(|o| !o.to_str().is_ok_and(|o| o.strip_prefix(scheme).is_some_and(ours)));
    let cross = text(headers, HeaderName::from_static("sec-fetch-site")).is_some_and(|s| !matches!(s, "same-origin" | "none"));
    let page = request.method() == Method::GET && !request.uri().path().starts_with("/api/");
    // A link from elsewhere may open the page; the page asks for the rest itself.
    other_origin || cross && !page
}

fn foreign_request() -> Problem {
    Problem::new(
        "foreign-request",
        "",
        Both::new("asked for by another site or under another name", "pedido por otro sitio o con otro nombre"),
        Both::new("open the address that `atalaya serve` printed", "abra la dirección que mostró `atalaya serve`"),
    )
    .exits(Exit::Refused)
}

fn dress(headers: &mut HeaderMap, terms: &Terms) {
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, atalaya_web::CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    if terms.secure {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// Before every route of the API: who asks, and whether the table allows it.
pub async fn inner(State(hall): State<Shared>, path: MatchedPath, mut request: Request, next: Next) -> Response {
    let found = decision(request.method(), path.as_str());
    let what = format!("{} {}", request.method(), path.as_str());
    let seat = match admit(&hall, found, &request) {
        Ok(seat) => seat,
        Err(refusal) => {
            let (who, response) = *refusal;
            return private(&hall, note(&hall, &who, &what, response).await);
        }
    };
    let who = seat.who.clone();
    let signing = found.is_some_and(|d| d.who == Who::Open) || path.as_str().ends_with("/logout");
    let noted = request.method() != Method::GET && request.method() != Method::HEAD && !signing && found.is_some_and(|d| d.who != Who::Any);
    let kept = request.method() == Method::GET && seat.how == How::Kept;
    request.extensions_mut().insert(seat.clone());
    let response = if kept { answer(&hall, &seat, request, next).await } else { next.run(request).await };
    private(&hall, if noted && hall.terms.accounts { note(&hall, &who, &what, response).await } else { response })
}

/// A seat, or who was refused and how.
fn admit(hall: &Arc<Hall>, found: Option<&Decision>, request: &Request) -> Result<Seat, Box<(String, Response)>> {
    let refuse = |who: &str, refusal: Refusal| Box::new((who.to_string(), refusal.into_response()));
    let seat = |clearance, who: &str, role, token| Seat {
        hall: Arc::clone(hall),
        clearance,
        who: who.into(),
        role,
        token,
        how: found.map_or(How::Fresh, |d| d.how),
    };
    if !hall.terms.accounts {
        // This machine's own user holds the folder.
        return match found {
            Some(_) => Ok(seat(Clearance::owner(), "analyst", Some(Role::Releaser), None)),
            None => Err(refuse("-", no_decision())),
        };
    }
    let signed = secret_of(request.headers(), &hall.terms).and_then(|s| hall.sessions.of(&s, clock::ticks(), |name| hall.account(name)));
    let who = signed.as_ref().map_or("-", |(s, _)| s.account.as_str());
    if signed.as_ref().is_some_and(|(s, _)| s.hasty) {
        return Err(refuse(who, Refusal::slow_down(1)));
    }
    let role = signed.as_ref().map(|(_, a)| a.role);
    let allowed = found.is_some_and(|d| d.who.allows(role));
    if signed.is_none() && !allowed {
        return Err(refuse(who, Refusal::sign_in()));
    }
    let Some(decision) = found else { return Err(refuse(who, no_decision())) };
    if !allowed {
        return Err(refuse(who, not_allowed(decision)));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let token = signed.as_ref().map(|(s, _)| s.token.clone());
    if changes && !carries(request, token.as_deref(), decision) {
        return Err(refuse(who, Refusal::from(foreign_request())));
    }
    let clearance = signed.as_ref().map_or_else(Clearance::public, |(_, a)| a.clearance());
    Ok(seat(clearance, who, role, token))
}

/// Whether a request that changes something comes from our own page: it says its origin, and
/// carries the token of its session.
fn carries(request: &Request, token: Option<&str>, decision: &Decision) -> bool {
    let given = text(request.headers(), TOKEN).unwrap_or("");
    request.headers().contains_key(header::ORIGIN) && (decision.who == Who::Open || token.is_some_and(|t| same(t, given)))
}

fn no_decision() -> Refusal {
    Refusal::with(
        StatusCode::METHOD_NOT_ALLOWED,
        Problem::new(
            "no-such-request",
            "",
            Both::new("nothing is asked this way", "nada se pide de esta manera"),
            Both::new("see docs/api.md", "vea docs/api.md"),
        ),
    )
}

fn not_allowed(decision: &Decision) -> Refusal {
    let whose = match decision.who {
        Who::Inside => Both::new("desks of the observatory", "las mesas del observatorio"),
        Who::Releaser => Both::new("who may publish", "quien puede publicar"),
        _ => Both::new("who keeps the accounts", "quien lleva las cuentas"),
    };
    let (en, es) = (whose.en, whose.es);
    let found = both!("only {en} may do this", "solo pueden hacerlo {es}");
    let todo = Both::new("sign in with another account, or ask the observatory", "ingrese con otra cuenta, o consulte al observatorio");
    Refusal::from(Problem::new("not-allowed", "", found, todo).exits(Exit::Refused))
}

/// Nothing that took signing in stays on the disk of the machine it was read on.
fn private(hall: &Hall, mut response: Response) -> Response {
    if hall.terms.accounts {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    } else if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    response
}

/// Writes to the audit log how a request ended.
async fn note(hall: &Arc<Hall>, who: &str, what: &str, response: Response) -> Response {
    if !hall.terms.accounts || who == "-" {
        return response;
    }
    let (hall, who, what, outcome) = (Arc::clone(hall), who.to_string(), what.to_string(), response.status().as_u16().to_string());
    let written = tokio::task::spawn_blocking(move || hall.audit.note(&clock::now(), &who, &what, &outcome)).await;
    if matches!(written, Ok(Ok(()))) { response } else { Refusal::from(unlogged()).into_response() }
}

/// What cannot be logged is not answered.
pub fn unlogged() -> Problem {
    Problem::new(
        "audit",
        "",
        Both::new("this could not be written to the audit log", "esto no se pudo anotar en el registro de auditoría"),
        Both::new("tell whoever keeps the observatory", "avise a quien lleva el observatorio"),
    )
    .exits(Exit::Io)
}

/// The answer kept for this clearance, snapshot and address; computed if there is none.
async fn answer(hall: &Arc<Hall>, seat: &Seat, request: Request, next: Next) -> Response {
    let snapshot = match hall.snapshot(&seat.clearance) {
        Ok(snapshot) => snapshot,
        Err(_) => return next.run(request).await,
    };
    let address = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let day = clock::now().get(..10).unwrap_or("").to_string();
    let key = Key { clearance: seat.clearance.clone(), snapshot, address, day };
    let asked = request.headers().clone();
    if let Some(ready) = hall.kept.get(&key) {
        return ready.reply(&asked);
    }
    let began = clock::ticks();
    let _turn = hall.kept.turn(&key).await;
    let turned = clock::ticks();
    if let Some(ready) = hall.kept.get(&key) {
        return ready.reply(&asked);
    }
    let response = next.run(request).await;
    let computed = clock::ticks();
    let no_store = text(response.headers(), header::CACHE_CONTROL).is_some_and(|c| c.contains("no-store"));
    if response.status() != StatusCode::OK || no_store {
        return response;
    }
    let (parts, body) = response.into_parts();
    let bytes = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(bytes) => bytes,
        Err(_) => return Response::from_parts(parts, Body::empty()),
    };
    let fits = bytes.len() <= LARGEST;
    let Ok(ready) = tokio::task::spawn_blocking(move || Arc::new(Ready::new(parts.headers, bytes))).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // Kept only if it was computed on the snapshot it is kept under.
    if fits && hall.snapshot(&seat.clearance).is_ok_and(|now| now == key.snapshot) {
        hall.kept.put(key, &ready);
    }
    let mut reply = ready.reply(&asked);
    if !hall.terms.accounts {
        // Where the time went; only this machine's own user is told.
        let ms = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() * 1e3;
        let text = format!(
            "turn;dur={:.2}, compute;dur={:.2}, pack;dur={:.2}",
            ms(began, turned),
            ms(turned, computed),
            ms(computed, clock::ticks())
        );
        HeaderValue::from_str(&text).map(|v| reply.headers_mut().insert("server-timing", v)).ok();
    }
    reply
}
