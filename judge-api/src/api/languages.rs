//! `/api/v1/languages`

use crate::app::App;
use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

/// A language to submit in (CLICS Contest API, "Languages").
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Language {
    /// What submissions name.
    id: String,
    /// What people read.
    name: String,
    /// Extensions of source files, without the dot.
    extensions: Vec<String>,
    /// Whether a submission must say where the program starts: never.
    entry_point_required: bool,
}

/// The languages to submit in, by name
#[utoipa::path(get, path = "/api/v1/languages", tag = "languages", security(()), responses(
    (status = 200, body = Vec<Language>),
))]
pub(crate) async fn list(app: web::Data<App>) -> web::Json<Vec<Language>> {
    let languages = app.languages.list().into_iter().map(|language| Language {
        id: language.id.clone(),
        name: language.name.clone(),
        extensions: language.extensions.clone(),
        entry_point_required: false,
    });
    web::Json(languages.collect())
}
