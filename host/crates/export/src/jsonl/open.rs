//! What lines are written to: opened before the run is claimed, and changed only after it.

use std::fs::{File, FileType, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;

use crate::{ExportError, JsonlTarget, Stream};

/// A target that can be written, and still is as it was. Dropped, it stays so: a file that was made for it is gone again.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A stream of the process.
    Stream(Stream),
    /// A file, a device, a pipe that has a reader.
    File(OpenFile),
    /// A pipe with a name, which is opened when somebody reads: that is waited for where nobody else has to wait.
    Pipe(PathBuf),
}

impl Opened {
    /// Opens a target.
    pub(crate) fn new(target: &JsonlTarget) -> Result<Opened, ExportError> {
        match target {
            JsonlTarget::Stream(stream) => Ok(Opened::Stream(stream.clone())),
            JsonlTarget::File(path) if is_named_pipe(path) => Ok(Opened::Pipe(path.clone())),
            JsonlTarget::File(path) => OpenFile::new(path).map(Opened::File),
        }
    }

    /// Something to write lines to, in place of what it held.
    pub(super) fn begin(self) -> io::Result<Box<dyn Write + Send>> {
        Ok(match self {
            Opened::Stream(stream) => stream.take(),
            Opened::File(file) => Box::new(file.emptied()?),
            Opened::Pipe(path) => Box::new(OpenOptions::new().write(true).open(path)?),
        })
    }
}

/// A file that is open.
#[derive(Debug)]
pub(crate) struct OpenFile {
    /// Until it is written.
    file: Option<File>,
    path: PathBuf,
    /// It was not there before.
    is_new: bool,
}

impl OpenFile {
    fn new(path: &Path) -> Result<OpenFile, ExportError> {
        let fault = |source| ExportError::Jsonl { path: path.to_owned(), source };
        let (file, is_new) = match OpenOptions::new().write(true).create_new(true).open(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
                (file.map_err(fault)?, false)
            }
            Err(error) => return Err(fault(error)),
        };
        // One that was made for it and is another run's by now is that run's to take away.
        let is_taken = is_of_another(&file);
        // Also where a run that was refused took it away between opening and locking it.
        let is_lost = is_taken || !is_at(&file, path);
        let opened = OpenFile { file: Some(file), path: path.to_owned(), is_new: is_new && !is_taken };
        match is_lost {
            true => Err(ExportError::JsonlTaken { path: path.to_owned() }),
            false => Ok(opened),
        }
    }

    /// The file, empty. A device or a pipe has nothing that could be taken away.
    fn emptied(mut self) -> io::Result<File> {
        let file = self.file.take().ok_or_else(|| io::Error::other("it is written already"))?;
        if file.metadata()?.is_file() {
            file.set_len(0)?;
        }
        Ok(file)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        // The lock goes with the file, which is closed after it was taken away.
        if let Some(_locked) = self.file.take().filter(|_| self.is_new) {
            // Whoever took it away meanwhile has done it.
            std::fs::remove_file(&self.path).ok();
        }
    }
}

/// Whether another run writes to a file: it holds a lock as long as it does. Where there are no locks, nobody knows. On
/// Windows a lock would keep others from reading.
#[cfg(unix)]
fn is_of_another(file: &File) -> bool {
    is_file(file) && matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock))
}

#[cfg(not(unix))]
fn is_of_another(_: &File) -> bool {
    false
}

/// Whether the file that is open is the one that the path leads to; nobody takes a device away. The path is opened for
/// writing again: it need not be one that may be read.
fn is_at(open: &File, path: &Path) -> bool {
    if !is_file(open) {
        return true;
    }
    let there = OpenOptions::new().write(true).open(path).and_then(Handle::from_file);
    let open = open.try_clone().and_then(Handle::from_file);
    open.is_ok_and(|open| there.is_ok_and(|there| open == there))
}

fn is_file(open: &File) -> bool {
    open.metadata().is_ok_and(|metadata| metadata.is_file())
}

fn is_named_pipe(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| is_pipe(metadata.file_type()))
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn open(path: &Path) -> Result<Opened, ExportError> {
        Opened::new(&JsonlTarget::File(path.to_owned()))
    }

    #[test]
    fn a_file_is_as_it_was_until_lines_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old.jsonl"), folder.path().join("new.jsonl"));
        fs::write(&old, "what was here before").unwrap();
        let opened = [open(&old).unwrap(), open(&new).unwrap()];
        assert!(new.is_file(), "it can be written");
        drop(opened);
        assert_eq!(fs::read_to_string(&old).unwrap(), "what was here before");
        assert!(!new.exists());
        for path in [old, new] {
            open(&path).unwrap().begin().unwrap().write_all(b"{}\n").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_file_is_written_by_one_run_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.jsonl");
        let first = open(&path).unwrap().begin().unwrap();
        assert!(matches!(open(&path), Err(ExportError::JsonlTaken { .. })));
        assert!(path.is_file());
        drop(first);
        assert!(open(&path).is_ok());
    }
}
