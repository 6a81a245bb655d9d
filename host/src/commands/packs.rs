//! The assertion packs that a command line and its plan name.

use std::path::{Path, PathBuf};

use outrider_engine::PluginFile;
use outrider_session::{Asked, PackConfig, ParameterValue};
use serde_json::Value;

use super::plugin;
use crate::failure::Fault;
use crate::settings::PackSetting;

/// An assertion pack as it is named.
#[derive(Clone, Debug)]
pub(crate) struct WantedPack {
    /// The component.
    pub(crate) path: PathBuf,
    /// Parameters that have types, as a plan gives them.
    pub(crate) parameters: Vec<(String, Value)>,
    /// To which files that parameters name are relative.
    pub(crate) folder: PathBuf,
    /// The scenarios that it watches; none means all.
    pub(crate) scenarios: Vec<String>,
}

impl WantedPack {
    /// A pack for all scenarios.
    pub(crate) fn named(path: &Path) -> WantedPack {
        WantedPack {
            path: path.to_owned(),
            parameters: Vec::new(),
            folder: PathBuf::new(),
            scenarios: Vec::new(),
        }
    }
}

/// Opens the packs and hands each its settings. What is wrong with settings of no pack comes last.
pub(crate) fn open(wanted: &[WantedPack], settings: &[PackSetting]) -> Vec<Asked<PackConfig>> {
    let mut packs: Vec<Asked<PackConfig>> = Vec::with_capacity(wanted.len());
    let mut names: Vec<String> = Vec::with_capacity(wanted.len());
    for pack in wanted {
        let name = pack.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        packs.push(match names.contains(&name) {
            true => Err(vec![named_alike(&name)]),
            false => open_one(pack, of_pack(settings, &name)),
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
fn open_one<'a>(pack: &WantedPack, settings: impl Iterator<Item = &'a PackSetting>) -> Asked<PackConfig> {
    let mut faults = Vec::new();
    let plugin = read(&pack.path).map_err(|fault| faults.push(fault)).ok();
    let name = pack.path.file_stem().unwrap_or_default().to_string_lossy();
    type Read = Result<(String, ParameterValue), Fault>;
    let of_plan = pack.parameters.iter().map(|(key, parameter)| -> Read {
        let Value::String(text) = parameter else {
            return Ok((key.clone(), ParameterValue::Json(parameter.clone())));
        };
        let read = value(&format!("{name}.{key}"), text, &pack.folder)?;
        let is_itself = read == *text;
        let text = ParameterValue::Text(read);
        Ok((key.clone(), if is_itself { ParameterValue::Json(parameter.clone()) } else { text }))
    });
    let of_flags = settings.map(|setting| -> Read {
        let place = format!("{}.{}", setting.pack, setting.key);
        let read = value(&place, &setting.value, Path::new(""))?;
        Ok((setting.key.clone(), ParameterValue::Text(read)))
    });
    let mut parameters = Vec::new();
    for parameter in of_plan.chain(of_flags) {
        match parameter {
            Ok(parameter) => parameters.push(parameter),
            Err(fault) => faults.push(fault),
        }
    }
    match plugin {
        Some(plugin) if faults.is_empty() => {
            Ok(PackConfig { plugin, parameters, scenarios: pack.scenarios.clone() })
        }
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
fn value(place: &str, text: &str, folder: &Path) -> Result<String, Fault> {
    let Some(rest) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    if rest.starts_with('@') {
        return Ok(rest.to_owned());
    }
    let path = folder.join(rest);
    std::fs::read_to_string(&path).map_err(|error| {
        Fault::new(format!("cannot read '{}', the value of {place}", path.display()))
            .cause(error.to_string())
            .hint(format!("a text that begins with @ is written with two: {place}=@@{rest}"))
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
