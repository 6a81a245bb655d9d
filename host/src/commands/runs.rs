//! `host runs`.

use outrider_storage::{DatasetStore, list_runs};

use crate::Env;
use crate::cli::RunsArgs;
use crate::failure::Failure;
use outrider_session::Exit;

use super::report::storage_failure;

/// Lists the runs of a folder, the latest one last.
pub(crate) async fn run(env: &mut Env, args: &RunsArgs) -> Result<Exit, Failure> {
    let store = DatasetStore::open(&args.out).map_err(storage_failure)?;
    let runs = list_runs(&store).await.map_err(storage_failure)?;
    for run in runs {
        env.print(&run.to_string());
    }
    Ok(Exit::Ok)
}
