//! Hidden test cases that are shared with those who failed on them.

use super::problem_files;
use crate::access::{self, Sight};
use crate::app::App;
use crate::auth::Contestant;
use crate::error::{ApiError, ErrorBody};
use crate::packages::Audience;
use actix_web::{HttpRequest, HttpResponse, web};
use judge_types::{JudgementId, SubmissionId};
use serde::Deserialize;
use store::runs;
use utoipa::IntoParams;

/// Which judgement.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    /// Another judgement than the one that counts. For the jury.
    judgement_id: Option<JudgementId>,
}

/// A file of a hidden test case that the submission failed on, where the package shares it with those who do
#[utoipa::path(get, path = "/api/v1/submissions/{id}/test-data/{name}", tag = "submissions",
    params(("id" = SubmissionId, Path), ("name" = String, Path, description = "A name from `test_data` of a run"), Query),
    responses(
    (status = 200, content_type = "application/octet-stream", body = [u8]),
    (status = 304, description = "The client has it already"),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `not_found`"),
))]
pub(crate) async fn download(
    app: web::Data<App>,
    Contestant(user): Contestant,
    request: HttpRequest,
    path: web::Path<(SubmissionId, String)>,
    query: web::Query<Query>,
) -> Result<HttpResponse, ApiError> {
    let (id, name) = path.into_inner();
    let shared = app
        .db(move |connection| {
            let submission = access::submission(connection, &user, id)?;
            let sight = Sight::of(&user);
            let judgement = access::judgement(connection, &submission, sight, query.judgement_id)?;
            let runs = runs::list(connection, judgement.id, judgement.attempt)?;
            let package = &judgement.package;
            access::shared_after_failing(connection, submission.problem, package, &runs)
        })
        .await?;
    problem_files::send(&app, &request, &shared.files, &name, Audience::Guarded).await
}
