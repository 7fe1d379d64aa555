//! The policy over hostile addresses, and the wire against a small server on loopback.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;

/// `ssrf_urls.txt`.
const HOSTILE: [&str; 17] = [
    "http://127.0.0.1:22/",
    "http://[::1]/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://127.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://10.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "http://user@127.0.0.1@example.org/",
    "http://example.org#@127.0.0.1/",
    "http://localhost.example.org/",
    "http://①②⑦.⓪.⓪.①/",
    "http://[fe80::1%25eth0]/",
    "dict://127.0.0.1:11211/",
    "http://example.org\\@127.0.0.1/",
];

/// A clock that only moves when somebody sleeps.
#[derive(Default)]
struct Still(Cell<Duration>);

impl Pace for Still {
    fn elapsed(&self) -> Duration {
        self.0.get()
    }
    fn sleep(&self, wait: Duration) {
        self.0.set(self.0.get() + wait);
    }
}

fn open(hosts: &[&str]) -> Policy {
    Policy::allowing(hosts.iter().map(|h| (*h).to_string()))
}

/// What a server answers, one text a connection, and what it was asked.
struct Server {
    url: String,
    policy: Policy,
    asked: Arc<Mutex<Vec<String>>>,
}

fn server(answers: Vec<String>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok).take_while(|l| !l.is_empty());
            seen.lock().unwrap().push(lines.collect::<Vec<_>>().join("\n"));
            let _ = stream.write_all(answer.as_bytes());
            if answer.ends_with("and then") {
                thread::sleep(Duration::from_secs(20));
            }
        }
    });
    let policy = Policy { lab: Some(("lab.test".into(), address)), max_bytes: 1_000, ..open(&["*.example.org"]) };
    Server { url: format!("http://lab.test:{}/folder/data.csv?x=1", address.port()), policy, asked }
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}", body.len())
}

fn go(server: &Server, name: &str, known: &Known) -> (Result<Answer, Problem>, PathBuf, Duration) {
    let folder = std::env::temp_dir().join(format!("atalaya-fetch-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (to, pace) = (folder.join(name), Still::default());
    let got = fetch(&server.url, &server.policy, known, &to, &pace);
    (got, to, pace.elapsed())
}

fn id(got: Result<Answer, Problem>) -> String {
    got.map(|a| format!("{a:?}")).unwrap_or_else(|p| p.id)
}

#[test]
fn offline_unless_told_otherwise() {
    let got =
        fetch("https://data.example.org/a.csv", &Policy::default(), &Known::default(), Path::new("/nonexistent/x"), &Still::default());
    assert_eq!(id(got), "offline");
}

#[test]
fn hostile_addresses_are_refused_before_any_name_is_looked_up() {
    let policy = open(&["data.example.org", "*.example.org", "example.org", "127.0.0.1", "2130706433", "localhost"]);
    for url in HOSTILE {
        let problem = check_url(url, &policy).unwrap_err();
        assert_eq!(problem.id, "fetch-scheme", "{url}");
        assert!(!problem.found.es.is_empty() && !problem.todo.en.is_empty());
        // The same with the right scheme, whatever is on the list.
        let secure = url.replacen(url.split(':').next().unwrap_or(""), "https", 1);
        let refused = check_url(&secure, &policy).map(|t| t.to_string());
        match url {
            // A name like any other: what it resolves to decides.
            "http://localhost.example.org/" => assert_eq!(refused.unwrap(), "https://localhost.example.org/"),
            _ => assert_eq!(refused.unwrap_err().id, "fetch-url", "{secure}"),
        }
    }
    for url in [
        "https://example.com/",
        "https://badexample.org/",
        "https://example.org.evil.net/",
        "https://data.example.org:8443/",
        "https:///a",
        "https://a b/",
        "",
    ] {
        assert!(check_url(url, &policy).is_err(), "{url}");
    }
    assert_eq!(check_url("https://DATA.example.org:443/a.csv?b=1", &policy).unwrap().to_string(), "https://data.example.org/a.csv?b=1");
}

#[test]
fn only_public_addresses_are_connected_to() {
    let closed = [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::127.0.0.1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "64:ff9b::7f00:1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "fec0::1",
    ];
    for address in closed {
        assert_eq!(check_address(address.parse().unwrap(), "h").unwrap_err().id, "fetch-address", "{address}");
    }
    for address in ["8.8.8.8", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2600::1", "2001:4860:4860::8888"] {
        assert!(check_address(address.parse::<IpAddr>().unwrap(), "h").is_ok(), "{address}");
    }
}

/// `localhost` resolves on every machine, to an address that must not be asked.
#[test]
fn the_resolved_address_is_checked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let policy = Policy { lab: Some(("localhost".into(), listener.local_addr().unwrap())), ..open(&[]) };
    let mut wire_policy = policy.clone();
    // The address passes the first check as the tests' own, and the name service knows nothing of that.
    wire_policy.lab = Some(("other".into(), listener.local_addr().unwrap()));
    let target = check_url(&format!("http://localhost:{}/", listener.local_addr().unwrap().port()), &policy);
    // A name without a dot is no host for us even then.
    assert_eq!(target.unwrap_err().id, "fetch-url");
    let resolver_says = Wire::new(&wire_policy).get(
        &Target::for_tests("localhost", listener.local_addr().unwrap().port()),
        &Known::default(),
        Duration::from_secs(5),
    );
    match resolver_says {
        Err(Trouble::Refused(problem)) => assert_eq!(problem.id, "fetch-address"),
        Err(Trouble::Failed(why)) => panic!("{why}"),
        _ => panic!("it was asked"),
    }
}

#[test]
fn a_file_comes_with_what_tells_its_version() {
    let server = server(vec![answer("200 OK", "ETag: \"v1\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n", "a,b\n1,2\n")]);
    let (got, to, _) = go(&server, "new.csv", &Known::default());
    let Answer::New(file) = got.unwrap() else { panic!("unchanged") };
    assert_eq!((fs::read_to_string(&to).unwrap().as_str(), file.bytes, file.name.as_str()), ("a,b\n1,2\n", 8, "data.csv"));
    assert_eq!((file.etag.as_deref(), file.final_url.as_str()), (Some("\"v1\""), server.url.as_str()));
    let asked = server.asked.lock().unwrap()[0].to_lowercase();
    assert!(
        asked.starts_with("get /folder/data.csv?x=1 ") && asked.contains("accept-encoding: identity") && !asked.contains("if-none-match"),
        "{asked}"
    );
}

#[test]
fn what_is_known_is_not_sent_again() {
    let server = server(vec![answer("304 Not Modified", "", "")]);
    let known = Known { etag: Some("\"v1\"".into()), last_modified: None };
    let (got, to, _) = go(&server, "known.csv", &known);
    assert_eq!(got, Ok(Answer::Unchanged));
    assert!(!to.exists() && server.asked.lock().unwrap()[0].to_lowercase().contains("if-none-match: \"v1\""));
}

#[test]
fn a_busy_host_is_asked_again_with_growing_waits() {
    let busy = || answer("503 Service Unavailable", "", "");
    let slow = answer("429 Too Many Requests", "Retry-After: 7\r\n", "");
    let patient = server(vec![busy(), slow, answer("200 OK", "", "x")]);
    let (got, _, waited) = go(&patient, "busy.csv", &Known::default());
    assert!(matches!(got, Ok(Answer::New(_))), "{got:?}");
    assert_eq!(waited, Duration::from_secs(1 + 7));
    let (got, to, waited) = go(&server(vec![busy(), busy(), busy(), busy()]), "never.csv", &Known::default());
    assert_eq!((id(got).as_str(), waited, to.exists()), ("fetch-status", Duration::from_secs(1 + 2 + 4), false));
    let mut short = server(vec![busy(), busy(), busy(), busy()]);
    short.policy.max_time = Duration::from_secs(2);
    assert_eq!(id(go(&short, "short.csv", &Known::default()).0), "fetch-time");
    let (got, _, waited) = go(&server(vec![answer("404 Not Found", "", "")]), "gone.csv", &Known::default());
    assert_eq!((id(got).as_str(), waited), ("fetch-status", Duration::ZERO), "no use asking again");
}

#[test]
fn size_is_capped_by_what_is_said_and_by_what_comes() {
    let said = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n".to_string();
    let (got, to, _) = go(&server(vec![said]), "said.csv", &Known::default());
    assert_eq!((id(got).as_str(), to.exists()), ("fetch-too-large", false));
    let chunk = format!("190\r\n{}\r\n", "x".repeat(400));
    let unsaid = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}{chunk}0\r\n\r\n");
    let (got, to, _) = go(&server(vec![unsaid]), "unsaid.csv", &Known::default());
    assert_eq!((id(got).as_str(), to.exists()), ("fetch-too-large", false));
    let packed = answer("200 OK", "Content-Encoding: gzip\r\n", "x");
    assert_eq!(id(go(&server(vec![packed]), "packed.csv", &Known::default()).0), "fetch-failed");
}

#[test]
fn a_host_that_falls_silent_is_left() {
    let mut silent = server(vec!["HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nand then".to_string()]);
    silent.policy.max_time = Duration::from_millis(300);
    let (got, to, _) = go(&silent, "silent.csv", &Known::default());
    assert_eq!((id(got).as_str(), to.exists()), ("fetch-time", false));
}

#[test]
fn a_file_that_was_cut_off_is_no_file() {
    let cut = || "HTTP/1.1 200 OK\r\nContent-Length: 500\r\nConnection: close\r\n\r\nabc".to_string();
    let (got, to, _) = go(&server(vec![cut(), cut(), cut(), cut()]), "cut.csv", &Known::default());
    let id = id(got);
    assert!(id == "fetch-cut" || id == "fetch-failed", "{id}");
    assert!(!to.exists());
}

#[test]
fn redirects_are_followed_by_hand_and_each_is_checked() {
    let to = |location: &str| answer("302 Found", &format!("Location: {location}\r\n"), "");
    let near = server(vec![to("other.csv"), to("/top.csv"), answer("200 OK", "", "x")]);
    let Answer::New(file) = go(&near, "near.csv", &Known::default()).0.unwrap() else { panic!("unchanged") };
    assert!(file.final_url.ends_with("/top.csv"), "{}", file.final_url);
    assert!(near.asked.lock().unwrap()[1].starts_with("GET /folder/other.csv "));
    for (location, refusal) in [
        ("https://evil.example/x", "fetch-host"),
        ("https://169.254.169.254/latest", "fetch-url"),
        ("http://127.0.0.1:22/", "fetch-scheme"),
        ("//127.0.0.1/x", "fetch-scheme"),
        ("file:///etc/passwd", "fetch-scheme"),
        ("https://user@data.example.org/", "fetch-url"),
    ] {
        let (got, _, _) = go(&server(vec![to(location)]), "far.csv", &Known::default());
        assert_eq!(id(got), refusal, "{location}");
    }
    let round = server(vec![to("a"), to("b"), to("c"), to("d"), to("e")]);
    assert_eq!(id(go(&round, "round.csv", &Known::default()).0), "fetch-redirect");
    assert_eq!(round.asked.lock().unwrap().len(), 4);
}
