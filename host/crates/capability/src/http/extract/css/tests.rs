use super::*;
use crate::http::extract::document::{Markup, parse};

const PAGE: &str = r##"<!DOCTYPE html>
<title>Shop</title>
<ul id="list" class="products wide">
  <li class="Item first"><a href="/p/1" REL="next">Tent &amp; pegs</a>
  <li class="item"><a href="/p/2">Rope</a>
  <li class="item sold-out"><a>Stove</a>
</ul>
<p>One<p>Two<p lang=de>Drei<!-- not text --></p>
<form><input name="csrf" value="a&quot;b"><template><b>inside</b></template></form>
"##;

fn all(html: &str, selector: &str, attribute: Option<&str>) -> Vec<String> {
    let document = parse(html, Markup::Html).unwrap();
    Selector::parse(selector).unwrap().select(&document, attribute, usize::MAX).unwrap()
}

#[test]
fn elements_are_selected_in_document_order() {
    assert_eq!(all(PAGE, "title", None), ["Shop"]);
    assert_eq!(all(PAGE, "li a", None), ["Tent & pegs", "Rope", "Stove"]);
    assert_eq!(all(PAGE, "p", None), ["One", "Two", "Drei"]);
    assert_eq!(all(PAGE, "#list > .item:not(.sold-out)", None), ["Rope\n  "]);
    assert_eq!(all(PAGE, "LI:nth-child(2), title", None), ["Shop", "Rope\n  "]);
    assert_eq!(all(PAGE, "li:last-child a", None), ["Stove"]);
    assert_eq!(all(PAGE, "li + li ~ li > a", None), ["Stove"]);
    assert_eq!(all(PAGE, "a[href^='/p/']:is([rel=next], .x)", None), ["Tent & pegs"]);
    assert_eq!(all(PAGE, "a[rel=NEXT i]", None), ["Tent & pegs"]);
    assert_eq!(all(PAGE, "[lang|=de]", None), ["Drei"]);
    assert_eq!(all(PAGE, "template b", None), ["inside"]);
    assert_eq!(all(PAGE, "p:empty, h1", None), [""; 0]);
    assert_eq!(all(PAGE, ":root > head > *", None), ["Shop"]);
}

#[test]
fn an_element_is_selected_by_what_is_in_it() {
    assert_eq!(all(PAGE, "li:has(a[href='/p/2'])", None), ["Rope\n  "]);
    assert_eq!(all(PAGE, "ul:has(> .sold-out)", Some("id")), ["list"]);
    assert_eq!(all(PAGE, "p:has(b)", None), [""; 0]);
}

#[test]
fn attributes_are_taken_from_elements_that_have_them() {
    assert_eq!(all(PAGE, "li a", Some("href")), ["/p/1", "/p/2"]);
    assert_eq!(all(PAGE, "a", Some("Rel")), ["next"]);
    assert_eq!(all(PAGE, "[name=csrf]", Some("value")), ["a\"b"]);
    let document = parse(PAGE, Markup::Html).unwrap();
    let first = Selector::parse("a").unwrap().select(&document, Some("href"), 1).unwrap();
    assert_eq!(first, ["/p/1"]);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let fault = |selector: &str| Selector::parse(selector).unwrap_err().to_string();
    assert_eq!(
        fault("a >"),
        "'a >' is not a CSS selector: a combinator has nothing behind it at line 1, column 4"
    );
    assert_eq!(fault(""), "'' is not a CSS selector: a selector is empty at line 1, column 1");
    for selector in ["a[", "a..b", "li:hover", "p::before", ":is(a, )", "a,,b", "&", "x|a", "1", "a]"] {
        assert!(fault(selector).contains(" at line 1, column "), "{}", fault(selector));
    }
    let long = "a".repeat(MAX_SELECTOR_BYTES + 1);
    assert!(fault(&long).ends_with("it has 1025 bytes, more than 1024"), "{}", fault(&long));
}

#[test]
fn a_selector_with_many_levels_is_matched_or_refused() {
    let nested = format!("{}a{}", ":not(".repeat(100), ")".repeat(100));
    assert!(Selector::parse(&nested).unwrap_err().to_string().contains("too many brackets"));
    let long = "a ".repeat(500);
    assert_eq!(all(PAGE, long.trim(), None), [""; 0]);
    let deep = "<i>".repeat(400);
    assert_eq!(all(&deep, "i ".repeat(400).trim(), Some("x")), [""; 0]);
    assert_eq!(all(&deep, ":root:has(i i i)", Some("x")), [""; 0]);
}

#[test]
fn what_costs_too_much_is_an_error() {
    let flat = "<p>".repeat(100_000);
    let document = parse(&flat, Markup::Html).unwrap();
    let select = |selector: &str| Selector::parse(selector).unwrap().select(&document, None, usize::MAX);
    assert_eq!(select("p:not(h1 ~ p)").map(|found| found.len()), Err(DocumentError::TooManyVisits));
    let nested = format!("{}{}", "<div>".repeat(400), "x".repeat(100_000));
    let document = parse(&nested, Markup::Html).unwrap();
    let all = Selector::parse("div").unwrap().select(&document, None, usize::MAX);
    assert_eq!(all, Err(DocumentError::AnswerTooLarge));
}

#[test]
fn xml_keeps_its_names() {
    let xml = r#"<?xml version="1.0"?><Order xmlns="urn:x"><Item Id="1">a</Item><item>b</item></Order>"#;
    let document = parse(xml, Markup::Xml).unwrap();
    let select = |selector: &str, attribute| {
        Selector::parse(selector).unwrap().select(&document, attribute, usize::MAX).unwrap()
    };
    assert_eq!(select("Order > Item", None), ["a"]);
    assert_eq!(select("item", None), ["b"]);
    assert_eq!(select("Item", Some("Id")), ["1"]);
}
