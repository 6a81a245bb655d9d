//! CSS selectors, by Servo's `selectors` over our own tree.

mod element;
mod words;

use cssparser::{BasicParseErrorKind, ParseErrorKind};
use selectors::SelectorList;
use selectors::matching::{
    MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags, QuirksMode, SelectorCaches,
    matches_selector,
};
use selectors::parser::{ParseRelative, SelectorParseErrorKind};

use self::element::ElementRef;
use self::words::{Dialect, Words};
use super::PatternError;
use super::document::{Budget, Document, DocumentError};

/// 1 KiB: a selector of that length has some hundred parts, and each is a level of recursion where it is
/// matched.
pub const MAX_SELECTOR_BYTES: usize = 1024;

/// A selector list, for example `a.next, a[rel=next]`.
#[derive(Debug)]
pub(crate) struct Selector {
    list: SelectorList<Words>,
}

impl Selector {
    /// Reads a selector list.
    pub(super) fn parse(text: &str) -> Result<Selector, PatternError> {
        let fault = |reason: String| PatternError::Css { selector: text.to_owned(), reason };
        if text.len() > MAX_SELECTOR_BYTES {
            return Err(fault(format!("it has {} bytes, more than {MAX_SELECTOR_BYTES}", text.len())));
        }
        let mut parser = cssparser::Parser::new(text);
        match SelectorList::parse(&Dialect, &mut parser, ParseRelative::No) {
            Ok(list) => Ok(Selector { list }),
            Err(error) => {
                let place = parser.current_source_location();
                let (line, column) = (place.line + 1, place.column);
                Err(fault(format!("{} at line {line}, column {column}", words(&error.kind))))
            }
        }
    }

    /// The texts of all elements that it selects, in document order; or the values of an attribute, of
    /// those elements that have it. At most `limit`.
    pub(super) fn select(
        &self,
        document: &Document,
        attribute: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, DocumentError> {
        let budget = Budget::default();
        let mut caches = SelectorCaches::default();
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            &mut caches,
            // Classes and ids are told apart by their case, as in every page with a doctype.
            QuirksMode::NoQuirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        let mut found = Vec::new();
        for id in (0..document.len()).filter(|id| document.is_element(*id)) {
            if found.len() >= limit || budget.is_over() {
                break;
            }
            let element = ElementRef::new(document, &budget, id);
            let selects = |selector| matches_selector(selector, 0, None, element, &mut context);
            if !self.list.slice().iter().any(selects) {
                continue;
            }
            match attribute {
                Some(name) => {
                    let value = document.attribute_value(id, &attribute_name(document, name));
                    found.extend(value.filter(|value| budget.answer(value.len())).map(str::to_owned));
                }
                None => found.push(text(document, id, &budget)),
            }
        }
        budget.within(found)
    }
}

/// The texts of an element and everything in it.
fn text(document: &Document, id: u32, budget: &Budget) -> String {
    let length = document.texts(id).map(str::len).sum();
    let visits = u64::from(document.node(id).end - id);
    if !budget.visit(visits) || !budget.answer(length) {
        return String::new();
    }
    document.texts(id).collect()
}

/// HTML's attributes are in lower case, however they are written.
fn attribute_name<'a>(document: &Document, name: &'a str) -> std::borrow::Cow<'a, str> {
    match document.is_html() {
        true => name.to_ascii_lowercase().into(),
        false => name.into(),
    }
}

/// What is wrong with a selector, in words.
fn words(kind: &ParseErrorKind<SelectorParseErrorKind>) -> &'static str {
    use SelectorParseErrorKind as Kind;
    match kind {
        ParseErrorKind::Basic(BasicParseErrorKind::EndOfInput) => "it ends too early",
        ParseErrorKind::Basic(BasicParseErrorKind::TooManyNestedBlocks) => {
            "too many brackets inside one another"
        }
        ParseErrorKind::Basic(_) => "something that does not belong there",
        ParseErrorKind::Custom(kind) => match kind {
            Kind::EmptySelector => "a selector is empty",
            Kind::DanglingCombinator => "a combinator has nothing behind it",
            Kind::UnsupportedPseudoClassOrElement => "a pseudo-class or pseudo-element that is not supported",
            Kind::PseudoElementExpectedColon | Kind::PseudoElementExpectedIdent | Kind::NoIdentForPseudo => {
                "a colon without the name of a pseudo-class"
            }
            Kind::ClassNeedsIdent => "a dot without the name of a class",
            Kind::ExpectedNamespace | Kind::ExplicitNamespaceUnexpectedToken => {
                "a namespace that is not known"
            }
            Kind::NoQualifiedNameInAttributeSelector
            | Kind::UnexpectedTokenInAttributeSelector
            | Kind::ExpectedBarInAttr
            | Kind::BadValueInAttr
            | Kind::InvalidQualNameInAttr => "an attribute selector that is not like [name=\"value\"]",
            _ => "something that does not belong there",
        },
    }
}

#[cfg(test)]
mod tests;
