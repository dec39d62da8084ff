//! `/api/v1/submissions`

use super::paging;
use super::submission_body::{self, NewSubmission, SubmissionForm};
use super::view::{self, SubmissionDetail, SubmissionView};
use crate::access::{self, Sight};
use crate::app::App;
use crate::auth::Contestant;
use crate::error::{ApiError, ErrorBody};
use crate::submit;
use crate::trace::RequestTrace;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use judge_types::{JudgementId, SubmissionId, UserId};
use serde::{Deserialize, Serialize};
use store::submissions::{self, Filter};
use store::users;
use utoipa::{IntoParams, ToSchema};

/// A stored submission.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Submitted {
    /// The submission.
    #[serde(flatten)]
    submission: SubmissionView,
    /// Its place in the queue, from 1, while it waits there.
    position: Option<u64>,
}

/// Which submissions to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    /// Only those to the problem with this short name.
    pub(crate) problem_id: Option<String>,
    /// Only this user's. The jury's to use; others see their own in any case.
    pub(crate) user_id: Option<UserId>,
    /// Only those of the user with this name. The jury's to use.
    pub(crate) username: Option<String>,
    /// Only those older than this one: `next` of the page before.
    pub(crate) before: Option<SubmissionId>,
    /// How many, 1 to 200.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
}

/// A page of submissions, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubmissionPage {
    /// The submissions.
    pub(crate) submissions: Vec<SubmissionView>,
    /// What to send as `before` for the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<SubmissionId>,
}

/// Submit a solution
///
/// It is always accepted and stored, however much waits to be judged; the answer says where it
/// stands in the queue.
#[utoipa::path(post, path = "/api/v1/submissions", tag = "submissions",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating a request with the same key makes no second submission")),
    request_body(content((NewSubmission = "application/json"), (SubmissionForm = "multipart/form-data"))),
    responses(
    (status = 201, body = Submitted, description = "Stored"),
    (status = 200, body = Submitted, description = "Stored before, under the same key"),
    (status = "4XX", body = ErrorBody, description = "`invalid`, `too_large`, `rate_limited`, `idempotency_key_reused`, `not_found`, `not_begun`"),
))]
pub(crate) async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    Contestant(user): Contestant,
    trace: RequestTrace,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let draft = submission_body::read(&app, &request, payload).await?;
    let stored = submit::submit(&app, &user, draft, trace).await?;
    let (sight, positions) = (Sight::of(&user), app.positions.clone());
    let submitted = app
        .db(move |connection| {
            let submission = access::submission(connection, &user, stored.id)?;
            let position = positions.of(connection, submission.judgement.id)?;
            Ok(Submitted { submission: SubmissionView::new(submission, sight), position })
        })
        .await?;
    let mut response = if stored.is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    response.insert_header((LOCATION, format!("/api/v1/submissions/{}", stored.id)));
    Ok(response.json(submitted))
}

/// One's own submissions; all of them for the jury
#[utoipa::path(get, path = "/api/v1/submissions", tag = "submissions", params(Query), responses(
    (status = 200, body = SubmissionPage),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `malformed`, `invalid`"),
))]
pub(crate) async fn list(
    app: web::Data<App>,
    Contestant(user): Contestant,
    query: web::Query<Query>,
) -> Result<web::Json<SubmissionPage>, ApiError> {
    Ok(web::Json(page(&app, user, query.into_inner()).await?))
}

/// A page of what the user may see, for the API and the pages.
pub(crate) async fn page(
    app: &App,
    user: users::User,
    query: Query,
) -> Result<SubmissionPage, ApiError> {
    let limit = paging::limit_of(query.limit)?;
    let sight = Sight::of(&user);
    app.db(move |connection| {
        let mut filter = Filter { user: query.user_id, before: query.before, problem: None };
        match query.username.filter(|name| !name.is_empty()) {
            // Not looked up, so that nobody learns who has an account.
            _ if sight == Sight::Author => filter.user = Some(user.id),
            Some(name) => {
                let named = users::by_username(connection, &name)?.map(|found| found.user.id);
                filter.user = Some(named.ok_or_else(|| ApiError::not_found("user"))?);
            }
            None => {}
        }
        if let Some(name) = query.problem_id.filter(|name| !name.is_empty()) {
            let problem = store::problems::by_short_name(connection, &name)?;
            let problem = problem.ok_or_else(|| ApiError::not_found("problem"))?;
            filter.problem = Some(problem.id);
        }
        let mut found = submissions::list(connection, filter, limit + 1)?;
        Ok(SubmissionPage {
            next: paging::cut(&mut found, limit, |last| last.id),
            submissions: found
                .into_iter()
                .map(|submission| SubmissionView::new(submission, sight))
                .collect(),
        })
    })
    .await
}

/// Which judgement of a submission to show.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// This one; the one that counts where missing. The jury's to use.
    pub(crate) judgement_id: Option<JudgementId>,
}

/// One submission with its judgement, runs, usage, timeline and source
#[utoipa::path(get, path = "/api/v1/submissions/{id}", tag = "submissions",
    params(("id" = SubmissionId, Path), Shown), responses(
    (status = 200, body = SubmissionDetail),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `not_found`, `malformed`"),
))]
pub(crate) async fn one(
    app: web::Data<App>,
    Contestant(user): Contestant,
    id: web::Path<SubmissionId>,
    shown: web::Query<Shown>,
) -> Result<web::Json<SubmissionDetail>, ApiError> {
    let id = id.into_inner();
    let positions = app.positions.clone();
    let detail = app
        .db(move |connection| {
            let submission = access::submission(connection, &user, id)?;
            view::detail(connection, submission, Sight::of(&user), &positions, shown.judgement_id)
        })
        .await?;
    Ok(web::Json(detail))
}
