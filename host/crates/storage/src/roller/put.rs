//! Puts that are tried more than once.

use std::time::Duration;

use bytes::Bytes;
use object_store::path::Path;
use outrider_model::{RunClock, Timestamp};

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
    let mut attempts = Attempts::first();
    loop {
        let error = match store.put_new(path, bytes.clone()).await {
            Ok(()) => return Ok(()),
            // A far store tries again by itself, and so may meet its own first attempt.
            Err(exists @ StorageError::Exists { .. }) if attempts.number > 1 || store.is_remote() => {
                match store.get(path).await {
                    Ok(Some(found)) if found == bytes => return Ok(()),
                    Ok(Some(_)) => return Err(exists),
                    // Someone is putting it at this moment.
                    Ok(None) => exists,
                    Err(error) => error,
                }
            }
            Err(exists @ StorageError::Exists { .. }) => return Err(exists),
            Err(error) => error,
        };
        attempts.pause(error, policy).await?;
    }
}

/// The same for a document of a run, not for long: who waits for it waits for nothing else. Once more where a far store
/// gave no answer, which may have been lost.
pub(crate) async fn put_document(
    store: &DatasetStore,
    path: &Path,
    bytes: Bytes,
) -> Result<(), StorageError> {
    let once = RollPolicy { put_attempts: 1, ..store.roll_policy() };
    match put_new(store, path, bytes.clone(), &once).await {
        Err(error) if error.is_passing() => put_new(store, path, bytes, &once).await,
        put => put,
    }
}

/// Replaces a manifest that is ours; doing it twice does no harm.
pub(crate) async fn replace(
    manifest: &Manifest,
    store: &DatasetStore,
    policy: &RollPolicy,
) -> Result<(), StorageError> {
    let mut attempts = Attempts::first();
    loop {
        match manifest.commit(store).await {
            Ok(()) => return Ok(()),
            Err(error) => attempts.pause(error, policy).await?,
        }
    }
}

/// The attempts of one put.
struct Attempts {
    number: u32,
    clock: RunClock,
    begun: Timestamp,
}

impl Attempts {
    fn first() -> Attempts {
        let clock = RunClock::start_now();
        Attempts { number: 1, clock, begun: clock.now() }
    }

    /// Waits before the next attempt; gives the error back if that was the last.
    async fn pause(&mut self, error: StorageError, policy: &RollPolicy) -> Result<(), StorageError> {
        let elapsed = self.clock.now().since(self.begun);
        let is_late = policy.put_time.is_some_and(|time| elapsed + policy.put_pause >= time);
        if self.number >= policy.put_attempts || is_late {
            return Err(error);
        }
        // Not each time: a far store may be away for minutes.
        if self.number.is_power_of_two() {
            let why = outrider_model::with_causes(&error);
            tracing::warn!(attempt = self.number, of = policy.put_attempts, "{why}; trying again");
        }
        self.number += 1;
        tokio::time::sleep(policy.put_pause).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> StorageError {
        StorageError::Exists { path: "x".to_owned() }
    }

    #[tokio::test]
    async fn time_ends_attempts_before_their_number_does() {
        let policy = RollPolicy {
            put_pause: Duration::from_millis(1),
            put_time: Some(Duration::ZERO),
            ..RollPolicy::remote()
        };
        assert!(Attempts::first().pause(error(), &policy).await.is_err());
        let policy =
            RollPolicy { put_attempts: 2, put_pause: Duration::from_millis(1), ..RollPolicy::remote() };
        let mut attempts = Attempts::first();
        assert!(attempts.pause(error(), &policy).await.is_ok());
        assert!(attempts.pause(error(), &policy).await.is_err(), "two were allowed");
    }
}
