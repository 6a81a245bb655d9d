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
