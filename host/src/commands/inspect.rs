//! `host inspect`.

mod document;
mod needs;

use std::sync::Arc;
use std::time::Duration;

use outrider_engine::{CodeCache, EngineError, PluginFault, PluginFile, World};
use outrider_model::RunClock;
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
    let (said, instance) = match file.inspection().world {
        World::Journey | World::JourneyAsync => journey(&file, &cache).await?,
        World::AssertionPack => pack(&file, &cache).await?,
        World::Transform => transform(&file, &cache).await?,
        World::AlertChannel => channel(&file, &cache).await?,
    };
    if let Some(compilation) = compilation {
        compilation.say_done();
    }
    let examined = file.examine(&cache).map_err(invalid)?;
    let report = InspectReport::of(&file, said, &examined, instance);
    let text = match args.format {
        Format::Json => report.json(),
        Format::Text => describe_plugin(&report, env.style_out()),
    };
    env.print(&text);
    Ok(Exit::Ok)
}

async fn journey(file: &PluginFile, cache: &CodeCache) -> Result<(Said, Instance), Failure> {
    let plugin = file.load(1, cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = plugin.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| describe_failure("the journey", &fault.into()))?;
    let instance =
        Instance::measured(async || plugin.memory_per_vu(Arc::clone(preview.shared())).await).await?;
    let said = Said {
        scenarios: Some(description.scenarios.into_iter().map(ScenarioEntry::from).collect()),
        parameters: description.parameters,
        ..Said::new(description.name, description.description)
    };
    Ok((said, instance))
}

async fn pack(file: &PluginFile, cache: &CodeCache) -> Result<(Said, Instance), Failure> {
    let pack = file.load_pack(1, cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = pack.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| {
        let breakdown = Breakdown::from(fault);
        Failure::new(breakdown.exit(), breakdown.fault_of_pack(&file.reference().name))
    })?;
    let instance =
        Instance::measured(async || pack.memory_per_vu(Arc::clone(preview.shared())).await).await?;
    let said = Said {
        sees: Some(description.interest.words()),
        parameters: description.parameters,
        ..Said::new(description.name, description.description)
    };
    Ok((said, instance))
}

async fn transform(file: &PluginFile, cache: &CodeCache) -> Result<(Said, Instance), Failure> {
    let transform = file.load_transform(1, cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = transform.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| describe_failure("the transform", &fault.into()))?;
    let memory = async || transform.memory_per_instance(Arc::clone(preview.shared())).await;
    let instance = Instance::measured(memory).await?;
    let said = Said {
        table: Some(description.table),
        parameters: description.parameters,
        ..Said::new(description.name, description.description)
    };
    Ok((said, instance))
}

async fn channel(file: &PluginFile, cache: &CodeCache) -> Result<(Said, Instance), Failure> {
    let channel = file.load_channel(cache).map_err(invalid)?;
    let preview = Preview::new();
    let described = channel.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| describe_failure("the alert channel", &fault.into()))?;
    let memory = async || channel.memory_per_instance(Arc::clone(preview.shared())).await;
    let instance = Instance::measured(memory).await?;
    let said =
        Said { parameters: description.parameters, ..Said::new(description.name, description.description) };
    Ok((said, instance))
}

/// How often an instance is made: the first ones touch their memory for the first time.
const INSTANCES: usize = 21;

/// What one instance takes.
pub(super) struct Instance {
    pub(super) memory_bytes: usize,
    /// The median.
    pub(super) made_in: Duration,
}

impl Instance {
    /// `make` makes one and says its memory.
    async fn measured(make: impl AsyncFn() -> Result<usize, PluginFault>) -> Result<Instance, Failure> {
        let (mut times, mut memory_bytes) = (Vec::with_capacity(INSTANCES), 0);
        for _ in 0..INSTANCES {
            let clock = RunClock::start_now();
            memory_bytes = make().await.map_err(|fault| {
                let breakdown = Breakdown::from(fault);
                Failure::new(breakdown.exit(), breakdown.fault("an instance of it cannot be made"))
            })?;
            times.push(clock.elapsed());
        }
        times.sort();
        Ok(Instance { memory_bytes, made_in: times[INSTANCES / 2] })
    }
}

fn invalid(error: EngineError) -> Failure {
    Failure::invalid(error.into())
}

/// A plugin that could not say what it is. `plugin` is what faults call it.
pub(super) fn describe_failure(plugin: &str, breakdown: &Breakdown) -> Failure {
    Failure::new(breakdown.exit(), breakdown.fault(format!("{} in describe", breakdown.who(plugin))))
}
