//! Prints lines.

use std::io::{Write, stderr, stdout};

use outrider_sdk::Result;

use crate::parameters::Stream;

pub(super) fn print(stream: Stream, amount: u64) -> Result<()> {
    match stream {
        Stream::Stdout => write_lines(&mut stdout(), amount),
        Stream::Stderr => write_lines(&mut stderr(), amount),
    }
}

fn write_lines(stream: &mut dyn Write, amount: u64) -> Result<()> {
    for line in super::up_to(amount) {
        stream.write_all(format!("line {line} of a guest that prints a lot\n").as_bytes())?;
    }
    Ok(())
}
