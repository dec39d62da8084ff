//! One problem: to read, and to submit to.

use super::form::{refused, see};
use super::{Frame, Html, words};
use crate::api::view::SubmissionView;
use crate::api::{ProblemDetail, SubmissionQuery, load_problem, page_of_submissions};
use crate::app::App;
use crate::auth::{Contestant, OptionalUser};
use crate::error::ApiError;
use crate::packages::PublicStatement;
use crate::submit::{self, is_allowed};
use crate::trace::RequestTrace;
use crate::upload::BodyKind;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use store::users::User;

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    frame: Frame,
    problem: ProblemDetail,
    /// Which of the statements is shown.
    shown: usize,
    languages: Vec<Choice>,
    mine: Vec<SubmissionView>,
    limit_bytes: u64,
    error: Option<String>,
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

    fn attachments(&self) -> Vec<&crate::packages::PublicFile> {
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
    let problem = load_problem(app, id.clone()).await?;
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
    let last = mine.first().map(|submission| submission.language_id.clone());
    let languages = app.languages.list().into_iter().filter(|l| is_allowed(l, &problem.content));
    let languages = languages.map(|language| Choice {
        id: language.id.clone(),
        name: language.name.clone(),
        is_chosen: last.as_ref() == Some(&language.id),
    });
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let wish = reading.lang.as_deref().into_iter().chain(preferred(accepted.unwrap_or_default()));
    let page = Page {
        frame: Frame::new(app, user, problem.problem.name.clone()),
        shown: choose(&problem.content.statements, wish),
        languages: languages.collect(),
        mine,
        limit_bytes: app.limits.source_bytes.min(problem.problem.limits.code_bytes),
        problem,
        error,
    };
    Ok(page.render()?)
}

/// The languages of an `Accept-Language` header, in the order in which browsers write them.
fn preferred(header: &str) -> impl Iterator<Item = &str> {
    header.split(',').filter_map(|part| part.split(';').next()).map(str::trim)
}

/// The statement in the first language wished for that there is, or else in English, or any.
fn choose<'a>(statements: &[PublicStatement], wish: impl Iterator<Item = &'a str>) -> usize {
    let primary = |code: &str| code.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let find = |wanted: &str| {
        let exact = |s: &PublicStatement| s.language.eq_ignore_ascii_case(wanted);
        let near = |s: &PublicStatement| primary(&s.language) == primary(wanted);
        statements.iter().position(exact).or_else(|| statements.iter().position(near))
    };
    wish.chain(["en"]).find_map(find).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_the_language_they_wish_for() {
        let statement = |language: &str| PublicStatement {
            language: language.into(),
            title: String::new(),
            html: String::new(),
            pdf: None,
        };
        let statements = ["de", "en", "pt-br"].map(statement);
        let chosen = |header| choose(&statements, preferred(header));
        assert_eq!(chosen("pt-PT,pt;q=0.9,de;q=0.5"), 2);
        assert_eq!(chosen("fr, de-AT;q=0.8"), 0);
        assert_eq!(chosen("ja"), 1);
        assert_eq!(chosen(""), 1);
        assert_eq!(choose(&statements[..1], preferred("ja")), 0);
    }
}
