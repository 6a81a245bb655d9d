//! The imports that send requests and read answers.

use std::time::Duration;

use outrider_sdk::http::{self, Error, Part, ReadError, Request, Response};
use outrider_sdk::serde_json::Value;
use outrider_sdk::{Result, check, ensure, json};

use crate::parameters::Parameters;

pub(super) fn call(parameters: &Parameters) -> Result<()> {
    let url = parameters.url.as_str();
    let response = http::get(url).name("calls").header("x-outrider-test", "1").tag("call", "one").send()?;
    read_head(&response)?;
    read_body(&response)?;
    read_nothing(url)?;
    send_side_by_side(url)?;
    send_faults();
    if let Some(url) = &parameters.post_url {
        send_bodies(url)?;
    }
    http::clear_cookies();
    http::close_connections();
    Ok(())
}

fn read_head(response: &Response) -> Result<()> {
    check::that("status is 200").actual(response.status()).equals(200);
    check::that("url is absolute").actual(response.url()?).contains("://");
    check::that("protocol is HTTP").actual(response.protocol()?).contains("HTTP/");
    check::that("header is found").actual(response.header("Content-Type")?).is_present();
    check::that("header that is not there is none").actual(response.header("x-none")?).equals(None::<String>);
    let names: Vec<String> = response.headers()?.into_iter().map(|header| header.name).collect();
    check::that("headers are listed")
        .actual(names)
        .holds("content-type among them", |names| names.iter().any(|name| name == "content-type"));
    let phases = response.timings()?;
    let sum = phases.dns + phases.connect + phases.tls + phases.send + phases.wait + phases.receive;
    check::that("phases fit into the duration").actual(sum).is_at_most(response.duration());
    Ok(())
}

fn read_body(response: &Response) -> Result<()> {
    let (bytes, text) = (response.bytes()?, response.text()?);
    check("body and text are the same", bytes == text.as_bytes());
    check::that("regex finds").actual(response.find_regex("(?s)(.)", 1)?).is_present();
    check::that("regex that does not match is none")
        .actual(response.find_regex("a^", 0)?)
        .equals(None::<String>);
    check::that("header regex finds")
        .actual(response.find_header_regex("content-type", "/(.)", 1)?)
        .is_present();
    check::that("css finds the root").actual(response.find_css(":root")?).is_present();
    check::that("css that selects nothing is none")
        .actual(response.css_all("no-such-element")?.len())
        .equals(0);
    check::that("xpath counts").actual(response.xpath("count(/*)")?).equals("1");
    check::that("xpath that selects nothing is none")
        .actual(response.find_xpath("//no-such")?)
        .equals(None::<String>);
    let invalid = [response.css("a["), response.xpath("//a["), response.css_attribute("&", "x")];
    check(
        "an invalid selector says so",
        invalid.iter().all(|found| matches!(found, Err(ReadError::InvalidPattern(_)))),
    );
    let invalid = response.regex("(", 0);
    check("an invalid regex says so", matches!(invalid, Err(ReadError::InvalidPattern(_))));
    match response.json::<Value>() {
        Ok(json) => {
            check("JSONPath $ is the whole", response.json_path::<Value>("$")? == json);
            check("JSONPath selects all", response.json_path_all::<Value>("$")?.len() == 1);
            let none = response.find_json_path::<Value>("$.there.is.no.such.key")?;
            check::that("JSONPath that selects nothing is none").actual(none).equals(None::<Value>);
        }
        Err(_) => {
            let outcome = response.find_json_path::<Value>("$");
            check(
                "JSONPath in a body that is no JSON says so",
                matches!(outcome, Err(ReadError::NotJson(_))),
            );
        }
    }
    Ok(())
}

fn read_nothing(url: &str) -> Result<()> {
    let response = http::get(url).discard_body().send()?;
    check("a discarded body says so", matches!(response.text(), Err(ReadError::Discarded)));
    check::that("a discarded body is counted").actual(response.body_size()).is_above(0);
    Ok(())
}

fn send_side_by_side(url: &str) -> Result<()> {
    let numbered = |number: u32| http::get(url).query("number", number);
    let answers = http::batch((0..3).map(numbered));
    ensure!(answers.len() == 3, "a batch of 3 has {} results", answers.len());
    for (number, answer) in answers.into_iter().enumerate() {
        let url = answer?.url()?;
        check::that("a batch keeps its order").actual(url).contains(&format!("number={number}"));
    }
    Ok(())
}

fn send_faults() {
    let outcome = |request: Request| request.timeout(Duration::from_secs(5)).send();
    let invalid = outcome(http::get("http://"));
    check("an invalid URL says so", matches!(invalid, Err(Error::InvalidUrl(_))));
    let refused = outcome(http::get("http://192.0.2.1:9/"));
    check("an address that is not granted says so", matches!(refused, Err(Error::NotGranted(_))));
    let invalid = outcome(http::get("/").header("a header", "x"));
    check("an invalid header says so", matches!(invalid, Err(Error::InvalidRequest(_))));
}

fn send_bodies(url: &str) -> Result<()> {
    let post = || http::post(url).expect(200..=299);
    let file = Part::file("file", "a.bin", vec![0, 159, 146, 150]).content_type("application/x-test");
    let requests = [
        post(),
        post().bytes(vec![0, 1, 2]),
        post().text("text"),
        post().json(&json!({ "a": [1, 2] })),
        post().form([("a", "1 & 2"), ("b", "ü")]),
        post().multipart([Part::text("field", "value"), file]),
    ];
    for request in requests {
        check::that("a body is taken").actual(request.send()?.status()).is_in(200..300);
    }
    Ok(())
}
