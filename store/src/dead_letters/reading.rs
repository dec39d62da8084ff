//! Listing dead letters.

use super::{DeadLetter, Ignored, Retried};
use crate::convert::{from_bigint, from_integer, from_timestamp, parse};
use crate::judgements::{Judgement, JudgementRow};
use crate::schema::{dead_letters, judgements as judgement_table, problems, submissions, users};
use crate::{AnyConnection, DatabaseError};
use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use judge_types::JudgementId;
use std::collections::HashMap;
use time::PrimitiveDateTime;

/// Which dead letters to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those that wait for the jury.
    Open,
    /// Those that were ignored or judged again.
    Handled,
    /// All.
    All,
}

/// The judgements that failed. Said in SQL, because a partial index is found only by a condition without parameters.
macro_rules! failed {
    () => {
        sql::<Bool>("judgements.state = 'failed'")
    };
}

/// Those that are [open](DeadLetter::is_open).
macro_rules! open {
    () => {
        judgement_table::is_current.eq(true).and(dead_letters::ignored_at.is_null())
    };
}

type Row = (JudgementRow, Submitted, Option<HandlingRow>);
/// User's name, problem, the problem's short name, contest, language.
type Submitted = (String, String, String, Option<String>, String);
type HandlingRow = (
    String,
    i32,
    Option<String>,
    Option<PrimitiveDateTime>,
    Option<String>,
    Option<String>,
    Option<PrimitiveDateTime>,
    Option<String>,
);

/// Dead letters with their submission; a macro, because the type of the query has no name worth writing.
macro_rules! joined {
    () => {
        judgement_table::table
            .inner_join(submissions::table.on(submissions::id.eq(judgement_table::submission_id)))
            .inner_join(users::table.on(users::id.eq(submissions::user_id)))
            .inner_join(problems::table.on(problems::id.eq(submissions::problem_id)))
            .left_join(dead_letters::table.on(dead_letters::judgement_id.eq(judgement_table::id)))
            .filter(failed!())
            .filter(judgement_table::is_preview.eq(false))
            .select((
                judgement_table::all_columns,
                (
                    users::username,
                    submissions::problem_id,
                    problems::short_name,
                    submissions::contest_id,
                    submissions::language,
                ),
                dead_letters::all_columns.nullable(),
            ))
    };
}

/// Dead letters, those of the newest judgements first, at most `limit`; only those older than `before`.
///
/// # Errors
/// Where the database fails.
pub fn list(
    connection: &mut AnyConnection,
    which: Which,
    before: Option<JudgementId>,
    limit: u32,
) -> Result<Vec<DeadLetter>, DatabaseError> {
    let mut query = joined!().order(judgement_table::id.desc()).limit(limit.into()).into_boxed();
    match which {
        Which::Open => query = query.filter(open!()),
        Which::Handled => query = query.filter(not(open!())),
        Which::All => {}
    }
    if let Some(before) = before {
        query = query.filter(judgement_table::id.lt(before.to_string()));
    }
    let rows = query.load::<Row>(connection)?;
    letters(connection, rows)
}

/// One dead letter.
///
/// # Errors
/// Where the database fails.
pub fn by_judgement(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<Option<DeadLetter>, DatabaseError> {
    let rows =
        joined!().filter(judgement_table::id.eq(judgement.to_string())).load::<Row>(connection)?;
    Ok(letters(connection, rows)?.pop())
}

/// How many wait for the jury.
///
/// # Errors
/// Where the database fails.
pub fn count_open(connection: &mut AnyConnection) -> Result<u64, DatabaseError> {
    let count: i64 = judgement_table::table
        .left_join(dead_letters::table.on(dead_letters::judgement_id.eq(judgement_table::id)))
        .filter(failed!())
        .filter(open!())
        .count()
        .get_result(connection)?;
    Ok(from_bigint(count))
}

fn letters(
    connection: &mut AnyConnection,
    rows: Vec<Row>,
) -> Result<Vec<DeadLetter>, DatabaseError> {
    let handlers: Vec<&String> = rows
        .iter()
        .filter_map(|row| row.2.as_ref())
        .flat_map(|handling| [handling.2.as_ref(), handling.5.as_ref()])
        .flatten()
        .collect();
    let names: HashMap<String, String> = users::table
        .filter(users::id.eq_any(handlers))
        .select((users::id, users::username))
        .load::<(String, String)>(connection)?
        .into_iter()
        .collect();
    rows.into_iter().map(|row| letter(row, &names)).collect()
}

fn letter(
    (judgement, submitted, handling): Row,
    names: &HashMap<String, String>,
) -> Result<DeadLetter, DatabaseError> {
    let judgement = Judgement::try_from(judgement)?;
    let name = |id: String| names.get(&id).cloned().unwrap_or(id);
    let mut letter = DeadLetter {
        username: submitted.0,
        problem: parse("problem id", &submitted.1)?,
        problem_short_name: submitted.2,
        contest: submitted.3.map(|id| parse("contest id", &id)).transpose()?,
        language: submitted.4,
        deliveries: judgement.attempt,
        judgement,
        ignored: None,
        retried: None,
    };
    let Some(handling) = handling else { return Ok(letter) };
    letter.deliveries = from_integer(handling.1);
    if let (Some(by), Some(at)) = (handling.2, handling.3) {
        let at = from_timestamp(at);
        letter.ignored = Some(Ignored { by: name(by), at, note: handling.4 });
    }
    if let (Some(by), Some(at), Some(made)) = (handling.5, handling.6, handling.7) {
        let (at, judgement) = (from_timestamp(at), parse("judgement id", &made)?);
        letter.retried = Some(Retried { by: name(by), at, judgement });
    }
    Ok(letter)
}
