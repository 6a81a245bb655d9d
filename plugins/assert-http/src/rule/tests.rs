use std::time::Duration;

use outrider_sdk::assertions::Fields;
use outrider_sdk::json;
use outrider_sdk::serde_json;

use super::*;

/// An answer in memory. JSONPaths are JSON Pointers here: the host's are the host's to test.
struct Fake {
    headers: Fields,
    body: &'static str,
}

impl Fake {
    fn new(body: &'static str) -> Self {
        let headers = Fields::of(&[
            ("content-type", "application/json; charset=utf-8"),
            ("cache-control", "public"),
            ("cache-control", "max-age=600"),
        ]);
        Self { headers, body }
    }

    fn parsed(&self) -> Result<Value, String> {
        serde_json::from_str(self.body).map_err(|error| format!("the body is not JSON: {error}"))
    }
}

impl Answer for Fake {
    fn status(&self) -> u16 {
        200
    }

    fn duration(&self) -> Duration {
        Duration::from_micros(12_500)
    }

    fn body_size(&self) -> u64 {
        self.body.len() as u64
    }

    fn phase(&self, name: &str) -> Result<Duration, String> {
        Ok(Duration::from_millis(if name == "wait" { 10 } else { 0 }))
    }

    fn url(&self) -> Result<String, String> {
        Ok("http://shop.test/api/products".to_owned())
    }

    fn protocol(&self) -> Result<String, String> {
        Ok("HTTP/2".to_owned())
    }

    fn headers(&self) -> Result<&Fields, String> {
        Ok(&self.headers)
    }

    fn text(&self) -> Result<String, String> {
        Ok(self.body.to_owned())
    }

    fn json(&self, path: &str) -> Result<Vec<Value>, String> {
        let document = self.parsed()?;
        let (path, all) = match path.strip_suffix("/*") {
            Some(path) => (path, true),
            None => (path, false),
        };
        let node = document.pointer(path.trim_start_matches('$')).cloned();
        Ok(match node {
            Some(Value::Array(items)) if all => items,
            node => node.into_iter().collect(),
        })
    }

    fn css(&self, selector: &str) -> Result<Vec<String>, String> {
        Ok(if selector == "li" { vec!["1".to_owned(), "2".to_owned()] } else { Vec::new() })
    }

    fn xpath(&self, expression: &str) -> Result<Vec<String>, String> {
        self.css(expression.trim_start_matches('/'))
    }

    fn regex(&self, pattern: &str) -> Result<Option<String>, String> {
        Ok(self.body.contains(pattern).then(|| pattern.to_owned()))
    }

    fn schema_faults(&self, schema: &str) -> Result<Vec<String>, String> {
        assert_eq!(schema, r#"{"type":"object"}"#);
        Ok(match self.parsed()? {
            Value::Object(_) => Vec::new(),
            other => vec![format!("the document: {other} is not of type \"object\""), "second".to_owned()],
        })
    }
}

const BODY: &str = r#"{"total": 3, "items": [{"id": 1}, {"id": 5}], "prices": [1, 5, 2], "next": null}"#;

fn rule(config: Value) -> Rule {
    Rule::new(serde_json::from_value(config).unwrap()).unwrap()
}

fn verdict(config: Value) -> Verdict {
    rule(config).judge_answer(&Fake::new(BODY))
}

fn words(verdict: &Verdict) -> (bool, &str, &str) {
    (verdict.passed, verdict.expected.as_deref().unwrap(), verdict.actual.as_deref().unwrap())
}

#[test]
fn every_source_can_be_judged() {
    let cases = [
        (json!({"source": "status", "comparison": "one_of", "value": [200, 204]}), "200"),
        (json!({"source": "duration_ms", "comparison": "less_than", "value": 20}), "12.5"),
        (
            json!({"source": "phase_ms", "property": "wait", "comparison": "less_or_equal", "value": 10}),
            "10.0",
        ),
        (json!({"source": "body_size", "comparison": "greater_than", "value": 10}), "80"),
        (
            json!({"source": "url", "comparison": "ends_with", "value": "/products"}),
            "\"http://shop.test/api/products\"",
        ),
        (json!({"source": "protocol", "comparison": "equals", "value": "HTTP/2"}), "\"HTTP/2\""),
        (
            json!({"source": "header", "property": "Content-Type", "comparison": "contains", "value": "json"}),
            "\"application/json; charset=utf-8\"",
        ),
        (
            json!({"source": "header", "property": "cache-control", "pattern": "max-age=(\\d+)", "comparison": "greater_or_equal", "value": 600}),
            "\"600\"",
        ),
        (
            json!({"source": "headers", "comparison": "has_value", "value": "public, max-age=600"}),
            "{\"cache-control\":\"public, max-age=600\",\"content-type\":\"application/json; charset=utf-8\"}",
        ),
        (
            json!({"source": "body", "comparison": "matches", "value": "\"total\": \\d"}),
            "\"{\\\"total\\\": 3, \\\"items\\\": [{\\\"id\\\": 1}, {\\\"id\\\": 5}], \\\"prices\\\": [1, 5, 2], \\\"next\\\": null}\"",
        ),
        (json!({"source": "json", "property": "$/total", "comparison": "equals", "value": 3}), "3"),
        (json!({"source": "json", "property": "$/next", "comparison": "is_null"}), "null"),
        (
            json!({"source": "json", "property": "$/items", "comparison": "equals", "value": 2, "size": true}),
            "[{\"id\":1},{\"id\":5}]",
        ),
        (json!({"source": "css", "property": "li", "comparison": "greater_than", "value": 0}), "\"1\""),
        (json!({"source": "xpath", "property": "//p", "comparison": "not_exists"}), "nothing"),
        (json!({"source": "regex", "property": "total", "comparison": "exists"}), "\"total\""),
        (json!({"source": "json_schema", "value": {"type": "object"}}), "it fits"),
        (json!({"source": "error", "comparison": "not_exists"}), "nothing"),
    ];
    for (config, actual) in cases {
        let verdict = verdict(config.clone());
        assert!(verdict.passed, "{config}: {verdict:?}");
        assert_eq!(verdict.actual.as_deref(), Some(actual), "{config}");
    }
}

#[test]
fn a_rule_has_a_name_of_its_own_or_says_itself() {
    let config = json!({"source": "json", "property": "$/items", "comparison": "greater_than", "value": 0, "size": true});
    assert_eq!(verdict(config).name, "json $/items size greater than 0");
    let config = json!({"name": "fresh", "source": "header", "property": "Age", "comparison": "not_exists"});
    assert_eq!(verdict(config).name, "fresh");
}

#[test]
fn of_several_values_every_one_must_pass() {
    let config = |matching: &str| json!({"source": "json", "property": "$/prices/*", "comparison": "less_than", "value": 3, "match": matching});
    let every = verdict(config("every"));
    assert_eq!(words(&every), (false, "less than 3", "5"));
    assert_eq!(every.message.as_deref(), Some("2 of 3 values pass"));
    assert_eq!(words(&verdict(config("any"))), (true, "any less than 3", "1"));
    assert_eq!(words(&verdict(config("none"))), (false, "none less than 3", "1"));
}

#[test]
fn a_value_that_cannot_be_compared_passes_no_rule_and_says_why() {
    for matching in ["every", "any", "none"] {
        let verdict = verdict(
            json!({"source": "json", "property": "$/items", "comparison": "less_than", "value": 3, "match": matching}),
        );
        assert!(!verdict.passed, "{matching}");
        assert_eq!(verdict.message.as_deref(), Some("[{\"id\":1},{\"id\":5}] is not a number"));
    }
}

#[test]
fn of_several_conditions_one_must_hold() {
    let any_of = |conditions: Value| json!({"any_of": conditions});
    let status = |status: u16| json!({"source": "status", "comparison": "equals", "value": status});
    let passed = verdict(any_of(json!([status(404), status(200)])));
    assert_eq!(words(&passed), (true, "status equals 404 or status equals 200", "200"));
    let body = json!({"source": "json", "property": "$/total", "comparison": "contains", "value": "x"});
    let failed = verdict(any_of(json!([status(404), body])));
    assert_eq!(failed.name, "status equals 404 or json $/total contains \"x\"");
    assert_eq!((failed.passed, failed.actual.as_deref()), (false, Some("200; 3")));
    assert_eq!(failed.message.as_deref(), Some("3 is no text"));
    let refused = json!({"source": "error", "comparison": "contains", "value": "refused"});
    let judged = rule(any_of(json!([status(404), refused]))).judge_error(&http::Error::ConnectionRefused);
    assert!(judged.passed, "{judged:?}");
}

#[test]
fn what_is_missing_is_said_to_be_nothing() {
    let missing =
        verdict(json!({"source": "json", "property": "$/nothing", "comparison": "greater_than", "value": 0}));
    assert_eq!(words(&missing), (false, "greater than 0", "nothing"));
    let header = verdict(json!({"source": "header", "property": "x-powered-by", "comparison": "not_exists"}));
    assert_eq!(words(&header), (true, "not exists", "nothing"));
}

#[test]
fn what_cannot_be_read_does_not_pass() {
    let rule = rule(json!({"source": "json", "comparison": "not_equals", "value": 1}));
    let verdict = rule.judge_answer(&Fake::new("<html>"));
    assert!(!verdict.passed);
    assert!(verdict.actual.unwrap().starts_with("the body is not JSON"));
}

#[test]
fn without_an_answer_only_the_error_can_pass() {
    let error = http::Error::ConnectionRefused;
    let status =
        rule(json!({"source": "status", "comparison": "not_equals", "value": 500})).judge_error(&error);
    assert_eq!(words(&status), (false, "not equals 500", "no answer: connection refused"));
    let wanted =
        rule(json!({"source": "error", "comparison": "contains", "value": "refused"})).judge_error(&error);
    assert_eq!(words(&wanted), (true, "contains \"refused\"", "\"connection refused\""));
}

#[test]
fn the_faults_of_a_schema_are_the_actual_and_the_message() {
    let verdict =
        rule(json!({"source": "json_schema", "value": {"type": "object"}})).judge_answer(&Fake::new("[]"));
    assert_eq!(
        words(&verdict),
        (false, "fits the JSON Schema", "the document: [] is not of type \"object\"")
    );
    assert_eq!(
        (verdict.name.as_str(), verdict.message.as_deref()),
        ("body fits its JSON Schema", Some("second"))
    );
}

#[test]
fn rules_that_make_no_sense_say_why() {
    let fault = |config: Value| Rule::new(serde_json::from_value(config).unwrap()).unwrap_err();
    let cases = [
        (json!({"source": "status"}), "it needs a comparison"),
        (json!({"name": "x"}), "it needs a source, or any_of"),
        (
            json!({"source": "status", "any_of": [{"source": "status", "comparison": "exists"}]}),
            "it has a source or any_of, not both",
        ),
        (
            json!({"comparison": "exists", "any_of": [{"source": "status", "comparison": "exists"}]}),
            "a rule with any_of has no comparison of its own",
        ),
        (
            json!({"any_of": [{"source": "status", "comparison": "exists"}, {"source": "css", "comparison": "exists"}]}),
            "condition 2 of any_of: the source css needs a property: the CSS selector",
        ),
        (
            json!({"source": "header", "comparison": "exists"}),
            "the source header needs a property: the header's name",
        ),
        (
            json!({"source": "status", "property": "x", "comparison": "exists"}),
            "the source status takes no property",
        ),
        (
            json!({"source": "body", "pattern": "x", "comparison": "exists"}),
            "the source body takes no pattern: only header does",
        ),
        (
            json!({"source": "phase_ms", "property": "ttfb", "comparison": "less_than", "value": 1}),
            "there is no phase 'ttfb': there are blocked, dns, connect, tls, send, wait, receive",
        ),
        (json!({"source": "json_schema"}), "the source json_schema needs a value: the schema"),
        (
            json!({"source": "json_schema", "comparison": "equals", "value": {}}),
            "the source json_schema takes no comparison: its value is the schema",
        ),
        (
            json!({"on": {"status": "ok"}, "source": "status", "comparison": "exists"}),
            "'ok' is not a status: write for example 200, \"2xx\" or \"400-499\"",
        ),
    ];
    for (config, words) in cases {
        assert_eq!(fault(config.clone()), words, "{config}");
    }
}
