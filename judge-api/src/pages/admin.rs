//! Packages and users, for administrators.

use super::form::{refused, see};
use super::{Frame, Html, words};
use crate::accounts::new_password;
use crate::api::{
    NewUser, UploadQuery, install, make_user, remove_problem, set_new_password,
    set_role as change_role,
};
use crate::app::App;
use crate::auth::{Admin, Then};
use crate::error::{ApiError, FaultBody};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use judge_types::{Role, UserId};
use serde::Deserialize;
use store::users::User;
use store::{problems, users};

#[derive(Template)]
#[template(path = "admin_problems.html")]
struct ProblemsPage {
    frame: Frame,
    problems: Vec<problems::Problem>,
    limit_bytes: u64,
    message: Option<String>,
    error: Option<String>,
    faults: Vec<FaultBody>,
}

#[derive(Template)]
#[template(path = "admin_users.html")]
struct UsersPage {
    frame: Frame,
    users: Vec<User>,
    next: Option<u32>,
    message: Option<String>,
    error: Option<String>,
}

/// Users on one page.
const USERS: u32 = 100;

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    offset: u32,
}

/// A role to give.
#[derive(Debug, Deserialize)]
pub(super) struct RoleForm {
    role: Role,
}

pub(super) async fn problems(app: web::Data<App>, Admin(user): Admin) -> Result<Html, ApiError> {
    Ok(Html(problems_page(&app, user, None, None).await?))
}

async fn problems_page(
    app: &App,
    user: User,
    message: Option<String>,
    error: Option<&ApiError>,
) -> Result<String, ApiError> {
    let problems = app.db(|connection| Ok(problems::list(connection)?)).await?;
    let page = ProblemsPage {
        frame: Frame::new(app, Some(user), "Packages"),
        problems,
        limit_bytes: app.limits.package_bytes,
        message,
        error: error.map(ToString::to_string),
        faults: error.map(|error| error.body().faults.clone()).unwrap_or_default(),
    };
    Ok(page.render()?)
}

/// Takes a package in without the script, which uses the API and shows its progress.
pub(super) async fn upload(
    app: web::Data<App>,
    request: HttpRequest,
    Admin(user): Admin,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let query = UploadQuery::default();
    match install(&app, &request, user.clone(), query, payload).await {
        Ok(installed) => {
            let message = format!(
                "{} is in, as version {} of {}.",
                installed.title, installed.saved.version, installed.short_name
            );
            Ok(Html(problems_page(&app, user, Some(message), None).await?).into())
        }
        Err(error) => {
            let html = problems_page(&app, user, None, Some(&error)).await?;
            Ok(refused(&error, html))
        }
    }
}

pub(super) async fn delete(
    app: web::Data<App>,
    _: Admin,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    remove_problem(&app, id.into_inner()).await?;
    Ok(see("/admin/problems"))
}

pub(super) async fn users(
    app: web::Data<App>,
    Admin(user): Admin,
    from: web::Query<From>,
) -> Result<Html, ApiError> {
    Ok(Html(users_page(&app, user, from.offset, None, None).await?))
}

async fn users_page(
    app: &App,
    user: User,
    offset: u32,
    message: Option<String>,
    error: Option<String>,
) -> Result<String, ApiError> {
    let mut users =
        app.db(move |connection| Ok(users::list(connection, USERS + 1, offset)?)).await?;
    let next = (users.len() > USERS as usize).then(|| offset.saturating_add(USERS));
    users.truncate(USERS as usize);
    let frame = Frame::new(app, Some(user), "Users");
    Ok(UsersPage { frame, users, next, message, error }.render()?)
}

pub(super) async fn create_user(
    app: web::Data<App>,
    Then(Admin(user), form): Then<Admin, web::Form<NewUser>>,
) -> Result<HttpResponse, ApiError> {
    match make_user(&app, form.into_inner()).await {
        Ok(made) => {
            let (name, password) = (made.account.username, made.password.unwrap_or_default());
            let message = format!("The password of {name}, shown this once: {password}");
            Ok(Html(users_page(&app, user, 0, Some(message), None).await?).into())
        }
        Err(error) => {
            let html = users_page(&app, user, 0, None, Some(error.to_string())).await?;
            Ok(refused(&error, html))
        }
    }
}

pub(super) async fn set_role(
    app: web::Data<App>,
    Then(Admin(user), form): Then<Admin, web::Form<RoleForm>>,
    id: web::Path<UserId>,
) -> Result<HttpResponse, ApiError> {
    match change_role(&app, id.into_inner(), form.role).await {
        Ok(_) => Ok(see("/admin/users")),
        Err(error) => {
            let html = users_page(&app, user, 0, None, Some(error.to_string())).await?;
            Ok(refused(&error, html))
        }
    }
}

pub(super) async fn reset_password(
    app: web::Data<App>,
    Admin(user): Admin,
    id: web::Path<UserId>,
) -> Result<Html, ApiError> {
    let set = set_new_password(&app, id.into_inner(), new_password()).await?;
    let message = format!("The new password, shown this once: {}", set.password);
    Ok(Html(users_page(&app, user, 0, Some(message), None).await?))
}
