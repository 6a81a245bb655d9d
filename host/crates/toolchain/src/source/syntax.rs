//! What is in a module: its imports, its async functions, and what its top level should not do.
//!
//! Async functions get words put into them by which the SDK sees every rejection; `promises.js` in the
//! SDK says why and what they do. A parameter's default or pattern is evaluated outside of them, so an
//! error there is seen only by who awaits the function.

use std::ops::Range;

use swc_common::{BytePos, Span, Spanned};
use swc_ecma_ast::{
    ArrowExpr, ArrowFunctionBody, CallExpr, Callee, CatchClause, Class, Constructor, ExportAll,
    ExportSpecifier, Expr, Function, FunctionBody, GetterProp, Ident, ImportDecl, ImportSpecifier, Lit,
    MemberExpr, MemberProp, Module, ModuleDecl, NamedExport, NewExpr, ObjectLit, Pat, SetterProp, Str,
};
use swc_ecma_visit::{Visit, VisitWith};

use super::edits::Edit;
use super::parsed::Parsed;

/// A static import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// What is imported, as written.
    pub(crate) specifier: String,
    /// The bytes of the string, with its quotes.
    pub(crate) range: Range<usize>,
    /// The bytes of `with { … }` behind it, as far as there are any.
    pub(crate) attributes: Range<usize>,
    /// The names that are taken, as the other module calls them.
    pub(crate) names: Vec<String>,
    /// All of them as one object: the bytes of `* as name`, and the name.
    pub(crate) namespace: Option<(Range<usize>, String)>,
    /// Whether all of them are handed on.
    pub(crate) hands_on_all: bool,
}

/// A call of `require` with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Require {
    /// What is required, as written.
    pub(crate) specifier: String,
    /// The byte at which it stands.
    pub(crate) at: usize,
}

/// What is in a module.
#[derive(Debug, Default)]
pub(crate) struct Syntax {
    pub(crate) imports: Vec<Import>,
    /// What it requires, each once.
    pub(crate) requires: Vec<Require>,
    /// Whether it uses what CommonJS gives a module, at which byte first.
    pub(crate) uses_common_js: Option<usize>,
    /// Whether it imports or exports anything.
    pub(crate) is_es_module: bool,
    /// The bytes at which `import()` is called.
    pub(crate) dynamic_imports: Vec<usize>,
    /// What puts words into async functions.
    pub(crate) edits: Vec<Edit>,
    /// Whether there is an async function.
    pub(crate) has_async: bool,
    /// What the top level asks for that is evaluated once, and where.
    pub(crate) evaluated_once: Vec<(&'static str, usize)>,
}

impl Syntax {
    /// Looks through a module.
    pub(super) fn of(code: &str, parsed: &Parsed) -> Syntax {
        Visitor::new(code, parsed.start).visit(&parsed.module)
    }
}

const ENTER: &str = "try{__outrider.enter();";
const ENTER_GENERATOR: &str = "try{";
const LEAVE: &str =
    "}catch(__outrider_error){throw __outrider.failed(__outrider_error)}finally{__outrider.leave()}";
const LEAVE_GENERATOR: &str = "}catch(__outrider_error){throw __outrider.failed(__outrider_error)}";

struct Visitor<'a> {
    code: &'a str,
    start: BytePos,
    found: Syntax,
    /// In how many functions and classes the node stands.
    depth: usize,
    /// Whether the innermost function is async.
    in_async: bool,
}

impl<'a> Visitor<'a> {
    fn new(code: &'a str, start: BytePos) -> Visitor<'a> {
        Visitor { code, start, found: Syntax::default(), depth: 0, in_async: false }
    }

    fn visit(mut self, module: &Module) -> Syntax {
        module.visit_with(&mut self);
        self.found
    }

    fn range(&self, span: Span) -> Range<usize> {
        (span.lo.0 - self.start.0) as usize..(span.hi.0 - self.start.0) as usize
    }

    fn inside(&mut self, is_async: bool, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_async, is_async);
        self.depth += 1;
        visit(self);
        self.depth -= 1;
        self.in_async = outer;
    }

    fn insert(&mut self, at: usize, text: &str) {
        self.found.edits.push(Edit::insert(at, text));
    }

    fn import(&mut self, source: &Str, with: Option<&ObjectLit>) -> &mut Import {
        let range = self.range(source.span);
        let end = with.map_or(range.end, |with| self.range(with.span).end);
        let specifier = source.value.to_string_lossy().into_owned();
        self.found.imports.push(Import {
            specifier,
            attributes: range.end..end,
            range,
            names: Vec::new(),
            namespace: None,
            hands_on_all: false,
        });
        self.found.imports.last_mut().expect("it was pushed")
    }

    /// `* as name`, which may be an import or an export.
    fn namespace(&self, all: Span, name: Span) -> Option<(Range<usize>, String)> {
        Some((self.range(all), self.code[self.range(name)].to_owned()))
    }

    fn require(&mut self, call: &CallExpr) {
        let [argument] = call.args.as_slice() else { return };
        let Some(Lit::Str(text)) = argument.expr.as_lit() else { return };
        let specifier = text.value.to_string_lossy().into_owned();
        if !self.found.requires.iter().any(|known| known.specifier == specifier) {
            let at = self.range(text.span).start;
            self.found.requires.push(Require { specifier, at });
        }
    }

    fn common_js(&mut self, span: Span) {
        let at = self.range(span).start;
        self.found.uses_common_js.get_or_insert(at);
    }

    /// Words around a block of an async function. Called before its content is visited with `open`.
    fn wrap(&mut self, body: Range<usize>, is_generator: bool, visit: impl FnOnce(&mut Self)) {
        self.found.has_async = true;
        self.insert(body.start, if is_generator { ENTER_GENERATOR } else { ENTER });
        visit(self);
        self.insert(body.end, if is_generator { LEAVE_GENERATOR } else { LEAVE });
    }

    fn wrap_body(&mut self, body: &FunctionBody, is_generator: bool) {
        let braces = self.range(body.span);
        self.wrap(braces.start + 1..braces.end - 1, is_generator, |visitor| {
            body.visit_children_with(visitor)
        });
    }

    fn wrap_expression(&mut self, expression: &Expr) {
        let range = self.range(expression.span());
        self.insert(range.start, "{");
        self.wrap(range.clone(), false, |visitor| {
            visitor.insert(range.start, "return (");
            expression.visit_with(visitor);
            visitor.insert(range.end, ")");
        });
        self.insert(range.end, "}");
    }

    fn caught(&mut self, clause: &CatchClause) {
        let body = self.range(clause.body.span).start;
        match &clause.param {
            Some(Pat::Ident(name)) => {
                let call = format!("__outrider.caught({});", name.id.sym);
                self.found.edits.push(Edit::insert(body + 1, call));
            }
            Some(pattern) => {
                let pattern = self.range(pattern.span());
                let text = format!(
                    "__outrider_error) {{__outrider.caught(__outrider_error);let {}=__outrider_error;",
                    &self.code[pattern.clone()]
                );
                self.found.edits.push(Edit { range: pattern.start..body + 1, text });
            }
            None => {
                self.insert(body, "(__outrider_error) ");
                self.insert(body + 1, "__outrider.caught(__outrider_error);");
            }
        }
    }

    fn once(&mut self, what: &'static str, span: Span) {
        if self.depth == 0 {
            let offset = self.range(span).start;
            self.found.evaluated_once.push((what, offset));
        }
    }
}

impl Visit for Visitor<'_> {
    fn visit_module_decl(&mut self, node: &ModuleDecl) {
        self.found.is_es_module = true;
        node.visit_children_with(self);
    }

    fn visit_import_decl(&mut self, node: &ImportDecl) {
        let mut names = Vec::new();
        let mut namespace = None;
        for specifier in &node.specifiers {
            match specifier {
                ImportSpecifier::Named(named) => names.push(match &named.imported {
                    Some(imported) => imported.atom().to_string(),
                    None => named.local.sym.to_string(),
                }),
                ImportSpecifier::Namespace(all) => namespace = self.namespace(all.span, all.local.span),
                ImportSpecifier::Default(_) => {}
            }
        }
        let import = self.import(&node.src, node.with.as_deref());
        (import.names, import.namespace) = (names, namespace);
    }

    fn visit_export_all(&mut self, node: &ExportAll) {
        self.import(&node.src, node.with.as_deref()).hands_on_all = true;
    }

    fn visit_named_export(&mut self, node: &NamedExport) {
        let Some(source) = &node.src else { return };
        let mut names = Vec::new();
        let mut namespace = None;
        for specifier in &node.specifiers {
            match specifier {
                ExportSpecifier::Named(named) => names.push(named.orig.atom().to_string()),
                ExportSpecifier::Namespace(all) => namespace = self.namespace(all.span, all.name.span()),
                ExportSpecifier::Default(_) => {}
            }
        }
        let import = self.import(source, node.with.as_deref());
        (import.names, import.namespace) = (names, namespace);
    }

    /// `module.exports`, `exports.name`, `typeof exports` and what is called with it.
    fn visit_ident(&mut self, node: &Ident) {
        if matches!(node.sym.as_str(), "module" | "exports") {
            self.common_js(node.span);
        }
    }

    fn visit_function(&mut self, node: &Function) {
        self.inside(node.is_async, |visitor| {
            node.params.visit_with(visitor);
            match &node.body {
                Some(body) if node.is_async => visitor.wrap_body(body, node.is_generator),
                body => body.visit_with(visitor),
            }
        });
    }

    fn visit_arrow_expr(&mut self, node: &ArrowExpr) {
        self.inside(node.is_async, |visitor| {
            node.params.visit_with(visitor);
            match &*node.body {
                ArrowFunctionBody::FunctionBody(body) if node.is_async => visitor.wrap_body(body, false),
                ArrowFunctionBody::Expr(expression) if node.is_async => visitor.wrap_expression(expression),
                body => body.visit_with(visitor),
            }
        });
    }

    fn visit_getter_prop(&mut self, node: &GetterProp) {
        self.inside(false, |visitor| node.visit_children_with(visitor));
    }

    fn visit_setter_prop(&mut self, node: &SetterProp) {
        self.inside(false, |visitor| node.visit_children_with(visitor));
    }

    fn visit_constructor(&mut self, node: &Constructor) {
        self.inside(false, |visitor| node.visit_children_with(visitor));
    }

    fn visit_class(&mut self, node: &Class) {
        self.inside(false, |visitor| node.visit_children_with(visitor));
    }

    fn visit_catch_clause(&mut self, node: &CatchClause) {
        if self.in_async {
            self.caught(node);
        }
        node.visit_children_with(self);
    }

    fn visit_call_expr(&mut self, node: &CallExpr) {
        match &node.callee {
            Callee::Import(import) => {
                let offset = self.range(import.span).start;
                self.found.dynamic_imports.push(offset);
            }
            Callee::Expr(callee) => match member(callee) {
                Some(("Math", "random")) => self.once("Math.random()", node.span),
                Some(("Date", "now")) => self.once("Date.now()", node.span),
                _ if callee.as_ident().is_some_and(|name| name.sym == *"require") => {
                    self.common_js(node.span);
                    self.require(node);
                }
                _ => {}
            },
            Callee::Super(_) => {}
        }
        node.visit_children_with(self);
    }

    fn visit_new_expr(&mut self, node: &NewExpr) {
        let is_now = node.args.as_ref().is_none_or(Vec::is_empty);
        if is_now && node.callee.as_ident().is_some_and(|name| name.sym == *"Date") {
            self.once("new Date()", node.span);
        }
        node.visit_children_with(self);
    }
}

/// `object.member`, both plain names.
fn member(expression: &Expr) -> Option<(&str, &str)> {
    let MemberExpr { obj, prop: MemberProp::Ident(name), .. } = expression.as_member()? else { return None };
    Some((obj.as_ident()?.sym.as_str(), name.sym.as_str()))
}

#[cfg(test)]
mod tests;
