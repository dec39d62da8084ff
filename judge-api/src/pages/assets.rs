//! Style and script, under addresses that change with their content, so that browsers may keep them.

use crate::error::ApiError;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = include_str!("../../static/style.css");
const SCRIPT: &str = include_str!("../../static/script.js");
const ICON: &str = include_str!("../../static/icon.svg");

/// Name, content type, content.
const FILES: [(&str, &str, &str); 3] = [
    ("style.css", "text/css; charset=utf-8", STYLE),
    ("script.js", "text/javascript; charset=utf-8", SCRIPT),
    ("icon.svg", "image/svg+xml", ICON),
];

fn address(name: &str, content: &str) -> String {
    format!("/static/{}/{name}", &hex::encode(Sha256::digest(content))[..16])
}

/// Where the style sheet is.
pub(super) fn style_address() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| address("style.css", STYLE));
    &ADDRESS
}

/// Where the script is.
pub(super) fn script_address() -> &'static str {
    static ADDRESS: LazyLock<String> = LazyLock::new(|| address("script.js", SCRIPT));
    &ADDRESS
}

/// One of the files, whichever version is asked for.
pub(super) async fn file(path: web::Path<(String, String)>) -> Result<HttpResponse, ApiError> {
    let (_, name) = path.into_inner();
    let (_, content_type, content) = FILES
        .into_iter()
        .find(|(known, ..)| *known == name)
        .ok_or_else(|| ApiError::not_found("file"))?;
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(content))
}
