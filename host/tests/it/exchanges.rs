//! The journey `exchanges.ts` against a target that behaves as it is told.

use outrider_test_util::TargetServer;
use serde_json::Value;

use crate::harness::{Place, Said};

/// A run of one of its scenarios.
pub(crate) struct Exchanged {
    pub(crate) place: Place,
    pub(crate) said: Said,
    pub(crate) report: Value,
}

impl Exchanged {
    /// Exit code 0, one iteration that completed, all checks passed, everything kept.
    #[track_caller]
    pub(crate) fn assert_well(&self) {
        let shown = format!("{}\n{:#}", self.said.show(), self.report);
        assert_eq!(self.said.code, Some(0), "{shown}");
        let checks = self.report["checks"].as_array().unwrap();
        let failed: Vec<&Value> = checks.iter().filter(|check| check["failed"] != 0).collect();
        assert!(failed.is_empty(), "{failed:#?}\n{}", self.said.show());
        assert_eq!(self.report["iterations"]["completed"], 1, "{shown}");
        assert_eq!(self.report["completeness"]["complete"], true, "{shown}");
    }

    /// The error kinds of the requests with how often each came, in the order of their names.
    pub(crate) fn request_errors(&self) -> Vec<(String, u64)> {
        let errors = self.report["errors"].as_array().unwrap().iter();
        let mut kinds: Vec<(String, u64)> = Vec::new();
        for error in errors.filter(|error| error["source"] == "request") {
            let (kind, count) = (error["kind"].as_str().unwrap(), error["count"].as_u64().unwrap());
            match kinds.iter_mut().find(|(known, _)| known == kind) {
                Some((_, sum)) => *sum += count,
                None => kinds.push((kind.to_owned(), count)),
            }
        }
        kinds.sort();
        kinds
    }
}

/// Runs a scenario once, by one user.
pub(crate) fn exchange(scenario: &str, target: &TargetServer, flags: &[&str]) -> Exchanged {
    let place = Place::new();
    let journey = journey(&place);
    let url = target.url("");
    let said = place.host([&["run", &journey, "--scenario", scenario, "--target", &url], flags].concat());
    let report = place.report();
    Exchanged { place, said, report }
}

/// Writes the journey into a place; returns its file's name.
pub(crate) fn journey(place: &Place) -> String {
    place.file("exchanges.ts", include_str!("journeys/exchanges.ts"));
    "exchanges.ts".to_owned()
}
