//! One problem: to read, and to submit to.

use super::form::{refused, see};
use super::{Frame, Html, reading, words};
use crate::api::view::SubmissionView;
use crate::api::{
    CountedScore, ProblemDetail, SubmissionQuery, counted_score, load_problem, load_solutions,
    page_of_submissions,
};
use crate::app::App;
use crate::auth::{Contestant, Jury, OptionalUser};
use crate::error::ApiError;
use crate::packages::{PublicStatement, Sample, Sender, Solutions};
use crate::submit::{self, is_allowed};
use crate::trace::RequestTrace;
use crate::upload::BodyKind;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use problems::statement::{self, Piece};
use serde::Deserialize;
use store::users::User;

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    frame: Frame,
    problem: ProblemDetail,
    /// Which of the statements is shown.
    shown: usize,
    parts: Vec<Part>,
    /// The samples behind the statement.
    left: std::ops::Range<usize>,
    languages: Vec<Choice>,
    mine: Vec<SubmissionView>,
    /// What counts of them in the contest, in a problem that gives scores.
    counts: Option<CountedScore>,
    limit_bytes: u64,
    error: Option<String>,
    /// For the jury: how it is solved.
    solutions: Option<Solutions>,
}

/// A part of the statement.
enum Part {
    /// HTML, which need not be whole by itself.
    Html(String),
    /// The sample of this index.
    Sample(usize),
}

struct Choice {
    id: String,
    name: String,
    is_chosen: bool,
}

impl Page {
    fn statement(&self) -> Option<&PublicStatement> {
        self.problem.content.statements.get(self.shown)
    }

    /// Where its files are.
    fn files(&self) -> String {
        format!("/api/v1/problems/{}/files", self.problem.problem.id)
    }

    /// Each sample of these indices with its number.
    fn samples(&self, range: std::ops::Range<usize>) -> Vec<(usize, &Sample)> {
        let samples = self.problem.content.samples.get(range.clone()).unwrap_or_default();
        (range.start + 1..).zip(samples).collect()
    }

    fn attachments(&self) -> Vec<&crate::packages::PackageFile> {
        let files = self.problem.content.files.iter();
        files.filter(|file| file.name.starts_with("attachments/")).collect()
    }
}

/// In which language to read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Reading {
    lang: Option<String>,
}

pub(super) async fn page(
    app: web::Data<App>,
    request: HttpRequest,
    OptionalUser(user): OptionalUser,
    id: web::Path<String>,
    reading: web::Query<Reading>,
) -> Result<Html, ApiError> {
    let html = render(&app, &request, user, id.into_inner(), reading.into_inner(), None).await?;
    Ok(Html(html))
}

pub(super) async fn submit(
    app: web::Data<App>,
    request: HttpRequest,
    Contestant(user): Contestant,
    trace: RequestTrace,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    if BodyKind::of(request.headers()) != BodyKind::Multipart {
        return Err(ApiError::unsupported_media_type("multipart/form-data"));
    }
    let read = crate::api::read_submission_form(&app, request.headers(), payload).await;
    let stored = match read {
        Ok(mut draft) => {
            draft.problem.clone_from(&id);
            submit::submit(&app, &user, draft, trace).await
        }
        Err(error) => Err(error),
    };
    match stored {
        Ok(stored) => Ok(see(&format!("/submissions/{}", stored.id))),
        Err(error) => {
            let message = Some(error.to_string());
            let html = render(&app, &request, Some(user), id, Reading::default(), message).await?;
            Ok(refused(&error, html))
        }
    }
}

async fn render(
    app: &App,
    request: &HttpRequest,
    user: Option<User>,
    id: String,
    reading: Reading,
    error: Option<String>,
) -> Result<String, ApiError> {
    let problem = load_problem(app, user.clone(), id.clone()).await?;
    let mine = match &user {
        None => Vec::new(),
        Some(user) => {
            let query = SubmissionQuery {
                problem_id: Some(id),
                user_id: Some(user.id),
                limit: Some(5),
                ..SubmissionQuery::default()
            };
            page_of_submissions(app, user.clone(), query).await?.submissions
        }
    };
    let counts = match &user {
        Some(user) if mine.iter().any(|submission| submission.score.is_some()) => {
            counted_score(app, problem.problem.id.clone(), user.id).await?
        }
        _ => None,
    };
    let solutions = match user.as_ref().and_then(Jury::of) {
        Some(jury) => Some(load_solutions(app, &jury, problem.problem.id.clone()).await?),
        None => None,
    };
    let last = mine.first().map(|submission| submission.language_id.clone());
    let languages = app.languages.list().into_iter().filter(|l| is_allowed(l, &problem.content));
    let languages = languages.map(|language| Choice {
        id: language.id.clone(),
        name: language.name.clone(),
        is_chosen: last.as_ref() == Some(&language.id),
    });
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let accepted = reading::preferred(accepted.unwrap_or_default());
    let wish = reading.lang.as_deref().into_iter().chain(accepted);
    let shown = reading::choose(&problem.content.statements, wish);
    let statement = problem.content.statements.get(shown);
    let title = statement.map_or(&problem.problem.name, |statement| &statement.title);
    let html = statement.map_or("", |statement| &statement.html);
    let (parts, left) = with_samples(html, problem.content.samples.len());
    let page = Page {
        frame: Frame::new(app, user, title.clone()),
        shown,
        parts,
        left,
        languages: languages.collect(),
        mine,
        counts,
        limit_bytes: app.limits.source_bytes.min(problem.problem.limits.code_bytes),
        problem,
        error,
        solutions: solutions.filter(|found| !found.solutions.is_empty()),
    };
    Ok(page.render()?)
}

/// The statement with the samples that it places, and the samples that it leaves for behind it.
fn with_samples(html: &str, samples: usize) -> (Vec<Part>, std::ops::Range<usize>) {
    let mut parts = Vec::new();
    let mut next = 0;
    for piece in statement::pieces(html) {
        let end = match piece {
            Piece::Html(html) => {
                parts.push(Part::Html(html.to_owned()));
                continue;
            }
            Piece::NextSample => samples.min(next + 1),
            Piece::RemainingSamples => samples,
        };
        parts.extend((next..end).map(Part::Sample));
        next = end;
    }
    (parts, next..samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_stands_once() {
        let next = "<div class=\"next-sample\"></div>";
        let rest = "<div class=\"remaining-samples\"></div>";
        let shown = |html: &str, samples| {
            let (parts, left) = with_samples(html, samples);
            let part = |part| match part {
                Part::Html(html) => html,
                Part::Sample(sample) => sample.to_string(),
            };
            (parts.into_iter().map(part).collect::<String>(), left)
        };
        assert_eq!(shown("a", 2), ("a".into(), 0..2));
        assert_eq!(shown(&format!("a{next}b{next}c"), 3), ("a0b1c".into(), 2..3));
        assert_eq!(shown(&format!("a{next}b{rest}c{next}d{rest}"), 3), ("a0b12cd".into(), 3..3));
        assert_eq!(shown(&format!("{next}{rest}"), 0), (String::new(), 0..0));
    }
}
