//! Which submissions a filter means.

use crate::convert::{from_bigint, to_text, to_timestamp};
use crate::schema::{contests, judgements, problems, submissions, users};
use crate::users::key;
use crate::{AnyConnection, DatabaseError};
use diesel::dsl::count_star;
use diesel::prelude::*;
use judge_types::RejudgingFilter;

/// The submissions that a filter means, with their current judgement; a macro, because the type of the query has no name
/// worth writing.
macro_rules! matching {
    ($filter:expr, $columns:expr) => {{
        let mut query = submissions::table
            .inner_join(judgements::table.on(
                judgements::submission_id.eq(submissions::id).and(judgements::is_current.eq(true)),
            ))
            .inner_join(problems::table.on(problems::id.eq(submissions::problem_id)))
            .inner_join(users::table.on(users::id.eq(submissions::user_id)))
            .select($columns)
            .into_boxed();
        if !$filter.problem_ids.is_empty() {
            query = query.filter(problems::short_name.eq_any(texts(&$filter.problem_ids)));
        }
        if !$filter.contest_ids.is_empty() {
            let named = contests::table
                .filter(contests::short_name.eq_any(texts(&$filter.contest_ids)))
                .select(contests::id.nullable());
            query = query.filter(submissions::contest_id.eq_any(named));
        }
        if !$filter.language_ids.is_empty() {
            query = query.filter(submissions::language.eq_any(texts(&$filter.language_ids)));
        }
        if !$filter.usernames.is_empty() {
            let keys: Vec<String> = $filter.usernames.iter().map(|name| key(name)).collect();
            query = query.filter(users::username_key.eq_any(keys));
        }
        if !$filter.verdicts.is_empty() {
            let codes: Vec<&str> = $filter.verdicts.iter().map(|verdict| verdict.code()).collect();
            query = query.filter(judgements::verdict.eq_any(codes));
        }
        if let Some(from) = $filter.submitted_from {
            query = query.filter(submissions::submitted_at.ge(to_timestamp(from)));
        }
        if let Some(until) = $filter.submitted_until {
            query = query.filter(submissions::submitted_at.lt(to_timestamp(until)));
        }
        if !$filter.submission_ids.is_empty() {
            let ids: Vec<String> = $filter.submission_ids.iter().map(ToString::to_string).collect();
            query = query.filter(submissions::id.eq_any(ids));
        }
        query
    }};
}

/// How many submissions a filter means.
///
/// # Errors
/// Where the database fails.
pub fn count(
    connection: &mut AnyConnection,
    filter: &RejudgingFilter,
) -> Result<u64, DatabaseError> {
    let count: i64 = matching!(filter, count_star()).first(connection)?;
    Ok(from_bigint(count))
}

/// Submission, the current version of its problem, its current judgement.
pub(super) type Selected = (String, i32, String);

/// The submissions that a filter means, in order.
pub(super) fn select(
    connection: &mut AnyConnection,
    filter: &RejudgingFilter,
) -> QueryResult<Vec<Selected>> {
    matching!(filter, (submissions::id, problems::current_version, judgements::id))
        .order(submissions::id.asc())
        .load(connection)
}

/// What people wrote, to be looked for.
fn texts(words: &[String]) -> Vec<String> {
    words.iter().map(|word| to_text(word)).collect()
}
