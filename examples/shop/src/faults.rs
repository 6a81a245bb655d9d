//! How slow and how faulty the shop is: as configured, and as drawn for one request.

mod duration_text;
mod latency;
mod plan;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::routes::ROUTES;
pub use latency::{Latency, LatencyLaw};
pub(crate) use plan::FaultPlan;

/// One hour: a longer delay is a slip of the pen, such as `20m` for `20ms`.
pub const MAX_DELAY: Duration = Duration::from_secs(3600);

/// Latency and faults of all routes. In JSON, durations are texts with their unit (`"20ms"`), and what
/// is left out is off.
///
/// `/healthz` is only ever stalled, `/api/_faults` never even that.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultConfig {
    /// How long every answer takes, before anything is done.
    #[serde(with = "duration_text")]
    pub latency: Duration,
    /// How far latencies spread; what it means depends on the law.
    #[serde(with = "duration_text")]
    pub latency_jitter: Duration,
    /// The law of latencies. Defaults to uniform if there is a jitter, else constant.
    pub latency_law: Option<LatencyLaw>,
    /// The share of requests, 0 to 1, that are answered with 503 and do nothing.
    pub error_rate: f64,
    /// The share of requests, 0 to 1, that take `slow_latency` instead of their latency.
    pub slow_rate: f64,
    /// How long slow requests take.
    #[serde(with = "duration_text")]
    pub slow_latency: Duration,
    /// When the whole server stalls, after its start or after these faults were set.
    #[serde(with = "duration_text")]
    pub stall_after: Duration,
    /// How long it stalls: no request is begun or answered in that time. Zero is never.
    #[serde(with = "duration_text")]
    pub stall_for: Duration,
    /// Exceptions, by route as in [`ROUTES`].
    pub routes: BTreeMap<String, RouteFaults>,
}

/// What differs for one route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RouteFaults {
    /// Replaces the latency; jitter and law stay those of all routes.
    #[serde(with = "duration_text::optional", skip_serializing_if = "Option::is_none")]
    pub latency: Option<Duration>,
    /// Replaces the error rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<f64>,
}

/// One thing wrong with a [`FaultConfig`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FaultProblem {
    /// A share that is not between 0 and 1.
    #[error("{setting} {value} is not between 0 and 1")]
    Rate {
        /// The setting's name.
        setting: String,
        /// Its value.
        value: f64,
    },
    /// A delay longer than [`MAX_DELAY`].
    #[error("{setting} {} is longer than {}", text(*value), text(MAX_DELAY))]
    Delay {
        /// The setting's name.
        setting: String,
        /// Its value.
        value: Duration,
    },
    /// The law cannot be followed.
    #[error("{setting} {} cannot spread by {} under the law {law}", text(*latency), text(*jitter))]
    Jitter {
        /// Which latency.
        setting: String,
        /// That latency.
        latency: Duration,
        /// The jitter.
        jitter: Duration,
        /// The law.
        law: LatencyLaw,
    },
    /// A route that the shop does not have.
    #[error("there is no route '{0}'; the routes are {list}", list = ROUTES.join(", "))]
    UnknownRoute(String),
}

fn text(duration: Duration) -> humantime::FormattedDuration {
    humantime::format_duration(duration)
}

impl FaultConfig {
    /// Everything that is wrong, none if the settings can be used.
    pub fn problems(&self) -> Vec<FaultProblem> {
        let mut problems = Vec::new();
        self.check_rates(&mut problems);
        self.check_delays(&mut problems);
        self.check_laws(&mut problems);
        let unknown = self.routes.keys().filter(|route| !ROUTES.contains(&route.as_str()));
        problems.extend(unknown.cloned().map(FaultProblem::UnknownRoute));
        problems
    }

    /// The law that the answers of `route` follow, slow ones aside.
    pub fn latency_of(&self, route: Option<&str>) -> Latency {
        let base = self.route(route).and_then(|faults| faults.latency).unwrap_or(self.latency);
        Latency { base, jitter: self.latency_jitter, law: self.law() }
    }

    fn error_rate_of(&self, route: Option<&str>) -> f64 {
        self.route(route).and_then(|faults| faults.error_rate).unwrap_or(self.error_rate)
    }

    fn route(&self, route: Option<&str>) -> Option<&RouteFaults> {
        self.routes.get(route?)
    }

    fn law(&self) -> LatencyLaw {
        let by_jitter =
            if self.latency_jitter.is_zero() { LatencyLaw::Constant } else { LatencyLaw::Uniform };
        self.latency_law.unwrap_or(by_jitter)
    }

    fn check_rates(&self, problems: &mut Vec<FaultProblem>) {
        let of_routes = self.routes.iter().filter_map(|(route, faults)| {
            faults.error_rate.map(|rate| (format!("error_rate of {route}"), rate))
        });
        let of_all = [("error_rate".to_owned(), self.error_rate), ("slow_rate".to_owned(), self.slow_rate)];
        for (setting, value) in of_all.into_iter().chain(of_routes) {
            if !(0.0..=1.0).contains(&value) {
                problems.push(FaultProblem::Rate { setting, value });
            }
        }
    }

    fn check_delays(&self, problems: &mut Vec<FaultProblem>) {
        let others = [
            ("latency_jitter", self.latency_jitter),
            ("slow_latency", self.slow_latency),
            ("stall_after", self.stall_after),
            ("stall_for", self.stall_for),
        ];
        let others = others.map(|(setting, value)| (setting.to_owned(), value));
        for (setting, value) in self.latencies().into_iter().chain(others) {
            if value > MAX_DELAY {
                problems.push(FaultProblem::Delay { setting, value });
            }
        }
    }

    fn check_laws(&self, problems: &mut Vec<FaultProblem>) {
        let (jitter, law) = (self.latency_jitter, self.law());
        for (setting, base) in self.latencies() {
            if !(Latency { base, jitter, law }).is_possible() {
                problems.push(FaultProblem::Jitter { setting, latency: base, jitter, law });
            }
        }
    }

    fn latencies(&self) -> Vec<(String, Duration)> {
        let of_routes = self.routes.iter().filter_map(|(route, faults)| {
            faults.latency.map(|latency| (format!("latency of {route}"), latency))
        });
        std::iter::once(("latency".to_owned(), self.latency)).chain(of_routes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn every_problem_is_reported_at_once() {
        let routes = BTreeMap::from([
            ("/api/crat".to_owned(), RouteFaults::default()),
            ("/".to_owned(), RouteFaults { latency: Some(MS), error_rate: Some(f64::NAN) }),
        ]);
        let config = FaultConfig {
            latency: MAX_DELAY * 2,
            latency_jitter: 5 * MS,
            error_rate: 1.5,
            routes,
            ..FaultConfig::default()
        };
        let texts: Vec<String> = config.problems().iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 5, "{texts:#?}");
        assert_eq!(texts[0], "error_rate 1.5 is not between 0 and 1");
        assert_eq!(texts[1], "error_rate of / NaN is not between 0 and 1");
        assert_eq!(texts[2], "latency 2h is longer than 1h");
        assert_eq!(texts[3], "latency of / 1ms cannot spread by 5ms under the law uniform");
        assert!(texts[4].starts_with("there is no route '/api/crat'; the routes are /, "));
    }

    #[test]
    fn a_route_replaces_latency_and_error_rate_and_keeps_the_jitter() {
        let faults = RouteFaults { latency: Some(200 * MS), error_rate: None };
        let config = FaultConfig {
            latency: 20 * MS,
            latency_jitter: 5 * MS,
            error_rate: 0.25,
            routes: BTreeMap::from([("/api/cart".to_owned(), faults)]),
            ..FaultConfig::default()
        };
        assert_eq!(config.latency_of(Some("/api/cart")).quantile(0.0), 195 * MS);
        assert_eq!(config.latency_of(Some("/")).quantile(0.0), 15 * MS);
        assert_eq!(config.error_rate_of(Some("/api/cart")), 0.25);
    }

    #[test]
    fn json_says_durations_as_texts_and_refuses_unknown_keys() {
        let text = r#"{"latency":"20ms","latency_law":"lognormal","routes":{"/":{"latency":"1s"}}}"#;
        let config: FaultConfig = serde_json::from_str(text).unwrap();
        assert_eq!(config.latency, 20 * MS);
        assert_eq!(config.routes["/"].latency, Some(1000 * MS));
        let again = serde_json::from_str(&serde_json::to_string(&config).unwrap()).unwrap();
        assert_eq!(config, again);
        assert!(serde_json::from_str::<FaultConfig>(r#"{"latenzy":"20ms"}"#).is_err());
    }
}
