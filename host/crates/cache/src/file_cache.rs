//! A folder of files by key.
//!
//! Layout: `<folder>/<key>.<extension>`. Files with another extension, and folders, are none of the cache's.
//!
//! * Write path: a temporary file in the same folder, then a rename; a reader sees a whole file or none.
//! * The time at which a file was modified is that of its last use. Beyond the bound those that were used the longest time
//!   ago go first, whichever process put them there.
//! * Not promised: that a file stays, or survives a power failure. Deleting the folder costs time only.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::make_private_folder;
use crate::private::check_private;

/// A folder of files by key.
#[derive(Clone, Debug)]
pub struct FileCache {
    folder: PathBuf,
    extension: &'static str,
    max_files: usize,
}

impl FileCache {
    /// A cache of so many files in a folder, which is made when it is needed.
    pub fn new(folder: PathBuf, extension: &'static str, max_files: usize) -> FileCache {
        FileCache { folder, extension, max_files }
    }

    /// Makes the folder at once, for those who trust what is in it.
    ///
    /// # Errors
    ///
    /// If it cannot be made, belongs to somebody else or is open to others.
    pub fn make_private(&self) -> io::Result<()> {
        make_private_folder(&self.folder)?;
        check_private(&self.folder)
    }

    /// Where the files are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file of a key is, if there is one. A key is a file's name, without anything that a path is split at.
    pub fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.{}", self.extension))
    }

    /// Keeps a file, in place of what the key had. Afterwards it forgets what is too much; that this failed is no fault.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made, or the file not be written.
    pub fn put(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        make_private_folder(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.folder)?;
        file.write_all(bytes)?;
        file.persist(self.path(key)).map_err(|error| error.error)?;
        if let Err(error) = self.forget_oldest() {
            tracing::debug!(%error, folder = %self.folder.display(), "old files were not forgotten");
        }
        Ok(())
    }

    /// Notes that the file of a key was used just now. Where that cannot be, it goes a little earlier.
    #[expect(clippy::disallowed_methods, reason = "files have the system's time")]
    pub fn note_use(&self, key: &str) {
        let path = self.path(key);
        let file = File::options().append(true).open(&path);
        if let Err(error) = file.and_then(|file| file.set_modified(SystemTime::now())) {
            tracing::debug!(%error, path = %path.display(), "a use was not noted");
        }
    }

    fn forget_oldest(&self) -> io::Result<()> {
        let mut files = self.files()?;
        files.sort();
        let surplus = files.len().saturating_sub(self.max_files);
        files.iter().take(surplus).try_for_each(|(_, path)| match fs::remove_file(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed,
        })
    }

    /// Each with the time of its last use.
    fn files(&self) -> io::Result<Vec<(SystemTime, PathBuf)>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == self.extension)
                // Another process may have forgotten it meanwhile.
                && let Ok(used) = fs::metadata(&path).and_then(|found| found.modified())
            {
                files.push((used, path));
            }
        }
        Ok(files)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn set_used(cache: &FileCache, key: &str, seconds: u64) {
        let file = File::options().append(true).open(cache.path(key)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn what_was_put_is_there_and_put_again_is_replaced() {
        let base = tempfile::tempdir().unwrap();
        let cache = FileCache::new(base.path().join("deep/compiled"), "cwasm", 4);
        assert!(!cache.path("one").is_file());
        for code in [&b"first"[..], b"second"] {
            cache.put("one", code).unwrap();
            assert_eq!(fs::read(cache.path("one")).unwrap(), code);
        }
        assert_eq!(fs::read_dir(cache.folder()).unwrap().count(), 1, "nothing temporary is left");
        check_private(cache.folder()).unwrap();
    }

    #[test]
    fn what_was_used_the_longest_time_ago_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().to_owned(), "cwasm", 3);
        fs::write(folder.path().join("notes.txt"), "no file of the cache").unwrap();
        for (seconds, key) in ["first", "second", "third"].into_iter().enumerate() {
            cache.put(key, b"code").unwrap();
            set_used(&cache, key, seconds as u64);
        }
        cache.note_use("first");
        cache.put("last", b"code").unwrap();
        let is_there = ["first", "second", "third", "last"].map(|key| cache.path(key).is_file());
        assert_eq!(is_there, [true, false, true, true]);
        assert!(folder.path().join("notes.txt").is_file());
    }

    #[test]
    fn a_use_of_what_is_gone_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let cache = FileCache::new(folder.path().to_owned(), "cwasm", 3);
        cache.note_use("gone");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
