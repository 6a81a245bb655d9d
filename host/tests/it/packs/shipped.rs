//! The packs in `plugins/`, against a target whose answers are known.

use super::*;

/// What the failed checks of a pack said: name, expected, actual.
fn failures(report: &Value, pack: &str) -> Vec<(String, String, String)> {
    let failed =
        report["checks"].as_array().unwrap().iter().filter(|c| c["pack"] == pack && c["failed"] != 0);
    failed
        .map(|check| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&check["name"]), text(&check["example"]["expected"]), text(&check["example"]["actual"]))
        })
        .collect()
}

fn failure(name: &str, expected: &str, actual: &str) -> (String, String, String) {
    (name.to_owned(), expected.to_owned(), actual.to_owned())
}

#[test]
fn assert_http_judges_by_rules_from_a_file() {
    let (place, target) = (Place::new(), target());
    place.file("journey.ts", JOURNEY);
    let rules = json!([
        {"name": "product has an id", "on": {"name": "/product"}, "source": "json", "property": "$.id", "comparison": "equals", "value": 17},
        {"on": {"name": "/product"}, "source": "json", "property": "$.prices[*]", "comparison": "less_than", "value": 5},
        {"on": {"name": "/product"}, "source": "json", "property": "$.prices", "size": true, "comparison": "equals", "value": 3},
        {"on": {"name": "/product"}, "source": "json_schema", "value": {"required": ["id", "name"]}},
        {"on": {"name": "home"}, "source": "regex", "property": "h(.)llo", "comparison": "equals", "value": "e"},
        {"on": {"name": "home"}, "source": "body", "comparison": "starts_with", "value": "Hello"},
        {"on": {"name": "home"}, "source": "header", "property": "Content-Type", "comparison": "contains", "value": "TEXT/", "ignore_case": true},
        {"on": {"status": "2xx"}, "source": "phase_ms", "property": "tls", "comparison": "equals", "value": 0},
        {"name": "answered", "source": "error", "comparison": "not_exists"},
    ]);
    place.file("rules.json", rules.to_string());
    let flags = ["--assert-set", "assert-http.rules=@rules.json", "--assert-set", "assert-http.basics=false"];
    let more = ["--allow-net", "127.0.0.1:1", "-i", "2"];
    let said = run(&place, &target, "journey.ts", "assert-http", &[&flags[..], &more].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let mut failed = failures(&report, "assert-http");
    failed.sort();
    assert_eq!(
        failed,
        [
            failure("answered", "not exists", "\"connection refused\""),
            failure(
                "body fits its JSON Schema",
                "fits the JSON Schema",
                "the document: \"name\" is a required property"
            ),
            failure("body starts with \"Hello\"", "starts with \"Hello\"", "\"hello\""),
            failure("json $.prices[*] less than 5", "less than 5", "5"),
        ],
        "{report:#}"
    );
    let counts = checks(&report, "assert-http");
    assert_eq!(counts["product has an id"], (2, 0));
    assert_eq!(counts["answered"], (6, 2));
    assert_eq!(counts["tls in ms equals 0"], (6, 0));
    assert_eq!(counts.len(), 9, "{counts:#?}");
}

#[test]
fn assert_http_judges_any_site_without_a_rule() {
    let place = Place::new();
    let target = TargetServer::builder().route("/", Behaviour::text("late").with_status(503)).start();
    let said = run(&place, &target, &plugin("bench-http"), "assert-http", &["-i", "3"]);
    assert_eq!(said.code, Some(0), "failed checks are results: {}", said.show());
    let report = place.report();
    assert_eq!(failures(&report, "assert-http"), [failure("status is below 500", "< 500", "503")]);
    assert_eq!(checks(&report, "assert-http")["body has a content type"], (3, 0));
}

#[test]
fn assert_security_headers_names_what_is_missing() {
    let place = Place::new();
    let document = Behaviour::html("<title>Shop</title>")
        .header("content-security-policy", "default-src 'self' 'unsafe-inline'")
        .header("x-content-type-options", "nosniff")
        .header("x-powered-by", "PHP/8.1")
        .header("set-cookie", "session=top-secret; HttpOnly; SameSite=Lax")
        .header("set-cookie", "theme=dark");
    let target = TargetServer::builder().route("/", document).start();
    let set = "assert-security-headers.assume_https=true";
    let flags = ["--assert-set", set, "-i", "1"];
    let said = run(&place, &target, &plugin("bench-http"), "assert-security-headers", &flags);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let counts = checks(&report, "assert-security-headers");
    let failed: Vec<&str> =
        counts.iter().filter(|(_, (_, failed))| *failed > 0).map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        failed,
        [
            "content-security-policy keeps scripts out",
            "cookies are HttpOnly",
            "cookies are Secure",
            "cookies have SameSite",
            "framing is limited",
            "permissions-policy",
            "referrer-policy",
            "server software is not told",
            "strict-transport-security",
        ],
        "{report:#}"
    );
    assert_eq!(counts["content-security-policy"], (1, 0));
    assert_eq!(counts["x-content-type-options"], (1, 0));
    let all = report.to_string();
    assert!(all.contains("not so: session, theme"), "{report:#}");
    assert!(!all.contains("top-secret"), "no value of a cookie is kept");
}

#[test]
fn assert_cache_counts_hits_as_a_rate() {
    let place = Place::new();
    let hit = |value: &str| {
        Behaviour::text("asset")
            .header("x-cache", value)
            .header("cache-control", "public, max-age=60")
            .header("etag", "\"1\"")
    };
    let target = TargetServer::builder()
        .route("/hit", hit("Hit from cloudfront"))
        .route("/miss", hit("Miss from cloudfront"))
        .route("/own", Behaviour::text("yours").header("cache-control", "no-store"))
        .start();
    place.file(
        "journey.ts",
        "import { http } from \"@outrider/sdk\";\n\n\
         export default function () {\n  http.batch([\"/hit\", \"/hit\", \"/hit\", \"/miss\", \"/own\"]);\n}\n",
    );
    let said = run(&place, &target, "journey.ts", "assert-cache", &["-i", "2"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(checks(&report, "assert-cache")["answer came from a cache"], (6, 2), "{report:#}");
    assert_eq!(
        failures(&report, "assert-cache"),
        [failure("answer came from a cache", "a hit", "x-cache: Miss from cloudfront")]
    );
    let metric = report["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == "cache.hit");
    let metric = metric.unwrap_or_else(|| panic!("{report:#}"));
    assert_eq!((&metric["kind"], &metric["share"]), (&json!("rate"), &json!(0.75)), "{metric:#}");
    assert!(said.stdout.contains("75% of 8") || said.stdout.contains("75.0% of 8"), "{}", said.show());
}

#[test]
fn assert_http_reads_pages_and_knows_alternatives() {
    let (place, target) = (Place::new(), TargetServer::builder());
    let page = "<title>Shop</title><ul><li>Tent<li>Rope</ul><b class=price>19</b>";
    let target = target.route("/", Behaviour::html(page)).start();
    let rules = json!([
        {"source": "css", "property": "li", "comparison": "not_empty"},
        {"source": "css", "property": "b.price", "comparison": "less_than", "value": 19},
        {"source": "xpath", "property": "count(//li)", "comparison": "equals", "value": 2},
        {"name": "a shop", "any_of": [
            {"source": "status", "comparison": "equals", "value": 404},
            {"source": "css", "property": "title", "comparison": "equals", "value": "Shop"},
        ]},
        {"any_of": [
            {"source": "status", "comparison": "equals", "value": 404},
            {"source": "xpath", "property": "//h1", "comparison": "exists"},
        ]},
        {"name": "group", "source": "regex", "property": "<(title|h(1))>", "comparison": "equals", "value": "title"},
        {"name": "no part", "source": "regex", "property": "title|(zebra)", "comparison": "not_exists"},
    ]);
    place.file("rules.json", rules.to_string());
    let flags = ["--assert-set", "assert-http.rules=@rules.json", "--assert-set", "assert-http.basics=false"];
    let said =
        run(&place, &target, &plugin("bench-http"), "assert-http", &[&flags[..], &["-i", "1"]].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let mut failed = failures(&report, "assert-http");
    failed.sort();
    assert_eq!(
        failed,
        [
            failure("css b.price less than 19", "less than 19", "\"19\""),
            failure(
                "status equals 404 or xpath //h1 exists",
                "status equals 404 or xpath //h1 exists",
                "200; nothing"
            ),
        ],
        "{report:#}"
    );
    assert_eq!(checks(&report, "assert-http").len(), 7, "{report:#}");
}

#[test]
fn assert_cache_understands_each_cdn() {
    let place = Place::new();
    let fields = [
        ("cloudfront", "x-cache", "Hit from cloudfront", "Miss from cloudfront"),
        ("fastly", "x-cache", "MISS, HIT", "MISS, MISS"),
        ("fastly-hits", "x-cache-hits", "0, 3", "0, 0"),
        ("cloudflare", "cf-cache-status", "HIT", "EXPIRED"),
        (
            "akamai",
            "x-cache",
            "TCP_HIT from a23.deploy.akamaitechnologies.com (AkamaiGHost/22)",
            "TCP_MISS from a23",
        ),
        ("akamai-parent", "x-cache-remote", "TCP_HIT from a5", "TCP_MISS from a5"),
        ("varnish", "x-varnish", "32770 65541", "32770"),
        ("standard", "cache-status", "Edge; fwd=stale, Mid; hit; ttl=30", "Edge; fwd=uri-miss; stored"),
        ("azure", "x-cache", "TCP_REMOTE_HIT", "CONFIG_NOCACHE, TCP_MISS"),
        ("google", "age", "12", "0"),
    ];
    let target = fields.iter().fold(TargetServer::builder(), |target, (name, field, hit, miss)| {
        let answer = |value: &str| Behaviour::text("asset").header(field, value);
        target.route(&format!("/hit/{name}"), answer(hit)).route(&format!("/miss/{name}"), answer(miss))
    });
    let target = target.start();
    let urls = |kind: &str| fields.map(|(name, ..)| format!("\"/{kind}/{name}\"")).join(",");
    let journey = format!(
        "import {{ http }} from \"@outrider/sdk\";\n\nexport default function () {{\n  http.batch([{}, {}]);\n}}\n",
        urls("hit"),
        urls("miss")
    );
    place.file("journey.ts", journey);
    let said = run(&place, &target, "journey.ts", "assert-cache", &["--debug", "--format", "jsonl"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let events =
        said.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("each line is JSON"));
    let judged: Vec<(String, bool)> = events
        .filter(|event| event["event"] == "check" && event["name"] == "answer came from a cache")
        .map(|event| (event["actual"].as_str().unwrap_or_default().to_owned(), event["passed"] == true))
        .collect();
    for (name, field, hit, miss) in fields {
        assert!(judged.contains(&(format!("{field}: {hit}"), true)), "{name}: {judged:#?}");
        // An age of nothing says nothing.
        let is_missed = judged.contains(&(format!("{field}: {miss}"), false));
        assert_eq!(is_missed, name != "google", "{name}: {judged:#?}");
    }
}
