//! Which rows count, and which are not even read.

use std::fs::File;
use std::path::Path;

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{add_run, part, place_with_run, rows, run_folders, sql, value};
use crate::harness::{Place, shows};

const COUNT: &str = "select count(*) from requests";

/// The plan of a query with what each step of it did.
fn analysed(place: &Place, flags: &[&str], query: &str) -> String {
    let rows = rows(place, &[flags, &[&format!("explain analyze {query}")]].concat());
    rows.iter().map(|row| row["plan"].as_str().unwrap()).collect()
}

#[test]
fn a_part_that_no_manifest_names_does_not_count() {
    let place = place_with_run();
    let requests = part(&run_folders(&place)[0], "requests");
    std::fs::copy(&requests, requests.with_file_name("part-000009.parquet")).unwrap();
    assert_eq!(value(&place, &[COUNT]), json!(40));
    assert_eq!(value(&place, &["select count(name) from requests"]), json!(40));
}

#[test]
fn a_part_that_is_missing_is_said_and_the_rest_is_answered() {
    let place = place_with_run();
    std::fs::remove_file(part(&run_folders(&place)[0], "requests")).unwrap();
    let said = sql(
        &place,
        &["select (select count(*) from requests) as requests, (select count(*) from steps) as steps"],
    );
    shows!(said.show(), @r"
    exit 0
    --- stdout
    requests  steps
           0     20
    --- stderr
    note: rows are missing: [RUN]: 40 rows: data/requests/worker=0/part-000000.parquet is missing
    ");
    let document = sql(&place, &[COUNT, "--format", "json"]).stdout;
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["incomplete"].as_array().unwrap().len(), 1, "{document:#}");
    assert_eq!(
        value(&place, &["select count(*) from steps"]),
        json!(20),
        "of other tables nothing is missing"
    );
    let known = rows(&place, &["select complete, missing from runs"]);
    let missing = "40 rows: data/requests/worker=0/part-000000.parquet is missing";
    assert_eq!(known, [json!({"complete": false, "missing": missing})]);
    let shown = place.host(["runs", "show"]).stdout;
    assert!(shown.contains(&format!("Missing     {missing}")), "{shown}");
}

/// Has the manifest say of the part of requests what it is now.
fn record(run: &Path) {
    let bytes = std::fs::read(part(run, "requests")).unwrap();
    let manifest = run.join("manifest/worker-0000.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    let mut recorded = document["parts"].as_array_mut().unwrap().iter_mut();
    let recorded = recorded.find(|part| part["path"].as_str().unwrap().contains("requests")).unwrap();
    recorded["bytes"] = bytes.len().into();
    recorded["sha256"] = format!("sha256:{:x}", Sha256::digest(&bytes)).into();
    std::fs::write(&manifest, document.to_string()).unwrap();
}

#[test]
fn a_part_with_a_bit_that_was_not_written_is_said_and_does_not_count() {
    let place = place_with_run();
    let requests = part(&run_folders(&place)[0], "requests");
    let mut bytes = std::fs::read(&requests).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&requests, bytes).unwrap();
    shows!(sql(&place, &["select count(name) from requests"]).show(), @r"
    exit 0
    --- stdout
    count(requests.name)
                       0
    --- stderr
    note: rows are missing: [RUN]: 40 rows: data/requests/worker=0/part-000000.parquet has other bytes than were written
    ");
}

#[test]
fn rows_that_cannot_be_decoded_are_no_answer() {
    let place = place_with_run();
    let run = &run_folders(&place)[0];
    let mut bytes = std::fs::read(part(run, "requests")).unwrap();
    // Of a part of forty rows the first kilobytes are pages, and the rest is what is said of them.
    bytes[4..2_000].fill(0xa5);
    std::fs::write(part(run, "requests"), bytes).unwrap();
    record(run);
    let said = sql(&place, &["select * from requests"]);
    assert_eq!(said.code, Some(1), "{}", said.show());
    assert!(said.stderr.starts_with("error: cannot read all rows\n  caused by: "), "{}", said.show());
}

#[test]
fn a_column_that_is_younger_than_a_part_is_null_in_its_rows() {
    let place = place_with_run();
    let run = &run_folders(&place)[0];
    let requests = part(run, "requests");
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(File::open(&requests).unwrap()).unwrap().build().unwrap();
    let older = |batch: arrow::array::RecordBatch| {
        let kept = |name: &str| !matches!(name, "interrupted" | "lateness_ns");
        let schema = batch.schema();
        let columns: Vec<usize> =
            (0..batch.num_columns()).filter(|column| kept(schema.field(*column).name())).collect();
        batch.project(&columns).unwrap()
    };
    let batches: Vec<_> = reader.map(|batch| older(batch.unwrap())).collect();
    let mut writer =
        ArrowWriter::try_new(File::create(&requests).unwrap(), batches[0].schema(), None).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.close().unwrap();
    record(run);
    let found = rows(
        &place,
        &[
            "select count(*) as n, count(lateness_ns) as late, count(interrupted) as cut, count(ok) as ok from requests \
           where interrupted is null",
        ],
    );
    assert_eq!(found, [json!({"n": 40, "late": 0, "cut": 0, "ok": 40})]);
}

#[test]
fn what_cannot_match_is_not_read() {
    let place = place_with_run();
    add_run(&place, &[]);
    let folders = run_folders(&place);
    let first = folders[0].file_name().unwrap().to_str().unwrap();
    let all = analysed(&place, &["--all"], "select count(url) from requests");
    assert_eq!(all.matches("part-000000.parquet").count(), 2, "{all}");
    // By what the manifests say: the run, the worker and the times of each part.
    let one =
        analysed(&place, &["--all"], &format!("select count(url) from requests where run_id = '{first}'"));
    assert_eq!(one.matches("part-000000.parquet").count(), 1, "{one}");
    for nothing in ["worker = 7", "started_at < timestamp '2020-01-01T00:00:00Z'"] {
        let none = analysed(&place, &["--all"], &format!("select count(url) from requests where {nothing}"));
        assert!(!none.contains(".parquet"), "{nothing}: {none}");
    }
    // By what the footer says of its row groups.
    let name = analysed(
        &place,
        &["--all"],
        "select count(url) from requests where name = 'zzz' and duration_ns > 5",
    );
    assert!(name.contains("row_groups_pruned_statistics=2 total → 0 matched"), "{name}");
    // Only the columns that are asked for; and for a count of all rows none, and no part.
    assert!(all.contains("projection=[url]"), "{all}");
    let count = analysed(&place, &["--all"], COUNT);
    assert!(!count.contains(".parquet"), "{count}");
}
