//! The trace that a request belongs to.

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use judge_types::TraceContext;
use std::convert::Infallible;
use std::future::{Ready, ready};

const HEADER: &str = "traceparent";

/// The span of this request, which what it queues belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestTrace(pub(crate) TraceContext);

/// Begins the request's span, within the caller's trace if the request names a valid one.
pub(crate) fn begin(request: &ServiceRequest) -> TraceContext {
    // Two headers name no trace at all.
    let mut headers = request.headers().get_all(HEADER);
    let header = headers.next().filter(|_| headers.next().is_none());
    let parent = header.and_then(|text| text.to_str().ok()?.trim().parse::<TraceContext>().ok());
    let trace = parent.map_or_else(TraceContext::new, TraceContext::child);
    request.extensions_mut().insert(RequestTrace(trace));
    trace
}

impl FromRequest for RequestTrace {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let begun = request.extensions().get::<Self>().copied();
        ready(Ok(begun.unwrap_or_else(|| Self(TraceContext::new()))))
    }
}
