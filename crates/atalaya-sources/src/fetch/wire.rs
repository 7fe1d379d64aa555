//! The wire itself: one request, to an address that was checked.

use std::fmt;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::Duration;

use atalaya_kernel::Problem;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::address::check_address;
use super::{Known, Policy, Target};

/// Sends requests.
pub(super) struct Wire {
    agent: Agent,
}

/// What came back.
pub(super) struct Reply {
    pub status: u16,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub location: Option<String>,
    pub retry_after: Option<Duration>,
    pub length: Option<u64>,
    /// `Content-Encoding`, unless it is `identity`.
    pub encoding: Option<String>,
    pub body: Box<dyn Read>,
}

/// Why nothing came back.
pub(super) enum Trouble {
    /// By a rule of ours.
    Refused(Problem),
    /// The time is up.
    Time,
    /// By the network or the host.
    Failed(String),
}

impl Wire {
    pub(super) fn new(policy: &Policy) -> Wire {
        let config = Agent::config_builder()
            .https_only(policy.lab.is_none())
            // Redirects are followed by hand, each checked; a proxy would connect in our stead.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .http_status_as_error(false)
            .accept_encoding("identity")
            .user_agent(concat!("atalaya/", env!("CARGO_PKG_VERSION")))
            .max_idle_connections(0)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .build();
        let names = Checked { inner: DefaultResolver::default(), lab: policy.lab.clone() };
        Wire { agent: Agent::with_parts(config, DefaultConnector::default(), names) }
    }

    /// Asks for a target, or whether it changed.
    pub(super) fn get(&self, target: &Target, known: &Known, left: Duration) -> Result<Reply, Trouble> {
        let mut request = self.agent.get(target.to_string()).config().timeout_global(Some(left)).build();
        if let Some(etag) = &known.etag {
            request = request.header("If-None-Match", etag);
        }
        if let Some(date) = &known.last_modified {
            request = request.header("If-Modified-Since", date);
        }
        let response = request.call().map_err(trouble)?;
        let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_string);
        Ok(Reply {
            status: response.status().as_u16(),
            etag: header("etag"),
            last_modified: header("last-modified"),
            location: header("location"),
            retry_after: header("retry-after").and_then(|v| v.trim().parse().ok()).map(Duration::from_secs),
            length: header("content-length").and_then(|v| v.trim().parse().ok()),
            encoding: header("content-encoding").filter(|e| e != "identity"),
            body: Box::new(response.into_body().into_reader()),
        })
    }
}

/// A name service whose every answer is checked; the connection goes to what it answers, so no
/// second look-up can lead elsewhere.
struct Checked {
    inner: DefaultResolver,
    lab: Option<(String, SocketAddr)>,
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checked")
    }
}

impl Resolver for Checked {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let host = uri.host().unwrap_or("");
        if let Some((_, address)) = self.lab.as_ref().filter(|(lab, _)| lab == host) {
            let mut found = self.empty();
            found.push(*address);
            return Ok(found);
        }
        let found = self.inner.resolve(uri, config, timeout)?;
        for address in found.iter() {
            check_address(address.ip(), host).map_err(|p| Error::Io(io::Error::other(p)))?;
        }
        Ok(found)
    }
}

fn trouble(error: Error) -> Trouble {
    match error {
        Error::Io(e) => trouble_of(e),
        Error::Timeout(_) => Trouble::Time,
        other => Trouble::Failed(other.to_string()),
    }
}

/// An error of reading the body, or of resolving, as what it is.
pub(super) fn trouble_of(error: io::Error) -> Trouble {
    let is_time = error.kind() == io::ErrorKind::TimedOut
        || error.get_ref().is_some_and(|e| matches!(e.downcast_ref::<Error>(), Some(Error::Timeout(_))));
    if is_time {
        return Trouble::Time;
    }
    let text = error.to_string();
    match error.into_inner().map(|e| e.downcast::<Problem>()) {
        Some(Ok(problem)) => Trouble::Refused(*problem),
        _ => Trouble::Failed(text),
    }
}
