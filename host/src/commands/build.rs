//! `host build`.

use std::path::{Path, PathBuf};

use crate::Env;
use crate::cli::BuildArgs;
use crate::failure::{Failure, Fault};
use outrider_session::Exit;
use outrider_toolchain::check_types;

use super::plugin;
use super::whole_file::{folder_fault, write_whole};

pub(crate) async fn run(env: &mut Env, args: &BuildArgs) -> Result<Exit, Failure> {
    if !plugin::is_source(&args.source) {
        return Err(Failure::invalid(
            Fault::new(format!("'{}' is no TypeScript, JavaScript or Go source", args.source.display()))
                .hint("of a plugin in Rust name the folder with its Cargo.toml"),
        ));
    }
    if let Some(fault) = args.output.as_deref().and_then(folder_fault) {
        return Err(Failure::invalid(fault));
    }
    let (built, compilation) = plugin::compile(env, &args.source).map_err(Failure::invalid)?;
    let types = check_types(&args.source);
    let types = types.map_err(|error| Failure::invalid(Fault::of(&error).maybe_hint(error.hint())))?;
    if let Some(why) = types.unchecked() {
        env.say(why);
    }
    if let Some(compilation) = compilation {
        compilation.say_done();
    }
    let output = args.output.clone().unwrap_or_else(|| beside(&args.source));
    write_whole(&output, &built.component).map_err(|error| {
        Failure::invalid(Fault::new(format!("cannot write '{}'", output.display())).cause(error.to_string()))
    })?;
    env.print(&output.display().to_string());
    Ok(Exit::Ok)
}

/// The source's name with another ending. `.` and `..` have none of their own: those are written where the user is.
fn beside(source: &Path) -> PathBuf {
    let whole = source.file_name().is_none().then(|| std::fs::canonicalize(source).ok()).flatten();
    let named = whole.as_deref().and_then(Path::file_name).map_or(source, Path::new);
    named.with_extension("wasm")
}
