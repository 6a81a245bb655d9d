//! What errors of the system, of TLS and of hyper mean.

use std::error::Error;
use std::io;

use outrider_model::{causes, joined};

use super::HttpErrorKind;

/// Errors of Linux for which the standard library has no stable kind.
const EMFILE: i32 = 24;
const ENFILE: i32 = 23;
const ENOBUFS: i32 = 105;

/// A message with the causes behind an error, in one line.
pub(super) fn with_causes(message: String, error: &dyn Error) -> String {
    joined(message, causes(error).map(of_cause))
}

/// A cause in a few words, lower case.
pub(super) fn of_cause(error: &(dyn Error + 'static)) -> String {
    let Some(io) = error.downcast_ref::<io::Error>() else { return error.to_string() };
    if let Some(rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)) = tls_error(io) {
        return "the certificate is signed by nobody whom this system trusts".to_owned();
    }
    let known = match io.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset => "connection reset by the server",
        io::ErrorKind::BrokenPipe => "connection closed by the server",
        io::ErrorKind::NetworkUnreachable => "network unreachable",
        io::ErrorKind::HostUnreachable => "host unreachable",
        io::ErrorKind::AddrNotAvailable => "no local port is free",
        io::ErrorKind::TimedOut => "timed out",
        // The handshake's end of file comes from rustls's side without a source.
        io::ErrorKind::UnexpectedEof if io.get_ref().is_none() => "connection closed by the server",
        _ => return without_number(&io.to_string()),
    };
    known.to_owned()
}

/// `No route to host (os error 113)` without the number, which says nothing to most readers.
fn without_number(text: &str) -> String {
    let text = text.split(" (os error").next().unwrap_or(text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The kind of an error of the system.
pub(super) fn kind_of_io(error: &io::Error) -> HttpErrorKind {
    if limit_hint(error).is_some() {
        return HttpErrorKind::GeneratorLimit;
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => HttpErrorKind::ConnectionRefused,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::NotConnected => HttpErrorKind::ConnectionReset,
        io::ErrorKind::TimedOut => HttpErrorKind::ConnectTimeout,
        _ => HttpErrorKind::Other,
    }
}

/// What to do if this machine, not the target, is at its limit.
pub(super) fn limit_hint(error: &io::Error) -> Option<&'static str> {
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::AddrNotAvailable, _) => {
            Some("every local port is in use: widen net.ipv4.ip_local_port_range or keep connections alive")
        }
        (_, Some(EMFILE | ENFILE)) => Some("too many open files: raise the limit with ulimit -n"),
        (_, Some(ENOBUFS)) | (io::ErrorKind::OutOfMemory, _) => Some("this machine has no memory left"),
        _ => None,
    }
}

/// The kind of an error in the middle of an exchange.
pub(super) fn kind_of_exchange(error: &hyper::Error) -> HttpErrorKind {
    if let Some(io) = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()) {
        return match tls_error(io) {
            Some(_) => HttpErrorKind::Tls,
            None => kind_of_io(io),
        };
    }
    if error.is_incomplete_message()
        || error.is_closed()
        || error.is_canceled()
        || error.is_body_write_aborted()
    {
        HttpErrorKind::ConnectionReset
    } else {
        HttpErrorKind::Protocol
    }
}

/// Whether the server's certificate is the fault.
pub(super) fn is_certificate_fault(error: &io::Error) -> bool {
    matches!(
        tls_error(error),
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)
    )
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref::<rustls::Error>()
}
