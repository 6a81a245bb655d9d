//! What all virtual users of a run have in common.

use std::sync::{Arc, OnceLock};

use outrider_model::{RunClock, SampleSink};
use rustls::ClientConfig;
use serde_json::Value;

use super::answerer::Answerer;
use super::dns::{DnsCache, Resolve, SystemResolver};
use super::error::InvalidRequest;
use super::extract::PatternCache;
use super::label::Labels;
use super::schema::{SchemaCache, SchemaError};
use super::trace::TraceIds;
use super::user_agents::UserAgents;
use super::{HttpConfig, TlsSetupError, tls};
use crate::{Debugger, Grants};

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
    schemas: SchemaCache,
    /// How requests are called that have no name.
    pub(crate) labels: Labels,
    pub(super) user_agents: UserAgents,
    pub(super) trace_ids: TraceIds,
    tls: OnceLock<Result<ClientConfig, TlsSetupError>>,
    /// Told of each exchange, where the run is debugged.
    pub(super) debugger: Option<Debugger>,
    /// In the network's place, where a plugin is tested.
    pub(super) answerer: Option<Arc<dyn Answerer>>,
}

impl HttpShared {
    /// The common part of a run. Reads the system's root certificates if the target is `https`; else
    /// they are read for the first `https` request.
    ///
    /// # Errors
    ///
    /// If a user agent's text is not a header's value.
    pub fn new(
        config: HttpConfig,
        grants: Grants,
        clock: RunClock,
        sink: Arc<dyn SampleSink>,
    ) -> Result<HttpShared, InvalidRequest> {
        let user_agents = UserAgents::new(&config)?;
        let shared = HttpShared {
            dns: DnsCache::new(Arc::new(SystemResolver), config.dns_ttl, clock),
            patterns: Arc::default(),
            schemas: SchemaCache::default(),
            tls: OnceLock::new(),
            debugger: None,
            answerer: None,
            user_agents,
            trace_ids: TraceIds::new(&config),
            labels: Labels::new(config.base_url.as_ref(), &grants),
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

    /// Tells of each exchange, if there is somebody to be told.
    #[must_use]
    pub fn with_debugger(mut self, debugger: Option<Debugger>) -> HttpShared {
        self.debugger = debugger;
        self
    }

    /// Has `answerer` answer all requests, if there is one: no connection is opened then.
    #[must_use]
    pub fn with_answerer(mut self, answerer: Option<Arc<dyn Answerer>>) -> HttpShared {
        self.answerer = answerer;
        self
    }

    /// The configuration.
    pub fn config(&self) -> &HttpConfig {
        &self.config
    }

    /// Where a document does not fit a JSON Schema, a sentence for each of the first places; empty if it
    /// fits.
    ///
    /// # Errors
    ///
    /// If the schema cannot be used.
    pub fn schema_faults(&self, document: &Value, schema: &str) -> Result<Vec<String>, SchemaError> {
        self.schemas.faults(document, schema)
    }

    pub(crate) fn tls(&self) -> Result<&ClientConfig, TlsSetupError> {
        self.tls.get_or_init(|| tls::client_config(&self.config)).as_ref().map_err(Clone::clone)
    }
}
