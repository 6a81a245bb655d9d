//! Metrics, asked for while a run goes on and once more when it is over.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

use super::{command, place, sum, target};
use crate::harness::{Place, Said};
use crate::signals::{read_until, signal};
use outrider_test_util::TargetServer;
use rustix::process::Signal;

/// Long enough for what comes between two scrapes to be done on a machine that is busy.
const INTERVAL: Duration = Duration::from_secs(3);

/// A run whose metrics can be asked for, and where.
struct Scraped {
    child: Child,
    stderr: BufReader<ChildStderr>,
    address: String,
}

impl Scraped {
    fn start(place: &Place, target: &TargetServer, flags: &[&str]) -> Scraped {
        let flags = [&["--export", "prometheus=127.0.0.1:0"], flags].concat();
        let mut command = command(place, target, &flags);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("metrics at http://") {
            line.clear();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it ended before it said where metrics are");
        }
        let address = line.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Scraped { child, stderr, address }
    }

    fn get(&self, path: &str) -> String {
        self.ask("GET", path)
    }

    fn ask(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("somebody listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let address = &self.address;
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Scrapes twice, as a server does that scrapes every three seconds, and ends the run, which then waits for the next
    /// scrape for six. What was seen the second time.
    fn scrape_and_stop(&mut self) -> BTreeMap<String, f64> {
        self.scrape();
        std::thread::sleep(INTERVAL);
        let during = self.scrape();
        signal(&self.child, Signal::INT);
        read_until(&mut self.stderr, "waiting for a last scrape of http://");
        during
    }

    /// The metrics, by name and labels.
    fn scrape(&self) -> BTreeMap<String, f64> {
        let answer = self.get("/metrics");
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 OK"), "{head}");
        assert!(head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
        let mut declared = "";
        let mut values = BTreeMap::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                declared = rest.split(' ').next().unwrap();
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                assert!(series.starts_with(declared), "{series} in {declared}");
                assert!(values.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{series} twice");
            }
        }
        values
    }

    fn end(mut self, place: &Place) -> Said {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        let mut said = Said::of(self.child.wait_with_output().unwrap(), place.path());
        said.stderr = rest;
        said
    }
}

fn total(values: &BTreeMap<String, f64>, metric: &str, label: &str) -> f64 {
    values
        .iter()
        .filter(|(series, _)| series.starts_with(metric) && series.contains(label))
        .map(|(_, n)| n)
        .sum()
}

#[test]
fn the_last_scrape_has_what_the_report_has() {
    let (place, target) = (place(), target());
    let mut run = Scraped::start(&place, &target, &["-r", "20/s", "-d", "10m"]);
    assert!(run.get("/").starts_with("HTTP/1.1 404"));
    let during = run.scrape_and_stop();
    let last = run.scrape();
    let said = run.end(&place);
    assert_eq!(said.code, Some(105), "{}", said.show());
    assert!(!said.stderr.contains("warning:"), "{}", said.show());
    let report = place.report();
    let requests = sum(&report, "requests", "count") as f64;
    assert_eq!(total(&last, "outrider_requests_total{", ""), requests);
    assert!(total(&during, "outrider_requests_total{", "") <= requests);
    assert_eq!(total(&last, "outrider_requests_total{", "status=\"503\""), requests / 2.0);
    assert_eq!(total(&last, "outrider_request_duration_seconds_count{", ""), requests);
    assert_eq!(total(&last, "outrider_request_duration_seconds_bucket{", "le=\"+Inf\""), requests);
    let completed = report["iterations"]["completed"].as_f64().unwrap();
    assert_eq!(total(&last, "outrider_iterations_total{", "outcome=\"completed\""), completed);
    assert_eq!(total(&last, "outrider_checks_total{", "check=\"is well\",result=\"passed\""), completed);
    assert_eq!(total(&last, "outrider_steps_total{", "step=\"look\",result=\"ok\""), completed);
    let info = format!("outrider_run_info{{run_id=\"{}\"", report["run"]["id"].as_str().unwrap());
    assert_eq!(total(&last, &info, ""), 1.0);
    assert!(last.contains_key("outrider_vus") && last.contains_key("outrider_generator_memory_bytes"));
}

#[test]
fn nobody_is_waited_for_who_never_asked() {
    let (place, target) = (place(), target());
    let said = Scraped::start(&place, &target, &["-i", "3"]).end(&place);
    assert_eq!(said.code, Some(0), "{}", said.show());
    assert!(!said.stderr.contains("waiting"), "{}", said.show());
}

#[test]
fn whoever_looked_once_is_not_waited_for_and_a_look_at_the_head_is_no_scrape() {
    let (place, target) = (place(), target());
    let run = Scraped::start(&place, &target, &["-r", "20/s", "-d", "10m", "--export-linger", "10m"]);
    run.scrape();
    for _ in 0..2 {
        let head = run.ask("HEAD", "/metrics");
        assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    }
    signal(&run.child, Signal::INT);
    let said = run.end(&place);
    assert_eq!(said.code, Some(105), "{}", said.show());
    assert!(!said.stderr.contains("waiting"), "{}", said.show());
}

#[test]
fn a_signal_ends_the_wait_for_the_last_scrape() {
    let (place, target) = (place(), target());
    let mut run = Scraped::start(&place, &target, &["-r", "20/s", "-d", "10m"]);
    run.scrape_and_stop();
    signal(&run.child, Signal::INT);
    let said = run.end(&place);
    assert_eq!(said.code, Some(105), "{}", said.show());
    assert!(!said.stderr.contains("nobody has asked"), "{}", said.show());
    assert!(said.stdout.contains("Iterations"), "{}", said.show());
}
