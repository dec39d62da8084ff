//! Points, of problems that give them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A score: a finite number, exact to six decimals, so that what adds up to 100 is 100.
#[derive(Debug, Clone, Copy, Default, PartialEq, PartialOrd, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = f64))]
#[serde(try_from = "f64", into = "f64")]
pub struct Score(f64);

/// It is never a NaN.
impl Eq for Score {}

/// The number is infinite or none at all.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is not a score")]
pub struct InvalidScore(f64);

impl Score {
    /// The number, rounded to six decimals.
    ///
    /// # Errors
    /// Where it is not finite.
    pub fn new(number: f64) -> Result<Self, InvalidScore> {
        if !number.is_finite() {
            return Err(InvalidScore(number));
        }
        let millionths = (number * 1e6).round();
        // Beyond that, a double has no decimals left.
        let rounded = if millionths.is_finite() { millionths / 1e6 } else { number };
        // Adding zero makes zero of minus zero.
        Ok(Self(rounded + 0.0))
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Score {
    type Error = InvalidScore;

    fn try_from(number: f64) -> Result<Self, InvalidScore> {
        Self::new(number)
    }
}

impl From<Score> for f64 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// `30`, `33.333333`.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirds_add_up() {
        let third = 100.0 / 3.0;
        assert_eq!(Score::new(third + third + third).unwrap().to_string(), "100");
        assert_eq!(Score::new(third).unwrap().to_string(), "33.333333");
        assert_eq!(Score::new(-0.0).unwrap().to_string(), "0");
        assert_eq!(Score::new(1e300).unwrap().get(), 1e300);
    }

    #[test]
    fn only_finite_numbers_are_scores() {
        assert!(Score::new(f64::NAN).is_err() && Score::new(f64::INFINITY).is_err());
        assert_eq!(serde_json::from_str::<Score>("2.5").unwrap(), Score(2.5));
        assert!(serde_json::from_str::<Score>("1e999").is_err());
        assert_eq!(serde_json::to_string(&Score(2.5)).unwrap(), "2.5");
    }
}
