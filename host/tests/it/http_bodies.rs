//! Bodies through the real program: what is compressed is read as it was before, bombs are cut off, forms
//! arrive as they were filled in.

use outrider_test_util::{Behaviour, Encoding, TargetRequest, TargetServer, pattern};

use crate::exchanges::exchange;
use crate::tables::rows;

#[test]
fn compressed_bodies_are_read_as_the_plain_text_and_counted_as_they_came() {
    let plain = String::from_utf8(pattern(100_000).to_vec()).unwrap();
    let mut target = TargetServer::builder().route("/plain", Behaviour::text(plain.as_str()));
    for encoding in Encoding::ALL {
        let path = format!("/{}", encoding.as_str());
        target = target.route(&path, Behaviour::text(plain.as_str()).compressed(encoding));
    }
    let target = target.start();
    let run = exchange("compressed", &target, &[]);
    run.assert_well();
    assert_eq!(target.log()[1].header("accept-encoding"), "gzip, deflate, br, zstd");
    let rows = rows(&run.place, "requests");
    assert_eq!(rows.len(), 1 + Encoding::ALL.len(), "{}", run.said.show());
    for row in rows {
        let (name, received) = (row.text("name"), row.number("bytes_received"));
        let expected = if name == "plain" { 100_000..101_000 } else { 100..50_000 };
        assert!(expected.contains(&received), "{name}: {received} bytes came");
    }
}

#[test]
fn a_decompression_bomb_is_cut_off_and_the_user_goes_on() {
    // 65 MiB: one more than an answer may have when it is decompressed.
    let zeros = "0".repeat(65 << 20);
    let mut target = TargetServer::builder().route("/ok", Behaviour::text("ok"));
    for encoding in Encoding::ALL {
        let path = format!("/{}", encoding.as_str());
        target = target.route(&path, Behaviour::text(zeros.as_str()).compressed(encoding));
    }
    // Decompressing is the guest's CPU time; on a busy machine its limit might end the iteration first.
    let run = exchange("bombs", &target.start(), &["--max-cpu", "60s"]);
    run.assert_well();
    let received = rows(&run.place, "requests").iter().map(|row| row.number("bytes_received")).max().unwrap();
    assert!((1_000..1 << 20).contains(&received), "a bomb is small on the wire: {received} bytes");
}

#[test]
fn forms_arrive_as_they_were_filled_in_over_each_version_of_http() {
    ["1.1", "2"].into_iter().for_each(fill_in_forms);
}

fn fill_in_forms(version: &str) {
    let target = ["/form", "/multipart", "/json", "/text", "/bytes", "/nothing"]
        .into_iter()
        .fold(TargetServer::builder(), |target, path| target.route(path, Behaviour::status(204)))
        .start();
    exchange("forms", &target, &["--http", version]).assert_well();
    let log = target.log();
    let [form, multipart, json, text, bytes, nothing] = &log[..] else { panic!("{log:#?}") };
    assert_eq!(form.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(form.body, "a=1+%26+2&%C3%BC%3D=%2B%25&list=x&list=y&empty=");
    assert_eq!(json.header("content-type"), "application/json");
    let value: serde_json::Value = serde_json::from_slice(&json.body).unwrap();
    assert_eq!(value, serde_json::json!({ "text": "zwölf", "list": [1, 2.5, null] }));
    assert_eq!(
        (text.header("content-type"), &text.body[..]),
        ("text/plain; charset=utf-8", "zwölf".as_bytes())
    );
    assert_eq!((bytes.header("content-type"), &bytes.body[..]), ("", &[0, 159, 255][..]));
    assert_eq!((nothing.header("content-length"), nothing.body_bytes), ("0", 0));
    let part = |disposition: &str, media_type: &str, content: &[u8]| {
        (format!("form-data; {disposition}"), media_type.to_owned(), content.to_owned())
    };
    // The three characters that would end a name early are escaped as browsers do.
    let expected = [
        part("name=\"field\"", "", "zwölf".as_bytes()),
        part("name=\"a %22file%22\"; filename=\"b%0D%0Ac.bin\"", "application/x-test", b"\x00\xff\r\n--"),
        part("name=\"file\"; filename=\"plain\"", "application/octet-stream", b"line\r\nline\r\n"),
        part("name=\"empty\"", "", b""),
    ];
    assert_eq!(parts(multipart), expected);
}

/// Disposition, media type and content of the parts of a form, taken apart by RFC 2046 §5.1.1.
fn parts(request: &TargetRequest) -> Vec<(String, String, Vec<u8>)> {
    let boundary = request.header("content-type").strip_prefix("multipart/form-data; boundary=").unwrap();
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter has no line end before it: one is put there.
    let body = [b"\r\n", &request.body[..]].concat();
    let mut pieces = split(&body, &delimiter);
    assert_eq!(pieces.remove(0), b"", "nothing is before the first part");
    assert_eq!(pieces.pop().unwrap(), b"--\r\n", "the last delimiter says that it is the last");
    pieces.into_iter().map(part).collect()
}

fn part(piece: &[u8]) -> (String, String, Vec<u8>) {
    let piece = piece.strip_prefix(b"\r\n").unwrap();
    let [head, content] = <[_; 2]>::try_from(splitn(piece, b"\r\n\r\n")).unwrap();
    let head = std::str::from_utf8(head).unwrap();
    let field = |name: &str| {
        let prefix = format!("{name}: ");
        head.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
    };
    (field("content-disposition"), field("content-type"), content.to_owned())
}

fn split<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while let [piece, after] = splitn(rest, delimiter)[..] {
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Before and after the first delimiter; all of it if there is none.
fn splitn<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    match bytes.windows(delimiter.len()).position(|window| window == delimiter) {
        Some(at) => vec![&bytes[..at], &bytes[at + delimiter.len()..]],
        None => vec![bytes],
    }
}
