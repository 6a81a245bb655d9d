//! How a plan has HTTP spoken.

use outrider_capability::{HttpConfig, HttpVersionPolicy, TraceMode, UserAgentChoice};
use outrider_plan::{HttpTable, HttpVersionName, TraceName, UserAgentTable, Written};

/// What a plan says, with defaults where it says nothing.
pub(super) fn config(table: &HttpTable) -> HttpConfig {
    let default = HttpConfig::default();
    let count = |written: &Option<Written<u32>>, default: usize| {
        written.as_ref().map_or(default, |written| written.value as usize)
    };
    HttpConfig {
        insecure: or(&table.insecure, default.insecure),
        version: match table.version.as_ref().map(|version| version.value) {
            None | Some(HttpVersionName::Auto) => HttpVersionPolicy::Negotiate,
            Some(HttpVersionName::Http1) => HttpVersionPolicy::Http1,
            Some(HttpVersionName::Http2) => HttpVersionPolicy::Http2,
        },
        user_agents: table.user_agents.iter().flat_map(|all| &all.value).filter_map(user_agent).collect(),
        trace: match table.trace.as_ref().map(|trace| trace.value) {
            Some(TraceName::Off) => TraceMode::Off,
            None | Some(TraceName::PerRequest) => TraceMode::PerRequest,
            Some(TraceName::PerIteration) => TraceMode::PerIteration,
        },
        compression: or(&table.compression, default.compression),
        discard_bodies: or(&table.discard_bodies, default.discard_bodies),
        timeout: or(&table.timeout, default.timeout),
        connect_timeout: or(&table.connect_timeout, default.connect_timeout),
        idle_timeout: or(&table.idle_timeout, default.idle_timeout),
        dns_ttl: or(&table.dns_ttl, default.dns_ttl),
        max_redirects: or(&table.max_redirects, default.max_redirects),
        connections_per_origin: count(&table.connections_per_origin, default.connections_per_origin),
        batch_concurrency: count(&table.batch_concurrency, default.batch_concurrency),
        ..default
    }
}

fn or<T: Copy>(written: &Option<Written<T>>, default: T) -> T {
    written.as_ref().map_or(default, |written| written.value)
}

fn user_agent(agent: &Written<UserAgentTable>) -> Option<UserAgentChoice> {
    let weight = or(&agent.value.weight, 1);
    Some(UserAgentChoice { text: agent.value.text.as_ref()?.value.clone(), weight })
}
