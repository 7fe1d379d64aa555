//! Who asks. Every route takes a [`Seat`]; without one there is no way to the observatory, and
//! only the gate gives one, after the table of routes allowed it.

use std::sync::Arc;

use atalaya::{Caller, Observatory, Quiet, Verb};
use atalaya_kernel::{Both, Clearance, Exit, Lang, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::api::table::How;
use super::hall::Hall;
use super::{Refusal, Reply, Shared, api};
use crate::account::Role;
use crate::clock;

/// A request's place at the table: what it may work on, and as whom.
#[derive(Clone)]
pub struct Seat {
    /// What all requests share.
    pub(super) hall: Arc<Hall>,
    /// What it may be shown.
    pub(super) clearance: Clearance,
    /// The account's name; `analyst` where nobody must sign in.
    pub(super) who: String,
    /// The account's role; `None` where nobody is signed in.
    pub(super) role: Option<Role>,
    /// What a request that changes something must carry.
    pub(super) token: Option<String>,
    /// How the route is run.
    pub(super) how: How,
}

impl FromRequestParts<Shared> for Seat {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _shared: &Shared) -> Result<Seat, Refusal> {
        parts.extensions.get::<Seat>().cloned().ok_or_else(|| Refusal::from(failed()))
    }
}

impl Seat {
    /// The language of sentences that come in one language only.
    pub fn lang(&self) -> Lang {
        self.hall.lang
    }

    /// Runs a verb and answers with its outcome.
    pub async fn run<V>(&self, verb: V) -> Reply
    where
        V: Verb + Send + 'static,
        V::Outcome: Send + 'static,
    {
        Ok(api::json(self.act(move |observatory, caller| verb.run(observatory, caller)).await?))
    }

    /// Works on the observatory as this caller.
    pub async fn act<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Observatory, &mut Caller<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (lang, who) = (self.lang(), self.who.clone());
        self.with(move |observatory| {
            let (mut quiet, pace) = (Quiet, clock::Ticking::new());
            let mut caller = Caller { now: clock::now(), who, lang, progress: &mut quiet, pace: &pace };
            work(observatory, &mut caller)
        })
        .await
    }

    /// Works on the observatory off the server's own threads, on a handle that shows what this
    /// seat's clearance allows and nothing else.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Observatory) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Refusal> {
        let turns = Arc::clone(if self.how == How::Writes { &self.hall.writing } else { &self.hall.computing });
        let _turn = turns.acquire_owned().await.map_err(|_| Refusal::from(failed()))?;
        let (hall, clearance) = (Arc::clone(&self.hall), self.clearance.clone());
        let done = tokio::task::spawn_blocking(move || hall.with(&clearance, work)).await;
        match done {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(problem)) => Err(Refusal::from(self.discreet(problem))),
            Err(_) => Err(Refusal::from(failed())),
        }
    }

    /// Outside, a failure of the machine does not tell where files lie or what the store said.
    fn discreet(&self, problem: Problem) -> Problem {
        if self.clearance.inside || !matches!(problem.exit, Exit::Io | Exit::No | Exit::Busy) || problem.id.starts_with("unknown-") {
            return problem;
        }
        Problem::new(
            "not-now",
            "",
            Both::new("the observatory could not answer this", "el observatorio no pudo responder esto"),
            Both::new("try again later, or tell the observatory", "intente más tarde, o avise al observatorio"),
        )
        .exits(problem.exit)
    }
}

/// The program's own fault.
fn failed() -> Problem {
    Problem::new(
        "bug",
        "",
        Both::new("the program failed on this request", "el programa falló con esta solicitud"),
        Both::new("please report it with the address you opened", "por favor repórtelo con la dirección que abrió"),
    )
    .exits(Exit::No)
}
