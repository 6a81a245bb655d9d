//! Which `user-agent` header a VU sends: a pure function of its number and the run's seed.

use http::HeaderValue;
use outrider_model::{VuId, mix64};

use super::error::InvalidRequest;
use super::{HttpConfig, UserAgentChoice};

/// The headers of a run.
#[derive(Debug)]
pub(super) struct UserAgents {
    seed: u64,
    default: HeaderValue,
    choices: Vec<(HeaderValue, u64)>,
    total: u64,
}

impl UserAgents {
    pub(super) fn new(config: &HttpConfig) -> Result<UserAgents, InvalidRequest> {
        let choice = |choice: &UserAgentChoice| Ok((header(&choice.text)?, u64::from(choice.weight)));
        let choices: Vec<_> = config.user_agents.iter().map(choice).collect::<Result<_, _>>()?;
        Ok(UserAgents {
            seed: config.seed,
            default: header(&config.user_agent)?,
            total: choices.iter().map(|(_, weight)| weight).sum(),
            choices,
        })
    }

    /// The header of `vu`, for the whole run.
    pub(super) fn of(&self, vu: VuId) -> HeaderValue {
        if self.total == 0 {
            return self.default.clone();
        }
        let mut draw = mix64(self.seed ^ mix64(u64::from(vu.0))) % self.total;
        let chosen = self.choices.iter().find(|(_, weight)| {
            let is_here = draw < *weight;
            draw = draw.wrapping_sub(*weight);
            is_here
        });
        chosen.map_or(&self.default, |(header, _)| header).clone()
    }
}

fn header(text: &str) -> Result<HeaderValue, InvalidRequest> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| InvalidRequest::HeaderValue { name: "user-agent".to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agents(seed: u64, choices: &[(&str, u32)]) -> UserAgents {
        let choice = |(text, weight): &(&str, u32)| UserAgentChoice { text: (*text).into(), weight: *weight };
        let user_agents = choices.iter().map(choice).collect();
        UserAgents::new(&HttpConfig { user_agents, seed, ..HttpConfig::default() }).unwrap()
    }

    #[test]
    fn vus_share_the_headers_by_weight_and_keep_theirs() {
        let choices = [("phone", 7), ("desktop", 3), ("never", 0)];
        let of = |seed| -> Vec<HeaderValue> {
            let agents = agents(seed, &choices);
            (1..=10_000).map(|vu| agents.of(VuId(vu))).collect()
        };
        let phones = of(1).iter().filter(|header| *header == "phone").count();
        assert!((6_800..7_200).contains(&phones), "{phones} of 10,000 at weight 7 of 10");
        assert!(of(1).iter().all(|header| header != "never"));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn without_a_choice_it_is_the_default() {
        assert!(agents(1, &[]).of(VuId(1)).to_str().unwrap().starts_with("outrider/"));
        assert!(agents(1, &[("a", 0)]).of(VuId(1)).to_str().unwrap().starts_with("outrider/"));
        let bad = HttpConfig {
            user_agents: vec![UserAgentChoice { text: "a\nb".into(), weight: 1 }],
            ..HttpConfig::default()
        };
        assert!(UserAgents::new(&bad).is_err());
    }
}
