//! Bodies that are too large to hold in memory, or made of several parts.

use crate::error::ApiError;
use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt};
use std::fmt::Display;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

/// What kind of body a request says it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    Json,
    Multipart,
    Zip,
    Other,
}

impl BodyKind {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let named = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = named.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" => Self::Json,
            "multipart/form-data" => Self::Multipart,
            "application/zip" | "application/x-zip-compressed" | "application/octet-stream" => {
                Self::Zip
            }
            _ => Self::Other,
        }
    }
}

/// A part that cannot be read.
pub(crate) fn bad_multipart(error: &MultipartError) -> ApiError {
    ApiError::malformed(format!("the multipart body cannot be read: {error}"))
}

/// The file name that a part states, without any folder.
pub(crate) fn file_name(field: &Field) -> Option<String> {
    let stated = field.content_disposition()?.get_filename()?;
    let name = stated.rsplit(['/', '\\']).next().unwrap_or(stated);
    (!name.is_empty()).then(|| name.to_owned())
}

/// Reads at most `limit` bytes; `what` is named where there are more.
pub(crate) async fn read<E: Display>(
    mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
    what: &str,
    limit: u64,
) -> Result<Vec<u8>, ApiError> {
    let mut content = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| cut_off(&error))?;
        if (content.len() + chunk.len()) as u64 > limit {
            return Err(ApiError::too_large(what, limit));
        }
        content.extend_from_slice(&chunk);
    }
    Ok(content)
}

fn cut_off(error: &impl Display) -> ApiError {
    ApiError::malformed(format!("the body cannot be read: {error}"))
}

/// Copies an uploaded package to the new file `path`: the raw body, or the first part that is a
/// file. Gives the name that the client states for it.
pub(crate) async fn save_package(
    headers: &HeaderMap,
    payload: Payload,
    path: &Path,
    limit: u64,
) -> Result<Option<String>, ApiError> {
    match BodyKind::of(headers) {
        BodyKind::Zip => {
            save::<PayloadError>(payload.into_inner(), path, limit).await?;
            Ok(None)
        }
        BodyKind::Multipart => {
            let mut parts = Multipart::new(headers, payload.into_inner());
            while let Some(part) = parts.next().await {
                let part = part.map_err(|error| bad_multipart(&error))?;
                if let Some(name) = file_name(&part) {
                    save::<MultipartError>(part, path, limit).await?;
                    return Ok(Some(name));
                }
            }
            Err(ApiError::invalid("package", "there is no file in the form"))
        }
        BodyKind::Json | BodyKind::Other => {
            Err(ApiError::unsupported_media_type("multipart/form-data or application/zip"))
        }
    }
}

async fn save<E: Display>(
    mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
    path: &Path,
    limit: u64,
) -> Result<(), ApiError> {
    let file = File::create_new(path).await.map_err(ApiError::internal)?;
    let mut file = BufWriter::with_capacity(1 << 18, file);
    let mut bytes = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| cut_off(&error))?;
        bytes += chunk.len() as u64;
        if bytes > limit {
            return Err(ApiError::too_large("the package", limit));
        }
        file.write_all(&chunk).await.map_err(ApiError::internal)?;
    }
    file.flush().await.map_err(ApiError::internal)
}
