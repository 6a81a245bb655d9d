//! A run is repeated by its seed: it sends the same requests again, whoever runs the iterations.

use std::collections::BTreeSet;

use outrider_test_util::{Behaviour, TargetRequest, TargetServer};

use crate::harness::Place;

/// Writes into its requests what it draws, in each of its functions.
const JOURNEY: &str = r#"import { data, http, random, think } from "@outrider/sdk";

function tell(call) {
  http.get("/outside", { query: { call, n: random.int(1, 1_000_000_000), id: random.uuid() } });
}

const form = () => [{ name: "note", data: random.string(12) }, { name: "share", data: `${Math.random()}` }];

export const setup = () => tell("setup");
export const start = (user) => tell(`start ${user.vu}`);
export const stop = () => tell("stop");
export const teardown = () => tell("teardown");

export default function (user, iteration) {
  // Users overtake one another: who runs which iteration differs between runs.
  think(0, 4);
  http.post("/order", { query: { index: iteration.index, row: data.row("rows").n }, multipart: form() });
  http.batch([1, 2, 3].map((n) => ({ method: "POST", url: `/batch/${n}/${random.uuid()}`, multipart: form() })));
}
"#;

const ITERATIONS: &str = "40";

/// What the target was asked for, each in an order that does not depend on time.
#[derive(Debug, PartialEq, Eq)]
struct Sent {
    outside: Vec<String>,
    in_iterations: Vec<String>,
    traces: BTreeSet<String>,
}

fn sent(place: &Place, seed: &str, users: &str) -> Sent {
    let target = TargetServer::builder()
        .route("/outside", Behaviour::text("ok"))
        .route("/order", Behaviour::text("ok"))
        .route("/batch/*", Behaviour::text("ok"))
        .start();
    let said = place.host([
        "run",
        "draws.ts",
        "--target",
        &target.url(""),
        "--seed",
        seed,
        "-u",
        users,
        "-i",
        ITERATIONS,
        "--data",
        "rows=rows.csv:random",
    ]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let log = target.log();
    let of = |wanted: bool| {
        let requests = log.iter().filter(|request| (request.path == "/outside") == wanted);
        let mut texts: Vec<String> = requests.map(text).collect();
        texts.sort();
        texts
    };
    let traces: BTreeSet<_> =
        log.iter().map(|request| request.header("traceparent")[3..35].to_owned()).collect();
    assert_eq!(traces.len(), log.len(), "each request has a trace of its own");
    Sent { outside: of(true), in_iterations: of(false), traces }
}

/// All of a request but its connection and its trace.
fn text(request: &TargetRequest) -> String {
    let query = request.query.as_deref().unwrap_or_default();
    let form = request.header("content-type");
    let body = String::from_utf8_lossy(&request.body);
    format!("{} {}?{query} {form}\n{body}", request.method, request.path)
}

#[test]
fn a_seed_sends_the_same_requests_again_whoever_runs_the_iterations() {
    let place = Place::new();
    place.file("draws.ts", JOURNEY);
    let rows: String = (0..100).map(|n| format!("{n}\n")).collect();
    place.file("rows.csv", format!("n\n{rows}"));
    let first = sent(&place, "1", "5");
    assert_eq!((first.outside.len(), first.in_iterations.len()), (12, 160), "{first:#?}");
    let distinct: BTreeSet<_> = first.in_iterations.iter().chain(&first.outside).collect();
    assert_eq!(distinct.len(), 172, "no two requests are alike");

    let again = sent(&place, "1", "5");
    assert_eq!(again.outside, first.outside);
    assert_eq!(again.in_iterations, first.in_iterations);
    assert!(again.traces.is_disjoint(&first.traces), "the target can tell the two runs apart");

    let fewer = sent(&place, "1", "2");
    assert_eq!(fewer.in_iterations, first.in_iterations, "the number of users makes no difference");

    let other = sent(&place, "2", "5");
    for (requests, first) in [(other.outside, &first.outside), (other.in_iterations, &first.in_iterations)] {
        assert_eq!(requests.len(), first.len());
        assert!(requests.iter().all(|request| !first.contains(request)), "another seed, other requests");
    }
}
