//! `host`: the one program of Outrider. See `host --help`, or the library of this package for its parts.

use std::process::ExitCode;

fn main() -> ExitCode {
    let env = outrider::Env::of_process();
    ExitCode::from(outrider::run(env).code())
}
