//! What the rounds measured: medians, ratios of the same round, as text and as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A ratio that is shown, with the number it aims at where there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ratio {
    pub(super) of: &'static str,
    pub(super) to: &'static str,
    pub(super) aim: Option<f64>,
}

/// Requests per second of each tool in each round; a tool that failed in a round has no number there.
#[derive(Debug, Default)]
pub(super) struct Figures {
    tools: Vec<&'static str>,
    rounds: Vec<BTreeMap<&'static str, f64>>,
}

impl Figures {
    pub(super) fn begin_round(&mut self) {
        self.rounds.push(BTreeMap::new());
    }

    pub(super) fn enter(&mut self, tool: &'static str, requests_per_second: f64) {
        if !self.tools.contains(&tool) {
            self.tools.push(tool);
        }
        if let Some(round) = self.rounds.last_mut() {
            round.insert(tool, requests_per_second);
        }
    }

    fn of(&self, tool: &str) -> Vec<f64> {
        self.rounds.iter().filter_map(|round| round.get(tool).copied()).collect()
    }

    /// The median over rounds of the ratio within a round: what slowed the machine in one round slowed both.
    fn ratio(&self, ratio: Ratio) -> Option<f64> {
        let in_round = |round: &BTreeMap<_, f64>| Some(round.get(ratio.of)? / round.get(ratio.to)?);
        median(&self.rounds.iter().filter_map(in_round).collect::<Vec<_>>())
    }

    pub(super) fn text(&self, ratios: &[Ratio]) -> String {
        let mut lines = vec![format!("{:<24}{:>12}   each round", "requests/s, median", "")];
        for tool in &self.tools {
            let rounds: Vec<_> = self.of(tool).iter().map(|rate| format!("{rate:.0}")).collect();
            let median = median(&self.of(tool)).unwrap_or_default();
            lines.push(format!("  {tool:<22}{median:>12.0}   {}", rounds.join("  ")));
        }
        lines.push("ratios, median over rounds".to_owned());
        for ratio in ratios {
            if let Some(value) = self.ratio(*ratio) {
                let aim = ratio.aim.map(|aim| format!("   aim: at least {aim}")).unwrap_or_default();
                lines.push(format!("  {:<22}{value:>12.2}{aim}", format!("{} / {}", ratio.of, ratio.to)));
            }
        }
        lines.join("\n")
    }

    pub(super) fn json(&self, ratios: &[Ratio]) -> Value {
        let tool = |tool: &&str| {
            let rounds = self.of(tool);
            json!({ "tool": tool, "requests_per_s": { "median": median(&rounds), "rounds": rounds } })
        };
        let ratio = |ratio: &Ratio| json!({ "of": ratio.of, "to": ratio.to, "median": self.ratio(*ratio), "aim": ratio.aim });
        json!({
            "tools": self.tools.iter().map(tool).collect::<Vec<_>>(),
            "ratios": ratios.iter().map(ratio).collect::<Vec<_>>(),
        })
    }
}

fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS_TO_THEIRS: Ratio = Ratio { of: "ours", to: "theirs", aim: Some(0.6) };

    #[test]
    fn ratios_are_taken_within_a_round() {
        let mut figures = Figures::default();
        for (ours, theirs) in [(50.0, 100.0), (10.0, 20.0), (90.0, 100.0)] {
            figures.begin_round();
            figures.enter("ours", ours);
            figures.enter("theirs", theirs);
        }
        assert_eq!(figures.ratio(OURS_TO_THEIRS), Some(0.5));
        assert_eq!(figures.json(&[OURS_TO_THEIRS])["tools"][0]["requests_per_s"]["median"], 50.0);
        assert!(
            figures.text(&[OURS_TO_THEIRS]).contains("ours / theirs"),
            "{}",
            figures.text(&[OURS_TO_THEIRS])
        );
    }

    #[test]
    fn a_tool_that_failed_in_every_round_has_no_ratio() {
        let mut figures = Figures::default();
        figures.begin_round();
        figures.enter("ours", 1.0);
        assert_eq!(figures.ratio(OURS_TO_THEIRS), None);
        assert_eq!(median(&[1.0, 3.0]), Some(2.0));
    }
}
