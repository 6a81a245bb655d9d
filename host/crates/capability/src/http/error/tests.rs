use super::*;

#[test]
fn a_refused_connection_is_told_in_plain_words() {
    let error =
        HttpError::Connect { authority: "127.0.0.1:9".to_owned(), source: io::Error::from_raw_os_error(111) };
    assert_eq!(error.message(), "cannot connect to 127.0.0.1:9: connection refused");
    assert_eq!(error.kind(), HttpErrorKind::ConnectionRefused);
    assert_eq!(error.hint(), None);
}

#[test]
fn a_limit_of_this_machine_is_the_generators_failure() {
    for (number, words) in [(99, "no local port is free"), (24, "too many open files")] {
        let source = io::Error::from_raw_os_error(number);
        let error = HttpError::Connect { authority: "h:1".to_owned(), source };
        assert_eq!(error.kind(), HttpErrorKind::GeneratorLimit, "{error}");
        assert_eq!(error.message(), format!("cannot connect to h:1: {words}"));
        assert!(error.hint().is_some());
    }
}

#[test]
fn a_bad_certificate_is_named_and_the_flag_hinted_at() {
    let fault = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    let source = io::Error::new(io::ErrorKind::InvalidData, fault);
    let error = HttpError::Tls { authority: "h:443".to_owned(), source };
    assert_eq!(
        error.message(),
        "cannot establish TLS with h:443: the certificate is signed by nobody whom this system trusts"
    );
    assert_eq!(error.hint().unwrap(), "--insecure accepts every certificate");
}

#[test]
fn a_system_error_loses_its_number() {
    let source = io::Error::from_raw_os_error(13);
    let error = HttpError::Connect { authority: "h:1".to_owned(), source };
    assert_eq!(error.message(), "cannot connect to h:1: permission denied");
}

#[test]
fn a_refusal_keeps_its_words_and_hint() {
    let refusal = Refusal::NotGranted { url: "http://o/".to_owned(), allow: "o:80".to_owned() };
    let error = HttpError::from(refusal);
    assert_eq!(error.message(), "request to http://o/ is not granted");
    assert_eq!(error.hint().unwrap(), "--allow-net o:80");
}

#[test]
fn the_reason_leaves_out_what_failed() {
    let source = io::Error::from_raw_os_error(111);
    let error = HttpError::Connect { authority: "127.0.0.1:9".to_owned(), source };
    assert_eq!(error.reason(), "connection refused");
    let error = HttpError::UnusableUrl { url: "ftp://h/".to_owned(), reason: "only http and https can" };
    assert_eq!(error.reason(), "only http and https can");
    let source = url::ParseError::RelativeUrlWithoutBase;
    assert_eq!(HttpError::InvalidUrl { url: "/".to_owned(), source }.reason(), "relative URL without a base");
    assert_eq!(HttpError::TooManyRedirects { limit: 10 }.reason(), "more than 10 redirects");
}
