//! The forms in which a secret may stand in a text.

use std::collections::BTreeSet;

use base64::Engine;
use base64::alphabet;
use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

use super::MIN_SECRET_BYTES;

/// All forms of a secret, without those that are shorter than a secret may be.
///
/// Percent-encoding is not among them: a text is decoded before it is searched, since what is encoded
/// and in which case differs between programs.
pub(super) fn forms(secret: &str) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    for text in texts(secret) {
        forms.extend(base64_forms(text.as_bytes()));
        forms.insert(text.into_bytes());
    }
    forms.retain(|form| form.len() >= MIN_SECRET_BYTES);
    forms
}

/// The forms that are texts: as it is, its lines, and as languages write it between quotes.
fn texts(secret: &str) -> BTreeSet<String> {
    let mut plain = BTreeSet::from([secret.to_owned()]);
    // What is printed is taken line by line, and messages are brought onto one line.
    plain.extend(secret.lines().map(|line| line.trim().to_owned()));
    plain.insert(secret.split_whitespace().collect::<Vec<_>>().join(" "));
    plain.insert(secret.chars().filter(|c| !c.is_control() || *c == '\t').collect());
    let mut texts = plain.clone();
    for text in plain {
        let json = json_escaped(&text);
        texts.insert(json_escaped(&json));
        texts.insert(json);
        texts.insert(format!("{text:?}").trim_matches('"').to_owned());
        texts.insert(html_escaped(&text));
        // `application/x-www-form-urlencoded` writes a space so.
        texts.insert(text.replace(' ', "+"));
    }
    texts
}

fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn html_escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// What is the same in base64 of every text that holds the secret. Three bytes are four letters, so
/// there is a form for each of the three places where the secret may begin; the letters at its ends
/// that depend on the neighbours are left out.
fn base64_forms(secret: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    [&alphabet::STANDARD, &alphabet::URL_SAFE].into_iter().flat_map(move |letters| {
        let engine = GeneralPurpose::new(letters, NO_PAD);
        (0..3).map(move |before| {
            let padded = [&[0; 2][..before], secret].concat();
            let encoded = engine.encode(&padded).into_bytes();
            let first = (before * 8).div_ceil(6);
            let end = padded.len() * 8 / 6;
            encoded[first..end].to_vec()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts_of(secret: &str) -> Vec<String> {
        forms(secret).into_iter().map(|form| String::from_utf8(form).unwrap()).collect()
    }

    #[test]
    fn base64_is_recognised_wherever_the_secret_begins() {
        let engine = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);
        let forms = texts_of("s3cr3t!value");
        for before in ["", "u", "us", "user:", "user1:"] {
            for after in ["", "x", "xy"] {
                let encoded = engine.encode(format!("{before}s3cr3t!value{after}"));
                assert!(forms.iter().any(|form| encoded.contains(form)), "{encoded}");
            }
        }
    }

    #[test]
    fn a_secret_of_several_lines_is_known_line_by_line() {
        let forms = texts_of("-----BEGIN-----\n  c2VjcmV0c2VjcmV0\nab\n");
        assert!(forms.contains(&"c2VjcmV0c2VjcmV0".to_owned()));
        assert!(!forms.contains(&"ab".to_owned()), "too short to look for");
        assert!(forms.contains(&"-----BEGIN----- c2VjcmV0c2VjcmV0 ab".to_owned()));
    }

    #[test]
    fn escapes_of_json_rust_and_html_are_forms() {
        let forms = texts_of("a\"b\\c<d>&'e");
        for form in [r#"a\"b\\c<d>&'e"#, "a&quot;b\\c&lt;d&gt;&amp;&#39;e", r#"a\\\"b\\\\c<d>&'e"#] {
            assert!(forms.iter().any(|known| known == form), "{form} in {forms:?}");
        }
    }
}
