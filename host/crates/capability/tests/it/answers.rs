//! What comes back, and how long it stays.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use outrider_capability::{HttpErrorKind, HttpRequest, ResponseError};

use crate::server::{Server, answer, answer_with};
use crate::user::{Names, User};

const TEXT: &str =
    r#"{"items": [{"sku": "a-1"}, {"sku": "b-2"}], "text": "compressed, compressed, compressed"}"#;

fn compressed(encoding: &str) -> Bytes {
    let text = TEXT.as_bytes();
    match encoding {
        "gzip" => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap().into()
        }
        "deflate" => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text).unwrap();
            encoder.finish().unwrap().into()
        }
        "br" => {
            let mut bytes = Vec::new();
            brotli::CompressorWriter::new(&mut bytes, 4096, 5, 20).write_all(text).unwrap();
            bytes.into()
        }
        "zstd" => zstd::encode_all(text, 1).unwrap().into(),
        _ => Bytes::copy_from_slice(text),
    }
}

/// `/gzip` answers with gzip, and so on; `/broken` with what is not gzip.
async fn server() -> Server {
    Server::http1(|request| async move {
        match request.uri().path() {
            "/" => answer(200, TEXT),
            "/broken" => answer_with(200, "content-encoding", "gzip", "this is not gzip"),
            path => answer_with(200, "content-encoding", &path[1..], compressed(&path[1..])),
        }
    })
    .await
}

#[tokio::test]
async fn every_compression_is_undone_when_the_body_is_asked_for() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    for encoding in ["gzip", "deflate", "br", "zstd", "identity"] {
        let id = user.send(&HttpRequest::get(format!("/{encoding}"))).await.unwrap();
        let responses = user.client.responses();
        assert_eq!(responses.get(id).unwrap().text().unwrap(), TEXT, "{encoding}");
        assert_eq!(responses.json_path(id, "$.items[1].sku").unwrap().unwrap(), "\"b-2\"");
        assert_eq!(responses.regex(id, r#""sku": "(\w)-(\d)""#, 2).unwrap().unwrap(), "1");
        assert_eq!(responses.json_path_all(id, "$..sku").unwrap().len(), 2);
        let received = user.sample().bytes_received;
        let (wire, plain) = (compressed(encoding).len() as u64, TEXT.len() as u64);
        assert!(received > wire && received < wire + 200, "{encoding} {received} of {wire} and {plain}");
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_is_an_answer_all_the_same() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    let response = user.get("/broken").await.unwrap();
    assert_eq!(response.status(), 200);
    let error = response.text().unwrap_err();
    assert_eq!(error.kind(), HttpErrorKind::Decode);
    assert!(error.to_string().starts_with("cannot decode the body: gzip data is broken: "), "{error}");
    assert!(user.sample().ok);
}

#[tokio::test]
async fn a_bomb_is_not_unpacked() {
    let server = server().await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| {
        config.max_decoded_bytes = TEXT.len() - 1
    });
    let error = user.get("/gzip").await.unwrap().bytes().unwrap_err();
    let limit = TEXT.len() - 1;
    assert_eq!(
        error.to_string(),
        format!("cannot decode the body: more than {limit} bytes when decompressed")
    );
}

#[tokio::test]
async fn a_discarded_body_is_counted_only() {
    let server = server().await;
    let mut user = User::with(&server.url("/"), &[], Names::new(&[]), |config| config.discard_bodies = true);
    let response = user.get("/").await.unwrap();
    assert_eq!(response.bytes(), Err(ResponseError::Discarded));
    assert!(response.bytes_received() > TEXT.len() as u64);
    assert!(user.sample().bytes_received > TEXT.len() as u64);
    let kept = HttpRequest { discard_body: Some(false), ..HttpRequest::get("/") };
    assert_eq!(user.text(&kept).await, TEXT);
}

#[tokio::test]
async fn answers_are_freed_at_the_end_of_the_iteration() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    let id = user.send(&HttpRequest::get("/")).await.unwrap();
    user.client.end_iteration();
    assert_eq!(user.client.response(id).unwrap_err(), ResponseError::Unknown { id: id.0 });
    assert!(user.client.responses().is_empty());
}

#[tokio::test]
async fn header_fields_are_read_in_any_case() {
    let server = Server::http1(|_| async {
        let mut response = answer_with(200, "x-a", "1", "");
        response.headers_mut().append("x-a", "2".parse().unwrap());
        response.headers_mut().append("x-b", http::HeaderValue::from_bytes(b"\xff").unwrap());
        response
    })
    .await;
    let mut user = User::of(&server.url("/"));
    let response = user.get("/").await.unwrap();
    assert_eq!(response.header("X-A").as_deref(), Some("1"));
    assert_eq!(response.header_values("x-a").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(response.header("x-b").as_deref(), Some("\u{fffd}"));
    assert_eq!(response.header("not a name"), None);
    assert!(response.header_fields().any(|(name, value)| name == "content-length" && value == "0"));
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    for _ in 0..2 {
        let id = user.send(&HttpRequest::new("HEAD", "/gzip")).await.unwrap();
        let response = user.client.response(id).unwrap();
        assert_eq!(response.bytes().unwrap().len(), 0);
        assert!(response.header("content-length").is_some());
    }
    assert_eq!(server.accepted(), 1);
}

#[tokio::test]
async fn a_request_says_which_status_it_expects_and_how_it_is_tagged() {
    let server = Server::http1(|request| async move {
        match request.uri().path() {
            "/moved" => answer_with(302, "location", "/gone", ""),
            _ => answer(404, ""),
        }
    })
    .await;
    let mut user = User::of(&server.url("/"));
    let tags: outrider_model::Tags = Arc::new([("page".into(), "gone".into())]);
    let request = HttpRequest { expected: vec![404..=404], tags: Some(tags), ..HttpRequest::get("/moved") };
    let id = user.send(&request).await.unwrap();
    assert!(user.client.response(id).unwrap().is_ok());
    let samples = user.samples();
    assert!(samples.iter().all(|sample| sample.ok && sample.origin.tags.len() == 1), "{samples:?}");

    let request = HttpRequest { expected: vec![200..=299], ..HttpRequest::get("/gone") };
    user.send(&request).await.unwrap();
    let sample = user.sample();
    assert_eq!((sample.ok, sample.error_kind.as_deref()), (false, Some("status 404")));
    assert!(sample.origin.tags.is_empty());
}
