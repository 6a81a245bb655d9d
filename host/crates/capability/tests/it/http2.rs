//! HTTP/2.

use outrider_capability::{HttpErrorKind, HttpRequest, HttpVersionPolicy, RequestBody};

use crate::server::{Certificate, Server, answer};
use crate::user::{Names, User};

fn http2_user(target: &str) -> User {
    User::with(target, &[], Names::new(&[]), |config| config.version = HttpVersionPolicy::Http2)
}

#[tokio::test]
async fn tls_negotiates_the_version() {
    let certificate = Certificate::new(&["localhost"]);
    for (offered, policy, expected) in [
        (&["h2", "http/1.1"][..], HttpVersionPolicy::Negotiate, "HTTP/2"),
        (&["http/1.1"], HttpVersionPolicy::Negotiate, "HTTP/1.1"),
        (&[], HttpVersionPolicy::Negotiate, "HTTP/1.1"),
        (&["h2", "http/1.1"], HttpVersionPolicy::Http1, "HTTP/1.1"),
        (&["h2", "http/1.1"], HttpVersionPolicy::Http2, "HTTP/2"),
    ] {
        let server = Server::tls(&certificate, offered, |request| async move {
            answer(200, format!("{:?}", request.version()))
        })
        .await;
        let mut user = User::with(&format!("https://{}", server.address), &[], Names::new(&[]), |config| {
            config.insecure = true;
            config.version = policy;
        });
        for reused in [false, true] {
            let response = user.get("/").await.unwrap();
            assert_eq!(response.protocol(), expected, "{offered:?} {policy:?}");
            assert_eq!(response.connection_reused(), reused);
        }
        assert_eq!(server.accepted(), 1);
    }
}

#[tokio::test]
async fn a_server_without_http2_is_a_tls_error_when_nothing_else_is_wanted() {
    let certificate = Certificate::new(&["localhost"]);
    let server = Server::tls(&certificate, &[], |_| async { answer(200, "") }).await;
    let mut user = User::with(&format!("https://{}", server.address), &[], Names::new(&[]), |config| {
        config.insecure = true;
        config.version = HttpVersionPolicy::Http2;
    });
    let error = user.get("/").await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Tls);
    assert!(error.message().ends_with("the server does not offer HTTP/2"), "{}", error.message());
}

#[tokio::test]
async fn prior_knowledge_speaks_http2_in_clear_text() {
    let server = Server::http2(|request| async move {
        let host = request.uri().authority().unwrap().to_string();
        answer(200, format!("{host} {} {}", request.uri().path(), request.body().len()))
    })
    .await;
    let mut user = http2_user(&server.url("/"));
    let request = HttpRequest::post("/a/b", RequestBody::Text("12345".to_owned()));
    assert_eq!(user.text(&request).await, format!("{} /a/b 5", server.address));
    assert_eq!(user.text(&request.header("host", "other.test")).await, "other.test /a/b 5");
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_connection_that_is_gone_is_replaced() {
    let server = Server::http2(|_| async { answer(200, "") }).await;
    let address = server.address;
    let mut user = http2_user(&server.url("/"));
    user.get("/").await.unwrap();
    drop(server);
    // The tasks of the server end, and with them its connections.
    let error = loop {
        if let Err(error) = user.get("/").await {
            break error;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(error.kind(), HttpErrorKind::ConnectionRefused, "{}", error.message());

    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let accepted = tokio::spawn(async move { listener.accept().await.is_ok() });
    let request =
        HttpRequest { timeout: Some(std::time::Duration::from_millis(50)), ..HttpRequest::get("/") };
    user.send(&request).await.unwrap_err();
    assert!(accepted.await.unwrap(), "a new connection is opened");
}

#[tokio::test]
async fn bytes_of_an_exchange_are_its_own() {
    let server = Server::http2(|_| async { answer(200, vec![b'x'; 50_000]) }).await;
    let mut user = http2_user(&server.url("/"));
    let requests = vec![HttpRequest::get("/"); 5];
    assert!(user.batch(&requests).await.iter().all(Result::is_ok));
    for sample in user.samples() {
        assert!((50_000..51_000).contains(&sample.bytes_received), "{}", sample.bytes_received);
        assert!((50..1_000).contains(&sample.bytes_sent), "{}", sample.bytes_sent);
    }
}
