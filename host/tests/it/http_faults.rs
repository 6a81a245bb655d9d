//! Targets that let their users down in the middle of an exchange: each failure has its kind, and the user
//! goes on as if nothing had happened.

use std::time::Duration;

use outrider_test_util::{Behaviour, TargetServer};

use crate::exchanges::exchange;
use crate::tables::rows;

/// An answer of five bytes, and behind it one that nobody asked for.
const SMUGGLED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nright\
                        HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong";

#[test]
fn each_fault_has_its_kind_and_the_run_goes_on() {
    let never = Duration::from_secs(3_600);
    let target = TargetServer::builder()
        .route("/ok", Behaviour::text("ok"))
        .route("/endless", Behaviour::endless_body())
        .route("/endless-and-kept", Behaviour::endless_body())
        .route("/slow-head", Behaviour::slow_headers("late", never))
        .route("/silent", Behaviour::never_answers())
        .route("/hangs-mid-body", Behaviour::hangs_mid_body(100, 40))
        .route("/too-little", Behaviour::wrong_content_length(100, 40))
        .route("/resets-mid-body", Behaviour::resets_mid_body(100, 40))
        .route("/closes", Behaviour::closes_before_answer())
        .route("/garbage", Behaviour::raw("SSH-2.0-OpenSSH_9.2\r\n\r\n"))
        .route("/too-much", Behaviour::wrong_content_length(5, 20))
        .route("/smuggles", Behaviour::raw(SMUGGLED))
        .start();
    let run = exchange("faults", &target, &[]);
    run.assert_well();
    let expected = [("body too large", 1), ("connection reset", 3), ("protocol", 1), ("timeout", 4)];
    assert_eq!(run.request_errors(), expected.map(|(kind, count)| (kind.to_owned(), count)));
    let by_target = |error: &serde_json::Value| error["cause"] == "target";
    assert!(run.report["errors"].as_array().unwrap().iter().all(by_target), "{:#}", run.report["errors"]);
    // Eleven faults, and an answer after each. What ends without a byte on a connection that was kept may be
    // the connection's end, and is tried once more on another one.
    assert_eq!((run.report["all_requests"]["count"].as_u64(), target.total_requests()), (Some(22), 23));
    assert_eq!(target.requests("/closes"), 2);
    // What began as an answer has its status, also where its body never ended.
    let rows = rows(&run.place, "requests");
    let status = |path: &str| rows.iter().find(|row| row.text("name") == path).unwrap().text("status");
    let begun = ["/endless", "/endless-and-kept", "/hangs-mid-body", "/too-little", "/resets-mid-body"];
    assert_eq!(begun.map(status), ["200"; 5]);
    assert_eq!(["/slow-head", "/silent", "/closes", "/garbage"].map(status), [""; 4]);
}

#[test]
fn a_connection_that_ended_while_it_was_kept_fails_no_request_that_can_be_repeated() {
    let target = TargetServer::builder()
        .route("/ok", Behaviour::text("ok"))
        .route("/closing", Behaviour::closes_after_answer("bye"))
        .route("/once", Behaviour::closes_when_reused("hello"))
        .start();
    let run = exchange("closing", &target, &[]);
    run.assert_well();
    // The POST alone: whether the target has acted on it, nobody can tell.
    assert_eq!(run.request_errors(), [("connection reset".to_owned(), 1)]);
    assert_eq!(target.requests("/closing"), 23, "none was lost and none came twice");
    assert_eq!(target.requests("/once"), 4, "the second GET came twice");
    let rows = rows(&run.place, "requests");
    assert_eq!(rows.len(), 23 + 3 + 1, "a request that was repeated is one row");
    let once: Vec<_> = rows.iter().filter(|row| row.text("name") == "/once").collect();
    let reused: Vec<String> = once.iter().map(|row| row.text("connection_reused")).collect();
    assert_eq!(reused, ["false", "false", "true"]);
    assert!(once[1].number("blocked_ns") > 0, "the lost attempt is waiting, not the target's time");
}
