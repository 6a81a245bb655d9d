//! The line that says how a run goes on, where it is written and not redrawn.

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::Place;

/// A failed request fails its check too.
const JOURNEY: &str = r#"import { check, http } from "@outrider/sdk";

export default function () {
  check("is well", http.get("/").status === 200);
}
"#;

/// Lines come every five seconds. Of the requests until the first one nearly all fail, of those until the second two
/// fifths.
#[test]
fn it_names_what_failed_and_takes_back_a_threshold_that_holds_again() {
    let place = Place::new();
    place.file("journey.ts", JOURNEY);
    let statuses = std::iter::repeat_n(500, 40).chain([200]);
    let target = TargetServer::builder().route("/", Behaviour::statuses(statuses)).start();
    let url = target.url("");
    let limit = "requests.failed rate < 60%";
    let load = ["-r", "10/s", "-d", "11s", "-u", "2", "--threshold", limit];
    let said = place.host([&["run", "journey.ts", "--target", &url], &load[..]].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    let lines: Vec<&str> = said.stderr.lines().filter(|line| line.starts_with("default: ")).collect();
    let failed = " · failed: 40 requests, 40 checks · ";
    assert!(lines.len() >= 2 && lines.iter().all(|line| line.contains(failed)), "{}", said.show());
    let crossed = format!("crossed: {limit} (was ");
    let taken_back = format!("no longer {crossed}");
    let at = |words: &str| said.stderr.lines().position(|line| line.starts_with(words));
    assert!(at(&crossed).is_some() && at(&crossed) < at(&taken_back), "{}", said.show());
    assert_eq!(said.stderr.matches(&taken_back).count(), 1, "{}", said.show());
}
