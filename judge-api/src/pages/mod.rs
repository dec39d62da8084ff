//! Pages for people: rendered here, usable without JavaScript, and made of the same parts as the API.

mod account;
mod admin;
mod assets;
mod errors;
mod form;
mod frame;
mod home;
mod problem;
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
        .service(at("/static/{version}/{name}").get(assets::file))
        .default_service(web::to(nothing_here));
}

async fn nothing_here() -> Result<Html, ApiError> {
    Err(ApiError::not_found("address"))
}
