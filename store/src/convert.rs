//! Between the types of the database and the types of the field.

use crate::DatabaseError;
use judge_types::Score;
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Display, str::FromStr};
use time::{OffsetDateTime, PrimitiveDateTime};

/// A time as the database keeps it: UTC without saying so.
pub(crate) fn to_timestamp(at: OffsetDateTime) -> PrimitiveDateTime {
    let utc = at.to_offset(time::UtcOffset::UTC);
    PrimitiveDateTime::new(utc.date(), utc.time())
}

pub(crate) fn from_timestamp(at: PrimitiveDateTime) -> OffsetDateTime {
    at.assume_utc()
}

/// A size or duration as the database keeps it; what does not fit is as large as can be.
pub(crate) fn to_bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// We never store a negative size; should one be there, it reads as 0.
pub(crate) fn from_bigint(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub(crate) fn to_integer(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

pub(crate) fn from_integer(value: i32) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

/// Free text from untrusted programs and people, to be stored or looked for: PostgreSQL's TEXT cannot hold NUL, and
/// refuses to compare with it.
pub(crate) fn to_text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

pub(crate) fn to_score(number: Option<f64>) -> Result<Option<Score>, DatabaseError> {
    let score = number.map(Score::new).transpose();
    score.map_err(|error| DatabaseError::Corrupt { what: "score", detail: error.to_string() })
}

pub(crate) fn parse<T>(what: &'static str, text: &str) -> Result<T, DatabaseError>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|error: T::Err| DatabaseError::Corrupt { what, detail: error.to_string() })
}

pub(crate) fn to_json<T: Serialize>(
    what: &'static str,
    value: &T,
) -> Result<String, DatabaseError> {
    serde_json::to_string(value)
        .map_err(|error| DatabaseError::Corrupt { what, detail: error.to_string() })
}

pub(crate) fn from_json<T: DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, DatabaseError> {
    serde_json::from_str(text)
        .map_err(|error| DatabaseError::Corrupt { what, detail: error.to_string() })
}
