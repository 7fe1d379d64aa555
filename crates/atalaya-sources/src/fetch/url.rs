//! Addresses of the web, read more strictly than a browser reads them: what two programs could
//! read differently is refused, not interpreted.

use std::fmt;

use atalaya_kernel::both::shown;
use atalaya_kernel::{Both, Exit, Problem, both};

use super::Policy;

/// Longest address.
const MAX_URL: usize = 2_000;

/// An address that may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    scheme: &'static str,
    host: String,
    port: Option<u16>,
    /// Path and query, from the first slash.
    path: String,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority(), self.path)
    }
}

impl Target {
    fn authority(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }

    /// Its host.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Where a redirect leads, as text to be checked like any other.
    pub(super) fn join(&self, location: &str) -> String {
        if location.contains("://") {
            location.to_string()
        } else if let Some(rest) = location.strip_prefix("//") {
            format!("{}://{rest}", self.scheme)
        } else if location.starts_with('/') {
            format!("{}://{}{location}", self.scheme, self.authority())
        } else {
            let folder = self.path.split('?').next().and_then(|p| p.rsplit_once('/')).map_or("", |(folder, _)| folder);
            format!("{}://{}{folder}/{location}", self.scheme, self.authority())
        }
    }

    /// The last part of the path, plain characters only.
    pub(super) fn file_name(&self) -> String {
        let last = self.path.split('?').next().and_then(|p| p.rsplit('/').next()).unwrap_or("");
        let plain: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
        let plain = plain.trim_start_matches('.');
        if plain.is_empty() { "download".into() } else { plain.into() }
    }
}

/// Reads an address and asks the policy, before any name is looked up.
///
/// # Errors
/// `fetch-scheme`, `fetch-url`, `fetch-host`: with what was found.
pub fn check_url(url: &str, policy: &Policy) -> Result<Target, Problem> {
    let odd = |found: Both| refused("fetch-url", url, found);
    let (scheme, rest) = url.split_once(':').unwrap_or(("", url));
    let lab = policy.lab.as_ref().filter(|(host, _)| scheme == "http" && rest.starts_with(&format!("//{host}:")));
    if scheme != "https" && lab.is_none() {
        let scheme = shown(scheme);
        return Err(refused("fetch-scheme", url, both!("“{scheme}” is not https", "“{scheme}” no es https")));
    }
    if url.len() > MAX_URL || !url.bytes().all(|b| b.is_ascii_graphic()) || url.contains(['\\', '#', '"', '<', '>']) {
        return Err(odd(Both::new(
            "it holds characters that programs read differently (not ASCII, a backslash, a #), or is too long",
            "contiene caracteres que los programas leen de modo distinto (no ASCII, una barra invertida, un #), o es demasiado larga",
        )));
    }
    let rest = rest.strip_prefix("//").ok_or_else(|| odd(Both::new("it names no host", "no nombra un servidor")))?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err(odd(Both::new("it holds a user's name before the host", "contiene un nombre de usuario antes del servidor")));
    }
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let number = port.and_then(|p| p.parse::<u16>().ok());
    let port_allowed = port.is_none() || number == Some(443) || lab.is_some_and(|(_, address)| number == Some(address.port()));
    if !is_host_name(host) || !port_allowed {
        let authority = shown(authority);
        return Err(odd(both!(
            "“{authority}” is not the name of a host on the usual port; addresses by number are not asked",
            "“{authority}” no es el nombre de un servidor en el puerto habitual; no se consulta por número"
        )));
    }
    let host = host.to_ascii_lowercase();
    if lab.is_none() && !policy.hosts.iter().any(|allowed| allows(allowed, &host)) {
        return Err(refused(
            "fetch-host",
            url,
            both!("“{host}” is not on the list of allowed hosts", "“{host}” no está en la lista de servidores permitidos"),
        ));
    }
    let path = if path.starts_with('/') { path.to_string() } else { format!("/{path}") };
    Ok(Target { scheme: if lab.is_some() { "http" } else { "https" }, host, port: number.filter(|_| lab.is_some()), path })
}

/// `data.example.org`: letters, digits and hyphens, at least one dot, the last part no number.
fn is_host_name(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let plain = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let named = labels.last().is_some_and(|l| l.len() > 1 && l.starts_with(|c: char| c.is_ascii_alphabetic()));
    labels.len() > 1 && host.len() < 254 && labels.iter().all(plain) && named
}

/// `*.example.org` allows `data.example.org`, not `example.org` and not `badexample.org`.
fn allows(allowed: &str, host: &str) -> bool {
    match allowed.strip_prefix("*.") {
        Some(end) => host.strip_suffix(&end.to_ascii_lowercase()).is_some_and(|before| before.len() > 1 && before.ends_with('.')),
        None => allowed.eq_ignore_ascii_case(host),
    }
}

fn refused(id: &str, url: &str, found: Both) -> Problem {
    Problem::new(
        id,
        shown(url),
        found,
        Both::new(
            "nothing was asked; correct the address in the recipe, or put its host on the allowed list if you trust it",
            "no se consultó nada; corrija la dirección en la receta, o ponga su servidor en la lista permitida si confía en él",
        ),
    )
    .exits(Exit::Refused)
}

#[cfg(test)]
impl Target {
    /// A target without TLS, for the tests of the wire.
    pub(super) fn for_tests(host: &str, port: u16) -> Target {
        Target { scheme: "http", host: host.into(), port: Some(port), path: "/".into() }
    }
}
