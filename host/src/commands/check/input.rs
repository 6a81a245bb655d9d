//! What a transform or an alert channel is tried with.

use std::io::Read;
use std::path::Path;

use crate::Env;
use crate::failure::Fault;

/// 64 MiB: a sample is a small part of a log, and all of it is held in memory.
pub(crate) const MAX_INPUT_BYTES: u64 = 64 << 20;

/// What standard input is called.
pub(super) const STANDARD: &str = "standard input";

/// The whole of a file, or of standard input.
#[derive(Debug)]
pub(super) struct Input {
    /// As faults name it.
    pub(super) shown: String,
    pub(super) data: Vec<u8>,
}

/// Whether a path stands for standard input.
pub(super) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Input {
    /// Reads a file; `-` is standard input.
    pub(super) fn read(env: &Env, path: &Path) -> Result<Input, Fault> {
        let shown = match is_standard(path) {
            true => STANDARD.to_owned(),
            false => path.display().to_string(),
        };
        let unreadable = |error: std::io::Error| {
            Fault::new(format!("cannot read {}", quoted(path))).cause(error.to_string())
        };
        let mut source: Box<dyn Read> = match is_standard(path) {
            true => env.input(),
            false => Box::new(std::fs::File::open(path).map_err(unreadable)?),
        };
        let mut data = Vec::new();
        source.by_ref().take(MAX_INPUT_BYTES + 1).read_to_end(&mut data).map_err(unreadable)?;
        match data.len() as u64 > MAX_INPUT_BYTES {
            true => Err(Fault::new(format!("{} has more than {MAX_INPUT_BYTES} bytes", quoted(path)))
                .hint("give it a part of the file")),
            false => Ok(Input { shown, data }),
        }
    }
}

fn quoted(path: &Path) -> String {
    if is_standard(path) { STANDARD.to_owned() } else { format!("'{}'", path.display()) }
}
