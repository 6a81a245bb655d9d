//! Questions that get no answer, and what is said then.

use super::{place_with_run, sql};
use crate::harness::{Place, shows};

#[test]
fn a_query_that_is_wrong_is_said_to_be_where_and_with_what_was_meant() {
    let place = place_with_run();
    shows!(sql(&place, &["select nome, staus from requests"]).errors(), @r"
    exit 2
    error: query:1:8: there is no column 'nome'
    hint: did you mean 'name'?
    error: query:1:14: there is no column 'staus'
    hint: did you mean 'status'?
    ");
    place.file("q.sql", "select *\nfrom request\n");
    shows!(sql(&place, &["-f", "q.sql"]).errors(), @r"
    exit 2
    error: q.sql:2:6: there is no table 'request'
    hint: did you mean 'requests'?
    ");
    shows!(sql(&place, &["select mx(duration_ns) from requests"]).errors(), @r"
    exit 2
    error: query:1:8: there is no function 'mx'
    hint: did you mean 'max'?
    ");
    shows!(sql(&place, &["select name from requests where"]).errors(), @r"
    exit 2
    error: query: this is no SQL: expected: an expression, found: EOF
    ");
    shows!(sql(&place, &["select 1; select 2"]).errors(), @r"
    exit 2
    error: query: the query has 2 statements; one is answered at a time
    hint: leave one of those that ';' separates
    ");
    shows!(sql(&place, &["copy (select 1) to 'a.parquet'"]).errors(), @r"
    exit 2
    error: query: COPY is not possible here: queries read runs and change nothing
    hint: SELECT, WITH, VALUES, EXPLAIN and DESCRIBE are; --output keeps an answer as a file
    ");
    shows!(sql(&place, &["select * from 'questions.ts'"]).errors(), @r"
    exit 2
    error: query: there is no table 'questions.ts'
    hint: there are: iterations, steps, requests, checks, metrics, logs, windows, system, runs, slowest_requests, slowest_steps, errors_by_cause, timeline, apdex
    ");
    shows!(sql(&place, &["select 1 / (count(*) - 40) from requests", "--output", "a.csv"]).errors(), @r"
    exit 2
    error: query: divide by zero error
    ");
    shows!(sql(&place, &["select 1", "--output", "a.xlsx"]).errors(), @r"
    exit 2
    error: the name 'a.xlsx' does not say in which form the answer is to be
    hint: end it with .csv, .json, .jsonl, .parquet or .arrow, or give --format
    ");
    let twice = "select r.name, s.name from requests r cross join steps s limit 1";
    shows!(sql(&place, &[twice, "--format", "json"]).errors(), @r"
    exit 2
    error: query: two columns are called 'name'
    hint: give one of them another name: name as other
    ");
    shows!(sql(&place, &["select 1", "--output", "not/there/a.parquet", "--format", "parquet"]).errors(), @r"
    exit 104
    error: cannot write 'not/there/a.parquet': there is no folder 'not/there'
    hint: make it first: mkdir -p not/there
    ");
    assert!(!place.path().join("not").exists());
    let left = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<String> =
        left.map(|name| name.into_string().unwrap()).filter(|name| name.contains("a.csv")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_command_line_that_cannot_be_is_refused() {
    let place = Place::new();
    shows!(sql(&place, &["select 1"]).errors(), @r"
    exit 104
    error: there is no run in './runs'
    hint: `host run` makes one; --out names the folder whose folder `runs` keeps them
    ");
    shows!(sql(&place, &["--tables=request"]).errors(), @r"
    exit 2
    error: there is no table 'request'
    hint: did you mean 'requests'?
    ");
    shows!(sql(&place, &["-f", "nowhere.sql"]).errors(), @r"
    exit 2
    error: cannot read the query from 'nowhere.sql'
      caused by: No such file or directory (os error 2)
    hint: a query is text in UTF-8; one in a shell stands in quotes
    ");
    for args in [
        &[][..],
        &["select 1", "--memory", "1KiB"],
        &["select 1", "--all", "--run", "x"],
        &["select 1", "-f", "x"],
    ] {
        assert_eq!(sql(&place, args).code, Some(2), "{args:?}");
    }
    let place = place_with_run();
    shows!(sql(&place, &["select 1", "--tag", "nothing"]).errors(), @r"
    exit 104
    error: there is no run with the tag nothing in './runs'
    hint: `host runs` lists the runs with their tags; --out names the folder whose folder `runs` keeps them
    ");
}

#[test]
fn memory_is_bounded_by_a_folder_that_is_gone_afterwards() {
    let place = place_with_run();
    let temporary = place.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let ask = |query: &str| {
        let mut command = place.command(["report", "sql", "--memory", "48MiB", "--format", "csv", query]);
        command.env("TMPDIR", &temporary).output().unwrap()
    };
    let rows = "generate_series(1, 900000) as rows(n)";
    let sorted = ask(&format!("select n, repeat('x', 40) as padding from {rows} order by n % 1000, n desc"));
    assert_eq!(sorted.status.code(), Some(0), "{}", String::from_utf8_lossy(&sorted.stderr));
    assert_eq!(sorted.stdout.iter().filter(|byte| **byte == b'\n').count(), 900_001);
    let all_at_once =
        ask(&format!("select length(array_to_string(array_agg(repeat('x', 100)), '')) from {rows}"));
    let said = String::from_utf8(all_at_once.stderr).unwrap();
    assert_eq!(all_at_once.status.code(), Some(1), "{said}");
    assert!(
        said.starts_with("error: the query needs more than the 50331648 bytes of memory that it may use\n"),
        "{said}"
    );
    assert!(said.contains("hint: --memory gives it more"), "{said}");
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "nothing is left in the temporary folder");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_query() {
    use std::process::Stdio;

    let place = place_with_run();
    let temporary = place.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    // Ten billion pairs: nobody waits for them.
    let endless = "select count(*) from generate_series(1, 100000) as a(n), generate_series(1, 100000) as b(m) where n % 7 = m % 11";
    let mut command = place.command(["report", "sql", endless]);
    let mut child =
        command.env("TMPDIR", &temporary).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // Its folder for what does not fit into memory is made after it listens.
    while std::fs::read_dir(&temporary).unwrap().count() == 0 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        (output.status.code(), said.as_str()),
        (Some(105), "error: the query was ended from outside, before its answer was whole\n")
    );
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "nothing is left in the temporary folder");
}
