//! The door: signing in, staying in, getting out; forged requests; paths; slow callers.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::http::Served;
use crate::mixed::{ADMIN, ANALYST, READER, observatory};
use crate::program::{Place, text};

fn served(place: &Place) -> Served {
    Served::start(place, &["--accounts", "--port", "0"], "http://")
}

#[test]
fn nobody_gets_in_without_signing_in() {
    let place = observatory(false);
    let served = served(&place);
    for target in ["/api/v1/status", "/api/v1/query?what=coca-area", "/api/v1/accounts", "/api/v1/facets", "/api/v1/held?source=open-coca"]
    {
        let reply = served.send("GET", target, &[], "");
        assert_eq!((reply.status, reply.json()["id"].as_str()), (401, Some("sign-in")), "{target}");
    }
    for cookie in ["atalaya=", "atalaya=x", &format!("atalaya={}", "0".repeat(64)), "__Host-atalaya=1; atalaya=2", "role=admin"] {
        assert_eq!(served.send("GET", "/api/v1/status", &[("cookie", cookie)], "").status, 401, "{cookie}");
    }
    let me = served.send("GET", "/api/v1/me", &[], "").json();
    assert_eq!((me["signed_in"].as_bool(), me["name"].as_str()), (Some(false), None), "{me}");
    assert_eq!(served.send("GET", "/", &[], "").status, 200, "the page itself holds no data");
    for target in ["/api/v1/nothing", "/api/v2/status", "/api/v1/status/", "/api/v1//status", "/api/v1/%73tatus", "/API/v1/status"] {
        let reply = served.send("GET", target, &[], "");
        assert!(matches!(reply.status, 404 | 401 | 200) && !text(&reply.body).contains("open-coca"), "{target}: {}", reply.bytes());
    }
}

#[test]
fn a_session_cannot_be_replayed_after_it_ended() {
    let place = observatory(false);
    let served = served(&place);
    let guest = served.sign_in(READER.0, READER.1);
    assert_eq!(guest.get("/api/v1/status?quick=1").status, 200);
    assert_eq!(guest.get("/api/v1/me").json()["name"], READER.0);
    assert_eq!(guest.get("/api/v1/status?quick=1").header("cache-control"), "no-store");
    let out = guest.post("/api/v1/logout", "");
    assert_eq!(out.status, 200, "{}", out.bytes());
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(guest.get("/api/v1/status?quick=1").status, 401, "replayed");
    // Signing in anew ends the session the browser had.
    let first = served.sign_in(READER.0, READER.1);
    let body = serde_json::json!({ "name": READER.0, "password": READER.1 }).to_string();
    let headers = [("cookie", first.cookie.as_str()), ("origin", &served.origin()), ("content-type", "application/json")];
    assert_eq!(served.send("POST", "/api/v1/login", &headers, &body).status, 200);
    assert_eq!(first.get("/api/v1/status?quick=1").status, 401, "rotated");
    // A disabled account's sessions end, and it may not sign in.
    let second = served.sign_in(READER.0, READER.1);
    assert!(place.run(&["account", "disable", READER.0]).status.success());
    assert_eq!(second.get("/api/v1/status?quick=1").status, 401, "disabled");
    assert_eq!(served.try_sign_in(READER.0, READER.1).status, 401);
}

#[test]
fn guessing_is_slowed_and_gives_nothing_away() {
    let place = observatory(false);
    let served = served(&place);
    let wrong = served.try_sign_in(READER.0, "a wrong password");
    let nobody = served.try_sign_in("nobody-there", "a wrong password");
    assert_eq!((wrong.status, wrong.bytes()), (401, nobody.bytes()), "a name that exists is told by nothing");
    let outcomes: Vec<u16> = (0..12).map(|_| served.try_sign_in(READER.0, "a wrong password").status).collect();
    assert!(outcomes.contains(&429), "{outcomes:?}");
    let late = served.try_sign_in(READER.0, READER.1);
    assert_eq!(late.status, 429, "the right password must wait too");
    assert!(late.header("retry-after").parse::<u64>().unwrap() >= 1);
    for bad in ["", "{}", "[]", "{\"name\":1}", "{\"name\":\"x\",\"password\":\"y\",\"role\":\"admin\"}", "name=x&password=y"] {
        let reply = served.send("POST", "/api/v1/login", &[("origin", &served.origin()), ("content-type", "application/json")], bad);
        assert!((400..430).contains(&reply.status), "{bad}: {}", reply.bytes());
    }
}

#[test]
fn requests_forged_elsewhere_change_nothing() {
    let place = observatory(false);
    let served = served(&place);
    let desk = served.sign_in(ANALYST.0, ANALYST.1);
    let (cookie, token, origin) = (desk.cookie.as_str(), desk.token.as_str(), served.origin());
    let json = ("content-type", "application/json");
    let body = "{\"source\":\"open-coca\"}";
    for headers in [
        vec![("cookie", cookie), json],
        vec![("cookie", cookie), json, ("origin", &origin)],
        vec![("cookie", cookie), json, ("x-atalaya-token", token)],
        vec![("cookie", cookie), json, ("origin", "http://evil.example"), ("x-atalaya-token", token)],
        vec![("cookie", cookie), json, ("origin", "null"), ("x-atalaya-token", token)],
        vec![("cookie", cookie), json, ("origin", &origin), ("x-atalaya-token", "0")],
        vec![("cookie", cookie), json, ("origin", &origin), ("x-atalaya-token", token), ("sec-fetch-site", "cross-site")],
    ] {
        assert_eq!(served.send("POST", "/api/v1/collect", &headers, body).status, 403, "{headers:?}");
    }
    assert_eq!(served.send("GET", "/api/v1/status", &[("cookie", cookie), ("origin", "http://evil.example")], "").status, 403);
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", ""] {
        let request = format!("GET /api/v1/me HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        assert!(matches!(served.raw(request.as_bytes()).status, 400 | 403), "{host}");
    }
    let two = format!("GET /api/v1/me HTTP/1.1\r\nhost: {}\r\nhost: evil.example\r\nconnection: close\r\n\r\n", served.address);
    assert!(matches!(served.raw(two.as_bytes()).status, 400 | 403));
    let absolute = format!("GET http://evil.example/api/v1/me HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", served.address);
    assert!(matches!(served.raw(absolute.as_bytes()).status, 400 | 403));
    assert_eq!(desk.post("/api/v1/collect", body).status, 200, "the same from its own page");
}

#[test]
fn a_path_that_a_caller_gives_never_reaches_the_file_system() {
    let place = observatory(false);
    let outside = place.folder.path().join("outside.csv");
    fs::write(&outside, "area,year,hectares,edition\nPeru,1999,1,1999\n").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&outside, place.root().join("inbox/link.csv")).unwrap();
    let served = served(&place);
    let desk = served.sign_in(ANALYST.0, ANALYST.1);
    for from in [
        outside.to_str().unwrap(),
        "../outside.csv",
        "../../outside.csv",
        "link.csv",
        ".",
        "..",
        "/etc/passwd",
        "inbox/coca.csv",
        "https://example.org/x.csv",
        "C:\\x",
    ] {
        let reply = desk.post("/api/v1/collect", &serde_json::json!({ "source": "open-coca", "from": from }).to_string());
        assert_eq!((reply.status, reply.json()["id"].as_str()), (403, Some("inbox")), "{from}: {}", reply.bytes());
    }
    fs::write(place.root().join("inbox/new.csv"), "area,year,hectares,edition\nPeru,2023,1,2030\n").unwrap();
    assert_eq!(desk.post("/api/v1/collect", "{\"source\":\"open-coca\",\"from\":\"new.csv\"}").status, 200);
    // What was collected is seen at once, by whoever may.
    let reader = served.sign_in(READER.0, READER.1);
    assert!(text(&reader.get("/api/v1/query?what=coca-area&by=year").body).contains("2030"));
    for target in
        ["/../../etc/passwd", "/..%2f..%2faccounts.toml", "/accounts.toml", "/audit.jsonl", "/store.sqlite", "/assets/../../accounts.toml"]
    {
        let reply = reader.get(target);
        assert!(!text(&reply.body).contains("argon2") && !text(&reply.body).contains("root:"), "{target}: {}", reply.bytes());
    }
}

#[test]
fn large_slow_and_broken_requests_are_turned_away() {
    let place = observatory(false);
    let served = served(&place);
    let desk = served.sign_in(ANALYST.0, ANALYST.1);
    assert_eq!(desk.post("/api/v1/query", &format!("{{\"what\":\"{}\"}}", "x".repeat(300_000))).status, 413);
    let head = format!("GET /api/v1/me HTTP/1.1\r\nhost: {}\r\nx: {}\r\n\r\n", served.address, "y".repeat(100_000));
    assert!((400..500).contains(&served.raw(head.as_bytes()).status));
    // Who sends a request head bit by bit is cut off while others are served.
    let mut slow = TcpStream::connect(served.address).unwrap();
    slow.write_all(b"GET /api/v1/me HTTP/1.1\r\n").unwrap();
    assert_eq!(desk.get("/api/v1/status?quick=1").status, 200);
    slow.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut bytes = Vec::new();
    let _ = slow.read_to_end(&mut bytes);
    assert!(!text(&bytes).contains(" 200 "), "{}", text(&bytes));
}

#[test]
fn the_log_says_who_did_what_and_never_what_was_in_it() {
    let place = observatory(false);
    {
        let served = served(&place);
        let desk = served.sign_in(ANALYST.0, ANALYST.1);
        served.try_sign_in("my-password-in-the-wrong-box", "a wrong password");
        desk.post("/api/v1/collect", "{\"source\":\"open-coca\"}");
        let reader = served.sign_in(READER.0, READER.1);
        reader.get("/api/v1/held?source=a-secret-word");
        reader.post("/api/v1/logout", "");
    }
    let log = text(&fs::read(place.root().join("audit.jsonl")).unwrap());
    for (who, what, outcome) in [
        ("owner", "account add keeper", "ok"),
        (ANALYST.0, "login", "ok"),
        ("-", "login", "refused"),
        (ANALYST.0, "POST /api/v1/collect", "200"),
        (READER.0, "GET /api/v1/held", "403"),
        (READER.0, "logout", "ok"),
    ] {
        assert!(log.contains(&format!("\"who\":\"{who}\",\"what\":\"{what}\",\"outcome\":\"{outcome}\"")), "{who} {what} {outcome}\n{log}");
    }
    for never in ["wrong-box", "a-secret-word", "open-coca", "password for", ADMIN.1] {
        assert!(!log.contains(never), "{never}\n{log}");
    }
    assert!(place.run(&["account", "audit"]).status.success());
    let lines: Vec<&str> = log.lines().collect();
    fs::write(place.root().join("audit.jsonl"), format!("{}\n", lines[..lines.len() - 1].join("\n"))).unwrap();
    assert!(!place.run(&["account", "audit"]).status.success(), "a cut shows");
}
