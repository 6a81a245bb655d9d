//! What keys are called elsewhere.

/// Keys of k6, Gatling, Artillery and Locust, and what stands for them here.
const ALIASES: [(&str, &str); 37] = [
    ("allow", "allow_net"),
    ("arrivalrate", "rate"),
    ("answers", "answer"),
    ("baseurl", "target"),
    ("body", "text"),
    ("delay", "duration"),
    ("env", "parameters"),
    ("exchanges", "exchange"),
    ("exec", "scenario"),
    ("executable", "plugin"),
    ("gracefulrampdown", "graceful_ramp_down"),
    ("gracefulstop", "graceful_stop"),
    ("insecureskiptlsverify", "insecure"),
    ("journey", "plugin"),
    ("latency", "duration"),
    ("maxduration", "duration"),
    ("maxvus", "max_vus"),
    ("maxvusers", "max_vus"),
    ("method", "request"),
    ("pack", "plugin"),
    ("params", "parameters"),
    ("path", "request"),
    ("path", "file"),
    ("preallocatedvus", "vus"),
    ("script", "plugin"),
    ("set", "parameters"),
    ("source", "env"),
    ("spawnrate", "rate"),
    ("startrate", "rate"),
    ("starttime", "start_time"),
    ("startvus", "vus"),
    ("steps", "step"),
    ("tests", "test"),
    ("url", "request"),
    ("url", "target"),
    ("useragent", "user_agents"),
    ("users", "vus"),
];

/// What to write for `key` with the keys that a table has.
pub(super) fn hint(key: &str, known: &[&'static str]) -> Option<String> {
    if plain(key) == "timeunit" && known.contains(&"rate") {
        return Some("a rate has its unit of time: rate = \"30/m\"".to_owned());
    }
    ours(key, known).map(|ours| format!("write {ours}"))
}

/// What stands for `key` among the keys that a table has.
pub(super) fn ours(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let plain = plain(key);
    let ours = ALIASES.iter().find(|(theirs, ours)| *theirs == plain && known.contains(ours));
    ours.map(|(_, ours)| *ours)
}

fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_others_are_known_where_a_table_has_ours() {
        assert_eq!(hint("preAllocatedVUs", &["vus", "rate"]).as_deref(), Some("write vus"));
        assert_eq!(hint("pre_allocated_vus", &["vus"]).as_deref(), Some("write vus"));
        assert_eq!(hint("preAllocatedVUs", &["name"]), None);
        assert!(hint("timeUnit", &["rate"]).unwrap().contains("30/m"));
        assert_eq!(hint("nonsense", &["vus"]), None);
    }
}
