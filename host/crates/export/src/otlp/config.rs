//! Where metrics and traces go, and how.

use std::time::Duration;

use http::HeaderMap;
use outrider_model::nearest;
use url::Url;

use super::variables::Variables;
use crate::ExportError;

/// Where collectors take OTLP over HTTP.
pub const DEFAULT_OTLP_URL: &str = "http://127.0.0.1:4318";

/// One iteration in a hundred: of a thousand iterations a second, with ten requests each, a collector gets a hundred spans a
/// second, and the target, which is asked to follow, traces no more than that beside its work.
pub const DEFAULT_TRACE_SHARE: f64 = 0.01;

/// Ten seconds between two exports of metrics, shorter than OpenTelemetry's minute: many runs last no longer than that.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(10);

/// OpenTelemetry's own ten seconds for one export.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// How messages are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OtlpProtocol {
    /// Protocol buffers.
    #[default]
    Protobuf,
    /// JSON.
    Json,
}

/// Where one of the two kinds of message goes.
#[derive(Clone, Debug)]
pub(crate) struct Signal {
    pub(crate) endpoint: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) timeout: Duration,
    pub(crate) protocol: OtlpProtocol,
    pub(crate) gzip: bool,
}

/// Metrics and traces over OTLP.
#[derive(Clone, Debug)]
pub struct OtlpConfig {
    url: String,
    pub(crate) metrics: Option<Signal>,
    pub(crate) traces: Option<Signal>,
    share: f64,
    pub(crate) interval: Duration,
    /// Attributes of the resource besides those of the run.
    pub(crate) attributes: Vec<(String, String)>,
}

/// What is asked for besides the environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtlpAsked<'a> {
    /// The URL of a flag, which goes before the environment.
    pub flag: Option<&'a str>,
    /// The URL of a plan, which the environment goes before, and its place.
    pub plan: Option<(&'a str, &'a str)>,
    /// The share of iterations of which there are traces, if a flag says it.
    pub share: Option<f64>,
    /// The same of a plan.
    pub share_of_plan: Option<f64>,
}

impl OtlpConfig {
    /// Puts together what flags, the environment and a plan say, in this order.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn new(
        asked: OtlpAsked<'_>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<OtlpConfig, Vec<ExportError>> {
        let mut variables = Variables::new(variable);
        let share = share(asked, &mut variables);
        let base = base(asked, &mut variables);
        let is_off = |variables: &Variables<'_>, signal: &str| {
            variables.text(&format!("OTEL_{signal}_EXPORTER")).is_some_and(|text| text == "none")
        };
        let metrics = (!is_off(&variables, "METRICS"))
            .then(|| signal("METRICS", "v1/metrics", asked, base.as_ref(), &mut variables));
        let traces = (!is_off(&variables, "TRACES") && share > 0.0)
            .then(|| signal("TRACES", "v1/traces", asked, base.as_ref(), &mut variables));
        let interval = variables.text("OTEL_METRIC_EXPORT_INTERVAL");
        let interval = interval.map(|text| (text, "OTEL_METRIC_EXPORT_INTERVAL".to_owned()));
        let interval = variables.milliseconds(interval).unwrap_or(DEFAULT_INTERVAL);
        let attributes = attributes(&mut variables);
        match (base, variables.faults.is_empty()) {
            (Some(base), true) => Ok(OtlpConfig {
                url: shown(&base),
                metrics: metrics.flatten(),
                traces: traces.flatten(),
                share,
                interval,
                attributes,
            }),
            _ => Err(variables.faults),
        }
    }

    /// The collector's URL, without user and password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether there are metrics.
    pub fn has_metrics(&self) -> bool {
        self.metrics.is_some()
    }

    /// The share of iterations of which there are traces, from 0 to 1.
    pub fn trace_share(&self) -> f64 {
        if self.traces.is_some() { self.share } else { 0.0 }
    }
}

/// The share of a flag, of the environment, of the plan, else the default.
fn share(asked: OtlpAsked<'_>, variables: &mut Variables<'_>) -> f64 {
    if let Some(share) = asked.share {
        return share;
    }
    let of_plan = asked.share_of_plan.unwrap_or(DEFAULT_TRACE_SHARE);
    let argument = variables.text("OTEL_TRACES_SAMPLER_ARG").map(|text| text.parse::<f64>());
    let argument = match argument {
        Some(Ok(share)) if (0.0..=1.0).contains(&share) => Some(share),
        Some(_) => {
            variables.refuse("OTEL_TRACES_SAMPLER_ARG", "a share from 0 to 1");
            None
        }
        None => None,
    };
    let sampler = variables.text("OTEL_TRACES_SAMPLER");
    match sampler.as_deref().map(|sampler| sampler.trim_start_matches("parentbased_")) {
        Some("always_on") => 1.0,
        Some("always_off") => 0.0,
        Some("traceidratio") => argument.unwrap_or(1.0),
        Some(_) => {
            variables.refuse("OTEL_TRACES_SAMPLER", "always_on, always_off or traceidratio");
            of_plan
        }
        None => argument.unwrap_or(of_plan),
    }
}

/// The URL of the collector, to which the paths of the two signals are added.
fn base(asked: OtlpAsked<'_>, variables: &mut Variables<'_>) -> Option<Url> {
    const VARIABLE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let of_environment = variables.text(VARIABLE);
    let (place, text) = match (asked.flag, &of_environment, asked.plan) {
        (Some(flag), ..) => ("--export otlp", flag),
        (None, Some(text), _) => (VARIABLE, text.as_str()),
        (None, None, Some((text, place))) => (place, text),
        (None, None, None) => ("the default", DEFAULT_OTLP_URL),
    };
    parse(place, text).map_err(|fault| variables.faults.push(fault)).ok()
}

fn parse(place: &str, text: &str) -> Result<Url, ExportError> {
    let fault = |why: String| {
        let text = Url::parse(text).map_or_else(|_| without_user(text), |url| shown(&url));
        ExportError::OtlpUrl { place: place.to_owned(), text, why }
    };
    let url = Url::parse(text).map_err(|error| fault(error.to_string()))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(fault(match nearest(url.scheme(), ["http", "https"]) {
            Some(near) => format!("did you mean {near}://?"),
            None => "it begins with neither http:// nor https://".to_owned(),
        }));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(fault("it has no host".to_owned()));
    }
    Ok(url)
}

/// What is no URL may have a password all the same.
fn without_user(text: &str) -> String {
    text.rsplit_once('@').map_or_else(|| text.to_owned(), |(_, rest)| format!("…@{rest}"))
}

fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Neither can fail: it has a host.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.to_string().trim_end_matches('/').to_owned()
}

fn signal(
    name: &str,
    path: &str,
    asked: OtlpAsked<'_>,
    base: Option<&Url>,
    variables: &mut Variables<'_>,
) -> Option<Signal> {
    let own = format!("OTEL_EXPORTER_OTLP_{name}_ENDPOINT");
    // A URL of a flag is for both; what the environment says of one signal is taken as it is.
    let own_endpoint = variables.text(&own).filter(|_| asked.flag.is_none());
    let endpoint = match own_endpoint {
        Some(text) => parse(&own, &text).map_err(|fault| variables.faults.push(fault)).ok(),
        None => base.map(|base| below(base, path)),
    };
    let headers = variables.headers(name);
    let timeout = variables.of_signal(name, "TIMEOUT");
    let timeout = variables.milliseconds(timeout).unwrap_or(DEFAULT_TIMEOUT);
    let protocol = protocol(name, variables);
    let gzip = match variables.of_signal(name, "COMPRESSION") {
        Some((text, _)) if text == "gzip" => true,
        Some((text, variable)) if text != "none" => {
            variables.refuse(variable, "gzip or none");
            false
        }
        _ => false,
    };
    Some(Signal { endpoint: endpoint?, headers, timeout, protocol, gzip })
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

fn protocol(name: &str, variables: &mut Variables<'_>) -> OtlpProtocol {
    let Some((text, variable)) = variables.of_signal(name, "PROTOCOL") else {
        return OtlpProtocol::default();
    };
    match text.as_str() {
        "http/protobuf" => OtlpProtocol::Protobuf,
        "http/json" => OtlpProtocol::Json,
        _ => {
            let is_known = |fault: &ExportError| matches!(fault, ExportError::OtlpProtocol { place, .. } if *place == variable);
            if !variables.faults.iter().any(is_known) {
                variables.faults.push(ExportError::OtlpProtocol { place: variable, text });
            }
            OtlpProtocol::default()
        }
    }
}

/// Those of the environment, the service's name among them.
fn attributes(variables: &mut Variables<'_>) -> Vec<(String, String)> {
    const VARIABLE: &str = "OTEL_RESOURCE_ATTRIBUTES";
    let text = variables.text(VARIABLE).unwrap_or_default();
    let mut attributes = variables.pairs(&text, VARIABLE);
    if let Some(name) = variables.text("OTEL_SERVICE_NAME") {
        attributes.retain(|(key, _)| key != "service.name");
        attributes.push(("service.name".to_owned(), name));
    }
    if !attributes.iter().any(|(key, _)| key == "service.name") {
        attributes.push(("service.name".to_owned(), "outrider".to_owned()));
    }
    attributes
}

#[cfg(test)]
mod tests;
