//! The trace that a request belongs to.

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use judge_types::TraceContext;
use std::convert::Infallible;
use std::future::{Ready, ready};
use tracing::Span;
use tracing::field::Empty;

const HEADER: &str = "traceparent";

/// The span of this request, which what it queues belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestTrace(pub(crate) TraceContext);

/// Begins the request's span, within the caller's trace if the request names a valid one.
///
/// Its attributes are those of OpenTelemetry's conventions for HTTP, written when they are known: see [`end`].
pub(crate) fn begin(request: &ServiceRequest) -> Span {
    // Two headers name no trace at all.
    let mut headers = request.headers().get_all(HEADER);
    let header = headers.next().filter(|_| headers.next().is_none());
    let parent = header.and_then(|text| text.to_str().ok()?.trim().parse::<TraceContext>().ok());
    let trace = parent.map_or_else(TraceContext::new, TraceContext::child);
    request.extensions_mut().insert(RequestTrace(trace));
    // At the level of errors, so that no filter takes it from a line within.
    tracing::error_span!(
        "request",
        trace = trace.trace_id(),
        span = trace.span_id(),
        parent = parent.map(TraceContext::span_id),
        http.request.method = Empty,
        http.route = Empty,
        http.response.status_code = Empty,
    )
}

/// Writes down what became of the request, once its line in the log says the same.
pub(crate) fn end(span: &Span, response: &ServiceResponse<impl MessageBody>) {
    let request = response.request();
    span.record("http.request.method", request.method().as_str());
    if let Some(route) = request.match_pattern() {
        span.record("http.route", route);
    }
    span.record("http.response.status_code", response.status().as_u16());
}

impl FromRequest for RequestTrace {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let begun = request.extensions().get::<Self>().copied();
        ready(Ok(begun.unwrap_or_else(|| Self(TraceContext::new()))))
    }
}
