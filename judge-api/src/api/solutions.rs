//! `/api/v1/problems/{id}/solutions`: how a problem is meant to be solved, for the jury.

use super::problem_files;
use crate::access;
use crate::app::App;
use crate::auth::Jury;
use crate::error::{ApiError, ErrorBody};
use crate::packages::{Audience, Solutions};
use actix_web::{HttpRequest, HttpResponse, web};

/// How a problem is meant to be solved
#[utoipa::path(get, path = "/api/v1/problems/{id}/solutions", tag = "problems",
    params(("id" = String, Path, description = "The short name")), responses(
    (status = 200, body = Solutions),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`"),
))]
pub(crate) async fn all(
    app: web::Data<App>,
    jury: Jury,
    id: web::Path<String>,
) -> Result<web::Json<Solutions>, ApiError> {
    Ok(web::Json(load(&app, &jury, id.into_inner()).await?))
}

/// An image or a PDF of a description of the solution
#[utoipa::path(get, path = "/api/v1/problems/{id}/solutions/files/{name}", tag = "problems",
    params(("id" = String, Path, description = "The short name"),
        ("name" = String, Path, description = "A name from `files` of the solutions")), responses(
    (status = 200, content_type = "application/octet-stream", body = [u8]),
    (status = 304, description = "The client has it already"),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`"),
))]
pub(crate) async fn download(
    app: web::Data<App>,
    jury: Jury,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (problem, name) = path.into_inner();
    let solutions = load(&app, &jury, problem).await?;
    problem_files::send(&app, &request, &solutions.files, &name, Audience::Guarded).await
}

/// The solutions of a problem, for the API and the pages: whoever asks has shown that a member of the jury does.
pub(crate) async fn load(app: &App, _: &Jury, short_name: String) -> Result<Solutions, ApiError> {
    app.db(move |connection| {
        let problem = access::problem(connection, &short_name)?;
        Ok(access::guarded_content(connection, problem.id, &problem.package)?.solutions)
    })
    .await
}
