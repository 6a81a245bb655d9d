use super::*;
use crate::source::{Kind, Source};

fn calls(code: &str) -> Vec<Call> {
    Source::parse(Kind::TypeScript, code).unwrap().calls
}

fn callees(code: &str) -> Vec<String> {
    calls(code).into_iter().map(|call| call.callee).collect()
}

#[test]
fn a_call_begins_at_the_last_name_and_ends_behind_its_parenthesis() {
    let code = "let é;\nhttp.gett(path);\n  buy(1);";
    let [get, buy] = calls(code).try_into().unwrap();
    assert_eq!((get.from, get.to, get.callee.as_str()), ((2, 6), (2, 16), "http.gett"));
    assert_eq!((buy.from, buy.to, buy.callee.as_str()), ((3, 3), (3, 9), "buy"));
}

#[test]
fn columns_are_bytes() {
    assert_eq!(calls("'é'; f()")[0].from, (1, 7));
}

#[test]
fn every_way_to_call_is_one() {
    let code =
        "a?.b(1); c?.(2); new d.E(3); f`x`; g['h'](4); (i as any).j!(5); class K { #l() { this.#l() } }";
    assert_eq!(callees(code), ["a?.b", "c", "d.E", "f", "g['h']", "i.j", "this.#l"]);
}

#[test]
fn outer_calls_stand_before_inner_ones_and_know_their_function() {
    let code = "f(g(), () => h());\nclass A { b = i(); static { j() } get c() { return k(m()) } }";
    let found: Vec<_> = calls(code).into_iter().map(|call| (call.callee, call.function)).collect();
    let expected = [("f", 0), ("g", 0), ("h", 1), ("i", 2), ("j", 3), ("k", 4), ("m", 4)];
    assert_eq!(found, expected.map(|(callee, function)| (callee.to_owned(), function)));
}

#[test]
fn what_is_called_is_shown_on_one_line() {
    assert_eq!(callees("cart\n  .items\n  .first ( )"), ["cart.items.first"]);
    let long = format!("a[{}].b()", "1 + ".repeat(40) + "1");
    let shown = callees(&long).remove(0);
    assert!(shown.starts_with('…') && shown.ends_with("].b"), "{shown}");
    assert_eq!(shown.chars().count(), MAX_CALLEE_CHARS + 1);
}

#[test]
fn a_name_that_is_given_to_something_else_anywhere_is_shadowed() {
    let shadowed = |code: &str| {
        let code = format!("import {{ http }} from '@outrider/sdk';\n{code}");
        let source = Source::parse(Kind::TypeScript, &code).unwrap();
        assert_eq!(source.sdk_names.len(), 1, "the module takes it nevertheless");
        source.shadowed.contains("http")
    };
    for code in [
        "const get = (http: Client) => http.gett('/');",
        "function get({ http }) { http.gett('/'); }",
        "function get() { const { a: [http = 1] } = x; }",
        "try {} catch (http) {}",
        "for (const http of all) {}",
        "{ class http {} }",
        "const f = function http() {};",
    ] {
        assert!(shadowed(code), "{code}");
    }
    for code in ["http.get('/');", "const a = { http }; a.http = http;", "class A { http() {} }"] {
        assert!(!shadowed(code), "{code}");
    }
}
