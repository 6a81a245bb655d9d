//! Puts that are tried more than once.

use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path;

use super::RollPolicy;
use crate::{DatasetStore, Manifest, StorageError};

/// Three attempts: a hiccup passes, and a full disk is reported within a second.
pub const DEFAULT_PUT_ATTEMPTS: u32 = 3;

/// 250 ms: with three attempts half a second, while the samples' queue holds two.
pub const DEFAULT_PUT_PAUSE: Duration = Duration::from_millis(250);

/// Puts an object that must not exist. If an earlier attempt failed and yet arrived, as happens with
/// far stores, the object is there with our bytes: that is success.
pub(crate) async fn put_new(
    store: &DatasetStore,
    path: &Path,
    bytes: Bytes,
    policy: &RollPolicy,
) -> Result<(), StorageError> {
    let mut attempt = 1;
    loop {
        match store.put_new(path, bytes.clone()).await {
            Ok(()) => return Ok(()),
            Err(error @ StorageError::Exists { .. }) => {
                let ours = attempt > 1 && store.get(path).await?.is_some_and(|found| found == bytes);
                return if ours { Ok(()) } else { Err(error) };
            }
            Err(error) if attempt >= policy.put_attempts => return Err(error),
            Err(error) => tracing::warn!(%error, attempt, "a put failed, trying again"),
        }
        attempt += 1;
        tokio::time::sleep(policy.put_pause).await;
    }
}

/// Replaces a manifest that is ours; doing it twice does no harm.
pub(crate) async fn replace(
    manifest: &Manifest,
    store: &DatasetStore,
    policy: &RollPolicy,
) -> Result<(), StorageError> {
    let mut attempt = 1;
    loop {
        match manifest.commit(store).await {
            Err(error) if attempt < policy.put_attempts => {
                tracing::warn!(%error, attempt, "a commit failed, trying again");
            }
            done => return done,
        }
        attempt += 1;
        tokio::time::sleep(policy.put_pause).await;
    }
}
