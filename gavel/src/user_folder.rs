//! Where a user's own files are.

use std::path::PathBuf;

/// Gavel's own folder in the one that `variable` names, or else in `below_home`, by the XDG Base Directory Specification;
/// `None` where the user has no home.
pub(crate) fn user_folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let base = named.or_else(|| Some(std::env::home_dir()?.join(below_home)))?;
    Some(base.join("gavel"))
}
