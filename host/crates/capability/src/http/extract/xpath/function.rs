//! The core function library (XPath 1.0 §4).

use super::eval::{Context, Evaluator};
use super::expr::Expr;
use super::value::{Item, Value, number_of};
use crate::http::extract::document::NodeKind;

macro_rules! functions {
    ($($function:ident $name:literal $least:literal $most:tt),+ $(,)?) => {
        /// A function.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function { $($function),+ }

        impl Function {
            /// The function of this name.
            pub(super) fn from_name(name: &str) -> Option<Function> {
                match name {
                    $($name => Some(Function::$function),)+
                    _ => None,
                }
            }

            /// Whether it takes so many parameters.
            pub(super) fn takes(self, count: usize) -> bool {
                let (least, most): (usize, usize) = match self {
                    $(Function::$function => ($least, functions!(@most $most)),)+
                };
                (least..=most).contains(&count)
            }
        }
    };
    (@most many) => { usize::MAX };
    (@most $most:literal) => { $most };
}

functions! {
    Last "last" 0 0,
    Position "position" 0 0,
    Count "count" 1 1,
    Id "id" 1 1,
    LocalName "local-name" 0 1,
    NamespaceUri "namespace-uri" 0 1,
    Name "name" 0 1,
    Text "string" 0 1,
    Concat "concat" 2 many,
    StartsWith "starts-with" 2 2,
    EndsWith "ends-with" 2 2,
    Contains "contains" 2 2,
    SubstringBefore "substring-before" 2 2,
    SubstringAfter "substring-after" 2 2,
    Substring "substring" 2 3,
    StringLength "string-length" 0 1,
    NormalizeSpace "normalize-space" 0 1,
    Translate "translate" 3 3,
    LowerCase "lower-case" 1 1,
    UpperCase "upper-case" 1 1,
    Boolean "boolean" 1 1,
    Not "not" 1 1,
    True "true" 0 0,
    False "false" 0 0,
    Lang "lang" 1 1,
    Number "number" 0 1,
    Sum "sum" 1 1,
    Floor "floor" 1 1,
    Ceiling "ceiling" 1 1,
    Round "round" 1 1,
}

impl Function {
    /// Whether it comes to a number.
    pub(super) fn is_number(self) -> bool {
        use Function::*;
        matches!(self, Last | Position | Count | StringLength | Number | Sum | Floor | Ceiling | Round)
    }
}

impl Evaluator<'_> {
    pub(super) fn call(&self, function: Function, parameters: &[Expr], context: Context) -> Value {
        let text = |index: usize| self.text(&parameters[index], context);
        let number = |index: usize| self.number(&parameters[index], context);
        // Of the parameter, or of the context node without one.
        let text_or_own = || match parameters {
            [] => self.string_of(context.item),
            [expr, ..] => self.text(expr, context),
        };
        match function {
            Function::Last => Value::Number(context.size as f64),
            Function::Position => Value::Number(context.position as f64),
            Function::Count => Value::Number(self.nodes(&parameters[0], context).len() as f64),
            Function::Id => Value::Nodes(self.by_id(&parameters[0], context)),
            Function::LocalName => Value::Text(self.name_of(parameters, context, NamePart::Local)),
            Function::NamespaceUri => Value::Text(self.name_of(parameters, context, NamePart::Namespace)),
            Function::Name => Value::Text(self.name_of(parameters, context, NamePart::Qualified)),
            Function::Text => Value::Text(text_or_own()),
            Function::Concat => Value::Text(self.concat(parameters, context)),
            Function::StartsWith => Value::Truth(text(0).starts_with(&text(1))),
            Function::EndsWith => Value::Truth(text(0).ends_with(&text(1))),
            Function::Contains => Value::Truth(text(0).contains(&text(1))),
            Function::SubstringBefore => {
                let (whole, part) = (text(0), text(1));
                Value::Text(whole.split_once(&part).map_or("", |(before, _)| before).to_owned())
            }
            Function::SubstringAfter => {
                let (whole, part) = (text(0), text(1));
                Value::Text(whole.split_once(&part).map_or("", |(_, after)| after).to_owned())
            }
            Function::Substring => {
                let length = parameters.get(2).map(|expr| self.number(expr, context));
                Value::Text(substring(&text(0), number(1), length))
            }
            Function::StringLength => Value::Number(text_or_own().chars().count() as f64),
            Function::NormalizeSpace => {
                Value::Text(text_or_own().split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            }
            Function::Translate => Value::Text(self.translate(&text(0), &text(1), &text(2))),
            Function::LowerCase => Value::Text(text(0).to_lowercase()),
            Function::UpperCase => Value::Text(text(0).to_uppercase()),
            Function::Boolean => Value::Truth(self.truth(&parameters[0], context)),
            Function::Not => Value::Truth(!self.truth(&parameters[0], context)),
            Function::True => Value::Truth(true),
            Function::False => Value::Truth(false),
            Function::Lang => Value::Truth(self.has_language(context.item, &text(0))),
            Function::Number => Value::Number(match parameters {
                [] => number_of(&self.string_of(context.item)),
                [expr, ..] => self.number(expr, context),
            }),
            Function::Sum => {
                let items = self.nodes(&parameters[0], context);
                Value::Number(items.into_iter().map(|item| number_of(&self.string_of(item))).sum())
            }
            Function::Floor => Value::Number(number(0).floor()),
            Function::Ceiling => Value::Number(number(0).ceil()),
            // Halves go up, towards the positive.
            Function::Round => Value::Number((number(0) + 0.5).floor()),
        }
    }

    fn concat(&self, parameters: &[Expr], context: Context) -> String {
        let mut whole = String::new();
        for part in parameters {
            let part = self.text(part, context);
            if !self.afford(part.len()) {
                return String::new();
            }
            whole.push_str(&part);
        }
        whole
    }

    /// Elements by the attribute `id`: of each of the ids, which blanks separate, the first one.
    fn by_id(&self, expr: &Expr, context: Context) -> Vec<Item> {
        let ids = match self.eval(expr, context) {
            Value::Nodes(items) => {
                items.into_iter().map(|item| self.string_of(item)).collect::<Vec<_>>().join(" ")
            }
            other => self.text_from(other),
        };
        let mut wanted: Vec<&str> = ids.split_ascii_whitespace().collect();
        let mut found = Vec::new();
        for node in 0..self.document.len() {
            if wanted.is_empty() || !self.budget.visit(1 + wanted.len() as u64 / 8) {
                break;
            }
            let Some(id) = self.document.attribute_value(node, "id") else { continue };
            if let Some(at) = wanted.iter().position(|one| *one == id) {
                wanted.swap_remove(at);
                wanted.retain(|one| *one != id);
                found.push(Item::of(node));
            }
        }
        found
    }

    fn name_of(&self, parameters: &[Expr], context: Context, part: NamePart) -> String {
        let item = match parameters {
            [] => Some(context.item),
            [expr, ..] => self.nodes(expr, context).first().copied(),
        };
        let Some(item) = item else { return String::new() };
        let name = match (item.attribute(), &self.document.node(item.node).kind) {
            (Some(attribute), _) => &self.document.attribute(attribute).name,
            (None, NodeKind::Element { name, .. }) => name,
            (None, NodeKind::Instruction { target, .. }) => return self.document.slice(target).to_owned(),
            _ => return String::new(),
        };
        match (part, name.prefix.as_deref()) {
            (NamePart::Namespace, _) => name.ns.to_string(),
            (NamePart::Qualified, Some(prefix)) if !prefix.is_empty() => format!("{prefix}:{}", name.local),
            _ => name.local.to_string(),
        }
    }

    fn translate(&self, text: &str, from: &str, to: &str) -> String {
        let from: Vec<char> = from.chars().collect();
        let to: Vec<char> = to.chars().collect();
        if !self.budget.visit((text.len() as u64).saturating_mul(1 + from.len() as u64) / 64) {
            return String::new();
        }
        text.chars()
            .filter_map(|c| match from.iter().position(|one| *one == c) {
                Some(index) => to.get(index).copied(),
                None => Some(c),
            })
            .collect()
    }

    /// Whether the nearest `lang` (or `xml:lang`) says this language, or a dialect of it.
    fn has_language(&self, item: Item, wanted: &str) -> bool {
        let mut node = Some(item.node);
        while let Some(id) = node.filter(|_| self.budget.visit(1)) {
            if let Some(language) = self.document.attribute_value(id, "lang") {
                let language = language.to_ascii_lowercase();
                let wanted = wanted.to_ascii_lowercase();
                let dialect = language.strip_prefix(&wanted);
                return dialect.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
            }
            node = crate::http::extract::document::some(self.document.node(id).parent);
        }
        false
    }
}

#[derive(Clone, Copy)]
enum NamePart {
    Local,
    Namespace,
    Qualified,
}

/// Letters are counted from 1, and both numbers are rounded: `substring("12345", 1.5, 2.6)` is `234`.
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    let round = |number: f64| (number + 0.5).floor();
    let first = round(start);
    let end = length.map_or(f64::INFINITY, |length| first + round(length));
    text.chars()
        .zip(1_u32..)
        .filter(|(_, position)| f64::from(*position) >= first && f64::from(*position) < end)
        .map(|(c, _)| c)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::extract::xpath::eval::is_true;

    #[test]
    fn substrings_follow_the_recommendation() {
        assert_eq!(substring("12345", 2.0, Some(3.0)), "234");
        assert_eq!(substring("12345", 2.0, None), "2345");
        assert_eq!(substring("12345", 1.5, Some(2.6)), "234");
        assert_eq!(substring("12345", 0.0, Some(3.0)), "12");
        assert_eq!(substring("12345", f64::NAN, Some(3.0)), "");
        assert_eq!(substring("12345", 1.0, Some(f64::NAN)), "");
        assert_eq!(substring("12345", -42.0, Some(f64::INFINITY)), "12345");
        assert_eq!(substring("12345", f64::NEG_INFINITY, Some(f64::INFINITY)), "");
    }

    #[test]
    fn what_counts_as_true() {
        assert!(!is_true(&Value::Number(f64::NAN)));
        assert!(is_true(&Value::Text("false".into())));
    }
}
