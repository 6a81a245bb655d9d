//! A local folder whose writes survive a loss of power.
//!
//! object_store's own [`LocalFileSystem`] writes a temporary file and links or renames it, but calls no
//! fsync: after a crash a part could be there, named by its manifest, and empty. This store does the
//! writing itself and leaves everything else to it. Temporary files have its naming (`…#1`), which its
//! listings leave out.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path as FilePath, PathBuf};

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

#[derive(Debug)]
pub(super) struct DurableLocal {
    inner: LocalFileSystem,
}

impl DurableLocal {
    pub(super) fn new(inner: LocalFileSystem) -> DurableLocal {
        DurableLocal { inner }
    }
}

impl std::fmt::Display for DurableLocal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Durable{}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for DurableLocal {
    async fn put_opts(&self, location: &Path, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let publish = match opts.mode {
            PutMode::Create => Publish::Create,
            PutMode::Overwrite => Publish::Replace,
            PutMode::Update(_) => return self.inner.put_opts(location, payload, opts).await,
        };
        let path = self.inner.path_to_filesystem(location)?;
        let written = tokio::task::spawn_blocking(move || {
            write_durably(&path, &payload, publish).map_err(|source| store_error(&path, source))
        });
        written.await??;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// How a finished temporary file becomes visible.
#[derive(Clone, Copy)]
pub(super) enum Publish {
    Create,
    Replace,
}

/// On return the object is durable; a reader sees all of it or none, whenever this process dies (INV-2).
pub(super) fn write_durably(path: &FilePath, payload: &PutPayload, publish: Publish) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let outermost = create_folders(folder)?;
    let staged = stage(path, payload)?;
    match publish {
        Publish::Create => {
            let linked = fs::hard_link(&staged, path);
            discard(&staged);
            linked?;
        }
        Publish::Replace => fs::rename(&staged, path).inspect_err(|_| discard(&staged))?,
    }
    sync_folders(folder, &outermost)
}

/// Writes a temporary file beside `path` and syncs it. Leaves nothing behind on an error.
fn stage(path: &FilePath, payload: &PutPayload) -> io::Result<PathBuf> {
    let (mut file, staged) = create_staged(path)?;
    let written = payload.iter().try_for_each(|chunk| file.write_all(chunk)).and_then(|()| file.sync_all());
    written.inspect_err(|_| discard(&staged))?;
    Ok(staged)
}

fn create_staged(path: &FilePath) -> io::Result<(File, PathBuf)> {
    for number in 1u64.. {
        let mut name = path.as_os_str().to_owned();
        name.push(format!("#{number}"));
        match OpenOptions::new().write(true).create_new(true).open(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, name.into())),
        }
    }
    unreachable!("a folder cannot hold that many files")
}

/// The first error is the one that counts; a temporary file that stays is never read.
fn discard(staged: &FilePath) {
    if let Err(error) = fs::remove_file(staged) {
        tracing::debug!(path = %staged.display(), %error, "cannot remove a temporary file");
    }
}

/// Makes the folders on the way, and says which existing one they are in.
pub(crate) fn create_folders(folder: &FilePath) -> io::Result<PathBuf> {
    let existing = folder.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(folder).to_owned();
    fs::create_dir_all(folder)?;
    Ok(existing)
}

/// Makes the entries of `folder` durable, and those of all folders up to `outermost`.
#[cfg(unix)]
pub(crate) fn sync_folders(folder: &FilePath, outermost: &FilePath) -> io::Result<()> {
    for ancestor in folder.ancestors() {
        File::open(ancestor)?.sync_all()?;
        if ancestor == outermost {
            break;
        }
    }
    Ok(())
}

/// Elsewhere folders cannot be synced, and need not be on the journalling file systems in use there.
#[cfg(not(unix))]
pub(crate) fn sync_folders(_folder: &FilePath, _outermost: &FilePath) -> io::Result<()> {
    Ok(())
}

fn store_error(path: &FilePath, source: io::Error) -> Error {
    let path = path.display().to_string();
    match source.kind() {
        io::ErrorKind::AlreadyExists => Error::AlreadyExists { path, source: source.into() },
        io::ErrorKind::PermissionDenied => Error::PermissionDenied { path, source: source.into() },
        _ => Error::Generic { store: "local folder", source: source.into() },
    }
}

#[cfg(test)]
mod tests {
    use object_store::ObjectStoreExt;

    use super::*;

    fn store() -> (tempfile::TempDir, DurableLocal) {
        let folder = tempfile::tempdir().unwrap();
        let store = DurableLocal::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap());
        (folder, store)
    }

    async fn put(store: &DurableLocal, text: &'static str, mode: PutMode) -> Result<PutResult> {
        let options = PutOptions { mode, ..PutOptions::default() };
        store.put_opts(&Path::from("a/b/c.json"), text.into(), options).await
    }

    fn files(folder: &FilePath) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn a_create_only_put_never_replaces_and_leaves_no_temporary_file() {
        let (folder, store) = store();
        put(&store, "first", PutMode::Create).await.unwrap();
        let error = put(&store, "second", PutMode::Create).await.unwrap_err();
        assert!(matches!(error, Error::AlreadyExists { .. }), "{error}");
        let kept = store.get(&Path::from("a/b/c.json")).await.unwrap().bytes().await.unwrap();
        assert_eq!(&kept[..], b"first");
        assert_eq!(files(&folder.path().join("a/b")), ["c.json"]);
    }

    #[tokio::test]
    async fn a_replacing_put_replaces() {
        let (folder, store) = store();
        put(&store, "first", PutMode::Overwrite).await.unwrap();
        put(&store, "second", PutMode::Overwrite).await.unwrap();
        let kept = store.get(&Path::from("a/b/c.json")).await.unwrap().bytes().await.unwrap();
        assert_eq!(&kept[..], b"second");
        assert_eq!(files(&folder.path().join("a/b")), ["c.json"]);
    }

    #[tokio::test]
    async fn a_temporary_file_of_a_killed_process_is_no_hindrance_and_not_listed() {
        let (folder, store) = store();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("a/b/c.json#1"), "half").unwrap();
        put(&store, "whole", PutMode::Create).await.unwrap();
        let listed = store.list_with_delimiter(Some(&Path::from("a/b"))).await.unwrap();
        let names: Vec<_> = listed.objects.iter().map(|object| object.location.as_ref()).collect();
        assert_eq!(names, ["a/b/c.json"]);
    }
}
