//! The types in which `selectors` keeps what a selector says.

use std::fmt;

use cssparser::{ToCss, serialize_identifier, serialize_string};
use html5ever::{LocalName, Namespace};
use precomputed_hash::PrecomputedHash;
use selectors::parser::{self, SelectorParseErrorKind};

/// Which selectors are understood: those of Selectors Level 4 that need neither a user nor a style.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect;

impl<'i> parser::Parser<'i> for Dialect {
    type Impl = Words;
    type Error = SelectorParseErrorKind;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }

    fn parse_nth_child_of(&self) -> bool {
        true
    }

    /// A mistake inside of `:is()` is a mistake, and no reason to select nothing.
    fn allow_forgiving_selectors(&self) -> bool {
        false
    }
}

/// The types of the words of a selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words;

impl parser::SelectorImpl for Words {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Value;
    type Identifier = Name;
    type LocalName = Name;
    type NamespaceUrl = Namespace;
    type NamespacePrefix = Name;
    type BorrowedNamespaceUrl = Namespace;
    type BorrowedLocalName = Name;
    type NonTSPseudoClass = Nothing;
    type PseudoElement = Nothing;
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value(String);

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value(text.to_owned())
    }
}

impl AsRef<str> for Value {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl ToCss for Value {
    fn to_css<W: fmt::Write>(&self, dest: &mut W) -> fmt::Result {
        serialize_string(&self.0, dest)
    }
}

/// The name of an element, an attribute, a class or an id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Name(pub(super) LocalName);

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name(LocalName::from(text))
    }
}

impl ToCss for Name {
    fn to_css<W: fmt::Write>(&self, dest: &mut W) -> fmt::Result {
        serialize_identifier(&self.0, dest)
    }
}

impl PrecomputedHash for Name {
    fn precomputed_hash(&self) -> u32 {
        self.0.precomputed_hash()
    }
}

/// Pseudo-classes that are no matter of structure, and pseudo-elements: there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Nothing {}

impl parser::NonTSPseudoClass for Nothing {
    fn is_active_or_hover(&self) -> bool {
        match *self {}
    }

    fn is_user_action_state(&self) -> bool {
        match *self {}
    }
}

impl parser::PseudoElement for Nothing {}

impl ToCss for Nothing {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}
