//! Who asks. Every route takes a [`Seat`]; without one there is no way to the observatory.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError};

use atalaya::{Caller, Observatory, Quiet, Verb};
use atalaya_kernel::{Both, Exit, Lang, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{Refusal, Reply, Shared, api};
use crate::clock;

/// A request's place at the table: what it may work on, and as whom.
pub struct Seat {
    shared: Shared,
}

impl FromRequestParts<Shared> for Seat {
    type Rejection = Infallible;

    async fn from_request_parts(_parts: &mut Parts, shared: &Shared) -> Result<Seat, Infallible> {
        Ok(Seat { shared: shared.clone() })
    }
}

impl Seat {
    /// The language of sentences that come in one language only.
    pub fn lang(&self) -> Lang {
        self.shared.lang
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
        let lang = self.lang();
        self.with(move |observatory| {
            let (mut quiet, pace) = (Quiet, clock::Ticking::new());
            let mut caller = Caller { now: clock::now(), who: "analyst".into(), lang, progress: &mut quiet, pace: &pace };
            work(observatory, &mut caller)
        })
        .await
    }

    /// Works on the observatory off the server's own threads.
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Observatory) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Refusal> {
        let observatory = Arc::clone(&self.shared.observatory);
        let done = tokio::task::spawn_blocking(move || {
            // A panic in an earlier request left no half-written state: every write is a transaction.
            let mut observatory = observatory.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut observatory)
        });
        match done.await {
            Ok(result) => result.map_err(Refusal::from),
            Err(_) => Err(Refusal::from(
                Problem::new(
                    "bug",
                    "",
                    Both::new("the program failed on this request", "el programa falló con esta solicitud"),
                    Both::new("please report it with the address you opened", "por favor repórtelo con la dirección que abrió"),
                )
                .exits(Exit::No),
            )),
        }
    }
}
