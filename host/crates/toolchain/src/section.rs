//! Custom sections, in which a component says of itself what its imports do not.

/// The id of a custom section: <https://webassembly.github.io/spec/core/binary/modules.html#custom-section>.
const CUSTOM_SECTION: u8 = 0;

/// The component with one more section at its end.
pub(crate) fn with_section(mut component: Vec<u8>, name: &str, data: &[u8]) -> Vec<u8> {
    let content = [&length(name.len())[..], name.as_bytes(), data].concat();
    component.push(CUSTOM_SECTION);
    component.extend(length(content.len()));
    component.extend(content);
    component
}

/// A length as the format has it: LEB128.
fn length(bytes: usize) -> Vec<u8> {
    let (mut left, mut encoded) = (bytes, Vec::new());
    loop {
        // The lowest seven bits.
        let group = (left & 0x7f) as u8;
        left >>= 7;
        if left == 0 {
            encoded.push(group);
            return encoded;
        }
        encoded.push(group | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use wasmparser::{Parser, Payload};

    use super::*;

    #[test]
    fn what_was_put_in_is_read_again_whatever_its_length() {
        for bytes in [0, 1, 200, 20_000] {
            let data = vec![7; bytes];
            let component = with_section(b"\0asm\x0d\0\x01\0".to_vec(), "said", &data);
            let sections =
                Parser::new(0).parse_all(&component).filter_map(|payload| match payload.unwrap() {
                    Payload::CustomSection(section) => Some((section.name(), section.data().to_vec())),
                    _ => None,
                });
            assert_eq!(sections.collect::<Vec<_>>(), [("said", data)]);
        }
    }
}
