//! Where the server listens, under which names, and what that takes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use atalaya_kernel::{Both, Exit, Problem};
use clap::Args;

use crate::account::Accounts;

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Port; 0 picks a free one
    #[arg(long, default_value_t = 7878)]
    pub port: u16,
    /// Open it in the browser
    #[arg(long)]
    pub open: bool,
    /// Listen on this address instead of this machine only; needs accounts, and TLS or a proxy
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Name it is called by, e.g. atalaya.example.org; may be repeated
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
    /// Certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A reverse proxy does TLS under this address
    #[arg(long, value_name = "https://HOST", conflicts_with = "tls_cert")]
    pub behind_proxy: Option<String>,
    /// Address that proxy calls from
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub proxy_address: IpAddr,
    /// Ask for accounts on this machine too
    #[arg(long)]
    pub accounts: bool,
}

impl Options {
    /// This machine only, without accounts.
    pub fn local(port: u16, open: bool) -> Options {
        Options {
            port,
            open,
            listen: None,
            host: Vec::new(),
            tls_cert: None,
            tls_key: None,
            behind_proxy: None,
            proxy_address: Ipv4Addr::LOCALHOST.into(),
            accounts: false,
        }
    }
}

/// What every request is judged by.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Where to listen.
    pub address: SocketAddr,
    /// Names it may be called by.
    pub names: Vec<String>,
    /// Whether browsers reach it by https.
    pub secure: bool,
    /// Whether one must sign in.
    pub accounts: bool,
    /// The one address a proxy calls from, if there is one.
    pub proxy: Option<IpAddr>,
    /// Certificate and key.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// Judges the options before anything listens.
///
/// # Errors
/// `accounts-needed`, `tls-needed`, `host-needed`, `proxy`, and those of the accounts' file.
pub fn judge(options: &Options, root: &Path) -> Result<Terms, Problem> {
    let address = options.listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, options.port)));
    let local = address.ip().is_loopback();
    let tls = options.tls_cert.clone().zip(options.tls_key.clone());
    let proxied = options.behind_proxy.as_deref().map(proxy_host).transpose()?;
    let accounts = options.accounts || !local || proxied.is_some();
    if accounts && !Accounts::read(root)?.account.iter().any(|a| !a.disabled) {
        return Err(refused(
            "accounts-needed",
            address,
            Both::new("nobody could sign in: there are no accounts", "nadie podría ingresar: no hay cuentas"),
            Both::new("add one: atalaya account add desk-peru --role reader", "agregue una: atalaya account add mesa-peru --role reader"),
        ));
    }
    if !local && tls.is_none() && proxied.is_none() {
        return Err(refused(
            "tls-needed",
            address,
            Both::new("passwords and data would travel in the clear", "contraseñas y datos viajarían sin cifrar"),
            Both::new(
                "--tls-cert FILE --tls-key FILE, or --behind-proxy https://HOST if a reverse proxy does TLS",
                "--tls-cert ARCHIVO --tls-key ARCHIVO, o --behind-proxy https://NOMBRE si un proxy inverso hace TLS",
            ),
        ));
    }
    let mut names: Vec<String> = options.host.iter().map(|h| h.to_ascii_lowercase()).chain(proxied.clone()).collect();
    if local && proxied.is_none() {
        names.extend(["127.0.0.1", "localhost", "[::1]"].map(str::to_string));
    } else if !address.ip().is_unspecified() && proxied.is_none() {
        names.push(if address.is_ipv6() { format!("[{}]", address.ip()) } else { address.ip().to_string() });
    }
    if names.is_empty() {
        return Err(refused(
            "host-needed",
            address,
            Both::new("nobody said what it is called", "nadie dijo con qué nombre se le llama"),
            Both::new("--host NAME, as it stands in the browser's address", "--host NOMBRE, como figura en la dirección del navegador"),
        ));
    }
    let proxy = proxied.is_some().then_some(options.proxy_address);
    Ok(Terms { address, names, secure: tls.is_some() || proxied.is_some(), accounts, proxy, tls })
}

/// The host of `https://HOST`.
fn proxy_host(address: &str) -> Result<String, Problem> {
    let host = address
        .strip_prefix("https://")
        .map(|h| h.trim_end_matches('/'))
        .filter(|h| !h.is_empty() && !h.contains(['/', '@', '?', '#', ' ']));
    host.map(|h| host_name(h).to_ascii_lowercase()).ok_or_else(|| {
        Problem::new(
            "proxy",
            format!("--behind-proxy {address}"),
            Both::new("is not of the form https://HOST", "no tiene la forma https://NOMBRE"),
            Both::new("name the address that browsers open", "indique la dirección que abren los navegadores"),
        )
    })
}

/// The name of `name:port`, `[v6]:port`.
pub fn host_name(host: &str) -> &str {
    match host.find(']') {
        Some(end) if host.starts_with('[') => &host[..=end],
        _ => host.split_once(':').map_or(host, |(name, _)| name),
    }
}

fn refused(id: &str, address: SocketAddr, found: Both, todo: Both) -> Problem {
    Problem::new(id, format!("--listen {address}"), found, todo).exits(Exit::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(listen: &str) -> Options {
        Options { listen: Some(listen.parse().unwrap()), ..Options::local(0, false) }
    }

    #[test]
    fn beyond_this_machine_it_takes_accounts_and_tls() {
        let folder = tempfile::tempdir().unwrap();
        let id = |o: &Options| judge(o, folder.path()).map_or_else(|p| p.id, |t| t.names.join(" "));
        assert_eq!(id(&Options::local(0, false)), "127.0.0.1 localhost [::1]");
        assert_eq!(id(&at("0.0.0.0:0")), "accounts-needed");
        let proxied = Options { behind_proxy: Some("https://a.example".into()), ..Options::local(0, false) };
        assert_eq!(id(&proxied), "accounts-needed");
        let account = crate::account::Account {
            name: "desk-peru".into(),
            role: crate::account::Role::Reader,
            tlp: atalaya_kernel::label::Tlp::Clear,
            recipients: Default::default(),
            disabled: false,
            password: String::new(),
        };
        Accounts { account: vec![account] }.write(folder.path()).unwrap();
        assert_eq!(id(&at("0.0.0.0:0")), "tls-needed");
        let tls = Options { tls_cert: Some("c".into()), tls_key: Some("k".into()), ..at("0.0.0.0:0") };
        assert_eq!(id(&tls), "host-needed");
        assert_eq!(id(&Options { host: vec!["A.example".into()], ..tls }), "a.example");
        assert_eq!(id(&proxied), "a.example");
        assert_eq!(id(&Options { behind_proxy: Some("http://a.example".into()), ..proxied }), "proxy");
    }

    #[test]
    fn a_host_is_its_name() {
        for (host, name) in [("a.example", "a.example"), ("a.example:443", "a.example"), ("[::1]", "[::1]"), ("[::1]:80", "[::1]")] {
            assert_eq!(host_name(host), name);
        }
    }
}
