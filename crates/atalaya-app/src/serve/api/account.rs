//! Signing in and out, who one is, and for admins the accounts and the log.

use atalaya_kernel::{Both, Exit, Problem};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::account::command::shown;
use crate::account::{Account, Accounts, password};
use crate::clock;
use crate::serve::gate::{self, cookie_name, secret_of};
use crate::serve::seat::Seat;
use crate::serve::{Refusal, Reply, Shared};

/// The routes of accounts.
pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/me", get(me))
        .route("/api/v1/login", post(login))
        .route("/api/v1/logout", post(logout))
        .route("/api/v1/accounts", get(accounts))
        .route("/api/v1/audit", get(audit))
}

/// `GET /api/v1/me`
async fn me(seat: Seat) -> Reply {
    let asked = seat.hall.terms.accounts;
    let who = asked.then(|| seat.role.map(|_| seat.who.clone())).flatten();
    let clearance = (!asked || seat.role.is_some()).then_some(&seat.clearance);
    Ok(Json(json!({
        "accounts": asked, "signed_in": !asked || who.is_some(), "name": who,
        "role": seat.role.filter(|_| asked), "clearance": clearance, "token": seat.token,
    }))
    .into_response())
}

/// What is typed to sign in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    name: String,
    password: String,
}

/// `POST /api/v1/login`
async fn login(State(hall): State<Shared>, Extension(from): Extension<gate::From>, headers: HeaderMap, Json(given): Json<Login>) -> Reply {
    let (name, address) = (given.name.trim().chars().take(64).collect::<String>(), from.0.to_string());
    let account = hall.account(&name).filter(|a| !a.disabled);
    // A name nobody has may be a password typed in the wrong box: it is not written down.
    let who = account.as_ref().map_or("-", |a| a.name.as_str()).to_string();
    let note = |outcome: &'static str| {
        let (hall, who) = (hall.clone(), who.clone());
        async move {
            let done = tokio::task::spawn_blocking(move || hall.audit.note(&clock::now(), &who, "login", outcome)).await;
            if matches!(done, Ok(Ok(()))) { Ok(()) } else { Err(Refusal::from(gate::unlogged())) }
        }
    };
    if let Err(wait) = hall.tries.begin(&name, &address, clock::ticks()) {
        return Err(Refusal::slow_down(wait.as_secs() + 1));
    }
    let hash = account.as_ref().map(|a| a.password.clone());
    let turn = hall.checking.acquire().await;
    let fits = tokio::task::spawn_blocking(move || password::fits(&given.password, hash.as_deref())).await.unwrap_or(false);
    drop(turn);
    let Some(account) = account.filter(|_| fits) else {
        note("refused").await?;
        return Err(Refusal::with(axum::http::StatusCode::UNAUTHORIZED, wrong()));
    };
    hall.tries.good(&name, &address);
    note("ok").await?;
    let before = secret_of(&headers, &hall.terms);
    let (secret, token) = hall.sessions.begin(&account, before.as_deref(), clock::ticks())?;
    Ok(with_cookie(Json(welcome(&account, &token)).into_response(), &hall, &secret, None))
}

fn welcome(account: &Account, token: &str) -> serde_json::Value {
    json!({ "accounts": true, "signed_in": true, "name": account.name, "role": account.role, "clearance": account.clearance(), "token": token })
}

fn wrong() -> Problem {
    Problem::new(
        "wrong-password",
        "",
        Both::new("name or password is not right", "el nombre o la contraseña no es correcto"),
        Both::new(
            "try again; whoever keeps the observatory can set a new one",
            "intente de nuevo; quien lleva el observatorio puede dar otra",
        ),
    )
    .exits(Exit::Refused)
}

fn with_cookie(mut response: Response, hall: &Shared, secret: &str, age: Option<u32>) -> Response {
    let secure = if hall.terms.secure { "; Secure" } else { "" };
    let age = age.map_or_else(String::new, |a| format!("; Max-Age={a}"));
    let cookie = format!("{}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{age}", cookie_name(&hall.terms));
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

/// `POST /api/v1/logout`
async fn logout(seat: Seat, headers: HeaderMap) -> Reply {
    if let Some(secret) = secret_of(&headers, &seat.hall.terms) {
        seat.hall.sessions.end(&secret);
    }
    let (hall, who) = (seat.hall.clone(), seat.who.clone());
    let noted = tokio::task::spawn_blocking(move || hall.audit.note(&clock::now(), &who, "logout", "ok")).await;
    if seat.hall.terms.accounts && !matches!(noted, Ok(Ok(()))) {
        return Err(Refusal::from(gate::unlogged()));
    }
    Ok(with_cookie(Json(json!({ "signed_in": false })).into_response(), &seat.hall, "", Some(0)))
}

/// `GET /api/v1/accounts`
async fn accounts(seat: Seat) -> Reply {
    let accounts = Accounts::read(&seat.hall.root)?;
    Ok(Json(shown(&accounts)).into_response())
}

/// `GET /api/v1/audit`
async fn audit(seat: Seat) -> Reply {
    let lines = seat.hall.audit.read()?;
    let last = &lines[lines.len().saturating_sub(500)..];
    Ok(Json(json!({ "lines": lines.len(), "last": last })).into_response())
}
