use std::time::Duration;

use super::*;
use crate::test_run::{drops, identity, iteration, request, step};

fn registry() -> Registry {
    Registry::new(identity(), drops())
}

fn family(registry: &Registry, name: &str) -> Family {
    registry.families().into_iter().find(|family| family.name == name).unwrap()
}

fn counts(registry: &Registry, name: &str) -> Vec<(Vec<String>, f64)> {
    let Data::Counter(points) = family(registry, name).data else { panic!("{name} is no counter") };
    let words = |Labels(labels): Labels| labels.iter().map(|(_, value)| value.to_string()).collect();
    let mut all: Vec<(Vec<String>, f64)> =
        points.into_iter().map(|(labels, count)| (words(labels), count)).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

#[test]
fn requests_are_told_apart_by_how_they_ended() {
    let mut registry = registry();
    registry.add(&request("/cart", Some(200), Duration::from_millis(20)));
    registry.add(&request("/cart", Some(200), Duration::from_millis(30)));
    registry.add(&request("/cart", Some(503), Duration::from_millis(1)));
    let found = counts(&registry, "outrider_requests");
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0].0,
        ["browse", "/cart", "failed", "GET", "503", "status 503", "shop.test", "8080"].map(str::to_owned)
    );
    assert_eq!((found[0].1, found[1].1), (1.0, 2.0));
    let Data::Histogram(durations) = family(&registry, "outrider_request_duration_seconds").data else {
        panic!("no histogram")
    };
    assert_eq!(durations.iter().map(|(_, all)| all.count()).sum::<u64>(), 3);
}

#[test]
fn what_was_interrupted_has_no_duration_and_what_was_dropped_is_no_iteration() {
    let mut registry = registry();
    for status in IterationStatus::ALL {
        registry.add(&iteration(status));
    }
    let outcomes: Vec<String> =
        counts(&registry, "outrider_iterations").into_iter().map(|(labels, _)| labels[1].clone()).collect();
    assert_eq!(outcomes, ["completed", "failed", "interrupted"]);
    assert_eq!(counts(&registry, "outrider_iterations_dropped")[0].1, 1.0);
    let Data::Histogram(took) = family(&registry, "outrider_iteration_duration_seconds").data else {
        panic!("no histogram")
    };
    assert_eq!(took[0].1.count(), 2);
    registry.add(&step("pay", true));
    let Sample::Step(row) = step("pay", true) else { unreachable!("it is a step") };
    registry.add(&Sample::Step(StepSample { interrupted: true, ok: false, ..row }));
    let Data::Histogram(steps) = family(&registry, "outrider_step_duration_seconds").data else {
        panic!("no histogram")
    };
    assert_eq!(steps[0].1.count(), 1);
    assert_eq!(counts(&registry, "outrider_steps").len(), 2);
}
