//! The description of the API as a page.

use super::openapi::openapi;
use crate::app::App;
use crate::auth::OptionalUser;
use crate::error::ApiError;
use crate::pages::{Frame, Html};
use actix_web::web;
use askama::Template;
use utoipa::openapi::path::{Operation, PathItem};

#[derive(Template)]
#[template(path = "docs.html")]
struct Page {
    frame: Frame,
    operations: Vec<Entry>,
}

/// One method of one address.
struct Entry {
    method: &'static str,
    path: String,
    summary: String,
    description: String,
    answers: Vec<(String, String)>,
}

/// Every address of the API with what it does.
pub(crate) async fn page(
    app: web::Data<App>,
    OptionalUser(user): OptionalUser,
) -> Result<Html, ApiError> {
    let document = openapi();
    let operations = document.paths.paths.into_iter().flat_map(|(path, item)| entries(&path, item));
    let page = Page { frame: Frame::new(&app, user, "API"), operations: operations.collect() };
    Ok(Html(page.render()?))
}

fn entries(path: &str, item: PathItem) -> Vec<Entry> {
    let methods = [
        ("GET", item.get),
        ("POST", item.post),
        ("PUT", item.put),
        ("PATCH", item.patch),
        ("DELETE", item.delete),
    ];
    let entry = |(method, operation): (_, Option<Operation>)| {
        let operation = operation?;
        let answers = operation.responses.responses.into_iter().map(|(status, answer)| {
            let description = match answer {
                utoipa::openapi::RefOr::T(response) => response.description,
                utoipa::openapi::RefOr::Ref(_) => String::new(),
            };
            (status, description.replace('`', ""))
        });
        Some(Entry {
            method,
            path: path.to_owned(),
            summary: operation.summary.unwrap_or_default(),
            description: operation.description.unwrap_or_default().replace('`', ""),
            answers: answers.collect(),
        })
    };
    methods.into_iter().filter_map(entry).collect()
}
