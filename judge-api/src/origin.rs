//! Requests that another site made a browser send (CSRF).
//!
//! Browsers say with each state-changing request which site it comes from (Fetch Metadata,
//! `Origin`). What comes from elsewhere is refused, and so is a cookie without that word.
//! A bearer token needs no such word: no site can make a browser send one.

use crate::app::App;
use crate::auth::cookie_name;
use crate::error::ApiError;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HOST, ORIGIN};
use actix_web::middleware::Next;
use actix_web::{Error, web};

/// Refuses state-changing requests from other sites.
pub(crate) async fn same_origin_only(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match check(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => Ok(request.error_response(error).map_into_boxed_body()),
    }
}

fn check(request: &ServiceRequest) -> Result<(), ApiError> {
    if request.method().is_safe() || request.headers().contains_key(AUTHORIZATION) {
        return Ok(());
    }
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let word = match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) => Some(matches!(site, "same-origin" | "none")),
        (None, Some(origin)) => Some(is_own(origin, header(HOST.as_str()))),
        (None, None) => None,
    };
    let app = request.app_data::<web::Data<App>>();
    let has_session =
        app.is_some_and(|app| request.cookie(cookie_name(app.secure_cookies)).is_some());
    match word {
        Some(true) => Ok(()),
        None if !has_session => Ok(()),
        Some(false) | None => Err(ApiError::new(
            actix_web::http::StatusCode::FORBIDDEN,
            "cross_site",
            "a request that changes something must come from the judge's own pages, or carry a bearer token",
        )),
    }
}

/// Whether an origin (`https://judge.example:8080`) names the host that was asked.
fn is_own(origin: &str, host: Option<&str>) -> bool {
    origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == host)
}
