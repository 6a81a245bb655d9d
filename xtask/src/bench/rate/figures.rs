//! What the tools said beside what the target knows, as text and as JSON.

use serde_json::{Value, json};

use super::target::Served;
use super::tool::Said;
use super::{Load, Scenario};

/// Percentiles in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Percentiles {
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

impl Percentiles {
    /// Of n durations in order the one with the index q·(n−1), rounded down, as our report has it; `None` of none.
    pub(super) fn of(mut durations_ms: Vec<f64>) -> Option<Percentiles> {
        durations_ms.sort_by(f64::total_cmp);
        let last = durations_ms.len().checked_sub(1)?;
        let at = |q: f64| durations_ms[(q * last as f64) as usize];
        Some(Percentiles { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: durations_ms[last] })
    }

    fn all(&self) -> [(&'static str, f64); 4] {
        [("p50", self.p50), ("p95", self.p95), ("p99", self.p99), ("max", self.max)]
    }

    fn json(&self) -> Value {
        self.all()
            .iter()
            .map(|(name, ms)| ((*name).to_owned(), json!(ms)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}

/// One tool's run of one scenario.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) tool: &'static str,
    pub(super) said: Said,
    pub(super) truth: Truth,
}

/// What the target wrote down.
#[derive(Debug)]
pub(super) struct Truth {
    requests: usize,
    /// From the first arrival to the last one, in seconds.
    spread_s: f64,
    percentiles: Option<Percentiles>,
}

impl Truth {
    pub(super) fn of(log: &[Served]) -> Truth {
        let arrivals = || log.iter().map(|served| served.arrived_ns);
        let spread = arrivals().max().zip(arrivals().min()).map_or(0, |(last, first)| last - first);
        let durations = log.iter().map(|served| served.took_ns as f64 / 1e6).collect();
        Truth { requests: log.len(), spread_s: spread as f64 / 1e9, percentiles: Percentiles::of(durations) }
    }

    /// Arrivals a second: of n arrivals, the distances are n − 1.
    fn rate(&self) -> f64 {
        if self.spread_s > 0.0 { (self.requests.saturating_sub(1)) as f64 / self.spread_s } else { 0.0 }
    }
}

/// The text of a scenario: a line for each tool.
pub(super) fn text(scenario: &Scenario, load: Load, figures: &[Figure]) -> String {
    let mut lines = vec![
        scenario.title(load),
        format!(
            "  {:<12}{:>9}{:>9}{:>9}{:>18}{:>18}{:>18}{:>20}{:>8}{:>9}",
            "", "requests", "per s", "dropped", "p50 ms", "p95 ms", "p99 ms", "max ms", "CPU s", "MiB"
        ),
    ];
    lines.extend(figures.iter().map(line));
    lines.join("\n")
}

fn line(figure: &Figure) -> String {
    let Figure { tool, said, truth } = figure;
    let dropped = said.dropped.map_or_else(|| "-".to_owned(), |dropped| dropped.to_string());
    let said_and_off = |(column, (name, ms)): (usize, (&str, f64))| {
        let truth = truth.percentiles.map(|truth| truth.all()[column].1);
        let off = truth.map_or_else(String::new, |truth| format!(" ({:+.2})", ms - truth));
        let width = if name == "max" { 20 } else { 18 };
        format!("{:>width$}", format!("{ms:.2}{off}"))
    };
    let percentiles: String = said.percentiles.all().into_iter().enumerate().map(said_and_off).collect();
    let (cpu_s, mib) = (said.usage.cpu.as_secs_f64(), said.usage.peak_bytes as f64 / f64::from(1 << 20));
    let (requests, rate) = (truth.requests, truth.rate());
    format!("  {tool:<12}{requests:>9}{rate:>9.1}{dropped:>9}{percentiles}{cpu_s:>8.1}{mib:>9.0}")
}

/// The same for programs.
pub(super) fn json(scenario: &Scenario, load: Load, figures: &[Figure]) -> Value {
    let tool = |figure: &Figure| {
        let Figure { tool, said, truth } = figure;
        json!({
            "tool": tool,
            "requests": truth.requests,
            "rate_per_s": truth.rate(),
            "dropped": said.dropped,
            "said_ms": said.percentiles.json(),
            "target_ms": truth.percentiles.map(|truth| truth.json()),
            "cpu_s": said.usage.cpu.as_secs_f64(),
            "peak_bytes": said.usage.peak_bytes,
        })
    };
    json!({
        "scenario": scenario.name,
        "rate_per_s": load.rate,
        "seconds": load.seconds,
        "users": load.users(),
        "max_users": load.max_users(),
        "tools": figures.iter().map(tool).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::usage::Usage;
    use super::*;

    fn truth() -> Truth {
        let served = |n: u64| Served { arrived_ns: n * 10_000_000, took_ns: (n + 1) * 1_000_000 };
        Truth::of(&(0..101).map(served).collect::<Vec<_>>())
    }

    #[test]
    fn the_targets_log_has_a_rate_and_percentiles() {
        let truth = truth();
        assert!((truth.rate() - 100.0).abs() < 1e-9, "{truth:?}");
        let expected = Percentiles { p50: 51.0, p95: 96.0, p99: 100.0, max: 101.0 };
        assert_eq!(truth.percentiles, Some(expected));
        assert_eq!(Truth::of(&[]).percentiles, None);
        assert_eq!(Truth::of(&[]).rate(), 0.0);
    }

    #[test]
    fn a_line_says_by_how_much_a_tool_is_off() {
        let usage = Usage { cpu: Duration::from_millis(1_500), peak_bytes: 64 << 20 };
        let percentiles = Percentiles { p50: 51.5, p95: 95.0, p99: 100.0, max: 301.0 };
        let said = Said { percentiles, dropped: None, usage };
        let line = line(&Figure { tool: "Rust", said, truth: truth() });
        for part in
            ["Rust", "101", "100.0", "51.50 (+0.50)", "95.00 (-1.00)", "301.00 (+200.00)", "1.5", "64"]
        {
            assert!(line.contains(part), "{part} is not in: {line}");
        }
    }
}
