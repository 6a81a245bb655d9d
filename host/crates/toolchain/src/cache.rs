//! Components that were built before, by the digest of all that went into them.
//!
//! Layout: `<folder>/<64 hexadecimal digits>.component`, and in each file, version [`VERSION`]:
//!
//! ```text
//! bytes 0..8    magic "ORCOMP" and the version, two digits
//! bytes 8..40   SHA-256 of the component
//! bytes 40..    the component
//! ```
//!
//! * What does not have this form, or not this digest, is as if it were not there.
//! * `<folder>/runtimes` holds what wasmtime's own cache keeps: the native code of JavaScript's runtime.
//! * The folder is made for its owner alone. How files come, and that of more than [`MAX_ENTRIES`] some go, is in
//!   [`FileCache`].

use std::fmt;
use std::fs;
use std::io;
use std::path::PathBuf;

use outrider_cache::{FileCache, make_private_folder};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 6] = b"ORCOMP";

/// 01: the first. 02: without a byte that said the world, which the component says itself.
const VERSION: &[u8; 2] = b"02";

const DIGEST_BYTES: usize = 32;
const HEADER_BYTES: usize = 8 + DIGEST_BYTES;
const EXTENSION: &str = "component";

/// Three hours of edits, or all that the tests of this workspace build; at 1.7 MB each (3.7 MB in Go) some 600 MB to 1.4 GB.
const MAX_ENTRIES: usize = 384;

/// The digest of all that goes into a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key(String);

impl Key {
    /// Each part counts with its length, so that no two lists of parts run together.
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Key {
        Key::of_bytes(parts.into_iter().map(str::as_bytes))
    }

    /// The same of parts that need not be text.
    pub(crate) fn of_bytes<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Key {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Key(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) component: Vec<u8>,
}

/// A folder of components.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    files: FileCache,
}

impl Cache {
    pub(crate) fn new(folder: PathBuf) -> Cache {
        Cache { files: FileCache::new(folder, EXTENSION, MAX_ENTRIES) }
    }

    /// The component of a key, if there is one.
    pub(crate) fn get(&self, key: &Key) -> Option<Entry> {
        let bytes = fs::read(self.files.path(&key.0)).ok()?;
        let entry = decode(&bytes);
        match &entry {
            Some(_) => self.files.note_use(&key.0),
            None => tracing::debug!(key = key.0, "the cached component is damaged and is built again"),
        }
        entry
    }

    /// Keeps a component.
    pub(crate) fn put(&self, key: &Key, entry: &Entry) -> io::Result<()> {
        self.files.put(&key.0, &encode(entry))
    }

    /// The folder for what the runtime of JavaScript compiles to.
    pub(crate) fn runtimes(&self) -> io::Result<PathBuf> {
        let folder = self.files.folder().join("runtimes");
        make_private_folder(&folder)?;
        Ok(folder)
    }
}

/// Keeps a component in a cache, if there is one. Its faults never fail a build.
pub(crate) fn keep(cache: Option<&Cache>, key: &Key, entry: &Entry) {
    if let Some(cache) = cache
        && let Err(error) = cache.put(key, entry)
    {
        tracing::warn!(%error, "the component cannot be cached and is built again next time");
    }
}

fn encode(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + entry.component.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(VERSION);
    bytes.extend_from_slice(&digest(&entry.component));
    bytes.extend_from_slice(&entry.component);
    bytes
}

fn decode(bytes: &[u8]) -> Option<Entry> {
    let rest = bytes.strip_prefix(MAGIC)?.strip_prefix(VERSION)?;
    let (expected, component) = rest.split_at_checked(DIGEST_BYTES)?;
    (digest(component) == expected).then(|| Entry { component: component.to_vec() })
}

fn digest(component: &[u8]) -> [u8; DIGEST_BYTES] {
    Sha256::digest(component).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(byte: u8) -> Entry {
        Entry { component: vec![byte; 10] }
    }

    #[test]
    fn keys_differ_where_parts_run_together() {
        assert_ne!(Key::of(["ab", "c"]), Key::of(["a", "bc"]));
        assert_ne!(Key::of(["a"]), Key::of(["a", ""]));
        assert_eq!(Key::of(["a"]), Key::of(["a"]));
    }

    #[test]
    fn what_was_put_is_got() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("deep/components"));
        let key = Key::of(["k"]);
        assert_eq!(cache.get(&key), None);
        cache.put(&key, &entry(7)).unwrap();
        assert_eq!(cache.get(&key), Some(entry(7)));
        assert_eq!(cache.get(&Key::of(["other"])), None);
        cache.put(&key, &entry(8)).unwrap();
        assert_eq!(cache.get(&key), Some(entry(8)));
    }

    #[test]
    fn any_damage_is_a_miss() {
        let whole = encode(&entry(7));
        for length in 0..whole.len() {
            assert_eq!(decode(&whole[..length]), None, "cut to {length} bytes");
        }
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x40;
            assert_eq!(decode(&damaged), None, "byte {at} changed");
        }
    }
}
