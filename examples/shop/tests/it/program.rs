//! The program `shop`.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::client::Client;

fn shop(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shop"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn address(child: &mut Child) -> SocketAddr {
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    line.trim_end().strip_prefix("shop listening on http://").unwrap().parse().unwrap()
}

#[tokio::test]
async fn it_says_where_it_listens_and_ends_cleanly_on_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        let log = folder.path().join("access.jsonl");
        let arguments = ["--listen", "127.0.0.1:0", "--access-log", log.to_str().unwrap()];
        let mut child = shop(&arguments).spawn().unwrap();
        let mut client = Client::at(address(&mut child));
        assert_eq!(client.get("/healthz").await.status, 200);
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let talk = String::from_utf8(output.stderr).unwrap();
        assert!(talk.starts_with("served 1 requests on 1 connections"), "{talk}");
        assert_eq!(std::fs::read_to_string(&log).unwrap().lines().count(), 1);
    }
}

#[test]
fn it_says_everything_that_is_wrong_with_its_faults() {
    let output =
        shop(&["--listen", "127.0.0.1:0", "--error-rate", "2", "--route-latency", "/cart=1s"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(talk.starts_with("error: invalid faults: error_rate 2 is not between 0 and 1; "), "{talk}");
    assert!(talk.contains("there is no route '/cart'"), "{talk}");
}

#[test]
fn it_says_which_address_it_cannot_take() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = shop(&["--listen", &address]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(talk.starts_with(&format!("error: cannot listen on {address}\n  caused by: ")), "{talk}");
    assert!(
        talk.contains("\nhint: --listen with another port, or 127.0.0.1:0 for any that is free"),
        "{talk}"
    );
}
