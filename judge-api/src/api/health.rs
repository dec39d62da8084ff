//! Whether the judge can do its work.

use crate::app::App;
use crate::error::{ApiError, ErrorBody};
use actix_web::web;
use serde::Serialize;
use store::outbox;
use utoipa::ToSchema;

/// The judge answers, and so does its database.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Judgements that wait.
    queued: u64,
    /// Judgements that a function works on.
    judging: u64,
}

/// Whether the judge and its database answer
#[utoipa::path(get, path = "/healthz", tag = "service", security(()), responses(
    (status = 200, body = Health),
    (status = "5XX", body = ErrorBody, description = "The judge cannot do its work"),
))]
pub(crate) async fn health(app: web::Data<App>) -> Result<web::Json<Health>, ApiError> {
    let (queued, judging) = app.db(|connection| Ok(outbox::depth(connection)?)).await?;
    Ok(web::Json(Health { status: "ok", queued, judging }))
}
