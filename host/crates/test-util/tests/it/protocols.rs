//! HTTP/1.1 and HTTP/2, plain and over TLS, with good and bad certificates.

use std::io::ErrorKind;

use http::Version;
use outrider_test_util::{Behaviour, Certificate, Protocols, TargetServer};

use crate::client::{Client, raw_get, read_all, tls};

fn target(certificate: Certificate, protocols: Protocols) -> TargetServer {
    let hello = Behaviour::text("hello");
    TargetServer::builder().route("/", hello).tls(certificate).protocols(protocols).start()
}

#[tokio::test]
async fn plain_connections_are_told_apart_by_their_first_bytes() {
    let target = TargetServer::builder().route("/", Behaviour::text("hello")).start();
    assert_eq!(Client::http1(&target).await.get("/").await.version, Version::HTTP_11);
    assert_eq!(Client::http2(&target).await.get("/").await.version, Version::HTTP_2);
    assert_eq!(target.url("/a"), format!("http://{}/a", target.addr()));
    assert_eq!(target.ca_pem(), None);
}

#[tokio::test]
async fn a_target_may_speak_one_protocol_alone() {
    let hello = || TargetServer::builder().route("/", Behaviour::text("hello"));
    let old = hello().protocols(Protocols::Http1).start();
    assert_eq!(Client::http1(&old).await.get("/").await.status, 200);
    assert!(Client::http2(&old).await.try_get("/").await.is_err());
    let new = hello().protocols(Protocols::Http2).start();
    assert_eq!(Client::http2(&new).await.get("/").await.status, 200);
    assert!(Client::http1(&new).await.try_get("/").await.is_err());
}

#[tokio::test]
async fn tls_agrees_on_the_protocol_that_both_speak() {
    for (protocols, offered, agreed) in [
        (Protocols::Both, &["h2", "http/1.1"][..], Some("h2")),
        (Protocols::Both, &["http/1.1"], Some("http/1.1")),
        (Protocols::Both, &[], None),
        (Protocols::Http1, &["h2", "http/1.1"], Some("http/1.1")),
    ] {
        let target = target(Certificate::Trusted, protocols);
        assert!(target.url("/").starts_with("https://127.0.0.1:"));
        let stream = tls(&target, offered).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), agreed.map(str::as_bytes));
        let mut client = match agreed {
            Some("h2") => Client::http2_over(stream).await,
            _ => Client::http1_over(stream).await,
        };
        assert_eq!(client.get("/").await.text(), "hello");
    }
}

#[tokio::test]
async fn bad_certificates_are_refused_each_for_its_reason() {
    for (certificate, reason) in [
        (Certificate::Expired, "Expired"),
        (Certificate::WrongName, "NotValidForName"),
        (Certificate::SelfSigned, "UnknownIssuer"),
    ] {
        let error = tls(&target(certificate, Protocols::Both), &[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(format!("{error:?}").contains(reason), "{certificate:?}: {error:?}");
    }
}

#[tokio::test]
async fn faults_go_through_tls_as_well() {
    let cut = Behaviour::closes_mid_body(100, 40);
    let target = TargetServer::builder().route("/", cut).tls(Certificate::Trusted).start();
    let stream = tls(&target, &["http/1.1"]).await.unwrap();
    let error = Client::http1_over(stream).await.try_get("/").await.unwrap_err();
    assert!(format!("{error:?}").contains("UnexpectedEof"), "{error:?}");
}

#[test]
fn a_plain_request_to_tls_is_no_answer_and_no_harm() {
    let target = target(Certificate::Trusted, Protocols::Both);
    let (_, _) = read_all(raw_get(target.addr(), "/"));
    assert_eq!((target.connections(), target.total_requests()), (1, 0));
}
