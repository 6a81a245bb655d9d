//! Promises: in async journeys no rejection is lost, in plain ones promises fail loudly.

use outrider_wit::v0_1::journey::outrider::plugin::types::FailureKind;

use crate::guest::{Guest, asynchronous, plain};

#[tokio::test]
async fn an_async_journey_works() {
    let mut guest = Guest::new(&asynchronous()).await;
    assert_eq!(guest.describe().await.name, "async");
    assert_eq!(guest.setup().await.unwrap().as_deref(), Some("{\"from\":\"setup\"}"));
    guest.start(1).await.unwrap();
    guest.iterate("works").await.unwrap();
    assert_eq!(
        guest.calls(),
        ["batch GET /a, GET /b", "begin sum", "end ok", "send GET /c", "log sum 400 200"]
    );
    guest.iterate("plain").await.unwrap();
    assert_eq!(guest.calls(), ["log a plain function beside async ones"]);
}

#[tokio::test]
async fn a_rejection_arrives_with_its_place() {
    let mut guest = Guest::new(&asynchronous()).await;
    let failure = guest.iterate("rejects").await.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Plugin, "RangeError: lost"));
    assert!(
        failure.stack.as_deref().unwrap().starts_with("at broken (async.ts:6:24)"),
        "{:?}",
        failure.stack
    );
    let failure = guest.iterate("fails").await.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Target, "no stock"));
    assert_eq!(guest.calls(), ["begin stock", "end no stock"]);
}

#[tokio::test]
async fn a_rejection_that_nobody_awaits_is_not_lost() {
    let mut guest = Guest::new(&asynchronous()).await;
    assert_eq!(guest.iterate("floats").await.unwrap_err().message, "RangeError: floating");
    assert_eq!(guest.iterate("slowly").await.unwrap_err().message, "Error: late");
    assert_eq!(guest.iterate("loops").await.unwrap_err().message, "RangeError: number 1");
    let calls = guest.calls();
    assert!(calls[0].contains("nobody awaited: RangeError: number 2"), "{calls:?}");
}

#[tokio::test]
async fn a_rejection_that_is_handled_is_no_failure() {
    let mut guest = Guest::new(&asynchronous()).await;
    guest.iterate("handles").await.unwrap();
    assert_eq!(guest.calls(), ["log caught handled", "log caught handled"]);
}

#[tokio::test]
async fn what_never_ends_is_a_trap() {
    let mut guest = Guest::new(&asynchronous()).await;
    assert!(guest.try_iterate("never").await.is_err());
}

#[tokio::test]
async fn a_promise_in_a_plain_journey_fails_loudly() {
    let mut guest = Guest::new(&plain()).await;
    let failure = guest.iterate("thenable").await.unwrap_err();
    assert!(failure.message.contains("returned a promise"), "{}", failure.message);
    let failure = guest.iterate("floats").await.unwrap_err();
    assert!(failure.message.contains("called an async one"), "{}", failure.message);
    assert_eq!(failure.stack.unwrap(), "at floating (plain.ts:14:43)\nat floats (plain.ts:63:7)");
}
