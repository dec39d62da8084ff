//! Lists that come in pages.

use crate::error::ApiError;

/// How many entries of a list a page has: 50 where nobody says.
pub(super) fn limit_of(asked: Option<u32>) -> Result<u32, ApiError> {
    limit_within(asked, 50, 200)
}

/// As many as are asked for, or `usual`, at most `most`.
pub(super) fn limit_within(asked: Option<u32>, usual: u32, most: u32) -> Result<u32, ApiError> {
    let limit = asked.unwrap_or(usual);
    if (1..=most).contains(&limit) {
        Ok(limit)
    } else {
        Err(ApiError::invalid("limit", format!("must be 1 to {most}")))
    }
}

/// Cuts a list to its page of `limit` entries, where one more was asked for: it tells whether there is a next page. Gives
/// the last entry's key if there is.
pub(super) fn cut<T, K>(found: &mut Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Option<K> {
    let has_next = found.len() > limit as usize;
    found.truncate(limit as usize);
    found.last().map(key).filter(|_| has_next)
}
