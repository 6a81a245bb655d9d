//! A dataset's place as an object store.
//!
//! Everything goes through [`ObjectStore`], rooted at the dataset's folder or at a bucket's prefix. Only how these are
//! opened is known here, and where this machine keeps what belongs to a dataset and is no object: write-ahead logs and
//! marks of runs that go on. Of a folder that is the folder itself, of a bucket a folder of its own, the spool.

mod durable;
mod remote;
mod spool;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use outrider_model::RunId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{LAYOUT_VERSION, RollPolicy, RunLayout, StorageError};
use durable::DurableLocal;
pub(crate) use durable::{create_folders, sync_folders};
pub(crate) use remote::{CredentialError, S3Error};

/// A dataset: the folder or the bucket that `--out` names. Clones share it.
#[derive(Clone, Debug)]
pub struct DatasetStore {
    objects: Arc<dyn ObjectStore>,
    place: Arc<str>,
    /// The folder of a dataset on this machine, the spool of another.
    folder: Option<Arc<FilePath>>,
    is_remote: bool,
    /// How often a request to a far store is tried, if the user says so.
    attempts: Option<u32>,
}

/// The far stores that this process has opened: connections and credentials are kept from one command's step to the
/// next.
static OPENED: Mutex<BTreeMap<String, DatasetStore>> = Mutex::new(BTreeMap::new());

impl DatasetStore {
    /// Opens a dataset for writing: a path, a `file:` URL, or `s3://bucket/prefix`. Makes the folder if it is missing.
    ///
    /// # Errors
    ///
    /// If the folder cannot be made, or the place is neither a folder of this machine nor a bucket. Whether files can be
    /// made in it shows with the first, [`RunRecord::create`](crate::RunRecord::create).
    pub fn create(out: &str) -> Result<DatasetStore, StorageError> {
        if is_remote(out) {
            return DatasetStore::remote(out).and_then(DatasetStore::with_spool);
        }
        let folder = local_folder(out)?;
        let opened = std::fs::create_dir_all(&folder).and_then(|()| open_local(&folder));
        let objects = opened.map_err(|source| StorageError::NotWritable { out: out.to_owned(), source })?;
        Ok(DatasetStore::new(objects, out).in_folder(&folder))
    }

    /// Looks whether a place could hold a dataset, and changes nothing there.
    ///
    /// # Errors
    ///
    /// If the place is not a folder of this machine, cannot be reached, or is the folder of a run. A folder that is
    /// missing is no fault: [`DatasetStore::create`] makes it.
    pub fn check_place(out: &str) -> Result<(), StorageError> {
        if is_remote(out) {
            let run_id = run_of_url(out);
            return match run_id {
                Some(run_id) => Err(StorageError::InsideRun { out: out.to_owned(), run_id }),
                None => DatasetStore::remote(out).map(|_| ()),
            };
        }
        let folder = local_folder(out)?;
        if let Some(run_id) = run_of(&folder) {
            return Err(StorageError::InsideRun { out: out.to_owned(), run_id });
        }
        let found = match std::fs::metadata(folder) {
            Ok(found) if !found.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        found.map_err(|source| StorageError::NotWritable { out: out.to_owned(), source })
    }

    /// Opens a dataset that exists.
    ///
    /// # Errors
    ///
    /// If there is no such folder.
    pub fn open(out: &str) -> Result<DatasetStore, StorageError> {
        if is_remote(out) {
            return DatasetStore::remote(out);
        }
        let folder = local_folder(out)?;
        let objects = open_local(&folder)
            .map_err(|source| StorageError::NotReadable { out: out.to_owned(), source })?;
        Ok(DatasetStore::new(objects, out).in_folder(&folder))
    }

    /// A dataset in any store, rooted at the dataset's folder. `place` is what messages call it.
    pub fn new(objects: Arc<dyn ObjectStore>, place: &str) -> DatasetStore {
        DatasetStore { objects, place: place.into(), folder: None, is_remote: false, attempts: None }
    }

    /// A dataset in any far store, rooted at the dataset's folder; `spool` is what this machine keeps of it in.
    pub fn far(objects: Arc<dyn ObjectStore>, place: &str, spool: &FilePath) -> DatasetStore {
        DatasetStore { is_remote: true, ..DatasetStore::new(objects, place).in_folder(spool) }
    }

    fn remote(out: &str) -> Result<DatasetStore, StorageError> {
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = opened.get(out) {
            return Ok(store.clone());
        }
        let folder = remote::spool(out).map(Into::into);
        let remote::Opened { objects, attempts } = remote::open(out)?;
        let store = DatasetStore { folder, is_remote: true, attempts, ..DatasetStore::new(objects, out) };
        opened.insert(out.to_owned(), store.clone());
        Ok(store)
    }

    /// Looks whether this machine can keep what is not in a far store yet.
    fn with_spool(self) -> Result<DatasetStore, StorageError> {
        let folder = self.folder.as_deref().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
        let made = folder.and_then(std::fs::create_dir_all);
        made.map_err(|source| StorageError::NoSpool {
            out: self.place.to_string(),
            folder: self.folder.as_deref().unwrap_or(FilePath::new("~")).display().to_string(),
            source,
        })?;
        // Only runs make it again: what fails before leaves nothing.
        self.tidy_place();
        Ok(self)
    }

    /// When rows that go here become parts, and how often a put is tried.
    pub fn roll_policy(&self) -> RollPolicy {
        if !self.is_remote {
            return RollPolicy::default();
        }
        let policy = RollPolicy::remote();
        let put_attempts = self.attempts.map_or(policy.put_attempts, |asked| asked.min(policy.put_attempts));
        RollPolicy { put_attempts, ..policy }
    }

    /// Whether it is in no folder of this machine.
    pub fn is_remote(&self) -> bool {
        self.is_remote
    }

    fn in_folder(self, folder: &FilePath) -> DatasetStore {
        DatasetStore { folder: Some(folder.into()), ..self }
    }

    /// The file in which this machine keeps something of this dataset; that of an object, if the dataset is on this
    /// machine. `None` if there is no place for it.
    pub(crate) fn file(&self, path: &Path) -> Option<PathBuf> {
        Some(file_in(self.folder.as_deref()?, path))
    }

    /// What messages call this dataset.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// What messages call an object: where it can be opened from here.
    pub(crate) fn shown(&self, path: &Path) -> String {
        match self.folder.as_deref() {
            _ if self.is_remote => format!("{}/{path}", self.place.trim_end_matches('/')),
            Some(folder) if folder != FilePath::new(".") => file_in(folder, path).display().to_string(),
            _ => path.to_string(),
        }
    }

    pub(crate) fn unread(&self, path: &Path, source: object_store::Error) -> StorageError {
        StorageError::Get { path: self.shown(path), source: source.into() }
    }

    /// The store.
    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// Writes an object that must not exist. On return it is durable.
    pub(crate) async fn put_new(&self, path: &Path, bytes: Bytes) -> Result<(), StorageError> {
        self.put(path, bytes, PutMode::Create).await
    }

    /// Writes an object in place of the one that may exist. On return it is durable.
    pub(crate) async fn replace(&self, path: &Path, bytes: Bytes) -> Result<(), StorageError> {
        self.put(path, bytes, PutMode::Overwrite).await
    }

    async fn put(&self, path: &Path, bytes: Bytes, mode: PutMode) -> Result<(), StorageError> {
        let options = PutOptions { mode, ..PutOptions::default() };
        match self.objects.put_opts(path, bytes.into(), options).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::AlreadyExists { .. }) => {
                Err(StorageError::Exists { path: self.shown(path) })
            }
            Err(source) => Err(StorageError::Put { path: self.shown(path), source: source.into() }),
        }
    }

    /// Reads an object; `None` if there is none.
    pub(crate) async fn get(&self, path: &Path) -> Result<Option<Bytes>, StorageError> {
        let fault = |source| self.unread(path, source);
        match self.objects.get(path).await {
            Ok(object) => Ok(Some(object.bytes().await.map_err(fault)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(fault(source)),
        }
    }

    /// An object's size in bytes; `None` if there is none.
    pub(crate) async fn size(&self, path: &Path) -> Result<Option<u64>, StorageError> {
        match self.objects.head(path).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.unread(path, source)),
        }
    }

    /// The names of the folders in a folder, which may be missing.
    pub(crate) async fn folders(&self, path: &Path) -> Result<Vec<String>, StorageError> {
        match self.objects.list_with_delimiter(Some(path)).await {
            Ok(listed) => Ok(listed
                .common_prefixes
                .iter()
                .filter_map(|folder| Some(folder.filename()?.to_owned()))
                .collect()),
            Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
            Err(source) => Err(self.unread(path, source)),
        }
    }

    /// The objects in a folder, which may be missing. Those of its folders are not among them.
    pub(crate) async fn files(&self, path: &Path) -> Result<Vec<Path>, StorageError> {
        match self.objects.list_with_delimiter(Some(path)).await {
            Ok(listed) => Ok(listed.objects.into_iter().map(|object| object.location).collect()),
            Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
            Err(source) => Err(self.unread(path, source)),
        }
    }

    /// The sizes in bytes of the objects in a folder, which may be missing, and in its folders.
    pub(crate) async fn sizes(&self, path: &Path) -> Result<BTreeMap<Path, u64>, StorageError> {
        let listed = self.objects.list(Some(path)).map_ok(|object| (object.location, object.size));
        listed.try_collect().await.map_err(|source| self.unread(path, source))
    }

    /// Reads a JSON document of this layout's version or an earlier one (INV-10); `None` if there is none.
    pub(crate) async fn get_json<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<T>, StorageError> {
        let Some(bytes) = self.get(path).await? else {
            return Ok(None);
        };
        let fault = |source| StorageError::Json { path: self.shown(path), source };
        let head: Head = serde_json::from_slice(&bytes).map_err(fault)?;
        if head.format > LAYOUT_VERSION {
            let (found, supported) = (head.format, LAYOUT_VERSION);
            return Err(StorageError::NewerFormat { path: self.shown(path), found, supported });
        }
        serde_json::from_slice(&bytes).map(Some).map_err(fault)
    }
}

/// What is read of a document before the rest of it is.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// A JSON document as it is kept: indented, since people read it too.
pub(crate) fn json(document: &impl Serialize) -> Bytes {
    let mut bytes = serde_json::to_vec_pretty(document).expect("our documents have text keys only");
    bytes.push(b'\n');
    bytes.into()
}

fn is_remote(out: &str) -> bool {
    // `s3:/bucket` is a slip, and no folder that anybody means.
    out.split_once(":/").is_some_and(|(scheme, _)| scheme == remote::SCHEME)
}

fn local_folder(out: &str) -> Result<PathBuf, StorageError> {
    let Some((scheme, _)) = out.split_once("://") else {
        return Ok(PathBuf::from(out));
    };
    if scheme != "file" {
        return Err(StorageError::UnsupportedScheme { out: out.to_owned(), scheme: scheme.to_owned() });
    }
    let path = url::Url::parse(out).ok().and_then(|url| url.to_file_path().ok());
    path.ok_or_else(|| StorageError::InvalidPath { out: out.to_owned() })
}

/// The run whose folder this is, by any way to it.
fn run_of(folder: &FilePath) -> Option<RunId> {
    let folder = folder.canonicalize().ok()?;
    let run_id = RunId::new(folder.file_name()?.to_str()?)?;
    let dataset = folder.parent()?.parent()?;
    let record = file_in(dataset, &RunLayout::new(run_id.clone()).run_record());
    let is_in_runs = record.parent() == Some(&*folder);
    (is_in_runs && record.is_file()).then_some(run_id)
}

/// The run whose folder a URL names: `s3://bucket/prefix/runs/20260131T120000Z-4f2a9c`.
fn run_of_url(out: &str) -> Option<RunId> {
    let (holder, name) = out.trim_end_matches('/').rsplit_once('/')?;
    RunId::new(name).filter(|run_id| holder.ends_with("/runs") && run_id.tells_a_second())
}

fn file_in(folder: &FilePath, object: &Path) -> PathBuf {
    object.parts().fold(folder.to_owned(), |file, part| file.join(part.as_ref()))
}

fn open_local(folder: &FilePath) -> io::Result<Arc<dyn ObjectStore>> {
    if !folder.metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let store = LocalFileSystem::new_with_prefix(folder).map_err(io::Error::other)?;
    Ok(Arc::new(DurableLocal::new(store)))
}
