//! What series are told apart by: one thing, as Prometheus and as OpenTelemetry call it.

/// The name of a label. OpenTelemetry's semantic conventions name what is HTTP's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// In Prometheus; `None` for what would only multiply series there.
    pub(crate) prometheus: Option<&'static str>,
    pub(crate) otlp: &'static str,
    /// Its values are numbers in OpenTelemetry.
    pub(crate) is_number: bool,
}

const fn label(prometheus: &'static str, otlp: &'static str) -> Label {
    Label { prometheus: Some(prometheus), otlp, is_number: false }
}

const fn number(prometheus: Option<&'static str>, otlp: &'static str) -> Label {
    Label { prometheus, otlp, is_number: true }
}

pub(crate) static SCENARIO: Label = label("scenario", "outrider.scenario");
pub(crate) static STEP: Label = label("step", "outrider.step");
pub(crate) static RESULT: Label = label("result", "outrider.result");
pub(crate) static OUTCOME: Label = label("outcome", "outrider.iteration.outcome");
pub(crate) static CAUSE: Label = label("cause", "outrider.cause");
pub(crate) static PACK: Label = label("pack", "outrider.pack");
pub(crate) static CHECK: Label = label("check", "outrider.check");
pub(crate) static METRIC: Label = label("metric", "outrider.metric");
pub(crate) static VALUE: Label = label("value", "outrider.value");
pub(crate) static LEVEL: Label = label("level", "outrider.log.level");
pub(crate) static EXPORTER: Label = label("exporter", "outrider.exporter");
pub(crate) static DIRECTION: Label = label("direction", "network.io.direction");
pub(crate) static RUN: Label = label("run_id", "outrider.run.id");
pub(crate) static RUN_NAME: Label = label("run", "outrider.run.name");
pub(crate) static VERSION: Label = label("version", "outrider.version");
pub(crate) static TAGS: Label = label("tags", "outrider.run.tags");
/// The request's label, which is a route with its ids replaced or what the journey calls it.
pub(crate) static NAME: Label = label("name", "url.template");
pub(crate) static METHOD: Label = label("method", "http.request.method");
pub(crate) static STATUS: Label = number(Some("status"), "http.response.status_code");
pub(crate) static ERROR: Label = label("error", "error.type");
pub(crate) static HOST: Label = Label { prometheus: None, otlp: "server.address", is_number: false };
pub(crate) static PORT: Label = number(None, "server.port");
