//! Pages for people: rendered here, usable without JavaScript, and made of the same parts as the API.

mod account;
mod admin;
mod assets;
mod dead_letters;
mod errors;
mod form;
mod frame;
mod home;
mod metering;
mod problem;
mod reading;
mod rejudging_form;
mod rejudgings;
mod submission;
mod words;

pub(crate) use errors::present_errors;
pub(crate) use frame::{Frame, Html};

use crate::api::at;
use crate::error::ApiError;
use actix_web::web::{self, ServiceConfig};

/// Every page.
pub(crate) fn routes(service: &mut ServiceConfig) {
    service
        .service(at("/").get(home::page))
        .service(at("/static/{version}/{name}").get(assets::file))
        .service(at("/login").get(account::login_page).post(account::log_in))
        .service(at("/register").get(account::register_page).post(account::register))
        .service(at("/logout").post(account::log_out))
        .service(at("/account").get(account::page))
        .service(at("/account/password").post(account::change_password))
        .service(at("/account/tokens").post(account::make_token))
        .service(at("/account/tokens/{id}/revoke").post(account::revoke_token))
        .service(at("/problems/{id}").get(problem::page).post(problem::submit))
        .service(at("/submissions").get(submission::list))
        .service(at("/submissions/{id}").get(submission::page))
        .service(at("/submissions/{id}/rejudge").post(submission::rejudge))
        .service(at("/admin/problems").get(admin::problems).post(admin::upload))
        .service(at("/admin/problems/{id}/delete").post(admin::delete))
        .service(at("/admin/users").get(admin::users).post(admin::create_user))
        .service(at("/admin/users/{id}/role").post(admin::set_role))
        .service(at("/admin/users/{id}/password").post(admin::reset_password))
        .service(at("/admin/metering").get(metering::page))
        .service(at("/jury/dead-letters").get(dead_letters::page))
        .service(at("/jury/dead-letters/{id}/retry").post(dead_letters::retry))
        .service(at("/jury/dead-letters/{id}/ignore").post(dead_letters::ignore))
        .service(at("/jury/rejudgings").get(rejudgings::list))
        .service(at("/jury/rejudgings/new").get(rejudging_form::page).post(rejudging_form::send))
        .service(at("/jury/rejudgings/{id}").get(rejudgings::one))
        .service(at("/jury/rejudgings/{id}/apply").post(rejudgings::apply))
        .service(at("/jury/rejudgings/{id}/cancel").post(rejudgings::cancel))
        .default_service(web::to(nothing_here));
}

async fn nothing_here() -> Result<Html, ApiError> {
    Err(ApiError::not_found("address"))
}
