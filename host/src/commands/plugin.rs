//! From what a user names to a component: a file that is one, or a source that is compiled on the fly.

use std::path::Path;

use outrider_engine::{EngineError, PluginFile};
use outrider_toolchain::Toolchain;

use crate::Env;
use crate::failure::{Failure, Fault};

/// Endings that the toolchain compiles.
const SOURCES: [&str; 6] = ["ts", "mts", "js", "mjs", "cts", "cjs"];

/// Whether a path names a source file or a folder of sources.
pub(crate) fn is_source(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|ending| SOURCES.iter().any(|source| ending == *source))
}

/// Reads the plugin, compiling it first where it is a source.
pub(crate) async fn open(env: &mut Env, path: &Path) -> Result<PluginFile, Failure> {
    if !is_source(path) {
        return PluginFile::read(path).map_err(engine_failure);
    }
    let component = compile(env, path).await?;
    PluginFile::from_bytes(path, component).map_err(engine_failure)
}

/// Compiles a source to a component.
pub(crate) async fn compile(env: &mut Env, path: &Path) -> Result<Vec<u8>, Failure> {
    let built = Toolchain::new().build(path).map_err(|error| {
        let hint = error.hint();
        Failure::invalid(Fault::of(&error).maybe_hint(hint))
    })?;
    for warning in &built.warnings {
        let label = env.style_err().cyan("warning:");
        env.say(&format!("{label} {warning}"));
    }
    Ok(built.component)
}

/// An engine's error as a failure of the command.
pub(crate) fn engine_failure(error: EngineError) -> Failure {
    let hint = error.hint();
    Failure::invalid(Fault::of(&error).maybe_hint(hint))
}
