//! Files that cost only time to make again, by a key of all that went into them.
//!
//! * [`FileCache`]: a folder of them. A file is there whole or not at all; beyond a number of files those that were used
//!   the longest time ago go first.
//! * [`make_private_folder`]: a folder for its owner alone.
//!
//! This crate does not know what is in the files, nor whether it is what was put: whoever reads one judges that.
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! use outrider_cache::FileCache;
//!
//! # let base = tempfile::tempdir()?;
//! # let base = base.path();
//! let cache = FileCache::new(base.join("compiled"), "cwasm", 384);
//! cache.make_private()?;
//! cache.put("4f2a9c", b"code")?;
//! assert_eq!(std::fs::read(cache.path("4f2a9c"))?, b"code");
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

mod file_cache;
mod private;

pub use file_cache::FileCache;
pub use private::make_private_folder;
