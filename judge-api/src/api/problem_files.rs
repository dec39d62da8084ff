//! Files of problems.

use super::problems::load;
use crate::app::App;
use crate::auth::OptionalUser;
use crate::error::{ApiError, ErrorBody};
use crate::packages::{Audience, PackageFile};
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, ETAG, HeaderValue, IF_NONE_MATCH,
};
use actix_web::{HttpRequest, HttpResponse, web};
use std::path::Path;
use tempfile::TempDir;
use tokio::fs::File;
use tokio_util::io::ReaderStream;

/// Types that a browser may show, because it runs nothing that they hold. All others are downloads.
const SHOWN: [(&str, &str); 9] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("svg", "image/svg+xml"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain; charset=utf-8"),
    ("in", "text/plain; charset=utf-8"),
];

/// A file of a problem: an attachment, an image, a PDF or a long sample
#[utoipa::path(get, path = "/api/v1/problems/{id}/files/{name}", tag = "problems", security((), ("token" = []), ("session" = [])),
    params(("id" = String, Path, description = "The short name"),
        ("name" = String, Path, description = "A name from `files` of the problem")), responses(
    (status = 200, content_type = "application/octet-stream", body = [u8]),
    (status = 304, description = "The client has it already"),
    (status = "4XX", body = ErrorBody, description = "`not_found`, `not_begun`"),
))]
pub(crate) async fn download(
    app: web::Data<App>,
    request: HttpRequest,
    OptionalUser(reader): OptionalUser,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (problem, name) = path.into_inner();
    let problem = load(&app, reader, problem).await?;
    send(&app, &request, &problem.content.files, &name, Audience::Public).await
}

/// Sends the file of this name, which was set aside for such an audience.
pub(super) async fn send(
    app: &App,
    request: &HttpRequest,
    files: &[PackageFile],
    name: &str,
    audience: Audience,
) -> Result<HttpResponse, ApiError> {
    let file = files.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| ApiError::not_found("file"))?;
    let (content_type, disposition) = shown_as(name);
    let tag = format!("\"{}\"", file.sha256);
    if request.headers().get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes())
    {
        // What the answer says replaces what the client knows: its policy must not be a page's.
        return Ok(HttpResponse::NotModified()
            .insert_header((ETAG, tag))
            .insert_header((CONTENT_SECURITY_POLICY, policy(content_type)))
            .finish());
    }
    // A copy of its own: the store may be far away, and the client slow.
    let folder = TempDir::with_prefix_in("download-", &app.work_dir).map_err(ApiError::internal)?;
    let copy = folder.path().join("file");
    let bytes = app.blobs.get_to_file(&file.blob_key(audience), &copy).await?;
    let content = File::open(&copy).await.map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag))
        .insert_header((CONTENT_SECURITY_POLICY, policy(content_type)))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .content_type(content_type)
        .no_chunking(bytes)
        .streaming(ReaderStream::with_capacity(content, 1 << 16)))
}

/// The content type, and whether the file is shown or saved.
fn shown_as(name: &str) -> (&'static str, HeaderValue) {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    if let Some((_, content_type)) = SHOWN.iter().find(|(known, _)| *known == extension) {
        return (content_type, HeaderValue::from_static("inline"));
    }
    let base = name.rsplit('/').next().unwrap_or(name);
    let plain: String = base
        .chars()
        .map(|c| if c.is_ascii_graphic() && c != '"' && c != '\\' { c } else { '_' })
        .collect();
    let saved = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\""));
    let saved = saved.unwrap_or(HeaderValue::from_static("attachment"));
    ("application/octet-stream", saved)
}

/// Nothing in a file may run or fetch. Browsers do not show a PDF in a sandbox; they bring their own.
fn policy(content_type: &str) -> &'static str {
    if content_type == "application/pdf" {
        "default-src 'none'; frame-ancestors 'self'"
    } else {
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_or_a_script_is_only_ever_saved() {
        for name in ["a.html", "a.svg.html", "a.js", "a", "a.xhtml", "x/ü \".py"] {
            let (content_type, disposition) = shown_as(name);
            assert_eq!(content_type, "application/octet-stream", "{name}");
            assert!(disposition.to_str().unwrap().starts_with("attachment"), "{name}");
        }
        assert_eq!(shown_as("statement/A.PNG").0, "image/png");
    }
}
