//! `host runs show`.

use outrider_model::RunClock;
use outrider_report::{RunDetails, TextStyle};
use outrider_session::Exit;

use crate::Env;
use crate::cli::{ShowArgs, ShowFormat};
use crate::commands::recover;
use crate::commands::report::{latest_of_all, named, unreadable};
use crate::failure::Failure;

/// Says what a run was to do and what of it is kept, by its documents and the sizes of its parts.
pub(super) async fn run(env: &mut Env, args: &ShowArgs) -> Result<Exit, Failure> {
    let found = match &args.run {
        Some(run) => named(&args.out, run).await?,
        None => latest_of_all(&args.out).await?,
    };
    recover::unasked(env, &found.store, &found.run_id).await;
    let details = RunDetails::read(&found.store, &found.run_id, RunClock::start_now().now()).await;
    let details = details.map_err(unreadable)?;
    let text = match args.format {
        ShowFormat::Json => outrider_report::render_run_details_json(&details),
        ShowFormat::Text => {
            let width = env.width().unwrap_or(outrider_report::DEFAULT_TEXT_WIDTH);
            outrider_report::render_run_details(&details, TextStyle { color: env.out_is_colored(), width })
        }
    };
    env.print(text.trim_end());
    Ok(Exit::Ok)
}
