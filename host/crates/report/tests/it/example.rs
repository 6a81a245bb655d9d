//! A summary made by hand, with something in every section.

use outrider_model::{ExecutorKind, FailureCause};
use outrider_report::*;

/// Durations whose percentiles grow from `p50` on as those of a web server do.
fn durations(min: f64, p50: f64, max: f64) -> DurationStats {
    DurationStats {
        min,
        mean: p50 * 1.1,
        p50,
        p90: p50 * 1.4,
        p95: p50 * 1.8,
        p99: p50 * 3.1,
        p999: p50 * 4.2,
        max,
    }
}

fn request(name: &str, count: u64, failed: u64, times: DurationStats) -> RequestSummary {
    RequestSummary {
        name: name.to_owned(),
        count,
        failed,
        interrupted: 0,
        rate_per_s: count as f64 / 10.412,
        duration_ms: Some(times),
        corrected_ms: Some(times),
        phases_ms: Some(PhaseMeans {
            wait: times.mean * 0.9,
            receive: times.mean * 0.1,
            ..PhaseMeans::default()
        }),
        bytes_sent: count * 112,
        bytes_received: count * 9_321,
    }
}

fn step(name: &str, count: u64, failed: u64, times: DurationStats) -> TimedSummary {
    let (name, rate_per_s) = (name.to_owned(), count as f64 / 10.412);
    TimedSummary { name, count, failed, interrupted: 0, rate_per_s, duration_ms: Some(times), error: None }
}

fn check(pack: &str, name: &str, passed: u64, failed: u64, example: Option<CheckExample>) -> CheckSummary {
    let (pack, name) = (pack.to_owned(), name.to_owned());
    let places = match failed {
        0 => Vec::new(),
        failed => vec![CheckPlace { failed, example: example.clone() }],
    };
    CheckSummary { pack, name, passed, failed, example, places, failed_elsewhere: 0 }
}

fn metric(name: &str, kind: MetricType, count: u64, total: f64) -> MetricSummary {
    let mean = total / count as f64;
    let trend = |value: f64| (kind == MetricType::Trend).then_some(value);
    MetricSummary {
        name: name.to_owned(),
        kind,
        count,
        failed: 0,
        rate_per_s: count as f64 / 10.412,
        duration_ms: None,
        total,
        last: Some(mean),
        share: (kind == MetricType::Rate).then_some(mean),
        values: Some(DistributionStats {
            min: mean / 2.0,
            mean,
            p50: trend(mean),
            p90: trend(mean * 1.5),
            p95: trend(mean * 1.7),
            p99: trend(mean * 2.0),
            p999: trend(mean * 2.2),
            max: mean * 2.5,
        }),
    }
}

fn run() -> RunSummary {
    RunSummary {
        id: "20260131T120000Z-4f2a9c".to_owned(),
        name: None,
        tags: Vec::new(),
        status: RunStatus::Finished,
        reason: None,
        ended_early: false,
        broken_pack: None,
        started_at: "2026-01-31T12:00:00.000Z".to_owned(),
        duration_ms: 10_412.0,
        elapsed_ms: None,
        load_duration_ms: 10_058.3,
        workers: 1,
        journeys: vec![JourneySummary {
            name: "checkout".to_owned(),
            path: "examples/checkout.wasm".to_owned(),
        }],
        packs: Vec::new(),
        plugins: vec![PluginSummary {
            name: "checkout".to_owned(),
            path: "examples/checkout.wasm".to_owned(),
            digest: "sha256:1b2e".to_owned(),
        }],
        target: Some("http://127.0.0.1:8080".to_owned()),
        scenarios: vec![ScenarioSummary {
            name: "browse".to_owned(),
            journey: "checkout".to_owned(),
            executor: ExecutorKind::ConstantVus,
            load: "50 VUs for 10 s".to_owned(),
            max_vus: 50,
            planned_duration_ms: Some(10_000.0),
            planned_iterations: None,
        }],
        dataset: "runs/20260131T120000Z-4f2a9c".to_owned(),
    }
}

/// A run in which all went well.
pub(crate) fn healthy() -> Summary {
    Summary {
        version: SUMMARY_VERSION,
        headline: "PASS".to_owned(),
        source: SummarySource::Rows,
        warnings: Vec::new(),
        run: run(),
        verdict: Some(Verdict::Pass),
        thresholds: Vec::new(),
        completeness: Completeness { complete: true, rows: 45_218, tables: 7, missing: Vec::new() },
        iterations: IterationTotals {
            scheduled: 5_021,
            started: 5_021,
            completed: 5_021,
            rate_per_s: 482.2,
            duration_ms: Some(durations(61.2, 98.14, 512.3)),
            corrected_ms: Some(durations(61.2, 98.14, 512.3)),
            ..IterationTotals::default()
        },
        vus: VuTotals::default(),
        generator: GeneratorHealth {
            promise: Promise::Kept,
            max_cpu: Some(0.634),
            cpu: Some(cpu(10, None, shares(0.634, 0.384))),
            max_event_loop_lag_ms: Some(2.13),
            max_memory_bytes: Some(91_226_112),
            max_active_vus: Some(50),
            ..GeneratorHealth::default()
        },
        requests: vec![
            request("main page", 5_021, 0, durations(4.2, 12.31, 98.4)),
            request("GET /api/products/{id}/reviews", 5_021, 0, durations(0.71, 1.93, 44.0)),
            request("POST /api/cart", 5_021, 0, durations(9.1, 21.7, 312.6)),
        ],
        all_requests: Some(request("(all)", 15_063, 0, durations(0.71, 11.2, 312.6))),
        steps: vec![
            step("open the shop", 5_021, 0, durations(5.2, 14.31, 101.4)),
            step("pay", 5_021, 0, durations(9.3, 22.0, 12_612.6)),
        ],
        pages: Vec::new(),
        metrics: vec![
            metric("basket_value", MetricType::Trend, 5_021, 155_651.0),
            metric("orders", MetricType::Counter, 5_021, 5_021.0),
            metric("cache_hits", MetricType::Rate, 15_063, 14_040.0),
            metric("queue_depth", MetricType::Gauge, 10, 120.0),
        ],
        checks: vec![
            check("", "cart has the item", 5_021, 0, None),
            check("status", "is below 400", 15_063, 0, None),
        ],
        status_codes: vec![StatusCount { status: Some(200), count: 15_063 }],
        errors: Vec::new(),
        network: Network {
            bytes_sent: 1_687_056,
            bytes_received: 140_402_223,
            sent_bytes_per_s: 162_030.0,
            received_bytes_per_s: 13_484_654.0,
        },
        statistics: statistics(),
        timeline: timeline(None),
        annotations: Vec::new(),
    }
}

fn statistics() -> Statistics {
    let times = |count: u64, mean_ms: f64| {
        Some(TimeStatistics {
            count,
            mean_ms,
            standard_deviation_ms: mean_ms * 0.7,
            highest_mean_ms: mean_ms * 1.2,
            lowest_mean_ms: mean_ms * 0.9,
            highest_rate_per_s: Some(count as f64 / 10.0),
        })
    };
    let status = StatusStatistics { status: Some(200), count: 15_063, highest_rate_per_s: Some(1_506.3) };
    let bytes = |total: u64| Throughput {
        total_bytes: total,
        mean_bytes_per_s: Some(total as f64 / 10.0583),
        highest_bytes_per_s: Some(total as f64 / 10.0),
    };
    Statistics {
        interval_s: 10,
        connect: times(50, 0.412),
        request: times(15_063, 12.3),
        page: times(10_042, 18.1),
        session: times(5_021, 98.4),
        status_codes: vec![status],
        sent: bytes(1_687_056),
        received: bytes(140_402_223),
        users: UserStatistics {
            highest_simultaneous: Some(50),
            started: 5_021,
            finished: 5_021,
            ..UserStatistics::default()
        },
    }
}

/// Ten seconds that begin slowly, of one scenario.
fn timeline(shortfall: Option<Shortfall>) -> Timeline {
    let missing = if shortfall.is_some() { 0.6 } else { 1.0 };
    let bucket = |second: u32| {
        let scheduled = 100.0 * f64::from(second.min(5) + 1);
        TimelineBucket {
            from_ms: f64::from(second) * 1e3,
            scheduled_per_s: scheduled,
            started_per_s: scheduled * missing,
            completed_per_s: scheduled * missing * 0.98,
            dropped_per_s: scheduled * (1.0 - missing),
            vus: f64::from(second.min(5) * 10),
            requests_per_s: scheduled * 3.0 * missing,
            p95_ms: (second > 0).then(|| 10.0 + f64::from(second)),
            corrected_p95_ms: (second > 0).then(|| 10.0 + f64::from(second)),
        }
    };
    let buckets: Vec<TimelineBucket> = (0..10).map(bucket).collect();
    let scenario = ScenarioTimeline { name: "browse".to_owned(), buckets: buckets.clone(), shortfall };
    let (dropped, late) = shortfall.map_or((0, 0), |shortfall| (shortfall.dropped, shortfall.late));
    Timeline { bucket_s: 1, buckets, shortfall, dropped, late, scenarios: vec![scenario] }
}

/// Passed without a `failure`; an empty one is what the value alone says.
fn threshold(expr: &str, value: Option<f64>, failure: Option<&str>) -> ThresholdResult {
    let reason = failure.filter(|reason| !reason.is_empty()).map(str::to_owned);
    ThresholdResult { expr: expr.to_owned(), value, passed: failure.is_none(), reason }
}

/// A run in which everything went wrong that can.
pub(crate) fn troubled() -> Summary {
    let mut summary = healthy();
    summary.verdict = Some(Verdict::Fail);
    summary.run.status = RunStatus::Incomplete;
    summary.run.workers = 2;
    summary.thresholds = vec![
        threshold("requests.duration p95 < 500ms", Some(23.4), None),
        threshold("requests.failed rate < 1%", Some(0.0213), Some("")),
        threshold("steps.duration{step=add to cart} p99 < 2s", None, Some("no data")),
        threshold("checks.passed rate > 99% abort", Some(0.995), Some("it ended the run when it was 12%")),
    ];
    summary.completeness = incomplete();
    summary.iterations = IterationTotals {
        scheduled: 6_000,
        started: 5_970,
        completed: 5_648,
        failed: 311,
        failed_by_cause: FailureCounts { target: 303, plugin: 8, generator: 0 },
        interrupted: 11,
        dropped: 30,
        unstarted: 12,
        ..summary.iterations
    };
    let lost_by_cause = FailureCounts { target: 0, plugin: 2, generator: 1 };
    summary.vus = VuTotals { lost: lost_by_cause.total(), lost_by_cause };
    summary.generator = overloaded();
    troubled_load(&mut summary);
    summary.requests[2].failed = 321;
    summary.all_requests.as_mut().unwrap().failed = 321;
    summary.steps[1].failed = 321;
    summary.status_codes = vec![
        StatusCount { status: Some(200), count: 14_742 },
        StatusCount { status: Some(404), count: 1 },
        StatusCount { status: Some(503), count: 308 },
        StatusCount { status: None, count: 12 },
    ];
    summary.checks.push(failing_check());
    summary.errors = errors();
    summary.warnings = vec!["120 of 15,063 requests are counted as (other)".to_owned()];
    summary.annotations = annotations();
    summary.headline = summary.compose_headline().to_string();
    summary
}

/// A moment, and something that lasted.
fn annotations() -> Vec<AnnotationSummary> {
    let annotation = |at_ms: f64, until_ms: Option<f64>, text: &str| AnnotationSummary {
        at: format!("2026-01-31T12:00:0{}.000Z", (at_ms / 1e3) as u32),
        at_ms,
        until_ms,
        text: text.to_owned(),
    };
    vec![
        annotation(3_000.0, None, "deployed v2.1 | <b>"),
        annotation(5_000.0, Some(7_000.0), "failover of the database"),
    ]
}

/// Two scenarios, one of them open, that did not keep their plan.
fn troubled_load(summary: &mut Summary) {
    let shortfall =
        Shortfall { from_ms: 3_000.0, to_ms: 10_000.0, scheduled: 4_200, dropped: 30, late: 1_225 };
    summary.timeline = timeline(Some(shortfall));
    let other = ScenarioTimeline {
        name: "search".to_owned(),
        shortfall: None,
        ..summary.timeline.scenarios[0].clone()
    };
    summary.timeline.scenarios.push(other);
    let open = ScenarioSummary {
        name: "search".to_owned(),
        executor: ExecutorKind::ConstantArrivalRate,
        load: "600 iterations/s for 10 s with at most 50 VUs".to_owned(),
        ..summary.run.scenarios[0].clone()
    };
    summary.run.scenarios.push(open);
    let busy = BusyScenario { max_vus: 50, scheduled: 4_500, dropped: 30, ..BusyScenario::default() };
    summary.iterations.busy_scenarios = vec![BusyScenario { name: "search".to_owned(), ..busy }];
}

/// Whose the CPU was: the rest of the machine's is of other processes.
pub(crate) fn shares(machine: f64, process: f64) -> CpuShares {
    CpuShares { machine, process, others: machine - process, process_of_allowed: process }
}

/// Ten seconds of CPU, some of them busy.
pub(crate) fn cpu(seconds: u64, busy: Option<(u64, CpuShares)>, max: CpuShares) -> CpuHealth {
    let mean = shares(max.machine / 2.0, max.process / 2.0);
    let busy_seconds = busy.map_or(0, |(seconds, _)| seconds);
    let busy = busy.map(|(_, shares)| shares);
    CpuHealth { busy_from: BUSY_CPU, seconds, busy_seconds, busy, mean, max }
}

fn incomplete() -> Completeness {
    Completeness {
        complete: false,
        rows: 45_218,
        tables: 7,
        missing: vec![
            "the run has no outcome: it was killed, or goes on elsewhere".to_owned(),
            "8192 rows: data/requests/worker=1/part-000003.parquet is missing".to_owned(),
        ],
    }
}

fn overloaded() -> GeneratorHealth {
    GeneratorHealth {
        promise: Promise::Broken,
        saturated: true,
        saturations: vec![
            Saturation {
                kind: SaturationKind::Cpu,
                worker: 0,
                from_ms: 3_000.0,
                to_ms: 10_000.0,
                worst: 0.997,
                by_others: false,
            },
            Saturation {
                kind: SaturationKind::LateStarts,
                worker: 1,
                from_ms: 3_200.0,
                to_ms: 9_800.0,
                worst: 0.21,
                by_others: false,
            },
        ],
        bottlenecks: vec![
            BottleneckStretch { cause: Bottleneck::Cpu, worker: 0, from_s: 3.0, to_s: 10.0 },
            BottleneckStretch { cause: Bottleneck::EventLoop, worker: 1, from_s: 4.0, to_s: 5.05 },
        ],
        other_bottlenecks: Vec::new(),
        late_starts: 1_254,
        max_lateness_ms: 240.4,
        lost_samples: 120,
        max_cpu: Some(0.997),
        cpu: Some(cpu(10, Some((7, shares(0.931, 0.62))), shares(0.997, 0.71))),
        max_event_loop_lag_ms: Some(87.4),
        max_memory_bytes: Some(91_226_112),
        max_active_vus: Some(50),
    }
}

/// Fails in three places; in the second with words that leave no room for the place beside them.
fn failing_check() -> CheckSummary {
    let check = check("", "the order number is a number\x1b[31m", 4_710, 311, Some(example()));
    let message = Some("the shop answers without one while it is closed".to_owned());
    let at = Some("lib/orders/confirmation.ts:107:31".to_owned());
    let places = [
        (300, example()),
        (9, CheckExample { message, at, ..example() }),
        (1, CheckExample { at: Some("checkout.ts:55:7".to_owned()), ..CheckExample::default() }),
    ];
    let places = places.map(|(failed, example)| CheckPlace { failed, example: Some(example) });
    CheckSummary { places: places.into(), failed_elsewhere: 1, ..check }
}

fn example() -> CheckExample {
    CheckExample {
        expected: Some("a number".to_owned()),
        actual: Some("undefined".to_owned()),
        message: None,
        at: Some("checkout.ts:41:9".to_owned()),
    }
}

fn message((example, same, count): &(&str, bool, u64)) -> MessageSummary {
    let at = example.starts_with("TypeError").then(|| "checkout.ts:41:17".to_owned());
    let stack = at.as_ref().map(|at| format!("    at pay ({at})\n    at iterate (checkout.ts:9:3)"));
    MessageSummary { example: (*example).to_owned(), at, stack, same: *same, count: *count }
}

fn errors() -> Vec<ErrorSummary> {
    let error = |cause, kind: &str, source, name: &str, messages: &[(&str, bool, u64)], count| ErrorSummary {
        cause,
        kind: kind.to_owned(),
        source,
        name: name.to_owned(),
        messages: messages.iter().map(message).collect(),
        other_messages: messages.iter().map(|m| m.2).reduce(|a, b| a + b).map_or(0, |said| count - said),
        count,
    };
    vec![
        error(FailureCause::Target, "status 503", ErrorSource::Request, "POST /api/cart", &[], 308),
        error(
            FailureCause::Target,
            "connection refused",
            ErrorSource::Request,
            "POST /api/cart",
            &[("cannot connect to 127.0.0.1:8080: connection refused (os error 111)", true, 12)],
            12,
        ),
        error(
            FailureCause::Plugin,
            "exception",
            ErrorSource::Iteration,
            "browse",
            &[
                ("TypeError: cannot read property 'id' of undefined\n    at checkout.ts:41:17", false, 5),
                ("Error: order 12 has no price", false, 2),
            ],
            8,
        ),
    ]
}
