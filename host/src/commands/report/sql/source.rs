//! Where the query comes from.

use std::path::Path;

use outrider_session::Exit;

use crate::Env;
use crate::cli::SqlArgs;
use crate::failure::{Failure, Fault};

/// What stands for standard input.
const STANDARD_INPUT: &str = "-";

/// A query and what messages call it.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) text: String,
    pub(super) name: String,
}

pub(super) fn read(env: &Env, args: &SqlArgs) -> Result<Question, Failure> {
    match (args.query.as_deref(), args.file.as_deref()) {
        (Some(STANDARD_INPUT), _) => from_input(env),
        (_, Some(path)) if path == Path::new(STANDARD_INPUT) => from_input(env),
        (_, Some(path)) => {
            let text = std::fs::read_to_string(path);
            let name = path.display().to_string();
            text.map(|text| Question { text, name: name.clone() }).map_err(|error| unreadable(&name, &error))
        }
        (query, None) => {
            Ok(Question { text: query.unwrap_or_default().to_owned(), name: "query".to_owned() })
        }
    }
}

fn from_input(env: &Env) -> Result<Question, Failure> {
    let (mut text, name) = (String::new(), "standard input".to_owned());
    match env.input().read_to_string(&mut text) {
        Ok(_) => Ok(Question { text, name }),
        Err(error) => Err(unreadable(&name, &error)),
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Failure {
    let fault = Fault::new(format!("cannot read the query from '{name}'")).cause(error.to_string());
    Failure::new(Exit::Usage, fault.hint("a query is text in UTF-8; one in a shell stands in quotes"))
}
