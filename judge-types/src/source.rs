//! Source files as contestants send them.

/// One file of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    name: String,
    content: Vec<u8>,
}

/// The file cannot be part of a submission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFileError {
    /// The name is empty, hidden, too long, or holds something other than ASCII letters, digits, `.`, `_`, `-` and `+`.
    #[error("file name {name:?} is not allowed: use 1 to {max} of the characters A-Z a-z 0-9 . _ - +, not starting with . or -", max = SourceFile::MAX_NAME)]
    Name {
        /// The name as it was given, shortened.
        name: String,
    },
    /// The file holds nothing.
    #[error("file {name:?} is empty")]
    Empty {
        /// The file's name.
        name: String,
    },
}

impl SourceFile {
    /// The longest file name, in bytes.
    pub const MAX_NAME: usize = 128;

    /// A file with a name that is safe to create in a sandbox's work folder.
    ///
    /// # Errors
    /// [`SourceFileError`] where the name could be a path, an option or hidden, or the content is empty.
    pub fn new(name: impl Into<String>, content: Vec<u8>) -> Result<Self, SourceFileError> {
        let name = name.into();
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._-+".contains(&c);
        let good = (1..=Self::MAX_NAME).contains(&name.len())
            && name.bytes().all(allowed)
            && !name.starts_with(['.', '-']);
        if !good {
            return Err(SourceFileError::Name { name: name.chars().take(64).collect() });
        }
        if content.is_empty() {
            return Err(SourceFileError::Empty { name });
        }
        Ok(Self { name, content })
    }

    /// The file's name, without any folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's bytes, of any encoding.
    #[must_use]
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_paths_or_options_are_refused() {
        for name in ["", "..", "../a.c", "a/b.c", "-o", ".bashrc", "a b.c", "ä.c", &"x".repeat(129)]
        {
            assert!(SourceFile::new(name, b"x".to_vec()).is_err(), "{name:?}");
        }
        for name in ["Main.java", "a-b_c.c++", "1.py"] {
            assert!(SourceFile::new(name, b"x".to_vec()).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn an_empty_file_is_refused() {
        assert!(matches!(SourceFile::new("a.c", vec![]), Err(SourceFileError::Empty { .. })));
    }
}
