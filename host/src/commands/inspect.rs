//! `host inspect`.

mod document;
mod needs;

use std::sync::Arc;

use outrider_engine::{CodeCache, EngineError, PluginFault, PluginFile, World};
use outrider_session::{Breakdown, Exit, Preview};

use crate::Env;
use crate::cli::{Format, InspectArgs};
use crate::failure::Failure;
use crate::terminal::describe_plugin;

use super::plugin::{Opened, open};
pub(crate) use document::{InspectReport, json_schema};
use document::{Said, ScenarioEntry};

pub(crate) async fn run(env: &mut Env, args: &InspectArgs) -> Result<Exit, Failure> {
    let Opened { file, compilation, .. } = open(env, &args.plugin).map_err(Failure::invalid)?;
    let cache = CodeCache::for_user();
    let (said, memory_bytes) = match file.inspection().world {
        World::Journey | World::JourneyAsync => journey(&file, &cache).await?,
        World::AssertionPack => pack(&file, &cache).await?,
        World::Transform => transform(&file, &cache).await?,
        World::AlertChannel => channel(&file, &cache).await?,
    };
    if let Some(compilation) = compilation {
        compilation.say_done();
    }
    let examined = file.examine(&cache).map_err(invalid)?;
    let report = InspectReport::of(&file, said, &examined, memory_bytes);
    let text = match args.format {
        Format::Json => report.json(),
        Format::Text => describe_plugin(&report, env.style_out()),
    };
    env.print(&text);
    Ok(Exit::Ok)
}

async fn journey(file: &PluginFile, cache: &CodeCache) -> Result<(Said, usize), Failure> {
    let plugin = file.load(1, cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = plugin.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| describe_failure("the journey", &fault.into()))?;
    let memory = plugin.memory_per_vu(Arc::clone(preview.shared())).await.map_err(unexpected)?;
    let said = Said {
        scenarios: Some(description.scenarios.into_iter().map(ScenarioEntry::from).collect()),
        parameters: description.parameters,
        ..Said::new(description.name, description.description)
    };
    Ok((said, memory))
}

async fn pack(file: &PluginFile, cache: &CodeCache) -> Result<(Said, usize), Failure> {
    let pack = file.load_pack(1, cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = pack.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| {
        let breakdown = Breakdown::from(fault);
        Failure::new(breakdown.exit(), breakdown.fault_of_pack(&file.reference().name))
    })?;
    let memory = pack.memory_per_vu(Arc::clone(preview.shared())).await.map_err(unexpected)?;
    let said = Said {
        sees: Some(description.interest.words()),
        parameters: description.parameters,
        ..Said::new(description.name, description.description)
    };
    Ok((said, memory))
}

async fn transform(file: &PluginFile, cache: &CodeCache) -> Result<(Said, usize), Failure> {
    let transform = file.load_transform(1, cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = transform.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| describe_failure("the transform", &fault.into()))?;
    let memory = transform.memory_per_instance(Arc::clone(preview.shared())).await.map_err(unexpected)?;
    let said = Said {
        table: Some(description.table),
        parameters: description.parameters,
        ..Said::new(description.name, description.description)
    };
    Ok((said, memory))
}

async fn channel(file: &PluginFile, cache: &CodeCache) -> Result<(Said, usize), Failure> {
    let channel = file.load_channel(cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = channel.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| describe_failure("the alert channel", &fault.into()))?;
    let memory = channel.memory_per_instance(Arc::clone(preview.shared())).await.map_err(unexpected)?;
    let said =
        Said { parameters: description.parameters, ..Said::new(description.name, description.description) };
    Ok((said, memory))
}

fn invalid(error: EngineError) -> Failure {
    Failure::invalid(error.into())
}

fn unexpected(fault: PluginFault) -> Failure {
    Failure::unexpected(&fault)
}

/// A plugin that could not say what it is. `plugin` is what faults call it.
pub(super) fn describe_failure(plugin: &str, breakdown: &Breakdown) -> Failure {
    Failure::new(breakdown.exit(), breakdown.fault(format!("{} in describe", breakdown.who(plugin))))
}
