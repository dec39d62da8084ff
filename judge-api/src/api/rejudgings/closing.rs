//! Applying and cancelling previews.

use super::reading::{ComparedRejudging, compared};
use super::view::RejudgingView;
use super::{known, text, unknown};
use crate::app::App;
use crate::auth::{Jury, Then};
use crate::error::{ApiError, ErrorBody};
use actix_web::web;
use judge_types::RejudgingId;
use serde::Deserialize;
use store::rejudgings::{self, Closed};
use store::users::User;
use utoipa::ToSchema;

/// How to apply a rejudging.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Application {
    /// Whether to apply it although not all is judged; the rest is skipped then, and what waits is not judged.
    #[serde(default)]
    pub(crate) even_unfinished: bool,
    /// Why; kept and shown. At most 1000 characters.
    #[schema(max_length = 1000)]
    pub(crate) note: Option<String>,
}

/// Why a rejudging is cancelled.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cancellation {
    /// Why; kept and shown. At most 1000 characters.
    #[schema(max_length = 1000)]
    pub(crate) note: Option<String>,
}

/// Make the judgements of a preview count
///
/// All at once. A submission that has got another judgement since the rejudging was made is skipped, and so is one whose
/// new judgement has no verdict; the answer says how many.
#[utoipa::path(post, path = "/api/v1/rejudgings/{id}/apply", tag = "rejudgings",
    params(("id" = RejudgingId, Path)), request_body = Application, responses(
    (status = 200, body = ComparedRejudging),
    (status = "4XX", body = ErrorBody,
        description = "`unauthenticated`, `forbidden`, `not_found`, `invalid`, `unfinished`, `closed`, `not_a_preview`"),
))]
pub(crate) async fn request_apply(
    app: web::Data<App>,
    Then(Jury(user), sent): Then<Jury, web::Json<Application>>,
    id: web::Path<RejudgingId>,
) -> Result<web::Json<ComparedRejudging>, ApiError> {
    let id = id.into_inner();
    apply(&app, &user, id, sent.into_inner()).await?;
    Ok(web::Json(compared(&app, id).await?))
}

/// Applies a preview, for the API and the pages.
pub(crate) async fn apply(
    app: &App,
    user: &User,
    id: RejudgingId,
    sent: Application,
) -> Result<(), ApiError> {
    let (by, note) = (user.id, text("note", sent.note)?);
    let closed = app
        .db(move |connection| {
            let note = note.as_deref();
            Ok(rejudgings::apply(connection, id, by, note, sent.even_unfinished)?)
        })
        .await?;
    done(closed)?;
    tracing::info!(rejudging = %id, user = user.username, "rejudging applied");
    Ok(())
}

/// Give a preview up
///
/// What waits is not judged, and nothing of it will count.
#[utoipa::path(post, path = "/api/v1/rejudgings/{id}/cancel", tag = "rejudgings",
    params(("id" = RejudgingId, Path)), request_body = Cancellation, responses(
    (status = 200, body = RejudgingView),
    (status = "4XX", body = ErrorBody,
        description = "`unauthenticated`, `forbidden`, `not_found`, `invalid`, `closed`, `not_a_preview`"),
))]
pub(crate) async fn request_cancel(
    app: web::Data<App>,
    Then(Jury(user), sent): Then<Jury, web::Json<Cancellation>>,
    id: web::Path<RejudgingId>,
) -> Result<web::Json<RejudgingView>, ApiError> {
    let id = id.into_inner();
    cancel(&app, &user, id, sent.into_inner()).await?;
    Ok(web::Json(app.db(move |connection| known(connection, id)).await?))
}

/// Cancels a preview, for the API and the pages.
pub(crate) async fn cancel(
    app: &App,
    user: &User,
    id: RejudgingId,
    sent: Cancellation,
) -> Result<(), ApiError> {
    let (by, note) = (user.id, text("note", sent.note)?);
    let closed = app
        .db(move |connection| Ok(rejudgings::cancel(connection, id, by, note.as_deref())?))
        .await?;
    done(closed)?;
    tracing::info!(rejudging = %id, user = user.username, "rejudging cancelled");
    Ok(())
}

fn done(closed: Closed) -> Result<(), ApiError> {
    Err(match closed {
        Closed::Done => return Ok(()),
        Closed::Unfinished(left) => {
            let message = format!(
                "{left} of its submissions are not judged; say even_unfinished to skip them"
            );
            ApiError::conflict("unfinished", message).of_field("even_unfinished")
        }
        Closed::Before(state) => {
            ApiError::conflict("closed", format!("the rejudging was {state} before"))
        }
        Closed::NoPreview => {
            ApiError::conflict("not_a_preview", "a direct rejudging counts already")
        }
        Closed::Unknown => unknown(),
    })
}
