//! Which names files of a package may have.

use crate::{
    caps::ArchiveCaps,
    fault::{Fault, Findings},
};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What version control, interpreters and desktops leave behind.
const LEFTOVERS: [&str; 8] =
    [".git", ".hg", ".svn", "__pycache__", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"];

/// Whether a file or folder of this name is no part of a package.
pub(crate) fn is_leftover(name: &str) -> bool {
    // `._x` is where macOS keeps the extended attributes of `x` on foreign file systems.
    LEFTOVERS.contains(&name) || name.starts_with("._")
}

/// Whether the formats take a file or folder of this name for removed: what tools keep beside a package's own files.
///
/// ICPC problem package format (legacy and 2025-09), section "General Requirements".
pub(crate) fn is_auxiliary(name: &str) -> bool {
    // DOMjudge keeps a problem's time limit there.
    name.starts_with(['.', '-']) && name != ".timelimit"
}

/// Whether it is a name that the formats allow for a file or folder.
///
/// ICPC problem package format (legacy and 2025-09), section "General Requirements".
pub(crate) fn is_allowed(name: &str) -> bool {
    const LONGEST: usize = 255;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    !name.is_empty()
        && name.len() <= LONGEST
        && !name.starts_with(['.', '-'])
        && name.bytes().all(allowed)
}

/// Checks a path relative to the package, with `/` between its parts.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn check_path(path: &str, caps: &ArchiveCaps) -> Result<(), String> {
    if path.len() > caps.path_bytes {
        return Err(format!("the path is longer than {} bytes", caps.path_bytes));
    }
    if path.starts_with('/') {
        return Err("the path is absolute".into());
    }
    if path.contains('\\') {
        return Err("the path has a backslash in it; folders are separated by /".into());
    }
    if path.chars().any(char::is_control) {
        return Err("the path has a control character in it".into());
    }
    let parts = path.split('/');
    if parts.clone().count() > caps.path_depth {
        return Err(format!("the path is more than {} levels deep", caps.path_depth));
    }
    for part in parts {
        match part {
            ".." => return Err("the path leaves the package".into()),
            "" | "." => return Err("the path has an empty part".into()),
            _ => {}
        }
    }
    Ok(())
}

/// Finds paths that some file systems cannot tell apart.
///
/// Two spellings of the same letters are a fault: nobody can tell which is meant. Names that
/// differ only by case do no harm where this runs, but may where the package goes next.
pub(crate) fn check_clashes<'a>(paths: impl Iterator<Item = &'a str>, findings: &mut Findings) {
    let mut normal = BTreeMap::new();
    let mut caseless = BTreeMap::new();
    for path in paths {
        let composed: String = path.nfc().collect();
        let lower = composed.to_lowercase();
        if let Some(other) = normal.insert(composed, path) {
            let message = format!("is the same name as {other:?}, spelled in other code points");
            findings.fault(Fault::new(path, message));
        } else if let Some(other) = caseless.insert(lower, path) {
            findings.warn(Fault::new(path, format!("differs from {other:?} only by case")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formats_have_their_own_rules() {
        for name in ["1.in", "a_b-c.d", "_", &"x".repeat(255)] {
            assert!(is_allowed(name) && !is_auxiliary(name), "{name:?}");
        }
        for name in [".gitkeep", "-x", ".directory"] {
            assert!(is_auxiliary(name) && !is_allowed(name), "{name:?}");
        }
        for name in ["", "1 (copy).in", "ä.in", ".timelimit", &"x".repeat(256)] {
            assert!(!is_allowed(name) && !is_auxiliary(name), "{name:?}");
        }
    }

    #[test]
    fn paths_that_are_not_below_the_package_are_refused() {
        let caps = ArchiveCaps::default();
        let long = "x".repeat(513);
        let deep = "x/".repeat(16) + "x";
        for path in [
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a//b",
            "./a",
            "a\\b",
            "a\nb",
            "a\0b",
            "",
            &long,
            &deep,
        ] {
            assert!(check_path(path, &caps).is_err(), "{path:?}");
        }
        for path in
            ["problem.yaml", "data/secret/1 (copy).in", "data/secret/ä.in", ".timelimit", "a/..b"]
        {
            assert_eq!(check_path(path, &caps), Ok(()), "{path:?}");
        }
    }
}
