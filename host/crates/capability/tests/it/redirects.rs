//! Redirects.

use outrider_capability::{HttpErrorKind, HttpRequest, RequestBody};

use crate::server::{Server, answer, answer_with};
use crate::user::{Names, User};

/// `/302/a` redirects to `/a`, `/loop` to itself, anything else says what arrived.
async fn server() -> Server {
    Server::http1(|request| async move {
        let path = request.uri().path().to_owned();
        let secret = request.headers().contains_key("authorization");
        match path.trim_start_matches('/').split_once('/') {
            Some((status, rest)) if status.starts_with('3') => {
                let query = request.uri().query().map(|to| to.to_owned());
                answer_with(status.parse().unwrap(), "location", query.unwrap_or(format!("/{rest}")), "moved")
            }
            _ if path == "/loop" => answer_with(302, "location", "/loop", ""),
            _ => {
                let (method, length) = (request.method(), request.body().len());
                let kind = request.headers().contains_key("content-type");
                answer(200, format!("{method} {path} {length} {kind} {secret}"))
            }
        }
    })
    .await
}

#[tokio::test]
async fn each_hop_is_an_exchange_of_its_own() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    let request = HttpRequest { name: Some("login".into()), ..HttpRequest::get("/302/301/page/7#top") };
    let id = user.send(&request).await.unwrap();
    let response = user.client.response(id).unwrap();
    assert_eq!(response.text().unwrap(), "GET /page/7 0 false false");
    assert_eq!((response.redirects(), &**response.url()), (2, server.url("/page/7").as_str()));
    assert_eq!(&**response.name(), "/page/:id");
    let samples = user.samples();
    let told: Vec<_> = samples.iter().map(|s| (&*s.name, s.status.unwrap(), s.ok)).collect();
    assert_eq!(told, [("login", 302, true), ("/:id/page/:id", 301, true), ("/page/:id", 200, true)]);
    assert_eq!(samples[0].trace_id, samples[2].trace_id, "one trace for all hops");
    assert_eq!(server.accepted(), 1, "the redirects' bodies are read to their end");
}

#[tokio::test]
async fn methods_and_bodies_follow_as_in_browsers() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    for (status, expected) in [
        (301, "GET /x 0 false false"),
        (302, "GET /x 0 false false"),
        (303, "GET /x 0 false false"),
        (307, "POST /x 2 true false"),
        (308, "POST /x 2 true false"),
    ] {
        let request = HttpRequest::post(format!("/{status}/x"), RequestBody::Json("{}".to_owned()));
        assert_eq!(user.text(&request).await, expected, "{status}");
    }
}

#[tokio::test]
async fn a_redirect_to_a_host_that_is_not_granted_is_refused() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    for (to, hint) in [
        ("http://other.test/x", "--allow-net other.test:80"),
        ("http://[::ffff:169.254.169.254]/latest", "--allow-net [::ffff:a9fe:a9fe]:80"),
    ] {
        let error = user.get(&format!("/302/a?{to}")).await.unwrap_err();
        assert_eq!(error.kind(), HttpErrorKind::NotGranted);
        assert_eq!(error.hint().unwrap(), hint);
        let samples = user.samples();
        let told: Vec<_> = samples.iter().map(|s| (s.status, s.error_kind.as_deref())).collect();
        assert_eq!(told, [(Some(302), None), (None, Some("not granted"))]);
    }
}

#[tokio::test]
async fn secrets_do_not_cross_origins() {
    let (first, second) = (server().await, server().await);
    let grant = second.address.to_string();
    let mut user = User::with(&first.url("/"), &[&grant], Names::new(&[]), |_| {});
    let request = |url: String| HttpRequest::get(url).header("authorization", "secret");
    assert_eq!(user.text(&request("/302/x".to_owned())).await, "GET /x 0 false true");
    assert_eq!(user.text(&request(format!("/302/x?{}", second.url("/x")))).await, "GET /x 0 false false");
}

#[tokio::test]
async fn too_many_redirects_are_an_error_of_the_last_hop() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    let request = HttpRequest { max_redirects: Some(3), ..HttpRequest::get("/loop") };
    let error = user.send(&request).await.unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::TooManyRedirects);
    assert_eq!(error.message(), "more than 3 redirects");
    let samples = user.samples();
    assert_eq!(samples.iter().map(|s| s.ok).collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(samples[3].error_kind.as_deref(), Some("too many redirects"));
}

#[tokio::test]
async fn without_following_the_redirect_itself_is_the_answer() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    let request = HttpRequest { max_redirects: Some(0), ..HttpRequest::get("/302/x") };
    let id = user.send(&request).await.unwrap();
    let response = user.client.response(id).unwrap();
    assert_eq!((response.status(), response.header("location").as_deref()), (302, Some("/x")));
    assert_eq!(response.text().unwrap(), "moved");
    assert!(user.sample().ok);
}

#[tokio::test]
async fn a_redirect_to_nonsense_is_an_invalid_url() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    for to in ["http://[", "javascript:alert(1)"] {
        let error = user.get(&format!("/302/x?{to}")).await.unwrap_err();
        assert_eq!(error.kind(), HttpErrorKind::InvalidUrl, "{to}: {}", error.message());
        assert!(!user.samples().last().unwrap().ok);
    }
}
