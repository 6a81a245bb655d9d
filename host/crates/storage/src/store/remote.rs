//! Datasets in a bucket of S3, or of anything that speaks its protocol.
//!
//! Region, endpoint and credentials come from where AWS's own tools have them, in their order: the environment
//! (`AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, …), a profile (`profile.rs`), web identity, container,
//! instance. An endpoint that begins with `http://` is spoken to without TLS. What S3 answers is told in words
//! (`words.rs`).
//!
//! Not done: parts in several pieces (multipart uploads). A part of a far store is [`REMOTE_PART_BYTES`] and what one
//! tick adds, some tens of MiB at most; S3 takes 5 GiB in one put; and object_store cannot complete such an upload
//! create-only.
//!
//! [`REMOTE_PART_BYTES`]: crate::roller::REMOTE_PART_BYTES

mod bucket;
mod credentials;
mod ini;
mod process;
mod profile;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, Certificate, ClientConfigKey, ClientOptions, ObjectStore, RetryConfig};

use crate::digest::sha256;
use crate::{StorageError, StoreFault};
pub(crate) use credentials::CredentialError;
use profile::Profile;
use words::InWords;
pub(crate) use words::S3Error;

/// The scheme of such datasets.
pub(super) const SCHEME: &str = "s3";

/// Five seconds: an endpoint that throttles is waited for, and one that is not there is said to be before anyone thinks
/// that the program hangs. Parts are tried again for longer: [`REMOTE_PUT_TIME`](crate::roller::REMOTE_PUT_TIME).
const RETRY_FOR: Duration = Duration::from_secs(5);

/// From a tenth of a second to two: twice as long each time, with chance in it.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Far more than fit into [`RETRY_FOR`]: time is what ends it.
const MOST_RETRIES: usize = 1_000;

/// A minute for a request with its answer: four parts of 16 MiB at a time through an uplink of ten Mbit/s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The variables of the environment whose names begin with `AWS_`, but for empty ones.
pub(super) type Variables = BTreeMap<String, String>;

/// What a bucket was opened with.
pub(super) struct Opened {
    pub(super) objects: Arc<dyn ObjectStore>,
    /// How often a request is tried, if the user says so.
    pub(super) attempts: Option<u32>,
}

/// Opens `s3://bucket/prefix`. Nothing is sent yet.
pub(super) fn open(out: &str) -> Result<Opened, StorageError> {
    open_with(out, &variables())
}

fn open_with(out: &str, variables: &Variables) -> Result<Opened, StorageError> {
    let fault = |source| StorageError::Remote { out: out.to_owned(), source };
    let (bucket, prefix) = bucket_and_prefix(out);
    if bucket.is_empty() {
        return Err(StorageError::NoBucket { out: out.to_owned() });
    }
    let prefix = Path::parse(prefix.trim_matches('/')).map_err(|error| fault(StoreFault::new(error)))?;
    let attempts = attempts(variables).map_err(|error| fault(error.into()))?;
    let options = client_options(variables).map_err(|error| fault(error.into()))?;
    let builder = AmazonS3Builder::new().with_client_options(options);
    let builder = of_environment(builder, variables).with_bucket_name(bucket).with_retry(retry(attempts));
    let profile = Profile::load(variables).map_err(|error| fault(error.into()))?;
    let builder =
        credentials::add(builder, variables, profile.as_ref()).map_err(|error| fault(error.into()))?;
    if endpoint_of(&builder).is_some_and(|endpoint| !is_address(&endpoint)) {
        let wanted = "the address of an endpoint, as in https://minio.test:9000";
        return Err(fault(CredentialError::Variable { name: "AWS_ENDPOINT_URL", wanted }.into()));
    }
    if let Some((wrong, hint)) = bucket::fault(bucket, endpoint_of(&builder).is_some()) {
        let (out, bucket) = (out.to_owned(), bucket.to_owned());
        return Err(StorageError::BucketName { out, bucket, wrong, hint });
    }
    let builder = if is_plain(&builder) { allow_http(builder) } else { builder };
    let store = InWords(builder.build().map_err(|error| fault(StoreFault::of_settings(error)))?);
    let objects: Arc<dyn ObjectStore> = match prefix.as_ref() {
        "" => Arc::new(store),
        _ => Arc::new(PrefixStore::new(store, prefix)),
    };
    Ok(Opened { objects, attempts })
}

/// AWS's own names, which its tools and the library below read themselves.
fn variables() -> Variables {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    std::env::vars_os()
        .filter_map(text)
        .filter(|(name, value)| name.starts_with("AWS_") && !value.is_empty())
        .collect()
}

fn of_environment(builder: AmazonS3Builder, variables: &Variables) -> AmazonS3Builder {
    variables.iter().fold(builder, |builder, (name, value)| match name.to_ascii_lowercase().parse() {
        Ok(key) => builder.with_config(key, value),
        Err(_) => builder,
    })
}

/// `AWS_MAX_ATTEMPTS`, which AWS's tools know too.
fn attempts(variables: &Variables) -> Result<Option<u32>, CredentialError> {
    const NAME: &str = "AWS_MAX_ATTEMPTS";
    let Some(value) = variables.get(NAME) else { return Ok(None) };
    match value.parse() {
        Ok(attempts) if attempts > 0 => Ok(Some(attempts)),
        _ => Err(CredentialError::Variable { name: NAME, wanted: "a whole number from 1" }),
    }
}

fn retry(attempts: Option<u32>) -> RetryConfig {
    let backoff = BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, base: 2.0 };
    let max_retries = attempts.map_or(MOST_RETRIES, |attempts| attempts as usize - 1);
    RetryConfig { backoff, max_retries, retry_timeout: RETRY_FOR }
}

/// With `AWS_CA_BUNDLE`, whom to trust besides those whom the system trusts.
fn client_options(variables: &Variables) -> Result<ClientOptions, CredentialError> {
    let options = ClientOptions::new().with_timeout(REQUEST_TIMEOUT);
    let Some(file) = variables.get("AWS_CA_BUNDLE") else { return Ok(options) };
    let unreadable = |source| CredentialError::Unreadable { file: file.clone(), source };
    let bundle = std::fs::read(file).map_err(unreadable)?;
    let bundle = Certificate::from_pem_bundle(&bundle);
    let bundle = bundle.map_err(|error| unreadable(std::io::Error::other(error)))?;
    Ok(bundle.into_iter().fold(options, ClientOptions::with_root_certificate))
}

fn endpoint_of(builder: &AmazonS3Builder) -> Option<String> {
    // The one for S3 alone is the one that counts.
    let endpoints = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
    endpoints.iter().find_map(|key| builder.get_config_value(key))
}

/// What the library takes for granted.
fn is_address(endpoint: &str) -> bool {
    let parsed = url::Url::parse(endpoint).ok();
    parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn is_plain(builder: &AmazonS3Builder) -> bool {
    endpoint_of(builder).is_some_and(|endpoint| endpoint.starts_with("http://"))
}

fn allow_http(builder: AmazonS3Builder) -> AmazonS3Builder {
    builder.with_config(AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp), "true")
}

fn bucket_and_prefix(out: &str) -> (&str, &str) {
    let rest = out.split_once("://").map_or("", |(_, rest)| rest);
    rest.split_once('/').unwrap_or((rest, ""))
}

/// Where this machine keeps what it has of such a dataset and is not in it yet. `None` if it has no such place.
pub(super) fn spool(out: &str) -> Option<PathBuf> {
    let state = dirs::state_dir().or_else(dirs::data_local_dir)?;
    let digest = sha256(out.trim_end_matches('/').as_bytes());
    let name = digest.strip_prefix("sha256:").unwrap_or(&digest).get(..16)?.to_owned();
    Some(state.join("outrider").join("spool").join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        // Without it this machine's own profiles would be read.
        let nowhere = [("AWS_CONFIG_FILE", "/nowhere"), ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")];
        nowhere.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_endpoint_has_a_scheme_and_a_host() {
        assert!(["http://127.0.0.1:9000", "https://minio.test"].into_iter().all(is_address));
        assert!(
            !["minio.test:9000", "localhost:9000", "foo", "http://", "ftp://minio.test"]
                .into_iter()
                .any(is_address)
        );
        let of = |endpoint| open_with("s3://bucket", &variables(&[("AWS_ENDPOINT_URL", endpoint)])).err();
        assert!(of("localhost:9000").is_some(), "and nothing panics");
    }

    #[test]
    fn a_place_is_a_bucket_and_what_its_keys_begin_with() {
        assert_eq!(bucket_and_prefix("s3://bucket"), ("bucket", ""));
        assert_eq!(bucket_and_prefix("s3://bucket/"), ("bucket", ""));
        assert_eq!(bucket_and_prefix("s3://bucket/load/tests"), ("bucket", "load/tests"));
        for none in ["s3://", "s3:///load"] {
            assert!(matches!(open_with(none, &variables(&[])), Err(StorageError::NoBucket { .. })), "{none}");
        }
    }

    #[test]
    fn a_bucket_that_s3_cannot_have_is_refused_where_no_other_endpoint_may_have_it() {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "secret")];
        let open = |endpoint: &[(&str, &str)]| {
            open_with("s3://My_Bucket/a", &variables(&[&keys, endpoint].concat()))
        };
        let error = open(&[]).err().unwrap();
        assert_eq!(
            error.to_string(),
            "cannot use 's3://My_Bucket/a' as a dataset: the name of the bucket 'My_Bucket' has capital letters, has '_'"
        );
        assert!(error.hint().unwrap().starts_with("did you mean 'my-bucket'?"));
        assert!(open(&[("AWS_ENDPOINT_URL", "https://minio.test")]).is_ok());
    }

    #[test]
    fn each_place_has_a_spool_of_its_own_however_it_is_written() {
        assert_eq!(spool("s3://bucket/a"), spool("s3://bucket/a/"));
        assert_ne!(spool("s3://bucket/a"), spool("s3://bucket/b"));
    }

    #[test]
    fn the_endpoint_for_s3_alone_is_the_one_that_counts() {
        let general = ("AWS_ENDPOINT_URL", "https://general.test");
        let of = |pairs: &[(&str, &str)]| of_environment(AmazonS3Builder::new(), &variables(pairs));
        assert!(is_plain(&of(&[general, ("AWS_ENDPOINT_URL_S3", "http://s3.test")])));
        assert!(!is_plain(&of(&[general])));
    }

    #[test]
    fn attempts_are_those_that_the_user_asks_for() {
        let asked = |value| attempts(&variables(&[("AWS_MAX_ATTEMPTS", value)]));
        assert_eq!(asked("3").unwrap(), Some(3));
        assert_eq!(retry(Some(3)).max_retries, 2);
        for wrong in ["0", "many"] {
            let error = asked(wrong).unwrap_err();
            assert_eq!(error.to_string(), "AWS_MAX_ATTEMPTS is not a whole number from 1");
        }
    }

    #[test]
    fn a_bundle_that_cannot_be_read_is_named() {
        let bundle = variables(&[("AWS_CA_BUNDLE", "/nowhere/ca.pem")]);
        let error = open_with("s3://bucket", &bundle).err().unwrap();
        assert!(outrider_model::with_causes(&error).contains("cannot read '/nowhere/ca.pem'"), "{error:?}");
    }
}
