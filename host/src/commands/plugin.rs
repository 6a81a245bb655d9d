//! From what a user names to a component: a file that is one, or a source that is compiled on the fly.

use std::path::{Path, PathBuf};

use outrider_engine::PluginFile;
use outrider_model::RunClock;
use outrider_toolchain::{Built, Toolchain};

use crate::Env;
use crate::failure::Fault;
use crate::terminal::Talk;

/// Endings that the toolchain compiles.
const SOURCES: [&str; 7] = ["ts", "mts", "js", "mjs", "cts", "cjs", "go"];

/// A plugin as it was opened.
pub(crate) struct Opened {
    pub(crate) file: PluginFile,
    /// The author's files that it was made of; of a component, itself.
    pub(crate) sources: Vec<PathBuf>,
    /// If it comes from a source that was compiled just now: done when there is machine code too.
    pub(crate) compilation: Option<Compilation>,
}

/// Whether a path names a source file or a folder of sources.
pub(crate) fn is_source(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|ending| SOURCES.iter().any(|source| ending == *source))
}

/// Reads the plugin, compiling it first where it is a source.
pub(crate) fn open(env: &Env, path: &Path) -> Result<Opened, Fault> {
    if !is_source(path) {
        return Ok(Opened {
            file: PluginFile::read(path)?,
            sources: vec![path.to_owned()],
            compilation: None,
        });
    }
    let (built, compilation) = compile(env, path)?;
    // The folder `.` is called by its own name.
    let named = if path.file_name().is_none() { path.canonicalize().ok() } else { None };
    let file = PluginFile::from_bytes(named.as_deref().unwrap_or(path), built.component)?;
    Ok(Opened { file, sources: built.sources, compilation })
}

/// Compiles a source to a component, or takes it from the cache; then there is no compilation to be done with.
pub(crate) fn compile(env: &Env, path: &Path) -> Result<(Built, Option<Compilation>), Fault> {
    let compilation = Compilation::of(env, path);
    let begun = compilation.clone();
    let built = Toolchain::new()
        .build_and_tell(path, move || begun.say_begun())
        .map_err(|error| Fault::of(&error).maybe_hint(error.hint()))?;
    for warning in &built.warnings {
        let label = env.style_err().cyan("warning:");
        env.say(&format!("{label} {warning}"));
    }
    let compilation = (!built.cached).then_some(compilation);
    Ok((built, compilation))
}

/// A source being compiled, which takes seconds: said when it begins and when it is done.
#[derive(Clone, Debug)]
pub(crate) struct Compilation {
    source: String,
    clock: RunClock,
    talk: Talk,
}

impl Compilation {
    fn of(env: &Env, path: &Path) -> Compilation {
        Compilation { source: path.display().to_string(), clock: RunClock::start_now(), talk: env.talk() }
    }

    fn say_begun(&self) {
        self.talk.say(&format!("compiling {} …", self.source));
    }

    /// Says how long it took.
    pub(crate) fn say_done(self) {
        let seconds = self.clock.elapsed().as_secs_f64();
        self.talk.say(&format!("compiled {} in {seconds:.1} s", self.source));
    }
}
