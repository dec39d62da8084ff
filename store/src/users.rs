//! Users and their roles.

use crate::convert::{from_timestamp, parse, to_text, to_timestamp};
use crate::schema::users;
use crate::{AnyConnection, DatabaseError, database};
use diesel::prelude::*;
use judge_types::{Role, UserId};
use time::{OffsetDateTime, PrimitiveDateTime};

/// Someone who can log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Names the user for good.
    pub id: UserId,
    /// The name shown; unique whatever its case.
    pub username: String,
    /// What the user may do.
    pub role: Role,
    /// When the account was made.
    pub created_at: OffsetDateTime,
}

/// A user together with the hash of the password.
pub struct Credentials {
    /// Whose they are.
    pub user: User,
    /// The argon2id hash in PHC string format.
    pub password_hash: String,
}

type Row = (String, String, String, String, String, PrimitiveDateTime);

fn credentials(row: Row) -> Result<Credentials, DatabaseError> {
    let (id, username, _, password_hash, role, created_at) = row;
    let user = User {
        id: parse("user id", &id)?,
        username,
        role: parse("role", &role)?,
        created_at: from_timestamp(created_at),
    };
    Ok(Credentials { user, password_hash })
}

pub(crate) fn key(username: &str) -> String {
    to_text(username).to_lowercase()
}

/// Adds a user; `None` where the username is taken.
///
/// # Errors
/// Where the database fails.
pub fn create(
    connection: &mut AnyConnection,
    username: &str,
    password_hash: &str,
    role: Role,
) -> Result<Option<User>, DatabaseError> {
    let user = User {
        id: UserId::new(),
        username: username.to_owned(),
        role,
        created_at: judge_types::now(),
    };
    let insert = diesel::insert_into(users::table).values((
        users::id.eq(user.id.to_string()),
        users::username.eq(username),
        users::username_key.eq(key(username)),
        users::password_hash.eq(password_hash),
        users::role.eq(role.name()),
        users::created_at.eq(to_timestamp(user.created_at)),
    ));
    // Within a caller's transaction this makes a savepoint: PostgreSQL would refuse whatever follows a failure.
    let inserted = connection.transaction(|connection| insert.execute(connection));
    match inserted.map_err(DatabaseError::from) {
        Ok(_) => Ok(Some(user)),
        Err(error) if error.is_unique_violation() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The user of this name, whatever its case, with the password's hash.
///
/// # Errors
/// Where the database fails.
pub fn by_username(
    connection: &mut AnyConnection,
    username: &str,
) -> Result<Option<Credentials>, DatabaseError> {
    users::table
        .filter(users::username_key.eq(key(username)))
        .first::<Row>(connection)
        .optional()?
        .map(credentials)
        .transpose()
}

/// The user with this id.
///
/// # Errors
/// Where the database fails.
pub fn by_id(connection: &mut AnyConnection, id: UserId) -> Result<Option<User>, DatabaseError> {
    let row = users::table.find(id.to_string()).first::<Row>(connection).optional()?;
    Ok(row.map(credentials).transpose()?.map(|credentials| credentials.user))
}

/// Users ordered by name, `limit` of them after the first `offset`.
///
/// # Errors
/// Where the database fails.
pub fn list(
    connection: &mut AnyConnection,
    limit: u32,
    offset: u32,
) -> Result<Vec<User>, DatabaseError> {
    let rows = users::table
        .order(users::username_key.asc())
        .limit(limit.into())
        .offset(offset.into())
        .load::<Row>(connection)?;
    rows.into_iter().map(|row| Ok(credentials(row)?.user)).collect()
}

/// How many users have this role.
///
/// # Errors
/// Where the database fails.
pub fn count_with_role(connection: &mut AnyConnection, role: Role) -> Result<u64, DatabaseError> {
    let count: i64 =
        users::table.filter(users::role.eq(role.name())).count().get_result(connection)?;
    Ok(crate::convert::from_bigint(count))
}

/// What became of a change of role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleChange {
    /// The user as it is now.
    Made(User),
    /// There is no such user.
    Nobody,
    /// Nobody would be left to manage the judge, so nothing was changed.
    LastAdmin,
}

/// Changes a role, unless that would leave the judge without an administrator.
///
/// # Errors
/// Where the database fails.
pub fn set_role(
    connection: &mut AnyConnection,
    id: UserId,
    role: Role,
) -> Result<RoleChange, DatabaseError> {
    database::write(connection, |connection| {
        // Of two administrators who step down at once, the second must see that the first has.
        database::hold(connection, "roles")?;
        let Some(mut user) = by_id(connection, id)? else { return Ok(RoleChange::Nobody) };
        let steps_down = user.role == Role::Admin && role != Role::Admin;
        if steps_down && count_with_role(connection, Role::Admin)? == 1 {
            return Ok(RoleChange::LastAdmin);
        }
        diesel::update(users::table.find(id.to_string()))
            .set(users::role.eq(role.name()))
            .execute(connection)?;
        user.role = role;
        Ok(RoleChange::Made(user))
    })
}

/// Changes a password; false where there is no such user.
///
/// # Errors
/// Where the database fails.
pub fn set_password_hash(
    connection: &mut AnyConnection,
    id: UserId,
    password_hash: &str,
) -> Result<bool, DatabaseError> {
    let changed = diesel::update(users::table.find(id.to_string()))
        .set(users::password_hash.eq(password_hash))
        .execute(connection)?;
    Ok(changed == 1)
}
