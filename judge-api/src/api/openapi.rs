//! The description of the API, generated from its handlers.

use super::{
    account, contests, dead_letters, events, languages, metering, problem_admin, problem_files,
    problems, rejudge, rejudgings, solutions, submissions, test_data, tokens, users,
};
use crate::monitoring;
use actix_web::web;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Gavel",
        description = "An online judge. Every error is answered with a code for programs, a message for people and, where there is one, the field at fault.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        account::register_account,
        account::log_in_for_token,
        account::log_out,
        account::who_am_i,
        account::change_password,
        tokens::list,
        tokens::create,
        tokens::revoke,
        contests::list,
        contests::change,
        contests::scores,
        languages::list,
        problems::list,
        problems::one,
        problem_files::download,
        solutions::all,
        solutions::download,
        problem_admin::upload,
        problem_admin::replace,
        problem_admin::delete,
        problem_admin::versions,
        submissions::submit,
        submissions::list,
        submissions::one,
        test_data::download,
        events::stream,
        rejudge::request,
        rejudgings::reading::list,
        rejudgings::making::create,
        rejudgings::making::dry_run,
        rejudgings::reading::one,
        rejudgings::reading::comparison,
        rejudgings::reading::submissions,
        rejudgings::closing::request_apply,
        rejudgings::closing::request_cancel,
        dead_letters::list,
        dead_letters::request_retry,
        dead_letters::mark_ignored,
        metering::report,
        users::list,
        users::create,
        users::change_role,
        users::reset_password,
        monitoring::healthz,
        monitoring::readyz,
    ),
    // Named only in parameters, where the generator does not look.
    components(schemas(judge_types::ContestId, judge_types::JudgementId, judge_types::RejudgingId, judge_types::SubmissionId, judge_types::TokenId, judge_types::UserId)),
    security(("token" = []), ("session" = []))
)]
struct Document;

/// The OpenAPI document of the API.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut document = Document::openapi();
    let components = document.components.get_or_insert_default();
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let session = ApiKey::Cookie(ApiKeyValue::new("gavel_session"));
    components.add_security_scheme("session", SecurityScheme::ApiKey(session));
    document
}

/// The document.
pub(crate) async fn document() -> web::Json<OpenApi> {
    web::Json(openapi())
}
