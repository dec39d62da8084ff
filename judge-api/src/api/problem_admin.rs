//! Problem packages, for administrators.

use crate::access;
use crate::app::App;
use crate::auth::{Admin, Jury};
use crate::error::{ApiError, ErrorBody, FaultBody};
use crate::packages::{InstallError, Installed, NewPackage, install_package};
use crate::upload;
use actix_web::{HttpRequest, HttpResponse, web};
use judge_types::{ContestId, PackageHash, ProblemId};
use serde::{Deserialize, Serialize};
use store::users::User;
use store::{contests, problems};
use tempfile::TempDir;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

/// What to do with an uploaded package.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadQuery {
    /// The problem's name in addresses, where it is not the package's own.
    pub(crate) short_name: Option<String>,
    /// The contest to put the problem into; the newest one where missing.
    pub(crate) contest_id: Option<ContestId>,
}

/// A package that was taken in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InstalledPackage {
    /// The problem's short name.
    pub(crate) id: String,
    /// The problem's title.
    pub(crate) name: String,
    /// The version that is now current, from 1.
    pub(crate) version: u32,
    /// Whether the problem is new.
    pub(crate) is_new_problem: bool,
    /// Whether this content was not current before.
    pub(crate) is_new_version: bool,
    /// What is odd about the package but does no harm.
    pub(crate) warnings: Vec<FaultBody>,
}

/// A version of a problem's package.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    /// Counts from 1.
    version: u32,
    /// The title.
    name: String,
    /// The content's hash, which judgements name.
    package: PackageHash,
    /// Size of the stored package, in bytes.
    package_bytes: u64,
    /// How many test cases it has.
    test_data_count: u32,
    /// When it was uploaded.
    #[serde(with = "time::serde::rfc3339")]
    uploaded_at: OffsetDateTime,
}

/// An uploaded package as a form.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the form; its parts are read one by one")]
pub(crate) struct PackageForm {
    /// The package as a zip archive.
    #[schema(value_type = String, format = Binary)]
    package: Vec<u8>,
}

impl From<InstallError> for ApiError {
    fn from(error: InstallError) -> Self {
        match error {
            InstallError::Faults(faults) => Self::bad_package(&faults),
            InstallError::Database(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

/// Upload a problem package (ICPC package format, legacy or 2025-09, or a full package of Polygon)
///
/// A package of a problem that exists becomes its new version. Old judgements keep naming the
/// content they were made with. A package with faults is refused whole, with every fault listed.
#[utoipa::path(post, path = "/api/v1/problems", tag = "problems", params(UploadQuery),
    request_body(content((PackageForm = "multipart/form-data"), (PackageForm = "application/zip"))),
    responses(
    (status = 201, body = InstalledPackage, description = "The problem is new"),
    (status = 200, body = InstalledPackage, description = "The problem has a new version, or had this one"),
    (status = "4XX", body = ErrorBody, description = "`bad_package` with `faults`, `too_large`, `forbidden`"),
))]
pub(crate) async fn upload(
    app: web::Data<App>,
    request: HttpRequest,
    Admin(user): Admin,
    query: web::Query<UploadQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let installed = install(&app, &request, user, query.into_inner(), payload).await?;
    Ok(answer(installed))
}

/// Upload a package as the new version of a problem, whatever the package calls itself
#[utoipa::path(put, path = "/api/v1/problems/{id}", tag = "problems",
    params(("id" = String, Path, description = "The short name")),
    request_body(content((PackageForm = "multipart/form-data"), (PackageForm = "application/zip"))),
    responses(
    (status = 200, body = InstalledPackage),
    (status = "4XX", body = ErrorBody, description = "`bad_package` with `faults`, `too_large`, `forbidden`, `not_found`"),
))]
pub(crate) async fn replace(
    app: web::Data<App>,
    request: HttpRequest,
    Admin(user): Admin,
    id: web::Path<String>,
    payload: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let short_name = id.into_inner();
    let name = short_name.clone();
    app.db(move |connection| access::problem(connection, &name)).await?;
    let query = UploadQuery { short_name: Some(short_name), contest_id: None };
    let installed = install(&app, &request, user, query, payload).await?;
    Ok(answer(installed))
}

fn answer(installed: Installed) -> HttpResponse {
    let saved = installed.saved;
    let mut response =
        if saved.is_new_problem { HttpResponse::Created() } else { HttpResponse::Ok() };
    response.json(InstalledPackage {
        id: installed.short_name,
        name: installed.title,
        version: saved.version,
        is_new_problem: saved.is_new_problem,
        is_new_version: saved.is_new_version,
        warnings: installed.warnings.iter().map(FaultBody::from).collect(),
    })
}

/// Receives a package and takes it in, for the API and the pages.
pub(crate) async fn install(
    app: &App,
    request: &HttpRequest,
    user: User,
    query: UploadQuery,
    payload: web::Payload,
) -> Result<Installed, ApiError> {
    let folder = TempDir::with_prefix_in("upload-", &app.work_dir).map_err(ApiError::internal)?;
    let received = folder.path().join("received");
    let limit = app.limits.package_bytes;
    let name = upload::save_package(request.headers(), payload, &received, limit).await?;
    // A package without a folder of its own is named after its archive.
    let stem = name.as_deref().map(|name| name.strip_suffix(".zip").unwrap_or(name));
    let stem = stem.filter(|stem| !stem.is_empty() && stem.len() < 200 && !stem.contains('\0'));
    let path = folder.path().join(format!("{}.zip", stem.unwrap_or("problem")));
    tokio::fs::rename(&received, &path).await.map_err(ApiError::internal)?;
    let contest = app
        .db(move |connection| {
            let chosen = match query.contest_id {
                None => contests::list(connection)?.into_iter().next(),
                Some(id) => Some(
                    contests::by_id(connection, id)?
                        .ok_or_else(|| ApiError::not_found("contest").of_field("contest_id"))?,
                ),
            };
            Ok(chosen.map(|contest| contest.id))
        })
        .await?;
    let package = NewPackage {
        path,
        short_name: query.short_name.filter(|name| !name.is_empty()),
        uploaded_by: Some(user.id),
        contest,
        executor_memory_bytes: app.limits.executor_memory_bytes,
    };
    let _turn = app.installing.acquire().await.map_err(ApiError::internal)?;
    Ok(install_package(&app.database, &app.blobs, &app.work_dir, package).await?)
}

/// Delete a problem: it is no longer listed and takes no submissions
///
/// What was submitted and judged stays. Uploading its package again brings it back.
#[utoipa::path(delete, path = "/api/v1/problems/{id}", tag = "problems",
    params(("id" = String, Path, description = "The short name")), responses(
    (status = 204, description = "Done"),
    (status = "4XX", body = ErrorBody, description = "`forbidden`, `not_found`"),
))]
pub(crate) async fn delete(
    app: web::Data<App>,
    _: Admin,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    remove(&app, id.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Deletes a problem, for the API and the pages.
pub(crate) async fn remove(app: &App, short_name: String) -> Result<ProblemId, ApiError> {
    app.db(move |connection| {
        let problem = access::problem(connection, &short_name)?;
        problems::delete(connection, problem.id)?;
        Ok(problem.id)
    })
    .await
}

/// Every version of a problem's package, the newest first
#[utoipa::path(get, path = "/api/v1/problems/{id}/versions", tag = "problems",
    params(("id" = String, Path, description = "The short name")), responses(
    (status = 200, body = Vec<Version>),
    (status = "4XX", body = ErrorBody, description = "`forbidden`, `not_found`"),
))]
pub(crate) async fn versions(
    app: web::Data<App>,
    _: Jury,
    id: web::Path<String>,
) -> Result<web::Json<Vec<Version>>, ApiError> {
    let short_name = id.into_inner();
    let found = app
        .db(move |connection| {
            let problem = problems::by_short_name(connection, &short_name)?
                .ok_or_else(|| ApiError::not_found("problem"))?;
            Ok(problems::versions(connection, problem.id)?)
        })
        .await?;
    let found = found.into_iter().map(|version| Version {
        version: version.version,
        name: version.title,
        package: version.package,
        package_bytes: version.package_bytes,
        test_data_count: version.test_count,
        uploaded_at: version.uploaded_at,
    });
    Ok(web::Json(found.collect()))
}
