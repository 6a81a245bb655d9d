//! Annotations that users bring along, from whatever deploys, switches over or sells: CSV with a head, JSON lines, or one
//! list in JSON.
//!
//! Each has `time` and `text`, and may have `until`. A time is RFC 3339, or a duration after the start of the run. Other
//! columns and fields are somebody else's, and passed over.

use outrider_model::units::parse_duration;
use outrider_model::{AnnotationText, Timestamp};
use outrider_storage::{Annotation, rfc3339};
use serde::Deserialize;

/// What is wrong with one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationFault {
    /// The line, from 1; in a list in JSON, the number of the annotation.
    pub line: u64,
    /// What.
    pub message: String,
}

/// An annotation as it is written.
#[derive(Debug, Deserialize)]
struct Written {
    time: Option<String>,
    until: Option<String>,
    text: Option<String>,
}

/// Reads them all. `start` is when the run started.
///
/// # Errors
///
/// Everything that is wrong with any of them.
pub fn parse_annotations(text: &str, start: Timestamp) -> Result<Vec<Annotation>, Vec<AnnotationFault>> {
    let text = text.trim_start_matches('\u{feff}');
    let written = match text.trim_start().chars().next() {
        Some('[') => json_list(text),
        Some('{') => json_lines(text),
        _ => csv(text),
    };
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for (line, written) in written {
        match written.and_then(|written| written.annotation(start)) {
            Ok(annotation) => read.push(annotation),
            Err(message) => faults.push(AnnotationFault { line, message }),
        }
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// A point in time as it is written: RFC 3339, or a duration after the start of the run.
///
/// # Errors
///
/// If it is neither: what would be.
pub fn parse_moment(text: &str, start: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    let after = parse_duration(text).map(|after| start + after);
    after.or_else(|_| rfc3339::parse(text)).map_err(|_| {
        format!(
            "'{text}' is no time: write one as 2026-01-31T12:00:00Z, or a duration after the start, for example 5m"
        )
    })
}

impl Written {
    fn annotation(self, start: Timestamp) -> Result<Annotation, String> {
        let filled = |field: Option<String>| field.filter(|value| !value.trim().is_empty());
        let time = filled(self.time).ok_or("it has no `time`")?;
        let text = filled(self.text).ok_or("it has no `text`")?;
        let at = parse_moment(&time, start)?;
        let until = filled(self.until).map(|until| parse_moment(&until, start)).transpose()?;
        if until.is_some_and(|until| until < at) {
            return Err("it ends before it begins".to_owned());
        }
        let text: AnnotationText =
            text.parse().map_err(|error: outrider_model::AnnotationError| error.to_string())?;
        Ok(Annotation { at, until, text: text.to_string() })
    }
}

type Line = (u64, Result<Written, String>);

fn json_list(text: &str) -> Vec<Line> {
    match serde_json::from_str::<Vec<serde_json::Value>>(text) {
        Err(error) => vec![(error.line() as u64, Err(error.to_string()))],
        Ok(list) => (1..)
            .zip(list.into_iter().map(|one| serde_json::from_value(one).map_err(|error| error.to_string())))
            .collect(),
    }
}

fn json_lines(text: &str) -> Vec<Line> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| (number, serde_json::from_str(line).map_err(|error| error.to_string())))
        .collect()
}

fn csv(text: &str) -> Vec<Line> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let head = match reader.headers() {
        Ok(head) => head.clone(),
        Err(error) => return vec![(1, Err(error.to_string()))],
    };
    if !["time", "text"].iter().all(|wanted| head.iter().any(|column| column == *wanted)) {
        return vec![(1, Err("the head of CSV names the columns, `time` and `text` among them".to_owned()))];
    }
    let lines = reader.into_records().map(|record| match record {
        Ok(record) => {
            let line = record.position().map_or(0, csv::Position::line);
            (line, record.deserialize(Some(&head)).map_err(|error| error.to_string()))
        }
        Err(error) => (error.position().map_or(0, csv::Position::line), Err(error.to_string())),
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_770_000_000_000_000_000);

    fn read(text: &str) -> Vec<Annotation> {
        parse_annotations(text, START).unwrap()
    }

    fn faults(text: &str) -> Vec<(u64, String)> {
        parse_annotations(text, START)
            .unwrap_err()
            .into_iter()
            .map(|fault| (fault.line, fault.message))
            .collect()
    }

    #[test]
    fn the_three_forms_say_the_same() {
        let csv = "who,time,until,text\nci,2m,,\"deployed, v2\"\nops,2026-02-02T02:45:00Z,10m,failover\n";
        let lines = "{\"time\": \"2m\", \"text\": \"deployed, v2\", \"who\": 7}\n\n{\"time\": \"2026-02-02T03:45:00+01:00\", \"until\": \"10m\", \"text\": \"failover\"}";
        let list = format!("[{}]", lines.replace("}\n", "},\n"));
        let found = read(csv);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].at.since(START).as_secs(), found[0].text.as_str()), (120, "deployed, v2"));
        assert_eq!(found[1].at.since(START).as_secs(), 300);
        assert_eq!(found[1].until.unwrap().since(START).as_secs(), 600);
        assert_eq!((read(lines), read(&list)), (found.clone(), found));
        assert_eq!((read("[]"), read("time,text\n")), (Vec::new(), Vec::new()));
    }

    #[test]
    fn every_fault_is_said_with_its_line() {
        let found = faults("time,text,until\nsoon,a\n5m,\n5m,b,4m\n");
        assert_eq!(found[0].0, 2);
        assert!(found[0].1.starts_with("'soon' is no time: "), "{found:?}");
        assert_eq!(
            found[1..],
            [(3, "it has no `text`".to_owned()), (4, "it ends before it begins".to_owned())]
        );
        assert_eq!(faults("{\"time\": 5}")[0].0, 1);
        assert_eq!(faults("{\"text\": \"x\"}\n{")[1].0, 2);
        assert!(faults("when,what\n5m,x\n")[0].1.contains("`time` and `text`"));
        assert_eq!(faults("[{\"time\": \"5m\"}]"), [(1, "it has no `text`".to_owned())]);
    }
}
