//! Submissions: a list, and one as it is judged.

use super::form::see;
use super::{Frame, Html, words};
use crate::access::{self, Sight};
use crate::api::view::{self, SubmissionDetail};
use crate::api::{
    ShownJudgement, SubmissionPage, SubmissionQuery, judge_again, page_of_submissions,
};
use crate::app::App;
use crate::auth::{Contestant, Jury};
use crate::error::ApiError;
use crate::packages::Sender;
use crate::trace::RequestTrace;
use actix_web::{HttpResponse, web};
use askama::Template;
use judge_types::SubmissionId;

#[derive(Template)]
#[template(path = "submissions.html")]
struct ListPage {
    frame: Frame,
    problem_id: String,
    username: String,
    page: SubmissionPage,
}

impl ListPage {
    /// Where the submissions before these are listed.
    fn next_address(&self, next: &SubmissionId) -> String {
        // Names of problems and users hold nothing that means something in a query.
        format!("?before={next}&problem_id={}&username={}", self.problem_id, self.username)
    }
}

#[derive(Template)]
#[template(path = "submission.html")]
struct OnePage {
    frame: Frame,
    detail: SubmissionDetail,
    language: String,
}

impl OnePage {
    /// Whether nothing follows on this page: the judgement is over, or not the one that counts.
    fn is_over(&self) -> bool {
        !self.detail.judgement.current || self.detail.judgement.state.is_final()
    }

    /// The number of the newest event shown: where the live stream goes on.
    fn newest_event(&self) -> u64 {
        self.detail.timeline.last().map_or(0, |event| event.sequence)
    }

    /// Where the files of its test cases are.
    fn test_data(&self) -> String {
        format!("/api/v1/submissions/{}/test-data", self.detail.submission.id)
    }

    /// What addresses end with where the judgement is not the one that counts.
    fn query(&self) -> String {
        let judgement = &self.detail.judgement;
        let query = (!judgement.current).then(|| format!("?judgement_id={}", judgement.id));
        query.unwrap_or_default()
    }

    fn tests_done(&self) -> usize {
        self.detail.runs.len()
    }

    /// Events but those of single tests, which have a table of their own; each with its distance to the one before.
    fn steps(&self) -> Vec<Step> {
        let mut before = None;
        let mut steps = Vec::new();
        for event in &self.detail.timeline {
            if matches!(event.kind, judge_types::ProgressKind::Run { .. }) {
                continue;
            }
            let since = before.map(|before| event.at - before);
            before = Some(event.at);
            let ms = since.map(|since| since.whole_milliseconds().max(0));
            steps.push(Step {
                at: event.at,
                words: words::event(&event.kind),
                since_ms: ms.map(|ms| u64::try_from(ms).unwrap_or(u64::MAX)),
            });
        }
        steps
    }
}

struct Step {
    at: time::OffsetDateTime,
    words: String,
    since_ms: Option<u64>,
}

pub(super) async fn list(
    app: web::Data<App>,
    Contestant(user): Contestant,
    query: web::Query<SubmissionQuery>,
) -> Result<Html, ApiError> {
    let query = query.into_inner();
    let (problem_id, username) = (query.problem_id.clone(), query.username.clone());
    let page = page_of_submissions(&app, user.clone(), query).await?;
    let page = ListPage {
        frame: Frame::new(&app, Some(user), "Submissions"),
        problem_id: problem_id.unwrap_or_default(),
        username: username.unwrap_or_default(),
        page,
    };
    Ok(Html(page.render()?))
}

pub(super) async fn page(
    app: web::Data<App>,
    Contestant(user): Contestant,
    id: web::Path<SubmissionId>,
    shown: web::Query<ShownJudgement>,
) -> Result<Html, ApiError> {
    let (id, reader, positions) = (id.into_inner(), user.clone(), app.positions.clone());
    let detail = app
        .db(move |connection| {
            let submission = access::submission(connection, &reader, id)?;
            view::detail(connection, submission, Sight::of(&reader), &positions, shown.judgement_id)
        })
        .await?;
    let page = OnePage {
        frame: Frame::new(&app, Some(user), "Submission"),
        language: app.languages.name(&detail.submission.language_id).to_owned(),
        detail,
    };
    Ok(Html(page.render()?))
}

pub(super) async fn rejudge(
    app: web::Data<App>,
    Jury(user): Jury,
    trace: RequestTrace,
    id: web::Path<SubmissionId>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    judge_again(&app, user, id, trace).await?;
    Ok(see(&format!("/submissions/{id}")))
}
