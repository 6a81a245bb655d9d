//! Runs that fall short of their plan: how far they got, whose fault it was, and the exit code.

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said};

/// Runs a journey whose users ask the target for `/start` when they are started. Each user but the first
/// ones finds it changed.
fn journey(place: &Place, source: &str, statuses: &[u16], load: &[&str]) -> Said {
    let start = Behaviour::statuses(statuses.iter().copied());
    let target = TargetServer::builder().route("/start", start).start();
    place.file("journey.ts", format!("import {{ http, sleep }} from \"@outrider/sdk\";\n\n{source}"));
    let target = format!("http://{}", target.addr());
    place.host([&["run", "journey.ts", "--max-cpu", "100ms", "--target", &target], load].concat())
}

const START_BLAMES_ITSELF: &str = "export function start() {\n  \
     if (http.get(\"/start\").status !== 200) throw new Error(\"no start today\");\n}\n";

const START_BLAMES_THE_TARGET: &str =
    "export function start() {\n  http.get(\"/start\").ensureStatus(200);\n}\n";

const SPINS: &str = "export default function () {\n  for (;;) {}\n}\n";

#[test]
fn a_run_that_the_plugin_leaves_without_users_has_failed() {
    let place = Place::new();
    let source = [START_BLAMES_ITSELF, SPINS].concat();
    let said = journey(&place, &source, &[200, 200, 503], &["-u", "2", "-d", "10m"]);
    assert_eq!(said.code, Some(107), "{}", said.show());
    let words = "all users of scenario 'default' were lost: the journey broke";
    assert!(said.stderr.contains(words) && said.stderr.contains("no start today"), "{}", said.show());
    let report = place.report();
    assert_eq!((&report["run"]["status"], &report["verdict"]), (&"failed".into(), &"fail".into()));
    assert_eq!(report["vus"]["lost_by_cause"]["plugin"], 2, "{report:#}");
    assert_eq!(report["iterations"]["failed_by_cause"]["plugin"], 2, "{report:#}");
    assert_eq!(report["completeness"]["complete"], true, "{report:#}");
    assert!(said.stdout.contains("2 VUs were lost: the journey broke"), "{}", said.show());
}

#[test]
fn a_target_that_lets_nobody_in_again_is_told_from_a_broken_plugin() {
    let place = Place::new();
    let source = [START_BLAMES_THE_TARGET, SPINS].concat();
    let said = journey(&place, &source, &[200, 503], &["-u", "1", "-i", "5"]);
    assert_eq!(said.code, Some(111), "{}", said.show());
    assert!(said.stderr.contains("were lost: the target failed"), "{}", said.show());
    let report = place.report();
    assert_eq!(report["iterations"]["unstarted"], 4, "{report:#}");
    assert_eq!(report["vus"]["lost_by_cause"]["target"], 1, "{report:#}");
}

#[test]
fn a_run_that_goes_on_with_fewer_users_says_what_never_started() {
    let place = Place::new();
    let spins_for_one = "export default function (user) {\n  if (user.vu === 1) for (;;) {}\n}\n";
    let source = [START_BLAMES_ITSELF, spins_for_one].concat();
    let load = ["-u", "2", "-i", "3", "--executor", "per-vu-iterations"];
    let said = journey(&place, &source, &[200, 200, 503], &load);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    assert_eq!(
        (&report["iterations"]["started"], &report["iterations"]["unstarted"]),
        (&4.into(), &2.into())
    );
    assert_eq!(report["vus"]["lost"], 1, "{report:#}");
    let text = "2 iterations of the plan never started: VUs were lost";
    assert!(said.stdout.contains(text), "{}", said.show());
}

#[test]
fn iterations_that_time_does_not_allow_are_said() {
    let place = Place::new();
    let source = "export default function () {\n  sleep(\"200ms\");\n}\n";
    let said = journey(&place, source, &[200], &["-i", "1000", "-d", "500ms"]);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let [started, unstarted] =
        ["started", "unstarted"].map(|key| report["iterations"][key].as_u64().unwrap());
    assert_eq!(started + unstarted, 1_000, "{report:#}");
    assert!(said.stdout.contains("iterations of the plan never started: time was up"), "{}", said.show());
}

#[test]
fn a_target_that_fails_setup_is_told_from_a_broken_plugin() {
    let place = Place::new();
    let source = "export function setup() {\n  http.get(\"/start\").ensureStatus(200);\n}\n\n\
                  export default function () {}\n";
    let said = journey(&place, source, &[503], &["-i", "10"]);
    assert_eq!(said.code, Some(111), "{}", said.show());
    assert!(said.stderr.contains("the target failed in setup"), "{}", said.show());
    let report = place.report();
    assert_eq!(report["run"]["status"], "failed", "{report:#}");
    assert_eq!(report["iterations"]["unstarted"], 10, "{report:#}");
}

#[test]
fn a_target_that_lets_no_user_in_is_told_from_a_broken_plugin() {
    let place = Place::new();
    let source = [START_BLAMES_THE_TARGET, "export default function () {}\n"].concat();
    let said = journey(&place, &source, &[503], &["-u", "2", "-d", "10s"]);
    assert_eq!(said.code, Some(111), "{}", said.show());
    assert!(said.stderr.contains("users could not be started: the target failed"), "{}", said.show());
}

#[test]
fn a_default_ceiling_is_lowered_to_what_the_machine_holds_and_a_given_one_is_refused() {
    let place = Place::new();
    let source = "export default function () {}\n";
    let rate = ["-r", "2000/s", "-d", "1s"];
    let default = journey(&place, source, &[200], &rate);
    assert_eq!(default.code, Some(0), "{}", default.show());
    assert_eq!(place.report()["iterations"]["scheduled"], 2_000);
    // Which of the two it is depends on the machine: Linux's default number of memory mappings is too low.
    let given = journey(&place, source, &[200], &[&rate[..], &["--max-vus", "8000"]].concat());
    if given.code == Some(0) {
        assert!(
            default.stderr.contains("2000 in all, 2000 VUs to begin with, up to 8000 if"),
            "{}",
            default.show()
        );
        return;
    }
    let lowered = "if they are too slow (8000 do not fit this machine)";
    assert!(default.stderr.contains(lowered), "{}", default.show());
    assert_eq!(given.code, Some(104), "{}", given.show());
    assert!(given.stderr.contains("error: 8000 VUs of 'journey' need"), "{}", given.show());
    assert!(given.stderr.contains("hint: fewer VUs"), "{}", given.show());
}
