//! The last manifest of a worker that could not put all of its rows.

use std::sync::Arc;

use object_store::path::Path;

use super::upload::Progress;
use super::{RollPolicy, Roller, put};
use crate::store::json;
use crate::{Manifest, StorageError};

/// What is known of the manifest in the store.
enum There {
    /// It is this one, or there is none.
    Known(Option<Arc<Manifest>>),
    /// It is someone else's.
    Foreign,
    /// One of ours; which, the store does not say now.
    Unknown,
}

impl Roller {
    /// Commits what could be committed, with all that is known now; where the store does not take it, it is kept on this
    /// machine. Whether all rows turned out to be there: of a put whose answer was lost nobody knew that it arrived.
    pub(super) fn leave_last_words(&mut self) -> bool {
        let stopped = self.uploader.stop(&self.runtime);
        self.name_only(stopped.committed.as_deref());
        if self.is_second_writer() {
            return false;
        }
        let path = self.layout.manifest(self.manifest.worker);
        let there = match self.policy.upload_bytes > 0 && self.give_up.is_asked() {
            true => There::Unknown,
            false => self.look(&stopped, &path),
        };
        match there {
            There::Known(manifest) => self.commit_last(&path, manifest.as_deref()),
            There::Foreign => {
                tracing::warn!("the place is someone else's");
                false
            }
            There::Unknown => {
                self.keep_last(&path);
                false
            }
        }
    }

    /// Names what this manifest names, and no part more.
    fn name_only(&mut self, committed: Option<&Manifest>) {
        self.manifest.finished = false;
        self.manifest.wal_segment = committed.map_or(0, |committed| committed.wal_segment);
        self.manifest.parts = committed.map(|committed| committed.parts.clone()).unwrap_or_default();
        for (table, rows) in &mut self.manifest.rows {
            rows.written = committed.and_then(|it| it.rows.get(table)).map_or(0, |rows| rows.written);
        }
    }

    /// Which manifest is there, where a put was begun of which nobody has heard: it may have arrived.
    fn look(&self, stopped: &Progress, path: &Path) -> There {
        let Some(begun) = &stopped.begun else { return There::Known(stopped.committed.clone()) };
        let found = self.runtime.block_on(async {
            tokio::select! {
                found = self.store.get(path) => found.map_err(|error| outrider_model::with_causes(&error)),
                () = self.give_up.asked(), if self.policy.upload_bytes > 0 => Err("nobody waits for it".to_owned()),
            }
        });
        match found {
            Ok(Some(found)) if found == json(&**begun) => There::Known(Some(Arc::clone(begun))),
            Ok(found) if found == stopped.committed.as_deref().map(json) => {
                There::Known(stopped.committed.clone())
            }
            Ok(_) => There::Foreign,
            Err(error) => {
                tracing::warn!(%error, "which manifest is there cannot be seen");
                There::Unknown
            }
        }
    }

    fn commit_last(&mut self, path: &Path, there: Option<&Manifest>) -> bool {
        self.name_only(there);
        let failure = self.manifest.failure.clone();
        if self.manifest.missing_rows() == 0 {
            (self.manifest.finished, self.manifest.failure) = (true, None);
        }
        self.manifest.committed_at = self.clock.now();
        match self.put_last(path, there.is_some()) {
            Ok(()) => {
                // A put that was under way may still arrive and take its place; recovery has these words all the same.
                if !self.manifest.finished {
                    self.store.keep(path, &json(&self.manifest));
                }
                return self.manifest.finished;
            }
            Err(error @ StorageError::Exists { .. }) => {
                tracing::warn!(%error, "the place is someone else's");
            }
            Err(error) => {
                let error = outrider_model::with_causes(&error);
                tracing::warn!(%error, "the last manifest could not be written");
                (self.manifest.finished, self.manifest.failure) = (false, failure);
                self.keep_last(path);
            }
        }
        false
    }

    /// Who has committed nothing takes no one's place either.
    fn put_last(&self, path: &Path, is_there: bool) -> Result<(), StorageError> {
        // A far store that has failed for minutes is not tried for minutes again.
        let put_attempts = if self.store.is_remote() { 1 } else { self.policy.put_attempts };
        let policy = RollPolicy { put_attempts, ..self.policy };
        let put = async {
            match is_there {
                true => put::replace(&self.manifest, &self.store, &policy).await,
                false => put::put_new(&self.store, path, json(&self.manifest), &policy).await,
            }
        };
        self.runtime.block_on(async {
            tokio::select! {
                put = put => put,
                () = self.give_up.asked(), if self.policy.upload_bytes > 0 => Err(self.given_up()),
            }
        })
    }

    /// For recovery.
    fn keep_last(&mut self, path: &Path) {
        self.manifest.committed_at = self.clock.now();
        self.store.keep(path, &json(&self.manifest));
    }
}
