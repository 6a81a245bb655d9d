//! Compiled code on disk, by content.
//!
//! Layout: `<cache>/compiled/<sha256>-<compatibility>.cwasm`, the digest of the component's bytes and
//! the hash of everything in wasmtime's configuration and version that the code depends on.
//!
//! * Write path: a temporary file in the same folder, then a rename; a reader sees a whole file or none.
//! * The folder is private (mode 0700), because compiled code is trusted when it is loaded: loading one
//!   that somebody else wrote would run their code outside the sandbox. A folder with another owner or
//!   wider mode is not used.
//! * Recovery: a file that wasmtime refuses is compiled anew and written over.
//! * The folder holds at most [`MAX_FILES`] of them; those that were used the longest time ago go first.
//! * Not promised: that a file stays. Deleting the folder costs time only.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use outrider_wit::wasmtime::Engine;
use outrider_wit::wasmtime::component::Component;

/// Of files of compiled code.
const EXTENSION: &str = "cwasm";

/// Three hundred and eighty-four: the tests of this workspace compile some 270, and at 5 MB each they take two gigabytes.
const MAX_FILES: usize = 384;

/// Where compiled code is kept between runs.
#[derive(Clone, Debug)]
pub struct CodeCache {
    folder: Option<PathBuf>,
}

impl CodeCache {
    /// The user's own cache folder (`$XDG_CACHE_HOME/outrider`, else `~/.cache/outrider`).
    pub fn for_user() -> CodeCache {
        match dirs::cache_dir() {
            Some(base) => CodeCache::at(&base.join("outrider")),
            None => CodeCache::disabled(),
        }
    }

    /// A cache below `base`. If the folder cannot be made private, nothing is cached.
    pub fn at(base: &Path) -> CodeCache {
        let folder = base.join("compiled");
        match private_folder(&folder) {
            Ok(()) => CodeCache { folder: Some(folder) },
            Err(reason) => {
                tracing::debug!(folder = %folder.display(), %reason, "compiled code is not cached");
                CodeCache::disabled()
            }
        }
    }

    /// No cache: everything is compiled anew.
    pub fn disabled() -> CodeCache {
        CodeCache { folder: None }
    }

    /// Gets the compiled component, from the cache or by compiling; says whether it was cached.
    pub(crate) fn load(
        &self,
        engine: &Engine,
        digest: &str,
        bytes: &[u8],
    ) -> outrider_wit::wasmtime::Result<(Component, bool)> {
        let path = self.folder.as_ref().map(|folder| folder.join(file_name(engine, digest)));
        if let Some(path) = path.as_ref().filter(|path| path.is_file()) {
            match deserialize(engine, path) {
                Ok(component) => {
                    note_use(path);
                    return Ok((component, true));
                }
                Err(reason) => tracing::debug!(path = %path.display(), %reason, "compiled code is stale"),
            }
        }
        let component = Component::new(engine, bytes)?;
        if let Some(path) = path
            && let Err(reason) =
                component.serialize().map_err(std::io::Error::other).and_then(|code| write(&path, &code))
        {
            tracing::debug!(path = %path.display(), %reason, "compiled code was not kept");
        }
        Ok((component, false))
    }
}

fn file_name(engine: &Engine, digest: &str) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{digest}-{:016x}.{EXTENSION}", hasher.finish())
}

#[expect(unsafe_code, reason = "loading compiled code is unsafe by nature")]
fn deserialize(engine: &Engine, path: &Path) -> outrider_wit::wasmtime::Result<Component> {
    // SAFETY: the file is from our own private folder (see the module's header), written whole by this
    // program; wasmtime itself refuses code of another version or configuration.
    unsafe { Component::deserialize_file(engine, path) }
}

fn write(path: &Path, code: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(code)?;
    file.persist(path)?;
    if let Err(reason) = forget_oldest(folder) {
        tracing::debug!(folder = %folder.display(), %reason, "compiled code was not forgotten");
    }
    Ok(())
}

/// Its time of writing tells when it was used last. Where that cannot be told it goes a little earlier.
#[expect(clippy::disallowed_methods, reason = "files have the system's time")]
fn note_use(path: &Path) {
    let noted = File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    if let Err(reason) = noted {
        tracing::debug!(path = %path.display(), %reason, "a use was not noted");
    }
}

fn forget_oldest(folder: &Path) -> std::io::Result<()> {
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == EXTENSION)
            // Another process may have forgotten it meanwhile.
            && let Ok(used) = std::fs::metadata(&path).and_then(|found| found.modified())
        {
            files.push((used, path));
        }
    }
    files.sort();
    let surplus = files.len().saturating_sub(MAX_FILES);
    files.iter().take(surplus).try_for_each(|(_, path)| match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    })
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let meta = std::fs::metadata(folder)?;
    let own = meta.uid() == rustix::process::geteuid().as_raw();
    if own && meta.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(std::io::Error::other("the folder belongs to somebody else or is open to others"))
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_load_comes_from_the_cache_and_a_broken_file_does_not_hurt() {
        let folder = tempfile::tempdir().unwrap();
        let cache = CodeCache::at(folder.path());
        let engine = Engine::default();
        let bytes = b"\0asm\x0d\0\x01\0";
        assert!(!cache.load(&engine, "abc", bytes).unwrap().1);
        assert!(cache.load(&engine, "abc", bytes).unwrap().1);
        let file = std::fs::read_dir(folder.path().join("compiled")).unwrap().next().unwrap().unwrap().path();
        std::fs::write(&file, b"broken").unwrap();
        assert!(!cache.load(&engine, "abc", bytes).unwrap().1);
        assert!(cache.load(&engine, "abc", bytes).unwrap().1);
    }

    #[test]
    fn the_oldest_files_go_first() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..MAX_FILES + 3 {
            let path = folder.path().join(format!("{number}.{EXTENSION}"));
            write(&path, b"code").unwrap();
            let written = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(number as u64);
            File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
        }
        write(&folder.path().join("last.cwasm"), b"code").unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), MAX_FILES);
        assert!(!folder.path().join("3.cwasm").exists() && folder.path().join("4.cwasm").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_open_to_others_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let compiled = folder.path().join("compiled");
        std::fs::create_dir(&compiled).unwrap();
        std::fs::set_permissions(&compiled, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(CodeCache::at(folder.path()).folder.is_none());
    }
}
