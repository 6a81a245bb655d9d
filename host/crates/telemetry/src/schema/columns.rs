//! The columns of each table. A change here is a new [`SCHEMA_VERSION`](super::SCHEMA_VERSION).

use super::ColumnKind::{Flag, Float64, Int64, Sketch, Tags, Text, Time, UInt16, UInt32, Word};
use super::{Column, ColumnKind, Table};

/// The shared columns of a table and its own.
pub(super) fn of(table: Table) -> (&'static [Column], &'static [Column]) {
    match table {
        Table::Iterations => (JOURNEY, ITERATIONS),
        Table::Steps => (JOURNEY, STEPS),
        Table::Requests => (JOURNEY, REQUESTS),
        Table::Checks => (JOURNEY, CHECKS),
        Table::Metrics => (JOURNEY, METRICS),
        Table::Logs => (JOURNEY, LOGS),
        Table::Windows => (&[], WINDOWS),
        Table::System => (&[], SYSTEM),
    }
}

const fn column(
    name: &'static str,
    kind: ColumnKind,
    unit: &'static str,
    description: &'static str,
) -> Column {
    Column { name, kind, nullable: false, unit, description }
}

const fn optional(
    name: &'static str,
    kind: ColumnKind,
    unit: &'static str,
    description: &'static str,
) -> Column {
    Column { name, kind, nullable: true, unit, description }
}

const INSTANT: &str = "ns since 1970";

const RUN_ID: Column = column("run_id", Word, "none", "The run. Ids sort by the time the runs started.");
const REGION: Column =
    optional("region", Word, "none", "Where the worker ran, as the platform names it; null on this machine.");

/// Shared by the tables whose rows come from a journey.
const JOURNEY: &[Column] = &[
    RUN_ID,
    REGION,
    optional("scenario", Word, "none", "The scenario of the plan; null for set-up and tear-down."),
    optional(
        "vu",
        UInt32,
        "none",
        "The virtual user, from 1, unique in the run; null for dropped iterations, set-up and tear-down.",
    ),
    optional(
        "iteration",
        Int64,
        "none",
        "The iteration's index in its scenario, from 0, unique over all workers; null for set-up and tear-down.",
    ),
    optional("step", Word, "none", "The innermost step that was open; null outside steps."),
    column("started_at", Time, INSTANT, "When it began; for checks, metrics and logs, when it happened."),
    optional("duration_ns", Int64, "ns", "How long it took; null for what has no duration."),
    optional(
        "ok",
        Flag,
        "none",
        "Whether it went well; null where the question makes no sense, as of requests and steps that were interrupted.",
    ),
    optional("error", Text, "none", "What went wrong, in words; null if nothing did."),
    column(
        "tags",
        Tags,
        "none",
        "The tags of the scenario in the plan, and those that the journey had set in this iteration; of iterations those of the scenario.",
    ),
];

const ITERATIONS: &[Column] = &[
    column(
        "scheduled_at",
        Time,
        INSTANT,
        "When it should have started: fixed by its index in the open model, equal to started_at in the closed one.",
    ),
    column("lateness_ns", Int64, "ns", "How long after scheduled_at it started; 0 for a dropped iteration."),
    column(
        "waited_ns",
        Int64,
        "ns",
        "What of lateness_ns it waited because every VU was busy; the rest is the generator's own.",
    ),
    column("status", Word, "none", "completed, failed, interrupted or dropped. ok means completed."),
    optional("cause", Word, "none", "Whose fault a failure is: target, plugin or generator."),
    optional(
        "error_kind",
        Word,
        "none",
        "A short stable name of the failure, for grouping; of a dropped one, what was missing (null: a free VU).",
    ),
    optional(
        "stack",
        Text,
        "none",
        "Where in the author's source it failed, the innermost frame first, one a line: at most 20 frames, each cut after 512 bytes, then how many more there were; null if nothing is known.",
    ),
];

const STEPS: &[Column] = &[
    column(
        "name",
        Word,
        "none",
        "The step's name; the column step has the enclosing one. Its duration includes think time.",
    ),
    column(
        "interrupted",
        Flag,
        "none",
        "Whether its iteration was interrupted while it was open: it neither went well nor failed, so ok is null.",
    ),
];

const REQUESTS: &[Column] = &[
    column(
        "name",
        Word,
        "none",
        "What the journey named it, else its route with ids replaced, behind host and port where these are not the target's (or the only ones that are granted).",
    ),
    column("method", Word, "none", "The method, upper case."),
    column("url", Text, "none", "The URL without user, password and fragment; cut after 2,048 bytes."),
    optional("status", UInt16, "none", "The status code; null if no answer arrived. ok means below 400."),
    optional("protocol", Word, "none", "HTTP/1.1 or HTTP/2; null if no connection was made."),
    column(
        "blocked_ns",
        Int64,
        "ns",
        "Waiting for a free connection of this VU, before started_at and outside duration_ns.",
    ),
    column("dns_ns", Int64, "ns", "Resolving the name; 0 if that was not needed."),
    column("connect_ns", Int64, "ns", "Opening the TCP connection; 0 on a reused one."),
    column("tls_ns", Int64, "ns", "The TLS handshake; 0 without TLS and on a reused connection."),
    column("send_ns", Int64, "ns", "Until the last byte of the request was written."),
    column("wait_ns", Int64, "ns", "From then to the first byte of the answer."),
    column("receive_ns", Int64, "ns", "From then to the last byte of the answer."),
    column(
        "lateness_ns",
        Int64,
        "ns",
        "How much later it was sent than the schedule wanted: how late its iteration started, for the first exchange of it, or those of its first batch; 0 for all others and in the closed model. duration_ns + lateness_ns is the corrected duration.",
    ),
    column("bytes_sent", Int64, "bytes", "Request line, headers and body, before TLS."),
    column(
        "bytes_received",
        Int64,
        "bytes",
        "Status line, headers and body as they came, before TLS and decompression.",
    ),
    column("connection_reused", Flag, "none", "Whether the connection had carried an exchange before."),
    optional("remote_address", Word, "none", "The address and port that answered."),
    optional("error_kind", Word, "none", "A short stable name of what went wrong, for grouping."),
    optional(
        "trace_id",
        Text,
        "none",
        "The trace id sent as W3C traceparent, 32 hexadecimal digits; where traces are exported, all requests of an iteration have the same.",
    ),
    column(
        "interrupted",
        Flag,
        "none",
        "Whether it was cut off by the end of the run, or because the journey went on without the answer: neither answered nor failed, so ok is null, and it counts in no rate of failures, no percentile and no rate per second. What the iteration's own time limit cut off is no such request: the journey waited for the target as long as it may, so it is failed, with error_kind iteration timed out and the time that it waited.",
    ),
];

const CHECKS: &[Column] = &[
    column("name", Word, "none", "The check's name. ok says whether what it asserts holds."),
    column("pack", Word, "none", "The assertion pack; empty for a check of the journey itself."),
    optional("expected", Text, "none", "What was expected, if said."),
    optional("actual", Text, "none", "What was found, if said."),
    optional("message", Text, "none", "More words, if said; those of a failed check are in error too."),
    optional(
        "source_location",
        Word,
        "none",
        "Where in the plugin's source a check that failed stands: file, line and, where the language knows it, column, relative to the plugin's folder (src/lib.rs:12:5); cut after 512 bytes. Null for a check that held, for a verdict that an assertion pack returns, and where the plugin does not say.",
    ),
];

const METRICS: &[Column] = &[
    column("name", Word, "none", "The metric's name."),
    column("kind", Word, "none", "counter, gauge, rate or trend."),
    column("value", Float64, "the metric's own", "The value, in the unit that the journey chose."),
];

const LOGS: &[Column] = &[
    column("source", Word, "none", "log, stdout, stderr or host."),
    column("level", Word, "none", "debug, info, warn or error."),
    column("message", Text, "none", "The line, cut at a bound, without control characters."),
];

const WINDOWS: &[Column] = &[
    RUN_ID,
    REGION,
    optional("scenario", Word, "none", "The scenario; null for set-up and tear-down."),
    column(
        "started_at",
        Time,
        INSTANT,
        "The start of the second. What ended within it is counted here, whenever it began; a second may have several rows, which add up.",
    ),
    column("duration_ns", Int64, "ns", "The window's length: one second."),
    column("kind", Word, "none", "What is counted: request, step, iteration, check or metric."),
    column("name", Word, "none", "The name of what is counted; for iterations the scenario's."),
    optional("pack", Word, "none", "For checks: the assertion pack, empty for the journey's own."),
    optional("metric_kind", Word, "none", "For metrics: counter, gauge, rate or trend."),
    column(
        "count",
        Int64,
        "none",
        "How many ended. For requests, steps and iterations: those that were not interrupted, as only they have a full duration.",
    ),
    column(
        "failed",
        Int64,
        "none",
        "How many of them did not go well. For metrics: values that are not finite numbers, which count nowhere else.",
    ),
    optional(
        "interrupted",
        Int64,
        "none",
        "For requests, steps and iterations: how many were interrupted, besides count.",
    ),
    optional("dropped", Int64, "none", "For iterations: how many never started, besides count."),
    optional(
        "value_sum",
        Float64,
        "ns, or the metric's own",
        "The sum of durations, or of the metric's values; null without values.",
    ),
    optional("value_min", Float64, "ns, or the metric's own", "The smallest duration or value."),
    optional("value_max", Float64, "ns, or the metric's own", "The largest duration or value."),
    optional("value_last", Float64, "the metric's own", "For metrics: the last value of the window."),
    optional(
        "sketch",
        Sketch,
        "ns, or the metric's own",
        "The distribution of durations, or of a trend's values: a DDSketch in DataDog's binary form, mergeable.",
    ),
    optional(
        "corrected_sketch",
        Sketch,
        "ns, or the metric's own",
        "For requests and iterations: the distribution of corrected durations, which count from the scheduled time; null where it is that of sketch, because nothing was late.",
    ),
    optional("bytes_sent", Int64, "bytes", "For requests: the sum of bytes_sent, also of interrupted ones."),
    optional(
        "bytes_received",
        Int64,
        "bytes",
        "For requests: the sum of bytes_received, also of interrupted ones.",
    ),
    optional("status_2xx", Int64, "none", "For requests: answers with a status of 200 to 299."),
    optional("status_3xx", Int64, "none", "For requests: answers with a status of 300 to 399."),
    optional("status_4xx", Int64, "none", "For requests: answers with a status of 400 to 499."),
    optional("status_5xx", Int64, "none", "For requests: answers with a status of 500 to 599."),
    optional("no_answer", Int64, "none", "For requests: how many got no answer at all."),
];

const SYSTEM: &[Column] = &[
    RUN_ID,
    REGION,
    column("started_at", Time, INSTANT, "When it was measured, at the end of the interval it speaks of."),
    column(
        "process_cpu",
        Float64,
        "share",
        "CPU time of this process in the interval, as a share (0 to 1) of all cores it may use.",
    ),
    column(
        "machine_cpu",
        Float64,
        "share",
        "CPU time of the machine that was not idle, as a share (0 to 1) of all cores.",
    ),
    optional(
        "others_cpu",
        Float64,
        "share",
        "The part of machine_cpu that other processes used; the rest of it is this one's. Null where the system does not tell.",
    ),
    column("memory_bytes", Int64, "bytes", "Resident memory of this process."),
    column(
        "event_loop_lag_ns",
        Int64,
        "ns",
        "How late a timer of the event loop fired, at worst in the interval.",
    ),
    column("queued_samples", Int64, "none", "Samples that waited to be written."),
    column("lost_samples", Int64, "none", "Samples lost since the start because the queue was full."),
    column("active_vus", UInt32, "none", "VUs that were running an iteration."),
    column("initialized_vus", UInt32, "none", "VUs that existed."),
    column("open_files", Int64, "none", "Open file descriptors of this process."),
    optional(
        "open_files_limit",
        Int64,
        "none",
        "How many of them it may have. Null without a limit, or where the system does not tell; so in the columns below.",
    ),
    optional(
        "memory_limit_bytes",
        Int64,
        "bytes",
        "The memory of the machine, or what the control group of this process may use if that leaves less.",
    ),
    optional(
        "memory_available_bytes",
        Int64,
        "bytes",
        "What of it is left, caches that can be given up included.",
    ),
    optional(
        "time_wait_sockets",
        Int64,
        "none",
        "TCP sockets of the machine that keep their port for a while after their end.",
    ),
    optional("local_ports", Int64, "none", "Ports of the machine for outgoing connections to one address."),
    column("started_iterations", Int64, "none", "Iterations that started in the interval."),
    column(
        "late_starts",
        Int64,
        "none",
        "Those of them that started more than 10 ms late by the generator's own fault.",
    ),
    optional(
        "bottleneck",
        Word,
        "none",
        "What held the generator up in the interval, so that measured times are partly its own: open files, sockets, memory, cpu, others' cpu, sample queue, event loop or late starts, the first of these whose rule holds (docs/guides/generator.md); null if none does.",
    ),
];
