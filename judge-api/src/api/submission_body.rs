//! How a submission may be sent: as JSON or as a form.

use crate::app::App;
use crate::error::ApiError;
use crate::parse::bad_json;
use crate::submit::Draft;
use crate::upload::{self, BodyKind};
use actix_multipart::Multipart;
use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use actix_web::web::Payload;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::StreamExt;
use serde::Deserialize;
use utoipa::ToSchema;

/// A submission as JSON.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSubmission {
    /// The problem's short name.
    problem_id: String,
    /// The language's id; guessed from the files where missing.
    #[serde(default)]
    language_id: Option<String>,
    /// The source, at least one file. Where the program starts is found out.
    files: Vec<NewFile>,
}

/// A file of a submission as JSON: the content as text, or in Base64.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFile {
    /// The name, without any folder.
    name: String,
    /// The content as text.
    #[serde(default)]
    content: Option<String>,
    /// The content in Base64.
    #[serde(default)]
    content_base64: Option<String>,
}

/// A submission as a form.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the form; its parts are read one by one")]
pub(crate) struct SubmissionForm {
    /// The problem's short name.
    problem_id: String,
    /// The language's id; guessed from the files where missing or empty.
    language_id: Option<String>,
    /// The source, one part for each file, each with its file name.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
    /// Source without a file name.
    source: Option<String>,
}

/// Reads a submission, of whichever kind the body is.
pub(super) async fn read(
    app: &App,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Draft, ApiError> {
    let headers = request.headers();
    let mut draft = match BodyKind::of(headers) {
        BodyKind::Json => read_json(app, payload).await?,
        BodyKind::Multipart => read_multipart(app, headers, payload).await?,
        BodyKind::Zip | BodyKind::Other => {
            let expected = "application/json or multipart/form-data";
            return Err(ApiError::unsupported_media_type(expected));
        }
    };
    draft.idempotency_key = idempotency_key(headers)?;
    Ok(draft)
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("Idempotency-Key") else { return Ok(None) };
    let good = |key: &&str| {
        (1..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    match value.to_str().ok().filter(good) {
        Some(key) => Ok(Some(key.to_owned())),
        None => {
            let message = "the key must have 1 to 128 visible ASCII characters";
            Err(ApiError::invalid("Idempotency-Key", message))
        }
    }
}

async fn read_json(app: &App, payload: Payload) -> Result<Draft, ApiError> {
    // Text may double in size when it is quoted, and names take room as well.
    let most = app.limits.source_bytes * 2 + (64 << 10);
    let body = upload::read(payload, "the body", most).await?;
    let sent: NewSubmission = serde_json::from_slice(&body).map_err(|error| bad_json(&error))?;
    let mut files = Vec::with_capacity(sent.files.len().min(64));
    for file in sent.files {
        let content = match (file.content, file.content_base64) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(encoded)) => BASE64.decode(encoded).map_err(|error| {
                ApiError::invalid("files", format!("content_base64 is not Base64: {error}"))
            })?,
            _ => {
                let message = "each file must have either content or content_base64";
                return Err(ApiError::invalid("files", message));
            }
        };
        files.push((file.name, content));
    }
    Ok(Draft { problem: sent.problem_id, language: sent.language_id, files, ..Draft::default() })
}

/// Reads a submission from a form, for the API and the pages.
pub(crate) async fn read_multipart(
    app: &App,
    headers: &HeaderMap,
    payload: Payload,
) -> Result<Draft, ApiError> {
    let mut draft = Draft::default();
    let mut parts = Multipart::new(headers, payload.into_inner());
    let mut left = app.limits.source_bytes;
    // One more than allowed is read, so that the refusal can say so; the rest need not be.
    let most_parts = app.limits.source_files + 8;
    let mut count = 0;
    while let Some(part) = parts.next().await {
        let part = part.map_err(|error| upload::bad_multipart(&error))?;
        count += 1;
        if count > most_parts {
            let message = format!("at most {} files may be sent", app.limits.source_files);
            return Err(ApiError::invalid("file", message));
        }
        let name = part.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" | "files" | "files[]" => {
                let file_name = upload::file_name(&part);
                let content = read_source(part, app.limits.source_bytes, &mut left).await?;
                match file_name {
                    Some(file_name) => draft.files.push((file_name, content)),
                    // A form whose file was left empty.
                    None if content.is_empty() => {}
                    None => {
                        return Err(ApiError::invalid("file", "the part has no file name"));
                    }
                }
            }
            "source" => {
                let content = read_source(part, app.limits.source_bytes, &mut left).await?;
                draft.text = Some(text("source", content)?);
            }
            "problem_id" => draft.problem = text(&name, small(part, &name).await?)?,
            "language_id" => draft.language = Some(text(&name, small(part, &name).await?)?),
            _ => {
                let message = format!("the form has a part {name:?} that means nothing");
                return Err(ApiError::malformed(message));
            }
        }
    }
    Ok(draft)
}

async fn read_source(
    part: actix_multipart::Field,
    limit: u64,
    left: &mut u64,
) -> Result<Vec<u8>, ApiError> {
    let content = upload::read(part, "the source", *left).await.map_err(|error| {
        let is_size = error.body().code == "too_large";
        // Say the limit for all files, not what was left of it.
        if is_size { ApiError::too_large("the source", limit).of_field("file") } else { error }
    })?;
    *left -= content.len() as u64;
    Ok(content)
}

async fn small(part: actix_multipart::Field, name: &str) -> Result<Vec<u8>, ApiError> {
    upload::read(part, name, 256).await.map_err(|error| error.of_field(name))
}

fn text(name: &str, content: Vec<u8>) -> Result<String, ApiError> {
    String::from_utf8(content).map_err(|_| ApiError::invalid(name, "must be UTF-8 text"))
}
