//! What a module calls where, so that an error which says only "not a function" can be told with a name.
//!
//! QuickJS gives such an error the place of the last name that it read before the call: in
//! `shop.buy(cart.items)` that of `cart`, in `shop.buy(1)` that of `buy`. So a call is found by a place
//! between the last name of what is called and its closing parenthesis, in the same function.
//!
//! Scopes are not looked at: a name of the SDK's that a module gives to something else anywhere is not taken
//! for the SDK's.

use std::collections::HashSet;
use std::ops::Range;

use serde::Serialize;
use swc_common::{BytePos, Span, Spanned};
use swc_ecma_ast::{
    ArrowExpr, BindingIdent, CallExpr, Callee, ClassDecl, ClassExpr, ClassProp, Constructor, Expr, FnDecl,
    FnExpr, Function, GetterProp, Ident, MemberProp, Module, NewExpr, OptCall, OptChainBase, PrivateProp,
    SetterProp, StaticBlock, SuperProp, TaggedTpl,
};
use swc_ecma_visit::{Visit, VisitWith};

/// Longer ones keep their end, where the name is that was called.
const MAX_CALLEE_CHARS: usize = 60;

/// A call. Lines and columns as QuickJS counts them: from 1, columns in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "(Position, Position, usize, String)")]
pub(crate) struct Call {
    /// The last name of what is called.
    pub(crate) from: Position,
    /// Behind the call.
    pub(crate) to: Position,
    /// The function that it stands in, by a number of this module.
    pub(crate) function: usize,
    /// What is called, as written.
    pub(crate) callee: String,
}

/// A line and a column.
pub(crate) type Position = (usize, usize);

impl From<Call> for (Position, Position, usize, String) {
    fn from(call: Call) -> (Position, Position, usize, String) {
        (call.from, call.to, call.function, call.callee)
    }
}

/// What a module calls.
#[derive(Debug)]
pub(super) struct Calls {
    /// All calls, outer ones before those in them.
    pub(super) calls: Vec<Call>,
    /// All names that the module gives to something of its own, in any scope; none that it imports.
    pub(super) own_names: HashSet<String>,
}

impl Calls {
    pub(super) fn of(code: &str, start: BytePos, module: &Module) -> Calls {
        let mut collector = Collector {
            code,
            start,
            lines: line_starts(code),
            found: Calls { calls: Vec::new(), own_names: HashSet::new() },
            functions: 0,
            function: 0,
        };
        module.visit_with(&mut collector);
        collector.found
    }
}

fn line_starts(code: &str) -> Vec<usize> {
    std::iter::once(0).chain(code.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

struct Collector<'a> {
    code: &'a str,
    start: BytePos,
    lines: Vec<usize>,
    found: Calls,
    /// How many functions have been found.
    functions: usize,
    /// The innermost one around the node.
    function: usize,
}

impl Collector<'_> {
    fn call(&mut self, callee: &Expr, from: BytePos, span: Span) {
        let call = Call {
            from: self.position(self.offset(from)),
            to: self.position(self.offset(span.hi)),
            function: self.function,
            callee: dotted(callee).unwrap_or_else(|| shown(&self.code[self.range(callee.span())])),
        };
        self.found.calls.push(call);
    }

    fn offset(&self, at: BytePos) -> usize {
        (at.0 - self.start.0) as usize
    }

    fn range(&self, span: Span) -> Range<usize> {
        self.offset(span.lo)..self.offset(span.hi)
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|&start| start <= offset);
        (line, offset - self.lines[line - 1] + 1)
    }

    fn own(&mut self, name: &Ident) {
        self.found.own_names.insert(name.sym.to_string());
    }

    fn inside(&mut self, visit: impl FnOnce(&mut Self)) {
        self.functions += 1;
        let outer = std::mem::replace(&mut self.function, self.functions);
        visit(self);
        self.function = outer;
    }
}

/// Where the last name of what is called begins; of what has none, where it begins itself.
fn last_name(callee: &Expr) -> BytePos {
    let property = |property: &MemberProp| match property {
        MemberProp::Ident(name) => Some(name.span.lo),
        MemberProp::PrivateName(name) => Some(name.span.lo),
        MemberProp::Computed(_) => None,
    };
    let name = match callee {
        Expr::Paren(inner) => return last_name(&inner.expr),
        Expr::Member(member) => property(&member.prop),
        Expr::OptChain(chain) => match &*chain.base {
            OptChainBase::Member(member) => property(&member.prop),
            OptChainBase::Call(_) => None,
        },
        Expr::SuperProp(member) => match &member.prop {
            SuperProp::Ident(name) => Some(name.span.lo),
            SuperProp::Computed(_) => None,
        },
        _ => None,
    };
    name.unwrap_or_else(|| callee.span().lo)
}

/// Names with dots between them, without the parentheses that a type needed.
fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Ident(name) => Some(name.sym.to_string()),
        Expr::This(_) => Some("this".to_owned()),
        Expr::Paren(inner) => dotted(&inner.expr),
        Expr::Member(member) => {
            let object = dotted(&member.obj)?;
            match &member.prop {
                MemberProp::Ident(name) => Some(format!("{object}.{}", name.sym)),
                MemberProp::PrivateName(name) => Some(format!("{object}.#{}", name.name)),
                MemberProp::Computed(_) => None,
            }
        }
        _ => None,
    }
}

/// On one line, without the blanks that types leave behind.
fn shown(callee: &str) -> String {
    let mut text = callee.split_whitespace().collect::<Vec<_>>().join(" ");
    for (spaced, tight) in [(" .", "."), (". ", "."), (" ?.", "?."), (" )", ")"), ("( ", "("), (" (", "(")] {
        text = text.replace(spaced, tight);
    }
    let length = text.chars().count();
    if length <= MAX_CALLEE_CHARS {
        return text;
    }
    let end: String = text.chars().skip(length - MAX_CALLEE_CHARS).collect();
    format!("…{end}")
}

impl Visit for Collector<'_> {
    fn visit_call_expr(&mut self, node: &CallExpr) {
        if let Callee::Expr(callee) = &node.callee {
            self.call(callee, last_name(callee), node.span);
        }
        node.visit_children_with(self);
    }

    fn visit_opt_call(&mut self, node: &OptCall) {
        self.call(&node.callee, last_name(&node.callee), node.span);
        node.visit_children_with(self);
    }

    fn visit_new_expr(&mut self, node: &NewExpr) {
        // Its place may be that of the object: in `new shop.Cart()` that of `shop`.
        self.call(&node.callee, node.callee.span().lo, node.span);
        node.visit_children_with(self);
    }

    fn visit_tagged_tpl(&mut self, node: &TaggedTpl) {
        self.call(&node.tag, last_name(&node.tag), node.span);
        node.visit_children_with(self);
    }

    fn visit_binding_ident(&mut self, node: &BindingIdent) {
        self.own(&node.id);
    }

    fn visit_fn_decl(&mut self, node: &FnDecl) {
        self.own(&node.ident);
        node.visit_children_with(self);
    }

    fn visit_class_decl(&mut self, node: &ClassDecl) {
        self.own(&node.ident);
        node.visit_children_with(self);
    }

    fn visit_fn_expr(&mut self, node: &FnExpr) {
        node.ident.iter().for_each(|name| self.own(name));
        node.visit_children_with(self);
    }

    fn visit_class_expr(&mut self, node: &ClassExpr) {
        node.ident.iter().for_each(|name| self.own(name));
        node.visit_children_with(self);
    }

    fn visit_function(&mut self, node: &Function) {
        self.inside(|collector| node.visit_children_with(collector));
    }

    fn visit_arrow_expr(&mut self, node: &ArrowExpr) {
        self.inside(|collector| node.visit_children_with(collector));
    }

    fn visit_constructor(&mut self, node: &Constructor) {
        self.inside(|collector| node.visit_children_with(collector));
    }

    fn visit_getter_prop(&mut self, node: &GetterProp) {
        self.inside(|collector| node.visit_children_with(collector));
    }

    fn visit_setter_prop(&mut self, node: &SetterProp) {
        self.inside(|collector| node.visit_children_with(collector));
    }

    fn visit_class_prop(&mut self, node: &ClassProp) {
        self.inside(|collector| node.visit_children_with(collector));
    }

    fn visit_private_prop(&mut self, node: &PrivateProp) {
        self.inside(|collector| node.visit_children_with(collector));
    }

    fn visit_static_block(&mut self, node: &StaticBlock) {
        self.inside(|collector| node.visit_children_with(collector));
    }
}

#[cfg(test)]
mod tests;
