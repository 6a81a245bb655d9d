//! What any site's answers should be, whatever the journey asks for, and rules of one's own about them.
//!
//! Without parameters: there is an answer, it is no server error, it comes in time, and what it carries has
//! a media type. `rules` says more: each judges one part of the answers that it is for.
//!
//! * `rules`: a rule as it is written; `rule`: a rule that is ready to judge.
//! * `filter`: which exchanges a rule is for.
//! * `source`: the part of an answer that is judged; `answer`: where that part is read.
//! * `comparison`: how it is judged.

mod answer;
mod basics;
mod comparison;
mod filter;
mod found;
mod numbers;
mod rule;
mod rules;
mod schema;
mod source;

use outrider_sdk::assertions::{Description, Exchange};
use outrider_sdk::{AssertionPack, Error, Result, Verdict, vars};
use serde::Deserialize;

use answer::HostAnswer;
use basics::Basics;
use rule::Rule;

/// The pack's parameters.
#[derive(Debug, Deserialize)]
struct Parameters {
    basics: bool,
    max_duration_ms: u64,
    rules: Vec<rules::RuleConfig>,
}

/// The pack.
#[derive(Debug)]
pub struct AssertHttp {
    basics: Option<Basics>,
    rules: Vec<Rule>,
}

impl AssertionPack for AssertHttp {
    fn describe() -> Description {
        let description =
            "Every request is answered, in time, without a server error; and rules of one's own.";
        Description::new("assert-http", description).exchanges().parameters(schema::parameters())
    }

    fn start() -> Result<Self> {
        let Parameters { basics, max_duration_ms, rules } = vars::parameters()?;
        let compiled = rules.into_iter().enumerate().map(|(index, config)| {
            Rule::new(config).map_err(|fault| Error::plugin(format_args!("rule {}: {fault}", index + 1)))
        });
        Ok(Self {
            basics: basics.then_some(Basics { max_duration_ms }),
            rules: compiled.collect::<Result<_>>()?,
        })
    }

    fn check_exchange(&mut self, exchange: &Exchange) -> Vec<Verdict> {
        let mut verdicts = self.basics.map(|basics| basics.judge(exchange)).unwrap_or_default();
        let answer = exchange.outcome.as_ref().map(HostAnswer::new);
        verdicts.extend(self.rules.iter().filter_map(|rule| rule.judge(exchange, &answer)));
        verdicts
    }
}

outrider_sdk::assertion_pack!(AssertHttp);
