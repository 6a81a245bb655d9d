//! The files in which AWS's tools keep profiles: sections, keys, and keys within keys.
//!
//! ```text
//! [profile work]                ~/.aws/config; in ~/.aws/credentials the section is [work]
//! region = eu-central-1         # a comment needs a space before it, behind a value
//! services = ours
//!
//! [services ours]
//! s3 =
//!   endpoint_url = https://minio.test     is `s3.endpoint_url` here
//! ```

use std::collections::BTreeMap;

/// The sections by their names, as they stand between the brackets.
pub(super) type Sections = BTreeMap<String, Keys>;

/// The keys of a section in lower case.
pub(super) type Keys = BTreeMap<String, String>;

/// Reads the text of a file. `Err` has the number of the line, from 1, that is neither.
pub(super) fn parse(text: &str) -> Result<Sections, usize> {
    let mut sections = Sections::new();
    let (mut section, mut outer) = (None::<String>, None::<String>);
    for (index, line) in text.lines().enumerate() {
        let is_within = line.starts_with([' ', '\t']);
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = section_of(line) {
            sections.entry(name.clone()).or_default();
            (section, outer) = (Some(name), None);
            continue;
        }
        let (Some(section), Some((key, value))) = (&section, line.split_once('=')) else {
            return Err(index + 1);
        };
        let (key, value) = (key.trim().to_ascii_lowercase(), without_comment(value).to_owned());
        let key = match (&outer, is_within) {
            (Some(outer), true) => format!("{outer}.{key}"),
            _ => key,
        };
        if !is_within {
            outer = value.is_empty().then(|| key.clone());
        }
        sections.entry(section.clone()).or_default().insert(key, value);
    }
    Ok(sections)
}

/// The name between brackets, with one space between its words.
fn section_of(line: &str) -> Option<String> {
    let (name, behind) = line.strip_prefix('[')?.split_once(']')?;
    let is_section = behind.trim_start().is_empty() || behind.trim_start().starts_with(['#', ';']);
    is_section.then(|| name.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn without_comment(value: &str) -> &str {
    let comment = [" #", " ;", "\t#", "\t;"].into_iter().filter_map(|mark| value.find(mark)).min();
    value[..comment.unwrap_or(value.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_keys_comments_and_keys_within_keys_are_read() {
        let text = "# ours\n[default]\nRegion=eu-west-1 # near\n\n[ profile   work ]  ; the other\n\
                    aws_secret_access_key = a+b/c=#d\nservices = ours\n[services ours]\ns3 =\n  \
                    endpoint_url = http://minio.test:9000\nec2 =\n\tendpoint_url = http://ec2.test\n";
        let sections = parse(text).unwrap();
        assert_eq!(sections["default"]["region"], "eu-west-1");
        assert_eq!(sections["profile work"]["aws_secret_access_key"], "a+b/c=#d");
        assert_eq!(sections["services ours"]["s3.endpoint_url"], "http://minio.test:9000");
        assert_eq!(sections["services ours"]["ec2.endpoint_url"], "http://ec2.test");
    }

    #[test]
    fn a_line_that_is_neither_section_nor_key_is_named() {
        assert_eq!(parse("[default]\nregion\n"), Err(2));
        assert_eq!(parse("region = here\n[default]\n"), Err(1), "a key before any section");
        assert_eq!(parse("[default\n"), Err(1));
    }
}
