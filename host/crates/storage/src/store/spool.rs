//! What this machine keeps of a run that goes into a bucket, beside its write-ahead log: its mark (`running.rs`), and
//! documents that could not be put. Recovery puts them. Nothing stays of a run that is whole, no empty folder either.

use std::fs;
use std::io;
use std::path::{Path as FilePath, PathBuf};

use bytes::Bytes;
use object_store::path::Path;
use outrider_model::RunId;

use super::DatasetStore;
use super::durable::{Publish, write_durably};
use crate::RunLayout;

impl DatasetStore {
    /// Keeps a document here that could not be put.
    pub(crate) fn keep(&self, path: &Path, bytes: &Bytes) {
        let Some(file) = self.spooled(path) else { return };
        match write_durably(&file, &bytes.clone().into(), Publish::Replace) {
            Ok(()) => tracing::info!(%path, "kept on this machine"),
            Err(error) => tracing::warn!(%path, %error, "cannot be kept on this machine either"),
        }
    }

    /// A document that was kept.
    pub(crate) fn kept(&self, path: &Path) -> Option<Bytes> {
        fs::read(self.spooled(path)?).ok().map(Bytes::from)
    }

    /// Forgets a document: it is put.
    pub(crate) fn forget(&self, path: &Path) {
        if let Some(file) = self.spooled(path) {
            note(&file, fs::remove_file(&file));
        }
    }

    /// Forgets all that is kept of a run. How many bytes that were.
    pub(crate) fn forget_run(&self, run_id: &RunId) -> io::Result<u64> {
        let Some(folder) = self.spooled(&RunLayout::new(run_id.clone()).folder()) else { return Ok(0) };
        if !folder.is_dir() {
            return Ok(0);
        }
        let bytes = crate::removal::bytes_in(&folder)?;
        fs::remove_dir_all(&folder)?;
        self.tidy(run_id);
        Ok(bytes)
    }

    /// The runs of which something is kept; of a folder of this machine none: it is the dataset itself.
    pub fn spooled_runs(&self) -> Vec<RunId> {
        let runs = self.spooled(&RunLayout::runs()).and_then(|folder| fs::read_dir(folder).ok());
        let runs = runs.into_iter().flatten().flatten();
        let mut runs: Vec<RunId> =
            runs.filter_map(|entry| RunId::new(entry.file_name().into_string().ok()?)).collect();
        runs.sort();
        runs
    }

    /// Takes away the empty folders of a run, and those around it if it was the last.
    pub(crate) fn tidy(&self, run_id: &RunId) {
        if let Some(folder) = self.spooled(&RunLayout::new(run_id.clone()).folder()) {
            prune(&folder);
        }
        self.tidy_place();
    }

    /// Takes away the folder of this place, if no run is in it.
    pub(crate) fn tidy_place(&self) {
        let Some(runs) = self.spooled(&RunLayout::runs()) else { return };
        note(&runs, fs::remove_dir(&runs));
        if let Some(place) = runs.parent() {
            note(place, fs::remove_dir(place));
        }
    }

    /// The file of the spool that stands for an object.
    pub(crate) fn spooled(&self, path: &Path) -> Option<PathBuf> {
        self.file(path).filter(|_| self.is_remote())
    }
}

/// Removes a folder in which there are no files, with its folders.
fn prune(folder: &FilePath) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.is_dir()).for_each(|folder| prune(&folder));
    note(folder, fs::remove_dir(folder));
}

fn note(path: &FilePath, removed: io::Result<()>) {
    if let Err(error) = removed
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(%error, path = %path.display(), "something stays in the spool");
    }
}
