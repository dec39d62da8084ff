//! What programs print.

use super::bench::host;
use judge_types::JudgingError;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

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
