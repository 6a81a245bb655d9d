//! What an expression says.

use super::function::Function;

/// An expression. Chains of operators are lists, so that only brackets make it deep.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expr {
    Or(Vec<Expr>),
    And(Vec<Expr>),
    /// Comparisons from left to right.
    Compare(Box<Expr>, Vec<(Comparison, Expr)>),
    /// Calculations from left to right.
    Calculate(Box<Expr>, Vec<(Operation, Expr)>),
    Negate(Box<Expr>),
    Union(Vec<Expr>),
    Path(Path),
    Literal(String),
    Number(f64),
    Call(Function, Vec<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Steps from a start.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    pub(super) start: Start,
    pub(super) steps: Vec<Step>,
}

/// Where a path starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start {
    /// At the context node.
    Here,
    /// At the document.
    Root,
    /// At the nodes that an expression comes to, as far as predicates hold.
    Filter(Box<Expr>, Vec<Predicate>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: Test,
    pub(super) predicates: Vec<Predicate>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Predicate {
    pub(super) expr: Expr,
    /// Whether the place in the list of candidates can matter.
    pub(super) is_positional: bool,
}

impl Predicate {
    pub(super) fn new(expr: Expr) -> Predicate {
        Predicate { is_positional: expr.may_be_number() || expr.asks_for_position(), expr }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Parent,
    Preceding,
    PrecedingSibling,
    SelfNode,
}

impl Axis {
    pub(super) fn from_name(name: &str) -> Option<Axis> {
        Some(match name {
            "ancestor" => Axis::Ancestor,
            "ancestor-or-self" => Axis::AncestorOrSelf,
            "attribute" => Axis::Attribute,
            "child" => Axis::Child,
            "descendant" => Axis::Descendant,
            "descendant-or-self" => Axis::DescendantOrSelf,
            "following" => Axis::Following,
            "following-sibling" => Axis::FollowingSibling,
            "parent" => Axis::Parent,
            "preceding" => Axis::Preceding,
            "preceding-sibling" => Axis::PrecedingSibling,
            "self" => Axis::SelfNode,
            _ => return None,
        })
    }
}

/// Which nodes of an axis are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    /// `*`.
    Any,
    /// `a`: by the local name.
    Local(String),
    /// `svg:a`: by the name as it is written.
    Qualified(String, String),
    /// `svg:*`.
    Prefix(String),
    /// `node()`.
    Node,
    /// `text()`.
    Text,
    /// `comment()`.
    Comment,
    /// `processing-instruction()`, with its target if one is named.
    Instruction(Option<String>),
}

impl Expr {
    /// Whether it may come to a number, which as a predicate is a position.
    fn may_be_number(&self) -> bool {
        match self {
            Expr::Or(_) | Expr::And(_) | Expr::Compare(..) => false,
            Expr::Union(_) | Expr::Path(_) | Expr::Literal(_) => false,
            Expr::Calculate(..) | Expr::Negate(_) | Expr::Number(_) => true,
            Expr::Call(function, _) => function.is_number(),
        }
    }

    /// Whether `position()` or `last()` of this very predicate is in it.
    fn asks_for_position(&self) -> bool {
        match self {
            Expr::Or(parts) | Expr::And(parts) | Expr::Union(parts) => {
                parts.iter().any(Expr::asks_for_position)
            }
            Expr::Compare(first, rest) => {
                first.asks_for_position() || rest.iter().any(|(_, expr)| expr.asks_for_position())
            }
            Expr::Calculate(first, rest) => {
                first.asks_for_position() || rest.iter().any(|(_, expr)| expr.asks_for_position())
            }
            Expr::Negate(expr) => expr.asks_for_position(),
            // Predicates of its own have positions of their own.
            Expr::Path(Path { start: Start::Filter(expr, _), .. }) => expr.asks_for_position(),
            Expr::Path(_) | Expr::Literal(_) | Expr::Number(_) => false,
            Expr::Call(function, parameters) => {
                matches!(function, Function::Position | Function::Last)
                    || parameters.iter().any(Expr::asks_for_position)
            }
        }
    }
}
