//! A rule as it is written in the parameters.

use outrider_sdk::serde_json::Value;
use serde::Deserialize;

/// Which part of which answers is judged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleConfig {
    /// The check's name; the rule in words without one.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Which exchanges it is for; all without it.
    #[serde(default)]
    pub(crate) on: FilterConfig,
    /// Conditions of which one must hold, in the place of one's own.
    #[serde(default)]
    pub(crate) any_of: Vec<RuleConfig>,
    /// The part that is judged.
    #[serde(default)]
    pub(crate) source: Option<SourceKind>,
    /// Which one of its kind: a header's name, a JSONPath, a regular expression, a phase.
    #[serde(default)]
    pub(crate) property: Option<String>,
    /// Of a header's value: the first group of this regular expression's first match.
    #[serde(default)]
    pub(crate) pattern: Option<String>,
    /// How it is judged. Of a JSON Schema: not at all but by the schema.
    #[serde(default)]
    pub(crate) comparison: Option<Comparison>,
    /// What it is compared with.
    #[serde(default)]
    pub(crate) value: Option<Value>,
    /// Of several values: which of them must pass.
    #[serde(default = "Matching::usual", rename = "match")]
    pub(crate) matching: Matching,
    /// Compare the size: of a text its characters, of a list its elements, of an object its keys.
    #[serde(default)]
    pub(crate) size: bool,
    /// Compare without regard to case.
    #[serde(default)]
    pub(crate) ignore_case: bool,
}

/// Which exchanges a rule is for. What is not given is not asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FilterConfig {
    /// Labels; `*` stands for any text.
    #[serde(default)]
    pub(crate) name: Option<OneOrMany>,
    /// Methods.
    #[serde(default)]
    pub(crate) method: Option<OneOrMany>,
    /// A regular expression that the URL matches somewhere.
    #[serde(default)]
    pub(crate) url: Option<String>,
    /// Status codes: `200`, `"2xx"`, `"400-499"`.
    #[serde(default)]
    pub(crate) status: Option<OneOrMany>,
}

/// A value, or a list of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    /// Several.
    Many(Vec<Value>),
    /// One.
    One(Value),
}

impl OneOrMany {
    pub(crate) fn into_texts(self) -> Vec<String> {
        let values = match self {
            Self::Many(values) => values,
            Self::One(value) => vec![value],
        };
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        values.into_iter().map(text).collect()
    }
}

/// Declares an enum whose variants are written in the parameters in snake case, with the list of them.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        pub(crate) enum $name {
            $($(#[$what])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// As they are written.
            pub(crate) const WORDS: &[&str] = &[$($word),+];

            /// As it is written.
            pub(crate) fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

words! {
    /// The parts of an answer that can be judged.
    SourceKind {
        /// The status code.
        Status = "status",
        /// How long the exchange took, in milliseconds.
        DurationMs = "duration_ms",
        /// How long one phase of it took, in milliseconds.
        PhaseMs = "phase_ms",
        /// Length of the body over the wire, in bytes.
        BodySize = "body_size",
        /// The URL that answered.
        Url = "url",
        /// `HTTP/1.1` or `HTTP/2`.
        Protocol = "protocol",
        /// All values of a header field, joined by a comma.
        Header = "header",
        /// All header fields, as an object.
        Headers = "headers",
        /// The body as text.
        Body = "body",
        /// What a JSONPath selects in the body.
        Json = "json",
        /// The texts of the elements that a CSS selector selects in the body.
        Css = "css",
        /// The string values of what an XPath selects in the body.
        XPath = "xpath",
        /// What a regular expression finds in the body: its first group, or all of it.
        Regex = "regex",
        /// The body as JSON, by a JSON Schema.
        JsonSchema = "json_schema",
        /// Why there is no answer.
        Error = "error",
    }
}

words! {
    /// How a part is judged.
    Comparison {
        /// The same.
        Equals = "equals",
        /// Not the same.
        NotEquals = "not_equals",
        /// More.
        GreaterThan = "greater_than",
        /// As much or more.
        GreaterOrEqual = "greater_or_equal",
        /// Less.
        LessThan = "less_than",
        /// As much or less.
        LessOrEqual = "less_or_equal",
        /// From the first to the second of two, both included.
        Between = "between",
        /// Outside of that.
        NotBetween = "not_between",
        /// A text has it as a part, a list as an element, an object as a key.
        Contains = "contains",
        /// The opposite.
        NotContains = "not_contains",
        /// A text begins with it.
        StartsWith = "starts_with",
        /// The opposite.
        NotStartsWith = "not_starts_with",
        /// A text ends with it.
        EndsWith = "ends_with",
        /// The opposite.
        NotEndsWith = "not_ends_with",
        /// A regular expression matches somewhere in it.
        Matches = "matches",
        /// The opposite.
        NotMatches = "not_matches",
        /// It is one of a list.
        OneOf = "one_of",
        /// The opposite.
        NotOneOf = "not_one_of",
        /// Nothing is in it: no characters, elements or keys, or it is null or missing.
        IsEmpty = "is_empty",
        /// The opposite.
        NotEmpty = "not_empty",
        /// An object has the key.
        HasKey = "has_key",
        /// The opposite.
        NotHasKey = "not_has_key",
        /// An object has the value under some key, or a list as an element.
        HasValue = "has_value",
        /// The opposite.
        NotHasValue = "not_has_value",
        /// It is null, or missing.
        IsNull = "is_null",
        /// The opposite.
        NotNull = "not_null",
        /// It is there, be it null.
        Exists = "exists",
        /// The opposite.
        NotExists = "not_exists",
        /// It is of a type of JSON: `string`, `number`, `integer`, `boolean`, `array`, `object`, `null`.
        HasType = "has_type",
        /// The opposite.
        NotHasType = "not_has_type",
    }
}

words! {
    /// Which of several values must pass.
    Matching {
        /// All of them.
        Every = "every",
        /// One of them.
        Any = "any",
        /// Not one of them.
        None = "none",
    }
}

impl Matching {
    /// What a rule that says nothing asks for.
    pub(crate) fn usual() -> Self {
        Self::Every
    }
}
