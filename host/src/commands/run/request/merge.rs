//! What a command line and a plan say about the run as a whole: the command line goes first, but for lists, which
//! are joined.

use outrider_capability::{DataConfig, HttpConfig, HttpVersionPolicy, TraceMode, parse_target};
use outrider_engine::Limits;
use outrider_model::threshold::Threshold;
use outrider_model::{PlannedAnnotation, RunTag};
use outrider_plan::{DataTable, PlanFile, RunTable, SecretTable, TraceName, Written};
use outrider_session::{Asked, ParameterValue, Places, read_thresholds};

use super::http;
use crate::cli::{HttpVersion, RunArgs};
use crate::commands::inputs::{self, WantedData, WantedSecret};
use crate::commands::packs::WantedPack;
use crate::commands::run::document::Document;
use crate::failure::Fault;

/// A command line with the plan that it names, if it names one.
pub(super) struct Merge<'a> {
    args: &'a RunArgs,
    document: Option<&'a Document>,
}

/// Names of scenarios as a plan lists them.
type Names = Option<Written<Vec<Written<String>>>>;

impl<'a> Merge<'a> {
    pub(super) fn new(args: &'a RunArgs, document: Option<&'a Document>) -> Merge<'a> {
        Merge { args, document }
    }

    fn file(&self) -> Option<&'a PlanFile> {
        self.document.map(|document| &document.plan.file)
    }

    fn run(&self) -> Option<&'a RunTable> {
        self.file()?.run.as_ref().map(|run| &run.value)
    }

    pub(super) fn name(&self) -> Option<String> {
        self.run()?.name.as_ref().map(|name| name.value.clone())
    }

    /// The tags of the plan, then those of the flags; each once.
    pub(super) fn tags(&self) -> Vec<RunTag> {
        let of_plan = self.run().and_then(|run| run.tags.as_ref()).into_iter().flat_map(|list| &list.value);
        let mut tags: Vec<RunTag> = Vec::new();
        for tag in of_plan.map(|tag| &tag.value).chain(&self.args.tags) {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        tags
    }

    /// The annotations of the plan and those of the flags.
    pub(super) fn annotations(&self) -> Vec<PlannedAnnotation> {
        let of_plan = self.run().and_then(|run| run.annotations.as_ref());
        let of_plan = of_plan.into_iter().flat_map(|list| &list.value).map(|annotation| &annotation.value);
        of_plan.chain(&self.args.annotations).cloned().collect()
    }

    pub(super) fn seed(&self) -> Option<u64> {
        self.args.seed.or_else(|| self.run()?.seed.as_ref().map(|seed| seed.value))
    }

    /// A folder of the plan is relative to the plan's, as all its paths.
    pub(super) fn out(&self) -> String {
        let of_plan = || {
            let (document, out) = (self.document?, &self.run()?.out.as_ref()?.value);
            let is_url = out.contains("://");
            Some(if is_url { out.clone() } else { document.file(out).display().to_string() })
        };
        let given = self.args.given.only("out", self.args.out.clone());
        given.or_else(of_plan).unwrap_or_else(|| self.args.out.clone())
    }

    pub(super) fn allow_net(&self) -> Vec<String> {
        let grants = self.file().and_then(|file| file.grants.as_ref());
        let of_plan = grants.and_then(|grants| grants.value.allow_net.as_ref());
        let of_plan = of_plan.into_iter().flat_map(|list| &list.value).map(|entry| entry.value.clone());
        of_plan.chain(self.args.allow_net.iter().cloned()).collect()
    }

    /// What is set for every journey that has it. A plugin alone has it among its parameters.
    pub(super) fn set(&self) -> Vec<(String, ParameterValue)> {
        let set = self.args.set.iter().filter(|_| self.document.is_some());
        set.map(|(key, value)| (key.clone(), ParameterValue::Text(value.clone()))).collect()
    }

    pub(super) fn limits(&self) -> Limits {
        let args = self.args;
        let table = self.file().and_then(|file| file.limits.as_ref()).map(|limits| &limits.value);
        let memory = table.and_then(|table| Some(table.memory.as_ref()?.value.0));
        let cpu = table.and_then(|table| Some(table.cpu.as_ref()?.value));
        let timeout = table.and_then(|table| Some(table.iteration_timeout.as_ref()?.value));
        Limits {
            memory_bytes: self.first("max_memory", args.max_memory, memory),
            cpu_time: self.first("max_cpu", args.max_cpu, cpu),
            iteration_timeout: self.first("iteration_timeout", args.iteration_timeout, timeout),
            ..Limits::default()
        }
    }

    /// The flag `id` if it is given, else what the plan has, else the flag's default.
    fn first<T: Copy>(&self, id: &str, flag: T, of_plan: Option<T>) -> T {
        self.args.given.only(id, flag).or(of_plan).unwrap_or(flag)
    }

    /// The thresholds of the plan, but for those about scenarios of it that do not run, and those of the flags.
    pub(super) fn thresholds(&self, selected: &[String]) -> Vec<Asked<Threshold>> {
        let mut all = Vec::new();
        if let Some(document) = self.document {
            for written in document.plan.file.thresholds.iter().flat_map(|list| &list.value) {
                let read = read_thresholds(std::slice::from_ref(&written.value), &document.place(written));
                all.extend(read.into_iter().filter(|read| !self.is_about_others(read, selected)));
            }
        }
        all.extend(read_thresholds(&self.args.thresholds, "--threshold"));
        all
    }

    fn is_about_others(&self, threshold: &Asked<Threshold>, selected: &[String]) -> bool {
        let tags = threshold.iter().flat_map(|threshold| &threshold.tags);
        let mut scenarios = tags.filter(|tag| &*tag.key == "scenario").map(|tag| &*tag.value);
        let of_plan = self.file().and_then(|file| file.scenario.as_ref());
        scenarios.any(|scenario| {
            of_plan.is_some_and(|all| all.value.names().any(|name| name == scenario))
                && !selected.iter().any(|name| name == scenario)
        })
    }

    /// The packs of the plan that watch a scenario that runs, and those of the flags.
    pub(super) fn packs(&self, selected: &[String], places: &Places) -> Vec<WantedPack> {
        let mut packs = Vec::new();
        if let Some(document) = self.document {
            let tables = document.plan.file.assert.iter().flat_map(|packs| &packs.value);
            for (index, pack) in tables.enumerate() {
                let (Some(plugin), Some(scenarios)) =
                    (&pack.value.plugin, those_that_run(&pack.value.scenarios, selected))
                else {
                    continue;
                };
                let parameters = pack.value.parameters.iter().flat_map(|all| &all.value.0);
                packs.push(WantedPack {
                    name: pack.value.name.as_ref().map(|name| name.value.clone()),
                    path: document.file(&plugin.value),
                    parameters: parameters.map(|(key, value)| (key.clone(), value.value.clone())).collect(),
                    folder: document.file(""),
                    scenarios,
                    table: Some(index + 1),
                    places: places.within(&format!("assert[{}]", index + 1)),
                });
            }
        }
        packs.extend(self.args.packs.iter().map(|path| WantedPack::named(path)));
        packs
    }

    /// The data of the plan, unless the flags have some of the same name, and that of the flags.
    pub(super) fn data(&self, selected: &[String]) -> Vec<WantedData> {
        let of_flags = inputs::data(&self.args.data);
        let mut all = Vec::new();
        if let Some(document) = self.document {
            let tables = document.plan.file.data.iter().flat_map(|data| &data.value);
            for (index, table) in tables.enumerate() {
                let (Some(data), Some(scenarios)) =
                    (data(document, &table.value), those_that_run(&table.value.scenarios, selected))
                else {
                    continue;
                };
                if !of_flags.iter().flatten().any(|flag| flag.name == data.name) {
                    let config = Ok(DataConfig { scenarios, ..data });
                    all.push(WantedData { table: Some(index + 1), config });
                }
            }
        }
        all.extend(of_flags.into_iter().map(|config| WantedData { table: None, config }));
        all
    }

    /// The secrets as `--secret` has them: those of the plan, unless the flags have one of the same name, and those
    /// of the flags.
    pub(super) fn secrets(&self) -> Vec<WantedSecret> {
        let of_flag = |text: &String| WantedSecret { text: text.clone(), table: None, place: None };
        let of_flags: Vec<WantedSecret> = self.args.secrets.iter().map(of_flag).collect();
        let mut all = Vec::new();
        if let Some(document) = self.document {
            let tables = document.plan.file.secret.iter().flat_map(|all| &all.value);
            let of_plan = tables.enumerate().filter_map(|(index, table)| {
                let table_number = Some(index + 1);
                Some(WantedSecret { table: table_number, ..secret(document, &table.value)? })
            });
            all.extend(of_plan.filter(|one| !of_flags.iter().any(|flag| flag.name() == one.name())));
        }
        all.extend(of_flags);
        all
    }

    /// Where in the plan things stand, but for those that a flag says.
    pub(super) fn places(&self) -> Places {
        let Some(document) = self.document else { return Places::default() };
        let mut places = document.places();
        for threshold in self.file().iter().flat_map(|file| &file.thresholds).flat_map(|list| &list.value) {
            if let Ok(read) = threshold.value.parse::<Threshold>() {
                places.put(&format!("thresholds.{read}"), document.place(threshold));
            }
        }
        let flags = [
            ("max_memory", "limits.memory"),
            ("max_cpu", "limits.cpu"),
            ("iteration_timeout", "limits.iteration_timeout"),
            ("out", "run.out"),
        ];
        let given = flags.iter().filter(|(id, _)| self.args.given.origin(id).is_some());
        let places = given.fold(places, |places, (_, name)| places.without(name));
        let of_flags = inputs::data(&self.args.data);
        of_flags
            .iter()
            .flatten()
            .fold(places, |places, data| places.without(&format!("data.{}.file", data.name)))
    }

    /// `requester` is a plugin that makes requests, as faults name it; `trace_share` that of the iterations whose traces are
    /// exported.
    pub(super) fn http(&self, requester: Option<&str>, trace_share: f64) -> Asked<HttpConfig> {
        if let Some(who) = requester
            && self.target().is_none()
            && self.allow_net().is_empty()
        {
            return Err(vec![nothing_to_reach(who, self.document.is_some())]);
        }
        let table = self.file().and_then(|file| file.http.as_ref()).map(|http| &http.value);
        let mut of_plan = table.map(http::config).unwrap_or_default();
        if trace_share > 0.0 {
            self.one_trace_of_an_iteration()?;
            of_plan.trace_share = trace_share;
            if of_plan.trace == TraceMode::PerRequest {
                of_plan.trace = TraceMode::PerIteration;
            }
        }
        let base_url = self.target().map(|(text, place)| {
            parse_target(text).map_err(|error| {
                let mut fault = Fault::of(&error).hint(error.hint());
                fault.message = format!("{place}{}", fault.message);
                vec![fault]
            })
        });
        Ok(HttpConfig {
            base_url: base_url.transpose()?,
            insecure: self.args.insecure || of_plan.insecure,
            version: match self.args.given.only("http", self.args.http) {
                Some(HttpVersion::Auto) => HttpVersionPolicy::Negotiate,
                Some(HttpVersion::Http1) => HttpVersionPolicy::Http1,
                Some(HttpVersion::Http2) => HttpVersionPolicy::Http2,
                None => of_plan.version,
            },
            ..of_plan
        })
    }

    /// An iteration's spans are one trace: a plan that asks for one for each request asks for something else.
    fn one_trace_of_an_iteration(&self) -> Asked<()> {
        let written = self.file().and_then(|file| file.http.as_ref()?.value.trace.as_ref());
        match written.zip(self.document) {
            Some((trace, document)) if trace.value == TraceName::PerRequest => {
                let what = "[http] trace = \"per-request\" gives each request a trace of its own, and --export otlp sends one for each iteration";
                let fault = Fault::new(what).at(Some(&document.place(trace)));
                Err(vec![fault.hint(
                    "leave it out, or take trace = \"per-iteration\"; --trace-sample 0% sends metrics alone",
                )])
            }
            _ => Ok(()),
        }
    }

    /// The target, and its place in the plan as faults begin with it.
    fn target(&self) -> Option<(&'a str, String)> {
        if let Some(target) = &self.args.target {
            return Some((target, String::new()));
        }
        let target = self.run()?.target.as_ref()?;
        Some((&target.value, format!("{}: ", self.document?.place(target))))
    }
}

/// The scenarios of a list that run; `None` if the list has some and none of them does.
fn those_that_run(list: &Names, selected: &[String]) -> Option<Vec<String>> {
    let all: Vec<&String> = list.iter().flat_map(|list| &list.value).map(|name| &name.value).collect();
    let run: Vec<String> =
        all.iter().filter(|name| selected.contains(name)).map(|name| (*name).clone()).collect();
    (all.is_empty() || !run.is_empty()).then_some(run)
}

/// A data file, unless a key of it is missing, which is said already.
fn data(document: &Document, table: &DataTable) -> Option<DataConfig> {
    let (name, file) = (table.name.as_ref()?, table.file.as_ref()?);
    let policy = table.policy.as_ref().map_or("circular", |policy| policy.value.name());
    let policy = policy.parse().expect("the policies of a plan are those of data");
    Some(DataConfig::new(&name.value, document.file(&file.value)).policy(policy))
}

fn secret(document: &Document, table: &SecretTable) -> Option<WantedSecret> {
    let written = table.name.as_ref()?;
    let name = &written.value;
    let (text, at) = match (&table.env, &table.file) {
        (Some(variable), _) => (format!("{name}=env:{}", variable.value), variable),
        (None, Some(file)) => (format!("{name}=file:{}", document.file(&file.value).display()), file),
        (None, None) => (name.clone(), written),
    };
    Some(WantedSecret { text, table: None, place: Some(document.place(at)) })
}

/// Each of its requests would fail.
fn nothing_to_reach(who: &str, plan: bool) -> Fault {
    let hint = "--target URL names its site, for example --target http://127.0.0.1:8080; --allow-net HOST:PORT \
                allows whole URLs";
    let in_plan = if plan { "; in a plan they are [run] target and [grants] allow_net" } else { "" };
    Fault::new(format!("{who} makes requests, and there is no host that it may reach"))
        .hint(format!("{hint}{in_plan}"))
}

#[cfg(test)]
mod tests {
    use outrider_capability::RowPolicy;
    use outrider_plan::RowPolicyName;

    #[test]
    fn a_plan_has_the_policies_of_data() {
        for name in RowPolicyName::NAMES {
            assert!(name.parse::<RowPolicy>().is_ok(), "{name}");
        }
    }
}
