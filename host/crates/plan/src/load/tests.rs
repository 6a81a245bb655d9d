//! From flags to loads.

use outrider_model::units::parse_stage;
use outrider_model::{DEFAULT_MAX_DURATION, ExecutorPlan};

use super::*;

fn executor(load: &LoadConfig) -> ExecutorPlan {
    load.resolve(Dialect::Flags).unwrap().executor
}

fn messages(load: &LoadConfig) -> Vec<String> {
    faults(load).into_iter().map(|(message, _)| message).collect()
}

fn faults(load: &LoadConfig) -> Vec<(String, String)> {
    faults_in(Dialect::Flags, load)
}

fn faults_in(dialect: Dialect, load: &LoadConfig) -> Vec<(String, String)> {
    let faults = load.resolve(dialect).unwrap_err().into_iter();
    faults.map(|fault| (fault.message, fault.hint.unwrap_or_default())).collect()
}

#[test]
fn no_flag_is_one_user_and_one_iteration() {
    let plan = executor(&LoadConfig::default());
    assert_eq!(
        plan,
        ExecutorPlan::SharedIterations { vus: 1, iterations: 1, max_duration: DEFAULT_MAX_DURATION }
    );
}

#[test]
fn each_combination_implies_its_executor() {
    let seconds = Some(Duration::from_secs(10));
    let name = |flags: LoadConfig| executor(&flags).name();
    assert_eq!(name(LoadConfig { vus: Some(2), duration: seconds, ..LoadConfig::default() }), "constant-vus");
    assert_eq!(
        name(LoadConfig { vus: Some(2), iterations: Some(9), ..LoadConfig::default() }),
        "shared-iterations"
    );
    let stages = vec![parse_stage("5s:10").unwrap()];
    assert_eq!(name(LoadConfig { stages, ..LoadConfig::default() }), "ramping-vus");
    let rate = Some(Rate::per_second(5.0));
    assert_eq!(
        name(LoadConfig { rate, duration: seconds, ..LoadConfig::default() }),
        "constant-arrival-rate"
    );
    let stages = vec![parse_stage("5s:10/s").unwrap()];
    assert_eq!(name(LoadConfig { stages, ..LoadConfig::default() }), "ramping-arrival-rate");
    let per_vu =
        LoadConfig { executor: Some(ExecutorName::PerVuIterations), vus: Some(5), ..LoadConfig::default() };
    assert_eq!(name(per_vu), "per-vu-iterations");
}

#[test]
fn an_open_model_gets_users_for_a_second_and_a_ceiling_above() {
    let flags = LoadConfig {
        rate: Some(Rate::per_second(100.0)),
        duration: Some(Duration::from_secs(1)),
        ..LoadConfig::default()
    };
    let ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. } = executor(&flags) else {
        panic!()
    };
    assert_eq!((pre_allocated_vus, max_vus), (100, 400));
}

#[test]
fn whoever_finds_every_user_busy_is_dropped_or_waits() {
    let rate = LoadConfig {
        rate: Some(Rate::per_second(100.0)),
        duration: Some(Duration::from_secs(1)),
        ..LoadConfig::default()
    };
    let when_busy = |when_busy| {
        let plan = executor(&LoadConfig { when_busy, ..rate.clone() });
        let ExecutorPlan::ConstantArrivalRate { when_busy, .. } = plan else { panic!("{plan:?}") };
        when_busy
    };
    assert_eq!(when_busy(None), WhenBusy::Drop);
    assert_eq!(when_busy(Some(WhenBusy::Wait)), WhenBusy::Wait);
    let closed = LoadConfig { vus: Some(2), duration: rate.duration, ..LoadConfig::default() };
    assert_eq!(
        messages(&LoadConfig { when_busy: Some(WhenBusy::Drop), ..closed }),
        ["--when-busy does not go with constant-vus: an iteration there is due only when its user is free"]
    );
}

#[test]
fn only_numbers_that_were_given_are_insisted_on() {
    let rate = LoadConfig {
        rate: Some(Rate::per_second(100.0)),
        duration: Some(Duration::from_secs(1)),
        ..LoadConfig::default()
    };
    let least = |flags: LoadConfig| flags.resolve(Dialect::Flags).unwrap().least_vus;
    assert_eq!(least(rate.clone()), 1);
    assert_eq!(least(LoadConfig { vus: Some(20), ..rate.clone() }), 20);
    assert_eq!(least(LoadConfig { vus: Some(20), max_vus: Some(30), ..rate }), 30);
    let closed = LoadConfig { vus: Some(7), iterations: Some(7), ..LoadConfig::default() };
    assert_eq!(least(closed), 7);
}

#[test]
fn all_faults_come_at_once() {
    let flags = LoadConfig {
        vus: Some(5),
        max_vus: Some(3),
        rate: Some(Rate::per_second(10.0)),
        iterations: Some(100),
        ..LoadConfig::default()
    };
    assert_eq!(
        messages(&flags),
        [
            "--max-vus 3 is below --vus 5",
            "--iterations does not go with constant-arrival-rate: time decides there how many iterations run",
            "--rate does not say how long",
        ]
    );
}

#[test]
fn stages_of_one_kind_only() {
    let stages = vec![parse_stage("5s:10").unwrap(), parse_stage("5s:10/s").unwrap()];
    let mixed = LoadConfig { stages, ..LoadConfig::default() };
    assert_eq!(
        faults(&mixed),
        [(
            "--stage 5s:10 ramps to 10 VUs, but another --stage ramps to a rate of iterations".to_owned(),
            "--stage 5s:10/s ramps to 10 iterations per second".to_owned()
        )]
    );
}

#[test]
fn a_stage_of_users_does_not_go_with_a_rate() {
    let stages = vec![parse_stage("30s:100").unwrap()];
    let rate = Some(Rate::per_second(10.0));
    assert_eq!(
        faults(&LoadConfig { stages: stages.clone(), rate, ..LoadConfig::default() }),
        [(
            "--stage 30s:100 ramps to 100 VUs, but --rate sets a rate of iterations".to_owned(),
            "--stage 30s:100/s ramps to 100 iterations per second".to_owned()
        )]
    );
    let executor = Some(ExecutorName::RampingArrivalRate);
    assert_eq!(
        messages(&LoadConfig { stages, executor, ..LoadConfig::default() }),
        ["--stage 30s:100 ramps to 100 VUs, but ramping-arrival-rate ramps a rate of iterations"]
    );
}

#[test]
fn one_user_is_no_plural() {
    let stages = vec![parse_stage("30s:1").unwrap()];
    let rate = Some(Rate::per_second(10.0));
    assert_eq!(
        faults(&LoadConfig { stages, rate, ..LoadConfig::default() }),
        [(
            "--stage 30s:1 ramps to 1 VU, but --rate sets a rate of iterations".to_owned(),
            "--stage 30s:1/s ramps to 1 iteration per second".to_owned()
        )]
    );
}

#[test]
fn a_stage_of_a_rate_does_not_go_with_users() {
    let stages = vec![parse_stage("30s:100/m").unwrap()];
    let executor = Some(ExecutorName::RampingVus);
    assert_eq!(
        faults(&LoadConfig { stages, executor, ..LoadConfig::default() }),
        [(
            "--stage 30s:100/m ramps to a rate, but ramping-vus ramps VUs".to_owned(),
            "--stage 30s:100 ramps to 100 VUs; without --executor the rate is ramped".to_owned()
        )]
    );
}

#[test]
fn keys_are_called_as_they_are_written() {
    let load = LoadConfig {
        vus: Some(5),
        max_vus: Some(3),
        rate: Some(Rate::per_second(0.0)),
        iterations: Some(100),
        ..LoadConfig::default()
    };
    let said = faults_in(Dialect::Keys, &load);
    let said: Vec<(&str, &str)> =
        said.iter().map(|(message, hint)| (message.as_str(), hint.as_str())).collect();
    assert_eq!(
        said,
        [
            ("rate = \"0/s\": nothing would start", "for example rate = \"10/s\""),
            ("max_vus = 3 is below vus = 5", "vus are made beforehand, max_vus is the ceiling"),
            (
                "iterations does not go with constant-arrival-rate: time decides there how many iterations run",
                ""
            ),
            ("rate does not say how long", "add for example duration = \"30s\""),
        ]
    );
    let stages = vec![parse_stage("30s:100").unwrap()];
    let rate = Some(Rate::per_second(10.0));
    assert_eq!(
        faults_in(Dialect::Keys, &LoadConfig { stages, rate, ..LoadConfig::default() }),
        [(
            "{ duration = \"30s\", target = 100 } ramps to 100 VUs, but rate sets a rate of iterations"
                .to_owned(),
            "{ duration = \"30s\", target = \"100/s\" } ramps to 100 iterations per second".to_owned()
        )]
    );
}

fn phases(phases: &[(u64, f64)]) -> Vec<Phase> {
    let phase = |&(seconds, rate): &(u64, f64)| Phase {
        duration: Duration::from_secs(seconds),
        rate: Rate::per_second(rate),
    };
    phases.iter().map(phase).collect()
}

#[test]
fn phases_go_with_nothing_that_says_the_same() {
    let load = LoadConfig {
        phases: phases(&[(10, 1.0), (0, 2.0)]),
        rate: Some(Rate::per_second(1.0)),
        duration: Some(Duration::from_secs(1)),
        ..LoadConfig::default()
    };
    let said: Vec<String> = faults_in(Dialect::Keys, &load).into_iter().map(|(message, _)| message).collect();
    assert_eq!(
        said,
        [
            "duration does not go with ramping-arrival-rate: the phases say how long it takes",
            "rate does not go with phases: each phase has its own rate",
            "phase 2 takes no time",
        ]
    );
    let idle = LoadConfig { phases: phases(&[(10, 0.0)]), ..LoadConfig::default() };
    assert_eq!(faults_in(Dialect::Keys, &idle)[0].0, "not one iteration would start");
}

#[test]
fn numbers_too_large_to_count_are_refused() {
    let load = LoadConfig {
        executor: Some(ExecutorName::PerVuIterations),
        vus: Some(u32::MAX),
        iterations: Some(u64::MAX),
        ..LoadConfig::default()
    };
    assert_eq!(
        faults(&load)[0].0,
        "--iterations 18446744073709551615 for each of --vus 4294967295 are more than can be counted"
    );
}

#[test]
fn a_load_without_a_vu_is_told_what_it_has_too_few_of() {
    let stages = |target: &str| vec![parse_stage(target).unwrap()];
    let ramp = LoadConfig { stages: stages("30s:0"), ..LoadConfig::default() };
    assert_eq!(
        faults(&ramp),
        [("every stage ramps to 0 VUs: nobody would run".into(), "for example --stage 30s:100".into())]
    );
    // Whatever says the rate, nobody is made beforehand.
    let none_first = LoadConfig { vus: Some(0), max_vus: Some(10), ..LoadConfig::default() };
    let phase = Phase { duration: Duration::from_secs(1), rate: Rate::per_second(1.0) };
    let of_stages = LoadConfig { stages: stages("1s:5/s"), ..none_first.clone() };
    let of_phases = LoadConfig { phases: vec![phase], ..none_first };
    for load in [of_stages, of_phases] {
        assert_eq!(faults(&load), [("--vus 0: nobody would run".into(), "at least 1".into())], "{load:?}");
    }
    let from_none = LoadConfig { vus: Some(0), stages: stages("1s:5"), ..LoadConfig::default() };
    assert_eq!(executor(&from_none).max_vus(), 5, "a ramp of VUs may begin with none");
}
