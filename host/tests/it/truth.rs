//! What a run says against what its target knows: the same requests, and the same times.

mod latency;
mod requests;
