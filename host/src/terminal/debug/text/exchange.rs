//! Requests, answers, and what is taken out of them.

use outrider_capability::{Happening, ShownBody};

use super::{Text, time};

/// What belongs to a line above it is indented by so much more.
const DETAIL: &str = "       ";

impl Text {
    /// A request, an answer, or that there is none.
    pub(super) fn exchange(&mut self, what: &Happening) -> String {
        match what {
            Happening::Request { exchange, headers, body, .. } => {
                self.sent.insert(*exchange);
                self.with_details(&self.request(what), headers.iter().map(field), body.as_ref())
            }
            Happening::Answer { exchange, headers, cookies, redirect_to, body, .. } => {
                self.sent.remove(exchange);
                let kept = cookies.iter().map(|cookie| match cookie.kept {
                    true => format!("keeps the cookie {}", cookie.name),
                    false => format!("does not keep the cookie {}", cookie.name),
                });
                let redirect = redirect_to.iter().map(|url| format!("is followed to {url}"));
                let details = headers.iter().map(field).chain(kept).chain(redirect);
                self.with_details(&self.answer(what), details, body.as_ref())
            }
            Happening::NoAnswer { exchange, hint, .. } => {
                let sent = self.sent.remove(exchange);
                let request = (!sent).then(|| self.indented(&self.unsent(what)));
                let answer = self.with_hint(&self.no_answer(what), hint.as_deref());
                request.into_iter().chain([answer]).collect::<Vec<_>>().join("\n")
            }
            _ => String::new(),
        }
    }

    fn request(&self, what: &Happening) -> String {
        let Happening::Request { exchange, name, method, url, protocol, redirects, .. } = what else {
            return String::new();
        };
        let by = match redirects {
            0 => String::new(),
            count => format!(", redirect {count}"),
        };
        let number = self.style.cyan(&format!("#{exchange} →"));
        format!("{number} {method} {url}  ({protocol}, counted as {name}{by})")
    }

    /// A request of which not a byte was written.
    fn unsent(&self, what: &Happening) -> String {
        let Happening::NoAnswer { exchange, name, method, url, .. } = what else { return String::new() };
        let number = self.style.cyan(&format!("#{exchange} →"));
        format!("{number} {method} {url}  (not sent, counted as {name})")
    }

    fn no_answer(&self, what: &Happening) -> String {
        let Happening::NoAnswer { exchange, duration_ms, kind, error, .. } = what else {
            return String::new();
        };
        let number = self.style.cyan(&format!("#{exchange} ←"));
        let why = if error.contains(kind.as_str()) { error.clone() } else { format!("{kind}: {error}") };
        format!("{number} {} after {}: {why}", self.style.red("no answer"), time(*duration_ms))
    }

    fn answer(&self, what: &Happening) -> String {
        let Happening::Answer { exchange, status, ok, protocol, duration_ms, bytes_received, .. } = what
        else {
            return String::new();
        };
        let status = if *ok { status.to_string() } else { self.style.red(&status.to_string()) };
        format!(
            "{} {status}  ({protocol}, {}: {}; {bytes_received} bytes over {})",
            self.style.cyan(&format!("#{exchange} ←")),
            time(*duration_ms),
            phases(what),
            connection(what),
        )
    }

    /// What the journey asked of an answer, and what it got.
    pub(super) fn extract(&self, what: &Happening) -> String {
        let Happening::Extract { exchange, by, expression, part, hint, .. } = what else {
            return String::new();
        };
        let of = exchange.map_or(String::new(), |number| format!(" of #{number}"));
        let asked: Vec<&str> = expression.as_deref().into_iter().chain(part.as_deref()).collect();
        let asked = if asked.is_empty() { String::new() } else { format!("  {}", asked.join("  ")) };
        self.with_hint(&format!("{by}{of}{asked}  = {}", self.got(what)), hint.as_deref())
    }

    fn got(&self, what: &Happening) -> String {
        let Happening::Extract { by, count, found, error, .. } = what else { return String::new() };
        match (error, *count, found.len() as u64) {
            (Some(error), ..) => format!("{} {error}", self.style.red("cannot:")),
            (None, 0, _) if by == "json_schema" => "it fits".to_owned(),
            (None, 0, _) => self.style.red("nothing"),
            (None, _, 0) => "read".to_owned(),
            (None, 1, _) => found.concat(),
            (None, count, shown) => {
                let more = if count > shown { ", …" } else { "" };
                format!("{count} values: {}{more}", found.join(", "))
            }
        }
    }

    fn with_hint(&self, head: &str, hint: Option<&str>) -> String {
        let hint = hint.map(|hint| format!("{} {hint}", self.style.cyan("hint:")));
        self.with_details(head, hint.into_iter(), None)
    }

    /// A line with those that belong to it.
    pub(super) fn with_details(
        &self,
        head: &str,
        details: impl Iterator<Item = String>,
        body: Option<&ShownBody>,
    ) -> String {
        let body = body.into_iter().flat_map(body_lines);
        let details = details.chain(body).map(|line| format!("{DETAIL}{line}"));
        let lines: Vec<String> =
            std::iter::once(head.to_owned()).chain(details).map(|line| self.indented(&line)).collect();
        lines.join("\n")
    }
}

/// Those that took time.
fn phases(answer: &Happening) -> String {
    let Happening::Answer { phases_ms: p, .. } = answer else { return String::new() };
    let all = [
        ("blocked", p.blocked),
        ("dns", p.dns),
        ("connect", p.connect),
        ("tls", p.tls),
        ("send", p.send),
        ("wait", p.wait),
        ("receive", p.receive),
    ];
    let took_time = all.iter().filter(|(_, ms)| *ms > 0.0);
    took_time.map(|(name, ms)| format!("{name} {}", time(*ms))).collect::<Vec<_>>().join(", ")
}

fn connection(answer: &Happening) -> String {
    let Happening::Answer { connection_reused, remote_address, .. } = answer else { return String::new() };
    let connection = if *connection_reused { "an open connection" } else { "a new connection" };
    format!("{connection} to {}", remote_address.as_deref().unwrap_or("nowhere"))
}

/// The lines of a body, each with a bar before it.
fn body_lines(body: &ShownBody) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    match (&body.missing, &body.text, &body.hex) {
        (Some(why), ..) => lines.push(format!("({} bytes: {why})", body.bytes)),
        (None, Some(text), _) => lines.extend(text.lines().map(|line| format!("| {line}"))),
        (None, None, Some(hex)) => lines.push(format!("| {hex}  ({} bytes that are no text)", body.bytes)),
        (None, None, None) => {}
    }
    if body.hidden_bytes > 0 && body.hex.is_none() {
        lines.push(format!("| … {} more bytes (--debug-body shows more)", body.hidden_bytes));
    }
    lines
}

fn field((name, value): &(String, String)) -> String {
    format!("{name}: {value}")
}
