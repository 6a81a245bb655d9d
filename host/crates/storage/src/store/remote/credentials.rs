//! With whose credentials a bucket is asked, in the order of AWS's tools.

use std::io;
use std::sync::Arc;

use object_store::StaticCredentialProvider;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, AwsCredential};

use super::Variables;
use super::process::ProcessCredentials;
use super::profile::{Profile, Source};

/// Something about region, endpoint or credentials is not as it should be. None of it says a credential.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialError {
    #[error("cannot read '{file}'")]
    Unreadable {
        file: String,
        #[source]
        source: io::Error,
    },
    #[error("'{file}' has no `key = value` in line {line}")]
    Syntax { file: String, line: usize },
    #[error("{name} is not {wanted}")]
    Variable { name: &'static str, wanted: &'static str },
    #[error("there is no profile '{name}'")]
    NoProfile { name: String, nearest: Option<String> },
    #[error("{set} is set, but {unset} is not")]
    Half { set: &'static str, unset: &'static str },
    #[error("the profile '{profile}' has no {key}")]
    Lacks { profile: String, key: &'static str },
    #[error("the profile '{profile}' {how}, which only AWS's own tools can do")]
    SignsIn { profile: String, how: &'static str },
    #[error("there are no credentials: none in the environment, none in a profile")]
    None,
    #[error("the credential_process of the profile '{profile}' {fault}")]
    Process { profile: String, fault: String },
}

impl CredentialError {
    /// What the user can do about it, if that is known.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            CredentialError::NoProfile { nearest: Some(nearest), .. } => format!("did you mean '{nearest}'?"),
            CredentialError::NoProfile { nearest: None, .. } => {
                "see AWS_PROFILE, and the sections of ~/.aws/config and ~/.aws/credentials".to_owned()
            }
            CredentialError::SignsIn { profile, .. } => format!(
                "let them give their credentials to this shell: eval \"$(aws configure export-credentials --profile \
                 {profile} --format env)\"; or, asked again before they expire, a profile of its own with \
                 `credential_process = aws configure export-credentials --profile {profile}`"
            ),
            CredentialError::None => NO_CREDENTIALS.to_owned(),
            CredentialError::Half { set, .. } => {
                format!(
                    "set both, or unset {set}: then they come from a profile, or from the role of this machine, \
                     container or pod"
                )
            }
            CredentialError::Process { .. } => {
                "call it yourself: it must print {\"Version\": 1, \"AccessKeyId\": …, \"SecretAccessKey\": …}"
                    .to_owned()
            }
            CredentialError::Unreadable { .. }
            | CredentialError::Syntax { .. }
            | CredentialError::Variable { .. }
            | CredentialError::Lacks { .. } => return None,
        })
    }
}

/// Where credentials can come from.
pub(super) const NO_CREDENTIALS: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this \
                                         machine, container or pod a role";

impl From<CredentialError> for object_store::Error {
    fn from(error: CredentialError) -> object_store::Error {
        object_store::Error::Generic { store: "S3", source: Box::new(error) }
    }
}

/// Adds what a profile says where the environment says nothing.
pub(super) fn add(
    builder: AmazonS3Builder,
    variables: &Variables,
    profile: Option<&Profile>,
) -> Result<AmazonS3Builder, CredentialError> {
    let is_set = |name: &str| variables.contains_key(name);
    let mut builder = builder;
    if let Some(region) = profile.and_then(Profile::region)
        && !is_set("AWS_REGION")
        && !is_set("AWS_DEFAULT_REGION")
    {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = profile.and_then(Profile::endpoint)
        && !["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"].into_iter().any(is_set)
    {
        builder = builder.with_endpoint(endpoint);
    }
    const ID: &str = "AWS_ACCESS_KEY_ID";
    const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
    match (is_set(ID), is_set(SECRET)) {
        _ if is_set("AWS_SKIP_SIGNATURE") => return Ok(builder),
        (true, true) => return Ok(builder),
        (true, false) => return Err(CredentialError::Half { set: ID, unset: SECRET }),
        (false, true) => return Err(CredentialError::Half { set: SECRET, unset: ID }),
        (false, false) => {}
    }
    Ok(match profile.map(|profile| profile.source().map(|source| (profile, source))).transpose()? {
        Some((_, Source::Keys { id, secret, token })) => {
            // Not key by key: a token of the environment belongs to other keys.
            let (key_id, secret_key) = (id.to_owned(), secret.to_owned());
            let credential = AwsCredential { key_id, secret_key, token: token.map(str::to_owned) };
            builder.with_credentials(Arc::new(StaticCredentialProvider::new(credential)))
        }
        Some((_, Source::WebIdentity { token_file, role, session })) => {
            let builder = builder
                .with_config(AmazonS3ConfigKey::WebIdentityTokenFile, token_file)
                .with_config(AmazonS3ConfigKey::RoleArn, role);
            match session {
                Some(session) => builder.with_config(AmazonS3ConfigKey::RoleSessionName, session),
                None => builder,
            }
        }
        Some((profile, Source::Process { command })) => {
            builder.with_credentials(Arc::new(ProcessCredentials::new(&profile.name, command)))
        }
        Some((_, Source::None)) | None => {
            if is_alone(variables) {
                return Err(CredentialError::None);
            }
            builder
        }
    })
}

/// Whether nothing is left to ask: no token, no container, and the instance is not to be asked.
fn is_alone(variables: &Variables) -> bool {
    let others = [
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    let is_off =
        variables.get("AWS_EC2_METADATA_DISABLED").is_some_and(|off| off.eq_ignore_ascii_case("true"));
    is_off && !others.into_iter().any(|name| variables.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_source_that_is_said_at_once() {
        let variables = |pairs: &[(&str, &str)]| -> Variables {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let off = ("AWS_EC2_METADATA_DISABLED", "true");
        let added = |pairs: &[(&str, &str)]| add(AmazonS3Builder::new(), &variables(pairs), None);
        assert!(matches!(added(&[off]), Err(CredentialError::None)));
        let (id, secret) = (("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "secret"));
        assert!(added(&[off, id, secret]).is_ok());
        let half = |one| added(&[off, one]).unwrap_err().to_string();
        assert_eq!(half(id), "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
        assert_eq!(half(secret), "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not");
        assert!(added(&[off, ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2")]).is_ok());
        assert!(added(&[]).is_ok(), "the instance is asked");
    }
}
