//! What can go wrong before a plugin runs.

use std::path::PathBuf;

use crate::World;

/// A plugin cannot be loaded, or not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The file cannot be read.
    #[error("cannot read plugin '{}'", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not WebAssembly at all.
    #[error("'{name}' is not a WebAssembly component: it begins with {found}")]
    NotWasm {
        /// The plugin.
        name: String,
        /// Its first bytes, in words.
        found: String,
    },
    /// The file is a core module.
    #[error("'{name}' is a core WebAssembly module, not a component")]
    CoreModule {
        /// The plugin.
        name: String,
    },
    /// The bytes are WebAssembly, but not valid.
    #[error("'{name}' is not a valid component")]
    Invalid {
        /// The plugin.
        name: String,
        /// The validator's or compiler's words.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The component is of no world that can run here.
    #[error("'{name}' is not a plugin of this host: it exports {}", list(exports))]
    NoWorld {
        /// The plugin.
        name: String,
        /// What it exports.
        exports: Vec<String>,
    },
    /// It is a plugin, but not of the kind that is wanted.
    #[error("'{name}' is {}, not {}", found.noun(), wanted.noun())]
    OtherWorld {
        /// The plugin.
        name: String,
        /// What it is.
        found: World,
        /// What was asked for.
        wanted: World,
    },
    /// The component needs a newer or older version of the WIT package.
    #[error("'{name}' uses {interface}, this host speaks {host}")]
    OtherVersion {
        /// The plugin.
        name: String,
        /// The interface with its version, as the component names it.
        interface: String,
        /// The version of this host.
        host: &'static str,
        /// Whether the component's version is the newer one.
        newer: bool,
    },
    /// The component imports what is not granted or not known.
    #[error("'{name}' imports what is not granted: {}", list(imports))]
    NotGranted {
        /// The plugin.
        name: String,
        /// The imports.
        imports: Vec<String>,
    },
    /// This machine cannot hold so many users.
    #[error(
        "{vus} VUs of '{name}' need {needed} memory mappings, this machine allows {available} (vm.max_map_count)"
    )]
    TooManyVus {
        /// The plugin.
        name: String,
        /// The users.
        vus: u32,
        /// Mappings that they need, estimated.
        needed: u64,
        /// Mappings that a process may have.
        available: u64,
    },
    /// wasmtime could not be set up as configured.
    #[error("cannot set up the WebAssembly engine for {vus} VUs")]
    Setup {
        /// The users it was to hold.
        vus: u32,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl EngineError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            EngineError::Read { .. } => return None,
            EngineError::NotWasm { .. } => {
                "a plugin is a .wasm component, or a .ts, .js or .go file; compile Rust with `cargo build --release \
                 --target wasm32-wasip2`"
                    .into()
            }
            EngineError::CoreModule { .. } => {
                "compile for the target wasm32-wasip2, which makes components, or wrap the module with `wasm-tools \
                 component new`"
                    .into()
            }
            EngineError::Invalid { .. } => "build the plugin again; the file may be cut short".into(),
            EngineError::NoWorld { .. } => {
                "a plugin exports an interface of outrider:plugin, as a journey outrider:plugin/user-journey@0.1.0; the \
                 SDKs do that: in Rust the macro `journey!`, in TypeScript the default export, in Go \
                 `outrider.Journey`"
                    .into()
            }
            EngineError::OtherWorld { found, .. } => match found {
                World::Journey | World::JourneyAsync => "a journey is run: host run PLUGIN".into(),
                World::AssertionPack => "a pack is attached to the run of a journey: --assert PACK".into(),
                World::Transform | World::AlertChannel => {
                    format!("{} is tried with `host check PLUGIN`", found.noun())
                }
            },
            EngineError::OtherVersion { newer: true, .. } => {
                "update this program, or build the plugin with the SDK of this version".into()
            }
            EngineError::OtherVersion { newer: false, .. } => {
                "build the plugin again with the SDK of this version".into()
            }
            EngineError::NotGranted { .. } => {
                "a plugin reaches the outside through outrider:plugin/http alone, to the target and to hosts given \
                 with --allow-net"
                    .into()
            }
            EngineError::TooManyVus { needed, .. } => format!(
                "fewer VUs (--vus, or with a rate --max-vus), or as root sysctl -w vm.max_map_count={}",
                needed.checked_next_power_of_two().unwrap_or(*needed)
            ),
            EngineError::Setup { .. } => "fewer VUs, or a machine with more address space".into(),
        })
    }
}

fn list(names: &[String]) -> String {
    match names {
        [] => "nothing".into(),
        names => names.join(", "),
    }
}
