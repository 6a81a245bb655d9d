//! The tables about the run and the world around it.

use std::time::Duration;

use outrider_model::{PlannedAnnotation, RunTag};

use super::{choice, table};
use crate::Written;
use crate::read::{Bytes, Share};

table! {
    /// The run as a whole.
    RunTable {
        /// Its name in reports.
        name: String,
        /// Base URL that relative paths resolve against; journeys may reach exactly its host and port. As `--target`.
        target: String,
        /// Seed of all random choices, to repeat a run. As `--seed`.
        seed: u64,
        /// Folder whose folder `runs` keeps the runs, or a bucket (`s3://bucket/prefix`). As `--out`; by default the folder from which `host` is called.
        out: String,
        /// Words by which the run is found again, with or without a value, for example "main" or "commit=4f2a9c". As `--tag`,
        /// which adds to them.
        tags: Vec<Written<RunTag>>,
        /// What is known to happen during the run, by the time after its start, for example "5m=failover" or "5m..7m=sale".
        /// It is drawn in reports. As `--annotate`, which adds to them.
        annotations: Vec<Written<PlannedAnnotation>>,
        /// How long iterations under way may go on at the end of a scenario that does not say it itself. Defaults to 30s.
        graceful_stop: Duration,
    }
}

choice! {
    /// Which HTTP is spoken.
    HttpVersionName {
        /// HTTP/2 where TLS negotiates it, else HTTP/1.1.
        Auto = "auto",
        /// HTTP/1.1.
        Http1 = "1.1",
        /// HTTP/2, in clear text too.
        Http2 = "2",
    }
}

choice! {
    /// Which requests share a trace id.
    TraceName {
        /// No `traceparent` is sent.
        Off = "off",
        /// Each request has its own.
        PerRequest = "per-request",
        /// All requests of an iteration share one.
        PerIteration = "per-iteration",
    }
}

table! {
    /// How HTTP is spoken, by every user.
    HttpTable {
        /// "auto" (what TLS negotiates), "1.1" or "2". As `--http`.
        version: HttpVersionName,
        /// Accept every TLS certificate. As `--insecure`.
        insecure: bool,
        /// The `user-agent` headers that the users share by weight; each user keeps its own for the whole run.
        user_agents: Vec<Written<UserAgentTable>>,
        /// Which requests share a trace id in the header `traceparent`: "per-request" (the default), "per-iteration" or
        /// "off".
        trace: TraceName,
        /// Offer gzip, deflate, brotli and zstd. Defaults to true.
        compression: bool,
        /// Count the bytes of bodies and do not keep them. Defaults to false.
        discard_bodies: bool,
        /// Time for a request with its redirects. Defaults to 60s.
        timeout: Duration,
        /// Time to resolve the name, connect and finish the TLS handshake. Defaults to 10s.
        connect_timeout: Duration,
        /// How long an unused connection may be used again. Defaults to 90s.
        idle_timeout: Duration,
        /// How long a resolved name is used. Defaults to 60s.
        dns_ttl: Duration,
        /// Redirects that are followed; 0 hands the redirect itself to the journey. Defaults to 10.
        max_redirects: u32,
        /// HTTP/1.1 connections of a user to one origin, at least 1. Defaults to 6.
        connections_per_origin: u32,
        /// Requests of a batch under way at once, at least 1. Defaults to 100.
        batch_concurrency: u32,
    }
}

table! {
    /// One of several user agents.
    UserAgentTable {
        /// The header's text.
        #[schemars(required)]
        text: String,
        /// Its share of the users, relative to the others. Defaults to 1; 0 is never.
        weight: u32,
    }
}

choice! {
    /// Which row of a data file an iteration gets.
    RowPolicyName {
        /// In order, from the first again after the last.
        Circular = "circular",
        /// Each row for one iteration alone; the run ends when all are used.
        Unique = "unique",
        /// The same.
        UniqueStop = "unique:stop",
        /// Each row for one iteration alone, then all again, which is said.
        UniqueLoop = "unique:loop",
        /// Each row for one iteration alone, then iterations are dropped.
        UniqueDrop = "unique:drop",
        /// Any row.
        Random = "random",
        /// All rows in an order that the seed decides, then all again in another.
        Shuffled = "shuffled",
    }
}

table! {
    /// A data file. As `--data NAME=FILE:POLICY`.
    DataTable {
        /// The name under which journeys ask for it.
        #[schemars(required)]
        name: String,
        /// The file: .csv, .json, .jsonl or .parquet.
        #[schemars(required)]
        file: String,
        /// Which row an iteration gets. Defaults to "circular".
        policy: RowPolicyName,
        /// The scenarios that may use it, and that share its unique rows. Defaults to all.
        scenarios: Vec<Written<String>>,
    }
}

table! {
    /// A secret. As `--secret NAME=SOURCE`. Without a source, the variable OUTRIDER_SECRET_NAME has it.
    SecretTable {
        /// The name under which journeys ask for it.
        #[schemars(required)]
        name: String,
        /// The variable of the environment that has its value.
        env: String,
        /// The file that has its value.
        file: String,
    }
}

table! {
    /// What journeys may reach besides the target.
    GrantsTable {
        /// Hosts and ports, as in "api.shop.test:443", "*.shop.test:443" or "127.0.0.1:*". As `--allow-net`.
        allow_net: Vec<Written<String>>,
    }
}

table! {
    /// What each user may use of this machine.
    LimitsTable {
        /// Memory. As `--max-memory`. Defaults to 128MiB.
        memory: Bytes,
        /// CPU time of one iteration. As `--max-cpu`. Defaults to 2s.
        cpu: Duration,
        /// Time of one iteration, waiting included. As `--iteration-timeout`. Defaults to 10m.
        iteration_timeout: Duration,
    }
}

table! {
    /// What is exported while the run goes on. `--export` adds to it, and goes before what is here of its own kind.
    ExportTable {
        /// Host and port at which Prometheus asks for metrics, as in "127.0.0.1:9464" or ":9464". As `--export prometheus`.
        prometheus: String,
        /// How long is waited at most, when the run is over, for the scrape of its final metrics: if there were two scrapes,
        /// twice as long as lies between them. As `--export-linger`. Defaults to 30s.
        linger: Duration,
        /// URL of an OpenTelemetry collector that takes OTLP over HTTP, as in "http://127.0.0.1:4318", for metrics and traces.
        /// As `--export otlp`; OTEL_EXPORTER_OTLP_ENDPOINT goes before it.
        otlp: String,
        /// The share of the iterations of which traces are sent; of each scenario the first one always is. As
        /// `--trace-sample`. Defaults to 1%.
        trace_sample: Share,
        /// File to which each row is written as a line of JSON. As `--export jsonl`.
        jsonl: String,
    }
}
