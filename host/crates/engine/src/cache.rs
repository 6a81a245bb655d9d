//! Compiled code on disk, by content.
//!
//! Layout: `<cache>/compiled/<sha256>-<compatibility>.cwasm`, the digest of the component's bytes and
//! the hash of everything in wasmtime's configuration and version that the code depends on.
//!
//! * The folder is private (mode 0700), because compiled code is trusted when it is loaded: loading one
//!   that somebody else wrote would run their code outside the sandbox. A folder with another owner or
//!   wider mode is not used.
//! * Recovery: a file that wasmtime refuses is compiled anew and written over.
//! * How files come, and that of more than [`MAX_FILES`] some go, is in [`FileCache`].

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use outrider_cache::FileCache;
use outrider_wit::wasmtime::Engine;
use outrider_wit::wasmtime::component::Component;

/// Of files of compiled code.
const EXTENSION: &str = "cwasm";

/// Three hundred and eighty-four: the tests of this workspace compile some 270, and at 5 MB each they take two gigabytes.
const MAX_FILES: usize = 384;

/// Where compiled code is kept between runs.
#[derive(Clone, Debug)]
pub struct CodeCache {
    files: Option<FileCache>,
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
        let files = FileCache::new(base.join("compiled"), EXTENSION, MAX_FILES);
        match files.make_private() {
            Ok(()) => CodeCache { files: Some(files) },
            Err(reason) => {
                tracing::debug!(folder = %files.folder().display(), %reason, "compiled code is not cached");
                CodeCache::disabled()
            }
        }
    }

    /// No cache: everything is compiled anew.
    pub fn disabled() -> CodeCache {
        CodeCache { files: None }
    }

    /// Gets the compiled component, from the cache or by compiling; says whether it was cached.
    pub(crate) fn load(
        &self,
        engine: &Engine,
        digest: &str,
        bytes: &[u8],
    ) -> outrider_wit::wasmtime::Result<(Component, bool)> {
        let key = key(engine, digest);
        if let Some(component) = self.files.as_ref().and_then(|files| cached(files, engine, &key)) {
            return Ok((component, true));
        }
        let component = Component::new(engine, bytes)?;
        if let Some(files) = &self.files
            && let Err(reason) =
                component.serialize().map_err(std::io::Error::other).and_then(|code| files.put(&key, &code))
        {
            tracing::debug!(path = %files.path(&key).display(), %reason, "compiled code was not kept");
        }
        Ok((component, false))
    }
}

/// What a component is compiled from, and by which compiler.
fn key(engine: &Engine, digest: &str) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    format!("{digest}-{:016x}", hasher.finish())
}

fn cached(files: &FileCache, engine: &Engine, key: &str) -> Option<Component> {
    let path = files.path(key);
    // What is not there is not stale.
    if !path.is_file() {
        return None;
    }
    let component = deserialize(engine, &path)
        .inspect_err(|reason| tracing::debug!(path = %path.display(), %reason, "compiled code is stale"))
        .ok()?;
    files.note_use(key);
    Some(component)
}

#[expect(unsafe_code, reason = "loading compiled code is unsafe by nature")]
fn deserialize(engine: &Engine, path: &Path) -> outrider_wit::wasmtime::Result<Component> {
    // SAFETY: the file is from our own private folder (see the module's header), written whole by this
    // program; wasmtime itself refuses code of another version or configuration.
    unsafe { Component::deserialize_file(engine, path) }
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

    #[cfg(unix)]
    #[test]
    fn a_folder_open_to_others_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let compiled = folder.path().join("compiled");
        std::fs::create_dir(&compiled).unwrap();
        std::fs::set_permissions(&compiled, std::fs::Permissions::from_mode(0o777)).unwrap();
        assert!(CodeCache::at(folder.path()).files.is_none());
    }
}
