//! Every route of the API and who may use it. What is not in this table is refused to everybody,
//! so a new route is one line here, and that line is the decision.

use axum::http::Method;

use crate::account::Role;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Without signing in.
    Open,
    /// Any account, each within its clearance.
    Any,
    /// Desks of the observatory: analyst, releaser.
    Inside,
    /// Who may publish.
    Releaser,
    /// Who keeps the accounts.
    Admin,
}

/// How a request is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Computed each time.
    Fresh,
    /// The answer depends on nothing but clearance, snapshot, address and day: kept for the next
    /// reader. A handler that must not be kept says `Cache-Control: no-store`.
    Kept,
    /// Writes: one at a time, beside the readers.
    Writes,
}

/// One route.
#[derive(Debug, Clone, Copy)]
pub struct Decision {
    /// `GET`, `POST`; `HEAD` goes with `GET`.
    pub method: &'static str,
    /// As the router writes it.
    pub path: &'static str,
    /// Who may.
    pub who: Who,
    /// How it is run.
    pub how: How,
}

const fn route(method: &'static str, path: &'static str, who: Who, how: How) -> Decision {
    Decision { method, path, who, how }
}

/// The table.
#[rustfmt::skip]
pub const ROUTES: &[Decision] = &[
    //    method  path                    who may           how
    route("GET",  "/api/v1/me",           Who::Open,        How::Fresh),
    route("POST", "/api/v1/login",        Who::Open,        How::Fresh),
    route("POST", "/api/v1/logout",       Who::Any,         How::Fresh),
    route("GET",  "/api/v1/accounts",     Who::Admin,       How::Fresh),
    route("GET",  "/api/v1/audit",        Who::Admin,       How::Fresh),
    route("GET",  "/api/v1/status",       Who::Any,         How::Kept),
    route("POST", "/api/v1/status",       Who::Any,         How::Fresh),
    route("GET",  "/api/v1/coverage",     Who::Any,         How::Kept),
    route("GET",  "/api/v1/facets",       Who::Any,         How::Kept),
    route("GET",  "/api/v1/query",        Who::Any,         How::Kept),
    route("POST", "/api/v1/query",        Who::Any,         How::Fresh),
    route("GET",  "/api/v1/query/file",   Who::Any,         How::Fresh),
    route("GET",  "/api/v1/chart",        Who::Any,         How::Kept),
    route("GET",  "/api/v1/geometry",     Who::Any,         How::Fresh),
    route("GET",  "/api/v1/records",      Who::Any,         How::Kept),
    route("POST", "/api/v1/records",      Who::Any,         How::Fresh),
    route("GET",  "/api/v1/table",        Who::Any,         How::Kept),
    route("POST", "/api/v1/table",        Who::Any,         How::Fresh),
    route("GET",  "/api/v1/changes",      Who::Any,         How::Kept),
    route("GET",  "/api/v1/key",          Who::Any,         How::Kept),
    route("GET",  "/api/v1/figure",       Who::Any,         How::Fresh),
    route("GET",  "/api/v1/verify",       Who::Any,         How::Fresh),
    route("POST", "/api/v1/verify",       Who::Any,         How::Fresh),
    route("GET",  "/api/v1/diff",         Who::Any,         How::Kept),
    route("POST", "/api/v1/diff",         Who::Any,         How::Fresh),
    route("GET",  "/api/v1/reconcile",    Who::Any,         How::Fresh),
    route("GET",  "/api/v1/reconcile/account", Who::Any,    How::Kept),
    route("POST", "/api/v1/reconcile/rule", Who::Inside,    How::Writes),
    route("POST", "/api/v1/reconcile/undo", Who::Inside,    How::Writes),
    route("GET",  "/api/v1/routes",       Who::Any,         How::Kept),
    route("GET",  "/api/v1/routes/records", Who::Any,       How::Kept),
    route("GET",  "/api/v1/routes/drawing", Who::Any,       How::Kept),
    route("GET",  "/api/v1/routes/country", Who::Any,       How::Kept),
    // A registration is no row: what depends on it is kept where findings are, not by snapshot.
    route("GET",  "/api/v1/evaluations",  Who::Any,         How::Fresh),
    route("GET",  "/api/v1/evaluations/one", Who::Any,      How::Fresh),
    route("GET",  "/api/v1/evaluations/drawing", Who::Any,  How::Fresh),
    route("GET",  "/api/v1/evaluations/appendix", Who::Any, How::Fresh),
    route("GET",  "/api/v1/evaluations/file", Who::Any,     How::Fresh),
    route("GET",  "/api/v1/held",         Who::Inside,      How::Fresh),
    route("POST", "/api/v1/held",         Who::Inside,      How::Writes),
    route("GET",  "/api/v1/codes",        Who::Inside,      How::Fresh),
    route("GET",  "/api/v1/recipe",       Who::Inside,      How::Fresh),
    route("POST", "/api/v1/recipe",       Who::Inside,      How::Writes),
    route("GET",  "/api/v1/shape",        Who::Inside,      How::Fresh),
    // What is decided tells of every label: outside, only its totals are seen.
    route("GET",  "/api/v1/link",         Who::Inside,      How::Fresh),
    route("GET",  "/api/v1/link/pair",    Who::Inside,      How::Fresh),
    route("GET",  "/api/v1/link/batch",   Who::Inside,      How::Fresh),
    route("POST", "/api/v1/link/decide",  Who::Inside,      How::Writes),
    route("POST", "/api/v1/link/undo",    Who::Inside,      How::Writes),
    route("GET",  "/api/v1/link/decisions", Who::Inside,    How::Fresh),
    route("GET",  "/api/v1/link/events",  Who::Inside,      How::Fresh),
    // Outside, logs of runs on the whole store are not shown.
    route("GET",  "/api/v1/assess",       Who::Any,         How::Fresh),
    route("POST", "/api/v1/assess",       Who::Inside,      How::Writes),
    route("GET",  "/api/v1/assess/log",   Who::Any,         How::Fresh),
    route("GET",  "/api/v1/assess/alerts", Who::Any,        How::Fresh),
    route("GET",  "/api/v1/assess/compact", Who::Any,       How::Fresh),
    route("GET",  "/api/v1/bulletins",    Who::Any,         How::Fresh),
    route("POST", "/api/v1/publish/bulletin", Who::Releaser, How::Writes),
    route("POST", "/api/v1/publish/tables", Who::Releaser,  How::Writes),
    route("POST", "/api/v1/publish/site", Who::Releaser,    How::Writes),
    route("GET",  "/api/v1/published/{id}/{name}", Who::Any, How::Fresh),
    route("POST", "/api/v1/draft",        Who::Inside,      How::Writes),
    route("POST", "/api/v1/draft/again",  Who::Inside,      How::Fresh),
    route("GET",  "/api/v1/load",         Who::Inside,      How::Fresh),
    route("POST", "/api/v1/load",         Who::Inside,      How::Writes),
    route("POST", "/api/v1/collect",      Who::Inside,      How::Writes),
];

/// The decision about a request.
pub fn decision(method: &Method, path: &str) -> Option<&'static Decision> {
    let method = if method == Method::HEAD { Method::GET.as_str() } else { method.as_str() };
    ROUTES.iter().find(|d| d.method == method && d.path == path)
}

impl Who {
    /// Whether an account of this role may; without one, what is open only.
    pub fn allows(self, role: Option<Role>) -> bool {
        match self {
            Who::Open => true,
            Who::Any => role.is_some(),
            Who::Inside => matches!(role, Some(Role::Analyst | Role::Releaser)),
            Who::Releaser => role == Some(Role::Releaser),
            Who::Admin => role == Some(Role::Admin),
        }
    }
}
