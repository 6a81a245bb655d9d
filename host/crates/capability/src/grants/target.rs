//! The target of a run: the base URL that relative URLs resolve against.

use url::Url;

/// A target that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not a URL.
    #[error("target '{text}' is not a URL")]
    Invalid {
        /// The text.
        text: String,
        /// Why.
        #[source]
        source: url::ParseError,
    },
    /// There is no `http://` or `https://`.
    #[error("target '{text}' does not begin with http:// or https://")]
    Scheme {
        /// The text.
        text: String,
    },
}

impl TargetError {
    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            TargetError::Scheme { text } if !text.contains("://") => format!("write http://{text}"),
            _ => "write for example http://127.0.0.1:8080 or https://shop.test".to_owned(),
        }
    }
}

/// Reads a target, for example `https://shop.test:8443/base/`.
///
/// # Errors
///
/// If it is not an absolute URL with the scheme `http` or `https`.
pub fn parse_target(text: &str) -> Result<Url, TargetError> {
    let scheme = || TargetError::Scheme { text: text.to_owned() };
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => return Err(scheme()),
        Err(source) => return Err(TargetError::Invalid { text: text.to_owned(), source }),
    };
    // `localhost:8080` is a URL too: of the scheme `localhost`.
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(scheme()) }
}
