use serde_json::json;

use super::*;

/// The example of RFC 9535 §1.5.
fn store() -> Value {
    json!({ "store": {
        "book": [
            { "category": "reference", "author": "Nigel Rees", "title": "Sayings", "price": 8.95 },
            { "category": "fiction", "author": "Evelyn Waugh", "title": "Sword", "price": 12.99 },
            { "category": "fiction", "author": "Herman Melville", "title": "Moby", "isbn": "0-553-21311-3", "price": 8.99 },
            { "category": "fiction", "author": "Tolkien", "title": "Lord", "isbn": "0-395-19395-8", "price": 22.99 },
        ],
        "bicycle": { "color": "red", "price": 399 },
    } })
}

/// What a query selects, as JSON text.
fn all(query: &str, document: &Value) -> String {
    let query = JsonPath::parse(query).unwrap_or_else(|fault| panic!("{query}: {fault}"));
    let mut found = Vec::new();
    let asked = query.each(document, |node| {
        found.push(node.to_string());
        ControlFlow::Continue(())
    });
    match asked {
        Ok(()) => found.join(" "),
        Err(TooManyVisits) => "too many visits".to_owned(),
    }
}

#[track_caller]
fn selects(document: &Value, table: &[(&str, &str)]) {
    for (query, expected) in table {
        assert_eq!(all(query, document), *expected, "{query}");
    }
}

#[test]
fn the_queries_of_the_rfc_select_what_it_says() {
    selects(
        &store(),
        &[
            ("$.store.book[*].author", r#""Nigel Rees" "Evelyn Waugh" "Herman Melville" "Tolkien""#),
            ("$..author", r#""Nigel Rees" "Evelyn Waugh" "Herman Melville" "Tolkien""#),
            ("$.store..price", "8.95 12.99 8.99 22.99 399"),
            ("$..book[2].author", r#""Herman Melville""#),
            ("$..book[2].publisher", ""),
            ("$..book[-1].title", r#""Lord""#),
            ("$..book[0,1].title", r#""Sayings" "Sword""#),
            ("$..book[:2].title", r#""Sayings" "Sword""#),
            ("$..book[?@.isbn].title", r#""Moby" "Lord""#),
            ("$..book[?@.price<10].title", r#""Sayings" "Moby""#),
        ],
    );
    assert_eq!(all("$..*", &store()).matches("8.95").count(), 4, "once in each node that it is part of");
}

#[test]
fn names_indices_and_slices() {
    let document =
        json!({ "o": { "j j": { "k.k": 3 } }, "☺": 1, "'": 2, "a": ["a", "b", "c", "d", "e", "f", "g"] });
    selects(
        &document,
        &[
            ("$", &document.to_string()),
            ("$ .o [ 'j j' ]\n['k.k']", "3"),
            (r#"$["☺"]"#, "1"),
            (r#"$["\u263A"]"#, "1"),
            (r"$['\'']", "2"),
            ("$.☺", "1"),
            ("$.a[1]", r#""b""#),
            ("$.a[-2]", r#""f""#),
            ("$.a[9]", ""),
            ("$.a[-9]", ""),
            ("$.a[1:3]", r#""b" "c""#),
            ("$.a[5:]", r#""f" "g""#),
            ("$.a[1:5:2]", r#""b" "d""#),
            ("$.a[5:1:-2]", r#""f" "d""#),
            ("$.a[::-1]", r#""g" "f" "e" "d" "c" "b" "a""#),
            ("$.a[::0]", ""),
            ("$.a[ 0 , 0 : 1 : 1 ]", r#""a" "a""#),
            ("$.a.name", ""),
            ("$.o[0]", ""),
        ],
    );
}

#[test]
fn filters_compare_and_combine() {
    let document = json!({
        "a": [3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}],
        "o": {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}},
        "e": "f",
    });
    selects(
        &document,
        &[
            ("$.a[?@.b == 'kilo']", r#"{"b":"kilo"}"#),
            ("$.a[?(@.b == 'kilo')]", r#"{"b":"kilo"}"#),
            ("$.a[?@>3.5]", "5 4 6"),
            ("$.a[?@<2 || @.b == \"k\"]", r#"1 {"b":"k"}"#),
            ("$.a[?match(@.b, '[jk]')]", r#"{"b":"j"} {"b":"k"}"#),
            ("$.a[?search(@.b, '[jk]')]", r#"{"b":"j"} {"b":"k"} {"b":"kilo"}"#),
            ("$.a[?length(@.b) == 4]", r#"{"b":"kilo"}"#),
            ("$.o[?@>1 && @<4]", "2 3"),
            ("$.o[?@.u || @.x]", r#"{"u":6}"#),
            ("$.a[?@.b == $.x]", "3 5 1 2 4 6"),
            ("$.a[?@ == @ && !@.b]", "3 5 1 2 4 6"),
            ("$.a[?!(@ < 9) && !(@.b)]", ""),
            ("$[?count(@.*) == 5].p", "1"),
            ("$[?value(@..u) == 6].q", "2"),
        ],
    );
}

#[test]
fn values_compare_as_the_rfc_says() {
    let document = json!([{ "n": 1, "f": 1.0, "s": "a", "t": true, "z": null, "l": [1, {"x": 1.0}], "m": [1.0, {"x": 1}] }]);
    let table = [
        ("@.n == @.f", true),
        ("@.n == 1e0", true),
        ("@.n <= @.f", true),
        ("@.n < @.f", false),
        ("@.l == @.m", true),
        ("@.s < 'b'", true),
        ("@.s < 2", false),
        ("@.t == true", true),
        ("@.t >= true", true),
        ("@.t > false", false),
        ("@.z == null", true),
        ("@.absent == null", false),
        ("@.absent == @.missing", true),
        ("@.absent <= @.missing", true),
        ("@.absent != 1", true),
        ("9007199254740993 == 9007199254740992", false),
        ("-0 == 0", true),
        ("match(@.s, @.s)", true),
        ("match(@.s, '(')", false),
        ("match(@.s, 'x)|(a')", false),
        ("search(@.n, '1')", false),
    ];
    for (condition, expected) in table {
        let found = all(&format!("$[?{condition}].n"), &document);
        assert_eq!(found, if expected { "1" } else { "" }, "{condition}");
    }
}

#[test]
fn what_is_no_query_is_told_with_its_place() {
    let deep = |open: &str, count: usize| format!("$[?{}", open.repeat(count));
    let table = [
        ("", "a query begins with $ at column 1"),
        ("items", "a query begins with $ at column 1"),
        ("$.a b", "expected '.', '[' or the end at column 4"),
        ("$.é[", "expected a name in quotes, an index, a slice, '*' or '?' at column 5"),
        ("$.1", "expected a name or '*' at column 3"),
        ("$[01]", "expected a whole number without leading zeros, below 2^53 at column 3"),
        ("$[-0]", "expected a whole number without leading zeros, below 2^53 at column 3"),
        ("$['a", "the string has no end at column 5"),
        (r"$['\x']", "no character is written like that at column 5"),
        (r"$['\ud800']", "expected a Unicode character in hexadecimal digits at column 6"),
        ("$[?@.*==1]", "a query that may select several nodes is no value at column 4"),
        ("$[?1]", "a value alone is no condition at column 4"),
        ("$[?length(@)]", "a value alone is no condition at column 4"),
        ("$[?match(@,'a')==true]", "match and search are no values at column 4"),
        ("$[?!@.a==1]", "a comparison is negated in parentheses: !(…) at column 5"),
        (
            "$[?first(@)]",
            "there are length, count, value, match and search, true, false and null at column 4",
        ),
        ("$[?(@.a]", "expected ')', '&&' or '||' at column 8"),
        (&deep("(", 4_000), "more than 16 parentheses inside one another at column 21"),
        (&deep("@[?", 2_000), "more than 4 filters inside one another at column 16"),
        (&format!("${}", ".a".repeat(200)), "more than 128 segments at column 260"),
    ];
    for (query, expected) in table {
        assert_eq!(JsonPath::parse(query).unwrap_err().to_string(), expected, "{query:.60}");
    }
}

#[test]
fn queries_that_multiply_are_given_up() {
    let nested = (0..100).fold(json!(1), |inner, _| json!([inner, 0]));
    let doubling = format!("${}", "[0,0]".repeat(90));
    let long = "a".repeat(10_000);
    let texts = json!({ "texts": vec![long.as_str(); 200], "pattern": "a*b" });
    let table = [
        (doubling.as_str(), &nested),
        ("$..*..*..*..*..*..*", &nested),
        ("$..[?@..[?@..[?@..x]]]", &nested),
        ("$.texts[?search(@, $.pattern)]", &texts),
    ];
    for (query, document) in table {
        assert_eq!(all(query, document), "too many visits", "{query:.60}");
    }
    let flat: Value = (0..400_000).collect();
    assert_eq!(all("$[?@ >= 399999]", &flat), "399999", "a large document is no large query");
}

#[test]
fn the_first_node_ends_the_search() {
    let nested = (0..100).fold(json!(1), |inner, _| json!([inner, 0]));
    let doubling = JsonPath::parse(&format!("${}", "[0,0]".repeat(90))).unwrap();
    assert!(doubling.first(&nested).unwrap().is_some());
}

#[test]
fn a_condition_over_a_whole_document_is_charged_for_each_node() {
    // Comparing two large values costs as much as looking at them.
    let large = Value::from(vec![1; 10_000]);
    let document = json!({ "left": large, "right": large, "items": vec![0; 1_000] });
    assert_eq!(all("$.items[?$.left == $.right]", &document), "too many visits");
}
