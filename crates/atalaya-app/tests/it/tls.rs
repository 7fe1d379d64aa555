//! Beyond this machine: real TLS, and a stated proxy.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::http::{Reply, Served, parse};
use crate::mixed::{READER, observatory};
use crate::program::text;

/// Sends a request over TLS to the name the certificate was made for.
fn over_tls(served: &Served, certificate: &CertificateDer<'static>, request: &str) -> Reply {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let client = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(served.address).unwrap());
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    parse(&bytes)
}

#[test]
fn over_tls_the_cookie_is_for_this_host_alone() {
    let place = observatory(false);
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    let (cert, key) = (place.folder.path().join("c.pem"), place.folder.path().join("k.pem"));
    fs::write(&cert, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let args = ["--listen", "127.0.0.1:0", "--accounts", "--tls-cert", cert.to_str().unwrap(), "--tls-key", key.to_str().unwrap()];
    let served = Served::start(&place, &args, "https://");
    let certificate = made.cert.der().clone();
    let port = served.address.port();
    let get = |target: &str, more: &str| {
        over_tls(&served, &certificate, &format!("GET {target} HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n{more}\r\n"))
    };
    assert_eq!(get("/api/v1/status", "").status, 401);
    let body = serde_json::json!({ "name": READER.0, "password": READER.1 }).to_string();
    let login = |origin: &str| {
        let head = format!(
            "host: localhost:{port}\r\nconnection: close\r\norigin: {origin}\r\ncontent-type: application/json\r\ncontent-length: {}",
            body.len()
        );
        over_tls(&served, &certificate, &format!("POST /api/v1/login HTTP/1.1\r\n{head}\r\n\r\n{body}"))
    };
    assert_eq!(login(&format!("http://localhost:{port}")).status, 403, "an origin in the clear is not ours");
    let signed = login(&format!("https://localhost:{port}"));
    assert_eq!(signed.status, 200, "{}", signed.bytes());
    let cookie = signed.header("set-cookie");
    for part in ["__Host-atalaya=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    let status = get("/api/v1/status?quick=1", &format!("cookie: {}\r\n", cookie.split(';').next().unwrap()));
    assert_eq!(status.status, 200);
    assert!(status.header("strict-transport-security").starts_with("max-age="));
    assert!(status.header("content-security-policy").contains("frame-ancestors 'none'"));
    // In the clear the same port gives nothing.
    let plain = std::panic::catch_unwind(|| served.send("GET", "/api/v1/me", &[], ""));
    assert!(plain.map_or(true, |r| r.status >= 400));
}

#[test]
fn behind_a_proxy_only_the_proxy_may_call_and_its_word_on_addresses_counts() {
    let place = observatory(false);
    let args = ["--port", "0", "--behind-proxy", "https://atalaya.example", "--proxy-address", "127.0.0.1"];
    let served = Served::start(&place, &args, "http://");
    let call = |method: &str, target: &str, host: &str, more: &str, body: &str| {
        let length = body.len();
        served.raw(format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n{body}").as_bytes())
    };
    assert_eq!(call("GET", "/api/v1/me", "127.0.0.1", "", "").status, 403, "not its name");
    assert_eq!(call("GET", "/api/v1/me", "atalaya.example", "", "").status, 200);
    assert_eq!(call("GET", "/api/v1/status", "atalaya.example", "", "").status, 401, "accounts are asked for on loopback too");
    let body = serde_json::json!({ "name": READER.0, "password": READER.1 }).to_string();
    let origin = "origin: https://atalaya.example\r\n";
    let signed = call("POST", "/api/v1/login", "atalaya.example", origin, &body);
    assert!(signed.status == 200 && signed.header("set-cookie").starts_with("__Host-atalaya="), "{}", signed.bytes());
    // Guesses from one address behind the proxy do not lock out another; what a caller adds himself is not believed.
    let wrong = serde_json::json!({ "name": READER.0, "password": "a wrong password" }).to_string();
    let from = |forwarded: &str, body: &str| {
        call("POST", "/api/v1/login", "atalaya.example", &format!("{origin}x-forwarded-for: {forwarded}\r\n"), body).status
    };
    let outcomes: Vec<u16> = (0..8).map(|n| from(&format!("10.0.0.{n}, 198.51.100.7"), &wrong)).collect();
    assert!(outcomes.contains(&429), "{outcomes:?}");
    assert_eq!(from("198.51.100.8", &body), 200);
    // Another proxy's address: nobody gets through.
    let other =
        Served::start(&place, &["--port", "0", "--behind-proxy", "https://atalaya.example", "--proxy-address", "192.0.2.1"], "http://");
    assert_eq!(other.send("GET", "/api/v1/me", &[], "").status, 403);
}

#[test]
fn beyond_this_machine_it_refuses_to_start_without_accounts_a_name_and_tls() {
    let place = crate::program::Place::bare();
    let refused = |args: &[&str]| {
        let output = place.run(&[&["serve"], args].concat());
        assert_eq!(output.status.code(), Some(4), "{args:?}: {}", text(&output.stderr));
        text(&output.stderr)
    };
    assert!(refused(&["--listen", "0.0.0.0:0"]).contains("no accounts"));
    assert!(refused(&["--accounts", "--port", "0"]).contains("no accounts"));
    let place = observatory(false);
    let said = |args: &[&str]| text(&place.run(&[&["serve"], args].concat()).stderr);
    assert!(said(&["--listen", "0.0.0.0:0"]).contains("--tls-cert"));
    assert!(said(&["--listen", "0.0.0.0:0", "--tls-cert", "x", "--tls-key", "y"]).contains("--host"));
    assert!(said(&["--port", "0", "--behind-proxy", "http://atalaya.example"]).contains("https://HOST"));
    // Others on the machine may not read the passwords' hashes.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(place.root().join("accounts.toml"), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(said(&["--accounts", "--port", "0"]).contains("chmod 600"));
    }
}
