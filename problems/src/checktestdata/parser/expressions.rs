//! Expressions and tests.

use super::{Parser, names::Use};
use crate::{
    checktestdata::{
        expression::{Comparison, Expression, Logical, Operator, Place, Slot, Test},
        lexer::Kind,
        values::{Decimal, Integer, Value},
    },
    fault::Fault,
};

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expression, Fault> {
        self.chain(Operator::ADDITIVE, |parser| {
            parser.chain(Operator::MULTIPLICATIVE, Self::factor)
        })
    }

    /// What `operand` reads, with these operators between.
    fn chain(
        &mut self,
        operators: &[Operator],
        operand: impl Fn(&mut Self) -> Result<Expression, Fault>,
    ) -> Result<Expression, Fault> {
        let first = operand(self)?;
        let mut rest = Vec::new();
        while let Some(&operator) =
            operators.iter().find(|operator| self.is_symbol(operator.symbol()))
        {
            self.advance();
            rest.push((operator, operand(self)?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Chain(Box::new(first), rest) })
    }

    /// A minus sign binds less than the powers after it: `-2^2` is -4. Powers go from left to right.
    fn factor(&mut self) -> Result<Expression, Fault> {
        if self.take_symbol("-") {
            return self.nested(|parser| Ok(Expression::Negation(Box::new(parser.factor()?))));
        }
        self.chain(&[Operator::Power], |parser| {
            if parser.is_symbol("-") { parser.factor() } else { parser.atom() }
        })
    }

    fn atom(&mut self) -> Result<Expression, Fault> {
        let number = |parser: &Self, error| parser.fault(format!("{error}"));
        let value = match self.kind() {
            Kind::Integer(text) => {
                Value::Integer(Integer::parse(text).map_err(|error| number(self, error))?)
            }
            Kind::Float(text) => {
                Value::Float(Decimal::parse(text).map_err(|error| number(self, error))?)
            }
            Kind::Text(text) => Value::Text(text.as_slice().into()),
            Kind::Name(_) => return self.place(Use::Read).map(Expression::Variable),
            Kind::Symbol("(") => {
                return self.nested(|parser| parser.parenthesized(Self::expression));
            }
            Kind::Word("STRLEN") => {
                self.advance();
                let text = self.nested(|parser| parser.parenthesized(Self::expression))?;
                return Ok(Expression::StringLength(Box::new(text)));
            }
            _ => return Err(self.expected("a value")),
        };
        self.advance();
        Ok(Expression::Literal(value))
    }

    /// A variable with its indices, if it has any.
    pub(super) fn place(&mut self, purpose: Use) -> Result<Place, Fault> {
        let slot = self.name(purpose)?;
        let indices = if self.take_symbol("[") {
            let indices = self.nested(|parser| parser.list(Self::expression))?;
            self.expect_symbol("]")?;
            indices
        } else {
            Vec::new()
        };
        Ok(Place { slot, indices })
    }

    /// A variable's name alone.
    pub(super) fn name(&mut self, purpose: Use) -> Result<Slot, Fault> {
        let line = self.token().line;
        let Kind::Name(name) = *self.kind() else { return Err(self.expected("a variable")) };
        self.advance();
        Ok(self.names.slot(name, purpose, line))
    }

    pub(super) fn test(&mut self) -> Result<Test, Fault> {
        let first = self.single_test()?;
        let mut rest = Vec::new();
        loop {
            let logical = match self.kind() {
                Kind::Symbol("&&") => Logical::And,
                Kind::Symbol("||") => Logical::Or,
                _ => break,
            };
            self.advance();
            rest.push((logical, self.single_test()?));
        }
        Ok(if rest.is_empty() { first } else { Test::Chain(Box::new(first), rest) })
    }

    fn single_test(&mut self) -> Result<Test, Fault> {
        match self.kind() {
            Kind::Symbol("!") => {
                self.advance();
                // It takes all that follows, as in DOMjudge: `!a==b && c==d` is `!(a==b && c==d)`.
                self.nested(|parser| Ok(Test::Not(Box::new(parser.test()?))))
            }
            Kind::Symbol("(") if self.parentheses_hold_a_test() => {
                self.nested(|parser| parser.parenthesized(Self::test))
            }
            Kind::Word("ISEOF") => {
                self.advance();
                Ok(Test::EndOfFile)
            }
            Kind::Word("MATCH") => {
                self.advance();
                self.parenthesized(Self::expression).map(Test::Match)
            }
            Kind::Word("UNIQUE") => {
                self.advance();
                self.parenthesized(|parser| parser.list(|parser| parser.name(Use::Read)))
                    .map(Test::Unique)
            }
            Kind::Word("INARRAY") => {
                self.advance();
                self.parenthesized(|parser| {
                    let value = parser.expression()?;
                    parser.expect_symbol(",")?;
                    Ok(Test::InArray(value, parser.name(Use::Search)?))
                })
            }
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> Result<Test, Fault> {
        let left = self.expression()?;
        let comparison =
            Comparison::ALL.iter().find(|comparison| self.is_symbol(comparison.symbol()));
        let Some(&comparison) = comparison else { return Err(self.expected("a comparison")) };
        self.advance();
        Ok(Test::Compare(left, comparison, self.expression()?))
    }

    /// Whether the parentheses that open here enclose a test: then something stands in them that no expression has.
    fn parentheses_hold_a_test(&self) -> bool {
        let mut open = 0_u32;
        for token in &self.tokens[self.at..] {
            match token.kind {
                Kind::Symbol("(") => open += 1,
                Kind::Symbol(")") if open == 1 => return false,
                Kind::Symbol(")") => open -= 1,
                Kind::Symbol("<" | "<=" | "==" | "!=" | ">=" | ">" | "!" | "&&" | "||")
                | Kind::Word("ISEOF" | "MATCH" | "UNIQUE" | "INARRAY") => return true,
                Kind::Word("STRLEN") => {}
                Kind::Word(_) => return false,
                _ => {}
            }
        }
        false
    }
}
