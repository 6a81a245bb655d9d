//! TLS: one configuration for the run, one session cache for each virtual user.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::config::{HttpConfig, HttpVersionPolicy};

/// Sessions of a VU that can be resumed: a user visits a handful of hosts.
const SESSIONS_PER_VU: usize = 8;

/// The TLS configuration cannot be made.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TlsSetupError {
    /// The system has no root certificates.
    #[error("this system has no root certificates: {details}")]
    NoRoots {
        /// What the search for them said.
        details: Arc<str>,
    },
    /// An extra root certificate cannot be used.
    #[error("extra root certificate {index} cannot be used")]
    ExtraRoot {
        /// Its place in the list, from 0.
        index: usize,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// The cryptography that was built in supports no version of TLS.
    #[error("cannot configure TLS")]
    Versions(#[from] rustls::Error),
}

/// Makes the run's configuration. Reads the system's root certificates from disk.
pub(crate) fn client_config(config: &HttpConfig) -> Result<ClientConfig, TlsSetupError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
    let mut tls = if config.insecure {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AcceptAll { provider }))
            .with_no_client_auth()
    } else {
        builder.with_root_certificates(roots(&config.extra_root_certificates)?).with_no_client_auth()
    };
    tls.alpn_protocols = match config.version {
        HttpVersionPolicy::Negotiate => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        HttpVersionPolicy::Http1 => vec![b"http/1.1".to_vec()],
        HttpVersionPolicy::Http2 => vec![b"h2".to_vec()],
    };
    Ok(tls)
}

/// A virtual user's configuration: it resumes its own sessions only, since a new user of a site has none.
pub(crate) fn config_of_vu(config: &ClientConfig) -> ClientConfig {
    let mut config = config.clone();
    config.resumption = Resumption::in_memory_sessions(SESSIONS_PER_VU);
    config
}

fn roots(extra: &[Vec<u8>]) -> Result<RootCertStore, TlsSetupError> {
    let mut store = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    // Certificates that rustls cannot use are common in system stores: the others count.
    store.add_parsable_certificates(system.certs);
    for (index, der) in extra.iter().enumerate() {
        let certificate = CertificateDer::from(der.clone());
        store.add(certificate).map_err(|source| TlsSetupError::ExtraRoot { index, source })?;
    }
    if store.is_empty() {
        let details: Vec<String> = system.errors.iter().map(ToString::to_string).collect();
        return Err(TlsSetupError::NoRoots { details: details.join("; ").into() });
    }
    Ok(store)
}

/// `--insecure`: accepts every certificate, but still checks that the server has its key.
#[derive(Debug)]
struct AcceptAll {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AcceptAll {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
