//! What a plugin can be written in.

use std::fmt;

/// A language with an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// TypeScript, compiled in this process.
    TypeScript,
    /// JavaScript, compiled in this process.
    JavaScript,
    /// Rust, compiled by the author's cargo.
    Rust,
    /// Go, compiled by the author's Go and put together in this process.
    Go,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::TypeScript => "TypeScript",
            Language::JavaScript => "JavaScript",
            Language::Rust => "Rust",
            Language::Go => "Go",
        })
    }
}
