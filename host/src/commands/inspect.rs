//! `host inspect`.

use std::sync::Arc;
use std::time::Duration;

use outrider_engine::{
    CodeCache, Description, EngineError, Pack, PackDescription, Plugin, PluginFile, World,
};
use outrider_session::{Breakdown, Preview};
use serde_json::{Value, json};

use crate::Env;
use crate::cli::{Format, InspectArgs};
use crate::failure::Failure;
use outrider_session::Exit;

use super::plugin::{Opened, open};

pub(crate) async fn run(env: &mut Env, args: &InspectArgs) -> Result<Exit, Failure> {
    let Opened { file, compilation, .. } = open(env, &args.plugin).map_err(Failure::invalid)?;
    let document = match file.inspection().world {
        World::Journey | World::JourneyAsync => journey(&file).await?,
        World::AssertionPack => pack(&file).await?,
        World::Transform => transform(&file).await?,
        World::AlertChannel => channel(&file).await?,
    };
    if let Some(compilation) = compilation {
        compilation.say_done();
    }
    env.print(&text(args.format, &document));
    Ok(Exit::Ok)
}

async fn journey(file: &PluginFile) -> Result<Value, Failure> {
    let plugin = file.load(1, &CodeCache::for_user()).map_err(invalid)?;
    let preview = Preview::new();
    let described = plugin.describe(Arc::clone(preview.shared())).await;
    let description = described.map_err(|fault| describe_failure("the journey", &fault.into()))?;
    let memory = plugin
        .memory_per_vu(Arc::clone(preview.shared()))
        .await
        .map_err(|fault| Failure::unexpected(&fault))?;
    Ok(describe(&plugin, &description, memory))
}

async fn pack(file: &PluginFile) -> Result<Value, Failure> {
    let pack = file.load_pack(1, &CodeCache::for_user()).map_err(invalid)?;
    let described = pack.describe(Arc::clone(Preview::new().shared())).await;
    let description = described.map_err(|fault| {
        let breakdown = Breakdown::from(fault);
        Failure::new(breakdown.exit(), breakdown.fault_of_pack(&file.reference().name))
    })?;
    Ok(describe_pack(&pack, &description))
}

async fn transform(file: &PluginFile) -> Result<Value, Failure> {
    let transform = file.load_transform(1, &CodeCache::for_user()).map_err(invalid)?;
    let described = transform.describe(Arc::clone(Preview::new().shared())).await;
    let said = described.map_err(|fault| describe_failure("the transform", &fault.into()))?;
    Ok(json!({
        "name": said.name,
        "description": said.description,
        "world": file.inspection().world.name(),
        "table": said.table,
        "parameters": said.parameters,
        "imports": file.inspection().imports,
        "exports": file.inspection().exports,
        "digest": file.reference().digest,
        "size_bytes": file.size_bytes(),
    }))
}

async fn channel(file: &PluginFile) -> Result<Value, Failure> {
    let channel = file.load_channel(&CodeCache::for_user()).map_err(invalid)?;
    let described = channel.describe(Arc::clone(Preview::new().shared())).await;
    let said = described.map_err(|fault| describe_failure("the alert channel", &fault.into()))?;
    Ok(json!({
        "name": said.name,
        "description": said.description,
        "world": file.inspection().world.name(),
        "parameters": said.parameters,
        "imports": file.inspection().imports,
        "exports": file.inspection().exports,
        "digest": file.reference().digest,
        "size_bytes": file.size_bytes(),
    }))
}

fn invalid(error: EngineError) -> Failure {
    Failure::invalid(error.into())
}

/// A journey that could not say what it is.
pub(super) fn describe_failure(journey: &str, breakdown: &Breakdown) -> Failure {
    Failure::new(breakdown.exit(), breakdown.fault(format!("{} in describe", breakdown.who(journey))))
}

fn describe_pack(pack: &Pack, description: &PackDescription) -> serde_json::Value {
    let inspection = pack.file().inspection();
    json!({
        "name": description.name,
        "description": description.description,
        "world": inspection.world.name(),
        "sees": description.interest.words(),
        "parameters": description.parameters,
        "imports": inspection.imports,
        "exports": inspection.exports,
        "digest": pack.file().reference().digest,
        "size_bytes": pack.file().size_bytes(),
    })
}

fn describe(plugin: &Plugin, description: &Description, memory_bytes: usize) -> serde_json::Value {
    let inspection = plugin.file().inspection();
    json!({
        "name": description.name,
        "description": description.description,
        "world": inspection.world.name(),
        "scenarios": description.scenarios,
        "parameters": description.parameters,
        "imports": inspection.imports,
        "exports": inspection.exports,
        "digest": plugin.file().reference().digest,
        "size_bytes": plugin.file().size_bytes(),
        "load_ms": milliseconds(plugin.load_time()),
        "load_cached": plugin.is_cached(),
        "memory_per_vu_bytes": memory_bytes,
    })
}

/// To a tenth: what is beyond that differs from one time to the next.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Both formats say the same; the text one leaves out JSON's punctuation.
fn text(format: Format, value: &serde_json::Value) -> String {
    if format == Format::Json {
        return format!("{value:#}");
    }
    let mut lines = Vec::new();
    for (key, value) in value.as_object().into_iter().flatten() {
        match value {
            serde_json::Value::Array(items) => {
                lines.push(format!("{key}:"));
                lines.extend(items.iter().map(|item| format!("  {}", plain(item))));
            }
            other => lines.push(format!("{key}: {}", plain(other))),
        }
    }
    lines.join("\n")
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "none".into(),
        serde_json::Value::Object(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(key, value)| format!("{key}={}", plain(value))).collect();
            fields.join(" ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_tenth_of_a_millisecond() {
        assert_eq!(json!(milliseconds(Duration::from_nanos(83_147_888))).to_string(), "83.1");
        assert_eq!(json!(milliseconds(Duration::from_micros(1_999_960))).to_string(), "2000.0");
    }
}
