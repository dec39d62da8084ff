//! Reading rejudgings, and what they come to.

use super::{
    Closing, ComparedJudgement, Comparison, Progress, RejudgedSubmission, Rejudging, Standing,
};
use crate::convert::{from_bigint, from_json, from_timestamp, parse, to_score};
use crate::schema::{
    judgements, problems, rejudged_submissions, rejudgings, submissions as submission_table, users,
};
use crate::{AnyConnection, DatabaseError};
use diesel::dsl::count_star;
use diesel::prelude::*;
use judge_types::{JudgementState, RejudgingId, RejudgingOutcome, SubmissionId};
use std::collections::HashMap;
use time::PrimitiveDateTime;

/// A row, column by column.
#[derive(Queryable)]
struct Row {
    id: String,
    reason: String,
    kind: String,
    filter: String,
    total: i64,
    made_by: String,
    made_at: PrimitiveDateTime,
    _made_up_to: String,
    _is_made: bool,
    closed_as: Option<String>,
    closed_by: Option<String>,
    closed_at: Option<PrimitiveDateTime>,
    note: Option<String>,
}

/// Rejudgings, the newest first, at most `limit`; only those older than `before`.
///
/// # Errors
/// Where the database fails.
pub fn list(
    connection: &mut AnyConnection,
    before: Option<RejudgingId>,
    limit: u32,
) -> Result<Vec<Rejudging>, DatabaseError> {
    let mut query = rejudgings::table.order(rejudgings::id.desc()).limit(limit.into()).into_boxed();
    if let Some(before) = before {
        query = query.filter(rejudgings::id.lt(before.to_string()));
    }
    let rows = query.load::<Row>(connection)?;
    with_progress(connection, rows)
}

/// One rejudging.
///
/// # Errors
/// Where the database fails.
pub fn by_id(
    connection: &mut AnyConnection,
    id: RejudgingId,
) -> Result<Option<Rejudging>, DatabaseError> {
    let rows = rejudgings::table.filter(rejudgings::id.eq(id.to_string())).load(connection)?;
    Ok(with_progress(connection, rows)?.pop())
}

fn with_progress(
    connection: &mut AnyConnection,
    rows: Vec<Row>,
) -> Result<Vec<Rejudging>, DatabaseError> {
    let people =
        rows.iter().flat_map(|row| std::iter::once(&row.made_by).chain(row.closed_by.as_ref()));
    let names: HashMap<String, String> = users::table
        .filter(users::id.eq_any(people))
        .select((users::id, users::username))
        .load::<(String, String)>(connection)?
        .into_iter()
        .collect();
    let ids: Vec<&String> = rows.iter().map(|row| &row.id).collect();
    let counts: Vec<(Option<String>, String, i64)> = judgements::table
        .filter(judgements::rejudging_id.eq_any(ids))
        .group_by((judgements::rejudging_id, judgements::state))
        .select((judgements::rejudging_id, judgements::state, count_star()))
        .load(connection)?;
    let mut all: HashMap<String, Progress> = HashMap::new();
    for (id, state, judgements) in counts {
        let progress = all.entry(id.unwrap_or_default()).or_default();
        match parse("judgement state", &state)? {
            JudgementState::Queued => {}
            JudgementState::Compiling | JudgementState::Running => {
                progress.running += from_bigint(judgements);
            }
            JudgementState::Finished => progress.finished += from_bigint(judgements),
            JudgementState::Failed => progress.failed += from_bigint(judgements),
        }
    }
    rows.into_iter()
        .map(|row| {
            let progress = all.get(&row.id).copied().unwrap_or_default();
            rejudging(row, progress, &names)
        })
        .collect()
}

fn rejudging(
    row: Row,
    progress: Progress,
    names: &HashMap<String, String>,
) -> Result<Rejudging, DatabaseError> {
    let name = |id: String| names.get(&id).cloned().unwrap_or(id);
    let closing = match (row.closed_as, row.closed_by, row.closed_at) {
        (Some(state), Some(by), Some(at)) => Some(Closing {
            state: parse("state of a rejudging", &state)?,
            by: name(by),
            at: from_timestamp(at),
            note: row.note,
        }),
        _ => None,
    };
    Ok(Rejudging {
        id: parse("rejudging id", &row.id)?,
        reason: row.reason,
        kind: parse("kind of rejudging", &row.kind)?,
        filter: from_json("rejudging filter", &row.filter)?,
        made_by: name(row.made_by),
        made_at: from_timestamp(row.made_at),
        closing,
        progress: Progress { total: from_bigint(row.total), ..progress },
    })
}

diesel::alias!(judgements as replaced: Replaced);

/// The submissions of a rejudging with the old judgement, and the new one where it is made; a macro, because the type
/// of the query has no name worth writing.
macro_rules! joined {
    ($id:expr) => {
        rejudged_submissions::table
            .inner_join(
                replaced.on(replaced.field(judgements::id).eq(rejudged_submissions::replaces)),
            )
            .left_join(
                judgements::table.on(judgements::rejudging_id
                    .eq(rejudged_submissions::rejudging_id.nullable())
                    .and(judgements::submission_id.eq(rejudged_submissions::submission_id))),
            )
            .inner_join(
                submission_table::table
                    .on(submission_table::id.eq(rejudged_submissions::submission_id)),
            )
            .inner_join(users::table.on(users::id.eq(submission_table::user_id)))
            .inner_join(problems::table.on(problems::id.eq(submission_table::problem_id)))
            .filter(rejudged_submissions::rejudging_id.eq($id.to_string()))
    };
}

/// Id, state, verdict and score.
type JudgementRow = (String, String, Option<String>, Option<f64>);

fn judgement(row: JudgementRow) -> Result<ComparedJudgement, DatabaseError> {
    let (id, state, verdict, score) = row;
    let state: JudgementState = parse("judgement state", &state)?;
    let standing = match verdict {
        Some(code) => Standing::Judged(parse("verdict", &code)?),
        None if state.is_final() => Standing::Failed,
        None => Standing::Unfinished,
    };
    Ok(ComparedJudgement { id: parse("judgement id", &id)?, standing, score: to_score(score)? })
}

/// The columns of a [`JudgementRow`] of the old judgement.
macro_rules! of_replaced {
    () => {
        (
            replaced.field(judgements::id),
            replaced.field(judgements::state),
            replaced.field(judgements::verdict),
            replaced.field(judgements::score),
        )
    };
}

/// The columns of a [`JudgementRow`] of the new judgement, where there is one.
macro_rules! of_new {
    () => {
        (judgements::id, judgements::state, judgements::verdict, judgements::score).nullable()
    };
}

/// Compares the new judgements of a rejudging with those that they are to replace.
///
/// # Errors
/// Where the database fails.
pub fn compare(
    connection: &mut AnyConnection,
    id: RejudgingId,
) -> Result<Comparison, DatabaseError> {
    type Pair = (JudgementRow, Option<JudgementRow>, Option<String>);
    let rows = joined!(id)
        .select((of_replaced!(), of_new!(), rejudged_submissions::outcome))
        .load::<Pair>(connection)?;
    let mut comparison = Comparison::default();
    for (old, new, outcome) in rows {
        let (old, new) = (judgement(old)?, new.map(judgement).transpose()?);
        let standing = new.map_or(Standing::Unfinished, |new| new.standing);
        let keeps_verdict = standing == old.standing && matches!(standing, Standing::Judged(_));
        let has_another_score = new.is_some_and(|new| new.score != old.score);
        let cell = comparison.matrix.entry((old.standing, standing)).or_default();
        cell.submissions += 1;
        cell.rescored += u64::from(keeps_verdict && has_another_score);
        if let Some(outcome) = outcome {
            let outcome: RejudgingOutcome = parse("outcome of a rejudging", &outcome)?;
            *comparison.outcomes.entry(outcome.name()).or_default() += 1;
        }
    }
    Ok(comparison)
}

/// Which submissions of a rejudging to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that get another verdict, or another score.
    Changed,
    /// Those whose new judgement the judge gave up on.
    Failed,
    /// Those that were skipped when it was applied.
    Skipped,
    /// All.
    All,
}

/// The submissions of a rejudging, the oldest first, at most `limit`; only those later than `after`.
///
/// # Errors
/// Where the database fails.
pub fn submissions(
    connection: &mut AnyConnection,
    id: RejudgingId,
    which: Which,
    after: Option<SubmissionId>,
    limit: u32,
) -> Result<Vec<RejudgedSubmission>, DatabaseError> {
    type Listed = (
        (String, String, String, String, PrimitiveDateTime),
        JudgementRow,
        Option<JudgementRow>,
        Option<String>,
    );
    let mut query = joined!(id)
        .order(rejudged_submissions::submission_id.asc())
        .limit(limit.into())
        .select((
            (
                submission_table::id,
                problems::short_name,
                users::username,
                submission_table::language,
                submission_table::submitted_at,
            ),
            of_replaced!(),
            of_new!(),
            rejudged_submissions::outcome,
        ))
        .into_boxed();
    match which {
        Which::Changed => {
            let old = replaced.field(judgements::verdict);
            let old_score = replaced.field(judgements::score);
            let differs = old
                .is_null()
                .or(old.ne(judgements::verdict))
                .or(old_score.ne(judgements::score))
                .or(old_score.is_null().and(judgements::score.is_not_null()))
                .or(old_score.is_not_null().and(judgements::score.is_null()));
            query = query.filter(judgements::verdict.is_not_null()).filter(differs);
        }
        Which::Failed => {
            query = query.filter(judgements::state.eq(JudgementState::Failed.name()));
        }
        Which::Skipped => {
            query =
                query.filter(rejudged_submissions::outcome.ne(RejudgingOutcome::Applied.name()));
        }
        Which::All => {}
    }
    if let Some(after) = after {
        query = query.filter(rejudged_submissions::submission_id.gt(after.to_string()));
    }
    let rows = query.load::<Listed>(connection)?;
    rows.into_iter()
        .map(|(submitted, old, new, outcome)| {
            Ok(RejudgedSubmission {
                submission: parse("submission id", &submitted.0)?,
                problem_short_name: submitted.1,
                username: submitted.2,
                language: submitted.3,
                submitted_at: from_timestamp(submitted.4),
                old: judgement(old)?,
                new: new.map(judgement).transpose()?,
                outcome: outcome
                    .map(|outcome| parse("outcome of a rejudging", &outcome))
                    .transpose()?,
            })
        })
        .collect()
}
