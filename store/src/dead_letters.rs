//! Judgements that the judge gave up on, and what the jury has done about them.
//!
//! A failed judgement is a dead letter whether or not it has a row of its own: executors of an earlier version
//! make none. It is open while it is the current one of its submission and nobody has said to ignore it; a
//! new judgement, from here or from a rejudging, takes its place.

use crate::convert::{from_bigint, from_integer, from_timestamp, parse, to_text, to_timestamp};
use crate::judgements::{self, Judgement, JudgementRow, NewJudgement};
use crate::schema::{
    dead_letters, judgements as judgement_table, outbox, problems, submissions, users,
};
use crate::{AnyConnection, DatabaseError, database, events};
use diesel::dsl::{not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use judge_types::{ContestId, JudgementId, JudgementState, ProblemId, SubmissionId, UserId};
use std::collections::HashMap;
use time::{OffsetDateTime, PrimitiveDateTime};

/// A judgement without a verdict, for the jury to look at.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// The judgement, with the error that ended it.
    pub judgement: Judgement,
    /// Whose submission it is.
    pub username: String,
    /// The problem.
    pub problem: ProblemId,
    /// The problem's name in addresses.
    pub problem_short_name: String,
    /// The contest that the submission counts in.
    pub contest: Option<ContestId>,
    /// The id of the submission's language.
    pub language: String,
    /// How often the task was delivered, as far as the database saw it.
    pub deliveries: u32,
    /// Who said to ignore it.
    pub ignored: Option<Ignored>,
    /// Who had it judged again from here.
    pub retried: Option<Retried>,
}

impl DeadLetter {
    /// Whether the jury has yet to do something.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.judgement.is_current && self.ignored.is_none()
    }
}

/// That a dead letter is to be ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Who said so.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
    /// Why, if they said.
    pub note: Option<String>,
}

/// That a dead letter was judged again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retried {
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: OffsetDateTime,
    /// The judgement that took its place.
    pub judgement: JudgementId,
}

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

/// What became of a [`retry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It waits to be judged again, as this judgement.
    Queued(JudgementId),
    /// Somebody has had it judged again before, as this judgement.
    Repeated(JudgementId),
    /// A rejudging has taken its place.
    Superseded,
    /// There is no such dead letter.
    Unknown,
}

/// What became of an [`ignore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignore {
    /// It is ignored, since now.
    Marked,
    /// It was before; who, when and why stay.
    Repeated,
    /// It was judged again.
    Superseded,
    /// There is no such dead letter.
    Unknown,
}

/// Keeps what is forgotten with the queue's entry. Part of the transaction that fails the judgement, before it
/// removes that entry.
pub(crate) fn insert(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<(), DatabaseError> {
    let id = judgement.to_string();
    let entry: Option<(i32, bool)> = outbox::table
        .find(&id)
        .select((outbox::deliveries, outbox::published_at.is_not_null()))
        .first(connection)
        .optional()?;
    let attempt: i32 =
        judgement_table::table.find(&id).select(judgement_table::attempt).first(connection)?;
    // A broker's delivery is counted in the entry only when it comes back.
    let counted = entry.map_or(0, |(counted, is_out)| counted + i32::from(is_out));
    diesel::insert_into(dead_letters::table)
        .values((
            dead_letters::judgement_id.eq(id),
            dead_letters::deliveries.eq(counted.max(attempt)),
        ))
        .execute(connection)?;
    Ok(())
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

/// Has a dead letter judged again by a new judgement, also one that was ignored. Asked for again, it makes no
/// second one.
///
/// # Errors
/// Where the database fails; nothing is stored then.
pub fn retry(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    by: UserId,
    new: &NewJudgement<'_>,
) -> Result<Retry, DatabaseError> {
    database::write(connection, |connection| {
        let Some(found) = held(connection, judgement, new.submission)? else {
            return Ok(Retry::Unknown);
        };
        if let Some(made) = found.retried_as {
            return Ok(Retry::Repeated(made));
        }
        if !found.is_current {
            return Ok(Retry::Superseded);
        }
        let made = judgements::enqueue(connection, new)?;
        make_row(connection, judgement)?;
        diesel::update(dead_letters::table.find(judgement.to_string()))
            .set((
                dead_letters::retried_by.eq(by.to_string()),
                dead_letters::retried_at.eq(to_timestamp(judge_types::now())),
                dead_letters::retried_as.eq(made.to_string()),
            ))
            .execute(connection)?;
        Ok(Retry::Queued(made))
    })
}

/// Says that a dead letter needs nothing more, and why.
///
/// # Errors
/// Where the database fails.
pub fn ignore(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    submission: SubmissionId,
    by: UserId,
    note: Option<&str>,
) -> Result<Ignore, DatabaseError> {
    database::write(connection, |connection| {
        let Some(found) = held(connection, judgement, submission)? else {
            return Ok(Ignore::Unknown);
        };
        if !found.is_current {
            return Ok(Ignore::Superseded);
        }
        if found.is_ignored {
            return Ok(Ignore::Repeated);
        }
        make_row(connection, judgement)?;
        diesel::update(dead_letters::table.find(judgement.to_string()))
            .set((
                dead_letters::ignored_by.eq(by.to_string()),
                dead_letters::ignored_at.eq(to_timestamp(judge_types::now())),
                dead_letters::note.eq(note.map(to_text)),
            ))
            .execute(connection)?;
        Ok(Ignore::Marked)
    })
}

/// What a handling rests on.
struct Held {
    is_current: bool,
    is_ignored: bool,
    retried_as: Option<JudgementId>,
}

/// Holds a dead letter with its submission, so that of two who handle it, the second sees what the first did.
fn held(
    connection: &mut AnyConnection,
    judgement: JudgementId,
    submission: SubmissionId,
) -> Result<Option<Held>, DatabaseError> {
    events::hold(connection, submission)?;
    let found: Option<(bool, Option<PrimitiveDateTime>, Option<String>)> = judgement_table::table
        .left_join(dead_letters::table.on(dead_letters::judgement_id.eq(judgement_table::id)))
        .filter(judgement_table::id.eq(judgement.to_string()))
        .filter(judgement_table::submission_id.eq(submission.to_string()))
        .filter(judgement_table::state.eq(JudgementState::Failed.name()))
        .select((
            judgement_table::is_current,
            dead_letters::ignored_at.nullable(),
            dead_letters::retried_as.nullable(),
        ))
        .first(connection)
        .optional()?;
    found
        .map(|(is_current, ignored_at, retried_as)| {
            let retried_as = retried_as.map(|id| parse("judgement id", &id)).transpose()?;
            Ok(Held { is_current, is_ignored: ignored_at.is_some(), retried_as })
        })
        .transpose()
}

/// The row of a judgement that an executor of an earlier version failed.
fn make_row(connection: &mut AnyConnection, judgement: JudgementId) -> Result<(), DatabaseError> {
    let there: i64 =
        dead_letters::table.find(judgement.to_string()).count().get_result(connection)?;
    if there == 0 { insert(connection, judgement) } else { Ok(()) }
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
