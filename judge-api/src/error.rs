//! The one error that requests end with, and the one shape in which it is sent.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::error::Error;
use std::fmt;
use store::contests::Contest;
use store::{BlobError, DatabaseError};
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

/// Why a request was refused, or failed.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    body: ErrorBody,
    header: Option<Header>,
    /// What lies behind a failure of ours: for the log, never for the client.
    cause: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Debug)]
enum Header {
    RetryAfter(u64),
    Allow(String),
    Authenticate,
}

/// How every error is answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Error)]
pub(crate) struct ErrorBody {
    /// A word for programs; it stays the same.
    pub(crate) code: &'static str,
    /// What is wrong, for people.
    pub(crate) message: String,
    /// The field, parameter or header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// Everything that is wrong with a problem package.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) faults: Vec<FaultBody>,
}

/// One thing that is wrong with a problem package.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Fault)]
pub(crate) struct FaultBody {
    /// The file or folder at fault, relative to the package.
    pub(crate) file: String,
    /// The line within the file, from 1.
    pub(crate) line: Option<u32>,
    /// The key at fault: `limits.memory`.
    pub(crate) field: Option<String>,
    /// What is wrong.
    pub(crate) message: String,
}

impl From<&problems::Fault> for FaultBody {
    fn from(fault: &problems::Fault) -> Self {
        Self {
            file: fault.file.clone(),
            line: fault.line,
            field: fault.field.clone(),
            message: fault.message.clone(),
        }
    }
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let body = ErrorBody { code, message: message.into(), field: None, faults: Vec::new() };
        Self(Box::new(Refusal { status, body, header: None, cause: None }))
    }

    /// A value that does not mean anything; `field` names it.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message).of_field(field)
    }

    /// A body that cannot even be read.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    pub(crate) fn too_large(what: &str, limit_bytes: u64) -> Self {
        let message = format!("{what} is larger than the limit of {limit_bytes} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    pub(crate) fn unsupported_media_type(expected: &str) -> Self {
        let message = format!("the content type must be {expected}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)
            .of_field("Content-Type")
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(crate) fn unauthenticated(message: &str) -> Self {
        let mut error = Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", message);
        error.0.header = Some(Header::Authenticate);
        error
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// Too early: the contest has not begun.
    pub(crate) fn not_begun(contest: &Contest) -> Self {
        let at = contest.start_time.and_then(|start| start.format(&Rfc3339).ok());
        let (name, at) = (&contest.name, at.unwrap_or_default());
        let message = format!("this problem is of the contest {name:?}, which begins at {at}");
        Self::new(StatusCode::FORBIDDEN, "not_begun", message)
    }

    /// Asked too often; `seconds` until it makes sense to ask again.
    pub(crate) fn too_many(message: impl Into<String>, seconds: u64) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message);
        error.0.header = Some(Header::RetryAfter(seconds.max(1)));
        error
    }

    pub(crate) fn method_not_allowed(allow: String) -> Self {
        let message = format!("this address takes {allow} only");
        let mut error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message);
        error.0.header = Some(Header::Allow(allow));
        error
    }

    pub(crate) fn bad_package(faults: &problems::Faults) -> Self {
        let count = faults.iter().count();
        let things = if count == 1 { "thing is" } else { "things are" };
        let message = format!("{count} {things} wrong with the package; nothing was stored");
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_package", message);
        error.0.body.faults = faults.iter().map(FaultBody::from).collect();
        error
    }

    /// A failure of ours.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let message = "the judge failed to answer; it has been logged";
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message);
        error.0.cause = Some(cause.into());
        error
    }

    /// Too busy to answer now.
    pub(crate) fn unavailable(message: &str, seconds: u64) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
        error.0.header = Some(Header::RetryAfter(seconds));
        error
    }

    pub(crate) fn of_field(mut self, field: &str) -> Self {
        self.0.body.field = Some(field.to_owned());
        self
    }

    pub(crate) fn body(&self) -> &ErrorBody {
        &self.0.body
    }

    /// The chain of causes, for the log.
    pub(crate) fn causes(&self) -> String {
        let mut text = String::new();
        let mut next = self.0.cause.as_deref().map(|cause| cause as &dyn Error);
        while let Some(error) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&error.to_string());
            next = error.source();
        }
        text
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.body.message)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        match &self.0.header {
            None => {}
            Some(Header::RetryAfter(seconds)) => {
                response.insert_header((RETRY_AFTER, seconds.to_string()));
            }
            Some(Header::Allow(methods)) => {
                response.insert_header((ALLOW, methods.as_str()));
            }
            Some(Header::Authenticate) => {
                response.insert_header((WWW_AUTHENTICATE, "Bearer"));
            }
        }
        response.json(&self.0.body)
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Pool(_) => {
                let mut busy = Self::unavailable("the judge is too busy to answer now", 5);
                busy.0.cause = Some(error.into());
                busy
            }
            error => Self::internal(error),
        }
    }
}

impl From<BlobError> for ApiError {
    fn from(error: BlobError) -> Self {
        Self::internal(error)
    }
}

impl From<askama::Error> for ApiError {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}
