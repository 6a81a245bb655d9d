//! The table `requests` against the target's own log, request by request, for every executor: with answers, errors,
//! redirects, second attempts, batches, and iterations that were interrupted.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use outrider_test_util::{Behaviour, Latency, TargetRequest, TargetServer};

use crate::harness::Place;
use crate::tables::{TableRow, rows};

/// Everything that leaves a row behind, each in its own way.
const JOURNEY: &str = r#"import { http } from "@outrider/sdk";

function quiet(path) {
  try {
    http.get(path);
  } catch {
    // The row says what it was.
  }
}

export default function () {
  quiet("/ok");
  quiet("/missing");
  quiet("/redirect");
  quiet("/closes");
  quiet("/cut");
  // The second one meets a connection that has ended, and is sent again on another.
  quiet("/once");
  quiet("/once");
  http.batchSettled(["/batch/1", "/batch/2", "/missing", "/closes", "/redirect"]);
  quiet("/slow");
}
"#;

/// Of one iteration: eight one after the other and one that a redirect leads to, five side by side and one that a redirect
/// leads to.
const ROWS_OF_AN_ITERATION: usize = 8 + 1 + 5 + 1;

/// One exchange: its trace and its path. The exchanges of a chain of redirects share a trace.
type Key = (String, String);

struct Run {
    place: Place,
    rows: Vec<TableRow>,
    /// What the target saw of each exchange, attempt by attempt: the status, if it answered.
    seen: BTreeMap<Key, Vec<Option<u16>>>,
}

fn run(load: &[&str]) -> Run {
    let target = TargetServer::builder()
        .route("/ok", Behaviour::text("ok"))
        .route("/redirect", Behaviour::redirect(302, "/ok"))
        .route("/closes", Behaviour::closes_before_answer())
        .route("/cut", Behaviour::closes_mid_body(100, 40))
        .route("/once", Behaviour::closes_when_reused("hello"))
        .route("/batch/*", Behaviour::text("ok"))
        .route("/slow", Behaviour::text("ok").after(Latency::Constant(Duration::from_millis(40))))
        .start();
    let place = Place::new();
    place.file("all.ts", JOURNEY);
    let said = place.host([&["run", "all.ts", "--target", &target.url("")], load].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
    settle(&target);
    let mut requests = [target.log(), target.unanswered()].concat();
    requests.retain(|request| request.path != SETTLED);
    requests.sort_by_key(|request| request.number);
    let rows = rows(&place, "requests");
    Run { place, rows, seen: seen(&requests) }
}

fn seen(requests: &[TargetRequest]) -> BTreeMap<Key, Vec<Option<u16>>> {
    let mut seen = BTreeMap::<Key, Vec<Option<u16>>>::new();
    for request in requests {
        assert_eq!(request.trace_id().len(), 32, "{request:?}");
        let key = (request.trace_id().to_owned(), request.path.clone());
        seen.entry(key).or_default().push(request.status);
    }
    seen
}

const SETTLED: &str = "/settled";

/// Waits until the target has seen everything that was sent to it: what was interrupted may still lie in its sockets.
fn settle(target: &TargetServer) {
    let mut stream = TcpStream::connect(target.addr()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    write!(stream, "GET {SETTLED} HTTP/1.1\r\nhost: target\r\nconnection: close\r\n\r\n").unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    // Connections are taken in order: the others were before this one.
    target.wait_until_alone();
}

impl Run {
    fn interrupted(&self) -> usize {
        self.rows.iter().filter(|row| is_interrupted(row)).count()
    }

    /// Each row is an exchange that the target saw, and each exchange that it saw is a row.
    fn assert_same_exchanges(&self) {
        let mut unmatched = self.seen.clone();
        for row in &self.rows {
            let key = (row.text("trace_id"), path(row));
            let Some(attempts) = unmatched.remove(&key) else {
                assert!(is_interrupted(row), "the target never saw {key:?}, or there are two rows of it");
                continue;
            };
            let (last, lost) = attempts.split_last().unwrap();
            assert!(lost.len() <= 1 && lost.iter().all(Option::is_none), "{key:?}: {attempts:?}");
            let status = last.map(|status| status.to_string()).unwrap_or_default();
            assert!(is_interrupted(row) || row.text("status") == status, "{key:?}: {attempts:?}");
        }
        assert!(unmatched.is_empty(), "these have no row: {unmatched:#?}");
    }

    /// Each row belongs to an iteration of the run, by a user who ran it; one that went to its end has all its rows.
    fn assert_same_iterations(&self) {
        let mut of_iteration = BTreeMap::<(i64, String), usize>::new();
        for row in &self.rows {
            *of_iteration.entry((row.number("iteration"), row.text("vu"))).or_default() += 1;
        }
        let iterations = rows(&self.place, "iterations");
        let mut completed = 0;
        for row in iterations.iter().filter(|row| row.text("status") != "dropped") {
            let rows = of_iteration.remove(&(row.number("iteration"), row.text("vu"))).unwrap_or(0);
            match row.text("status").as_str() {
                "completed" => {
                    assert_eq!(rows, ROWS_OF_AN_ITERATION, "iteration {}", row.number("iteration"))
                }
                "interrupted" => assert!(rows <= ROWS_OF_AN_ITERATION, "{rows}"),
                other => panic!("an iteration {other}"),
            }
            completed += usize::from(row.text("status") == "completed");
        }
        assert!(of_iteration.is_empty(), "requests of no iteration: {of_iteration:?}");
        assert!(completed > 0, "none of {} iterations was completed", iterations.len());
    }

    /// What the journey does is what happened: nothing of it is missing from the comparison.
    fn assert_every_kind(&self) {
        let kinds: BTreeSet<(String, String)> =
            self.rows.iter().map(|row| (path(row), row.text("status"))).collect();
        let answered =
            ["/ok 200", "/missing 404", "/redirect 302", "/closes ", "/cut 200", "/once 200", "/slow 200"];
        for kind in answered.map(|kind| kind.split_once(' ').unwrap()) {
            assert!(
                kinds.contains(&(kind.0.to_owned(), kind.1.to_owned())),
                "{kind:?} is not among {kinds:?}"
            );
        }
        let again = self.seen.values().filter(|attempts| attempts.len() == 2).count();
        assert!(again > 0, "no exchange took a second attempt");
    }
}

fn is_interrupted(row: &TableRow) -> bool {
    row.text("error_kind") == "interrupted"
}

fn path(row: &TableRow) -> String {
    // http://127.0.0.1:PORT/path
    format!("/{}", row.text("url").splitn(4, '/').nth(3).unwrap())
}

#[track_caller]
fn assert_true(load: &[&str]) -> Run {
    let run = run(load);
    run.assert_same_exchanges();
    run.assert_same_iterations();
    run.assert_every_kind();
    run
}

/// The end comes at once, whoever is under way.
fn cut_short(load: &[&str]) {
    let run = assert_true(&[load, &["--graceful-stop", "0s"]].concat());
    let interrupted =
        rows(&run.place, "iterations").iter().filter(|row| row.text("status") == "interrupted").count();
    assert!(interrupted > 0, "no iteration was interrupted");
    assert!(run.interrupted() > 0, "no request was interrupted");
}

#[test]
fn shared_iterations() {
    assert_eq!(assert_true(&["-u", "3", "-i", "12"]).interrupted(), 0);
}

#[test]
fn per_vu_iterations() {
    assert_eq!(assert_true(&["-u", "3", "-i", "4", "--executor", "per-vu-iterations"]).interrupted(), 0);
}

#[test]
fn shared_iterations_cut_short() {
    cut_short(&["-u", "8", "-i", "100000", "-d", "700ms"]);
}

#[test]
fn per_vu_iterations_cut_short() {
    cut_short(&["-u", "8", "-i", "100000", "-d", "700ms", "--executor", "per-vu-iterations"]);
}

#[test]
fn constant_vus() {
    cut_short(&["-u", "8", "-d", "700ms"]);
}

#[test]
fn ramping_vus() {
    cut_short(&["-s", "0s:4", "-s", "700ms:10"]);
}

#[test]
fn constant_arrival_rate() {
    cut_short(&["-r", "100/s", "-d", "700ms", "-u", "20"]);
}

#[test]
fn ramping_arrival_rate() {
    cut_short(&["-r", "0/s", "-s", "900ms:150/s", "-u", "20"]);
}
