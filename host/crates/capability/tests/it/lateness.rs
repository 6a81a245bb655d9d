//! Which exchanges of an iteration carry how late it started.

use std::time::Duration;

use outrider_capability::HttpRequest;

use crate::server::{Server, answer, answer_with};
use crate::user::User;

const LATE: Duration = Duration::from_secs(6);

/// Lateness in whole seconds by label, in the order of the names.
fn lateness(user: &User) -> Vec<(String, u64)> {
    let mut found: Vec<_> =
        user.samples().iter().map(|sample| (sample.name.to_string(), sample.lateness.as_secs())).collect();
    found.sort();
    found
}

fn expected(names: &[(&str, u64)]) -> Vec<(String, u64)> {
    names.iter().map(|(name, late)| ((*name).to_owned(), *late)).collect()
}

async fn server() -> Server {
    Server::http1(|request| async move {
        match request.uri().path() {
            "/moved" => answer_with(302, "location", "/new", ""),
            _ => answer(200, ""),
        }
    })
    .await
}

#[tokio::test]
async fn the_first_exchange_carries_it_and_those_that_follow_an_answer_do_not() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    user.client.set_lateness(LATE);
    user.get("/moved").await.unwrap();
    user.get("/z").await.unwrap();
    assert_eq!(lateness(&user), expected(&[("/moved", 6), ("/new", 0), ("/z", 0)]));
}

#[tokio::test]
async fn all_of_a_first_batch_carry_it() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    user.client.set_lateness(LATE);
    for paths in [["/a", "/b"], ["/y", "/z"]] {
        let requests = paths.map(HttpRequest::get);
        assert!(user.batch(&requests).await.iter().all(Result::is_ok));
    }
    assert_eq!(lateness(&user), expected(&[("/a", 6), ("/b", 6), ("/y", 0), ("/z", 0)]));
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_was_late_too_and_the_next_iteration_knows_nothing_of_it() {
    let server = server().await;
    let mut user = User::of(&server.url("/"));
    user.client.set_lateness(LATE);
    assert!(user.get("http://elsewhere.test/").await.is_err());
    assert_eq!(lateness(&user), expected(&[("elsewhere.test/", 6)]));
    user.client.set_lateness(LATE);
    user.client.end_iteration();
    user.get("/a").await.unwrap();
    assert_eq!(lateness(&user), expected(&[("/a", 0)]));
}
