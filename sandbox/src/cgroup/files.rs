//! One group's folder: its files read and written, each failure with operation and path.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use crate::error::SandboxError;

/// The folder of a group in a cgroup file system.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Makes the group.
    pub(super) fn create(path: impl Into<PathBuf>) -> Result<Self, SandboxError> {
        let path = path.into();
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self { path }),
            Err(source) => Err(SandboxError::Cgroup { operation: "make", path, source }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.path.join(file).exists()
    }

    pub(super) fn write(&self, file: &str, value: impl ToString) -> Result<(), SandboxError> {
        let path = self.path.join(file);
        // Not `fs::write`, which would create the file where the kernel has none.
        let written = fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|mut f| io::Write::write_all(&mut f, value.to_string().as_bytes()));
        written.map_err(|source| SandboxError::Cgroup { operation: "write", path, source })
    }

    pub(super) fn read(&self, file: &str) -> Result<String, SandboxError> {
        let path = self.path.join(file);
        fs::read_to_string(&path).map_err(|source| SandboxError::Cgroup {
            operation: "read",
            path,
            source,
        })
    }

    /// The file's one number.
    pub(super) fn number(&self, file: &str) -> Result<u64, SandboxError> {
        let text = self.read(file)?;
        text.trim().parse().map_err(|_| self.malformed(file, text.trim()))
    }

    /// The number after `key` in a file of `key number` lines.
    pub(super) fn keyed(&self, file: &str, key: &str) -> Result<u64, SandboxError> {
        let text = self.read(file)?;
        let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        value.and_then(|v| v.trim().parse().ok()).ok_or_else(|| self.malformed(file, key))
    }

    fn malformed(&self, file: &str, what: &str) -> SandboxError {
        SandboxError::Cgroup {
            operation: "understand",
            path: self.path.join(file),
            source: io::Error::new(io::ErrorKind::InvalidData, what.to_owned()),
        }
    }

    /// The file to which a thread writes 0 to move itself in (version 1).
    pub(super) fn door(&self) -> Result<OwnedFd, SandboxError> {
        let path = self.path.join("tasks");
        let opened = fs::OpenOptions::new().write(true).open(&path);
        opened.map(Into::into).map_err(|source| SandboxError::Cgroup {
            operation: "open",
            path,
            source,
        })
    }

    /// Removes the group; that it is gone already is no failure.
    pub(super) fn remove(&self) -> Result<(), SandboxError> {
        match fs::remove_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(|source| SandboxError::Cgroup {
                operation: "remove",
                path: self.path.clone(),
                source,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_faults_name_the_file() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::at(temp.path());
        std::fs::write(temp.path().join("one"), "42\n").unwrap();
        std::fs::write(temp.path().join("many"), "oom 3\noom_kill 7\n").unwrap();
        assert_eq!(folder.number("one").unwrap(), 42);
        assert_eq!(folder.keyed("many", "oom").unwrap(), 3);
        assert_eq!(folder.keyed("many", "oom_kill").unwrap(), 7);
        assert!(folder.keyed("many", "absent").unwrap_err().to_string().contains("many"));
        assert!(folder.number("many").unwrap_err().to_string().contains("many"));
        assert!(folder.write("absent", 1).unwrap_err().to_string().contains("absent"));
    }
}
