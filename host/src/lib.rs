//! The program `host`: argument parsing, wiring and rendering. What it wires is in the crates below.
//!
//! [`run`] is the whole program: it takes an [`Env`] (arguments, output streams, what the terminal can
//! do) and returns an [`Exit`]. Nothing else here touches the process.

mod changes;
mod cli;
mod commands;
mod env;
mod failure;
mod given;
mod load;
mod settings;
mod signals;
mod terminal;

pub use env::Env;
pub use outrider_session::Exit;

/// Runs the program.
pub fn run(mut env: Env) -> Exit {
    let exit = command(&mut env);
    env.conclude(exit)
}

fn command(env: &mut Env) -> Exit {
    let cli = match cli::parse(&env.args) {
        Ok(cli) => cli,
        Err(mut error) => {
            cli::nearest_suggestion_first(&mut error);
            env.print_clap(&error);
            return if error.use_stderr() { Exit::Usage } else { Exit::Ok };
        }
    };
    env.start_logging(cli.verbose);
    env.raise_open_files();
    env.keep_credentials();
    match commands::run(env, cli.command, cli.verbose > 0) {
        Ok(exit) => exit,
        Err(failure) => {
            failure.print(env);
            failure.exit
        }
    }
}
