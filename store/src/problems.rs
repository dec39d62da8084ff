//! Problems and the versions of their packages.

use crate::convert::{
    from_bigint, from_integer, from_json, from_timestamp, parse, to_bigint, to_integer, to_json,
    to_text, to_timestamp,
};
use crate::schema::{problem_versions, problems};
use crate::{AnyConnection, DatabaseError, database};
use diesel::dsl::max;
use diesel::prelude::*;
use judge_types::{Limits, PackageHash, ProblemId, UserId};
use time::{OffsetDateTime, PrimitiveDateTime};

/// What an uploaded package holds.
#[derive(Debug, Clone)]
pub struct NewVersion<'a> {
    /// The package's short name; packages of the same short name are versions of one problem.
    pub short_name: &'a str,
    /// The content to judge with.
    pub package: PackageHash,
    /// The title shown in lists.
    pub title: &'a str,
    /// The limits to judge under.
    pub limits: Limits,
    /// What contestants may see, as JSON of the caller's own shape.
    pub public_content: &'a str,
    /// What only some may see, as JSON of the caller's own shape.
    pub guarded_content: &'a str,
    /// Size of the stored package, in bytes.
    pub package_bytes: u64,
    /// How many test cases it has.
    pub test_count: u32,
    /// Who uploaded it; `None` for one that came with Gavel.
    pub uploaded_by: Option<UserId>,
}

/// A problem in one version.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Names the problem through all versions.
    pub id: ProblemId,
    /// The name in addresses.
    pub short_name: String,
    /// Counts from 1.
    pub version: u32,
    /// The content to judge with.
    pub package: PackageHash,
    /// The title shown in lists.
    pub title: String,
    /// The limits to judge under.
    pub limits: Limits,
    /// What contestants may see, as JSON of the uploader's shape.
    pub public_content: String,
    /// Size of the stored package, in bytes.
    pub package_bytes: u64,
    /// How many test cases it has.
    pub test_count: u32,
    /// Who uploaded this version; `None` for one that came with Gavel.
    pub uploaded_by: Option<UserId>,
    /// When this version was uploaded.
    pub uploaded_at: OffsetDateTime,
    /// Whether it takes no more submissions.
    pub is_deleted: bool,
}

/// What [`save_version`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedVersion {
    /// The problem.
    pub problem: ProblemId,
    /// The version that is now current.
    pub version: u32,
    /// Whether the problem is new.
    pub is_new_problem: bool,
    /// Whether this content was not current before.
    pub is_new_version: bool,
}

type ProblemRow = (String, String, PrimitiveDateTime, i32, Option<PrimitiveDateTime>);
type VersionRow =
    (String, i32, String, String, String, String, i64, i32, Option<String>, PrimitiveDateTime);

/// The columns of a [`ProblemRow`] and a [`VersionRow`]: not what only some may see.
macro_rules! row {
    () => {
        (
            problems::all_columns,
            (
                problem_versions::problem_id,
                problem_versions::version,
                problem_versions::package_hash,
                problem_versions::title,
                problem_versions::limits,
                problem_versions::public_content,
                problem_versions::package_bytes,
                problem_versions::test_count,
                problem_versions::uploaded_by,
                problem_versions::uploaded_at,
            ),
        )
    };
}

fn problem((row, version): (ProblemRow, VersionRow)) -> Result<Problem, DatabaseError> {
    Ok(Problem {
        id: parse("problem id", &row.0)?,
        short_name: row.1,
        is_deleted: row.4.is_some(),
        version: from_integer(version.1),
        package: parse("package hash", &version.2)?,
        title: version.3,
        limits: from_json("limits", &version.4)?,
        public_content: version.5,
        package_bytes: from_bigint(version.6),
        test_count: from_integer(version.7),
        uploaded_by: version.8.map(|id| parse("user id", &id)).transpose()?,
        uploaded_at: from_timestamp(version.9),
    })
}

/// Makes the package the current version of its problem, and the problem if there is none.
///
/// The same content uploaded again changes nothing but undoes a deletion, and what only some may see is set aside anew: an
/// older version of the judge may have left it out.
///
/// # Errors
/// Where the database fails; nothing is stored then.
pub fn save_version(
    connection: &mut AnyConnection,
    new: &NewVersion<'_>,
) -> Result<SavedVersion, DatabaseError> {
    let now = to_timestamp(judge_types::now());
    database::write(connection, |connection| {
        database::hold(connection, "problems")?;
        let found = problems::table
            .filter(problems::short_name.eq(new.short_name))
            .first::<ProblemRow>(connection)
            .optional()?;
        let (id, version) = if let Some(row) = &found {
            diesel::update(problems::table.find(&row.0))
                .set(problems::deleted_at.eq(None::<PrimitiveDateTime>))
                .execute(connection)?;
            let current: String = problem_versions::table
                .find((&row.0, row.3))
                .select(problem_versions::package_hash)
                .first(connection)?;
            if current == new.package.as_str() {
                diesel::update(problem_versions::table.find((&row.0, row.3)))
                    .set(problem_versions::guarded_content.eq(new.guarded_content))
                    .execute(connection)?;
                return Ok(SavedVersion {
                    problem: parse("problem id", &row.0)?,
                    version: from_integer(row.3),
                    is_new_problem: false,
                    is_new_version: false,
                });
            }
            let newest: Option<i32> = problem_versions::table
                .filter(problem_versions::problem_id.eq(&row.0))
                .select(max(problem_versions::version))
                .first(connection)?;
            (parse("problem id", &row.0)?, newest.unwrap_or(0) + 1)
        } else {
            let id = ProblemId::new();
            diesel::insert_into(problems::table)
                .values((
                    problems::id.eq(id.to_string()),
                    problems::short_name.eq(new.short_name),
                    problems::created_at.eq(now),
                    problems::current_version.eq(1),
                ))
                .execute(connection)?;
            (id, 1)
        };
        diesel::insert_into(problem_versions::table)
            .values((
                problem_versions::problem_id.eq(id.to_string()),
                problem_versions::version.eq(version),
                problem_versions::package_hash.eq(new.package.as_str()),
                problem_versions::title.eq(to_text(new.title)),
                problem_versions::limits.eq(to_json("limits", &new.limits)?),
                problem_versions::public_content.eq(new.public_content),
                problem_versions::guarded_content.eq(new.guarded_content),
                problem_versions::package_bytes.eq(to_bigint(new.package_bytes)),
                problem_versions::test_count.eq(to_integer(new.test_count)),
                problem_versions::uploaded_by.eq(new.uploaded_by.map(|user| user.to_string())),
                problem_versions::uploaded_at.eq(now),
            ))
            .execute(connection)?;
        diesel::update(problems::table.find(id.to_string()))
            .set(problems::current_version.eq(version))
            .execute(connection)?;
        Ok(SavedVersion {
            problem: id,
            version: from_integer(version),
            is_new_problem: found.is_none(),
            is_new_version: true,
        })
    })
}

/// Every problem with its current version.
macro_rules! current {
    () => {
        problems::table
            .inner_join(
                problem_versions::table.on(problem_versions::problem_id
                    .eq(problems::id)
                    .and(problem_versions::version.eq(problems::current_version))),
            )
            .select(row!())
    };
}

/// The current version of every problem that is not deleted, by short name.
///
/// # Errors
/// Where the database fails.
pub fn list(connection: &mut AnyConnection) -> Result<Vec<Problem>, DatabaseError> {
    let rows = current!()
        .filter(problems::deleted_at.is_null())
        .order(problems::short_name.asc())
        .load::<(ProblemRow, VersionRow)>(connection)?;
    rows.into_iter().map(problem).collect()
}

/// The current version of the problem with this short name, deleted or not.
///
/// # Errors
/// Where the database fails.
pub fn by_short_name(
    connection: &mut AnyConnection,
    short_name: &str,
) -> Result<Option<Problem>, DatabaseError> {
    current!()
        .filter(problems::short_name.eq(to_text(short_name)))
        .first::<(ProblemRow, VersionRow)>(connection)
        .optional()?
        .map(problem)
        .transpose()
}

/// The current version of the problem with this id, deleted or not.
///
/// # Errors
/// Where the database fails.
pub fn by_id(
    connection: &mut AnyConnection,
    id: ProblemId,
) -> Result<Option<Problem>, DatabaseError> {
    current!()
        .filter(problems::id.eq(id.to_string()))
        .first::<(ProblemRow, VersionRow)>(connection)
        .optional()?
        .map(problem)
        .transpose()
}

/// Every version of a problem, the newest first.
///
/// # Errors
/// Where the database fails.
pub fn versions(
    connection: &mut AnyConnection,
    id: ProblemId,
) -> Result<Vec<Problem>, DatabaseError> {
    let rows = problems::table
        .inner_join(problem_versions::table.on(problem_versions::problem_id.eq(problems::id)))
        .filter(problems::id.eq(id.to_string()))
        .order(problem_versions::version.desc())
        .select(row!())
        .load::<(ProblemRow, VersionRow)>(connection)?;
    rows.into_iter().map(problem).collect()
}

/// What only some may see of a problem with this package, as JSON of the uploader's shape.
///
/// # Errors
/// Where the database fails.
pub fn guarded_content(
    connection: &mut AnyConnection,
    id: ProblemId,
    package: &PackageHash,
) -> Result<Option<String>, DatabaseError> {
    let found = problem_versions::table
        .filter(problem_versions::problem_id.eq(id.to_string()))
        .filter(problem_versions::package_hash.eq(package.as_str()))
        .order(problem_versions::version.desc())
        .select(problem_versions::guarded_content)
        .first(connection)
        .optional()?;
    Ok(found)
}

/// Stops a problem from being listed and submitted to; false where there is none to stop.
/// Its submissions, their judgements and its packages stay.
///
/// # Errors
/// Where the database fails.
pub fn delete(connection: &mut AnyConnection, id: ProblemId) -> Result<bool, DatabaseError> {
    let changed = diesel::update(
        problems::table
            .filter(problems::id.eq(id.to_string()))
            .filter(problems::deleted_at.is_null()),
    )
    .set(problems::deleted_at.eq(to_timestamp(judge_types::now())))
    .execute(connection)?;
    Ok(changed == 1)
}
