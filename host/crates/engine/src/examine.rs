//! What loading a component shows of it: how long that takes, and which of the host's functions it calls.

use std::time::Duration;

use outrider_model::RunClock;
use outrider_wit::wasmtime::component::types::ComponentItem;

use crate::plugin::{Compiled, PluginFile};
use crate::runtime::Runtime;
use crate::{CodeCache, EngineError};

/// What loading a component shows of it.
#[derive(Clone, Debug)]
pub struct Examination {
    /// How long it takes to compile it to this machine's code.
    pub cold_load: Duration,
    /// How long it takes to load that code from the cache; `None` if nothing is cached here.
    pub cached_load: Option<Duration>,
    /// The functions that it imports, as `outrider:plugin/http#send`, without versions.
    pub functions: Vec<String>,
}

impl PluginFile {
    /// Loads it without the cache, and from it.
    ///
    /// # Errors
    ///
    /// As [`PluginFile::load`].
    pub fn examine(&self, cache: &CodeCache) -> Result<Examination, EngineError> {
        let timed = |cache: &CodeCache| -> Result<(Compiled, Duration), EngineError> {
            let clock = RunClock::start_now();
            let compiled = self.compile_any(cache)?;
            Ok((compiled, clock.elapsed()))
        };
        let (compiled, cold_load) = timed(&CodeCache::disabled())?;
        // So that it is there.
        self.compile_any(cache)?;
        let (again, cached_load) = timed(cache)?;
        Ok(Examination {
            cold_load,
            cached_load: again.is_cached().then_some(cached_load),
            functions: self.functions(&compiled)?,
        })
    }

    fn functions(&self, compiled: &Compiled) -> Result<Vec<String>, EngineError> {
        let compiler = Runtime::compiler(self.inspection().world)
            .map_err(|source| EngineError::Setup { vus: 0, source: source.into() })?;
        let engine = compiler.engine();
        let component = compiled.component_type();
        let mut functions = Vec::new();
        for (interface, import) in component.imports(engine) {
            let ComponentItem::ComponentInstance(instance) = import.ty else { continue };
            let interface = interface.split('@').next().unwrap_or(interface);
            for (name, export) in instance.exports(engine) {
                if let ComponentItem::ComponentFunc(_) = export.ty {
                    functions.push(format!("{interface}#{name}"));
                }
            }
        }
        Ok(functions)
    }
}
