//! `host run --dry-run`: what would run, where each value comes from, and what it needs. The text is itself a plan:
//! what it says beside the values is in comments.

mod document;
mod needs;
mod settings;
mod text;

use outrider_session::{DryRun, Session};

use crate::Env;
use crate::cli::{RunArgs, RunFormat};
use crate::commands::plugin::Compilation;
use crate::failure::Failure;
use outrider_session::Exit;

use super::request::Request;
use super::{annotations, prepare_failure};
pub(crate) use document::json_schema;
use settings::{Asked, Setting};

pub(super) async fn run(env: &mut Env, args: &RunArgs, request: Request) -> Result<Exit, Failure> {
    let Request { config, document, lists, compilations, .. } = request;
    let planned = config.annotations.clone();
    let asked = Asked::of(args, &config, document, lists);
    let dry: DryRun = Session::dry_run(config).await.map_err(prepare_failure)?;
    compilations.into_iter().for_each(Compilation::say_done);
    annotations::warn(env, &planned, &dry.plan);
    let settings: Vec<Setting> = settings::all(&asked, &dry);
    let text = match args.format == RunFormat::Text {
        true => text::text(&dry, &settings, env.width()),
        false => document::json(&dry, &settings),
    };
    env.print(text.trim_end());
    Ok(Exit::Ok)
}
