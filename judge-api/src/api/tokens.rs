//! `/api/v1/account/tokens`

use crate::accounts::new_secret;
use crate::app::App;
use crate::auth::{Identity, Then};
use crate::error::{ApiError, ErrorBody};
use actix_web::{HttpResponse, web};
use judge_types::{TokenId, UserId};
use serde::{Deserialize, Serialize};
use store::tokens::{self, TokenKind};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

/// A token or a session, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    /// Names the token, to revoke it.
    id: TokenId,
    /// `api`, or `session` for a browser.
    kind: String,
    /// What the user called it.
    name: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
    /// When it stops being accepted.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Whether this request came with it.
    current: bool,
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What to call it, up to 64 characters.
    name: String,
    /// How long it lasts, 1 to 366 days.
    #[serde(default = "ninety")]
    #[schema(default = 90, minimum = 1, maximum = 366)]
    expires_in_days: u16,
}

fn ninety() -> u16 {
    90
}

/// A token with its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeToken {
    /// Names the token, to revoke it.
    id: TokenId,
    /// To be sent as `Authorization: Bearer …`. Shown this once.
    pub(crate) token: String,
    /// When it stops being accepted.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// One's own tokens and sessions, the newest first
#[utoipa::path(get, path = "/api/v1/account/tokens", tag = "account", responses(
    (status = 200, body = Vec<Token>),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`"),
))]
pub(crate) async fn list(
    app: web::Data<App>,
    identity: Identity,
) -> Result<web::Json<Vec<Token>>, ApiError> {
    let user = identity.user.id;
    let found = app.db(move |connection| Ok(tokens::list(connection, user)?)).await?;
    let found = found.into_iter().map(|token| Token {
        id: token.id,
        kind: token.kind,
        name: token.name,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
        expires_at: token.expires_at,
        current: token.id == identity.token.id,
    });
    Ok(web::Json(found.collect()))
}

/// Make a token for a program
#[utoipa::path(post, path = "/api/v1/account/tokens", tag = "account",
    request_body = NewToken, responses(
    (status = 201, body = MadeToken),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `invalid`"),
))]
pub(crate) async fn create(
    app: web::Data<App>,
    Then(identity, sent): Then<Identity, web::Json<NewToken>>,
) -> Result<HttpResponse, ApiError> {
    let made = make(&app, identity.user.id, sent.into_inner()).await?;
    Ok(HttpResponse::Created().json(made))
}

/// Makes a token, for the API and the pages.
pub(crate) async fn make(app: &App, user: UserId, sent: NewToken) -> Result<MadeToken, ApiError> {
    let NewToken { name, expires_in_days } = sent;
    if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ApiError::invalid("name", "the name must have 1 to 64 characters"));
    }
    if !(1..=366).contains(&expires_in_days) {
        return Err(ApiError::invalid("expires_in_days", "must be 1 to 366"));
    }
    let expires_at = judge_types::now() + Duration::days(expires_in_days.into());
    app.db(move |connection| {
        let token = new_secret();
        let id = tokens::create(connection, user, TokenKind::Api, &name, &token, expires_at)?;
        Ok(MadeToken { id, token, expires_at })
    })
    .await
}

/// Revoke a token or end a session
#[utoipa::path(delete, path = "/api/v1/account/tokens/{id}", tag = "account",
    params(("id" = TokenId, Path)), responses(
    (status = 204, description = "Done"),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `not_found`"),
))]
pub(crate) async fn revoke(
    app: web::Data<App>,
    identity: Identity,
    id: web::Path<TokenId>,
) -> Result<HttpResponse, ApiError> {
    let (user, id) = (identity.user.id, id.into_inner());
    if app.db(move |connection| Ok(tokens::revoke(connection, user, id)?)).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(ApiError::not_found("token"))
    }
}
