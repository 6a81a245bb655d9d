//! `host new`.

use outrider_session::Exit;
use outrider_toolchain::{Language, PluginKind, Template};

use crate::Env;
use crate::cli::{LanguageName, NewArgs, WorldName};
use crate::failure::{Failure, Fault};

pub(crate) fn run(env: &mut Env, args: &NewArgs) -> Result<Exit, Failure> {
    let language = match args.language {
        LanguageName::Ts => Language::TypeScript,
        LanguageName::Js => Language::JavaScript,
        LanguageName::Rust => Language::Rust,
        LanguageName::Go => Language::Go,
    };
    let kind = match args.world {
        WorldName::Journey => PluginKind::Journey,
        WorldName::AssertionPack => PluginKind::AssertionPack,
        WorldName::Transform => PluginKind::Transform,
        WorldName::AlertChannel => PluginKind::AlertChannel,
    };
    let template = Template { language, kind };
    let files = template
        .create(&args.folder)
        .map_err(|error| Failure::invalid(Fault::of(&error).maybe_hint(error.hint())))?;
    let lines: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    env.print(&lines.join("\n"));
    env.say(&next(template, &args.folder.display().to_string()));
    Ok(Exit::Ok)
}

/// What its author types next.
fn next(template: Template, folder: &str) -> String {
    match template.kind {
        PluginKind::Journey => format!("next: host run {folder} --target http://127.0.0.1:8080"),
        PluginKind::AssertionPack => {
            format!("next: host run JOURNEY --target http://127.0.0.1:8080 --assert {folder}")
        }
        PluginKind::Transform => format!("next: host check {folder} --input access.log"),
        PluginKind::AlertChannel => format!("next: host check {folder} --target http://127.0.0.1:8080"),
    }
}
