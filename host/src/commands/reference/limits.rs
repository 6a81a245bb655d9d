//! The page of limits: every bound on what a plugin may use, say and ask for, from the constants themselves.

use std::time::Duration;

use outrider_capability as capability;
use outrider_engine as engine;
use outrider_model::units::{MAX_DURATION, MAX_RATE};
use outrider_scheduler as scheduler;

use crate::commands::check::MAX_INPUT_BYTES;

/// What is bounded, by how much, and what happens beyond.
struct Row(&'static str, String, &'static str);

pub(super) fn page() -> String {
    let sections = [
        ("A load", load()),
        ("A user", users()),
        ("Requests and answers", exchanges()),
        ("What is read of an answer", queries()),
        ("Names, texts, steps and tags", texts()),
        ("Output", output()),
        ("Assertion packs", packs()),
        ("Transforms and alert channels", others()),
        ("Data and secrets", inputs()),
    ];
    let head = "# Limits\n\nWhat a load may be, and what a plugin may use, say and ask for. Limits with a flag can be changed for a run. \
                A trap ends the iteration as failed by the plugin's fault; the user is made anew.\n";
    let body = sections.map(|(title, rows)| {
        let rows: String = rows
            .into_iter()
            .map(|Row(what, limit, beyond)| ["| ", what, " | ", &limit, " | ", beyond, " |\n"].concat())
            .collect();
        ["\n## ", title, "\n\n| what | limit | beyond it |\n|---|---:|---|\n", &rows].concat()
    });
    [head, &body.concat()].concat()
}

fn load() -> Vec<Row> {
    let rate = count(MAX_RATE.as_per_second() as usize);
    let years = MAX_DURATION.as_secs() / (365 * 24 * 3600);
    vec![
        Row("a rate, also that of a stage or a phase", format!("{rate} iterations/s"), "refused"),
        Row("a duration, and stages or phases together", format!("{years} years"), "refused"),
        Row("iterations of a scenario that wait for a user", count(scheduler::MAX_WAITING), "dropped"),
    ]
}

fn users() -> Vec<Row> {
    let defaults = engine::Limits::default();
    vec![
        Row(
            "memory (`--max-memory`)",
            bytes(defaults.memory_bytes),
            "memory cannot grow; most guests trap then",
        ),
        Row(
            "CPU time of an iteration or another call, with what the host computes for it (`--max-cpu`)",
            time(defaults.cpu_time),
            "trap",
        ),
        Row(
            "an iteration, waiting included (`--iteration-timeout`)",
            time(defaults.iteration_timeout),
            "it fails",
        ),
        Row(
            "`describe`, `setup`, `start` and `teardown`, each",
            time(defaults.lifecycle_timeout),
            "it fails",
        ),
        Row("`stop` of all users of a scenario together", time(scheduler::VU_STOP_TIMEOUT), "it is given up"),
        Row("what one call hands to the host", bytes(defaults.hostcall_bytes), "trap"),
        Row("random bytes or letters at a time", count(capability::MAX_RANDOM_BYTES), "trap"),
    ]
}

fn exchanges() -> Vec<Row> {
    let connect = capability::DEFAULT_CONNECT_TIMEOUT;
    vec![
        Row("a URL", bytes(capability::MAX_URL_BYTES), "error `invalid-url`"),
        Row("a URL in rows", bytes(capability::MAX_RECORDED_URL_BYTES), "cut"),
        Row("an error's message in rows of `requests`", bytes(capability::MAX_RECORDED_ERROR_BYTES), "cut"),
        Row("requests of a batch", count(engine::MAX_BATCH), "trap"),
        Row("requests of a batch at once", count(capability::DEFAULT_BATCH_CONCURRENCY), "the others wait"),
        Row(
            "HTTP/1.1 connections to one origin",
            count(capability::DEFAULT_CONNECTIONS_PER_ORIGIN),
            "requests wait",
        ),
        Row("resolving, connecting and TLS", time(connect), "error `connect-timeout`"),
        Row(
            "an exchange with its redirects, unless the request says otherwise",
            time(capability::DEFAULT_TIMEOUT),
            "error `timeout`",
        ),
        Row(
            "redirects, unless the request says otherwise",
            count(capability::DEFAULT_MAX_REDIRECTS as usize),
            "error `too-many-redirects`",
        ),
        Row("header fields of an answer", bytes(capability::MAX_HEADER_BYTES), "error `protocol`"),
        Row(
            "a body as it comes over the wire",
            bytes(capability::DEFAULT_MAX_BODY_BYTES),
            "error `body-too-large`",
        ),
        Row("a body after decompression", bytes(capability::DEFAULT_MAX_DECODED_BYTES), "error `decode`"),
        Row(
            "answers of an iteration that can be read",
            count(capability::MAX_RESPONSES),
            "the oldest are `gone`",
        ),
        Row(
            "bodies of an iteration together, as they came",
            bytes(capability::DEFAULT_MAX_KEPT_BYTES),
            "the oldest are freed",
        ),
    ]
}

fn queries() -> Vec<Row> {
    vec![
        Row("a JSON body for a JSONPath", bytes(capability::MAX_JSON_BYTES), "error `other`"),
        Row(
            "a JSONPath or a regular expression",
            bytes(capability::MAX_PATTERN_BYTES),
            "error `invalid-pattern`",
        ),
        Row("a CSS selector", bytes(capability::MAX_SELECTOR_BYTES), "error `invalid-pattern`"),
        Row("segments of a JSONPath", count(capability::MAX_SEGMENTS), "error `invalid-pattern`"),
        Row("nodes that a JSONPath visits", long_count(capability::MAX_VISITS), "error `other`"),
        Row("what a JSONPath selects, as JSON text", bytes(capability::MAX_RESULT_BYTES), "error `other`"),
        Row(
            "an HTML or XML body for a selector or an XPath",
            bytes(capability::MAX_DOCUMENT_BYTES),
            "error `other`",
        ),
        Row("nodes of such a body", count(capability::MAX_DOCUMENT_NODES), "error `other`"),
        Row("elements inside one another in it", count(capability::MAX_DOCUMENT_DEPTH), "error `other`"),
        Row(
            "nodes that a selector or an XPath visits",
            long_count(capability::MAX_DOCUMENT_VISITS),
            "error `other`",
        ),
        Row("what it selects", bytes(capability::MAX_ANSWER_BYTES), "error `other`"),
        Row("a JSON Schema", bytes(capability::MAX_SCHEMA_BYTES), "error `invalid-pattern`"),
        Row("places that do not fit a JSON Schema", count(capability::MAX_SCHEMA_FAULTS), "left out"),
    ]
}

fn texts() -> Vec<Row> {
    vec![
        Row(
            "names of steps, checks and metrics, keys and values of tags",
            bytes(engine::MAX_NAME_BYTES),
            "cut",
        ),
        Row("names of requests", bytes(capability::MAX_LABEL_BYTES), "cut"),
        Row(
            "what a check expected and found, messages of failures and steps",
            bytes(engine::MAX_TEXT_BYTES),
            "cut",
        ),
        Row("frames of a stack", count(engine::MAX_FRAMES), "counted"),
        Row("a frame", bytes(engine::MAX_FRAME_BYTES), "cut"),
        Row("steps inside one another", count(engine::MAX_OPEN_STEPS), "trap"),
        Row("tags that an iteration sets", count(engine::MAX_TAGS), "trap"),
        Row("tags of one request or metric value, with the iteration's", count(engine::MAX_TAGS), "left out"),
    ]
}

fn output() -> Vec<Row> {
    vec![
        Row(
            "what an iteration or another call prints and logs together",
            bytes(engine::DEFAULT_OUTPUT_BYTES),
            "counted, not kept",
        ),
        Row("what each line takes of that besides its text", bytes(engine::LINE_COST_BYTES), ""),
        Row("a line", bytes(engine::MAX_LINE_BYTES), "cut"),
    ]
}

fn packs() -> Vec<Row> {
    vec![
        Row("CPU time of a call", time(engine::DEFAULT_PACK_CPU_TIME), "the pack broke; it is made anew"),
        Row(
            "a call, waiting included",
            time(engine::DEFAULT_PACK_TIMEOUT),
            "the pack broke; it is made anew",
        ),
        Row(
            "calls in a row in which it broke, for a user",
            count(engine::MAX_FAULTS_IN_A_ROW as usize),
            "it judges nothing more of that user, which is counted",
        ),
        Row("verdicts about one thing", count(engine::MAX_VERDICTS), "counted, not kept"),
        Row("memory, and the rest", "as a user".to_owned(), ""),
    ]
}

fn others() -> Vec<Row> {
    vec![
        Row("a call, waiting included", time(engine::DEFAULT_LIFECYCLE_TIMEOUT), "it broke; it is made anew"),
        Row("CPU time of a call, and the rest", "as a user".to_owned(), "it broke; it is made anew"),
        Row(
            "records that a transform is given at once",
            count(engine::MAX_RECORDS),
            "the rest are the next batch; a batch that broke it is tried again in halves",
        ),
        Row(
            "bytes of records that it is given at once",
            bytes(engine::MAX_BATCH_BYTES),
            "the rest are the next batch",
        ),
        Row(
            "values of metrics that a transform records in one call",
            count(engine::MAX_METRIC_VALUES),
            "it broke; the batch is tried again in halves",
        ),
        Row("columns of a row", count(engine::MAX_COLUMNS), "the record is rejected"),
        Row("a column's name", bytes(engine::MAX_COLUMN_BYTES), "the record is rejected"),
        Row("a file for `host check --input`", bytes(MAX_INPUT_BYTES as usize), "refused"),
    ]
}

fn inputs() -> Vec<Row> {
    let data = usize::try_from(capability::DEFAULT_MAX_DATA_BYTES).unwrap_or(usize::MAX);
    vec![
        Row("a data file; of Parquet, its rows as JSON", bytes(data), "the run does not start"),
        Row("a secret, at least", bytes(capability::MIN_SECRET_BYTES), "the run does not start"),
        Row("a secret, at most", bytes(capability::MAX_SECRET_BYTES), "the run does not start"),
    ]
}

fn long_count(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX))
}

/// `64 KiB`, where that says it exactly.
fn bytes(bytes: usize) -> String {
    match bytes {
        mib if mib >= 1 << 20 && mib.is_multiple_of(1 << 20) => format!("{} MiB", mib >> 20),
        kib if kib >= 4 << 10 && kib.is_multiple_of(1 << 10) => format!("{} KiB", kib >> 10),
        bytes => format!("{} bytes", count(bytes)),
    }
}

/// `65,536`
fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `10 min`
fn time(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        minutes if minutes >= 60 && minutes.is_multiple_of(60) => format!("{} min", minutes / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(
            [bytes(64), bytes(1024), bytes(4096), bytes(16 << 20)],
            ["64 bytes", "1,024 bytes", "4 KiB", "16 MiB"]
        );
        assert_eq!([count(7), count(1000), count(2_000_000)], ["7", "1,000", "2,000,000"]);
        let times = [Duration::from_millis(500), Duration::from_secs(5), Duration::from_secs(600)];
        assert_eq!(times.map(time), ["500 ms", "5 s", "10 min"]);
    }
}
