//! Assertion packs: what must hold about every answer, judged beside the journey of each user.
//!
//! * [`Pack`]: compiled and linked, with a pool of its own for its users. It answers `describe`.
//! * [`AttachedPack`]: a pack with its parameters, for some or all scenarios of a run.
//! * `witness`: one instance for each user, and what becomes of it when it breaks.
//! * `judge`: what a user did, as a pack sees it, and what the pack says of it, as rows of `checks`.
//!
//! A pack is called after the fact, in the user's own task: it sees an exchange when it has been measured
//! and before the journey goes on. The time that this takes is counted in `VuState::unmeasured`, and taken
//! out of the durations of the steps and of the iteration around it.
//!
//! A pack that traps or runs into a limit disturbs nobody: see `witness`.

mod account;
mod attached;
mod instance;
mod judge;
mod verdicts;
mod witness;

use std::sync::Arc;

use outrider_model::VuId;
use outrider_wit::v0_1::assertion_pack::exports::outrider::plugin::assertions::Interest;
use outrider_wit::v0_1::assertion_pack::{AssertionPack, AssertionPackPre};
use outrider_wit::wasmtime::component::{HasSelf, Linker};

use crate::fault::{PluginFault, one_line};
use crate::inspect::World;
use crate::plugin::{Compiled, CompiledPlugin, PluginFile, Pooled};
use crate::runtime::{self, Density, Runtime, check_room};
use crate::state::{RunShared, VuState};
use crate::{CodeCache, EngineError};
use instance::PackInstance;

pub use account::PackAccount;
pub use attached::AttachedPack;
pub(crate) use attached::Packs;
pub(crate) use judge::{EndedStep, SubjectKind, error_of};
pub use verdicts::MAX_VERDICTS;
pub use witness::MAX_FAULTS_IN_A_ROW;

/// A pack that is compiled and linked.
#[derive(Clone)]
pub struct Pack {
    file: PluginFile,
    pre: AssertionPackPre<VuState>,
    runtime: Arc<Runtime>,
}

impl std::fmt::Debug for Pack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pack").field("name", &self.file.reference().name).finish_non_exhaustive()
    }
}

/// What a pack says of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct PackDescription {
    /// Its name; rows of `checks` carry it.
    pub name: String,
    /// What it asserts.
    pub description: String,
    /// What it wants to see.
    pub interest: PackInterest,
    /// The JSON Schema of its parameters.
    pub parameters: Option<serde_json::Value>,
}

/// What a pack wants to see; for the rest it is never called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackInterest {
    /// HTTP exchanges.
    pub exchanges: bool,
    /// Steps.
    pub steps: bool,
    /// Pages of a browser.
    pub pages: bool,
    /// Iterations.
    pub iterations: bool,
}

impl PackInterest {
    /// What it wants to see, in words.
    pub fn words(self) -> Vec<&'static str> {
        let kinds = [
            (self.exchanges, "exchanges"),
            (self.steps, "steps"),
            (self.pages, "pages"),
            (self.iterations, "iterations"),
        ];
        kinds.into_iter().filter(|(wanted, _)| *wanted).map(|(_, word)| word).collect()
    }

    fn of(flags: Interest) -> PackInterest {
        PackInterest {
            exchanges: flags.contains(Interest::EXCHANGES),
            steps: flags.contains(Interest::STEPS),
            pages: flags.contains(Interest::PAGES),
            iterations: flags.contains(Interest::ITERATIONS),
        }
    }
}

impl PluginFile {
    /// Compiles an assertion pack, or takes the compiled code from the cache, with room for the instances
    /// of `vus` users at once.
    ///
    /// # Errors
    ///
    /// If the component is no assertion pack, or as [`PluginFile::load`].
    pub fn load_pack(&self, vus: u32, cache: &CodeCache) -> Result<Pack, EngineError> {
        self.compile_pack(cache)?.with_room(vus)
    }

    /// Compiles an assertion pack, or takes the compiled code from the cache.
    ///
    /// # Errors
    ///
    /// If the component is no assertion pack, or as [`PluginFile::compile`].
    pub fn compile_pack(&self, cache: &CodeCache) -> Result<CompiledPack, EngineError> {
        if self.inspection().world != World::AssertionPack {
            return Err(self.other_world("assertion pack"));
        }
        self.compile_any(cache).map(CompiledPack)
    }
}

/// A pack that is compiled, without room for users yet.
pub struct CompiledPack(Compiled);

impl std::fmt::Debug for CompiledPack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CompiledPack").field("name", &self.0.file.reference().name).finish_non_exhaustive()
    }
}

impl CompiledPack {
    /// The pack with room for the instances of `vus` users at once.
    ///
    /// # Errors
    ///
    /// If it cannot be linked, or this machine has no room for so many.
    pub fn with_room(&self, vus: u32) -> Result<Pack, EngineError> {
        let file = &self.0.file;
        let Pooled { component, runtime } = self.0.pooled(vus)?;
        let mut linker: Linker<VuState> = Linker::new(runtime.engine());
        let linked = crate::output::link_wasi(&mut linker)
            .and_then(|()| {
                AssertionPack::add_to_linker::<_, HasSelf<VuState>>(&mut linker, |state| state)?;
                AssertionPackPre::new(linker.instantiate_pre(&component)?)
            })
            .map_err(|source| file.invalid(source))?;
        Ok(Pack { file: file.clone(), pre: linked, runtime: Arc::new(runtime) })
    }
}

/// The most users of a journey with these packs that memory mappings and address space of this machine allow.
pub fn most_vus<'a>(plugin: &CompiledPlugin, packs: impl IntoIterator<Item = &'a CompiledPack>) -> u32 {
    let packs = packs.into_iter().map(|pack| pack.0.density(0));
    let densities: Vec<Density> = [plugin.0.density(0)].into_iter().chain(packs).collect();
    runtime::most_vus(&densities)
}

impl Pack {
    /// The file it came from.
    pub fn file(&self) -> &PluginFile {
        &self.file
    }

    /// Asks the pack what it is.
    ///
    /// # Errors
    ///
    /// If it breaks, or gives a schema that is not JSON or a name that is empty.
    pub async fn describe(&self, run: Arc<RunShared>) -> Result<PackDescription, PluginFault> {
        let mut instance = PackInstance::new(self, VuState::new(run, VuId(0))).await?;
        let described = instance.describe().await?;
        let schema = described.parameters.as_deref().map(serde_json::from_str).transpose();
        let parameters = schema.map_err(|error| {
            PluginFault::exception(format!("describe gives a schema that is not JSON: {error}"))
        })?;
        let name = one_line(&described.name);
        if name.is_empty() {
            return Err(PluginFault::exception("describe gives no name".into()));
        }
        Ok(PackDescription {
            name,
            description: one_line(&described.description),
            interest: PackInterest::of(described.interest),
            parameters,
        })
    }
}

/// Compares what `vus` users of a journey and its packs need together with what this machine allows.
///
/// # Errors
///
/// [`EngineError::TooManyVus`].
pub fn check_room_for<'a>(
    plugin: &CompiledPlugin,
    packs: impl IntoIterator<Item = &'a CompiledPack>,
    vus: u32,
) -> Result<(), EngineError> {
    let mut names = plugin.0.file.reference().name;
    let mut densities = vec![plugin.0.density(vus)];
    for (number, pack) in packs.into_iter().enumerate() {
        names.push_str(if number == 0 { " with " } else { ", " });
        names.push_str(&pack.0.file.reference().name);
        densities.push(pack.0.density(vus));
    }
    check_room(&names, &densities)
}
