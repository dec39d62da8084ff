//! Integers of any size, fast where they are small: nearly all that inputs hold are.

use super::ArithmeticError;
use num_bigint::BigInt;
use std::cmp::Ordering;

/// The most digits that a number may have, read, written in a program or computed.
pub(in super::super) const MAX_DIGITS: usize = 10_000;
/// As many bits as [`MAX_DIGITS`] digits take, and at most one more.
const MAX_BITS: u64 = MAX_DIGITS as u64 * 3_322 / 1_000;
/// The most digits that are sure to fit in an `i64`.
pub(super) const SMALL_DIGITS: usize = 18;

/// `Big` never holds what `Small` could, so equal numbers are equal values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Integer {
    Small(i64),
    Big(Box<BigInt>),
}

impl Integer {
    pub(in super::super) const ZERO: Self = Self::Small(0);

    /// The number that these decimal digits write, maybe after a minus sign.
    pub(in super::super) fn parse(text: &str) -> Result<Self, ArithmeticError> {
        if text.len() <= SMALL_DIGITS {
            return text.parse().map(Self::Small).map_err(|_| ArithmeticError::NoNumber);
        }
        if text.trim_start_matches('-').len() > MAX_DIGITS {
            return Err(ArithmeticError::TooManyDigits);
        }
        text.parse::<BigInt>().map(Self::from).map_err(|_| ArithmeticError::NoNumber)
    }

    pub(super) fn power_of_ten(exponent: u32) -> Self {
        match 10_i64.checked_pow(exponent) {
            Some(power) => Self::Small(power),
            None => Self::from(BigInt::from(10).pow(exponent)),
        }
    }

    fn big(&self) -> BigInt {
        match self {
            Self::Small(small) => BigInt::from(*small),
            Self::Big(big) => (**big).clone(),
        }
    }

    fn bits(&self) -> u64 {
        match self {
            Self::Small(small) => u64::from(64 - small.unsigned_abs().leading_zeros()),
            Self::Big(big) => big.bits(),
        }
    }

    /// How many machine words it takes, at least one: what arithmetic with it costs grows with them.
    pub(in super::super) fn words(&self) -> u64 {
        self.bits().div_ceil(64).max(1)
    }

    /// How many decimal digits it has: exact where it is small, else maybe one too many.
    pub(super) fn digits(&self) -> u64 {
        match self {
            Self::Small(small) => small.unsigned_abs().checked_ilog10().map_or(0, u64::from) + 1,
            Self::Big(big) => big.bits() * 30_103 / 100_000 + 1,
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    pub(super) fn is_negative(&self) -> bool {
        match self {
            Self::Small(small) => *small < 0,
            Self::Big(big) => big.sign() == num_bigint::Sign::Minus,
        }
    }

    pub(in super::super) fn to_u64(&self) -> Option<u64> {
        match self {
            Self::Small(small) => u64::try_from(*small).ok(),
            Self::Big(big) => u64::try_from(&**big).ok(),
        }
    }

    fn within_limit(self) -> Result<Self, ArithmeticError> {
        if self.bits() > MAX_BITS { Err(ArithmeticError::TooManyDigits) } else { Ok(self) }
    }

    fn combine(
        &self,
        other: &Self,
        small: fn(i64, i64) -> Option<i64>,
        big: fn(BigInt, BigInt) -> BigInt,
    ) -> Self {
        if let (Self::Small(left), Self::Small(right)) = (self, other)
            && let Some(result) = small(*left, *right)
        {
            return Self::Small(result);
        }
        Self::from(big(self.big(), other.big()))
    }

    pub(super) fn add(&self, other: &Self) -> Result<Self, ArithmeticError> {
        self.sum(other).within_limit()
    }

    /// As [`Self::add`] for what is rounded afterwards.
    pub(super) fn sum(&self, other: &Self) -> Self {
        self.combine(other, i64::checked_add, |left, right| left + right)
    }

    pub(super) fn subtract(&self, other: &Self) -> Result<Self, ArithmeticError> {
        self.combine(other, i64::checked_sub, |left, right| left - right).within_limit()
    }

    pub(super) fn multiply(&self, other: &Self) -> Result<Self, ArithmeticError> {
        self.product(other).within_limit()
    }

    /// As [`Self::multiply`] for what is rounded afterwards.
    pub(super) fn product(&self, other: &Self) -> Self {
        self.combine(other, i64::checked_mul, |left, right| left * right)
    }

    /// The quotient without its fraction, so rounded towards zero.
    pub(super) fn divide(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if other.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        Ok(self.combine(other, i64::checked_div, |left, right| left / right))
    }

    /// What [`Self::divide`] leaves, with the sign of the dividend.
    pub(super) fn remainder(&self, other: &Self) -> Result<Self, ArithmeticError> {
        if other.is_zero() {
            return Err(ArithmeticError::DivisionByZero);
        }
        Ok(self.combine(other, i64::checked_rem, |left, right| left % right))
    }

    pub(super) fn power(&self, exponent: u64) -> Result<Self, ArithmeticError> {
        match (self, exponent) {
            (Self::Small(1), _) | (_, 0) => return Ok(Self::Small(1)),
            (Self::Small(0), _) => return Ok(Self::ZERO),
            (Self::Small(-1), _) => {
                return Ok(Self::Small(if exponent.is_multiple_of(2) { 1 } else { -1 }));
            }
            _ => {}
        }
        // A base of b bits is at least 2^(b-1).
        let least_bits = (self.bits() - 1).saturating_mul(exponent);
        let exponent = u32::try_from(exponent).map_err(|_| ArithmeticError::TooManyDigits)?;
        if let Self::Small(base) = self
            && let Some(power) = base.checked_pow(exponent)
        {
            return Ok(Self::Small(power));
        }
        if least_bits > MAX_BITS {
            return Err(ArithmeticError::TooManyDigits);
        }
        Self::from(self.big().pow(exponent)).within_limit()
    }

    pub(super) fn negate(&self) -> Self {
        Self::ZERO.combine(self, i64::checked_sub, |left, right| left - right)
    }

    /// Without the zeros at its end, and how many they were. Zero has none.
    pub(super) fn without_trailing_zeros(self) -> (Self, u32) {
        match self {
            Self::Small(0) => (self, 0),
            Self::Small(mut small) => {
                let mut zeros = 0;
                while small % 10 == 0 {
                    (small, zeros) = (small / 10, zeros + 1);
                }
                (Self::Small(small), zeros)
            }
            Self::Big(ref big) if &**big % 10_u32 != BigInt::ZERO => (self, 0),
            // All at once: one after the other, it would take their number times as long.
            Self::Big(big) => {
                let digits = big.to_string();
                let zeros = (digits.len() - digits.trim_end_matches('0').len()) as u32;
                (Self::from(*big / BigInt::from(10).pow(zeros)), zeros)
            }
        }
    }
}

impl From<BigInt> for Integer {
    fn from(big: BigInt) -> Self {
        i64::try_from(&big).map_or_else(|_| Self::Big(Box::new(big)), Self::Small)
    }
}

impl From<u32> for Integer {
    fn from(number: u32) -> Self {
        Self::Small(number.into())
    }
}

impl Ord for Integer {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(left), Self::Small(right)) => left.cmp(right),
            (Self::Big(left), Self::Big(right)) => left.cmp(right),
            // A big one lies beyond every small one, on the side of its sign.
            (Self::Big(_), Self::Small(_)) if self.is_negative() => Ordering::Less,
            (Self::Big(_), Self::Small(_)) => Ordering::Greater,
            (Self::Small(_), Self::Big(_)) => other.cmp(self).reverse(),
        }
    }
}

impl PartialOrd for Integer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Integer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Small(small) => small.fmt(f),
            Self::Big(big) => big.fmt(f),
        }
    }
}
