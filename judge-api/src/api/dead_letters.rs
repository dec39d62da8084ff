//! Judgements that the judge gave up on, and what the jury does about them.

use super::dead_letter_view::{DeadLetterView, State};
use super::paging;
use super::rejudge::with_current_package;
use super::view::JudgementView;
use crate::access::Sight;
use crate::app::App;
use crate::auth::{Jury, Then};
use crate::error::{ApiError, ErrorBody};
use crate::trace::RequestTrace;
use actix_web::{HttpResponse, web};
use judge_types::{JudgementId, Lane};
use serde::{Deserialize, Serialize};
use store::dead_letters::{self, Ignore, Retry, Which};
use store::judgements::{self, Judgement};
use store::users::User;
use store::{DatabaseError, database};
use utoipa::{IntoParams, ToSchema};

/// Which dead letters to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    /// Only these; `open` where missing.
    #[param(inline)]
    pub(crate) state: Option<State>,
    /// Only those older than this one: `next` of the page before.
    pub(crate) before: Option<JudgementId>,
    /// How many, 1 to 200.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
}

/// A page of dead letters, those of the newest judgements first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetterPage {
    /// How many are open in all.
    pub(crate) open: u64,
    /// The dead letters.
    pub(crate) dead_letters: Vec<DeadLetterView>,
    /// What to send as `before` for the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<JudgementId>,
}

/// Why a dead letter is ignored.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IgnoreNote {
    /// For whoever looks at it later; at most 1000 characters.
    #[schema(max_length = 1000)]
    pub(crate) note: Option<String>,
}

/// Judgements that the judge gave up on
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "dead letters", params(Query), responses(
    (status = 200, body = DeadLetterPage),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `malformed`, `invalid`"),
))]
pub(crate) async fn list(
    app: web::Data<App>,
    _: Jury,
    query: web::Query<Query>,
) -> Result<web::Json<DeadLetterPage>, ApiError> {
    Ok(web::Json(page(&app, query.into_inner()).await?))
}

/// A page of them, for the API and the pages.
pub(crate) async fn page(app: &App, query: Query) -> Result<DeadLetterPage, ApiError> {
    let limit = paging::limit_of(query.limit)?;
    let which = match query.state.unwrap_or_default() {
        State::Open => Which::Open,
        State::Handled => Which::Handled,
    };
    app.db(move |connection| {
        database::snapshot(connection, |connection| {
            let mut found = dead_letters::list(connection, which, query.before, limit + 1)?;
            Ok::<_, DatabaseError>(DeadLetterPage {
                open: dead_letters::count_open(connection)?,
                next: paging::cut(&mut found, limit, |last| last.judgement.id),
                dead_letters: found.into_iter().map(DeadLetterView::from).collect(),
            })
        })
        .map_err(ApiError::from)
    })
    .await
}

/// Judge a dead letter again, in the lane that its submission had
///
/// With the problem's current package. Asked for again, it makes no second judgement.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/retry", tag = "dead letters",
    params(("id" = JudgementId, Path, description = "The judgement that was given up")), responses(
    (status = 201, body = JudgementView, description = "Queued"),
    (status = 200, body = JudgementView, description = "Queued before"),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`, `superseded`"),
))]
pub(crate) async fn request_retry(
    app: web::Data<App>,
    Jury(user): Jury,
    trace: RequestTrace,
    id: web::Path<JudgementId>,
) -> Result<HttpResponse, ApiError> {
    let (judgement, is_new) = retry(&app, &user, id.into_inner(), trace).await?;
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(JudgementView::new(judgement, Sight::Jury)))
}

/// Has a dead letter judged again, for the API and the pages; gives the judgement that takes its place, and whether
/// this request made it.
pub(crate) async fn retry(
    app: &App,
    user: &User,
    id: JudgementId,
    RequestTrace(trace): RequestTrace,
) -> Result<(Judgement, bool), ApiError> {
    let by = user.id;
    let (judgement, is_new) = app
        .db(move |connection| {
            let letter = dead_letters::by_judgement(connection, id)?.ok_or_else(unknown)?;
            // Not the lane of rejudgings: its team waits for a first verdict.
            let lane = if letter.contest.is_some() { Lane::Contest } else { Lane::Practice };
            let (submission, problem) = (letter.judgement.submission, letter.problem);
            let language = &letter.language;
            let new = with_current_package(connection, submission, problem, language, lane, trace)?;
            let (made, is_new) = match dead_letters::retry(connection, id, by, &new)? {
                Retry::Queued(made) => (made, true),
                Retry::Repeated(made) => (made, false),
                Retry::Superseded => return Err(superseded()),
                Retry::Unknown => return Err(unknown()),
            };
            let judgement = judgements::by_id(connection, made)?
                .ok_or_else(|| ApiError::not_found("judgement"))?;
            Ok((judgement, is_new))
        })
        .await?;
    if is_new {
        tracing::info!(judgement = %id, user = %by, new = %judgement.id, "dead letter judged again");
        app.bell.ring();
    }
    Ok((judgement, is_new))
}

/// Mark a dead letter as handled without judging it again
///
/// Its team goes on seeing that it is being judged. Marked again, it keeps who, when and why.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/ignore", tag = "dead letters",
    params(("id" = JudgementId, Path, description = "The judgement that was given up")), request_body = IgnoreNote,
    responses(
    (status = 200, body = DeadLetterView),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`, `invalid`, `superseded`"),
))]
pub(crate) async fn mark_ignored(
    app: web::Data<App>,
    Then(Jury(user), sent): Then<Jury, web::Json<IgnoreNote>>,
    id: web::Path<JudgementId>,
) -> Result<web::Json<DeadLetterView>, ApiError> {
    Ok(web::Json(ignore(&app, &user, id.into_inner(), sent.into_inner()).await?))
}

/// Marks a dead letter as handled, for the API and the pages.
pub(crate) async fn ignore(
    app: &App,
    user: &User,
    id: JudgementId,
    sent: IgnoreNote,
) -> Result<DeadLetterView, ApiError> {
    let note = sent.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > 1_000) {
        return Err(ApiError::invalid("note", "may have at most 1000 characters"));
    }
    let by = user.id;
    let (letter, is_new) = app
        .db(move |connection| {
            let letter = dead_letters::by_judgement(connection, id)?.ok_or_else(unknown)?;
            let submission = letter.judgement.submission;
            let is_new =
                match dead_letters::ignore(connection, id, submission, by, note.as_deref())? {
                    Ignore::Marked => true,
                    Ignore::Repeated => false,
                    Ignore::Superseded => return Err(superseded()),
                    Ignore::Unknown => return Err(unknown()),
                };
            let letter = dead_letters::by_judgement(connection, id)?.ok_or_else(unknown)?;
            Ok((letter, is_new))
        })
        .await?;
    if is_new {
        tracing::info!(judgement = %id, user = %by, "dead letter ignored");
    }
    Ok(letter.into())
}

fn unknown() -> ApiError {
    ApiError::not_found("dead letter")
}

fn superseded() -> ApiError {
    ApiError::conflict("superseded", "the submission has been judged again since")
}
