//! tsung: its plan, and its log of requests, since its own statistics have means but no percentiles.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::Load;
use super::figures::Percentiles;
use crate::command::succeeds;

/// An arrival phase of users who ask once, each request written down.
pub(super) fn plan(load: Load, port: u16) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n\
         <!DOCTYPE tsung SYSTEM \"/usr/share/tsung/tsung-1.0.dtd\">\n\
         <tsung loglevel=\"warning\" dumptraffic=\"protocol\" version=\"1.0\">\n\
         \x20 <clients><client host=\"localhost\" use_controller_vm=\"true\" maxusers=\"60000\"/></clients>\n\
         \x20 <servers><server host=\"127.0.0.1\" port=\"{port}\" type=\"tcp\"/></servers>\n\
         \x20 <load><arrivalphase phase=\"1\" duration=\"{seconds}\" unit=\"second\">\n\
         \x20   <users arrivalrate=\"{rate}\" unit=\"second\"/>\n\
         \x20 </arrivalphase></load>\n\
         \x20 <sessions><session name=\"get\" probability=\"100\" type=\"ts_http\">\n\
         \x20   <request><http url=\"/\" method=\"GET\" version=\"1.1\"/></request>\n\
         \x20 </session></sessions>\n\
         </tsung>\n",
        seconds = load.seconds,
        rate = load.rate,
    )
}

/// The percentiles of the durations in `LOGS/DATE/tsung.dump`.
pub(super) fn percentiles(logs: &Path) -> Result<Percentiles> {
    let mut runs = fs::read_dir(logs).with_context(|| format!("cannot read {}", logs.display()))?.flatten();
    let run = runs.next().context("tsung wrote no log")?.path();
    let dump = run.join("tsung.dump");
    let text = fs::read_to_string(&dump).with_context(|| format!("cannot read {}", dump.display()))?;
    let durations: Vec<f64> = text.lines().filter_map(duration_ms).collect();
    Percentiles::of(durations).context("tsung's log has no request")
}

/// `date;pid;id;http method;host;URL;HTTP status;size;duration;transaction;match;error;tag`, the duration in
/// milliseconds.
fn duration_ms(line: &str) -> Option<f64> {
    line.split(';').nth(8)?.parse().ok()
}

/// Erlang's port mapper, which outlives the program that starts it, unless it was there before.
#[derive(Debug)]
pub(super) struct PortMapper {
    was_there: bool,
}

impl PortMapper {
    pub(super) fn look() -> PortMapper {
        PortMapper { was_there: succeeds(Command::new("epmd").arg("-names")) }
    }
}

impl Drop for PortMapper {
    fn drop(&mut self) {
        if !self.was_there {
            succeeds(Command::new("epmd").arg("-kill"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_from_the_log_of_requests() {
        let lines = [
            "#date;pid;id;http method;host;URL;HTTP status;size;duration;transaction;match;error;tag",
            "1795273976.542621;<0.193.0>;1;get;127.0.0.1;/;200;116;27.718;-;;;",
            "1795273976.542795;<0.197.0>;3;get;127.0.0.1;/;;;;-;;error_connect_econnrefused;",
        ];
        assert_eq!(lines.map(duration_ms), [None, Some(27.718), None]);
    }
}
