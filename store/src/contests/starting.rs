//! What a contest's start decides: who may see its problems, and when their packages are wanted.

use super::{Contest, Row, contest};
use crate::convert::{from_bigint, parse, to_timestamp};
use crate::schema::{contest_problems, contests, problem_versions, problems};
use crate::{AnyConnection, DatabaseError, clock};
use diesel::prelude::*;
use judge_types::{ContestId, PackageHash, ProblemId};
use std::collections::HashSet;
use time::{Duration, PrimitiveDateTime};

/// Whether contestants may see a problem and submit to it, by the contests that it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// It is in no contest: they may.
    OutsideContests,
    /// They may. Of its contests that have begun, this is the newest, in which submissions count.
    Open(Contest),
    /// They may not: none of its contests has begun. This is the first that will.
    NotBegun(Contest),
}

impl Opening {
    /// The contest that a submission counts in, of whoever may submit.
    #[must_use]
    pub fn contest(&self) -> Option<ContestId> {
        match self {
            Self::OutsideContests => None,
            Self::Open(contest) | Self::NotBegun(contest) => Some(contest.id),
        }
    }
}

/// Whether the problem is open to contestants now, by the database's clock.
///
/// # Errors
/// Where the database fails.
pub fn opening(
    connection: &mut AnyConnection,
    problem: ProblemId,
) -> Result<Opening, DatabaseError> {
    let now = clock::now(connection)?;
    let rows = contests::table
        .inner_join(contest_problems::table.on(contest_problems::contest_id.eq(contests::id)))
        .filter(contest_problems::problem_id.eq(problem.to_string()))
        .order(contests::id.desc())
        .select(contests::all_columns)
        .load::<Row>(connection)?;
    let all = rows.into_iter().map(contest).collect::<Result<Vec<_>, _>>()?;
    if let Some(newest) = all.iter().find(|contest| contest.has_begun(now)) {
        return Ok(Opening::Open(newest.clone()));
    }
    let first = all.into_iter().min_by_key(|contest| contest.start_time);
    Ok(first.map_or(Opening::OutsideContests, Opening::NotBegun))
}

/// The problems that contestants may not see yet: those in contests of which none has begun, by the database's clock.
///
/// # Errors
/// Where the database fails.
pub fn unopened(connection: &mut AnyConnection) -> Result<HashSet<ProblemId>, DatabaseError> {
    let now = to_timestamp(clock::now(connection)?);
    let places = contest_problems::table
        .inner_join(contests::table.on(contests::id.eq(contest_problems::contest_id)))
        .select((contest_problems::problem_id, contests::start_time))
        .load::<(String, Option<PrimitiveDateTime>)>(connection)?;
    let (begun, waiting): (Vec<_>, Vec<_>) =
        places.into_iter().partition(|(_, start)| start.is_none_or(|start| start <= now));
    let open: HashSet<String> = begun.into_iter().map(|(problem, _)| problem).collect();
    let closed = waiting.iter().map(|(problem, _)| problem).filter(|id| !open.contains(*id));
    closed.map(|id| parse("problem id", id)).collect()
}

/// A package that executors will need soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePackage {
    /// Which.
    pub package: PackageHash,
    /// Its size as it is stored, in bytes.
    pub package_bytes: u64,
}

/// The current packages of the problems in contests that begin within `ahead` or have begun within `ago`, by the
/// database's clock: those of the contest that begins first come first, in its order, each once.
///
/// # Errors
/// Where the database fails.
pub fn packages_due(
    connection: &mut AnyConnection,
    ahead: Duration,
    ago: Duration,
) -> Result<Vec<DuePackage>, DatabaseError> {
    let now = clock::now(connection)?;
    let rows = contests::table
        .inner_join(contest_problems::table.on(contest_problems::contest_id.eq(contests::id)))
        .inner_join(problems::table.on(problems::id.eq(contest_problems::problem_id)))
        .inner_join(
            problem_versions::table.on(problem_versions::problem_id
                .eq(problems::id)
                .and(problem_versions::version.eq(problems::current_version))),
        )
        .filter(problems::deleted_at.is_null())
        .filter(contests::start_time.le(to_timestamp(now + ahead)))
        .filter(contests::start_time.gt(to_timestamp(now - ago)))
        .order((contests::start_time.asc(), contests::id.asc(), contest_problems::ordinal.asc()))
        .select((problem_versions::package_hash, problem_versions::package_bytes))
        .load::<(String, i64)>(connection)?;
    let mut known = HashSet::new();
    let rows = rows.into_iter().filter(|(package, _)| known.insert(package.clone()));
    rows.map(|(package, bytes)| {
        let package = parse("package hash", &package)?;
        Ok(DuePackage { package, package_bytes: from_bigint(bytes) })
    })
    .collect()
}
