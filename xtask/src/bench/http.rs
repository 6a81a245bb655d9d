//! `cargo xtask bench http`: one GET after another, from one core, against the same nginx on another core.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::contender::{Contender, Kind};
use super::figures::{Figures, Ratio};
use super::nginx::Nginx;
use super::{Options, tools};
use crate::setup::{self, GuestSource};
use crate::steps::{result, say, step};
use crate::workspace::Workspace;
use crate::{command, guests};

const RATIOS: [Ratio; 5] = [
    Ratio { of: "Rust", to: "oha", aim: Some(0.6) },
    Ratio { of: "Rust", to: "wrk", aim: None },
    Ratio { of: "TypeScript", to: "k6", aim: Some(2.5) },
    Ratio { of: "Rust", to: "k6", aim: None },
    Ratio { of: "TypeScript", to: "oha", aim: None },
];

pub(super) fn run(workspace: &Workspace, options: Options) -> Result<()> {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        bail!("this benchmark needs two cores: one for the target, one for the tools");
    }
    let folder = workspace.target().join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let contenders = prepare(workspace, &folder)?;
    let nginx = step("nginx on one core", || Nginx::start(workspace))?;
    let mut figures = Figures::default();
    for round in 1..=options.rounds {
        figures.begin_round();
        for contender in &contenders {
            let title = format!("round {round} of {}: {}", options.rounds, contender.name);
            let rate = step(&title, || contender.measure(&nginx.url(), options));
            match rate {
                Ok(rate) => figures.enter(contender.name, rate),
                Err(fault) => say(&format!("no figure: {fault:#}")),
            }
        }
    }
    forget_runs(&folder)?;
    show(&figures, options, &folder)
}

/// What our own program measured of nginx is of no use to anyone; it is some hundred megabytes.
fn forget_runs(folder: &Path) -> Result<()> {
    let runs = folder.join("runs");
    if runs.is_dir() {
        fs::remove_dir_all(&runs).with_context(|| format!("cannot remove {}", runs.display()))?;
    }
    Ok(())
}

fn show(figures: &Figures, options: Options, folder: &Path) -> Result<()> {
    let Options { rounds, seconds, users } = options;
    result(&format!("\nHTTP/1.1 GET from one core, {users} users, {rounds} rounds of {seconds} s\n"));
    result(&figures.text(&RATIOS));
    let mut document = json!({ "bench": "http", "users": users, "rounds": rounds, "seconds": seconds });
    if let (Some(document), Value::Object(figures)) = (document.as_object_mut(), figures.json(&RATIOS)) {
        document.extend(figures);
    }
    let path = folder.join("http.json");
    fs::write(&path, format!("{document:#}\n"))
        .with_context(|| format!("cannot write {}", path.display()))?;
    result(&format!("\nas JSON: {}", path.display()));
    Ok(())
}

fn prepare(workspace: &Workspace, folder: &Path) -> Result<Vec<Contender>> {
    let toolchain = setup::ensure(workspace, GuestSource::Auto)?;
    step("guests", || guests::build(workspace, &toolchain))?;
    step("host, as released", || {
        let mut cargo = workspace.cargo();
        command::run(
            cargo.args(["build", "--release", "--package", "outrider"]),
            "mend what the compiler names",
        )
    })?;
    let host = |name, journey: &str| Contender {
        name,
        program: workspace.target().join("release/host"),
        kind: Kind::Host { journey: workspace.root().join(journey), out: folder.to_path_buf() },
    };
    let mut contenders =
        vec![host("Rust", "target/plugins/bench-http.wasm"), host("TypeScript", "examples/bench/get.ts")];
    let k6 = || Ok((tools::k6(workspace)?, k6_script(folder)?));
    let others = [
        ("oha", step("oha", || Ok((tools::oha(workspace)?, Kind::Oha)))),
        ("wrk", step("wrk", || Ok((tools::wrk()?, Kind::Wrk)))),
        ("k6", step("k6", k6)),
    ];
    for (name, other) in others {
        match other {
            Ok((program, kind)) => contenders.push(Contender { name, program, kind }),
            Err(fault) => say(&format!("measuring without {name}: {fault:#}")),
        }
    }
    Ok(contenders)
}

/// The same journey as ours, in k6's words.
fn k6_script(folder: &Path) -> Result<Kind> {
    let (script, summary) = (folder.join("get.js"), folder.join("k6.json"));
    fs::write(
        &script,
        "import http from 'k6/http';\nexport default function () { http.get(__ENV.TARGET); }\n",
    )?;
    Ok(Kind::K6 { script, summary })
}
