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

/// What stands for `key` among the keys that a table has.
pub(super) fn meant(key: &str, known: &[&'static str]) -> Option<String> {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    if plain == "timeunit" && known.contains(&"rate") {
        return Some("a rate has its unit of time: rate = \"30/m\"".to_owned());
    }
    let (_, ours) = ALIASES.iter().find(|(theirs, ours)| *theirs == plain && known.contains(ours))?;
    Some(format!("write {ours}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_others_are_known_where_a_table_has_ours() {
        assert_eq!(meant("preAllocatedVUs", &["vus", "rate"]).as_deref(), Some("write vus"));
        assert_eq!(meant("pre_allocated_vus", &["vus"]).as_deref(), Some("write vus"));
        assert_eq!(meant("preAllocatedVUs", &["name"]), None);
        assert!(meant("timeUnit", &["rate"]).unwrap().contains("30/m"));
        assert_eq!(meant("nonsense", &["vus"]), None);
    }
}
