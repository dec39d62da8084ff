//! Errors as pages, for those who asked for a page.

use super::Frame;
use crate::app::App;
use crate::auth::Identity;
use crate::error::ApiError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use askama::Template;

#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    frame: Frame,
    status: u16,
    message: String,
}

/// Turns the errors of everything but the API into pages; sends those who must log in there.
pub(crate) async fn present_errors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_probe = matches!(request.path(), "/healthz" | "/readyz");
    let is_api = request.path().starts_with("/api") || is_probe;
    let response = next.call(request).await?.map_into_boxed_body();
    if is_api || response.response().error().is_none() {
        return Ok(response);
    }
    let (request, response) = response.into_parts();
    let response = present(&request, response);
    Ok(ServiceResponse::new(request, response))
}

fn present(request: &HttpRequest, mut response: HttpResponse) -> HttpResponse<BoxBody> {
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        return HttpResponse::SeeOther().insert_header((LOCATION, login_address(request))).finish();
    }
    let message = response.error().map(|error| match error.as_error::<ApiError>() {
        Some(error) => error.body().message.clone(),
        None => "the request cannot be read".to_owned(),
    });
    let Some(app) = request.app_data::<web::Data<App>>() else { return response };
    let user = request.extensions().get::<Identity>().map(|identity| identity.user.clone());
    let title = status.canonical_reason().unwrap_or("Error");
    let page = Page {
        frame: Frame::new(app, user, title),
        status: status.as_u16(),
        message: message.unwrap_or_default(),
    };
    // Without the page there is still the plain answer.
    let Ok(html) = page.render() else { return response };
    let html_type = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html_type);
    response.set_body(BoxBody::new(html))
}

fn login_address(request: &HttpRequest) -> String {
    if request.method().is_safe() && request.path() != "/" {
        format!("/login?next={}", request.path())
    } else {
        "/login".to_owned()
    }
}
