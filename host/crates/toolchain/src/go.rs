//! Plugins in Go: the author's package becomes a core module by `go build`, and the module a
//! component in this process.
//!
//! 1. [`project`] finds what is to be built: a folder with Go files, or one file.
//! 2. [`stage`] lays the SDK, which is built in, over the author's module: neither a published module nor a file in the
//!    author's folder is needed.
//! 3. [`inputs`] asks `go list` what goes in; its digest is the key of the cache.
//! 4. [`component`] reads from the module which world it belongs to and puts the component together with the adapter
//!    between Go's WASI and the host's.
//!
//! What comes out is the same for the same input, on every machine with the same Go.

mod command;
mod component;
mod hints;
mod inputs;
pub(crate) mod names;
mod project;
mod sdk;
mod stage;

use std::path::Path;

use outrider_wit::SOURCE_ROOT_SECTION;

use crate::cache::{self, Cache, Key};
use crate::section::with_section;
use crate::{Built, Language, ToolchainError, Warning};

use command::Go;
pub(crate) use command::OLDEST;
use inputs::Inputs;
pub(crate) use project::Project;
use stage::Stage;

/// Builds a project, or takes it from the cache.
pub(crate) fn build(
    project: &Project,
    cache: Option<&Cache>,
    compiling: impl FnOnce(),
) -> Result<Built, ToolchainError> {
    refresh_sdk(project);
    let mut stage = Stage::create(project)?;
    let go = Go::find(&stage)?;
    stage.require_sdk(&go)?;
    let inputs = Inputs::list(&go, &stage)?;
    let key = key(&go, &stage, &inputs)?;
    if let Some(found) = cache.and_then(|cache| cache.get(&key)) {
        return Ok(built(found.component, true, inputs, &stage));
    }
    compiling();
    let component = compile(&go, &stage, &project.shown)?;
    let entry = cache::Entry { component };
    cache::keep(cache, &key, &entry);
    Ok(built(entry.component, false, inputs, &stage))
}

/// For the author's editor. The build itself does not need it: where it cannot be written, nothing is lost.
fn refresh_sdk(project: &Project) {
    let Some(module) = &project.module else { return };
    if let Err(error) = crate::project::refresh(module, Language::Go) {
        tracing::debug!(%error, "the SDK is not put into the project");
    }
}

fn compile(go: &Go, stage: &Stage, shown: &Path) -> Result<Vec<u8>, ToolchainError> {
    let module = stage.module();
    go.build(stage, &module)?;
    let bytes = std::fs::read(&module).map_err(ToolchainError::Stage)?;
    let component = component::component(bytes, shown)?;
    Ok(match &stage.module_path {
        Some(path) => with_section(component, SOURCE_ROOT_SECTION, path.as_bytes()),
        None => component,
    })
}

fn key(go: &Go, stage: &Stage, inputs: &Inputs) -> Result<Key, ToolchainError> {
    let manifest = stage.manifest().map_err(ToolchainError::Stage)?;
    let fixed = [
        "outrider-toolchain",
        env!("CARGO_PKG_VERSION"),
        "go",
        go.version(),
        go.tags(),
        command::LINKER_FLAGS,
    ];
    let mut parts: Vec<&[u8]> = fixed.iter().chain(&component::MADE_BY).map(|part| part.as_bytes()).collect();
    parts.push(manifest.as_bytes());
    for (name, content) in sdk::FILES.iter().chain(&outrider_wit::SOURCES) {
        parts.extend([name.as_bytes(), content.as_bytes()]);
    }
    for file in &inputs.files {
        parts.extend([file.name.as_bytes(), file.content.as_slice()]);
    }
    Ok(Key::of_bytes(parts))
}

fn built(component: Vec<u8>, cached: bool, inputs: Inputs, stage: &Stage) -> Built {
    let other_sdk =
        stage.other_sdk.as_deref().map(|asked| Warning::OtherSdk { said: hints::other_version(asked) });
    let vendored =
        stage.vendored.as_deref().map(|folder| Warning::Unread { said: hints::unread_vendor(folder) });
    let warnings = other_sdk.into_iter().chain(vendored).collect();
    Built { component, cached, sources: inputs.authors(), warnings }
}
