//! A run for this crate's tests.

use std::sync::Arc;
use std::time::Duration;

use outrider_model::{
    IterationIndex, IterationSample, IterationStatus, IterationTraces, Origin, Phases, RequestSample, RunId,
    Sample, StepSample, Tags, Timestamp, VuId,
};

use crate::RunIdentity;
use crate::exports::Drops;

pub(crate) const START: Timestamp = Timestamp(1_770_000_000_000_000_000);

pub(crate) fn identity() -> RunIdentity {
    RunIdentity {
        run_id: RunId::new("20260202T024000Z-4f2a9c").unwrap(),
        name: Some("friday".into()),
        tags: vec!["commit=4f2a9c".parse().unwrap()],
        target: Some("http://shop.test:8080/".into()),
        version: "0.1.0",
        started_at: START,
        traces: IterationTraces::new(7, 1.0),
    }
}

pub(crate) fn drops() -> Arc<Drops> {
    Arc::default()
}

pub(crate) fn origin() -> Origin {
    Origin {
        scenario: "browse".into(),
        vu: VuId(3),
        iteration: IterationIndex(41),
        step: None,
        tags: Tags::default(),
    }
}

pub(crate) fn request(name: &str, status: Option<u16>, duration: Duration) -> Sample {
    let ok = status.is_some_and(|status| status < 400);
    Sample::Request(Box::new(RequestSample {
        origin: origin(),
        name: name.into(),
        method: "GET".into(),
        url: format!("http://shop.test:8080{name}?id=7").into(),
        status,
        protocol: Some("HTTP/1.1"),
        started_at: START + Duration::from_millis(5),
        duration,
        phases: Phases { wait: duration, ..Phases::default() },
        lateness: Duration::ZERO,
        bytes_sent: 120,
        bytes_received: 4_096,
        connection_reused: false,
        remote_address: Some(([127, 0, 0, 1], 8080).into()),
        ok,
        interrupted: false,
        error_kind: status.filter(|_| !ok).map(|status| format!("status {status}").into()),
        error: None,
        trace_id: None,
        span_id: None,
    }))
}

pub(crate) fn iteration(status: IterationStatus) -> Sample {
    Sample::Iteration(IterationSample {
        scenario: "browse".into(),
        tags: Tags::default(),
        vu: Some(VuId(3)),
        iteration: IterationIndex(41),
        scheduled_at: START,
        started_at: START,
        waited: Duration::ZERO,
        duration: Duration::from_millis(100),
        status,
        cause: None,
        error_kind: None,
        error: None,
        stack: None,
    })
}

pub(crate) fn step(name: &str, ok: bool) -> Sample {
    Sample::Step(StepSample {
        origin: origin(),
        name: name.into(),
        started_at: START + Duration::from_millis(2),
        duration: Duration::from_millis(50),
        ok,
        interrupted: false,
        error: None,
    })
}
