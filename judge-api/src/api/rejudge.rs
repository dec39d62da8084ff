//! Judging again.

use super::view::JudgementView;
use crate::access::{self, Sight};
use crate::app::App;
use crate::auth::Jury;
use crate::error::{ApiError, ErrorBody};
use crate::trace::RequestTrace;
use actix_web::{HttpResponse, web};
use judge_types::{Lane, SubmissionId};
use store::judgements::{self, Judgement, NewJudgement};
use store::problems;
use store::users::User;

/// Judge a submission again, with the problem's current package
#[utoipa::path(post, path = "/api/v1/submissions/{id}/rejudge", tag = "submissions",
    params(("id" = SubmissionId, Path)), responses(
    (status = 201, body = JudgementView),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`"),
))]
pub(crate) async fn request(
    app: web::Data<App>,
    Jury(user): Jury,
    trace: RequestTrace,
    id: web::Path<SubmissionId>,
) -> Result<HttpResponse, ApiError> {
    let judgement = rejudge(&app, user, id.into_inner(), trace).await?;
    Ok(HttpResponse::Created().json(JudgementView::new(judgement, Sight::Jury)))
}

/// Queues a new judgement, which becomes the current one, for the API and the pages.
pub(crate) async fn rejudge(
    app: &App,
    user: User,
    id: SubmissionId,
    RequestTrace(trace): RequestTrace,
) -> Result<Judgement, ApiError> {
    let judgement = app
        .db(move |connection| {
            let submission = access::submission(connection, &user, id)?;
            let problem = problems::by_id(connection, submission.problem)?
                .ok_or_else(|| ApiError::not_found("problem"))?;
            let new = NewJudgement {
                submission: id,
                language: &submission.language,
                package: problem.package,
                limits: problem.limits,
                lane: Lane::Rejudge,
                trace: Some(trace),
            };
            let id = judgements::rejudge(connection, &new)?;
            judgements::by_id(connection, id)?.ok_or_else(|| ApiError::not_found("judgement"))
        })
        .await?;
    app.bell.ring();
    app.monitoring.count_queued(Lane::Rejudge);
    tracing::info!(submission = %id, judgement = %judgement.id, "queued again");
    Ok(judgement)
}
