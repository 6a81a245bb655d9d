//! What this machine keeps of a run that goes into a bucket, beside its write-ahead log: its mark (`running.rs`), and
//! documents that could not be put. Recovery puts them.

use std::fs;
use std::io;

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
        if let Some(file) = self.spooled(path)
            && let Err(error) = fs::remove_file(&file)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(%error, path = %file.display(), "something stays in the spool");
        }
    }

    /// Forgets all that is kept of a run.
    pub(crate) fn forget_run(&self, run_id: &RunId) {
        let Some(folder) = self.spooled(&RunLayout::new(run_id.clone()).folder()) else { return };
        if let Err(error) = fs::remove_dir_all(&folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::debug!(%error, path = %folder.display(), "something stays in the spool");
        }
    }

    /// The runs of which something is kept; of a folder of this machine none: it is the dataset itself.
    pub(crate) fn spooled_runs(&self) -> Vec<RunId> {
        let runs = self.spooled(&RunLayout::runs()).and_then(|folder| fs::read_dir(folder).ok());
        let runs = runs.into_iter().flatten().flatten();
        let mut runs: Vec<RunId> =
            runs.filter_map(|entry| RunId::new(entry.file_name().into_string().ok()?)).collect();
        runs.sort();
        runs
    }

    /// The file of the spool that stands for an object.
    pub(crate) fn spooled(&self, path: &Path) -> Option<std::path::PathBuf> {
        self.file(path).filter(|_| self.is_remote())
    }
}
