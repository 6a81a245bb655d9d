//! `host annotate`: what happened while a run went on.

use std::io::Read;
use std::path::Path;

use outrider_model::{RunClock, Timestamp};
use outrider_report::{AnnotationSummary, parse_annotations, parse_moment};
use outrider_session::Exit;
use outrider_storage::{Annotation, RunReader, annotate};

use crate::Env;
use crate::cli::AnnotateArgs;
use crate::commands::report::{Found, latest_of_all, named, storage_failure};
use crate::failure::{Failure, Fault};

/// Sixteen mebibytes: a file of annotations is read whole.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// When a run took place: until now, if it goes on.
pub(crate) struct RunTime {
    pub(crate) start: Timestamp,
    end: Timestamp,
    goes_on: bool,
}

impl RunTime {
    /// Of a run that has said when it began. One that was killed ended when its last rows were kept.
    pub(crate) async fn of(found: &Found) -> Result<RunTime, Failure> {
        let run = RunReader::open(&found.store, &found.run_id).await.map_err(storage_failure)?;
        let start = run.record().started_at;
        let kept = run.manifests().map(|manifest| {
            manifest.recovery.as_ref().map_or(manifest.committed_at, |recovery| recovery.until)
        });
        let end = match run.outcome() {
            Some(outcome) => outcome.ended_at,
            None if run.is_running() => RunClock::start_now().now(),
            None => kept.max().unwrap_or(start),
        };
        Ok(RunTime { start, end, goes_on: run.is_running() })
    }

    /// Whether something of it happened while the run went on.
    fn has(&self, annotation: &Annotation) -> bool {
        annotation.at <= self.end && annotation.until.unwrap_or(annotation.at) >= self.start
    }
}

pub(crate) async fn run(env: &mut Env, args: &AnnotateArgs) -> Result<Exit, Failure> {
    let found = match &args.run {
        Some(run) => named(&args.out, run).await?,
        None => latest_of_all(&args.out).await?,
    };
    let time = RunTime::of(&found).await?;
    let annotations = match &args.file {
        Some(file) => read(env, file, &time)?,
        None => vec![one(args, &time)?],
    };
    for annotation in &annotations {
        let is_new = annotate(&found.store, &found.run_id, annotation).await.map_err(storage_failure)?;
        let shown = AnnotationSummary::new(annotation, time.start);
        let already = if is_new { "" } else { " (it was there)" };
        env.print(&format!("{}  {}  {}{already}", found.run_id, shown.when(), shown.text));
    }
    Ok(Exit::Ok)
}

/// The one of the command line.
fn one(args: &AnnotateArgs, time: &RunTime) -> Result<Annotation, Failure> {
    let wrong = |fault: Fault| Failure::new(Exit::Usage, fault);
    let moment = |flag: &str, text: &str| {
        parse_moment(text, time.start).map_err(|message| wrong(Fault::new(format!("{flag}: {message}"))))
    };
    let at = args.at.as_deref().map(|at| moment("--at", at)).transpose()?;
    let until = args.until.as_deref().map(|until| moment("--until", until)).transpose()?;
    let annotation = Annotation {
        at: at.unwrap_or_else(|| if time.goes_on { time.end } else { RunClock::start_now().now() }),
        until,
        text: args.text.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    if annotation.until.is_some_and(|until| until < annotation.at) {
        return Err(wrong(Fault::new("--until is before the time at which it begins")));
    }
    if !time.has(&annotation) {
        let fault = match at {
            None => Fault::new("the run has ended, so that now is no time of it")
                .hint("--at says when it was: 2026-01-31T12:00:00Z, or 5m after the start"),
            Some(_) => Fault::new("that is no time of the run")
                .hint("`host runs show` says when it began, and how long it lasted"),
        };
        return Err(wrong(fault));
    }
    Ok(annotation)
}

/// Those of a file that happened during the run.
pub(crate) fn read(env: &Env, file: &Path, time: &RunTime) -> Result<Vec<Annotation>, Failure> {
    let shown = file.display();
    let input: Box<dyn Read> = match file.to_str() {
        Some("-") => env.input(),
        _ => Box::new(std::fs::File::open(file).map_err(|error| unreadable(file, &error))?),
    };
    let mut text = String::new();
    input.take(MAX_FILE_BYTES + 1).read_to_string(&mut text).map_err(|error| unreadable(file, &error))?;
    if text.len() as u64 > MAX_FILE_BYTES {
        let fault = Fault::new(format!("'{shown}' is larger than {} MiB", MAX_FILE_BYTES >> 20));
        return Err(Failure::invalid(fault.hint("it is no log: it has what people should see in a chart")));
    }
    let all = parse_annotations(&text, time.start).map_err(|faults| {
        let faults =
            faults.into_iter().map(|fault| Fault::new(format!("{shown}:{}: {}", fault.line, fault.message)));
        Failure::all(Exit::Invalid, faults.collect())
    })?;
    let (within, beyond): (Vec<_>, Vec<_>) = all.into_iter().partition(|annotation| time.has(annotation));
    if within.is_empty() || !beyond.is_empty() {
        let note = env.style_err().cyan("note:");
        let (within, all) = (within.len(), within.len() + beyond.len());
        env.say(&format!("{note} {within} of {all} annotations in '{shown}' happened during the run"));
    }
    Ok(within)
}

fn unreadable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::invalid(Fault::new(format!("cannot read '{}'", file.display())).cause(error.to_string()))
}
