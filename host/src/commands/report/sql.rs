//! `host report sql`.

mod choose;
mod failed;
mod source;

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use outrider_model::nearest;
use outrider_query::{
    AnswerFormat, AnswerStyle, Catalogue, MAX_SHOWN_ROWS, QueryConfig, QueryError, QuerySession,
    answer_writer,
};
use outrider_session::Exit;
use outrider_storage::RunReader;

use crate::Env;
use crate::cli::{SqlArgs, SqlFormat};
use crate::commands::whole_file::{WholeFile, folder_fault};
use crate::failure::{Failure, Fault};
use crate::signals::Signals;
use source::Question;

/// Five sentences: what else is missing can be asked.
const SHOWN_FINDINGS: usize = 5;

pub(super) async fn run(env: &mut Env, args: &SqlArgs) -> Result<Exit, Failure> {
    let format = format_of(args)?;
    if let Some(name) = &args.tables {
        return list(env, format, name);
    }
    let question = source::read(env, args)?;
    if format.meant().is_binary() && args.output.is_none() && env.out_is_terminal() {
        let fault = Fault::new("an answer of this format is nothing for a terminal");
        return Err(Failure::new(Exit::Usage, fault.hint("write it to a file: --output answer.parquet")));
    }
    if let Some(fault) = args.output.as_deref().and_then(folder_fault) {
        return Err(Failure::invalid(fault));
    }
    let mut signals = Signals::listen().map_err(|error| Failure::unexpected(&error))?;
    let runs = choose::runs(env, args).await?;
    tokio::select! {
        answered = answer(env, args, format.meant(), &question, runs) => answered,
        Some(()) = signals.next() => {
            Err(Failure::new(Exit::Interrupted, Fault::new("the query was ended from outside, before its answer was whole")))
        }
    }
}

/// The form of the answer. A file of another form than its name says would be a surprise, and a table is cut.
fn format_of(args: &SqlArgs) -> Result<SqlFormat, Failure> {
    let unknown = || {
        let file = args.output.as_deref().unwrap_or(Path::new("")).display();
        let fault = Fault::new(format!("the name '{file}' does not say in which form the answer is to be"));
        fault.hint("end it with .csv, .json, .jsonl, .parquet or .arrow, or give --format")
    };
    args.format().ok_or_else(|| Failure::new(Exit::Usage, unknown()))
}

/// What can be asked.
fn list(env: &mut Env, format: SqlFormat, name: &str) -> Result<Exit, Failure> {
    let usage = |fault| Err(Failure::new(Exit::Usage, fault));
    let all = Catalogue::new();
    let catalogue = match name {
        "" => Some(all.clone()),
        name => all.clone().only(name),
    };
    let Some(catalogue) = catalogue else {
        let fault = Fault::new(format!("there is no table '{name}'"));
        return usage(match nearest(name, all.names()) {
            Some(near) => fault.hint(format!("did you mean '{near}'?")),
            None => fault.hint(format!("there are: {}", all.names().collect::<Vec<_>>().join(", "))),
        });
    };
    let text = match format {
        SqlFormat::Table => {
            outrider_query::render_catalogue_text(&catalogue, env.out_is_colored(), env.width())
        }
        SqlFormat::Json => outrider_query::render_catalogue_json(&catalogue),
        _ => {
            let fault = Fault::new("--tables lists as text or as JSON");
            return usage(fault.hint("leave --format out, or give --format json"));
        }
    };
    env.print(text.trim_end());
    Ok(Exit::Ok)
}

async fn answer(
    env: &mut Env,
    args: &SqlArgs,
    format: AnswerFormat,
    question: &Question,
    runs: Vec<RunReader>,
) -> Result<Exit, Failure> {
    let config = QueryConfig { memory_bytes: args.memory, compare_digests: args.verify };
    let failed = |error| failed::failure(error, question);
    let session = QuerySession::open(runs, &config).await.map_err(failed)?;
    let style = AnswerStyle { color: env.out_is_colored(), width: env.width() };
    let is_cut = match &args.output {
        Some(path) => {
            let style = AnswerStyle::default();
            let mut file = WholeFile::create(path).map_err(|error| cannot_write(path, &error))?;
            let is_cut = written(&session, format, question, file.writer(), style).await.map_err(failed)?;
            file.finish().map_err(|error| cannot_write(path, &error))?;
            is_cut
        }
        None => {
            let mut sink = Watched { sink: BufWriter::new(env.output()), fault: None };
            let answered = written(&session, format, question, &mut sink, style).await;
            match (sink.fault, answered) {
                // A reader that went away has what it wanted.
                (Some(ErrorKind::BrokenPipe), _) => return Ok(Exit::Ok),
                (_, answered) => answered.map_err(failed)?,
            }
        }
    };
    if is_cut {
        note(env, &format!("there are more than {MAX_SHOWN_ROWS} rows: --format csv has all of them"));
    }
    say_findings(env, &session.incomplete());
    Ok(Exit::Ok)
}

/// Writes the answer; whether there is more than what was shown.
async fn written(
    session: &QuerySession,
    format: AnswerFormat,
    question: &Question,
    sink: &mut (dyn Write + Send),
    style: AnswerStyle,
) -> Result<bool, QueryError> {
    let mut answer = session.ask(&question.text).await?;
    let mut writer = answer_writer(format, sink, &answer.schema(), style)?;
    while !writer.is_full() {
        match answer.next_batch().await? {
            Some(batch) => writer.write(&batch)?,
            None => break,
        }
    }
    let is_cut = writer.is_full();
    writer.finish(&session.incomplete())?;
    Ok(is_cut)
}

/// A sink that remembers why it failed: through the writers of formats an error comes as their own.
struct Watched<W: Write> {
    sink: W,
    fault: Option<ErrorKind>,
}

impl<W: Write> Watched<W> {
    fn seen<T>(&mut self, done: std::io::Result<T>) -> std::io::Result<T> {
        if let Err(error) = &done {
            self.fault.get_or_insert(error.kind());
        }
        done
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let done = self.sink.write(bytes);
        self.seen(done)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let done = self.sink.flush();
        self.seen(done)
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let fault = Fault::new(format!("cannot write '{}'", path.display())).cause(error.to_string());
    Failure::new(Exit::Unexpected, fault.hint("--output names a file in a folder that you may write to"))
}

fn say_findings(env: &Env, findings: &[String]) {
    for finding in findings.iter().take(SHOWN_FINDINGS) {
        note(env, &format!("rows are missing: {finding}"));
    }
    if findings.len() > SHOWN_FINDINGS {
        let more = findings.len() - SHOWN_FINDINGS;
        note(env, &format!("and {more} more: --format json has them as `incomplete`"));
    }
}

fn note(env: &Env, text: &str) {
    env.say(&format!("{} {text}", env.style_err().cyan("note:")));
}
