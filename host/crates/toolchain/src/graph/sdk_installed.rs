//! An SDK that is installed beside the plugin: editors read its types, and what runs is the one that is built in.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::{Warning, sdk};

#[derive(Deserialize)]
struct Package {
    version: String,
}

/// Warns of an installed SDK, here or above, that is of another version than the one that is built in.
pub(super) fn warning(entry: &Path) -> Option<Warning> {
    let manifest = |folder: &Path| folder.join("node_modules").join(sdk::NAME).join("package.json");
    let path = entry.ancestors().skip(1).map(manifest).find(|path| path.is_file())?;
    let package: Package = serde_json::from_str(&fs::read_to_string(&path).ok()?).ok()?;
    let folder = path.parent().unwrap_or(&path).to_owned();
    let said = || {
        let (installed, built_in) = (&package.version, sdk::VERSION);
        format!(
            "{} is version {installed}; what runs is version {built_in}, which is built in",
            folder.display()
        )
    };
    (package.version != sdk::VERSION).then(|| Warning::OtherSdk { said: said() })
}
