//! What keeps something from being exported, found before any load.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use outrider_model::nearest;

/// Something cannot be exported as it is asked for.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Text that is no address.
    #[error("'{text}' is no address at which Prometheus could ask for metrics")]
    Address {
        /// The text.
        text: String,
    },
    /// Nobody can listen there.
    #[error("cannot listen on {address} for Prometheus")]
    Bind {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// A file in a folder that is not there.
    #[error("cannot write rows to '{}': there is no folder '{}'", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// A folder in place of a file.
    #[error("cannot write rows to '{}': it is a folder", path.display())]
    JsonlIsFolder {
        /// The folder.
        path: PathBuf,
    },
    /// A file that cannot be written.
    #[error("cannot write rows to '{}'", path.display())]
    Jsonl {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that another run writes.
    #[error("another run writes its rows to '{}'", path.display())]
    JsonlTaken {
        /// The file.
        path: PathBuf,
    },
    /// Text that is no URL of a collector.
    #[error("{place} '{text}' is no URL of a collector: {why}")]
    OtlpUrl {
        /// The flag, key or variable that says it.
        place: String,
        /// The URL, without user and password.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// A protocol that this program does not speak.
    #[error("{place} is '{text}', which is not spoken here")]
    OtlpProtocol {
        /// The variable.
        place: String,
        /// What it says.
        text: String,
    },
    /// A variable that says nothing sensible. What it says may be a secret.
    #[error("{variable} is not {wanted}")]
    Variable {
        /// The variable.
        variable: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// The client of the collector cannot be made.
    #[error("cannot make a client for the OpenTelemetry collector")]
    Client {
        /// Why.
        source: reqwest::Error,
    },
    /// This machine gives no thread.
    #[error("cannot start a thread for exports")]
    Thread {
        /// Why.
        source: io::Error,
    },
}

impl ExportError {
    /// The key of a plan's `[export]` that it is about, if it is about one.
    pub fn key(&self) -> Option<&'static str> {
        Some(match self {
            ExportError::Address { .. } | ExportError::Bind { .. } => "prometheus",
            ExportError::NoFolder { .. }
            | ExportError::JsonlIsFolder { .. }
            | ExportError::Jsonl { .. }
            | ExportError::JsonlTaken { .. } => "jsonl",
            ExportError::OtlpUrl { .. } => "otlp",
            ExportError::OtlpProtocol { .. }
            | ExportError::Variable { .. }
            | ExportError::Client { .. }
            | ExportError::Thread { .. } => return None,
        })
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            ExportError::Address { .. } => {
                "write HOST:PORT or PORT, for example 127.0.0.1:9464, or :9464 for all addresses of this machine".into()
            }
            ExportError::Bind { source, .. } => return bind_hint(source.kind()).map(str::to_owned),
            ExportError::NoFolder { folder, .. } => format!("make it first: mkdir -p {}", folder.display()),
            ExportError::JsonlIsFolder { path } => {
                format!("name a file in it: {}", path.join("rows.jsonl").display())
            }
            ExportError::JsonlTaken { .. } => "name another file, or wait until that run has ended".into(),
            ExportError::OtlpUrl { .. } => {
                "write for example http://127.0.0.1:4318; /v1/metrics and /v1/traces are put behind it".into()
            }
            ExportError::OtlpProtocol { text, .. } => protocol_hint(text),
            ExportError::Variable { .. }
            | ExportError::Jsonl { .. }
            | ExportError::Client { .. }
            | ExportError::Thread { .. } => return None,
        };
        Some(text)
    }
}

fn bind_hint(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::AddrInUse => {
            "another program, perhaps another run, has this port; choose another one, for example --export prometheus=9465"
        }
        ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; 127.0.0.1 is always there, and :PORT is all that it has"
        }
        ErrorKind::PermissionDenied => "ports below 1024 are for the system; 9464 is the usual one",
        _ => return None,
    })
}

fn protocol_hint(text: &str) -> String {
    let spoken = ["http/protobuf", "http/json"];
    let all = "http/protobuf and http/json are";
    match nearest(text, spoken) {
        Some(near) if text != "grpc" => format!("did you mean {near}? {all}"),
        _ => format!("{all}; collectors take them at port 4318, where they take gRPC at 4317"),
    }
}
