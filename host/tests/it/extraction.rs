//! Parts of answers, by CSS, XPath and header; and answers that make that hard.

use outrider_test_util::{Behaviour, TargetServer};

use crate::harness::{Place, Said};

const PAGE: &str = r#"<!doctype html><title>Shop</title>
<ul><li class="item"><a href="/p/1">Tent</a><li class="item"><a class=next href="/p/2">Rope &amp; pegs</a></ul>
<form><input name="csrf" value="t0k3n"></form>"#;

const ORDER: &str = r#"<?xml version="1.0"?>
<o:Order xmlns:o="urn:order" xmlns="urn:item"><Item sku="tent-2">19.50</Item><Item sku="rope">5</Item></o:Order>"#;

const JOURNEY: &str = r#"import { ReadError, check, expect, http } from "@outrider/sdk";

function refusal(read) {
  try {
    return read();
  } catch (error) {
    return error instanceof ReadError ? `${error.code}: ${error.message}` : `${error}`;
  }
}

export default function () {
  const page = http.get("/page");
  expect(page.css("title"), "css").toBe("Shop");
  expect(page.css("a.next", "href"), "css attribute").toBe("/p/2");
  expect(page.cssAll("li a"), "css all").toEqual(["Tent", "Rope & pegs"]);
  expect(page.cssAll("a", "href"), "css all attributes").toEqual(["/p/1", "/p/2"]);
  expect(page.css("h1"), "css nothing").toBe(undefined);
  expect(page.xpath("//INPUT[@name='csrf']/@value"), "xpath").toBe("t0k3n");
  expect(page.xpathAll("//li[last()]"), "xpath all").toEqual(["Rope & pegs"]);
  expect(page.xpath("count(//li)"), "xpath number").toBe("2");
  expect(page.xpath("//h1"), "xpath nothing").toBe(undefined);
  expect(page.headerRegex("X-Trace", /id=(\d+)/, 1), "header").toBe("17");
  expect(page.headerRegex("x-none", "a"), "no header").toBe(undefined);

  const order = http.get("/order");
  expect(order.xpathAll("/o:Order/Item/@sku"), "xml").toEqual(["tent-2", "rope"]);
  expect(order.xpath("sum(//Item)"), "xml sum").toBe("24.5");
  expect(order.css("Item[sku=rope]"), "xml css").toBe("5");

  expect(refusal(() => page.css("a[")), "bad selector").toContain("column");
  expect(refusal(() => page.xpath("//a[")), "bad xpath").toBe(
    "invalid-pattern: cannot read XPath //a[: invalid pattern: '//a[' is not an XPath: the expression ends too early at column 5",
  );
  expect(refusal(() => page.headerRegex("x", "(")), "bad header pattern").toContain("invalid-pattern: ");

  const deep = http.get("/deep");
  expect(refusal(() => deep.css("div")), "deep css").toContain("more than 512 elements inside one another");
  expect(refusal(() => deep.xpath("//div")), "deep xpath").toContain("more than 512 elements inside one another");
  expect(refusal(() => http.get("/large").css("p")), "large").toContain("more than 8388608");
  expect(refusal(() => page.xpath("(".repeat(9000))), "long xpath").toContain("more than 8192");
  expect(refusal(() => page.css(":not(".repeat(150) + "a" + ")".repeat(150))), "nested selector").toContain("brackets");
  check("it goes on", page.css("title") === "Shop");
}
"#;

fn target() -> TargetServer {
    let large = format!("<p>{}", "x".repeat(9 << 20));
    let length = ORDER.len();
    let order = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{ORDER}"
    );
    TargetServer::builder()
        .route("/page", Behaviour::html(PAGE).header("x-trace", "id=17"))
        .route("/order", Behaviour::raw(order))
        .route("/deep", Behaviour::html("<div>".repeat(100_000)))
        .route("/large", Behaviour::html(large))
        .start()
}

fn run(place: &Place, journey: &str) -> Said {
    place.file("journey.ts", journey);
    let server = target();
    place.host(["run", "journey.ts", "--target", &server.url(""), "-u", "2", "-i", "4"])
}

#[test]
fn parts_of_answers_are_found_in_the_host() {
    let place = Place::new();
    let said = run(&place, JOURNEY);
    assert_eq!(said.code, Some(0), "{}", said.show());
    let report = place.report();
    let checks = report["checks"].as_array().unwrap();
    let failed: Vec<_> = checks.iter().filter(|check| check["failed"] != 0).collect();
    assert!(failed.is_empty(), "{failed:#?}\n{}", said.show());
    assert_eq!(checks.len(), 23, "{checks:#?}");
    assert_eq!(report["iterations"]["failed"], 0, "{report:#}");
}
