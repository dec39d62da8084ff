//! Judging again.

use super::view::JudgementView;
use crate::access::{self, Sight};
use crate::app::App;
use crate::auth::Jury;
use crate::error::{ApiError, ErrorBody};
use crate::trace::RequestTrace;
use actix_web::{HttpResponse, web};
use judge_types::{Lane, ProblemId, SubmissionId, TraceContext};
use store::judgements::{self, Judgement, NewJudgement};
use store::users::User;
use store::{AnyConnection, problems};

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
            let (problem, language) = (submission.problem, &submission.language);
            let new =
                with_current_package(connection, id, problem, language, Lane::Rejudge, trace)?;
            let id = judgements::rejudge(connection, &new)?;
            judgements::by_id(connection, id)?.ok_or_else(|| ApiError::not_found("judgement"))
        })
        .await?;
    app.bell.ring();
    app.monitoring.count_queued(Lane::Rejudge);
    tracing::info!(submission = %id, judgement = %judgement.id, "queued again");
    Ok(judgement)
}

/// A judgement with the problem's package and limits as they are now.
pub(super) fn with_current_package<'a>(
    connection: &mut AnyConnection,
    submission: SubmissionId,
    problem: ProblemId,
    language: &'a str,
    lane: Lane,
    trace: TraceContext,
) -> Result<NewJudgement<'a>, ApiError> {
    let problem =
        problems::by_id(connection, problem)?.ok_or_else(|| ApiError::not_found("problem"))?;
    let (package, limits) = (problem.package, problem.limits);
    Ok(NewJudgement { submission, language, package, limits, lane, trace: Some(trace) })
}
