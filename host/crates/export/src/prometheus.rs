//! Metrics for whoever asks for them, in the text format of Prometheus.

mod endpoint;
mod scrape;
mod text;

pub(crate) use endpoint::{Bound, Page, serve};
pub use scrape::LastScrape;
pub(crate) use scrape::Scrapes;
