//! A reader on an observatory of mixed labels tries everything. The core: whatever he sends, what
//! comes back is byte for byte what comes back where the hidden sources were never collected.

use crate::http::{Guest, Reply, Served};
use crate::mixed::{ADMIN, ANALYST, MARKS, READER, hidden_figures, observatory};
use crate::program::text;

/// The table of routes as it stands in the source.
const TABLE: &str = include_str!("../../src/serve/api/table.rs");

/// Method, path, who may: every line of the table.
fn table() -> Vec<(String, String, String)> {
    let lines = TABLE.lines().filter_map(|l| l.trim().strip_prefix("route(\"")).map(|l| l.split('"').collect::<Vec<_>>());
    let all: Vec<_> = lines
        .map(|p| (p[0].to_string(), p[2].to_string(), p[3].split("Who::").nth(1).unwrap().split(',').next().unwrap().to_string()))
        .collect();
    assert!(all.len() >= 15);
    all
}

/// Questions that every route is asked, those that make no sense to it too.
#[rustfmt::skip]
const QUESTIONS: &[&str] = &[
        "",
        "source=open-coca",
        "source=open-incidents",
        "source=totals-only",
        "source=secreta-first",
        "source=secreta-records",
        "source=secreta-co",
        "source=secreta-last",
        "source=unodc-ids",
        "source=nothing",
        "source=..%2F..%2Fo",
        "source=.",
        "source=%00",
        "source=open-coca&vintage=2021",
        "source=open-coca&vintage=MARK-VINTAGE",
        "source=open-coca&from=2021&to=2023",
        "source=open-coca&from=2021&to=MARK-VINTAGE",
        "source=open-coca&from=x&to=y",
        "source=open-incidents&rule=unknown-area",
        "what=coca-area",
        "what=coca-area&by=year",
        "what=coca-area&by=source",
        "what=coca-area&by=year,source,area&level=country",
        "what=coca-area&area=BT",
        "what=coca-area&area=PE&by=year",
        "what=coca-area&source=secreta-first",
        "what=nothing",
        "by=year",
        "by=source",
        "by=area",
        "by=area,year,substance,transport,place",
        "by=place",
        "by=nothing",
        "area=BT",
        "area=Bhutan",
        "area=Atlantis",
        "substance=heroin",
        "substance=cocaine&by=month",
        "substance=unobtainium",
        "from=2021&to=2021&by=area",
        "from=03/04/2016",
        "without=departure-is-destination",
        "without=nothing",
        "level=nothing&what=coca-area",
        "what=purchases",
        "limit=2&offset=1",
        "limit=99999999",
        "limit=-1",
        "limit=x",
        "offset=99999999",
        "quick=1",
        "quick=1&check=1",
        "id=open",
        "id=secreta",
        "id=unnamed",
        "id=hidden",
        "id=..%2Fcompacts%2Fopen",
        "figure=fig-0000000000000000",
        "figure=",
        "source=open-coca&limit=1",
        "format=csv",
        "format=xlsx&what=coca-area",
        "what=sankey&method=observed",
        "what=map&method=published&format=svg",
        "what=balance&area=PE&draws=20",
        "what=balance&area=BT&draws=20",
        "what=map&method=observed&area=BT&format=csv",
        "area=PE&method=observed",
        "area=PE&draws=20",
        "area=hidden-place&method=observed",
        "format=nothing",
        "rows=1",
        "internal=1&rows=1",
        "sql=SELECT%20*%20FROM%20records",
        "who=owner",
        "clearance=TLP:RED",
        "decisions=1&source=open-coca",
        "table=observations",
        "table=observations&where=source%3Dsecreta-first",
        "table=observations&where=area%3DBT",
        "table=observations&facet=source,area,vintage&limit=500",
        "table=observations&find=hidden-place",
        "table=observations&sort=-value",
        "table=records",
        "table=records&facet=place,source,area",
        "table=records&where=place%3Dhidden-place",
        "table=records&format=csv",
        "table=records&internal=1&format=csv",
        "table=vintages",
        "table=vintages&facet=source",
        "table=revisions",
        "table=revisions&where=source%3Dopen-coca",
        "table=nothing",
        "table=observations&format=csv",
        "table=observations&format=xlsx",
        "table=observations&format=json",
        "table=observations&as_of=3",
        "table=observations&as_of=5",
        "since=0",
        "since=3",
        "since=9",
        "since=2026-11-01",
        "since=x",
        "limit=500&since=0",
        "what=coca-area&by=year&format=csv",
        "what=coca-area&by=year,source&format=json",
        "by=place&format=csv",
        "what=coca-area&by=year&format=svg",
        "what=coca-area&area=PE&by=year&format=svg&lang=es&theme=dark",
        "what=coca-area&by=year&kind=nothing",
        "by=area&kind=bars&format=svg",
        "id=fig-0000000000000000",
        "list=area&find=bhutan",
        "list=source",
        "what=coca-area&area=BT&base=secreta-first",
        "what=coca-area&area=PE&base=open-coca",
        "what=coca-area&area=PE&base=secreta-first",
        "what=coca-area&area=PE&error=open-coca%3D5%25&error=secreta-first%3D5%25",
        "check=rivals&limit=500",
        "check=vintages&limit=500",
        "check=nothing",
        "status=settled",
        "status=open&limit=500",
        "area=PE&year=2022",
        "area=BT&year=2022",
        "area=CO&year=2021&purity=0.6-0.8",
        "area=CO&year=2021&purity=x",
        "file=mark-file-1.csv",
        "source=open-coca&file=mark-file-1.csv",
        "links=0",
        "links=1",
        "links=2&by=source",
        "links=3",
        "links=4&by=place",
        "links=8",
        "links=-1",
        "value=events&by=source&kind=bars&format=svg",
        "table=records&columns=source,ordinal,event,stands",
        "min_records=2",
        "group=coca&method=observed&checks=none",
        "group=coca&method=published&draws=20",
        "group=coca&draws=20&from=2021&to=2021",
        "group=heroin&method=observed",
        "group=nothing",
        "places=port&method=observed",
        "places=department",
        "method=observed&source=secreta-records",
        "method=observed&source=totals-only",
        "from_place=PE&to_place=ES&method=observed",
        "from_place=BT&to_place=ES",
        "id=open-plan",
        "id=open-plan&what=events&format=svg&lang=es",
        "id=open-plan&what=map&format=json&width=400",
        "id=open-plan&what=nothing",
        "id=open-plan&name=folder.zip",
        "id=open-plan&name=state.json",
        "id=open-plan&name=data.csv",
        "id=open-plan&name=..%2F..%2Faccounts.toml",
        "id=open-series",
        "id=open-series&name=state.json",
        "id=open-draft",
        "id=open-draft&name=data.csv",
        "id=secreta-plan",
        "id=secreta-plan&name=data.csv",
        "id=secreta-red&what=effect&format=svg",
        "id=secreta-series&name=folder.zip",
        "id=..%2Fdesigns%2Fopen-plan",
        "id=%00",
];

/// The same, with moments and figures of what is hidden.
fn questions(figures: &[String]) -> Vec<String> {
    let mut all: Vec<String> = QUESTIONS.iter().map(ToString::to_string).collect();
    for n in ["0", "1", "2", "3", "4", "5", "6", "9", "10", "-1", "x", "99999999999999999999"] {
        all.push(format!("as_of={n}&what=coca-area&by=year"));
        all.push(format!("as_of={n}"));
    }
    all.extend(figures.iter().flat_map(|f| [format!("figure={f}"), format!("id={f}")]));
    all
}

/// The same as bodies.
fn bodies(figures: &[String]) -> Vec<String> {
    let mut all: Vec<String> = [
        "{}",
        "[]",
        "null",
        "{\"quick\":true}",
        "{\"source\":\"open-coca\"}",
        "{\"source\":\"secreta-first\"}",
        "{\"source\":\"secreta-records\"}",
        "{\"source\":\"../o\"}",
        "{\"source\":\"open-coca\",\"to\":\"MARK-VINTAGE\"}",
        "{\"what\":\"coca-area\",\"by\":[\"year\"]}",
        "{\"by\":[\"area\"]}",
        "{\"area\":[\"BT\"]}",
        "{\"source\":[\"secreta-last\"],\"by\":[\"place\"]}",
        "{\"as_of\":3}",
        "{\"as_of\":99}",
        "{\"limit\":99999999}",
        "{\"internal\":true}",
        "{\"sql\":\"SELECT 1\"}",
        "{\"source\":\"open-coca\",\"decisions\":true}",
        "{\"table\":\"observations\",\"limit\":1000}",
        "{\"table\":\"records\",\"internal\":true}",
        "{\"table\":\"vintages\",\"facet\":[\"source\"]}",
        "{\"table\":\"observations\",\"out\":\"/tmp/x.csv\",\"format\":\"csv\"}",
        "{\"file\":\"mark-file-1.csv\",\"source\":\"open-coca\"}",
        "{\"file\":\"../accounts.toml\",\"id\":\"x\"}",
        "{\"recipe\":\"id = 1\",\"file\":\"x\"}",
        "{\"source\":\"open-coca\",\"undo\":1,\"why\":\"x\"}",
        "{\"findings\":[\"f-0000000000\"],\"ruling\":\"error\",\"why\":\"x\"}",
        "{\"decision\":1,\"why\":\"x\"}",
        "{\"source\":\"open-coca\",\"from\":\"/etc/passwd\"}",
        "{\"links\":1}",
        "{\"links\":5}",
        "{\"ids\":[\"p-0000000000\"],\"ruling\":\"same\",\"why\":\"x\"}",
        "{\"decision\":1,\"why\":\"x\"}",
        "{\"id\":\"secreta-plan\",\"why\":\"x\"}",
        "not json",
    ]
    .map(str::to_string)
    .to_vec();
    all.extend(figures.iter().map(|f| format!("{{\"figure\":\"{f}\"}}")));
    all
}

/// A mark in what came back that was not in what was sent.
fn mark_in(reply: &Reply, sent: &str) -> Option<&'static str> {
    let got = reply.bytes();
    // A session's secret is chance; two letters may stand anywhere in it.
    let got: String = got.lines().filter(|l| !l.starts_with("set-cookie")).collect::<Vec<_>>().join("\n");
    // Whoever names an area gets its name back, by whichever list.
    let asked = |m: &str| {
        sent.contains(m) || ["BT", "Bhut", "But"].iter().any(|b| m.starts_with(b)) && (sent.contains("BT") || sent.contains("hutan"))
    };
    MARKS.into_iter().find(|m| !asked(m) && if *m == "BT" { got.contains("\"BT\"") } else { got.contains(m) })
}

/// Sends the same to both and compares every byte.
fn alike(mixed: &Guest<'_>, clean: &Guest<'_>, sent: &str, send: impl Fn(&Guest<'_>) -> Reply) -> Reply {
    let (one, two) = (send(mixed), send(clean));
    assert_ne!(one.status, 429, "the test itself must not be hasty: {sent}");
    assert!(one.status != 500 && one.status != 501, "{sent}: {}", one.bytes());
    assert_eq!(one.bytes(), two.bytes(), "{sent} differs where hidden sources exist");
    if let Some(mark) = mark_in(&one, sent) {
        panic!("{sent} gives away {mark}: {}", one.bytes());
    }
    one
}

#[test]
fn whatever_a_reader_asks_hidden_sources_might_as_well_not_exist() {
    let (mixed_place, clean_place) = (observatory(true), observatory(false));
    let figures = hidden_figures(&mixed_place);
    let (mixed, clean) = (
        Served::start(&mixed_place, &["--accounts", "--port", "0"], "http://"),
        Served::start(&clean_place, &["--accounts", "--port", "0"], "http://"),
    );
    let mut seen = 0;
    for (method, path, who) in
        table().into_iter().filter(|(_, p, _)| !p.ends_with("/login") && !p.ends_with("/logout") && !p.ends_with("/me"))
    {
        // A session bears some hundred requests at once: one for each route.
        let (a, b) = (mixed.sign_in(READER.0, READER.1), clean.sign_in(READER.0, READER.1));
        if method == "GET" {
            for question in questions(&figures) {
                let target = format!("{path}?{question}");
                let reply = alike(&a, &b, &target, |g| g.get(&target));
                assert!(who == "Any" || reply.status == 403, "{target} is for {who}: {}", reply.bytes());
                assert!(reply.status != 200 || who == "Any");
                seen += usize::from(reply.status == 200);
            }
            for target in [format!("{path}?what=coca-area"), format!("{path}?source=open-coca"), format!("{path}?quick=1")] {
                let reply = alike(&a, &b, &target, |g| g.get_with(&target, &[("accept-encoding", "gzip")]));
                let tag = reply.header("etag").to_string();
                if !tag.is_empty() {
                    assert_eq!(alike(&a, &b, &target, |g| g.get_with(&target, &[("if-none-match", &tag)])).status, 304);
                }
                alike(&a, &b, &target, |g| g.served.send("HEAD", &target, &[("cookie", &g.cookie)], ""));
            }
        } else {
            for body in bodies(&figures) {
                let reply = alike(&a, &b, &format!("{path} {body}"), |g| g.post(&path, &body));
                assert!(who == "Any" || reply.status == 403, "{path} is for {who}: {}", reply.bytes());
                seen += usize::from(reply.status == 200);
            }
        }
        for other in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY", if method == "GET" { "POST" } else { "GET" }] {
            alike(&a, &b, &format!("{other} {path}"), |g| {
                g.served.send(other, &path, &[("cookie", &g.cookie), ("origin", &g.served.origin()), ("x-atalaya-token", &g.token)], "")
            });
        }
    }
    assert!(seen > 100, "the reader saw only {seen} answers: the attack proves nothing");
}

#[test]
fn a_reader_sees_what_he_may() {
    let place = observatory(true);
    let served = Served::start(&place, &["--accounts", "--port", "0"], "http://");
    let reader = served.sign_in(READER.0, READER.1);
    let status = reader.get("/api/v1/status").json();
    let ids: Vec<&str> = status["sources"].as_array().unwrap().iter().filter_map(|s| s["id"].as_str()).collect();
    assert_eq!(ids, ["open-coca", "open-incidents", "totals-only"]);
    let numbers: Vec<i64> = status["sources"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| s["vintages"].as_array().unwrap())
        .filter_map(|v| v["intake"].as_i64())
        .collect();
    assert_eq!(numbers.iter().collect::<std::collections::BTreeSet<_>>().into_iter().copied().collect::<Vec<_>>(), [1, 2, 3, 4], "no gaps");
    assert!(status["store_bytes"].is_null() && status["integrity"].is_null());
    // Totals of rows that may not leave, not the rows.
    let compacts = reader.get("/api/v1/assess").json()["compacts"].clone();
    assert_eq!(compacts.as_array().unwrap().len(), 1, "{compacts}");
    let page = reader.get("/api/v1/assess/compact?id=open").json();
    assert_eq!(page["changed"][0]["measured"]["newest"]["value"], "95008", "{page}");
    assert!(page["cannot_tell"].to_string().contains("nobody has measured it"), "{page}");
    let rows = reader.get("/api/v1/records?source=totals-only");
    assert_eq!((rows.status, rows.json()["id"].as_str()), (403, Some("not-releasable")));
    assert_eq!(reader.get("/api/v1/query?source=totals-only&by=year").json()["rows"].as_array().unwrap().len(), 2);
    let both = reader.get("/api/v1/records").json();
    assert_eq!((both["total"].as_i64(), both["withheld"][0].as_str()), (Some(3), Some("totals-only")), "{both}");
    // His own figures verify, also for the observatory; the observatory's are unknown to him.
    let answer = reader.get("/api/v1/query?what=coca-area&area=PE&by=year").json();
    let figure = answer["rows"][0]["figure"].as_str().unwrap().to_string();
    assert_eq!(reader.get(&format!("/api/v1/verify?figure={figure}")).json()["verified"], true, "at once");
    let inside = served.sign_in(ANALYST.0, ANALYST.1);
    assert_eq!(inside.get(&format!("/api/v1/verify?figure={figure}")).json()["verified"], true, "as the reader saw it");
    let own = inside.get("/api/v1/query?what=coca-area&area=PE&by=year").json()["rows"][0]["figure"].as_str().unwrap().to_string();
    assert_ne!(own, figure);
    assert_eq!(reader.get(&format!("/api/v1/verify?figure={own}")).status, 404);
    // An admin keeps accounts and is not above labels.
    let admin = served.sign_in(ADMIN.0, ADMIN.1);
    assert_eq!(admin.get("/api/v1/accounts").status, 200);
    assert!(!text(&admin.get("/api/v1/accounts").body).contains("argon2"), "no hashes");
    assert_eq!(admin.get("/api/v1/audit").status, 200);
    assert_eq!(admin.get("/api/v1/held?source=open-coca").status, 403);
    assert_eq!(mark_in(&admin.get("/api/v1/status?quick=1"), ""), None);
    assert_eq!(admin.get("/api/v1/coverage?source=open-incidents").status, 404, "TLP:CLEAR only");
}

#[test]
fn a_reader_sees_the_evaluations_he_may() {
    let place = observatory(true);
    let served = Served::start(&place, &["--accounts", "--port", "0"], "http://");
    let ids = |guest: &Guest<'_>| -> Vec<(String, bool)> {
        let list = guest.get("/api/v1/evaluations").json();
        let each = |e: &serde_json::Value| (e["id"].as_str().unwrap().to_string(), !e["found"].is_null());
        list["evaluations"].as_array().unwrap().iter().map(each).collect()
    };
    let reader = served.sign_in(READER.0, READER.1);
    let seen = ids(&reader);
    assert_eq!(seen.iter().map(|s| s.0.as_str()).collect::<Vec<_>>(), ["open-draft", "open-plan", "open-series"]);
    assert!(seen.contains(&("open-plan".into(), true)) && seen.contains(&("open-draft".into(), false)), "{seen:?}");
    let one = reader.get("/api/v1/evaluations/one?id=open-plan").json();
    assert_eq!(one["registrations"][0]["registered"]["decision"].as_i64(), Some(1), "numbered among what is seen");
    assert_eq!(reader.get("/api/v1/evaluations/file?id=open-plan&name=folder.zip").status, 200);
    assert_eq!(reader.get("/api/v1/evaluations/one?id=secreta-plan").status, 404);
    let inside = served.sign_in(ANALYST.0, ANALYST.1);
    assert!(ids(&inside).contains(&("secreta-plan".into(), true)));
}

/// Every path that the route files give to the router is a line of the table, and the other way
/// round: what is in neither is refused, what is in the table only would be a decision about nothing.
#[test]
fn every_route_has_a_decision() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serve/api");
    let mut given = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap).filter(|e| e.file_name() != "table.rs") {
        let source = std::fs::read_to_string(entry.path()).unwrap();
        for part in source.split(".route(").skip(1) {
            let path = part.split('"').nth(1).unwrap().to_string();
            let handlers = part.split("\n        .").next().unwrap().split(".route(").next().unwrap();
            for (word, method) in
                [("get(", "GET"), ("post(", "POST"), ("put(", "PUT"), ("delete(", "DELETE"), ("patch(", "PATCH"), ("any(", "ANY")]
            {
                if handlers.contains(word) {
                    given.insert((method.to_string(), path.clone()));
                }
            }
        }
    }
    let decided: std::collections::BTreeSet<_> = table().into_iter().map(|(m, p, _)| (m, p)).collect();
    assert_eq!(decided.len(), table().len(), "one decision a route");
    assert_eq!(given, decided);
}
