//! Journeys of plain functions, run.

use outrider_wit::v0_1::journey::outrider::plugin::types::FailureKind;

use crate::guest::{Guest, misspelt, plain};

/// The scenarios of `journeys/misspelt.ts` and what they say.
const MISSPELT: [(&str, &str); 15] = [
    ("text", "http.gett is not a function (did you mean http.get?)"),
    ("name", "http.gett is not a function (did you mean http.get?)"),
    ("lines", "http.gett is not a function (did you mean http.get?)"),
    ("alias", "web.pst is not a function (did you mean web.post?)"),
    ("inside", "shop.pay or shop.of is not a function"),
    ("outside", "http.gett is not a function (did you mean http.get?)"),
    ("either", "shop.total or shop.pay is not a function"),
    ("callback", "item.price is not a function"),
    ("answer", "(http.get(\"/\")).jsonn is not a function"),
    ("variable", "three is not a function"),
    ("member", "this.#stock is not a function"),
    ("made", "shop.Cart is not a function"),
    ("computed", "shop[\"pay\"] is not a function"),
    ("optional", "shop?.pay is not a function"),
    ("native", "not a function"),
];

#[tokio::test]
async fn a_journey_describes_itself() {
    let description = Guest::new(&plain()).await.describe().await;
    assert_eq!(description.name, "plain");
    assert_eq!(description.description, "Tests plain functions.");
    assert_eq!(
        description.parameters.unwrap(),
        r#"{"type":"object","properties":{"path":{"type":"string"}}}"#
    );
    let first = &description.scenarios[0];
    assert_eq!((first.name.as_str(), first.weight), ("all", 3));
    assert_eq!(description.scenarios[1].weight, 1);
}

#[tokio::test]
async fn every_call_reaches_the_host() {
    let mut guest = Guest::new(&plain()).await;
    assert_eq!(guest.setup().await.unwrap().as_deref(), Some("{\"campaign\":7}"));
    guest.start(3).await.unwrap();
    guest.iterate("all").await.unwrap();
    assert_eq!(
        guest.calls(),
        [
            "begin page",
            "send GET /home accept=text/html timeout=2000000000",
            "end ok",
            "check status true Some(\"200\") Some(\"200\")",
            "check name true Some(\"\\\"tent\\\"\") Some(\"\\\"tent\\\"\")",
            "batch GET /a, POST /b {\"café\":\"é\"}",
            "metric orders MetricKind::Counter 400 1",
            "tag user=3",
            "sleep 10000000",
            "log iteration 4 t3 1 1.5 3",
        ]
    );
}

#[tokio::test]
async fn a_user_keeps_its_state_and_another_has_its_own() {
    let mut guest = Guest::new(&plain()).await;
    guest.start(1).await.unwrap();
    guest.iterate("all").await.unwrap();
    guest.iterate("all").await.unwrap();
    assert_eq!(guest.calls().last().unwrap(), "log iteration 4 t1 2 1.5 3");
    let mut other = Guest::new(&plain()).await;
    other.start(2).await.unwrap();
    other.iterate("all").await.unwrap();
    assert_eq!(other.calls().last().unwrap(), "log iteration 4 t2 1 1.5 3");
}

#[tokio::test]
async fn an_exception_names_the_authors_places() {
    let mut guest = Guest::new(&plain()).await;
    let failure = guest.iterate("throws").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Plugin);
    assert_eq!(failure.message, "TypeError: cannot read property 'price' of undefined");
    assert_eq!(
        failure.stack.unwrap().lines().collect::<Vec<_>>(),
        ["at priceOf (lib/cart.ts:7:25)", "at plain.ts:38:77", "at throws (plain.ts:38:41)"]
    );
    assert_eq!(guest.calls(), ["begin price", "end TypeError: cannot read property 'price' of undefined"]);
}

#[tokio::test]
async fn what_is_not_a_function_is_named_wherever_the_runtime_sees_it() {
    let mut guest = Guest::new(&misspelt()).await;
    let mut said = Vec::new();
    for (scenario, _) in MISSPELT {
        said.push((scenario, guest.iterate(scenario).await.unwrap_err().message));
    }
    assert_eq!(said, MISSPELT.map(|(scenario, words)| (scenario, format!("TypeError: {words}"))));
}

#[tokio::test]
async fn failures_say_whose_fault_they_are() {
    let mut guest = Guest::new(&plain()).await;
    let failure = guest.iterate("fails").await.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Target, "no stock"));
    let failure = guest.iterate("aborts").await.unwrap_err();
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::AbortRun, "wrong site"));
    let failure = guest.iterate("refused").await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Target, "GET http://refused/: connection refused")
    );
    let failure = guest.iterate("rows").await.unwrap_err();
    assert_eq!(
        (failure.kind, failure.message.as_str()),
        (FailureKind::Plugin, "data \"cards\": all 3 rows have been used")
    );
    let failure = guest.iterate("nowhere").await.unwrap_err();
    assert_eq!(failure.message, "Error: the journey has no scenario \"nowhere\"");
}

#[tokio::test]
async fn wrong_values_are_exceptions_and_no_traps() {
    let mut guest = Guest::new(&plain()).await;
    guest.iterate("hostile").await.unwrap();
    let calls = guest.calls();
    assert_eq!(calls.len(), 5, "{calls:#?}");
    assert!(calls[0].contains("a URL must be a string"), "{}", calls[0]);
    assert!(calls[3].contains("must be a finite number"), "{}", calls[3]);
    assert_eq!(calls[4], "log half a pair \u{fffd}");
}

#[tokio::test]
async fn time_and_chance_are_the_hosts() {
    let mut guest = Guest::new(&plain()).await;
    guest.iterate("environment").await.unwrap();
    assert_eq!(guest.calls(), ["log 1700000000000 0.25 2.5 undefined 1700000000000"]);
}
