//! `/api/v1/users`: accounts, for administrators.

use super::account::{Account, NameAndPassword, make_user, set_password};
use crate::accounts::{check_password, new_password};
use crate::app::App;
use crate::auth::{Admin, Then};
use crate::error::{ApiError, ErrorBody};
use actix_web::{HttpResponse, web};
use judge_types::{Role, UserId};
use serde::{Deserialize, Serialize};
use store::users;
use utoipa::{IntoParams, ToSchema};

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    /// How many, 1 to 500.
    #[serde(default = "hundred")]
    #[param(default = 100, minimum = 1, maximum = 500)]
    limit: u32,
    /// How many to leave out before them.
    #[serde(default)]
    #[param(default = 0)]
    offset: u32,
}

fn hundred() -> u32 {
    100
}

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// 1 to 32 of the characters `A-Z a-z 0-9 . _ -`.
    username: String,
    /// 8 characters to 256 bytes; made up where missing.
    #[schema(format = Password)]
    password: Option<String>,
    /// What the user may do.
    role: Role,
}

/// A new account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MadeUser {
    /// The account.
    #[serde(flatten)]
    pub(crate) account: Account,
    /// The password, where it was made up. Shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<String>,
}

/// What to change of an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleChange {
    /// What the user may do from now on.
    role: Role,
}

/// A password to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordReset {
    /// 8 characters to 256 bytes; made up where missing.
    #[schema(format = Password)]
    password: Option<String>,
}

/// The password that is now set.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewPassword {
    /// Shown this once.
    pub(crate) password: String,
}

/// Accounts, by name
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(Part), responses(
    (status = 200, body = Vec<Account>),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`"),
))]
pub(crate) async fn list(
    app: web::Data<App>,
    _: Admin,
    part: web::Query<Part>,
) -> Result<web::Json<Vec<Account>>, ApiError> {
    let Part { limit, offset } = part.into_inner();
    if !(1..=500).contains(&limit) {
        return Err(ApiError::invalid("limit", "must be 1 to 500"));
    }
    let found = app.db(move |connection| Ok(users::list(connection, limit, offset)?)).await?;
    Ok(web::Json(found.into_iter().map(Account::from).collect()))
}

/// Make an account in any role
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUser, responses(
    (status = 201, body = MadeUser),
    (status = "4XX", body = ErrorBody, description = "`forbidden`, `invalid`, `username_taken`"),
))]
pub(crate) async fn create(
    app: web::Data<App>,
    Then(_, sent): Then<Admin, web::Json<NewUser>>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Created().json(make(&app, sent.into_inner()).await?))
}

/// Makes an account in any role, for the API and the pages.
pub(crate) async fn make(app: &App, sent: NewUser) -> Result<MadeUser, ApiError> {
    let NewUser { username, password, role } = sent;
    let made_up = password.is_none().then(new_password);
    let password = password.or_else(|| made_up.clone()).unwrap_or_default();
    let user = make_user(app, NameAndPassword { username, password }, role).await?;
    Ok(MadeUser { account: user.into(), password: made_up })
}

/// Change what a user may do
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users",
    params(("id" = UserId, Path)), request_body = RoleChange, responses(
    (status = 200, body = Account),
    (status = "4XX", body = ErrorBody, description = "`forbidden`, `not_found`, `last_admin`"),
))]
pub(crate) async fn change_role(
    app: web::Data<App>,
    Then(_, sent): Then<Admin, web::Json<RoleChange>>,
    id: web::Path<UserId>,
) -> Result<web::Json<Account>, ApiError> {
    let user = set_role(&app, id.into_inner(), sent.role).await?;
    Ok(web::Json(user))
}

/// Sets a role, unless that would leave nobody to manage the judge.
pub(crate) async fn set_role(app: &App, id: UserId, role: Role) -> Result<Account, ApiError> {
    let change = app
        .db(move |connection| users::set_role(connection, id, role).map_err(ApiError::from))
        .await?;
    match change {
        users::RoleChange::Made(user) => Ok(user.into()),
        users::RoleChange::Nobody => Err(ApiError::not_found("user")),
        users::RoleChange::LastAdmin => {
            let message = "this is the last administrator; make another one first";
            Err(ApiError::conflict("last_admin", message).of_field("role"))
        }
    }
}

/// Set a user's password; all of the user's sessions and tokens end
#[utoipa::path(post, path = "/api/v1/users/{id}/password", tag = "users",
    params(("id" = UserId, Path)), request_body = PasswordReset, responses(
    (status = 200, body = NewPassword),
    (status = "4XX", body = ErrorBody, description = "`forbidden`, `not_found`, `invalid`"),
))]
pub(crate) async fn reset_password(
    app: web::Data<App>,
    Then(_, sent): Then<Admin, web::Json<PasswordReset>>,
    id: web::Path<UserId>,
) -> Result<web::Json<NewPassword>, ApiError> {
    let password = sent.into_inner().password.unwrap_or_else(new_password);
    Ok(web::Json(set_new_password(&app, id.into_inner(), password).await?))
}

/// Sets a password in somebody's place.
pub(crate) async fn set_new_password(
    app: &App,
    id: UserId,
    password: String,
) -> Result<NewPassword, ApiError> {
    check_password("", &password)?;
    if set_password(app, id, password.clone(), None).await? {
        Ok(NewPassword { password })
    } else {
        Err(ApiError::not_found("user"))
    }
}
