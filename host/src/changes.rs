//! Changes of the files that plugins are made of.
//!
//! Each folder is watched by itself, and folders in which tools write are left out: to watch one with everything in it
//! takes a watch of the system for each folder of it, which are few, and `node_modules` and `target` have thousands.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use outrider_session::Fault;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// An editor that saves all its files takes some tens of milliseconds: they are one change.
const SETTLED: Duration = Duration::from_millis(150);

/// The longest that is waited for it.
const UNSETTLED: Duration = Duration::from_secs(2);

/// How often is looked whether a folder that went is there again: nothing tells of that. It is one call of the system.
const AWAY: Duration = Duration::from_millis(500);

/// Folders in which tools write while they build and run: what changes there is not the author's.
const NOT_SOURCES: [&str; 4] = ["target", "node_modules", "runs", "dist"];

/// Endings of what plugins and plans are written in. Other files matter if they are known to be part of one.
const ENDINGS: [&str; 10] = ["ts", "mts", "js", "mjs", "go", "mod", "s", "rs", "toml", "wasm"];

/// Hears of changes in some folders, those of a project in all folders of it.
#[derive(Debug)]
pub(crate) struct Changes {
    watcher: RecommendedWatcher,
    heard: UnboundedReceiver<Heard>,
    /// Whether a change was heard that nobody has been told of.
    is_pending: bool,
    watched: Arc<Mutex<Watched>>,
    /// The folders that the system watches.
    entered: BTreeSet<PathBuf>,
}

/// What the watcher's thread tells.
#[derive(Debug)]
enum Heard {
    /// Something that may make another plugin.
    Change,
    /// A folder that was not there before.
    Folder(PathBuf),
    /// A folder or a tree that is watched went, or was moved away.
    Gone(PathBuf),
}

/// What is watched; the watcher's own thread looks at it too.
#[derive(Debug, Default)]
struct Watched {
    /// Folders whose files matter.
    folders: Vec<PathBuf>,
    /// Folders of which all folders matter.
    trees: Vec<PathBuf>,
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
            for heard in seen.heard(event) {
                // Nobody waits any more: the program ends.
                tell.send(heard).ok();
            }
        });
        let watcher =
            watcher.map_err(|error| Fault::new("cannot watch files for changes").cause(error.to_string()))?;
        Ok(Changes { watcher, heard, is_pending: false, watched, entered: BTreeSet::new() })
    }

    /// Watches a folder with its folders, or a file and the sources beside it.
    pub(crate) fn watch(&mut self, path: &Path) -> Result<(), Fault> {
        let Some(path) = absolute(path) else { return Ok(()) };
        // An editor may put another file in a file's place: its folder hears of that.
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        // First what went, as trees too: their tops would else seem to be watched with all in them.
        self.is_pending |= self.enter_lost();
        // Noted before it is entered, or what is heard meanwhile were nobody's.
        let is_new = self.noted().add(&path, folder);
        if !is_new && self.entered.contains(folder) {
            return Ok(());
        }
        self.enter_top(folder, path == folder).map_err(|error| {
            self.noted().remove(&path, folder);
            let hint = "a folder of very many folders may need more: sysctl fs.inotify.max_user_watches";
            let is_limit = matches!(error.kind, ErrorKind::MaxFilesWatch);
            Fault::new(format!("cannot watch '{}' for changes", folder.display()))
                .cause(error.to_string())
                .maybe_hint(is_limit.then(|| hint.to_owned()))
        })
    }

    /// Waits for the next change, until all is quiet again. If it is given up meanwhile, the next call has the change.
    pub(crate) async fn next(&mut self) {
        while !self.is_pending {
            let heard = match self.lost().is_empty() {
                true => Ok(self.heard.recv().await),
                false => tokio::time::timeout(AWAY, self.heard.recv()).await,
            };
            match heard {
                Ok(Some(heard)) => self.is_pending = self.takes(heard),
                // The watcher lives as long as this does.
                Ok(None) => std::future::pending().await,
                Err(_) => self.is_pending = self.enter_lost(),
            }
        }
        let quiet = async {
            while let Ok(Some(heard)) = tokio::time::timeout(SETTLED, self.heard.recv()).await {
                self.takes(heard);
            }
        };
        // A folder in which something always changes is never quiet.
        drop(tokio::time::timeout(UNSETTLED, quiet).await);
        self.enter_lost();
        self.is_pending = false;
    }

    /// Whether something that was heard is a change. What is in a folder that is new was written before it was watched.
    fn takes(&mut self, heard: Heard) -> bool {
        let folder = match heard {
            Heard::Change => return true,
            Heard::Gone(folder) => {
                self.entered.retain(|known| !known.starts_with(&folder));
                return true;
            }
            Heard::Folder(folder) => folder,
        };
        // One of the same name may have been there, and its watches went with it.
        self.entered.retain(|known| !known.starts_with(&folder));
        self.enter_all(&folder).unwrap_or_else(|error| {
            tracing::warn!(%error, folder = %folder.display(), "changes in a new folder are not heard");
            true
        })
    }

    /// What is noted as watched and is not: it went. With each whether it is a tree.
    fn lost(&self) -> Vec<(PathBuf, bool)> {
        let noted = self.noted();
        let tops = noted.tops().filter(|(top, _)| !self.entered.contains(*top));
        tops.map(|(top, is_tree)| (top.to_owned(), is_tree)).collect()
    }

    /// Watches again what went and was made anew; whether there is any.
    fn enter_lost(&mut self) -> bool {
        let mut is_any = false;
        for (top, is_tree) in self.lost().into_iter().filter(|(top, _)| top.is_dir()) {
            is_any = true;
            if let Err(error) = self.enter_top(&top, is_tree) {
                tracing::warn!(%error, folder = %top.display(), "changes in a folder made anew are not heard");
                // Whoever names it again is told.
                self.noted().forget(&top, is_tree);
            }
        }
        is_any
    }

    fn noted(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches a folder by itself, or as a tree.
    fn enter_top(&mut self, folder: &Path, is_tree: bool) -> notify::Result<()> {
        match is_tree {
            true => self.enter_all(folder).map(drop),
            false => self.enter(folder),
        }
    }

    /// Watches a folder, without the folders in it.
    fn enter(&mut self, folder: &Path) -> notify::Result<()> {
        if !self.entered.contains(folder) {
            self.watcher.watch(folder, RecursiveMode::NonRecursive)?;
            self.entered.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Watches a folder and all in it but those of tools; whether there are sources.
    fn enter_all(&mut self, top: &Path) -> notify::Result<bool> {
        let mut has_sources = false;
        let mut open = vec![top.to_owned()];
        while let Some(folder) = open.pop() {
            match self.enter(&folder) {
                Err(error) if folder == top || matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                    return Err(error);
                }
                // Gone again, or not ours to read: nothing of it is built.
                Err(_) => continue,
                Ok(()) => {}
            }
            // After it is watched: what comes meanwhile is seen here, or heard.
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let name = PathBuf::from(entry.file_name());
                // A link to a folder is not followed: it may lead round in a circle.
                match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    true if is_authors(&name) => open.push(entry.path()),
                    true => {}
                    false => has_sources |= is_source(&name),
                }
            }
        }
        Ok(has_sources)
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
    /// Adds what is to be watched; whether that is more than before.
    fn add(&mut self, path: &Path, folder: &Path) -> bool {
        let is_tree = path == folder;
        if !is_tree && !self.files.iter().any(|known| known == path) {
            self.files.push(path.to_owned());
        }
        let known = if is_tree { &mut self.trees } else { &mut self.folders };
        let is_new = !known.iter().any(|known| known == folder);
        if is_new {
            known.push(folder.to_owned());
        }
        is_new
    }

    /// Takes back what was added and cannot be watched: it is new again the next time.
    fn remove(&mut self, path: &Path, folder: &Path) {
        self.files.retain(|known| known != path);
        self.forget(folder, path == folder);
    }

    fn forget(&mut self, folder: &Path, is_tree: bool) {
        let known = if is_tree { &mut self.trees } else { &mut self.folders };
        known.retain(|known| known != folder);
    }

    /// The folders, and the trees' own; with each whether it is a tree.
    fn tops(&self) -> impl Iterator<Item = (&Path, bool)> {
        let folders = self.folders.iter().map(|folder| (folder.as_path(), false));
        folders.chain(self.trees.iter().map(|tree| (tree.as_path(), true)))
    }

    /// What is to be told of something that happened.
    fn heard(&self, event: notify::Result<Event>) -> Vec<Heard> {
        match event {
            Ok(event) if !event.need_rescan() => {
                let change = self.concerns(&event).then_some(Heard::Change);
                // What went before what came: both may be of the same name.
                let gone = self.gone(&event).map(Heard::Gone);
                gone.chain(self.new_folders(&event).map(Heard::Folder)).chain(change).collect()
            }
            // What went unheard may have been anything.
            _ => self.trees.iter().cloned().map(Heard::Folder).chain([Heard::Change]).collect(),
        }
    }

    /// Whether something that happened may make another plugin.
    fn concerns(&self, event: &Event) -> bool {
        let is_change =
            matches!(event.kind, EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_));
        is_change && event.paths.iter().any(|path| self.files.contains(path) || self.has_source(path))
    }

    fn has_source(&self, path: &Path) -> bool {
        let of_folder = path.parent().is_some_and(|parent| self.folders.iter().any(|known| known == parent));
        let name = || path.file_name().map(Path::new);
        (of_folder && name().is_some_and(is_source)) || self.in_trees(path).any(is_source)
    }

    /// Watched folders that went, or were moved away.
    fn gone(&self, event: &Event) -> impl Iterator<Item = PathBuf> {
        let goes = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
        let paths = event.paths.iter().filter(move |_| goes);
        paths.filter(|path| self.tops().any(|(top, _)| top == path.as_path())).cloned()
    }

    /// Folders that came to be, or were moved here.
    fn new_folders(&self, event: &Event) -> impl Iterator<Item = PathBuf> {
        let comes = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)));
        let paths = event.paths.iter().filter(move |_| comes);
        paths.filter(|path| self.in_trees(path).any(is_authors) && path.is_dir()).cloned()
    }

    /// The path within each of the trees that it is in.
    fn in_trees<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Path> {
        self.trees.iter().filter_map(move |tree| path.strip_prefix(tree).ok())
    }
}

/// Whether a file in a watched folder is its author's.
fn is_source(inside: &Path) -> bool {
    let has_ending = inside.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known));
    has_ending && is_authors(inside)
}

/// Whether a path in a watched folder is not one of tools, nor in one.
fn is_authors(inside: &Path) -> bool {
    let mut names = inside.iter().map(|name| name.to_string_lossy());
    names.all(|name| !name.starts_with('.') && !NOT_SOURCES.contains(&&*name))
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

    /// A folder with sources, and with what tools left there.
    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for inner in ["src/deep", "node_modules/a/b", "target/debug", ".git/objects", ".outrider/sdk-js"] {
            std::fs::create_dir_all(folder.path().join(inner)).unwrap();
        }
        std::fs::write(folder.path().join("main.ts"), "1").unwrap();
        folder
    }

    fn entered(changes: &Changes, top: &Path) -> Vec<String> {
        let top = top.canonicalize().unwrap();
        let inside = changes.entered.iter().map(|folder| folder.strip_prefix(&top).unwrap());
        inside.map(|folder| folder.display().to_string()).collect()
    }

    #[test]
    fn folders_of_tools_are_not_entered() {
        let folder = project();
        let mut changes = Changes::new().unwrap();
        changes.watch(folder.path()).unwrap();
        assert_eq!(entered(&changes, folder.path()), ["", "src", "src/deep"]);
    }

    #[test]
    fn a_folder_that_was_known_for_a_file_is_entered_when_it_is_named() {
        let folder = project();
        let mut changes = Changes::new().unwrap();
        changes.watch(&folder.path().join("main.ts")).unwrap();
        assert_eq!(entered(&changes, folder.path()), [""]);
        changes.watch(folder.path()).unwrap();
        assert_eq!(entered(&changes, folder.path()), ["", "src", "src/deep"]);
    }

    #[tokio::test]
    async fn what_comes_in_a_new_folder_is_heard() {
        let folder = project();
        let mut changes = Changes::new().unwrap();
        changes.watch(folder.path()).unwrap();
        let new = folder.path().join("lib/words");
        std::fs::create_dir_all(&new).unwrap();
        std::fs::write(new.join("one.ts"), "1").unwrap();
        changes.next().await;
        std::fs::write(new.join("one.ts"), "2").unwrap();
        changes.next().await;
        std::fs::remove_dir_all(folder.path().join("lib")).unwrap();
        changes.next().await;
        std::fs::create_dir_all(&new).unwrap();
        std::fs::write(new.join("two.ts"), "1").unwrap();
        changes.next().await;
        assert_eq!(entered(&changes, folder.path()), ["", "lib", "lib/words", "src", "src/deep"]);
    }

    #[test]
    fn what_could_not_be_watched_is_new_the_next_time() {
        let (file, folder) = (Path::new("/shop/main.ts"), Path::new("/shop"));
        let mut watched = Watched::default();
        for path in [file, folder] {
            assert!(watched.add(path, folder));
            assert!(!watched.add(path, folder));
            watched.remove(path, folder);
            assert!(watched.add(path, folder), "{}", path.display());
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_made_anew_is_heard_again() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("src");
        let file = folder.join("main.ts");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(&file, "1").unwrap();
        let mut changes = Changes::new().unwrap();
        changes.watch(&file).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        changes.next().await;
        assert!(changes.entered.is_empty());
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(&file, "2").unwrap();
        changes.next().await;
        assert_eq!(entered(&changes, top.path()), ["src"]);
        std::fs::write(&file, "3").unwrap();
        changes.next().await;
    }
}
