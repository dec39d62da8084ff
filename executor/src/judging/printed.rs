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

/// What was printed or said in the passes of a test case, parted by `---`, as far as that is kept.
pub(super) struct Passes {
    pub(super) text: Option<String>,
    most: usize,
    is_full: bool,
}

impl Passes {
    /// At most about so many bytes are kept: a mark says that there was more.
    pub(super) fn new(most: usize) -> Self {
        Self { text: None, most, is_full: false }
    }

    /// Adds one pass, if anything was printed or said in it that is kept.
    pub(super) fn add(&mut self, pass: Option<String>) {
        let Some(pass) = pass else { return };
        match &mut self.text {
            None => self.text = Some(pass),
            Some(_) if self.is_full => {}
            Some(text) if text.len() + pass.len() <= self.most => {
                text.push_str("---\n");
                text.push_str(&pass);
            }
            Some(text) => {
                text.push_str(MORE_PASSES);
                self.is_full = true;
            }
        }
    }
}

const MORE_PASSES: &str = "---\n… (there were more passes)\n";

/// What is shown of an output: its beginning, as text. Nothing is moved in the file.
pub(super) fn shown_of(output: &File) -> Result<String, JudgingError> {
    let size = size_of(output)?;
    let most = OUTPUT_SHOWN_BYTES as u64;
    let mut bytes = vec![0; size.min(most) as usize];
    output.read_exact_at(&mut bytes, 0).map_err(|e| host("read", "what a program printed", &e))?;
    let mut shown = text(&bytes);
    if size > most {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_passes_the_first_are_kept() {
        let mut passes = Passes::new(10);
        passes.add(None);
        assert_eq!(passes.text, None);
        for pass in ["1\n", "2\n", "345678\n", "9\n", "0\n"] {
            passes.add(Some(pass.to_owned()));
        }
        assert_eq!(passes.text.unwrap(), format!("1\n---\n2\n{MORE_PASSES}"));
    }
}
