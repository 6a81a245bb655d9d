use std::time::Duration;

use outrider_model::Timestamp;
use serde_json::json;

use super::*;

fn faults(text: &str) -> Vec<String> {
    let faults = read_tests(text).faults;
    faults.iter().map(|fault| format!("{fault} | {}", fault.hint.as_deref().unwrap_or_default())).collect()
}

#[test]
fn a_file_is_read_with_its_places() {
    let text = r#"now = 2026-01-01T00:00:01.5+01:00
secrets = { token = "s3cret" }
[data]
users = [{ name = "ada" }]
shops = "shops.csv:unique"
[[answer]]
request = "get /api/products/*"
headers = { set-cookie = ["a=1", "b=2"] }
json = { id = 1 }
duration = "80ms"
[[test]]
name = "one"
[test.parameters]
plan = "premium"
[test.expect]
requests = ["GET /", { request = "POST /cart", json = { n = 1 } }]
metrics = { "cart value" = 42, "sizes" = [1, 2.5] }
"#;
    let document = read_tests(text);
    assert_eq!(document.faults, []);
    let file = document.file;
    assert_eq!(file.now.unwrap().value, Timestamp(1_767_222_001_500_000_000));
    let answer = &file.answer.unwrap().value[0].value;
    let request = &answer.request.as_ref().unwrap().value;
    assert_eq!((request.method.as_deref(), &*request.target), (Some("GET"), "/api/products/*"));
    assert_eq!(answer.headers.as_ref().unwrap().value.0[0].1.value.0, ["a=1", "b=2"]);
    assert_eq!(answer.duration.as_ref().unwrap().value, Duration::from_millis(80));
    let test = &file.test.unwrap().value[0].value;
    assert_eq!(document.places["test[1].parameters.plan"].line, 14);
    let expect = &test.expect.as_ref().unwrap().value;
    let requests = &expect.requests.as_ref().unwrap().value;
    assert_eq!(requests[1].value.0.json.as_ref().unwrap().value, json!({"n": 1}));
    let metrics = &expect.metrics.as_ref().unwrap().value.0;
    let values: Vec<_> = metrics.iter().map(|(_, value)| value.value.clone()).collect();
    assert_eq!(values, [Numbers::One(42.0), Numbers::All(vec![1.0, 2.5])]);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = r#"sed = 1
now = "tomorrow"
[data]
users = []
[[answer]]
url = "/x"
status = 99
[[answer]]
request = "GET x"
json = {}
text = "a"
[[answer]]
request = "/x"
error = "refused"
[[answer]]
request = "/x"
error = "timeout"
duration = "1s"
status = 200
times = 0
[[test]]
iterations = 0
[test.expect]
message = "oops"
outcom = "failed"
[[test]]
name = "a"
[test.expect]
requests = [{ json = 1 }, 5]
metrics = { a = "x" }
[[test]]
name = "a"
[[test.exchange]]
request = "GET /*"
[[test.step]]
duration = 5
[[test.record]]
[[test.record]]
text = "a"
file = "b"
[test.expect]
records = ["skiped", {}, { rows = [], broke = "x" }, 5]
"#;
    assert_eq!(
        faults(text),
        [
            "1:1: a file of tests has no key 'sed' | did you mean seed?",
            "2:1: now is no date with a time and an offset | write for example now = 2026-01-01T00:00:00Z",
            "4:1: [data] users has no rows | write for example users = [{ name = \"ada\" }]",
            "5:1: [answer[1]] has no request | request = \"GET /api/products/*\" says what it answers",
            "6:1: [answer[1]] has no key 'url' | write request",
            "7:1: [answer[1]] status = 99: a complete answer has one from 200 to 599 | ",
            "9:1: [answer[2]] request: 'GET x' is no method and path | write for example request = \"GET /cart\" or \"/api/products/*\"",
            "11:1: [answer[2]] has two bodies, json and text | leave one of them out",
            "14:1: [answer[3]] error: there is no 'refused' | there are connection-refused, connection-reset, connect-timeout, dns, tls, timeout",
            "18:1: [answer[4]] duration: a timeout takes as long as its limit | leave it out",
            "19:1: [answer[4]] status does not go with error: there is no answer | leave one of them out",
            "20:1: [answer[4]] times = 0: it would never be given | at least 1; leave it out for any number of times",
            "21:1: [test[1]] has no name | the report names it",
            "22:1: [test[1]] iterations = 0: nothing would run | at least 1",
            "24:1: [test[1].expect] message: what is completed has none | outcome = \"failed\" goes with it",
            "25:1: [test[1].expect] has no key 'outcom' | did you mean outcome?",
            "29:13: [test[2].expect.requests[1]] has no request | request = \"POST /api/cart\" names it",
            "29:27: [test[2].expect] requests[2] is a whole number, not a request | write for example \"GET /cart\" or { request = \"GET /cart\", json = { … } }",
            "30:13: [test[2].expect.metrics] a is a text, not a number, nor a list of them | write for example a = 1.5",
            "32:1: [test[3]] name: there is a test 'a' in line 27 | give each a name of its own",
            "34:1: [test[3].exchange[1]] request: what was asked for has no * | write the path as it was asked for",
            "35:1: [test[3].step[1]] has no name | name = \"checkout\" names it",
            "36:1: [test[3].step[1]] duration = 5 has no unit | duration = \"5s\"",
            "37:1: [test[3].record[1]] has no text | text = \"…\" is a record, file = \"lines.log\" has one a line",
            "40:1: [test[3].record[2]] has two records, text and file | text = \"…\" is a record, file = \"lines.log\" has one a line",
            "42:12: [test[3].expect] records[1]: there is no 'skiped' | did you mean skipped? there are skipped, rejected, broke",
            "42:22: [test[3].expect] records[2] is one of rows, rejected and broke | write for example { rows = [{ status = 200 }] }, { rejected = \"no date\" } or \"skipped\"",
            "42:26: [test[3].expect] records[3] is one of rows, rejected and broke | write for example { rows = [{ status = 200 }] }, { rejected = \"no date\" } or \"skipped\"",
            "42:54: [test[3].expect] records[4] is a whole number, not a table | write for example { … }",
        ]
    );
}

#[test]
fn bodies_errors_and_outcomes_that_do_not_go_together_are_said() {
    let text = r#"[[answer]]
request = "/x"
json = {}
text = "a"
[[answer]]
request = "/x"
error = "timeout"
duration = "1s"
status = 200
times = 0
[[test]]
name = "a"
[test.expect]
message = "oops"
[[test]]
name = "a"
[[test.exchange]]
request = "GET /*"
"#;
    assert_eq!(
        faults(text),
        [
            "4:1: [answer[1]] has two bodies, json and text | leave one of them out",
            "8:1: [answer[2]] duration: a timeout takes as long as its limit | leave it out",
            "9:1: [answer[2]] status does not go with error: there is no answer | leave one of them out",
            "10:1: [answer[2]] times = 0: it would never be given | at least 1; leave it out for any number of times",
            "14:1: [test[1].expect] message: what is completed has none | outcome = \"failed\" goes with it",
            "16:1: [test[2]] name: there is a test 'a' in line 12 | give each a name of its own",
            "18:1: [test[2].exchange[1]] request: what was asked for has no * | write the path as it was asked for",
        ]
    );
    assert_eq!(
        faults(""),
        [
            "1:1: the file has no test | write for example [[test]] and below it name = \"a visitor looks around\""
        ]
    );
    assert_eq!(faults("[[tests]]\nname = 'a'\n"), ["1:3: a file of tests has no key 'tests' | write test"]);
    assert!(read_tests("[[test").is_unreadable);
}

#[test]
fn the_schema_takes_what_is_read() {
    let schema = serde_json::from_str(&crate::test_json_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = json!({"seed": 1, "answer": [{"request": "GET /x", "headers": {"a": ["1", "2"]}}],
        "test": [{"name": "a", "expect": {"requests": ["GET /x", {"request": "/y"}], "metrics": {"m": [1, 2]}}}]});
    assert!(validator.is_valid(&good), "{:?}", validator.iter_errors(&good).next());
    for bad in [json!({"tst": []}), json!({"test": [{"expect": {"outcome": "fine"}}]})] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}
