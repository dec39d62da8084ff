//! Contests, and which problems are in them.

mod starting;

pub use starting::{DuePackage, Opening, opening, packages_due, unopened};

use crate::convert::{from_timestamp, parse, to_timestamp};
use crate::schema::{contest_problems, contests};
use crate::{AnyConnection, DatabaseError, database};
use diesel::dsl::max;
use diesel::prelude::*;
use judge_types::{ContestId, ProblemId, ScoreRule};
use time::{OffsetDateTime, PrimitiveDateTime};

/// A contest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// Names the contest for good.
    pub id: ContestId,
    /// The name in addresses.
    pub short_name: String,
    /// The name shown.
    pub name: String,
    /// Which of a contestant's submissions to a problem that gives scores counts.
    pub score_rule: ScoreRule,
    /// From when on, by the database's clock, contestants may see its problems and submit to them; `None` where it
    /// has always begun.
    pub start_time: Option<OffsetDateTime>,
}

/// What to change of a contest; `None` leaves a thing as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ContestChange {
    /// Which of a contestant's submissions counts from now on.
    pub score_rule: Option<ScoreRule>,
    /// When it begins; `Some(None)` for one that has always begun.
    pub start_time: Option<Option<OffsetDateTime>>,
}

impl Contest {
    /// Whether it has begun at this time of the database's clock.
    #[must_use]
    pub fn has_begun(&self, now: OffsetDateTime) -> bool {
        self.start_time.is_none_or(|start| start <= now)
    }
}

type Row = (String, String, String, PrimitiveDateTime, String, Option<PrimitiveDateTime>);

fn contest((id, short_name, name, _, rule, start): Row) -> Result<Contest, DatabaseError> {
    let score_rule = parse("score rule", &rule)?;
    let start_time = start.map(from_timestamp);
    Ok(Contest { id: parse("contest id", &id)?, short_name, name, score_rule, start_time })
}

/// The contest of this short name, made now if there is none.
///
/// # Errors
/// Where the database fails.
pub fn ensure(
    connection: &mut AnyConnection,
    short_name: &str,
    name: &str,
) -> Result<Contest, DatabaseError> {
    database::write(connection, |connection| {
        database::hold(connection, "contests")?;
        let found = contests::table
            .filter(contests::short_name.eq(short_name))
            .first::<Row>(connection)
            .optional()?;
        if let Some(row) = found {
            return contest(row);
        }
        let made = Contest {
            id: ContestId::new(),
            short_name: short_name.to_owned(),
            name: name.to_owned(),
            score_rule: ScoreRule::default(),
            start_time: None,
        };
        diesel::insert_into(contests::table)
            .values((
                contests::id.eq(made.id.to_string()),
                contests::short_name.eq(short_name),
                contests::name.eq(name),
                contests::created_at.eq(to_timestamp(judge_types::now())),
                contests::score_rule.eq(made.score_rule.name()),
            ))
            .execute(connection)?;
        Ok(made)
    })
}

/// Every contest, the newest first.
///
/// # Errors
/// Where the database fails.
pub fn list(connection: &mut AnyConnection) -> Result<Vec<Contest>, DatabaseError> {
    let rows = contests::table.order(contests::id.desc()).load::<Row>(connection)?;
    rows.into_iter().map(contest).collect()
}

/// The contest, if there is one.
///
/// # Errors
/// Where the database fails.
pub fn by_id(
    connection: &mut AnyConnection,
    id: ContestId,
) -> Result<Option<Contest>, DatabaseError> {
    let row = contests::table.find(id.to_string()).first::<Row>(connection).optional()?;
    row.map(contest).transpose()
}

/// Changes a contest; `None` where there is no such contest.
///
/// # Errors
/// Where the database fails.
pub fn change(
    connection: &mut AnyConnection,
    id: ContestId,
    change: ContestChange,
) -> Result<Option<Contest>, DatabaseError> {
    let contest = contests::table.find(id.to_string());
    database::write(connection, |connection| {
        if let Some(rule) = change.score_rule {
            let rule = contests::score_rule.eq(rule.name());
            diesel::update(contest.clone()).set(rule).execute(connection)?;
        }
        if let Some(start) = change.start_time {
            let start = contests::start_time.eq(start.map(to_timestamp));
            diesel::update(contest.clone()).set(start).execute(connection)?;
        }
        by_id(connection, id)
    })
}

/// Puts a problem at the end of a contest, unless it is in it already.
///
/// # Errors
/// Where the database fails.
pub fn add_problem(
    connection: &mut AnyConnection,
    contest: ContestId,
    problem: ProblemId,
) -> Result<(), DatabaseError> {
    database::write(connection, |connection| {
        database::hold(connection, "contests")?;
        let present: i64 = contest_problems::table
            .find((contest.to_string(), problem.to_string()))
            .count()
            .get_result(connection)?;
        if present > 0 {
            return Ok(());
        }
        let last: Option<i32> = contest_problems::table
            .filter(contest_problems::contest_id.eq(contest.to_string()))
            .select(max(contest_problems::ordinal))
            .first(connection)?;
        diesel::insert_into(contest_problems::table)
            .values((
                contest_problems::contest_id.eq(contest.to_string()),
                contest_problems::problem_id.eq(problem.to_string()),
                contest_problems::ordinal.eq(last.unwrap_or(0) + 1),
            ))
            .execute(connection)?;
        Ok(())
    })
}

/// The newest contest that the problem is in, if any.
///
/// # Errors
/// Where the database fails.
pub fn of_problem(
    connection: &mut AnyConnection,
    problem: ProblemId,
) -> Result<Option<ContestId>, DatabaseError> {
    contest_problems::table
        .filter(contest_problems::problem_id.eq(problem.to_string()))
        .order(contest_problems::contest_id.desc())
        .select(contest_problems::contest_id)
        .first::<String>(connection)
        .optional()?
        .map(|id| parse("contest id", &id))
        .transpose()
}

/// The problems of a contest, in its order.
///
/// # Errors
/// Where the database fails.
pub fn problems(
    connection: &mut AnyConnection,
    contest: ContestId,
) -> Result<Vec<ProblemId>, DatabaseError> {
    contest_problems::table
        .filter(contest_problems::contest_id.eq(contest.to_string()))
        .order(contest_problems::ordinal.asc())
        .select(contest_problems::problem_id)
        .load::<String>(connection)?
        .iter()
        .map(|id| parse("problem id", id))
        .collect()
}
