//! `shop`: serves the demo shop until Ctrl-C or SIGTERM.

mod args;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use outrider_shop::{Shop, ShopError, Totals};
use tokio::signal::unix::{SignalKind, signal};

/// As clap has it for what is wrong with the command line.
const EXIT_USAGE: u8 = 2;

#[tokio::main]
#[expect(clippy::print_stderr, reason = "this is the edge where errors are rendered")]
async fn main() -> ExitCode {
    match serve(args::Args::parse()).await {
        Ok(totals) => {
            let Totals { connections, requests, injected_errors, orders } = totals;
            eprintln!(
                "served {requests} requests on {connections} connections, \
                 {injected_errors} of them failed on purpose, {orders} orders"
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(cause) = error.source() {
                eprintln!("  caused by: {cause}");
            }
            if let Some(hint) = error.hint() {
                eprintln!("hint: {hint}");
            }
            ExitCode::from(if matches!(error, ShopError::Faults(_)) { EXIT_USAGE } else { 1 })
        }
    }
}

#[expect(clippy::print_stdout, reason = "the address is this program's output")]
async fn serve(args: args::Args) -> Result<Totals, ShopError> {
    // Before the address is said: who reads it may send a signal at once.
    let mut signals = [SignalKind::interrupt(), SignalKind::terminate()]
        .map(|kind| signal(kind).expect("a process may handle these signals"));
    let [interrupt, terminate] = &mut signals;
    let shop = Shop::start(args.into_config()).await?;
    println!("shop listening on {}", shop.url());
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    shop.shutdown().await
}
