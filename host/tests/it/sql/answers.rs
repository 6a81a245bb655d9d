//! What is answered, and in which form.

use std::fs::File;

use arrow::ipc::reader::FileReader;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::{Value, json};

use super::{add_run, place_with_run, rows, sql, value};
use crate::harness::{Place, workspace};

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn figures_are_those_of_the_report() {
    let place = place_with_run();
    let report = place.report();
    for row in report["requests"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        let found = rows(&place, &[&format!("select * from slowest_requests where name = '{name}'")]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0]["count"], &found[0]["failed"]), (&row["count"], &row["failed"]), "{row:#}");
        for (column, key) in
            [("p50_ms", "p50"), ("p95_ms", "p95"), ("p99_ms", "p99"), ("max_ms", "max"), ("mean_ms", "mean")]
        {
            let (asked, said) = (number(&found[0][column]), number(&row["duration_ms"][key]));
            assert!((asked - said).abs() <= said * 1e-6 + 1e-3, "{name} {column}: {asked}, {said}");
        }
    }
    let completed = &report["iterations"]["completed"];
    assert_eq!(&value(&place, &["select count(*) from iterations where status = 'completed'"]), completed);
    assert_eq!(value(&place, &["select count(*) from requests where not ok"]), json!(20));
    assert_eq!(value(&place, &["select count(*) from steps"]), json!(20));
    assert_eq!(value(&place, &["select distinct tags['plan'] from requests"]), json!("gold"));
    assert_eq!(value(&place, &["select sum(value) from metrics"]), json!(250.0));
    assert_eq!(value(&place, &["select distinct message from logs"]), json!("bought"));
    assert_eq!(value(&place, &["select distinct worker from requests"]), json!(0));
    assert_eq!(value(&place, &["select sum(requests) from timeline"]), json!(40));
    let runs = rows(&place, &["select *, tags['branch'] as branch from runs"]);
    assert_eq!(runs[0]["run_id"], report["run"]["id"]);
    assert_eq!(
        (&runs[0]["verdict"], &runs[0]["complete"], &runs[0]["branch"]),
        (&json!("pass"), &json!(true), &json!("main"))
    );
    let errors = rows(&place, &["select kind, name, status, count from errors_by_cause order by kind"]);
    assert_eq!(
        errors,
        [
            json!({"kind": "check", "name": "there is cake", "status": null, "count": 20}),
            json!({"kind": "request", "name": "broken", "status": 500, "count": 20}),
        ]
    );
    let apdex = rows(&place, &["select name, satisfied, frustrated, apdex from apdex order by name"]);
    assert_eq!(apdex[0], json!({"name": "broken", "satisfied": 0, "frustrated": 20, "apdex": 0.0}));
    assert_eq!(apdex[1]["apdex"], json!(1.0));
}

#[test]
fn a_percentile_of_sketches_is_that_of_rows() {
    let place = place_with_run();
    let rows = number(&value(&place, &["select p90(duration_ns) from requests where name = 'page'"]));
    let sketches =
        number(&value(&place, &["select p90(sketch) from windows where kind = 'request' and name = 'page'"]));
    assert!((rows - sketches).abs() <= rows * 0.011, "{rows} {sketches}");
    let exact =
        "select percentile_cont(0.9) within group (order by duration_ns) from requests where name = 'page'";
    let exact = number(&value(&place, &[exact]));
    // Between two neighbours of twenty the exact one is interpolated.
    assert!((rows - exact).abs() <= exact * 0.5, "{rows} {exact}");
}

#[test]
fn the_queries_of_the_guide_are_answered() {
    let place = place_with_run();
    let guide = std::fs::read_to_string(workspace().join("docs/guides/your-own-questions.md")).unwrap();
    let fences = guide.split("```sql host\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let queries: Vec<&str> =
        fences.flat_map(|fence| fence.split(";\n")).filter(|query| query.contains("select")).collect();
    assert!(queries.len() >= 9, "{queries:?}");
    for query in queries {
        place.file("q.sql", query);
        let answer = rows(&place, &["-f", "q.sql"]);
        assert!(!answer.is_empty(), "{query}");
    }
}

/// Each of these has the same answer if its words are made of something else, by which rows are grouped as they are.
const BY_WORDS: [&str; 9] = [
    "select {name} as word, count(*) as n from requests group by word order by word",
    "select {scenario} as word, {step} as other, count(*) as n from requests group by word, other order by word, other",
    "select {region} as word, count(*) as n from requests group by word order by word",
    "select distinct {name} as word from requests order by word",
    "select {name} as word, count(distinct name) as n, min(name) as least from requests where name <> 'x' group by word having count(*) > 1 order by word",
    "select {word} as word, max(n) as n from (select name as word, status, count(*) as n from requests group by name, status) as by_status group by word order by word",
    "select {error_kind} as word, ok, count(*) as n from (select * from requests where not ok) as failed group by word, ok order by word",
    "select {name} as word, other, count(*) as n from (select name, method as other from requests) as renamed group by word, other order by word",
    "select {name} as word, ok, count(*) as n from requests group by grouping sets ((word), (ok), ()) order by word, ok",
];

#[test]
fn rows_are_grouped_by_words_as_by_any_text() {
    let place = place_with_run();
    add_run(&place, &[]);
    for query in BY_WORDS {
        let by_words = rows(&place, &["--all", &query.replace(['{', '}'], "")]);
        let by_text = query.replace('{', "substr(").replace('}', ", 1)");
        assert_eq!(by_words, rows(&place, &["--all", &by_text]), "{query}");
        assert!(!by_words.is_empty(), "{query}");
    }
}

#[test]
fn the_slowest_are_found_with_all_their_columns() {
    let place = place_with_run();
    let all =
        rows(&place, &["select name, url, duration_ns from requests order by duration_ns desc, started_at"]);
    for query in [
        "select name, url, duration_ns from requests order by duration_ns desc, started_at limit 7",
        "select name, url, duration_ns from requests where duration_ns >= 0 order by duration_ns desc, started_at limit 7",
    ] {
        assert_eq!(rows(&place, &[query]), all[..7]);
    }
}

#[test]
fn all_runs_some_and_the_latest_are_asked() {
    let place = place_with_run();
    add_run(&place, &["--tag", "branch=other"]);
    let count = ["select count(*) from requests"];
    assert_eq!(value(&place, &count), json!(40));
    assert_eq!(value(&place, &[&["--all"], &count[..]].concat()), json!(80));
    assert_eq!(value(&place, &[&["--tag", "branch=main"], &count[..]].concat()), json!(40));
    let ids: Vec<Value> = rows(&place, &["--all", "select run_id from runs order by started_at"]);
    let ids: Vec<&str> = ids.iter().map(|row| row["run_id"].as_str().unwrap()).collect();
    let named = ["--run", ids[0], "--run", ids[1], "--run", ids[1]];
    assert_eq!(
        value(&place, &[&named, &count[..]].concat()),
        json!(80),
        "one that is named twice counts once"
    );
    // A run of another folder beside one of this.
    let other = place_with_run();
    let folder = other.path().display().to_string();
    assert_eq!(value(&place, &[&["--run", ids[0], "--run", &folder], &count[..]].concat()), json!(80));
}

#[test]
fn an_answer_has_the_form_that_is_asked_for() {
    let place = place_with_run();
    let query = "select name, count(*) as requests, min(started_at) as began from requests group by name order by name";
    let table = sql(&place, &["select name, count(*) as requests from requests group by name order by name"]);
    assert_eq!(table.stdout, "name    requests\nbroken        20\npage          20\n");
    let csv = sql(&place, &[query, "--format", "csv"]).stdout;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!((lines.len(), lines[0]), (3, "name,requests,began"));
    assert!(lines[1].starts_with("broken,20,20") && lines[1].ends_with('Z'), "{csv}");
    let document: Value = serde_json::from_str(&sql(&place, &[query, "--format", "json"]).stdout).unwrap();
    assert_eq!(document["rows"][1]["name"], "page");
    assert_eq!(document["columns"][1], json!({"name": "requests", "type": "integer", "unit": null}));
    let schema = std::fs::read_to_string(workspace().join("docs/reference/sql.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    std::fs::create_dir(place.path().join("answers")).unwrap();
    for (format, file) in [("parquet", "answers/a.parquet"), ("arrow", "a.arrow"), ("csv", "a.csv")] {
        let said = sql(&place, &[query, "--format", format, "--output", file]);
        assert_eq!(said.show(), "exit 0\n");
    }
    let parquet = File::open(place.path().join("answers/a.parquet")).unwrap();
    assert_eq!(SerializedFileReader::new(parquet).unwrap().metadata().file_metadata().num_rows(), 2);
    let arrow = FileReader::try_new(File::open(place.path().join("a.arrow")).unwrap(), None).unwrap();
    assert_eq!(arrow.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 2);
    assert_eq!(std::fs::read_to_string(place.path().join("a.csv")).unwrap(), csv);
}

#[test]
fn a_query_comes_from_a_file_or_from_standard_input() {
    let place = place_with_run();
    place.file("q.sql", "-- how many\nselect count(*) as n from requests;\n");
    assert_eq!(value(&place, &["-f", "q.sql"]), json!(40));
    for flags in [&["-"][..], &["-f", "-"]] {
        let mut command = place.command([&["report", "sql"], flags].concat());
        command.stdin(File::open(place.path().join("q.sql")).unwrap());
        let output = command.output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), " n\n40\n");
    }
}

#[test]
fn a_table_is_cut_after_a_thousand_rows_and_says_so() {
    let place = place_with_run();
    let said = sql(&place, &["select value from generate_series(1, 1500)"]);
    assert_eq!(said.stdout.lines().count(), 1001);
    assert_eq!(said.stderr, "note: there are more than 1000 rows: --format csv has all of them\n");
    let csv = sql(&place, &["select value from generate_series(1, 1500)", "--format", "csv"]);
    assert_eq!((csv.stdout.lines().count(), csv.stderr.as_str()), (1501, ""));
}

#[test]
fn what_can_be_asked_is_listed_without_a_run() {
    let place = Place::new();
    let all = sql(&place, &["--tables"]);
    assert_eq!(all.code, Some(0), "{}", all.show());
    for word in
        ["requests\n", "slowest_steps (view)\n", "runs\n", "    wait_ns", "p95(x)", "bucket(width, t)"]
    {
        assert!(all.stdout.contains(word), "{word}: {}", all.stdout);
    }
    let steps = sql(&place, &["--tables=steps"]);
    assert!(
        steps.stdout.contains("The step's name;") && !steps.stdout.contains("p95(x)"),
        "{}",
        steps.stdout
    );
    let document = sql(&place, &["--tables", "--format", "json"]).stdout;
    let document: Value = serde_json::from_str(&document).unwrap();
    let schema = std::fs::read_to_string(workspace().join("docs/reference/sql-tables.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    assert_eq!(document["tables"][0]["name"], "iterations");
}
