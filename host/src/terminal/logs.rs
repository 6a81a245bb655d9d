//! What a journey logs, on standard error as it comes.

use std::sync::atomic::{AtomicUsize, Ordering};

use outrider_model::LogSample;
use outrider_session::LogListener;

use super::Talk;

/// 200 lines: a few screens, as many as anyone reads there. All of them are in the run's data.
const MAX_LINES: usize = 200;

/// Says each line as `log  info  text`, up to [`MAX_LINES`] of a run.
pub(crate) fn listener(talk: Talk) -> LogListener {
    let said = AtomicUsize::new(0);
    LogListener::new(move |line| {
        // What the host logs of a journey or a pack is said when the run has ended.
        if line.source == "host" {
            return;
        }
        match said.fetch_add(1, Ordering::Relaxed) {
            count if count < MAX_LINES => talk.say(&in_words(line)),
            MAX_LINES => talk.say("further lines that the journey logs are in the run's data/logs alone"),
            _ => {}
        }
    })
}

fn in_words(line: &LogSample) -> String {
    format!("{}  {}  {}", line.source, line.level.as_str(), line.message)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use outrider_model::{LogLevel, Timestamp};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_said_up_to_a_bound() {
        let written = Written::default();
        let listener = listener(Talk::to(written.clone()));
        let line = |source, message: &str| LogSample {
            origin: None,
            source,
            level: LogLevel::Info,
            at: Timestamp(0),
            message: message.into(),
        };
        listener.hear(&line("host", "3 more log lines were not kept"));
        for _ in 0..MAX_LINES + 5 {
            listener.hear(&line("log", "hello"));
        }
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.matches("log  info  hello\n").count(), MAX_LINES, "{text}");
        assert_eq!(text.lines().count(), MAX_LINES + 1, "{text}");
        assert!(text.ends_with("in the run's data/logs alone\n"), "{text}");
    }
}
