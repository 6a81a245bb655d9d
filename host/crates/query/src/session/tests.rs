//! Questions that need no run: functions, views as they are planned, and faults.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Float64Type};
use outrider_model::FailureCause;
use outrider_telemetry::Column;

use super::*;
use crate::table::{columns_of, field_of};
use crate::views::VIEWS;

async fn session() -> QuerySession {
    QuerySession::open(Vec::new(), &QueryConfig::default()).await.unwrap()
}

async fn ask(query: &str) -> Result<RecordBatch, QueryError> {
    let mut answer = session().await.ask(query).await?;
    let mut batches = Vec::new();
    while let Some(batch) = answer.next_batch().await? {
        batches.push(batch);
    }
    Ok(concat_batches(&answer.schema(), &batches).unwrap())
}

async fn number(query: &str) -> f64 {
    let answer = ask(query).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    let column = arrow::compute::cast(answer.column(0), &DataType::Float64).unwrap();
    column.as_primitive::<Float64Type>().value(0)
}

/// The faults of a query, as `line:column: message (hint)`.
async fn faults(query: &str) -> Vec<String> {
    match ask(query).await {
        Err(QueryError::Query(faults)) => faults
            .iter()
            .map(|fault| {
                let place = fault.place.map(|place| format!("{}:{}: ", place.line, place.column));
                let hint = fault.hint.as_ref().map(|hint| format!(" ({hint})"));
                format!("{}{}{}", place.unwrap_or_default(), fault.message, hint.unwrap_or_default())
            })
            .collect(),
        other => panic!("{query}: {other:?}"),
    }
}

#[tokio::test]
async fn a_percentile_is_within_the_promised_error_with_and_without_groups() {
    let values = "(select value, value % 3 as part from generate_series(1, 10000) as numbers(value))";
    for (function, truth) in [("p50", 5000.0), ("p95", 9500.0), ("p99", 9900.0), ("p999", 9990.0)] {
        let found = number(&format!("select {function}(value) from {values}")).await;
        assert!((found - truth).abs() / truth <= 0.005, "{function}: {found}");
    }
    let found = number(&format!("select percentile(value, 0.25) from {values} where part = 1")).await;
    assert!((found - 2500.0).abs() / 2500.0 <= 0.005, "{found}");
    let grouped = format!("select max(p) from (select part, p90(value) as p from {values} group by part)");
    assert!((number(&grouped).await - 9000.0).abs() / 9000.0 <= 0.005);
    let filtered = format!("select p90(value) filter (where value <= 100) from {values}");
    assert!((number(&filtered).await - 90.0).abs() / 90.0 <= 0.005);
}

#[tokio::test]
async fn a_percentile_of_nothing_is_null() {
    let answer = ask("select p95(duration_ns), p95(sketch) from windows").await.unwrap();
    assert_eq!(answer.num_rows(), 1);
    assert!(answer.columns().iter().all(|column| column.is_null(0)));
}

#[tokio::test]
async fn apdex_is_that_of_the_specification() {
    // Two satisfied, one tolerating, one frustrated, one failed, and one of which it is not known.
    let rows = "(values (1.0, true), (500.0, true), (501.0, true), (2001.0, true), (1.0, false), (1.0, null)) as rows(took, ok)";
    let found = number(&format!("select apdex(took * 1e6, ok, 500) from {rows}")).await;
    assert!((found - 2.5 / 5.0).abs() < 1e-12, "{found}");
}

#[tokio::test]
async fn a_bucket_is_the_stretch_in_which_a_time_lies() {
    let second = |query: &str| format!("select cast({query} as bigint) / 1000000000");
    let at = "timestamp '2026-01-31T12:00:17.5Z'";
    assert_eq!(number(&second(&format!("bucket('10s', {at})"))).await, 1_769_860_810.0);
    assert_eq!(number(&second("bucket('1m', timestamp '1969-12-31T23:59:59Z')")).await, -60.0);
    assert_eq!(number("select ms(2500000)").await, 2.5);
}

#[tokio::test]
async fn what_has_no_value_comes_last_in_any_order() {
    let ordered =
        |by: &str| format!("select x from (values (1), (null), (2)) as rows(x) order by {by} limit 1");
    assert_eq!(number(&ordered("x")).await, 1.0);
    assert_eq!(number(&ordered("x desc")).await, 2.0);
    assert!(ask(&ordered("x desc nulls first")).await.unwrap().column(0).is_null(0));
}

#[tokio::test]
async fn words_alone_are_grouped_by_their_numbers() {
    let explained = async |query: &str| {
        let plan = ask(&format!("explain {query}")).await.unwrap();
        format!("{plan:?}")
    };
    let grouped = [
        "select name, count(*) from requests group by name",
        "select name as a, name as b, count(*) from requests group by 1, 2",
        "select word, max(n) from (select name as word, status, count(*) as n from requests group by all) as x group by word",
        "select name, sum(\"__word_id_1\") from (select name, duration_ns as \"__word_id_1\" from requests) as x group by name",
    ];
    for query in grouped {
        assert!(explained(query).await.contains("word_id("), "{query}");
    }
    let not_grouped = [
        "select url, count(*) from requests group by url",
        "select name || '', count(*) from requests group by 1",
        "select name, count(*) from (select name from requests union all select name from steps) as x group by name",
        "select name, ok, count(*) from requests group by grouping sets ((name), (ok))",
    ];
    for query in not_grouped {
        assert!(!explained(query).await.contains("word_id("), "{query}");
    }
}

/// Text of a constant is no view; to a user it is text.
fn as_views(data_type: &DataType) -> DataType {
    if data_type.is_string() { DataType::Utf8View } else { data_type.clone() }
}

#[tokio::test]
async fn views_have_the_columns_that_they_are_documented_with() {
    let session = session().await;
    for view in VIEWS {
        let answer = session.ask(&format!("select * from {}", view.name)).await.unwrap();
        let found: Vec<_> = answer
            .schema()
            .fields()
            .iter()
            .map(|field| (field.name().clone(), as_views(field.data_type())))
            .collect();
        let documented = |column: &Column| (column.name.to_owned(), field_of(column).data_type().clone());
        assert_eq!(found, view.columns.iter().map(documented).collect::<Vec<_>>(), "{}", view.name);
    }
}

#[tokio::test]
async fn tables_have_the_columns_that_they_are_documented_with() {
    let session = session().await;
    for table in Table::ALL {
        let answer = session.ask(&format!("select * from {table}")).await.unwrap();
        let found: Vec<_> = answer.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(
            found,
            columns_of(table).map(|column| column.name.to_owned()).collect::<Vec<_>>(),
            "{table}"
        );
    }
}

/// The units of an answer's columns; none is a dash.
async fn units(query: &str) -> String {
    let answer = session().await.ask(query).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    let schema = answer.schema();
    let units = schema.fields().iter().map(|field| field.metadata().get("unit").map_or("-", String::as_str));
    units.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_column_keeps_its_unit_under_any_name_and_what_is_calculated_gets_none_by_its_name() {
    for (query, expected) in [
        ("select count(*) as second from requests", "-"),
        ("select bytes_sent, duration_ns as took, duration_ns / 1000 as second from requests", "bytes ns -"),
        (
            "select t.second, started_at, bytes_received as got from timeline as t where requests > 1",
            "s - bytes",
        ),
        ("with timeline as (select count(*) as second from requests) select second from timeline", "-"),
        (
            "with sizes as (select name, bytes_sent as size from requests where ok order by 2 limit 3) \
             select distinct size, count(*) over () as bytes_sent from sizes",
            "bytes -",
        ),
        (
            "select s.name, s.duration_ns, r.bytes_sent as n from steps s left join requests r on r.run_id = s.run_id",
            "- ns bytes",
        ),
        ("select bytes_sent as n from requests union all select bytes_received from requests", "bytes"),
        ("select bytes_sent as n from requests union all select duration_ns from requests", "-"),
        ("select bytes_sent, count(*) as duration_ns from requests group by bytes_sent", "bytes -"),
        ("explain select bytes_sent from requests", "- -"),
    ] {
        assert_eq!(units(query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_column_of_several_tables_is_named_as_the_query_calls_them() {
    let joined = "from requests r join steps s on r.run_id = s.run_id";
    let expected = "the column 'name' is in several tables (put the table before it: r.name or s.name)";
    assert_eq!(faults(&format!("select name {joined}")).await, [format!("1:8: {expected}")]);
    let found = faults(&format!("select 1 {joined} where name = 'x'")).await;
    assert!(found[0].ends_with(expected), "{found:?}");
    let found =
        faults("select name from requests join steps as \"S\" on requests.run_id = \"S\".run_id").await;
    assert!(found[0].ends_with("(put the table before it: requests.name or \"S\".name)"), "{found:?}");
    assert_eq!(ask(&format!("select r.name, s.name {joined}")).await.unwrap().num_columns(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_place_and_what_was_probably_meant() {
    assert_eq!(
        faults("select nome from requests").await,
        ["1:8: there is no column 'nome' (did you mean 'name'?)"]
    );
    assert_eq!(
        faults("select count(*)\nfrom request").await,
        ["2:6: there is no table 'request' (did you mean 'requests'?)"]
    );
    assert_eq!(
        faults("select p96(duration_ns) from requests").await,
        ["1:8: there is no function 'p96' (did you mean 'p90'?)"]
    );
    assert_eq!(faults("select from where").await.len(), 1);
    assert_eq!(
        faults("select percentile(duration_ns, 95) from requests").await,
        ["95 is no share: the last argument of percentile is between 0 and 1, as 0.95"]
    );
    assert!(faults("select bucket('10 apples', started_at) from requests").await[0].contains("'10 apples'"));
    assert!(faults("select 1 / 0").await[0].to_lowercase().contains("divide by zero"));
}

#[tokio::test]
async fn several_faults_are_said_at_once() {
    let found = faults("select nome, staus from requests").await;
    assert_eq!(found.len(), 2, "{found:?}");
}

#[tokio::test]
async fn nothing_is_changed_and_no_other_file_is_read() {
    for query in [
        "create table t as select 1",
        "create external table t stored as parquet location '/tmp/x.parquet'",
        "create view v as select 1",
        "copy (select 1) to '/tmp/never.parquet'",
        "insert into runs select * from runs",
        "drop table requests",
        "set datafusion.execution.batch_size = 1",
        "explain analyze insert into runs select * from runs",
        "delete from requests",
    ] {
        let found = faults(query).await;
        assert!(found[0].contains("not possible here"), "{query}: {found:?}");
    }
    for query in ["select * from '/etc/passwd'", "select * from read_parquet('x')"] {
        faults(query).await;
    }
}

#[tokio::test]
async fn whose_fault_a_request_was_is_what_reports_say() {
    let view = VIEWS.iter().find(|view| view.name == "errors_by_cause").unwrap().sql;
    let (from, to) = (view.find("case").unwrap(), view.find("end,").unwrap() + "end".len());
    let others = ["timeout", "status 503", "connection refused"];
    let kinds = FailureCause::OF_REQUESTS.map(|(kind, _)| kind).into_iter().chain(others);
    for kind in kinds {
        let query = format!("select {} from (values ('{kind}')) as request(error_kind)", &view[from..to]);
        let answer = ask(&query).await.unwrap();
        let cause = FailureCause::of_request(kind).as_str();
        let found = arrow::compute::cast(answer.column(0), &DataType::Utf8).unwrap();
        assert_eq!(found.as_string::<i32>().value(0), cause, "{kind}");
    }
}

#[tokio::test]
async fn tables_are_shown_to_who_asks_for_them_in_sql() {
    let shown = ask("show tables").await.unwrap();
    assert!(shown.num_rows() > VIEWS.len(), "{shown:?}");
    assert!(ask("show columns from requests").await.unwrap().num_rows() > 20);
}
