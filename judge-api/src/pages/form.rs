//! What follows a form.

use super::Html;
use crate::error::ApiError;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use actix_web::{HttpResponse, ResponseError};

/// The form is done: on to another page.
pub(super) fn see(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

/// The form again, under the status and headers of the refusal.
pub(super) fn refused(error: &ApiError, html: String) -> HttpResponse {
    let mut response = error.error_response();
    let html_type = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html_type);
    response.set_body(actix_web::body::BoxBody::new(html))
}

impl From<Html> for HttpResponse {
    fn from(html: Html) -> Self {
        Self::Ok().content_type("text/html; charset=utf-8").body(html.0)
    }
}
