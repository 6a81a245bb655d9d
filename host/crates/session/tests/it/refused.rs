//! Runs that cannot be.

use outrider_session::{Fault, LoadConfig};
use serde_json::json;

use crate::harness::{Place, journey, plugin, refused, scenario};

fn messages(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.message.as_str()).collect()
}

#[tokio::test]
async fn everything_that_is_wrong_with_several_journeys_is_said_at_once() {
    let place = Place::new();
    let mut absent = journey("absent", &json!({}));
    absent.plugin = Err(vec![Fault::new("cannot read 'absent.wasm'")]);
    let mut pack = journey("pack", &json!({}));
    pack.plugin = Ok(plugin("assert-http"));
    let journeys = vec![
        journey("buy", &json!({"behavior": "passes", "every": 0})),
        absent.clone(),
        absent,
        pack,
        journey("browse", &json!({"when": 3})),
    ];
    let mut scenarios = vec![scenario("buy", 0, 1), scenario("browse", 4, 1), scenario("buy", 1, 1)];
    scenarios[1].plugin_scenario = Some("mian".to_owned());
    scenarios[1].tags = [("scenario".to_owned(), "x".to_owned()), (String::new(), "y".to_owned())].into();
    scenarios[2].load = Err::<LoadConfig, _>(vec![Fault::new("scenario 'buy': nothing would run")]);
    let faults = refused(place.config(journeys, scenarios)).await;
    assert_eq!(
        messages(&faults),
        [
            "scenario 'browse' has a tag without a name",
            "scenario 'browse' has a tag 'scenario', which every row has already",
            "two scenarios are named 'buy'",
            "scenario 'buy': nothing would run",
            "cannot read 'absent.wasm'",
            "'assert-http' is an assertion pack, not a journey",
            "the journey of scenario 'buy' has no parameter 'behavior'",
            "parameter 'every' does not fit the schema of the journey of scenario 'buy': 0 is less than the minimum of 1",
            "parameter 'when' does not fit the schema of the journey of scenario 'browse': 3 is not one of \"setup\", \"start\" or 3 other candidates",
            "the journey of scenario 'browse' has no scenario 'mian'",
        ]
    );
    assert_eq!(std::fs::read_dir(place.folder()).unwrap().count(), 0, "nothing is written");
}
