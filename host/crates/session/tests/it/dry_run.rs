//! What a run would be.

use outrider_session::Session;
use serde_json::json;

use crate::harness::{Place, journey, scenario};

#[tokio::test]
async fn a_dry_run_says_what_would_be_and_leaves_nothing() {
    let place = Place::new();
    let asks = json!({"behaviour": "requests", "when": "setup"});
    let journeys = vec![journey("a", &asks), journey("b", &json!({}))];
    let mut config = place.config(journeys, vec![scenario("a", 0, 10), scenario("b", 1, 20)]);
    config.name = Some("Friday".to_owned());
    let data = place.folder().join("users.csv");
    std::fs::write(&data, "name\nann\nbob\n").unwrap();
    config.data = vec![Ok(format!("users={}:unique", data.display()).parse().unwrap())];
    let dry = Session::dry_run(config).await.unwrap();

    assert_eq!(
        (dry.plan.title().as_str(), dry.plan.journeys.len(), dry.descriptions.len()),
        ("Friday", 2, 2)
    );
    assert_eq!(dry.plan.scenarios[1].journey, dry.plan.journeys[1].name);
    assert_eq!(dry.plan.journeys[1].parameters["behaviour"], "passes", "defaults are filled in");
    let [users] = &dry.data[..] else { panic!("{:?}", dry.data) };
    assert_eq!((users.name.as_str(), users.rows, users.policy.as_str()), ("users", 2, "unique:stop"));
    assert_eq!((dry.room.max_vus, dry.lowered_ceilings), (4, vec![None, None]));
    assert!(dry.room.memory_bytes >= 4 * 65_536, "a page of WebAssembly for each user at least");

    assert_eq!(place.target.total_requests(), 0);
    let left: Vec<_> =
        std::fs::read_dir(place.folder()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert_eq!(left, ["users.csv"]);
}
