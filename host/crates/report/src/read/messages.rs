//! What failures of one group said, by the shape of the message.

use super::columns::{MAX_KEPT_BYTES, cut_text, kept_text};
use super::place::place_of;
use crate::summary::MessageSummary;

/// Five shapes of a group: the different ways in which one thing fails are few, and a journey can put what it
/// likes into its messages.
const MAX_SHAPES: usize = 5;

/// One mebibyte of examples and stacks in a report, over all groups: more than anyone reads, and a document that can
/// still be sent by mail.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Sixteen kibibytes: more than the bounds of a row's stack (20 lines of 512 bytes) come to.
const MAX_STACK_BYTES: usize = 16 << 10;

/// What one failure said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said<'a> {
    /// Its message; empty without one.
    pub(super) message: &'a str,
    /// Where in the author's source it was.
    pub(super) stack: Option<&'a str>,
}

impl<'a> Said<'a> {
    /// What a failure said that has no stack.
    pub(super) fn message(message: Option<&'a str>) -> Said<'a> {
        Said { message: message.unwrap_or_default(), stack: None }
    }

    /// Whether there is anything to read besides the name of its kind.
    pub(super) fn says_more_than(self, kind: &str) -> bool {
        self.stack.is_some() || !(self.message.is_empty() || self.message == kind)
    }
}

/// What is left of the text that a report keeps of all messages.
#[derive(Debug)]
pub(super) struct TextBudget(usize);

impl Default for TextBudget {
    fn default() -> TextBudget {
        TextBudget(MAX_TEXT_BYTES)
    }
}

impl TextBudget {
    /// Whether so many bytes may be kept, which are taken off then.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.0;
        self.0 -= if fits { bytes } else { 0 };
        fits
    }
}

/// The messages of a group as they are found.
#[derive(Debug, Default)]
pub(super) struct Messages {
    shapes: Vec<Shape>,
    others: u64,
}

/// Messages that differ in nothing but numbers, from one place.
#[derive(Debug)]
struct Shape {
    shape: String,
    example: String,
    /// The length of the first one in bytes: its example may be cut.
    length: usize,
    /// The stack of the first one.
    stack: Option<String>,
    /// The frame of it that is the author's.
    at: Option<String>,
    same: bool,
    count: u64,
}

impl Messages {
    /// Counts failures of which the first said this, and the others something of its shape. What there is no room
    /// for is counted alone.
    pub(super) fn add_many(&mut self, count: u64, said: Said<'_>, budget: &mut TextBudget) {
        let Said { message, stack } = said;
        // Most failures say word for word what the one before said.
        if let Some(known) =
            self.shapes.iter_mut().find(|known| known.begins_as(message) && known.stack.as_deref() == stack)
        {
            known.same &= count == 1;
            known.count += count;
            return;
        }
        let (shape, is_room) = (shape_of(message), self.shapes.len() < MAX_SHAPES);
        let at = stack.and_then(place_of).map(kept_text);
        match self.shapes.iter_mut().find(|known| known.shape == shape && known.at == at) {
            Some(known) => {
                // The same words by another way to the same place are still the same words.
                known.same &= count == 1 && known.begins_as(message);
                known.count += count;
            }
            None if is_room && budget.take(message.len().min(MAX_KEPT_BYTES)) => {
                // A long stack may be too much where the message is not.
                let stack = stack.map(|stack| cut_text(stack, MAX_STACK_BYTES));
                let stack = stack.filter(|stack| budget.take(stack.len()));
                let (example, length) = (kept_text(message), message.len());
                self.shapes.push(Shape { shape, example, length, stack, at, same: count == 1, count });
            }
            None => self.others += count,
        }
    }

    /// The shapes, the most frequent first, and how many messages have another one.
    pub(super) fn finish(mut self) -> (Vec<MessageSummary>, u64) {
        self.shapes.sort_by(|a, b| (b.count, &a.example).cmp(&(a.count, &b.example)));
        let shapes = self.shapes.into_iter();
        let messages = shapes.map(|Shape { example, at, stack, same, count, .. }| MessageSummary {
            example,
            at,
            stack,
            same,
            count,
        });
        (messages.collect(), self.others)
    }
}

impl Shape {
    /// Whether a message is the same as the first one, as far as that is kept.
    fn begins_as(&self, message: &str) -> bool {
        self.length == message.len() && message.starts_with(self.example.trim_end_matches('…'))
    }
}

/// The first line of a message with each number as `#`: what is below it is mostly a stack.
fn shape_of(message: &str) -> String {
    let line = kept_text(message.lines().next().unwrap_or_default());
    let mut shape = String::with_capacity(line.len());
    for c in line.chars() {
        match c.is_ascii_digit() {
            false => shape.push(c),
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(messages: &[&str]) -> (Vec<(String, bool, u64)>, u64) {
        let (mut found, mut budget) = (Messages::default(), TextBudget::default());
        messages.iter().for_each(|message| found.add_many(1, Said::message(Some(message)), &mut budget));
        let (shapes, others) = found.finish();
        (shapes.into_iter().map(|m| (m.example, m.same, m.count)).collect(), others)
    }

    #[test]
    fn messages_that_differ_in_numbers_alone_are_one_shape_and_an_example() {
        let (shapes, others) = said(&[
            "order 12 is late by 3.5 s",
            "order 7 is late by 0.25 s",
            "cart is empty",
            "cart is empty",
        ]);
        let late = ("order 12 is late by 3.5 s".to_owned(), false, 2);
        assert_eq!(shapes, [("cart is empty".to_owned(), true, 2), late]);
        assert_eq!(others, 0);
    }

    #[test]
    fn the_first_line_is_the_shape_and_stacks_that_differ_make_an_example() {
        let (shapes, _) = said(&["TypeError: x\n  at a.ts:1:2", "TypeError: x\n  at b.ts:9"]);
        assert_eq!(shapes, [("TypeError: x\n  at a.ts:1:2".to_owned(), false, 2)]);
    }

    #[test]
    fn messages_are_counted_by_the_place_that_they_come_from() {
        let (mut found, mut budget) = (Messages::default(), TextBudget::default());
        let stacks =
            ["at a (x.ts:1:2)", "at a (x.ts:1:2)", "at a (x.ts:1:2)\nat b (x.ts:9:9)", "at c (x.ts:5:5)"];
        for stack in stacks {
            found.add_many(1, Said { message: "TypeError: x", stack: Some(stack) }, &mut budget);
        }
        let (found, _) = found.finish();
        let found: Vec<_> =
            found.iter().map(|m| (m.at.as_deref(), m.stack.as_deref(), m.same, m.count)).collect();
        let first = (Some("x.ts:1:2"), Some("at a (x.ts:1:2)"), true, 3);
        assert_eq!(found, [first, (Some("x.ts:5:5"), Some("at c (x.ts:5:5)"), true, 1)]);
    }

    #[test]
    fn shapes_are_bounded_and_the_rest_is_counted() {
        let words: Vec<String> = ('a'..='z').map(|letter| format!("no {letter}")).collect();
        let (shapes, others) = said(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((shapes.len(), others), (MAX_SHAPES, 26 - MAX_SHAPES as u64));
    }

    #[test]
    fn text_is_bounded_over_all_groups_and_the_rest_is_counted() {
        let mut budget = TextBudget(2_000);
        let long = "x".repeat(MAX_KEPT_BYTES);
        let mut groups = [(); 3].map(|()| Messages::default());
        let said = Said { message: &long, stack: Some("at a (x.ts:1:2)") };
        groups.iter_mut().for_each(|group| group.add_many(1, said, &mut budget));
        let [first, second, third] = groups.map(Messages::finish);
        assert!(first.0[0].stack.is_some() && first.1 == 0, "{first:?}");
        assert_eq!((second.0.len(), second.1, third.0.len(), third.1), (0, 1, 0, 1));
    }

    #[test]
    fn long_messages_are_the_same_only_if_they_are_as_long() {
        let long = "x".repeat(5_000);
        let (shapes, _) = said(&[&long, &long, &format!("{long}y")]);
        let [(example, same, count)] = &shapes[..] else { panic!("{shapes:?}") };
        assert_eq!((example.chars().count(), *same, *count), (1_001, false, 3));
    }
}
