//! An S3 endpoint: real signatures and a real protocol, on a folder of this machine, with faults on demand.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const ACCESS_KEY: &str = "test-access-key";
const SECRET_KEY: &str = "test-secret-key";
const BUCKET: &str = "bucket";

/// What the endpoint does instead of answering as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum S3Fault {
    /// It refuses with this status and code, as S3 does: 503 `SlowDown`, 403 `RequestTimeTooSkewed`, …
    Refuse(u16, &'static str),
    /// It closes the connection and does nothing.
    ResetBefore,
    /// It does what it is asked and then closes the connection instead of saying so.
    ResetAfter,
    /// It answers after this time.
    Late(Duration),
    /// It writes over what is there, as endpoints do that do not know `If-None-Match`.
    Unconditional,
}

impl S3Fault {
    /// 503, as S3 does when it is asked too often.
    pub const SLOW_DOWN: S3Fault = S3Fault::Refuse(503, "SlowDown");
}

#[derive(Debug, Default)]
struct Faults {
    /// What the next requests that match meet, and how many these are.
    next: Option<(Option<Method>, String, S3Fault, u64)>,
    met: u64,
    /// Requests so far, by method.
    requests: BTreeMap<String, u64>,
}

impl Faults {
    fn meet(&mut self, method: &Method, path: &str) -> Option<S3Fault> {
        *self.requests.entry(method.to_string()).or_default() += 1;
        let (of, within, fault, left) = self.next.as_mut()?;
        if of.as_ref().is_some_and(|of| of != method) || !path.contains(within.as_str()) || *left == 0 {
            return None;
        }
        (*left, self.met) = (*left - 1, self.met + 1);
        Some(*fault)
    }
}

/// An S3 endpoint on a free port of 127.0.0.1 with an empty bucket. Dropped, it is gone, with all that is in it.
pub struct S3Server {
    addr: SocketAddr,
    folder: tempfile::TempDir,
    service: S3Service,
    faults: Arc<Mutex<Faults>>,
    open: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl S3Server {
    /// Starts the endpoint.
    pub fn start() -> S3Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join(BUCKET)).expect("a bucket");
        let files = s3s_fs::FileSystem::new(folder.path()).expect("a folder for S3");
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let (service, faults) = (service.build(), Arc::default());
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut server = S3Server { addr, folder, service, faults, open: None };
        server.open();
        server
    }

    /// Listens, where it listened before if it did.
    pub fn open(&mut self) {
        let listener = std::net::TcpListener::bind(self.addr).expect("a free port");
        listener.set_nonblocking(true).expect("a socket that does not block");
        self.addr = listener.local_addr().expect("its address");
        let (stop, stopped) = oneshot::channel();
        let part = Shared {
            folder: self.folder.path().to_owned(),
            service: self.service.clone(),
            faults: Arc::clone(&self.faults),
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                tokio::select! {
                    () = serve(listener, part) => {}
                    _ = stopped => {}
                }
            });
        });
        self.open = Some((stop, thread));
    }

    /// Listens no longer: connections are refused. What is in the bucket stays.
    pub fn close(&mut self) {
        let Some((stop, thread)) = self.open.take() else { return };
        drop(stop);
        if thread.join().is_err() {
            assert!(std::thread::panicking(), "the endpoint of S3 panicked");
        }
    }

    /// A place in its bucket, as `--out` takes it.
    pub fn place(&self, prefix: &str) -> String {
        format!("s3://{BUCKET}/{prefix}")
    }

    /// Scheme, host and port.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The environment in which a program finds it.
    pub fn env(&self) -> [(&'static str, String); 4] {
        [
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ]
    }

    /// The folder in which its objects are files.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// Lets the next `count` requests of a method, or of any, whose path contains `within`, meet a fault.
    pub fn fail(&self, method: impl Into<Option<Method>>, within: &str, fault: S3Fault, count: u64) {
        self.faults().next = Some((method.into(), within.to_owned(), fault, count));
    }

    /// Lets no request meet a fault any more.
    pub fn heal(&self) {
        self.faults().next = None;
    }

    /// How many requests have met a fault.
    pub fn met(&self) -> u64 {
        self.faults().met
    }

    /// How many requests of this method there were.
    pub fn requests(&self, method: &Method) -> u64 {
        self.faults().requests.get(method.as_str()).copied().unwrap_or(0)
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for S3Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Server").field("addr", &self.addr).finish_non_exhaustive()
    }
}

/// What connections have in common.
#[derive(Clone)]
struct Shared {
    folder: PathBuf,
    service: S3Service,
    faults: Arc<Mutex<Faults>>,
}

async fn serve(listener: TcpListener, shared: Shared) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(connection(stream, shared.clone()));
    }
}

/// Any error closes the connection.
#[derive(Debug)]
struct Reset;

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed on purpose")
    }
}

impl std::error::Error for Reset {}

type Answer = Response<UnsyncBoxBody<bytes::Bytes, Reset>>;

async fn connection(stream: TcpStream, shared: Shared) {
    let answer = service_fn(|request: Request<Incoming>| {
        let fault = {
            let mut faults = shared.faults.lock().unwrap_or_else(PoisonError::into_inner);
            faults.meet(request.method(), request.uri().path())
        };
        answer(shared.clone(), request, fault)
    });
    // A connection that ends in an error is what was asked for, or its client's affair.
    drop(Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await);
}

async fn answer(shared: Shared, request: Request<Incoming>, fault: Option<S3Fault>) -> Result<Answer, Reset> {
    match fault {
        Some(S3Fault::Refuse(status, code)) => return Ok(refused(status, code)),
        Some(S3Fault::ResetBefore) => return Err(Reset),
        // The condition is signed, so that it cannot be taken out: what it is about is.
        Some(S3Fault::Unconditional) => {
            let object = shared.folder.join(request.uri().path().trim_start_matches('/'));
            drop(std::fs::remove_file(object));
        }
        _ => {}
    }
    let answer = shared.service.call(request.map(Into::into)).await.map_err(|_| Reset)?;
    match fault {
        Some(S3Fault::ResetAfter) => return Err(Reset),
        Some(S3Fault::Late(time)) => tokio::time::sleep(time).await,
        _ => {}
    }
    Ok(answer.map(|body| body.map_err(|_| Reset).boxed_unsync()))
}

fn refused(status: u16, code: &str) -> Answer {
    let words = format!("<Error><Code>{code}</Code><Message>Refused on purpose.</Message></Error>");
    let body = http_body_util::Full::from(words).map_err(|never: Infallible| match never {}).boxed_unsync();
    let mut answer = Response::new(body);
    *answer.status_mut() = StatusCode::from_u16(status).expect("a status");
    answer
}
