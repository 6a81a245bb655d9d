//! The assertion packs that a command line names.

use std::path::Path;

use outrider_engine::PluginFile;
use outrider_session::{Asked, PackConfig, ParameterValue};

use super::plugin;
use crate::failure::Fault;
use crate::units::PackSetting;

/// Opens the packs and hands each its settings. What is wrong with settings of no pack comes last.
pub(crate) fn open(paths: &[impl AsRef<Path>], settings: &[PackSetting]) -> Vec<Asked<PackConfig>> {
    let mut packs: Vec<Asked<PackConfig>> = Vec::with_capacity(paths.len());
    let mut names: Vec<String> = Vec::with_capacity(paths.len());
    for path in paths {
        let name = path.as_ref().file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        packs.push(match names.contains(&name) {
            true => Err(vec![named_alike(&name)]),
            false => open_one(path.as_ref(), of_pack(settings, &name)),
        });
        names.push(name);
    }
    let strays = settings.iter().filter(|setting| !names.contains(&setting.pack));
    packs.extend(strays.map(|setting| Err(vec![unknown(setting, &names)])));
    packs
}

fn of_pack<'a>(settings: &'a [PackSetting], name: &'a str) -> impl Iterator<Item = &'a PackSetting> {
    settings.iter().filter(move |setting| setting.pack == name)
}

/// A pack with its settings, or everything that is wrong with either.
fn open_one<'a>(path: &Path, settings: impl Iterator<Item = &'a PackSetting>) -> Asked<PackConfig> {
    let mut faults = Vec::new();
    let plugin = read(path).map_err(|fault| faults.push(fault)).ok();
    let mut parameters = Vec::new();
    for setting in settings {
        match value(setting) {
            Ok(value) => parameters.push((setting.key.clone(), ParameterValue::Text(value))),
            Err(fault) => faults.push(fault),
        }
    }
    match plugin {
        Some(plugin) if faults.is_empty() => Ok(PackConfig { plugin, parameters, scenarios: Vec::new() }),
        _ => Err(faults),
    }
}

fn named_alike(name: &str) -> Fault {
    Fault::new(format!("two assertion packs are named '{name}'"))
        .hint("--assert-set tells packs by the names of their files: give one another name")
}

fn read(path: &Path) -> Result<PluginFile, Fault> {
    if plugin::is_source(path) {
        return Err(Fault::new(format!(
            "'{}' is no component, and only journeys are compiled on the fly",
            path.display()
        ))
        .hint("write assertion packs in Rust with the SDK, and name the .wasm file"));
    }
    Ok(PluginFile::read(path)?)
}

/// The value of a setting: `@FILE` stands for what the file holds, `@@` for a text that begins with `@`.
fn value(setting: &PackSetting) -> Result<String, Fault> {
    let PackSetting { pack, key, value } = setting;
    let Some(rest) = value.strip_prefix('@') else { return Ok(value.clone()) };
    if rest.starts_with('@') {
        return Ok(rest.to_owned());
    }
    std::fs::read_to_string(rest).map_err(|error| {
        Fault::new(format!("cannot read '{rest}', the value of {pack}.{key}"))
            .cause(error.to_string())
            .hint(format!("a text that begins with @ is written with two: {pack}.{key}=@@{rest}"))
    })
}

fn unknown(setting: &PackSetting, names: &[String]) -> Fault {
    let hint = match names.is_empty() {
        true => "attach it with --assert PACK".to_owned(),
        false => format!("the run has {}", names.join(", ")),
    };
    Fault::new(format!(
        "--assert-set {}.{}: there is no assertion pack '{}'",
        setting.pack, setting.key, setting.pack
    ))
    .hint(hint)
}
