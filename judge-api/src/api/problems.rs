//! `/api/v1/problems`, for contestants.

use crate::access;
use crate::app::App;
use crate::auth::OptionalUser;
use crate::error::{ApiError, ErrorBody};
use crate::packages::PublicProblem;
use crate::submit::public_content;
use actix_web::web;
use judge_types::Limits;
use serde::Serialize;
use store::problems;
use store::users::User;
use utoipa::ToSchema;

/// A problem in a list (CLICS Contest API, "Problems").
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// The short name, which submissions name.
    pub(crate) id: String,
    /// The title.
    pub(crate) name: String,
    /// The limits for submissions.
    pub(crate) limits: Limits,
    /// How many test cases there are.
    pub(crate) test_data_count: u32,
    /// Which version of the package is current, from 1.
    pub(crate) version: u32,
}

impl From<problems::Problem> for Problem {
    fn from(problem: problems::Problem) -> Self {
        Self {
            id: problem.short_name,
            name: problem.title,
            limits: problem.limits,
            test_data_count: problem.test_count,
            version: problem.version,
        }
    }
}

/// A problem with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemDetail {
    /// The problem.
    #[serde(flatten)]
    pub(crate) problem: Problem,
    /// Its text, samples and files.
    #[serde(flatten)]
    pub(crate) content: PublicProblem,
}

/// All problems, by short name; those of contests that have not begun for the jury only
#[utoipa::path(get, path = "/api/v1/problems", tag = "problems", security((), ("token" = []), ("session" = [])), responses(
    (status = 200, body = Vec<Problem>),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`"),
))]
pub(crate) async fn list(
    app: web::Data<App>,
    OptionalUser(reader): OptionalUser,
) -> Result<web::Json<Vec<Problem>>, ApiError> {
    let found = app
        .db(move |connection| {
            let hidden = access::hidden_problems(connection, reader.as_ref())?;
            let mut found = problems::list(connection)?;
            found.retain(|problem| !hidden.contains(&problem.id));
            Ok(found)
        })
        .await?;
    Ok(web::Json(found.into_iter().map(Problem::from).collect()))
}

/// One problem with its statement, samples and files
#[utoipa::path(get, path = "/api/v1/problems/{id}", tag = "problems", security((), ("token" = []), ("session" = [])),
    params(("id" = String, Path, description = "The short name")), responses(
    (status = 200, body = ProblemDetail),
    (status = "4XX", body = ErrorBody, description = "`not_found`, `not_begun` before its contest begins, but for the jury"),
))]
pub(crate) async fn one(
    app: web::Data<App>,
    OptionalUser(reader): OptionalUser,
    id: web::Path<String>,
) -> Result<web::Json<ProblemDetail>, ApiError> {
    Ok(web::Json(load(&app, reader, id.into_inner()).await?))
}

/// A problem with its text, for the API and the pages, if the reader may see it.
pub(crate) async fn load(
    app: &App,
    reader: Option<User>,
    short_name: String,
) -> Result<ProblemDetail, ApiError> {
    let found =
        app.db(move |connection| access::open_problem(connection, reader.as_ref(), &short_name));
    let (found, _) = found.await?;
    let content = public_content(&found)?;
    Ok(ProblemDetail { problem: found.into(), content })
}
