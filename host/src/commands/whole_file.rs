//! Files that a reader sees whole, or not at all.

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

use crate::failure::Fault;

/// Writes a file. Until it is done, a reader sees what was there before.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = WholeFile::create(path)?;
    file.writer().write_all(content)?;
    file.finish()
}

/// That the folder of a file is not there, if it is not. Whoever takes long to make the content asks first.
pub(super) fn folder_fault(path: &Path) -> Option<Fault> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())?;
    let (path, folder) = (path.display(), folder.display());
    let fault = Fault::new(format!("cannot write '{path}': there is no folder '{folder}'"));
    Some(fault.hint(format!("make it first: mkdir -p {folder}")))
}

/// A file that is written piece by piece. Unless it is finished, nothing of it stays.
#[derive(Debug)]
pub(super) struct WholeFile {
    path: PathBuf,
    /// What it is written as until it is finished; `None` for what is no ordinary file and cannot be replaced: a device, a
    /// pipe.
    partial: Option<PathBuf>,
    /// `None` when it is finished.
    content: Option<BufWriter<File>>,
}

impl WholeFile {
    /// Begins a file in a folder that is there: one that is not may be a slip. A link is followed: what it leads to is
    /// written.
    pub(super) fn create(path: &Path) -> Result<WholeFile> {
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match std::fs::metadata(&path) {
            Ok(found) if found.is_dir() => return Err(ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                let content = Some(BufWriter::new(File::options().write(true).open(&path)?));
                return Ok(WholeFile { path, partial: None, content });
            }
            _ => {}
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let partial = folder.join(format!(".{name}.{}.partial", std::process::id()));
        let content = Some(BufWriter::new(File::create(&partial)?));
        Ok(WholeFile { path, partial: Some(partial), content })
    }

    /// Where its content goes.
    pub(super) fn writer(&mut self) -> &mut (dyn Write + Send) {
        self.content.as_mut().expect("it is not finished as long as it is lent")
    }

    /// Shows it to readers.
    pub(super) fn finish(mut self) -> Result<()> {
        self.writer().flush()?;
        if let Some(partial) = &self.partial {
            std::fs::rename(partial, &self.path)?;
        }
        self.content = None;
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if self.content.take().is_some()
            && let Some(partial) = &self.partial
            && let Err(error) = std::fs::remove_file(partial)
        {
            tracing::debug!(%error, path = %partial.display(), "a partial file stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_else_is_left_and_no_folder_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/visit.wasm");
        assert_eq!(write_whole(&path, b"one").unwrap_err().kind(), ErrorKind::NotFound);
        let fault = folder_fault(&path).unwrap();
        assert!(fault.message.ends_with(&format!("there is no folder '{}/deep'", folder.path().display())));
        assert_eq!((folder_fault(folder.path()), folder_fault(Path::new("visit.wasm"))), (None, None));
        assert!(!folder.path().join("deep").exists());
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_not_finished_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer.csv");
        write_whole(&path, b"one").unwrap();
        let mut file = WholeFile::create(&path).unwrap();
        file.writer().write_all(b"half of").unwrap();
        drop(file);
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn devices_are_written_to_links_are_followed_and_folders_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer.csv");
        write_whole(&path, b"one").unwrap();
        #[cfg(unix)]
        {
            let link = folder.path().join("link.csv");
            std::os::unix::fs::symlink(&path, &link).unwrap();
            write_whole(&link, b"two").unwrap();
            assert!(link.is_symlink());
            assert_eq!(std::fs::read(&path).unwrap(), b"two");
            write_whole(Path::new("/dev/null"), b"nothing").unwrap();
            assert!(!Path::new("/dev/null").is_file(), "it is the device that it was");
        }
        let error = write_whole(folder.path(), b"").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IsADirectory);
    }
}
