//! Compiled validators, kept by the package's content, so that each is compiled once per machine.
//!
//! Whoever takes one holds a shared lock on the whole folder, whoever adds one an exclusive one.

use super::{
    bench::host,
    limits,
    program::{Program, failed},
};
use crate::package_cache::size_of;
use judge_types::JudgingError;
use problems::Package;
use sandbox::SandboxError;
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What all of them may have together, in bytes, besides the one that is added.
const ALL_BYTES: u64 = 2 << 30;

/// How a folder begins that is still being filled.
const INCOMING: &str = ".incoming-";

/// One package's validator in its compiled form.
pub(crate) struct Artefact {
    /// Where all of them are.
    all: PathBuf,
    /// Where this one belongs.
    path: PathBuf,
}

impl Artefact {
    /// That of the package's validator `name`.
    pub(crate) fn of(cache: &Path, package: &Package, name: &str, language: &str) -> Self {
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '.' };
        let name: String = name.chars().map(plain).collect();
        let all = cache.join("artefacts");
        let path = all.join(format!("{}+{name}+{language}", package.hash));
        Self { all, path }
    }

    /// Copies it into the program's work folder; false where there is none.
    pub(crate) fn restore(&self, program: &Program<'_>) -> Result<bool, JudgingError> {
        let lock = self.lock_file()?;
        lock.lock_shared().map_err(|e| host("lock", self.all.display(), &e))?;
        if !self.path.is_dir() {
            return Ok(false);
        }
        let noted = File::open(&self.path).and_then(|f| f.set_modified(SystemTime::now()));
        noted.map_err(|e| host("note the use of", self.path.display(), &e))?;
        program.work().copy_all_from(&self.path).map_err(failed)?;
        Ok(true)
    }

    /// Keeps the program's work folder as the artefact. Of several functions that do so at once, one wins.
    pub(crate) fn save(&self, program: &Program<'_>) -> Result<(), JudgingError> {
        let lock = self.lock_file()?;
        lock.lock().map_err(|e| host("lock", self.all.display(), &e))?;
        if self.path.is_dir() {
            // Someone else's is as good: it was made from the same sources.
            return Ok(());
        }
        make_room(&self.all, ALL_BYTES)
            .map_err(|e| host("make room in", self.all.display(), &e))?;
        let incoming = tempfile::Builder::new()
            .prefix(INCOMING)
            .tempdir_in(&self.all)
            .map_err(|e| host("create a folder in", self.all.display(), &e))?;
        program.work().copy_all_to(incoming.path(), limits::COMPILED_BYTES).map_err(|error| {
            match error {
                // What is written to is this machine's disk here, not the box.
                SandboxError::Work { operation, name, source } => host(operation, name, &source),
                other => failed(other),
            }
        })?;
        fs::rename(incoming.path(), &self.path)
            .map_err(|e| host("rename", incoming.path().display(), &e))
    }

    fn lock_file(&self) -> Result<File, JudgingError> {
        fs::create_dir_all(&self.all).map_err(|e| host("create", self.all.display(), &e))?;
        let path = self.all.join("lock");
        File::create(&path).map_err(|e| host("create", path.display(), &e))
    }
}

/// Removes artefacts, the longest unwanted first, until the rest has at most `limit` bytes, and what
/// functions left that were killed while they added one.
fn make_room(all: &Path, limit: u64) -> io::Result<()> {
    let mut kept = Vec::new();
    for entry in fs::read_dir(all)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(INCOMING) {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_type()?.is_dir() {
            kept.push((entry.metadata()?.modified()?, size_of(&entry.path())?, entry.path()));
        }
    }
    kept.sort();
    let mut total: u64 = kept.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, bytes, path) in kept {
        if total <= limit {
            break;
        }
        fs::remove_dir_all(path)?;
        total -= bytes;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_longest_unwanted_artefacts_and_leftovers_make_room() {
        let all = tempfile::tempdir().unwrap();
        let add = |name: &str, age: u64| {
            let folder = all.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("program"), [0; 100]).unwrap();
            let used = SystemTime::now() - Duration::from_secs(age);
            File::open(folder).unwrap().set_modified(used).unwrap();
        };
        File::create(all.path().join("lock")).unwrap();
        for (name, age) in [("a", 2), ("b", 30), ("c", 10), (".incoming-x", 1)] {
            add(name, age);
        }
        make_room(all.path(), 299).unwrap();
        let mut left: Vec<_> =
            fs::read_dir(all.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["a", "c", "lock"]);
    }
}
