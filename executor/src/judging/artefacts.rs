//! Compiled validators, kept by the package's content, so that each is compiled once per machine.

use super::{
    bench::host,
    program::{Program, failed},
};
use judge_types::JudgingError;
use problems::Package;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The most that a compiled validator may have, in bytes.
const ARTEFACT_BYTES: u64 = 256 << 20;

/// Where the compiled form of the package's validator `name` belongs.
pub(crate) fn path(cache: &Path, package: &Package, name: &str, language: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '.' };
    let name: String = name.chars().map(plain).collect();
    cache.join("artefacts").join(package.hash.as_str()).join(format!("{name}+{language}"))
}

/// Copies the artefact into the program's work folder; false where there is none.
pub(crate) fn restore(artefact: &Path, program: &Program<'_>) -> Result<bool, JudgingError> {
    if !artefact.is_dir() {
        return Ok(false);
    }
    program.work().copy_all_from(artefact).map_err(failed)?;
    Ok(true)
}

/// Keeps the program's work folder as the artefact. Of several functions that do so at once, one wins.
pub(crate) fn save(artefact: &Path, program: &Program<'_>) -> Result<(), JudgingError> {
    let parent = artefact.parent().unwrap_or(artefact);
    fs::create_dir_all(parent).map_err(|e| host("create", parent.display(), &e))?;
    let incoming = tempfile::Builder::new()
        .prefix(".incoming-")
        .tempdir_in(parent)
        .map_err(|e| host("create a folder in", parent.display(), &e))?;
    let content = incoming.path().join("work");
    fs::create_dir(&content).map_err(|e| host("create", content.display(), &e))?;
    program.work().copy_all_to(&content, ARTEFACT_BYTES).map_err(failed)?;
    match fs::rename(&content, artefact) {
        Err(error) if !artefact.is_dir() => Err(host("rename", content.display(), &error)),
        // Someone else's is as good: it was made from the same sources.
        _ => Ok(()),
    }
}
