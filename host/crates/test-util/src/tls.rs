//! Certificates for the target, good ones and bad ones.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;

use crate::Protocols;

/// Which certificate the target shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Valid for `localhost` and `127.0.0.1`, signed by the authority of
    /// [`TargetServer::ca_pem`](crate::TargetServer::ca_pem).
    Trusted,
    /// The same, but no longer valid since the year 2000.
    Expired,
    /// Signed by that authority, but for `elsewhere.test`.
    WrongName,
    /// Valid for the names, but signed by itself.
    SelfSigned,
}

/// A server's side of TLS, and the authority that clients may trust.
pub(crate) struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    pub(crate) ca_pem: String,
}

impl Identity {
    pub(crate) fn new(certificate: Certificate, protocols: Protocols) -> Identity {
        let authority = authority();
        let key = KeyPair::generate().expect("ring makes a key");
        let params = params(certificate);
        let leaf = match certificate {
            Certificate::SelfSigned => params.self_signed(&key),
            _ => params.signed_by(&key, &authority),
        };
        let leaf = leaf.expect("the parameters are valid").der().clone();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring knows the default versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key.into())
            .expect("key and certificate fit");
        config.alpn_protocols = protocols.alpn();
        Identity { config: Arc::new(config), ca_pem: authority.pem() }
    }
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new([]).expect("no name is a valid list of names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "outrider test authority");
    let key = KeyPair::generate().expect("ring makes a key");
    CertifiedIssuer::self_signed(params, key).expect("the parameters are valid")
}

fn params(certificate: Certificate) -> CertificateParams {
    let names: &[&str] = match certificate {
        Certificate::WrongName => &["elsewhere.test"],
        _ => &["localhost", "127.0.0.1"],
    };
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("the names are valid");
    params.distinguished_name.push(DnType::CommonName, "outrider test target");
    if certificate == Certificate::Expired {
        params.not_before = date_time_ymd(1999, 1, 1);
        params.not_after = date_time_ymd(2000, 1, 1);
    }
    params
}
