//! The assertion packs that a command line and its plan name.

use std::path::{Path, PathBuf};

use outrider_engine::PluginFile;
use outrider_session::{Asked, PackConfig, ParameterValue, Places};
use serde_json::Value;

use super::plugin::{self, Opened};
use crate::Env;
use crate::failure::Fault;
use crate::settings::PackSetting;

/// An assertion pack as it is named.
#[derive(Clone, Debug)]
pub(crate) struct WantedPack {
    /// What verdicts call it, in place of its own name.
    pub(crate) name: Option<String>,
    /// The component.
    pub(crate) path: PathBuf,
    /// Parameters that have types, as a plan gives them.
    pub(crate) parameters: Vec<(String, Value)>,
    /// To which files that parameters name are relative.
    pub(crate) folder: PathBuf,
    /// The scenarios that it watches; none means all.
    pub(crate) scenarios: Vec<String>,
    /// The number of its table in the plan, from 1, if it stands there.
    pub(crate) table: Option<usize>,
    /// Where in the plan its keys stand.
    pub(crate) places: Places,
}

impl WantedPack {
    /// A pack for all scenarios.
    pub(crate) fn named(path: &Path) -> WantedPack {
        WantedPack {
            name: None,
            path: path.to_owned(),
            parameters: Vec::new(),
            folder: PathBuf::new(),
            scenarios: Vec::new(),
            table: None,
            places: Places::default(),
        }
    }

    /// As settings name it: by the name that it is given, else by its file's, without its ending.
    pub(crate) fn called(&self) -> String {
        let of_file = || self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.name.clone().unwrap_or_else(of_file)
    }
}

/// Opens the packs and hands each its settings. What is wrong with settings of no pack comes last.
pub(crate) fn open(env: &Env, wanted: &[WantedPack], settings: &[PackSetting]) -> Vec<Asked<PackConfig>> {
    let mut packs: Vec<Asked<PackConfig>> = Vec::with_capacity(wanted.len());
    let mut names: Vec<String> = Vec::with_capacity(wanted.len());
    for pack in wanted {
        let name = pack.called();
        packs.push(match names.contains(&name) {
            true => Err(vec![named_alike(pack, &name)]),
            false => open_one(env, pack, of_pack(settings, &name)),
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
fn open_one<'a>(
    env: &Env,
    pack: &WantedPack,
    settings: impl Iterator<Item = &'a PackSetting>,
) -> Asked<PackConfig> {
    let mut faults = Vec::new();
    let plugin = read(env, &pack.path).map_err(|fault| faults.push(fault.at(pack.places.of("plugin")))).ok();
    let of_plan = pack.parameters.iter().map(|(key, parameter)| {
        let place = format!("parameters.{key}");
        of_plan(pack, key, parameter).map_err(|fault| fault.at(pack.places.of(&place)))
    });
    let mut places = pack.places.clone();
    let of_flags = settings.map(|setting| -> Result<(String, ParameterValue), Fault> {
        places = std::mem::take(&mut places).without(&format!("parameters.{}", setting.key));
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
            let (name, scenarios) = (pack.name.clone(), pack.scenarios.clone());
            Ok(PackConfig { name, plugin, parameters, scenarios, places })
        }
        _ => Err(faults),
    }
}

/// A parameter as a plan gives it: of any type, or a text that may stand for a file's.
fn of_plan(pack: &WantedPack, key: &str, parameter: &Value) -> Result<(String, ParameterValue), Fault> {
    let Value::String(text) = parameter else {
        return Ok((key.to_owned(), ParameterValue::Json(parameter.clone())));
    };
    let read = value(&format!("{}.{key}", pack.called()), text, &pack.folder)?;
    let is_itself = read == *text;
    let text = ParameterValue::Text(read);
    Ok((key.to_owned(), if is_itself { ParameterValue::Json(parameter.clone()) } else { text }))
}

fn named_alike(pack: &WantedPack, name: &str) -> Fault {
    let hint = match pack.places.of("") {
        Some(_) => "give one of them a name of its own: name = \"…\" in its [[assert]]",
        None => "a plan attaches a pack several times, each [[assert]] with a name of its own",
    };
    Fault::new(format!("two assertion packs are named '{name}'")).at(pack.places.of("name")).hint(hint)
}

/// Reads a pack, compiling it first where it is a source.
fn read(env: &Env, path: &Path) -> Result<PluginFile, Fault> {
    let Opened { file, compilation, .. } = plugin::open(env, path)?;
    if let Some(compilation) = compilation {
        compilation.say_done();
    }
    Ok(file)
}

/// A parameter as a plan says it that has this value: a text that begins with `@` is no file's name.
pub(crate) fn written(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('@') => format!("@{text}").into(),
        other => other.clone(),
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_parameter_that_is_shown_is_read_as_the_same() {
        for text in ["plain", "@one", "@@two", "@", "a@b"] {
            let Value::String(shown) = written(&json!(text)) else { panic!("{text}") };
            assert_eq!(value("pack.key", &shown, Path::new("")).unwrap(), text);
        }
        assert_eq!(written(&json!(["@x"])), json!(["@x"]), "only a text by itself may be a file's");
    }
}
