//! What is shown of a submission's source.

use serde::Serialize;
use utoipa::ToSchema;

/// A file of a submission.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = SubmittedFile)]
pub(crate) struct FileView {
    /// The file's name.
    pub(crate) name: String,
    /// The content, where it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    /// The content in Base64, where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content_base64: Option<String>,
}

impl From<judge_types::SourceFile> for FileView {
    fn from(file: judge_types::SourceFile) -> Self {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let name = file.name().to_owned();
        match std::str::from_utf8(file.content()) {
            Ok(text) => Self { name, content: Some(text.to_owned()), content_base64: None },
            Err(_) => {
                let content_base64 = Some(STANDARD.encode(file.content()));
                Self { name, content: None, content_base64 }
            }
        }
    }
}
