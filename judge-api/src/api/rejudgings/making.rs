//! Making rejudgings.

use super::view::RejudgingView;
use super::{filter, known, text};
use crate::app::App;
use crate::auth::{Jury, Then};
use crate::error::{ApiError, ErrorBody};
use crate::making::Maker;
use crate::trace::RequestTrace;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};
use judge_types::{RejudgingFilter, RejudgingKind};
use serde::{Deserialize, Serialize};
use store::rejudgings::{self, Creation};
use store::users::User;
use utoipa::ToSchema;

/// A rejudging to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRejudging {
    /// Why; kept and shown. 1 to 1000 characters.
    #[schema(min_length = 1, max_length = 1000)]
    pub(crate) reason: String,
    /// When its judgements are to count.
    #[serde(default)]
    #[schema(inline)]
    pub(crate) kind: RejudgingKind,
    /// Which submissions it is about.
    #[serde(default)]
    pub(crate) filter: RejudgingFilter,
    /// How many submissions that are. Must be said where there are many: see `needs_confirmation` of a dry run.
    pub(crate) confirm: Option<u64>,
}

/// What a rejudging would be about.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejudgingCount {
    /// How many submissions.
    pub(crate) submissions: u64,
    /// Whether they are so many that the number must be repeated as `confirm`.
    pub(crate) needs_confirmation: bool,
}

/// Count what a rejudging would be about
#[utoipa::path(post, path = "/api/v1/rejudgings/dry-run", tag = "rejudgings", request_body = RejudgingFilter, responses(
    (status = 200, body = RejudgingCount),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `malformed`, `invalid`"),
))]
pub(crate) async fn dry_run(
    app: web::Data<App>,
    Then(_, filter): Then<Jury, web::Json<RejudgingFilter>>,
) -> Result<web::Json<RejudgingCount>, ApiError> {
    Ok(web::Json(count(&app, filter.into_inner()).await?))
}

/// Counts, for the API and the pages.
pub(crate) async fn count(app: &App, filter: RejudgingFilter) -> Result<RejudgingCount, ApiError> {
    let most = app.limits.unconfirmed_rejudging;
    app.db(move |connection| {
        filter::check(connection, &filter)?;
        let submissions = rejudgings::count(connection, &filter)?;
        Ok(RejudgingCount { submissions, needs_confirmation: submissions > most })
    })
    .await
}

/// Judge many submissions again
///
/// With the packages that their problems have now. A `preview` is judged beside what counts, and only the jury hears of
/// it until it is applied; a `direct` one counts at once.
#[utoipa::path(post, path = "/api/v1/rejudgings", tag = "rejudgings", request_body = NewRejudging, responses(
    (status = 201, body = RejudgingView),
    (status = "4XX", body = ErrorBody,
        description = "`unauthenticated`, `forbidden`, `malformed`, `invalid`, `confirmation_required`"),
))]
pub(crate) async fn create(
    app: web::Data<App>,
    Then(Jury(user), sent): Then<Jury, web::Json<NewRejudging>>,
    trace: RequestTrace,
) -> Result<HttpResponse, ApiError> {
    let made = make(&app, &user, sent.into_inner(), trace).await?;
    let address = format!("/api/v1/rejudgings/{}", made.id);
    Ok(HttpResponse::Created().insert_header((LOCATION, address)).json(made))
}

/// Makes a rejudging, for the API and the pages.
pub(crate) async fn make(
    app: &App,
    user: &User,
    sent: NewRejudging,
    RequestTrace(trace): RequestTrace,
) -> Result<RejudgingView, ApiError> {
    let reason = text("reason", Some(sent.reason))?
        .ok_or_else(|| ApiError::invalid("reason", "must say why; it is kept and shown"))?;
    let (by, most_unconfirmed) = (user.id, app.limits.unconfirmed_rejudging);
    let (kind, filter, confirmed) = (sent.kind, sent.filter, sent.confirm);
    let (maker, name) = (Maker::of(app), user.username.clone());
    app.db(move |connection| {
        filter::check(connection, &filter)?;
        let new = rejudgings::NewRejudging {
            reason: &reason,
            kind,
            filter: &filter,
            by,
            confirmed,
            most_unconfirmed,
        };
        let id = match rejudgings::create(connection, &new)? {
            Creation::Made(id) => id,
            Creation::Empty => {
                return Err(ApiError::invalid("filter", "there is no such submission"));
            }
            Creation::Unconfirmed(submissions) => return Err(unconfirmed(submissions)),
        };
        tracing::info!(rejudging = %id, user = %name, %kind, reason, "rejudging made");
        if let Err(error) = maker.make_all(connection, id, Some(trace)) {
            // It is stored, and gone on with in a while.
            tracing::warn!(rejudging = %id, %error, "make the judgements of a rejudging");
        }
        known(connection, id)
    })
    .await
}

fn unconfirmed(submissions: u64) -> ApiError {
    let message = format!("it would be {submissions} submissions; confirm that by their number");
    ApiError::conflict("confirmation_required", message).of_field("confirm")
}
