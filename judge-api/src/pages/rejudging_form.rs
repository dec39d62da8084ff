//! The form that a rejudging is made with.

use super::form::{refused, see};
use super::rejudgings::conditions;
use super::{Frame, Html, words};
use crate::api::rejudgings::{NewRejudging, RejudgingCount, count, make};
use crate::app::App;
use crate::auth::{Jury, Then};
use crate::error::ApiError;
use crate::trace::RequestTrace;
use actix_web::{HttpResponse, web};
use askama::Template;
use judge_types::{RejudgingFilter, RejudgingKind, Verdict};
use std::str::FromStr;
use store::users::User;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// What browsers send: each field by its name, those that may have several values as often.
type Sent = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "rejudging_form.html")]
struct Page {
    frame: Frame,
    sent: Sent,
    most_unconfirmed: u64,
    /// What would be judged again, once somebody has asked.
    counted: Option<(RejudgingCount, Vec<(&'static str, String)>)>,
    error: Option<String>,
}

impl Page {
    /// What a text field holds.
    fn value(&self, name: &str) -> &str {
        value(&self.sent, name).unwrap_or_default()
    }

    fn is_ticked(&self, verdict: &Verdict) -> bool {
        self.sent.iter().any(|(name, value)| name == "verdicts" && value == verdict.code())
    }

    fn is_direct(&self) -> bool {
        self.value("kind") == RejudgingKind::Direct.name()
    }
}

fn value<'a>(sent: &'a Sent, name: &str) -> Option<&'a str> {
    let value = sent.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim());
    value.filter(|value| !value.is_empty())
}

/// The names in a field, with commas or spaces between them.
fn words_in<T: FromStr>(sent: &Sent, field: &str) -> Result<Vec<T>, ApiError>
where
    T::Err: ToString,
{
    let separators = |c: char| c == ',' || c.is_whitespace();
    let all = sent.iter().filter(|(name, _)| name == field);
    all.flat_map(|(_, value)| value.split(separators))
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse().map_err(|error: T::Err| ApiError::invalid(field, error.to_string()))
        })
        .collect()
}

/// The time in a field, which browsers send without a zone; it is that of UTC.
fn time_in(sent: &Sent, field: &str) -> Result<Option<OffsetDateTime>, ApiError> {
    let Some(text) = value(sent, field) else { return Ok(None) };
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute][optional [:[second]]]");
    match PrimitiveDateTime::parse(text, format) {
        Ok(at) => Ok(Some(at.assume_utc())),
        Err(_) => Err(ApiError::invalid(field, "must be a time such as 2026-11-25T10:30")),
    }
}

fn filter(sent: &Sent) -> Result<RejudgingFilter, ApiError> {
    Ok(RejudgingFilter {
        problem_ids: words_in(sent, "problem_ids")?,
        contest_ids: words_in(sent, "contest_ids")?,
        language_ids: words_in(sent, "language_ids")?,
        usernames: words_in(sent, "usernames")?,
        verdicts: words_in(sent, "verdicts")?,
        submitted_from: time_in(sent, "submitted_from")?,
        submitted_until: time_in(sent, "submitted_until")?,
        submission_ids: words_in(sent, "submission_ids")?,
    })
}

fn new(sent: &Sent) -> Result<NewRejudging, ApiError> {
    let confirm = value(sent, "confirm").map(|number| {
        number.parse().map_err(|_| ApiError::invalid("confirm", "must be a number of submissions"))
    });
    let kind = value(sent, "kind").map(|kind| {
        kind.parse().map_err(|_| ApiError::invalid("kind", "must be preview or direct"))
    });
    Ok(NewRejudging {
        reason: value(sent, "reason").unwrap_or_default().to_owned(),
        kind: kind.transpose()?.unwrap_or_default(),
        filter: filter(sent)?,
        confirm: confirm.transpose()?,
    })
}

/// The form, filled in as its address says.
pub(super) async fn page(
    app: web::Data<App>,
    Jury(user): Jury,
    sent: web::Query<Sent>,
) -> Result<Html, ApiError> {
    Ok(Html(render(&app, user, sent.into_inner(), None, None)?))
}

fn render(
    app: &App,
    user: User,
    sent: Sent,
    counted: Option<(RejudgingCount, Vec<(&'static str, String)>)>,
    error: Option<&ApiError>,
) -> Result<String, ApiError> {
    let error = error.map(|error| match &error.body().field {
        Some(field) => format!("{}: {error}", words::capital(&field.replace('_', " "))),
        None => error.to_string(),
    });
    let frame = Frame::new(app, Some(user), "New rejudging");
    let most_unconfirmed = app.limits.unconfirmed_rejudging;
    Ok(Page { frame, sent, most_unconfirmed, counted, error }.render()?)
}

/// Counts what the form means, or makes it: each has a button.
pub(super) async fn send(
    app: web::Data<App>,
    Then(Jury(user), sent): Then<Jury, web::Form<Sent>>,
    trace: RequestTrace,
) -> Result<HttpResponse, ApiError> {
    let sent = sent.into_inner();
    let done = if value(&sent, "action") == Some("count") {
        match filter(&sent) {
            Ok(filter) => {
                let said = conditions(&filter);
                count(&app, filter).await.map(|counted| Some((counted, said)))
            }
            Err(error) => Err(error),
        }
    } else {
        let made = match new(&sent) {
            Ok(new) => make(&app, &user, new, trace).await,
            Err(error) => Err(error),
        };
        match made {
            Ok(made) => return Ok(see(&format!("/jury/rejudgings/{}", made.id))),
            Err(error) => Err(error),
        }
    };
    match done {
        Ok(counted) => Ok(Html(render(&app, user, sent, counted, None)?).into()),
        Err(error) => {
            let html = render(&app, user, sent, None, Some(&error))?;
            Ok(refused(&error, html))
        }
    }
}
