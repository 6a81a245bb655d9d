//! Assertion packs: what must hold about every answer, judged beside the journey of each user.
//!
//! * [`Pack`]: compiled and linked, with a pool of its own for its users. It answers `describe`.
//! * [`AttachedPack`]: a pack with its parameters, for some or all scenarios of a run, beside each journey.
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
mod staged;
mod verdicts;
mod witness;

use std::sync::Arc;

use outrider_model::VuId;
use outrider_wit::v0_1::assertion_pack::exports::outrider::plugin::assertions::Interest;
use outrider_wit::v0_1::assertion_pack::{AssertionPack, AssertionPackPre};
use outrider_wit::wasmtime::component::HasSelf;

use crate::fault::{PluginFault, one_line};
use crate::footprint::{Footprint, check_room};
use crate::inspect::World;
use crate::plugin::{Compiled, CompiledPlugin, Linked, PluginFile};
use crate::runtime::Runtime;
use crate::state::{RunShared, VuState};
use crate::{CodeCache, EngineError};
use instance::PackInstance;

pub use account::PackAccount;
pub use attached::AttachedPack;
pub(crate) use attached::Packs;
pub(crate) use judge::{EndedStep, SubjectKind, error_of};
pub use staged::StagedUser;
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
            return Err(self.other_world(World::AssertionPack));
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
    /// What the pack takes of this machine beside one user.
    pub fn footprint_per_vu(&self) -> Footprint {
        self.0.density(0).footprint_per_vu()
    }

    /// The pack with room for the instances of `vus` users at once.
    ///
    /// # Errors
    ///
    /// If it cannot be linked, or this machine has no room for so many.
    pub fn with_room(&self, vus: u32) -> Result<Pack, EngineError> {
        let file = &self.0.file;
        let Linked { pre, runtime } = self.0.linked(vus, |linker| {
            AssertionPack::add_to_linker::<_, HasSelf<VuState>>(linker, |state| state)
        })?;
        let pre = AssertionPackPre::new(pre).map_err(|source| file.invalid(source))?;
        Ok(Pack { file: file.clone(), pre, runtime })
    }
}

impl Pack {
    /// The file it came from.
    pub fn file(&self) -> &PluginFile {
        &self.file
    }

    /// Linear memory beside one user before its first iteration, in bytes.
    ///
    /// # Errors
    ///
    /// If it cannot be instantiated.
    pub async fn memory_per_vu(&self, run: Arc<RunShared>) -> Result<usize, PluginFault> {
        let mut instance = PackInstance::new(self, VuState::new(run, VuId(0))).await?;
        Ok(instance.state().memory.used())
    }

    /// Asks the pack what it is.
    ///
    /// # Errors
    ///
    /// If it breaks, or gives a schema that is not JSON or a name that is empty.
    pub async fn describe(&self, run: Arc<RunShared>) -> Result<PackDescription, PluginFault> {
        let mut instance = PackInstance::new(self, VuState::new(run, VuId(0))).await?;
        let described = instance.describe().await?;
        let parameters = crate::parameters::schema(described.parameters.as_deref())?;
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

/// Compares what all users of a run need together with what this machine allows: those of each journey's
/// component, and those of each pack. `vus` is the number of the run's users.
///
/// # Errors
///
/// [`EngineError::TooManyVus`].
pub fn check_room_for(
    plugins: &[(&CompiledPlugin, u32)],
    packs: &[(&CompiledPack, u32)],
    vus: u32,
) -> Result<(), EngineError> {
    let plugins = plugins.iter().map(|(plugin, vus)| (&plugin.0, *vus));
    let packs = packs.iter().map(|(pack, vus)| (&pack.0, *vus));
    let names = |code: &[(&Compiled, u32)]| {
        code.iter().map(|(code, _)| code.file.reference().name).collect::<Vec<_>>().join(", ")
    };
    let (plugins, packs): (Vec<_>, Vec<_>) = (plugins.collect(), packs.collect());
    let name = match packs.is_empty() {
        true => names(&plugins),
        false => format!("{} with {}", names(&plugins), names(&packs)),
    };
    let all = plugins.iter().chain(&packs).map(|(code, vus)| code.density(*vus).footprint());
    check_room(&name, vus, all.fold(Footprint::default(), Footprint::plus))
}
