//! One line for each request, with the id that the client got. No headers, no queries, no bodies:
//! they hold secrets.

use crate::auth::Identity;
use crate::error::ApiError;
use crate::trace;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id and logs what became of it.
pub(crate) async fn requests(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let start = Instant::now();
    let id = Uuid::new_v4().simple().to_string();
    let method = request.method().clone();
    let path = request.path().to_owned();
    let span = trace::begin(&request);
    // Probes come every few seconds, and tell in their own words what is wrong.
    let is_probe = matches!(request.path(), "/healthz" | "/readyz");
    let mut response = next.call(request).instrument(span.clone()).await?;
    let entered = span.clone().entered();
    let milliseconds = start.elapsed().as_millis();
    let status = response.status();
    let user = response.request().extensions().get::<Identity>().map(|known| known.user.id);
    let user = user.map_or_else(|| "-".to_owned(), |id| id.to_string());
    if is_probe {
        tracing::debug!(%id, %method, path, status = status.as_u16(), milliseconds, "probe");
    } else if status.is_server_error() {
        let error = response.response().error();
        let causes = error.map(|error| match error.as_error::<ApiError>() {
            Some(error) => error.causes(),
            None => error.to_string(),
        });
        let causes = causes.unwrap_or_default();
        tracing::error!(%id, %method, path, %status, milliseconds, user, causes, "request failed");
    } else {
        tracing::info!(%id, %method, path, status = status.as_u16(), milliseconds, user, "request");
    }
    drop(entered);
    trace::end(&span, &response);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    Ok(response)
}
