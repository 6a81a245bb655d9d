//! Samples of a small shop, one line each.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    CheckSample, FailureCause, IterationIndex, IterationSample, IterationStatus, MetricKind, MetricSample,
    Origin, Phases, RequestSample, Sample, StepSample, SystemSample, Tags, Timestamp, VuId,
};

/// The start of all test runs: 2026-01-31T12:00:00Z.
pub(crate) const RUN_START: Timestamp = Timestamp(1_769_860_800_000_000_000);

/// A time after the start of the run.
pub(crate) fn at_ms(ms: u64) -> Timestamp {
    RUN_START + Duration::from_millis(ms)
}

fn origin() -> Origin {
    Origin {
        scenario: "browse".into(),
        vu: VuId(1),
        iteration: IterationIndex(0),
        step: None,
        tags: Arc::from([]),
    }
}

pub(crate) fn request(name: &str, at: Timestamp, duration: Duration) -> RequestSample {
    RequestSample {
        origin: origin(),
        name: name.into(),
        method: "GET".into(),
        url: "http://127.0.0.1:8080/".into(),
        status: Some(200),
        protocol: Some("HTTP/1.1"),
        started_at: at,
        duration,
        phases: Phases { blocked: Duration::from_millis(1), wait: duration, ..Phases::default() },
        lateness: Duration::ZERO,
        bytes_sent: 100,
        bytes_received: 2_000,
        connection_reused: true,
        remote_address: Some(([127, 0, 0, 1], 8080).into()),
        ok: true,
        interrupted: false,
        error_kind: None,
        error: None,
        trace_id: None,
        span_id: None,
    }
}

pub(crate) fn ok_request(name: &str, at: Timestamp, ms: u64) -> Sample {
    Sample::Request(Box::new(request(name, at, Duration::from_millis(ms))))
}

pub(crate) fn answered(name: &str, at: Timestamp, ms: u64, status: u16) -> Sample {
    let sample = request(name, at, Duration::from_millis(ms));
    let error_kind = Some(format!("status {status}").into());
    Sample::Request(Box::new(RequestSample { status: Some(status), ok: false, error_kind, ..sample }))
}

pub(crate) fn refused(name: &str, at: Timestamp) -> Sample {
    Sample::Request(Box::new(RequestSample {
        status: None,
        ok: false,
        error_kind: Some("connection refused".into()),
        error: Some("cannot connect to 127.0.0.1:8080: connection refused".into()),
        bytes_received: 0,
        ..request(name, at, Duration::from_millis(1))
    }))
}

pub(crate) fn step(name: &str, at: Timestamp, ms: u64, error: Option<&str>) -> Sample {
    let duration = Duration::from_millis(ms);
    let error = error.map(Arc::from);
    Sample::Step(StepSample {
        origin: origin(),
        name: name.into(),
        started_at: at,
        duration,
        ok: error.is_none(),
        interrupted: false,
        error,
    })
}

pub(crate) fn check(pack: &str, name: &str, passed: bool, actual: Option<&str>) -> Sample {
    Sample::Check(CheckSample {
        origin: origin(),
        pack: pack.into(),
        name: name.into(),
        at: at_ms(100),
        passed,
        expected: Some("12.00".into()),
        actual: actual.map(Arc::from),
        message: None,
        source_location: (!passed && pack.is_empty()).then(|| "src/lib.rs:12:5".into()),
    })
}

pub(crate) fn metric(name: &str, kind: MetricKind, at: Timestamp, value: f64) -> Sample {
    Sample::Metric(MetricSample { origin: origin(), name: name.into(), kind, at, value })
}

pub(crate) fn iteration(at: Timestamp, ms: u64, status: IterationStatus) -> IterationSample {
    let dropped = status == IterationStatus::Dropped;
    IterationSample {
        scenario: "browse".into(),
        tags: Tags::default(),
        vu: (!dropped).then_some(VuId(1)),
        iteration: IterationIndex(0),
        scheduled_at: at,
        started_at: at,
        waited: Duration::ZERO,
        duration: Duration::from_millis(if dropped { 0 } else { ms }),
        status,
        cause: None,
        error_kind: None,
        error: None,
        stack: None,
    }
}

pub(crate) fn ended(at: Timestamp, ms: u64, status: IterationStatus) -> Sample {
    Sample::Iteration(iteration(at, ms, status))
}

pub(crate) fn failed(at: Timestamp, ms: u64, cause: FailureCause, kind: &str, error: &str) -> Sample {
    Sample::Iteration(IterationSample {
        cause: Some(cause),
        error_kind: Some(kind.into()),
        error: Some(error.into()),
        ..iteration(at, ms, IterationStatus::Failed)
    })
}

/// The journey's own exception, with a stack.
pub(crate) fn broken(at: Timestamp, error: &str, stack: &str) -> Sample {
    Sample::Iteration(IterationSample {
        cause: Some(FailureCause::Plugin),
        error_kind: Some("exception".into()),
        error: Some(error.into()),
        stack: Some(stack.into()),
        ..iteration(at, 5, IterationStatus::Failed)
    })
}

pub(crate) fn late(scheduled_at: Timestamp, lateness: Duration) -> Sample {
    let on_time = iteration(scheduled_at, 10, IterationStatus::Completed);
    Sample::Iteration(IterationSample { started_at: scheduled_at + lateness, ..on_time })
}

pub(crate) fn system(second: u64, machine_cpu: f64, lag: Duration) -> Sample {
    Sample::System(Box::new(SystemSample {
        at: at_ms(second * 1_000),
        process_cpu: machine_cpu / 2.0,
        machine_cpu,
        others_cpu: Some(machine_cpu / 2.0),
        memory_bytes: 50_000_000 + second,
        event_loop_lag: lag,
        active_vus: 7,
        ..SystemSample::default()
    }))
}
