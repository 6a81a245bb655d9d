//! One load generator: how it is told to start so many iterations a second, and where it says what it measured.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::figures::Percentiles;
use super::served::Target;
use super::usage::{self, Usage};
use super::{Load, tsung};
use crate::bench::contender::number;
use crate::bench::cores::Core;

/// What a tool may take beyond the time of its load: tsung looks every ten seconds whether its users are done, and
/// the first run of a journey in TypeScript compiles it.
const BESIDES: Duration = Duration::from_secs(120);

/// A tool, ready to run.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
    pub(super) kind: Kind,
}

/// How a tool is called, and how it says what it measured.
#[derive(Debug)]
pub(super) enum Kind {
    /// Our own program with this journey. Where iterations wait for a busy user, its durations are those that count
    /// from the schedule.
    Host {
        journey: PathBuf,
        waits: bool,
    },
    K6,
    Tsung,
}

/// What a tool says of its load, and what it cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) percentiles: Percentiles,
    /// Iterations that it did not start, where it counts them.
    pub(super) dropped: Option<u64>,
    pub(super) usage: Usage,
}

impl Tool {
    /// Puts the load on the target. What the tool writes goes into `folder`.
    pub(super) fn put(&self, load: Load, target: &Target, folder: &Path) -> Result<Said> {
        match &self.kind {
            Kind::Host { journey, waits } => self.put_by_host(journey, *waits, load, target, folder),
            Kind::K6 => self.put_by_k6(load, target, folder),
            Kind::Tsung => self.put_by_tsung(load, target, folder),
        }
    }

    /// Has a journey of ours compiled by a single iteration, which no figure should hold.
    pub(super) fn warm_up(&self, target: &Target, folder: &Path) -> Result<()> {
        let Kind::Host { journey, .. } = &self.kind else { return Ok(()) };
        let mut command = self.command(folder)?;
        command.arg("run").arg(journey).args(["--target", &target.url(), "--out"]).arg(folder);
        usage::run(command.stdout(Stdio::null()), BESIDES).map(drop)
    }

    fn put_by_host(
        &self,
        journey: &Path,
        waits: bool,
        load: Load,
        target: &Target,
        folder: &Path,
    ) -> Result<Said> {
        let mut command = self.command(folder)?;
        command
            .arg("run")
            .arg(journey)
            .args(["--target", &target.url(), "--format", "json", "--out"])
            .arg(folder);
        command.args(["-r", &format!("{}/s", load.rate), "-d", &format!("{}s", load.seconds)]);
        command.args(["-u", &load.users().to_string(), "--max-vus", &load.max_users().to_string()]);
        let (policy, durations) = if waits { ("wait", "corrected_ms") } else { ("drop", "duration_ms") };
        command.args(["--when-busy", policy]);
        let summary = folder.join("host.json");
        let output =
            fs::File::create(&summary).with_context(|| format!("cannot write {}", summary.display()))?;
        let usage = usage::run(command.stdout(output), load.time() + BESIDES)?;
        let report = json(&summary)?;
        let ms = |name: &str| number(&report, &format!("/all_requests/{durations}/{name}"));
        let percentiles = Percentiles { p50: ms("p50")?, p95: ms("p95")?, p99: ms("p99")?, max: ms("max")? };
        let dropped = number(&report, "/iterations/dropped")?;
        Ok(Said { percentiles, dropped: Some(dropped as u64), usage })
    }

    fn put_by_k6(&self, load: Load, target: &Target, folder: &Path) -> Result<Said> {
        let (script, summary) = (folder.join("get.js"), folder.join("k6.json"));
        fs::write(&script, k6_script(load))?;
        let mut command = self.command(folder)?;
        command.args(["run", "--quiet", "--no-usage-report", "--summary-export"]).arg(&summary);
        command.arg("-e").arg(format!("TARGET={}", target.url())).arg(&script);
        let usage = usage::run(command.stdout(Stdio::null()), load.time() + BESIDES)?;
        let report = json(&summary)?;
        let ms = |name: &str| {
            let trend = &report["metrics"]["http_req_duration"][name];
            trend.as_f64().with_context(|| format!("k6's summary has no {name} of http_req_duration"))
        };
        let percentiles =
            Percentiles { p50: ms("med")?, p95: ms("p(95)")?, p99: ms("p(99)")?, max: ms("max")? };
        // The metric is there once an iteration was dropped.
        let dropped = report["metrics"]["dropped_iterations"]["count"].as_u64().unwrap_or(0);
        Ok(Said { percentiles, dropped: Some(dropped), usage })
    }

    fn put_by_tsung(&self, load: Load, target: &Target, folder: &Path) -> Result<Said> {
        let (plan, logs) = (folder.join("tsung.xml"), folder.join("tsung"));
        fs::write(&plan, tsung::plan(load, target.port()))?;
        if logs.is_dir() {
            fs::remove_dir_all(&logs).with_context(|| format!("cannot remove {}", logs.display()))?;
        }
        fs::create_dir_all(&logs)?;
        let mut command = self.command(folder)?;
        // It keeps a folder in the home of whoever calls it.
        command.env("HOME", folder).arg("-f").arg(&plan).arg("-l").arg(&logs).args(["-w", "0", "start"]);
        let _ports = tsung::PortMapper::look();
        let usage = usage::run(command.stdout(Stdio::null()), load.time() + BESIDES)?;
        Ok(Said { percentiles: tsung::percentiles(&logs)?, dropped: None, usage })
    }

    /// The program on its core; what it complains of is kept in `FOLDER/NAME.err`.
    fn command(&self, folder: &Path) -> Result<Command> {
        let complaints = folder.join(format!("{}.err", self.name));
        let complaints = fs::File::create(&complaints)
            .with_context(|| format!("cannot write {}", complaints.display()))?;
        let mut command = Core::Tools.command(&self.program);
        command.stdin(Stdio::null()).stderr(complaints);
        Ok(command)
    }
}

/// The same journey as ours, in k6's words.
fn k6_script(load: Load) -> String {
    format!(
        "import http from 'k6/http';\n\
         export const options = {{\n\
         \x20 summaryTrendStats: ['med', 'p(95)', 'p(99)', 'max'],\n\
         \x20 scenarios: {{ get: {{\n\
         \x20   executor: 'constant-arrival-rate', rate: {rate}, timeUnit: '1s', duration: '{seconds}s',\n\
         \x20   preAllocatedVUs: {users}, maxVUs: {max_users},\n\
         \x20 }} }},\n\
         }};\n\
         export default function () {{ http.get(__ENV.TARGET); }}\n",
        rate = load.rate,
        seconds = load.seconds,
        users = load.users(),
        max_users = load.max_users(),
    )
}

fn json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}
