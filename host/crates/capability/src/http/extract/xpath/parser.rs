//! From tokens to an expression (XPath 1.0 §2 and §3), by recursive descent.

use super::expr::{Axis, Comparison, Expr, Operation, Path, Predicate, Start, Step, Test};
use super::function::Function;
use super::lexer::{Kind, Token, tokens};

/// 32 brackets inside one another: each is a dozen calls here, and a few where it is evaluated.
const MAX_NESTING: usize = 32;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) what: &'static str,
    /// Where, in bytes.
    pub(super) at: usize,
}

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expr, Fault> {
    let mut parser = Parser { tokens: tokens(text)?, next: 0, nesting: 0 };
    let expr = parser.expr()?;
    match parser.kind() {
        Kind::End => Ok(expr),
        _ => Err(parser.fault("something behind the end of the expression")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    nesting: usize,
}

type Parsed<T> = Result<T, Fault>;

impl Parser {
    fn kind(&self) -> &Kind {
        &self.tokens[self.next].kind
    }

    /// The kind of the token after the next.
    fn second(&self) -> &Kind {
        &self.tokens[(self.next + 1).min(self.tokens.len() - 1)].kind
    }

    fn fault(&self, what: &'static str) -> Fault {
        Fault { what, at: self.tokens[self.next].at }
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.kind(), Kind::Sign(one) if *one == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let is = self.is(sign);
        self.next += usize::from(is);
        is
    }

    fn expect(&mut self, sign: &str, otherwise: &'static str) -> Parsed<()> {
        if self.take(sign) { Ok(()) } else { Err(self.fault(otherwise)) }
    }

    fn expr(&mut self) -> Parsed<Expr> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.fault("more than 32 brackets inside one another"));
        }
        let parts = self.list("or", Parser::and)?;
        self.nesting -= 1;
        Ok(one_or(parts, Expr::Or))
    }

    fn and(&mut self) -> Parsed<Expr> {
        Ok(one_or(self.list("and", Parser::equality)?, Expr::And))
    }

    fn list(&mut self, separator: &str, part: fn(&mut Parser) -> Parsed<Expr>) -> Parsed<Vec<Expr>> {
        let mut parts = vec![part(self)?];
        while self.take(separator) {
            parts.push(part(self)?);
        }
        Ok(parts)
    }

    fn equality(&mut self) -> Parsed<Expr> {
        let operators = [("=", Comparison::Equal), ("!=", Comparison::NotEqual)];
        let (first, rest) = self.chain(&operators, Parser::relation)?;
        Ok(chained(first, rest, Expr::Compare))
    }

    fn relation(&mut self) -> Parsed<Expr> {
        let operators = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        let (first, rest) = self.chain(&operators, Parser::sum)?;
        Ok(chained(first, rest, Expr::Compare))
    }

    fn sum(&mut self) -> Parsed<Expr> {
        let operators = [("+", Operation::Add), ("-", Operation::Subtract)];
        let (first, rest) = self.chain(&operators, Parser::product)?;
        Ok(chained(first, rest, Expr::Calculate))
    }

    fn product(&mut self) -> Parsed<Expr> {
        let operators =
            [("*", Operation::Multiply), ("div", Operation::Divide), ("mod", Operation::Remainder)];
        let (first, rest) = self.chain(&operators, Parser::negation)?;
        Ok(chained(first, rest, Expr::Calculate))
    }

    fn chain<O: Copy>(
        &mut self,
        operators: &[(&str, O)],
        part: fn(&mut Parser) -> Parsed<Expr>,
    ) -> Parsed<(Expr, Vec<(O, Expr)>)> {
        let first = part(self)?;
        let mut rest = Vec::new();
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| self.is(sign)) {
            self.next += 1;
            rest.push((*operator, part(self)?));
        }
        Ok((first, rest))
    }

    fn negation(&mut self) -> Parsed<Expr> {
        let mut signs = 0;
        while self.take("-") {
            signs += 1;
        }
        let expr = one_or(self.list("|", Parser::path)?, Expr::Union);
        Ok(match signs {
            0 => expr,
            // Two signs make a number of it, and no other.
            odd if odd % 2 == 1 => Expr::Negate(Box::new(expr)),
            _ => Expr::Negate(Box::new(Expr::Negate(Box::new(expr)))),
        })
    }

    fn path(&mut self) -> Parsed<Expr> {
        if self.starts_filter() {
            return self.filter_path();
        }
        let mut path = Path { start: Start::Here, steps: Vec::new() };
        if self.take("//") {
            path.start = Start::Root;
            path.steps.push(anywhere());
        } else if self.take("/") {
            path.start = Start::Root;
            if !self.starts_step() {
                return Ok(Expr::Path(path));
            }
        }
        self.steps(&mut path)?;
        Ok(Expr::Path(path))
    }

    /// Whether what comes next is a value and no step.
    fn starts_filter(&self) -> bool {
        match self.kind() {
            Kind::Literal(_) | Kind::Number(_) | Kind::Sign("(" | "$") => true,
            Kind::Name(None, name) => *self.second() == Kind::Sign("(") && !is_node_type(name),
            Kind::Name(Some(_), _) => *self.second() == Kind::Sign("("),
            _ => false,
        }
    }

    fn starts_step(&self) -> bool {
        matches!(self.kind(), Kind::Name(..) | Kind::PrefixAny(_) | Kind::Star | Kind::Sign("@" | "." | ".."))
    }

    fn filter_path(&mut self) -> Parsed<Expr> {
        let primary = self.primary()?;
        let predicates = self.predicates()?;
        let deeper = self.is("/") || self.is("//");
        if predicates.is_empty() && !deeper {
            return Ok(primary);
        }
        let mut path = Path { start: Start::Filter(Box::new(primary), predicates), steps: Vec::new() };
        if self.take("//") {
            path.steps.push(anywhere());
            self.steps(&mut path)?;
        } else if self.take("/") {
            self.steps(&mut path)?;
        }
        Ok(Expr::Path(path))
    }

    fn steps(&mut self, path: &mut Path) -> Parsed<()> {
        loop {
            let step = self.step()?;
            path.steps.push(step);
            if self.take("//") {
                path.steps.push(anywhere());
            } else if !self.take("/") {
                shorten(&mut path.steps);
                return Ok(());
            }
        }
    }

    fn step(&mut self) -> Parsed<Step> {
        let node = |axis| Step { axis, test: Test::Node, predicates: Vec::new() };
        if self.take("..") {
            return Ok(node(Axis::Parent));
        }
        if self.take(".") {
            return Ok(node(Axis::SelfNode));
        }
        let axis = self.axis()?;
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn axis(&mut self) -> Parsed<Axis> {
        if self.take("@") {
            return Ok(Axis::Attribute);
        }
        let Kind::Name(None, name) = self.kind() else { return Ok(Axis::Child) };
        if *self.second() != Kind::Sign("::") {
            return Ok(Axis::Child);
        }
        let axis = Axis::from_name(name).ok_or_else(|| self.fault("an axis that is not known"))?;
        self.next += 2;
        Ok(axis)
    }

    fn test(&mut self) -> Parsed<Test> {
        let test = match self.kind().clone() {
            Kind::Star => Test::Any,
            Kind::PrefixAny(prefix) => Test::Prefix(prefix),
            Kind::Name(Some(prefix), local) => Test::Qualified(prefix, local),
            Kind::Name(None, name) if *self.second() == Kind::Sign("(") => return self.node_type(&name),
            Kind::Name(None, name) => Test::Local(name),
            Kind::End => return Err(self.fault("the expression ends too early")),
            _ => return Err(self.fault("a name, '*', '@' or a value belongs here")),
        };
        self.next += 1;
        Ok(test)
    }

    fn node_type(&mut self, name: &str) -> Parsed<Test> {
        let test = match name {
            "node" => Test::Node,
            "text" => Test::Text,
            "comment" => Test::Comment,
            "processing-instruction" => Test::Instruction(None),
            _ => return Err(self.fault("a function cannot stand behind '/'")),
        };
        self.next += 2;
        let target = match self.kind() {
            Kind::Literal(target) if test == Test::Instruction(None) => Some(target.clone()),
            _ => None,
        };
        self.next += usize::from(target.is_some());
        self.expect(")", "')' is missing")?;
        Ok(if target.is_some() { Test::Instruction(target) } else { test })
    }

    fn predicates(&mut self) -> Parsed<Vec<Predicate>> {
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(Predicate::new(self.expr()?));
            self.expect("]", "']' is missing")?;
        }
        Ok(predicates)
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let kind = self.kind().clone();
        match kind {
            Kind::Literal(text) => {
                self.next += 1;
                Ok(Expr::Literal(text))
            }
            Kind::Number(number) => {
                self.next += 1;
                Ok(Expr::Number(number))
            }
            Kind::Sign("(") => {
                self.next += 1;
                let expr = self.expr()?;
                self.expect(")", "')' is missing")?;
                Ok(expr)
            }
            Kind::Name(None, name) => self.call(&name),
            Kind::Sign("$") => Err(self.fault("variables do not exist here")),
            _ => Err(self.fault("a function that is not known")),
        }
    }

    fn call(&mut self, name: &str) -> Parsed<Expr> {
        let at = self.next;
        let function = Function::from_name(name).ok_or_else(|| self.fault("a function that is not known"))?;
        self.next += 2;
        let mut parameters = Vec::new();
        if !self.take(")") {
            parameters = self.list(",", Parser::expr)?;
            self.expect(")", "')' is missing")?;
        }
        if !function.takes(parameters.len()) {
            self.next = at;
            return Err(self.fault("a function with too many or too few parameters"));
        }
        Ok(Expr::Call(function, parameters))
    }
}

fn is_node_type(name: &str) -> bool {
    matches!(name, "node" | "text" | "comment" | "processing-instruction")
}

fn one_or(mut parts: Vec<Expr>, all: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.len() {
        1 => parts.remove(0),
        _ => all(parts),
    }
}

fn chained<O>(first: Expr, rest: Vec<(O, Expr)>, all: fn(Box<Expr>, Vec<(O, Expr)>) -> Expr) -> Expr {
    if rest.is_empty() { first } else { all(Box::new(first), rest) }
}

/// What `//` stands for.
fn anywhere() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() }
}

/// `//a` looks at all nodes and at the children of each; `descendant::a` finds the same at once, unless
/// a position among the children matters.
fn shorten(steps: &mut Vec<Step>) {
    let mut index = 0;
    while index + 1 < steps.len() {
        let (this, next) = (&steps[index], &steps[index + 1]);
        let is_short = *this == anywhere()
            && next.axis == Axis::Child
            && next.predicates.iter().all(|predicate| !predicate.is_positional);
        if is_short {
            steps.remove(index);
            steps[index].axis = Axis::Descendant;
        }
        index += 1;
    }
}
