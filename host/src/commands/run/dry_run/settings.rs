//! Every value of a run with where it comes from, as a plan would have it.

use std::collections::BTreeMap;

use outrider_capability::{HttpConfig, HttpVersionPolicy, TraceMode};
use outrider_engine::{ANY_SCENARIO, Limits};
use outrider_model::units::duration_text;
use outrider_model::{ExecutorPlan, MixShare, ScenarioPlan};
use outrider_plan::{HttpVersionName, TraceName};
use outrider_session::{DryRun, SessionConfig};
use serde_json::{Value, json};

use super::super::document::Document;
use crate::cli::RunArgs;
use crate::given::{Given, Origin};

mod load;

/// A value of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting {
    /// The table that it stands in: `run`, `scenario.browse`, `assert` with its number behind it; empty at the top.
    pub(super) table: String,
    pub(super) key: String,
    /// As JSON, which has all that TOML has but dates.
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
    secrets: Vec<String>,
}

impl Asked {
    pub(super) fn of(args: &RunArgs, config: &SessionConfig, document: Option<Document>) -> Asked {
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
            secrets: args.secrets.clone(),
        }
    }

    /// Where the value of a key comes from that the argument `id` gives too.
    fn origin(&self, path: &str, id: Option<&str>) -> Origin {
        let flag = id.and_then(|id| self.given.origin(id)).cloned();
        flag.or_else(|| self.document.as_ref()?.origin(path)).unwrap_or(Origin::Default)
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
    dry.plan.scenarios.iter().for_each(|scenario| all.scenario(dry, scenario));
    all.packs(dry);
    all.data(dry);
    all.secrets(dry);
    all.grants(dry);
    all.limits();
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

    /// The load that scenarios share, put together again from their parts.
    fn mix(&mut self, dry: &DryRun) {
        let mut shares = dry.plan.scenarios.iter().filter_map(|scenario| Some((scenario, scenario.share?)));
        let Some((first, share)) = shares.next() else { return };
        let parts: Vec<&ExecutorPlan> =
            dry.plan.scenarios.iter().filter(|one| one.share.is_some()).map(|one| &one.executor).collect();
        let whole = load::whole(first.executor.clone().with_rate_times(1.0 / share.part()), &parts);
        for (key, value) in load::keys(&whole) {
            let origin = load::origin(self.asked, "mix", key);
            self.push("mix", key, value, origin);
        }
        self.times("mix", first);
    }

    fn times(&mut self, table: &str, scenario: &ScenarioPlan) {
        self.planned(table, "start_time", duration_text(scenario.start_time));
        let own = format!("{table}.graceful_stop");
        let of_run = self.asked.origin("run.graceful_stop", Some("graceful_stop"));
        let origin = match self.asked.origin(&own, Some("graceful_stop")) {
            Origin::Default => of_run,
            own => own,
        };
        self.push(table, "graceful_stop", duration_text(scenario.graceful_stop), origin);
    }

    fn scenario(&mut self, dry: &DryRun, scenario: &ScenarioPlan) {
        let table = format!("scenario.{}", scenario.name);
        let journey = dry.plan.journey(&scenario.journey);
        let plugin = journey.map_or("", |journey| journey.plugin.path.as_str());
        let origin = match &self.asked.document {
            Some(_) => self.asked.origin(&format!("{table}.plugin"), None),
            None => Origin::Flag("the command line".to_owned()),
        };
        self.push(&table, "plugin", plugin, origin);
        if scenario.plugin_scenario != ANY_SCENARIO {
            let origin = self.asked.of_plan(&format!("{table}.scenario"), "scenario");
            self.push(&table, "scenario", scenario.plugin_scenario.as_str(), origin);
        }
        if !scenario.weights.is_empty() {
            self.planned(&table, "weights", json!(scenario.weights));
        }
        match scenario.share {
            Some(MixShare { from, to, .. }) => self.planned(&table, "weight", to - from),
            None => {
                for (key, value) in load::keys(&scenario.executor) {
                    let origin = load::origin(self.asked, &table, key);
                    self.push(&table, key, value, origin);
                }
                self.times(&table, scenario);
            }
        }
        let parameters = journey.map(|journey| &journey.parameters);
        for (key, value) in parameters.into_iter().flatten() {
            let origin = match self.asked.set.contains(key) {
                true => Origin::Flag("--set".to_owned()),
                false => self.asked.origin(&format!("{table}.parameters.{key}"), None),
            };
            self.push(&format!("{table}.parameters"), key, value.clone(), origin);
        }
        for (key, value) in &scenario.tags {
            self.planned(&format!("{table}.tags"), key, value.as_str());
        }
    }

    fn packs(&mut self, dry: &DryRun) {
        let planned = self.asked.document.as_ref().and_then(|document| document.plan.file.assert.as_ref());
        let planned = planned.map_or(0, |packs| packs.value.len());
        for (index, pack) in dry.plan.packs.iter().enumerate() {
            let table = format!("assert[{}]", index + 1);
            let of_flags = || self.asked.given.origin("packs").cloned().unwrap_or(Origin::Default);
            // Those of the plan come first.
            let path = format!("assert[{}]", index + 1);
            let origin = match index < planned {
                true => self.asked.origin(&format!("{path}.plugin"), None),
                false => of_flags(),
            };
            self.push(&table, "plugin", pack.plugin.path.as_str(), origin.clone());
            let of_name = match index < planned {
                true => self.asked.origin(&format!("{path}.name"), None),
                false => Origin::Default,
            };
            let of_file =
                std::path::Path::new(&pack.plugin.path).file_stem().unwrap_or_default().to_string_lossy();
            // As settings name it.
            let called = if of_name == Origin::Default { of_file } else { pack.name.as_str().into() };
            self.push(&table, "name", pack.name.as_str(), of_name);
            if !pack.scenarios.is_empty() {
                self.push(&table, "scenarios", pack.scenarios.clone(), origin);
            }
            for (key, value) in &pack.parameters {
                let is_set = self.asked.pack_settings.iter().any(|(pack, set)| *pack == called && set == key);
                let origin = match is_set {
                    true => Origin::Flag("--assert-set".to_owned()),
                    false => self.asked.origin(&format!("{path}.parameters.{key}"), None),
                };
                self.push(&format!("{table}.parameters"), key, value.clone(), origin);
            }
        }
    }

    fn data(&mut self, dry: &DryRun) {
        let file = self.asked.document.as_ref().map(|document| &document.plan.file);
        let tables: Vec<_> =
            file.into_iter().flat_map(|file| &file.data).flat_map(|data| &data.value).collect();
        for (index, data) in dry.data.iter().enumerate() {
            let table = format!("data[{}]", index + 1);
            let number =
                tables.iter().position(|table| {
                    let name = table.value.name.as_ref().map(|name| name.value.as_str());
                    name == Some(data.name.as_str())
                        && self.asked.document.as_ref().is_some_and(|document| {
                            table.value.file.as_ref().is_some_and(|file| {
                                document.file(&file.value).display().to_string() == data.path
                            })
                        })
                });
            let origin = |key: &str| match number {
                Some(number) => self.asked.origin(&format!("data[{}].{key}", number + 1), None),
                None => self.asked.given.origin("data").cloned().unwrap_or(Origin::Default),
            };
            let [name, file, policy] = ["name", "file", "policy"].map(origin);
            self.push(&table, "name", data.name.as_str(), name);
            self.push(&table, "file", data.path.as_str(), file);
            self.push(&table, "policy", data.policy.as_str(), policy);
        }
    }

    /// Where secrets are, never what they are.
    fn secrets(&mut self, dry: &DryRun) {
        let file = self.asked.document.as_ref().map(|document| &document.plan.file);
        let tables: Vec<_> =
            file.into_iter().flat_map(|file| &file.secret).flat_map(|all| &all.value).collect();
        for (index, name) in dry.secrets.iter().enumerate() {
            let table = format!("secret[{}]", index + 1);
            let flag = self.asked.secrets.iter().find(|text| text.split('=').next() == Some(name.as_str()));
            if let Some(text) = flag {
                let origin = Origin::Flag("--secret".to_owned());
                self.push(&table, "name", name.as_str(), origin.clone());
                if let Some((kind, place)) =
                    text.split_once('=').and_then(|(_, source)| source.split_once(':'))
                {
                    self.push(&table, kind, place, origin);
                }
                continue;
            }
            let is_named = |known: &outrider_plan::Written<String>| known.value == *name;
            let number = tables.iter().position(|table| table.value.name.as_ref().is_some_and(is_named));
            let number = number.unwrap_or_default();
            let origin = |key: &str| self.asked.origin(&format!("secret[{}].{key}", number + 1), None);
            let [of_name, of_env, of_file] = ["name", "env", "file"].map(origin);
            self.push(&table, "name", name.as_str(), of_name);
            let Some(written) = tables.get(number).map(|table| &table.value) else { continue };
            if let Some(variable) = &written.env {
                self.push(&table, "env", variable.value.as_str(), of_env);
            }
            if let (Some(path), Some(document)) = (&written.file, &self.asked.document) {
                self.push(&table, "file", document.file(&path.value).display().to_string(), of_file);
            }
        }
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
