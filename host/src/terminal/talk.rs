//! Where talk goes: to standard error, and around the lines that are redrawn there.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use indicatif::MultiProgress;
use outrider_capability::Redactor;

/// Standard error. Clones are the same stream, so that commands, logs and signals speak one after the
/// other, and above the live lines while there are any.
#[derive(Clone)]
pub(crate) struct Talk(Arc<Mutex<Stream>>);

struct Stream {
    stderr: Box<dyn Write + Send>,
    /// The live lines.
    bars: Option<MultiProgress>,
    /// Takes secrets out of what is said.
    redactor: Redactor,
}

impl fmt::Debug for Talk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Talk").finish_non_exhaustive()
    }
}

impl Talk {
    pub(crate) fn to(stderr: impl Write + Send + 'static) -> Talk {
        Talk(Arc::new(Mutex::new(Stream {
            stderr: Box::new(stderr),
            bars: None,
            redactor: Redactor::default(),
        })))
    }

    /// Takes secrets out of everything that is said from now on.
    pub(crate) fn keep_secret(&self, redactor: &Redactor) {
        self.lock().redactor = redactor.clone();
    }

    /// Says some lines, as a whole.
    pub(crate) fn say(&self, text: &str) {
        let mut stream = self.lock();
        let text = stream.redactor.redact(text);
        let said = match &stream.bars {
            // Lines that are hidden, for example on a terminal that cannot move its cursor, swallow what
            // is said to them.
            Some(bars) if !bars.is_hidden() => bars.println(&*text),
            _ => writeln!(stream.stderr, "{text}").and_then(|()| stream.stderr.flush()),
        };
        // Nobody is left to be told that the stream is closed.
        drop(said);
    }

    /// From now on these lines are redrawn on the same terminal; `None` when they are gone.
    pub(crate) fn around(&self, bars: Option<MultiProgress>) {
        self.lock().bars = bars;
    }

    fn lock(&self) -> MutexGuard<'_, Stream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For logs, which are written a whole event at a time.
impl Write for Talk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.say(String::from_utf8_lossy(bytes).trim_end());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

    use super::*;

    const COLUMNS: usize = 80;

    /// A screen on which a line that is full goes on in the next one.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<Cells>>);

    #[derive(Debug, Default)]
    struct Cells {
        rows: Vec<String>,
        row: usize,
        column: usize,
    }

    impl Cells {
        /// The row of the cursor.
        fn line(&mut self) -> &mut String {
            let rows = self.rows.len().max(self.row + 1);
            self.rows.resize(rows, String::new());
            &mut self.rows[self.row]
        }

        fn put(&mut self, letter: char) {
            if letter == '\n' || self.column == COLUMNS {
                (self.row, self.column) = (self.row + 1, 0);
            }
            if letter != '\n' {
                self.line().push(letter);
                self.column += 1;
            }
        }

        fn clear_line(&mut self) {
            self.column = 0;
            self.line().clear();
        }
    }

    impl Screen {
        fn change(&self, change: impl FnOnce(&mut Cells)) -> io::Result<()> {
            change(&mut self.0.lock().unwrap());
            Ok(())
        }

        fn lines(&self) -> Vec<String> {
            let rows = self.0.lock().unwrap().rows.clone();
            rows.into_iter().map(|row| row.trim_end().to_owned()).filter(|row| !row.is_empty()).collect()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            COLUMNS as u16
        }

        fn move_cursor_up(&self, rows: usize) -> io::Result<()> {
            self.change(|cells| cells.row -= rows)
        }

        fn move_cursor_down(&self, rows: usize) -> io::Result<()> {
            self.change(|cells| cells.row += rows)
        }

        fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
            self.change(|cells| cells.column += columns)
        }

        fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
            self.change(|cells| cells.column -= columns)
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)?;
            self.change(|cells| cells.put('\n'))
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.change(|cells| text.chars().for_each(|letter| cells.put(letter)))
        }

        fn clear_line(&self) -> io::Result<()> {
            self.change(Cells::clear_line)
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Written {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn what_is_said_stands_above_the_live_lines_and_no_line_is_lost() {
        let (screen, written) = (Screen::default(), Written::default());
        let talk = Talk::to(written.clone());
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::term_like(Box::new(screen.clone())));
        talk.around(Some(bars.clone()));
        let style = ProgressStyle::with_template("{msg}").unwrap();
        let bar = bars.add(ProgressBar::new(10).with_style(style));
        bar.set_message("12 VUs");
        talk.say("stopping");
        bar.set_message("11 VUs");
        writeln!(talk.clone(), "WARN a VU was lost").unwrap();
        bar.set_message("10 VUs");
        assert_eq!(screen.lines(), ["stopping", "WARN a VU was lost", "10 VUs"]);
        bars.clear().unwrap();
        assert_eq!(screen.lines(), ["stopping", "WARN a VU was lost"]);
        talk.around(None);
        talk.say("done");
        assert_eq!(written.text(), "done\n", "without live lines the stream is written to");
    }

    #[test]
    fn no_secret_is_said_neither_by_commands_nor_in_logs() {
        let written = Written::default();
        let talk = Talk::to(written.clone());
        let clone = talk.clone();
        talk.keep_secret(&Redactor::new([("token", "hunter22")]));
        clone.say("it is hunter22");
        writeln!(talk.clone(), "WARN hunter22 was refused").unwrap();
        let text = written.text();
        assert!(!text.contains("hunter22") && text.contains("token"), "{text}");
    }

    #[test]
    fn hidden_live_lines_swallow_nothing() {
        let written = Written::default();
        let talk = Talk::to(written.clone());
        talk.around(Some(MultiProgress::with_draw_target(ProgressDrawTarget::hidden())));
        talk.say("stopping");
        assert_eq!(written.text(), "stopping\n");
    }
}
