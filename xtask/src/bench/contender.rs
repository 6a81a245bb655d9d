//! One tool of a comparison: how it is called, and how it says its speed.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Options;
use super::cores::Core;
use crate::command::read;

/// A tool, ready to run.
#[derive(Debug)]
pub(super) struct Contender {
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
    pub(super) kind: Kind,
}

/// How a tool is called and what it says of its speed.
#[derive(Debug)]
pub(super) enum Kind {
    /// Our own program with this journey.
    Host {
        journey: PathBuf,
        out: PathBuf,
    },
    Oha,
    Wrk,
    K6 {
        script: PathBuf,
        summary: PathBuf,
    },
}

impl Contender {
    /// Requests per second of one run.
    pub(super) fn measure(&self, url: &str, options: Options) -> Result<f64> {
        let (users, seconds) = (options.users.to_string(), format!("{}s", options.seconds));
        let mut command = Core::Tools.command(&self.program);
        command.stdin(Stdio::null());
        let remedy = "run the command by hand";
        match &self.kind {
            Kind::Host { journey, out } => {
                command.arg("run").arg(journey).args(["--target", url, "-u", &users, "-d", &seconds]);
                command.args(["--format", "json", "--out"]).arg(out);
                json_number(&read(&mut command, remedy)?, "/all_requests/rate_per_s")
            }
            Kind::Oha => {
                command.args(["--no-tui", "--output-format", "json", "-c", &users, "-z", &seconds, url]);
                json_number(&read(&mut command, remedy)?, "/summary/requestsPerSec")
            }
            Kind::Wrk => {
                command.args(["-t1", "-c", &users, "-d", &seconds, url]);
                wrk_rate(&read(&mut command, remedy)?)
            }
            Kind::K6 { script, summary } => {
                command.args([
                    "run",
                    "--quiet",
                    "--no-usage-report",
                    "--vus",
                    &users,
                    "--duration",
                    &seconds,
                ]);
                command
                    .arg("--summary-export")
                    .arg(summary)
                    .arg("-e")
                    .arg(format!("TARGET={url}"))
                    .arg(script);
                read(&mut command, remedy)?;
                json_number(&fs::read_to_string(summary)?, "/metrics/http_reqs/rate")
            }
        }
    }
}

fn json_number(text: &str, pointer: &str) -> Result<f64> {
    let document: Value = serde_json::from_str(text).context("the tool's result is not JSON")?;
    number(&document, pointer)
}

/// A number in what a tool reports.
pub(super) fn number(report: &Value, pointer: &str) -> Result<f64> {
    let number = report.pointer(pointer).and_then(Value::as_f64);
    number.with_context(|| format!("the tool's report has no number at {pointer}"))
}

fn wrk_rate(text: &str) -> Result<f64> {
    let rate = text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok()).context("wrk did not say its requests per second")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_read_from_what_the_tools_print() {
        assert_eq!(
            wrk_rate("Running 10s test\nRequests/sec:  62012.34\nTransfer/sec: 9MB\n").unwrap(),
            62012.34
        );
        assert_eq!(
            json_number(r#"{"summary":{"requestsPerSec":10.5}}"#, "/summary/requestsPerSec").unwrap(),
            10.5
        );
        assert!(wrk_rate("unable to connect").is_err());
    }
}
