//! From texts and bodies to what may be shown of them.
//!
//! Secrets go first, since half of one might not be recognised; then what drives a terminal becomes a sign; then the
//! text is cut. Of a body only the beginning is looked at, whatever its length.

use std::borrow::Cow;

use outrider_model::drives_a_terminal;

use super::ShownBody;
use crate::Redactor;
use crate::http::shortened;

/// 64 bytes of what is no text: enough to tell a PNG from a ZIP file.
const MAX_HEX_BYTES: usize = 64;

/// A text on one line.
pub(super) fn line(redactor: &Redactor, text: &str, max: usize) -> String {
    let kept = shown_characters(&beginning(redactor, text, max), false);
    shortened(&kept, max).unwrap_or(kept)
}

/// A text with its line breaks.
pub(super) fn lines(redactor: &Redactor, text: &str, max: usize) -> String {
    let kept = shown_characters(&beginning(redactor, text, max), true);
    shortened(&kept, max).unwrap_or(kept)
}

/// A body; `max` bytes of it if it is text.
pub(super) fn body(redactor: &Redactor, bytes: &[u8], content_type: Option<&str>, max: usize) -> ShownBody {
    let length = bytes.len() as u64;
    let head = &bytes[..bytes.len().min(max)];
    match text_of(head, head.len() < bytes.len(), content_type) {
        Some(text) => {
            let redacted = match head.len() < bytes.len() {
                true => redactor.redact_cut(&text),
                false => redactor.redact(&text),
            };
            ShownBody {
                bytes: length,
                hidden_bytes: length - text.len().min(head.len()) as u64,
                text: Some(shown_characters(&redacted, true)),
                ..ShownBody::default()
            }
        }
        None => {
            let head = &bytes[..bytes.len().min(MAX_HEX_BYTES)];
            let hex: Vec<String> = head.iter().map(|byte| format!("{byte:02x}")).collect();
            ShownBody {
                bytes: length,
                hex: Some(hex.join(" ")),
                hidden_bytes: length - head.len() as u64,
                ..ShownBody::default()
            }
        }
    }
}

/// Bytes as text: those that are UTF-8, and those that are said to be text of some other kind.
fn text_of<'b>(head: &'b [u8], is_cut: bool, content_type: Option<&str>) -> Option<Cow<'b, str>> {
    match std::str::from_utf8(head) {
        Ok(text) if !text.contains('\0') => Some(Cow::Borrowed(text)),
        // The last letter may be the one that was cut.
        Err(error) if is_cut && error.error_len().is_none() => {
            let whole = std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default();
            (!whole.contains('\0')).then_some(Cow::Borrowed(whole))
        }
        _ => is_text(content_type).then(|| String::from_utf8_lossy(head)),
    }
}

fn is_text(content_type: Option<&str>) -> bool {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let endings = ["json", "xml", "javascript", "x-www-form-urlencoded"];
    essence.starts_with("text/") || endings.iter().any(|ending| essence.ends_with(ending))
}

/// At least the first `max` bytes of a text, without secrets.
fn beginning<'t>(redactor: &Redactor, text: &'t str, max: usize) -> Cow<'t, str> {
    // One byte more shows that there is more.
    let end = text.floor_char_boundary(max.saturating_add(4));
    match end < text.len() {
        true => redactor.redact_cut(&text[..end]),
        false => redactor.redact(text),
    }
}

/// The text with a sign for each character that would drive a terminal: Unicode's pictures for the control characters
/// of ASCII, and the replacement character for the others and for those that turn the direction of writing.
pub(crate) fn shown_characters(text: &str, keeps_lines: bool) -> String {
    // A line that ends as Windows' do is a line.
    let text = if keeps_lines { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
    text.chars().map(|c| if keeps_lines && matches!(c, '\n' | '\t') { c } else { sign(c) }).collect()
}

fn sign(c: char) -> char {
    match c {
        '\t' => ' ',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        _ if drives_a_terminal(c) => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8], content_type: &str, max: usize) -> ShownBody {
        body(&Redactor::default(), bytes, Some(content_type), max)
    }

    #[test]
    fn what_would_drive_a_terminal_becomes_a_sign() {
        let shown = line(&Redactor::default(), "a\u{1b}[31mred\n\u{7f}\u{9b}2J\u{202e}b", 100);
        assert_eq!(shown, "a␛[31mred␊␡\u{fffd}2J\u{fffd}b");
        assert_eq!(lines(&Redactor::default(), "one\r\n\ttwo\rthree", 100), "one\n\ttwo␍three");
    }

    #[test]
    fn a_body_is_cut_between_letters_and_says_how_much_is_left() {
        let text = "é".repeat(100);
        let cut = shown(text.as_bytes(), "text/plain", 11);
        assert_eq!((cut.text.as_deref(), cut.hidden_bytes), (Some("ééééé"), 190));
        let whole = shown(b"{\"a\": 1}", "application/json", 11);
        assert_eq!((whole.text.as_deref(), whole.hidden_bytes), (Some("{\"a\": 1}"), 0));
    }

    #[test]
    fn what_is_no_text_is_shown_as_bytes() {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[0; 1000]].concat();
        let shown_png = shown(&png, "image/png", 2048);
        assert!(shown_png.hex.as_deref().unwrap().starts_with("89 50 4e 47 0d 0a 1a 0a 00"), "{shown_png:?}");
        assert_eq!((shown_png.bytes, shown_png.hidden_bytes), (1008, 944));
        assert_eq!(shown(b"\xe4pfel", "text/plain; charset=iso-8859-1", 99).text.unwrap(), "\u{fffd}pfel");
        assert_eq!(shown(b"a\0b", "application/octet-stream", 99).hex.unwrap(), "61 00 62");
    }

    #[test]
    fn a_secret_goes_before_the_text_is_cut() {
        let redactor = Redactor::new([("token", "hunter2-hunter2")]);
        let shown = body(&redactor, b"my token is hunter2-hunter2, is it not?", None, 19);
        assert_eq!(shown.text.unwrap(), "my token is [secret token]");
        assert_eq!(line(&redactor, "my token is hunter2-hunter2, is it not?", 16), "my token is […");
    }
}
