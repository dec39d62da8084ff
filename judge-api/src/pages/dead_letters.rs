//! What the judge gave up on, for the jury.

use super::form::see;
use super::{Frame, Html, words};
use crate::api::{
    DeadLetterPage, DeadLetterQuery, DeadLetterState, IgnoreNote, ignore_dead_letter,
    page_of_dead_letters, retry_dead_letter,
};
use crate::app::App;
use crate::auth::{Jury, Then};
use crate::error::ApiError;
use crate::trace::RequestTrace;
use actix_web::{HttpResponse, web};
use askama::Template;
use judge_types::JudgementId;

const ADDRESS: &str = "/jury/dead-letters";

#[derive(Template)]
#[template(path = "dead_letters.html")]
struct Page {
    frame: Frame,
    is_open: bool,
    page: DeadLetterPage,
}

pub(super) async fn page(
    app: web::Data<App>,
    Jury(user): Jury,
    query: web::Query<DeadLetterQuery>,
) -> Result<Html, ApiError> {
    let query = query.into_inner();
    let is_open = query.state.unwrap_or_default() == DeadLetterState::Open;
    let page = page_of_dead_letters(&app, query).await?;
    Ok(Html(Page { frame: Frame::new(&app, Some(user), "Dead letters"), is_open, page }.render()?))
}

pub(super) async fn retry(
    app: web::Data<App>,
    Jury(user): Jury,
    trace: RequestTrace,
    id: web::Path<JudgementId>,
) -> Result<HttpResponse, ApiError> {
    retry_dead_letter(&app, &user, id.into_inner(), trace).await?;
    Ok(see(ADDRESS))
}

pub(super) async fn ignore(
    app: web::Data<App>,
    Then(Jury(user), form): Then<Jury, web::Form<IgnoreNote>>,
    id: web::Path<JudgementId>,
) -> Result<HttpResponse, ApiError> {
    ignore_dead_letter(&app, &user, id.into_inner(), form.into_inner()).await?;
    Ok(see(ADDRESS))
}
