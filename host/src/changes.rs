//! Changes of the files that plugins are made of.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use outrider_session::Fault;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// An editor that saves all its files takes some tens of milliseconds: they are one change.
const SETTLED: Duration = Duration::from_millis(150);

/// The longest that is waited for it.
const UNSETTLED: Duration = Duration::from_secs(2);

/// Folders in which tools write while they build and run: what changes there is not the author's.
const NOT_SOURCES: [&str; 4] = ["target", "node_modules", "runs", "dist"];

/// Endings of what plugins and plans are written in. Other files matter if they are known to be part of one.
const ENDINGS: [&str; 10] = ["ts", "mts", "js", "mjs", "go", "mod", "s", "rs", "toml", "wasm"];

/// Hears of changes in some folders, those of a project in all folders of it.
#[derive(Debug)]
pub(crate) struct Changes {
    watcher: RecommendedWatcher,
    heard: UnboundedReceiver<()>,
    /// Whether a change was heard that nobody has been told of.
    is_pending: bool,
    watched: Arc<Mutex<Watched>>,
}

/// What is watched; the watcher's own thread looks at it too.
#[derive(Debug, Default)]
struct Watched {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Changes {
    /// Watches nothing yet.
    pub(crate) fn new() -> Result<Changes, Fault> {
        let (tell, heard) = unbounded_channel();
        let watched: Arc<Mutex<Watched>> = Arc::default();
        let seen = Arc::clone(&watched);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            // What went unheard may have been anything.
            if event.map_or(true, |event| event.need_rescan() || seen.concerns(&event)) {
                // Nobody waits any more: the program ends.
                tell.send(()).ok();
            }
        });
        let watcher =
            watcher.map_err(|error| Fault::new("cannot watch files for changes").cause(error.to_string()))?;
        Ok(Changes { watcher, heard, is_pending: false, watched })
    }

    /// Watches a folder, or a file and the sources beside it.
    pub(crate) fn watch(&mut self, path: &Path) -> Result<(), Fault> {
        let Some(path) = absolute(path) else { return Ok(()) };
        // An editor may put another file in a file's place: its folder hears of that.
        let (folder, mode) = match path.is_dir() {
            true => (path.as_path(), RecursiveMode::Recursive),
            false => (path.parent().unwrap_or(&path), RecursiveMode::NonRecursive),
        };
        if self.watched.lock().unwrap_or_else(PoisonError::into_inner).add(&path, folder) {
            self.watcher.watch(folder, mode).map_err(|error| {
                Fault::new(format!("cannot watch '{}' for changes", folder.display()))
                    .cause(error.to_string())
                    .hint("a folder of very many folders may need more: sysctl fs.inotify.max_user_watches")
            })?;
        }
        Ok(())
    }

    /// Waits for the next change, until all is quiet again. If it is given up meanwhile, the next call has the change.
    pub(crate) async fn next(&mut self) {
        if !self.is_pending {
            if self.heard.recv().await.is_none() {
                // The watcher lives as long as this does.
                std::future::pending::<()>().await;
            }
            self.is_pending = true;
        }
        let quiet = async { while tokio::time::timeout(SETTLED, self.heard.recv()).await.is_ok() {} };
        // A folder in which something always changes is never quiet.
        drop(tokio::time::timeout(UNSETTLED, quiet).await);
        self.is_pending = false;
    }
}

/// The path without symbolic links. What is not there yet may come: its folder is.
fn absolute(path: &Path) -> Option<PathBuf> {
    let folder =
        || path.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    let coming = || Some(folder()?.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(coming)
}

impl Watched {
    /// Adds what is to be watched; whether the folder is new.
    fn add(&mut self, path: &Path, folder: &Path) -> bool {
        if path != folder && !self.files.iter().any(|known| known == path) {
            self.files.push(path.to_owned());
        }
        let is_new = !self.folders.iter().any(|known| known == folder);
        if is_new {
            self.folders.push(folder.to_owned());
        }
        is_new
    }

    /// Whether something that happened may make another plugin.
    fn concerns(&self, event: &Event) -> bool {
        let is_change =
            matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_));
        is_change && event.paths.iter().any(|path| self.files.contains(path) || self.has_source(path))
    }

    fn has_source(&self, path: &Path) -> bool {
        let mut inside = self.folders.iter().filter_map(|folder| path.strip_prefix(folder).ok());
        inside.any(is_source)
    }
}

/// Whether a file in a watched folder is its author's.
fn is_source(inside: &Path) -> bool {
    let mut names = inside.iter().map(|name| name.to_string_lossy());
    let has_ending = inside.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known));
    has_ending && names.all(|name| !name.starts_with('.') && !NOT_SOURCES.contains(&&*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tools_write_is_no_change() {
        for path in ["checkout.ts", "src/lib.rs", "go.mod", "plan.toml"] {
            assert!(is_source(Path::new(path)), "{path}");
        }
        for path in [
            "target/release/x.wasm",
            "runs/1/run.json",
            "node_modules/a/index.js",
            ".git/x.json",
            ".outrider/sdk-js/index.d.ts",
            ".checkout.ts.swp",
            ".x.ts",
            "notes.md~",
            "report.json",
        ] {
            assert!(!is_source(Path::new(path)), "{path}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_saved_is_one_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journey.ts");
        std::fs::write(&file, "1").unwrap();
        let mut changes = Changes::new().unwrap();
        changes.watch(&file).unwrap();
        // An editor's way: another file, put in its place.
        std::fs::write(folder.path().join("new.ts"), "2").unwrap();
        std::fs::rename(folder.path().join("new.ts"), &file).unwrap();
        changes.next().await;
        assert!(changes.heard.try_recv().is_err(), "all of it was one");
    }
}
