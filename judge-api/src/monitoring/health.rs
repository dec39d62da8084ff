//! The two questions of whoever keeps a process running.

use super::Monitoring;
use super::readiness::Report;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Alive {
    /// Always `ok`.
    status: &'static str,
}

/// Whether the judge is alive: it need not be started anew
#[utoipa::path(get, path = "/healthz", tag = "service", security(()), responses(
    (status = 200, body = Alive),
))]
pub(crate) async fn healthz() -> web::Json<Alive> {
    web::Json(Alive { status: "ok" })
}

/// Whether the judge can do its work now: its database answers, and its broker is connected
#[utoipa::path(get, path = "/readyz", tag = "service", security(()), responses(
    (status = 200, body = Report),
    (status = 503, body = Report, description = "The judge cannot do its work now"),
))]
pub(crate) async fn readyz(monitoring: web::Data<Monitoring>) -> HttpResponse {
    let report = monitoring.readiness().report().await;
    let mut response =
        if report.ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(report)
}

/// The metrics; never among the API's addresses, which anybody can reach.
pub(super) async fn metrics(monitoring: web::Data<Monitoring>) -> HttpResponse {
    match monitoring.scrape().await {
        Ok(text) => HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text),
        Err(error) => {
            tracing::error!(%error, "cannot write the metrics");
            HttpResponse::InternalServerError().finish()
        }
    }
}
