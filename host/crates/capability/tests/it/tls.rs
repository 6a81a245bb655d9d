//! TLS and certificates.

use std::time::Duration;

use outrider_capability::{HttpConfig, HttpErrorKind};

use crate::server::{Certificate, Server, answer};
use crate::user::{Names, User};

async fn server(certificate: &Certificate) -> Server {
    Server::tls(certificate, &["h2", "http/1.1"], |_| async { answer(200, "secret") }).await
}

fn user(server: &Server, host: &str, configure: impl FnOnce(&mut HttpConfig)) -> User {
    let names = Names::new(&[("shop.test", "127.0.0.1"), ("other.test", "127.0.0.1")]);
    User::with(&format!("https://{host}:{}", server.port()), &[], names, configure)
}

#[tokio::test]
async fn a_certificate_that_nobody_signed_is_refused() {
    let certificate = Certificate::new(&["shop.test"]);
    let server = server(&certificate).await;
    // With one root of our own, the outcome does not depend on what this system trusts.
    let root = Certificate::new(&["root.test"]);
    let mut user = user(&server, "shop.test", |config| config.extra_root_certificates = vec![root.der]);
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Tls);
    let expected = format!(
        "cannot establish TLS with shop.test:{}: the certificate is signed by nobody whom this system trusts",
        server.port()
    );
    assert_eq!(error.message(), expected);
    assert_eq!(error.hint().unwrap(), "--insecure accepts every certificate");
    let sample = user.sample();
    assert_eq!(sample.error_kind.as_deref(), Some("tls"));
    assert!(sample.phases.tls > Duration::ZERO, "{:?}", sample.phases);
    assert_eq!(sample.remote_address, Some(server.address));
}

#[tokio::test]
async fn insecure_accepts_it() {
    let server = server(&Certificate::new(&["shop.test"])).await;
    let mut user = user(&server, "other.test", |config| config.insecure = true);
    assert_eq!(user.get("/").await.unwrap().text().unwrap(), "secret");
}

#[tokio::test]
async fn an_extra_root_is_trusted_for_its_name_only() {
    let certificate = Certificate::new(&["shop.test"]);
    let server = server(&certificate).await;
    let trust = |config: &mut HttpConfig| config.extra_root_certificates = vec![certificate.der.clone()];
    assert_eq!(user(&server, "shop.test", trust).get("/").await.unwrap().status(), 200);

    let error = user(&server, "other.test", trust).get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Tls);
    assert!(error.message().contains("not valid for name"), "{}", error.message());
    assert!(error.message().contains("shop.test"), "{}", error.message());
}

#[tokio::test]
async fn a_port_that_speaks_no_tls_is_told() {
    let plain = Server::http1(|_| async { answer(200, "") }).await;
    let mut user = user(&plain, "shop.test", |config| config.insecure = true);
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Tls, "{}", error.message());
    assert_eq!(error.hint(), None, "no flag helps");
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_a_connect_timeout() {
    let silent = Server::raw(|_, stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let mut user = user(&silent, "shop.test", |config| {
        config.insecure = true;
        config.connect_timeout = Duration::from_millis(50);
    });
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::ConnectTimeout);
    let phases = user.sample().phases;
    assert!(phases.tls > Duration::from_millis(20) && phases.connect > Duration::ZERO, "{phases:?}");
}

#[tokio::test]
async fn a_second_connection_of_a_user_resumes_the_session() {
    let server = server(&Certificate::new(&["shop.test"])).await;
    let mut user = user(&server, "shop.test", |config| config.insecure = true);
    for _ in 0..3 {
        user.get("/").await.unwrap();
        user.client.close_connections();
    }
    assert_eq!(server.accepted(), 3);
    assert!(user.samples().iter().all(|sample| sample.phases.tls > Duration::ZERO));
}
