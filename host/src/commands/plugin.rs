//! From what a user names to a component: a file that is one, or a source that is compiled on the fly.

use std::path::Path;

use outrider_engine::PluginFile;
use outrider_toolchain::Toolchain;

use crate::Env;
use crate::failure::Fault;

/// Endings that the toolchain compiles.
const SOURCES: [&str; 6] = ["ts", "mts", "js", "mjs", "cts", "cjs"];

/// Whether a path names a source file or a folder of sources.
pub(crate) fn is_source(path: &Path) -> bool {
    path.is_dir() || path.extension().is_some_and(|ending| SOURCES.iter().any(|source| ending == *source))
}

/// Reads the plugin, compiling it first where it is a source.
pub(crate) fn open(env: &Env, path: &Path) -> Result<PluginFile, Fault> {
    if !is_source(path) {
        return Ok(PluginFile::read(path)?);
    }
    let component = compile(env, path)?;
    Ok(PluginFile::from_bytes(path, component)?)
}

/// Compiles a source to a component.
pub(crate) fn compile(env: &Env, path: &Path) -> Result<Vec<u8>, Fault> {
    let built = Toolchain::new().build(path).map_err(|error| Fault::of(&error).maybe_hint(error.hint()))?;
    for warning in &built.warnings {
        let label = env.style_err().cyan("warning:");
        env.say(&format!("{label} {warning}"));
    }
    Ok(built.component)
}
