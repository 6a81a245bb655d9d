//! Credentials, region and endpoint from a profile of AWS's tools.

use std::process::Command;

use super::Bucket;
use crate::harness::{Said, shows};

/// The run without what the environment says of the bucket.
fn command(bucket: &Bucket, profile: Option<&str>) -> Command {
    let mut command = bucket.run_command("1s");
    for (name, _) in bucket.s3.env() {
        command.env_remove(name);
    }
    if let Some(profile) = profile {
        command.env("AWS_PROFILE", profile);
    }
    command
}

fn run(bucket: &Bucket, profile: Option<&str>) -> Said {
    bucket.said(&mut command(bucket, profile))
}

/// Another endpoint than that of the profile would not have it.
fn is_written(bucket: &Bucket, said: &Said) {
    assert_eq!(said.code, Some(0), "{}", said.show());
    bucket.is_complete();
}

fn keys(bucket: &Bucket) -> (String, String) {
    let value = |wanted: &str| {
        let env = bucket.s3.env();
        env.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone()).unwrap()
    };
    (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"))
}

#[test]
fn a_profile_has_keys_region_and_endpoint() {
    let bucket = Bucket::new();
    let (id, secret) = keys(&bucket);
    let url = bucket.s3.url();
    bucket.place.file(
        "aws-config",
        format!("[profile work]\nregion = us-east-1\nservices = minio\n[services minio]\ns3 =\n  endpoint_url = {url}\n"),
    );
    bucket.place.file(
        "aws-credentials",
        format!("[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
    );
    is_written(&bucket, &run(&bucket, Some("work")));
    shows!(run(&bucket, Some("wrok")).errors(), @r#"
    exit 104
    error: cannot use 's3://bucket/load/tests' as a dataset
      caused by: there is no profile 'wrok'
    hint: did you mean 'work'?
    "#);
    shows!(run(&bucket, None).errors(), @r#"
    exit 104
    error: cannot use 's3://bucket/load/tests' as a dataset
      caused by: there are no credentials: none in the environment, none in a profile
    hint: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine, container or pod a role
    "#);
}

#[test]
fn a_credential_process_is_asked_and_told_by_its_profile_when_it_fails() {
    let bucket = Bucket::new();
    let (id, secret) = keys(&bucket);
    let json = format!(r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "{secret}"}}"#);
    let json = bucket.place.file("credentials.json", json);
    bucket.place.file(
        "aws-config",
        format!(
            "[default]\nendpoint_url = {}\ncredential_process = cat '{}'\n\
             [profile broken]\ncredential_process = echo {secret} && exit 7\n\
             [profile corp]\nsso_session = corp\n",
            bucket.s3.url(),
            json.display()
        ),
    );
    is_written(&bucket, &run(&bucket, None));
    shows!(run(&bucket, Some("broken")).errors(), @r#"
    exit 104
    error: cannot write 's3://bucket/load/tests/runs/[RUN]/run.json'
      caused by: the credential_process of the profile 'broken' failed (exit status: 7)
    hint: call it yourself: it must print {"Version": 1, "AccessKeyId": …, "SecretAccessKey": …}
    "#);
    shows!(run(&bucket, Some("corp")).errors(), @r#"
    exit 104
    error: cannot use 's3://bucket/load/tests' as a dataset
      caused by: the profile 'corp' signs in by a browser, which only AWS's own tools can do
    hint: let them give their credentials to this shell: eval "$(aws configure export-credentials --profile corp --format env)"; or, asked again before they expire, a profile of its own with `credential_process = aws configure export-credentials --profile corp`
    "#);
}
