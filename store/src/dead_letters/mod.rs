//! Judgements that the judge gave up on, and what the jury has done about them.
//!
//! A failed judgement is a dead letter whether or not it has a row of its own: executors of an earlier version
//! make none. It is open while it is the current one of its submission and nobody has said to ignore it; a
//! new judgement, from here or from a rejudging, takes its place. A failed preview is none: its rejudging shows it.

mod handling;
mod reading;

pub use handling::{Ignore, Retry, ignore, retry};
pub use reading::{Which, by_judgement, count_open, list};

use crate::judgements::Judgement;
use crate::schema::{dead_letters, judgements, outbox};
use crate::{AnyConnection, DatabaseError};
use diesel::prelude::*;
use judge_types::{ContestId, JudgementId, ProblemId};
use time::OffsetDateTime;

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

/// Keeps what is forgotten with the queue's entry. Part of the transaction that fails the judgement, before it
/// removes that entry.
pub(crate) fn insert(
    connection: &mut AnyConnection,
    judgement: JudgementId,
) -> Result<(), DatabaseError> {
    let id = judgement.to_string();
    let entry: Option<(i32, bool)> = outbox::table
        .find((&id, 0))
        .select((outbox::deliveries, outbox::published_at.is_not_null()))
        .first(connection)
        .optional()?;
    let attempt: i32 = judgements::table.find(&id).select(judgements::attempt).first(connection)?;
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
