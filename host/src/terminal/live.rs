//! A line for each scenario: redrawn in place on a terminal, written now and then elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use outrider_model::units::duration_text;
use outrider_session::{Phase, ScenarioPhase, ScenarioProgress, ThresholdState, Watch};

use super::Talk;

/// On a terminal: often enough to look alive.
const TERMINAL_INTERVAL: Duration = Duration::from_millis(250);

/// Elsewhere (a CI log): often enough to see where a run hangs.
const PLAIN_INTERVAL: Duration = Duration::from_secs(5);

/// Shows a run's progress until it is told to end.
#[derive(Debug)]
pub(crate) struct Live {
    task: tokio::task::JoinHandle<()>,
    talk: Talk,
    bars: Option<MultiProgress>,
}

impl Live {
    /// Starts drawing, or writing where standard error is no terminal.
    pub(crate) fn start(watch: Watch, is_terminal: bool, talk: Talk) -> Live {
        if !is_terminal {
            return Live { task: tokio::spawn(write(watch, talk.clone())), talk, bars: None };
        }
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        talk.around(Some(bars.clone()));
        Live { task: tokio::spawn(draw(watch, bars.clone())), talk, bars: Some(bars) }
    }

    /// Ends it. Nothing is drawn any more when it returns.
    pub(crate) async fn end(self) {
        self.task.abort();
        // It was cancelled, or it panicked and said so itself.
        drop(self.task.await);
        if let Some(bars) = self.bars {
            // A terminal that went away cannot be cleared.
            drop(bars.clear());
            self.talk.around(None);
        }
    }
}

async fn draw(watch: Watch, bars: MultiProgress) {
    let style = ProgressStyle::with_template("{prefix:>12} {bar:24.cyan/dim} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━━─");
    let mut drawn: Vec<ProgressBar> = Vec::new();
    let mut thresholds: Option<ProgressBar> = None;
    loop {
        tokio::time::sleep(TERMINAL_INTERVAL).await;
        let scenarios = watch.progress();
        for (index, scenario) in scenarios.iter().enumerate() {
            if drawn.len() <= index {
                let bar = bars.add(ProgressBar::new(1_000).with_style(style.clone()));
                bar.set_prefix(scenario.name.to_string());
                drawn.push(bar);
            }
            drawn[index].set_position((scenario.fraction * 1_000.0) as u64);
            drawn[index].set_message(line(watch.phase(), scenario));
        }
        match crossed(&watch.crossed_thresholds()) {
            Some(text) => thresholds.get_or_insert_with(|| bars.add(line_of_text())).set_message(text),
            None => {
                if let Some(line) = thresholds.take() {
                    bars.remove(&line);
                }
            }
        }
    }
}

async fn write(watch: Watch, talk: Talk) {
    loop {
        tokio::time::sleep(PLAIN_INTERVAL).await;
        for scenario in watch.progress() {
            talk.say(&format!("{}: {}", scenario.name, line(watch.phase(), &scenario)));
        }
        if let Some(text) = crossed(&watch.crossed_thresholds()) {
            talk.say(&text);
        }
    }
}

/// A line without a bar.
fn line_of_text() -> ProgressBar {
    let style = ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style)
}

/// `crossed: requests.failed rate < 1% (was 2.13%) · …`; nothing if no threshold is.
fn crossed(states: &[ThresholdState]) -> Option<String> {
    let words: Vec<String> =
        states.iter().map(|state| format!("{} ({})", state.threshold, state.in_words())).collect();
    (!words.is_empty()).then(|| format!("crossed: {}", words.join(" · ")))
}

/// `12/50 VUs · 1,234 iterations · 456.7 req/s · p95 12 ms · 3 errors · 4s of 30s`
fn line(phase: Phase, scenario: &ScenarioProgress) -> String {
    match phase {
        Phase::SettingUp => return "setting up".into(),
        Phase::PreparingVus => {
            return format!("preparing VUs: {} of {}", scenario.initialized_vus, scenario.prepared_vus);
        }
        Phase::Running | Phase::Finishing => {}
    }
    if scenario.phase == ScenarioPhase::Waiting {
        return "waiting for its start time".into();
    }
    let mut parts = vec![
        format!("{}/{} VUs", scenario.active_vus, scenario.max_vus),
        format!("{} iterations", scenario.iterations),
        format!("{:.1} req/s", scenario.request_rate),
    ];
    if let Some(p95) = scenario.request_p95 {
        parts.push(format!("p95 {}", milliseconds(p95)));
    }
    parts.push(format!("{} errors", scenario.errors));
    if scenario.dropped > 0 {
        parts.push(format!("{} DROPPED", scenario.dropped));
    }
    let elapsed = duration_text(Duration::from_secs(scenario.elapsed.as_secs()));
    parts.push(match scenario.planned_duration {
        Some(planned) => format!("{elapsed} of {}", duration_text(planned)),
        None => elapsed,
    });
    parts.join(" · ")
}

fn milliseconds(duration: Duration) -> String {
    let ms = duration.as_secs_f64() * 1_000.0;
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossed_thresholds_are_said_with_their_value() {
        assert_eq!(crossed(&[]), None);
        let threshold: outrider_model::threshold::Threshold = "requests.failed rate < 1%".parse().unwrap();
        let state = ThresholdState {
            threshold,
            value: Some(0.0213),
            standing: outrider_telemetry::ThresholdStanding::Crossed,
        };
        assert_eq!(crossed(&[state]).unwrap(), "crossed: requests.failed rate < 1% (was 2.13%)");
    }

    #[test]
    fn a_line_says_users_rate_latency_errors_and_time() {
        let mut scenario = ScenarioProgress {
            name: "default".into(),
            phase: ScenarioPhase::Running,
            active_vus: 12,
            initialized_vus: 50,
            prepared_vus: 50,
            max_vus: 50,
            iterations: 1234,
            dropped: 0,
            errors: 3,
            request_rate: 456.72,
            request_p95: Some(Duration::from_micros(12_300)),
            elapsed: Duration::from_millis(4_900),
            planned_duration: Some(Duration::from_secs(30)),
            fraction: 0.16,
        };
        assert_eq!(
            line(Phase::Running, &scenario),
            "12/50 VUs · 1234 iterations · 456.7 req/s · p95 12 ms · 3 errors · 4s of 30s"
        );
        scenario.dropped = 7;
        assert!(line(Phase::Running, &scenario).contains("7 DROPPED"));
        assert_eq!(line(Phase::PreparingVus, &scenario), "preparing VUs: 50 of 50");
    }
}
