//! What of a file of tests makes no sense, though each value by itself does.

use std::collections::BTreeMap;

use super::tables::{AnswerTable, DeliveryName, ErrorName, ExchangeTable, OutcomeName, TestFile, TestTable};
use crate::check::required::need;
use crate::read::Source;
use crate::{Place, PlanFault, Written};

/// Says what is wrong.
pub(super) fn check(file: &TestFile, source: &Source<'_>) {
    let tests = || list(&file.test);
    if tests().next().is_none() && !file.unsound.contains(&"test") {
        let fault = PlanFault::new(Place { line: 1, column: 1 }, "the file has no test");
        source.push(fault.hint("write for example [[test]] and below it name = \"a visitor looks around\""));
    }
    for (number, answer) in list(&file.answer) {
        of_answer(&format!("answer[{number}]"), answer, source);
    }
    let mut names: BTreeMap<&str, Place> = BTreeMap::new();
    for (number, test) in tests() {
        let table = format!("test[{number}]");
        need(&test.value.name, &test.value.unsound, "name", &table, test.at, "the report names it", source);
        if let Some(name) = &test.value.name {
            if let Some(first) = names.get(name.value.as_str()) {
                let what = format!("[{table}] name: there is a test '{}' in line {}", name.value, first.line);
                source.push(PlanFault::new(name.at, what).hint("give each a name of its own"));
            }
            names.entry(&name.value).or_insert(name.at);
        }
        of_test(&table, &test.value, source);
    }
}

fn of_test(table: &str, test: &TestTable, source: &Source<'_>) {
    for (number, answer) in list(&test.answer) {
        of_answer(&format!("{table}.answer[{number}]"), answer, source);
    }
    for (number, exchange) in list(&test.exchange) {
        of_exchange(&format!("{table}.exchange[{number}]"), exchange, source);
    }
    for (number, step) in list(&test.step) {
        let (table, value) = (format!("{table}.step[{number}]"), &step.value);
        need(&value.name, &value.unsound, "name", &table, step.at, "name = \"checkout\" names it", source);
    }
    for (number, record) in list(&test.record) {
        let (table, value) = (format!("{table}.record[{number}]"), &record.value);
        let what = match (&value.text, &value.file) {
            (Some(_), Some(file)) => Some((file.at, format!("[{table}] has two records, text and file"))),
            (None, None) if value.unsound.is_empty() => Some((record.at, format!("[{table}] has no text"))),
            _ => None,
        };
        if let Some((at, what)) = what {
            source.push(
                PlanFault::new(at, what)
                    .hint("text = \"…\" is a record, file = \"lines.log\" has one a line"),
            );
        }
    }
    if let Some(count) = test.iterations.as_ref().filter(|count| count.value == 0) {
        let fault = PlanFault::new(count.at, format!("[{table}] iterations = 0: nothing would run"));
        source.push(fault.hint("at least 1"));
    }
    let Some(expect) = test.expect.as_ref().map(|expect| &expect.value) else { return };
    let ends_well = expect.outcome.as_ref().is_none_or(|outcome| outcome.value == OutcomeName::Completed);
    let is_delivered = expect.delivery.as_ref().is_none_or(|it| it.value == DeliveryName::Delivered);
    let has_none = ends_well && is_delivered && expect.unsound.is_empty();
    if let Some(message) = expect.message.as_ref().filter(|_| has_none) {
        let what = format!("[{table}.expect] message: what is completed has none");
        source.push(PlanFault::new(message.at, what).hint("outcome = \"failed\" goes with it"));
    }
    for (number, request) in list(&expect.requests) {
        let (table, value) = (format!("{table}.expect.requests[{number}]"), &request.value.0);
        let hint = "request = \"POST /api/cart\" names it";
        need(&value.request, &value.unsound, "request", &table, request.at, hint, source);
    }
}

fn of_answer(table: &str, answer: &Written<AnswerTable>, source: &Source<'_>) {
    let AnswerTable { request, status, headers, json, text, file, duration, error, times, unsound, .. } =
        &answer.value;
    let hint = "request = \"GET /api/products/*\" says what it answers";
    need(request, unsound, "request", table, answer.at, hint, source);
    let bodies = [place("json", json), place("text", text), place("file", file)];
    of_given(table, &bodies, status, place("headers", headers), error, duration, source);
    if let Some(times) = times.as_ref().filter(|times| times.value == 0) {
        let fault = PlanFault::new(times.at, format!("[{table}] times = 0: it would never be given"));
        source.push(fault.hint("at least 1; leave it out for any number of times"));
    }
}

fn of_exchange(table: &str, exchange: &Written<ExchangeTable>, source: &Source<'_>) {
    let ExchangeTable { request, status, headers, json, text, file, duration, error, unsound, .. } =
        &exchange.value;
    let hint = "request = \"GET /cart\" says what was asked for";
    need(request, unsound, "request", table, exchange.at, hint, source);
    if let Some(wild) = request.as_ref().filter(|request| request.value.target.contains('*')) {
        let what = format!("[{table}] request: what was asked for has no *");
        source.push(PlanFault::new(wild.at, what).hint("write the path as it was asked for"));
    }
    let bodies = [place("json", json), place("text", text), place("file", file)];
    of_given(table, &bodies, status, place("headers", headers), error, duration, source);
}

/// A key with its place, if it is there.
type Key = Option<(&'static str, Place)>;

fn place<T>(key: &'static str, value: &Option<Written<T>>) -> Key {
    value.as_ref().map(|value| (key, value.at))
}

/// What is answered: one body at most, and none of it where the request fails.
fn of_given(
    table: &str,
    bodies: &[Key],
    status: &Option<Written<u32>>,
    headers: Key,
    error: &Option<Written<ErrorName>>,
    duration: &Option<Written<std::time::Duration>>,
    source: &Source<'_>,
) {
    let mut given = bodies.iter().flatten();
    if let (Some((first, _)), Some((second, at))) = (given.next(), given.next()) {
        let what = format!("[{table}] has two bodies, {first} and {second}");
        source.push(PlanFault::new(*at, what).hint("leave one of them out"));
    }
    if let Some(status) = status.as_ref().filter(|status| !(200..=599).contains(&status.value)) {
        let what = format!("[{table}] status = {}: a complete answer has one from 200 to 599", status.value);
        source.push(PlanFault::new(status.at, what));
    }
    let Some(error) = error else { return };
    let of_answers = bodies.iter().copied().chain([place("status", status), headers]).flatten();
    for (key, at) in of_answers {
        let what = format!("[{table}] {key} does not go with error: there is no answer");
        source.push(PlanFault::new(at, what).hint("leave one of them out"));
    }
    let takes_its_time = matches!(error.value, ErrorName::Timeout | ErrorName::ConnectTimeout);
    if let Some(duration) = duration.as_ref().filter(|_| takes_its_time) {
        let what = format!("[{table}] duration: a {} takes as long as its limit", error.value.name());
        source.push(PlanFault::new(duration.at, what).hint("leave it out"));
    }
}

/// The elements of a list with their numbers, from 1.
fn list<T>(list: &Option<Written<Vec<Written<T>>>>) -> impl Iterator<Item = (usize, &Written<T>)> {
    (1..).zip(list.iter().flat_map(|list| &list.value))
}
