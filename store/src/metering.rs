//! The bill: what executions used, added up.

use crate::convert::{from_bigint, to_timestamp};
use crate::{AnyConnection, DatabaseError};
use diesel::RunQueryDsl;
use diesel::query_builder::BoxedSqlQuery;
use diesel::sql_types::{BigInt, Double, Text, Timestamp};
use time::{Duration, OffsetDateTime};

/// What executions are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// The contest's short name; empty for submissions outside of contests.
    Contest,
    /// The problem's short name.
    Problem,
    /// The name of the user who submitted.
    Team,
    /// The language's id.
    Language,
    /// The day on which the execution ended, in UTC: `2026-11-25`.
    Day,
}

impl Dimension {
    /// Every dimension.
    pub const ALL: [Self; 5] =
        [Self::Contest, Self::Problem, Self::Team, Self::Language, Self::Day];
}

/// The executions that ended within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// From this moment on …
    pub from: OffsetDateTime,
    /// … and before this one.
    pub until: OffsetDateTime,
}

/// What some executions used together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// How many there were.
    pub executions: u64,
    /// How many of them died, so that they used more than is known.
    pub lost: u64,
    /// CPU time, in milliseconds.
    pub cpu_ms: u64,
    /// Wall time, in milliseconds.
    pub wall_ms: u64,
    /// Peak memory times wall time of each, in gigabyte-seconds: as
    /// [`gb_seconds`](judge_types::ExecutionUsage::gb_seconds) says.
    pub gb_seconds: f64,
    /// From the starts of processes to their claims, in milliseconds.
    pub cold_start_ms: u64,
    /// The time that their tasks waited, in milliseconds.
    pub queue_wait_ms: u64,
    /// Bytes read from the blob store.
    pub transferred_bytes: u64,
}

/// One group of the bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What its executions have in common.
    pub key: String,
    /// What they used.
    pub usage: Usage,
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    executions: i64,
    #[diesel(sql_type = BigInt)]
    lost: i64,
    #[diesel(sql_type = BigInt)]
    cpu_ms: i64,
    #[diesel(sql_type = BigInt)]
    wall_ms: i64,
    #[diesel(sql_type = Double)]
    byte_ms: f64,
    #[diesel(sql_type = BigInt)]
    cold_start_ms: i64,
    #[diesel(sql_type = BigInt)]
    queue_wait_ms: i64,
    #[diesel(sql_type = BigInt)]
    transferred_bytes: i64,
}

impl From<Row> for Group {
    fn from(row: Row) -> Self {
        const BYTE_MS_OF_A_GB_SECOND: f64 = 1e12;
        let usage = Usage {
            executions: from_bigint(row.executions),
            lost: from_bigint(row.lost),
            cpu_ms: from_bigint(row.cpu_ms),
            wall_ms: from_bigint(row.wall_ms),
            gb_seconds: row.byte_ms / BYTE_MS_OF_A_GB_SECOND,
            cold_start_ms: from_bigint(row.cold_start_ms),
            queue_wait_ms: from_bigint(row.queue_wait_ms),
            transferred_bytes: from_bigint(row.transferred_bytes),
        };
        Self { key: row.key, usage }
    }
}

/// The sums of each group within a period, by key, at most `limit`; only those after the key `after`.
///
/// # Errors
/// Where the database fails.
pub fn by(
    connection: &mut AnyConnection,
    dimension: Dimension,
    period: Period,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Group>, DatabaseError> {
    let (key, join) = key_and_join(connection, dimension);
    let rest = match after {
        Some(_) => format!("AND {key} > $3 GROUP BY {key} ORDER BY {key} LIMIT $4"),
        None => format!("GROUP BY {key} ORDER BY {key} LIMIT $3"),
    };
    let statement = statement(key, join, &rest);
    /// Binds the parameters in their order; a macro, because the query's type names its database.
    macro_rules! load {
        ($connection:ident) => {{
            let mut query: BoxedSqlQuery<'_, _, _> = diesel::sql_query(&statement).into_boxed();
            query = query
                .bind::<Timestamp, _>(to_timestamp(period.from))
                .bind::<Timestamp, _>(to_timestamp(period.until));
            if let Some(after) = after {
                query = query.bind::<Text, _>(after);
            }
            query.bind::<BigInt, _>(i64::from(limit)).load::<Row>($connection)?
        }};
    }
    let rows = match connection {
        AnyConnection::Sqlite(sqlite) => load!(sqlite),
        AnyConnection::Postgres(postgres) => load!(postgres),
    };
    Ok(rows.into_iter().map(Group::from).collect())
}

/// The sums of a whole period.
///
/// # Errors
/// Where the database fails.
pub fn total(connection: &mut AnyConnection, period: Period) -> Result<Usage, DatabaseError> {
    let statement = statement("''", "", "");
    macro_rules! load {
        ($connection:ident) => {
            diesel::sql_query(&statement)
                .bind::<Timestamp, _>(to_timestamp(period.from))
                .bind::<Timestamp, _>(to_timestamp(period.until))
                .get_result::<Row>($connection)?
        };
    }
    let row = match connection {
        AnyConnection::Sqlite(sqlite) => load!(sqlite),
        AnyConnection::Postgres(postgres) => load!(postgres),
    };
    Ok(Group::from(row).usage)
}

/// Sums as wide as the columns: PostgreSQL's own are of a type without bounds. And a product of bytes and
/// milliseconds of many executions does not fit 64 bits.
fn statement(key: &str, join: &str, rest: &str) -> String {
    let sum = |what: &str| format!("CAST(COALESCE(SUM({what}), 0) AS BIGINT)");
    format!(
        "SELECT {key} AS key, COUNT(*) AS executions, {} AS lost, {} AS cpu_ms, {} AS wall_ms, \
         COALESCE(SUM(CAST(e.memory_bytes AS DOUBLE PRECISION) * e.wall_ms), 0.0) AS byte_ms, \
         {} AS cold_start_ms, {} AS queue_wait_ms, {} AS transferred_bytes \
         FROM executions e {join} WHERE e.finished_at >= $1 AND e.finished_at < $2 {rest}",
        sum("CASE WHEN e.ending = 'lost' THEN 1 ELSE 0 END"),
        sum("e.cpu_ms"),
        sum("e.wall_ms"),
        sum("e.cold_start_ms"),
        sum("e.queue_wait_ms"),
        sum("e.transferred_bytes"),
    )
}

/// The expression of the key, and what has to be joined for it.
fn key_and_join(connection: &AnyConnection, dimension: Dimension) -> (&'static str, &'static str) {
    macro_rules! submission_and {
        ($join:literal) => {
            concat!(
                "JOIN judgements j ON j.id = e.judgement_id \
                 JOIN submissions s ON s.id = j.submission_id ",
                $join
            )
        };
    }
    match (dimension, connection) {
        (Dimension::Contest, _) => (
            "COALESCE(c.short_name, '')",
            submission_and!("LEFT JOIN contests c ON c.id = s.contest_id"),
        ),
        (Dimension::Problem, _) => {
            ("p.short_name", submission_and!("JOIN problems p ON p.id = s.problem_id"))
        }
        (Dimension::Team, _) => ("u.username", submission_and!("JOIN users u ON u.id = s.user_id")),
        (Dimension::Language, _) => ("s.language", submission_and!("")),
        // SQLite keeps times as text. PostgreSQL's as text depend on how the server is configured.
        (Dimension::Day, AnyConnection::Sqlite(_)) => ("substr(e.finished_at, 1, 10)", ""),
        (Dimension::Day, AnyConnection::Postgres(_)) => {
            ("to_char(e.finished_at, 'YYYY-MM-DD')", "")
        }
    }
}

impl Period {
    /// Whole days in UTC, both included; `None` where the last one is before the first, or the calendar ends.
    #[must_use]
    pub fn of_days(first: time::Date, last: time::Date) -> Option<Self> {
        let until = last.midnight().assume_utc().checked_add(Duration::DAY)?;
        let from = first.midnight().assume_utc();
        (from < until).then_some(Self { from, until })
    }
}
