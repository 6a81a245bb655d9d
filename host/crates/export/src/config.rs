//! What is asked for.

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use outrider_model::{RunId, RunTag, Timestamp};

use crate::{ExportError, OtlpConfig};

/// Port 9464, which OpenTelemetry gives to Prometheus exporters; on this machine alone.
pub const DEFAULT_PROMETHEUS_ADDRESS: &str = "127.0.0.1:9464";

/// Thirty seconds: twice the 15 s between scrapes of the configuration that Prometheus is shipped with.
pub const DEFAULT_LINGER: Duration = Duration::from_secs(30);

/// What is exported while a run goes on. Defaults to nothing.
#[derive(Clone, Debug, Default)]
pub struct ExportConfig {
    /// Metrics, for whoever asks for them.
    pub prometheus: Option<PrometheusConfig>,
    /// Metrics and traces, sent to a collector.
    pub otlp: Option<OtlpConfig>,
    /// Each row as a line.
    pub jsonl: Option<JsonlTarget>,
}

impl ExportConfig {
    /// Whether nothing is exported.
    pub fn is_empty(&self) -> bool {
        self.prometheus.is_none() && self.otlp.is_none() && self.jsonl.is_none()
    }

    /// What can be seen to be wrong before anything is opened.
    pub fn faults(&self) -> Vec<ExportError> {
        self.jsonl.iter().filter_map(JsonlTarget::fault).collect()
    }
}

/// Where metrics can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrometheusConfig {
    address: String,
    /// How long the endpoint stays at most after a run, for a last scrape. Defaults to [`DEFAULT_LINGER`].
    pub linger: Duration,
}

impl PrometheusConfig {
    /// Reads `HOST:PORT`, `:PORT` (all addresses of this machine) or `PORT` (this machine alone).
    ///
    /// # Errors
    ///
    /// If it is neither.
    pub fn parse(text: &str) -> Result<PrometheusConfig, ExportError> {
        let fault = || ExportError::Address { text: text.to_owned() };
        let (host, port) = match text.rsplit_once(':') {
            Some(("", port)) => ("0.0.0.0", port),
            Some(both) => both,
            None => ("127.0.0.1", text),
        };
        let is_bracketed = host.starts_with('[') && host.ends_with(']');
        if host.contains(['/', ' ', '@']) || (host.contains(':') && !is_bracketed) {
            return Err(fault());
        }
        let port: u16 = port.parse().map_err(|_| fault())?;
        Ok(PrometheusConfig { address: format!("{host}:{port}"), linger: DEFAULT_LINGER })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }
}

/// Where rows go as lines.
#[derive(Clone, Debug)]
pub enum JsonlTarget {
    /// To a file, in place of what it held.
    File(PathBuf),
    /// To a stream of the process.
    Stream(Stream),
}

impl JsonlTarget {
    /// What can be seen to be wrong with it before it is opened.
    pub fn fault(&self) -> Option<ExportError> {
        let JsonlTarget::File(path) = self else { return None };
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        match parent {
            _ if path.is_dir() => Some(ExportError::JsonlIsFolder { path: path.clone() }),
            Some(folder) if !folder.is_dir() => {
                Some(ExportError::NoFolder { path: path.clone(), folder: folder.to_owned() })
            }
            _ => None,
        }
    }
}

impl fmt::Display for JsonlTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonlTarget::File(path) => path.display().fmt(f),
            JsonlTarget::Stream(_) => f.write_str("standard output"),
        }
    }
}

type Writer = Box<dyn Write + Send>;

/// A stream that the first run that asks for it gets.
#[derive(Clone)]
pub struct Stream(Arc<Mutex<Option<Writer>>>);

impl Stream {
    /// A stream for one run.
    pub fn new(stream: impl Write + Send + 'static) -> Stream {
        Stream(Arc::new(Mutex::new(Some(Box::new(stream)))))
    }

    pub(crate) fn take(&self) -> Writer {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| Box::new(std::io::sink()))
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").finish_non_exhaustive()
    }
}

/// Whose metrics, traces and rows these are.
#[derive(Clone, Debug)]
pub struct RunIdentity {
    /// The run.
    pub run_id: RunId,
    /// What it is called, if it is called anything.
    pub name: Option<String>,
    /// Its tags.
    pub tags: Vec<RunTag>,
    /// What it loads, if it has a target.
    pub target: Option<String>,
    /// The program's version.
    pub version: &'static str,
    /// When it started.
    pub started_at: Timestamp,
    /// What the trace ids of its iterations follow from.
    pub traces: outrider_model::IterationTraces,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_port_or_a_host_with_a_port() {
        let address = |text: &str| PrometheusConfig::parse(text).map(|config| config.address).ok();
        for (text, read) in [
            ("9464", "127.0.0.1:9464"),
            (":9464", "0.0.0.0:9464"),
            ("localhost:0", "localhost:0"),
            ("[::1]:9464", "[::1]:9464"),
        ] {
            assert_eq!(address(text).as_deref(), Some(read), "{text}");
        }
        for bad in ["", "host", "::1:9464", "127.0.0.1:99999", "http://127.0.0.1:9464", "a b:1"] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_file_needs_a_folder_and_is_none() {
        let fault = |path: &str| JsonlTarget::File(path.into()).fault();
        assert!(fault("rows.jsonl").is_none());
        assert!(matches!(fault("src"), Some(ExportError::JsonlIsFolder { .. })));
        assert!(matches!(fault("nowhere/rows.jsonl"), Some(ExportError::NoFolder { .. })));
    }
}
