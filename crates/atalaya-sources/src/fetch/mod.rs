//! Fetching a source over https, for those who allow it.
//!
//! Off unless the policy says online; https only; hosts named one by one; every address a name
//! resolves to is checked, and the connection goes to the address that was checked, also after
//! each redirect. Size and time are capped. The clock belongs to the caller ([`Pace`]).

mod address;
mod url;
mod wire;

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use atalaya_kernel::{Both, Exit, Problem, both};

pub use address::check_address;
pub use url::{Target, check_url};

use wire::{Reply, Trouble, Wire};

/// Redirects followed.
const MAX_REDIRECTS: usize = 3;
/// Longest wait between two tries.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// What may be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether anything may be fetched at all.
    pub online: bool,
    /// Hosts that may be asked, whole names; `*.example.org` allows what stands before it.
    pub hosts: Vec<String>,
    /// Largest answer in bytes.
    pub max_bytes: u64,
    /// Longest time, all tries together.
    pub max_time: Duration,
    /// Tries after the first.
    pub retries: u32,
    /// A server of the tests: the only host that may be asked without TLS, at this address.
    lab: Option<(String, SocketAddr)>,
}

impl Default for Policy {
    /// Nothing: offline, no host; and the usual caps for when that changes.
    fn default() -> Policy {
        Policy { online: false, hosts: Vec::new(), max_bytes: 1 << 30, max_time: Duration::from_secs(600), retries: 3, lab: None }
    }
}

impl Policy {
    /// Online, with these hosts allowed and the usual caps.
    pub fn allowing(hosts: impl IntoIterator<Item = String>) -> Policy {
        Policy { online: true, hosts: hosts.into_iter().collect(), ..Policy::default() }
    }
}

/// The caller's clock.
pub trait Pace {
    /// Time since some fixed moment; never goes back.
    fn elapsed(&self) -> Duration;
    /// Waits.
    fn sleep(&self, wait: Duration);
}

/// What the last answer said about itself, to ask whether it changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where its bytes lie.
    pub path: PathBuf,
    /// How many.
    pub bytes: u64,
    /// The last part of the address, with plain characters only: tells the format.
    pub name: String,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
    /// The address that answered, after redirects.
    pub final_url: String,
}

/// What a host answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A file.
    New(Fetched),
    /// It is as the caller knows it.
    Unchanged,
}

/// Fetches `url` into the file `to`, unless it is as `known`.
///
/// # Errors
/// `offline`, `fetch-scheme`, `fetch-url`, `fetch-host`, `fetch-address` (nothing was asked);
/// `fetch-redirect`, `fetch-status`, `fetch-too-large`, `fetch-time`, `fetch-cut`, `fetch-failed`,
/// `io`. Nothing is left at `to`.
pub fn fetch(url: &str, policy: &Policy, known: &Known, to: &Path, pace: &dyn Pace) -> Result<Answer, Problem> {
    if !policy.online {
        return Err(Problem::new(
            "offline",
            atalaya_kernel::both::shown(url),
            Both::new("nothing is fetched: this observatory is offline", "no se descarga nada: este observatorio está sin conexión"),
            Both::new(
                "collect with --from FILE, or say online = true and name the host under hosts in atalaya.toml",
                "recoja con --from ARCHIVO, o diga online = true y nombre el servidor en hosts de atalaya.toml",
            ),
        )
        .exits(Exit::Refused));
    }
    let wire = Wire::new(policy);
    let began = pace.elapsed();
    let mut wait = Duration::from_secs(1);
    for tries in 0.. {
        let failed = match attempt(&wire, url, policy, known, to, &|| left(policy, pace, began, url)) {
            Ok(answer) => return Ok(answer),
            Err(failed) => failed,
        };
        let _ = fs::remove_file(to);
        let Some(asked) = failed.again else { return Err(failed.problem) };
        if tries >= policy.retries {
            return Err(failed.problem);
        }
        // The server's own word on when to come back counts, within reason.
        pace.sleep(asked.max(wait).min(MAX_WAIT));
        wait = (wait * 2).min(MAX_WAIT);
    }
    Err(took_too_long(policy, url))
}

/// A try that failed: why, and whether (and after what time) another makes sense.
struct Failed {
    problem: Problem,
    again: Option<Duration>,
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Failed {
        Failed { problem, again: None }
    }
}

fn left(policy: &Policy, pace: &dyn Pace, began: Duration, url: &str) -> Result<Duration, Problem> {
    policy.max_time.checked_sub(pace.elapsed().saturating_sub(began)).filter(|t| !t.is_zero()).ok_or_else(|| took_too_long(policy, url))
}

fn took_too_long(policy: &Policy, url: &str) -> Problem {
    let seconds = policy.max_time.as_secs();
    failure("fetch-time", url, both!("no whole answer within {seconds} seconds", "sin respuesta completa en {seconds} segundos"))
}

/// One try: the address and its redirects.
fn attempt(
    wire: &Wire,
    url: &str,
    policy: &Policy,
    known: &Known,
    to: &Path,
    left: &dyn Fn() -> Result<Duration, Problem>,
) -> Result<Answer, Failed> {
    let mut target = check_url(url, policy)?;
    for _ in 0..=MAX_REDIRECTS {
        let place = target.to_string();
        let reply = wire.get(&target, known, left()?).map_err(|t| trouble(t, &place, policy))?;
        match reply.status {
            200 => return save(reply, &target, policy, to),
            304 if known.etag.is_some() || known.last_modified.is_some() => return Ok(Answer::Unchanged),
            301 | 302 | 303 | 307 | 308 => {
                let next = reply.location.as_deref().unwrap_or("");
                // Where a redirect leads is checked as if a stranger had typed it.
                target = check_url(&target.join(next), policy).map_err(|p| p.within(&place))?;
            }
            _ => return Err(by_status(&reply, &place)),
        }
    }
    Err(failure("fetch-redirect", url, both!("more than {MAX_REDIRECTS} redirects", "más de {MAX_REDIRECTS} redirecciones")).into())
}

fn by_status(reply: &Reply, place: &str) -> Failed {
    let status = reply.status;
    let problem = failure("fetch-status", place, both!("the host answers {status}", "el servidor responde {status}"));
    let again = matches!(status, 429 | 500 | 502 | 503 | 504).then(|| reply.retry_after.unwrap_or_default());
    Failed { problem, again }
}

fn trouble(trouble: Trouble, place: &str, policy: &Policy) -> Failed {
    match trouble {
        Trouble::Refused(problem) => problem.within(place).into(),
        Trouble::Time => took_too_long(policy, place).into(),
        Trouble::Failed(why) => Failed {
            problem: failure("fetch-failed", place, both!("no answer ({why})", "sin respuesta ({why})")),
            again: Some(Duration::ZERO),
        },
    }
}

/// Writes the body, counting.
fn save(mut reply: Reply, target: &Target, policy: &Policy, to: &Path) -> Result<Answer, Failed> {
    let (place, cap) = (target.to_string(), policy.max_bytes);
    let too_large = || {
        Problem::new(
            "fetch-too-large",
            place.as_str(),
            both!("the answer is larger than {cap} bytes", "la respuesta supera {cap} bytes"),
            Both::new("raise the cap if you trust the host", "aumente el límite si confía en el servidor"),
        )
        .exits(Exit::Refused)
    };
    if reply.length.is_some_and(|length| length > cap) {
        return Err(too_large().into());
    }
    if let Some(encoding) = &reply.encoding {
        let encoding = atalaya_kernel::both::shown(encoding);
        let found = both!(
            "the answer is packed ({encoding}) although nobody asked",
            "la respuesta viene comprimida ({encoding}) sin que se pidiera"
        );
        return Err(failure("fetch-failed", &place, found).into());
    }
    let failed = |e: &io::Error| Failed::from(Problem::io(to.display().to_string(), e));
    let mut file = File::create(to).map_err(|e| failed(&e))?;
    let (mut buffer, mut bytes) = (vec![0; 1 << 16], 0u64);
    loop {
        let n = match reply.body.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) => return Err(trouble(wire::trouble_of(e), &place, policy)),
        };
        bytes += n as u64;
        if bytes > cap {
            return Err(too_large().into());
        }
        file.write_all(&buffer[..n]).map_err(|e| failed(&e))?;
    }
    if let Some(length) = reply.length.filter(|l| *l != bytes) {
        let found = both!("{bytes} bytes came of {length}", "llegaron {bytes} bytes de {length}");
        return Err(Failed { problem: failure("fetch-cut", &place, found), again: Some(Duration::ZERO) });
    }
    file.sync_all().map_err(|e| failed(&e))?;
    Ok(Answer::New(Fetched {
        path: to.to_path_buf(),
        bytes,
        name: target.file_name(),
        etag: reply.etag,
        last_modified: reply.last_modified,
        final_url: place,
    }))
}

fn failure(id: &str, place: &str, found: Both) -> Problem {
    Problem::new(
        id,
        atalaya_kernel::both::shown(place),
        found,
        Both::new(
            "try again later, or download the file yourself and collect it with --from FILE",
            "inténtelo más tarde, o descargue el archivo y recójalo con --from ARCHIVO",
        ),
    )
    .exits(Exit::Io)
}
