//! Folders in which runs are: what a path leads to.

use std::path::{Path, PathBuf};

use outrider_model::RunId;
use outrider_storage::DatasetStore;

use crate::commands::report::storage_failure;
use crate::failure::{Failure, Fault};

/// A dataset, and the run in it if the path led to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The folder that holds the folder `runs`.
    pub(crate) out: String,
    /// The run, if it was its folder that was named.
    pub(crate) run: Option<RunId>,
}

impl Place {
    /// The place that `--out` names: a folder that holds `runs`, or `runs` itself, or a run's folder.
    /// What holds no runs is taken as it is: whoever opens it says what is wrong with it.
    pub(crate) fn of_out(out: &str) -> Place {
        Place::of_path(out).unwrap_or_else(|| Place { out: out.to_owned(), run: None })
    }

    /// The place that a path leads to, if it does.
    pub(crate) fn of_path(path: &str) -> Option<Place> {
        if path.contains("://") {
            return of_url(path);
        }
        let path = Path::new(path);
        // As it was written, so that messages say it as it was written; `.` and the like are looked up.
        lookup(path).or_else(|| lookup(&std::fs::canonicalize(path).ok()?))
    }

    /// Opens the dataset.
    pub(crate) fn open(&self) -> Result<DatasetStore, Failure> {
        DatasetStore::open(&self.out).map_err(storage_failure)
    }

    /// The folder of the runs, for messages.
    pub(crate) fn runs(&self) -> String {
        Path::new(&self.out).join("runs").display().to_string()
    }
}

/// The place of a bucket's URL: `s3://bucket/prefix`, with `/runs` and `/runs/RUN-ID` behind it or not. Nothing is asked:
/// the form of the last word tells whether it is a run.
fn of_url(url: &str) -> Option<Place> {
    let url = url.trim_end_matches('/');
    if let Some((holder, name)) = url.rsplit_once('/')
        && let (Some(out), Some(run)) = (holder.strip_suffix("/runs"), RunId::new(name))
        && run.tells_a_second()
    {
        return Some(Place { out: out.to_owned(), run: Some(run) });
    }
    Some(Place { out: url.strip_suffix("/runs").unwrap_or(url).to_owned(), run: None })
}

/// What is wrong with a folder that leads to no run.
pub(super) fn no_runs_in(path: &str) -> Fault {
    if Path::new(path).join("run.json").is_file() {
        return Fault::new(format!("cannot read '{path}' as a run: it is not at FOLDER/runs/RUN-ID"))
            .hint("move it into a folder named `runs`, under its id");
    }
    Fault::new(format!(
        "there is no run in '{path}': it holds no folder `runs` and no `run.json`, and is not named `runs`"
    ))
    .hint("name a run's folder, the folder `runs`, or the folder that holds it")
}

fn lookup(path: &Path) -> Option<Place> {
    if let Some(run) = run_folder(path) {
        return Some(run);
    }
    if path.join("runs").is_dir() {
        return Some(Place { out: path.to_str()?.to_owned(), run: None });
    }
    let out = path.is_dir().then(|| holder_of_runs(path))??;
    Some(Place { out, run: None })
}

/// The place of a run's own folder, `FOLDER/runs/RUN-ID`.
fn run_folder(path: &Path) -> Option<Place> {
    if !path.join("run.json").is_file() {
        return None;
    }
    let run = RunId::new(path.file_name()?.to_str()?)?;
    Some(Place { out: holder_of_runs(path.parent()?)?, run: Some(run) })
}

/// The folder that holds this one, if this one is named `runs`.
fn holder_of_runs(folder: &Path) -> Option<String> {
    let holder = folder.parent().filter(|_| folder.file_name().is_some_and(|name| name == "runs"))?;
    let holder = if holder.as_os_str().is_empty() { PathBuf::from(".") } else { holder.to_owned() };
    Some(holder.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "20260131T120000Z-4f2a9c";

    #[test]
    fn a_run_its_folder_and_the_folder_above_lead_to_the_same_dataset() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap().to_owned();
        let run = folder.path().join("runs").join(RUN);
        std::fs::create_dir_all(&run).unwrap();
        std::fs::write(run.join("run.json"), "{}").unwrap();
        let place = |run: Option<&str>| Some(Place { out: out.clone(), run: run.and_then(RunId::new) });
        assert_eq!(Place::of_path(&out), place(None));
        assert_eq!(Place::of_path(&format!("{out}/runs")), place(None));
        assert_eq!(Place::of_path(&format!("{out}/runs/")), place(None));
        assert_eq!(Place::of_path(&format!("{out}/runs/{RUN}/")), place(Some(RUN)));
        assert_eq!(
            Place::of_path(&format!("{out}/runs/{RUN}/../..")),
            place(None).map(|place| Place { out: format!("{out}/runs/{RUN}/../.."), ..place })
        );
        assert_eq!(Place::of_path(&format!("{out}/nowhere")), None);
    }

    #[test]
    fn a_url_leads_to_a_bucket_and_to_a_run_in_it() {
        let place = |run: Option<&str>| {
            Some(Place { out: "s3://bucket/load".to_owned(), run: run.and_then(RunId::new) })
        };
        assert_eq!(Place::of_path("s3://bucket/load/"), place(None));
        assert_eq!(Place::of_path("s3://bucket/load/runs"), place(None));
        assert_eq!(Place::of_path(&format!("s3://bucket/load/runs/{RUN}")), place(Some(RUN)));
        let nightly = Place { out: "s3://bucket/runs/nightly".to_owned(), run: None };
        assert_eq!(Place::of_path("s3://bucket/runs/nightly"), Some(nightly));
    }

    #[test]
    fn a_folder_without_runs_leads_nowhere_and_says_what_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        assert_eq!(Place::of_path(path), None);
        assert_eq!(Place::of_out(path), Place { out: path.to_owned(), run: None });
        assert!(no_runs_in(path).message.contains("holds no folder `runs` and no `run.json`"));
        std::fs::write(folder.path().join("run.json"), "{}").unwrap();
        assert_eq!(Place::of_path(path), None, "it is not in a folder named runs");
        assert!(no_runs_in(path).message.contains("it is not at FOLDER/runs/RUN-ID"));
    }
}
