//! A line for each scenario: redrawn in place on a terminal, written now and then elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use outrider_model::units::{counted, duration_text};
use outrider_session::{Phase, ScenarioPhase, ScenarioProgress, ThresholdStanding, ThresholdState, Watch};

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
        match crossed(&watch.thresholds_now()) {
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
    let mut crossed_before: Vec<usize> = Vec::new();
    loop {
        tokio::time::sleep(PLAIN_INTERVAL).await;
        for scenario in watch.progress() {
            talk.say(&format!("{}: {}", scenario.name, line(watch.phase(), &scenario)));
        }
        let states = watch.thresholds_now();
        let taken_back = taken_back(&mut crossed_before, &states);
        for text in crossed(&states).into_iter().chain(taken_back) {
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
    listed("crossed", states.iter().filter(|state| is_crossed(state)))
}

/// What was said to be crossed and is so no more: `no longer crossed: …`, once. Lines that are written are not redrawn.
fn taken_back(crossed_before: &mut Vec<usize>, states: &[ThresholdState]) -> Option<String> {
    let mended =
        crossed_before.iter().filter_map(|index| states.get(*index)).filter(|state| !is_crossed(state));
    let words = listed("no longer crossed", mended);
    *crossed_before = (0..states.len()).filter(|index| is_crossed(&states[*index])).collect();
    words
}

fn is_crossed(state: &ThresholdState) -> bool {
    state.standing == ThresholdStanding::Crossed
}

fn listed<'a>(what: &str, states: impl Iterator<Item = &'a ThresholdState>) -> Option<String> {
    let words: Vec<String> =
        states.map(|state| format!("{} ({})", state.threshold, state.in_words())).collect();
    (!words.is_empty()).then(|| format!("{what}: {}", words.join(" · ")))
}

/// `12/50 VUs · 1234 iterations · 456.7 req/s · p95 12 ms · failed: 3 requests, 1 check · 4s of 30s`
fn line(phase: Phase, scenario: &ScenarioProgress) -> String {
    match phase {
        Phase::SettingUp => return "setting up".into(),
        Phase::PreparingVus => {
            return format!("preparing VUs: {} of {}", scenario.initialized_vus, scenario.prepared_vus);
        }
        Phase::Uploading => return "the last rows go into the bucket".into(),
        Phase::Running | Phase::Finishing | Phase::Writing => {}
    }
    if scenario.phase == ScenarioPhase::Waiting {
        return "waiting for its start time".into();
    }
    let mut parts = vec![
        format!("{}/{} VUs", scenario.active_vus, scenario.max_vus),
        counted(scenario.iterations as f64, "iteration"),
        format!("{:.1} req/s", scenario.request_rate),
    ];
    if let Some(p95) = scenario.request_p95 {
        parts.push(format!("p95 {}", milliseconds(p95)));
    }
    parts.push(failed(scenario));
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

/// What failed, each by its own name: a request that fails may fail a check and its iteration too, so a sum would count
/// it three times.
fn failed(scenario: &ScenarioProgress) -> String {
    let counts = [
        (scenario.failed_requests, "request"),
        (scenario.failed_checks, "check"),
        (scenario.failed_iterations, "iteration"),
    ];
    let failed = counts.into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = failed.map(|(count, what)| counted(count as f64, what)).collect();
    if words.is_empty() { "nothing failed".to_owned() } else { format!("failed: {}", words.join(", ")) }
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
        let states = [holding(), too_many_failed()];
        assert_eq!(crossed(&states).unwrap(), "crossed: requests.failed rate < 1% (was 2.13%)");
        assert_eq!(crossed(&states[..1]), None);
    }

    #[test]
    fn what_was_crossed_and_holds_again_is_taken_back_once() {
        let mut before = Vec::new();
        assert_eq!(taken_back(&mut before, &[too_many_failed()]), None);
        let said = taken_back(&mut before, &[holding()]);
        assert_eq!(said.as_deref(), Some("no longer crossed: requests.failed rate < 1% (was 0.5%)"));
        assert_eq!(taken_back(&mut before, &[holding()]), None);
    }

    fn too_many_failed() -> ThresholdState {
        let threshold = "requests.failed rate < 1%".parse().unwrap();
        ThresholdState { threshold, value: Some(0.0213), standing: ThresholdStanding::Crossed }
    }

    fn holding() -> ThresholdState {
        ThresholdState { value: Some(0.005), standing: ThresholdStanding::Holds, ..too_many_failed() }
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
            failed_requests: 0,
            failed_checks: 0,
            failed_iterations: 0,
            request_rate: 456.72,
            request_p95: Some(Duration::from_micros(12_300)),
            elapsed: Duration::from_millis(4_900),
            planned_duration: Some(Duration::from_secs(30)),
            fraction: 0.16,
        };
        assert_eq!(
            line(Phase::Running, &scenario),
            "12/50 VUs · 1234 iterations · 456.7 req/s · p95 12 ms · nothing failed · 4s of 30s"
        );
        scenario.failed_requests = 3;
        scenario.failed_checks = 1;
        assert!(line(Phase::Running, &scenario).contains(" · failed: 3 requests, 1 check · 4s of 30s"));
        scenario.dropped = 7;
        assert!(line(Phase::Running, &scenario).contains("7 DROPPED"));
        assert_eq!(line(Phase::PreparingVus, &scenario), "preparing VUs: 50 of 50");
        assert_eq!(line(Phase::Uploading, &scenario), "the last rows go into the bucket");
    }
}
