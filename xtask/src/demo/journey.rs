//! One journey against the shop, and what the program reports of it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{read, run};
use crate::workspace::Workspace;

/// What the demo runs, and how hard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Journey {
    pub(super) title: &'static str,
    /// From the repository's root.
    pub(super) path: &'static str,
    pub(super) load: &'static [&'static str],
}

/// The folder of runs that the demo adds to.
#[derive(Debug)]
pub(super) struct Dataset {
    host: PathBuf,
    root: PathBuf,
}

/// A run as its report describes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reported {
    pub(super) id: String,
    pub(super) requests: u64,
}

impl Dataset {
    /// The program's default: `runs` in the folder where it is called, so that `host report` finds it there.
    pub(super) fn in_checkout(workspace: &Workspace) -> Self {
        Self { host: workspace.program("host"), root: workspace.root().to_path_buf() }
    }

    /// Runs a journey; the program shows its report at the end.
    pub(super) fn run(&self, journey: &Journey, target: &str) -> Result<()> {
        let mut host = self.host();
        host.args(["run", journey.path, "--target", target]).args(journey.load);
        run(&mut host, "read what the program says above: its error names the cause")
    }

    /// The run that ended last.
    pub(super) fn latest(&self) -> Result<Reported> {
        let report =
            read(self.host().args(["report", "--format", "json"]), "see whether the run left its dataset")?;
        let (id, requests) = id_and_requests(&report)?;
        Ok(Reported { id, requests })
    }

    /// Writes the report of a run as a page into the run's folder; the file, from the repository's root.
    pub(super) fn write_page(&self, id: &str) -> Result<PathBuf> {
        let page = read(
            self.host().args(["report", id, "--format", "html"]),
            "see whether the run left its dataset",
        )?;
        let path = PathBuf::from("runs").join(id).join("report.html");
        let whole = self.root.join(&path);
        fs::write(&whole, page).with_context(|| format!("cannot write {}", whole.display()))?;
        Ok(path)
    }

    /// What a person types to read a run's report again.
    pub(super) fn report_by_hand(&self, id: &str) -> String {
        // As short as it can be typed from the repository's root.
        let host = self.host.strip_prefix(&self.root).unwrap_or(&self.host);
        format!("{} report {id}", host.display()).trim_end().to_owned()
    }

    fn host(&self) -> Command {
        let mut host = Command::new(&self.host);
        // The default folder is the current one, unless this says otherwise.
        host.current_dir(&self.root).env_remove("OUTRIDER_OUT");
        host
    }
}

fn id_and_requests(report: &str) -> Result<(String, u64)> {
    let report: Value = serde_json::from_str(report).context("the report is not JSON")?;
    let id = report["run"]["id"].as_str().context("the report does not name its run")?;
    let requests = report["requests"].as_array().context("the report has no list of requests")?;
    let count = requests.iter().filter_map(|request| request["count"].as_u64()).sum();
    Ok((id.to_owned(), count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_summed_over_their_names() {
        let report = r#"{"run": {"id": "01"}, "requests": [{"name": "/", "count": 2}, {"name": "/cart", "count": 3}]}"#;
        assert_eq!(id_and_requests(report).unwrap(), ("01".to_owned(), 5));
        assert!(id_and_requests("{}").unwrap_err().to_string().contains("does not name its run"));
    }
}
