//! What must hold of the repository as a whole.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod floors;
mod invariants;
mod notebooks;
mod repository;
mod route;
