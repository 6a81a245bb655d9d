use super::*;

/// The document as an indented list of its nodes.
fn outline(text: &str, markup: Markup) -> String {
    let document = parse(text, markup).unwrap();
    let mut lines = Vec::new();
    for id in 1..document.len() {
        let depth =
            std::iter::successors(some(document.node(id).parent), |id| some(document.node(*id).parent));
        let indent = "  ".repeat(depth.count() - 1);
        let line = match &document.node(id).kind {
            NodeKind::Document => unreachable!("there is one document"),
            NodeKind::Element { name, .. } => {
                let attributes = document.attributes_of(id).map(|index| {
                    let attribute = document.attribute(index);
                    format!(" {}={}", attribute.name.local, document.slice(&attribute.value))
                });
                format!("<{}{}>", name.local, attributes.collect::<String>())
            }
            NodeKind::Text(range) => format!("{:?}", document.slice(range)),
            NodeKind::Comment(range) => format!("<!--{}-->", document.slice(range)),
            NodeKind::Instruction { target, data } => {
                format!("<?{} {}?>", document.slice(target), document.slice(data))
            }
        };
        lines.push(format!("{indent}{line}"));
    }
    check_links(&document);
    lines.join("\n")
}

/// What must hold about the numbers of all nodes.
fn check_links(document: &Document) {
    for id in 0..document.len() {
        let node = document.node(id);
        assert!(node.end > id && node.end <= document.len());
        let mut expected = document.first_child(id);
        for child in document.children(id) {
            assert_eq!(Some(child), expected);
            assert_eq!(document.node(child).parent, id);
            expected = some(document.node(child).next).filter(|_| document.node(child).end < node.end);
            if let Some(next) = expected {
                assert_eq!(next, document.node(child).end);
                assert_eq!(document.node(next).previous, child);
            }
        }
    }
}

#[test]
fn html_is_read_as_browsers_read_it() {
    assert_eq!(
        outline("<!doctype html><p a=1 A=2>One<b>two<p>three</b> &lt;<!--c-->", Markup::Html),
        r#"<html>
  <head>
  <body>
    <p a=1>
      "One"
      <b>
        "two"
    <p>
      <b>
        "three"
      " <"
      <!--c-->"#
    );
    // What does not belong into a table stands before it.
    assert_eq!(
        outline("<table>x<tr><td>1</table>y", Markup::Html),
        "<html>\n  <head>\n  <body>\n    \"x\"\n    <table>\n      <tbody>\n        <tr>\n          <td>\n            \"1\"\n    \"y\""
    );
    assert_eq!(outline("", Markup::Html), "<html>\n  <head>\n  <body>");
    assert_eq!(
        outline("<body a=1><p><body b=2 a=3>", Markup::Html),
        "<html>\n  <head>\n  <body a=1 b=2>\n    <p>"
    );
}

#[test]
fn xml_is_read_as_it_is_written() {
    assert_eq!(
        outline("<?xml version='1.0'?><?s d?><A><b/>t<![CDATA[<x>]]></A>", Markup::Xml),
        "<?xml version='1.0'?>\n<?s d?>\n<A>\n  <b>\n  \"t<x>\""
    );
}

#[test]
fn the_media_type_decides_how_a_body_is_read() {
    for xml in ["text/xml", "application/xml; charset=utf-8", "Application/SOAP+XML", "image/svg+xml"] {
        assert_eq!(Markup::of_media_type(Some(xml)), Markup::Xml, "{xml}");
    }
    for html in [None, Some("text/html; charset=utf-8"), Some(""), Some("application/json")] {
        assert_eq!(Markup::of_media_type(html), Markup::Html, "{html:?}");
    }
}

fn fault(text: &str) -> Option<DocumentError> {
    parse(text, Markup::Html).err()
}

#[test]
fn hostile_documents_are_given_up_in_time() {
    assert_eq!(
        fault(&"x".repeat(MAX_DOCUMENT_BYTES + 1)),
        Some(DocumentError::TooLarge { bytes: MAX_DOCUMENT_BYTES + 1 })
    );
    assert_eq!(fault(&"<div>".repeat(100_000)), Some(DocumentError::TooDeep));
    assert_eq!(parse(&"<a>".repeat(100_000), Markup::Xml).err(), Some(DocumentError::TooDeep));
    // On a machine that is busy elsewhere, the bound on time may come before the one on nodes.
    let is_too_much =
        |text: &str| matches!(fault(text), Some(DocumentError::TooManyNodes | DocumentError::TooCostly));
    assert!(is_too_much(&"<p></p>".repeat(600_000)));
    let formatting: String = (0..400).map(|number| format!("<b a={number}>")).collect();
    assert!(
        is_too_much(&format!("<p>{formatting}{}", "<p>x".repeat(100_000))),
        "each paragraph opens all formatting anew"
    );
    let large = format!("<b a='{}'>", "x".repeat(1 << 20));
    assert_eq!(
        fault(&format!("<p>{large}{}", "<p>x".repeat(100))),
        Some(DocumentError::TooCostly),
        "each paragraph has the megabyte anew"
    );
    let spans = "<span>".repeat(500);
    assert_eq!(
        fault(&format!("{spans}{}", "</x>".repeat(1_000_000))),
        Some(DocumentError::TooCostly),
        "each end tag is looked for among all open elements"
    );
}

#[test]
fn attributes_that_come_later_are_bounded() {
    let attributes: String =
        (0..100_000).map(|number| format!("<html a{number}=1><i b{number}=1></i>")).collect();
    assert_eq!(fault(&attributes), Some(DocumentError::TooCostly));
}

#[test]
fn a_tag_with_countless_attributes_ends_one_way_or_the_other() {
    let attributes: String = (0..300_000).map(|number| format!(" a{number}")).collect();
    match parse(&format!("<p{attributes}>"), Markup::Html) {
        Ok(document) => assert_eq!(document.attributes_of(4).len(), 300_000),
        Err(fault) => assert_eq!(fault, DocumentError::TooCostly),
    }
}

#[test]
fn large_and_ordinary_documents_are_read() {
    let deep = "<div>".repeat(MAX_DOCUMENT_DEPTH - 2);
    assert_eq!(fault(&deep), None);
    let long = format!("<p>{}", "word ".repeat(1_000_000));
    let document = parse(&long, Markup::Html).unwrap();
    assert_eq!(document.texts(ROOT).map(str::len).sum::<usize>(), 5_000_000);
    assert_eq!(document.len(), 6, "one text, however many pieces it came in");
    let picture = format!("<img src='data:{}'>", "A".repeat(4 << 20));
    assert_eq!(fault(&picture), None);
}
