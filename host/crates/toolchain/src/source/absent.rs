//! What a module uses that browsers and Node have and plugins have not, and what stands in its place.
//!
//! It would be a `ReferenceError` once an iteration comes there. It is a warning and no fault: scopes are not looked at,
//! and a module may find out first what there is. A name that the module imports or gives to something of its own
//! anywhere, or asks the type of, is not meant.

use std::collections::HashSet;

use swc_common::{BytePos, Span};
use swc_ecma_ast::{
    CallExpr, Callee, Expr, Ident, ImportSpecifier, MemberExpr, Module, NewExpr, UnaryExpr, UnaryOp,
};
use swc_ecma_visit::{Visit, VisitWith};

const WAIT: &str = "sleep(\"1s\") and think(…) of @outrider/sdk wait; nothing runs beside an iteration";
const REQUEST: &str =
    "http of @outrider/sdk makes requests: http.get(\"/cart\"), http.post(\"/cart\", { json: … })";
const VARIABLES: &str =
    "vars.get(\"name\") of @outrider/sdk reads what --set gives, vars.secret(\"name\") what --secret gives";

/// Names that are not there, and what to use.
const ABSENT: [(&str, &str); 12] = [
    ("setTimeout", WAIT),
    ("setInterval", WAIT),
    ("setImmediate", WAIT),
    ("clearTimeout", WAIT),
    ("clearInterval", WAIT),
    ("fetch", REQUEST),
    ("XMLHttpRequest", REQUEST),
    ("process", VARIABLES),
    ("__ENV", VARIABLES),
    ("__VU", "user.vu, of the function's parameters, is the user's number"),
    ("__ITER", "iteration.userIteration, of the function's parameters, counts a user's iterations"),
    (
        "require",
        "import … from \"…\" brings in modules and JSON; data.row(\"users\") reads what --data gives",
    ),
];

/// A use of something that is not there: its name, what to use instead, and the byte at which it stands.
pub(crate) type Absent = (&'static str, &'static str, usize);

/// The first use of each. `own` are the names that the module gives to something of its own.
pub(super) fn used(start: BytePos, module: &Module, own: &HashSet<String>) -> Vec<Absent> {
    let mut uses = Uses::default();
    module.visit_with(&mut uses);
    let is_meant = |name: &str| !own.contains(name) && !uses.known.contains(name);
    let mut found: Vec<Absent> = Vec::new();
    for (name, span) in &uses.used {
        let absent = ABSENT.iter().find(|(absent, _)| *absent == name.as_str());
        let Some((name, instead)) = absent.filter(|(name, _)| is_meant(name)) else { continue };
        if !found.iter().any(|(known, ..)| known == name) {
            found.push((name, instead, (span.lo.0 - start.0) as usize));
        }
    }
    found
}

#[derive(Default)]
struct Uses {
    /// What is called, made or looked into by a plain name.
    used: Vec<(String, Span)>,
    /// What is imported, or asked for.
    known: HashSet<String>,
}

impl Uses {
    fn note(&mut self, expression: &Expr) {
        if let Expr::Ident(name) = expression {
            self.used.push((name.sym.to_string(), name.span));
        }
    }

    fn know(&mut self, name: &Ident) {
        self.known.insert(name.sym.to_string());
    }
}

impl Visit for Uses {
    fn visit_call_expr(&mut self, node: &CallExpr) {
        if let Callee::Expr(callee) = &node.callee {
            self.note(callee);
        }
        node.visit_children_with(self);
    }

    fn visit_new_expr(&mut self, node: &NewExpr) {
        self.note(&node.callee);
        node.visit_children_with(self);
    }

    fn visit_member_expr(&mut self, node: &MemberExpr) {
        self.note(&node.obj);
        node.visit_children_with(self);
    }

    fn visit_unary_expr(&mut self, node: &UnaryExpr) {
        match (&node.op, &*node.arg) {
            (UnaryOp::TypeOf, Expr::Ident(name)) => self.know(name),
            _ => node.visit_children_with(self),
        }
    }

    fn visit_import_specifier(&mut self, node: &ImportSpecifier) {
        self.know(node.local());
    }
}

#[cfg(test)]
mod tests {
    use crate::source::{Kind, Source};

    fn absent(code: &str) -> Vec<&'static str> {
        let source = Source::parse(Kind::JavaScript, code).unwrap();
        source.absent.into_iter().map(|(name, ..)| name).collect()
    }

    #[test]
    fn what_browsers_and_node_have_is_noticed_once() {
        let code = "export default () => { setTimeout(f, 1); setTimeout(g, 2); return fetch(process.env.URL) };\n\
                    const x = () => new XMLHttpRequest();";
        assert_eq!(absent(code), ["setTimeout", "fetch", "process", "XMLHttpRequest"]);
    }

    #[test]
    fn a_name_of_the_modules_own_is_not_meant() {
        for code in [
            "import { fetch } from './mine.js'; fetch('/');",
            "import process from './mine.js'; process.next();",
            "function fetch() {} fetch();",
            "export const run = (setTimeout) => setTimeout(1);",
            "if (typeof fetch === 'function') fetch('/');",
            "http.fetch('/'); const a = { fetch: 1 }; a.process.env;",
        ] {
            assert_eq!(absent(code), Vec::<&str>::new(), "{code}");
        }
    }
}
