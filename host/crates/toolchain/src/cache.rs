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
//! * A file appears whole or not at all: it is written under another name, then renamed.
//! * What does not have this form, or not this digest, is as if it were not there.
//! * `<folder>/runtimes` holds what wasmtime's own cache keeps: the native code of JavaScript's runtime.
//! * The folder is made for its owner alone, and holds at most [`MAX_ENTRIES`]; those that were used the
//!   longest time ago go first.
//! * Not promised: that an entry survives a power failure.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

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
    folder: PathBuf,
}

impl Cache {
    pub(crate) fn new(folder: PathBuf) -> Cache {
        Cache { folder }
    }

    /// The component of a key, if there is one.
    pub(crate) fn get(&self, key: &Key) -> Option<Entry> {
        let path = self.path(key);
        let bytes = fs::read(&path).ok()?;
        let entry = decode(&bytes);
        match &entry {
            Some(_) => note_use(&path),
            None => tracing::debug!(key = key.0, "the cached component is damaged and is built again"),
        }
        entry
    }

    /// Keeps a component.
    pub(crate) fn put(&self, key: &Key, entry: &Entry) -> io::Result<()> {
        create_private(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder)?;
        file.write_all(&encode(entry))?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        if let Err(error) = self.forget_oldest() {
            tracing::debug!(%error, "old components were not forgotten");
        }
        Ok(())
    }

    /// The folder for what the runtime of JavaScript compiles to.
    pub(crate) fn runtimes(&self) -> io::Result<PathBuf> {
        let folder = self.folder.join("runtimes");
        create_private(&folder)?;
        Ok(folder)
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(&key.0).with_extension(EXTENSION)
    }

    fn forget_oldest(&self) -> io::Result<()> {
        let mut entries: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION)
                // Another process may have forgotten it meanwhile.
                && let Ok(used) = fs::metadata(&path).and_then(|found| found.modified())
            {
                entries.push((used, path));
            }
        }
        entries.sort();
        let surplus = entries.len().saturating_sub(MAX_ENTRIES);
        entries.iter().take(surplus).try_for_each(|(_, path)| match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        })
    }
}

/// Its time of writing tells when it was used last. Where that cannot be told it goes a little earlier.
#[expect(clippy::disallowed_methods, reason = "files have the system's time")]
fn note_use(path: &Path) {
    let noted =
        fs::File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(error) = noted {
        tracing::debug!(%error, path = %path.display(), "a use was not noted");
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

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
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

    #[cfg(unix)]
    #[test]
    fn the_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("components");
        Cache::new(path.clone()).put(&Key::of(["k"]), &entry(1)).unwrap();
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn the_oldest_entries_go_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().to_owned());
        let key = |number: usize| Key::of([number.to_string().as_str()]);
        for number in 0..MAX_ENTRIES {
            cache.put(&key(number), &entry(1)).unwrap();
            let age = std::time::Duration::from_secs(number as u64);
            let file = fs::File::options().append(true).open(cache.path(&key(number))).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + age).unwrap();
        }
        cache.put(&key(MAX_ENTRIES), &entry(1)).unwrap();
        assert_eq!(cache.get(&key(0)), None);
        assert!(cache.get(&key(1)).is_some());
        assert!(cache.get(&key(MAX_ENTRIES)).is_some());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), MAX_ENTRIES);
    }
}
