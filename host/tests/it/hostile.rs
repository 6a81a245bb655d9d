//! Targets and patterns that are meant to hurt: bodies of a hundred megabytes, answers that trickle for ever, expressions
//! that other engines never finish. Each is a result with a reason, and the user goes on.

use std::time::Duration;

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said};
use crate::tables::rows;

/// 100 MiB: more than the 64 MiB that are kept of one answer.
const HUGE_BYTES: usize = 100 << 20;

/// A run of `journey` by one user, whose `checks` all pass.
fn assert_well(target: &TargetServer, journey: &str, checks: usize) -> (Place, Said) {
    let place = Place::new();
    place.file("journey.ts", journey);
    let said = place.host(["run", "journey.ts", "--target", &target.url("")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let made = rows(&place, "checks");
    assert_eq!(made.len(), checks, "{}", said.show());
    for check in made {
        assert_eq!(check.text("ok"), "true", "{}: {}", check.text("name"), check.text("actual"));
    }
    assert_eq!(place.report()["iterations"]["completed"], 1, "{}", said.show());
    (place, said)
}

const SIZES: &str = r#"import { expect, http } from "@outrider/sdk";

export default function () {
  expect(http.get("/huge", { discardBody: true }).size, "counted").toBe(104857600);
  expect(http.get("/huge-chunked", { discardBody: true }).size, "counted in chunks").toBe(104857600);
  for (const path of ["/huge", "/huge-chunked"]) {
    let code = "kept";
    try {
      http.get(path);
    } catch (error) {
      code = error.code;
    }
    expect(code, path).toBe("body-too-large");
    expect(http.get("/ok").text(), `after ${path}`).toBe("ok");
  }
}
"#;

#[test]
fn a_huge_body_is_counted_where_it_is_discarded_and_refused_where_it_is_kept() {
    let huge = "x".repeat(HUGE_BYTES);
    let target = TargetServer::builder()
        .route("/huge", Behaviour::text(huge.as_str()))
        .route("/huge-chunked", Behaviour::text(huge).chunked())
        .route("/ok", Behaviour::text("ok"))
        .start();
    let (place, said) = assert_well(&target, SIZES, 6);
    let received = |row: &crate::tables::TableRow| usize::try_from(row.number("bytes_received")).unwrap();
    let rows = rows(&place, "requests");
    assert_eq!(rows.len(), 6, "{}", said.show());
    for row in &rows {
        let (kind, received) = (row.text("error_kind"), received(row));
        match (row.text("name").as_str(), kind.as_str()) {
            ("/ok", "") => assert!(received < 1_000, "{received}"),
            (_, "") => assert!(received > HUGE_BYTES, "{received}"),
            // What its length announces is not even begun; what comes in chunks is read to the limit.
            (_, "body too large") => assert!(received < HUGE_BYTES, "{received}"),
            other => panic!("{other:?}"),
        }
    }
}

const TRICKLES: &str = r#"import { expect, http } from "@outrider/sdk";

function outcome(path, timeout) {
  try {
    return `status ${http.get(path, { timeout }).status}`;
  } catch (error) {
    return error.code;
  }
}

export default function () {
  expect(outcome("/trickling-head", 400), "head").toBe("timeout");
  expect(outcome("/trickling-body", 400), "body").toBe("timeout");
  expect(outcome("/trickling-to-its-end", 60_000), "in time").toBe("status 200");
  expect(outcome("/ok", 60_000), "after them").toBe("status 200");
}
"#;

#[test]
fn an_answer_that_never_stops_trickling_is_a_timeout_all_the_same() {
    let every = Duration::from_millis(20);
    let target = TargetServer::builder()
        .route("/trickling-head", Behaviour::slow_headers(&"x".repeat(1 << 16), every))
        .route("/trickling-body", Behaviour::text("x".repeat(1 << 16)).slowly(1, every))
        .route("/trickling-to-its-end", Behaviour::text("12345").slowly(1, every))
        .route("/ok", Behaviour::text("ok"))
        .start();
    let (place, said) = assert_well(&target, TRICKLES, 4);
    let rows = rows(&place, "requests");
    assert_eq!(rows.len(), 4, "{}", said.show());
    let statuses: Vec<String> = rows.iter().map(|row| row.text("status")).collect();
    assert_eq!(statuses, ["", "200", "200", "200"], "what of it came is known");
    assert!(rows[0].number("bytes_received") > 0, "the head had begun to come");
}

const PATTERNS: &str = r#"import { expect, http, ReadError } from "@outrider/sdk";

function refusal(read) {
  try {
    return `not refused: ${read()}`;
  } catch (error) {
    return error instanceof ReadError ? `${error.code}: ${error.message}` : `${error}`;
  }
}

export default function () {
  // An engine that tries one way after the other needs 2^100000 steps for the first of these.
  const rough = http.get("/rough");
  for (const pattern of ["^(a+)+$", "^(a|aa)+$", "^(.*)*b$", "^((a*)*)*b$"]) {
    expect(rough.regex(pattern), pattern).toBe(undefined);
  }
  expect(rough.regex("^((a+)+)!", 2)?.length, "groups").toBe(100_000);
  expect(refusal(() => rough.regex("(a{1000}){1000}")), "large regex").toContain("more than 1048576 bytes when compiled");
  expect(refusal(() => rough.regex("a|(b")), "regex").toContain("unclosed group at column 3");
  expect(refusal(() => rough.regex("ä[b-a]")), "regex range").toContain("at column 3");
  expect(refusal(() => rough.regex("\\pX")), "regex property").toContain("at column 1");
  expect(refusal(() => rough.headerRegex("content-type", "*")), "header regex").toContain("at column 1");

  const json = http.get("/json");
  expect(refusal(() => json.jsonPath("$.a[")), "JSONPath").toContain("column 5");
  expect(refusal(() => json.jsonPath("$.ä[?@.b = 1]")), "JSONPath filter").toContain("column 10");
  expect(refusal(() => rough.jsonPath("$")), "no JSON").toContain("not-json");
  expect(refusal(() => json.css("ul >")), "CSS").toContain("line 1, column 5");
  expect(refusal(() => json.xpath("//a[b=]")), "XPath").toContain("column 7");
}
"#;

#[test]
fn patterns_are_bounded_and_what_is_wrong_with_them_has_a_place() {
    let rough = format!("{}!", "a".repeat(100_000));
    let target = TargetServer::builder()
        .route("/rough", Behaviour::text(rough))
        .route("/json", Behaviour::json(&serde_json::json!({ "a": [1] })))
        .start();
    assert_well(&target, PATTERNS, 15);
}
