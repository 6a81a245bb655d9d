//! What is exported: flags before the environment, that before the plan, each kind by itself.

use outrider_model::units::duration_text;
use outrider_plan::{ExportTable, Written};
use outrider_session::{
    Asked, DEFAULT_LINGER, DEFAULT_PROMETHEUS_ADDRESS, ExportConfig, JsonlTarget, OtlpAsked, OtlpConfig,
    PrometheusConfig, Stream,
};
use serde_json::Value;

use crate::Env;
use crate::cli::{RunArgs, RunFormat};
use crate::commands::run::document::Document;
use crate::failure::Fault;
use crate::given::Origin;
use crate::settings::ExportFlag;

/// What stands for standard output.
const STREAM: &str = "-";

/// A value as a dry run shows it.
#[derive(Clone, Debug)]
pub(crate) struct ExportEntry {
    pub(crate) key: &'static str,
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}

/// What is exported, and where that is said.
pub(super) struct Exporting {
    pub(super) config: Asked<ExportConfig>,
    pub(super) entries: Vec<ExportEntry>,
}

/// What the command line, the environment and the plan ask for.
pub(super) fn of(env: &Env, args: &RunArgs, document: Option<&Document>) -> Exporting {
    let table = document.and_then(|document| document.plan.file.export.as_ref()).map(|table| &table.value);
    let mut reader =
        Reader { env, args, document, table, flags: Vec::new(), faults: Vec::new(), entries: Vec::new() };
    reader.flags();
    let config = ExportConfig { prometheus: reader.prometheus(), otlp: reader.otlp(), jsonl: reader.jsonl() };
    let Reader { faults, entries, .. } = reader;
    Exporting { config: if faults.is_empty() { Ok(config) } else { Err(faults) }, entries }
}

/// The share of the iterations whose traces are exported, from 0 to 1.
pub(super) fn trace_share(config: &ExportConfig) -> f64 {
    config.otlp.as_ref().map_or(0.0, OtlpConfig::trace_share)
}

struct Reader<'a> {
    env: &'a Env,
    args: &'a RunArgs,
    document: Option<&'a Document>,
    table: Option<&'a ExportTable>,
    /// The kinds that flags name, each with what is behind it.
    flags: Vec<(&'static str, Option<&'a str>)>,
    faults: Vec<Fault>,
    entries: Vec<ExportEntry>,
}

impl<'a> Reader<'a> {
    fn flags(&mut self) {
        for ExportFlag { kind, place } in &self.args.exports {
            let place = place.as_deref();
            if self.flag(kind).is_some() {
                self.faults.push(Fault::new(format!("--export {kind} is given twice")));
            } else if place == Some("") {
                let fault = Fault::new(format!("--export {kind}= says no place"));
                self.faults.push(fault.hint(example(kind)));
            } else {
                self.flags.push((*kind, place));
            }
        }
    }

    /// What a flag says of a kind, if one does.
    fn flag(&self, kind: &str) -> Option<Option<&'a str>> {
        self.flags.iter().find(|(known, _)| *known == kind).map(|(_, place)| *place)
    }

    fn push(&mut self, key: &'static str, value: impl Into<Value>, origin: Origin) {
        self.entries.push(ExportEntry { key, value: value.into(), origin });
    }

    fn of_flag(&self, id: &str) -> Option<Origin> {
        self.args.given.origin(id).cloned()
    }

    fn of_plan(&self, key: &str) -> Origin {
        self.document
            .and_then(|document| document.origin(&format!("export.{key}")))
            .unwrap_or(Origin::Default)
    }

    fn place<T>(&self, written: &Written<T>) -> Option<String> {
        self.document.map(|document| document.place(written))
    }

    /// Something that makes no sense without a kind of export, in a flag or in the plan.
    fn needs<T>(&mut self, kind: &str, flag: (&str, bool), key: (&str, Option<&Written<T>>)) {
        let hint = example(kind);
        if flag.1 {
            let what = format!("{} says something of {kind}, which is not exported", flag.0);
            self.faults.push(Fault::new(what).hint(hint));
        } else if let Some(written) = key.1 {
            let what = format!("[export] {} says something of {kind}, which is not exported", key.0);
            let place = self.place(written);
            self.faults.push(Fault::new(what).at(place.as_deref()).hint(hint));
        }
    }

    fn prometheus(&mut self) -> Option<PrometheusConfig> {
        let written = self.table.and_then(|table| table.prometheus.as_ref());
        let linger_of_plan = self.table.and_then(|table| table.linger.as_ref());
        let (text, place, origin) = match (self.flag("prometheus"), written) {
            (Some(flag), _) => (flag.unwrap_or(DEFAULT_PROMETHEUS_ADDRESS), None, self.of_flag("exports")),
            (None, Some(written)) => {
                (written.value.as_str(), self.place(written), Some(self.of_plan("prometheus")))
            }
            (None, None) => {
                let flag = ("--export-linger", self.args.export_linger.is_some());
                self.needs("prometheus", flag, ("linger", linger_of_plan));
                return None;
            }
        };
        let mut config = match PrometheusConfig::parse(text) {
            Ok(config) => config,
            Err(error) => {
                self.faults.push(Fault::from(error).at(place.as_deref()));
                return None;
            }
        };
        let linger = self.args.export_linger.or(linger_of_plan.map(|linger| linger.value));
        let linger = linger.unwrap_or(DEFAULT_LINGER);
        self.push("prometheus", config.address(), origin.unwrap_or(Origin::Default));
        let origin = self.of_flag("export_linger").unwrap_or_else(|| self.of_plan("linger"));
        self.push("linger", duration_text(linger), origin);
        config.linger = linger;
        Some(config)
    }

    fn otlp(&mut self) -> Option<OtlpConfig> {
        const VARIABLE: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        let written = self.table.and_then(|table| table.otlp.as_ref());
        let share = self.table.and_then(|table| table.trace_sample.as_ref());
        let flag = self.flag("otlp");
        if flag.is_none() && written.is_none() {
            let flag = ("--trace-sample", self.args.trace_sample.is_some());
            self.needs("otlp", flag, ("trace_sample", share));
            return None;
        }
        let place =
            written.and_then(|written| self.place(written)).map(|place| format!("{place}: [export] otlp"));
        let asked = OtlpAsked {
            flag: flag.flatten(),
            plan: written.zip(place.as_deref()).map(|(written, place)| (written.value.as_str(), place)),
            share: self.args.trace_sample,
            share_of_plan: share.map(|share| share.value.0),
        };
        let env = self.env;
        let variable = |name: &str| env.variable(name);
        let config = match OtlpConfig::new(asked, &variable) {
            Ok(config) => config,
            Err(errors) => {
                self.faults.extend(errors.into_iter().map(Fault::from));
                return None;
            }
        };
        let is_of_environment = |name: &str| env.variable(name).is_some_and(|text| !text.trim().is_empty());
        let origin = match (asked.flag, is_of_environment(VARIABLE), written) {
            (Some(_), ..) => self.of_flag("exports").unwrap_or(Origin::Default),
            (None, true, _) => Origin::Env(VARIABLE.to_owned()),
            (None, false, Some(_)) => self.of_plan("otlp"),
            (None, false, None) => self.of_flag("exports").unwrap_or(Origin::Default),
        };
        self.push("otlp", config.url(), origin);
        let sampler = ["OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG", "OTEL_TRACES_EXPORTER"]
            .into_iter()
            .find(|name| is_of_environment(name));
        let origin = self.of_flag("trace_sample");
        let origin = origin.or_else(|| sampler.map(|name| Origin::Env(name.to_owned())));
        let origin = origin.unwrap_or_else(|| self.of_plan("trace_sample"));
        self.push("trace_sample", percent(config.trace_share()), origin);
        Some(config)
    }

    fn jsonl(&mut self) -> Option<JsonlTarget> {
        let written = self.table.and_then(|table| table.jsonl.as_ref());
        let (text, file, origin) = match (self.flag("jsonl"), written, self.document) {
            (Some(Some(text)), ..) => (text, text.into(), self.of_flag("exports")),
            (Some(None), ..) => {
                self.faults.push(Fault::new("--export jsonl says no file").hint(example("jsonl")));
                return None;
            }
            (None, Some(written), Some(document)) => {
                (written.value.as_str(), document.file(&written.value), Some(self.of_plan("jsonl")))
            }
            _ => return None,
        };
        let is_stream = text == STREAM;
        if is_stream {
            self.faults.extend(not_beside(self.args));
        }
        let target = match is_stream {
            true => JsonlTarget::Stream(Stream::new(self.env.stream())),
            false => JsonlTarget::File(file.clone()),
        };
        let place = written.filter(|_| self.flag("jsonl").is_none()).and_then(|written| self.place(written));
        self.faults.extend(target.fault().map(|error| Fault::from(error).at(place.as_deref())));
        let shown = if is_stream { STREAM.to_owned() } else { file.display().to_string() };
        self.push("jsonl", shown, origin.unwrap_or(Origin::Default));
        Some(target)
    }
}

fn example(kind: &str) -> String {
    let text = match kind {
        "prometheus" => "--export prometheus, or with a place --export prometheus=127.0.0.1:9464",
        "otlp" => "--export otlp, or with a place --export otlp=http://127.0.0.1:4318",
        _ => "--export jsonl=rows.jsonl, or - for standard output",
    };
    format!("write for example {text}")
}

/// Standard output carries one thing.
fn not_beside(args: &RunArgs) -> Option<Fault> {
    let other = match (args.debug.debug, args.format) {
        // Nothing is exported by a dry run.
        _ if args.dry_run => return None,
        (true, _) => "--debug",
        (false, RunFormat::Json) => "--format json",
        (false, _) => return None,
    };
    let fault =
        Fault::new(format!("standard output cannot carry both the rows and what {other} writes there"));
    Some(fault.hint("write the rows to a file: --export jsonl=rows.jsonl"))
}

/// As it is read: `1%`. Without the digits that a number of the machine has beyond what was meant.
fn percent(share: f64) -> String {
    format!("{}%", (share * 1e8).round() / 1e6)
}

#[cfg(test)]
mod tests {
    use outrider_session::DEFAULT_TRACE_SHARE;

    use super::*;

    #[test]
    fn a_share_is_said_as_it_is_written() {
        assert_eq!(percent(DEFAULT_TRACE_SHARE), "1%");
        assert_eq!((percent(0.07), percent(1.0), percent(0.0)), ("7%".into(), "100%".into(), "0%".into()));
    }
}
