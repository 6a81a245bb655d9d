//! From an author's source to a component: a plugin in TypeScript or JavaScript becomes a WebAssembly
//! component in about a second, in this process, without Node and without npm; one in Go by the Go that is installed.
//!
//! [`Toolchain::build`] takes a file (`.ts`, `.mts`, `.js`, `.mjs`, `.go`) or a folder and gives a [`Built`]. In
//! TypeScript:
//!
//! 1. It reads the entry and everything it imports; types are replaced by blanks, so that every line and
//!    column stays the author's.
//! 2. It looks for the result in its cache, by the digest of all that goes into it.
//! 3. It generates a module that binds the author's definition to its [`World`], of which what the module takes from
//!    the SDK tells and the evaluated definition decides; it links QuickJS for that world, evaluates the top level in it
//!    and takes a snapshot of that.
//!
//! In Go (module `go`): `go build` makes a core module of the author's package with the SDK, which is built in here; its
//! exports say which world it belongs to, and `wit-component` puts it together with the adapter for Go's WASI.
//!
//! Faults come back as [`ToolchainError`], in the author's terms: file, line, column and the line itself.
//!
//! Types are checked apart, by the compiler that the author has installed ([`check_types`]). It does not run plugins.
//!
//! ```no_run
//! # fn main() -> Result<(), outrider_toolchain::ToolchainError> {
//! use outrider_toolchain::Toolchain;
//!
//! let built = Toolchain::new().build("checkout.ts".as_ref())?;
//! assert!(built.component.starts_with(b"\0asm"));
//! # Ok(())
//! # }
//! ```
//!
//! # What QuickJS does differently
//!
//! Found by trying, with componentize-qjs 0.4.5; the SDK (`sdk-js`) and this crate stand on them.
//!
//! * An exported interface is an export of the module under its short name in camel case
//!   (`user-journey-async` → `userJourneyAsync`); an imported one is a module under its full name. The
//!   entry may await something at its top level.
//! * An error of an exported function is thrown as a plain object of the WIT record's shape. A thrown
//!   `Error` is a trap, unless the WIT error is a string: the panic's text is on standard error only.
//! * An imported function's error arrives as an `Error` with the WIT value as `payload`, but inside a
//!   list, a result is `{ tag, val }`.
//! * A parameter of another type than the WIT one is a trap: also a negative number for an unsigned type,
//!   and a string with half of a surrogate pair. Whole numbers of 32 bits travel as signed ones, so ids
//!   from 2³¹ on arrive as 2³¹−1.
//! * A call of the host at the top level is a trap at build time.
//! * A frame of a stack is `    at name (/path/of/module.ts:LINE:COLUMN)`, columns in bytes; ten frames
//!   unless `Error.stackTraceLimit` says otherwise. The class of an error that ends the build is lost.
//! * A call of what is no function is a `TypeError` that says only "not a function", at the last name that was
//!   read before the call. So the generated module has a table of the author's calls, which the SDK looks into
//!   when it happens.
//! * A rejected promise that nobody handles is silent, and a promise that an `async` export waits for in
//!   vain is a trap. In the world without `async`, no promise job ever runs.
//! * There is no `console`, `setTimeout`, `fetch`, `URL`, `TextEncoder` or `structuredClone`.
//! * With WASI stubbed a component has three more core modules and one more memory per instance than with
//!   WASI imported, `Date.now()` is a trap and a panic has no text. So WASI is imported; the host's is
//!   locked anyway.
//! * The snapshot holds the state of the runtime's own `Math.random`, which the clock seeds, and the keys of its hash
//!   tables: with the clock and the chance of the build fixed, the same sources give the same bytes. A component also
//!   exports `init`, a left-over of the snapshot that does nothing any more.
#![warn(missing_docs)]

mod built;
mod cache;
mod component;
mod contract;
mod entry;
mod error;
mod go;
mod graph;
mod language;
mod modules;
mod place;
mod process;
mod project;
mod rust;
mod sdk;
mod section;
mod source;
mod template;
mod toolchain;
mod types;
mod world;

pub use built::{Built, Warning};
pub use error::{Fault, ToolchainError};
pub use language::Language;
pub use place::Place;
pub use template::{PluginKind, Template};
pub use toolchain::{DEFAULT_TIME_LIMIT, Toolchain};
pub use types::{Types, check_types};
pub use world::World;
