use outrider_sdk::json;

use super::*;

/// Whether a typed value passes.
fn passes(found: Value, comparison: Comparison, value: Value) -> bool {
    judge(Some(&Found::typed(found)), comparison, value).unwrap()
}

fn judge(found: Option<&Found>, comparison: Comparison, value: Value) -> Result<bool, String> {
    let value = (!value.is_null()).then_some(value);
    Test::new(comparison, value, false, false).unwrap().passes(found)
}

/// A comparison, its opposite, what it compares with, values that pass, values that do not.
type Case = (Comparison, Comparison, Value, Vec<Value>, Vec<Value>);

fn cases() -> Vec<Case> {
    use Comparison as C;
    vec![
        (C::Equals, C::NotEquals, json!(200), vec![json!(200), json!(200.0)], vec![json!(201), json!("200")]),
        (C::Equals, C::NotEquals, json!("a"), vec![json!("a")], vec![json!("A"), json!(["a"])]),
        (C::Equals, C::NotEquals, json!({"a": [1]}), vec![json!({"a": [1]})], vec![json!({"a": [1, 2]})]),
        (
            C::Between,
            C::NotBetween,
            json!([1, 3]),
            vec![json!(1), json!(2.5), json!(3)],
            vec![json!(0), json!(3.1)],
        ),
        (
            C::Contains,
            C::NotContains,
            json!("b"),
            vec![json!("abc"), json!(["b"]), json!({"b": 1})],
            vec![json!("ac"), json!(["bb"]), json!({"a": "b"})],
        ),
        (
            C::Contains,
            C::NotContains,
            json!(2),
            vec![json!([1, 2]), json!("12")],
            vec![json!([1]), json!([])],
        ),
        (C::StartsWith, C::NotStartsWith, json!("ab"), vec![json!("abc")], vec![json!("cab"), json!("")]),
        (C::EndsWith, C::NotEndsWith, json!("bc"), vec![json!("abc")], vec![json!("bca")]),
        (C::Matches, C::NotMatches, json!("^a+$"), vec![json!("aa")], vec![json!("ab"), json!(1)]),
        (
            C::OneOf,
            C::NotOneOf,
            json!([1, "a", null]),
            vec![json!(1), json!("a"), json!(null)],
            vec![json!(2)],
        ),
        (
            C::HasKey,
            C::NotHasKey,
            json!("k"),
            vec![json!({"k": null})],
            vec![json!({"j": "k"}), json!(["k"]), json!("k")],
        ),
        (
            C::HasValue,
            C::NotHasValue,
            json!("v"),
            vec![json!({"k": "v"}), json!(["v"])],
            vec![json!({"v": 1}), json!("v")],
        ),
        (
            C::IsEmpty,
            C::NotEmpty,
            json!(null),
            vec![json!(""), json!([]), json!({}), json!(null)],
            vec![json!(0), json!(false), json!(" ")],
        ),
        (C::IsNull, C::NotNull, json!(null), vec![json!(null)], vec![json!(0), json!("")]),
        (C::Exists, C::NotExists, json!(null), vec![json!(null), json!(0)], vec![]),
        (
            C::HasType,
            C::NotHasType,
            json!("integer"),
            vec![json!(1), json!(1.0)],
            vec![json!(1.5), json!("1")],
        ),
        (C::HasType, C::NotHasType, json!("array"), vec![json!([])], vec![json!({})]),
    ]
}

#[test]
fn each_comparison_and_its_opposite() {
    for (comparison, opposite, value, good, bad) in cases() {
        for (found, passed) in
            good.iter().map(|found| (found, true)).chain(bad.iter().map(|found| (found, false)))
        {
            let text = format!("{found} {} {value}", comparison.word());
            assert_eq!(passes(found.clone(), comparison, value.clone()), passed, "{text}");
            assert_eq!(passes(found.clone(), opposite, value.clone()), !passed, "not {text}");
        }
    }
}

#[test]
fn orders_include_their_limit_where_they_say_so() {
    let orders = |found: Value, value: Value| {
        [Comparison::LessThan, Comparison::LessOrEqual, Comparison::GreaterOrEqual, Comparison::GreaterThan]
            .map(|comparison| passes(found.clone(), comparison, value.clone()))
    };
    assert_eq!(orders(json!(1), json!(2)), [true, true, false, false]);
    assert_eq!(orders(json!(2), json!(2.0)), [false, true, true, false]);
    assert_eq!(orders(json!(3), json!(2)), [false, false, true, true]);
    assert_eq!(orders(json!("2026-02-01"), json!("2026-01-31")), [false, false, true, true]);
}

#[test]
fn what_is_missing_passes_negations_and_emptiness_alone() {
    for (comparison, opposite, value, ..) in cases() {
        let holds = matches!(comparison, Comparison::IsEmpty | Comparison::IsNull);
        assert_eq!(judge(None, comparison, value.clone()), Ok(holds), "{}", comparison.word());
        assert_eq!(judge(None, opposite, value), Ok(!holds), "{}", opposite.word());
    }
    for comparison in [Comparison::LessThan, Comparison::GreaterThan] {
        assert_eq!(judge(None, comparison, json!(1)), Ok(false));
    }
}

#[test]
fn text_of_no_type_is_compared_as_what_it_says() {
    let header = Found::text("3600");
    assert_eq!(judge(Some(&header), Comparison::Equals, json!(3600)), Ok(true));
    assert_eq!(judge(Some(&header), Comparison::GreaterThan, json!(600)), Ok(true));
    assert_eq!(judge(Some(&header), Comparison::Equals, json!("3600")), Ok(true));
    assert_eq!(judge(Some(&Found::text("true")), Comparison::Equals, json!(true)), Ok(true));
    assert_eq!(judge(Some(&Found::text("true")), Comparison::OneOf, json!([false, true])), Ok(true));
}

#[test]
fn what_cannot_be_compared_passes_neither_way() {
    let list = Found::typed(json!([1]));
    for comparison in [Comparison::Between, Comparison::NotBetween] {
        assert_eq!(judge(Some(&list), comparison, json!([1, 2])), Err("[1] is not a number".to_owned()));
    }
    for comparison in [Comparison::StartsWith, Comparison::NotStartsWith] {
        assert_eq!(judge(Some(&list), comparison, json!("a")), Err("[1] is no text".to_owned()));
    }
    let text = Found::typed(json!("a"));
    let error = judge(Some(&text), Comparison::LessThan, json!(1)).unwrap_err();
    assert_eq!(error, "\"a\" is not a number");
}

#[test]
fn sizes_are_compared_where_asked() {
    let test = Test::new(Comparison::Between, Some(json!([2, 3])), true, false).unwrap();
    assert_eq!(test.words(), "size between 2 and 3");
    assert_eq!(test.passes(Some(&Found::typed(json!([1, 2])))), Ok(true));
    assert_eq!(test.passes(Some(&Found::text("grüße"))), Ok(false));
    assert_eq!(test.passes(Some(&Found::typed(json!(12)))), Err("12 has no size".to_owned()));
}

#[test]
fn case_is_ignored_where_asked() {
    let cases = [
        (Comparison::Equals, json!("TEXT/html"), true),
        (Comparison::Contains, json!("HTML"), true),
        (Comparison::StartsWith, json!("TEXT"), true),
        (Comparison::EndsWith, json!("HTML"), true),
        (Comparison::Matches, json!("^TEXT/"), true),
        (Comparison::OneOf, json!(["TEXT/HTML"]), true),
        (Comparison::Equals, json!("TEXT/plain"), false),
    ];
    for (comparison, value, passed) in cases {
        let test = Test::new(comparison, Some(value), false, true).unwrap();
        assert_eq!(test.passes(Some(&Found::text("Text/Html"))), Ok(passed), "{}", test.words());
    }
}

#[test]
fn tests_that_make_no_sense_say_why() {
    let error = |comparison, value: Option<Value>| Test::new(comparison, value, false, false).unwrap_err();
    assert_eq!(error(Comparison::Equals, None), "the comparison equals needs a value");
    assert_eq!(error(Comparison::IsEmpty, Some(json!(1))), "the comparison is_empty takes no value");
    assert_eq!(error(Comparison::OneOf, Some(json!(1))), "the comparison one_of needs a list of values");
    assert_eq!(error(Comparison::Between, Some(json!([1]))), "the comparison between needs two numbers");
    assert!(
        error(Comparison::NotMatches, Some(json!("(")))
            .starts_with("the comparison not_matches needs a regular")
    );
    assert!(
        error(Comparison::HasType, Some(json!("text")))
            .ends_with("needs one of string, number, integer, boolean, array, object, null")
    );
    assert_eq!(
        error(Comparison::LessThan, Some(json!([1]))),
        "the comparison less_than needs a number, or a text to be sorted by"
    );
}
