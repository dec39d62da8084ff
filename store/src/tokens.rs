//! Sessions and API tokens. Only hashes of their secrets are stored.

use crate::convert::{from_timestamp, parse, to_text, to_timestamp};
use crate::schema::tokens;
use crate::users::User;
use crate::{AnyConnection, DatabaseError};
use diesel::prelude::*;
use judge_types::{TokenId, UserId};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A browser's cookie.
    Session,
    /// A bearer token for programs.
    Api,
}

impl TokenKind {
    /// The name stored in the database and shown in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Api => "api",
        }
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Names the token, to revoke it.
    pub id: TokenId,
    /// `session` or `api`.
    pub kind: String,
    /// What the user called it.
    pub name: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    pub last_used_at: Option<OffsetDateTime>,
    /// When it stops being accepted.
    pub expires_at: OffsetDateTime,
}

type Row = (
    String,
    String,
    String,
    String,
    String,
    PrimitiveDateTime,
    Option<PrimitiveDateTime>,
    PrimitiveDateTime,
);

fn token(row: Row) -> Result<Token, DatabaseError> {
    let (id, _, kind, name, _, created_at, last_used_at, expires_at) = row;
    Ok(Token {
        id: parse("token id", &id)?,
        kind,
        name,
        created_at: from_timestamp(created_at),
        last_used_at: last_used_at.map(from_timestamp),
        expires_at: from_timestamp(expires_at),
    })
}

/// A secret has 256 random bits, so a plain SHA-256 of it cannot be guessed back.
fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Stores a token whose secret the caller made and shows once.
///
/// # Errors
/// Where the database fails.
pub fn create(
    connection: &mut AnyConnection,
    user: UserId,
    kind: TokenKind,
    name: &str,
    secret: &str,
    expires_at: OffsetDateTime,
) -> Result<TokenId, DatabaseError> {
    let id = TokenId::new();
    diesel::insert_into(tokens::table)
        .values((
            tokens::id.eq(id.to_string()),
            tokens::user_id.eq(user.to_string()),
            tokens::kind.eq(kind.name()),
            tokens::name.eq(to_text(name)),
            tokens::secret_hash.eq(hash(secret)),
            tokens::created_at.eq(to_timestamp(judge_types::now())),
            tokens::expires_at.eq(to_timestamp(expires_at)),
        ))
        .execute(connection)?;
    Ok(id)
}

/// Whose secret this is, unless it has expired or been revoked.
///
/// # Errors
/// Where the database fails.
pub fn authenticate(
    connection: &mut AnyConnection,
    secret: &str,
) -> Result<Option<(User, Token)>, DatabaseError> {
    let now = judge_types::now();
    let found = tokens::table
        .filter(tokens::secret_hash.eq(hash(secret)))
        .filter(tokens::expires_at.gt(to_timestamp(now)))
        .first::<Row>(connection)
        .optional()?;
    let Some(row) = found else { return Ok(None) };
    let user_id: UserId = parse("user id", &row.1)?;
    let token = token(row)?;
    let Some(user) = crate::users::by_id(connection, user_id)? else { return Ok(None) };
    // Writing on every request would make readers queue for the write lock.
    if token.last_used_at.is_none_or(|at| now - at > Duration::minutes(1)) {
        diesel::update(tokens::table.find(token.id.to_string()))
            .set(tokens::last_used_at.eq(to_timestamp(now)))
            .execute(connection)?;
    }
    Ok(Some((user, token)))
}

/// Who holds this session or token now, unless it has expired or been revoked: for what goes on
/// after the request that showed its secret.
///
/// # Errors
/// Where the database fails.
pub fn holder(connection: &mut AnyConnection, id: TokenId) -> Result<Option<User>, DatabaseError> {
    let user: Option<String> = tokens::table
        .filter(tokens::id.eq(id.to_string()))
        .filter(tokens::expires_at.gt(to_timestamp(judge_types::now())))
        .select(tokens::user_id)
        .first(connection)
        .optional()?;
    let Some(user) = user else { return Ok(None) };
    crate::users::by_id(connection, parse("user id", &user)?)
}

/// A user's unexpired tokens, the newest first.
///
/// # Errors
/// Where the database fails.
pub fn list(connection: &mut AnyConnection, user: UserId) -> Result<Vec<Token>, DatabaseError> {
    let rows = tokens::table
        .filter(tokens::user_id.eq(user.to_string()))
        .filter(tokens::expires_at.gt(to_timestamp(judge_types::now())))
        .order(tokens::id.desc())
        .load::<Row>(connection)?;
    rows.into_iter().map(token).collect()
}

/// Removes one of a user's tokens; false where the user has no such token.
///
/// # Errors
/// Where the database fails.
pub fn revoke(
    connection: &mut AnyConnection,
    user: UserId,
    id: TokenId,
) -> Result<bool, DatabaseError> {
    let removed = diesel::delete(
        tokens::table
            .filter(tokens::id.eq(id.to_string()))
            .filter(tokens::user_id.eq(user.to_string())),
    )
    .execute(connection)?;
    Ok(removed == 1)
}

/// Removes all of a user's tokens, as after a change of password; says how many.
///
/// # Errors
/// Where the database fails.
pub fn revoke_all(connection: &mut AnyConnection, user: UserId) -> Result<usize, DatabaseError> {
    Ok(diesel::delete(tokens::table.filter(tokens::user_id.eq(user.to_string())))
        .execute(connection)?)
}

/// Removes every expired token; says how many.
///
/// # Errors
/// Where the database fails.
pub fn remove_expired(connection: &mut AnyConnection) -> Result<usize, DatabaseError> {
    Ok(diesel::delete(
        tokens::table.filter(tokens::expires_at.le(to_timestamp(judge_types::now()))),
    )
    .execute(connection)?)
}
