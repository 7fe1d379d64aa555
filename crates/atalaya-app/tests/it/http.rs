//! A served observatory, and a caller that sends exactly the bytes it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::program::{Place, text};

/// A running server; it ends when dropped.
pub struct Served {
    child: Child,
    pub address: SocketAddr,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", text(&self.body)))
    }

    /// All of it but the time of day.
    pub fn bytes(&self) -> String {
        let headers: Vec<String> = self.headers.iter().filter(|(n, _)| n != "date").map(|(n, v)| format!("{n}: {v}")).collect();
        format!("{}\n{}\n\n{}", self.status, headers.join("\n"), text(&self.body))
    }
}

impl Served {
    /// Serves the observatory of `place`; `scheme` is what its address begins with.
    pub fn start(place: &Place, args: &[&str], scheme: &str) -> Served {
        let mut command = place.command("o", &[&["serve"], args].concat());
        let mut child = command.env("ATALAYA_NOW", "2026-11-26T12:00:00Z").stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.strip_prefix(scheme).and_then(|l| l.split_once('/')).map(|(a, _)| a.parse().unwrap());
        let address = address.unwrap_or_else(|| panic!("it printed {line:?}"));
        Served { child, address }
    }

    /// Asks it to stop, as a service manager does, and waits until it has.
    pub fn stop(mut self) {
        let asked = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.child.wait().unwrap().success(), "it ends in good order");
    }

    /// Sends a request as it stands and reads to the end.
    pub fn raw(&self, request: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(request).unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        parse(&bytes)
    }

    /// Sends a request with these headers and body, and the host and end of connection it needs.
    pub fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = format!("{method} {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n", self.address);
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() || method == "POST" {
            request += &format!("content-length: {}\r\n", body.len());
        }
        self.raw(format!("{request}\r\n{body}").as_bytes())
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Signs in.
    pub fn sign_in(&self, name: &str, password: &str) -> Guest<'_> {
        let reply = self.try_sign_in(name, password);
        assert_eq!(reply.status, 200, "{}", reply.bytes());
        let cookie = reply.header("set-cookie").split(';').next().unwrap().to_string();
        Guest { served: self, cookie, token: reply.json()["token"].as_str().unwrap().into() }
    }

    pub fn try_sign_in(&self, name: &str, password: &str) -> Reply {
        let body = serde_json::json!({ "name": name, "password": password }).to_string();
        self.send("POST", "/api/v1/login", &[("origin", &self.origin()), ("content-type", "application/json")], &body)
    }
}

/// Somebody signed in.
pub struct Guest<'s> {
    pub served: &'s Served,
    pub cookie: String,
    pub token: String,
}

impl Guest<'_> {
    pub fn get(&self, target: &str) -> Reply {
        self.get_with(target, &[])
    }

    pub fn get_with(&self, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.served.send("GET", target, &[&[("cookie", self.cookie.as_str())], headers].concat(), "")
    }

    pub fn post(&self, target: &str, body: &str) -> Reply {
        let origin = self.served.origin();
        let headers =
            [("cookie", self.cookie.as_str()), ("origin", &origin), ("x-atalaya-token", &self.token), ("content-type", "application/json")];
        self.served.send("POST", target, &headers, body)
    }
}

pub fn parse(bytes: &[u8]) -> Reply {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or_else(|| panic!("no head in {:?}", text(bytes)));
    let head = text(&bytes[..end]);
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_lowercase(), v.to_string())).collect();
    let mut body = bytes[end + 4..].to_vec();
    if headers.iter().any(|(n, v)| n == "transfer-encoding" && v == "chunked") {
        body = unchunked(&body);
    }
    Reply { status, headers, body }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|w| w == b"\r\n") {
        let size = usize::from_str_radix(&text(&rest[..end]), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    body
}
