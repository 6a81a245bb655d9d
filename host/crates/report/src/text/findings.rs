//! Checks, status codes, errors and bytes.

use super::page::{GLUE, GUTTER, Page, Span, plain, span};
use super::style::{Paint, clean, columns, cut_end, cut_middle};
use super::table::pad_right;
use crate::summary::{
    CheckExample, CheckPlace, CheckSummary, ErrorSource, ErrorSummary, Network, PhaseMeans, StatusCount,
    Summary,
};
use crate::words::{bytes, duration_ms, percent, thousands};

/// Twelve checks fit a screen with the rest: all that failed come first.
const MAX_CHECKS: usize = 12;

/// Eight groups of errors fit a screen with the rest.
const MAX_ERRORS: usize = 8;

/// Three kinds of message of a group; the JSON document has five.
const MAX_MESSAGES: usize = 3;

/// Three places of a check; the JSON document has five.
const MAX_PLACES: usize = 3;

/// Spaces between what a failed check said and its place.
const AT_GAP: usize = 2;

/// Columns of a check's or an error's name; where there is room, half the width.
const NAME_COLUMNS: usize = 40;

/// Columns of what a check expected or found: two lines of a narrow terminal.
const VALUE_COLUMNS: usize = 120;

/// Columns that the mark and the counts of a check take: `  ✗ ` and `  12,345 of 123,456 failed (<0.1%)`.
const COUNT_COLUMNS: usize = 38;

/// What stands before the place of an error.
const AT: &str = "    at ";

/// Spaces before what a failed check said.
const EXAMPLE_INDENT: usize = 6;

/// Spaces before what failures said.
const MESSAGE_INDENT: usize = GUTTER + 2;

pub(super) fn render(page: &mut Page, summary: &Summary) {
    checks(page, &summary.checks);
    page.gap();
    status_codes(page, &summary.status_codes);
    errors(page, &summary.errors);
    network(page, &summary.network, summary.run.has_rates());
    phases(page, summary.all_requests.as_ref().and_then(|all| all.phases_ms));
}

fn checks(page: &mut Page, checks: &[CheckSummary]) {
    if checks.is_empty() {
        return;
    }
    let total = |count: fn(&CheckSummary) -> u64| checks.iter().map(count).sum::<u64>();
    let (passed, failed) = (total(|c| c.passed), total(|c| c.failed));
    let verdict = match failed {
        0 => span(Paint::Good, format!("all {} passed", thousands(passed))),
        failed => span(Paint::Bad, format!("{} of {} failed", thousands(failed), thousands(passed + failed))),
    };
    page.gap();
    page.labelled("Checks", &[verdict]);
    let mut ordered: Vec<&CheckSummary> = checks.iter().collect();
    ordered.sort_by_key(|check| check.failed == 0);
    let shown = &ordered[..ordered.len().min(MAX_CHECKS)];
    let room = page.style().width.saturating_sub(COUNT_COLUMNS).min(name_columns(page));
    let names: Vec<String> = shown.iter().map(|check| cut_middle(&check_name(check), room)).collect();
    let width = names.iter().map(|name| columns(name)).max().unwrap_or(0);
    for (check, name) in shown.iter().zip(&names) {
        one_check(page, check, &pad_right(name, width));
    }
    more_checks(page, &ordered[shown.len()..]);
}

fn one_check(page: &mut Page, check: &CheckSummary, name: &str) {
    let total = check.passed + check.failed;
    if check.failed == 0 {
        page.line(&[span(Paint::Good, "  ✓ "), plain(format!("{name}  {}", thousands(total)))]);
        return;
    }
    let count = format!(
        "{} of {} failed ({}%)",
        thousands(check.failed),
        thousands(total),
        percent(check.failed, total)
    );
    page.line(&[span(Paint::Bad, "  ✗ "), plain(format!("{name}  ")), span(Paint::Bad, count)]);
    for place in check.places.iter().take(MAX_PLACES) {
        one_place(page, check, place);
    }
    let hidden = check.places.iter().skip(MAX_PLACES).map(|place| place.failed).sum::<u64>();
    if hidden + check.failed_elsewhere > 0 {
        let others = thousands(hidden + check.failed_elsewhere);
        said_of_check(page, &format!("{others} × elsewhere"));
    }
}

/// What the first failure of a place said, and the place: on a line of its own if there is no room beside the rest.
fn one_place(page: &mut Page, check: &CheckSummary, place: &CheckPlace) {
    let Some(example) = &place.example else { return };
    let count =
        if place.failed == check.failed { String::new() } else { format!("{} × ", thousands(place.failed)) };
    let for_example = if place.failed > 1 { "for example: " } else { "" };
    let lead = format!("{count}{for_example}");
    let room = page.style().width - EXAMPLE_INDENT;
    let at = example.at.as_ref().map(|at| cut_middle(&format!("at {}", clean(at)), room));
    match (example_text(example), at) {
        (Some(said), Some(at)) if columns(&lead) + columns(&said) + AT_GAP + columns(&at) <= room => {
            said_of_check(page, &format!("{lead}{said}  {at}"));
        }
        (Some(said), at) => {
            page.message(Paint::Dim, EXAMPLE_INDENT, &lead, &said);
            at.iter().for_each(|at| said_of_check(page, &format!("  {at}")));
        }
        (None, Some(at)) => said_of_check(page, &format!("{count}{at}")),
        (None, None) => {}
    }
}

fn said_of_check(page: &mut Page, text: &str) {
    page.line(&[plain(" ".repeat(EXAMPLE_INDENT)), span(Paint::Dim, text)]);
}

fn more_checks(page: &mut Page, rest: &[&CheckSummary]) {
    let failed = rest.iter().filter(|check| check.failed > 0).count();
    match (rest.len(), failed) {
        (0, _) => {}
        (more, 0) => page.line(&[span(Paint::Dim, format!("  … and {more} more, all passed"))]),
        (more, failed) => {
            page.line(&[span(Paint::Bad, format!("  … and {more} more, of which {failed} failed"))])
        }
    }
}

/// A check with its pack, if it has one.
fn check_name(check: &CheckSummary) -> String {
    match check.pack.as_str() {
        "" => clean(&check.name),
        pack => format!("{}: {}", clean(pack), clean(&check.name)),
    }
}

fn example_text(example: &CheckExample) -> Option<String> {
    let value = |text: &String| cut_middle(&clean(text), VALUE_COLUMNS);
    let mut parts = Vec::new();
    parts.extend(example.expected.as_ref().map(|text| format!("expected {}", value(text))));
    parts.extend(example.actual.as_ref().map(|text| format!("found {}", value(text))));
    parts.extend(example.message.as_ref().map(|text| clean(text)));
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn status_codes(page: &mut Page, codes: &[StatusCount]) {
    if codes.is_empty() {
        return;
    }
    let total: u64 = codes.iter().map(|code| code.count).sum();
    let last = codes.len() - 1;
    let spans: Vec<Span> =
        codes.iter().enumerate().map(|(index, code)| status_span(code, total, index == last)).collect();
    page.labelled("Status", &spans);
}

fn status_span(code: &StatusCount, total: u64, last: bool) -> Span {
    let paint = match code.status {
        Some(status) if status < 400 => Paint::Plain,
        _ => Paint::Bad,
    };
    let name = code.status.map_or_else(|| format!("no{GLUE}answer"), |status| status.to_string());
    let end = if last { "" } else { "," };
    let share = percent(code.count, total);
    span(paint, format!("{name}:{GLUE}{}{GLUE}({share}%){end}", thousands(code.count)))
}

fn errors(page: &mut Page, errors: &[ErrorSummary]) {
    for (index, error) in errors.iter().take(MAX_ERRORS).enumerate() {
        let label = if index == 0 { "Errors" } else { "" };
        page.labelled(label, &error_spans(error, name_columns(page)));
        messages(page, error);
        if let Some(hint) = error.hint() {
            page.item(plain("  "), &[span(Paint::Dim, format!("hint: {hint}"))]);
        }
    }
    if errors.len() > MAX_ERRORS {
        let rest: u64 = errors[MAX_ERRORS..].iter().map(|error| error.count).sum();
        let more = errors.len() - MAX_ERRORS;
        page.labelled(
            "",
            &[span(
                Paint::Dim,
                format!("… and {more} more kinds, {} in all, in the JSON report", thousands(rest)),
            )],
        );
    }
}

/// What the failures of a group said: a message that stands for several that differ is marked as an example.
fn messages(page: &mut Page, error: &ErrorSummary) {
    let all_alike = error.messages.len() == 1 && error.messages[0].count == error.count;
    for message in error.messages.iter().take(MAX_MESSAGES) {
        let count = if all_alike { String::new() } else { format!("{} × ", thousands(message.count)) };
        let example = if message.same { "" } else { "for example: " };
        // The lines below the first are mostly a stack; the JSON report has them.
        let first_line = clean(message.example.lines().next().unwrap_or_default());
        let text = match without_kind(&first_line, &error.kind) {
            "" => String::new(),
            text => page.message(Paint::Plain, MESSAGE_INDENT, &format!("{count}{example}"), text),
        };
        if let Some(at) = message.at.as_deref().filter(|at| !says(&text, at)) {
            let place = cut_middle(&clean(at), page.body_width() - AT.len());
            page.body_line(span(Paint::Dim, format!("{AT}{place}")));
        }
    }
    let hidden = error.messages.iter().skip(MAX_MESSAGES).map(|message| message.count).sum::<u64>();
    if hidden + error.other_messages > 0 {
        let others = thousands(hidden + error.other_messages);
        page.body_line(span(Paint::Dim, format!("  {others} × something else")));
    }
}

/// Whether a message, as it is shown, says where it comes from, as that of a panic does: mostly with another path.
fn says(message: &str, place: &str) -> bool {
    message.contains(place.rsplit(['/', '\\']).next().unwrap_or(place))
}

/// A message without the kind at its end, which stands above it already, and the system's number of it.
fn without_kind<'a>(message: &'a str, kind: &str) -> &'a str {
    let end = message.rfind(" (os error ").filter(|_| message.ends_with(')'));
    let said = &message[..end.unwrap_or(message.len())];
    said.strip_suffix(kind).and_then(|rest| rest.strip_suffix(": ")).unwrap_or(message)
}

fn name_columns(page: &Page) -> usize {
    NAME_COLUMNS.max(page.style().width / 2)
}

fn error_spans(error: &ErrorSummary, name_columns: usize) -> [Span; 3] {
    let place = match error.source {
        ErrorSource::Request => "in",
        ErrorSource::Iteration => "ended an iteration of",
        ErrorSource::Pack => "in the assertion pack",
    };
    let name = cut_middle(&clean(&error.name), name_columns);
    [
        span(Paint::Bad, format!("{} ×", thousands(error.count))),
        span(Paint::Bad, format!("{}: {}", error.cause.as_str(), cut_end(&clean(&error.kind), NAME_COLUMNS))),
        plain(format!("{place} {name}")),
    ]
}

fn network(page: &mut Page, network: &Network, has_rates: bool) {
    if network.bytes_sent + network.bytes_received == 0 {
        return;
    }
    let part = |verb: &str, total: u64, per_s: f64| match has_rates {
        true => format!("{verb} {} ({}/s)", bytes(total as f64), bytes(per_s)),
        false => format!("{verb} {}", bytes(total as f64)),
    };
    let sent = part("sent", network.bytes_sent, network.sent_bytes_per_s);
    let received = part("received", network.bytes_received, network.received_bytes_per_s);
    page.labelled("Network", &[plain(format!("{sent}, {received}"))]);
}

/// Where the time of an average exchange went. Phases that never happened are left out.
fn phases(page: &mut Page, means: Option<PhaseMeans>) {
    let Some(PhaseMeans { blocked, dns, connect, tls, send, wait, receive }) = means else { return };
    let phases = [
        (blocked, "blocked"),
        (dns, "dns"),
        (connect, "connect"),
        (tls, "tls"),
        (send, "send"),
        (wait, "wait"),
        (receive, "receive"),
    ];
    let parts: Vec<String> = phases
        .iter()
        .filter(|(mean, _)| *mean > 0.0)
        .map(|(mean, name)| format!("{name}{GLUE}{}", duration_ms(*mean)))
        .collect();
    if !parts.is_empty() {
        page.labelled("Phases", &[plain(format!("on average {}", parts.join(", ")))]);
    }
}

const _: () = assert!(GUTTER + NAME_COLUMNS <= super::MIN_TEXT_WIDTH, "a name fits beside the gutter");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_does_not_say_its_kind_again() {
        let refused = "cannot connect to 127.0.0.1:8080: connection refused (os error 111)";
        assert_eq!(without_kind(refused, "connection refused"), "cannot connect to 127.0.0.1:8080");
        assert_eq!(without_kind("no route: connection refused", "connection refused"), "no route");
        assert_eq!(without_kind(refused, "timeout"), refused);
        assert_eq!(
            without_kind("connection refused (odd)", "connection refused"),
            "connection refused (odd)"
        );
    }

    #[test]
    fn a_place_that_the_message_shows_is_not_shown_again() {
        let place = "/home/me/shop/src/lib.rs:12:5";
        assert!(says("panicked at src/lib.rs:12:5: boom", place));
        assert!(!says("panicked at src/lib.rs:14:1: boom", place));
        assert!(!says("panicked at src/…: boom", place));
    }
}
