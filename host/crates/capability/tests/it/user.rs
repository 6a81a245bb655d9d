//! A virtual user and what it leaves behind.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use outrider_capability::{
    Grants, HttpClient, HttpConfig, HttpError, HttpRequest, HttpShared, Resolve, Response, ResponseId,
    parse_target,
};
use outrider_model::{BoxFuture, IterationIndex, Origin, RequestSample, RunClock, Sample, SampleSink, VuId};

/// Keeps all samples of requests.
#[derive(Debug, Default)]
pub(crate) struct Samples(Mutex<Vec<RequestSample>>);

impl SampleSink for Samples {
    fn record(&self, sample: Sample) {
        if let Sample::Request(sample) = sample {
            check_sum(&sample);
            self.0.lock().unwrap().push(*sample);
        }
    }
}

/// What holds for every sample.
fn check_sum(sample: &RequestSample) {
    let p = sample.phases;
    assert_eq!(p.dns + p.connect + p.tls + p.send + p.wait + p.receive, sample.duration, "{sample:?}");
    assert_eq!(sample.ok, sample.error_kind.is_none(), "{sample:?}");
}

/// Names for tests; each lookup takes 5 ms.
#[derive(Debug, Default)]
pub(crate) struct Names(pub(crate) BTreeMap<&'static str, Vec<IpAddr>>);

impl Names {
    pub(crate) fn new(names: &[(&'static str, &str)]) -> Arc<Names> {
        let parse = |addresses: &str| addresses.split(' ').map(|ip| ip.parse().unwrap()).collect();
        Arc::new(Names(names.iter().map(|(name, addresses)| (*name, parse(addresses))).collect()))
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            if host == "never.test" {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            self.0.get(host).cloned().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name"))
        })
    }
}

/// A virtual user.
pub(crate) struct User {
    pub(crate) client: HttpClient,
    pub(crate) shared: Arc<HttpShared>,
    pub(crate) origin: Origin,
    samples: Arc<Samples>,
}

impl User {
    /// A user with the given target and nothing else granted.
    pub(crate) fn of(target: &str) -> User {
        User::with(target, &[], Names::new(&[]), |_| {})
    }

    /// A user of its own kind.
    pub(crate) fn with(
        target: &str,
        allow_net: &[&str],
        names: Arc<Names>,
        configure: impl FnOnce(&mut HttpConfig),
    ) -> User {
        let target = parse_target(target).unwrap();
        let grants = Grants::new(Some(&target), allow_net).unwrap();
        let mut config = HttpConfig { base_url: Some(target), ..HttpConfig::default() };
        configure(&mut config);
        let samples = Arc::new(Samples::default());
        let shared = HttpShared::new(
            config,
            grants,
            RunClock::start_now(),
            Arc::clone(&samples) as Arc<dyn SampleSink>,
        )
        .unwrap()
        .with_resolver(names);
        User::new(Arc::new(shared), samples, 1)
    }

    /// Another user of the same run.
    pub(crate) fn another(&self) -> User {
        User::new(Arc::clone(&self.shared), Arc::clone(&self.samples), self.origin.vu.0 + 1)
    }

    /// The same user, made anew.
    pub(crate) fn again(&self) -> User {
        User::new(Arc::clone(&self.shared), Arc::clone(&self.samples), self.origin.vu.0)
    }

    fn new(shared: Arc<HttpShared>, samples: Arc<Samples>, vu: u32) -> User {
        let origin = Origin {
            scenario: "default".into(),
            vu: VuId(vu),
            iteration: IterationIndex(0),
            step: None,
            tags: Arc::new([]),
        };
        User { client: HttpClient::new(Arc::clone(&shared), VuId(vu)), shared, origin, samples }
    }

    pub(crate) async fn send(&mut self, request: &HttpRequest) -> Result<ResponseId, HttpError> {
        self.client.send(request, &self.origin).await
    }

    pub(crate) async fn get(&mut self, url: &str) -> Result<&Response, HttpError> {
        let id = self.send(&HttpRequest::get(url)).await?;
        Ok(self.client.response(id).unwrap())
    }

    /// The text that is answered.
    pub(crate) async fn text(&mut self, request: &HttpRequest) -> String {
        let id = self.send(request).await.unwrap();
        self.client.response(id).unwrap().text().unwrap()
    }

    pub(crate) async fn batch(&mut self, requests: &[HttpRequest]) -> Vec<Result<ResponseId, HttpError>> {
        self.client.batch(requests, &self.origin).await
    }

    /// The samples since the last call.
    pub(crate) fn samples(&self) -> Vec<RequestSample> {
        std::mem::take(&mut self.samples.0.lock().unwrap())
    }

    /// The only sample since the last call.
    pub(crate) fn sample(&self) -> RequestSample {
        let mut samples = self.samples();
        assert_eq!(samples.len(), 1, "{samples:?}");
        samples.remove(0)
    }
}
