//! What is sent.

use bytes::Bytes;
use outrider_capability::{DrawFor, HttpRequest, Part, RequestBody, TraceMode, UserAgentChoice};
use outrider_model::IterationIndex;

use crate::server::{Server, answer};
use crate::user::{Names, User};

/// Answers with the request: its line, its header fields and its body.
async fn echo() -> Server {
    Server::http1(|request| async move {
        let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
        };
        let fields: String = request.headers().iter().map(field).collect();
        let body = String::from_utf8_lossy(request.body());
        let text = format!("{} {}\n{fields}\n{body}", request.method(), request.uri());
        answer(200, text)
    })
    .await
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn default_headers_are_sent_and_can_be_replaced() {
    let server = echo().await;
    let mut user = User::of(&server.url("/base/"));
    let text = user.text(&HttpRequest::get("a?b=c")).await;
    assert!(text.starts_with("GET /base/a?b=c\n"), "{text}");
    assert_eq!(field(&text, "host").unwrap(), server.address.to_string());
    assert_eq!(field(&text, "user-agent").unwrap(), concat!("outrider/", env!("CARGO_PKG_VERSION")));
    assert_eq!(field(&text, "accept-encoding").unwrap(), "gzip, deflate, br, zstd");
    assert_eq!(field(&text, "content-length"), None);

    let request = HttpRequest::get("/")
        .header("User-Agent", "mine")
        .header("accept-encoding", "gzip")
        .header("host", "virtual.test")
        .header("x-a", "1")
        .header("x-a", "2");
    let text = user.text(&request).await;
    assert_eq!(text.matches("user-agent: ").count(), 1);
    assert_eq!(field(&text, "user-agent").unwrap(), "mine");
    assert_eq!(field(&text, "accept-encoding").unwrap(), "gzip");
    assert_eq!(field(&text, "host").unwrap(), "virtual.test");
    assert!(text.contains("x-a: 1\nx-a: 2\n"), "{text}");
}

#[tokio::test]
async fn a_user_sends_the_user_agent_that_it_was_drawn() {
    let server = echo().await;
    let choice = |text: &str, weight| UserAgentChoice { text: text.into(), weight };
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| {
        config.user_agents = vec![choice("never", 0), choice("phone/1.0", 3)];
    });
    assert_eq!(field(&user.text(&HttpRequest::get("/")).await, "user-agent").unwrap(), "phone/1.0");
    let own = HttpRequest::get("/").header("user-agent", "mine");
    assert_eq!(field(&user.text(&own).await, "user-agent").unwrap(), "mine");
}

#[tokio::test]
async fn user_and_password_of_the_url_are_sent_but_not_recorded() {
    let server = echo().await;
    let mut user = User::of(&server.url("/"));
    let url = format!("http://al:secret@{}/x#f", server.address);
    let text = user.text(&HttpRequest::get(url)).await;
    assert_eq!(field(&text, "authorization").unwrap(), "Basic YWw6c2VjcmV0");
    assert_eq!(&*user.sample().url, server.url("/x"));
}

#[tokio::test]
async fn the_trace_id_is_sent_and_recorded() {
    let server = echo().await;
    let mut user = User::of(&server.url("/"));
    let text = user.text(&HttpRequest::get("/")).await;
    let id = user.sample().trace_id.unwrap();
    assert_eq!(field(&text, "traceparent").unwrap().split('-').nth(1).unwrap(), &*id);

    let own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let text = user.text(&HttpRequest::get("/").header("traceparent", own)).await;
    assert_eq!(field(&text, "traceparent").unwrap(), own);
    assert_eq!(user.sample().trace_id.as_deref(), Some("0af7651916cd43dd8448eb211c80319c"));
}

#[tokio::test]
async fn an_iteration_has_a_trace_id_that_no_other_one_of_the_run_has() {
    let server = echo().await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| {
        config.trace = TraceMode::PerIteration;
    });
    // The same user once more, as after a trap: an iteration is run once in a run.
    let mut again = user.again();
    for (client, iterations) in [(&mut user, [7, 8]), (&mut again, [9, 10])] {
        for iteration in iterations {
            client.client.begin(iteration_of("default", iteration));
            client.get("/").await.unwrap();
            client.get("/").await.unwrap();
            client.client.end_iteration();
        }
    }
    let ids: Vec<_> = user.samples().into_iter().map(|sample| sample.trace_id.unwrap()).collect();
    let [a, a2, b, b2, c, c2, d, d2] = &ids[..] else { panic!("{ids:?}") };
    assert_eq!([a, b, c, d], [a2, b2, c2, d2]);
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), 4, "{ids:?}");
}

fn iteration_of(scenario: &str, index: u64) -> DrawFor<'_> {
    DrawFor::Iteration { scenario, index: IterationIndex(index) }
}

#[tokio::test]
async fn bodies_arrive_with_their_type_and_length() {
    let server = echo().await;
    let mut user = User::of(&server.url("/"));
    let table = [
        (RequestBody::Json("{\"a\":1}".to_owned()), "application/json", "{\"a\":1}"),
        (RequestBody::Text("hé".to_owned()), "text/plain; charset=utf-8", "hé"),
        (
            RequestBody::Form(vec![("a b".to_owned(), "1&2".to_owned())]),
            "application/x-www-form-urlencoded",
            "a+b=1%262",
        ),
    ];
    for (body, kind, expected) in table {
        let text = user.text(&HttpRequest::post("/", body)).await;
        assert_eq!(field(&text, "content-type").unwrap(), kind);
        assert_eq!(field(&text, "content-length").unwrap(), expected.len().to_string());
        assert!(text.ends_with(&format!("\n\n{expected}")), "{text}");
    }
    let own = HttpRequest::post("/", RequestBody::Json("{}".to_owned())).header("content-type", "a/b");
    assert_eq!(field(&user.text(&own).await, "content-type").unwrap(), "a/b");
    let bytes = HttpRequest::post("/", RequestBody::Bytes(Bytes::from_static(b"raw")));
    assert_eq!(field(&user.text(&bytes).await, "content-type"), None);
}

#[tokio::test]
async fn a_multipart_form_is_framed_by_the_boundary_it_announces() {
    let server = echo().await;
    let mut user = User::of(&server.url("/"));
    let file = Part {
        name: "photo".to_owned(),
        file_name: Some("a.png".to_owned()),
        content_type: Some("image/png".to_owned()),
        content: Bytes::from_static(b"PNG"),
    };
    let text = user.text(&HttpRequest::post("/", RequestBody::Multipart(vec![file]))).await;
    let boundary =
        field(&text, "content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = text.split_once("\n\n").unwrap().1;
    assert!(body.starts_with(&format!("--{boundary}\r\n")), "{body}");
    assert!(body.ends_with(&format!("PNG\r\n--{boundary}--\r\n")), "{body}");
}

#[tokio::test]
async fn the_boundary_of_a_form_follows_from_the_iteration_and_not_from_the_user() {
    let server = echo().await;
    let form = HttpRequest::post("/", RequestBody::Multipart(Vec::new()));
    let user = User::of(&server.url("/"));
    let mut boundaries = Vec::new();
    for (mut user, iteration) in [(user.another(), 3), (user, 3)] {
        user.client.begin(iteration_of("default", 9));
        user.text(&form).await;
        user.client.begin(iteration_of("default", iteration));
        let drawn = [user.text(&form).await, user.text(&form).await];
        boundaries.push(drawn.map(|text| field(&text, "content-type").unwrap().to_owned()));
    }
    assert_eq!(boundaries[0], boundaries[1]);
    assert_ne!(boundaries[0][0], boundaries[0][1], "two forms of an iteration");
}

#[tokio::test]
async fn requests_are_named_by_the_journey_or_by_their_route() {
    let server = echo().await;
    let mut user = User::of(&server.url("/"));
    user.get("/product/17?x=1").await.unwrap();
    assert_eq!(&*user.sample().name, "/product/:id");
    let named = HttpRequest { name: Some("product page".into()), ..HttpRequest::get("/product/17") };
    user.send(&named).await.unwrap();
    assert_eq!(&*user.sample().name, "product page");
    let long = HttpRequest { name: Some("x".repeat(1000).into()), ..HttpRequest::get("/") };
    user.send(&long).await.unwrap();
    assert_eq!(user.sample().name.len(), 200);
}

#[tokio::test]
async fn long_urls_methods_and_errors_are_sent_whole_and_recorded_short() {
    let server = echo().await;
    let mut user = User::of(&server.url("/"));
    let path = format!("/x?q={}", "ä".repeat(3000));
    let request = HttpRequest::new("M".repeat(500), path);
    let text = user.text(&request).await;
    assert!(text.lines().next().unwrap().len() > 18_000, "each ä is sent as six bytes");
    let sample = user.sample();
    assert!((2040..=2048).contains(&sample.url.len()), "{}", sample.url.len());
    assert!(sample.url.ends_with('…'), "{}", sample.url);
    assert_eq!(sample.method.len(), 200);

    let refused = user.send(&HttpRequest::get(format!("http://other.test/{}", "x".repeat(20_000)))).await;
    assert!(refused.is_err());
    let sample = user.sample();
    assert_eq!((sample.url.len(), sample.error.unwrap().len()), (2048, 1024));
}
