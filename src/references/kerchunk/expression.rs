//! The expressions between `{{` and `}}`: as much of Jinja as references are written with.
//!
//! Names, whole numbers, texts, `+ - * // % ~`, parentheses, a template called with constants (`f(c='x')`), and numbers
//! made texts (`'%03d' % i`, `'{:03d}'.format(i)`, `'%d'|format(i)`). Everything else is refused by its name.

use super::numbers::{braces, percent};
use super::template::{MAX_EXPANSION_BYTES, Scope};
use crate::error::{Error, Result, invalid_metadata, too_large, unsupported};

/// How many operands an expression may have, which bounds its depth as well.
const MAX_OPERANDS: usize = 32;

/// A value while a template is expanded.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
}

impl Value {
    /// As it stands in the expanded text.
    pub fn into_text(self) -> String {
        match self {
            Value::Int(n) => n.to_string(),
            Value::Text(text) => text,
        }
    }
}

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A number or text.
    Constant(Value),
    /// A variable, or a template without arguments.
    Name(String),
    /// A template with arguments by name.
    Call(String, Vec<(String, Expr)>),
    /// `left op right`.
    Binary(Op, Box<(Expr, Expr)>),
    /// A text with `%` places or `{}` places, and what goes there.
    Format(Style, Box<Expr>, Vec<Expr>),
    /// `x|string` and `x|int`.
    Convert(bool, Box<Expr>),
    /// Several values in parentheses; they only ever follow a `%`.
    Several(Vec<Expr>),
}

/// How a text marks its places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `%03d`
    Percent,
    /// `{:03d}`
    Braces,
}

/// What stands between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `//`
    Div,
    /// `%`, also of a text and what goes into it.
    Rem,
    /// `~`
    Join,
}

impl Expr {
    /// Parses what stands between the braces.
    ///
    /// # Errors
    /// `unsupported`, with the expression.
    pub fn parse(text: &str) -> Result<Expr> {
        let mut parser = Parser { rest: text.trim(), operands: 0 };
        let expr = parser.sum().map_err(|why| refuse(text, why))?;
        if parser.rest.is_empty() { Ok(expr) } else { Err(refuse(text, parser.rest)) }
    }

    /// The value.
    ///
    /// # Errors
    /// `invalid_metadata` for unknown names and impossible arithmetic; `too_large`.
    pub fn value(&self, scope: &Scope) -> Result<Value> {
        let value = match self {
            Expr::Constant(value) => value.clone(),
            Expr::Name(name) => scope.name(name)?,
            Expr::Call(name, arguments) => {
                let evaluate = |(name, expr): &(String, Expr)| Ok((name.clone(), expr.value(scope)?));
                let arguments = arguments.iter().map(evaluate).collect::<Result<Vec<_>>>()?;
                Value::Text(scope.call(name, arguments)?)
            }
            Expr::Binary(Op::Rem, sides) if matches!(sides.1, Expr::Several(_)) => {
                let Expr::Several(items) = &sides.1 else { return Err(mixed()) };
                format_value(Style::Percent, sides.0.value(scope)?, items, scope)?
            }
            Expr::Binary(op, sides) => apply(*op, sides.0.value(scope)?, sides.1.value(scope)?)?,
            Expr::Format(style, text, items) => format_value(*style, text.value(scope)?, items, scope)?,
            Expr::Convert(true, expr) => Value::Text(expr.value(scope)?.into_text()),
            Expr::Convert(false, expr) => Value::Int(match expr.value(scope)? {
                Value::Int(n) => n,
                Value::Text(text) => {
                    text.trim().parse().map_err(|_| invalid_metadata(format!("{text:?} is no whole number")))?
                }
            }),
            Expr::Several(_) => return Err(unsupported("several values in a template")),
        };
        if let Value::Text(text) = &value
            && text.len() > MAX_EXPANSION_BYTES
        {
            return Err(too_large("bytes of an expanded template", text.len() as u64, MAX_EXPANSION_BYTES as u64));
        }
        Ok(value)
    }
}

fn refuse(text: &str, why: &str) -> Error {
    let short = |text: &str| text.chars().take(80).collect::<String>();
    unsupported(format!("the template expression {{{{{}}}}} (at {:?})", short(text), short(why)))
}

fn mixed() -> Error {
    invalid_metadata("a template calculates with a text")
}

fn format_value(style: Style, text: Value, items: &[Expr], scope: &Scope) -> Result<Value> {
    let Value::Text(text) = text else { return Err(mixed()) };
    let items = items.iter().map(|item| item.value(scope)).collect::<Result<Vec<_>>>()?;
    Ok(Value::Text(match style {
        Style::Percent => percent(&text, &items)?,
        Style::Braces => braces(&text, &items)?,
    }))
}

fn apply(op: Op, left: Value, right: Value) -> Result<Value> {
    let (a, b) = match (op, left, right) {
        (Op::Join, left, right) => return Ok(Value::Text(left.into_text() + &right.into_text())),
        (Op::Add, Value::Text(a), Value::Text(b)) => return Ok(Value::Text(a + &b)),
        (Op::Rem, Value::Text(text), item) => return Ok(Value::Text(percent(&text, &[item])?)),
        (_, Value::Int(a), Value::Int(b)) => (a, b),
        _ => return Err(mixed()),
    };
    let result = match op {
        Op::Add => a.checked_add(b),
        Op::Sub => a.checked_sub(b),
        Op::Mul => a.checked_mul(b),
        Op::Div => a.checked_div(b).and_then(|q| if rounds_up(a, b) { q.checked_sub(1) } else { Some(q) }),
        Op::Rem => a.checked_rem(b).and_then(|r| if rounds_up(a, b) { r.checked_add(b) } else { Some(r) }),
        Op::Join => None,
    };
    result.map(Value::Int).ok_or_else(|| invalid_metadata(format!("a template's arithmetic fails ({a} and {b})")))
}

/// Python rounds a quotient down where Rust cuts it towards zero.
fn rounds_up(a: i64, b: i64) -> bool {
    (a < 0) != (b < 0) && a.checked_rem(b).is_some_and(|r| r != 0)
}

/// A parser of one expression; its errors are the text where it gave up.
struct Parser<'a> {
    rest: &'a str,
    operands: usize,
}

type Parsed<'a, T> = std::result::Result<T, &'a str>;

impl<'a> Parser<'a> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn must(&mut self, token: &str) -> Parsed<'a, ()> {
        if self.take(token) { Ok(()) } else { Err(self.rest) }
    }

    fn name(&mut self) -> Option<String> {
        let len = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(len)?;
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.rest = rest.trim_start();
        Some(name.to_string())
    }

    fn left_to_right(&mut self, ops: &[(&str, Op)], next: fn(&mut Self) -> Parsed<'a, Expr>) -> Parsed<'a, Expr> {
        let mut left = next(self)?;
        while let Some((_, op)) = ops.iter().find(|(token, _)| self.take(token)) {
            left = Expr::Binary(*op, Box::new((left, next(self)?)));
        }
        Ok(left)
    }

    fn sum(&mut self) -> Parsed<'a, Expr> {
        self.left_to_right(&[("+", Op::Add), ("-", Op::Sub)], Self::joined)
    }

    fn joined(&mut self) -> Parsed<'a, Expr> {
        self.left_to_right(&[("~", Op::Join)], Self::term)
    }

    fn term(&mut self) -> Parsed<'a, Expr> {
        if self.rest.starts_with("**") {
            return Err(self.rest);
        }
        self.left_to_right(&[("*", Op::Mul), ("//", Op::Div), ("%", Op::Rem)], Self::signed)
    }

    fn signed(&mut self) -> Parsed<'a, Expr> {
        self.operands += 1;
        if self.operands > MAX_OPERANDS {
            return Err(self.rest);
        }
        if self.take("-") {
            let zero = Expr::Constant(Value::Int(0));
            return Ok(Expr::Binary(Op::Sub, Box::new((zero, self.signed()?))));
        }
        let mut expr = self.primary()?;
        loop {
            let before = self.rest;
            if self.take(".") {
                self.name().filter(|name| name == "format").ok_or(before)?;
                self.must("(")?;
                expr = Expr::Format(Style::Braces, Box::new(expr), self.items()?);
            } else if self.take("|") {
                expr = match self.name().as_deref() {
                    Some("string") => Expr::Convert(true, Box::new(expr)),
                    Some("int") => Expr::Convert(false, Box::new(expr)),
                    Some("format") => {
                        self.must("(")?;
                        Expr::Format(Style::Percent, Box::new(expr), self.items()?)
                    }
                    _ => return Err(before),
                };
            } else {
                return Ok(expr);
            }
        }
    }

    /// Expressions up to the closing parenthesis.
    fn items(&mut self) -> Parsed<'a, Vec<Expr>> {
        let mut items = Vec::new();
        while !self.take(")") {
            items.push(self.sum()?);
            if !self.take(",") {
                self.must(")")?;
                break;
            }
        }
        Ok(items)
    }

    fn primary(&mut self) -> Parsed<'a, Expr> {
        let start = self.rest;
        if self.take("(") {
            let mut items = self.items()?;
            let one = items.len() == 1 && !start.starts_with("()");
            return Ok(match items.pop() {
                Some(item) if one => item,
                last => Expr::Several(items.into_iter().chain(last).collect()),
            });
        }
        if let Some(quote) = start.chars().next().filter(|c| *c == '\'' || *c == '"') {
            let (text, rest) = start.get(1..).and_then(|rest| rest.split_once(quote)).ok_or(start)?;
            if text.contains('\\') {
                return Err(start);
            }
            self.rest = rest.trim_start();
            return Ok(Expr::Constant(Value::Text(text.to_string())));
        }
        let digits = start.find(|c: char| !c.is_ascii_digit()).unwrap_or(start.len());
        if digits > 0 {
            let (number, rest) = start.split_at_checked(digits).ok_or(start)?;
            if rest.starts_with(|c: char| c == '.' || c == '_' || c.is_alphabetic()) {
                return Err(start);
            }
            self.rest = rest.trim_start();
            return number.parse().map(|n| Expr::Constant(Value::Int(n))).map_err(|_| start);
        }
        let name = self.name().ok_or(start)?;
        if !self.take("(") {
            return Ok(Expr::Name(name));
        }
        let mut arguments = Vec::new();
        while !self.take(")") {
            let argument = self.name().ok_or(start)?;
            self.must("=")?;
            arguments.push((argument, self.sum()?));
            if !self.take(",") {
                self.must(")")?;
                break;
            }
        }
        Ok(Expr::Call(name, arguments))
    }
}
