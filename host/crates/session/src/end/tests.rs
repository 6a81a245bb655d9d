use outrider_model::VuId;

use super::*;

fn scenario(lost_vus: FailureCounts) -> ScenarioOutcome {
    ScenarioOutcome {
        name: "buy".into(),
        executor: "constant-vus",
        iterations: IterationCounts::default(),
        unstarted: 3,
        late_starts: 0,
        max_lateness: std::time::Duration::ZERO,
        replaced_vus: 2,
        max_vus: 2,
        lost_vus,
        failures: vec![FailureNote {
            scenario: "buy".into(),
            vu: VuId(1),
            iteration: None,
            cause: FailureCause::Plugin,
            kind: "vu start",
            message: "no start today".to_owned(),
            stack: None,
            pack: None,
        }],
    }
}

/// Those of a run with one journey.
fn titles() -> Titles {
    Titles::new(&["the journey"], &[("buy", 0)])
}

/// Those of a run with two.
fn titles_of_two() -> Titles {
    let journeys = ["the journey of scenario 'browse'", "the journey of scenario 'buy'"];
    Titles::new(&journeys, &[("browse", 0), ("buy", 1)])
}

fn end_of(end: RunEnd, lost_vus: FailureCounts) -> SessionEnd {
    let outcome = SchedulerOutcome { end, scenarios: vec![scenario(lost_vus)] };
    SessionEnd {
        run_id: RunId::new("r").unwrap(),
        reason: EndReason::of_run(&outcome, &titles(), &ThresholdView::default()),
        iterations: outcome.totals(),
        journeys: JourneyEnd::all(&titles(), Some(&outcome)),
        unstarted: outcome.unstarted(),
        lost_vus,
        answers: AnswerTally::default(),
        thresholds: Vec::new(),
        lost_samples: 0,
        failures: Vec::new(),
        teardown: Vec::new(),
        packs: Vec::new(),
        remarks: Vec::new(),
        unexported: Vec::new(),
        is_left_here: false,
    }
}

#[test]
fn a_run_that_nobody_was_left_to_go_on_with_failed_by_whose_fault_that_was() {
    let lost = |target, plugin, generator| FailureCounts { target, plugin, generator };
    let exit = |lost| end_of(RunEnd::Finished, lost).exit();
    assert_eq!(exit(lost(0, 2, 0)), Exit::PluginBroken);
    assert_eq!(exit(lost(0, 0, 2)), Exit::Unexpected);
    assert_eq!(exit(lost(2, 0, 0)), Exit::TargetFailed);
    let end = end_of(RunEnd::Finished, lost(0, 2, 0));
    assert_eq!(end.reason.status(), RunStatus::Failed);
    assert_eq!(end.sentence().unwrap(), "all users of scenario 'buy' were lost: no start today");
}

#[test]
fn a_run_that_went_on_with_fewer_users_is_well_and_one_that_was_ended_was_ended() {
    let one = FailureCounts { plugin: 1, ..FailureCounts::default() };
    assert_eq!(end_of(RunEnd::Finished, one).exit(), Exit::Ok);
    let all = FailureCounts { plugin: 2, ..FailureCounts::default() };
    assert_eq!(end_of(RunEnd::Stopped, all).exit(), Exit::Interrupted);
}

#[test]
fn a_run_that_nobody_answered_has_failed_unless_it_ended_for_another_reason() {
    let refused = FailureCounts { target: 150, ..FailureCounts::default() };
    let nobody = |answered, end| SessionEnd {
        answers: AnswerTally { answered, unanswered: refused, first: Vec::new() },
        ..end_of(end, FailureCounts::default())
    };
    let end = nobody(0, RunEnd::Finished);
    assert_eq!(end.exit(), Exit::TargetFailed);
    assert_eq!(end.sentence().unwrap(), "the target answered none of 150 requests");
    assert_eq!(
        nobody(1, RunEnd::Finished).exit(),
        Exit::Ok,
        "failed requests are results where any was answered"
    );
    let exhausted = nobody(0, RunEnd::Wanting { reason: "data 'x' is exhausted".to_owned() });
    assert_eq!(exhausted.exit(), Exit::TargetFailed);
    let both = "ended before its time: data 'x' is exhausted; the target answered none of 150 requests";
    assert_eq!(exhausted.sentence().unwrap(), both);
    assert_eq!(nobody(0, RunEnd::Stopped).exit(), Exit::Interrupted, "the first reason wins");
    let end = SessionEnd { lost_samples: 1, ..nobody(0, RunEnd::Finished) };
    assert_eq!((end.exit(), end.sentence()), (Exit::Ok, None), "the lost one may have been an answer");
    let mut broken = nobody(0, RunEnd::Finished);
    broken.journeys[0].iterations.started = 3;
    broken.journeys[0].iterations.failed.plugin = 3;
    assert_eq!(broken.exit(), Exit::PluginBroken, "the first reason wins");
}

#[test]
fn data_that_is_exhausted_is_an_end_as_planned_and_said() {
    let wanting = || RunEnd::Wanting { reason: "data 'users' is exhausted".to_owned() };
    let none = FailureCounts::default();
    let end = SessionEnd { remarks: vec!["data 'x' was used twice".to_owned()], ..end_of(wanting(), none) };
    assert_eq!((end.exit(), end.reason.status()), (Exit::Ok, RunStatus::Finished));
    let said = "ended before its time: data 'users' is exhausted; data 'x' was used twice";
    assert_eq!(end.sentence().unwrap(), said);
    let teardown = Teardown { given_up: true, complaints: Vec::new() };
    let given_up = end_of(wanting(), none).reason.and_after(&teardown, None);
    assert_eq!(given_up, EndReason::Aborted);
}

#[test]
fn a_run_that_measured_nothing_is_not_judged_by_its_thresholds() {
    let failed = ThresholdEnd {
        threshold: "requests.failed rate < 1%".parse().unwrap(),
        value: Some(1.0),
        passed: false,
        reason: None,
    };
    let end = |answered| SessionEnd {
        answers: AnswerTally {
            answered,
            unanswered: FailureCounts { target: 3, ..FailureCounts::default() },
            first: Vec::new(),
        },
        thresholds: vec![failed.clone()],
        ..end_of(RunEnd::Finished, FailureCounts::default())
    };
    assert_eq!(end(1).exit(), Exit::ThresholdCrossed);
    assert_eq!(end(0).exit(), Exit::TargetFailed);
}

#[test]
fn setup_fails_by_whose_fault_it_is() {
    let failed = |abort, target| {
        let (message, stack, said) = ("login refused".to_owned(), None, Vec::new());
        EndReason::of_setup(LifecycleError::Failure { abort, target, message, stack, said }, 0, &titles())
    };
    let exit = |reason| SessionEnd { reason, ..end_of(RunEnd::Finished, FailureCounts::default()) }.exit();
    assert_eq!(exit(failed(false, true)), Exit::TargetFailed);
    assert_eq!(exit(failed(false, false)), Exit::PluginBroken);
    assert_eq!(exit(failed(true, false)), Exit::AbortedByPlugin);
}

#[test]
fn of_several_journeys_the_one_that_failed_is_named() {
    let failure = |abort| LifecycleError::Failure {
        abort,
        target: false,
        message: "login refused".to_owned(),
        stack: None,
        said: Vec::new(),
    };
    let said = |reason: EndReason| reason.sentence().unwrap();
    let failed = |abort| EndReason::of_setup(failure(abort), 1, &titles_of_two());
    assert_eq!(said(failed(false)), "setup of the journey of scenario 'buy' failed: login refused");
    assert_eq!(said(failed(true)), "ended by the journey of scenario 'buy': login refused");
    let abort = |titles: Titles| {
        let (scenario, reason) = ("buy".into(), "no more".to_owned());
        EndReason::of_abort(JourneyAbort { scenario, vu: VuId(1), iteration: None, reason }, &titles)
    };
    assert_eq!(said(abort(titles_of_two())), "ended by the journey of scenario 'buy': no more");
    assert_eq!(said(abort(titles())), "ended by the journey: no more");
}

#[test]
fn a_run_has_failed_if_one_of_its_journeys_broke_in_every_iteration() {
    let counts = |started, plugin| IterationCounts {
        started,
        failed: FailureCounts { plugin, ..FailureCounts::default() },
        ..IterationCounts::default()
    };
    let outcome = |of_browse, of_buy| {
        let browse = ScenarioOutcome {
            name: "browse".into(),
            iterations: of_browse,
            ..scenario(FailureCounts::default())
        };
        let buy = ScenarioOutcome { iterations: of_buy, ..scenario(FailureCounts::default()) };
        SchedulerOutcome { end: RunEnd::Finished, scenarios: vec![browse, buy] }
    };
    let end = |outcome: &SchedulerOutcome| SessionEnd {
        journeys: JourneyEnd::all(&titles_of_two(), Some(outcome)),
        ..end_of(RunEnd::Finished, FailureCounts::default())
    };
    let broken = end(&outcome(counts(10, 0), counts(3, 3)));
    assert_eq!(broken.exit(), Exit::PluginBroken);
    assert_eq!(broken.sentence().unwrap(), "the journey of scenario 'buy' broke in every iteration");
    assert_eq!(end(&outcome(counts(10, 9), counts(3, 2))).exit(), Exit::Ok);
}
