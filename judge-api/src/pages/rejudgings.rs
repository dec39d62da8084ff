//! Rejudgings, for the jury: a list, and one with its progress, its differences and what to do about it.

use super::form::{refused, see};
use super::{Frame, Html, words};
use crate::api::rejudgings::{
    Application, Cancellation, Cell, ComparedRejudging, ComparisonView, Listed, MemberQuery, Query,
    RejudgedPage, RejudgingPage, RejudgingView, StandingView, apply as apply_rejudging,
    cancel as cancel_rejudging, compared, members, page as page_of_rejudgings,
};
use crate::app::App;
use crate::auth::{Jury, Then};
use crate::error::ApiError;
use actix_web::{HttpResponse, web};
use askama::Template;
use judge_types::{RejudgingFilter, RejudgingId, RejudgingState};
use serde::Deserialize;
use store::users::User;

#[derive(Template)]
#[template(path = "rejudgings.html")]
struct ListPage {
    frame: Frame,
    page: RejudgingPage,
}

#[derive(Template)]
#[template(path = "rejudging.html")]
struct OnePage {
    frame: Frame,
    rejudging: RejudgingView,
    comparison: ComparisonView,
    which: Listed,
    members: RejudgedPage,
    error: Option<String>,
}

impl OnePage {
    const TABS: [(Listed, &'static str); 4] = [
        (Listed::Changed, "Changed"),
        (Listed::Failed, "Failed"),
        (Listed::Skipped, "Skipped"),
        (Listed::All, "All"),
    ];

    /// What stands at the head of the matrix: each standing of a new judgement that occurs.
    fn columns(&self) -> Vec<StandingView> {
        standings(self.comparison.matrix.iter().map(|cell| cell.new))
    }

    fn rows(&self) -> Vec<StandingView> {
        standings(self.comparison.matrix.iter().map(|cell| cell.old))
    }

    fn cell(&self, old: &StandingView, new: &StandingView) -> Option<&Cell> {
        self.comparison.matrix.iter().find(|cell| cell.old == *old && cell.new == *new)
    }

    /// How many submissions change, and in what.
    fn changes(&self) -> String {
        let ComparisonView { changed, rescored, .. } = self.comparison;
        let verdicts = changed - rescored;
        if rescored == 0 {
            format!("{verdicts} submissions get another verdict")
        } else {
            format!("{verdicts} submissions get another verdict, {rescored} another score")
        }
    }

    fn conditions(&self) -> Vec<(&'static str, String)> {
        conditions(&self.rejudging.filter)
    }

    fn question(&self) -> String {
        let left = self.rejudging.submissions - self.rejudging.ended();
        let what =
            format!("Make the new judgements count? {}, and their teams see it.", self.changes());
        if left > 0 { format!("{what} {left} are not judged and will be skipped.") } else { what }
    }
}

fn standings(all: impl Iterator<Item = StandingView>) -> Vec<StandingView> {
    let mut standings: Vec<_> = all.collect();
    standings.sort_by_key(|standing| standing.0);
    standings.dedup();
    standings
}

/// A filter in words, a condition in each.
pub(super) fn conditions(filter: &RejudgingFilter) -> Vec<(&'static str, String)> {
    let verdicts: Vec<_> = filter.verdicts.iter().map(words::verdict).collect();
    let ids: Vec<_> = filter.submission_ids.iter().map(ToString::to_string).collect();
    let all = [
        ("Problem", filter.problem_ids.join(", ")),
        ("Contest", filter.contest_ids.join(", ")),
        ("Language", filter.language_ids.join(", ")),
        ("User", filter.usernames.join(", ")),
        ("Verdict", verdicts.join(", ")),
        ("Submitted from", filter.submitted_from.as_ref().map(words::time).unwrap_or_default()),
        ("Submitted before", filter.submitted_until.as_ref().map(words::time).unwrap_or_default()),
        ("Submissions", ids.join(", ")),
    ];
    all.into_iter().filter(|(_, values)| !values.is_empty()).collect()
}

pub(super) async fn list(
    app: web::Data<App>,
    Jury(user): Jury,
    query: web::Query<Query>,
) -> Result<Html, ApiError> {
    let page = page_of_rejudgings(&app, query.into_inner()).await?;
    Ok(Html(ListPage { frame: Frame::new(&app, Some(user), "Rejudgings"), page }.render()?))
}

pub(super) async fn one(
    app: web::Data<App>,
    Jury(user): Jury,
    id: web::Path<RejudgingId>,
    query: web::Query<MemberQuery>,
) -> Result<Html, ApiError> {
    Ok(Html(one_page(&app, user, id.into_inner(), query.into_inner(), None).await?))
}

async fn one_page(
    app: &App,
    user: User,
    id: RejudgingId,
    query: MemberQuery,
    error: Option<&ApiError>,
) -> Result<String, ApiError> {
    let ComparedRejudging { rejudging, comparison } = compared(app, id).await?;
    let which = query.which.unwrap_or_default();
    let page = OnePage {
        frame: Frame::new(app, Some(user), "Rejudging"),
        rejudging,
        comparison,
        which,
        members: members(app, id, query).await?,
        error: error.map(ToString::to_string),
    };
    Ok(page.render()?)
}

/// What the form of an application sends.
#[derive(Debug, Deserialize)]
pub(super) struct ApplicationForm {
    note: Option<String>,
    /// A box that is ticked sends something, and none that is not.
    even_unfinished: Option<String>,
}

pub(super) async fn apply(
    app: web::Data<App>,
    Then(Jury(user), form): Then<Jury, web::Form<ApplicationForm>>,
    id: web::Path<RejudgingId>,
) -> Result<HttpResponse, ApiError> {
    let (id, form) = (id.into_inner(), form.into_inner());
    let sent = Application { even_unfinished: form.even_unfinished.is_some(), note: form.note };
    let done = apply_rejudging(&app, &user, id, sent).await;
    closed(&app, user, id, done).await
}

pub(super) async fn cancel(
    app: web::Data<App>,
    Then(Jury(user), form): Then<Jury, web::Form<Cancellation>>,
    id: web::Path<RejudgingId>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let done = cancel_rejudging(&app, &user, id, form.into_inner()).await;
    closed(&app, user, id, done).await
}

async fn closed(
    app: &App,
    user: User,
    id: RejudgingId,
    done: Result<(), ApiError>,
) -> Result<HttpResponse, ApiError> {
    match done {
        Ok(()) => Ok(see(&format!("/jury/rejudgings/{id}"))),
        Err(error) => {
            let html = one_page(app, user, id, MemberQuery::default(), Some(&error)).await?;
            Ok(refused(&error, html))
        }
    }
}
