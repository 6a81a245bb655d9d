//! A bucket that throttles, breaks off, is slow, refuses or is gone: before a run, while it goes on, and at its end.

use http::Method;
use outrider_test_util::S3Fault;
use rustix::process::Signal;
use std::time::Duration;

use super::Bucket;
use crate::harness::{Said, shows};
use crate::signals::{read_until, signal, wait_for};

#[test]
fn an_endpoint_that_throttles_resets_or_is_slow_costs_no_row() {
    for (fault, count) in [
        (S3Fault::SLOW_DOWN, 6),
        (S3Fault::ResetAfter, 3),
        (S3Fault::ResetBefore, 3),
        (S3Fault::Late(Duration::from_millis(300)), 3),
    ] {
        let bucket = Bucket::new();
        bucket.s3.fail(Method::PUT, "/data/", fault, count);
        let said = bucket.run("1s");
        assert_eq!(said.code, Some(0), "{fault:?}: {}", said.show());
        assert_eq!(bucket.s3.met(), count, "{fault:?}");
        bucket.is_complete();
    }
}

/// A put that arrived is tried again, and meets its own first attempt.
#[test]
fn a_document_that_arrived_though_its_answer_did_not_is_no_other_writers() {
    for document in ["/run.json", "/manifest/", "/outcome.json"] {
        let bucket = Bucket::new();
        bucket.s3.fail(Method::PUT, document, S3Fault::ResetAfter, 1);
        let said = bucket.run("1s");
        assert_eq!(said.code, Some(0), "{document}: {}", said.show());
        assert_eq!(bucket.s3.met(), 1, "{document}");
        bucket.is_complete();
    }
}

/// It is away until the program has said so, and back before the program is asked to end.
#[test]
fn a_bucket_that_is_away_for_a_while_costs_no_row() {
    let mut bucket = Bucket::new();
    let mut child = bucket.start(bucket.run_command("10m"), 50);
    bucket.s3.close();
    let mut rest = wait_for(&mut child, "trying again");
    bucket.s3.open();
    let folder = bucket.run_folder().unwrap();
    bucket.wait_for(&mut child, || folder.join("manifest/worker-0000.json").exists());
    signal(&child, Signal::INT);
    read_until(&mut rest, "stopping");
    drop(std::io::read_to_string(rest));
    let said = Said::of(child.wait_with_output().unwrap(), bucket.place.path());
    assert_eq!(said.code, Some(105), "{}", said.show());
    bucket.is_complete();
}

/// The end of a run waits for a bucket that is away, and says so; who does not want to wait has all rows later.
#[test]
fn a_second_signal_ends_the_wait_for_a_bucket_and_recover_completes_the_run_later() {
    let mut bucket = Bucket::new();
    let mut child = bucket.start(bucket.run_command("10m"), 50);
    bucket.s3.close();
    signal(&child, Signal::INT);
    let mut rest = wait_for(&mut child, "stopping");
    read_until(
        &mut rest,
        "the last rows wait for 's3://bucket/load/tests', until it has taken none for 5 minutes",
    );
    signal(&child, Signal::INT);
    read_until(&mut rest, "aborting: the bucket is not waited for");
    let words = std::io::read_to_string(rest).unwrap();
    let said = Said::of(child.wait_with_output().unwrap(), bucket.place.path());
    assert_eq!(said.code, Some(105), "{words}");
    let from_warning = words.lines().skip_while(|line| !line.starts_with("warning:"));
    shows!(from_warning.collect::<Vec<_>>().join("\n"), @r"
    warning: not all of the run '[RUN]' is in 's3://bucket/load/tests': the rest is on this machine
    hint: `host recover --out s3://bucket/load/tests` puts it there; then `host report` shows the run
    error: the run was stopped from outside
    ");
    assert_eq!(said.stdout, "", "there is nothing to report");

    bucket.s3.open();
    let back = bucket.host(&["recover", "--out", &bucket.out()]);
    assert!(back.stdout.contains("which could not write them; all are there"), "{}", back.show());
    assert_eq!(bucket.report()["run"]["status"], "interrupted");
    bucket.is_complete();
}

/// All rows are there; the document that says how the run ended is not.
#[test]
fn a_run_that_is_left_at_its_outcome_lacks_nothing_else() {
    for by_a_report in [false, true] {
        let bucket = Bucket::new();
        bucket.s3.fail(Method::PUT, "/outcome.json", S3Fault::SLOW_DOWN, u64::MAX);
        let mut child = bucket.start(bucket.run_command("10m"), 50);
        signal(&child, Signal::INT);
        bucket.wait_for(&mut child, || bucket.s3.met() > 0);
        signal(&child, Signal::INT);
        let said = Said::of(child.wait_with_output().unwrap(), bucket.place.path());
        assert_eq!(said.code, Some(105), "{}", said.show());
        assert!(said.stderr.contains("hint: `host recover --out "), "{}", said.show());

        bucket.s3.heal();
        let of = if by_a_report { "report" } else { "recover" };
        let back = bucket.host(&[of, "--out", &bucket.out()]);
        let words = if by_a_report { &back.stderr } else { &back.stdout };
        assert!(words.contains(": its outcome, which was all that it lacked"), "{}", back.show());
        assert_eq!(bucket.report()["run"]["status"], "interrupted");
        bucket.is_complete();
    }
}

/// A manifest that arrived, though its answer did not and nothing after it: what is there counts.
#[test]
fn a_manifest_whose_answer_was_lost_before_the_bucket_went_away_is_found_by_recovery() {
    let mut bucket = Bucket::new();
    let mut command = bucket.run_command("10m");
    command.env("AWS_MAX_ATTEMPTS", "1");
    bucket.s3.fail(Method::PUT, "/manifest/", S3Fault::ResetAfter, u64::MAX);
    let mut child = bucket.start(command, 50);
    bucket.wait_for(&mut child, || bucket.s3.met() > 0);
    bucket.s3.close();
    let said = Said::of(child.wait_with_output().unwrap(), bucket.place.path());
    assert_eq!(said.code, Some(1), "{}", said.show());
    bucket.s3.heal();
    bucket.s3.open();
    let back = bucket.host(&["recover", "--out", &bucket.out()]);
    assert_eq!(back.code, Some(0), "{}", back.show());
    bucket.is_complete();
}

#[test]
fn a_bucket_that_is_gone_for_good_ends_the_run_and_recover_completes_it_later() {
    let mut bucket = Bucket::new();
    let mut command = bucket.run_command("10m");
    command.env("AWS_MAX_ATTEMPTS", "2");
    let child = bucket.start(command, 50);
    bucket.s3.close();
    let said = Said::of(child.wait_with_output().unwrap(), bucket.place.path());
    assert_eq!(said.code, Some(1), "{}", said.show());
    assert!(said.errors().contains("error: rows could not be kept; the run was stopped"), "{}", said.show());
    assert!(said.errors().contains("Connection refused"), "{}", said.show());
    let hint = format!("`host recover --out {}`", bucket.out());
    assert!(said.errors().contains(&hint), "{}", said.show());
    let recover = || bucket.host(&["recover", "--out", &bucket.out()]);
    let away = recover();
    assert_eq!(away.code, Some(1), "{}", away.show());
    assert!(away.errors().contains("no answer from http://127.0.0.1:"), "{}", away.show());

    bucket.s3.open();
    let recover = || bucket.host(&["recover", "--out", &bucket.out()]);
    let back = recover();
    assert!(back.stdout.contains("which could not write them; all are there"), "{}", back.show());
    let report = bucket.report();
    assert_eq!(report["run"]["status"], "failed", "{report:#}");
    bucket.is_complete();
}

#[test]
fn the_last_part_that_is_refused_ends_the_run_and_recover_completes_it() {
    let bucket = Bucket::new();
    bucket.s3.fail(Method::PUT, "/data/requests/", S3Fault::Refuse(403, "AccessDenied"), u64::MAX);
    let mut command = bucket.run_command("1s");
    let said = bucket.said(command.env("AWS_MAX_ATTEMPTS", "2"));
    assert_eq!(said.code, Some(1), "{}", said.show());
    assert!(said.stdout.contains("INCOMPLETE"), "{}", said.show());
    assert!(said.errors().contains("answers AccessDenied: Refused on purpose."), "{}", said.show());
    assert!(
        said.errors().contains("hint: what is not in the bucket is in the write-ahead log"),
        "{}",
        said.show()
    );
    let still = bucket.host(&["recover", "--out", &bucket.out()]);
    assert!(still.errors().contains("hint: it takes s3:PutObject"), "{}", still.show());

    bucket.s3.heal();
    let said = bucket.host(&["report", "--out", &bucket.out()]);
    assert!(said.stderr.starts_with("note: recovered "), "{}", said.show());
    bucket.is_complete();
}

/// INV-7.
#[test]
fn a_second_writer_of_a_run_stops_and_leaves_the_first_ones_manifest_alone() {
    let bucket = Bucket::new();
    let child = bucket.start(bucket.run_command("10m"), 10);
    let manifest = bucket.run_folder().unwrap().join("manifest/worker-0000.json");
    std::fs::create_dir_all(manifest.parent().unwrap()).unwrap();
    std::fs::write(&manifest, "someone else's").unwrap();
    let said = Said::of(child.wait_with_output().unwrap(), bucket.place.path());
    assert_eq!(said.code, Some(1), "{}", said.show());
    assert!(said.errors().contains("it exists already"), "{}", said.show());
    assert_eq!(std::fs::read_to_string(manifest).unwrap(), "someone else's");
}

#[test]
fn an_endpoint_that_knows_no_condition_is_told_before_there_is_any_load() {
    let bucket = Bucket::new();
    bucket.s3.fail(Method::PUT, "/run.json", S3Fault::Unconditional, u64::MAX);
    let said = bucket.run("1s");
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(said.stderr.contains("ignores If-None-Match"), "{}", said.show());
    bucket.s3.fail(Method::PUT, "/run.json", S3Fault::Refuse(501, "NotImplemented"), u64::MAX);
    let said = bucket.run("1s");
    assert!(said.errors().contains("create-only puts"), "{}", said.show());
}

#[test]
fn what_is_wrong_with_a_bucket_is_said_before_there_is_any_load() {
    let bucket = Bucket::new();
    let run = |out: &str, name: &str, value: &str| {
        let mut command = bucket.run_command("1s");
        let said = bucket.said(command.env("OUTRIDER_OUT", out).env(name, value));
        said.errors()
    };
    let with = |name: &str, value: &str| run("", name, value);
    shows!(with("AWS_ACCESS_KEY_ID", "nobody"), @r#"
    exit 104
    error: cannot write 's3://bucket/load/tests/runs/[RUN]/run.json'
      caused by: http://127.0.0.1:[PORT] answers NotSignedUp: Your account is not signed up
    hint: see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile that AWS_PROFILE names
    "#);
    shows!(with("AWS_SECRET_ACCESS_KEY", "wrong"), @r#"
    exit 104
    error: cannot write 's3://bucket/load/tests/runs/[RUN]/run.json'
      caused by: http://127.0.0.1:[PORT] answers SignatureDoesNotMatch
    hint: see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile that AWS_PROFILE names
    "#);
    shows!(with("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), @r#"
    exit 1
    error: cannot write 's3://bucket/load/tests/runs/[RUN]/run.json'
      caused by: no answer from http://127.0.0.1:[PORT]: Connection refused (os error 111)
    hint: see AWS_ENDPOINT_URL and AWS_REGION, and whether this machine reaches it
    "#);
    bucket.s3.fail(Method::PUT, "", S3Fault::Refuse(403, "RequestTimeTooSkewed"), u64::MAX);
    shows!(with("AWS_REGION", "us-east-1"), @r#"
    exit 104
    error: cannot write 's3://bucket/load/tests/runs/[RUN]/run.json'
      caused by: http://127.0.0.1:[PORT] answers RequestTimeTooSkewed: Refused on purpose.
    hint: set this machine's clock: S3 takes requests up to 15 minutes off its own
    "#);
    bucket.s3.fail(Method::PUT, "", S3Fault::Refuse(301, "PermanentRedirect"), u64::MAX);
    shows!(with("AWS_REGION", "eu-west-1"), @r#"
    exit 104
    error: cannot write 's3://bucket/load/tests/runs/[RUN]/run.json'
      caused by: http://127.0.0.1:[PORT] answers PermanentRedirect: the bucket is in another region
    hint: set AWS_REGION to the bucket's region
    "#);
    bucket.s3.fail(Method::PUT, "", S3Fault::SLOW_DOWN, u64::MAX);
    shows!(with("AWS_MAX_ATTEMPTS", "2"), @r#"
    exit 1
    error: cannot write 's3://bucket/load/tests/runs/[RUN]/run.json'
      caused by: http://127.0.0.1:[PORT] answers SlowDown: Refused on purpose.
    hint: try it again later
    "#);
    assert_eq!(bucket.target.total_requests(), 0);
}

#[test]
fn a_place_that_is_no_bucket_or_not_there_is_said_before_there_is_any_load() {
    let bucket = Bucket::new();
    let (journey, url) = (crate::exchanges::journey(&bucket.place), bucket.target.url(""));
    let run = |out: &str| {
        let args = ["run", &journey, "--scenario", "visits", "--target", &url, "--out", out];
        bucket.host(&args).errors()
    };
    shows!(run("s3://"), @r#"
    exit 104
    error: cannot use 's3://' as a dataset: it names no bucket
    hint: for example --out s3://bucket/prefix
    "#);
    bucket.s3.fail(None, "/nowhere", S3Fault::Refuse(404, "NoSuchBucket"), u64::MAX);
    shows!(run("s3://nowhere/load"), @r#"
    exit 104
    error: cannot write 's3://nowhere/load/runs/[RUN]/run.json'
      caused by: http://127.0.0.1:[PORT] answers NoSuchBucket: Refused on purpose.
    hint: make the bucket, or name another: --out s3://bucket/prefix
    "#);
    shows!(run("s3://load tests?/a"), @r#"
    exit 104
    error: cannot use 's3://load tests?/a' as a dataset: the name of the bucket 'load tests?' has ' ' and '?'
    hint: give the name as the endpoint has it: letters, digits, '-', '.' and '_'
    "#);
    shows!(run("s4://bucket/load"), @r#"
    exit 104
    error: cannot use 's4://bucket/load' as a dataset: the scheme 's4' is not supported
    hint: give a folder, for example --out runs-of-today, or a bucket: --out s3://bucket/prefix
    "#);
    shows!(run("s3://bucket/runs/20260131T120000Z-4f2a9c"), @r#"
    exit 104
    error: cannot write runs to 's3://bucket/runs/[RUN]': it is the folder of the run '[RUN]'
    hint: --out names the folder that holds the folder `runs`, not one in it
    "#);
    let report = bucket.host(&["report", "--out", "s3://nowhere/load"]);
    shows!(report.errors(), @r#"
    exit 104
    error: cannot read 's3://nowhere/load/runs'
      caused by: http://127.0.0.1:[PORT] answers NoSuchBucket: Refused on purpose.
    hint: make the bucket, or name another: --out s3://bucket/prefix
    "#);
    assert_eq!(
        bucket.spool(),
        Vec::<std::path::PathBuf>::new(),
        "what failed has left nothing, no folder either"
    );
    let state = bucket.place.path().join("state");
    std::fs::remove_dir_all(&state).unwrap();
    std::fs::write(state, "in the way").unwrap();
    assert!(run("s3://bucket/load").contains("hint: set XDG_STATE_HOME"), "{}", run("s3://bucket/load"));
    assert_eq!(bucket.target.total_requests(), 0);
}

/// One code for all commands: nothing is wrong with what was asked for.
#[test]
fn a_bucket_that_cannot_be_reached_is_said_alike_by_all_commands() {
    let mut bucket = Bucket::new();
    bucket.s3.close();
    let out = bucket.out();
    let commands: [&[&str]; 7] = [
        &["runs"],
        &["runs", "show"],
        &["runs", "rm", "--older-than", "1d"],
        &["report"],
        &["report", "compare", "2"],
        &["report", "sql", "--all", "select 1"],
        &["annotate", "deployed"],
    ];
    for args in commands {
        let mut command = bucket.command(&[args, &["--out", &out]].concat());
        let said = bucket.said(command.env("AWS_MAX_ATTEMPTS", "1"));
        let words = said.errors();
        assert!(
            words.starts_with(
                "exit 1\nerror: cannot read 's3://bucket/load/tests/runs'\n  caused by: no answer from http"
            ),
            "{args:?}: {}",
            said.show()
        );
    }
}

/// Of AWS alone: other endpoints may have such buckets.
#[test]
fn a_bucket_that_no_s3_has_and_half_of_the_keys_are_said_before_anything_is_sent() {
    let bucket = Bucket::new();
    let report = |out: &str, unset: &[&str]| {
        let mut command = bucket.command(&["report", "--out", out]);
        for name in unset {
            command.env_remove(name);
        }
        bucket.said(&mut command).errors()
    };
    shows!(report("s3://My_Bucket/load", &["AWS_ENDPOINT_URL"]), @r#"
    exit 104
    error: cannot use 's3://My_Bucket/load' as a dataset: the name of the bucket 'My_Bucket' has capital letters, has '_'
    hint: did you mean 'my-bucket'? S3 takes lower-case letters, digits, '-' and '.'; AWS_ENDPOINT_URL names an endpoint that takes more
    "#);
    shows!(report("s3://bucket/load", &["AWS_SECRET_ACCESS_KEY"]), @r#"
    exit 104
    error: cannot use 's3://bucket/load' as a dataset
      caused by: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not
    hint: set both, or unset AWS_ACCESS_KEY_ID: then they come from a profile, or from the role of this machine, container or pod
    "#);
    assert_eq!(bucket.s3.requests(&Method::GET), 0);
    // The endpoint is asked, and says itself what it thinks of the name.
    let asked = report("s3://My_Bucket/load", &[]);
    assert!(bucket.s3.requests(&Method::GET) > 0, "{asked}");
}
