//! Bounds on what guests say and ask for, seen where a user sees them.

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, plugin};
use crate::tables::rows;

#[test]
fn short_log_lines_are_bounded_in_number() {
    let place = Place::new();
    let flood = ["--set", "behaviour=floods", "--set", "flood=logs", "--set", "amount=100000"];
    let said = place.host([&["run", &plugin("test-guest"), "--scenario", "main"][..], &flood].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let kept = rows(&place, "logs");
    // 64 KiB, of which each line takes 64 bytes besides its 10 to 14 of text.
    assert!((840..900).contains(&kept.len()), "{}", kept.len());
    let last = kept.last().unwrap().text("message");
    assert_eq!(last, format!("{} more log lines were not kept", 100_001 - kept.len()));
}

#[test]
fn a_stack_is_bounded_and_cannot_drive_the_terminal() {
    let place = Place::new();
    let source = r#"export default function () {
  const error = new Error("on purpose");
  error.stack = "    at \u001b[2J\u202eevil (evil.ts:1:1)\n".repeat(1000);
  throw error;
}
"#;
    place.file("evil.ts", source);
    let said = place.host(["run", "evil.ts"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    assert!(!said.stderr.contains(['\u{1b}', '\u{202e}']), "{:?}", said.stderr);
    assert_eq!(said.stderr.matches("    at [2Jevil (evil.ts:1:1)\n").count(), 20, "{}", said.show());
    assert!(said.stderr.contains("    … 980 more\n"), "{}", said.show());
}

#[test]
fn a_query_without_end_is_an_error_with_its_limit() {
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let target = TargetServer::builder().route("/deep", Behaviour::text(deep)).start();
    let place = Place::new();
    let source = r#"import { check, http } from "@outrider/sdk";

function refused(path) {
  try {
    http.get("/deep").jsonPathAll(path);
    return "not refused";
  } catch (error) {
    return `${error.code}: ${error.message}`;
  }
}

export default function () {
  const message = refused("$" + "[0,0]".repeat(90) + ".x");
  check("doubling", message.endsWith("visits more than 2000000 nodes of this document"), { actual: message });
  const large = refused("$" + "[0,0]".repeat(30));
  check("large", large.endsWith("selects more than 16777216 bytes"), { actual: large });
  const nested = refused("$[?" + "(".repeat(4000));
  check("nested", nested.includes("more than 16 parentheses inside one another"), { actual: nested });
}
"#;
    place.file("query.ts", source);
    // The limits of queries are asked for, and not that of the CPU, which a slow machine comes to first.
    let said = place.host(["run", "query.ts", "--target", &target.url(""), "--max-cpu", "5m"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    for row in rows(&place, "checks") {
        assert_eq!(row.text("ok"), "true", "{}: {}", row.text("name"), row.text("actual"));
    }
    assert_eq!(rows(&place, "checks").len(), 3, "{}", said.show());
}

#[test]
fn long_urls_are_sent_whole_and_recorded_short() {
    let target = TargetServer::builder().route("/ok", Behaviour::text("ok")).start();
    let place = Place::new();
    let source = r#"import { http } from "@outrider/sdk";

export default function () {
  http.get("/ok?q=" + "x".repeat(20_000));
  http.batchSettled(["http://elsewhere.test/" + "x".repeat(20_000)]);
}
"#;
    place.file("long.ts", source);
    let said = place.host(["run", "long.ts", "--target", &target.url("")]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let rows = rows(&place, "requests");
    assert_eq!(rows.len(), 2, "{}", said.show());
    for row in rows {
        assert_eq!(row.text("url").len(), 2048, "{}", row.text("url"));
        assert!(row.text("error").len() <= 1024, "{}", row.text("error"));
    }
}
