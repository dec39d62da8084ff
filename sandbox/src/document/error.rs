//! What is wrong with a document.

/// Why a text is no spec document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is longer than any that makes sense.
    #[error("the document is {bytes} bytes long; the limit is {limit} bytes")]
    TooLarge {
        /// Its length, in bytes.
        bytes: usize,
        /// What is read at most, in bytes.
        limit: usize,
    },
    /// It is not JSON.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A field is missing, unknown, or holds what it cannot hold.
    #[error("line {line}, column {column}: {path}: {message}")]
    Field {
        /// Where the field ends, counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// The field, such as `runs[0].limits.memory_bytes`.
        path: String,
        /// What is wrong with it.
        message: String,
    },
}

impl DocumentError {
    pub(super) fn syntax(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self::Syntax { line, column, message: without_position(error) }
    }

    pub(super) fn field(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        let error = error.into_inner();
        if !error.is_data() {
            return Self::syntax(&error);
        }
        let (line, column) = (error.line(), error.column());
        let path = if path == "." { "the document".to_owned() } else { path };
        Self::Field { line, column, path, message: without_position(&error) }
    }
}

/// The message without the line and column that it ends with.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&position).map_or(text.clone(), str::to_owned)
}
