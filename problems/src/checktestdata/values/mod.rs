//! What variables and expressions hold: integers, floating point numbers and strings of bytes.

mod decimal;
mod integer;
#[cfg(test)]
mod tests;

pub(super) use decimal::Decimal;
pub(super) use integer::{Integer, MAX_DIGITS};

use super::expression::Operator;
use std::{cmp::Ordering, fmt, sync::Arc};

/// Why a result cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ArithmeticError {
    #[error("this is no number")]
    NoNumber,
    #[error("a number has more than {MAX_DIGITS} digits")]
    TooManyDigits,
    #[error("a number is out of range: its exponent is beyond a thousand million")]
    ExponentTooLarge,
    #[error("division by zero")]
    DivisionByZero,
    #[error("{0} takes numbers, not strings")]
    OfString(&'static str),
    #[error("% takes integers only")]
    RemainderOfFloat,
    #[error("^ takes an exponent that is an integer from 0 to 2^64 - 1")]
    BadExponent,
    #[error("a string and a number cannot be compared")]
    NotComparable,
}

/// A value of the language.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Integer(Integer),
    Float(Decimal),
    Text(Arc<[u8]>),
}

/// A value as a key of a table: numbers that are equal have the same, integer or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Integer(Integer),
    /// What is no integer: mantissa and exponent.
    Float(Integer, i64),
    Text(Arc<[u8]>),
}

impl Value {
    pub(super) fn key(&self) -> Key {
        match self {
            Self::Integer(integer) => Key::Integer(integer.clone()),
            Self::Float(decimal) => decimal.to_integer().map_or_else(
                || {
                    let (mantissa, exponent) = decimal.parts();
                    Key::Float(mantissa.clone(), exponent)
                },
                Key::Integer,
            ),
            Self::Text(text) => Key::Text(text.clone()),
        }
    }

    /// Its size in machine words, at least one: what it costs to compute with it grows with it.
    pub(super) fn words(&self) -> u64 {
        match self {
            Self::Integer(integer) => integer.words(),
            Self::Float(decimal) => decimal.words(),
            Self::Text(text) => text.len() as u64 / 8 + 1,
        }
    }

    /// What it costs to compare both, in steps.
    pub(super) fn comparison_steps(&self, other: &Self) -> u64 {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => left.len().min(right.len()) as u64 / 8,
            // Those of different kinds may have to be written out to the same power of ten.
            (Self::Integer(left), Self::Integer(right)) => left.words().max(right.words()),
            _ => 4 * self.words().max(other.words()),
        }
    }

    /// The bytes that it takes besides its own place.
    pub(super) fn heap_bytes(&self) -> u64 {
        match self {
            // A counted string has two counters before its bytes, a big integer a header.
            Self::Text(text) => text.len() as u64 + 16,
            Self::Integer(Integer::Small(_)) => 0,
            Self::Integer(_) | Self::Float(_) => self.words() * 8 + 32,
        }
    }

    fn decimal(&self, operation: &'static str) -> Result<Decimal, ArithmeticError> {
        match self {
            Self::Integer(integer) => Ok(integer.clone().into()),
            Self::Float(decimal) => Ok(decimal.clone()),
            Self::Text(_) => Err(ArithmeticError::OfString(operation)),
        }
    }

    pub(super) fn negate(&self) -> Result<Self, ArithmeticError> {
        match self {
            Self::Integer(integer) => Ok(Self::Integer(integer.negate())),
            Self::Float(decimal) => Ok(Self::Float(decimal.negate())),
            Self::Text(_) => Err(ArithmeticError::OfString("-")),
        }
    }

    /// Numbers by their value, strings byte by byte.
    pub(super) fn compare(&self, other: &Self) -> Result<Ordering, ArithmeticError> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => Ok(left.cmp(right)),
            (Self::Text(left), Self::Text(right)) => Ok(left.cmp(right)),
            (Self::Text(_), _) | (_, Self::Text(_)) => Err(ArithmeticError::NotComparable),
            (left, right) => Ok(left.decimal("<")?.compare(&right.decimal("<")?)),
        }
    }
}

impl Operator {
    /// What it costs to compute this result, in steps.
    pub(super) fn steps(self, left: &Value, right: &Value, result: &Value) -> u64 {
        let of_result = match (self, result) {
            // As many squares as the exponent has bits at most.
            (Self::Power, Value::Float(_)) => 64 * result.words().pow(2),
            // Rounded, and freed of zeros at its end.
            (Self::Power, _) | (_, Value::Float(_)) => result.words().pow(2),
            _ => 0,
        };
        left.words() * right.words() + of_result
    }

    /// An integer where both operands are integers, else a floating point number.
    pub(super) fn apply(self, left: &Value, right: &Value) -> Result<Value, ArithmeticError> {
        if self == Self::Power {
            return power(left, right);
        }
        if let (Value::Integer(left), Value::Integer(right)) = (left, right) {
            return match self {
                Self::Add => left.add(right),
                Self::Subtract => left.subtract(right),
                Self::Multiply | Self::Power => left.multiply(right),
                Self::Divide => left.divide(right),
                Self::Remainder => left.remainder(right),
            }
            .map(Value::Integer);
        }
        let (left, right) = (left.decimal(self.symbol())?, right.decimal(self.symbol())?);
        match self {
            Self::Add => left.add(&right),
            Self::Subtract => left.subtract(&right),
            Self::Multiply | Self::Power => left.multiply(&right),
            Self::Divide => left.divide(&right),
            Self::Remainder => Err(ArithmeticError::RemainderOfFloat),
        }
        .map(Value::Float)
    }
}

fn power(base: &Value, exponent: &Value) -> Result<Value, ArithmeticError> {
    let Value::Integer(exponent) = exponent else { return Err(ArithmeticError::BadExponent) };
    let exponent = exponent.to_u64().ok_or(ArithmeticError::BadExponent)?;
    match base {
        Value::Integer(base) => base.power(exponent).map(Value::Integer),
        Value::Float(base) => base.power(exponent).map(Value::Float),
        Value::Text(_) => Err(ArithmeticError::OfString("^")),
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => integer.fmt(f),
            Self::Float(decimal) => decimal.fmt(f),
            Self::Text(text) => write!(f, "\"{}\"", text.escape_ascii()),
        }
    }
}
