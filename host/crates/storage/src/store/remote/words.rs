//! What S3 answers, in words: its code and message, not the document around them, in which an endpoint may say
//! headers of the request and so a session's token.

use std::error::Error;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error as StoreError, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use outrider_model::causes;

use super::credentials::NO_CREDENTIALS;

/// The longest message that is repeated, in characters: S3's own have some 200.
const LONGEST_MESSAGE: usize = 400;

/// Why S3 did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum S3Error {
    /// It refused, or could not.
    #[error("{endpoint} answers {code}{}", behind(message))]
    Answer {
        /// Scheme, host and port.
        endpoint: String,
        /// S3's code, else the status.
        code: String,
        /// What it says besides.
        message: String,
    },
    /// It did not answer.
    #[error("no answer from {endpoint}: {why}")]
    NoAnswer { endpoint: String, why: String },
    /// Nobody gives credentials for it.
    #[error(
        "there are no credentials: none in the environment, none in a profile, and this machine's role gives none ({why})"
    )]
    NoCredentials { why: String },
}

fn behind(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

impl S3Error {
    /// What a library's error says, if it is of a request.
    fn of(error: &(dyn Error + 'static)) -> Option<S3Error> {
        let text = error.to_string();
        let url = url_of(&text)?;
        let endpoint =
            url::Url::parse(url).map_or_else(|_| "the endpoint".to_owned(), |url| endpoint_of(&url));
        let of_instance = url.contains("/latest/api/token") || url.contains("/latest/meta-data/");
        if let Some(code) = element(&text, "Code").or_else(|| status_of(&text)) {
            let message = element(&text, "Message").unwrap_or_default();
            return Some(match of_instance {
                true => S3Error::NoCredentials { why: format!("{endpoint} answers {code}") },
                false => S3Error::Answer { endpoint, code, message },
            });
        }
        if text.contains("redirect without LOCATION") {
            let (code, message) = (MOVED.to_owned(), "the bucket is in another region".to_owned());
            return Some(S3Error::Answer { endpoint, code, message });
        }
        let why = causes(error).last().unwrap_or(error).to_string();
        Some(match of_instance {
            true => S3Error::NoCredentials { why: format!("no answer from {endpoint}: {why}") },
            false => S3Error::NoAnswer { endpoint, why },
        })
    }

    /// Whether another time may bring another answer: nothing is wrong with what was asked for.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            S3Error::NoAnswer { .. } => true,
            S3Error::Answer { code, .. } => {
                ["SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"].contains(&code.as_str())
                    || code.starts_with('5')
            }
            S3Error::NoCredentials { .. } => false,
        }
    }

    fn is_missing_bucket(&self) -> bool {
        matches!(self, S3Error::Answer { code, .. } if code == "NoSuchBucket")
    }

    /// What the user can do about it, if that is known.
    pub(crate) fn hint(&self) -> Option<String> {
        let code = match self {
            S3Error::NoAnswer { .. } => {
                return Some(
                    "see AWS_ENDPOINT_URL and AWS_REGION, and whether this machine reaches it".to_owned(),
                );
            }
            S3Error::NoCredentials { .. } => return Some(NO_CREDENTIALS.to_owned()),
            S3Error::Answer { code, .. } => code.as_str(),
        };
        let hint = match code {
            "NoSuchBucket" => "make the bucket, or name another: --out s3://bucket/prefix",
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidToken"
            | "InvalidSecurity"
            | "NotSignedUp" => {
                "see AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the profile that AWS_PROFILE names"
            }
            "ExpiredToken" | "TokenRefreshRequired" | "RequestExpired" => {
                "get new credentials: these are too old"
            }
            "AccessDenied" | "AllAccessDisabled" | "403 Forbidden" => {
                "it takes s3:PutObject, s3:GetObject, s3:DeleteObject and s3:ListBucket on that bucket and prefix"
            }
            "RequestTimeTooSkewed" => {
                "set this machine's clock: S3 takes requests up to 15 minutes off its own"
            }
            MOVED | "AuthorizationHeaderMalformed" | "301 Moved Permanently" | "307 Temporary Redirect" => {
                "set AWS_REGION to the bucket's region"
            }
            "NotImplemented" | "501 Not Implemented" => {
                "runs need an endpoint that takes create-only puts (If-None-Match: *)"
            }
            _ if self.is_passing() => "try it again later",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// S3's code for a bucket that is elsewhere.
const MOVED: &str = "PermanentRedirect";

/// The URL of the request, which the library's errors say.
fn url_of(text: &str) -> Option<&str> {
    const BEFORE: &str = "Error performing ";
    let requests = text.match_indices(BEFORE).filter_map(|(at, _)| {
        let (_method, behind) = text[at + BEFORE.len()..].split_once(' ')?;
        let url = behind.split_whitespace().next()?;
        (url.contains("://") || url == "REDACTED").then_some(url)
    });
    requests.last()
}

fn endpoint_of(url: &url::Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// `403 Forbidden`, where there is no document.
fn status_of(text: &str) -> Option<String> {
    let (_, behind) = text.split_once("status code: ")?;
    let status = behind.split(':').next()?.trim();
    Some(status.to_owned()).filter(|status| !status.is_empty())
}

/// What stands in an element of the answer's document.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, behind) = text.split_once(&format!("<{name}>"))?;
    let (inner, _) = behind.split_once(&format!("</{name}>"))?;
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    let inner = plain.iter().fold(inner.trim().to_owned(), |text, (from, to)| text.replace(from, to));
    Some(inner.chars().take(LONGEST_MESSAGE).collect()).filter(|inner: &String| !inner.is_empty())
}

/// The same error in words.
fn in_words(error: StoreError) -> StoreError {
    fn words(source: Source) -> Source {
        S3Error::of(&*source).map_or(source, |error| Box::new(error))
    }
    match error {
        StoreError::Generic { store, source } => StoreError::Generic { store, source: words(source) },
        StoreError::NotFound { path, source } => {
            let source = words(source);
            // An object that is not there is no fault, a bucket is.
            match source.downcast_ref::<S3Error>().is_some_and(S3Error::is_missing_bucket) {
                true => StoreError::Generic { store: "S3", source },
                false => StoreError::NotFound { path, source },
            }
        }
        StoreError::AlreadyExists { path, source } => {
            StoreError::AlreadyExists { path, source: words(source) }
        }
        StoreError::Precondition { path, source } => StoreError::Precondition { path, source: words(source) },
        StoreError::NotModified { path, source } => StoreError::NotModified { path, source: words(source) },
        StoreError::PermissionDenied { path, source } => {
            StoreError::PermissionDenied { path, source: words(source) }
        }
        StoreError::Unauthenticated { path, source } => {
            StoreError::Unauthenticated { path, source: words(source) }
        }
        other => other,
    }
}

type Source = Box<dyn Error + Send + Sync + 'static>;

/// A store whose errors are in words.
#[derive(Debug)]
pub(super) struct InWords<S>(pub(super) S);

impl<S: ObjectStore> std::fmt::Display for InWords<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

#[async_trait]
impl<S: ObjectStore> ObjectStore for InWords<S> {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        self.0.put_opts(location, payload, opts).await.map_err(in_words)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, opts).await.map_err(in_words)
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let mut result = self.0.get_opts(location, options).await.map_err(in_words)?;
        if let GetResultPayload::Stream(stream) = result.payload {
            result.payload = GetResultPayload::Stream(stream.map_err(in_words).boxed());
        }
        Ok(result)
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations).map_err(in_words).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix).map_err(in_words).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await.map_err(in_words)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await.map_err(in_words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<S3Error> {
        S3Error::of(&std::io::Error::other(text))
    }

    const REFUSED: &str = "Error performing PUT http://127.0.0.1:9000/bucket/a/run.json in 2ms - Server returned non-2xx \
                           status code: 403 Forbidden: <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
                           <Message>The key &amp; the signature differ</Message><CanonicalRequest>x-amz-security-token:\
                           hunter22</CanonicalRequest></Error>";

    #[test]
    fn an_answer_is_told_by_its_code_and_message_alone() {
        let error = of(REFUSED).unwrap();
        let words = "http://127.0.0.1:9000 answers SignatureDoesNotMatch: The key & the signature differ";
        assert_eq!(error.to_string(), words);
        assert!(error.hint().unwrap().contains("AWS_SECRET_ACCESS_KEY") && !error.is_passing());
        let source = std::io::Error::other(REFUSED).into();
        let told = in_words(StoreError::PermissionDenied { path: "a".to_owned(), source });
        assert!(!format!("{told} {told:?}").contains("hunter22"), "{told:?}");
    }

    #[test]
    fn an_answer_without_a_document_is_told_by_its_status() {
        let text = "Error performing HEAD https://s3.eu-west-1.amazonaws.com/b/k in 9ms - Server returned non-2xx status \
                    code: 503 Service Unavailable: ";
        let error = of(text).unwrap();
        assert_eq!(error.to_string(), "https://s3.eu-west-1.amazonaws.com answers 503 Service Unavailable");
        assert!(error.is_passing());
    }

    #[test]
    fn no_answer_another_region_and_no_role_are_told_apart() {
        let listed = "Error performing list request: Error performing GET http://h:1/b in 5s, after 9 retries, \
                      max_retries: 1000, retry_timeout: 5s  - HTTP error: error sending request";
        let error = of(listed).unwrap();
        assert!(matches!(&error, S3Error::NoAnswer { endpoint, .. } if endpoint == "http://h:1"), "{error}");
        let moved = "Error performing PUT https://s3.us-east-1.amazonaws.com/b/k in 1ms - Received redirect without \
                     LOCATION, this normally indicates an incorrectly configured region";
        assert!(of(moved).unwrap().hint().unwrap().contains("AWS_REGION"));
        let role = "Error performing PUT http://169.254.169.254/latest/api/token in 5s - HTTP error: error sending request";
        assert!(matches!(of(role), Some(S3Error::NoCredentials { .. })));
        assert_eq!(of("the disk is full"), None);
    }

    #[test]
    fn a_bucket_that_is_not_there_is_no_missing_object() {
        let text = |code: &str| {
            format!(
                "Error performing GET http://h/b/k in 1ms - Server returned non-2xx status code: 404 Not Found: \
                     <Error><Code>{code}</Code></Error>"
            )
        };
        let told = |code: &str| {
            let source = std::io::Error::other(text(code)).into();
            in_words(StoreError::NotFound { path: "k".to_owned(), source })
        };
        assert!(matches!(told("NoSuchKey"), StoreError::NotFound { .. }));
        assert!(matches!(told("NoSuchBucket"), StoreError::Generic { .. }));
    }
}
