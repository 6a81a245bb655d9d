//! `host report --open`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use outrider_report::Summary;
use outrider_session::Exit;

use super::find::Found;
use crate::Env;
use crate::cli::{ReportArgs, ReportFormat};
use crate::commands::whole_file::write_whole;
use crate::failure::{Failure, Fault};

/// The file in the run's folder.
const FILE: &str = "report.html";

/// Two seconds: what opens files has said by then that it cannot. It may be the browser itself, which ends when the user
/// closes it.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often it is asked.
const POLL: Duration = Duration::from_millis(20);

/// The program that opens a file with what the user chose for such files, and the arguments before the path.
const OPENER: (&str, &[&str]) = match () {
    () if cfg!(target_os = "macos") => ("open", &[]),
    () if cfg!(windows) => ("cmd", &["/c", "start", ""]),
    () => ("xdg-open", &[]),
};

/// The form of the report. What a browser opens is HTML.
pub(super) fn format_of(args: &ReportArgs) -> Result<ReportFormat, Failure> {
    match (args.open, args.format) {
        (false, format) => Ok(format.unwrap_or(ReportFormat::Text)),
        (true, None | Some(ReportFormat::Html)) => Ok(ReportFormat::Html),
        (true, Some(_)) => Err(Failure::new(
            Exit::Usage,
            Fault::new("--open opens the HTML report; it goes with no other --format")
                .hint("leave --format out, or --open"),
        )),
    }
}

/// Writes the page, opens it, and says on standard output where it is.
pub(super) async fn run(env: &mut Env, found: &Found, summary: &Summary) -> Result<Exit, Failure> {
    let path = path_of(found, summary)?;
    let page = super::html(found, summary).await?;
    write_whole(&path, page.as_bytes()).map_err(|error| cannot_write(&path, &error))?;
    env.print(&path.display().to_string());
    if let Err(why) = open(&path).await {
        let note = env.style_err().cyan("note:");
        env.say(&format!("{note} no browser was opened: {why}; open the file yourself"));
    }
    Ok(Exit::Ok)
}

/// The file in the run's folder; of a run in a bucket, one in this user's cache.
fn path_of(found: &Found, summary: &Summary) -> Result<PathBuf, Failure> {
    if !found.store.is_remote() {
        return Ok(Path::new(&summary.run.dataset).join(FILE));
    }
    let caches = dirs::cache_dir().ok_or_else(|| {
        Failure::new(Exit::Unexpected, Fault::new("there is no folder for the page: this user has no home"))
    })?;
    let folder = caches.join("outrider").join("reports");
    std::fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
    Ok(folder.join(format!("{}.html", found.run_id)))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let fault = Fault::new(format!("cannot write '{}'", path.display())).cause(error.to_string());
    Failure::new(
        Exit::Unexpected,
        fault.hint("`host report --format html > FILE` writes it to where you may write"),
    )
}

/// Opens a file with what the user chose for such files, or says why that cannot be.
async fn open(path: &Path) -> Result<(), String> {
    let (program, first) = OPENER;
    let mut command = Command::new(program);
    command.args(first).arg(path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut opener = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("`{program}` is not installed here"),
        _ => format!("`{program}` cannot be started: {error}"),
    })?;
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        match opener.try_wait() {
            Ok(Some(status)) if !status.success() => {
                return Err(format!("`{program}` found none ({status})"));
            }
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Ok(()),
        }
        tokio::time::sleep(POLL).await;
        waited += POLL;
    }
    Ok(())
}
