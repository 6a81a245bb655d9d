//! Runs plugins: from a file to virtual users in sandboxes.
//!
//! * [`PluginFile`]: a component, read and looked at ([`Inspection`]); a wrong one is refused with a
//!   sentence that says why.
//! * [`Plugin`]: compiled (or taken from the [`CodeCache`]) and linked, with a pool sized for its users.
//!   It answers `describe`, `setup` and `teardown`.
//! * [`GuestVuFactory`]: makes users, each with one store and one instance that it keeps over its
//!   iterations. After a trap, a timeout or an interruption the store is dropped, never used again.
//! * [`Transform`] and [`AlertChannel`]: plugins that make no load.
//! * [`Pack`] and [`AttachedPack`]: assertion packs, one instance beside the journey of each user; or beside a
//!   [`StagedUser`], who has none, where a pack is tested.
//! * [`Limits`]: memory, CPU time, wall-clock time and output of every user, on by default.
//!
//! The host's side of the WIT imports is in `host`, one module for each interface. When iterations run
//! is the scheduler's business, where rows go the sample sink's.
//!
//! ```no_run
//! use std::path::Path;
//! use outrider_engine::{CodeCache, PluginFile};
//!
//! let file = PluginFile::read(Path::new("checkout.wasm"))?;
//! let plugin = file.load(1_000, &CodeCache::for_user())?;
//! println!("loaded in {:?}", plugin.load_time());
//! # Ok::<(), outrider_engine::EngineError>(())
//! ```

mod cache;
mod channel;
mod error;
mod examine;
mod fault;
mod footprint;
mod guest_vu;
mod host;
mod inspect;
mod instance;
mod journey;
mod limits;
mod output;
mod pack;
mod parameters;
mod plugin;
mod runtime;
mod sandbox;
mod state;
mod told;
mod transform;

pub use cache::CodeCache;
pub use channel::{AlertChannel, ChannelDescription, Deliverer, Delivery};
pub use error::EngineError;
pub use examine::Examination;
pub use fault::PluginFault;
pub use footprint::Footprint;
pub use guest_vu::{ANY_SCENARIO, GuestVuFactory, Way};
pub use inspect::{Inspection, World, inspect};
pub use journey::{Description, LifecycleError, Scenario};
pub use limits::{
    DEFAULT_CPU_TIME, DEFAULT_HOSTCALL_BYTES, DEFAULT_ITERATION_TIMEOUT, DEFAULT_LIFECYCLE_TIMEOUT,
    DEFAULT_MEMORY_BYTES, DEFAULT_PACK_CPU_TIME, DEFAULT_PACK_TIMEOUT, EPOCH, Limits, MAX_BATCH,
    MAX_FRAME_BYTES, MAX_FRAMES, MAX_NAME_BYTES, MAX_OPEN_STEPS, MAX_TAGS, MAX_TEXT_BYTES,
};
pub use output::{DEFAULT_OUTPUT_BYTES, LINE_COST_BYTES, MAX_LINE_BYTES};
pub use pack::{
    AttachedPack, CompiledPack, MAX_FAULTS_IN_A_ROW, MAX_VERDICTS, Pack, PackAccount, PackDescription,
    PackInterest, StagedUser, check_room_for,
};
pub use plugin::{CompiledPlugin, Plugin, PluginFile};
pub use state::RunShared;
pub use transform::{
    ColumnValue, MAX_BATCH_BYTES, MAX_COLUMN_BYTES, MAX_COLUMNS, MAX_METRIC_VALUES, MAX_RECORDS, RawRecord,
    RecordOutcome, Row, Transform, TransformDescription, Transformer,
};

/// The contract: the WIT package's name, versions and text.
pub mod wit {
    pub use outrider_wit::{PACKAGE, SOURCES, TRACKS, Track, VERSION};
}

/// The newest version of the WIT package that plugins may use.
pub const WIT_VERSION: &str = outrider_wit::VERSION;
