//! From flags to loads.

use super::*;
use crate::units::parse_stage;

fn messages(flags: &LoadFlags) -> Vec<String> {
    executor(flags).unwrap_err().into_iter().map(|fault| fault.message).collect()
}

fn faults(flags: &LoadFlags) -> Vec<(String, String)> {
    let faults = executor(flags).unwrap_err().into_iter();
    faults.map(|fault| (fault.message, fault.hint.unwrap_or_default())).collect()
}

#[test]
fn no_flag_is_one_user_and_one_iteration() {
    let plan = executor(&LoadFlags::default()).unwrap();
    assert_eq!(
        plan,
        ExecutorPlan::SharedIterations { vus: 1, iterations: 1, max_duration: DEFAULT_MAX_DURATION }
    );
}

#[test]
fn each_combination_implies_its_executor() {
    let seconds = Some(Duration::from_secs(10));
    let name = |flags: LoadFlags| executor(&flags).unwrap().name();
    assert_eq!(name(LoadFlags { vus: Some(2), duration: seconds, ..LoadFlags::default() }), "constant-vus");
    assert_eq!(
        name(LoadFlags { vus: Some(2), iterations: Some(9), ..LoadFlags::default() }),
        "shared-iterations"
    );
    let stages = vec![parse_stage("5s:10").unwrap()];
    assert_eq!(name(LoadFlags { stages, ..LoadFlags::default() }), "ramping-vus");
    let rate = Some(Rate::per_second(5.0));
    assert_eq!(name(LoadFlags { rate, duration: seconds, ..LoadFlags::default() }), "constant-arrival-rate");
    let stages = vec![parse_stage("5s:10/s").unwrap()];
    assert_eq!(name(LoadFlags { stages, ..LoadFlags::default() }), "ramping-arrival-rate");
    let per_vu =
        LoadFlags { executor: Some(ExecutorName::PerVuIterations), vus: Some(5), ..LoadFlags::default() };
    assert_eq!(name(per_vu), "per-vu-iterations");
}

#[test]
fn an_open_model_gets_users_for_a_second_and_a_ceiling_above() {
    let flags = LoadFlags {
        rate: Some(Rate::per_second(100.0)),
        duration: Some(Duration::from_secs(1)),
        ..LoadFlags::default()
    };
    let ExecutorPlan::ConstantArrivalRate { pre_allocated_vus, max_vus, .. } = executor(&flags).unwrap()
    else {
        panic!()
    };
    assert_eq!((pre_allocated_vus, max_vus), (100, 400));
}

#[test]
fn whoever_finds_every_user_busy_is_dropped_or_waits() {
    let rate = LoadFlags {
        rate: Some(Rate::per_second(100.0)),
        duration: Some(Duration::from_secs(1)),
        ..LoadFlags::default()
    };
    let when_busy = |when_busy| {
        let plan = executor(&LoadFlags { when_busy, ..rate.clone() }).unwrap();
        let ExecutorPlan::ConstantArrivalRate { when_busy, .. } = plan else { panic!("{plan:?}") };
        when_busy
    };
    assert_eq!(when_busy(None), WhenBusy::Drop);
    assert_eq!(when_busy(Some(WhenBusyName::Wait)), WhenBusy::Wait);
    let closed = LoadFlags { vus: Some(2), duration: rate.duration, ..LoadFlags::default() };
    assert_eq!(
        messages(&LoadFlags { when_busy: Some(WhenBusyName::Drop), ..closed }),
        ["--when-busy does not go with constant-vus: an iteration there is due only when its user is free"]
    );
}

#[test]
fn only_numbers_that_were_given_are_insisted_on() {
    let rate = LoadFlags {
        rate: Some(Rate::per_second(100.0)),
        duration: Some(Duration::from_secs(1)),
        ..LoadFlags::default()
    };
    let least = |flags: LoadFlags| load(&flags).unwrap().least_vus;
    assert_eq!(least(rate.clone()), 1);
    assert_eq!(least(LoadFlags { vus: Some(20), ..rate.clone() }), 20);
    assert_eq!(least(LoadFlags { vus: Some(20), max_vus: Some(30), ..rate }), 30);
    let closed = LoadFlags { vus: Some(7), iterations: Some(7), ..LoadFlags::default() };
    assert_eq!(least(closed), 7);
}

#[test]
fn all_faults_come_at_once() {
    let flags = LoadFlags {
        vus: Some(5),
        max_vus: Some(3),
        rate: Some(Rate::per_second(10.0)),
        iterations: Some(100),
        ..LoadFlags::default()
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
    let mixed = LoadFlags { stages, ..LoadFlags::default() };
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
        faults(&LoadFlags { stages: stages.clone(), rate, ..LoadFlags::default() }),
        [(
            "--stage 30s:100 ramps to 100 VUs, but --rate sets a rate of iterations".to_owned(),
            "--stage 30s:100/s ramps to 100 iterations per second".to_owned()
        )]
    );
    let executor = Some(ExecutorName::RampingArrivalRate);
    assert_eq!(
        messages(&LoadFlags { stages, executor, ..LoadFlags::default() }),
        ["--stage 30s:100 ramps to 100 VUs, but ramping-arrival-rate ramps a rate of iterations"]
    );
}

#[test]
fn one_user_is_no_plural() {
    let stages = vec![parse_stage("30s:1").unwrap()];
    let rate = Some(Rate::per_second(10.0));
    assert_eq!(
        faults(&LoadFlags { stages, rate, ..LoadFlags::default() }),
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
        faults(&LoadFlags { stages, executor, ..LoadFlags::default() }),
        [(
            "--stage 30s:100/m ramps to a rate, but ramping-vus ramps VUs".to_owned(),
            "--stage 30s:100 ramps to 100 VUs; without --executor the rate is ramped".to_owned()
        )]
    );
}
