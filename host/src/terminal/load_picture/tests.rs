//! Pictures of loads.

use outrider_model::{Arrivals, ExecutorPlan, Stage, WhenBusy};

use super::*;

fn row(name: &str, start: u64, executor: &ExecutorPlan) -> PictureRow {
    PictureRow { name: name.to_owned(), start: Duration::from_secs(start), curve: LoadCurve::of(executor) }
}

fn ramp(stages: &[(u64, f64)]) -> ExecutorPlan {
    ExecutorPlan::RampingVus {
        start_vus: 0,
        stages: stages
            .iter()
            .map(|&(seconds, target)| Stage { duration: Duration::from_secs(seconds), target })
            .collect(),
        graceful_ramp_down: Duration::ZERO,
    }
}

fn rate(rate: f64, seconds: u64) -> ExecutorPlan {
    ExecutorPlan::ConstantArrivalRate {
        rate: Rate::per_second(rate),
        duration: Duration::from_secs(seconds),
        pre_allocated_vus: 1,
        max_vus: 1,
        arrivals: Arrivals::Even,
        when_busy: WhenBusy::Drop,
    }
}

fn drawn(rows: &[PictureRow], width: usize) -> String {
    load_picture(rows, width).join("\n")
}

#[test]
fn a_ramp_rises() {
    insta::assert_snapshot!(drawn(&[row("a", 0, &ramp(&[(30, 100.0), (30, 100.0)]))], 50), @r"
    VUs
    100 VUs              ▂▄▆█████████████████
                     ▂▄▆█████████████████████
                 ▂▄▆█████████████████████████
             ▂▄▆█████████████████████████████
             0s              30s           1m
    ");
}

#[test]
fn scenarios_add_up_and_each_has_a_line() {
    let rows = [row("browse", 0, &rate(8.0, 60)), row("buy", 30, &rate(2.0, 30))];
    insta::assert_snapshot!(drawn(&rows, 60), @r"
    iterations started, all scenarios
      10/s  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂████████████████████████
            ███████████████████████████████████████████████
            ███████████████████████████████████████████████
            ███████████████████████████████████████████████
            0s                     30s                   1m
    browse  ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆  8/s
       buy                         ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂  2/s
    ");
}

#[test]
fn users_and_rates_are_two_pictures() {
    let rows = [row("a", 0, &ramp(&[(10, 5.0)])), row("b", 0, &rate(1.0, 10))];
    let drawn = drawn(&rows, 40);
    assert!(drawn.starts_with("VUs\n") && drawn.contains("\n\niterations started\n"), "{drawn}");
}

#[test]
fn no_line_is_wider_than_asked() {
    let name = "a scenario whose name is longer than anybody would like";
    for width in [50, 80, 200] {
        let rows = [row(name, 0, &rate(123_456.789, 3_600)), row("b", 7, &rate(0.001, 86_400))];
        for line in load_picture(&rows, width) {
            assert!(line.chars().count() <= width, "{width}: {line:?}");
        }
    }
}

#[test]
fn what_never_overlaps_does_not_add_up() {
    let rows = [row("a", 0, &rate(5.0, 10)), row("b", 10, &rate(5.0, 10))];
    let rows: Vec<&PictureRow> = rows.iter().collect();
    let levels = total(LoadUnit::StartsPerSecond, &rows, Duration::from_secs(20), 7);
    assert!(levels.iter().all(|level| *level == 5.0), "{levels:?}");
}

#[test]
fn a_small_level_is_seen_and_none_is_not() {
    assert_eq!([0.0, 0.1, 50.0, 100.0].map(|level| height(level, 100.0, 8)), [0, 1, 4, 8]);
}
