//! Logging in and out, and one's own account.

use crate::accounts::{self, AccountError};
use crate::app::App;
use crate::auth::{Contestant, Identity, Then, cookie_name, end_session};
use crate::error::{ApiError, ErrorBody};
use actix_web::{HttpRequest, HttpResponse, web};
use judge_types::{Role, UserId};
use serde::{Deserialize, Serialize};
use store::tokens::{self, TokenKind};
use store::users::{self, User};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

/// How long a token lasts that was made by logging in.
const LOGIN_TOKEN: Duration = Duration::days(30);

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameAndPassword {
    /// 1 to 32 of the characters `A-Z a-z 0-9 . _ -`.
    pub(crate) username: String,
    /// 8 characters to 256 bytes.
    #[schema(format = Password)]
    pub(crate) password: String,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    /// Names the user for good.
    pub(crate) id: UserId,
    /// The name shown.
    pub(crate) username: String,
    /// What the user may do.
    pub(crate) role: Role,
    /// When the account was made.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) created_at: OffsetDateTime,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self { id: user.id, username: user.username, role: user.role, created_at: user.created_at }
    }
}

/// A new token for programs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoggedIn {
    /// To be sent as `Authorization: Bearer …`. Shown this once.
    token: String,
    /// When it stops being accepted.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Whose it is.
    account: Account,
}

/// A change of password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The present one.
    #[schema(format = Password)]
    current_password: String,
    /// 8 characters to 256 bytes.
    #[schema(format = Password)]
    new_password: String,
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        let message = error.to_string();
        match error {
            AccountError::Username => Self::invalid("username", message),
            AccountError::Password(_) => Self::invalid("password", message),
            AccountError::Taken(_) => {
                Self::conflict("username_taken", message).of_field("username")
            }
            AccountError::Hash(_) => Self::internal(error),
            AccountError::Database(error) => error.into(),
        }
    }
}

/// Makes an account for a contestant, for the API and the pages.
pub(crate) async fn register(
    app: &App,
    request: &HttpRequest,
    sent: NameAndPassword,
) -> Result<User, ApiError> {
    if !app.registration_open {
        let message = "accounts are made by the organisers here";
        return Err(ApiError::forbidden(message));
    }
    app.attempts.count(app, request, None)?;
    make_user(app, sent, Role::Contestant).await
}

/// Makes an account; the password is hashed before a database connection is taken.
pub(super) async fn make_user(
    app: &App,
    sent: NameAndPassword,
    role: Role,
) -> Result<User, ApiError> {
    let NameAndPassword { username, password } = sent;
    accounts::check_username(&username)?;
    accounts::check_password(&username, &password)?;
    let hash = app.hash(move || accounts::hash_password(&password)).await??;
    app.db(move |connection| {
        users::create(connection, &username, &hash, role)?
            .ok_or_else(|| AccountError::Taken(username).into())
    })
    .await
}

/// Checks a name and a password, for the API and the pages.
///
/// A wrong name and a wrong password give the same answer after the same time.
pub(crate) async fn log_in(
    app: &App,
    request: &HttpRequest,
    sent: NameAndPassword,
) -> Result<User, ApiError> {
    let NameAndPassword { username, password } = sent;
    app.attempts.count(app, request, Some(&username))?;
    let found = app.db(move |connection| Ok(users::by_username(connection, &username)?)).await?;
    let (user, hash) = found.map(|found| (found.user, found.password_hash)).unzip();
    let is_right = is_right(app, password, hash).await?;
    user.filter(|_| is_right).ok_or_else(|| {
        let status = actix_web::http::StatusCode::UNAUTHORIZED;
        ApiError::new(status, "wrong_credentials", "the username or the password is wrong")
    })
}

async fn is_right(app: &App, password: String, hash: Option<String>) -> Result<bool, ApiError> {
    app.hash(move || {
        password.len() <= accounts::MAX_PASSWORD
            && accounts::verify_password(&password, hash.as_deref())
    })
    .await
}

/// Make an account
#[utoipa::path(post, path = "/api/v1/register", tag = "account", security(()),
    request_body = NameAndPassword, responses(
    (status = 201, body = Account),
    (status = "4XX", body = ErrorBody, description = "`invalid`, `username_taken`, `rate_limited`; `forbidden` where organisers make accounts"),
))]
pub(crate) async fn register_account(
    app: web::Data<App>,
    request: HttpRequest,
    sent: web::Json<NameAndPassword>,
) -> Result<HttpResponse, ApiError> {
    let user = register(&app, &request, sent.into_inner()).await?;
    Ok(HttpResponse::Created().json(Account::from(user)))
}

/// Log in; gives a bearer token for 30 days
#[utoipa::path(post, path = "/api/v1/login", tag = "account", security(()),
    request_body = NameAndPassword, responses(
    (status = 200, body = LoggedIn),
    (status = "4XX", body = ErrorBody, description = "`wrong_credentials`, `rate_limited`"),
))]
pub(crate) async fn log_in_for_token(
    app: web::Data<App>,
    request: HttpRequest,
    sent: web::Json<NameAndPassword>,
) -> Result<web::Json<LoggedIn>, ApiError> {
    let user = log_in(&app, &request, sent.into_inner()).await?;
    let (id, expires_at) = (user.id, judge_types::now() + LOGIN_TOKEN);
    let token = app
        .db(move |connection| {
            tokens::remove_expired(connection)?;
            let secret = accounts::new_secret();
            tokens::create(connection, id, TokenKind::Api, "login", &secret, expires_at)?;
            Ok(secret)
        })
        .await?;
    Ok(web::Json(LoggedIn { token, expires_at, account: user.into() }))
}

/// Log out: the token or session that is shown is no longer accepted
#[utoipa::path(post, path = "/api/v1/logout", tag = "account", responses(
    (status = 204, description = "Done"),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`"),
))]
pub(crate) async fn log_out(
    app: web::Data<App>,
    request: HttpRequest,
    identity: Identity,
) -> Result<HttpResponse, ApiError> {
    app.db(move |connection| Ok(tokens::revoke(connection, identity.user.id, identity.token.id)?))
        .await?;
    let mut response = HttpResponse::NoContent();
    if request.cookie(cookie_name(app.secure_cookies)).is_some() {
        response.cookie(end_session(app.secure_cookies));
    }
    Ok(response.finish())
}

/// Who am I
#[utoipa::path(get, path = "/api/v1/account", tag = "account", responses(
    (status = 200, body = Account),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`"),
))]
pub(crate) async fn who_am_i(Contestant(user): Contestant) -> web::Json<Account> {
    web::Json(user.into())
}

/// Change one's password; every other session and token of the account ends
#[utoipa::path(post, path = "/api/v1/account/password", tag = "account",
    request_body = PasswordChange, responses(
    (status = 204, description = "Done"),
    (status = "4XX", body = ErrorBody, description = "`wrong_credentials`, `invalid`, `rate_limited`"),
))]
pub(crate) async fn change_password(
    app: web::Data<App>,
    request: HttpRequest,
    Then(identity, sent): Then<Identity, web::Json<PasswordChange>>,
) -> Result<HttpResponse, ApiError> {
    change_own_password(&app, &request, &identity, sent.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes a password by the one before it, for the API and the pages.
pub(crate) async fn change_own_password(
    app: &App,
    request: &HttpRequest,
    identity: &Identity,
    sent: PasswordChange,
) -> Result<(), ApiError> {
    let PasswordChange { current_password, new_password } = sent;
    let username = &identity.user.username;
    accounts::check_password(username, &new_password)
        .map_err(|error| ApiError::from(error).of_field("new_password"))?;
    let present = NameAndPassword { username: username.clone(), password: current_password };
    log_in(app, request, present).await.map_err(|error| error.of_field("current_password"))?;
    set_password(app, identity.user.id, new_password, Some(identity.clone())).await?;
    Ok(())
}

/// Sets a password and ends all sessions and tokens but the one to keep; false where there is no such user.
pub(super) async fn set_password(
    app: &App,
    user: UserId,
    password: String,
    keep: Option<Identity>,
) -> Result<bool, ApiError> {
    let hash = app.hash(move || accounts::hash_password(&password)).await??;
    app.db(move |connection| {
        store::database::write(connection, |connection| {
            if !users::set_password_hash(connection, user, &hash)? {
                return Ok::<_, store::DatabaseError>(false);
            }
            for token in tokens::list(connection, user)? {
                if keep.as_ref().is_none_or(|keep| keep.token.id != token.id) {
                    tokens::revoke(connection, user, token.id)?;
                }
            }
            Ok(true)
        })
        .map_err(ApiError::from)
    })
    .await
}
