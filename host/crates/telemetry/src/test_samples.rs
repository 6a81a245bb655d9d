//! Samples for this crate's tests.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    CheckSample, IterationIndex, IterationSample, IterationStatus, LogLevel, LogSample, MetricKind,
    MetricSample, Origin, Phases, RequestSample, RunId, Sample, StepSample, SystemSample, Tags, Timestamp,
    VuId,
};

use crate::BatchOrigin;

/// The start of a second, counted from some day in 2026.
pub(crate) fn second(index: i64) -> Timestamp {
    Timestamp((1_770_000_000 + index) * 1_000_000_000)
}

pub(crate) fn origin_of_run() -> BatchOrigin {
    BatchOrigin { run_id: RunId::new("20260202T024000Z-4f2a9c").unwrap(), region: None }
}

pub(crate) fn origin() -> Origin {
    Origin {
        scenario: "browse".into(),
        vu: VuId(3),
        iteration: IterationIndex(41),
        step: Some("open the cart".into()),
        tags: Arc::from([(Arc::from("currency"), Arc::from("EUR"))]),
    }
}

pub(crate) fn request_at(name: &str, started_at: Timestamp, duration: Duration) -> Sample {
    Sample::Request(Box::new(RequestSample {
        origin: origin(),
        name: name.into(),
        method: "GET".into(),
        url: "http://127.0.0.1:8080/cart?id=7".into(),
        status: Some(200),
        protocol: Some("HTTP/1.1"),
        started_at,
        duration,
        phases: Phases { blocked: Duration::from_micros(5), wait: duration, ..Phases::default() },
        lateness: Duration::ZERO,
        bytes_sent: 120,
        bytes_received: 4_096,
        connection_reused: true,
        remote_address: Some(([127, 0, 0, 1], 8080).into()),
        ok: true,
        interrupted: false,
        error_kind: None,
        error: None,
        trace_id: Some("0af7651916cd43dd8448eb211c80319c".into()),
        span_id: None,
    }))
}

pub(crate) fn request(name: &str, ms: u64) -> Sample {
    request_at(name, second(0), Duration::from_millis(ms))
}

pub(crate) fn failed_request(name: &str) -> Sample {
    let mut sample = request(name, 2);
    if let Sample::Request(request) = &mut sample {
        request.status = None;
        request.protocol = None;
        request.remote_address = None;
        request.trace_id = None;
        request.ok = false;
        request.error_kind = Some("connection refused".into());
        request.error = Some("cannot connect to 127.0.0.1:8080: connection refused".into());
    }
    sample
}

pub(crate) fn step(name: &str, ms: u64) -> Sample {
    Sample::Step(StepSample {
        origin: Origin { step: None, ..origin() },
        name: name.into(),
        started_at: second(0),
        duration: Duration::from_millis(ms),
        ok: true,
        interrupted: false,
        error: None,
    })
}

pub(crate) fn iteration(status: IterationStatus, ms: u64) -> Sample {
    let dropped = status == IterationStatus::Dropped;
    Sample::Iteration(IterationSample {
        scenario: "browse".into(),
        tags: Tags::default(),
        vu: (!dropped).then_some(VuId(3)),
        iteration: IterationIndex(41),
        scheduled_at: second(0),
        started_at: if dropped { second(0) } else { second(0) + Duration::from_micros(7) },
        waited: Duration::ZERO,
        duration: if dropped { Duration::ZERO } else { Duration::from_millis(ms) },
        status,
        cause: None,
        error_kind: None,
        error: None,
        stack: None,
    })
}

pub(crate) fn check(passed: bool) -> Sample {
    Sample::Check(CheckSample {
        origin: origin(),
        pack: "prices".into(),
        name: "the total is right".into(),
        at: second(0),
        passed,
        expected: Some("12.00".into()),
        actual: None,
        message: Some("sum of the lines".into()),
        source_location: (!passed).then(|| "src/lib.rs:12:5".into()),
    })
}

pub(crate) fn metric(kind: MetricKind, value: f64) -> Sample {
    Sample::Metric(MetricSample { origin: origin(), name: "basket".into(), kind, at: second(0), value })
}

pub(crate) fn log(message: &str) -> Sample {
    Sample::Log(LogSample {
        origin: None,
        source: "stdout",
        level: LogLevel::Info,
        at: second(0),
        message: message.into(),
    })
}

pub(crate) fn system() -> Sample {
    Sample::System(Box::new(SystemSample {
        at: second(0),
        process_cpu: 0.5,
        active_vus: 10,
        ..SystemSample::default()
    }))
}

/// One sample for each table.
pub(crate) fn one_of_each() -> Vec<Sample> {
    vec![
        iteration(IterationStatus::Completed, 30),
        step("open the cart", 20),
        request("/cart", 10),
        check(true),
        metric(MetricKind::Trend, 2.5),
        log("hello"),
        system(),
    ]
}
