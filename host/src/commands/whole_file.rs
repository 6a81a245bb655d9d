//! Files that a reader sees whole, or not at all.

use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::{Path, PathBuf};

/// Writes a file, and the folders to it. Until it is done, a reader sees what was there before.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = WholeFile::create(path)?;
    file.writer().write_all(content)?;
    file.finish()
}

/// A file that is written piece by piece. Unless it is finished, nothing of it stays.
#[derive(Debug)]
pub(super) struct WholeFile {
    path: PathBuf,
    partial: PathBuf,
    /// `None` when it is finished.
    content: Option<BufWriter<File>>,
}

impl WholeFile {
    /// Begins a file, and makes the folders to it.
    pub(super) fn create(path: &Path) -> Result<WholeFile> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let partial = folder.join(format!(".{name}.partial"));
        let content = Some(BufWriter::new(File::create(&partial)?));
        Ok(WholeFile { path: path.to_owned(), partial, content })
    }

    /// Where its content goes.
    pub(super) fn writer(&mut self) -> &mut (dyn Write + Send) {
        self.content.as_mut().expect("it is not finished as long as it is lent")
    }

    /// Shows it to readers.
    pub(super) fn finish(mut self) -> Result<()> {
        self.writer().flush()?;
        std::fs::rename(&self.partial, &self.path)?;
        self.content = None;
        Ok(())
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if self.content.take().is_some()
            && let Err(error) = std::fs::remove_file(&self.partial)
        {
            tracing::debug!(%error, path = %self.partial.display(), "a partial file stays");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_to_it_are_made_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/visit.wasm");
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
}
