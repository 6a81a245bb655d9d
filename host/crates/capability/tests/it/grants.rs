//! Grants, as the client applies them.

use outrider_capability::{HttpErrorKind, HttpRequest};

use crate::server::{Server, answer};
use crate::user::{Names, User};

#[tokio::test]
async fn what_is_not_granted_is_refused_with_the_flag_that_would_allow_it() {
    let server = Server::http1(|_| async { answer(200, "") }).await;
    let mut user = User::of("http://shop.test");
    let error = user.send(&HttpRequest::get(server.url("/"))).await.unwrap_err();
    assert_eq!(error.message(), format!("request to {} is not granted", server.url("/")));
    assert_eq!(error.hint().unwrap(), format!("--allow-net {}", server.address));
    assert_eq!(user.sample().error_kind.as_deref(), Some("not granted"));
    assert_eq!(server.accepted(), 0);
}

#[tokio::test]
async fn a_grant_opens_a_second_host() {
    let server = Server::http1(|_| async { answer(200, "") }).await;
    let grant = server.address.to_string();
    let mut user = User::with("http://shop.test", &[&grant], Names::new(&[]), |_| {});
    user.send(&HttpRequest::get(server.url("/"))).await.unwrap();
}

#[tokio::test]
async fn a_granted_name_does_not_lead_to_a_metadata_address() {
    for address in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "127.0.0.1 169.254.169.254"]
    {
        let names = Names(
            std::iter::once(("evil.test", address.split(' ').map(|a| a.parse().unwrap()).collect()))
                .collect(),
        );
        let mut user = User::with("http://evil.test", &["*.test:*"], names.into(), |_| {});
        let error = user.get("/").await.unwrap_err();
        assert_eq!(error.kind(), HttpErrorKind::NotGranted, "{address}: {}", error.message());
        assert!(error.message().contains("metadata address"), "{}", error.message());
        assert!(error.hint().unwrap().starts_with("--allow-net "), "{:?}", error.hint());
    }
}
