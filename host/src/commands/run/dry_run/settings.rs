//! Every value of a run with where it comes from, as a plan would have it.

use std::collections::BTreeMap;

use outrider_capability::{HttpConfig, HttpVersionPolicy, TraceMode};
use outrider_engine::Limits;
use outrider_model::units::duration_text;
use outrider_plan::{HttpVersionName, TraceName};
use outrider_session::{DryRun, SessionConfig};
use serde_json::{Value, json};

use super::super::document::Document;
use super::super::request::Lists;
use crate::cli::RunArgs;
use crate::given::{Given, Origin};

mod lists;
mod load;
mod scenarios;

/// A value of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting {
    /// The table that it stands in: `run`, `scenario.browse`, `assert` with its number behind it; empty at the top.
    pub(super) table: String,
    pub(super) key: String,
    /// As JSON, which has all that TOML has but dates; as a plan would say it.
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// What was asked for, as far as the resolved plan does not have it.
pub(super) struct Asked {
    given: Given,
    set: Vec<String>,
    pack_settings: Vec<(String, String)>,
    document: Option<Document>,
    http: HttpConfig,
    limits: Limits,
    out: String,
    seed: Option<u64>,
    tags: Vec<String>,
    annotations: Vec<String>,
    lists: Lists,
}

impl Asked {
    pub(super) fn of(
        args: &RunArgs,
        config: &SessionConfig,
        document: Option<Document>,
        lists: Lists,
    ) -> Asked {
        let pack_setting =
            |setting: &crate::settings::PackSetting| (setting.pack.clone(), setting.key.clone());
        Asked {
            given: args.given.clone(),
            set: args.set.iter().map(|(key, _)| key.clone()).collect(),
            pack_settings: args.pack_settings.iter().map(pack_setting).collect(),
            document,
            // What is not sound is refused before it is shown.
            http: config.http.clone().unwrap_or_default(),
            limits: config.limits,
            out: config.out.clone(),
            seed: config.seed,
            tags: config.tags.iter().map(ToString::to_string).collect(),
            annotations: config.annotations.iter().map(ToString::to_string).collect(),
            lists,
        }
    }

    /// Where the value of a key comes from that the argument `id` gives too.
    fn origin(&self, path: &str, id: Option<&str>) -> Origin {
        self.first_of(&[path.to_owned()], id)
    }

    /// The same for a value that the first of several keys gives that is written.
    fn first_of(&self, paths: &[String], id: Option<&str>) -> Origin {
        let flag = id.and_then(|id| self.given.origin(id)).cloned();
        flag.or_else(|| paths.iter().find_map(|path| self.written(path))).unwrap_or(Origin::Default)
    }

    /// Where the plan has a key, if it does.
    fn written(&self, path: &str) -> Option<Origin> {
        self.document.as_ref()?.origin(path)
    }

    /// The same for a value that only a plan gives, or a flag where there is no plan.
    fn of_plan(&self, path: &str, flag: &str) -> Origin {
        match &self.document {
            Some(document) => document.origin(path).unwrap_or(Origin::Default),
            None => self.given.origin(flag).cloned().unwrap_or(Origin::Default),
        }
    }
}

/// All values, table by table.
pub(super) fn all(asked: &Asked, dry: &DryRun) -> Vec<Setting> {
    let mut all = List { asked, settings: Vec::new() };
    all.thresholds(dry);
    all.run(dry);
    all.http();
    all.mix(dry);
    all.scenarios(dry);
    all.packs(dry);
    all.data();
    all.secrets();
    all.grants(dry);
    all.limits();
    all.exports();
    all.settings
}

struct List<'a> {
    asked: &'a Asked,
    settings: Vec<Setting>,
}

impl List<'_> {
    fn push(&mut self, table: &str, key: &str, value: impl Into<Value>, origin: Origin) {
        let (table, key) = (table.to_owned(), key.to_owned());
        self.settings.push(Setting { table, key, value: value.into(), origin });
    }

    /// A value that the argument `id` gives too.
    fn either(&mut self, table: &str, key: &str, value: impl Into<Value>, id: &str) {
        let origin = self.asked.origin(&format!("{table}.{key}"), Some(id));
        self.push(table, key, value, origin);
    }

    /// A value that only a plan gives.
    fn planned(&mut self, table: &str, key: &str, value: impl Into<Value>) {
        let origin = self.asked.origin(&format!("{table}.{key}"), None);
        self.push(table, key, value, origin);
    }

    fn thresholds(&mut self, dry: &DryRun) {
        let thresholds: Vec<String> = dry.plan.thresholds.iter().map(ToString::to_string).collect();
        if !thresholds.is_empty() {
            let of_plan = self.asked.document.as_ref().and_then(|plan| plan.origin("thresholds"));
            let of_flags = self.asked.given.origin("thresholds").cloned();
            let origin = of_plan.or(of_flags).unwrap_or(Origin::Default);
            self.push("", "thresholds", thresholds, origin);
        }
    }

    fn run(&mut self, dry: &DryRun) {
        if let Some(name) = &dry.plan.name {
            self.planned("run", "name", name.as_str());
        }
        if !self.asked.tags.is_empty() {
            let tags = self.asked.tags.clone();
            self.either("run", "tags", tags, "tags");
        }
        if !self.asked.annotations.is_empty() {
            let annotations = self.asked.annotations.clone();
            self.either("run", "annotations", annotations, "annotations");
        }
        if let Some(target) = &dry.plan.target {
            self.either("run", "target", target.as_str(), "target");
        }
        // One that is drawn is drawn anew by each run.
        if let Some(seed) = self.asked.seed {
            self.either("run", "seed", seed, "seed");
        }
        self.either("run", "out", self.asked.out.as_str(), "out");
    }

    fn http(&mut self) {
        let http = self.asked.http.clone();
        let version = match http.version {
            HttpVersionPolicy::Negotiate => HttpVersionName::Auto,
            HttpVersionPolicy::Http1 => HttpVersionName::Http1,
            HttpVersionPolicy::Http2 => HttpVersionName::Http2,
        };
        let trace = match http.trace {
            TraceMode::Off => TraceName::Off,
            TraceMode::PerRequest => TraceName::PerRequest,
            TraceMode::PerIteration => TraceName::PerIteration,
        };
        let origin = self.asked.origin("http.version", Some("http"));
        self.push("http", "version", version.name(), origin);
        self.either("http", "insecure", http.insecure, "insecure");
        if !http.user_agents.is_empty() {
            let agent = |agent: &outrider_capability::UserAgentChoice| json!({"text": agent.text, "weight": agent.weight});
            let agents: Vec<Value> = http.user_agents.iter().map(agent).collect();
            self.planned("http", "user_agents", agents);
        }
        self.planned("http", "trace", trace.name());
        self.planned("http", "compression", http.compression);
        self.planned("http", "discard_bodies", http.discard_bodies);
        self.planned("http", "timeout", duration_text(http.timeout));
        self.planned("http", "connect_timeout", duration_text(http.connect_timeout));
        self.planned("http", "idle_timeout", duration_text(http.idle_timeout));
        self.planned("http", "dns_ttl", duration_text(http.dns_ttl));
        self.planned("http", "max_redirects", http.max_redirects);
        self.planned("http", "connections_per_origin", http.connections_per_origin);
        self.planned("http", "batch_concurrency", http.batch_concurrency);
    }

    fn grants(&mut self, dry: &DryRun) {
        if !dry.plan.allow_net.is_empty() {
            let of_plan = self.asked.origin("grants.allow_net", None);
            let origin = match of_plan {
                Origin::Default => self.asked.given.origin("allow_net").cloned().unwrap_or(Origin::Default),
                plan => plan,
            };
            self.push("grants", "allow_net", dry.plan.allow_net.clone(), origin);
        }
    }

    fn limits(&mut self) {
        let Limits { memory_bytes, cpu_time, iteration_timeout, .. } = self.asked.limits;
        self.either("limits", "memory", size_text(memory_bytes), "max_memory");
        self.either("limits", "cpu", duration_text(cpu_time), "max_cpu");
        self.either("limits", "iteration_timeout", duration_text(iteration_timeout), "iteration_timeout");
    }
}

/// As it is read: `128MiB`.
fn size_text(bytes: usize) -> String {
    let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let whole = units.into_iter().find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{bytes}B"), |(name, unit)| format!("{}{name}", bytes / unit))
}

/// Settings by their tables, in order.
pub(super) fn by_table(settings: &[Setting]) -> Vec<(&str, Vec<&Setting>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut tables: Vec<(&str, Vec<&Setting>)> = Vec::new();
    for setting in settings {
        let place = *places.entry(&setting.table).or_insert_with(|| {
            tables.push((&setting.table, Vec::new()));
            tables.len() - 1
        });
        tables[place].1.push(setting);
    }
    tables
}
