//! Floating point numbers to base ten, so that what an input or a program writes is kept exactly.
//!
//! What is computed keeps a hundred digits, or as many as the longer operand has. Libraries of decimal numbers align those
//! of far exponents by writing out every zero between, which a package could use to take all memory.

use super::{
    ArithmeticError,
    integer::{Integer, MAX_DIGITS, SMALL_DIGITS},
};
use std::cmp::Ordering;

/// The digits that a computed number keeps at least.
const PRECISION: u64 = 100;
/// The exponents that a number may have lie between this and its negative.
const MAX_EXPONENT: i64 = 1_000_000_000;

/// `mantissa` times ten to the power of `exponent`. The mantissa does not end with a zero, so equal numbers are equal values;
/// only an operand that is made of an integer may.
#[derive(Clone, Debug)]
pub(in super::super) struct Decimal {
    mantissa: Integer,
    exponent: i64,
}

impl Decimal {
    fn new(mantissa: Integer, exponent: i64) -> Result<Self, ArithmeticError> {
        let (mantissa, zeros) = mantissa.without_trailing_zeros();
        let exponent = if mantissa.is_zero() { 0 } else { exponent + i64::from(zeros) };
        if exponent.abs() > MAX_EXPONENT {
            return Err(ArithmeticError::ExponentTooLarge);
        }
        Ok(Self { mantissa, exponent })
    }

    /// The number that a text of the form `-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?` writes.
    pub(in super::super) fn parse(text: &str) -> Result<Self, ArithmeticError> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.trim_start_matches('-').len() + fraction.len() > MAX_DIGITS {
            return Err(ArithmeticError::TooManyDigits);
        }
        let mantissa = if fraction.is_empty() {
            Integer::parse(whole)?
        } else {
            Integer::parse(&[whole, fraction].concat())?
        };
        Self::new(mantissa, exponent - fraction.len() as i64)
    }

    /// The machine words of its digits when it is written out, as it is to be compared with an integer.
    pub(in super::super) fn words(&self) -> u64 {
        self.mantissa.words() + self.exponent.clamp(0, MAX_DIGITS as i64).unsigned_abs() / 19
    }

    /// The integer that it is, unless it is a fraction, or longer than any integer may be.
    pub(super) fn to_integer(&self) -> Option<Integer> {
        let exponent = u32::try_from(self.exponent).ok()?;
        if self.mantissa.digits() + u64::from(exponent) > MAX_DIGITS as u64 + 2 {
            return None;
        }
        Some(self.mantissa.product(&Integer::power_of_ten(exponent)))
    }

    pub(super) fn parts(&self) -> (&Integer, i64) {
        (&self.mantissa, self.exponent)
    }

    /// The power of ten just above the number, or one above that.
    fn magnitude(&self) -> i64 {
        self.exponent + self.mantissa.digits() as i64
    }

    /// The mantissa that goes with `exponent`, which is no higher than its own, and by [`MAX_DIGITS`] lower at most.
    fn mantissa_at(&self, exponent: i64) -> Integer {
        let lower = u32::try_from(self.exponent - exponent).unwrap_or(0);
        if lower == 0 {
            return self.mantissa.clone();
        }
        self.mantissa.product(&Integer::power_of_ten(lower))
    }

    /// Rounds a mantissa towards zero to as many digits as are kept.
    fn rounded(mantissa: Integer, exponent: i64, kept: u64) -> Result<Self, ArithmeticError> {
        let surplus = mantissa.digits().saturating_sub(kept.max(PRECISION));
        if surplus == 0 {
            return Self::new(mantissa, exponent);
        }
        // Twice the longest number at most, so it fits.
        let divisor = Integer::power_of_ten(surplus as u32);
        Self::new(mantissa.divide(&divisor)?, exponent + surplus as i64)
    }

    fn kept(&self, other: &Self) -> u64 {
        self.mantissa.digits().max(other.mantissa.digits()).max(PRECISION)
    }

    pub(super) fn add(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if self.mantissa.is_zero() {
            return Ok(other.clone());
        }
        if other.mantissa.is_zero() {
            return Ok(self.clone());
        }
        let kept = self.kept(other);
        let (large, little) =
            if self.magnitude() >= other.magnitude() { (self, other) } else { (other, self) };
        // What lies below every digit that is kept changes none of them.
        if large.magnitude() - little.magnitude() > 2 * kept as i64 + 2 {
            return Ok(large.clone());
        }
        let exponent = self.exponent.min(other.exponent);
        let sum = self.mantissa_at(exponent).sum(&other.mantissa_at(exponent));
        Self::rounded(sum, exponent, kept)
    }

    pub(super) fn subtract(&self, other: &Self) -> Result<Self, ArithmeticError> {
        self.add(&other.negate())
    }

    pub(super) fn multiply(&self, other: &Self) -> Result<Self, ArithmeticError> {
        let product = self.mantissa.product(&other.mantissa);
        Self::rounded(product, self.exponent + other.exponent, self.kept(other))
    }

    pub(super) fn divide(&self, other: &Self) -> Result<Self, ArithmeticError> {
        // As many digits more in the dividend as the quotient is to have.
        let kept = self.kept(other);
        let more = (kept + other.mantissa.digits()) as u32;
        let dividend = self.mantissa.product(&Integer::power_of_ten(more));
        let quotient = dividend.divide(&other.mantissa)?;
        Self::rounded(quotient, self.exponent - other.exponent - i64::from(more), kept)
    }

    pub(super) fn power(&self, mut exponent: u64) -> Result<Self, ArithmeticError> {
        let mut result = Self { mantissa: Integer::Small(1), exponent: 0 };
        let mut square = self.clone();
        while exponent > 0 {
            if !exponent.is_multiple_of(2) {
                result = result.multiply(&square)?;
            }
            exponent /= 2;
            if exponent > 0 {
                square = square.multiply(&square)?;
            }
        }
        Ok(result)
    }

    pub(super) fn negate(&self) -> Self {
        Self { mantissa: self.mantissa.negate(), exponent: self.exponent }
    }

    /// Compares exactly.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        if self.exponent == other.exponent {
            return self.mantissa.cmp(&other.mantissa);
        }
        let sign = |decimal: &Self| decimal.mantissa.cmp(&Integer::ZERO);
        if sign(self) != sign(other) || self.mantissa.is_zero() {
            return sign(self).cmp(&sign(other));
        }
        // Both are of one sign. Where the magnitudes differ by more than they may be wrong, they decide.
        let apart = self.magnitude() - other.magnitude();
        if apart.abs() > 2 {
            return if self.mantissa.is_negative() { 0.cmp(&apart) } else { apart.cmp(&0) };
        }
        let exponent = self.exponent.min(other.exponent);
        self.mantissa_at(exponent).cmp(&other.mantissa_at(exponent))
    }
}

impl From<Integer> for Decimal {
    fn from(mantissa: Integer) -> Self {
        Self { mantissa, exponent: 0 }
    }
}

/// `[+-]?[0-9]+`, however many zeros it begins with.
fn parse_exponent(text: &str) -> Result<i64, ArithmeticError> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let significant = digits.trim_start_matches('0');
    if significant.len() > SMALL_DIGITS {
        return Err(ArithmeticError::ExponentTooLarge);
    }
    match significant {
        "" if digits.is_empty() => Err(ArithmeticError::NoNumber),
        "" => Ok(0),
        _ => significant
            .parse::<i64>()
            .map(|value| sign * value)
            .map_err(|_| ArithmeticError::NoNumber),
    }
}

impl std::fmt::Display for Decimal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (mantissa, exponent) = self.parts();
        // Further than this from the point, zeros are hard to count.
        const MAX_ZEROS: i64 = 20;
        let digits = mantissa.to_string();
        let (sign, digits) = match digits.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", digits.as_str()),
        };
        if !(-MAX_ZEROS..=MAX_ZEROS).contains(&exponent) {
            return write!(f, "{sign}{digits}e{exponent}");
        }
        if exponent >= 0 {
            return write!(f, "{sign}{digits}{}", "0".repeat(exponent.unsigned_abs() as usize));
        }
        let decimals = exponent.unsigned_abs() as usize;
        let padded = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        write!(f, "{sign}{whole}.{fraction}")
    }
}
