//! An endpoint of S3 on this machine, to try datasets in a bucket on: real signatures and a real protocol, on a folder that
//! goes with it. It is for tests: nothing of it is tuned.
//!
//! `cargo run -p outrider-test-util --example s3 -- [--late MS]`
//!
//! Prints what to put into the environment of `host`, and serves until its standard input ends. Meanwhile it takes lines:
//! `close` (connections are refused), `open`, `late MS` (each answer comes so much later), `requests` (how many there were).
#![expect(clippy::print_stdout, reason = "an example's result is what it prints")]

use std::io::BufRead;
use std::time::Duration;

use http::Method;
use outrider_test_util::{S3Fault, S3Server};

fn main() {
    let mut server = S3Server::start();
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, ms] = args.as_slice()
        && flag == "--late"
    {
        late(&server, ms);
    }
    for (name, value) in server.env() {
        println!("export {name}={value}");
    }
    println!("# --out {}", server.place("load"));
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["close"] => server.close(),
            ["open"] => server.open(),
            ["late", ms] => late(&server, ms),
            ["requests"] => println!("{}", requests(&server)),
            _ => println!("# close, open, late MS, requests"),
        }
    }
}

fn late(server: &S3Server, ms: &str) {
    match ms.parse() {
        Ok(ms) => server.fail(None, "", S3Fault::Late(Duration::from_millis(ms)), u64::MAX),
        Err(error) => println!("# {ms}: {error}"),
    }
}

fn requests(server: &S3Server) -> String {
    let methods = [Method::GET, Method::HEAD, Method::PUT, Method::POST, Method::DELETE];
    let counts = methods.map(|method| format!("{method} {}", server.requests(&method)));
    counts.join(", ")
}
