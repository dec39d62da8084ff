//! Reading rejudgings.

use super::view::{ComparisonView, RejudgedView, RejudgingView};
use super::{known, unknown};
use crate::api::paging;
use crate::app::App;
use crate::auth::Jury;
use crate::error::{ApiError, ErrorBody};
use actix_web::web;
use judge_types::{RejudgingId, SubmissionId};
use serde::{Deserialize, Serialize};
use store::rejudgings::{self, Which};
use store::{DatabaseError, database};
use utoipa::{IntoParams, ToSchema};

/// Which rejudgings to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    /// Only those older than this one: `next` of the page before.
    pub(crate) before: Option<RejudgingId>,
    /// How many, 1 to 200.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
}

/// A page of rejudgings, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejudgingPage {
    /// The rejudgings.
    pub(crate) rejudgings: Vec<RejudgingView>,
    /// What to send as `before` for the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<RejudgingId>,
}

/// Which submissions of a rejudging to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Listed {
    /// Those that get another verdict, or another score.
    #[default]
    Changed,
    /// Those whose new judgement the judge gave up on.
    Failed,
    /// Those that were skipped when it was applied.
    Skipped,
    /// All.
    All,
}

/// Which submissions of a rejudging to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberQuery {
    /// Only these; `changed` where missing.
    #[param(inline)]
    pub(crate) which: Option<Listed>,
    /// Only those later than this one: `next` of the page before.
    pub(crate) after: Option<SubmissionId>,
    /// How many, 1 to 200.
    #[param(default = 50, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
}

/// A page of a rejudging's submissions, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejudgedPage {
    /// The submissions.
    pub(crate) submissions: Vec<RejudgedView>,
    /// What to send as `after` for the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<SubmissionId>,
}

/// A rejudging, and what it has come to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComparedRejudging {
    /// The rejudging.
    #[serde(flatten)]
    pub(crate) rejudging: RejudgingView,
    /// What it has come to.
    #[serde(flatten)]
    pub(crate) comparison: ComparisonView,
}

/// Rejudgings
#[utoipa::path(get, path = "/api/v1/rejudgings", tag = "rejudgings", params(Query), responses(
    (status = 200, body = RejudgingPage),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `malformed`, `invalid`"),
))]
pub(crate) async fn list(
    app: web::Data<App>,
    _: Jury,
    query: web::Query<Query>,
) -> Result<web::Json<RejudgingPage>, ApiError> {
    Ok(web::Json(page(&app, query.into_inner()).await?))
}

/// A page of them, for the API and the pages.
pub(crate) async fn page(app: &App, query: Query) -> Result<RejudgingPage, ApiError> {
    let limit = paging::limit_of(query.limit)?;
    app.db(move |connection| {
        let mut found = rejudgings::list(connection, query.before, limit + 1)?;
        Ok(RejudgingPage {
            next: paging::cut(&mut found, limit, |last| last.id),
            rejudgings: found.into_iter().map(RejudgingView::from).collect(),
        })
    })
    .await
}

/// One rejudging, and how far it is
#[utoipa::path(get, path = "/api/v1/rejudgings/{id}", tag = "rejudgings",
    params(("id" = RejudgingId, Path)), responses(
    (status = 200, body = RejudgingView),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`"),
))]
pub(crate) async fn one(
    app: web::Data<App>,
    _: Jury,
    id: web::Path<RejudgingId>,
) -> Result<web::Json<RejudgingView>, ApiError> {
    Ok(web::Json(app.db(move |connection| known(connection, id.into_inner())).await?))
}

/// How the new verdicts and scores of a rejudging differ from the old
#[utoipa::path(get, path = "/api/v1/rejudgings/{id}/comparison", tag = "rejudgings",
    params(("id" = RejudgingId, Path)), responses(
    (status = 200, body = ComparisonView),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`"),
))]
pub(crate) async fn comparison(
    app: web::Data<App>,
    _: Jury,
    id: web::Path<RejudgingId>,
) -> Result<web::Json<ComparisonView>, ApiError> {
    Ok(web::Json(compared(&app, id.into_inner()).await?.comparison))
}

/// A rejudging with its comparison, both of one moment, for the API and the pages.
pub(crate) async fn compared(app: &App, id: RejudgingId) -> Result<ComparedRejudging, ApiError> {
    app.db(move |connection| {
        database::snapshot(connection, |connection| {
            let found = rejudgings::by_id(connection, id)?;
            Ok::<_, DatabaseError>(match found {
                Some(found) => Some((found, rejudgings::compare(connection, id)?)),
                None => None,
            })
        })?
        .map(|(found, comparison)| ComparedRejudging {
            rejudging: found.into(),
            comparison: comparison.into(),
        })
        .ok_or_else(unknown)
    })
    .await
}

/// The submissions of a rejudging, with both judgements
#[utoipa::path(get, path = "/api/v1/rejudgings/{id}/submissions", tag = "rejudgings",
    params(("id" = RejudgingId, Path), MemberQuery), responses(
    (status = 200, body = RejudgedPage),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `not_found`, `malformed`, `invalid`"),
))]
pub(crate) async fn submissions(
    app: web::Data<App>,
    _: Jury,
    id: web::Path<RejudgingId>,
    query: web::Query<MemberQuery>,
) -> Result<web::Json<RejudgedPage>, ApiError> {
    Ok(web::Json(members(&app, id.into_inner(), query.into_inner()).await?))
}

/// A page of them, for the API and the pages.
pub(crate) async fn members(
    app: &App,
    id: RejudgingId,
    query: MemberQuery,
) -> Result<RejudgedPage, ApiError> {
    let limit = paging::limit_of(query.limit)?;
    let which = match query.which.unwrap_or_default() {
        Listed::Changed => Which::Changed,
        Listed::Failed => Which::Failed,
        Listed::Skipped => Which::Skipped,
        Listed::All => Which::All,
    };
    app.db(move |connection| {
        known(connection, id)?;
        let mut found = rejudgings::submissions(connection, id, which, query.after, limit + 1)?;
        Ok(RejudgedPage {
            next: paging::cut(&mut found, limit, |last| last.submission),
            submissions: found.into_iter().map(RejudgedView::from).collect(),
        })
    })
    .await
}
