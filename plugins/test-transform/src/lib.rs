//! A transform for tests: the first word of each record says what becomes of it.

use outrider_sdk::serde_json::Value;
use outrider_sdk::transforms::{Description, RawRecord, Rejection, Row};
use outrider_sdk::{Error, Result, Transform, check, json, log, metric, vars};

/// Counts the records that one instance saw.
#[derive(Debug)]
pub struct Told {
    seen: i64,
}

impl Transform for Told {
    fn describe() -> Description {
        Description::new("told", "Does with each record what its first word says.", "told").parameters(
            json!({
                "type": "object",
                "properties": { "start": { "enum": ["works", "fails", "panics"], "default": "works" } },
                "additionalProperties": false,
            }),
        )
    }

    fn start() -> Result<Self> {
        let parameters: Value = vars::parameters()?;
        match parameters["start"].as_str() {
            Some("fails") => Err(Error::plugin("this transform fails at its start on purpose")),
            Some("panics") => panic!("at its start, on purpose"),
            _ => Ok(Self { seen: 0 }),
        }
    }

    fn transform(&mut self, record: &RawRecord) -> Result<Vec<Row>, Rejection> {
        self.seen += 1;
        let text = record.text()?;
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let row = || Row::new().with("text", rest).with("seen", self.seen);
        match word {
            "row" => Ok(vec![row()]),
            "rows" => Ok(vec![row(), row()]),
            "skip" => Ok(Vec::new()),
            "number" => Ok(vec![row().with("number", rest.parse::<i64>()?)]),
            "column" => Ok(vec![Row::new().with(rest, 1)]),
            "log" => {
                log::info!("{rest}");
                Ok(vec![row()])
            }
            "count" => {
                metric::counter("orders").add(rest.parse::<f64>()?);
                metric::trend("bytes").record(text.len() as f64);
                Ok(vec![row()])
            }
            "float" => Ok(vec![row().with("share", rest.parse::<f64>()?)]),
            "id" => Ok(vec![row().with("id", rest.parse::<u64>()?)]),
            "check" => {
                check(rest, true);
                Ok(vec![row()])
            }
            "panic" => panic!("as told: {rest}"),
            "spin" => loop {
                std::hint::spin_loop();
            },
            "eat" => {
                let mut eaten = Vec::new();
                loop {
                    eaten.push(std::hint::black_box(vec![1_u8; 1 << 20]));
                }
            }
            _ => Err(Rejection::new(format!("'{word}' says nothing"))),
        }
    }
}

outrider_sdk::transform!(Told);
