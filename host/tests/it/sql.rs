//! Questions in SQL, as a user asks them: what is answered is what the report says, in every form, and of every run.

mod answers;
mod faults;
mod parts;

use std::path::{Path, PathBuf};

use outrider_test_util::{Behaviour, TargetServer};
use serde_json::Value;

use crate::harness::{Place, Said};

/// A place with a run of twenty iterations: each makes two requests, of which one fails.
fn place_with_run() -> Place {
    let place = Place::new();
    add_run(&place, &["--tag", "branch=main"]);
    place
}

fn add_run(place: &Place, flags: &[&str]) {
    let target = TargetServer::builder()
        .route("/page", Behaviour::text("only bread"))
        .route("/broken", Behaviour::status(500))
        .start();
    place.file("questions.ts", include_str!("journeys/questions.ts"));
    let url = target.url("");
    let run = ["run", "questions.ts", "--target", &url, "-u", "2", "-i", "20"];
    let said = place.host([&run[..], flags].concat());
    assert_eq!(said.code, Some(0), "{}", said.show());
}

fn sql(place: &Place, args: &[&str]) -> Said {
    place.host([&["report", "sql"], args].concat())
}

/// The rows of an answer, which must come without a note.
#[track_caller]
fn rows(place: &Place, args: &[&str]) -> Vec<Value> {
    let said = sql(place, &[&["--format", "jsonl"], args].concat());
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{}", said.show());
    said.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

/// The first value of the only row.
#[track_caller]
fn value(place: &Place, args: &[&str]) -> Value {
    let rows = rows(place, args);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].as_object().unwrap().values().next().unwrap().clone()
}

/// The folders of the runs, the oldest first.
fn run_folders(place: &Place) -> Vec<PathBuf> {
    let ids = place.host(["runs", "--format", "ids"]).stdout;
    ids.lines().map(|id| place.path().join("runs").join(id)).collect()
}

fn part(run: &Path, table: &str) -> PathBuf {
    run.join(format!("data/{table}/worker=0/part-000000.parquet"))
}
