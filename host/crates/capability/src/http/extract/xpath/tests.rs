use super::*;
use crate::http::extract::document::{Markup, parse};

const PAGE: &str = r##"<!DOCTYPE html>
<html lang="en-GB"><head><title> The  shop </title></head><body>
<ul id="list"><li class="item">Tent <b>red</b></li><li class="item sold">Rope</li><li>Stove</li></ul>
<a href="/1" rel="next">one</a><a href="/2">two</a><a>three</a>
<table><tr><td>1.5</td><td>2</td><td>x</td></tr></table><!--note-->
</body></html>"##;

fn all(text: &str, markup: Markup, xpath: &str) -> Vec<String> {
    let document = parse(text, markup).unwrap();
    XPath::parse(xpath).unwrap_or_else(|e| panic!("{e}")).evaluate(&document, usize::MAX).unwrap()
}

fn page(xpath: &str) -> Vec<String> {
    all(PAGE, Markup::Html, xpath)
}

/// The one value that an expression comes to.
fn value(xpath: &str) -> String {
    let found = page(xpath);
    assert_eq!(found.len(), 1, "{xpath}: {found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn nodes_are_found_along_paths() {
    assert_eq!(page("//li"), ["Tent red", "Rope", "Stove"]);
    assert_eq!(page("/html/body/ul/li[2]"), ["Rope"]);
    assert_eq!(page("//LI[@CLASS='item']/b"), ["red"]);
    assert_eq!(page("//a/@href"), ["/1", "/2"]);
    assert_eq!(page("//a[@rel = 'next']/text()"), ["one"]);
    assert_eq!(page("//li[last()]"), ["Stove"]);
    assert_eq!(page("//li[position() < 3]"), ["Tent red", "Rope"]);
    assert_eq!(page("//ul/*[b]"), ["Tent red"]);
    assert_eq!(page("//comment()"), ["note"]);
    assert_eq!(page("//nothing"), [""; 0]);
    assert_eq!(page("/"), page("string(/)"));
    assert_eq!(page("//td[. > 1.6]"), ["2"]);
    assert_eq!(page("//li[contains(@class, 'sold')] | //title | //li[2]"), [" The  shop ", "Rope"]);
}

#[test]
fn every_axis_leads_where_it_should() {
    assert_eq!(page("//b/parent::li/@class"), ["item"]);
    assert_eq!(page("//b/ancestor::ul/@id"), ["list"]);
    assert_eq!(page("count(//b/ancestor-or-self::*)"), ["5"]);
    assert_eq!(page("//b/ancestor::*[1]/@class"), ["item"], "the nearest is the first");
    assert_eq!(page("//li[1]/following-sibling::li"), ["Rope", "Stove"]);
    assert_eq!(page("//li[3]/preceding-sibling::li[1]"), ["Rope"]);
    assert_eq!(page("//li[2]/following::a[1]"), ["one"]);
    assert_eq!(page("//a[1]/preceding::li[1]"), ["Stove"]);
    assert_eq!(page("//ul/descendant::b"), ["red"]);
    assert_eq!(page("//b/descendant-or-self::b"), ["red"]);
    assert_eq!(page("//b/self::b/.."), ["Tent red"]);
    assert_eq!(page("//@href/.."), ["one", "two"]);
    assert_eq!(page("//@rel/parent::a/attribute::href"), ["/1"]);
    assert_eq!(page("//b/preceding::text()[1]"), ["Tent "]);
}

#[test]
fn positions_count_from_each_start_and_brackets_count_all() {
    assert_eq!(page("//td[1] | //li[1]"), ["Tent red", "1.5"]);
    assert_eq!(page("(//li | //td)[4]"), ["1.5"]);
    assert_eq!(page("(//li)[position() = last()]"), ["Stove"]);
    assert_eq!(page("//*[self::li or self::td][1]"), ["Tent red", "1.5"]);
    assert_eq!(page("//ul//text()[1]"), ["Tent ", "red", "Rope", "Stove"]);
}

#[test]
fn functions_of_the_core_library() {
    for (xpath, expected) in [
        ("count(//li)", "3"),
        ("normalize-space(//title)", "The shop"),
        ("string-length('äöü')", "3"),
        ("concat('a', 1, true())", "a1true"),
        ("starts-with('abc', 'ab')", "true"),
        ("ends-with('abc', 'bc')", "true"),
        ("contains('abc', '')", "true"),
        ("substring-before('2026/01', '/')", "2026"),
        ("substring-after('2026/01', '/')", "01"),
        ("substring('12345', 2, 3)", "234"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("upper-case('ab')", "AB"),
        ("lower-case('AB')", "ab"),
        ("sum(//td[number(.) = number(.)])", "3.5"),
        ("floor(2.6)", "2"),
        ("ceiling(2.2)", "3"),
        ("round(-2.5)", "-2"),
        ("number('x')", "NaN"),
        ("boolean(//li)", "true"),
        ("not(//nothing)", "true"),
        ("name(//ul/..)", "body"),
        ("local-name(//@href)", "href"),
        ("string(//a/@href)", "/1"),
        ("id('list other')/li[1]/b", "red"),
        ("namespace-uri(//svg)", ""),
        ("//b[lang('en')]", "red"),
        ("boolean(//b[lang('de')])", "false"),
    ] {
        assert_eq!(value(xpath), expected, "{xpath}");
    }
}

#[test]
fn operators_bind_as_they_should() {
    for (xpath, expected) in [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("7 mod 3 - 1", "0"),
        ("8 div 2 div 2", "2"),
        ("-2 + --3", "1"),
        ("5 mod -2", "1"),
        ("1 = 1 = true()", "true"),
        ("1 < 2 and 2 <= 2 or false()", "true"),
        ("3 > 2 > 1", "false"),
        ("'a' != 'b'", "true"),
        ("//td = 2", "true"),
        ("//td != 2", "true"),
        ("//td > 100", "false"),
        ("//li = //a", "false"),
        ("//nothing = //nothing", "false"),
        ("//li = true()", "true"),
        ("'1' = 1.0", "true"),
        ("1 div 0", "Infinity"),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("count(//li)*2", "6"),
        ("count(//div | //mod | //li)", "3"),
    ] {
        assert_eq!(value(xpath), expected, "{xpath}");
    }
}

#[test]
fn xml_names_are_taken_as_they_are_written_and_namespaces_are_easy() {
    let soap = r#"<?xml version="1.0"?>
<soap:Envelope xmlns:soap="urn:soap" xmlns="urn:shop"><soap:Body><Order id="7"><Item/></Order></soap:Body></soap:Envelope>"#;
    let find = |xpath: &str| all(soap, Markup::Xml, xpath);
    assert_eq!(find("//Order/@id"), ["7"]);
    assert_eq!(find("/soap:Envelope/soap:Body/Order/@id"), ["7"]);
    assert_eq!(find("/Envelope/Body/*/@id"), ["7"]);
    assert_eq!(find("//order"), [""; 0]);
    assert_eq!(find("name(/*)"), ["soap:Envelope"]);
    assert_eq!(find("namespace-uri(//Item)"), ["urn:shop"]);
    assert_eq!(find("count(//soap:*)"), ["2"]);
    assert_eq!(find("count(/*/@*)"), ["0"], "declarations are no attributes");
    assert_eq!(find("/processing-instruction('xml')"), ["version=\"1.0\""]);
}

#[test]
fn mistakes_are_named_with_their_place() {
    let fault = |xpath: &str| XPath::parse(xpath).unwrap_err().to_string();
    for (xpath, expected) in [
        ("//a[", "'//a[' is not an XPath: the expression ends too early at column 5"),
        ("//a[1", "'//a[1' is not an XPath: ']' is missing at column 6"),
        ("", "'' is not an XPath: the expression ends too early at column 1"),
        ("foo(1)", "'foo(1)' is not an XPath: a function that is not known at column 1"),
        ("count()", "'count()' is not an XPath: a function with too many or too few parameters at column 1"),
        ("'abc", "''abc' is not an XPath: a quoted text that does not end at column 1"),
        ("//a]", "'//a]' is not an XPath: something behind the end of the expression at column 4"),
        ("$x", "'$x' is not an XPath: variables do not exist here at column 1"),
        ("up::a", "'up::a' is not an XPath: an axis that is not known at column 1"),
        ("//ä/#", "'//ä/#' is not an XPath: a sign that XPath does not have at column 5"),
        ("a b", "'a b' is not an XPath: something behind the end of the expression at column 3"),
        ("//a/count(.)", "'//a/count(.)' is not an XPath: a function cannot stand behind '/' at column 5"),
    ] {
        assert_eq!(fault(xpath), expected);
    }
    let nested = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(fault(&nested).contains("more than 32 brackets inside one another"));
    let nested = format!("{}a{}", "a[".repeat(3_000), "]".repeat(3_000));
    assert!(fault(&nested).contains("more than 32 brackets inside one another"));
}

#[test]
fn long_chains_are_no_depth() {
    assert_eq!(value(&["1"; 2_000].join("+")), "2000");
    assert_eq!(value(&format!("{}1", "-".repeat(4_001))), "-1");
    assert_eq!(value(&["1=1"; 1_000].join(" and ")), "true");
    assert_eq!(page(&"/*".repeat(3_000)), [""; 0]);
}

#[test]
fn what_costs_too_much_is_an_error() {
    let flat = format!("<ul>{}", "<li>x</li>".repeat(50_000));
    let document = parse(&flat, Markup::Html).unwrap();
    let evaluate = |xpath: &str| XPath::parse(xpath).unwrap().evaluate(&document, usize::MAX);
    for xpath in [
        "//li[count(//li) > 1]",
        "//li/following-sibling::li/preceding-sibling::li",
        "//*[//*[//*]]",
        "//li[preceding::li[last()]]",
        "//li = //li[. = 'y']/..",
        "count(//node()/ancestor-or-self::node()/descendant-or-self::node())",
    ] {
        assert!(
            matches!(evaluate(xpath), Err(DocumentError::TooManyVisits) | Ok(_)),
            "{xpath} ends within its budget"
        );
    }
    assert_eq!(evaluate("//li[count(//li) > 1]"), Err(DocumentError::TooManyVisits));
    assert_eq!(evaluate("//li//text()").unwrap().len(), 50_000);
    let doubled = format!("concat({})", ["string(/)"; 500].join(","));
    let large = parse(&format!("<p>{}", "x".repeat(4_000_000)), Markup::Html).unwrap();
    assert_eq!(XPath::parse(&doubled).unwrap().evaluate(&large, 1), Err(DocumentError::TooManyVisits));
}
