//! Numbers of the input.

use super::Run;
use crate::checktestdata::{
    expression::Expression,
    mismatch::CheckError,
    program::{FloatCommand, Notation},
    values::{ArithmeticError, Decimal, Integer, MAX_DIGITS, Value},
};
use std::io;

/// The parts of a floating point number ahead in the input, in bytes.
struct FloatParts {
    length: usize,
    /// After the point; none where there is no point.
    decimals: usize,
    has_exponent: bool,
    /// Exactly one digit before the point, which is not zero.
    is_normalized: bool,
}

impl Run<'_> {
    /// `0|-?[1-9][0-9]*`
    pub(super) fn integer_within(
        &mut self,
        min: &Expression,
        max: &Expression,
    ) -> Result<Value, CheckError> {
        let min = self.integer(min, "the least value of INT")?;
        let max = self.integer(max, "the highest value of INT")?;
        let sign = usize::from(self.input.peek()? == Some(b'-'));
        let digits = self.digits(sign)?;
        let is_zero = digits > 0 && self.input.peek_at(sign)? == Some(b'0');
        // Neither zeros before other digits nor a negative zero.
        let is_number = digits > 0 && !(is_zero && sign + digits > 1);
        if is_number {
            let length = sign + digits;
            let value = self.parse(length, Integer::parse)?;
            if min <= value && value <= max {
                self.input.consume(length);
                return Ok(Value::Integer(value));
            }
        }
        let expected = format!("an integer from {} to {}", self.shorten(&min), self.shorten(&max));
        let expected = if is_zero && !is_number {
            format!("{expected} without a zero at its front or a sign before zero")
        } else {
            expected
        };
        Err(self.unexpected(expected)?)
    }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?(0|[1-9][0-9]*))?`
    pub(super) fn float(&mut self, command: &FloatCommand) -> Result<Value, CheckError> {
        let min = self.value(&command.min)?;
        let max = self.value(&command.max)?;
        let decimals = match &command.decimals {
            Some((least, most)) => {
                let least = self.decimals(least)?;
                let most = self.decimals(most)?;
                if least > most {
                    let message = format!("FLOATP asks for {least} to {most} decimals");
                    return Err(self.fault(message));
                }
                Some((least, most))
            }
            None => None,
        };
        if let Some(parts) = self.float_parts(command.notation)? {
            let has_decimals = decimals.is_none_or(|(least, most)| {
                (least..=most).contains(&(parts.decimals as u64))
                    && (parts.is_normalized || !parts.has_exponent)
            });
            let value = Value::Float(self.parse(parts.length, Decimal::parse)?);
            let not_below = self.ordering(&min, &value)?.is_le();
            let not_above = self.ordering(&max, &value)?.is_ge();
            if has_decimals && not_below && not_above {
                self.input.consume(parts.length);
                return Ok(value);
            }
        }
        let mut expected = "a floating point number".to_owned();
        expected.push_str(match command.notation {
            Notation::Any => "",
            Notation::Fixed => " in fixed notation",
            Notation::Scientific => " in scientific notation",
        });
        if let Some((least, most)) = decimals {
            expected.push_str(&format!(" with {least} to {most} decimals"));
        }
        expected.push_str(&format!(" from {} to {}", self.shorten(&min), self.shorten(&max)));
        Err(self.unexpected(expected)?)
    }

    /// A limit of `FLOATP`.
    fn decimals(&mut self, expression: &Expression) -> Result<u64, CheckError> {
        let decimals = self.integer(expression, "a number of decimals")?;
        decimals.to_u64().ok_or_else(|| {
            let shown = self.shorten(&decimals);
            self.fault(format!("a number of decimals is not negative, as {shown} is"))
        })
    }

    /// `None` where what is ahead is no floating point number in this notation.
    fn float_parts(&mut self, notation: Notation) -> Result<Option<FloatParts>, CheckError> {
        let sign = usize::from(self.input.peek()? == Some(b'-'));
        let whole = self.digits(sign)?;
        let begins_with_zero = self.input.peek_at(sign)? == Some(b'0');
        if whole == 0 || (begins_with_zero && whole > 1) {
            return Ok(None);
        }
        let mut length = sign + whole;
        let mut decimals = 0;
        let has_point = self.input.peek_at(length)? == Some(b'.');
        if has_point {
            decimals = self.digits(length + 1)?;
            length += 1 + decimals;
            if decimals == 0 {
                return Ok(None);
            }
        }
        let has_exponent =
            notation != Notation::Fixed && matches!(self.input.peek_at(length)?, Some(b'e' | b'E'));
        if has_exponent {
            length += 1;
            length += usize::from(matches!(self.input.peek_at(length)?, Some(b'+' | b'-')));
            let digits = self.digits(length)?;
            if digits == 0 || (digits > 1 && self.input.peek_at(length)? == Some(b'0')) {
                return Ok(None);
            }
            length += digits;
        } else if notation == Notation::Scientific {
            return Ok(None);
        }
        let is_normalized = whole == 1 && has_point && !begins_with_zero;
        Ok(Some(FloatParts { length, decimals, has_exponent, is_normalized }))
    }

    /// How many digits follow after `offset` bytes: at most one more than a number may have.
    fn digits(&mut self, offset: usize) -> io::Result<usize> {
        let mut digits = 0;
        while digits <= MAX_DIGITS
            && self.input.peek_at(offset + digits)?.is_some_and(|byte| byte.is_ascii_digit())
        {
            digits += 1;
        }
        Ok(digits)
    }

    /// The number that the next `length` bytes write, which are ASCII.
    fn parse<T>(
        &mut self,
        length: usize,
        parse: impl FnOnce(&str) -> Result<T, ArithmeticError>,
    ) -> Result<T, CheckError> {
        // Digits are read in time that grows with their square.
        let words = length as u64 / 16;
        self.charge(words * words)?;
        let text = std::str::from_utf8(self.input.window(length)).unwrap_or_default();
        parse(text).map_err(|error| self.arithmetic(&error))
    }
}
