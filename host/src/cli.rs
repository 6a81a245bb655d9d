//! The command line.

mod annotate;
mod compare;
mod sql;
mod trend;

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use outrider_model::units::{WrittenStage, parse_duration, parse_rate, parse_size, parse_stage};
use outrider_model::{Arrivals, PlannedAnnotation, Rate, RunTag, WhenBusy, nearest};
use outrider_plan::{ExecutorName, LoadConfig};

use crate::given::Given;
use crate::settings::{ExportFlag, PackSetting, parse_export, parse_pack_setting, parse_pair, parse_share};

pub(crate) use annotate::AnnotateArgs;
pub(crate) use compare::{CompareArgs, CompareFormat, FailOn};
pub(crate) use sql::{SqlArgs, SqlFormat};
pub(crate) use trend::{TrendArgs, TrendFormat};

/// Runs user journeys, compiled to WebAssembly, as load tests, and reports what it measured.
#[derive(Debug, Parser)]
#[command(
    name = "host",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// Say more about what the program does (-vv for everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a journey and keep every measurement
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Try a run before it costs anything: load everything, run one iteration of each scenario, write nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Box<CheckArgs>),
    /// Test a plugin with scripted answers and a fixed clock, without a network
    #[command(after_help = TEST_EXAMPLES)]
    Test(Box<TestArgs>),
    /// Say what a run measured
    #[command(args_conflicts_with_subcommands = true)]
    Report(ReportArgs),
    /// List the runs of a folder, or remove some
    #[command(after_help = RUNS_EXAMPLES)]
    Runs(RunsArgs),
    /// Note in a run what happened while it went on: a deployment, a failover
    #[command(after_help = annotate::EXAMPLES)]
    Annotate(AnnotateArgs),
    /// Bring back the last rows of runs that were killed; other commands do it by themselves
    Recover(RecoverArgs),
    /// Say what a plugin is and what it needs
    Inspect(InspectArgs),
    /// Make the project of a new plugin: it builds and runs as it is
    New(NewArgs),
    /// Compile a plugin to a component
    Build(BuildArgs),
    /// Write the generated reference pages to a folder
    #[command(name = "__reference", hide = true)]
    Reference {
        /// The folder
        folder: PathBuf,
    },
}

/// Reads a command line.
pub(crate) fn parse(args: &[std::ffi::OsString]) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(args)?;
    let mut cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut Cli::command()))?;
    match &mut cli.command {
        Command::Run(run) => run.given = Given::of(&matches, "run"),
        Command::Check(check) => check.run.given = Given::of(&matches, "check"),
        _ => {}
    }
    Ok(cli)
}

/// Names the command that differs least from what was written before those that clap takes for similar: it
/// compares beginnings, and takes `rnu` for `runs` alone.
pub(crate) fn nearest_suggestion_first(error: &mut clap::Error) {
    let Some(ContextValue::String(wanted)) = error.get(ContextKind::InvalidSubcommand) else { return };
    let command = Cli::command();
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    let Some(near) = nearest(wanted, shown.map(clap::Command::get_name)) else { return };
    let mut ordered = vec![near.to_owned()];
    if let Some(ContextValue::Strings(similar)) = error.get(ContextKind::SuggestedSubcommand) {
        ordered.extend(similar.iter().filter(|name| *name != near).cloned());
    }
    error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(ordered));
}

const RUN_EXAMPLES: &str = "Examples:
  host run checkout.ts --target http://127.0.0.1:8080                  one user, one iteration
  host run checkout.ts --target http://127.0.0.1:8080 --debug          and every step of it shown
  host run checkout.ts --target https://shop.test -u 50 -d 30s         50 users, 30 seconds
  host run checkout.wasm --target https://shop.test -r 100/s -d 5m     100 iterations start each second
  host run checkout.wasm --target https://shop.test -s 1m:200 -s 5m:200 -s 1m:0
  host run checkout.ts --target https://shop.test --assert assert-http.wasm \
      --assert-set assert-http.max_duration_ms=500                     and judge every answer
  host run checkout.ts --target https://shop.test -u 50 -d 5m --threshold 'requests.duration p95 < 500ms'
  host run plan.toml                                                   several scenarios at once
  host run checkout.ts --target http://127.0.0.1:8080 --watch          again whenever the source changes
  host run plan.toml --export prometheus --export otlp=http://127.0.0.1:4318   and watched meanwhile

Exit codes:
  0 ok · 1 fault of this program or machine · 2 usage · 99 threshold crossed
  104 invalid plan, plugin or grant · 105 ended from outside
  107 plugin broke in set-up or in every iteration, or a pack in every call, or none of its requests
      could be sent · 108 aborted by the plugin
  111 target failed in set-up, or answered no request at all";

const CHECK_EXAMPLES: &str = "It takes the command line of a run. The target gets the requests of one user of each scenario, of `setup` and of
`teardown`; the load says what a run would come to.

Examples:
  host check checkout.ts --target http://127.0.0.1:8080                is anything wrong?
  host check checkout.ts --target https://shop.test -r 100/s -d 5m     and what would that come to?
  host check access-log.wasm --input access.log                        a transform: lines in, rows out
  host check slack.wasm --target https://hooks.test --secret url       an alert channel: delivers a test

Exit codes, of what went wrong the first:
  104 invalid plan        105 interrupted         107 the plugin broke    108 aborted by the plugin
  111 target failed       104 a threshold can never match                 110 a check failed
Of a transform 110 says that a record was rejected; of an alert channel 111 that the alert is to be tried again, and 110
that it was refused.

An alert in JSON has a monitor and a summary. It may have incident, kind (degraded, failed,
reminder, recovered or test), began and raised (times in RFC 3339), locations (each with name,
passed, duration_ms, error and failed_checks), run, link and tags.";

const RUNS_EXAMPLES: &str = "\
Examples:
  host runs                                  the runs of ./runs, the latest one last
  host runs show                             what was the latest one to do, and what of it is kept?
  host runs rm 20260131T120000Z-4f2a9c       remove one
  host runs rm --keep 20 --older-than 30d    remove what is older than a month, but keep the latest twenty
  host runs rm --older-than 90d --dry-run    what would that remove?";

const TEST_EXAMPLES: &str = "The tests of a project are in its folder tests (*.toml), those of checkout.ts are in checkout.test.toml beside it.
Projects that `host new` makes begin with some, of each kind of plugin.

Examples:
  host test shop                                                       all tests of the project shop
  host test checkout.ts --filter cart                                  those that have it in their names
  host test shop --file more.toml --format json
  host test shop --record --target http://127.0.0.1:8080               a first file, from a real target

Exit codes:
  0 all tests passed · 110 a test failed · 107 the plugin broke where that was not expected
  104 a file of tests or the plugin is not valid";

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// The plugin: a component (.wasm), or a TypeScript, JavaScript or Go file or the folder of a project
    pub(crate) plugin: PathBuf,
    /// A file of tests, in place of those that belong to the plugin; repeatable
    #[arg(long = "file", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Run only the tests that have this text in their names
    #[arg(long, value_name = "TEXT", conflicts_with = "record")]
    pub(crate) filter: Option<String>,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with = "record")]
    pub(crate) format: Format,

    /// Write a file of tests: one iteration of each scenario of a journey with the real target, with what was answered
    /// and seen. It goes to tests/recorded.toml of a project, or beside the plugin, or where --file says
    #[arg(long, help_heading = "Recording")]
    pub(crate) record: bool,
    /// The target that is recorded; the journey may reach exactly its host and port
    #[arg(long, value_name = "URL", requires = "record", help_heading = "Recording")]
    pub(crate) target: Option<String>,
    /// Set a parameter of the journey; VALUE is JSON, or else text
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_pair, requires = "record", help_heading = "Recording")]
    pub(crate) set: Vec<(String, String)>,
    /// Let the journey use a secret, as `host run --secret`. It is kept out of the file
    #[arg(long = "secret", value_name = "NAME[=SOURCE]", requires = "record", help_heading = "Recording")]
    pub(crate) secrets: Vec<String>,
    /// Write over a file that is there
    #[arg(long, requires = "record", help_heading = "Recording")]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The journey: a component (.wasm), or a TypeScript, JavaScript or Go file or folder; or a plan (.toml) of several scenarios
    pub(crate) plugin: PathBuf,
    /// What of the rest was given, and is not only a default.
    #[arg(skip)]
    pub(crate) given: Given,

    #[command(flatten)]
    pub(crate) load: LoadArgs,

    /// Base URL that relative paths resolve against; the journey may reach exactly its host and port. A journey
    /// that makes requests needs it, or --allow-net
    #[arg(long, value_name = "URL", env = "OUTRIDER_TARGET", help_heading = "Journey")]
    pub(crate) target: Option<String>,
    /// Run this scenario of the journey only; without it, its scenarios by their weights. Of a plan: this scenario
    /// of it alone, at once
    #[arg(long, value_name = "NAME", help_heading = "Journey")]
    pub(crate) scenario: Option<String>,
    /// Set a parameter of the journey; VALUE is JSON, or else text. Of a plan: of every journey that has it
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_pair, help_heading = "Journey")]
    pub(crate) set: Vec<(String, String)>,
    /// Give the journey the rows of a file (.csv, .json, .jsonl, .parquet) under a name. POLICY says which row
    /// an iteration gets: circular (the default), unique, random or shuffled; unique:stop, unique:loop and
    /// unique:drop say what happens when every row is used
    #[arg(long, value_name = "NAME=FILE[:POLICY]", help_heading = "Journey")]
    pub(crate) data: Vec<String>,
    /// Let the journey use a secret: from the environment (OUTRIDER_SECRET_NAME without a source, or
    /// NAME=env:VARIABLE) or from a file (NAME=file:PATH). It is kept out of all rows and texts
    #[arg(long = "secret", value_name = "NAME[=SOURCE]", help_heading = "Journey")]
    pub(crate) secrets: Vec<String>,
    /// A word by which the run is found again, with or without a value: main, commit=4f2a9c; repeatable. See `host runs
    /// --tag` and `host report compare`
    #[arg(long = "tag", value_name = "KEY[=VALUE]", help_heading = "Output")]
    pub(crate) tags: Vec<RunTag>,
    /// What is known to happen during the run, by the time after its start: 5m=failover, 5m..7m=sale; repeatable. It is
    /// drawn in reports; see `host annotate` for what happens unforeseen
    #[arg(long = "annotate", value_name = "TIME=TEXT", help_heading = "Output")]
    pub(crate) annotations: Vec<PlannedAnnotation>,
    /// Seed of all random choices, to repeat a run
    #[arg(long, value_name = "N", help_heading = "Journey")]
    pub(crate) seed: Option<u64>,

    /// Have an assertion pack (a component, or a source in Go) judge what the journey does, without changing it; repeatable
    #[arg(long = "assert", value_name = "PACK", help_heading = "Checks")]
    pub(crate) packs: Vec<PathBuf>,
    /// Set a parameter of a pack, which is named as its file without the ending; VALUE is JSON, or else
    /// text, or @FILE for what a file holds
    #[arg(
        long = "assert-set",
        value_name = "PACK.KEY=VALUE",
        value_parser = parse_pack_setting,
        help_heading = "Checks"
    )]
    pub(crate) pack_settings: Vec<PackSetting>,

    /// A limit that decides over the verdict, as in 'requests.duration p95 < 500ms' or 'requests.failed rate < 1%
    /// abort after 10s'; a run that does not keep it ends with exit code 99; repeatable
    #[arg(long = "threshold", value_name = "EXPR", help_heading = "Checks")]
    pub(crate) thresholds: Vec<String>,

    /// Let the journey reach this host and port too (*.example.com:443, host:* work)
    #[arg(long, value_name = "HOST:PORT", help_heading = "Network")]
    pub(crate) allow_net: Vec<String>,
    /// Accept every TLS certificate
    #[arg(long, help_heading = "Network")]
    pub(crate) insecure: bool,
    /// Which HTTP to speak: what TLS negotiates, or one version only
    #[arg(long, value_enum, default_value_t = HttpVersion::Auto, help_heading = "Network")]
    pub(crate) http: HttpVersion,

    /// Memory of each user
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "128MiB", help_heading = "Limits")]
    pub(crate) max_memory: usize,
    /// CPU time of one iteration
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "2s", help_heading = "Limits")]
    pub(crate) max_cpu: Duration,
    /// Time of one iteration, waiting included
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "10m", help_heading = "Limits")]
    pub(crate) iteration_timeout: Duration,

    /// Begin again whenever a source changes. A run that goes on ends when the new build is sound, and goes on with
    /// the old one where it is not
    #[arg(long, help_heading = "Output")]
    pub(crate) watch: bool,
    /// Say what would run, where each value comes from and what it needs; send nothing and write nothing
    #[arg(long, help_heading = "Output")]
    pub(crate) dry_run: bool,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(
        short,
        long,
        value_name = "DIR",
        default_value = ".",
        env = "OUTRIDER_OUT",
        help_heading = "Output"
    )]
    pub(crate) out: String,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = RunFormat::Text, help_heading = "Output")]
    pub(crate) format: RunFormat,

    /// Export while the run goes on; repeatable. KIND is prometheus[=HOST:PORT] (metrics to be asked for, by default at
    /// 127.0.0.1:9464), otlp[=URL] (metrics and traces to an OpenTelemetry collector, by default OTEL_EXPORTER_OTLP_ENDPOINT or
    /// http://127.0.0.1:4318) or jsonl=FILE (each row as a line; - is standard output)
    #[arg(long = "export", value_name = "KIND[=WHERE]", value_parser = parse_export, help_heading = "Export")]
    pub(crate) exports: Vec<ExportFlag>,
    /// With otlp: the share of the iterations of which traces are sent; of each scenario the first one always is [default: 1%]
    #[arg(long, value_name = "PERCENT", value_parser = parse_share, help_heading = "Export")]
    pub(crate) trace_sample: Option<f64>,
    /// With prometheus: how long is waited at most, when the run is over, for the scrape of its final metrics: if there were
    /// two scrapes, twice as long as lies between them [default: 30s]
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, help_heading = "Export")]
    pub(crate) export_linger: Option<Duration>,

    #[command(flatten)]
    pub(crate) debug: DebugArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,

    /// What a transform or an alert channel is tried with: a file whose lines are records, or an alert in JSON
    /// (without it the channel is told that somebody tries it); - is standard input
    #[arg(long, value_name = "FILE", help_heading = "Plugins without load")]
    pub(crate) input: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Debug")]
pub(crate) struct DebugArgs {
    /// Walk one user through one iteration and show each thing that happens: steps, requests and answers, what is
    /// taken out of them, data, variables, random values, waits, checks, metrics and logs
    #[arg(long)]
    pub(crate) debug: bool,
    /// How much of each body is shown
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "2KiB", requires = "debug")]
    pub(crate) debug_body: usize,
    /// Do not wait: think times and pauses take no time
    #[arg(long, requires = "debug")]
    pub(crate) no_think: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// For people
    Text,
    /// For programs: docs/reference/report.schema.json; with --debug as jsonl
    Json,
    /// With --debug: an event a line, docs/reference/debug.schema.json
    Jsonl,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub(crate) struct LoadArgs {
    /// Virtual users. With a rate, those to begin with: by default as many as iterations start in a second; more
    /// are made, up to --max-vus, when all are busy and an iteration is due
    #[arg(short = 'u', long, value_name = "N")]
    vus: Option<u32>,
    /// How long iterations start
    #[arg(short, long, value_name = "DURATION", value_parser = parse_duration)]
    duration: Option<Duration>,
    /// How many iterations run in total
    #[arg(short, long, value_name = "N")]
    iterations: Option<u64>,
    /// Ramp to a number of users (30s:100) or to a rate (30s:100/s); repeatable
    #[arg(short, long = "stage", value_name = "DURATION:TARGET", value_parser = parse_stage)]
    stages: Vec<WrittenStage>,
    /// Start iterations at a fixed rate, however long they take (100/s, 30/m)
    #[arg(short, long, value_name = "RATE", value_parser = parse_rate)]
    rate: Option<Rate>,
    /// With a rate: the most users, by default four times those to begin with, or as many of them as this machine
    /// holds. For an iteration that finds none of them free, see --when-busy
    #[arg(long, value_name = "N")]
    max_vus: Option<u32>,
    /// With a rate: what an iteration does that finds every user busy [default: drop]
    #[arg(long, value_enum, value_name = "WHAT")]
    when_busy: Option<WhenBusyName>,
    /// With a rate: let iterations arrive as independent users do, not at equal distances
    #[arg(long)]
    poisson: bool,
    /// The executor, where the other flags do not already say it
    #[arg(long, value_name = "NAME", value_parser = executor_names())]
    executor: Option<ExecutorName>,
    /// How long iterations under way may go on at the end
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, default_value = "30s")]
    pub(crate) graceful_stop: Duration,
}

impl LoadArgs {
    pub(crate) fn flags(&self) -> LoadConfig {
        LoadConfig {
            vus: self.vus,
            duration: self.duration,
            iterations: self.iterations,
            stages: self.stages.clone(),
            rate: self.rate,
            max_vus: self.max_vus,
            arrivals: self.poisson.then_some(Arrivals::Poisson),
            when_busy: self.when_busy.map(WhenBusyName::meant),
            executor: self.executor,
            ..LoadConfig::default()
        }
    }

    /// The flags that were given, as they are written.
    pub(crate) fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--vus", self.vus.is_some()),
            ("--duration", self.duration.is_some()),
            ("--iterations", self.iterations.is_some()),
            ("--stage", !self.stages.is_empty()),
            ("--rate", self.rate.is_some()),
            ("--max-vus", self.max_vus.is_some()),
            ("--poisson", self.poisson),
            ("--when-busy", self.when_busy.is_some()),
            ("--executor", self.executor.is_some()),
        ];
        flags.into_iter().filter(|(_, given)| *given).map(|(flag, _)| flag).collect()
    }
}

/// What an iteration does that finds every user busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhenBusyName {
    /// It is dropped and counted
    Drop,
    /// It starts late, when a user is free, and the corrected durations count from its scheduled time
    Wait,
}

impl WhenBusyName {
    fn meant(self) -> WhenBusy {
        match self {
            WhenBusyName::Drop => WhenBusy::Drop,
            WhenBusyName::Wait => WhenBusy::Wait,
        }
    }
}

fn executor_names() -> impl TypedValueParser<Value = ExecutorName> {
    PossibleValuesParser::new(ExecutorName::NAMES)
        .map(|name| ExecutorName::named(&name).expect("one of the possible values"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HttpVersion {
    /// HTTP/2 where TLS negotiates it, else HTTP/1.1
    Auto,
    /// HTTP/1.1
    #[value(name = "1.1")]
    Http1,
    /// HTTP/2, in clear text too
    #[value(name = "2")]
    Http2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For programs: docs/reference/report.schema.json
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ReportCommand>,
    /// The run's id or the start of it, its folder, or a folder of runs; without it, the latest run that has ended
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
    /// What standard output carries [default: text]
    #[arg(long, value_enum)]
    pub(crate) format: Option<ReportFormat>,
    /// Show what happened meanwhile from a file too: CSV with columns time, text and until, or JSON; it is not kept
    #[arg(long, value_name = "FILE")]
    pub(crate) annotations: Option<PathBuf>,
    /// Take requests, steps and checks from the sums that are kept of each second: a run of a hundred million requests is
    /// reported in seconds. Errors, statuses and phases of requests, pages, and what failed checks said are left out
    #[arg(long)]
    pub(crate) quick: bool,
    /// Write the HTML report to a file in the run's folder, say where, and open it in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

/// What else is said of runs.
#[derive(Debug, Subcommand)]
pub(crate) enum ReportCommand {
    /// Say what became worse, better or stayed the same between runs
    #[command(after_help = compare::EXAMPLES)]
    Compare(CompareArgs),
    /// Show many runs side by side: how each request and step went from run to run
    #[command(after_help = trend::EXAMPLES)]
    Trend(TrendArgs),
    /// Answer a question in SQL about the rows of runs
    #[command(after_help = sql::EXAMPLES)]
    Sql(SqlArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    Text,
    /// For programs: docs/reference/report.schema.json
    Json,
    /// Markdown, for a pull request
    Md,
    /// JUnit XML, for CI: thresholds and checks as test cases
    Junit,
    /// One table of all figures, for spreadsheets
    Csv,
    /// For browsers: one file with charts that needs no network
    Html,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RunsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<RunsCommand>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List the runs, the latest one last; the same as without a word
    Ls(ListArgs),
    /// Say what a run was to do, with what, and what of it is kept, without reading its rows
    Show(ShowArgs),
    /// Remove runs with all that they measured
    Rm(RemoveArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// List only the runs with this tag, or with this key of a tag; repeatable: those that have all of them
    #[arg(long = "tag", value_name = "KEY[=VALUE]")]
    pub(crate) tags: Vec<RunTag>,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = RunsFormat::Text)]
    pub(crate) format: RunsFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The run's id or the start of it, or its folder; without it, the latest run, whether it goes on or has ended
    #[arg(value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
    pub(crate) format: ShowFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// For people
    Text,
    /// For programs: docs/reference/run.schema.json
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// Ids, or starts of ids that only one run has
    #[arg(value_name = "RUN", conflicts_with_all = ["keep", "older_than"])]
    pub(crate) runs: Vec<String>,
    /// Remove all but the latest N
    #[arg(long, value_name = "N")]
    pub(crate) keep: Option<usize>,
    /// Remove what started longer ago than this; with --keep never one of the latest N
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub(crate) older_than: Option<Duration>,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunsFormat {
    /// A table
    Text,
    /// For programs: docs/reference/runs.schema.json
    Json,
    /// The ids alone, one a line
    Ids,
}

#[derive(Debug, Args)]
pub(crate) struct RecoverArgs {
    /// Ids, or starts of ids that only one run has; all runs if none is given
    #[arg(value_name = "RUN")]
    pub(crate) runs: Vec<String>,
    /// Take the named runs for killed where that cannot be seen, as on a file system without locks
    #[arg(long, requires = "runs")]
    pub(crate) killed: bool,
    /// Folder whose folder `runs` keeps the runs, or a bucket: s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "DIR", default_value = ".", env = "OUTRIDER_OUT")]
    pub(crate) out: String,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = RecoverFormat::Text)]
    pub(crate) format: RecoverFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecoverFormat {
    /// A line for each run
    Text,
    /// For programs: docs/reference/recover.schema.json
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A component, or a TypeScript, JavaScript or Go file or folder
    pub(crate) plugin: PathBuf,
    /// What standard output carries
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The folder to make, whose name is the plugin's
    #[arg(value_name = "NAME")]
    pub(crate) folder: PathBuf,
    /// What it is written in
    #[arg(long = "lang", value_name = "LANGUAGE")]
    pub(crate) language: LanguageName,
    /// What it is
    #[arg(long, default_value = "journey")]
    pub(crate) world: WorldName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LanguageName {
    /// TypeScript
    Ts,
    /// JavaScript
    Js,
    /// Rust
    Rust,
    /// Go
    Go,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum WorldName {
    /// What one user does
    Journey,
    /// What must hold about answers
    AssertionPack,
    /// From raw records to rows
    Transform,
    /// How people are told that a monitor fails
    AlertChannel,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// A TypeScript, JavaScript or Go file; or the folder of a project in TypeScript, JavaScript, Go or Rust
    pub(crate) source: PathBuf,
    /// The component to write, in a folder that is there; beside the source without it
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
