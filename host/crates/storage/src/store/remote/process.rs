//! Credentials that a program prints (`credential_process` of a profile), asked for again before they expire.

use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use outrider_model::{RunClock, Timestamp};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::credentials::CredentialError;
use crate::recovery::in_background;
use crate::rfc3339;

/// A minute before they expire new ones are asked for: a request with its retries must end before.
const BEFORE_EXPIRY: Duration = Duration::from_secs(60);

/// A minute for the program: it may ask a server, but nobody answers questions of its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// The credentials of one profile.
#[derive(Debug)]
pub(super) struct ProcessCredentials {
    profile: String,
    command: String,
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    credential: Arc<AwsCredential>,
    expires_at: Option<Timestamp>,
}

impl Held {
    fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires_at| expires_at.since(now) > BEFORE_EXPIRY)
    }
}

/// What the program prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<String>,
}

impl ProcessCredentials {
    pub(super) fn new(profile: &str, command: &str) -> ProcessCredentials {
        ProcessCredentials {
            profile: profile.to_owned(),
            command: command.to_owned(),
            held: Mutex::default(),
        }
    }

    fn fault(&self, fault: impl Into<String>) -> CredentialError {
        CredentialError::Process { profile: self.profile.clone(), fault: fault.into() }
    }

    async fn ask(&self) -> Result<Held, CredentialError> {
        let output = output_of(&self.command).await.map_err(|fault| self.fault(fault))?;
        if !output.status.success() {
            return Err(self.fault(format!("failed ({})", output.status)));
        }
        // Nothing of what it prints is said: it is secret.
        let not_understood = || self.fault("prints something else than credentials");
        let printed: Printed = serde_json::from_slice(&output.stdout).map_err(|_| not_understood())?;
        if printed.version != 1 {
            return Err(self.fault(format!("prints version {} in place of 1", printed.version)));
        }
        let expires_at = printed.expiration.as_deref().map(rfc3339::parse).transpose();
        let credential = AwsCredential {
            key_id: printed.access_key_id,
            secret_key: printed.secret_access_key,
            token: printed.session_token,
        };
        let expires_at = expires_at.map_err(|_| self.fault("prints an Expiration that is no time"))?;
        Ok(Held { credential: Arc::new(credential), expires_at })
    }
}

#[async_trait]
impl CredentialProvider for ProcessCredentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let mut held = self.held.lock().await;
        let now = RunClock::start_now().now();
        if let Some(good) = held.as_ref().filter(|held| held.is_good(now)) {
            return Ok(Arc::clone(&good.credential));
        }
        let asked = self.ask().await?;
        Ok(Arc::clone(&held.insert(asked).credential))
    }
}

/// Runs a command line to its end, or says why that cannot be. Its standard error is the user's.
async fn output_of(command: &str) -> Result<Output, String> {
    let child = shell(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot be started: {error}"))?;
    let id = child.id();
    match tokio::time::timeout(PATIENCE, in_background(move || child.wait_with_output())).await {
        Ok(output) => output.map_err(|error| format!("cannot be read: {error}")),
        Err(_) => {
            end(id);
            Err(format!("has not ended after {} seconds", PATIENCE.as_secs()))
        }
    }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    use std::os::unix::process::CommandExt;
    let mut shell = Command::new("sh");
    // A group of its own, so that all of it can be ended.
    shell.args(["-c", command]).process_group(0);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    shell.args(["/C", command]);
    shell
}

#[cfg(unix)]
fn end(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = i32::try_from(id).ok().and_then(Pid::from_raw);
    if let Some(Err(error)) = group.map(|group| kill_process_group(group, Signal::KILL)) {
        tracing::debug!(%error, "the credential_process stays");
    }
}

#[cfg(not(unix))]
fn end(_id: u32) {}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn printing(expiration: &str, counter: &std::path::Path) -> ProcessCredentials {
        let json = format!(
            r#"{{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "s", "SessionToken": "t"{expiration}}}"#
        );
        ProcessCredentials::new("ours", &format!("echo x >> '{}'; echo '{json}'", counter.display()))
    }

    async fn asked(expiration: &str) -> usize {
        let folder = tempfile::tempdir().unwrap();
        let counter = folder.path().join("asked");
        let process = printing(expiration, &counter);
        for _ in 0..3 {
            let credential = process.get_credential().await.unwrap();
            assert_eq!((credential.key_id.as_str(), credential.token.as_deref()), ("AKIA", Some("t")));
        }
        std::fs::read_to_string(counter).unwrap().lines().count()
    }

    #[tokio::test]
    async fn a_program_is_asked_again_only_before_its_credentials_expire() {
        assert_eq!(asked("").await, 1);
        assert_eq!(asked(r#", "Expiration": "2099-01-01T00:00:00Z""#).await, 1);
        assert_eq!(asked(r#", "Expiration": "2020-01-01T00:00:00Z""#).await, 3);
    }

    #[tokio::test]
    async fn what_a_program_does_wrong_is_said_without_what_it_prints() {
        for (command, fault) in [
            ("echo secret; exit 3", "failed (exit status: 3)"),
            ("echo secret", "prints something else than credentials"),
            (
                r#"echo '{"Version": 2, "AccessKeyId": "secret", "SecretAccessKey": "s"}'"#,
                "prints version 2 in place of 1",
            ),
        ] {
            let error =
                ProcessCredentials::new("ours", command).get_credential().await.unwrap_err().to_string();
            let expected = format!("the credential_process of the profile 'ours' {fault}");
            assert!(error.ends_with(&expected) && !error.contains("secret"), "{error}");
        }
    }
}
