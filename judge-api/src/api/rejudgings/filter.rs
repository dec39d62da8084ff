//! Checking which submissions are to be judged again.

use crate::error::ApiError;
use judge_types::RejudgingFilter;
use store::{AnyConnection, contests, problems, users};
use time::{OffsetDateTime, UtcOffset};

/// The most values of one condition.
const VALUES: usize = 100;
/// The most submissions that may be listed.
const SUBMISSIONS: usize = 1_000;

/// Refuses a filter that names what there is not, so that a slip of the pen does not pass for "there are none".
pub(super) fn check(
    connection: &mut AnyConnection,
    filter: &RejudgingFilter,
) -> Result<(), ApiError> {
    let conditions = [
        ("problem_ids", filter.problem_ids.len(), VALUES),
        ("contest_ids", filter.contest_ids.len(), VALUES),
        ("language_ids", filter.language_ids.len(), VALUES),
        ("usernames", filter.usernames.len(), VALUES),
        ("verdicts", filter.verdicts.len(), VALUES),
        ("submission_ids", filter.submission_ids.len(), SUBMISSIONS),
    ];
    for (field, values, most) in conditions {
        if values > most {
            return Err(ApiError::invalid(field, format!("may have at most {most} values")));
        }
    }
    check_time("submitted_from", filter.submitted_from)?;
    check_time("submitted_until", filter.submitted_until)?;
    for name in &filter.problem_ids {
        if problems::by_short_name(connection, name)?.is_none() {
            return Err(unknown("problem_ids", "problem", name));
        }
    }
    if !filter.contest_ids.is_empty() {
        let contests = contests::list(connection)?;
        let is_unknown =
            |name: &&String| !contests.iter().any(|contest| contest.short_name == **name);
        if let Some(name) = filter.contest_ids.iter().find(is_unknown) {
            return Err(unknown("contest_ids", "contest", name));
        }
    }
    for name in &filter.usernames {
        if users::by_username(connection, name)?.is_none() {
            return Err(unknown("usernames", "user", name));
        }
    }
    Ok(())
}

fn unknown(field: &str, what: &str, name: &str) -> ApiError {
    ApiError::invalid(field, format!("there is no {what} {name:?}"))
}

/// Far from what neither database nor calendar can hold.
fn check_time(field: &str, at: Option<OffsetDateTime>) -> Result<(), ApiError> {
    let Some(at) = at else { return Ok(()) };
    let utc = at.checked_to_offset(UtcOffset::UTC);
    if utc.is_none_or(|utc| !(1970..=9998).contains(&utc.year())) {
        return Err(ApiError::invalid(field, "must be in the years 1970 to 9998"));
    }
    Ok(())
}
