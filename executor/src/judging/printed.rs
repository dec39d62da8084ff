//! What programs print.

use super::bench::host;
use super::limits::OUTPUT_SHOWN_BYTES;
use judge_types::JudgingError;
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    os::unix::fs::FileExt,
};

/// What a submission printed for a test case that it failed on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Printed {
    /// The beginning of its output in each pass, parted by `---`; empty for one that talked with the jury.
    pub(super) output: String,
    /// The end of what it wrote to standard error in the last pass.
    pub(super) errors: String,
}

impl Printed {
    /// How much it is, in bytes.
    pub(super) fn len(&self) -> usize {
        self.output.len() + self.errors.len()
    }
}

/// What is shown of an output: its beginning, as text, and whether there was more. Nothing is moved in the file.
pub(super) fn shown_of(output: &File) -> Result<String, JudgingError> {
    let size = size_of(output)?;
    let mut bytes = vec![0; size.min(OUTPUT_SHOWN_BYTES) as usize];
    output.read_exact_at(&mut bytes, 0).map_err(|e| host("read", "what a program printed", &e))?;
    let mut shown = text(&bytes);
    if size > OUTPUT_SHOWN_BYTES {
        shown.push_str("\n… (more was printed)\n");
    }
    Ok(shown)
}

/// How much it is, in bytes.
pub(super) fn size_of(file: &File) -> Result<u64, JudgingError> {
    let metadata = file.metadata().map_err(|e| host("look at", "what a program printed", &e))?;
    Ok(metadata.len())
}

/// Its beginning, as text.
pub(super) fn read_head(mut file: File, limit: u64) -> Result<String, JudgingError> {
    let mut bytes = Vec::new();
    file.rewind()
        .and_then(|()| file.take(limit).read_to_end(&mut bytes))
        .map_err(|e| host("read", "what a program printed", &e))?;
    Ok(text(&bytes))
}

/// Its end, as text.
pub(super) fn read_tail(mut file: File, limit: u64) -> Result<String, JudgingError> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::End(0))
        .and_then(|end| file.seek(SeekFrom::Start(end.saturating_sub(limit))))
        .and_then(|_| file.take(limit).read_to_end(&mut bytes))
        .map_err(|e| host("read", "what a program printed", &e))?;
    Ok(text(&bytes))
}

/// What a program wrote, as text that a database takes: PostgreSQL has no NUL in its texts.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}")
}
