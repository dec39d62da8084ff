//! Addresses that may hold a password: from an option, a variable or a file, and never shown.

use anyhow::{Context, bail};
use std::fmt;
use std::path::{Path, PathBuf};

/// An address as given. It is read later, because a message about a wrong option shows its value,
/// and there may be a password in this one.
#[derive(Clone)]
pub(crate) struct Unread(String);

impl From<String> for Unread {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Unread {
    /// The address itself: for whoever takes it apart, never for a message.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an address")
    }
}

/// The address that was given, or that is in the file that was given; `None` for neither.
pub(crate) fn read(
    name: &str,
    given: Option<&Unread>,
    file: Option<&PathBuf>,
) -> anyhow::Result<Option<String>> {
    match (given, file) {
        (Some(_), Some(_)) => bail!("give {name} or {name}_FILE, not both"),
        (Some(Unread(text)), None) => Ok(Some(text.clone())),
        (None, Some(path)) => from_file(&format!("{name}_FILE"), path).map(Some),
        (None, None) => Ok(None),
    }
}

/// What is in the file that a variable names, without what ends its last line.
pub(crate) fn from_file(variable: &str, path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("read {}, which {variable} names", path.display()))?;
    Ok(text.trim_end().to_owned())
}
