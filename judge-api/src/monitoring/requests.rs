//! How long requests take.

use super::registered;
use crate::app::App;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use prometheus::{HistogramOpts, HistogramVec, IntGauge, Registry};
use std::time::{Duration, Instant};

/// From a page out of the cache to a password's hash, an upload and a request that waits for the database.
const SECONDS: [f64; 13] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

#[derive(Clone)]
pub(super) struct RequestMetrics {
    duration: HistogramVec,
    in_flight: IntGauge,
}

impl RequestMetrics {
    pub(super) fn register(registry: &Registry) -> prometheus::Result<Self> {
        let duration = HistogramOpts::new(
            "gavel_http_request_duration_seconds",
            "Time from a request's arrival to the head of its answer.",
        );
        let duration = duration.buckets(SECONDS.into());
        let in_flight = IntGauge::new(
            "gavel_http_requests_in_flight",
            "Requests whose answer has not begun yet.",
        );
        Ok(Self {
            duration: registered(
                registry,
                HistogramVec::new(duration, &["method", "route", "status"]),
            )?,
            in_flight: registered(registry, in_flight)?,
        })
    }

    fn observe(&self, method: &Method, route: &str, status: StatusCode, time: Duration) {
        let labels = [method_name(method), route, status.as_str()];
        self.duration.with_label_values(&labels).observe(time.as_secs_f64());
    }
}

/// Clients may make methods up; the metric must not grow with them.
fn method_name(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE => method.as_str(),
        _ => "other",
    }
}

/// Counts as in flight until dropped, also where the client goes away.
struct InFlight(IntGauge);

impl InFlight {
    fn begin(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Measures a request by the pattern of its address, not by the address: there are only so many patterns.
pub(crate) async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let app = request.app_data::<web::Data<App>>();
    let Some(metrics) = app.and_then(|app| app.monitoring.requests()).cloned() else {
        return next.call(request).await;
    };
    let (start, method) = (Instant::now(), request.method().clone());
    let _in_flight = InFlight::begin(&metrics.in_flight);
    let result = next.call(request).await;
    let (route, status) = match &result {
        Ok(response) => (response.request().match_pattern(), response.status()),
        Err(error) => (None, error.as_response_error().status_code()),
    };
    metrics.observe(&method, route.as_deref().unwrap_or("unmatched"), status, start.elapsed());
    result
}
