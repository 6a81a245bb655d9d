//! The command line.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use outrider_shop::{
    DEFAULT_MAX_SESSIONS, DEFAULT_SHUTDOWN_GRACE, FaultConfig, LatencyLaw, RouteFaults, ShopConfig,
};

/// A small single-page shop with settable latency and faults, to be loaded by tests.
#[derive(Debug, Parser)]
#[command(name = "shop", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where to listen; port 0 takes a free one, which is printed.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Seeds latencies and faults, so that they can be repeated.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Writes one JSON line per request to this file, replacing it.
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
    /// Sessions held at once; past it, a new one takes an old one's place.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_SESSIONS)]
    max_sessions: usize,
    /// How long requests under way may go on at the end.
    #[arg(long, value_name = "DURATION", default_value_t = DEFAULT_SHUTDOWN_GRACE.into())]
    shutdown_grace: humantime::Duration,
    #[command(flatten)]
    faults: FaultArgs,
}

const EXAMPLES: &str = "\
Examples:
  shop --latency 20ms --latency-jitter 10ms --latency-law lognormal
  shop --error-rate 0.01 --route-latency /api/cart=200ms
  shop --stall-after 10s --stall-for 2s --access-log access.jsonl

Faults can be changed while it runs:
  curl -X PUT -H 'content-type: application/json' -d '{\"latency\":\"200ms\"}' http://127.0.0.1:8080/api/_faults";

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Latency and faults")]
struct FaultArgs {
    /// How long every answer takes.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    latency: Duration,
    /// How far latencies spread: half the width (uniform) or the standard deviation (lognormal).
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    latency_jitter: Duration,
    /// The law of latencies [default: uniform with a jitter, else constant].
    #[arg(long, value_name = "LAW")]
    latency_law: Option<Law>,
    /// The share of requests, 0 to 1, that are answered with 503.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    error_rate: f64,
    /// The share of requests, 0 to 1, that take --slow-latency.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, requires = "slow_latency")]
    slow_rate: f64,
    /// How long slow requests take.
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration, requires = "slow_rate")]
    slow_latency: Option<Duration>,
    /// When the whole server stalls, after its start.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration,
          requires = "stall_for")]
    stall_after: Duration,
    /// How long it stalls.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    stall_for: Duration,
    /// The latency of one route, for example /api/cart=200ms (repeatable).
    #[arg(long, value_name = "ROUTE=DURATION", value_parser = duration_of_route)]
    route_latency: Vec<(String, Duration)>,
    /// The error rate of one route, for example /api/checkout=0.1 (repeatable).
    #[arg(long, value_name = "ROUTE=SHARE", value_parser = rate_of_route)]
    route_error_rate: Vec<(String, f64)>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Law {
    Constant,
    Uniform,
    Lognormal,
}

impl From<Law> for LatencyLaw {
    fn from(law: Law) -> LatencyLaw {
        match law {
            Law::Constant => LatencyLaw::Constant,
            Law::Uniform => LatencyLaw::Uniform,
            Law::Lognormal => LatencyLaw::Lognormal,
        }
    }
}

fn duration_of_route(text: &str) -> Result<(String, Duration), String> {
    let (route, value) = split_route(text)?;
    let duration = humantime::parse_duration(value).map_err(|error| error.to_string())?;
    Ok((route, duration))
}

fn rate_of_route(text: &str) -> Result<(String, f64), String> {
    let (route, value) = split_route(text)?;
    let rate = f64::from_str(value).map_err(|error| error.to_string())?;
    Ok((route, rate))
}

fn split_route(text: &str) -> Result<(String, &str), String> {
    let (route, value) = text.split_once('=').ok_or("there is no '=' between route and value")?;
    Ok((route.to_owned(), value))
}

impl Args {
    pub(crate) fn into_config(self) -> ShopConfig {
        ShopConfig {
            listen: self.listen,
            faults: self.faults.into_config(),
            seed: self.seed,
            access_log: self.access_log,
            max_sessions: self.max_sessions,
            shutdown_grace: self.shutdown_grace.into(),
        }
    }
}

impl FaultArgs {
    fn into_config(self) -> FaultConfig {
        let mut routes: BTreeMap<String, RouteFaults> = BTreeMap::new();
        for (route, latency) in self.route_latency {
            routes.entry(route).or_default().latency = Some(latency);
        }
        for (route, rate) in self.route_error_rate {
            routes.entry(route).or_default().error_rate = Some(rate);
        }
        FaultConfig {
            latency: self.latency,
            latency_jitter: self.latency_jitter,
            latency_law: self.latency_law.map(LatencyLaw::from),
            error_rate: self.error_rate,
            slow_rate: self.slow_rate,
            slow_latency: self.slow_latency.unwrap_or_default(),
            stall_after: self.stall_after,
            stall_for: self.stall_for,
            routes,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn routes_gather_their_overrides() {
        let line =
            "shop --route-latency /api/cart=200ms --route-error-rate /api/cart=0.5 --route-latency /=1s";
        let config = Args::parse_from(line.split(' ')).into_config();
        let cart = &config.faults.routes["/api/cart"];
        assert_eq!((cart.latency, cart.error_rate), (Some(Duration::from_millis(200)), Some(0.5)));
        assert_eq!(config.faults.routes["/"].error_rate, None);
    }

    #[test]
    fn half_a_fault_is_refused() {
        for line in ["shop --slow-rate 0.1", "shop --stall-after 1s", "shop --route-latency /api/cart"] {
            assert!(Args::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
