//! The JSON API, below `/api/v1`. Names are those of the CLICS Contest API where it has them.

mod account;
mod contests;
mod dead_letter_view;
mod dead_letters;
mod docs;
mod events;
mod file_view;
mod languages;
mod metering;
mod metering_csv;
pub(crate) mod openapi;
mod paging;
mod problem_admin;
mod problem_files;
mod problems;
mod rejudge;
pub(crate) mod rejudgings;
mod routing;
mod solutions;
mod submission_body;
mod submissions;
mod test_data;
mod tokens;
mod users;
pub(crate) mod view;

pub(crate) use account::{
    NameAndPassword, PasswordChange, change_own_password, log_in, register as make_account,
};
pub(crate) use contests::{Counted as CountedScore, of_user as counted_score};
pub(crate) use dead_letter_view::State as DeadLetterState;
pub(crate) use dead_letters::{
    DeadLetterPage, IgnoreNote, Query as DeadLetterQuery, ignore as ignore_dead_letter,
    page as page_of_dead_letters, retry as retry_dead_letter,
};
pub(crate) use metering::{By, Metering, Query as MeteringQuery, read as read_meter};
pub(crate) use problem_admin::{UploadQuery, install, remove as remove_problem};
pub(crate) use problems::{ProblemDetail, load as load_problem};
pub(crate) use rejudge::rejudge as judge_again;
pub(crate) use routing::at;
pub(crate) use solutions::load as load_solutions;
pub(crate) use submission_body::read_multipart as read_submission_form;
pub(crate) use submissions::{
    Query as SubmissionQuery, Shown as ShownJudgement, SubmissionPage, page as page_of_submissions,
};
pub(crate) use tokens::{NewToken, make as make_own_token};
pub(crate) use users::{NewUser, make as make_user, set_new_password, set_role};

use crate::monitoring;
use actix_web::web::ServiceConfig;

/// Every address of the API.
pub(crate) fn routes(service: &mut ServiceConfig) {
    service
        .service(at("/healthz").get(monitoring::healthz))
        .service(at("/readyz").get(monitoring::readyz))
        .service(at("/api/openapi.json").get(openapi::document))
        .service(at("/api/docs").get(docs::page))
        .service(at("/api/v1/register").post(account::register_account))
        .service(at("/api/v1/login").post(account::log_in_for_token))
        .service(at("/api/v1/logout").post(account::log_out))
        .service(at("/api/v1/account").get(account::who_am_i))
        .service(at("/api/v1/account/password").post(account::change_password))
        .service(at("/api/v1/account/tokens").get(tokens::list).post(tokens::create))
        .service(at("/api/v1/account/tokens/{id}").delete(tokens::revoke))
        .service(at("/api/v1/contests").get(contests::list))
        .service(at("/api/v1/contests/{id}").patch(contests::change))
        .service(at("/api/v1/contests/{id}/scores").get(contests::scores))
        .service(at("/api/v1/languages").get(languages::list))
        .service(at("/api/v1/problems").get(problems::list).post(problem_admin::upload))
        .service(
            at("/api/v1/problems/{id}")
                .get(problems::one)
                .put(problem_admin::replace)
                .delete(problem_admin::delete),
        )
        .service(at("/api/v1/problems/{id}/solutions").get(solutions::all))
        .service(at("/api/v1/problems/{id}/solutions/files/{name:.*}").get(solutions::download))
        .service(at("/api/v1/problems/{id}/versions").get(problem_admin::versions))
        .service(at("/api/v1/problems/{id}/files/{name:.*}").get(problem_files::download))
        .service(at("/api/v1/submissions").get(submissions::list).post(submissions::submit))
        .service(at("/api/v1/submissions/{id}").get(submissions::one))
        .service(at("/api/v1/submissions/{id}/events").get(events::stream))
        .service(at("/api/v1/submissions/{id}/test-data/{name:.*}").get(test_data::download))
        .service(at("/api/v1/submissions/{id}/rejudge").post(rejudge::request))
        .service(
            at("/api/v1/rejudgings")
                .get(rejudgings::reading::list)
                .post(rejudgings::making::create),
        )
        .service(at("/api/v1/rejudgings/dry-run").post(rejudgings::making::dry_run))
        .service(at("/api/v1/rejudgings/{id}").get(rejudgings::reading::one))
        .service(at("/api/v1/rejudgings/{id}/comparison").get(rejudgings::reading::comparison))
        .service(at("/api/v1/rejudgings/{id}/submissions").get(rejudgings::reading::submissions))
        .service(at("/api/v1/rejudgings/{id}/apply").post(rejudgings::closing::request_apply))
        .service(at("/api/v1/rejudgings/{id}/cancel").post(rejudgings::closing::request_cancel))
        .service(at("/api/v1/dead-letters").get(dead_letters::list))
        .service(at("/api/v1/dead-letters/{id}/retry").post(dead_letters::request_retry))
        .service(at("/api/v1/dead-letters/{id}/ignore").post(dead_letters::mark_ignored))
        .service(at("/api/v1/metering").get(metering::report))
        .service(at("/api/v1/users").get(users::list).post(users::create))
        .service(at("/api/v1/users/{id}").patch(users::change_role))
        .service(at("/api/v1/users/{id}/password").post(users::reset_password));
}
