//! A client that keeps the session as a browser does, on a new connection for each request.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use outrider_shop::RunningShop;
use serde_json::Value;
use tokio::net::TcpStream;

pub(crate) struct Client {
    addr: SocketAddr,
    cookie: Option<String>,
    pub(crate) csrf_token: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The status and the error's word.
    pub(crate) fn error(&self) -> (u16, String) {
        let json = self.json();
        assert!(json["message"].is_string(), "{json}");
        (self.status, json["error"].as_str().unwrap().to_owned())
    }
}

impl Client {
    pub(crate) fn of(shop: &RunningShop) -> Client {
        Client::at(shop.addr())
    }

    pub(crate) fn at(addr: SocketAddr) -> Client {
        Client { addr, cookie: None, csrf_token: None }
    }

    /// A client that has opened the page, as every visit begins.
    pub(crate) async fn visiting(shop: &RunningShop) -> Client {
        let mut client = Client::of(shop);
        let page = client.get("/").await;
        let (_, after) = page.text().split_once(r#"name="csrf-token" content=""#).unwrap();
        client.csrf_token = Some(after.split('"').next().unwrap().to_owned());
        client
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), "").await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(json(Request::post(path)), &body.to_string()).await
    }

    pub(crate) async fn put(&mut self, path: &str, body: Value) -> Answer {
        self.send(json(Request::put(path)), &body.to_string()).await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send(Request::delete(path), "").await
    }

    pub(crate) async fn send(&mut self, mut request: hyper::http::request::Builder, body: &str) -> Answer {
        request = request.header("host", self.addr.to_string());
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(token) = &self.csrf_token {
            request = request.header("x-csrf-token", token);
        }
        let answer = exchange(self.addr, request.body(Full::from(body.to_owned())).unwrap()).await;
        if let Some(cookie) = answer.headers.get("set-cookie") {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(str::to_owned);
        }
        answer
    }
}

pub(crate) fn json(request: hyper::http::request::Builder) -> hyper::http::request::Builder {
    request.header("content-type", "application/json")
}

async fn exchange(addr: SocketAddr, request: Request<Full<Bytes>>) -> Answer {
    let stream = TcpStream::connect(addr).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    drop(sender);
    connection.await.unwrap().unwrap();
    Answer { status: head.status.as_u16(), headers: head.headers, body }
}
