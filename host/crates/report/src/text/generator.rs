//! Whether the load generator kept up, whose fault it is if not, and what the times are worth then.

use super::busy;
use super::page::{Page, plain, span};
use super::style::Paint;
use crate::html::ToldGenerator;
use crate::summary::{
    Bottleneck, BottleneckStretch, Promise, RunStatus, Saturation, SaturationKind, Summary,
};
use crate::words::{counted, duration_ms, share, stopwatch, thousands};

mod cpu;

/// Six bottlenecks are named one by one; the JSON document has all of them.
const MAX_BOTTLENECKS: usize = 6;

/// Three stretches of saturation are named one by one; the JSON document has all of them.
const MAX_SATURATIONS: usize = 3;

pub(super) fn render(page: &mut Page, summary: &Summary) {
    page.gap();
    let ToldGenerator { judgement, problems: found, measured } = words(summary);
    let paint = match summary.generator.promise {
        Promise::Kept => Paint::Good,
        Promise::Unmeasured => Paint::Plain,
        Promise::Doubtful => Paint::Warn,
        Promise::Broken => Paint::Bad,
    };
    let mark = mark(summary.generator.promise);
    if summary.generator.promise == Promise::Broken {
        page.labelled("Generator", &[span(paint, format!("{mark}{judgement}"))]);
        problems(page, found.into_iter());
        page.labelled("", &[plain(measured)]);
    } else {
        page.labelled("Generator", &[span(paint, format!("{mark}{judgement}:")), plain(measured)]);
        problems(page, found.into_iter());
    }
}

/// What stands for the colour where there is none.
fn mark(promise: Promise) -> &'static str {
    match promise {
        Promise::Kept => "✓ ",
        Promise::Unmeasured => "",
        Promise::Doubtful => "~ ",
        Promise::Broken => "✗ ",
    }
}

/// All that is said of the generator.
pub(crate) fn words(summary: &Summary) -> ToldGenerator {
    let told = |judgement: &str, problems: Vec<String>| ToldGenerator {
        judgement: judgement.to_owned(),
        problems,
        measured: measured(summary),
    };
    match summary.generator.promise {
        Promise::Kept => told("kept its promise", Vec::new()),
        Promise::Unmeasured => told(unmeasured(summary), Vec::new()),
        Promise::Doubtful => {
            let usage = cpu::usage(summary);
            let judgement = match usage {
                Some(_) if summary.generator.others_used_most_cpu() => "others used up the CPU at times",
                Some(_) => "busy at times",
                None => "held up at times",
            };
            let rule = "saturation would be three such seconds in a row";
            let usage = usage.map(|usage| format!("{usage}; {rule}"));
            told(judgement, usage.into_iter().chain(bottlenecks(summary)).collect())
        }
        Promise::Broken => {
            let found = saturations(summary).into_iter().chain(bottlenecks(summary));
            told(broken(summary), found.chain(shortfalls(summary)).collect())
        }
    }
}

fn problems(page: &mut Page, problems: impl Iterator<Item = String>) {
    for problem in problems {
        page.item(span(Paint::Bad, "! "), &[span(Paint::Warn, problem)]);
    }
}

/// Why nothing can be said of the CPU.
fn unmeasured(summary: &Summary) -> &'static str {
    // Other values of the same second are there: waiting longer would not help.
    let is_sampled = summary.generator.max_event_loop_lag_ms.is_some();
    match summary.run.status {
        _ if is_sampled => "its CPU was not measured (this system does not tell it)",
        RunStatus::Running => "not measured yet",
        _ => "its CPU was not measured (that takes a second)",
    }
}

fn broken(summary: &Summary) -> &'static str {
    let short = summary.generator.fell_short(&summary.iterations, &summary.vus);
    match (summary.generator.saturated, short) {
        (true, true) if summary.generator.was_crowded_out() => {
            "had too little CPU, which others used up, and fell short of the plan"
        }
        (true, false) if summary.generator.was_crowded_out() => "had too little CPU, which others used up",
        (true, true) => "was saturated, and fell short of the plan",
        (true, false) => "was saturated",
        (false, _) => "fell short of the plan",
    }
}

/// When and by which rule it was saturated, by whom, and what to do.
fn saturations(summary: &Summary) -> Vec<String> {
    let health = &summary.generator;
    let mut lines = Vec::new();
    if health.saturated {
        // Late starts and a late event loop have a busy CPU as their cause more often than not.
        lines.extend(cpu::usage(summary));
    }
    lines.extend(health.saturations.iter().take(MAX_SATURATIONS).map(|s| saturation(s, summary)));
    if health.saturations.len() > MAX_SATURATIONS {
        lines.push(format!("saturated {} more times", health.saturations.len() - MAX_SATURATIONS));
    }
    if health.saturated {
        let waiting = if health.was_crowded_out() { "waiting for the CPU" } else { "its own waiting" };
        lines.push(format!("the times above may include {waiting}: {}", cpu::advice(health)));
    }
    lines
}

fn saturation(saturation: &Saturation, summary: &Summary) -> String {
    let worker = match summary.run.workers {
        1 => String::new(),
        _ => format!(" on worker {}", saturation.worker),
    };
    let time = format!("from {} to {}{worker}", stopwatch(saturation.from_ms), stopwatch(saturation.to_ms));
    match saturation.kind {
        SaturationKind::Cpu => {
            let whose = if saturation.by_others { "others" } else { "this process" };
            format!("saturated: CPU at up to {} {time}, most of it used by {whose}", share(saturation.worst))
        }
        SaturationKind::EventLoopLag => {
            format!("saturated: event loop up to {} late {time}", duration_ms(saturation.worst))
        }
        SaturationKind::LateStarts => {
            format!("saturated: {} of the iterations started late {time}", share(saturation.worst))
        }
    }
}

/// `bottleneck: CPU from 0:12 to 0:31, event loop at 0:45`.
fn bottlenecks(summary: &Summary) -> Option<String> {
    let all = &summary.generator.bottlenecks;
    let mut words: Vec<String> =
        all.iter().take(MAX_BOTTLENECKS).map(|stretch| bottleneck(stretch, summary.run.workers)).collect();
    let others: u64 = summary.generator.other_bottlenecks.iter().map(|others| others.stretches).sum();
    let more = all.len().saturating_sub(MAX_BOTTLENECKS) as u64 + others;
    if more > 0 {
        words.push(format!("and {} more times", thousands(more)));
    }
    (!words.is_empty()).then(|| format!("bottleneck: {}", words.join(", ")))
}

fn bottleneck(stretch: &BottleneckStretch, workers: u32) -> String {
    /// A row comes some hundredths of a second after its second; two of them are no single one.
    const SINGLE_SECONDS: f64 = 1.5;
    let BottleneckStretch { cause, worker, from_s, to_s } = *stretch;
    let what = match cause {
        Bottleneck::Cpu => "CPU",
        Bottleneck::OthersCpu => "others' use of the CPU",
        cause => cause.as_str(),
    };
    let (from, to) = (stopwatch(from_s * 1e3), stopwatch(to_s * 1e3));
    let when =
        if to_s - from_s < SINGLE_SECONDS { format!("at {from}") } else { format!("from {from} to {to}") };
    let place = if workers == 1 { String::new() } else { format!(" on worker {worker}") };
    format!("{what} {when}{place}")
}

/// Everything in which it did less than the plan asks for, one sentence each.
fn shortfalls(summary: &Summary) -> Vec<String> {
    let mut lines = busy::dropped(summary);
    lines.extend(own_failures(summary));
    let own_losses = summary.vus.lost_by_cause.generator;
    if own_losses > 0 {
        let vus = counted(own_losses, "VU was", "VUs were");
        lines.push(format!("{vus} lost: a replacement could not be made on this machine"));
    }
    if summary.generator.lost_samples > 0 {
        lines.push(format!(
            "{} lost on the way to the disk: counts are too low",
            counted(summary.generator.lost_samples, "sample was", "samples were")
        ));
    }
    lines
}

/// Iterations that failed because this machine ran out of something: they say nothing of the target.
fn own_failures(summary: &Summary) -> Option<String> {
    let own = summary.iterations.failed_by_cause.generator;
    (own > 0).then(|| {
        format!(
            "{} because this machine ran out of files, ports or memory",
            counted(own, "iteration failed", "iterations failed")
        )
    })
}

/// The measured values, good or bad.
fn measured(summary: &Summary) -> String {
    let health = &summary.generator;
    let lag = health.max_event_loop_lag_ms.map(|lag| format!("event loop at most {} late", duration_ms(lag)));
    let late = match health.late_starts {
        0 => "no late starts".to_owned(),
        late => format!(
            "{} (at most {})",
            counted(late, "late start", "late starts"),
            duration_ms(health.max_lateness_ms)
        ),
    };
    let lost = match health.lost_samples {
        0 => "no samples lost".to_owned(),
        lost => counted(lost, "sample lost", "samples lost"),
    };
    let dropped = match summary.iterations.dropped_by_generator() {
        0 => "no iterations dropped".to_owned(),
        dropped => counted(dropped, "iteration dropped", "iterations dropped"),
    };
    let values = [health.cpu.map(cpu::highest), lag, Some(late), Some(dropped), Some(lost)];
    values.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
