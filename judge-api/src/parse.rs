//! How bodies, queries and paths that cannot be read are answered.

use crate::error::ApiError;
use actix_web::error::{JsonPayloadError, PathError, QueryPayloadError, UrlencodedError};
use actix_web::web::{FormConfig, JsonConfig, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{Error, HttpRequest};

/// Sets the limits and the answers for the framework's own extractors.
pub(crate) fn configure(service: &mut ServiceConfig, body_bytes: usize) {
    service
        .app_data(JsonConfig::default().limit(body_bytes).error_handler(json))
        .app_data(FormConfig::default().limit(body_bytes).error_handler(form))
        .app_data(QueryConfig::default().error_handler(query))
        .app_data(PathConfig::default().error_handler(path));
}

fn json(error: JsonPayloadError, _: &HttpRequest) -> Error {
    match error {
        JsonPayloadError::OverflowKnownLength { limit, .. }
        | JsonPayloadError::Overflow { limit } => ApiError::too_large("the body", limit as u64),
        JsonPayloadError::ContentType => ApiError::unsupported_media_type("application/json"),
        JsonPayloadError::Deserialize(error) => bad_json(&error),
        error => ApiError::malformed(format!("the body cannot be read: {error}")),
    }
    .into()
}

/// What is wrong with JSON, naming the field where that is known.
pub(crate) fn bad_json(error: &serde_json::Error) -> ApiError {
    let message = error.to_string();
    let bad = ApiError::malformed(format!("the body is not the JSON expected: {message}"));
    match quoted(&message) {
        Some(field) if message.contains(" field `") => bad.of_field(field),
        _ => bad,
    }
}

/// The first word between backticks.
fn quoted(text: &str) -> Option<&str> {
    text.split('`').nth(1).filter(|word| !word.is_empty())
}

fn form(error: UrlencodedError, _: &HttpRequest) -> Error {
    match error {
        UrlencodedError::Overflow { limit, .. } => ApiError::too_large("the form", limit as u64),
        UrlencodedError::ContentType => {
            ApiError::unsupported_media_type("application/x-www-form-urlencoded")
        }
        error => ApiError::malformed(format!("the form cannot be read: {error}")),
    }
    .into()
}

fn query(error: QueryPayloadError, _: &HttpRequest) -> Error {
    ApiError::malformed(format!("the query cannot be read: {error}")).into()
}

/// A path that names nothing, such as an id that is none.
fn path(_: PathError, _: &HttpRequest) -> Error {
    ApiError::not_found("address").into()
}
