use super::*;
use crate::Fault;
use crate::source::apply;

fn syntax_of(code: &str) -> Result<Syntax, Vec<Fault>> {
    Parsed::of(code).map(|parsed| Syntax::of(code, &parsed))
}

fn edited(code: &str) -> String {
    let syntax = syntax_of(code).unwrap();
    let edited = apply(code, syntax.edits).code;
    syntax_of(&edited).unwrap_or_else(|faults| panic!("{edited}\n{faults:?}"));
    edited
}

#[test]
fn imports_are_found_with_their_places() {
    let code = "import a, { b } from './a.ts';\nexport * from \"./b\";\nexport { c } from './c';\nimport './d';\nexport const e = 1;";
    let syntax = syntax_of(code).unwrap();
    let specifiers: Vec<_> = syntax.imports.iter().map(|import| import.specifier.as_str()).collect();
    assert_eq!(specifiers, ["./a.ts", "./b", "./c", "./d"]);
    assert_eq!(&code[syntax.imports[1].range.clone()], "\"./b\"");
    assert!(syntax.imports[1].attributes.is_empty());
}

#[test]
fn import_attributes_are_found() {
    let code = "import a from './a.json' with { type: 'json' };";
    let syntax = syntax_of(code).unwrap();
    assert_eq!(&code[syntax.imports[0].attributes.clone()], " with { type: 'json' }");
}

#[test]
fn dynamic_imports_are_found() {
    let syntax = syntax_of("async function f() { await import('./a'); }").unwrap();
    assert_eq!(syntax.dynamic_imports, [27]);
}

#[test]
fn plain_functions_are_left_alone() {
    let code =
        "function f() { try { g() } catch (e) {} }\nconst h = () => f();\nclass A { get b() { return 1 } }";
    assert_eq!(edited(code), code);
    assert!(!syntax_of(code).unwrap().has_async);
}

#[test]
fn async_bodies_are_wrapped_on_their_lines() {
    assert_eq!(
        edited("async function f() {\n  await g();\n}"),
        "async function f() {try{__outrider.enter();\n  await g();\n}catch(__outrider_error){throw __outrider.failed(__outrider_error)}finally{__outrider.leave()}}"
    );
    assert_eq!(
        edited("const f = async (x) => ({ x });"),
        "const f = async (x) => {try{__outrider.enter();return (({ x }))}catch(__outrider_error){throw __outrider.failed(__outrider_error)}finally{__outrider.leave()}};"
    );
}

#[test]
fn every_kind_of_async_function_is_wrapped() {
    let code = "const a = { async m() {}, f: async function () {}, g: async x => x };\n\
        class B { async m() {} static async s() {} async #p() {} }\n\
        export default async function () {}\n\
        async () => async () => 1;\n\
        async function* gen() { yield 1; }\n";
    let edited = edited(code);
    assert_eq!(edited.matches("__outrider.enter()").count(), 9);
    assert_eq!(edited.matches("__outrider.leave()").count(), 9);
    assert_eq!(edited.matches("__outrider.failed").count(), 10);
    assert_eq!(edited.lines().count(), code.lines().count());
}

#[test]
fn catch_clauses_of_async_functions_say_what_they_caught() {
    assert!(
        edited("async function f() { try {} catch (e) { g(e) } }")
            .contains("catch (e) {__outrider.caught(e); g(e) }")
    );
    assert!(
        edited("async function f() { try {} catch { g() } }")
            .contains("catch (__outrider_error) {__outrider.caught(__outrider_error); g() }")
    );
    assert!(
        edited("async function f() { try {} catch ({ a, b: [c] }) { g(a) } }").contains(
            "catch (__outrider_error) {__outrider.caught(__outrider_error);let { a, b: [c] }=__outrider_error; g(a) }"
        )
    );
    let inner_is_plain = "async function f() { g(() => { try {} catch (e) {} }) }";
    assert!(!edited(inner_is_plain).contains("caught"));
}

#[test]
fn only_the_top_level_is_evaluated_once() {
    let code = "const a = Math.random();\nconst b = Date.now(), c = [new Date()];\nconst d = new Date(0);\n\
        const f = () => Math.random();\nfunction g(x = Date.now()) { return new Date() }\nclass H { i = Math.random() }";
    let found: Vec<_> = syntax_of(code).unwrap().evaluated_once.into_iter().map(|(what, _)| what).collect();
    assert_eq!(found, ["Math.random()", "Date.now()", "new Date()"]);
}

#[test]
fn a_syntax_error_has_its_place() {
    let faults = syntax_of("let a = 1;\nlet b = ;\n").unwrap_err();
    assert_eq!((faults[0].place.line, faults[0].place.column), (2, 9));
}
