//! Logging in, registering, and one's own account.

use super::form::{refused, see};
use super::{Frame, Html, words};
use crate::api::{
    NameAndPassword, NewToken, PasswordChange, change_own_password, log_in as check_credentials,
    make_account, make_own_token,
};
use crate::app::App;
use crate::auth::{Identity, OptionalUser, Then, end_session, session_cookie, start_session};
use crate::error::ApiError;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use judge_types::TokenId;
use serde::Deserialize;
use store::tokens;
use store::users::User;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    next: String,
    username: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "register.html")]
struct RegisterPage {
    frame: Frame,
    username: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    user: User,
    tokens: Vec<tokens::Token>,
    current: TokenId,
    message: Option<String>,
    error: Option<String>,
}

/// Where to go after logging in.
#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// The form to log in with.
#[derive(Deserialize)]
pub(super) struct LoginForm {
    username: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// The form to register with.
#[derive(Deserialize)]
pub(super) struct RegisterForm {
    username: String,
    password: String,
}

/// An address of this site, whatever a link from elsewhere says.
fn own_address(next: &str) -> &str {
    // Browsers take `\` for `/`, and leave tabs and the ends of lines out of an address.
    let misleads = |c: char| c == '\\' || c.is_control();
    let is_own = next.starts_with('/') && !next.starts_with("//") && !next.contains(misleads);
    if is_own { next } else { "/" }
}

pub(super) async fn login_page(
    app: web::Data<App>,
    OptionalUser(user): OptionalUser,
    query: web::Query<Next>,
) -> Result<HttpResponse, ApiError> {
    let next = query.into_inner().next;
    if user.is_some() {
        return Ok(see(own_address(&next)));
    }
    let frame = Frame::new(&app, None, "Log in");
    let page = LoginPage { frame, next, username: String::new(), error: None };
    Ok(Html(page.render()?).into())
}

pub(super) async fn log_in(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<LoginForm>,
) -> Result<HttpResponse, ApiError> {
    let LoginForm { username, password, next } = form.into_inner();
    let sent = NameAndPassword { username: username.clone(), password };
    match check_credentials(&app, &request, sent).await {
        Ok(user) => enter(&app, &user, own_address(&next)).await,
        Err(error) => {
            let frame = Frame::new(&app, None, "Log in");
            let page = LoginPage { frame, next, username, error: Some(error.to_string()) };
            Ok(refused(&error, page.render()?))
        }
    }
}

pub(super) async fn register_page(
    app: web::Data<App>,
    OptionalUser(user): OptionalUser,
) -> Result<Html, ApiError> {
    let frame = Frame::new(&app, user, "Register");
    let page = RegisterPage { frame, username: String::new(), error: None };
    Ok(Html(page.render()?))
}

pub(super) async fn register(
    app: web::Data<App>,
    request: HttpRequest,
    form: web::Form<RegisterForm>,
) -> Result<HttpResponse, ApiError> {
    let RegisterForm { username, password } = form.into_inner();
    let sent = NameAndPassword { username: username.clone(), password };
    match make_account(&app, &request, sent).await {
        Ok(user) => enter(&app, &user, "/").await,
        Err(error) => {
            let frame = Frame::new(&app, None, "Register");
            let page = RegisterPage { frame, username, error: Some(error.to_string()) };
            Ok(refused(&error, page.render()?))
        }
    }
}

async fn enter(app: &App, user: &User, address: &str) -> Result<HttpResponse, ApiError> {
    let secret = start_session(app, user.id).await?;
    let mut response = see(address);
    response
        .add_cookie(&session_cookie(app.secure_cookies, secret))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(response)
}

pub(super) async fn log_out(
    app: web::Data<App>,
    identity: Identity,
) -> Result<HttpResponse, ApiError> {
    app.db(move |connection| Ok(tokens::revoke(connection, identity.user.id, identity.token.id)?))
        .await?;
    let mut response = see("/");
    response
        .add_cookie(&end_session(app.secure_cookies))
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(response)
}

pub(super) async fn page(app: web::Data<App>, identity: Identity) -> Result<Html, ApiError> {
    Ok(Html(account_page(&app, identity, None, None).await?))
}

async fn account_page(
    app: &App,
    identity: Identity,
    message: Option<String>,
    error: Option<String>,
) -> Result<String, ApiError> {
    let Identity { user, token } = identity;
    let id = user.id;
    let tokens = app.db(move |connection| Ok(tokens::list(connection, id)?)).await?;
    let frame = Frame::new(app, Some(user.clone()), "Account");
    Ok(AccountPage { frame, user, tokens, current: token.id, message, error }.render()?)
}

/// The account page with what came of a form on it.
async fn after(
    app: &App,
    identity: Identity,
    outcome: Result<String, ApiError>,
) -> Result<HttpResponse, ApiError> {
    match outcome {
        Ok(message) => Ok(Html(account_page(app, identity, Some(message), None).await?).into()),
        Err(error) => {
            let html = account_page(app, identity, None, Some(error.to_string())).await?;
            Ok(refused(&error, html))
        }
    }
}

pub(super) async fn change_password(
    app: web::Data<App>,
    request: HttpRequest,
    Then(identity, form): Then<Identity, web::Form<PasswordChange>>,
) -> Result<HttpResponse, ApiError> {
    let changed = change_own_password(&app, &request, &identity, form.into_inner()).await;
    after(&app, identity, changed.map(|()| "The password is changed.".to_owned())).await
}

pub(super) async fn make_token(
    app: web::Data<App>,
    Then(identity, form): Then<Identity, web::Form<NewToken>>,
) -> Result<HttpResponse, ApiError> {
    let made = make_own_token(&app, identity.user.id, form.into_inner()).await;
    let made = made.map(|made| format!("The token, shown this once: {}", made.token));
    after(&app, identity, made).await
}

pub(super) async fn revoke_token(
    app: web::Data<App>,
    identity: Identity,
    id: web::Path<TokenId>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    app.db(move |connection| Ok(tokens::revoke(connection, identity.user.id, id)?)).await?;
    Ok(see("/account"))
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn logging_in_never_leads_to_another_site() {
        for next in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "x",
            "",
        ] {
            assert_eq!(own_address(next), "/", "{next}");
        }
        assert_eq!(own_address("/problems/sum"), "/problems/sum");
    }
}
