//! What all virtual users of a run have in common.

use std::sync::{Arc, OnceLock};

use http::HeaderValue;
use outrider_model::{RunClock, SampleSink};
use rustls::ClientConfig;

use super::dns::{DnsCache, Resolve, SystemResolver};
use super::error::InvalidRequest;
use super::extract::PatternCache;
use super::{HttpConfig, TlsSetupError, tls};
use crate::Grants;

/// What all virtual users of a run have in common: configuration, grants, resolved names, TLS roots and
/// compiled patterns. No connections.
#[derive(Debug)]
pub struct HttpShared {
    pub(crate) config: HttpConfig,
    pub(crate) grants: Grants,
    pub(crate) clock: RunClock,
    pub(crate) sink: Arc<dyn SampleSink>,
    pub(crate) dns: DnsCache,
    pub(crate) patterns: Arc<PatternCache>,
    pub(crate) user_agent: HeaderValue,
    tls: OnceLock<Result<ClientConfig, TlsSetupError>>,
}

impl HttpShared {
    /// The common part of a run. Reads the system's root certificates if the target is `https`; else
    /// they are read for the first `https` request.
    ///
    /// # Errors
    ///
    /// If the user agent's text is not a header's value.
    pub fn new(
        config: HttpConfig,
        grants: Grants,
        clock: RunClock,
        sink: Arc<dyn SampleSink>,
    ) -> Result<HttpShared, InvalidRequest> {
        let user_agent = HeaderValue::from_bytes(config.user_agent.as_bytes())
            .map_err(|_| InvalidRequest::HeaderValue { name: "user-agent".to_owned() })?;
        let shared = HttpShared {
            dns: DnsCache::new(Arc::new(SystemResolver), config.dns_ttl, clock),
            patterns: Arc::default(),
            tls: OnceLock::new(),
            user_agent,
            config,
            grants,
            clock,
            sink,
        };
        if shared.config.base_url.as_ref().is_some_and(|base| base.scheme() == "https")
            && let Err(error) = shared.tls()
        {
            // The requests will say it too; some journeys make none.
            tracing::warn!(%error, "tls is not available");
        }
        Ok(shared)
    }

    /// Resolves names with `resolver` instead of the system's.
    #[must_use]
    pub fn with_resolver(mut self, resolver: Arc<dyn Resolve>) -> HttpShared {
        self.dns = DnsCache::new(resolver, self.config.dns_ttl, self.clock);
        self
    }

    /// The configuration.
    pub fn config(&self) -> &HttpConfig {
        &self.config
    }

    pub(crate) fn tls(&self) -> Result<&ClientConfig, TlsSetupError> {
        self.tls.get_or_init(|| tls::client_config(&self.config)).as_ref().map_err(Clone::clone)
    }
}
