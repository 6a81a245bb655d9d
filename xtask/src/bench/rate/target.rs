//! The target: a server whose latency follows a law, and that writes down when each request came and how long it
//! took. It is a process of its own, this program called once more, so that it can have a core for itself.
//!
//! A thread for each connection, which sleeps for as long as the law says: the kernel's timers are finer than those
//! of an event loop, and nothing that one request does delays another. What it writes down is the truth that the tools
//! are measured against: real times, not the law's.

use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use crate::steps::{Stopwatch, result};

/// A stack for each of some thousand connections; the code above needs a few kilobytes.
const STACK_BYTES: usize = 128 << 10;

/// Longer than the head of any tool here.
const HEAD_BYTES: usize = 8 << 10;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 41\r\n\r\n\
                        a small body, as an API might answer it.\n";

/// How long the target takes.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Law {
    /// The shortest latency, in milliseconds
    #[arg(long, default_value_t = Law::STEADY.shortest_ms)]
    pub(super) shortest_ms: f64,
    /// The mean of the exponential time on top of it, in milliseconds
    #[arg(long, default_value_t = Law::STEADY.mean_ms)]
    pub(super) mean_ms: f64,
    /// When the target stalls, in seconds after its first request
    #[arg(long, default_value_t = 0.0)]
    pub(super) stall_after_s: f64,
    /// For how long it answers nothing then, in seconds; 0 is never
    #[arg(long, default_value_t = 0.0)]
    pub(super) stall_s: f64,
}

/// The server's own arguments.
#[derive(Debug, Args)]
pub(crate) struct TargetOptions {
    #[command(flatten)]
    law: Law,
    /// Where the log is written when standard input ends
    #[arg(long)]
    log: PathBuf,
}

impl Law {
    /// 20 ms on average, with a tail.
    pub(super) const STEADY: Law = Law { shortest_ms: 10.0, mean_ms: 10.0, stall_after_s: 0.0, stall_s: 0.0 };

    /// The latency that the share `p` of requests does not exceed, when it does not stall.
    pub(super) fn quantile(&self, p: f64) -> Duration {
        let ms = self.shortest_ms - self.mean_ms * (1.0 - p).ln();
        Duration::from_secs_f64(ms.max(0.0) / 1e3)
    }

    /// The latency of the `ordinal`-th request, from 0: the law's quantiles in the order of the van der Corput
    /// sequence (1/2, 1/4, 3/4, 1/8, …), so that each tool meets the same ones, and no trend.
    fn of_request(&self, ordinal: u64) -> Duration {
        self.quantile((ordinal + 1).reverse_bits() as f64 / 2f64.powi(64))
    }

    /// How long a request waits for the end of a stall that came `since_first` after the first one.
    fn stalled(&self, since_first: Duration) -> Duration {
        let (begin, length) =
            (Duration::from_secs_f64(self.stall_after_s), Duration::from_secs_f64(self.stall_s));
        if since_first < begin { Duration::ZERO } else { (begin + length).saturating_sub(since_first) }
    }
}

/// One request as the target saw it, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Served {
    /// Since the target started.
    pub(super) arrived_ns: u64,
    /// From its last byte's arrival until the answer was handed to the system.
    pub(super) took_ns: u64,
}

struct Server {
    law: Law,
    clock: Stopwatch,
    first: OnceLock<Duration>,
    ordinal: AtomicU64,
    log: Mutex<Vec<Served>>,
}

/// Serves until standard input ends. The first line of standard output is the port.
pub(crate) fn serve(options: &TargetOptions) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on the loopback")?;
    result(&listener.local_addr()?.port().to_string());
    let server = Arc::new(Server {
        law: options.law,
        clock: Stopwatch::start(),
        first: OnceLock::new(),
        ordinal: AtomicU64::new(0),
        log: Mutex::default(),
    });
    let accepting = Arc::clone(&server);
    thread::spawn(move || accept(&accepting, &listener));
    io::copy(&mut io::stdin(), &mut io::sink()).context("cannot wait for the end of standard input")?;
    write(&options.log, &server.log.lock().unwrap_or_else(PoisonError::into_inner))
}

fn accept(server: &Arc<Server>, listener: &TcpListener) {
    for stream in listener.incoming().flatten() {
        let server = Arc::clone(server);
        let thread = thread::Builder::new().stack_size(STACK_BYTES);
        // Without a thread the connection is closed, which its client notices.
        drop(thread.spawn(move || server.converse(stream)));
    }
}

impl Server {
    /// Answers the requests of a connection until one of the two ends it.
    fn converse(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        while read_head(&mut stream, &mut head)? {
            let arrived = self.clock.elapsed();
            let since_first = arrived.saturating_sub(*self.first.get_or_init(|| arrived));
            let latency = self.law.of_request(self.ordinal.fetch_add(1, Ordering::Relaxed));
            thread::sleep(latency + self.law.stalled(since_first));
            stream.write_all(ANSWER)?;
            let took = self.clock.elapsed().saturating_sub(arrived);
            let served = Served { arrived_ns: nanoseconds(arrived), took_ns: nanoseconds(took) };
            self.log.lock().unwrap_or_else(PoisonError::into_inner).push(served);
        }
        Ok(())
    }
}

/// Reads a request without a body; `false` at the end of the connection.
fn read_head(stream: &mut TcpStream, head: &mut Vec<u8>) -> io::Result<bool> {
    head.clear();
    let mut piece = [0; 2048];
    while !head.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut piece)?;
        if read == 0 || head.len() + read > HEAD_BYTES {
            return Ok(false);
        }
        head.extend_from_slice(&piece[..read]);
    }
    Ok(true)
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A line for each request: when it came, how long it took.
fn write(path: &Path, log: &[Served]) -> Result<()> {
    let file = fs::File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut file = BufWriter::new(file);
    for Served { arrived_ns, took_ns } in log {
        writeln!(file, "{arrived_ns} {took_ns}")?;
    }
    file.flush().with_context(|| format!("cannot write {}", path.display()))
}

/// Reads what [`serve`] has written.
pub(super) fn read_log(path: &Path) -> Result<Vec<Served>> {
    let text = fs::read_to_string(path).with_context(|| format!("the target wrote no {}", path.display()))?;
    let line = |line: &str| {
        let (arrived_ns, took_ns) = line.split_once(' ')?;
        Some(Served { arrived_ns: arrived_ns.parse().ok()?, took_ns: took_ns.parse().ok()? })
    };
    text.lines().map(line).collect::<Option<_>>().with_context(|| format!("{} is cut short", path.display()))
}

#[cfg(test)]
mod tests {
    use std::net::Shutdown;

    use super::*;

    const LAW: Law = Law { shortest_ms: 10.0, mean_ms: 10.0, stall_after_s: 5.0, stall_s: 2.0 };

    #[test]
    fn the_first_requests_get_the_quantiles_of_the_law_once_each() {
        let mut drawn: Vec<Duration> = (0..1023).map(|ordinal| LAW.of_request(ordinal)).collect();
        assert_eq!(drawn[0], LAW.quantile(0.5));
        drawn.sort();
        let quantiles: Vec<Duration> =
            (1..1024).map(|point| LAW.quantile(f64::from(point) / 1024.0)).collect();
        assert_eq!(drawn, quantiles);
        assert_eq!(LAW.quantile(0.5).as_micros(), 16_931);
        assert_eq!(LAW.quantile(0.99).as_micros(), 56_051);
    }

    #[test]
    fn what_comes_in_a_stall_waits_for_its_end() {
        let stalled = |ms| LAW.stalled(Duration::from_millis(ms)).as_millis();
        assert_eq!([0, 4_999, 5_000, 6_500, 7_000, 9_000].map(stalled), [0, 0, 2_000, 500, 0, 0]);
    }

    #[test]
    fn a_server_answers_and_writes_down_how_long_it_took() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Arc::new(Server {
            law: Law { shortest_ms: 3.0, mean_ms: 0.0, stall_after_s: 0.0, stall_s: 0.0 },
            clock: Stopwatch::start(),
            first: OnceLock::new(),
            ordinal: AtomicU64::new(0),
            log: Mutex::default(),
        });
        let serving = Arc::clone(&server);
        thread::spawn(move || accept(&serving, &listener));
        let mut client = TcpStream::connect(address).unwrap();
        for _ in 0..3 {
            client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
            client.read_exact(&mut [0; ANSWER.len()]).unwrap();
        }
        // An answer is logged after it has left, and the connection is closed after that.
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        let log = server.log.lock().unwrap().clone();
        assert!(log.len() == 3 && log.iter().all(|served| served.took_ns >= 3_000_000), "{log:?}");
    }
}
